"""Codes of the accounting of a person."""

from django.db import models


class Correction(models.TextChoices):
    """What became of a proposal to supersede an entry of the accounting."""

    OPEN = "OPEN", "Waits for a second person"
    MADE = "MADE", "Entry superseded"
    REFUSED = "REFUSED", "Refused"


class Withheld(models.TextChoices):
    """Under what an entry stays out of the subject's copy."""

    STATUTE = "(b)(7)", "Law enforcement request, 552a(b)(7)"
    J2 = "(j)(2)", "Exemption (j)(2)"
    K2 = "(k)(2)", "Exemption (k)(2)"
