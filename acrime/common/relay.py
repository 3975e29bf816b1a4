"""The relay: hands due outbox messages to the workers."""

import logging
import threading
from datetime import datetime

from celery import current_app
from django.db import close_old_connections
from kombu.exceptions import OperationalError

from acrime.common import clock, outbox

log = logging.getLogger(__name__)

POLL_SECONDS = 0.5


def send_due(*, at: datetime) -> int:
    """Claim what is due and send one task each; returns how many were sent.

    A message that the broker does not take keeps no claim, so nothing is lost.
    """
    ids = outbox.claim_due(at=at)
    for place, message_id in enumerate(ids):
        try:
            current_app.send_task(
                "acrime.common.tasks.consume",
                kwargs={"message_id": message_id},
                task_id=f"outbox-{message_id}-{int(at.timestamp() * 1000)}",
            )
        except (OperationalError, OSError):
            outbox.release_claims(ids[place:])
            log.warning("the broker took %s of %s messages", place, len(ids))
            return place
    return len(ids)


def run_until(stop: threading.Event) -> None:
    """Send what is due, again and again, until *stop* is set."""
    while not stop.is_set():
        close_old_connections()
        if not send_due(at=clock.now()):
            stop.wait(POLL_SECONDS)
