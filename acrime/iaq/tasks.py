"""Tasks of queries."""

from typing import Any

from celery import shared_task

from acrime.common import clock
from acrime.iaq import intake
from acrime.iaq.clocks import actions as clocks


@shared_task(name="acrime.iaq.tasks.read_left_behind")
def read_left_behind(**_: Any) -> None:
    """Read messages that were kept and not read, for instance because a process was killed."""
    intake.read_left_behind(at=clock.now())


@shared_task(name="acrime.iaq.tasks.watch_clocks")
def watch_clocks(**_: Any) -> None:
    """Queue what people must be told of clocks that run out or have run out."""
    clocks.watch(at=clock.now())
