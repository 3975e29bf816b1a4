"""Plain facts in, a verdict out: the clock for those who ask "what if". Pure.

What the facts are called is told in ``acrime/docs/decide.md``. Nothing here touches a record.
"""

import re
from collections.abc import Mapping
from contextlib import suppress
from datetime import date
from typing import Any

from acrime.common.plain_facts import FactsInvalid, code, is_known, table, text, truth
from acrime.retention.choices import State
from acrime.retention.policy import Facts, Hold, Item, Verdict, eligibility
from routine_uses.choices import AuthorityStatus, CutoffRule, Disposal, Trigger

_KNOWN = {"id", "kind", "item", "events", "open", "parent", "known_trigger", "holds", "today"}
_OF_ITEM = {"code", "trigger", "years", "cutoff", "action", "status", "authority"}
_EVENTS = tuple(
    each for each in Trigger.values if each not in (Trigger.UNSTATED, Trigger.AS_PARENT)
)
_DAY = re.compile(r"\d{4}-\d{2}-\d{2}")
_KIND = re.compile(r"[A-Z]{3,10}")


def question_from(
    facts: object, items: Mapping[str, Item], *, today: date
) -> tuple[Facts, Item, tuple[Hold, ...], date]:
    """What *facts* ask: of a record, its item, its holds and a day.

    What is left out is not assumed: an event that is not named has not happened.

    Args:
        items: by their codes, as they count where this is asked.
        today: the day that is meant where none is named.

    Raises:
        FactsInvalid: something is missing, misspelled or of the wrong kind.
    """
    given = table(facts, "", _KNOWN)
    if "item" not in given:
        raise FactsInvalid("item", "It is missing: the code of an item, or what it says.")
    kind = text(given, "kind").upper()
    if kind and not _KIND.fullmatch(kind):
        raise FactsInvalid("kind", "The code of a kind of record is wanted, such as IAQ.")
    read = Facts(
        kind=kind,
        events=_events(given.get("events", {})),
        closed=not truth(given, "open"),
        parent=_item(given["parent"], items, "parent") if "parent" in given else None,
        known_trigger=_day(given["known_trigger"], "known_trigger")
        if "known_trigger" in given
        else None,
    )
    asked = _day(given["today"], "today") if "today" in given else today
    return read, _item(given["item"], items, "item"), _holds(given.get("holds", [])), asked


def answer(question: tuple[Facts, Item, tuple[Hold, ...], date]) -> dict[str, Any]:
    """The verdict on *question*, ready to be written as JSON."""
    facts, item, holds, today = question
    verdict = eligibility(facts, item, holds, today)
    return {
        "verdict": verdict.state.value.lower(),
        "date": _written(verdict.date),
        "needs": _needs(verdict),
        "clause": verdict.clauses[0],
        "reasons": [{"code": each.value, "text": each.label} for each in verdict.reasons],
        "item": verdict.item.code,
        "authority": verdict.item.authority,
        "trigger_date": _written(verdict.trigger_date),
        "cutoff_date": _written(verdict.cutoff_date),
        "may_be_destroyed": verdict.state is State.ELIGIBLE,
        "today": today.isoformat(),
    }


def _needs(verdict: Verdict) -> list[str]:
    """What has to come before anything may be destroyed."""
    needs = {
        State.NO_TRIGGER: ["the event from which the period runs"],
        State.RUNNING: ["the end of the period"],
        State.BLOCKED_BY_AUTHORITY: ["an approved authority"],
        State.BLOCKED_BY_HOLD: ["the release of every hold"],
    }.get(verdict.state, [])
    return list(needs)


def _item(value: object, items: Mapping[str, Item], place: str) -> Item:
    if isinstance(value, str):
        wanted = value.strip().upper()
        is_known(wanted, sorted(items), place)
        return items[wanted]
    given = table(value, place, _OF_ITEM)
    dotted = f"{place}."
    years = given.get("years")
    if years is not None and (isinstance(years, bool) or not isinstance(years, int) or years < 1):
        raise FactsInvalid(f"{dotted}years", "A whole number of years is wanted.")
    return Item(
        code=text(given, "code", dotted).upper() or "ASKED",
        trigger=code(given, "trigger", Trigger.values, place=dotted),
        years=years,
        cutoff=code(given, "cutoff", CutoffRule.values, place=dotted, optional=True)
        or CutoffRule.NONE.value,
        action=code(given, "action", Disposal.values, place=dotted, optional=True)
        or Disposal.DESTROY.value,
        status=code(given, "status", AuthorityStatus.values, place=dotted, optional=True)
        or AuthorityStatus.PROPOSED.value,
        authority=text(given, "authority", dotted),
    )


def _events(value: object) -> dict[str, date]:
    if not isinstance(value, dict):
        raise FactsInvalid("events", "An object of days by event is wanted.")
    found = {}
    for name, day in value.items():
        is_known(str(name).upper(), _EVENTS, f"events.{name}")
        found[str(name).upper()] = _day(day, f"events.{name}")
    return found


def _holds(value: object) -> tuple[Hold, ...]:
    if not isinstance(value, list) or not all(isinstance(each, str) for each in value):
        raise FactsInvalid("holds", "A list of the holds' numbers is wanted.")
    return tuple(Hold(each, "") for each in value)


def _day(value: object, place: str) -> date:
    if isinstance(value, str) and _DAY.fullmatch(value):
        with suppress(ValueError):
            return date.fromisoformat(value)
    raise FactsInvalid(place, "A day is wanted, as in 2026-11-23.")


def _written(day: date | None) -> str:
    return day.isoformat() if day else ""
