"""Papers of research steps, questions to connected systems, and how these systems fare."""

from django.conf import settings
from django.db import models

from acrime.common.sealed import SealedBytesField, SealedTextField
from acrime.iaq.choices import ResearchSource
from acrime.iaq.research.choices import AskState, StepResult
from routine_uses.approvals.models import MOST_BYTES


class ResearchAttachment(models.Model):
    """A paper that a research step rests on, sealed, and never changed.

    ``sha256`` is that of the paper as it was uploaded; ``media_type`` was read from its
    contents, not from its name.
    """

    step = models.ForeignKey(
        "acrime.ResearchStep", on_delete=models.PROTECT, related_name="attachments"
    )
    name = SealedTextField()
    media_type = models.CharField(max_length=20)
    size = models.PositiveIntegerField()
    sha256 = models.CharField(max_length=64)
    content = SealedBytesField()
    uploaded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+"
    )
    uploaded_at = models.DateTimeField()

    class Meta:
        app_label = "acrime"
        db_table = "iaq_research_attachment"
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(fields=["step", "sha256"], name="attachment_once"),
            models.CheckConstraint(
                condition=models.Q(size__gte=1) & models.Q(size__lte=MOST_BYTES),
                name="attachment_known_size",
            ),
        ]

    def __str__(self) -> str:
        return f"attachment {self.pk}"


class SystemQuestion(models.Model):
    """A question about a query's person to a connected system, and what came back.

    ``keys`` names the kinds of values that were sent, never the values. What came back is a
    proposal until a person confirms it, which makes a research step of it.
    """

    query = models.ForeignKey(
        "acrime.StatusQuery", on_delete=models.PROTECT, related_name="system_questions"
    )
    source = models.CharField(max_length=10, choices=ResearchSource.choices)
    state = models.CharField(max_length=12, choices=AskState.choices, default=AskState.WAITING)
    keys = models.JSONField()
    asked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+"
    )
    asked_at = models.DateTimeField()
    answered_at = models.DateTimeField(null=True)
    result = models.CharField(max_length=14, choices=StepResult.choices, blank=True)
    source_number = SealedTextField(null=True)
    finding = SealedTextField(null=True)
    trouble = models.CharField(max_length=60, blank=True)
    settled_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+"
    )
    settled_at = models.DateTimeField(null=True)
    step = models.OneToOneField(
        "acrime.ResearchStep", null=True, on_delete=models.PROTECT, related_name="question"
    )

    class Meta:
        app_label = "acrime"
        db_table = "iaq_system_question"
        constraints = [
            models.UniqueConstraint(
                fields=["query", "source"],
                condition=models.Q(state__in=[AskState.WAITING, AskState.ANSWERED]),
                name="question_one_at_a_time",
            ),
            models.CheckConstraint(
                condition=models.Q(state__in=AskState.values), name="question_known_state"
            ),
            models.CheckConstraint(
                condition=~models.Q(state=AskState.CONFIRMED) | models.Q(step__isnull=False),
                name="question_confirmed_as_a_step",
            ),
        ]

    def __str__(self) -> str:
        return f"question {self.pk}"


class SystemHealth(models.Model):
    """How a connected system fares: after failures in a row it is left alone for a while."""

    source = models.CharField(max_length=10, choices=ResearchSource.choices, primary_key=True)
    failures = models.PositiveSmallIntegerField(default=0)
    rests_until = models.DateTimeField(null=True)
    changed_at = models.DateTimeField()

    class Meta:
        app_label = "acrime"
        db_table = "iaq_system_health"

    def __str__(self) -> str:
        return f"health of {self.source}"
