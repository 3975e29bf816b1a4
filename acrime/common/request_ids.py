"""The id under which a piece of work is known: in the ledger, in log lines, to the one who asked.

A request's id, or a task's in background work. It belongs to the thread that works, so
that nothing has to hand it down.
"""

import logging
import re
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar

LONGEST = 36
# Letters, digits and what usual ids are made of: nothing that could forge a log line.
_WELL_FORMED = re.compile(r"[0-9A-Za-z][0-9A-Za-z._-]{7,35}")

_current: ContextVar[str] = ContextVar("request_id", default="")


def current() -> str:
    """The id of what is being worked on, at most 36 characters; empty outside of any work."""
    return _current.get()


def made() -> str:
    """A new id, 32 hexadecimal digits."""
    return uuid.uuid4().hex


def is_well_formed(text: str) -> bool:
    """Whether *text* may be taken over as an id: 8 to 36 letters, digits, dots, dashes."""
    return _WELL_FORMED.fullmatch(text) is not None


def begin(request_id: str) -> None:
    """From here on this thread works under *request_id*; an empty one ends it."""
    _current.set(request_id[:LONGEST])


@contextmanager
def working_under(request_id: str) -> Iterator[None]:
    """What happens in the block happens under *request_id*."""
    token = _current.set(request_id[:LONGEST])
    try:
        yield
    finally:
        _current.reset(token)


class WithRequestId(logging.Filter):
    """Gives every log record the id, as ``request_id``; a dash where there is none."""

    def filter(self, record: logging.LogRecord) -> bool:
        record.request_id = current() or "-"
        return True
