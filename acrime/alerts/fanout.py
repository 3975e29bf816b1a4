"""From a look to the alerts of the owners, through the outbox."""

import json
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.db import connection

from accounts.models import User
from acrime.alerts.policy import is_a_told_kind, is_told
from acrime.audit import events
from acrime.audit.actions import Companion, goes_along
from acrime.audit.models import AuditEvent
from acrime.common import outbox
from acrime.common.eastern import portal_day
from acrime.common.models import OutboxMessage
from acrime.common.sealed import lookup_digest

TOPIC = "alerts.tell-owners"
# Asking by number and searching take the same steps whether or not something hidden was
# met, so that the time an answer takes tells nothing.
SAME_STEPS = frozenset({events.RECORD_PROBED, events.RECORD_SEARCHED})

# The records that were met whose owner is somebody else, and a person.
_TOLD_OF = """
SELECT id, owner_id FROM record
WHERE id = ANY(%s::bigint[]) AND owner_id <> %s AND NOT EXISTS (
    SELECT FROM accounts_rolegrant held
    WHERE held.user_id = record.owner_id AND held.role = 'INTERFACE'
)
"""
_KEY, _PAYLOAD = "'look-' || event.id", "jsonb_build_object('event', event.id)"
_QUEUE = outbox.enqueuing(topic=TOPIC, key=_KEY, payload=_PAYLOAD, rows="event")
_QUEUE_IF = outbox.enqueuing(
    topic=TOPIC, key=_KEY, payload=_PAYLOAD, rows=f"event WHERE EXISTS ({_TOLD_OF})"
)

# However many records and owners a look met, this is one statement. Owners and records
# come in order, so that two looks told at the same time never wait for each other in a
# circle. A row that is being read at this moment is waited for, and then no longer open.
_TELL = f"""
WITH touched AS MATERIALIZED ({_TOLD_OF}),
told AS (
    INSERT INTO alert (
        owner_id, viewer_id, viewer_roles, viewer_office_id, event_kind, event_id, event_at,
        criteria_digest, day, open, times, first_at, last_at
    )
    SELECT owner_id, %s, %s::varchar[], %s, %s, %s, %s, %s, %s, TRUE, 1, %s, %s
    FROM (SELECT DISTINCT owner_id FROM touched) AS owners ORDER BY owner_id
    ON CONFLICT (owner_id, viewer_id, event_kind, criteria_digest, day) WHERE open
    DO UPDATE SET
        times = alert.times + 1,
        first_at = least(alert.first_at, excluded.first_at),
        last_at = greatest(alert.last_at, excluded.last_at)
    RETURNING id, owner_id
)
INSERT INTO alert_record (alert_id, record_id, times, times_shown, first_at, last_at)
SELECT told.id, touched.id, 1, (touched.id = ANY(%s::bigint[]))::int, %s, %s
FROM touched JOIN told USING (owner_id) ORDER BY touched.id
ON CONFLICT (alert_id, record_id)
DO UPDATE SET
    times = alert_record.times + 1,
    times_shown = alert_record.times_shown + excluded.times_shown,
    first_at = least(alert_record.first_at, excluded.first_at),
    last_at = greatest(alert_record.last_at, excluded.last_at)
"""  # noqa: S608  # our own condition


@goes_along
def queue(event: AuditEvent, viewer: User) -> Companion | None:
    """Ask for the owners to be told, unless nobody is to hear of this look.

    Decided before a row or a number is allocated, so that a look of OPR's leaves nothing
    that an owner could find. The look waits for this: it is part of the event's own
    statement.
    """
    if not is_a_told_kind(event.kind) or not is_told(viewer.roles):
        return None
    at = event.occurred_at
    if event.kind in SAME_STEPS:
        return Companion(_QUEUE, [at])
    return Companion(_QUEUE_IF, [at, *_told_of(event, viewer)])


@outbox.handler(TOPIC)
def tell_owners(message: OutboxMessage, at: datetime) -> None:
    """Count the look into one alert of each owner, and into that alert's records."""
    event = AuditEvent.objects.select_related("actor").get(pk=message.payload["event"])
    viewer = event.actor
    if viewer is None:
        return
    seen = event.occurred_at
    with connection.cursor() as cursor:
        cursor.execute(
            _TELL,
            [
                *_told_of(event, viewer),
                viewer.pk,
                sorted(viewer.roles),
                viewer.office_id,
                event.kind,
                event.pk,
                seen,
                digest_of(event.criteria),
                portal_day(seen),
                seen,
                seen,
                event.displayed_ids,
                seen,
                seen,
            ],
        )


def digest_of(criteria: Mapping[str, Any]) -> bytes:
    """The keyed hash by which looks with the same criteria are found to be alike."""
    normal = json.dumps(dict(criteria), sort_keys=True, ensure_ascii=True, default=str)
    return lookup_digest("alert-criteria", normal)


def _told_of(event: AuditEvent, viewer: User) -> list[Any]:
    """What ``_TOLD_OF`` asks for; one value however many records were met."""
    return [sorted({*event.matched_ids, *event.displayed_ids}), viewer.pk]
