"""Notices as versioned data, recipients, and the append-only accounting of disclosures."""

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
from routine_uses.managers import DisclosureQuerySet
from routine_uses.repeating.models import (
    NAMES_ITS_SERIES_WHOLE,
    DisclosureSeries,
    UnderSeries,
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

LETTER = r"^([A-Z]|[A-Z]{2})$"
ORI = r"^[A-Z0-9]{9}$"
SHA256 = r"^[0-9a-f]{64}$"
# HTTPS outside; plain HTTP only to this machine.
HTTP_TARGET = r"^(https://|http://(127\.0\.0\.1|localhost)(:\d+)?/)"
MAIL_TARGET = r"^[A-Za-z0-9._+-]+@[A-Za-z0-9.-]+\.[A-Za-z]{2,}$"
SPOOL_TARGET = r"^[a-z0-9][a-z0-9-]*$"


# region: the notice
class Notice(models.Model):
    """A system of records notice, through all its versions."""

    system_number = models.CharField(max_length=30, unique=True)
    name = models.CharField(max_length=200)

    def __str__(self) -> str:
        return self.system_number


class NoticeVersion(models.Model):
    """One published version of a notice, loaded from a file in our own words.

    ``in_force_from`` and ``superseded_at`` say when this portal works by it. What
    nothing refers to (purposes, authorities, categories of individuals, exemptions,
    errata, notes) lies in ``document`` as loaded. An outline tells only what a later
    version says of this one: it has no rules and can never be in force.
    """

    notice = models.ForeignKey(Notice, on_delete=models.PROTECT, related_name="versions")
    label = models.CharField(max_length=20)
    citation = models.CharField(max_length=60)
    published_date = models.DateField()
    effective_date = models.DateField(null=True)
    is_outline = models.BooleanField(default=False)
    in_force_from = models.DateTimeField(null=True)
    superseded_at = models.DateTimeField(null=True)
    source_sha256 = models.CharField(max_length=64, unique=True)
    loaded_at = models.DateTimeField()
    document = models.JSONField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["notice", "label"], name="noticeversion_label"),
            models.UniqueConstraint(
                fields=["notice"],
                condition=Q(in_force_from__isnull=False, superseded_at__isnull=True),
                name="noticeversion_one_in_force",
            ),
            models.CheckConstraint(
                condition=Q(superseded_at__isnull=True)
                | Q(superseded_at__gt=models.F("in_force_from")),
                name="noticeversion_superseded_after_force",
            ),
            models.CheckConstraint(
                condition=Q(effective_date__gte=models.F("published_date")),
                name="noticeversion_published_first",
            ),
            models.CheckConstraint(
                condition=Q(source_sha256__regex=SHA256), name="noticeversion_sha256"
            ),
            models.CheckConstraint(
                condition=Q(
                    is_outline=True, effective_date__isnull=True, in_force_from__isnull=True
                )
                | Q(is_outline=False, effective_date__isnull=False),
                name="noticeversion_outline_never_in_force",
            ),
        ]

    def __str__(self) -> str:
        return f"notice version {self.label}"


class NoticeProposal(models.Model):
    """The wish of one privacy officer to put a version in force, and another's decision.

    ``replaces`` is the version that was in force when the difference was looked at; if
    it is another one by then, the decision would be about something nobody saw.
    """

    version = models.ForeignKey(NoticeVersion, on_delete=models.PROTECT, related_name="proposals")
    replaces = models.ForeignKey(
        NoticeVersion, null=True, on_delete=models.PROTECT, related_name="+"
    )
    proposed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+"
    )
    proposed_at = models.DateTimeField()
    reason = models.CharField(max_length=500)
    outcome = models.CharField(
        max_length=10,
        choices=choices.ProposalOutcome.choices,
        default=choices.ProposalOutcome.OPEN,
    )
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+"
    )
    decided_at = models.DateTimeField(null=True)
    comment = models.CharField(max_length=500, blank=True, default="")

    class Meta:
        ordering = ["-proposed_at", "-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["version"],
                condition=Q(outcome=choices.ProposalOutcome.OPEN),
                name="noticeproposal_one_open",
            ),
            models.CheckConstraint(
                condition=Q(outcome__in=choices.ProposalOutcome.values),
                name="noticeproposal_known_outcome",
            ),
            models.CheckConstraint(
                condition=Q(
                    outcome=choices.ProposalOutcome.OPEN,
                    decided_by__isnull=True,
                    decided_at__isnull=True,
                )
                | (
                    ~Q(outcome=choices.ProposalOutcome.OPEN)
                    & Q(decided_by__isnull=False, decided_at__isnull=False)
                ),
                name="noticeproposal_decided_by_whom_and_when",
            ),
            # Nobody decides on the own proposal; withdrawing it is the proposer's own act.
            models.CheckConstraint(
                condition=Q(decided_by__isnull=True)
                | Q(
                    outcome=choices.ProposalOutcome.WITHDRAWN,
                    decided_by=models.F("proposed_by"),
                )
                | (
                    Q(
                        outcome__in=[
                            choices.ProposalOutcome.IN_FORCE,
                            choices.ProposalOutcome.REFUSED,
                        ]
                    )
                    & ~Q(decided_by=models.F("proposed_by"))
                ),
                name="noticeproposal_second_person",
            ),
            models.CheckConstraint(condition=~Q(reason=""), name="noticeproposal_has_reason"),
        ]

    def __str__(self) -> str:
        return f"notice proposal {self.pk}"


