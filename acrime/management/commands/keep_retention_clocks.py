"""``manage.py keep_retention_clocks``: work out the clocks of all records now."""

from typing import Any

from django.core.management.base import BaseCommand

from acrime.common import clock
from acrime.retention.actions import begin_walk, recompute_stale, walk_on


class Command(BaseCommand):
    """Walk along all records in small steps. Whoever stops it loses nothing: it goes on."""

    help = (
        "Work out where every record stands in its retention period, in small steps. The task of "
        "the portal does the same by itself; this is for after a restore or a load of many "
        "records. It destroys nothing."
    )

    def add_arguments(self, parser: Any) -> None:
        parser.add_argument("--again", action="store_true", help="begin at the first record")

    def handle(self, *_: Any, again: bool, **__: Any) -> None:
        if again:
            begin_walk(at=clock.now())
        total = 0
        while looked := walk_on(at=clock.now()):
            total += looked
        due = 0
        while came := recompute_stale(at=clock.now()):
            due += came
        self.stdout.write(f"{total} records looked at; {due} more whose day had come.")
