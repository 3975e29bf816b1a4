"""The directory: whom something may be sent to, and what was agreed with them."""

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q

from routine_uses import choices

ORI = r"^[A-Z0-9]{9}$"
# HTTPS outside; plain HTTP only to this machine.
HTTP_TARGET = r"^(https://|http://(127\.0\.0\.1|localhost)(:\d+)?/)"
MAIL_TARGET = r"^[A-Za-z0-9._+-]+@[A-Za-z0-9.-]+\.[A-Za-z]{2,}$"
SPOOL_TARGET = r"^[a-z0-9][a-z0-9-]*$"


class Recipient(models.Model):
    """Whom something may be sent to. Name and address are what 552a(c)(1) asks.

    ``inside_dhs`` marks offices of the agency itself: a copy to them is no disclosure.
    """

    name = models.CharField(max_length=200)
    type = models.CharField(max_length=20, choices=choices.RecipientType.choices)
    agency_tag = models.CharField(
        max_length=24, choices=choices.AgencyTag.choices, blank=True, default=""
    )
    address_lines = ArrayField(models.CharField(max_length=100))
    ori = models.CharField(max_length=9, blank=True, default="")
    jurisdiction = models.CharField(max_length=120, blank=True, default="")
    phone = models.CharField(max_length=40, blank=True, default="")
    is_bail_bond = models.BooleanField(default=False)
    inside_dhs = models.BooleanField(default=False)
    delivery_channel = models.CharField(
        max_length=5,
        choices=choices.DeliveryChannel.choices,
        default=choices.DeliveryChannel.NONE,
    )
    delivery_target = models.CharField(max_length=200, blank=True, default="")
    is_active = models.BooleanField(default=True)
    added_at = models.DateTimeField()

    class Meta:
        ordering = ["name"]
        constraints = [
            models.UniqueConstraint(
                fields=["ori"], condition=~Q(ori=""), name="recipient_ori_once"
            ),
            models.CheckConstraint(
                condition=Q(ori="") | Q(ori__regex=ORI), name="recipient_ori_shape"
            ),
            models.CheckConstraint(condition=~Q(name=""), name="recipient_named"),
            models.CheckConstraint(
                condition=Q(address_lines__len__gte=1), name="recipient_has_address"
            ),
            models.CheckConstraint(
                condition=Q(type__in=choices.RecipientType.values), name="recipient_known_type"
            ),
            models.CheckConstraint(
                condition=Q(agency_tag__in=["", *choices.AgencyTag.values]),
                name="recipient_known_tag",
            ),
            models.CheckConstraint(
                condition=Q(delivery_channel=choices.DeliveryChannel.NONE, delivery_target="")
                | Q(
                    delivery_channel=choices.DeliveryChannel.SPOOL,
                    delivery_target__regex=SPOOL_TARGET,
                )
                | Q(
                    delivery_channel=choices.DeliveryChannel.HTTP,
                    delivery_target__regex=HTTP_TARGET,
                )
                | Q(
                    delivery_channel=choices.DeliveryChannel.MAIL,
                    delivery_target__regex=MAIL_TARGET,
                ),
                name="recipient_delivery_target",
            ),
        ]

    def __str__(self) -> str:
        return f"recipient {self.pk}"


class Agreement(models.Model):
    """An agreement with a recipient: what it covers, and how long.

    ``letters`` are the routine uses that it serves; ``ends_on`` is its last day, in
    Washington, or empty where it runs until somebody ends it.
    """

    recipient = models.ForeignKey(Recipient, on_delete=models.PROTECT, related_name="agreements")
    kind = models.CharField(max_length=12, choices=choices.AgreementKind.choices)
    reference = models.CharField(max_length=80)
    scope = models.CharField(max_length=500)
    letters = ArrayField(models.CharField(max_length=2))
    starts_on = models.DateField()
    ends_on = models.DateField(null=True)
    added_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+"
    )
    added_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)
    ended_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+"
    )
    ended_reason = models.CharField(max_length=300, blank=True, default="")

    class Meta:
        ordering = ["-starts_on", "-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["recipient", "reference"], name="agreement_reference_once"
            ),
            models.CheckConstraint(
                condition=Q(kind__in=choices.AgreementKind.values), name="agreement_known_kind"
            ),
            models.CheckConstraint(
                condition=~Q(reference="") & ~Q(scope="") & Q(letters__len__gte=1),
                name="agreement_says_what_it_covers",
            ),
            models.CheckConstraint(
                condition=Q(ends_on__isnull=True) | Q(ends_on__gte=models.F("starts_on")),
                name="agreement_ends_after_it_starts",
            ),
            models.CheckConstraint(
                condition=Q(ended_at__isnull=True, ended_by__isnull=True, ended_reason="")
                | (Q(ended_at__isnull=False, ended_by__isnull=False) & ~Q(ended_reason="")),
                name="agreement_ended_by_whom_and_why",
            ),
        ]

    def __str__(self) -> str:
        return f"agreement {self.pk}"


class ContactVerification(models.Model):
    """Somebody made sure that a recipient is reached where the directory says. Written once."""

    recipient = models.ForeignKey(Recipient, on_delete=models.PROTECT, related_name="verifications")
    method = models.CharField(max_length=12, choices=choices.VerificationMethod.choices)
    note = models.CharField(max_length=300, blank=True, default="")
    verified_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+"
    )
    verified_at = models.DateTimeField()

    class Meta:
        ordering = ["-verified_at", "-pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(method__in=choices.VerificationMethod.values),
                name="contactverification_known_method",
            ),
        ]

    def __str__(self) -> str:
        return f"contact verification {self.pk}"
