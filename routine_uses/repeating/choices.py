"""Codes of repeating disclosures."""

from django.db import models


class Interval(models.TextChoices):
    """How often records of a category go."""

    DAILY = "DAILY", "Daily"
    WEEKLY = "WEEKLY", "Weekly"
    MONTHLY = "MONTHLY", "Monthly"
    QUARTERLY = "QUARTERLY", "Quarterly"
    YEARLY = "YEARLY", "Yearly"
    ON_EVENT = "ON_EVENT", "On each event"


class SeriesState(models.TextChoices):
    """What was decided about a category."""

    PROPOSED = "PROPOSED", "Waits for a privacy officer"
    APPROVED = "APPROVED", "Approved"
    REFUSED = "REFUSED", "Refused"
    ENDED = "ENDED", "Ended"


class Standing(models.TextChoices):
    """How a category stands on a day."""

    PROPOSED = "PROPOSED", "Waits for a privacy officer"
    TO_COME = "TO_COME", "Approved, begins later"
    IN_USE = "IN_USE", "In use"
    OVER = "OVER", "Its last day is past"
    REFUSED = "REFUSED", "Refused"
    ENDED = "ENDED", "Ended"
