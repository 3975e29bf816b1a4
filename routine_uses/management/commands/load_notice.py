"""Load notices from files, compare them, and attach official texts to them."""

import tomllib
from argparse import ArgumentParser
from collections.abc import Iterable
from datetime import datetime
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from acrime.audit.choices import Channel
from acrime.common import clock
from acrime.common.errors import ActionRefused
from routine_uses import actions, notice_files
from routine_uses.comparison import Change, Contents, compare
from routine_uses.models import Notice, NoticeVersion, Recipient
from routine_uses.official_text import first_words
from routine_uses.querysets import contents_of, current_version
from routine_uses.versions import actions as versions

ROOM = Path(__file__).resolve().parents[2]
NOTICES = ROOM / "notices"
RECIPIENTS = ROOM / "reference" / "recipients.toml"
# How many of the attached clauses are shown by their first words.
SHOWN = 5


class Command(BaseCommand):
    """``load_notice FILE`` loads one file; ``load_notice --all`` sets a portal up.

    Both may be repeated: what is loaded already is left alone.
    """

    help = (
        "Load a notice file and show what it changes against the version in force. Putting it "
        "in force takes two privacy officers, on the portal's page of notices. With --preview: "
        "check the file and show the difference, load nothing. With --official FILE NOTICE: "
        "attach the verbatim clauses of an official text to a loaded notice, such as "
        "DHS/ICE-007 or DHS/ICE-007:2013. With --all: load every notice of the portal, put the "
        "first one in force where none is, and add the reference recipients."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", nargs="?", type=Path)
        parser.add_argument("--all", action="store_true", dest="everything")
        parser.add_argument("--preview", action="store_true")
        parser.add_argument("--official", nargs=2, metavar=("FILE", "NOTICE"))

    def handle(
        self,
        *args: Any,
        file: Path | None,
        everything: bool,
        preview: bool,
        official: list[str] | None,
        **options: Any,
    ) -> None:
        if [file is not None, everything, official is not None].count(True) != 1:
            raise CommandError("Give either one file, --official FILE NOTICE, or --all.")
        if preview and file is None:
            raise CommandError("--preview goes with one file.")
        at = clock.now()
        try:
            if official is not None:
                self._attach(Path(official[0]), official[1], at=at)
            elif file is None:
                self._load_all(at=at)
            elif preview:
                self._preview(notice_files.parse(_read(file)))
            else:
                self._load(file, at=at)
        except ActionRefused as reason:
            raise CommandError(reason.message) from None

    def _load_all(self, *, at: datetime) -> None:
        for each in sorted(NOTICES.glob("*.toml")):
            try:
                loaded = versions.load_notice(data=_read(each), at=at, channel=Channel.COMMAND)
            except versions.LabelInUse as reason:
                # A portal set up earlier holds an earlier reading of it, and keeps it.
                self.stdout.write(f"{reason.version}: another reading of it is loaded, kept")
                continue
            if not loaded.version.is_outline:
                versions.put_first_version_in_force(
                    version=loaded.version, at=at, channel=Channel.COMMAND
                )
            self._tell(loaded)
        self._add_recipients(at=at)

    def _load(self, file: Path, *, at: datetime) -> None:
        loaded = versions.load_notice(data=_read(file), at=at, channel=Channel.COMMAND)
        self._tell(loaded)
        version = loaded.version
        current = current_version(version.notice)
        if current is not None and current.pk == version.pk:
            self.stdout.write("It is in force.")
            return
        self._differences(current, contents_of(version))
        if not version.is_outline:
            self.stdout.write(
                "It is not in force. A privacy officer proposes it on the page of notices, and "
                "another one puts it in force."
            )

    def _preview(self, file: notice_files.NoticeFile) -> None:
        self.stdout.write(f"{file.system_number} {file.label}: valid, nothing loaded")
        notice = Notice.objects.filter(system_number=file.system_number).first()
        self._differences(
            current_version(notice) if notice else None,
            Contents(
                label=file.label,
                citation=file.citation,
                document=file.document,
                record_categories=file.record_categories,
                routine_uses=file.routine_uses,
                retention_items=file.retention_items,
                is_outline=file.is_outline,
            ),
        )

    def _differences(self, current: NoticeVersion | None, new: Contents) -> None:
        if current is None:
            self.stdout.write("No version of this notice is in force to compare it with.")
            return
        old = contents_of(current)
        # An outline lies before what is in force, so it is told the other way round.
        changes = compare(new, old) if new.is_outline else compare(old, new)
        came, went = (new.label, old.label) if not new.is_outline else (old.label, new.label)
        self.stdout.write(f"What {came} changes against {went}: {_counted(changes)}")
        for change in changes:
            self.stdout.write(f"  {change}")

    def _attach(self, file: Path, notice: str, *, at: datetime) -> None:
        version = _version_named(notice)
        attached = versions.attach_official_text(
            data=_read(file), version=version, at=at, channel=Channel.COMMAND
        )
        done = "attached" if attached.is_new else "were attached before"
        clauses = attached.clauses
        letters = list(clauses)
        self.stdout.write(
            f"{version.notice.system_number} {version.label}: {len(clauses)} clauses {done}, "
            f"{letters[0]} to {letters[-1]}"
        )
        for letter in _spread(letters, SHOWN):
            self.stdout.write(f"  {letter}: {first_words(clauses[letter])}")

    def _tell(self, loaded: versions.Loaded) -> None:
        version = loaded.version
        done = "loaded" if loaded.is_new else "was loaded before"
        what = (
            "an outline" if version.is_outline else f"{version.routine_uses.count()} routine uses"
        )
        self.stdout.write(f"{version.notice.system_number} {version.label}: {done}, {what}")

    def _add_recipients(self, *, at: datetime) -> None:
        added = 0
        for entry in tomllib.loads(RECIPIENTS.read_text(encoding="utf-8"))["recipients"]:
            if not Recipient.objects.filter(ori=entry["ori"]).exists():
                actions.add_recipient(actor=None, at=at, channel=Channel.COMMAND, **entry)
                added += 1
        self.stdout.write(f"Reference recipients: {added} added")


def _read(file: Path) -> bytes:
    try:
        return file.read_bytes()
    except OSError as error:
        raise CommandError(f"{file.name} cannot be read: {error.strerror}") from None


def _version_named(name: str) -> NoticeVersion:
    """``DHS/ICE-007:2013``, or ``DHS/ICE-007`` for the version in force."""
    number, _, label = name.partition(":")
    notice = Notice.objects.filter(system_number__iexact=number.strip()).first()
    if notice is None:
        raise CommandError(f"No notice of {number} is loaded.")
    if label:
        version = notice.versions.filter(label=label.strip()).first()
    else:
        version = current_version(notice)
    if version is None:
        known = ", ".join(notice.versions.order_by("label").values_list("label", flat=True))
        wanted = f"Version {label} of {number} is not loaded." if label else "None is in force."
        raise CommandError(f"{wanted} Loaded: {known}.")
    return version


def _counted(changes: Iterable[Change]) -> str:
    counts: dict[str, int] = {}
    for change in changes:
        counts[change.kind] = counts.get(change.kind, 0) + 1
    return ", ".join(f"{number} {kind}" for kind, number in counts.items()) or "nothing"


def _spread(letters: list[str], count: int) -> list[str]:
    """*count* letters from the first to the last, as evenly as they lie."""
    if len(letters) <= count:
        return letters
    return [letters[place * (len(letters) - 1) // (count - 1)] for place in range(count)]
