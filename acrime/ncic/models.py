"""Records entered into NCIC, the papers that they rest on, and what was done in NCIC."""

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from acrime.common.sealed import SealedBytesField, SealedTextField
from acrime.ncic import choices
from acrime.ncic.policy import NIC_FORM, ORI_FORM
from acrime.ncic.querysets import EntryQuerySet

_USER = settings.AUTH_USER_MODEL


def _by() -> "models.ForeignKey[object, object]":
    return models.ForeignKey(_USER, null=True, on_delete=models.PROTECT, related_name="+")


class NcicEntry(models.Model):
    """A record that ICE entered, or is to enter, into NCIC.

    Whom it is about is linked to the envelope. What entered NCIC has a NIC number, and what was
    removed has the day of it: the notice's period runs from that day and from no other.
    """

    record = models.OneToOneField(
        "acrime.Record", primary_key=True, on_delete=models.PROTECT, related_name="ncic_entry"
    )
    file = models.CharField(max_length=1, choices=choices.NcicFile.choices)
    category = models.CharField(max_length=15, choices=choices.ViolatorCategory.choices, blank=True)
    state = models.CharField(
        max_length=10, choices=choices.EntryState.choices, default=choices.EntryState.DRAFT
    )
    offense = models.CharField(max_length=4)
    extradition = models.CharField(max_length=2, choices=choices.Extradition.choices, blank=True)
    ori = models.CharField(max_length=9)
    # OCA: the agency's own case number, which tells of a person.
    case_number = SealedTextField(null=True)
    remarks = SealedTextField(null=True)
    return_reason = SealedTextField(null=True)
    prepared_by = _by()
    prepared_at = models.DateTimeField(null=True)
    checked_by = _by()
    checked_at = models.DateTimeField(null=True)
    nic = models.CharField(max_length=10, blank=True)
    entered_by = _by()
    entered_on = models.DateField(null=True)
    validate_from = models.DateField(null=True)
    validate_by = models.DateField(null=True)
    removed_by = _by()
    removed_on = models.DateField(null=True)
    removal_reason = models.CharField(
        max_length=20, choices=choices.RemovalReason.choices, blank=True
    )

    objects = EntryQuerySet.as_manager()

    class Meta:
        app_label = "acrime"
        db_table = "ncic_entry"
        indexes = [
            models.Index(fields=["state"], name="ncic_entry_state"),
            models.Index(fields=["validate_by"], name="ncic_entry_validate_by"),
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(file__in=choices.NcicFile.values)
                & Q(state__in=choices.EntryState.values),
                name="ncicentry_known_file_and_state",
            ),
            models.CheckConstraint(
                condition=Q(file="W", category="")
                | Q(file="N", category__in=choices.ViolatorCategory.values),
                name="ncicentry_category_of_its_file",
            ),
            models.CheckConstraint(
                condition=~Q(checked_by=F("prepared_by")), name="ncicentry_checked_by_another"
            ),
            models.CheckConstraint(
                condition=Q(checked_by__isnull=True, checked_at__isnull=True)
                | Q(checked_by__isnull=False, checked_at__isnull=False, prepared_by__isnull=False),
                name="ncicentry_checked_by_whom_and_when",
            ),
            # Nothing is in NCIC that was not checked by a second person.
            models.CheckConstraint(
                condition=Q(state__in=["DRAFT", "TO_CHECK", "WITHDRAWN"])
                | Q(checked_by__isnull=False),
                name="ncicentry_checked_before_entry",
            ),
            models.CheckConstraint(
                condition=Q(
                    state__in=["ENTERED", "LOCATED", "CLEARED", "REMOVED"],
                    nic__regex=NIC_FORM,
                    entered_on__isnull=False,
                )
                | Q(state__in=["TO_CHECK", "DRAFT"], category="NSEERS")
                | Q(
                    state__in=["DRAFT", "TO_CHECK", "CHECKED", "WITHDRAWN"],
                    nic="",
                    entered_on__isnull=True,
                ),
                name="ncicentry_nic_iff_entered",
            ),
            models.CheckConstraint(
                condition=Q(state="REMOVED", removed_on__isnull=False)
                | Q(state__in=["TO_CHECK", "DRAFT"], category="NSEERS")
                | (~Q(state="REMOVED") & Q(removed_on__isnull=True)),
                name="ncicentry_removed_when",
            ),
            models.CheckConstraint(
                condition=~Q(category="NSEERS")
                | Q(state__in=["DRAFT", "TO_CHECK", "REMOVED", "WITHDRAWN"]),
                name="ncicentry_nseers_is_history",
            ),
            models.CheckConstraint(condition=Q(ori__regex=ORI_FORM), name="ncicentry_ori"),
            models.UniqueConstraint(
                fields=["nic"], condition=~Q(nic=""), name="ncicentry_nic_once"
            ),
        ]

    def __str__(self) -> str:
        return f"NCIC entry {self.pk}"

    @property
    def shown_name(self) -> str:
        """Whom it is about, as lists show it; the links must be there."""
        links = sorted(self.record.subjects.all(), key=lambda each: each.pk)
        return links[0].individual.shown_name if links else "Nobody named yet"


