"""From when what NCIC entries rest on is kept: the day of removal. Of hits no day is stated."""

from collections.abc import Iterable, Sequence

from acrime.common.eastern import portal_day
from acrime.ncic.choices import EntryState
from acrime.ncic.hits.choices import HitState
from acrime.ncic.hits.models import HitConfirmation
from acrime.ncic.models import NcicEntry
from acrime.records.choices import RecordKind
from acrime.retention.facts import KnownFacts, facts_of
from routine_uses.choices import Trigger

_OVER = (EntryState.REMOVED, EntryState.WITHDRAWN)


@facts_of(RecordKind.NCIC_ENTRY)
def of_entries(ids: Sequence[int]) -> Iterable[KnownFacts]:
    """An entry that was given up before it was in NCIC was never removed from it."""
    rows = (
        NcicEntry.objects.filter(pk__in=ids)
        .order_by("pk")
        .values_list("pk", "state", "record__created_at", "removed_on")
    )
    for pk, state, created, removed in rows:
        events = {Trigger.CREATED.value: portal_day(created)}
        if removed is not None:
            events[Trigger.REMOVED_FROM_NCIC.value] = events[Trigger.CLOSED.value] = removed
        yield KnownFacts(pk, events, closed=state in _OVER)


@facts_of(RecordKind.HIT)
def of_hits(ids: Sequence[int]) -> Iterable[KnownFacts]:
    """A request is over once it is answered, or asked again."""
    rows = (
        HitConfirmation.objects.filter(pk__in=ids)
        .order_by("pk")
        .values_list("pk", "state", "received_at", "answered_at")
    )
    for pk, state, received, answered in rows:
        events = {Trigger.CREATED.value: portal_day(received)}
        if answered is not None:
            events[Trigger.CLOSED.value] = portal_day(answered)
        yield KnownFacts(pk, events, closed=state in (HitState.ANSWERED, HitState.FOLLOWED))
