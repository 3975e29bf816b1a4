"""The one reader of the clock. Views, tasks and commands call it and pass the time down."""

from datetime import UTC, datetime


def now() -> datetime:
    """The present moment, with its offset (UTC)."""
    return datetime.now(tz=UTC)
