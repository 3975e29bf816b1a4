"""Codes of the ledger."""

from django.db import models


class Channel(models.TextChoices):
    """Where an event came from."""

    PAGE = "PAGE", "Portal page"
    PDF = "PDF", "Document"
    API = "API", "API"
    COMMAND = "COMMAND", "Command"
    JOB = "JOB", "Background work"


class Outcome(models.TextChoices):
    """How it ended."""

    DONE = "DONE", "Done"
    REFUSED = "REFUSED", "Refused"
    FAILED = "FAILED", "Failed"
