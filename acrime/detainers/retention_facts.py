"""What is known of detainers for when a schedule covers them: when they began and ended."""

from collections.abc import Iterable, Sequence

from acrime.common.eastern import portal_day
from acrime.detainers.choices import DetainerState
from acrime.detainers.models import Detainer
from acrime.records.choices import RecordKind
from acrime.retention.facts import KnownFacts, facts_of
from routine_uses.choices import Trigger

_OVER = (DetainerState.ACTED_ON, DetainerState.LIFTED, DetainerState.WITHDRAWN)


@facts_of(RecordKind.DETAINER)
def of_detainers(ids: Sequence[int]) -> Iterable[KnownFacts]:
    """The day on which it was lifted, or the person was taken over, ends the work on it."""
    rows = (
        Detainer.objects.filter(pk__in=ids)
        .order_by("pk")
        .values_list("pk", "state", "record__created_at", "ended_at")
    )
    for pk, state, created, ended in rows:
        events = {Trigger.CREATED.value: portal_day(created)}
        if ended is not None:
            events[Trigger.CLOSED.value] = portal_day(ended)
        yield KnownFacts(pk, events, closed=state in _OVER)
