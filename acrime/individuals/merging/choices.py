"""Codes of merges."""

from django.db import models


class MergeState(models.TextChoices):
    """How far a merge is."""

    PROPOSED = "PROPOSED", "Waits for a second person"
    REFUSED = "REFUSED", "Refused"
    MERGED = "MERGED", "Merged"
    UNDO_PROPOSED = "UNDO_PROPOSED", "Merged; undoing waits for a second person"
    UNDONE = "UNDONE", "Undone"


OPEN = (MergeState.PROPOSED, MergeState.UNDO_PROPOSED)
"""States in which a second person decides."""

IN_FORCE = (MergeState.MERGED, MergeState.UNDO_PROPOSED)
"""States in which the two records are one."""
