"""Requests to confirm a hit, each with its clock and its answer."""

from datetime import datetime

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from acrime.common.sealed import SealedTextField
from acrime.ncic.hits import choices
from acrime.ncic.hits.querysets import HitQuerySet
from acrime.ncic.policy import NIC_FORM, ORI_FORM
from routine_uses.choices import Method

_USER = settings.AUTH_USER_MODEL


def _by() -> "models.ForeignKey[object, object]":
    return models.ForeignKey(_USER, null=True, on_delete=models.PROTECT, related_name="+")


class HitConfirmation(models.Model):
    """One request to confirm a hit. A second and a third one are linked to the one before.

    ``recipient`` is the agency of the directory once it is sure who asks; without it nothing
    of a record is said. ``disclosure_number`` names the accounting of the answer.
    """

    record = models.OneToOneField(
        "acrime.Record", primary_key=True, on_delete=models.PROTECT, related_name="hit"
    )
    entry = models.ForeignKey(
        "acrime.NcicEntry", null=True, on_delete=models.PROTECT, related_name="hits"
    )
    nic = models.CharField(max_length=10)
    priority = models.CharField(max_length=1, choices=choices.Priority.choices)
    number = models.PositiveSmallIntegerField()
    previous = models.OneToOneField(
        "self", null=True, on_delete=models.PROTECT, related_name="next_request"
    )
    came_by = models.CharField(max_length=5, choices=choices.CameBy.choices)
    ori = models.CharField(max_length=9)
    recipient = models.ForeignKey(
        "routine_uses.Recipient", null=True, on_delete=models.PROTECT, related_name="+"
    )
    attention = SealedTextField(null=True)
    person_name = SealedTextField(null=True)
    person_born = SealedTextField(null=True)
    # Of a third request: whether it also went where third requests go.
    to_control_terminal = models.BooleanField(null=True)
    to_fbi = models.BooleanField(null=True)
    received_at = models.DateTimeField()
    due_at = models.DateTimeField()
    state = models.CharField(
        max_length=10, choices=choices.HitState.choices, default=choices.HitState.WAITING
    )
    claimed_by = models.ForeignKey(
        _USER, null=True, on_delete=models.PROTECT, related_name="claimed_hits"
    )
    claimed_at = models.DateTimeField(null=True)
    escalated_at = models.DateTimeField(null=True)
    promised_for = models.DateTimeField(null=True)
    first_answer_at = models.DateTimeField(null=True)
    answer = models.CharField(max_length=15, choices=choices.Answer.choices, blank=True)
    answered_at = models.DateTimeField(null=True)
    answered_by = _by()
    told = SealedTextField(null=True)
    told_to = SealedTextField(null=True)
    told_by_method = models.CharField(max_length=12, choices=Method.choices, blank=True)
    disclosure_number = models.CharField(max_length=24, blank=True)

    objects = HitQuerySet.as_manager()

    class Meta:
        app_label = "acrime"
        db_table = "hit_confirmation"
        indexes = [
            models.Index(fields=["state", "due_at"], name="hit_confirmation_due"),
            models.Index(fields=["nic", "ori"], name="hit_confirmation_asked"),
            models.Index(fields=["-received_at"], name="hit_confirmation_newest"),
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(nic__regex=NIC_FORM)
                & Q(ori__regex=ORI_FORM)
                & Q(priority__in=choices.Priority.values)
                & Q(state__in=choices.HitState.values),
                name="hit_known_values",
            ),
            models.CheckConstraint(
                condition=Q(number=1, previous__isnull=True)
                | Q(number__in=[2, 3], previous__isnull=False),
                name="hit_numbers_one_to_three_in_order",
            ),
            models.CheckConstraint(
                condition=Q(number__lt=3)
                | Q(to_control_terminal__isnull=False, to_fbi__isnull=False),
                name="hit_third_says_where_it_went",
            ),
            models.CheckConstraint(
                condition=~Q(state="PROMISED") | Q(promised_for__isnull=False),
                name="hit_promised_for_when",
            ),
            models.CheckConstraint(
                condition=Q(state="ANSWERED", answer__in=choices.Answer.values)
                & Q(answered_at__isnull=False, answered_by__isnull=False)
                | (~Q(state="ANSWERED") & Q(answer="", answered_at__isnull=True)),
                name="hit_answered_by_whom_and_when",
            ),
            # What is said of a record is accounted; nothing else has an accounting.
            models.CheckConstraint(
                condition=Q(answer__in=["CONFIRMED", "NOT_CONFIRMED"], recipient__isnull=False)
                & Q(entry__isnull=False)
                & ~Q(disclosure_number="")
                | Q(answer__in=["", "NOT_ICE"], disclosure_number=""),
                name="hit_accounted_iff_it_says_something",
            ),
            models.CheckConstraint(
                condition=Q(due_at__gt=F("received_at")), name="hit_due_after_it_came"
            ),
            models.UniqueConstraint(
                fields=["nic", "ori"],
                condition=Q(state__in=["WAITING", "PROMISED"]),
                name="hit_one_open_for_each_inquiry",
            ),
        ]

    def __str__(self) -> str:
        return f"hit confirmation {self.pk}"

    @property
    def clock_due(self) -> datetime:
        """What the clock runs to: the limit, or the promised time."""
        promised = self.state == choices.HitState.PROMISED
        return self.promised_for if promised and self.promised_for else self.due_at
