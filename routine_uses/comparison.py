"""What a version of a notice changes against another one. Pure.

Both sides are given as the contents of a notice file, whether they come from a file or
from the database.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from routine_uses.choices import (
    AgencyTag,
    AuthorityStatus,
    CutoffRule,
    Disposal,
    Exclusion,
    Field,
    Purpose,
    RecipientType,
    Trigger,
)

ADDED, REMOVED, CHANGED = "added", "removed", "changed"

HEAD = "About the notice"
USES = "Routine uses"
RETENTION = "Retention"
EXEMPTIONS = "Exemptions"
_LISTS = {
    "purposes": ("Purposes", "number"),
    "individuals": ("Categories of individuals", "key"),
    "authorities": ("Authorities", "text"),
    "procedures": ("Procedures", "title"),
    "practices": ("Practices", "title"),
}
_CODES: Mapping[str, tuple[str, Mapping[str, str]]] = {
    "recipients": ("recipients", dict(RecipientType.choices)),
    "recipient_tags": ("named bodies", dict(AgencyTag.choices)),
    "excluded_recipients": ("shut out", dict(Exclusion.choices)),
    "purposes": ("purposes", dict(Purpose.choices)),
    "only_fields": ("only these facts", dict(Field.choices)),
}


@dataclass(frozen=True)
class Contents:
    """What a version says: the columns of its tables, as in a notice file."""

    label: str
    citation: str
    document: Mapping[str, Any]
    record_categories: Sequence[Mapping[str, Any]]
    routine_uses: Sequence[Mapping[str, Any]]
    retention_items: Sequence[Mapping[str, Any]]
    is_outline: bool = False


@dataclass(frozen=True)
class Change:
    """One thing that differs: in which part, how (added, removed or changed), and what."""

    part: str
    kind: str
    name: str
    details: tuple[str, ...] = ()

    def __str__(self) -> str:
        told = f"{self.part}: {self.kind} {self.name}"
        return f"{told} ({'; '.join(self.details)})" if self.details else told


def compare(old: Contents, new: Contents) -> tuple[Change, ...]:
    """Everything that *new* changes against *old*, in the order of a notice.

    An outline tells only some things of a version, so only these are compared.
    """
    if old.is_outline or new.is_outline:
        return tuple(_outlined(old, new))
    return (
        *_head(old, new),
        *_lists(old, new),
        *_uses(old, new),
        *_retention(old, new),
        *_exemptions(old, new),
    )


def new_letters(changes: Iterable[Change]) -> list[str]:
    """Names of the routine uses that are new or reach further: 552a(e)(11) wants notice."""
    return [
        change.name for change in changes if change.part == USES and change.kind in (ADDED, CHANGED)
    ]


def _head(old: Contents, new: Contents) -> Iterator[Change]:
    for key, name in (
        ("name", "name of the system"),
        ("classification", "classification"),
        ("system_manager", "system manager"),
        ("locations", "locations"),
        ("about", "description"),
    ):
        was, is_ = old.document.get(key), new.document.get(key)
        if was is not None and was != is_:
            details = (f"was: {was}", f"is: {is_}") if key == "name" else ()
            yield Change(HEAD, CHANGED, name, details)


def _lists(old: Contents, new: Contents) -> Iterator[Change]:
    for table, (part, key) in _LISTS.items():
        was = {str(each[key]): each["text"] for each in old.document.get(table, [])}
        is_ = {str(each[key]): each["text"] for each in new.document.get(table, [])}
        yield from _texts(part, was, is_)
    yield from _texts(
        "Categories of records",
        {str(each["number"]): each["text"] for each in old.record_categories},
        {str(each["number"]): each["text"] for each in new.record_categories},
    )


def _texts(part: str, was: Mapping[str, str], is_: Mapping[str, str]) -> Iterator[Change]:
    for key in was:
        if key not in is_:
            yield Change(part, REMOVED, key)
    for key, text in is_.items():
        if key not in was:
            yield Change(part, ADDED, key, (text,) if text != key else ())
        elif was[key] != text:
            yield Change(part, CHANGED, key, (f"was: {was[key]}", f"is: {text}"))


def _uses(old: Contents, new: Contents) -> Iterator[Change]:
    was = {use["letter"]: use for use in old.routine_uses}
    is_ = {use["letter"]: use for use in new.routine_uses}
    for letter, use in was.items():
        if letter not in is_:
            yield Change(USES, REMOVED, f"{letter} – {use['title']}")
    for letter, use in is_.items():
        name = f"{letter} – {use['title']}"
        if letter not in was:
            yield Change(USES, ADDED, name, (use["summary"],))
        elif details := tuple(_use_details(was[letter], use)):
            yield Change(USES, CHANGED, name, details)


def _use_details(was: Mapping[str, Any], is_: Mapping[str, Any]) -> Iterator[str]:
    if was["title"] != is_["title"]:
        yield f"title was: {was['title']}"
    if was["summary"] != is_["summary"]:
        yield "summary changed"
    for key, (word, labels) in _CODES.items():
        yield from _set_details(
            word,
            {labels.get(code, code) for code in was[key]},
            {labels.get(code, code) for code in is_[key]},
        )
    conditions = {each["key"]: each for each in was["conditions"]}
    now = {each["key"]: each for each in is_["conditions"]}
    for key, condition in conditions.items():
        if key not in now:
            yield f"no longer asks: {condition['question']}"
        elif _asks(condition) != _asks(now[key]):
            yield f"asks otherwise: {now[key]['question']}"
    for key, condition in now.items():
        if key not in conditions:
            yield f"asks anew: {condition['question']}"


def _asks(condition: Mapping[str, Any]) -> tuple[object, ...]:
    return (
        condition["question"],
        condition["kind"],
        condition["answer"],
        sorted(condition.get("accepted", ())),
        bool(condition.get("agreement", False)),
    )


def _set_details(word: str, was: set[str], is_: set[str]) -> Iterator[str]:
    if gained := sorted(is_ - was):
        yield f"{word} gained: {', '.join(gained)}"
    if lost := sorted(was - is_):
        yield f"{word} lost: {', '.join(lost)}"


def _retention(old: Contents, new: Contents) -> Iterator[Change]:
    was = {item["code"]: item for item in old.retention_items}
    is_ = {item["code"]: item for item in new.retention_items}
    for code, item in was.items():
        if code not in is_:
            yield Change(RETENTION, REMOVED, f"{code} – {item['title']}")
    for code, item in is_.items():
        name = f"{code} – {item['title']}"
        if code not in was:
            yield Change(RETENTION, ADDED, name, (_period(item),))
        elif details := tuple(_item_details(was[code], item)):
            yield Change(RETENTION, CHANGED, name, details)


def _item_details(was: Mapping[str, Any], is_: Mapping[str, Any]) -> Iterator[str]:
    if _period(was) != _period(is_):
        yield f"was: {_period(was)}"
        yield f"is: {_period(is_)}"
    if was["authority_status"] != is_["authority_status"]:
        yield f"standing was: {AuthorityStatus(was['authority_status']).label}"
    if was["title"] != is_["title"]:
        yield f"title was: {was['title']}"


def _period(item: Mapping[str, Any]) -> str:
    kept = "for good" if item.get("action") == Disposal.PERMANENT else "as its query"
    years = f"{item['years']} years" if item["years"] else kept
    told = f"{years}, counted from: {Trigger(item['trigger']).label}"
    rule, action = item.get("cutoff_rule"), item.get("action")
    if rule and rule != CutoffRule.NONE:
        told += f", {CutoffRule(rule).label}"
    if action and action != Disposal.DESTROY:
        told += f", then: {Disposal(action).label}"
    return told


def _exemptions(old: Contents, new: Contents) -> Iterator[Change]:
    was = {each["under"]: set(each["reaches"]) for each in old.document.get("exemptions", [])}
    is_ = {each["under"]: set(each["reaches"]) for each in new.document.get("exemptions", [])}
    for under in was:
        if under not in is_:
            yield Change(EXEMPTIONS, REMOVED, under)
    for under, reaches in is_.items():
        if under not in was:
            yield Change(EXEMPTIONS, ADDED, under, (", ".join(sorted(reaches)),))
        elif details := tuple(_set_details("reach", was[under], reaches)):
            yield Change(EXEMPTIONS, CHANGED, under, details)


def _outlined(old: Contents, new: Contents) -> Iterator[Change]:
    """Against an outline: the letters that the later notice says are new, and what it tells."""
    outline, other = (old, new) if old.is_outline else (new, old)
    kind = ADDED if old.is_outline else REMOVED
    was, is_ = old.document.get("name"), new.document.get("name")
    if was != is_:
        yield Change(HEAD, CHANGED, "name of the system", (f"was: {was}", f"is: {is_}"))
    titles = {use["letter"]: use["title"] for use in other.routine_uses}
    for letter in outline.document.get("letters_not_yet", []):
        if letter in titles:
            yield Change(USES, kind, f"{letter} – {titles[letter]}")
    for told in outline.document.get("told", []):
        yield Change(f"Told of {outline.label}", CHANGED, told["title"], (told["text"],))
