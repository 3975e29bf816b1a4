"""Codes of research."""

from django.db import models


class StepResult(models.TextChoices):
    """What came of a look into a source."""

    FOUND = "FOUND", "Found"
    NOT_FOUND = "NOT_FOUND", "Not found"
    NOT_AVAILABLE = "NOT_AVAILABLE", "Source not available"
    NOT_NEEDED = "NOT_NEEDED", "Not needed"
    UNSTATED = "UNSTATED", "Written before results were asked for"


# The source was looked into.
LOOKED = frozenset({StepResult.FOUND, StepResult.NOT_FOUND, StepResult.UNSTATED})
# The step of the checklist is done. A source that is not available stays to be looked into.
DONE = LOOKED | {StepResult.NOT_NEEDED}
# What a person can choose.
CHOSEN = [each for each in StepResult.choices if each[0] != StepResult.UNSTATED]


class AskState(models.TextChoices):
    """What became of a question to a connected system."""

    WAITING = "WAITING", "Asked"
    ANSWERED = "ANSWERED", "Answered, waits for a person"
    UNAVAILABLE = "UNAVAILABLE", "Not available: look by hand"
    CONFIRMED = "CONFIRMED", "Confirmed"
    DISCARDED = "DISCARDED", "Discarded"
