"""manage.py seed_demo: fill a training portal with a synthetic story, and with people."""

from argparse import ArgumentParser
from time import perf_counter
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from acrime.common import clock
from acrime.common.errors import ActionRefused
from acrime.demo.people.loading import SEED, add_people
from acrime.demo.people.progress import Progress
from acrime.demo.story import somebody_exists, tell_story


class Command(BaseCommand):
    help = (
        "Fill an empty portal with synthetic training data. With --individuals, add so many "
        "synthetic people, to a portal in use as well: rows that are there stay as they are, and "
        "a further run adds others. What was stopped keeps its whole batches and can be run "
        "again. Refused outside local and test."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "--if-empty", action="store_true", help="do nothing where data are there already"
        )
        parser.add_argument("--individuals", type=int, metavar="N", help="how many people to add")
        parser.add_argument(
            "--seed",
            type=int,
            default=SEED,
            help=f"the same seed makes the same people (otherwise {SEED})",
        )

    def handle(self, *args: Any, **options: Any) -> None:
        environment = settings.ENVIRONMENT
        if not (environment.local or environment.test) or not environment.synthetic_data:
            raise CommandError("Synthetic data go only into a local or test portal.")
        count = options["individuals"]
        if count is not None and count < 1:
            raise CommandError("The number of individuals is a number from 1.")
        if not somebody_exists():
            self._tell_story()
        elif options["if_empty"]:
            return
        elif count is None:
            raise CommandError("The portal holds accounts already; the story needs an empty one.")
        if count is not None:
            self._add_people(count, seed=options["seed"])

    def _tell_story(self) -> None:
        told = tell_story(at=clock.now())
        self.stdout.write(f"{told.queries} queries and {told.desk} messages on the desk.")

    def _add_people(self, count: int, *, seed: int) -> None:
        begun = perf_counter()
        progress = Progress(count, write=self._write_now, bar=self.stdout.isatty())
        try:
            add_people(count=count, at=clock.now(), seed=seed, told=progress.tell)
        except ActionRefused as refused:
            raise CommandError(str(refused)) from None
        seconds = perf_counter() - begun
        self.stdout.write(
            f"{count:,} individuals in {seconds:.1f} s, the index of names included: "
            f"{count / seconds:,.0f} people/s."
        )

    def _write_now(self, text: str) -> None:
        self.stdout.write(text, ending="")
        self.stdout.flush()
