"""Codes of hit confirmation."""

from django.db import models


class Priority(models.TextChoices):
    """How soon the asking agency needs the answer. It sets this itself, always."""

    URGENT = "U", "Urgent (10 minutes)"
    ROUTINE = "R", "Routine (1 hour)"


class CameBy(models.TextChoices):
    """How a request came."""

    NLETS = "NLETS", "Message (Nlets)"
    PHONE = "PHONE", "Telephone"


class HitState(models.TextChoices):
    """Where a request stands."""

    WAITING = "WAITING", "Waits for an answer"
    PROMISED = "PROMISED", "Answer promised"
    ANSWERED = "ANSWERED", "Answered"
    FOLLOWED = "FOLLOWED", "Asked again"


class Answer(models.TextChoices):
    """What is answered. A promised time is no answer about the record."""

    CONFIRMED = "CONFIRMED", "Confirmed"
    NOT_CONFIRMED = "NOT_CONFIRMED", "Not confirmed"
    # Nothing of a record leaves: the number is not of an entry that ICE made.
    NOT_ICE = "NOT_ICE", "No entry of ICE's has this number"


class Timing(models.TextChoices):
    """Whether a request was answered, or a time promised, within its limit."""

    IN_TIME = "in-time", "In time"
    LATE = "late", "Late"
    OPEN = "open", "Still running"