class OfficialText(models.Model):
    """An official text that was attached to a version; the latest one is quoted."""

    version = models.ForeignKey(
        NoticeVersion, on_delete=models.PROTECT, related_name="official_texts"
    )
    sha256 = models.CharField(max_length=64)
    attached_at = models.DateTimeField()
    attached_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+"
    )

    class Meta:
        ordering = ["-pk"]
        constraints = [
            models.UniqueConstraint(fields=["version", "sha256"], name="officialtext_once"),
            models.CheckConstraint(condition=Q(sha256__regex=SHA256), name="officialtext_sha256"),
        ]

    def __str__(self) -> str:
        return f"official text {self.pk}"


class OfficialClause(models.Model):
    """One routine use in the words of an official text."""

    official_text = models.ForeignKey(
        OfficialText, on_delete=models.PROTECT, related_name="clauses"
    )
    letter = models.CharField(max_length=2)
    words = models.TextField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["official_text", "letter"], name="officialclause_letter_once"
            ),
            models.CheckConstraint(condition=Q(letter__regex=LETTER), name="officialclause_letter"),
            models.CheckConstraint(condition=~Q(words=""), name="officialclause_has_words"),
        ]

    def __str__(self) -> str:
        return f"official clause {self.letter}"


class RecordCategory(models.Model):
    """A category of records that the notice lists, by its number."""

    version = models.ForeignKey(
        NoticeVersion, on_delete=models.PROTECT, related_name="record_categories"
    )
    number = models.PositiveSmallIntegerField()
    text = models.TextField()

    class Meta:
        ordering = ["number"]
        constraints = [
            models.UniqueConstraint(fields=["version", "number"], name="recordcategory_once"),
            models.CheckConstraint(condition=Q(number__gte=1), name="recordcategory_from_one"),
        ]

    def __str__(self) -> str:
        return f"record category {self.number}"


class RoutineUse(models.Model):
    """One routine use: to whom, for what, and under which conditions.

    ``position`` keeps the notice's order (A to Z, then AA). ``recipient_tags`` narrows
    the recipients to bodies that the clause names; empty means any of the types.
    ``conditions`` are ``{key, question, kind, answer, accepted}``; ``only_fields``
    empty means any field.
    """

    version = models.ForeignKey(
        NoticeVersion, on_delete=models.PROTECT, related_name="routine_uses"
    )
    position = models.PositiveSmallIntegerField()
    letter = models.CharField(max_length=2)
    title = models.CharField(max_length=120)
    summary = models.TextField()
    recipients = ArrayField(models.CharField(max_length=20, choices=choices.RecipientType.choices))
    recipient_tags = ArrayField(
        models.CharField(max_length=24, choices=choices.AgencyTag.choices), default=list
    )
    excluded_recipients = ArrayField(
        models.CharField(max_length=20, choices=choices.Exclusion.choices), default=list
    )
    purposes = ArrayField(models.CharField(max_length=30, choices=choices.Purpose.choices))
    conditions = models.JSONField(default=list)
    only_fields = ArrayField(
        models.CharField(max_length=30, choices=choices.Field.choices), default=list
    )
    is_new = models.BooleanField(default=False)
    citation = models.CharField(max_length=120)

    class Meta:
        ordering = ["position"]
        constraints = [
            models.UniqueConstraint(fields=["version", "letter"], name="routineuse_letter_once"),
            models.UniqueConstraint(
                fields=["version", "position"], name="routineuse_position_once"
            ),
            models.CheckConstraint(condition=Q(letter__regex=LETTER), name="routineuse_letter"),
            models.CheckConstraint(
                condition=Q(recipients__len__gte=1)
                & Q(recipients__contained_by=choices.RecipientType.values),
                name="routineuse_known_recipients",
            ),
            models.CheckConstraint(
                condition=Q(recipient_tags__contained_by=choices.AgencyTag.values)
                & Q(excluded_recipients__contained_by=choices.Exclusion.values),
                name="routineuse_known_tags",
            ),
            models.CheckConstraint(
                condition=Q(purposes__len__gte=1)
                & Q(purposes__contained_by=choices.Purpose.values),
                name="routineuse_known_purposes",
            ),
            models.CheckConstraint(
                condition=Q(only_fields__contained_by=choices.Field.values),
                name="routineuse_known_fields",
            ),
            models.CheckConstraint(condition=~Q(citation=""), name="routineuse_cited"),
        ]

    def __str__(self) -> str:
        return f"routine use {self.letter}"


