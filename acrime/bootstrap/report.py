"""What the person at the terminal sees: steps with their time, and refusals that say what to do."""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path


class SetupRefused(Exception):
    """Set-up cannot go on. The message says why and what the person can do about it."""


def say(text: str) -> None:
    """One line for the person, shown at once even when the output is a pipe."""
    print(text, flush=True)


@contextmanager
def step(title: str) -> Iterator[Callable[[str], None]]:
    """Show *title*, and its time in seconds once the work inside is done.

    The value given to the block takes a short remark to show beside the time.
    """
    say(f"  {title} ...")
    remarks: list[str] = []
    started = time.monotonic()
    yield remarks.append
    remark = f" ({', '.join(remarks)})" if remarks else ""
    say(f"  {title}: done in {time.monotonic() - started:.1f} s{remark}")


def last_lines(log: Path, *, since: int = 0, count: int = 12) -> str:
    """The end of a log file, indented for showing under a message; empty if there is none.

    Args:
        log: the file.
        since: the byte from which on it is of interest.
        count: how many lines at most.
    """
    if not log.is_file():
        return ""
    text = log.read_bytes()[since:].decode(errors="replace")
    return "\n".join(f"    {line}" for line in text.splitlines()[-count:])
