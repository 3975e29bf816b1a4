"""The append-only accounting of disclosures, and by name every model of the room."""

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.db.models.functions import Now

from routine_uses import choices
from routine_uses.accounts_of.models import DisclosedSubject, SubjectCopy, Supersession
from routine_uses.approvals.models import (
    Approval,
    ApprovalDocument,
    ApprovalUse,
    ApprovedRecord,
    ChiefDesignation,
)
from routine_uses.corrections.models import CorrectionCase, CorrectionLetter
from routine_uses.directory.models import Agreement, ContactVerification, Recipient
from routine_uses.managers import DisclosureQuerySet
from routine_uses.repeating.models import (
    NAMES_ITS_SERIES_WHOLE,
    DisclosureSeries,
    UnderSeries,
)
from routine_uses.versions.models import (
    LETTER,
    SHA256,
    Notice,
    NoticeProposal,
    NoticeVersion,
    OfficialClause,
    OfficialText,
    RecordCategory,
    RetentionItem,
    RoutineUse,
)
from routine_uses.wizard.models import DisclosureDraft, RefusalReview

__all__ = [
    "Agreement",
    "Approval",
    "ApprovalDocument",
    "ApprovalUse",
    "ApprovedRecord",
    "ChiefDesignation",
    "ContactVerification",
    "CorrectionCase",
    "CorrectionLetter",
    "DisclosedRecordLink",
    "DisclosedSubject",
    "Disclosure",
    "DisclosureDraft",
    "DisclosureSeries",
    "Notice",
    "NoticeProposal",
    "NoticeVersion",
    "OfficialClause",
    "OfficialText",
    "Recipient",
    "RecordCategory",
    "RefusalReview",
    "RetentionItem",
    "RoutineUse",
    "SubjectCopy",
    "Supersession",
]


