"""One of the portal's programs under the day's clock, as a process of its own."""

import os
import runpy
import sys
from collections.abc import Callable, Mapping, Sequence

import django

# The beat wakes everything up more often, as the day goes faster; never more often than this, or
# the workers would do nothing else.
LEAST_SECONDS = 3.0


def _web(arguments: Sequence[str]) -> None:
    sys.argv = ["gunicorn", "acrime.config.wsgi:application", *arguments]
    runpy.run_module("gunicorn", run_name="__main__")


def _relay(_: Sequence[str]) -> None:
    from django.core.management import call_command

    call_command("relay")


def _worker(arguments: Sequence[str]) -> None:
    from celery import current_app as app

    app.worker_main(["worker", *arguments])


def _beat(arguments: Sequence[str]) -> None:
    from celery import current_app as app

    from acrime.bench.day.time import DayClock

    pace = DayClock.from_environment().pace
    for entry in app.conf.beat_schedule.values():
        if isinstance(entry["schedule"], float):
            entry["schedule"] = min(entry["schedule"], max(entry["schedule"] / pace, LEAST_SECONDS))
    app.start(["beat", *arguments])


def _staff(arguments: Sequence[str]) -> None:
    from acrime.bench.day.staff import work

    work(names=arguments[1].split(","), seed=int(arguments[0]))


PROGRAMS: Mapping[str, Callable[[Sequence[str]], None]] = {
    "web": _web,
    "relay": _relay,
    "worker": _worker,
    "beat": _beat,
    "staff": _staff,
}


def main(name: str, arguments: Sequence[str]) -> None:
    """Run the program *name* with *arguments*."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "acrime.config.settings")
    django.setup()
    from acrime.bench.day.time import DayClock

    DayClock.from_environment().install()
    PROGRAMS[name](arguments)


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2:])
