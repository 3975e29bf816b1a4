"""Tasks of alerts."""

from typing import Any

from celery import shared_task

from acrime.alerts import actions
from acrime.common import clock


@shared_task(name="acrime.alerts.tasks.queue_digests")
def queue_digests(**_: Any) -> None:
    """Write to the owners for whom something new waits."""
    actions.queue_digests(at=clock.now())
