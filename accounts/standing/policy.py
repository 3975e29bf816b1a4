"""Whether somebody may work here at a moment. Pure rules, told the day and the facts.

The training guard follows the assessment of the system this one resembles: whoever has not
passed the system's training in time is let in nowhere, at once (ICM assessment, section 8.2);
an expired NCIC certification leaves the portal open and NCIC closed (section 3.4).
"""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date, datetime
from zoneinfo import ZoneInfo

from accounts.choices import Role
from accounts.standing.choices import Audience

EASTERN = ZoneInfo("America/New_York")

DISABLED = "disabled"
NO_ROLE = "no-role"
TRAINING_MISSING = "training-missing"
TRAINING_LAPSED = "training-lapsed"

WARN_DAYS = 30
"""Days before its end from which training is counted down on every page."""
URGE_DAYS = 7
"""Days before its end from which the countdown is urgent."""


@dataclass(frozen=True)
class CourseHeld:
    """One course of the portal, and until when somebody holds it.

    Attributes:
        audience: who needs the course.
        ends: the last day that counts, or None where it was never passed.
    """

    audience: str
    ends: date | None


@dataclass(frozen=True)
class Standing:
    """Whether somebody may work.

    Attributes:
        enters: whether anything but the way out opens.
        reasons: codes of what stands in the way, in the order in which to mend it.
        training_ends: the last day of the training everybody needs; None where a course of
            it was never passed, and for machines.
        ncic_certified: whether NCIC may be used.
        ncic_ends: the last day of the NCIC certification, past ones too; None without one.
    """

    enters: bool
    reasons: tuple[str, ...]
    training_ends: date | None
    ncic_certified: bool
    ncic_ends: date | None = None


def portal_day(at: datetime) -> date:
    """The day it is in the portal's time zone. A day's training lasts until its midnight."""
    return at.astimezone(EASTERN).date()


def is_machine(roles: Collection[str]) -> bool:
    """Whether somebody with *roles* is a connected system: that role and no other."""
    return set(roles) == {Role.INTERFACE}


def standing_of(
    *, active: bool, roles: Collection[str], courses: Iterable[CourseHeld], today: date
) -> Standing:
    """The standing of somebody who holds *roles* and passed *courses*.

    A portal that knows no course for everybody lets no person in: what cannot be shown is
    not assumed.
    """
    known = list(courses)
    needed = [course.ends for course in known if course.audience == Audience.EVERYONE]
    training_ends = _earliest(needed)
    ncic_ends = _earliest([course.ends for course in known if course.audience == Audience.NCIC])
    reasons = []
    if not active:
        reasons.append(DISABLED)
    if not roles:
        reasons.append(NO_ROLE)
    if not is_machine(roles):
        if training_ends is None:
            reasons.append(TRAINING_MISSING)
        elif training_ends < today:
            reasons.append(TRAINING_LAPSED)
    return Standing(
        enters=not reasons,
        reasons=tuple(reasons),
        training_ends=None if is_machine(roles) else training_ends,
        ncic_certified=ncic_ends is not None and ncic_ends >= today,
        ncic_ends=ncic_ends,
    )


def _earliest(ends: list[date | None]) -> date | None:
    """The day on which the first of several courses ends; None where one is missing."""
    held = [end for end in ends if end is not None]
    return min(held) if held and len(held) == len(ends) else None