class Disclosure(UnderSeries):
    """One disclosure, accounted under 5 U.S.C. 552a(c)(1).

    Append-only: a trigger refuses UPDATE, DELETE and TRUNCATE. What the accounting
    must still say when recipients, people or records have changed is copied as plain
    values. Made only by ``routine_uses.actions.disclose``.
    """

    number = models.CharField(max_length=24, unique=True)
    disclosed_at = models.DateTimeField()
    written_at = models.DateTimeField(db_default=Now())
    nature = models.CharField(max_length=300)
    purpose_code = models.CharField(max_length=30, choices=choices.Purpose.choices)
    purpose = models.CharField(max_length=300)
    method = models.CharField(max_length=12, choices=choices.Method.choices)
    fields = ArrayField(models.CharField(max_length=30, choices=choices.Field.choices))

    recipient = models.ForeignKey(Recipient, on_delete=models.PROTECT, related_name="+")
    recipient_name = models.CharField(max_length=200)
    recipient_address = models.TextField()
    recipient_type = models.CharField(max_length=20, choices=choices.RecipientType.choices)

    paragraph = models.CharField(max_length=8, choices=choices.Paragraph.choices)
    letter = models.CharField(max_length=2, blank=True)
    computed_letter = models.CharField(max_length=2, blank=True)
    override_reason = models.CharField(max_length=500, blank=True)
    clause = models.CharField(max_length=200)
    conditions = models.JSONField(default=dict)
    notice_version = models.ForeignKey(NoticeVersion, on_delete=models.PROTECT, related_name="+")

    program = models.CharField(max_length=15, blank=True)
    protections = ArrayField(models.CharField(max_length=10), default=list)
    disputed = models.BooleanField(default=False)
    statement = models.TextField(blank=True)
    # The words of that day: each with code, title, clause, text and version.
    terms = models.JSONField(default=list)

    discloser = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+"
    )
    discloser_name = models.CharField(max_length=150)
    discloser_title = models.CharField(max_length=100, blank=True)
    discloser_office = models.CharField(max_length=120, blank=True)
    accuracy_checked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+"
    )
    accuracy_checked_by_name = models.CharField(max_length=150, blank=True)
    channel = models.CharField(max_length=10)

    record_ids = ArrayField(models.BigIntegerField())
    record_numbers = ArrayField(models.CharField(max_length=24))

    supersedes = models.OneToOneField(
        "self", null=True, on_delete=models.PROTECT, related_name="superseded_by"
    )
    superseding_reason = models.CharField(max_length=500, blank=True, default="")

    verification_code = models.CharField(max_length=19)
    facts_sha256 = models.CharField(max_length=64)
    document = models.BinaryField()
    document_sha256 = models.CharField(max_length=64)
    # Empty where the document is from before there were seals.
    unsealed_sha256 = models.CharField(max_length=64, blank=True, default="")
    certificate_sha256 = models.CharField(max_length=64, blank=True, default="")

    objects = DisclosureQuerySet.as_manager()

    class Meta:
        indexes = [
            models.Index(fields=["-disclosed_at", "-id"], name="disclosure_newest"),
            models.Index(fields=["recipient", "-disclosed_at"], name="disclosure_recipient"),
            models.Index(fields=["document_sha256"], name="disclosure_document"),
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(paragraph__in=choices.ACCOUNTED),
                name="disclosure_accounted_paragraph",
            ),
            models.CheckConstraint(
                condition=Q(paragraph=choices.Paragraph.B3, letter__regex=LETTER)
                | (~Q(paragraph=choices.Paragraph.B3) & Q(letter="")),
                name="disclosure_letter_iff_routine_use",
            ),
            models.CheckConstraint(
                condition=Q(letter=models.F("computed_letter")) | ~Q(override_reason=""),
                name="disclosure_override_has_reason",
            ),
            models.CheckConstraint(
                condition=Q(fields__len__gte=1) & Q(fields__contained_by=choices.Field.values),
                name="disclosure_known_fields",
            ),
            models.CheckConstraint(
                condition=Q(record_ids__len__gte=1)
                & Q(record_ids__len=models.F("record_numbers__len")),
                name="disclosure_records_named",
            ),
            models.CheckConstraint(
                condition=Q(purpose_code__in=choices.Purpose.values)
                & Q(method__in=choices.Method.values),
                name="disclosure_known_codes",
            ),
            # Any recipient that is no federal agency: (e)(6), by a named person.
            models.CheckConstraint(
                condition=Q(recipient_type=choices.RecipientType.FEDERAL)
                | ~Q(accuracy_checked_by_name=""),
                name="disclosure_accuracy_checked",
            ),
            models.CheckConstraint(
                condition=Q(disputed=False) | ~Q(statement=""),
                name="disclosure_disputed_with_statement",
            ),
            models.CheckConstraint(
                condition=~Q(nature="")
                & ~Q(purpose="")
                & ~Q(recipient_name="")
                & ~Q(recipient_address="")
                & ~Q(clause="")
                & ~Q(discloser_name=""),
                name="disclosure_accounting_complete",
            ),
            models.CheckConstraint(
                condition=Q(facts_sha256__regex=SHA256) & Q(document_sha256__regex=SHA256),
                name="disclosure_sha256",
            ),
            models.CheckConstraint(
                condition=Q(supersedes__isnull=True, superseding_reason="")
                | (Q(supersedes__isnull=False) & ~Q(superseding_reason="")),
                name="disclosure_supersedes_with_reason",
            ),
            models.CheckConstraint(
                condition=~Q(supersedes=models.F("id")), name="disclosure_supersedes_another"
            ),
            models.CheckConstraint(
                condition=Q(unsealed_sha256="", certificate_sha256="")
                | Q(unsealed_sha256__regex=SHA256, certificate_sha256__regex=SHA256),
                name="disclosure_sealed_whole",
            ),
            NAMES_ITS_SERIES_WHOLE,
        ]

    def __str__(self) -> str:
        return self.number


class DisclosedRecordLink(models.Model):
    """Which records a disclosure took from, one row each. Append-only.

    The record is a plain value: the accounting outlives it. ``made_by_it`` marks one that
    the disclosure itself made, such as the response that left.
    """

    disclosure = models.ForeignKey(Disclosure, on_delete=models.PROTECT, related_name="links")
    record_id = models.BigIntegerField()
    record_number = models.CharField(max_length=24)
    made_by_it = models.BooleanField(default=False)

    class Meta:
        indexes = [models.Index(fields=["record_id"], name="disclosedrecord_record")]
        constraints = [
            models.UniqueConstraint(fields=["disclosure", "record_id"], name="disclosedrecord_once")
        ]

    def __str__(self) -> str:
        return f"disclosed record {self.pk}"
