"""Responses as they left, and the copies on their way."""

from django.conf import settings
from django.db import models

from acrime.common.sealed import SealedTextField
from acrime.iar.choices import DeliveryState, Destination
from acrime.iar.querysets import ResponseQuerySet
from routine_uses.choices import DeliveryChannel


class StatusResponse(models.Model):
    """An immigration status response (IAR), frozen at its release.

    A trigger refuses any change of it. ``inside_only`` responses never leave ICE: another
    trigger refuses a copy for the requester. ``disclosure_number`` names the accounting;
    it is blank exactly where nothing left the agency.
    """

    record = models.OneToOneField(
        "acrime.Record", primary_key=True, on_delete=models.PROTECT, related_name="response"
    )
    query = models.OneToOneField(
        "acrime.StatusQuery", on_delete=models.PROTECT, related_name="response"
    )
    determination = models.OneToOneField(
        "acrime.Determination", on_delete=models.PROTECT, related_name="response"
    )
    text = SealedTextField()
    text_sha256 = models.CharField(max_length=64)
    inside_only = models.BooleanField()
    field_office = models.ForeignKey(
        "accounts.Office", on_delete=models.PROTECT, related_name="responses"
    )
    disclosure_number = models.CharField(max_length=24, blank=True)
    released_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+"
    )
    released_at = models.DateTimeField()

    objects = ResponseQuerySet.as_manager()

    class Meta:
        app_label = "acrime"
        db_table = "iar_response"
        indexes = [
            models.Index(fields=["field_office", "-released_at"], name="iar_response_office")
        ]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(inside_only=True, disclosure_number="")
                | (models.Q(inside_only=False) & ~models.Q(disclosure_number="")),
                name="response_accounted_iff_it_leaves",
            )
        ]

    def __str__(self) -> str:
        return f"response {self.pk}"


class Delivery(models.Model):
    """One copy of a response on its way. ``key`` makes a repeated attempt harmless."""

    response = models.ForeignKey(
        StatusResponse, on_delete=models.PROTECT, related_name="deliveries"
    )
    destination = models.CharField(max_length=15, choices=Destination.choices)
    addressee = models.CharField(max_length=200)
    channel = models.CharField(max_length=5, choices=DeliveryChannel.choices)
    target = models.CharField(max_length=200)
    key = models.CharField(max_length=60, unique=True)
    state = models.CharField(
        max_length=10, choices=DeliveryState.choices, default=DeliveryState.QUEUED
    )
    attempts = models.PositiveIntegerField(default=0)
    last_error = models.CharField(max_length=60, blank=True)
    sent_at = models.DateTimeField(null=True)
    delivered_at = models.DateTimeField(null=True)
    failed_at = models.DateTimeField(null=True)

    class Meta:
        app_label = "acrime"
        db_table = "iar_delivery"
        ordering = ["destination"]
        constraints = [
            models.UniqueConstraint(
                fields=["response", "destination"], name="delivery_one_for_each_destination"
            ),
            models.CheckConstraint(
                condition=(
                    models.Q(state=DeliveryState.DELIVERED, delivered_at__isnull=False)
                    | (
                        ~models.Q(state=DeliveryState.DELIVERED)
                        & models.Q(delivered_at__isnull=True)
                    )
                ),
                name="delivery_delivered_when",
            ),
        ]

    def __str__(self) -> str:
        return f"delivery {self.pk}"
