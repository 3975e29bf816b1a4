"""Tasks of queries."""

from typing import Any

from celery import shared_task

from acrime.audit.acting import acting_as
from acrime.common import clock
from acrime.iaq import intake
from acrime.iaq.clocks import actions as clocks
from acrime.iaq.volume import folder


@shared_task(name="acrime.iaq.tasks.read_left_behind")
def read_left_behind(**_: Any) -> None:
    """Read messages that were kept and not read, for instance because a process was killed."""
    intake.read_left_behind(at=clock.now())


@shared_task(name="acrime.iaq.tasks.take_folder")
def take_folder(**_: Any) -> None:
    """Receive the messages that lie in the spool's folder."""
    at = clock.now()
    actor = intake.message_switch(at=at)
    with acting_as(actor):
        folder.take_folder(actor=actor, at=at)


@shared_task(name="acrime.iaq.tasks.watch_clocks")
def watch_clocks(**_: Any) -> None:
    """Tell people of clocks that run out or have run out."""
    clocks.watch(at=clock.now())
