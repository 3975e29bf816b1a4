"""Responses as they left, and the copies on their way."""

from django.conf import settings
from django.db import models

from acrime.common.sealed import SealedTextField
from acrime.iar.choices import AmendReason, DeliveryState, Destination, ProofKind
from acrime.iar.querysets import ResponseQuerySet
from routine_uses.choices import DeliveryChannel


class StatusResponse(models.Model):
    """An immigration status response (IAR), frozen at its release.

    A trigger refuses any change of it. ``inside_only`` responses never leave ICE: another
    trigger refuses a copy for the requester. ``disclosure_number`` names the accounting;
    it is blank exactly where nothing left the agency.

    A query has one first response, and each response at most one that amends it: the last one
    of that row is the current one. A trigger holds that an amending response answers the same
    query.
    """

    record = models.OneToOneField(
        "acrime.Record", primary_key=True, on_delete=models.PROTECT, related_name="response"
    )
    query = models.ForeignKey(
        "acrime.StatusQuery", on_delete=models.PROTECT, related_name="responses"
    )
    amends = models.OneToOneField(
        "self", null=True, on_delete=models.PROTECT, related_name="amended_by"
    )
    amend_reason = models.CharField(max_length=20, choices=AmendReason.choices, blank=True)
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
            ),
            models.UniqueConstraint(
                fields=["query"], condition=models.Q(amends__isnull=True), name="response_one_first"
            ),
            models.CheckConstraint(
                condition=models.Q(amends__isnull=True, amend_reason="")
                | models.Q(amends__isnull=False, amend_reason__in=AmendReason.values),
                name="response_amends_with_reason",
            ),
        ]

    def __str__(self) -> str:
        return f"response {self.pk}"


class Delivery(models.Model):
    """One copy of a response on its way. ``key`` makes a repeated attempt harmless.

    ``closed_reason`` says why a failed copy was given up, or how it was delivered otherwise.
    """

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
    closed_reason = SealedTextField(null=True)
    closed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+"
    )
    closed_at = models.DateTimeField(null=True)

    class Meta:
        app_label = "acrime"
        db_table = "iar_delivery"
        ordering = ["destination"]
        indexes = [
            # What a person must look at is little beside all that arrived.
            models.Index(
                fields=["state", "failed_at", "sent_at"],
                condition=models.Q(state__in=["FAILED", "SENT", "QUEUED"]),
                name="iar_delivery_desk",
            )
        ]
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
            models.CheckConstraint(
                condition=models.Q(state__in=DeliveryState.values), name="delivery_known_state"
            ),
            models.CheckConstraint(
                condition=~models.Q(state=DeliveryState.GIVEN_UP)
                | models.Q(closed_by__isnull=False, closed_at__isnull=False),
                name="delivery_given_up_by_whom",
            ),
        ]

    def __str__(self) -> str:
        return f"delivery {self.pk}"


class DeliveryProof(models.Model):
    """How it is known that a copy arrived. A trigger refuses any change of it.

    ``detail`` is what the receiver said, or the words of whoever delivered it otherwise.
    """

    delivery = models.ForeignKey(Delivery, on_delete=models.PROTECT, related_name="proofs")
    kind = models.CharField(max_length=16, choices=ProofKind.choices)
    detail = SealedTextField()
    reply = models.ForeignKey(
        "acrime.InboundReply", null=True, on_delete=models.PROTECT, related_name="proofs"
    )
    recorded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+"
    )
    recorded_at = models.DateTimeField()

    class Meta:
        app_label = "acrime"
        db_table = "iar_delivery_proof"
        ordering = ["recorded_at", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(kind__in=ProofKind.values), name="proof_known_kind"
            ),
            models.UniqueConstraint(
                fields=["delivery", "reply"],
                condition=models.Q(reply__isnull=False),
                name="proof_of_a_reply_once",
            ),
        ]

    def __str__(self) -> str:
        return f"proof {self.pk}"
