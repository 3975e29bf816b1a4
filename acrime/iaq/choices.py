"""Codes of queries, and which state may follow which."""

from collections.abc import Mapping

from django.db import models

from routine_uses.choices import UNDECIDED_PROGRAM, Program


class MessageState(models.TextChoices):
    """What became of a message that came in. Every message is kept whole."""

    KEPT = "KEPT", "Kept, not read yet"
    ACCEPTED = "ACCEPTED", "Accepted"
    REFUSED = "REFUSED", "Waits for a person"
    SETTLED = "SETTLED", "Settled by a person"


# A person can do something about these: what was refused, and what a process that died
# left unread.
MESSAGES_WAITING = frozenset({MessageState.KEPT, MessageState.REFUSED})


class QueryState(models.TextChoices):
    """Where a query stands."""

    RECEIVED = "RECEIVED", "Waiting"
    CLAIMED = "CLAIMED", "Being researched"
    IN_REVIEW = "IN_REVIEW", "In review"
    APPROVED = "APPROVED", "Ready to release"
    RELEASED = "RELEASED", "Released"


TRANSITIONS: Mapping[str, frozenset[str]] = {
    QueryState.RECEIVED: frozenset({QueryState.CLAIMED}),
    # Back to RELEASED only where an amendment is dropped.
    QueryState.CLAIMED: frozenset({QueryState.IN_REVIEW, QueryState.RECEIVED, QueryState.RELEASED}),
    QueryState.IN_REVIEW: frozenset({QueryState.APPROVED, QueryState.CLAIMED}),
    QueryState.APPROVED: frozenset({QueryState.RELEASED}),
    # An answer is amended: the query is worked again and answered once more.
    QueryState.RELEASED: frozenset({QueryState.CLAIMED}),
}


UNDECIDED = UNDECIDED_PROGRAM
"""Stands for the program of a query until a person has decided which it is."""

PROGRAMS: tuple[tuple[str, str], ...] = (*Program.choices, (UNDECIDED, "Program not decided"))


class ProgramBasis(models.TextChoices):
    """How a query came by its program."""

    RULE = "RULE", "Decided by the rules"
    NO_RULE = "NO_RULE", "No rule fits"
    DISAGREE = "DISAGREE", "Rules disagree"
    PERSON = "PERSON", "Decided by a person"


# What can still be decided or corrected: the determination is not approved yet.
PROGRAM_OPEN = (QueryState.RECEIVED, QueryState.CLAIMED, QueryState.IN_REVIEW)


class TableState(models.TextChoices):
    """Where a table of programs stands."""

    DRAFT = "DRAFT", "Being written"
    PROPOSED = "PROPOSED", "Waits for a second person"
    IN_FORCE = "IN_FORCE", "In force"
    ENDED = "ENDED", "Was in force"
    REFUSED = "REFUSED", "Refused"
    WITHDRAWN = "WITHDRAWN", "Withdrawn"


class DeterminationState(models.TextChoices):
    """Where a determination stands."""

    SUBMITTED = "SUBMITTED", "Waits for review"
    RETURNED = "RETURNED", "Returned"
    APPROVED = "APPROVED", "Approved"
    SUPERSEDED = "SUPERSEDED", "Answered, being amended"


class ResearchSource(models.TextChoices):
    """Where something was looked up."""

    CIS = "CIS", "Central Index System"
    EARM = "EARM", "Enforcement case system"
    EID = "EID", "Enforcement integrated database"
    CLAIMS = "CLAIMS", "Benefit application system"
    IDENT = "IDENT", "Biometric identification system"
    ADIS = "ADIS", "Arrival and departure records"
    SEVIS = "SEVIS", "Student and exchange visitor records"
    TECS = "TECS", "Border inspections and lookouts"
    NCIC = "NCIC", "NCIC and criminal history"
    A_FILE = "A_FILE", "Paper A-file"
    PORTAL = "PORTAL", "Records in this portal"
    OTHER = "OTHER", "Other (name it in the finding)"


# What was found there is shown to, and written down by, holders of an NCIC certification only.
NCIC_SOURCES = frozenset({ResearchSource.NCIC})
