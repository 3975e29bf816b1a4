"""Notice files: one published version of a notice as TOML, checked before it is used.

A file tells in our own words what the notice says, with letter and citation of each
clause. Everything wrong with a file is told at once.
"""

import hashlib
import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time
from typing import Any
from zoneinfo import ZoneInfo

from acrime.common.errors import ActionRefused
from routine_uses.choices import (
    AgencyTag,
    Answer,
    AuthorityStatus,
    ConditionKind,
    Exclusion,
    Field,
    Purpose,
    RecipientType,
    Trigger,
)
from routine_uses.policy import Condition, Rule, routine_use_clause

# What each exemption can reach at most (5 U.S.C. 552a(j) and (k)). Under (j)(2)
# everything but (b), (c)(1)-(2), (e)(4)(A)-(F), (e)(6), (7), (9), (10), (11) and (i).
REACHABLE: Mapping[str, frozenset[str]] = {
    "(j)(2)": frozenset(
        {
            "(c)(3)", "(c)(4)", "(d)", "(e)(1)", "(e)(2)", "(e)(3)", "(e)(4)(G)", "(e)(4)(H)",
            "(e)(4)(I)", "(e)(5)", "(e)(8)", "(f)", "(g)", "(h)",
        }
    ),
    "(k)(2)": frozenset(
        {"(c)(3)", "(d)", "(e)(1)", "(e)(4)(G)", "(e)(4)(H)", "(e)(4)(I)", "(f)"}
    ),
}  # fmt: skip

EASTERN = ZoneInfo("America/New_York")

_HEAD = (
    "system_number", "name", "label", "citation", "published", "effective", "about",
    "classification", "system_manager", "locations", "routine_use_count",
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
    """A checked notice file. The lists hold the columns of the tables of their names."""

    system_number: str
    name: str
    label: str
    citation: str
    published_date: date
    effective_date: date
    sha256: str
    document: dict[str, Any]
    record_categories: list[dict[str, Any]]
    routine_uses: list[dict[str, Any]]
    retention_items: list[dict[str, Any]]

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
        NoticeFileInvalid: it is no TOML, or breaks a rule.
    """
    try:
        content = tomllib.loads(data.decode("utf-8"))
    except (UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise NoticeFileInvalid([f"It is not a TOML file: {error}"]) from None
    problems = [*_problems(content)]
    if problems:
        raise NoticeFileInvalid(problems)
    head = content["notice"]
    return NoticeFile(
        system_number=head["system_number"],
        name=head["name"],
        label=head["label"],
        citation=head["citation"],
        published_date=head["published"],
        effective_date=head["effective"],
        sha256=hashlib.sha256(data).hexdigest(),
        document={
            "about": head["about"],
            "classification": head["classification"],
            "system_manager": head["system_manager"],
            "locations": head["locations"],
            **{name: content[name] for name in _PLAIN_LISTS},
        },
        record_categories=[
            {"number": each["number"], "text": each["text"]} for each in content["records"]
        ],
        routine_uses=[_use(each) for each in content["routine_uses"]],
        retention_items=[
            {
                "code": each["code"],
                "title": each["title"],
                "years": each.get("years"),
                "trigger": each["trigger"],
                "authority_status": each["status"],
                "text": each["text"],
                "citation": each["citation"],
            }
            for each in content["retention"]
        ],
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
            }
            for each in data.get("conditions", [])
        ],
    }


# region: rules of a file
def _problems(content: Mapping[str, Any]) -> Iterable[str]:
    head = content.get("notice", {})
    missing = [name for name in _HEAD if not head.get(name)]
    if missing:
        yield f"[notice] lacks {', '.join(missing)}."
        return
    if not all(isinstance(head[name], date) for name in ("published", "effective")):
        yield "[notice] published and effective must be dates."
    elif head["effective"] < head["published"]:
        yield "[notice] is effective before it was published."
    for name, keys in _PLAIN_LISTS.items():
        yield from _lacking(content, name, keys)
    yield from _lacking(content, "records", ("number", "text"))
    yield from _numbering(content, "records")
    yield from _numbering(content, "purposes")
    yield from _exemption_problems(content.get("exemptions", []))
    yield from _retention_problems(content)
    found = [use.get("letter", "") for use in content.get("routine_uses", [])]
    wanted = letters(head["routine_use_count"])
    if found != wanted:
        yield (
            f"Routine uses must be {wanted[0]} to {wanted[-1]}, each once and in order; "
            f"missing: {_listed(set(wanted) - set(found))}; "
            f"unknown or repeated: {_listed(_surplus(found, wanted))}."
        )
    for use in content.get("routine_uses", []):
        for problem in _use_problems(use):
            yield f"Routine use {use.get('letter', '?')}: {problem}"


def _lacking(content: Mapping[str, Any], name: str, keys: Iterable[str]) -> Iterable[str]:
    if not content.get(name):
        yield f"There is no [[{name}]]."
    for place, entry in enumerate(content.get(name, []), start=1):
        lacking = [key for key in keys if not entry.get(key)]
        if lacking:
            yield f"[[{name}]] {place} lacks {', '.join(lacking)}."


def _numbering(content: Mapping[str, Any], name: str) -> Iterable[str]:
    numbers = [entry.get("number") for entry in content.get(name, [])]
    if numbers != list(range(1, len(numbers) + 1)):
        yield f"[[{name}]] must be numbered from 1 without gaps."


def _exemption_problems(exemptions: Iterable[Mapping[str, Any]]) -> Iterable[str]:
    for exemption in exemptions:
        under = exemption.get("under", "")
        if under not in REACHABLE:
            yield f"Exemption under {under or '?'} is not known."
            continue
        beyond = set(exemption.get("reaches", [])) - REACHABLE[under]
        if beyond:
            yield f"An exemption under {under} cannot reach {_listed(beyond)}."


def _retention_problems(content: Mapping[str, Any]) -> Iterable[str]:
    yield from _lacking(
        content, "retention", ("code", "title", "trigger", "status", "text", "citation")
    )
    items = content.get("retention", [])
    codes = [item.get("code") for item in items]
    if len(codes) != len(set(codes)):
        yield "[[retention]] repeats a code."
    for item in items:
        inherits = item.get("trigger") == Trigger.AS_PARENT
        years = item.get("years")
        if item.get("trigger") not in Trigger.values:
            yield f"Retention {item.get('code')}: unknown trigger."
        if (years is None) != inherits or (years is not None and years < 1):
            yield f"Retention {item.get('code')}: years are wanted, except as the parent's."
        if item.get("status") != AuthorityStatus.PROPOSED:
            yield (
                f"Retention {item.get('code')}: a file can only propose; "
                "approval needs two people and the evidence."
            )


def _use_problems(use: Mapping[str, Any]) -> Iterable[str]:
    lacking = [key for key in (*_USE_TEXTS, "recipients", "purposes") if not use.get(key)]
    if lacking:
        yield f"lacks {', '.join(lacking)}."
    known = {
        "recipients": RecipientType.values,
        "bodies": AgencyTag.values,
        "never": Exclusion.values,
        "purposes": Purpose.values,
        "only_fields": Field.values,
    }
    for key, values in known.items():
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
    if (condition.get("answer") == Answer.CHOICE) != bool(condition.get("accepted")):
        yield f"condition {name}: accepted values belong to a choice, and only to it."


def _surplus(found: list[str], wanted: list[str]) -> set[str]:
    return {letter for letter in found if letter not in wanted or found.count(letter) > 1}


def _listed(values: Iterable[str]) -> str:
    return ", ".join(sorted(values)) or "none"


# endregion
