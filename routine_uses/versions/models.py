"""The notice as versioned data: categories, routine uses, retention items, its official text."""

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q

from routine_uses import choices

LETTER = r"^([A-Z]|[A-Z]{2})$"
SHA256 = r"^[0-9a-f]{64}$"


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
