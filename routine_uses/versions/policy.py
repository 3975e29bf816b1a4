"""How a version stands at a moment. Pure."""

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True)
class Standing:
    """A version's standing: a code, its words, and the tone it is shown in."""

    code: str
    label: str
    tone: str


LOADED = Standing("LOADED", "Loaded, not in force", "neutral")
TO_COME = Standing("TO_COME", "Comes into force", "info")
IN_FORCE = Standing("IN_FORCE", "In force", "success")
ENDED = Standing("ENDED", "No longer in force", "neutral")


def standing(dates: tuple[datetime | None, datetime | None], *, at: datetime) -> Standing:
    """The standing at *at* of a version in force from and until *dates*."""
    begins, ends = dates
    if begins is None:
        return LOADED
    if at < begins:
        return TO_COME
    return IN_FORCE if ends is None or at < ends else ENDED
