"""The outbox: what a business transaction wants done afterwards."""

from django.db import models
from django.db.models.functions import Now


class OutboxMessage(models.Model):
    """One thing to do, written in the transaction that decided it.

    The payload holds ids and codes only, never personal data. A message is done when
    ``done_at`` is set, in the same transaction as its effect; it is given up when
    ``failed_at`` is set, and then waits for a person.
    """

    topic = models.CharField(max_length=60)
    key = models.CharField(max_length=120, unique=True)
    payload = models.JSONField(default=dict)
    created_at = models.DateTimeField(db_default=Now())
    available_at = models.DateTimeField()
    claimed_until = models.DateTimeField(null=True)
    attempts = models.PositiveIntegerField(default=0)
    last_error = models.CharField(max_length=120, blank=True)
    done_at = models.DateTimeField(null=True)
    failed_at = models.DateTimeField(null=True)

    class Meta:
        app_label = "acrime"
        db_table = "acrime_outbox"
        indexes = [
            models.Index(
                fields=["available_at", "id"],
                condition=models.Q(done_at__isnull=True, failed_at__isnull=True),
                name="outbox_open",
            )
        ]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(done_at__isnull=True) | models.Q(failed_at__isnull=True),
                name="outbox_done_or_failed",
            )
        ]

    def __str__(self) -> str:
        return f"outbox {self.pk}"
