"""Deciding the program of a query by a table of rules. Pure.

A table is data: the terms of each program, and rules in ranks. The first rank in which a rule
fits decides, and only if every rule of that rank that fits names the same program. What no rule
fits, and where they disagree, a person decides. Answers about registered sex offenders stay inside
ICE (DHS/ICE-007, background): whatever a table says, a query that a rule for that program fits is
never given another one.
"""

import hashlib
import json
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, fields
from typing import Any

from acrime.iaq.choices import UNDECIDED, ProgramBasis
from acrime.iaq.codes import purpose_codes
from routine_uses.choices import Program, RecipientType

MAX_RULES = 200
MAX_RANK = 99
MAX_HOURS = 24 * 30

_KEY = re.compile(r"[a-z0-9][a-z0-9-]{0,39}")
_ORI = re.compile(r"[A-Z0-9]{9}|[A-Z0-9]{1,8}\*")
_WORD = re.compile(r"[A-Z0-9][A-Z0-9 /&'.-]{0,59}")
_TCN = re.compile(r"[A-Za-z0-9-]{1,40}")
_TOT = re.compile(r"[A-Z]{2,5}")


@dataclass(frozen=True)
class Submission:
    """What of a query the rules look at.

    Attributes:
        purpose: NCIC purpose code.
        sender: ORI of whoever sent it; with a query made from fingerprints that is FBI CJIS.
        origin: ORI of the agency that it was made for: the arresting agency, else the sender.
        remarks: as received.
        tot, reason: type of transaction and reason of the fingerprint submission, or empty.
        tcn: its control number, or empty.
        fingerprints: whether the query was made from fingerprints.
    """

    purpose: str
    sender: str
    origin: str
    remarks: str = ""
    tot: str = ""
    reason: str = ""
    tcn: str = ""
    fingerprints: bool = False


@dataclass(frozen=True)
class Rule:
    """One rule. Every condition that is given must hold; of its values, one.

    Attributes:
        key: names the rule for good.
        rank: lower ranks are looked at first; rules of one rank must agree.
        program: what the query belongs to.
        purposes: NCIC purpose codes.
        senders, origins: ORIs, whole or as a beginning with ``*`` behind it.
        remarks, reasons: words that stand in the remarks, or in the reason of the submission.
        tots: types of transaction.
        tcns: beginnings of the control number.
        fingerprints: ``yes`` or ``no`` where it matters.
        note: why the rule is so, with its source.
    """

    key: str
    rank: int
    program: str
    purposes: tuple[str, ...] = ()
    senders: tuple[str, ...] = ()
    origins: tuple[str, ...] = ()
    remarks: tuple[str, ...] = ()
    reasons: tuple[str, ...] = ()
    tots: tuple[str, ...] = ()
    tcns: tuple[str, ...] = ()
    fingerprints: str = ""
    note: str = ""

    def fits(self, query: Submission) -> bool:
        """Whether every condition of the rule holds for *query*."""
        return (
            (not self.purposes or query.purpose in self.purposes)
            and (not self.senders or _begins(query.sender, self.senders))
            and (not self.origins or _begins(query.origin, self.origins))
            and (not self.remarks or _says(query.remarks, self.remarks))
            and (not self.reasons or _says(query.reason, self.reasons))
            and (not self.tots or query.tot in self.tots)
            and (not self.tcns or query.tcn.startswith(self.tcns))
            and (not self.fingerprints or (self.fingerprints == "yes") is query.fingerprints)
        )

    @property
    def conditions(self) -> list[tuple[str, str]]:
        """What the rule asks for, in words: label and values."""
        given = [
            (label, " or ".join(getattr(self, name)))
            for name, label in CONDITION_LABELS.items()
            if getattr(self, name)
        ]
        if self.fingerprints:
            given.append(("Made from fingerprints", self.fingerprints))
        return given


CONDITION_LABELS: Mapping[str, str] = {
    "purposes": "Purpose code",
    "senders": "Sender's ORI",
    "origins": "Originating ORI",
    "remarks": "Remarks say",
    "reasons": "Reason fingerprinted says",
    "tots": "Type of transaction",
    "tcns": "Control number begins with",
}


@dataclass(frozen=True)
class Terms:
    """What a program entails.

    Attributes:
        schedule_code: the retention item of the notice.
        letters: routine uses that an answer is proposed to leave under, best first.
        recipients: types of agencies that may be answered; none where the answer stays inside.
        hours: until an answer is due, counted from receipt; None where the general target holds.
        note: where the values come from, and what is doubtful.
    """

    program: str
    schedule_code: str
    letters: tuple[str, ...]
    recipients: tuple[str, ...]
    hours: int | None = None
    note: str = ""


@dataclass(frozen=True)
class Table:
    """The terms of every program, and the rules in their order."""

    terms: Mapping[str, Terms]
    rules: tuple[Rule, ...]


@dataclass(frozen=True)
class Decision:
    """What the rules say of a query.

    Attributes:
        program: the program, or ``UNDECIDED``.
        basis: how it came about.
        rules: keys of the rules that it rests on; of those that disagree, all.
    """

    program: str
    basis: ProgramBasis
    rules: tuple[str, ...] = ()


