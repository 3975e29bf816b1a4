"""The Celery application. Tasks only wake work up; the database owns the truth."""

import os
import signal
from contextlib import suppress
from typing import Any

from billiard.pool import Pool as BlockingPool
from celery import Celery
from celery.signals import task_postrun, task_prerun, worker_ready

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
        "acrime.retention",
    ]
)


@task_prerun.connect
def _work_under_the_task(task_id: str, **_: Any) -> None:
    """What a task writes, in the ledger and in logs, carries the task's id."""
    request_ids.begin(task_id)


@worker_ready.connect
def _end_with_a_killed_process(sender: Any, **_: Any) -> None:
    """Let a worker end when one of its processes was killed; whoever watches it starts it anew.

    With a broker that cannot wake it up, as the folder of a local portal, the processes of a pool
    share one lock on their work. One that is killed while it waits holds the lock for ever, and
    the worker would live on and do nothing. What was being done is found again in the database.
    """
    pool: Any = sender.pool._pool
    sharing_a_lock: Any = BlockingPool
    if type(pool) is not sharing_a_lock:
        return

    def ended(process: Any) -> None:
        if process.exitcode is not None and process.exitcode < 0:
            for each in pool._pool:
                with suppress(OSError):
                    os.kill(each.pid, signal.SIGKILL)
            os._exit(1)

    pool.on_process_down = ended


@task_postrun.connect
def _no_longer(**_: Any) -> None:
    request_ids.begin("")
