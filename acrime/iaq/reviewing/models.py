"""How many determinations are looked at once more."""

from django.conf import settings
from django.db import models

from acrime.common.sealed import SealedTextField


class SamplingRate(models.Model):
    """The share of a program's determinations that a supervisor looks at after their review.

    Each setting is a row of its own; the last one counts. Nothing is changed.
    """

    program = models.CharField(max_length=20)
    percent = models.DecimalField(max_digits=5, decimal_places=2)
    reason = SealedTextField()
    set_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    set_at = models.DateTimeField()

    class Meta:
        app_label = "acrime"
        db_table = "iaq_sampling_rate"
        indexes = [models.Index(fields=["program", "-set_at"], name="samplingrate_latest")]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(percent__gte=0, percent__lte=100),
                name="samplingrate_is_a_share",
            ),
        ]

    def __str__(self) -> str:
        return f"sampling rate {self.pk}"
