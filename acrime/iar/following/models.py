"""Follow-ups of field offices."""

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from acrime.common.sealed import SealedTextField
from acrime.iar.choices import Outcome
from acrime.iar.models import StatusResponse


class FollowUp(models.Model):
    """What the field office did about an answer. A trigger refuses any change.

    The latest one counts; an earlier one that was wrong stays beside it.
    """

    response = models.ForeignKey(
        StatusResponse, on_delete=models.PROTECT, related_name="follow_ups"
    )
    outcome = models.CharField(max_length=14, choices=Outcome.choices)
    referred_to = models.CharField(max_length=100, blank=True)
    reason = SealedTextField()
    happened_at = models.DateTimeField()
    author = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    written_at = models.DateTimeField()

    class Meta:
        app_label = "acrime"
        db_table = "iar_follow_up"
        ordering = ["-written_at", "-pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(outcome__in=Outcome.values), name="follow_up_known_outcome"
            ),
            models.CheckConstraint(
                condition=Q(happened_at__lte=F("written_at")),
                name="follow_up_happened_before_written",
            ),
            models.CheckConstraint(
                condition=Q(outcome=Outcome.REFERRED) & ~Q(referred_to="")
                | ~Q(outcome=Outcome.REFERRED) & Q(referred_to=""),
                name="follow_up_referred_to_whom",
            ),
        ]

    def __str__(self) -> str:
        return f"follow-up {self.pk}"
