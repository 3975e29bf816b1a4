"""Whom a disclosure was about, what superseded a wrong entry, and what subjects were given."""

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q

from acrime.common.sealed import SealedBytesField
from routine_uses.accounts_of.choices import Correction


class DisclosedSubject(models.Model):
    """An individual whom the disclosed records were about on that day. Append-only.

    A plain value, so that the accounting of a person is found after the records are gone.
    """

    disclosure = models.ForeignKey(
        "routine_uses.Disclosure", on_delete=models.PROTECT, related_name="subjects"
    )
    individual_id = models.BigIntegerField()

    class Meta:
        indexes = [models.Index(fields=["individual_id"], name="disclosedsubject_individual")]
        constraints = [
            models.UniqueConstraint(
                fields=["disclosure", "individual_id"], name="disclosedsubject_once"
            )
        ]

    def __str__(self) -> str:
        return f"disclosed subject {self.pk}"


class Supersession(models.Model):
    """A proposal to supersede a wrong entry of the accounting, and what became of it.

    ``changes`` holds the corrected facts by name: codes, and words without personal data.
    Where one of them is legal, somebody else than the proposer decides.
    """

    disclosure = models.ForeignKey(
        "routine_uses.Disclosure", on_delete=models.PROTECT, related_name="corrections"
    )
    changes = models.JSONField()
    reason = models.CharField(max_length=500)
    is_legal = models.BooleanField()
    proposed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+"
    )
    proposed_at = models.DateTimeField()
    outcome = models.CharField(max_length=8, choices=Correction.choices, default=Correction.OPEN)
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+"
    )
    decided_at = models.DateTimeField(null=True)
    comment = models.CharField(max_length=500, blank=True, default="")
    successor = models.OneToOneField(
        "routine_uses.Disclosure", null=True, on_delete=models.PROTECT, related_name="made_by"
    )

    class Meta:
        ordering = ["-proposed_at", "-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["disclosure"],
                condition=Q(outcome=Correction.OPEN),
                name="supersession_one_open",
            ),
            models.CheckConstraint(
                condition=Q(outcome__in=Correction.values), name="supersession_known_outcome"
            ),
            models.CheckConstraint(condition=~Q(reason=""), name="supersession_has_reason"),
            models.CheckConstraint(
                condition=Q(outcome=Correction.MADE, successor__isnull=False)
                | (~Q(outcome=Correction.MADE) & Q(successor__isnull=True)),
                name="supersession_made_by_a_successor",
            ),
            models.CheckConstraint(
                condition=Q(outcome=Correction.OPEN, decided_by__isnull=True)
                | Q(is_legal=False, outcome=Correction.MADE)
                | (
                    Q(decided_by__isnull=False, decided_at__isnull=False)
                    & ~Q(decided_by=F("proposed_by"))
                ),
                name="supersession_second_person",
            ),
        ]

    def __str__(self) -> str:
        return f"supersession {self.pk}"


class SubjectCopy(models.Model):
    """The accounting as it was made ready for its subject. Append-only.

    ``withheld`` says, for the privacy office alone, what the copy leaves out and why. The
    document is stored as it was made and never rendered again.
    """

    number = models.CharField(max_length=24, unique=True)
    individual_id = models.BigIntegerField()
    individual_number = models.CharField(max_length=24)
    request_reference = models.CharField(max_length=80)
    notice_version = models.ForeignKey(
        "routine_uses.NoticeVersion", on_delete=models.PROTECT, related_name="+"
    )
    given = ArrayField(models.CharField(max_length=24), default=list)
    withheld = models.JSONField(default=list)
    document = SealedBytesField()
    document_sha256 = models.CharField(max_length=64)
    made_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+"
    )
    made_at = models.DateTimeField()

    class Meta:
        indexes = [models.Index(fields=["individual_id", "-made_at"], name="subjectcopy_person")]
        constraints = [
            models.CheckConstraint(
                condition=~Q(request_reference=""), name="subjectcopy_names_the_request"
            ),
            models.CheckConstraint(
                condition=Q(document_sha256__regex=r"^[0-9a-f]{64}$"), name="subjectcopy_sha256"
            ),
        ]

    def __str__(self) -> str:
        return self.number
