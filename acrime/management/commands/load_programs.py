"""``manage.py load_programs``: the programs and rules that come with the product."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError

from acrime.audit.choices import Channel
from acrime.common import clock
from acrime.common.errors import ActionRefused
from acrime.iaq.programs.actions import load_defaults
from acrime.iaq.programs.querysets import in_force


class Command(BaseCommand):
    """Put the shipped programs in force where none ever were."""

    help = (
        "Put the programs and rules that come with the product in force. Where there are some "
        "already nothing is done: from then on two people change them on the pages."
    )

    def handle(self, *_: Any, **__: Any) -> None:
        try:
            loaded = load_defaults(at=clock.now(), channel=Channel.COMMAND)
        except ActionRefused as refusal:
            raise CommandError(refusal.message) from None
        current = in_force()
        if current is None:
            raise CommandError("No table of programs is in force.")
        done = "loaded" if loaded else "in force already"
        self.stdout.write(
            f"programs {done}: {len(current.table.terms)} programs, "
            f"{len(current.table.rules)} rules"
        )
