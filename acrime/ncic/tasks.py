"""Tasks of NCIC."""

from typing import Any

from celery import shared_task

from acrime.common import clock
from acrime.ncic.hits.actions import escalate_overdue


@shared_task(name="acrime.ncic.tasks.escalate_hits")
def escalate_hits(**_: Any) -> None:
    """Write down which requests to confirm a hit are past their limit."""
    escalate_overdue(at=clock.now())
