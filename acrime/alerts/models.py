"""What an owner is told."""

from django.conf import settings
from django.db import models

from acrime.audit import events


class Alert(models.Model):
    """Somebody looked at a record of the owner's; repeated looks are counted together.

    There is one unread alert for each owner, viewer, record and kind of look.
    """

    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="alerts"
    )
    viewer = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    record = models.ForeignKey("acrime.Record", on_delete=models.CASCADE, related_name="+")
    event_kind = models.CharField(max_length=60)
    displayed = models.BooleanField()
    times = models.PositiveIntegerField(default=1)
    first_at = models.DateTimeField()
    last_at = models.DateTimeField()
    read_at = models.DateTimeField(null=True)

    class Meta:
        app_label = "acrime"
        db_table = "alert"
        indexes = [models.Index(fields=["owner", "-last_at"], name="alert_newest")]
        constraints = [
            models.UniqueConstraint(
                fields=["owner", "viewer", "record", "event_kind", "displayed"],
                condition=models.Q(read_at__isnull=True),
                name="alert_one_unread",
            ),
            models.CheckConstraint(
                condition=~models.Q(owner=models.F("viewer")), name="alert_not_of_oneself"
            ),
        ]

    def __str__(self) -> str:
        return f"alert {self.pk}"

    @property
    def event_wording(self) -> str:
        """What was done, in words."""
        return events.kind(self.event_kind).wording
