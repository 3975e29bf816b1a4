"""When an agreement holds. Pure."""

from datetime import date


def in_force(*, starts_on: date, ends_on: date | None, ended: bool, today: date) -> bool:
    """Whether an agreement holds today: begun, not ended, its last day not past."""
    return not ended and starts_on <= today and (ends_on is None or today <= ends_on)
