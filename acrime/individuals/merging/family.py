"""Records that are one person's are limited and opened together."""

from django.db.models import QuerySet

from acrime.individuals.merging.querysets import absorbed_by
from acrime.individuals.models import Individual
from acrime.records.choices import RecordKind
from acrime.records.family import register_family
from acrime.records.models import Record


@register_family
def merged_records(record: Record) -> QuerySet[Record]:
    """The records that became part of *record*, and those that it became part of."""
    if record.kind != RecordKind.INDIVIDUAL:
        return Record.objects.none()
    into = _into(record.pk)
    return Record.objects.filter(pk__in={*into, *absorbed_by({record.pk, *into})})


def _into(individual_id: int) -> set[int]:
    found: set[int] = set()
    asked: int | None = individual_id
    while asked is not None:
        asked = Individual.objects.values_list("merged_into", flat=True).get(pk=asked)
        if asked is not None:
            found.add(asked)
    return found
