"""Codes of alerts, questions and reports."""

from django.db import models


class AlertState(models.TextChoices):
    """What the owner has made of an alert."""

    OPEN = "OPEN", "No reply yet"
    EXPECTED = "EXPECTED", "Expected"
    ASKED = "ASKED", "Asked why"
    LATE = "LATE", "Answer is late"
    ANSWERED = "ANSWERED", "Answered"
    REPORTED = "REPORTED", "Reported to OPR"


class Reply(models.TextChoices):
    """What an owner can say to an alert."""

    EXPECTED = "EXPECTED", "This was expected"
    ASK = "ASK", "Ask why"
    REPORT = "REPORT", "Report to OPR"


class MailPace(models.TextChoices):
    """How often an owner is written to, at most. Nobody can choose never: the assessment of
    the system that this one resembles promises owners an e-mail."""

    HOURLY = "HOURLY", "Soon after, at most one an hour"
    DAILY = "DAILY", "At most one a day"


class ReferralState(models.TextChoices):
    """Where a report of suspected misuse stands with OPR."""

    NEW = "NEW", "New"
    IN_REVIEW = "IN_REVIEW", "In review"
    CLOSED = "CLOSED", "Closed"


class Finding(models.TextChoices):
    """How OPR closes a report."""

    NO_MISUSE = "NO_MISUSE", "No misuse found"
    MISUSE_REFERRED = "MISUSE_REFERRED", "Misuse found and referred for discipline"
    OTHER = "OTHER", "Closed for another reason"
