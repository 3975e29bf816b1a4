"""Codes of the clocks."""

from django.db import models


class State(models.TextChoices):
    """Where a record stands on its way to the end of its period."""

    NO_TRIGGER = "NO_TRIGGER", "Period has not begun"
    RUNNING = "RUNNING", "Period is running"
    ELIGIBLE = "ELIGIBLE", "Period is over, may be destroyed"
    BLOCKED_BY_AUTHORITY = "NO_AUTHORITY", "Period is over, no approved authority"
    BLOCKED_BY_HOLD = "HELD", "Period is over, on hold"
    PERMANENT = "PERMANENT", "Kept for good"
    TRANSFER_DUE = "TRANSFER_DUE", "Due for transfer to the National Archives"
    DESTROYED = "DESTROYED", "Destroyed"


DATED = frozenset(
    {
        State.RUNNING,
        State.ELIGIBLE,
        State.BLOCKED_BY_AUTHORITY,
        State.BLOCKED_BY_HOLD,
        State.TRANSFER_DUE,
    }
)
"""States of records whose period has begun, and so has an end."""

DUE = frozenset({State.ELIGIBLE, State.TRANSFER_DUE})
"""States of records that a list may take up."""

PAST = DUE | {State.BLOCKED_BY_AUTHORITY, State.BLOCKED_BY_HOLD}
"""States of records whose period is over, whatever keeps them."""


class Reason(models.TextChoices):
    """Why a record stands where it does."""

    UNSCHEDULED = "UNSCHEDULED", "No schedule covers these records: they are kept until one does"
    OTHER_KIND = "OTHER_KIND", "The item does not cover records of this kind"
    UNSTATED = "UNSTATED", "The item names no event from which the period runs"
    NO_PARENT = "NO_PARENT", "It follows up no record whose period it could have"
    NOT_YET = "NOT_YET", "The event from which the period runs has not happened yet"
    MISSING = "MISSING", "Work is over, and the day of the event is not recorded"
    IN_FUTURE = "IN_FUTURE", "The day recorded for the event is still to come"
    MOVED_BACK = "MOVED_BACK", "An earlier day was recorded since; the later one counts"
    FOLLOWS_RECORDS = "FOLLOWS_RECORDS", "Kept as long as any record about the person"
    STILL_OPEN = "STILL_OPEN", "Work on the record is not over"
    FEBRUARY_29 = "FEBRUARY_29", "A period that begins on February 29 ends on March 1"
    FISCAL_CUTOFF = "FISCAL_CUTOFF", "Counted from the end of the federal fiscal year"
    CALENDAR_CUTOFF = "CALENDAR_CUTOFF", "Counted from the end of the calendar year"
    LONGEST = "LONGEST", "Of several items the one that keeps longest counts"
    NOTICE_LONGER = "NOTICE_LONGER", "The notice names a longer period than the authority"
    PROPOSED = "PROPOSED", "The period is only proposed"
    WITHDRAWN = "WITHDRAWN", "The authority was withdrawn"
    SUPERSEDED = "SUPERSEDED", "The authority was superseded"
    NO_NUMBER = "NO_NUMBER", "The authority has no number"
    HELD = "HELD", "It is on hold"
    REVIEW_FIRST = "REVIEW_FIRST", "The item asks for a review before anything is done"
    KEPT_FOR_GOOD = "KEPT_FOR_GOOD", "The item keeps these records for good"
    GONE = "GONE", "It was destroyed"


MISSING_TRIGGER = frozenset(
    {
        Reason.UNSCHEDULED,
        Reason.OTHER_KIND,
        Reason.UNSTATED,
        Reason.NO_PARENT,
        Reason.MISSING,
        Reason.IN_FUTURE,
        Reason.MOVED_BACK,
    }
)
"""Reasons that somebody has to settle: the period cannot begin, or its day is doubtful."""


class AuthorityState(models.TextChoices):
    """Where an authority stands."""

    PROPOSED = "PROPOSED", "Waits for a second person"
    APPROVED = "APPROVED", "Approved"
    REFUSED = "REFUSED", "Refused"
    WITHDRAWN = "WITHDRAWN", "Withdrawn"
    SUPERSEDED = "SUPERSEDED", "Superseded"