class RetentionItem(models.Model):
    """One retention rule: of a notice, or of what the portal itself makes.

    ``version`` is empty exactly where ``edition`` names the list of the portal's own records.
    ``kinds`` are codes of the kinds of records it may cover; none of this portal's where empty.
    ``years`` is empty where the period is that of the record it follows up, where nobody has
    scheduled the records yet, or where they are kept for good. ``doubt`` says what nobody has
    confirmed. ``authority_status`` is what the source says of itself; what was approved since
    stands with the authorities. An item that is only proposed lets nothing be destroyed.
    """

    version = models.ForeignKey(
        NoticeVersion, null=True, on_delete=models.PROTECT, related_name="retention_items"
    )
    edition = models.CharField(max_length=20, blank=True, default="", db_default="")
    position = models.PositiveSmallIntegerField()
    code = models.CharField(max_length=24)
    title = models.CharField(max_length=120)
    kinds = ArrayField(models.CharField(max_length=10), default=list, db_default=[])
    years = models.PositiveSmallIntegerField(null=True)
    trigger = models.CharField(max_length=20, choices=choices.Trigger.choices)
    cutoff_rule = models.CharField(
        max_length=13,
        choices=choices.CutoffRule.choices,
        default=choices.CutoffRule.NONE,
        db_default=choices.CutoffRule.NONE.value,
    )
    action = models.CharField(
        max_length=9,
        choices=choices.Disposal.choices,
        default=choices.Disposal.DESTROY,
        db_default=choices.Disposal.DESTROY.value,
    )
    authority_status = models.CharField(
        max_length=12,
        choices=choices.AuthorityStatus.choices,
        default=choices.AuthorityStatus.PROPOSED,
    )
    authority_number = models.CharField(max_length=40, blank=True)
    text = models.TextField()
    doubt = models.TextField(blank=True, default="", db_default="")
    citation = models.CharField(max_length=120)

    class Meta:
        ordering = ["position"]
        constraints = [
            models.UniqueConstraint(fields=["version", "code"], name="retentionitem_code_once"),
            models.UniqueConstraint(
                fields=["edition", "code"],
                condition=Q(version__isnull=True),
                name="retentionitem_own_code_once",
            ),
            models.CheckConstraint(
                condition=Q(version__isnull=False, edition="")
                | (Q(version__isnull=True) & ~Q(edition="")),
                name="retentionitem_of_a_notice_or_own",
            ),
            models.CheckConstraint(
                condition=Q(trigger__in=choices.Trigger.values),
                name="retentionitem_known_trigger",
            ),
            models.CheckConstraint(
                condition=Q(cutoff_rule__in=choices.CutoffRule.values)
                & Q(action__in=choices.Disposal.values),
                name="retentionitem_known_cutoff_and_action",
            ),
            models.CheckConstraint(
                condition=Q(authority_status__in=choices.AuthorityStatus.values),
                name="retentionitem_known_status",
            ),
            models.CheckConstraint(
                condition=Q(trigger=choices.Trigger.AS_PARENT, years__isnull=True)
                | Q(trigger=choices.Trigger.UNSTATED, years__isnull=True, version__isnull=True)
                | Q(action=choices.Disposal.PERMANENT, years__isnull=True)
                | (~Q(trigger=choices.Trigger.AS_PARENT) & Q(years__gte=1)),
                name="retentionitem_years_or_parent",
            ),
            models.CheckConstraint(
                condition=~Q(authority_status=choices.AuthorityStatus.APPROVED)
                | ~Q(authority_number=""),
                name="retentionitem_approved_by_number",
            ),
        ]

    def __str__(self) -> str:
        return f"retention item {self.code}"


# endregion


# region: recipients
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


# endregion


# region: the accounting
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


# endregion
