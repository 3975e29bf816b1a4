"""manage.py bench: what the promises cost, in figures."""

from argparse import ArgumentParser
from io import StringIO
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError

from acrime.bench.database import throw_away_database
from acrime.bench.figures import FIGURES, OF_PEOPLE, chosen
from acrime.bench.report import HEADING, Result, write_report
from acrime.bench.stage import Stage, set_stage
from acrime.common import clock
from acrime.config.environment import BASE_DIR

SCALE = 100_000
# Figures of the envelope alone, whose records are quickly made.
LARGE = 1_000_000
# Where only people are searched, queries need but be there.
FEW = 1000


class Command(BaseCommand):
    help = (
        "Take the figures, or some of them, in a database made for it and dropped afterwards. "
        "Refused outside local and test."
    )
    # The portal's own database is neither asked nor changed.
    requires_system_checks = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "--figures", default="", help="names or their beginnings, with commas between"
        )
        parser.add_argument(
            "--scale",
            type=int,
            help=f"how many records or individuals to make; otherwise {SCALE}, and {LARGE} where "
            "records have no contents",
        )
        parser.add_argument("--output", type=Path, default=BASE_DIR / "var" / "bench.json")

    def handle(self, *_: Any, figures: str, scale: int | None, output: Path, **__: Any) -> None:
        environment = settings.ENVIRONMENT
        if not (environment.local or environment.test):
            raise CommandError("Figures are taken only in a local or test portal.")
        if scale is not None and scale < 1:
            raise CommandError("The scale is a number of records from 1.")
        try:
            names = chosen(figures)
        except KeyError as unknown:
            raise CommandError(
                f"There is no figure {unknown}. There are: {', '.join(FIGURES)}."
            ) from None
        with throw_away_database():
            results = self._take(names, scale=scale or SCALE, large=scale or LARGE)
        write_report(output, results)
        self.stdout.write(f"Written to {output}")

    def _take(self, names: list[str], *, scale: int, large: int) -> list[Result]:
        of_people = all(name.startswith(OF_PEOPLE) for name in names)
        queries = min(scale, FEW) if of_people else scale
        self.stdout.write(f"Making {queries} synthetic records ...")
        stage = self._set_stage(scale=queries, people=scale, large=large)
        self.stdout.write(HEADING)
        results = []
        for name in names:
            result = FIGURES[name](stage)
            results.append(result)
            self.stdout.write(result.line())
            self.stdout.flush()
        return results

    def _set_stage(self, *, scale: int, people: int, large: int) -> Stage:
        call_command("load_notice", "--all", stdout=StringIO())
        call_command("load_programs", stdout=StringIO())
        return set_stage(at=clock.now(), scale=scale, people=people, large=large)
