"""Holds in words and colours."""

from collections.abc import Mapping
from datetime import date, datetime

from acrime.common.eastern import portal_day
from acrime.records.choices import RecordKind
from acrime.retention.holds.choices import Scope
from acrime.retention.holds.models import Hold

IN_FORCE, TO_REVIEW, ASKED, RELEASED = "IN_FORCE", "TO_REVIEW", "ASKED", "RELEASED"
STANDINGS: Mapping[str, tuple[str, str]] = {
    IN_FORCE: ("In force", "info"),
    TO_REVIEW: ("To review", "warning"),
    ASKED: ("Release asked for", "warning"),
    RELEASED: ("Released", "neutral"),
}


def standing_of(hold: Hold, *, at: datetime) -> str:
    """How *hold* stands: what waits goes before what merely stands."""
    if hold.released_at is not None:
        return RELEASED
    if hold.asked_at is not None:
        return ASKED
    return TO_REVIEW if hold.review_on <= portal_day(at) else IN_FORCE


def scope_in_words(hold: Hold) -> str:
    """What *hold* reaches, in a sentence without names of people."""
    days = _days(hold.opened_from, hold.opened_to)
    match hold.scope:
        case Scope.RECORDS:
            return "The records named, and what repeats them."
        case Scope.PERSON:
            return f"All records about the people named{days}, also those to come."
        case Scope.KINDS:
            kinds = ", ".join(RecordKind(kind).label.lower() for kind in hold.kinds)
            return f"All records of the kind {kinds}{days}, also those to come."
        case Scope.PROGRAM:
            program = hold.get_program_display().lower()
            return f"All queries, responses and calls of the program {program}{days}."
        case Scope.MATTER:
            number = hold.matter.number if hold.matter else ""
            return f"All records and people of the matter {number}, also those added to it later."
    return f"All records{days}."


def _days(first: date | None, last: date | None) -> str:
    if first and last:
        return f" opened from {first:%B %-d, %Y} to {last:%B %-d, %Y}"
    if first:
        return f" opened on {first:%B %-d, %Y} or later"
    return f" opened on {last:%B %-d, %Y} or earlier" if last else ""
