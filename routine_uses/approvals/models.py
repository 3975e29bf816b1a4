"""Approvals as tasks, their sealed papers, their one use, and who is Chief Privacy Officer."""

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q

from acrime.common.sealed import SealedBytesField
from routine_uses import choices
from routine_uses.approvals.choices import ApprovalKind, ApprovalState
from routine_uses.approvals.managers import ApprovalQuerySet

MOST_BYTES = 10 * 1024 * 1024
MEDIA_TYPES = ("application/pdf", "image/png", "image/jpeg", "image/tiff")
_SHA256 = r"^[0-9a-f]{64}$"


class ChiefDesignation(models.Model):
    """A privacy officer is the Chief Privacy Officer, for a while. One at a time."""

    person = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    designated_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+"
    )
    designated_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["ended_at"],
                condition=Q(ended_at=None),
                nulls_distinct=False,
                name="chiefdesignation_one",
            ),
            models.CheckConstraint(
                condition=~Q(person=F("designated_by")), name="chiefdesignation_not_by_oneself"
            ),
        ]

    def __str__(self) -> str:
        return f"designation {self.pk}"


class Approval(models.Model):
    """Somebody's word or paper that a disclosure needs, asked of a role and decided.

    It covers exactly the records, recipient, fields, ground and purpose named here. A
    trigger freezes what was asked from the start and the decision from its moment on; a
    grant that was not used may still be withdrawn.
    """

    number = models.CharField(max_length=24, unique=True)
    kind = models.CharField(max_length=24, choices=ApprovalKind.choices)
    question = models.CharField(max_length=300)
    clause = models.CharField(max_length=200)

    paragraph = models.CharField(max_length=8, choices=choices.Paragraph.choices)
    letter = models.CharField(max_length=2, blank=True)
    purpose_code = models.CharField(max_length=30, choices=choices.Purpose.choices)
    recipient = models.ForeignKey(
        "routine_uses.Recipient", on_delete=models.PROTECT, related_name="+"
    )
    fields = ArrayField(models.CharField(max_length=30, choices=choices.Field.choices))
    record_ids = ArrayField(models.BigIntegerField())
    record_numbers = ArrayField(models.CharField(max_length=24))
    mark = models.CharField(max_length=64, blank=True)
    scope_sha256 = models.CharField(max_length=64)

    reason = models.CharField(max_length=500)
    requested_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+"
    )
    requested_at = models.DateTimeField()
    expires_at = models.DateTimeField()

    state = models.CharField(
        max_length=10, choices=ApprovalState.choices, default=ApprovalState.WAITING
    )
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+"
    )
    decided_at = models.DateTimeField(null=True)
    decision_reason = models.CharField(max_length=500, blank=True)
    findings = models.JSONField(default=dict)
    withdrawn_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+"
    )
    withdrawn_at = models.DateTimeField(null=True)
    withdrawn_reason = models.CharField(max_length=500, blank=True)

    objects = ApprovalQuerySet.as_manager()

    class Meta:
        indexes = [
            models.Index(fields=["scope_sha256", "kind"], name="approval_scope"),
            models.Index(fields=["state", "kind", "requested_at"], name="approval_worklist"),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["scope_sha256", "kind"],
                condition=Q(state=ApprovalState.WAITING),
                name="approval_one_waiting",
            ),
            models.CheckConstraint(
                condition=Q(kind__in=ApprovalKind.values)
                & Q(purpose_code__in=choices.Purpose.values)
                & Q(paragraph__in=choices.ACCOUNTED),
                name="approval_known_codes",
            ),
            models.CheckConstraint(
                condition=Q(paragraph=choices.Paragraph.B3, letter__regex=r"^([A-Z]|[A-Z]{2})$")
                | (~Q(paragraph=choices.Paragraph.B3) & Q(letter="")),
                name="approval_letter_iff_routine_use",
            ),
            models.CheckConstraint(
                condition=Q(fields__len__gte=1) & Q(fields__contained_by=choices.Field.values),
                name="approval_known_fields",
            ),
            models.CheckConstraint(
                condition=Q(record_ids__len__gte=1) & Q(record_ids__len=F("record_numbers__len")),
                name="approval_records_named",
            ),
            models.CheckConstraint(
                condition=~Q(reason="") & ~Q(clause="") & ~Q(question=""),
                name="approval_says_what_for",
            ),
            models.CheckConstraint(
                condition=~Q(decided_by=F("requested_by")), name="approval_second_person"
            ),
            models.CheckConstraint(
                condition=Q(
                    state=ApprovalState.WAITING, decided_by=None, decided_at=None, withdrawn_by=None
                )
                | (
                    Q(
                        state__in=[ApprovalState.GRANTED, ApprovalState.REFUSED],
                        decided_by__isnull=False,
                        decided_at__isnull=False,
                        withdrawn_by=None,
                    )
                    & ~Q(decision_reason="")
                )
                | (
                    Q(
                        state=ApprovalState.WITHDRAWN,
                        withdrawn_by__isnull=False,
                        withdrawn_at__isnull=False,
                    )
                    & ~Q(withdrawn_reason="")
                ),
                name="approval_decided_by_whom_when_and_why",
            ),
            models.CheckConstraint(
                condition=Q(expires_at__gt=F("requested_at")) & Q(scope_sha256__regex=_SHA256),
                name="approval_expires_later",
            ),
        ]

    def __str__(self) -> str:
        return self.number


class ApprovedRecord(models.Model):
    """Which records an approval is about, one row each. Append-only, plain values."""

    approval = models.ForeignKey(Approval, on_delete=models.PROTECT, related_name="links")
    record_id = models.BigIntegerField()
    record_number = models.CharField(max_length=24)

    class Meta:
        indexes = [models.Index(fields=["record_id"], name="approvedrecord_record")]
        constraints = [
            models.UniqueConstraint(fields=["approval", "record_id"], name="approvedrecord_once")
        ]

    def __str__(self) -> str:
        return f"approved record {self.pk}"


class ApprovalDocument(models.Model):
    """A paper that an approval rests on, sealed. Added while it waits, and then never changed.

    ``sha256`` is that of the paper as it was uploaded; ``media_type`` was read from its
    contents, not from its name.
    """

    approval = models.ForeignKey(Approval, on_delete=models.PROTECT, related_name="documents")
    name = models.CharField(max_length=120)
    media_type = models.CharField(max_length=20)
    size = models.PositiveIntegerField()
    sha256 = models.CharField(max_length=64)
    content = SealedBytesField()
    uploaded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+"
    )
    uploaded_at = models.DateTimeField()

    class Meta:
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(fields=["approval", "sha256"], name="approvaldocument_once"),
            models.CheckConstraint(
                condition=Q(media_type__in=MEDIA_TYPES)
                & Q(size__gte=1)
                & Q(size__lte=MOST_BYTES)
                & Q(sha256__regex=_SHA256),
                name="approvaldocument_known_kind_and_size",
            ),
        ]

    def __str__(self) -> str:
        return f"paper {self.pk}"


class ApprovalUse(models.Model):
    """The one disclosure that an approval was used for. Append-only.

    A trigger refuses a use that the approval does not cover exactly.
    """

    approval = models.OneToOneField(Approval, on_delete=models.PROTECT, related_name="use")
    disclosure = models.ForeignKey(
        "routine_uses.Disclosure", on_delete=models.PROTECT, related_name="approval_uses"
    )

    def __str__(self) -> str:
        return f"use of approval {self.pk}"
