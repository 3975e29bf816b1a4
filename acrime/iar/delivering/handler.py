"""One attempt at a copy, made when the outbox says that it is due."""

from collections.abc import Callable, Mapping
from datetime import datetime

from django.conf import settings

from acrime.audit.actions import record_event
from acrime.audit.choices import Channel, Outcome
from acrime.common import outbox
from acrime.common.models import OutboxMessage
from acrime.iar import events
from acrime.iar.choices import DeliveryState
from acrime.iar.delivering.actions import DELIVER, prove
from acrime.iar.delivering.attempts import Sent, Undelivered
from acrime.iar.delivering.mail import mail_receiver
from acrime.iar.delivering.post import call_receiver
from acrime.iar.delivering.spool import put_in_spool
from acrime.iar.models import Delivery
from routine_uses.choices import DeliveryChannel

SENDERS: Mapping[DeliveryChannel, Callable[[Delivery], Sent]] = {
    DeliveryChannel.SPOOL: put_in_spool,
    DeliveryChannel.HTTP: call_receiver,
    DeliveryChannel.MAIL: mail_receiver,
}


@outbox.handler(DELIVER)
def deliver(message: OutboxMessage, at: datetime) -> outbox.Later | None:
    """Make one attempt at a copy. The message's row is locked, so there is one at a time."""
    delivery = (
        Delivery.objects.select_for_update(of=("self",))
        .select_related("response__record")
        .get(pk=message.payload["delivery"])
    )
    if delivery.state != DeliveryState.QUEUED:
        return None
    delivery.attempts += 1
    delivery.last_error = ""
    sent = None
    try:
        sent = SENDERS[DeliveryChannel(delivery.channel)](delivery)
        delivery.state = sent.state
        delivery.sent_at = at
        delivery.delivered_at = at if sent.state == DeliveryState.DELIVERED else None
    except Undelivered as failure:
        delivery.last_error = failure.reason
        # The message's own tries: a copy sent again by a person starts anew.
        if not failure.final and message.attempts + 1 < settings.DELIVERY_ATTEMPTS:
            _save(delivery)
            return outbox.Later(failure.reason)
        delivery.state = DeliveryState.FAILED
        delivery.failed_at = at
    _save(delivery)
    if sent and sent.proof:
        prove(delivery=delivery, kind=sent.proof, detail=sent.detail, at=at)
    _record(delivery, at=at)
    return None


def _save(delivery: Delivery) -> None:
    delivery.save(
        update_fields=[
            "attempts",
            "last_error",
            "state",
            "sent_at",
            "delivered_at",
            "failed_at",
        ]
    )


_EVENTS = {
    DeliveryState.SENT: events.DELIVERY_SENT,
    DeliveryState.DELIVERED: events.DELIVERY_CONFIRMED,
    DeliveryState.FAILED: events.DELIVERY_FAILED,
}


def _record(delivery: Delivery, *, at: datetime) -> None:
    state = DeliveryState(delivery.state)
    record_event(
        kind=_EVENTS[state],
        actor=None,
        at=at,
        channel=Channel.JOB,
        outcome=Outcome.FAILED if state == DeliveryState.FAILED else Outcome.DONE,
        record_id=delivery.response_id,
        record_number=delivery.response.record.number,
        details={"destination": delivery.destination, "attempts": delivery.attempts},
    )
