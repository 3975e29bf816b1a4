"""Notice files: one published version of a notice as TOML, checked before it is used.

A file tells in our own words what the notice says, with letter and citation of each
clause. Everything wrong with a file is told at once.
"""

import hashlib
import re
import tomllib
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time
from typing import Any

from acrime.common.eastern import EASTERN
from acrime.common.errors import ActionRefused
from routine_uses.approvals.choices import ApprovalKind
from routine_uses.choices import (
    AgencyTag,
    Answer,
    AuthorityStatus,
    ConditionKind,
    CutoffRule,
    Disposal,
    Exclusion,
    Field,
    Purpose,
    RecipientType,
    Trigger,
)
from routine_uses.exemptions import REACHABLE
from routine_uses.policy import Condition, Rule, routine_use_clause

_HEAD = (
    "system_number", "name", "label", "citation", "published", "effective", "about",
    "classification", "system_manager", "locations", "routine_use_count",
)  # fmt: skip
_OUTLINE_HEAD = (
    "system_number", "name", "label", "citation", "published", "about", "told_by",
    "letters_carried_over", "letters_not_yet",
)  # fmt: skip
_PLAIN_LISTS = {
    "purposes": ("number", "text", "citation"),
    "individuals": ("key", "text", "citation"),
    "authorities": ("text", "citation"),
    "exemptions": ("under", "reaches", "text", "citation"),
    "errata": ("title", "text", "citation"),
    "procedures": ("title", "text", "citation"),
    "practices": ("title", "text", "citation"),
    "notes": ("title", "text", "citation"),
}
_USE_TEXTS = ("letter", "title", "summary", "citation")
_USE_LISTS: Mapping[str, Iterable[str]] = {
    "recipients": RecipientType.values,
    "bodies": AgencyTag.values,
    "never": Exclusion.values,
    "purposes": Purpose.values,
    "only_fields": Field.values,
}
# A to Z, then AA to ZZ.
MOST_LETTERS = 52


class NoticeFileInvalid(ActionRefused):
    """A notice file breaks its rules.

    Attributes:
        problems: every rule broken, in words.
    """

    def __init__(self, problems: list[str]) -> None:
        super().__init__(
            "The notice file cannot be loaded:\n- " + "\n- ".join(problems),
            code="notice-file-invalid",
        )
        self.problems = problems


@dataclass(frozen=True)
class NoticeFile:
    """A checked notice file. The lists hold the columns of the tables of their names.

    ``is_outline`` marks a version of which only is told what a later notice says of it.
    It has no rules, so it can never be put in force, and no day on which it took effect.
    """

    system_number: str
    name: str
    label: str
    citation: str
    published_date: date
    effective_date: date | None
    sha256: str
    document: dict[str, Any]
    record_categories: list[dict[str, Any]]
    routine_uses: list[dict[str, Any]]
    retention_items: list[dict[str, Any]]
    is_outline: bool = False

    def rules(self) -> dict[str, Rule]:
        """The routine uses as rules of the gate, by letter."""
        return {
            use["letter"]: Rule(
                letter=use["letter"],
                title=use["title"],
                clause=routine_use_clause(
                    system_number=self.system_number,
                    letter=use["letter"],
                    citation=self.citation,
                ),
                recipients=frozenset(use["recipients"]),
                tags=frozenset(use["recipient_tags"]),
                excluded=frozenset(use["excluded_recipients"]),
                purposes=frozenset(use["purposes"]),
                conditions=tuple(Condition.from_data(each) for each in use["conditions"]),
                only_fields=frozenset(use["only_fields"]),
            )
            for use in self.routine_uses
        }


def letters(count: int) -> list[str]:
    """The first *count* letters of routine uses: A to Z, then AA, BB and so on."""
    single = [chr(ord("A") + place) for place in range(26)]
    return (single + [letter * 2 for letter in single])[:count]


def start_of(day: date) -> datetime:
    """The first moment of *day* in Washington."""
    return datetime.combine(day, time.min, tzinfo=EASTERN)


