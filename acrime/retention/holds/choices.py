"""Codes of holds."""

from django.db import models


class HoldKind(models.TextChoices):
    """Why records must be kept although their time has come."""

    LITIGATION = "LITIGATION", "Litigation"
    FOIA = "FOIA", "FOIA or Privacy Act request"
    INVESTIGATION = "INVESTIGATION", "Investigation"
    CONGRESSIONAL = "CONGRESSIONAL", "Congressional inquiry"
    GAO = "GAO", "Government Accountability Office"
    OTHER = "OTHER", "Other"


class Scope(models.TextChoices):
    """What a hold reaches, also of what comes later."""

    RECORDS = "RECORDS", "Records named by number"
    PERSON = "PERSON", "All records about a person"
    KINDS = "KINDS", "All records of some kinds"
    PROGRAM = "PROGRAM", "All records of a program"
    DATES = "DATES", "All records opened on some days"
    MATTER = "MATTER", "All records and people of a matter"


class LetterKind(models.TextChoices):
    """What a letter to a custodian says."""

    PRESERVE = "PRESERVE", "Keep these records"
    RELEASE = "RELEASE", "The hold is released"
