"""Rules of hit confirmation. Pure.

Sources: the public Nlets help page on hit confirmation (two priorities, set by the asking agency;
10 minutes and one hour; request numbers 1 to 3; an answer confirms, does not, or says when it
will be known; 24 hours a day, 7 days a week) and the notice, routine use FF.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import IntEnum

from acrime.ncic.hits.choices import Answer, HitState, Priority, Timing
from routine_uses.choices import Field

LIMITS: Mapping[str, timedelta] = {
    Priority.URGENT: timedelta(minutes=10),
    Priority.ROUTINE: timedelta(hours=1),
}
NUMBERS = (1, 2, 3)
LAST_NUMBER = 3
# A promise further away than this is none; the portal's own limit.
LONGEST_PROMISE = timedelta(hours=72)

OPEN_STATES = frozenset({HitState.WAITING, HitState.PROMISED})
SCHEDULE = "CALL-HIT"

FIELDS: Mapping[str, frozenset[str]] = {
    Answer.CONFIRMED: frozenset({Field.NAME, Field.NCIC_STATUS, Field.WARRANT}),
    Answer.NOT_CONFIRMED: frozenset({Field.NAME, Field.NCIC_STATUS}),
    Answer.NOT_ICE: frozenset(),
}
"""What each answer discloses of the record."""


def due_at(priority: str, received_at: datetime) -> datetime:
    """When a request must be answered, in UTC.

    The minutes are minutes: nights, weekends, holidays and the change of the clocks stop
    nothing, because whoever enters must be there around the clock.

    Raises:
        ValueError: the moment has no offset.
    """
    if received_at.tzinfo is None:
        raise ValueError("A request is received at a moment with its offset.")
    # In UTC: with a zone's own clock, an hour over the change would be none, or two.
    return received_at.astimezone(UTC) + LIMITS[Priority(priority)]


@dataclass(frozen=True)
class Earlier:
    """The latest request of the same agency about the same number."""

    number: int
    state: str


def order_problem(number: int, earlier: Earlier | None) -> str:
    """What is wrong with a request's number after *earlier*, or nothing.

    After an answer a new inquiry begins with number 1.
    """
    if number not in NUMBERS:
        return "A request has the number 1, 2 or 3."
    running = earlier is not None and earlier.state in OPEN_STATES
    if not running:
        if number == 1:
            return ""
        if earlier is not None:
            return "The earlier request was answered. A new inquiry begins with number 1."
        return f"Request {number} comes after request {number - 1}, which the portal does not have."
    assert earlier is not None
    if earlier.number >= LAST_NUMBER:
        return "The third request is open already; there is no further one."
    expected = earlier.number + 1
    if number != expected:
        return f"Request {earlier.number} is open, so the next one has the number {expected}."
    return ""


def promise_problem(promised_for: datetime, *, at: datetime) -> str:
    """What is wrong with a promised time."""
    if promised_for <= at:
        return "The promised time lies in the past."
    if promised_for - at > LONGEST_PROMISE:
        hours = int(LONGEST_PROMISE.total_seconds() // 3600)
        return f"Promise an answer within {hours} hours."
    return ""


class Escalation(IntEnum):
    """How far up a request is told of."""

    NONE = 0
    # Past its limit, or the second request: the shift's supervisors are told.
    SUPERVISOR = 1
    # The third request: it goes to the state's control terminal and to the FBI as well.
    OUTSIDE = 2


def escalation(number: int, *, due: datetime, at: datetime) -> Escalation:
    """How far a request that is open at *at* is told of."""
    if number >= LAST_NUMBER:
        return Escalation.OUTSIDE
    return Escalation.SUPERVISOR if number == 2 or at > due else Escalation.NONE


def timing(
    *, due: datetime, first_answer_at: datetime | None, followed: bool, at: datetime
) -> Timing:
    """Whether a request was answered in time; a promised time counts as an answer.

    One that was asked again before anything was said counts as late.
    """
    if first_answer_at is not None:
        return Timing.IN_TIME if first_answer_at <= due else Timing.LATE
    if followed or at > due:
        return Timing.LATE
    return Timing.OPEN
