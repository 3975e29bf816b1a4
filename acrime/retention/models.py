"""The clock of each record, and the authorities by which periods run out."""

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q

from acrime.retention.authorities.models import (
    AuthorityDocument,
    AuthorityEnding,
    ScheduleAuthority,
)
from acrime.retention.choices import DATED, DUE, Reason, State
from routine_uses.choices import Disposal, Trigger

__all__ = [
    "AuthorityDocument",
    "AuthorityEnding",
    "RetentionClock",
    "RetentionWalk",
    "ScheduleAuthority",
]


class RetentionClock(models.Model):
    """Where one record stands in its period, as it was last worked out.

    A record without a row has not begun: an open query is given its row when it is answered.
    ``item`` is the one that counts, and ``authority`` the approved one that it rests on.
    ``trigger`` is the event that the period runs from, and ``eligible_on`` the first day on
    which the period is over. What the row says is worked out again before anything is done.
    """

    record = models.OneToOneField(
        "acrime.Record", primary_key=True, on_delete=models.PROTECT, related_name="clock"
    )
    item = models.ForeignKey(
        "routine_uses.RetentionItem",
        on_delete=models.PROTECT,
        related_name="clocks",
        db_index=False,
    )
    authority = models.ForeignKey(
        ScheduleAuthority, null=True, on_delete=models.PROTECT, related_name="clocks"
    )
    trigger = models.CharField(max_length=20, choices=Trigger.choices)
    action = models.CharField(max_length=9, choices=Disposal.choices)
    state = models.CharField(max_length=12, choices=State.choices)
    trigger_date = models.DateField(null=True)
    cutoff_date = models.DateField(null=True)
    eligible_on = models.DateField(null=True)
    reasons = ArrayField(models.CharField(max_length=16, choices=Reason.choices), default=list)
    recomputed_at = models.DateTimeField()

    class Meta:
        app_label = "acrime"
        db_table = "retention_clock"
        indexes = [
            # What is due, and what has become so since, is found from its beginning.
            models.Index(fields=["state", "eligible_on", "record"], name="retention_clock_due"),
            models.Index(fields=["item", "state", "eligible_on"], name="retention_clock_item"),
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(state__in=State.values)
                & Q(trigger__in=Trigger.values)
                & Q(action__in=Disposal.values)
                & Q(reasons__contained_by=Reason.values),
                name="retentionclock_known_codes",
            ),
            models.CheckConstraint(
                condition=~Q(state__in=sorted(DATED))
                | Q(
                    trigger_date__isnull=False,
                    cutoff_date__gte=models.F("trigger_date"),
                    eligible_on__gt=models.F("cutoff_date"),
                ),
                name="retentionclock_dated",
            ),
            models.CheckConstraint(
                condition=~Q(state=State.NO_TRIGGER) | Q(eligible_on__isnull=True),
                name="retentionclock_no_trigger_no_date",
            ),
            # Nothing is due on a period that was only proposed.
            models.CheckConstraint(
                condition=~Q(state__in=sorted(DUE)) | Q(authority__isnull=False),
                name="retentionclock_due_by_authority",
            ),
        ]

    def __str__(self) -> str:
        return f"retention clock {self.pk}"


class RetentionWalk(models.Model):
    """How far the walk along all records has come, in which clocks are worked out anew.

    One row. ``reached`` is the key of the last record that was looked at; 0 before the first.
    """

    reached = models.BigIntegerField(default=0)
    began_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)

    class Meta:
        app_label = "acrime"
        db_table = "retention_walk"
        constraints = [
            models.CheckConstraint(condition=Q(pk=1), name="retentionwalk_one"),
            models.CheckConstraint(condition=Q(reached__gte=0), name="retentionwalk_from_zero"),
        ]

    def __str__(self) -> str:
        return "retention walk"