def decide(query: Submission, table: Table | None) -> Decision:
    """The program of *query* by *table*; undecided where there is no table."""
    if table is None:
        return Decision(UNDECIDED, ProgramBasis.NO_RULE)
    fitting = [rule for rule in table.rules if rule.fits(query)]
    if not fitting:
        return Decision(UNDECIDED, ProgramBasis.NO_RULE)
    first = min(rule.rank for rule in fitting)
    deciding = [rule for rule in fitting if rule.rank == first]
    shut_in = [rule for rule in fitting if rule.program == Program.SEX_OFFENDER]
    programs = {rule.program for rule in (*deciding, *shut_in)}
    if len(programs) == 1:
        return Decision(programs.pop(), ProgramBasis.RULE, tuple(rule.key for rule in deciding))
    disagreeing = dict.fromkeys(rule.key for rule in (*deciding, *shut_in))
    return Decision(UNDECIDED, ProgramBasis.DISAGREE, tuple(disagreeing))


def says_registrant(query: Submission, table: Table | None) -> bool:
    """Whether a rule finds by the message itself that it is about a registered sex offender."""
    return table is not None and any(
        rule.program == Program.SEX_OFFENDER and rule.fits(query) for rule in table.rules
    )


def own_hours(program: str, table: Table | None, *, general: int) -> int | None:
    """Hours of the program's own target, or None where the general target holds.

    Of an undecided query the strictest of all programs.

    Args:
        general: hours of the portal's general target.
    """
    if table is None:
        return None
    if program in table.terms:
        return table.terms[program].hours
    return min(terms.hours or general for terms in table.terms.values())


def _begins(ori: str, patterns: Iterable[str]) -> bool:
    return any(
        ori.startswith(pattern[:-1]) if pattern.endswith("*") else ori == pattern
        for pattern in patterns
    )


def _says(text: str, words: Iterable[str]) -> bool:
    """Whether one of *words* stands in *text*, whole and whatever its case and blanks."""
    said = " ".join(text.upper().split())
    return any(re.search(rf"(?<!\w){re.escape(word)}(?!\w)", said) for word in words)


# --- Tables as data --------------------------------------------------------------------------

_LISTS = ("purposes", "senders", "origins", "remarks", "reasons", "tots", "tcns")


def table_of(content: Mapping[str, Any]) -> Table:
    """The table that *content* describes; ``problems`` has found nothing in it."""
    return Table(
        terms={
            each["program"]: Terms(
                **each
                | {"letters": tuple(each["letters"]), "recipients": tuple(each["recipients"])}
            )
            for each in content["programs"]
        },
        rules=tuple(_rule_of(each) for each in content["rules"]),
    )


def _rule_of(each: Mapping[str, Any]) -> Rule:
    return Rule(**{**each, **{name: tuple(each.get(name, ())) for name in _LISTS}})


def content_of(table: Table) -> dict[str, Any]:
    """The table as plain data, rules in the order in which they are looked at."""
    rules = sorted(table.rules, key=lambda rule: (rule.rank, rule.key))
    return json.loads(  # type: ignore[no-any-return]
        json.dumps(
            {
                "programs": [asdict(table.terms[code]) for code in sorted(table.terms)],
                "rules": [asdict(rule) for rule in rules],
            }
        )
    )


def digest_of(content: Mapping[str, Any]) -> str:
    """A hash of the content, whatever the order of its members."""
    return hashlib.sha256(json.dumps(content, sort_keys=True).encode()).hexdigest()


def problems(
    content: Mapping[str, Any], *, letters: Iterable[str], schedule_codes: Iterable[str]
) -> list[str]:
    """Everything that is wrong with a table, as sentences.

    Args:
        letters, schedule_codes: those of the notice in force.
    """
    found: list[str] = []
    programs = content.get("programs", [])
    rules = content.get("rules", [])
    if not (isinstance(programs, list) and isinstance(rules, list)):
        return ["A table has programs and rules."]
    for each in programs:
        found += _wrong_terms(each, frozenset(letters), frozenset(schedule_codes))
    named = [each.get("program") for each in programs if isinstance(each, Mapping)]
    found += [
        f"The terms of the program “{label}” stand there {named.count(code)} times, not once."
        for code, label in Program.choices
        if named.count(code) != 1
    ]
    if len(rules) > MAX_RULES:
        found.append(f"There are more than {MAX_RULES} rules.")
    for each in rules:
        found += _wrong_rule(each)
    keys = [each.get("key") for each in rules if isinstance(each, Mapping)]
    twice = {str(key) for key in keys if keys.count(key) > 1}
    found += [f"Two rules are called {key}." for key in sorted(twice)]
    if not any(
        isinstance(each, Mapping) and each.get("program") == Program.SEX_OFFENDER for each in rules
    ):
        found.append(
            "No rule finds sex offender registrants: nothing would keep their answers inside ICE."
        )
    return found


