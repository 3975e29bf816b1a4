"""Records that are one person's are limited and opened together."""

from django.db.models import QuerySet

from acrime.individuals.merging.querysets import absorbed_by, became_part_of
from acrime.records.choices import RecordKind
from acrime.records.family import register_family
from acrime.records.models import Record


@register_family
def merged_records(record: Record) -> QuerySet[Record]:
    """The records that became part of *record*, and those that it became part of."""
    if record.kind != RecordKind.INDIVIDUAL:
        return Record.objects.none()
    into = became_part_of(record.pk)
    return Record.objects.filter(pk__in={*into, *absorbed_by({record.pk, *into})})
