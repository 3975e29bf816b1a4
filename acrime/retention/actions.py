"""Working clocks out anew: of the records at hand, and of all of them in small steps."""

from collections.abc import Iterable, Sequence
from datetime import date, datetime

from django.db import connection, transaction

from acrime.common.eastern import portal_day
from acrime.records.models import Record
from acrime.retention.choices import Reason, State
from acrime.retention.facts import KnownFacts, dependants_of, known_facts
from acrime.retention.held import holds_on
from acrime.retention.items import Bound, bound_items
from acrime.retention.models import RetentionClock, RetentionWalk, ScheduleAuthority
from acrime.retention.policy import Facts, Verdict, eligibility, longest
from routine_uses.models import RetentionItem

STEP = 2000
"""Records of one step of the walk."""

# A record that nothing has happened to yet needs no row.
_TO_COME = frozenset({Reason.NOT_YET, Reason.UNSTATED, Reason.FOLLOWS_RECORDS})

_WRITE = """
INSERT INTO retention_clock AS clock (record_id, item_id, authority_id, trigger, action, state,
    trigger_date, cutoff_date, eligible_on, reasons, recomputed_at)
SELECT record_id, item_id, authority_id, trigger, action, state, trigger_date, cutoff_date,
    eligible_on, string_to_array(reasons, ' ')::varchar(16)[], %s::timestamptz
FROM unnest(%s::bigint[], %s::bigint[], %s::bigint[], %s::varchar[], %s::varchar[], %s::varchar[],
    %s::date[], %s::date[], %s::date[], %s::text[])
    AS given (record_id, item_id, authority_id, trigger, action, state, trigger_date, cutoff_date,
        eligible_on, reasons)
ORDER BY record_id
ON CONFLICT (record_id) DO UPDATE SET item_id = EXCLUDED.item_id,
    authority_id = EXCLUDED.authority_id, trigger = EXCLUDED.trigger, action = EXCLUDED.action,
    state = EXCLUDED.state, trigger_date = EXCLUDED.trigger_date,
    cutoff_date = EXCLUDED.cutoff_date, eligible_on = EXCLUDED.eligible_on,
    reasons = EXCLUDED.reasons, recomputed_at = EXCLUDED.recomputed_at
WHERE (clock.item_id, clock.authority_id, clock.trigger, clock.action, clock.state,
        clock.trigger_date, clock.cutoff_date, clock.eligible_on, clock.reasons)
    IS DISTINCT FROM (EXCLUDED.item_id, EXCLUDED.authority_id, EXCLUDED.trigger, EXCLUDED.action,
        EXCLUDED.state, EXCLUDED.trigger_date, EXCLUDED.cutoff_date, EXCLUDED.eligible_on,
        EXCLUDED.reasons)
"""


class Judged:
    """A verdict on one record, and the item's rows that it rests on."""

    def __init__(self, verdict: Verdict, bound: Bound, *, closed: bool) -> None:
        self.verdict = verdict
        self.bound = bound
        self.closed = closed

    @property
    def needs_row(self) -> bool:
        """Whether it is worth a row: an open record that nothing has happened to is not."""
        verdict = self.verdict
        waits = verdict.state is State.NO_TRIGGER and verdict.reasons[0] in _TO_COME
        follows = Reason.FOLLOWS_RECORDS in verdict.reasons
        return not (waits and (follows or not self.closed))


def judge_records(
    record_ids: Iterable[int], *, at: datetime, instead: ScheduleAuthority | None = None
) -> dict[int, Judged]:
    """Where records stand at *at*, worked out of the facts as they are now, by record id.

    Whoever destroys asks this, and not the clocks, under its locks.

    Args:
        instead: an authority that is taken as approved, to see what it would change.
    """
    records = list(
        Record.objects.filter(pk__in=list(record_ids))
        .only("pk", "kind", "schedule_item_id")
        .select_related("schedule_item")
        .order_by("pk")
    )
    facts = known_facts(records)
    parents = dict(
        Record.objects.filter(pk__in={f.parent_id for f in facts.values() if f.parent_id})
        .order_by("pk")
        .values_list("pk", "schedule_item_id")
    )
    rows = {record.schedule_item_id: record.schedule_item for record in records}
    rows |= _rows_of(set(parents.values()) - rows.keys())
    items = bound_items(rows.values(), at=at, instead=instead)
    known = _known_triggers([record.pk for record in records])
    holds = holds_on([record.pk for record in records])
    today = portal_day(at)
    found: dict[int, Judged] = {}
    for record in records:
        own = facts.get(record.pk) or KnownFacts(record.pk)
        bounds = [items[record.schedule_item_id]]
        if own.parent_id:
            bounds.append(items[parents[own.parent_id]])
        verdicts = [
            eligibility(
                Facts(
                    kind=record.kind,
                    events=own.events,
                    closed=own.closed,
                    parent=bounds[-1].item if own.parent_id else None,
                    follows_records=own.follows_records,
                    known_trigger=known.get((record.pk, each.item.trigger)),
                ),
                each.item,
                holds.get(record.pk, ()),
                today,
            )
            for each in bounds
        ]
        verdict = longest(verdicts)
        counts = next((each for each in bounds if each.item.code == verdict.item.code), bounds[0])
        found[record.pk] = Judged(verdict, counts, closed=own.closed)
    return found


