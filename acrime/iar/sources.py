"""What queries, responses and individuals tell the gate when something of them is disclosed."""

from collections.abc import Sequence

from django.db.models import Q

from accounts.models import User
from acrime.iaq.models import StatusQuery
from acrime.iar.actions import facts_for_gate
from acrime.records.choices import RecordKind
from acrime.records.models import Record
from routine_uses.wizard.sources import Source, register_sources


@register_sources
def sources(user: User, numbers: Sequence[str], held: bool) -> list[Source]:
    """Those of the records with *numbers* that *user* sees, held where that is wanted."""
    if held:
        # Whoever limits a record holds it too; what they changed is seen below.
        locked = Record.objects.select_for_update(of=("self",)).filter(number__in=numbers)
        list(locked.order_by("pk").values_list("pk", flat=True))
    seen = Record.objects.visible_to(user).filter(number__in=numbers).order_by("pk")
    # Up to some hundreds at once: whom they are about is asked for all of them together.
    records = list(seen.prefetch_related("subjects__individual__record"))
    ids = [record.pk for record in records]
    queries: dict[int, StatusQuery] = {}
    asked = StatusQuery.objects.filter(Q(record__in=ids) | Q(responses__record__in=ids))
    for query in asked.order_by("pk").distinct().prefetch_related("responses"):
        queries[query.pk] = query
        queries |= {response.pk: query for response in query.responses.all()}
    return [_source(record, queries.get(record.pk)) for record in records]


def _source(record: Record, query: StatusQuery | None) -> Source:
    return Source(
        record_id=record.pk,
        number=record.number,
        kind=record.get_kind_display(),
        disputed=record.disputed,
        program=query.program if query else "",
        facts=facts_for_gate(query) if query else {},
        persons=_persons(record),
    )


def _persons(record: Record) -> tuple[str, ...]:
    """The people whom *record* is about, each once."""
    if record.kind == RecordKind.INDIVIDUAL:
        return (record.number,)
    subjects = sorted(record.subjects.all(), key=lambda each: each.pk)
    return tuple(dict.fromkeys(each.individual.record.number for each in subjects))
