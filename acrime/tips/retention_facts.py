"""From when tips, and who reported them, are kept: the date of the tip."""

from collections.abc import Iterable, Sequence
from datetime import date

from acrime.records.choices import RecordKind
from acrime.retention.facts import KnownFacts, facts_of, register_dependants
from acrime.tips.choices import TipState
from acrime.tips.models import Tip, TipSource
from routine_uses.choices import Trigger

_OVER = (TipState.CLOSED, TipState.NOT_KEPT)


@facts_of(RecordKind.TIP)
def of_tips(ids: Sequence[int]) -> Iterable[KnownFacts]:
    """The date of the tip is the day on which it came."""
    rows = Tip.objects.filter(pk__in=ids).order_by("pk").values_list("pk", "state", "received_on")
    return (_known(*row) for row in rows)


@facts_of(RecordKind.TIP_SOURCE)
def of_sources(ids: Sequence[int]) -> Iterable[KnownFacts]:
    """Who reported a tip is kept from the same day as the tip."""
    rows = TipSource.objects.filter(pk__in=ids).order_by("pk")
    return (_known(*row) for row in rows.values_list("pk", "tip__state", "tip__received_on"))


def _known(pk: int, state: str, received: date) -> KnownFacts:
    events = dict.fromkeys((Trigger.TIP_RECEIVED.value, Trigger.CREATED.value), received)
    return KnownFacts(pk, events, closed=state in _OVER)


@register_dependants
def sources_of(ids: Sequence[int]) -> Iterable[int]:
    """Who reported tips."""
    return TipSource.objects.filter(tip__in=ids).order_by("pk").values_list("pk", flat=True)