@transaction.atomic
def recompute(record_ids: Iterable[int], *, at: datetime) -> None:
    """Work the clocks of records, and of those that follow them, out anew with the caller's act.

    Called by whatever changes an event, an item or a hold. The records are locked, so that of two
    who do it at once the second sees what the first did.
    """
    wanted = set(record_ids)
    wanted |= dependants_of(wanted)
    locked = _locked(sorted(wanted))
    _write(judge_records(locked, at=at), at=at)


def _locked(ids: Sequence[int], *, skip: bool = False) -> list[int]:
    rows = Record.objects.select_for_update(no_key=True, skip_locked=skip).filter(pk__in=ids)
    return list(rows.order_by("pk").values_list("pk", flat=True))


def _rows_of(ids: set[int]) -> dict[int, RetentionItem]:
    if not ids:
        return {}
    return {row.pk: row for row in RetentionItem.objects.filter(pk__in=ids).order_by("pk")}


def _known_triggers(ids: Sequence[int]) -> dict[tuple[int, str], date]:
    rows = RetentionClock.objects.filter(pk__in=ids, trigger_date__isnull=False).order_by("pk")
    return {
        (pk, trigger): day
        for pk, trigger, day in rows.values_list("pk", "trigger", "trigger_date")
        if day is not None
    }


def _write(judged: dict[int, Judged], *, at: datetime) -> None:
    waiting = [pk for pk, each in judged.items() if not each.needs_row]
    known = set(
        RetentionClock.objects.filter(pk__in=waiting).order_by("pk").values_list("pk", flat=True)
        if waiting
        else ()
    )
    rows = [
        (
            pk,
            each.bound.row.pk,
            each.bound.authority.pk if each.bound.authority else None,
            each.verdict.item.trigger,
            each.verdict.item.action,
            each.verdict.state.value,
            each.verdict.trigger_date,
            each.verdict.cutoff_date,
            each.verdict.date,
            " ".join(reason.value for reason in each.verdict.reasons),
        )
        for pk, each in judged.items()
        if each.needs_row or pk in known
    ]
    if rows:
        with connection.cursor() as cursor:
            cursor.execute(_WRITE, [at, *(list(column) for column in zip(*rows, strict=True))])


# region: the walk
def stale_ids(*, at: datetime, limit: int = STEP) -> list[int]:
    """Records whose period ended since they were last looked at, the longest over first."""
    return list(
        RetentionClock.objects.filter(state=State.RUNNING, eligible_on__lte=portal_day(at))
        .exclude(reasons__contains=[Reason.STILL_OPEN])
        .order_by("eligible_on", "record_id")
        .values_list("record_id", flat=True)[:limit]
    )


@transaction.atomic
def recompute_stale(*, at: datetime, limit: int = STEP) -> int:
    """Work out the clocks of records whose day has come. Returns how many there were."""
    ids = _locked(sorted(stale_ids(at=at, limit=limit)), skip=True)
    if ids:
        _write(judge_records(ids, at=at), at=at)
    return len(ids)


@transaction.atomic
def begin_walk(*, at: datetime) -> None:
    """Have the walk begin at the first record again: what counts for many records has changed."""
    RetentionWalk.objects.get_or_create(pk=1)
    walk = RetentionWalk.objects.select_for_update().get(pk=1)
    walk.reached, walk.began_at, walk.ended_at = 0, at, None
    walk.save(update_fields=["reached", "began_at", "ended_at"])


def walk_waits(*, at: datetime) -> bool:
    """Whether a walk is under way, or none has begun today."""
    walk = RetentionWalk.objects.order_by("pk").first()
    if walk is None or walk.began_at is None or walk.ended_at is None:
        return True
    return portal_day(walk.began_at) < portal_day(at)


@transaction.atomic
def walk_on(*, at: datetime, step: int = STEP) -> int:
    """Take one step along all records, and work their clocks out anew.

    Each step is a transaction of its own, and says how far it came: whoever is stopped goes on
    from there. What somebody is working on is passed over; their own act works it out.

    Returns:
        The records looked at; 0 when the walk has come to its end.
    """
    RetentionWalk.objects.get_or_create(pk=1)
    walk = RetentionWalk.objects.select_for_update().get(pk=1)
    if walk.began_at is None or walk.ended_at is not None:
        walk.reached, walk.began_at, walk.ended_at = 0, at, None
    ids = list(
        Record.objects.filter(pk__gt=walk.reached)
        .order_by("pk")
        .values_list("pk", flat=True)[:step]
    )
    if ids:
        _write(judge_records(_locked(ids, skip=True), at=at), at=at)
        walk.reached = ids[-1]
    else:
        walk.ended_at = at
    walk.save(update_fields=["reached", "began_at", "ended_at"])
    return len(ids)


# endregion
