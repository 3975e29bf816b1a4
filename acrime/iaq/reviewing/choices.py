"""Codes of review."""

from django.db import models


class Further(models.TextChoices):
    """Why a determination is looked at once more after its review."""

    NONE = "", "No further review"
    CITIZEN = "CITIZEN", "A claim or conclusion of U.S. citizenship"
    SAMPLE = "SAMPLE", "Drawn by the sampling rate of its program"
