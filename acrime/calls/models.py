"""Calls of other agencies, what was said on them, and what follows."""

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q

from acrime.calls import choices
from acrime.calls.querysets import CallQuerySet
from acrime.common.sealed import SealedTextField
from acrime.ncic.policy import ORI_FORM
from routine_uses.choices import Purpose

_USER = settings.AUTH_USER_MODEL


def _by(*, related_name: str = "+") -> "models.ForeignKey[object, object]":
    return models.ForeignKey(_USER, null=True, on_delete=models.PROTECT, related_name=related_name)


class Call(models.Model):
    """A call. The caller and the person asked about are linked to the envelope.

    ``callback_given`` is the number that the caller named; it is kept, and never called.
    ``called_number`` is the directory's, which was.
    """

    record = models.OneToOneField(
        "acrime.Record", primary_key=True, on_delete=models.PROTECT, related_name="call"
    )
    kind = models.CharField(max_length=10, choices=choices.CallKind.choices)
    state = models.CharField(
        max_length=6, choices=choices.CallState.choices, default=choices.CallState.OPEN
    )
    received_at = models.DateTimeField()
    ori = models.CharField(max_length=9)
    caller_name = SealedTextField()
    callback_given = SealedTextField(null=True)
    purpose = SealedTextField()
    person_asked = SealedTextField(null=True)
    verification = models.CharField(
        max_length=10,
        choices=choices.Verification.choices,
        default=choices.Verification.UNVERIFIED,
    )
    recipient = models.ForeignKey(
        "routine_uses.Recipient", null=True, on_delete=models.PROTECT, related_name="+"
    )
    called_number = models.CharField(max_length=40, blank=True)
    verified_by = _by()
    verified_at = models.DateTimeField(null=True)
    hit = models.ForeignKey(
        "acrime.HitConfirmation", null=True, on_delete=models.PROTECT, related_name="calls"
    )
    query = models.ForeignKey(
        "acrime.StatusQuery", null=True, on_delete=models.PROTECT, related_name="calls"
    )
    closed_by = _by()
    closed_at = models.DateTimeField(null=True)

    objects = CallQuerySet.as_manager()

    class Meta:
        app_label = "acrime"
        db_table = "call"
        indexes = [
            models.Index(fields=["-received_at"], name="call_newest"),
            models.Index(fields=["state"], name="call_state"),
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(kind="HIT", hit__isnull=False, query__isnull=True)
                | Q(kind="FOLLOW_UP", query__isnull=False, hit__isnull=True)
                | Q(kind="ASSISTANCE", hit__isnull=True, query__isnull=True),
                name="call_about_what_its_kind_says",
            ),
            models.CheckConstraint(condition=Q(ori__regex=ORI_FORM), name="call_ori"),
            models.CheckConstraint(
                condition=Q(verification="UNVERIFIED", verified_by__isnull=True)
                | (
                    Q(verification__in=["VERIFIED", "FAILED"])
                    & Q(verified_by__isnull=False, verified_at__isnull=False)
                    & Q(recipient__isnull=False)
                    & ~Q(called_number="")
                ),
                name="call_verified_by_a_call_back",
            ),
            models.CheckConstraint(
                condition=Q(state="OPEN", closed_at__isnull=True)
                | Q(state="CLOSED", closed_at__isnull=False, closed_by__isnull=False),
                name="call_closed_by_whom_and_when",
            ),
        ]

    def __str__(self) -> str:
        return f"call {self.pk}"

    @property
    def is_verified(self) -> bool:
        """Whether something of a record may be said at all."""
        return self.verification == choices.Verification.VERIFIED


class CallStatement(models.Model):
    """Something said on a call, or prepared to be said.

    ``fields`` empty means that nothing of a record was said. With fields, it is prepared under
    a routine use, and said only with the number of its accounting.
    """

    call = models.ForeignKey(Call, on_delete=models.PROTECT, related_name="statements")
    text = SealedTextField()
    fields = ArrayField(models.CharField(max_length=24), default=list)
    purpose_code = models.CharField(max_length=30, choices=Purpose.choices, blank=True)
    prepared_by = models.ForeignKey(_USER, on_delete=models.PROTECT, related_name="+")
    prepared_at = models.DateTimeField()
    said_by = _by()
    said_at = models.DateTimeField(null=True)
    disclosure_number = models.CharField(max_length=24, blank=True)

    class Meta:
        app_label = "acrime"
        db_table = "call_statement"
        ordering = ["pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(fields__len=0, said_at__isnull=False, disclosure_number="")
                | (
                    Q(fields__len__gt=0)
                    & ~Q(purpose_code="")
                    & (
                        Q(said_at__isnull=True, disclosure_number="")
                        | (Q(said_at__isnull=False) & ~Q(disclosure_number=""))
                    )
                ),
                name="callstatement_accounted_iff_it_says_something",
            ),
            models.CheckConstraint(
                condition=Q(said_at__isnull=True, said_by__isnull=True)
                | Q(said_at__isnull=False, said_by__isnull=False),
                name="callstatement_said_by_whom_and_when",
            ),
        ]

    def __str__(self) -> str:
        return f"call statement {self.pk}"


class CallTask(models.Model):
    """A task that follows a call: whose it is, when it is due, and what came of it."""

    call = models.ForeignKey(Call, on_delete=models.PROTECT, related_name="tasks")
    what = SealedTextField()
    assigned_to = models.ForeignKey(_USER, on_delete=models.PROTECT, related_name="call_tasks")
    due_at = models.DateTimeField()
    added_by = models.ForeignKey(_USER, on_delete=models.PROTECT, related_name="+")
    added_at = models.DateTimeField()
    done_by = _by()
    done_at = models.DateTimeField(null=True)
    outcome = SealedTextField(null=True)

    class Meta:
        app_label = "acrime"
        db_table = "call_follow_up"
        ordering = ["due_at", "pk"]
        indexes = [
            models.Index(
                fields=["assigned_to", "due_at"],
                condition=Q(done_at=None),
                name="call_follow_up_open",
            )
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(done_at__isnull=True, done_by__isnull=True)
                | Q(done_at__isnull=False, done_by__isnull=False),
                name="calltask_done_by_whom_and_when",
            ),
        ]

    def __str__(self) -> str:
        return f"follow-up {self.pk}"
