"""Taking copies where they belong: into a spool folder or to an HTTPS address.

Each attempt is safe to repeat. A file is put in place whole, under a name made of the
delivery's key, and one that is there already is not written again. A call carries the
key, by which the receiver tells a repeat.
"""

import hashlib
import os
import tempfile
from collections.abc import Callable, Mapping
from datetime import datetime
from pathlib import Path
from urllib.parse import urlsplit

import httpx
from django.conf import settings

from acrime.audit.actions import record_event
from acrime.audit.choices import Channel, Outcome
from acrime.common import outbox
from acrime.common.models import OutboxMessage
from acrime.iar import events
from acrime.iar.actions import DELIVER
from acrime.iar.choices import DeliveryState
from acrime.iar.models import Delivery
from routine_uses.choices import DeliveryChannel

HTTP_TIMEOUT_SECONDS = 20
# Answers after which another attempt may succeed; every other refusal is final.
RETRIED_STATUSES = frozenset({408, 425, 429})
ACCEPTED_NOT_CONFIRMED = 202


class Undelivered(Exception):
    """An attempt failed.

    Attributes:
        reason: a short code without personal data.
        final: whether trying again is useless.
    """

    def __init__(self, reason: str, *, final: bool) -> None:
        super().__init__(reason)
        self.reason = reason
        self.final = final


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
    try:
        delivery.state = SENDERS[DeliveryChannel(delivery.channel)](delivery)
        delivery.sent_at = at
        delivery.delivered_at = at if delivery.state == DeliveryState.DELIVERED else None
    except Undelivered as failure:
        delivery.last_error = failure.reason
        # The message's own tries: a copy sent again by a person starts anew.
        if not failure.final and message.attempts + 1 < settings.DELIVERY_ATTEMPTS:
            _save(delivery)
            return outbox.Later(failure.reason)
        delivery.state = DeliveryState.FAILED
        delivery.failed_at = at
    _save(delivery)
    _record(delivery, at=at)
    return None


def put_in_spool(delivery: Delivery) -> DeliveryState:
    """Put the text into the spool folder, whole or not at all, and read it back.

    Raises:
        Undelivered: the folder cannot be written, or holds another text under the key.
    """
    folder = Path(settings.SPOOL_FOLDER) / delivery.target
    content = str(delivery.response.text).encode("ascii")
    place = folder / f"{delivery.key}.txt"
    try:
        # The texts are nobody else's to read on this machine.
        folder.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        folder.mkdir(exist_ok=True, mode=0o700)
        if not place.exists():
            _write_whole(place, content)
        same = hashlib.sha256(place.read_bytes()).hexdigest() == delivery.response.text_sha256
    except OSError:
        raise Undelivered("spool-not-writable", final=False) from None
    if not same:
        raise Undelivered("spool-holds-other-text", final=True)
    return DeliveryState.DELIVERED


def call_receiver(delivery: Delivery) -> DeliveryState:
    """Send the text to the receiver's address.

    Raises:
        Undelivered: the host is not on the list, cannot be reached, or refuses.
    """
    if urlsplit(delivery.target).netloc.lower() not in settings.DELIVERY_HOSTS:
        raise Undelivered("host-not-allowed", final=True)
    try:
        answer = httpx.post(
            delivery.target,
            content=str(delivery.response.text).encode("ascii"),
            headers={
                "Content-Type": "text/plain; charset=us-ascii",
                "Idempotency-Key": delivery.key,
            },
            timeout=HTTP_TIMEOUT_SECONDS,
            follow_redirects=False,
            trust_env=False,
        )
    except httpx.HTTPError as error:
        raise Undelivered(f"http-{type(error).__name__}"[:60], final=False) from None
    if answer.status_code == ACCEPTED_NOT_CONFIRMED:
        return DeliveryState.SENT
    if answer.is_success:
        return DeliveryState.DELIVERED
    final = not (answer.is_server_error or answer.status_code in RETRIED_STATUSES)
    raise Undelivered(f"http-{answer.status_code}", final=final)


SENDERS: Mapping[DeliveryChannel, Callable[[Delivery], DeliveryState]] = {
    DeliveryChannel.SPOOL: put_in_spool,
    DeliveryChannel.HTTP: call_receiver,
}


def _write_whole(place: Path, content: bytes) -> None:
    descriptor, name = tempfile.mkstemp(dir=place.parent, prefix=".part-")
    part = Path(name)
    try:
        with os.fdopen(descriptor, "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        try:
            # A link never replaces: of two writers one wins and nothing is half there.
            os.link(part, place)
        except FileExistsError:
            return
        folder = os.open(place.parent, os.O_DIRECTORY)
        try:
            os.fsync(folder)
        finally:
            os.close(folder)
    finally:
        part.unlink(missing_ok=True)


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
