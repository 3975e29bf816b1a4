"""When an answer is due, and why. Pure: no database, no clock.

Hours are hours that pass. They are counted in UTC, so a day on which the clocks of a place are
put forward or back has the same four hours as any other; the wall time is only shown.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from django.db import models

SOURCE = "Secure Communities SOP 2.1.4: four hours for a match, 24 hours for no match"

# A quarter of the time is left when whoever works the query is told.
LEFT_AT_WARNING = 4
# Up to this long a clock is told hour by hour, above it day by day.
MOST_HOURS_TOLD = 48


class Rule(models.TextChoices):
    """Which rule a target comes from."""

    PROGRAM = "PROGRAM", "The program's own target"
    NO_MATCH = "NO_MATCH", "No fingerprint match"
    MATCH = "MATCH", "Every other query"


@dataclass(frozen=True)
class Target:
    """How long an answer may take from the query's receipt, and by which rule."""

    hours: int
    rule: Rule


def target(
    *, program_hours: int | None, no_match: bool, match_hours: int, no_match_hours: int
) -> Target:
    """The target of a query.

    Args:
        program_hours: the program's own target, where it has one.
        no_match: the fingerprints matched nobody; that is known only where it was said.
        match_hours, no_match_hours: the portal's settings (4 and 24).
    """
    if program_hours is not None:
        return Target(program_hours, Rule.PROGRAM)
    if no_match:
        return Target(no_match_hours, Rule.NO_MATCH)
    return Target(match_hours, Rule.MATCH)


def due_at(*, received_at: datetime, hours: int) -> datetime:
    """When the answer is due: so many hours that pass after the receipt. It never pauses."""
    return received_at.astimezone(UTC) + timedelta(hours=hours)


def warning_at(*, received_at: datetime, due: datetime) -> datetime:
    """When a quarter of the time is left."""
    return due - (due - received_at) / LEFT_AT_WARNING


@dataclass(frozen=True)
class Line:
    """One moment of a clock's run.

    Attributes:
        passed: hours since the receipt.
        at: the moment.
        shown: its wall time with the name of its zone.
        day: its day as written at the top of a group.
        note: what happens there.
    """

    passed: int
    at: datetime
    shown: str
    day: str
    note: str = ""


@dataclass(frozen=True)
class Explained:
    """Where a due time comes from.

    Attributes:
        sentences: the rule and the sum, in words.
        lines: the run, by the hour, or by the day where it is long.
        shifted: whether the clocks of the place change on the way.
    """

    sentences: tuple[str, ...]
    lines: tuple[Line, ...]
    shifted: bool


def explain(*, received_at: datetime, chosen: Target, zone: ZoneInfo) -> Explained:
    """How the due time of a query received at *received_at* comes about, as seen in *zone*."""
    start = received_at.astimezone(UTC)
    due = due_at(received_at=start, hours=chosen.hours)
    warned = warning_at(received_at=start, due=due)
    lines = tuple(_lines(start, due, warned, zone))
    shift = _offset(due, zone) - _offset(start, zone)
    sentences = [
        f"Received {_shown(start, zone)}.",
        f"{Rule(chosen.rule).label}: {_hours(chosen.hours)} from receipt.",
        f"Due {_shown(due, zone)}. The clock never pauses: research, review and the return of a "
        "determination are all inside it.",
    ]
    if chosen.rule != Rule.PROGRAM:
        sentences.insert(2, f"{SOURCE}.")
    if shift:
        way = "forward" if shift > timedelta() else "back"
        sentences.append(
            f"The clocks are put {way} by {_minutes(abs(shift))} on the way. The hours counted "
            "are hours that pass, so the time on the wall differs by that much."
        )
    sentences.append(f"A quarter of the time is left {_shown(warned, zone)}.")
    return Explained(tuple(sentences), lines, bool(shift))


def _lines(start: datetime, due: datetime, warned: datetime, zone: ZoneInfo) -> Iterator[Line]:
    hours = round((due - start) / timedelta(hours=1))
    step = 1 if hours <= MOST_HOURS_TOLD else 24
    passed = [*range(0, hours, step), hours]
    before = start
    told = False
    for count in passed:
        at = start + timedelta(hours=count)
        notes = []
        if count == 0:
            notes.append("Received")
        shift = _offset(at, zone) - _offset(before, zone)
        if shift:
            way = "forward" if shift > timedelta() else "back"
            notes.append(
                f"the clocks were put {way} by {_minutes(abs(shift))} since the line above"
            )
        if not told and at >= warned:
            told = True
            notes.append("a quarter of the time or less is left")
        if at == due:
            notes.append("due")
        local = at.astimezone(zone)
        yield Line(
            passed=count,
            at=at,
            shown=f"{local:%H:%M} {local.tzname()}",
            day=f"{local:%A, %b} {local.day}, {local.year}",
            note="; ".join(notes).capitalize() if notes else "",
        )
        before = at


def _offset(at: datetime, zone: ZoneInfo) -> timedelta:
    return at.astimezone(zone).utcoffset() or timedelta()


def _shown(at: datetime, zone: ZoneInfo) -> str:
    local = at.astimezone(zone)
    return f"{local:%A, %b} {local.day}, {local.year} at {local:%H:%M} {local.tzname()}"


def _hours(count: int) -> str:
    return "1 hour" if count == 1 else f"{count} hours"


def _minutes(shift: timedelta) -> str:
    minutes = round(shift / timedelta(minutes=1))
    return _hours(minutes // 60) if minutes % 60 == 0 else f"{minutes} minutes"
