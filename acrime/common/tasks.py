"""Tasks: each translates a wake-up into one call."""

import logging
from typing import Any

from celery import shared_task

from acrime.common import clock, outbox
from acrime.common.faults import described

log = logging.getLogger(__name__)


@shared_task(name="acrime.common.tasks.consume")
def consume(message_id: int, **_: Any) -> None:
    """Do the work of one outbox message; one that fails was put off already."""
    try:
        outbox.consume(message_id, at=clock.now())
    except Exception as error:  # noqa: BLE001
        # Raised further, it would be logged with its text, which may quote personal data.
        log.error("outbox message %s failed: %s", message_id, described(error))


@shared_task(name="acrime.common.tasks.reconcile_outbox")
def reconcile_outbox(**_: Any) -> None:
    """Send what is due and was not done, for instance after the broker lost its messages."""
    from acrime.common.relay import send_due

    send_due(at=clock.now())
