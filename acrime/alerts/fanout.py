"""From a look to the alerts of the owners, through the outbox."""

from datetime import datetime

from django.db.models import F, QuerySet

from accounts.choices import Role
from accounts.models import User
from acrime.alerts.models import Alert
from acrime.alerts.policy import is_told
from acrime.audit.models import AuditEvent
from acrime.common import outbox
from acrime.common.models import OutboxMessage
from acrime.records.access import on_look
from acrime.records.models import Record

TOPIC = "alerts.tell-owners"


@on_look
def queue(event: AuditEvent, viewer: User, at: datetime) -> None:
    """Ask for the owners to be told, unless nobody is to hear of this look.

    Decided here, before a row or a number is allocated, so that a look of OPR's
    leaves nothing that an owner could find.
    """
    if not is_told(viewer_roles=viewer.roles, event_kind=event.kind):
        return
    touched = {*event.matched_ids, *event.displayed_ids}
    if _told_of(touched, viewer_id=viewer.pk).exists():
        outbox.enqueue(topic=TOPIC, key=f"look-{event.pk}", payload={"event": event.pk}, at=at)


@outbox.handler(TOPIC)
def tell_owners(message: OutboxMessage, at: datetime) -> None:
    """Write or count up one alert for each record touched."""
    event = AuditEvent.objects.select_related("actor").get(pk=message.payload["event"])
    displayed = set(event.displayed_ids)
    records = _told_of({*event.matched_ids, *displayed}, viewer_id=event.actor_id)
    for record in records.order_by("pk").only("pk", "owner_id"):
        # Locked, so that a look is never counted into an alert that is being marked read.
        alert, created = Alert.objects.select_for_update().get_or_create(
            owner_id=record.owner_id,
            viewer_id=event.actor_id,
            record=record,
            event_kind=event.kind,
            displayed=record.pk in displayed,
            read_at=None,
            defaults={"first_at": event.occurred_at, "last_at": event.occurred_at},
        )
        if not created:
            alert.times = F("times") + 1
            alert.last_at = event.occurred_at
            alert.save(update_fields=["times", "last_at"])


def _told_of(record_ids: set[int], *, viewer_id: int | None) -> QuerySet[Record]:
    """The records among *record_ids* whose owner is somebody else, and a person."""
    return (
        Record.objects.filter(pk__in=record_ids)
        .exclude(owner_id=viewer_id)
        .exclude(owner__role_grants__role=Role.INTERFACE)
    )
