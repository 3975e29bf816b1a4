"""Codes of corrections, disputes and the letters about them."""

from django.db import models


class CaseKind(models.TextChoices):
    """What was noted about a record."""

    CORRECTION = "CORRECTION", "Correction"
    DISPUTE = "DISPUTE", "Statement of disagreement"


class LetterState(models.TextChoices):
    """Where the letter to an earlier recipient stands."""

    DRAFTED = "DRAFTED", "Drafted"
    SENT = "SENT", "Sent"
    RETURNED = "RETURNED", "Returned"
    EXEMPT = "EXEMPT", "Not sent: exemption claimed"


class SentBy(models.TextChoices):
    """How a letter went."""

    MAIL = "MAIL", "Mail"
    ELECTRONIC = "ELECTRONIC", "Electronic message"
    FAX = "FAX", "Fax"
    BY_HAND = "BY_HAND", "By hand"


class CameBack(models.TextChoices):
    """What came back."""

    ACKNOWLEDGED = "ACKNOWLEDGED", "The recipient acknowledged it"
    UNDELIVERABLE = "UNDELIVERABLE", "It could not be delivered"