class BasisDocument(models.Model):
    """A paper that an entry rests on, fingerprints or a photograph: sealed as it came.

    ``reference`` is its number or title, ``issued_by`` the court or office.
    """

    entry = models.ForeignKey(NcicEntry, on_delete=models.PROTECT, related_name="documents")
    kind = models.CharField(max_length=12, choices=choices.DocumentKind.choices)
    reference = models.CharField(max_length=80)
    issued_by = models.CharField(max_length=120, blank=True)
    issued_on = models.DateField(null=True)
    name = models.CharField(max_length=120)
    media_type = models.CharField(max_length=40)
    size = models.PositiveIntegerField()
    sha256 = models.CharField(max_length=64)
    content = SealedBytesField()
    added_by = models.ForeignKey(_USER, on_delete=models.PROTECT, related_name="+")
    added_at = models.DateTimeField()

    class Meta:
        app_label = "acrime"
        db_table = "ncic_basis_document"
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(fields=["entry", "sha256"], name="basisdocument_once"),
            models.CheckConstraint(
                condition=Q(kind__in=choices.DocumentKind.values) & ~Q(reference=""),
                name="basisdocument_known_kind_and_reference",
            ),
        ]

    def __str__(self) -> str:
        return f"basis document {self.pk}"


class DocumentCheck(models.Model):
    """That a named person compared a paper, in hand, with an entry, and what for. Append-only."""

    document = models.ForeignKey(BasisDocument, on_delete=models.PROTECT, related_name="checks")
    purpose = models.CharField(max_length=10, choices=choices.CheckPurpose.choices)
    hit = models.ForeignKey(
        "acrime.HitConfirmation",
        null=True,
        on_delete=models.PROTECT,
        related_name="document_checks",
    )
    checked_by = models.ForeignKey(_USER, on_delete=models.PROTECT, related_name="+")
    checked_at = models.DateTimeField()

    class Meta:
        app_label = "acrime"
        db_table = "ncic_document_check"
        ordering = ["pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(purpose="HIT", hit__isnull=False)
                | Q(purpose__in=["ENTRY", "VALIDATION"], hit__isnull=True),
                name="documentcheck_hit_iff_for_one",
            ),
        ]

    def __str__(self) -> str:
        return f"document check {self.pk}"


class NcicTransaction(models.Model):
    """What was done in NCIC: by whom, when, under which ORI and NIC number. Append-only."""

    entry = models.ForeignKey(NcicEntry, on_delete=models.PROTECT, related_name="transactions")
    kind = models.CharField(max_length=10, choices=choices.TransactionKind.choices)
    done_by = models.ForeignKey(_USER, on_delete=models.PROTECT, related_name="+")
    done_at = models.DateTimeField()
    ori = models.CharField(max_length=9)
    nic = models.CharField(max_length=10)
    # Result of a locate, or reason of a clearing or removal.
    code = models.CharField(max_length=20, blank=True)
    note = SealedTextField(null=True)

    class Meta:
        app_label = "acrime"
        db_table = "ncic_transaction"
        ordering = ["pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(kind__in=choices.TransactionKind.values)
                & Q(ori__regex=ORI_FORM)
                & Q(nic__regex=NIC_FORM),
                name="ncictransaction_known_kind",
            ),
        ]

    def __str__(self) -> str:
        return f"NCIC transaction {self.pk}"

    @property
    def code_shown(self) -> str:
        """The result or reason in words."""
        labels = dict(choices.RemovalReason.choices) | dict(choices.LocateResult.choices)
        return str(labels.get(self.code, self.code))
