"""What was seen when the folder of messages was last looked into."""

from django.db import models


class IntakeFolder(models.Model):
    """The folder as it was left: how much waits, and since when.

    Attributes:
        taken: files that became messages, since the portal began.
        too_large: files that were put aside because they are beyond what is kept.
    """

    name = models.CharField(max_length=20, unique=True)
    looked_at = models.DateTimeField()
    waiting = models.PositiveIntegerField(default=0)
    oldest_at = models.DateTimeField(null=True)
    taken = models.PositiveBigIntegerField(default=0)
    too_large = models.PositiveIntegerField(default=0)

    class Meta:
        app_label = "acrime"
        db_table = "iaq_intake_folder"
        constraints = [
            models.CheckConstraint(
                condition=models.Q(waiting=0) | models.Q(oldest_at__isnull=False),
                name="iaq_intake_folder_waits_since",
            )
        ]

    def __str__(self) -> str:
        return self.name
