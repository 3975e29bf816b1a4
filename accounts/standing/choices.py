"""Codes of standing."""

from django.db import models


class Audience(models.TextChoices):
    """Who needs a course."""

    EVERYONE = "EVERYONE", "Every person"
    NCIC = "NCIC", "People who use NCIC"


class RequestKind(models.TextChoices):
    """What a request asks for."""

    GRANT = "GRANT", "Grant"
    REMOVE = "REMOVE", "Remove"


class RequestState(models.TextChoices):
    """Where a request stands."""

    WAITING = "WAITING", "Waiting"
    APPROVED = "APPROVED", "Approved"
    REFUSED = "REFUSED", "Refused"
    WITHDRAWN = "WITHDRAWN", "Withdrawn"


class ReviewDecision(models.TextChoices):
    """What a review said about one grant."""

    WAITING = "WAITING", "Not yet reviewed"
    KEEP = "KEEP", "Keep"
    REMOVE = "REMOVE", "Remove"
    NOT_REVIEWED = "NOT_REVIEWED", "Ended: nobody reviewed it"
    ENDED_BEFORE = "ENDED_BEFORE", "Ended before it was reviewed"
