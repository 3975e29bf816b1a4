"""Merges of individuals, and what each of them moved."""

from django.conf import settings
from django.db import models

from acrime.common.sealed import SealedTextField
from acrime.individuals.merging.choices import IN_FORCE, OPEN, MergeState

_PROPOSED, _UNDO = models.Q(state=MergeState.PROPOSED), models.Q(state=MergeState.UNDO_PROPOSED)


class IndividualMerge(models.Model):
    """That two records are of one person: proposed, decided by another, and perhaps undone.

    ``choices`` says whose name and sex the person is shown under, and which values stay behind.
    """

    number = models.CharField(max_length=24, unique=True)
    survivor = models.ForeignKey(
        "acrime.Individual", on_delete=models.PROTECT, related_name="merges"
    )
    absorbed = models.ForeignKey(
        "acrime.Individual", on_delete=models.PROTECT, related_name="absorbings"
    )
    state = models.CharField(max_length=15, choices=MergeState.choices, default=MergeState.PROPOSED)
    choices = models.JSONField()
    evidence = models.JSONField()
    reason = SealedTextField()
    proposed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+"
    )
    proposed_at = models.DateTimeField()
    decision = SealedTextField(null=True)
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+"
    )
    decided_at = models.DateTimeField(null=True)
    undo_reason = SealedTextField(null=True)
    undo_proposed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+"
    )
    undo_proposed_at = models.DateTimeField(null=True)
    undo_decision = SealedTextField(null=True)
    undo_decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+"
    )
    undo_decided_at = models.DateTimeField(null=True)

    class Meta:
        app_label = "acrime"
        db_table = "individual_merge"
        ordering = ["-proposed_at", "-pk"]
        indexes = [models.Index(fields=["state"], name="individual_merge_state")]
        constraints = [
            models.CheckConstraint(
                condition=~models.Q(survivor=models.F("absorbed")), name="merge_of_two"
            ),
            models.CheckConstraint(
                condition=~models.Q(decided_by=models.F("proposed_by")),
                name="merge_decided_by_another",
            ),
            models.CheckConstraint(
                condition=~models.Q(undo_decided_by=models.F("undo_proposed_by")),
                name="merge_undo_decided_by_another",
            ),
            models.CheckConstraint(
                condition=_PROPOSED | models.Q(decided_by__isnull=False, decided_at__isnull=False),
                name="merge_decided_by_whom_and_when",
            ),
            models.CheckConstraint(
                condition=(~_UNDO & ~models.Q(state=MergeState.UNDONE))
                | models.Q(undo_proposed_by__isnull=False, undo_proposed_at__isnull=False),
                name="merge_undo_proposed_by_whom_and_when",
            ),
            # Nobody is absorbed twice at once, nor asked about twice.
            models.UniqueConstraint(
                fields=["absorbed"],
                condition=models.Q(state__in=[*OPEN, *IN_FORCE]),
                name="merge_absorbs_once",
            ),
        ]

    def __str__(self) -> str:
        return self.number


class MergedRow(models.Model):
    """A row that a merge changed: what it said before, and what the merge made of it."""

    merge = models.ForeignKey(IndividualMerge, on_delete=models.PROTECT, related_name="rows")
    table = models.CharField(max_length=60)
    row = models.BigIntegerField()
    before = models.JSONField()
    after = models.JSONField()

    class Meta:
        app_label = "acrime"
        db_table = "individual_merged_row"
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(fields=["merge", "table", "row"], name="mergedrow_once")
        ]

    def __str__(self) -> str:
        return f"merged row {self.pk}"
