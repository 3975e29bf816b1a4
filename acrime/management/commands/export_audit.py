"""manage.py export_audit FILE: sealed events of a time, as a file that can be checked alone."""

import os
from argparse import ArgumentParser, ArgumentTypeError
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from acrime.audit import events
from acrime.audit.actions import record_event
from acrime.audit.choices import Channel
from acrime.audit.exporting import export_ledger
from acrime.common import clock


def moment(text: str) -> datetime:
    """A date or a moment; without an offset it is UTC."""
    try:
        found = datetime.fromisoformat(text)
    except ValueError:
        raise ArgumentTypeError(f"{text} is no date such as 2026-11-01.") from None
    return found if found.tzinfo else found.replace(tzinfo=UTC)


class Command(BaseCommand):
    help = (
        "Write the sealed events from one moment up to another, with their seals. Check the "
        "file with verify_audit --export FILE or, without the portal, with "
        "python -m acrime.audit.export FILE --keys NAME:KEY."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", type=Path, help="must not exist yet")
        parser.add_argument("--from", dest="begin", type=moment, required=True)
        parser.add_argument("--to", dest="stop", type=moment, required=True)

    def handle(self, *_: Any, file: Path, begin: datetime, stop: datetime, **__: Any) -> None:
        if stop <= begin:
            raise CommandError("The time ends before it begins.")
        at = clock.now()
        # Written down first: what is taken out is never unseen.
        record_event(
            kind=events.LEDGER_EXPORTED,
            actor=None,
            at=at,
            channel=Channel.COMMAND,
            criteria={"from": begin.isoformat(), "to": stop.isoformat()},
        )
        try:
            # The file holds who looked at what; nobody else may read it.
            descriptor = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        except OSError as error:
            raise CommandError(f"{file} cannot be made: {error.strerror}.") from None
        with os.fdopen(descriptor, "w", encoding="utf-8") as output:
            done = export_ledger(output, begin=begin, stop=stop, at=at)
        self.stdout.write(
            f"{done.events} events under {done.seals} seals; {done.unsealed} more are not yet "
            f"sealed. Signed with: {', '.join(settings.SEAL_PUBLIC_KEYS)}"
        )
