"""Tasks: each translates a wake-up into one call."""

from typing import Any

from celery import shared_task

from acrime.common import clock, outbox


@shared_task(name="acrime.common.tasks.consume")
def consume(message_id: int, **_: Any) -> None:
    """Do the work of one outbox message."""
    outbox.consume(message_id, at=clock.now())


@shared_task(name="acrime.common.tasks.reconcile_outbox")
def reconcile_outbox(**_: Any) -> None:
    """Send what is due and was not done, for instance after the broker lost its messages."""
    from acrime.common.relay import send_due

    send_due(at=clock.now())
