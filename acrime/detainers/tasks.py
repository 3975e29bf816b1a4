"""Tasks of detainers."""

from typing import Any

from celery import shared_task

from acrime.common import clock
from acrime.detainers.actions import tell_of_ended_hours


@shared_task(name="acrime.detainers.tasks.tell_of_ended_hours")
def tell_of_hours(**_: Any) -> None:
    """Write down whose 48 hours have ended."""
    tell_of_ended_hours(at=clock.now())
