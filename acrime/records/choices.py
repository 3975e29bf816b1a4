"""Codes of the envelope."""

from django.db import models


class RecordKind(models.TextChoices):
    """What an envelope holds. The code is also the prefix of its numbers."""

    QUERY = "IAQ", "Status query"
    RESPONSE = "IAR", "Status response"
    INDIVIDUAL = "IND", "Individual"
    NCIC_ENTRY = "NCIC", "NCIC record"
    HIT = "HIT", "Hit confirmation"
    CALL = "CAL", "Call"
    DETAINER = "DET", "Detainer"
    TIP = "TIP", "Tip"
    TIP_SOURCE = "TPS", "Source of a tip"


class Approval(models.TextChoices):
    """Whether a second person has confirmed the record."""

    PENDING = "PENDING", "Pending approval"
    APPROVED = "APPROVED", "Approved"


class SubjectRole(models.TextChoices):
    """What an individual is in a record."""

    SUBJECT = "SUBJECT", "Subject of the record"
    CALLER = "CALLER", "Caller"
    REPORTER = "REPORTER", "Reported the tip"
