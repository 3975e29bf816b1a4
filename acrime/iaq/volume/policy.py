"""How full intake is. Pure."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

SLOW_AFTER = timedelta(minutes=1)
"""A file that waits longer in the folder waits too long: intake falls behind."""

SILENT_AFTER = timedelta(minutes=5)
"""So long nobody looked into the folder: what takes its files has stopped."""


class Pressure(StrEnum):
    """Whether intake keeps up."""

    EASY = "easy"
    BEHIND = "behind"
    SILENT = "silent"
    FULL = "full"


SAID = {
    Pressure.EASY: "Intake keeps up.",
    Pressure.BEHIND: "Intake falls behind: messages wait longer than a minute.",
    Pressure.SILENT: "Nobody takes messages from the folder: the workers have stopped.",
    Pressure.FULL: "Intake is full: senders are asked to wait.",
}


@dataclass(frozen=True)
class Waiting:
    """What waits at a moment.

    Attributes:
        unread: messages that are kept and not read yet, counted up to the limit.
        limit: so many unread are too many.
        files: messages in the folder when it was last looked into.
        oldest: when the first of them was put there.
        looked_at: when the folder was last looked into; None where nobody ever did.
    """

    unread: int
    limit: int
    files: int = 0
    oldest: datetime | None = None
    looked_at: datetime | None = None


def pressure(waiting: Waiting, *, at: datetime) -> Pressure:
    """Whether intake keeps up with what waits."""
    if waiting.unread >= waiting.limit:
        return Pressure.FULL
    if waiting.looked_at is not None and at - waiting.looked_at > SILENT_AFTER:
        return Pressure.SILENT
    if waiting.oldest is not None and at - waiting.oldest > SLOW_AFTER:
        return Pressure.BEHIND
    return Pressure.EASY
