"""Tasks of the ledger."""

from typing import Any

from celery import shared_task

from acrime.audit.partitions import prepare_partitions
from acrime.common import clock


@shared_task(name="acrime.audit.tasks.prepare_ledger_partitions")
def prepare_ledger_partitions(**_: Any) -> None:
    """Make the coming months' partitions."""
    prepare_partitions(at=clock.now())
