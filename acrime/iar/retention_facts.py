"""From when queries and responses are kept: a determination made and a response returned."""

from collections.abc import Iterable, Sequence

from django.db.models import Max

from acrime.common.eastern import portal_day
from acrime.iaq.choices import QueryState
from acrime.iaq.models import StatusQuery
from acrime.iar.models import StatusResponse
from acrime.records.choices import RecordKind
from acrime.retention.facts import KnownFacts, facts_of, register_dependants
from routine_uses.choices import Trigger


@facts_of(RecordKind.QUERY)
def of_queries(ids: Sequence[int]) -> Iterable[KnownFacts]:
    """A query is answered with the last response that was returned to it; while it is worked
    again, because the answer is amended, work on it is not over."""
    rows = (
        StatusQuery.objects.filter(pk__in=ids)
        .annotate(last_answer=Max("responses__released_at"))
        .order_by("pk")
        .values_list("pk", "state", "received_at", "last_answer")
    )
    for pk, state, received, last in rows:
        events = {Trigger.CREATED.value: portal_day(received)}
        if last is not None:
            events |= dict.fromkeys(
                (Trigger.ANSWERED.value, Trigger.CLOSED.value), portal_day(last)
            )
        yield KnownFacts(pk, events, closed=state == QueryState.RELEASED)


@facts_of(RecordKind.RESPONSE)
def of_responses(ids: Sequence[int]) -> Iterable[KnownFacts]:
    """A response is kept from the same day as its query and every other response to it."""
    rows = (
        StatusResponse.objects.filter(pk__in=ids)
        .annotate(last_answer=Max("query__responses__released_at"))
        .order_by("pk")
        .values_list("pk", "query__state", "released_at", "last_answer")
    )
    for pk, state, released, last in rows:
        answered = dict.fromkeys((Trigger.ANSWERED.value, Trigger.CLOSED.value), portal_day(last))
        yield KnownFacts(
            pk,
            {Trigger.CREATED.value: portal_day(released), **answered},
            closed=state == QueryState.RELEASED,
        )


@register_dependants
def responses_of(ids: Sequence[int]) -> Iterable[int]:
    """The responses to queries."""
    return StatusResponse.objects.filter(query__in=ids).order_by("pk").values_list("pk", flat=True)
