"""From when calls are kept: a follow-up call as its query, a call on a hit from no stated day."""

from collections.abc import Iterable, Sequence

from django.db.models import Max

from acrime.calls.choices import CallKind, CallState
from acrime.calls.models import Call
from acrime.common.eastern import portal_day
from acrime.iaq.choices import QueryState
from acrime.records.choices import RecordKind
from acrime.retention.facts import KnownFacts, facts_of, register_dependants
from routine_uses.choices import Trigger


@facts_of(RecordKind.CALL)
def of_calls(ids: Sequence[int]) -> Iterable[KnownFacts]:
    """A follow-up call's period begins with that of its query, and no earlier than the call."""
    rows = (
        Call.objects.filter(pk__in=ids)
        .annotate(last_answer=Max("query__responses__released_at"))
        .order_by("pk")
        .values_list(
            "pk",
            "kind",
            "state",
            "received_at",
            "closed_at",
            "query",
            "query__state",
            "last_answer",
        )
    )
    for pk, kind, state, received, closed_at, query, query_state, last in rows:
        came = portal_day(received)
        events = {Trigger.CREATED.value: came}
        if closed_at is not None:
            events[Trigger.CLOSED.value] = portal_day(closed_at)
        follows = kind == CallKind.FOLLOW_UP
        if follows and last is not None:
            events[Trigger.ANSWERED.value] = max(portal_day(last), came)
        yield KnownFacts(
            pk,
            events,
            closed=state == CallState.CLOSED
            and (not follows or query_state == QueryState.RELEASED),
            parent_id=query if follows else None,
        )


@register_dependants
def calls_on(ids: Sequence[int]) -> Iterable[int]:
    """The calls that follow queries up."""
    return Call.objects.filter(query__in=ids).order_by("pk").values_list("pk", flat=True)
