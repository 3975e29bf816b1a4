"""``manage.py receive_iaq PATH|-``: messages from a file, a folder or standard input."""

import sys
from argparse import ArgumentParser
from collections.abc import Iterator
from pathlib import Path
from typing import Any, BinaryIO

from django.core.management.base import BaseCommand, CommandError

from accounts.models import User
from acrime.audit.acting import acting_as
from acrime.audit.choices import Channel
from acrime.common import clock
from acrime.iaq.acknowledgement import IntakeOutcome
from acrime.iaq.intake import KEPT_BYTES, MessageTooLargeToKeep, message_switch, receive_message

STANDARD_INPUT = "-"


class Command(BaseCommand):
    """Receive messages, and say in one line what became of each."""

    help = (
        "Receive status queries from a file, a folder (each file is one message) or, with -, "
        "standard input. Receiving a message again is harmless. Exits with 1 if any message "
        "was not accepted."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("path", help="a file, a folder, or - for standard input")
        parser.add_argument(
            "--acknowledgements",
            action="store_true",
            help="print the text for the sender after each line",
        )

    def handle(self, *_: Any, path: str, acknowledgements: bool, **__: Any) -> None:
        actor = message_switch(at=clock.now())
        taken = refused = 0
        with acting_as(actor):
            for source in _sources(path):
                done = self._receive(source, actor=actor, acknowledgements=acknowledgements)
                taken, refused = taken + done, refused + (not done)
        if refused:
            raise CommandError(f"{refused} of {taken + refused} messages were not accepted.")

    def _receive(self, source: Path | None, *, actor: User, acknowledgements: bool) -> bool:
        """Receive one message; False where it was not accepted."""
        shown = _shown(source)
        try:
            raw = _read(source)
        except OSError as error:
            self.stdout.write(f"unreadable  {shown}: {error.strerror or 'read error'}")
            return False
        try:
            receipt = receive_message(raw, actor=actor, at=clock.now(), channel=Channel.COMMAND)
        except MessageTooLargeToKeep as refusal:
            self.stdout.write(f"refused {refusal.code}  {shown} (not taken, left in place)")
            return False
        reason = " ".join(part for part in (receipt.code, receipt.field) if part)
        outcome = f"{receipt.outcome} {receipt.number} {reason}".rstrip()
        self.stdout.write(f"{outcome}  {shown}")
        if acknowledgements:
            self.stdout.write(receipt.acknowledgement)
        return receipt.outcome is not IntakeOutcome.REFUSED


def _sources(path: str) -> Iterator[Path | None]:
    """The files to read, in the order of their names; None stands for standard input."""
    if path == STANDARD_INPUT:
        yield None
        return
    place = Path(path)
    if not place.exists():
        raise CommandError(f"There is no file or folder {_shown(place)}.")
    if not place.is_dir():
        yield place
        return
    try:
        files = sorted(each for each in place.iterdir() if each.is_file())
    except OSError as error:
        raise CommandError(f"{_shown(place)} cannot be listed: {error.strerror}.") from None
    yield from files


def _read(source: Path | None) -> bytes:
    # One byte beyond what is kept is enough for intake to see that it is too much.
    if source is None:
        return _limited(sys.stdin.buffer)
    with source.open("rb") as file:
        return _limited(file)


def _limited(file: BinaryIO) -> bytes:
    return file.read(KEPT_BYTES + 1)


def _shown(source: Path | None) -> str:
    """The path on one line: a file's name may hold anything but a slash."""
    name = STANDARD_INPUT if source is None else str(source)
    return "".join(char if char.isprintable() else "?" for char in name)
