"""What was done with a record, for the people who work it. Looks are not part of it."""

from collections.abc import Collection

from django.db.models import QuerySet

from accounts.oversight import held_oversight
from acrime.audit import events
from acrime.audit.choices import Outcome
from acrime.audit.models import AuditEvent
from acrime.common.rendering import TimelineEntry
from acrime.records.models import Record

SHOWN = 100


def acts_on(record: Record, *, without: Collection[str] = ()) -> "QuerySet[AuditEvent]":
    """The acts on *record*, latest first. Who looked is told to its owner alone.

    Nothing that somebody did while holding an oversight role is among them: not even an
    attempt of OPR's, which the portal refused, is told to anybody.

    Args:
        without: kinds of acts that the reader may not know of.
    """
    # Refused attempts are for those who watch over access, not for the daily work.
    hidden = {*without, events.ACCESS_DENIED}
    acts = [kind.name for kind in events.every_kind() if not kind.look and kind.name not in hidden]
    return (
        AuditEvent.objects.filter(record_id=record.pk, kind__in=acts)
        .exclude(held_oversight(person="actor_id", moment="occurred_at"))
        .select_related("actor")
        .order_by("-occurred_at", "-pk")
    )


def by_whom(event: AuditEvent) -> str:
    """Who did it, by name."""
    return event.actor.full_name if event.actor else "The portal"


def timeline_of(record: Record, *, without: Collection[str] = ()) -> list[TimelineEntry]:
    """The latest acts on *record*, as its page shows them.

    Args:
        without: kinds of acts that the reader may not know of.
    """
    return [
        TimelineEntry(
            at=row.occurred_at,
            title=events.kind(row.kind).wording,
            by=by_whom(row),
            tone="" if row.outcome == Outcome.DONE else "danger",
        )
        for row in acts_on(record, without=without)[:SHOWN]
    ]
