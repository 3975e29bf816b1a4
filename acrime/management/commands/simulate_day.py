"""manage.py simulate_day: a day of the support center with deaths and failures, added up."""

import signal
import sys
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from acrime.bench.day.report import write_report
from acrime.bench.day.run import Size, simulate
from acrime.config.environment import BASE_DIR


class Command(BaseCommand):
    help = (
        "Simulate a day in an empty database, through the real interfaces and workers, with "
        "processes killed and other ends failing, and add it up. Exits with 1 when anything is "
        "off. Refused outside local and test."
    )
    requires_system_checks = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--queries", type=int, default=5000)
        parser.add_argument("--seed", type=int, default=7)
        parser.add_argument(
            "--minutes", type=float, help="that the messages take to come in (query by query 0.3 s)"
        )
        parser.add_argument(
            "--kill-every",
            type=float,
            nargs=2,
            metavar=("LEAST", "MOST"),
            help="seconds between two deaths",
        )
        parser.add_argument(
            "--output", type=Path, default=BASE_DIR / "var" / "day", help="folder of the report"
        )

    def handle(
        self,
        *_: Any,
        queries: int,
        seed: int,
        minutes: float | None,
        kill_every: tuple[float, float] | None,
        output: Path,
        **__: Any,
    ) -> None:
        environment = settings.ENVIRONMENT
        if not (environment.local or environment.test):
            raise CommandError("A day is simulated only in a local or test portal.")
        if queries < 1:
            raise CommandError("A day has one query or more.")
        minutes = minutes or max(queries * 0.3 / 60, 0.2)
        deaths = kill_every or ((2.0, 5.0) if minutes < 2 else (8.0, 30.0))
        size = Size(
            queries=queries, seed=seed, minutes=minutes, kill_every=(min(deaths), max(deaths))
        )
        folder = Path(settings.SPOOL_FOLDER).parent
        if any(folder.glob("spool/*")):
            raise CommandError("A day begins with an empty spool: name a folder in ACRIME_VAR_DIR.")
        # Being asked to stop ends the processes of the day, too.
        signal.signal(signal.SIGTERM, lambda number, _: sys.exit(128 + number))
        day = simulate(size, folder=folder, tell=self._tell)
        write_report(day, output)
        for line in day.lines():
            self.stdout.write(line)
        self.stdout.write(f"Written to {output}")
        if not day.is_good:
            raise CommandError("The day does not add up.")

    def _tell(self, line: str) -> None:
        self.stdout.write(line)
        self.stdout.flush()
