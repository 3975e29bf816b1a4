"""manage.py add_office: add a place of work."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from accounts.actions import create_office
from accounts.choices import OfficeKind
from accounts.models import Office
from acrime.common import clock


class Command(BaseCommand):
    help = "Add an office. A field office answers for the states named."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("code")
        parser.add_argument("name")
        parser.add_argument("kind", choices=OfficeKind.values)
        parser.add_argument("--states", nargs="*", default=[], help="state codes, such as VT NH")

    def handle(self, *args: Any, **options: Any) -> None:
        if Office.objects.filter(code=options["code"]).exists():
            raise CommandError("There is an office with that code.")
        office = create_office(
            code=options["code"],
            name=options["name"],
            kind=options["kind"],
            states=[state.upper() for state in options["states"]],
            actor=None,
            at=clock.now(),
        )
        self.stdout.write(f"{office.code} {office.name}")
