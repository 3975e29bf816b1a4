"""Codes of individuals."""

from django.db import models


class NameKind(models.TextChoices):
    """How a name stands to its person."""

    PRIMARY = "PRIMARY", "Name"
    ALIAS = "ALIAS", "Alias"


class IdentifierKind(models.TextChoices):
    """Which system a number comes from."""

    A_NUMBER = "A_NUMBER", "A-Number"
    FBI = "FBI", "FBI number (UCN)"
    SID = "SID", "State identification number"
    SSN = "SSN", "Social Security number"
    FIN = "FIN", "Fingerprint identification number"
    PASSPORT = "PASSPORT", "Passport"
    LICENSE = "LICENSE", "Driver's license"
    BOOKING = "BOOKING", "Booking number"


class CodeSystem(models.TextChoices):
    """The code system in which a place of birth came. Never converted by spelling."""

    NCIC = "NCIC", "NCIC"
    IDENT = "IDENT", "IDENT"
    DHS = "DHS", "DHS five-letter"
