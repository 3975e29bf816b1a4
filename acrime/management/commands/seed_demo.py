"""manage.py seed_demo: fill an empty training portal with a synthetic story."""

from argparse import ArgumentParser
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from acrime.common import clock
from acrime.demo.story import somebody_exists, tell_story


class Command(BaseCommand):
    help = "Fill an empty portal with synthetic training data. Refused outside local and test."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "--if-empty", action="store_true", help="do nothing where data are there already"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        environment = settings.ENVIRONMENT
        if not (environment.local or environment.test) or not environment.synthetic_data:
            raise CommandError("Synthetic data go only into a local or test portal.")
        at = clock.now()
        if somebody_exists():
            if options["if_empty"]:
                return
            raise CommandError("The portal holds accounts already; the story needs an empty one.")
        told = tell_story(at=at)
        self.stdout.write(f"{told.queries} queries and {told.desk} messages on the desk.")
