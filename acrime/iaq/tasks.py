"""Tasks of queries."""

from typing import Any

from celery import shared_task

from acrime.common import clock
from acrime.iaq import intake


@shared_task(name="acrime.iaq.tasks.read_left_behind")
def read_left_behind(**_: Any) -> None:
    """Read messages that were kept and not read, for instance because a process was killed."""
    intake.read_left_behind(at=clock.now())
