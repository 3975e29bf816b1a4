"""Codes of responses and deliveries."""

from django.db import models


class Destination(models.TextChoices):
    """To whom a copy goes."""

    REQUESTER = "REQUESTER", "Requesting agency"
    FIELD_OFFICE = "FIELD_OFFICE", "Responsible field office"


class DeliveryState(models.TextChoices):
    """Where a copy stands."""

    QUEUED = "QUEUED", "Queued"
    SENT = "SENT", "Sent, not confirmed"
    DELIVERED = "DELIVERED", "Delivered"
    FAILED = "FAILED", "Failed"
