"""The Celery application. Tasks only wake work up; the database owns the truth."""

import os
from typing import Any

from celery import Celery
from celery.signals import task_postrun, task_prerun

from acrime.common import request_ids

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "acrime.config.settings")

app = Celery("acrime")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks(
    [
        "accounts.standing",
        "acrime.common",
        "acrime.audit",
        "acrime.alerts",
        "acrime.iaq",
        "acrime.ncic",
        "acrime.detainers",
        "acrime.iar",
    ]
)


@task_prerun.connect
def _work_under_the_task(task_id: str, **_: Any) -> None:
    """What a task writes, in the ledger and in logs, carries the task's id."""
    request_ids.begin(task_id)


@task_postrun.connect
def _no_longer(**_: Any) -> None:
    request_ids.begin("")
