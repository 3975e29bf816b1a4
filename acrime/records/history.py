"""What was done with a record, for the people who work it. Looks are not part of it."""

from acrime.audit import events
from acrime.audit.choices import Outcome
from acrime.audit.models import AuditEvent
from acrime.common.rendering import TimelineEntry
from acrime.records.models import Record

SHOWN = 100


def timeline_of(record: Record) -> list[TimelineEntry]:
    """The acts on *record*, latest first. Who looked is told to its owner alone."""
    acts = [kind.name for kind in events.every_kind() if not kind.look]
    rows = (
        AuditEvent.objects.filter(record_id=record.pk, kind__in=acts)
        .select_related("actor")
        .order_by("-occurred_at", "-pk")[:SHOWN]
    )
    return [
        TimelineEntry(
            at=row.occurred_at,
            title=events.kind(row.kind).wording,
            by=row.actor.full_name if row.actor else "The portal",
            tone="" if row.outcome == Outcome.DONE else "danger",
        )
        for row in rows
    ]
