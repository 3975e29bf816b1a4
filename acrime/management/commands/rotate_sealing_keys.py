"""manage.py rotate_sealing_keys: seal everything again with the first of the sealing keys."""

import sys
from argparse import ArgumentParser
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from acrime.audit import events
from acrime.audit.actions import record_event
from acrime.audit.choices import Channel, Outcome
from acrime.common import clock
from acrime.common.resealing import NotTheOwner, Rotation, places, rotate


class Command(BaseCommand):
    help = (
        "Seal every sealed value again with the first key of ACRIME_SEALING_KEYS. Can be broken "
        "off and begun again at any time. Exits with 1 while a value cannot be opened."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "--left", action="store_true", help="only tell how many values wait, and where"
        )

    def handle(self, *_: Any, **options: Any) -> None:
        if options["left"]:
            self._tell_left()
            return
        try:
            rotation = rotate(self._told)
        except NotTheOwner:
            raise CommandError(
                "Run this as the owner of the tables: frozen rows are sealed again, too."
            ) from None
        self._write_down(rotation)
        self._tell(rotation)

    def _told(self, place: str, done: int, of: int) -> None:
        if self.stdout.isatty():
            self.stdout.write(f"\r{place}: {done} of {of}", ending="")
            self.stdout.flush()

    def _tell_left(self) -> None:
        left = {place.name: place.left() for place in places()}
        for name, count in left.items():
            if count:
                self.stdout.write(f"{name}: {count}")
        self.stdout.write(f"{sum(left.values())} values wait to be sealed with the first key.")

    def _write_down(self, rotation: Rotation) -> None:
        record_event(
            kind=events.SEALING_KEYS_ROTATED,
            actor=None,
            at=clock.now(),
            channel=Channel.COMMAND,
            outcome=Outcome.FAILED if rotation.unopened else Outcome.DONE,
            details={
                "key": settings.ENVIRONMENT.sealing_keys[0].name,
                "sealed_again": sum(rotation.done.values()),
                "unopened": sum(map(len, rotation.unopened.values())),
            },
        )

    def _tell(self, rotation: Rotation) -> None:
        for place, count in rotation.done.items():
            self.stdout.write(f"{place}: {count} sealed again")
        for place, rows in rotation.unopened.items():
            self.stderr.write(f"{place}: no listed key opens rows {', '.join(map(str, rows))}")
        if rotation.unopened:
            sys.exit(1)
        self.stdout.write("Every value is sealed with the first key; the others can go.")
