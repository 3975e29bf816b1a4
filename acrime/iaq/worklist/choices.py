"""Codes of the worklist."""

from django.db import models


class ItemKind(models.TextChoices):
    """Why somebody is told of a query."""

    ASSIGNED = "ASSIGNED", "Given to you"
    DUE_SOON = "DUE_SOON", "A quarter of the time is left"
    LATE = "LATE", "The answer is late"


# Told by the clock, once for each due time.
OF_THE_CLOCK = frozenset({ItemKind.DUE_SOON, ItemKind.LATE})


class Due(models.TextChoices):
    """How the due time of a query lies to now."""

    LATE = "late", "Late"
    WARNED = "warned", "A quarter of the time left, or less"
    HOUR = "hour", "Within an hour"
    LATER = "later", "In more than an hour"


class Custody(models.TextChoices):
    """Whether the person is held, as the query says."""

    YES = "yes", "In custody"
    NO = "no", "Not in custody"
    UNKNOWN = "unknown", "Not stated"


class LevelShown(models.TextChoices):
    """What a query can be filtered by as its level."""

    ONE = "1", "Level 1"
    TWO = "2", "Level 2"
    THREE = "3", "Level 3"
    TO_PLACE = "place", "To be placed by a person"
    NONE = "none", "No offense given"
