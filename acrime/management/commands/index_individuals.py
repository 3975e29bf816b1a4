"""manage.py index_individuals: complete the index in which people are found."""

from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from acrime.individuals.finding.actions import index_everybody
from acrime.individuals.models import IndividualName


class Command(BaseCommand):
    help = "Index the names and words that are not in the index of people yet."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "--if-needed",
            action="store_true",
            help="Do nothing where every name is in the index.",
        )

    def handle(self, *args: Any, **options: Any) -> None:
        is_open = IndividualName.objects.filter(found_by__isnull=True)
        if options["if_needed"] and not is_open.exists():
            return
        self.stdout.write(f"{index_everybody()} names added to the index of people")
