"""Codes of the wizard."""

from django.db import models


class DraftState(models.TextChoices):
    """What became of a draft."""

    OPEN = "OPEN", "Being prepared"
    DISCLOSED = "DISCLOSED", "Disclosed"
    DISCARDED = "DISCARDED", "Discarded"
