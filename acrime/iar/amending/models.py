"""Amendments of answers."""

from django.conf import settings
from django.db import models
from django.db.models import Q

from acrime.common.sealed import SealedTextField
from acrime.iar.choices import AmendmentState, AmendReason
from acrime.iar.models import StatusResponse


class Amendment(models.Model):
    """That an answer is to be amended, and why. ``reason`` is for the portal alone."""

    response = models.ForeignKey(
        StatusResponse, on_delete=models.PROTECT, related_name="amendments"
    )
    code = models.CharField(max_length=20, choices=AmendReason.choices)
    reason = SealedTextField()
    state = models.CharField(
        max_length=10, choices=AmendmentState.choices, default=AmendmentState.OPEN
    )
    opened_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+"
    )
    opened_at = models.DateTimeField()
    closed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+"
    )
    closed_at = models.DateTimeField(null=True)

    class Meta:
        app_label = "acrime"
        db_table = "iar_amendment"
        ordering = ["-opened_at", "-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["response"],
                condition=Q(state=AmendmentState.OPEN),
                name="amendment_one_open",
            ),
            models.CheckConstraint(
                condition=Q(state=AmendmentState.OPEN, closed_by__isnull=True)
                | (
                    Q(state__in=[AmendmentState.RELEASED, AmendmentState.DROPPED])
                    & Q(closed_by__isnull=False, closed_at__isnull=False)
                ),
                name="amendment_closed_by_whom",
            ),
        ]

    def __str__(self) -> str:
        return f"amendment {self.pk}"
