"""Tasks of retention: whose day has come, and the walk along all records."""

from typing import Any

from celery import shared_task

from acrime.common import clock
from acrime.retention.actions import STEP, recompute_stale, walk_on, walk_waits

STEPS = 20
"""Steps of the walk that one turn takes; the next turn goes on from there."""


@shared_task(name="acrime.retention.tasks.keep_clocks")
def keep_clocks(**_: Any) -> None:
    """Work out the clocks whose day has come, then go on with today's walk."""
    for _step in range(STEPS):
        if recompute_stale(at=clock.now()) < STEP:
            break
    for _step in range(STEPS):
        if not walk_waits(at=clock.now()) or not walk_on(at=clock.now()):
            return
