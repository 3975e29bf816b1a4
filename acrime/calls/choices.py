"""Codes of calls."""

from django.db import models

from routine_uses.choices import Purpose


class CallKind(models.TextChoices):
    """What a call is about."""

    HIT = "HIT", "Hit confirmation"
    FOLLOW_UP = "FOLLOW_UP", "Follow-up of a response (IAR)"
    ASSISTANCE = "ASSISTANCE", "Assistance"


class Verification(models.TextChoices):
    """Whether it is sure that the agency itself calls."""

    UNVERIFIED = "UNVERIFIED", "Not verified"
    VERIFIED = "VERIFIED", "Called back and verified"
    FAILED = "FAILED", "Called back: not they"


class CallState(models.TextChoices):
    """Where a call stands."""

    OPEN = "OPEN", "Open"
    CLOSED = "CLOSED", "Closed"


PURPOSES = (
    Purpose.STATUS_VERIFICATION,
    Purpose.LAW_ENFORCEMENT,
    Purpose.LOOKOUT_INQUIRY,
    Purpose.DECONFLICTION,
)
"""What something is told for on a call; a hit is answered on the page of its request."""
