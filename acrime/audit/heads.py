"""The heads of the chain outside the database: a file to which one line a seal is added.

Whoever can change the database cannot change what was written here, provided the file lies
where the database's administrators have no say. A line is on the disk before the call that
added it returns. A line that a crash cut off is left as it is and written again.
"""

import fcntl
import json
import os
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from acrime.audit.chain import Link, NotALink, link_from

_CHUNK = 64 * 1024


@dataclass(frozen=True)
class Line:
    """One line of the file; ``link`` is None where it cannot be read as one."""

    number: int
    link: Link | None


class Heads:
    """The file at *path*."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def lines(self) -> Iterator[Line]:
        """Every line from the first on; nothing where there is no file."""
        if not self.path.exists():
            return
        with self.path.open("rb") as file:
            for number, raw in enumerate(file, start=1):
                yield Line(number, _link(raw))

    def last(self) -> Link | None:
        """The last whole link of the file."""
        if not self.path.exists():
            return None
        with self.path.open("rb") as file:
            return _last(file)

    def publish(self, following: Callable[[int], Iterable[Link]]) -> int:
        """Add what the file does not have yet; returns how many lines were added.

        Two programs that publish at once add each line once.

        Args:
            following: gives the links after a sequence number, in order.
        """
        added = 0
        with self._locked() as file:
            last = _last(file)
            # A line that a crash cut off ends here.
            text = b"" if _ends_whole(file) else b"\n"
            for link in following(last.header.sequence if last else 0):
                text += link.line().encode() + b"\n"
                added += 1
            if added:
                file.seek(0, os.SEEK_END)
                file.write(text)
                file.flush()
                os.fsync(file.fileno())
        return added

    @contextmanager
    def _locked(self) -> Iterator[IO[bytes]]:
        new = not self.path.exists()
        self.path.parent.mkdir(parents=True, exist_ok=True)
        with self.path.open("a+b") as file:
            fcntl.flock(file, fcntl.LOCK_EX)
            if new:
                # The file's name must outlive a crash as well.
                folder = os.open(self.path.parent, os.O_RDONLY)
                try:
                    os.fsync(folder)
                finally:
                    os.close(folder)
            yield file


def _link(raw: bytes) -> Link | None:
    try:
        return link_from(json.loads(raw))
    except (NotALink, ValueError):
        return None


def _ends_whole(file: IO[bytes]) -> bool:
    if file.seek(0, os.SEEK_END) == 0:
        return True
    file.seek(-1, os.SEEK_END)
    return file.read(1) == b"\n"


def _last(file: IO[bytes]) -> Link | None:
    """The last line that is a link, found from the end: the file may be large."""
    rest = b""
    position = file.seek(0, os.SEEK_END)
    while position > 0:
        size = min(_CHUNK, position)
        position -= size
        file.seek(position)
        lines = (file.read(size) + rest).split(b"\n")
        rest = lines.pop(0)
        for raw in reversed(lines):
            if (link := _link(raw)) is not None:
                return link
    return _link(rest)