def _wrong_terms(each: Any, letters: frozenset[str], schedule_codes: frozenset[str]) -> list[str]:
    wanted = {field.name for field in fields(Terms)}
    if not isinstance(each, Mapping) or not wanted - {"hours", "note"} <= each.keys() <= wanted:
        return ["The terms of a program are incomplete or say more than terms can."]
    program = each["program"]
    if program not in Program.values:
        return [f"There is no program {program!r:.40}."]
    name = Program(program).label
    found = []
    if each["schedule_code"] not in schedule_codes:
        found.append(f"{name}: the notice in force has no such retention item.")
    if not set(each["letters"]) <= letters:
        found.append(f"{name}: the notice in force has no routine use of such a letter.")
    if not set(each["recipients"]) <= set(RecipientType.values):
        found.append(f"{name}: a type of recipient is unknown.")
    if program == Program.SEX_OFFENDER and (each["letters"] or each["recipients"]):
        found.append(f"{name}: the answer stays inside ICE, so it has no letter and no recipient.")
    if program != Program.SEX_OFFENDER and not (each["letters"] and each["recipients"]):
        found.append(f"{name}: say under which letter, and whom, an answer may reach.")
    hours = each.get("hours")
    if hours is None:
        return found
    if not isinstance(hours, int) or isinstance(hours, bool) or not 1 <= hours <= MAX_HOURS:
        found.append(f"{name}: the target is from 1 to {MAX_HOURS} hours.")
    return found


def _wrong_rule(each: Any) -> list[str]:
    wanted = {field.name for field in fields(Rule)}
    if not isinstance(each, Mapping) or not {"key", "rank", "program"} <= each.keys() <= wanted:
        return ["A rule is incomplete or says more than a rule can."]
    key = each["key"]
    if not isinstance(key, str) or _KEY.fullmatch(key) is None:
        return ["A rule's name has small letters, digits and hyphens, at most forty."]
    found = []
    rank = each["rank"]
    if not isinstance(rank, int) or isinstance(rank, bool) or not 1 <= rank <= MAX_RANK:
        found.append(f"{key}: the rank is from 1 to {MAX_RANK}.")
    if each["program"] not in Program.values:
        found.append(f"{key}: there is no such program.")
    shapes: Sequence[tuple[str, re.Pattern[str], str]] = (
        ("senders", _ORI, "an ORI has nine capital letters and digits, or fewer and *"),
        ("origins", _ORI, "an ORI has nine capital letters and digits, or fewer and *"),
        ("remarks", _WORD, "words to look for are in capitals"),
        ("reasons", _WORD, "words to look for are in capitals"),
        ("tots", _TOT, "a type of transaction has two to five capitals"),
        ("tcns", _TCN, "a control number has letters, digits and hyphens"),
    )
    for name, shape, said in shapes:
        if not _all_match(each.get(name, ()), shape):
            found.append(f"{key}: {said}.")
    if not set(each.get("purposes", ())) <= purpose_codes().keys():
        found.append(f"{key}: a purpose code is unknown.")
    if each.get("fingerprints", "") not in ("", "yes", "no"):
        found.append(f"{key}: fingerprints is yes, no or left open.")
    if not any(each.get(name) for name in (*_LISTS, "fingerprints")):
        found.append(f"{key}: a rule without a condition would decide everything.")
    if not str(each.get("note", "")).strip():
        found.append(f"{key}: say why the rule is so.")
    return found


def _all_match(values: Any, shape: re.Pattern[str]) -> bool:
    return isinstance(values, (list, tuple)) and all(
        isinstance(value, str) and shape.fullmatch(value) for value in values
    )


@dataclass(frozen=True)
class Difference:
    """One thing that a table changes against another."""

    kind: str
    name: str
    details: tuple[str, ...] = ()


def compare(old: Table, new: Table) -> list[Difference]:
    """What *new* changes against *old*: terms first, then rules."""
    found = []
    for code in sorted(new.terms):
        details = _changed(asdict(old.terms[code]), asdict(new.terms[code]))
        if details:
            found.append(Difference("changed", Program(code).label, details))
    before = {rule.key: rule for rule in old.rules}
    after = {rule.key: rule for rule in new.rules}
    for key in sorted(before.keys() | after.keys()):
        if key not in before:
            found.append(Difference("added", f"Rule {key}", _told(after[key])))
        elif key not in after:
            found.append(Difference("removed", f"Rule {key}", _told(before[key])))
        elif details := _changed(asdict(before[key]), asdict(after[key])):
            found.append(Difference("changed", f"Rule {key}", details))
    return found


def _changed(old: Mapping[str, Any], new: Mapping[str, Any]) -> tuple[str, ...]:
    return tuple(
        f"{name.replace('_', ' ')}: {_shown(old[name])} → {_shown(new[name])}"
        for name in new
        if old[name] != new[name]
    )


def _told(rule: Rule) -> tuple[str, ...]:
    told = [f"{label}: {values}" for label, values in rule.conditions]
    return (f"rank {rule.rank}, {Program(rule.program).label}", *told)


def _shown(value: Any) -> str:
    if isinstance(value, tuple):
        value = ", ".join(value)
    return str(value) if value else "nothing"
