"""Codes of clocks."""

from django.db import models


class Rule(models.TextChoices):
    """Which rule a target comes from."""

    PROGRAM = "PROGRAM", "The program's own target"
    NO_MATCH = "NO_MATCH", "No fingerprint match"
    MATCH = "MATCH", "Every other query"
