"""Tasks of responses."""

from typing import Any

from celery import shared_task

from acrime.common import clock
from acrime.iar.replies.folder import read_folder


@shared_task(name="acrime.iar.tasks.read_replies")
def read_replies(**_: Any) -> None:
    """Take in acknowledgements and other replies that lie in the spool's folder."""
    read_folder(at=clock.now())
