"""A disclosure that is being prepared."""

import uuid

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q

from routine_uses import choices
from routine_uses.wizard.choices import DraftState


class DisclosureDraft(models.Model):
    """What its author has chosen and answered so far. Nothing here discloses anything.

    Records are plain numbers: whether the author still sees them is asked anew with every
    step. ``computed_letter`` is the routine use that was shown as fitting.
    """

    key = models.UUIDField(unique=True, default=uuid.uuid4)
    author = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="disclosure_drafts"
    )
    begun_at = models.DateTimeField()
    changed_at = models.DateTimeField()
    state = models.CharField(max_length=10, choices=DraftState.choices, default=DraftState.OPEN)
    record_numbers = ArrayField(models.CharField(max_length=24))
    recipient = models.ForeignKey(
        "routine_uses.Recipient", null=True, on_delete=models.PROTECT, related_name="+"
    )
    purpose_code = models.CharField(max_length=30, choices=choices.Purpose.choices, blank=True)
    method = models.CharField(max_length=12, choices=choices.Method.choices, blank=True)
    nature = models.CharField(max_length=300, blank=True)
    fields = ArrayField(
        models.CharField(max_length=30, choices=choices.Field.choices), default=list
    )
    protections = ArrayField(models.CharField(max_length=10), default=list)
    paragraph = models.CharField(max_length=8, choices=choices.Paragraph.choices, blank=True)
    letter = models.CharField(max_length=2, blank=True)
    computed_letter = models.CharField(max_length=2, blank=True)
    override_reason = models.CharField(max_length=500, blank=True)
    conditions = models.JSONField(default=dict)
    statement = models.TextField(blank=True)
    # The category that it is sent under; what that says is not changed in the draft.
    series = models.ForeignKey(
        "routine_uses.DisclosureSeries", null=True, on_delete=models.PROTECT, related_name="+"
    )
    disclosure = models.OneToOneField(
        "routine_uses.Disclosure", null=True, on_delete=models.PROTECT, related_name="draft"
    )

    class Meta:
        indexes = [
            models.Index(
                fields=["author", "state", "-changed_at"], name="disclosuredraft_of_author"
            )
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(record_numbers__len__gte=1), name="disclosuredraft_names_records"
            ),
            models.CheckConstraint(
                condition=Q(state=DraftState.DISCLOSED, disclosure__isnull=False)
                | (
                    Q(state__in=[DraftState.OPEN, DraftState.DISCARDED])
                    & Q(disclosure__isnull=True)
                ),
                name="disclosuredraft_disclosed_once",
            ),
        ]

    def __str__(self) -> str:
        return f"draft {self.key}"


class RefusalReview(models.Model):
    """That the privacy office looked into a refused disclosure. The event is a plain value."""

    event_id = models.BigIntegerField(unique=True)
    reviewed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+"
    )
    reviewed_at = models.DateTimeField()
    note = models.CharField(max_length=300, blank=True)

    def __str__(self) -> str:
        return f"review of refusal {self.event_id}"
