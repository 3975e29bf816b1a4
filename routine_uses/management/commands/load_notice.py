"""Load notices from files, and the recipients that every portal needs."""

import tomllib
from argparse import ArgumentParser
from datetime import datetime
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from acrime.audit.choices import Channel
from acrime.common import clock
from acrime.common.errors import ActionRefused
from routine_uses import actions
from routine_uses.models import Recipient

ROOM = Path(__file__).resolve().parents[2]
NOTICES = ROOM / "notices"
RECIPIENTS = ROOM / "reference" / "recipients.toml"


class Command(BaseCommand):
    """``load_notice FILE`` loads one file; ``load_notice --all`` sets a portal up.

    Both may be repeated: what is loaded already is left alone.
    """

    help = (
        "Load a notice file. With --all: load every notice of the portal, put the first one "
        "in force where none is, and add the reference recipients."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", nargs="?", type=Path)
        parser.add_argument("--all", action="store_true", dest="everything")

    def handle(self, *args: Any, file: Path | None, everything: bool, **options: Any) -> None:
        if (file is None) != everything:
            raise CommandError("Give either one file or --all.")
        at = clock.now()
        try:
            if file is not None:
                self._load(file, at=at, first_in_force=False)
                return
            for each in sorted(NOTICES.glob("*.toml")):
                self._load(each, at=at, first_in_force=True)
            self._add_recipients(at=at)
        except ActionRefused as reason:
            raise CommandError(reason.message) from None

    def _load(self, file: Path, *, at: datetime, first_in_force: bool) -> None:
        try:
            data = file.read_bytes()
        except OSError as error:
            raise CommandError(f"{file.name} cannot be read: {error.strerror}") from None
        loaded = actions.load_notice(data=data, at=at, channel=Channel.COMMAND)
        if first_in_force:
            actions.put_first_version_in_force(
                version=loaded.version, at=at, channel=Channel.COMMAND
            )
        done = "loaded" if loaded.is_new else "was loaded before"
        self.stdout.write(
            f"{loaded.version.notice.system_number} {loaded.version.label}: {done}, "
            f"{loaded.version.routine_uses.count()} routine uses"
        )

    def _add_recipients(self, *, at: datetime) -> None:
        added = 0
        for entry in tomllib.loads(RECIPIENTS.read_text(encoding="utf-8"))["recipients"]:
            if not Recipient.objects.filter(ori=entry["ori"]).exists():
                actions.add_recipient(actor=None, at=at, channel=Channel.COMMAND, **entry)
                added += 1
        self.stdout.write(f"Reference recipients: {added} added")
