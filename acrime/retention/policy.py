"""When the period of a record is over, and what stands in the way. Pure.

Sources: DHS/ICE-007, retention and disposal (78 FR 10623); 36 CFR 1220.18, 1226.10 and 1226.14;
44 U.S.C. 3303a and 3314. There is no start that is taken because another one is missing: a record
whose event is not known is never due. What the sources leave open is settled in
``acrime/docs/decisions/0026-how-a-period-is-reckoned.md``.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date

from acrime.common.periods import first_day_over, years_after
from acrime.retention.choices import DATED, Reason, State
from routine_uses.choices import AuthorityStatus, CutoffRule, Disposal, Trigger

Day = date
"""The type of days, where a field is itself called date."""

FISCAL_YEAR_ENDS = (9, 30)
"""Month and day on which the federal fiscal year ends."""

ONLY_PROPOSED = "36 CFR 1226.14(a)"
UNSCHEDULED = "36 CFR 1220.18"
APPLYING = "36 CFR 1226.10"
HOLDS = "36 CFR 1230"
EXCLUSIVE = "44 U.S.C. 3314"


@dataclass(frozen=True)
class Item:
    """One retention rule as the clock reads it, with the authority that it rests on.

    Attributes:
        kinds: codes of the kinds of records it covers; every kind where None.
        trigger: the event that the period runs from, a code of ``Trigger``.
        years: empty as its parent's, for good, or where no schedule covers the records.
        status: of the authority, a code of ``AuthorityStatus``.
        authority: its number.
        notice_longer: whether the years are the notice's, which are more than the authority's.
    """

    code: str
    trigger: str
    years: int | None = None
    cutoff: str = CutoffRule.NONE.value
    action: str = Disposal.DESTROY.value
    status: str = AuthorityStatus.PROPOSED.value
    authority: str = ""
    clause: str = ""
    kinds: frozenset[str] | None = None
    notice_longer: bool = False


@dataclass(frozen=True)
class Hold:
    """A hold in force on a record: its number, and its kind in words."""

    number: str
    kind: str


@dataclass(frozen=True)
class Facts:
    """What is known of a record.

    Attributes:
        kind: code of its kind; empty where it plays no part.
        events: days on which events happened, by codes of ``Trigger``.
        closed: whether work on it is over.
        parent: the item of the record that it follows up.
        follows_records: whether it is kept as long as any record about the person.
        known_trigger: the day that was recorded earlier for the same event; a day before it
            does not count.
        destroyed: whether it was destroyed.
    """

    kind: str = ""
    events: Mapping[str, date] = field(default_factory=dict)
    closed: bool = False
    parent: Item | None = None
    follows_records: bool = False
    known_trigger: date | None = None
    destroyed: bool = False


@dataclass(frozen=True)
class Verdict:
    """Where a record stands.

    Attributes:
        date: the first day on which its period is over; None where it has not begun.
        item: the one that counts.
        clauses: sources of what was decided, the first one first.
    """

    state: State
    date: Day | None
    reasons: tuple[Reason, ...]
    item: Item
    trigger_date: Day | None = None
    cutoff_date: Day | None = None
    holds: tuple[Hold, ...] = ()
    clauses: tuple[str, ...] = ()


def cutoff_of(day: date, rule: str) -> date:
    """The day from which a period is counted whose event was on *day*."""
    if rule == CutoffRule.FISCAL_YEAR:
        end = day.replace(month=FISCAL_YEAR_ENDS[0], day=FISCAL_YEAR_ENDS[1])
        return end if day <= end else end.replace(year=day.year + 1)
    if rule == CutoffRule.CALENDAR_YEAR:
        return day.replace(month=12, day=31)
    return day


def eligibility(facts: Facts, item: Item, holds: Sequence[Hold], today: date) -> Verdict:
    """Where a record with *facts* stands under *item* on *today*.

    A missing authority goes before a hold, and both are told only once the period is over;
    every reason is named whatever the state.
    """
    if facts.destroyed:
        return Verdict(State.DESTROYED, None, (Reason.GONE,), item, clauses=(EXCLUSIVE,))
    if item.trigger == Trigger.AS_PARENT:
        if facts.parent is None:
            return _not_begun(item, Reason.NO_PARENT, holds)
        if facts.parent.trigger == Trigger.AS_PARENT:
            return _not_begun(facts.parent, Reason.NO_PARENT, holds)
        item = facts.parent
    if facts.follows_records:
        return _not_begun(item, Reason.FOLLOWS_RECORDS, holds)
    if item.kinds is not None and facts.kind and facts.kind not in item.kinds:
        return _not_begun(item, Reason.OTHER_KIND, holds)
    if item.action == Disposal.PERMANENT:
        return Verdict(
            State.PERMANENT,
            None,
            (Reason.KEPT_FOR_GOOD, *_held(holds)),
            item,
            holds=tuple(holds),
            clauses=(item.clause or EXCLUSIVE,),
        )
    if item.trigger == Trigger.UNSTATED:
        if item.years is None:
            return _not_begun(item, Reason.UNSCHEDULED, holds)
        return _not_begun(item, Reason.UNSTATED, holds)
    if item.years is None:
        return _not_begun(item, Reason.UNSCHEDULED, holds)
    return _begun(facts, item, holds, today)


def _begun(facts: Facts, item: Item, holds: Sequence[Hold], today: date) -> Verdict:
    day = facts.events.get(item.trigger)
    if day is None:
        return _not_begun(item, Reason.MISSING if facts.closed else Reason.NOT_YET, holds)
    if day > today:
        return _not_begun(item, Reason.IN_FUTURE, holds)
    reasons: list[Reason] = []
    # Nothing brings the end of a period nearer once it was recorded.
    if facts.known_trigger is not None and day < facts.known_trigger <= today:
        day = facts.known_trigger
        reasons.append(Reason.MOVED_BACK)
    cutoff = cutoff_of(day, item.cutoff)
    years = item.years or 0
    try:
        over_on = first_day_over(cutoff, years)
    except OverflowError:
        return _not_begun(item, Reason.UNSCHEDULED, holds)
    if item.cutoff == CutoffRule.FISCAL_YEAR:
        reasons.append(Reason.FISCAL_CUTOFF)
    if item.cutoff == CutoffRule.CALENDAR_YEAR:
        reasons.append(Reason.CALENDAR_CUTOFF)
    if (cutoff.month, cutoff.day) == (2, 29) and years_after(cutoff, years).month == 3:
        reasons.append(Reason.FEBRUARY_29)
    if item.notice_longer:
        reasons.append(Reason.NOTICE_LONGER)
    standing = _standing(item)
    reasons += [*standing, *_held(holds)]
    if not facts.closed:
        reasons.append(Reason.STILL_OPEN)
    if item.action == Disposal.REVIEW:
        reasons.append(Reason.REVIEW_FIRST)
    state = _state(facts, item, today=today, over_on=over_on, standing=standing, holds=holds)
    return Verdict(
        state=state,
        date=over_on,
        reasons=tuple(reasons),
        item=item,
        trigger_date=day,
        cutoff_date=cutoff,
        holds=tuple(holds),
        clauses=_clauses(item, standing=standing, holds=holds),
    )


def _state(
    facts: Facts,
    item: Item,
    *,
    today: date,
    over_on: date,
    standing: Sequence[Reason],
    holds: Sequence[Hold],
) -> State:
    # A record that is still worked on is not taken away, however old its event is.
    if today < over_on or not facts.closed:
        return State.RUNNING
    if standing:
        return State.BLOCKED_BY_AUTHORITY
    if holds:
        return State.BLOCKED_BY_HOLD
    if item.action == Disposal.TRANSFER:
        return State.TRANSFER_DUE
    return State.ELIGIBLE


def bound(own: Item, *, current: Item | None, authority: Item | None) -> Item:
    """The item that counts, of what was written when and what was approved.

    An approved authority says from when, how long and what then, for all records, old ones too
    (36 CFR 1226.14(d)); only where the notice in force names more years, those count, because
    nothing shortens a period that the public was told. Without one, of the notice under which the
    record was opened and the one in force the longer period counts.

    Args:
        own: of the notice under which the record was opened.
        current: of the same code in the notice in force; None where it has none.
        authority: the approved one, or the last one where it ended.
    """
    told = current or own
    if authority is None:
        return own if _years(own) >= _years(told) else replace(told, kinds=own.kinds)
    if authority.status == AuthorityStatus.APPROVED and _years(told) > _years(authority):
        return replace(authority, years=told.years, notice_longer=True)
    return authority


_FOR_GOOD = 10_000


def _years(item: Item) -> int:
    if item.action == Disposal.PERMANENT:
        return _FOR_GOOD
    return item.years or 0


def longest(verdicts: Iterable[Verdict]) -> Verdict:
    """Of several items that a record falls under, the one that keeps it longest.

    One that is for good, or that has not begun, keeps longer than any with a date. A record
    that was destroyed is, whatever the others say.

    Raises:
        ValueError: there is none.
    """
    found = list(verdicts)
    if not found:
        raise ValueError("A record stands under one item at least.")
    winner = max(found, key=_keeps)
    if len({each.item.code for each in found}) > 1 and winner.state is not State.DESTROYED:
        return replace(winner, reasons=(*winner.reasons, Reason.LONGEST))
    return winner


def _keeps(verdict: Verdict) -> tuple[int, int, int]:
    if verdict.state is State.DESTROYED:
        return 4, 0, 0
    if verdict.state is State.PERMANENT:
        return 3, 0, 0
    if verdict.date is None:
        return 2, 0, 0
    # Of two that end on one day, the one that is blocked.
    blocked = verdict.state in DATED - {State.ELIGIBLE, State.TRANSFER_DUE}
    return 1, verdict.date.toordinal(), int(blocked)


def _not_begun(item: Item, reason: Reason, holds: Sequence[Hold]) -> Verdict:
    clause = UNSCHEDULED if reason in (Reason.UNSCHEDULED, Reason.OTHER_KIND) else item.clause
    return Verdict(
        State.NO_TRIGGER,
        None,
        (reason, *_held(holds)),
        item,
        holds=tuple(holds),
        clauses=(clause or UNSCHEDULED,),
    )


def _standing(item: Item) -> tuple[Reason, ...]:
    """Why the authority of *item* lets nothing be done; empty where it does."""
    if item.status == AuthorityStatus.APPROVED:
        return () if item.authority else (Reason.NO_NUMBER,)
    return {
        AuthorityStatus.WITHDRAWN.value: (Reason.WITHDRAWN,),
        AuthorityStatus.SUPERSEDED.value: (Reason.SUPERSEDED,),
    }.get(item.status, (Reason.PROPOSED,))


def _held(holds: Sequence[Hold]) -> tuple[Reason, ...]:
    return (Reason.HELD,) if holds else ()


def _clauses(item: Item, *, standing: Sequence[Reason], holds: Sequence[Hold]) -> tuple[str, ...]:
    found = [item.clause] if item.clause else []
    if standing:
        found.append(ONLY_PROPOSED)
    if holds:
        found.append(HOLDS)
    if not standing and not holds:
        found.append(APPLYING)
    return tuple(found)
