"""The folder into which a message switch puts messages, one in a file.

A file is taken once it has a name that does not begin with a dot and does not end in ``.part``,
the earliest written first. When its message is kept for good, what became of it is written into
the folder of answers, and the file goes: the portal has it whole. Whatever ends this half way,
nothing is lost: a file that is still there is taken again, and is known for a repeat.
"""

import fcntl
import json
import logging
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from django.conf import settings

from accounts.models import User
from acrime.audit.choices import Channel
from acrime.common.faults import described
from acrime.common.files import write_whole
from acrime.iaq.intake import KEPT_BYTES, Receipt
from acrime.iaq.volume.actions import MOST_TOGETHER, note_folder, receive_messages

log = logging.getLogger(__name__)

NAME = "intake"
ANSWERS = "answers"
TOO_LARGE = "too-large"
UNFINISHED = ".part"

MOST_AT_ONCE = 20 * MOST_TOGETHER
"""Files of one run; the next one goes on."""

# Together they are held in memory.
MOST_BYTES = 2 * KEPT_BYTES


@dataclass(frozen=True, order=True)
class _File:
    written: int
    name: str
    size: int

    @property
    def at(self) -> datetime:
        return datetime.fromtimestamp(self.written / 1e9, tz=UTC)


def take_folder(*, actor: User, at: datetime) -> int:
    """Receive the messages that lie in the folder; returns how many files were taken.

    Only one process at a time takes them. A file that cannot be taken now stays where it is and
    is tried the next time.
    """
    folder = Path(settings.SPOOL_FOLDER) / NAME
    if not folder.is_dir():
        return 0
    with _alone(folder) as alone:
        if not alone:
            return 0
        taken = large = 0
        files = _files(folder)
        for part in _parts(files[:MOST_AT_ONCE]):
            try:
                done, beyond = _take(folder, part, actor=actor, at=at)
            except OSError as error:
                log.warning("the folder of messages cannot be changed: %s", described(error))
                break
            taken, large = taken + done, large + beyond
        left = _files(folder)
        note_folder(
            name=NAME,
            waiting=len(left),
            oldest_at=left[0].at if left else None,
            taken=taken,
            too_large=large,
            at=at,
        )
        return taken


@contextmanager
def _alone(folder: Path) -> Iterator[bool]:
    """Whether nobody else takes files of *folder*; held while the block runs."""
    with (folder / ".lock").open("a") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            yield False
            return
        yield True


def _files(folder: Path) -> list[_File]:
    """The files that are whole, the earliest written first."""
    found = []
    for place in folder.iterdir():
        if place.name.startswith(".") or place.name.endswith(UNFINISHED) or place.is_symlink():
            continue
        try:
            facts = place.stat()
        except FileNotFoundError:
            continue
        if place.is_file():
            found.append(_File(facts.st_mtime_ns, place.name, facts.st_size))
    return sorted(found)


def _parts(files: Sequence[_File]) -> Iterator[list[_File]]:
    """*files* in order, so many at a time as are received together."""
    part: list[_File] = []
    size = 0
    for file in files:
        if part and (len(part) == MOST_TOGETHER or size + file.size > MOST_BYTES):
            yield part
            part, size = [], 0
        part.append(file)
        size += file.size
    if part:
        yield part


def _take(folder: Path, files: Sequence[_File], *, actor: User, at: datetime) -> tuple[int, int]:
    """Receive *files* together; returns how many were taken and how many were too large."""
    raws: list[bytes] = []
    names: list[str] = []
    large = 0
    for file in files:
        try:
            # Beyond what is kept, one byte more tells that it is too large.
            with (folder / file.name).open("rb") as opened:
                raw = opened.read(KEPT_BYTES + 1)
            if len(raw) > KEPT_BYTES:
                _put_aside(folder, file.name)
                large += 1
                continue
        except OSError as error:
            log.warning("a message in the folder could not be read: %s", described(error))
            continue
        raws.append(raw)
        names.append(file.name)
    receipts = receive_messages(raws, actor=actor, at=at, channel=Channel.JOB)
    if receipts:
        _answer(folder, names, receipts, at=at)
    for name in names:
        (folder / name).unlink(missing_ok=True)
    return len(names), large


def _answer(
    folder: Path, names: Sequence[str], receipts: Sequence[Receipt], *, at: datetime
) -> None:
    """Write beside the files what became of each, in one file: a line of JSON for each."""
    answers = folder / ANSWERS
    answers.mkdir(mode=0o700, exist_ok=True)
    lines = [
        json.dumps(
            {
                "file": name,
                "outcome": receipt.outcome.value,
                "number": receipt.number,
                "code": receipt.code,
                "field": receipt.field,
                "acknowledgement": receipt.acknowledgement,
            }
        )
        for name, receipt in zip(names, receipts, strict=True)
    ]
    place = answers / f"{at:%Y%m%dT%H%M%S}-{receipts[0].number}.jsonl"
    write_whole(place, "".join(f"{line}\n" for line in lines).encode())


def _put_aside(folder: Path, name: str) -> None:
    aside = folder / TOO_LARGE
    aside.mkdir(mode=0o700, exist_ok=True)
    (folder / name).replace(aside / name)