def parse(data: bytes) -> NoticeFile:
    """The notice in the bytes of a file.

    Raises:
        NoticeFileInvalid: it is no TOML, or breaks a rule. Each problem names its line,
            where it belongs to one.
    """
    try:
        text = data.decode("utf-8")
        content = tomllib.loads(text)
    except (UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise NoticeFileInvalid([f"It is not a TOML file: {error}"]) from None
    head = content.get("notice")
    outline = isinstance(head, dict) and head.get("outline") is True
    found = _misshapen(content) or (_outline_problems if outline else _problems)(content)
    lines = _lines(text)
    problems = [problem.told(lines) for problem in found]
    if problems or not isinstance(head, dict):
        raise NoticeFileInvalid(problems)
    if outline:
        return _outline(head, content, sha256=hashlib.sha256(data).hexdigest())
    return NoticeFile(
        system_number=head["system_number"],
        name=head["name"],
        label=head["label"],
        citation=head["citation"],
        published_date=head["published"],
        effective_date=head["effective"],
        sha256=hashlib.sha256(data).hexdigest(),
        document={
            "name": head["name"],
            "about": head["about"],
            "classification": head["classification"],
            "system_manager": head["system_manager"],
            "locations": head["locations"],
            **{name: content.get(name, []) for name in _PLAIN_LISTS},
        },
        record_categories=[
            {"number": each["number"], "text": each["text"]} for each in content["records"]
        ],
        routine_uses=[_use(each) for each in content["routine_uses"]],
        retention_items=[item_columns(each) for each in content["retention"]],
    )


def item_columns(data: Mapping[str, Any]) -> dict[str, Any]:
    """The columns of a retention item that a file describes; ``item_problems`` found nothing."""
    return {
        "code": data["code"],
        "title": data["title"],
        "kinds": data.get("kinds", []),
        "years": data.get("years"),
        "trigger": data["trigger"],
        "cutoff_rule": data.get("cutoff", CutoffRule.NONE.value),
        "action": data.get("action", Disposal.DESTROY.value),
        "authority_status": data["status"],
        "text": data["text"],
        "doubt": data.get("doubt", ""),
        "citation": data["citation"],
    }


def _outline(head: Mapping[str, Any], content: Mapping[str, Any], *, sha256: str) -> NoticeFile:
    return NoticeFile(
        system_number=head["system_number"],
        name=head["name"],
        label=head["label"],
        citation=head["citation"],
        published_date=head["published"],
        effective_date=None,
        sha256=sha256,
        document={
            "name": head["name"],
            "about": head["about"],
            "told_by": head["told_by"],
            "letters_carried_over": head["letters_carried_over"],
            "letters_not_yet": head["letters_not_yet"],
            "told": content["told"],
        },
        record_categories=[],
        routine_uses=[],
        retention_items=[],
        is_outline=True,
    )


def _use(data: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "letter": data["letter"],
        "title": data["title"],
        "summary": data["summary"],
        "citation": data["citation"],
        "recipients": data["recipients"],
        "recipient_tags": data.get("bodies", []),
        "excluded_recipients": data.get("never", []),
        "purposes": data["purposes"],
        "only_fields": data.get("only_fields", []),
        "is_new": data.get("new", False),
        "conditions": [
            {
                "key": each["key"],
                "question": each["question"],
                "kind": each["kind"],
                "answer": each["answer"],
                "accepted": each.get("accepted", []),
                "agreement": each.get("agreement", False),
                "approval": each.get("approval", ""),
            }
            for each in data.get("conditions", [])
        ],
    }


# region: rules of a file
@dataclass(frozen=True)
class _Problem:
    """What is wrong, and with which entry: the *place*-th ``[[table]]``, from 1, or none."""

    text: str
    table: str = ""
    place: int = 0

    def told(self, lines: Mapping[tuple[str, int], int]) -> str:
        """The problem in words, after the line where its entry begins."""
        line = lines.get((self.table, self.place))
        return f"Line {line}: {self.text}" if line else self.text


_HEADING = re.compile(r"^\s*\[{1,2}\s*([A-Za-z_]+)\s*\]{1,2}")


def _lines(text: str) -> dict[tuple[str, int], int]:
    """The line on which each entry of each table begins."""
    found: dict[tuple[str, int], int] = {}
    counted: Counter[str] = Counter()
    for number, line in enumerate(text.splitlines(), start=1):
        if heading := _HEADING.match(line):
            counted[heading[1]] += 1
            found[heading[1], counted[heading[1]]] = number
    return found


def _misshapen(content: Mapping[str, Any]) -> list[_Problem]:
    """Tables that are none. Everything else rests on their being tables, so they come first."""
    tables = (*_PLAIN_LISTS, "records", "routine_uses", "retention", "told")
    wrong = [
        name
        for name in tables
        if not isinstance(content.get(name, []), list)
        or not all(isinstance(entry, dict) for entry in content.get(name, []))
    ]
    found = [_Problem(f"{name} must be written as [[{name}]].") for name in wrong]
    if not isinstance(content.get("notice"), dict):
        found.append(_Problem("There is no [notice]."))
    uses = [] if "routine_uses" in wrong else content.get("routine_uses", [])
    for place, use in enumerate(uses, start=1):
        conditions = use.get("conditions", [])
        if not isinstance(conditions, list) or not all(isinstance(c, dict) for c in conditions):
            found.append(_Problem("conditions must be a list of tables.", "routine_uses", place))
        found += [
            _Problem(f"{key} must be a list of texts.", "routine_uses", place)
            for key in _USE_LISTS
            if not _is_texts(use.get(key, []))
        ]
    return found


def _is_texts(value: object) -> bool:
    return isinstance(value, list) and all(isinstance(each, str) for each in value)


def _outline_problems(content: Mapping[str, Any]) -> Iterable[_Problem]:
    head = content["notice"]
    missing = [name for name in _OUTLINE_HEAD if not head.get(name)]
    if missing:
        yield _Problem(f"[notice] lacks {', '.join(missing)}.", "notice", 1)
        return
    if not isinstance(head["published"], date):
        yield _Problem("[notice] published must be a date.", "notice", 1)
    carried, absent = head["letters_carried_over"], head["letters_not_yet"]
    if not _is_texts(carried) or not _is_texts(absent):
        yield _Problem("[notice] letters must be lists of texts.", "notice", 1)
        return
    wanted = letters(len(carried) + len(absent))
    if sorted([*carried, *absent]) != sorted(wanted):
        yield _Problem(
            f"The letters {wanted[0]} to {wanted[-1]} of the later notice must each be carried "
            "over or not there yet, once.",
            "notice",
            1,
        )
    yield from _lacking(content, "told", ("title", "text", "citation"))


def _problems(content: Mapping[str, Any]) -> Iterable[_Problem]:
    head = content["notice"]
    missing = [name for name in _HEAD if not head.get(name)]
    if missing:
        yield _Problem(f"[notice] lacks {', '.join(missing)}.", "notice", 1)
        return
    if not all(isinstance(head[name], date) for name in ("published", "effective")):
        yield _Problem("[notice] published and effective must be dates.", "notice", 1)
    elif head["effective"] < head["published"]:
        yield _Problem("[notice] is effective before it was published.", "notice", 1)
    for name, keys in _PLAIN_LISTS.items():
        # A notice need not have known errors, nor anything to be noted.
        if name in content or name not in ("errata", "notes"):
            yield from _lacking(content, name, keys)
    yield from _lacking(content, "records", ("number", "text"))
    yield from _numbering(content, "records")
    yield from _numbering(content, "purposes")
    yield from _exemption_problems(content.get("exemptions", []))
    yield from _retention_problems(content)
    yield from _letter_problems(head["routine_use_count"], content.get("routine_uses", []))
    for place, use in enumerate(content.get("routine_uses", []), start=1):
        for problem in _use_problems(use):
            text = f"Routine use {use.get('letter', '?')}: {problem}"
            yield _Problem(text, "routine_uses", place)


def _letter_problems(count: object, uses: list[Mapping[str, Any]]) -> Iterable[_Problem]:
    if not isinstance(count, int) or not 1 <= count <= MOST_LETTERS:
        yield _Problem(
            f"[notice] routine_use_count must be a number from 1 to {MOST_LETTERS}.", "notice", 1
        )
        return
    found = [str(use.get("letter", "")) for use in uses]
    wanted = letters(count)
    if found == wanted:
        return
    # Where the order first breaks; beyond the last entry where letters are missing there.
    place = next(
        (at for at, (is_, be) in enumerate(zip(found, wanted, strict=False), 1) if is_ != be),
        min(len(found), len(wanted)) + 1,
    )
    yield _Problem(
        f"Routine uses must be {wanted[0]} to {wanted[-1]}, each once and in order; "
        f"missing: {_listed(set(wanted) - set(found))}; "
        f"unknown or repeated: {_listed(_surplus(found, wanted))}.",
        "routine_uses",
        place,
    )


def _lacking(content: Mapping[str, Any], name: str, keys: Iterable[str]) -> Iterable[_Problem]:
    if not content.get(name):
        yield _Problem(f"There is no [[{name}]].")
    for place, entry in enumerate(content.get(name, []), start=1):
        lacking = [key for key in keys if not entry.get(key)]
        if lacking:
            yield _Problem(f"[[{name}]] {place} lacks {', '.join(lacking)}.", name, place)


def _numbering(content: Mapping[str, Any], name: str) -> Iterable[_Problem]:
    numbers = [entry.get("number") for entry in content.get(name, [])]
    if numbers != list(range(1, len(numbers) + 1)):
        yield _Problem(f"[[{name}]] must be numbered from 1 without gaps.", name, 1)


def _exemption_problems(exemptions: Iterable[Mapping[str, Any]]) -> Iterable[_Problem]:
    for place, exemption in enumerate(exemptions, start=1):
        under, reaches = exemption.get("under", ""), exemption.get("reaches", [])
        if under not in REACHABLE:
            yield _Problem(f"Exemption under {under or '?'} is not known.", "exemptions", place)
            continue
        if not _is_texts(reaches):
            yield _Problem("reaches must be a list of texts.", "exemptions", place)
            continue
        beyond = set(reaches) - REACHABLE[under]
        if beyond:
            yield _Problem(
                f"An exemption under {under} cannot reach {_listed(beyond)}.", "exemptions", place
            )


def _retention_problems(content: Mapping[str, Any]) -> Iterable[_Problem]:
    yield from _lacking(content, "retention", ITEM_TEXTS)
    codes: set[object] = set()
    for place, item in enumerate(content.get("retention", []), start=1):
        if item.get("code") in codes:
            yield _Problem("[[retention]] repeats a code.", "retention", place)
        codes.add(item.get("code"))
        for problem in item_problems(item):
            yield _Problem(f"Retention {item.get('code')}: {problem}", "retention", place)


ITEM_TEXTS = ("code", "title", "trigger", "status", "text", "citation")
"""What every retention item of a file says."""

_RECORD_KIND = re.compile(r"[A-Z]{3,10}")


def item_problems(item: Mapping[str, Any], *, own: bool = False) -> Iterable[str]:
    """What is wrong with a retention item of a file, in words.

    Args:
        own: it is of what the portal itself makes, where nobody may have scheduled it yet.
    """
    trigger, years = item.get("trigger"), item.get("years")
    action = item.get("action", Disposal.DESTROY.value)
    if trigger not in Trigger.values:
        yield "unknown trigger."
    if item.get("cutoff", CutoffRule.NONE.value) not in CutoffRule.values:
        yield "unknown cutoff."
    if action not in Disposal.values:
        yield "unknown action."
    kinds = item.get("kinds", [])
    if not _is_texts(kinds) or not all(_RECORD_KIND.fullmatch(each) for each in kinds):
        yield "kinds must be a list of codes of record kinds."
    if not isinstance(item.get("doubt", ""), str):
        yield "doubt must be a text."
    none = trigger == Trigger.AS_PARENT or action == Disposal.PERMANENT
    none = none or (own and trigger == Trigger.UNSTATED and years is None)
    if years is not None and not isinstance(years, int):
        yield "years must be a number."
    elif (years is None) != none or (years is not None and years < 1):
        yield "years are wanted, except as the parent's or for good."
    if item.get("status") != AuthorityStatus.PROPOSED:
        yield "a file can only propose; approval needs two people and the evidence."


def _use_problems(use: Mapping[str, Any]) -> Iterable[str]:
    lacking = [key for key in (*_USE_TEXTS, "recipients", "purposes") if not use.get(key)]
    if lacking:
        yield f"lacks {', '.join(lacking)}."
    for key, values in _USE_LISTS.items():
        unknown = set(use.get(key, [])) - set(values)
        if unknown:
            yield f"unknown {key}: {_listed(unknown)}."
    keys = [each.get("key") for each in use.get("conditions", [])]
    if len(keys) != len(set(keys)):
        yield "repeats the key of a condition."
    for condition in use.get("conditions", []):
        yield from _condition_problems(condition)


def _condition_problems(condition: Mapping[str, Any]) -> Iterable[str]:
    name = condition.get("key", "?")
    if not condition.get("key") or not condition.get("question"):
        yield f"condition {name} lacks its key or question."
    if condition.get("kind") not in ConditionKind.values:
        yield f"condition {name} has an unknown kind."
    if condition.get("answer") not in Answer.values:
        yield f"condition {name} has an unknown answer."
    if not _is_texts(condition.get("accepted", [])):
        yield f"condition {name}: accepted must be a list of texts."
    elif (condition.get("answer") == Answer.CHOICE) != bool(condition.get("accepted")):
        yield f"condition {name}: accepted values belong to a choice, and only to it."
    if condition.get("agreement") and condition.get("answer") != Answer.REFERENCE:
        yield f"condition {name}: an agreement is named by its reference."
    yield from _approval_problems(name, condition)


def _approval_problems(name: str, condition: Mapping[str, Any]) -> Iterable[str]:
    approved = condition.get("kind") == ConditionKind.APPROVED
    if approved != (condition.get("answer") == Answer.APPROVAL):
        yield f"condition {name}: an approval answers what a role approves, and only that."
    if condition.get("approval", "") not in ("", *ApprovalKind.values):
        yield f"condition {name} has an unknown approval."
    elif (approved or condition.get("kind") == ConditionKind.FOUND) != bool(
        condition.get("approval")
    ):
        yield f"condition {name}: what is approved or found names its approval, and only that."


def _surplus(found: list[str], wanted: list[str]) -> set[str]:
    return {letter for letter in found if letter not in wanted or found.count(letter) > 1}


def _listed(values: Iterable[str]) -> str:
    return ", ".join(sorted(values)) or "none"


# endregion
