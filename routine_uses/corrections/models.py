"""Corrections and disputes, and the letters to those who were told before."""

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q

from acrime.common.sealed import SealedBytesField, SealedTextField
from routine_uses import choices
from routine_uses.corrections.choices import CameBack, CaseKind, LetterState, SentBy


class CorrectionCase(models.Model):
    """What was corrected or disputed in a record, by whom and why.

    The earlier value stays here, sealed, as long as the case. ``scope`` are the records
    that told the same; record ids and numbers are plain values, as in the accounting.
    ``settled_at`` is when a dispute was settled, from which on its statement goes along
    no more.
    """

    number = models.CharField(max_length=24, unique=True)
    kind = models.CharField(max_length=10, choices=CaseKind.choices)
    record_id = models.BigIntegerField()
    record_number = models.CharField(max_length=24)
    scope = ArrayField(models.BigIntegerField())
    fields = ArrayField(models.CharField(max_length=30, choices=choices.Field.choices))
    earlier_value = SealedTextField(null=True)
    corrected_value = SealedTextField(null=True)
    statement = SealedTextField(null=True)
    agency_reasons = SealedTextField(null=True)
    reference = models.CharField(max_length=80)
    reason = models.CharField(max_length=300)
    noted_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+"
    )
    noted_at = models.DateTimeField()
    settled_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+"
    )
    settled_at = models.DateTimeField(null=True)
    settled_reason = models.CharField(max_length=300, blank=True, default="")

    class Meta:
        ordering = ["-noted_at", "-pk"]
        indexes = [models.Index(fields=["record_id"], name="correctioncase_record")]
        constraints = [
            models.CheckConstraint(
                condition=Q(kind__in=CaseKind.values), name="correctioncase_known_kind"
            ),
            models.CheckConstraint(
                condition=Q(fields__len__gte=1) & Q(fields__contained_by=choices.Field.values),
                name="correctioncase_known_fields",
            ),
            models.CheckConstraint(
                condition=Q(
                    kind=CaseKind.CORRECTION,
                    earlier_value__isnull=False,
                    corrected_value__isnull=False,
                    statement__isnull=True,
                    settled_at__isnull=True,
                )
                | Q(
                    kind=CaseKind.DISPUTE,
                    statement__isnull=False,
                    corrected_value__isnull=True,
                ),
                name="correctioncase_says_what",
            ),
            models.CheckConstraint(
                condition=~Q(reason="") & ~Q(reference=""), name="correctioncase_says_why"
            ),
            models.CheckConstraint(
                condition=Q(settled_at__isnull=True, settled_by__isnull=True, settled_reason="")
                | (Q(settled_at__isnull=False, settled_by__isnull=False) & ~Q(settled_reason="")),
                name="correctioncase_settled_by_whom_and_why",
            ),
        ]

    def __str__(self) -> str:
        return self.number


class CorrectionLetter(models.Model):
    """The letter to one earlier recipient, and where it stands.

    The document lies sealed as it was drafted. One that could not be delivered stays, and
    another may be drafted.
    """

    number = models.CharField(max_length=24, unique=True)
    case = models.ForeignKey(CorrectionCase, on_delete=models.PROTECT, related_name="letters")
    recipient = models.ForeignKey(
        "routine_uses.Recipient", on_delete=models.PROTECT, related_name="+"
    )
    recipient_name = models.CharField(max_length=200)
    recipient_address = models.TextField()
    disclosures = ArrayField(models.CharField(max_length=24))
    document = SealedBytesField()
    document_sha256 = models.CharField(max_length=64)
    drafted_at = models.DateTimeField()
    due_on = models.DateField()
    state = models.CharField(max_length=8, choices=LetterState.choices, default=LetterState.DRAFTED)
    sent_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+"
    )
    sent_at = models.DateTimeField(null=True)
    sent_how = models.CharField(max_length=10, choices=SentBy.choices, blank=True, default="")
    sent_reference = models.CharField(max_length=80, blank=True, default="")
    returned_at = models.DateTimeField(null=True)
    returned_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+"
    )
    returned_as = models.CharField(max_length=13, choices=CameBack.choices, blank=True, default="")
    exempt_under = models.CharField(max_length=10, blank=True, default="")
    exempt_reason = models.CharField(max_length=300, blank=True, default="")
    exempt_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+"
    )

    class Meta:
        ordering = ["due_on", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(state__in=LetterState.values), name="correctionletter_known_state"
            ),
            models.UniqueConstraint(
                fields=["case", "recipient"],
                condition=~Q(returned_as=CameBack.UNDELIVERABLE),
                name="correctionletter_one_to_each",
            ),
            models.CheckConstraint(
                condition=Q(
                    state__in=[LetterState.DRAFTED, LetterState.EXEMPT],
                    sent_at__isnull=True,
                    sent_by__isnull=True,
                    sent_how="",
                )
                | (
                    Q(
                        state__in=[LetterState.SENT, LetterState.RETURNED],
                        sent_at__isnull=False,
                        sent_by__isnull=False,
                    )
                    & ~Q(sent_how="")
                ),
                name="correctionletter_sent_by_whom_when_how",
            ),
            models.CheckConstraint(
                condition=Q(
                    state=LetterState.RETURNED,
                    returned_at__isnull=False,
                    returned_by__isnull=False,
                    returned_as__in=CameBack.values,
                )
                | (~Q(state=LetterState.RETURNED) & Q(returned_at__isnull=True, returned_as="")),
                name="correctionletter_returned_when_and_how",
            ),
            # (c)(4) can never be reached under (k)(2).
            models.CheckConstraint(
                condition=(
                    Q(
                        state=LetterState.EXEMPT,
                        exempt_under="(j)(2)",
                        exempt_by__isnull=False,
                    )
                    & ~Q(exempt_reason="")
                )
                | (~Q(state=LetterState.EXEMPT) & Q(exempt_under="")),
                name="correctionletter_exempt_under_j2_alone",
            ),
        ]

    def __str__(self) -> str:
        return self.number
