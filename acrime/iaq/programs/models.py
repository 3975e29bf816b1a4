"""Tables of programs and rules, one version after another."""

from django.conf import settings
from django.db import models

from acrime.iaq.choices import TableState


class ProgramTable(models.Model):
    """One version of the table: what each program entails, and the rules that choose one.

    ``content`` holds no personal data and is frozen, by a trigger too, once it was proposed. At
    most one table is in force.
    """

    number = models.PositiveIntegerField(unique=True)
    state = models.CharField(max_length=10, choices=TableState.choices)
    content = models.JSONField()
    digest = models.CharField(max_length=64)
    based_on = models.ForeignKey("self", null=True, on_delete=models.PROTECT, related_name="+")
    author = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+"
    )
    begun_at = models.DateTimeField()
    reason = models.CharField(max_length=500, blank=True)
    proposed_at = models.DateTimeField(null=True)
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+"
    )
    decided_at = models.DateTimeField(null=True)
    comment = models.CharField(max_length=500, blank=True)
    in_force_from = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)

    class Meta:
        app_label = "acrime"
        db_table = "iaq_program_table"
        constraints = [
            models.CheckConstraint(
                condition=models.Q(state__in=TableState.values), name="programtable_known_state"
            ),
            models.UniqueConstraint(
                fields=["state"],
                condition=models.Q(state=TableState.IN_FORCE),
                name="programtable_one_in_force",
            ),
            models.CheckConstraint(
                condition=~models.Q(decided_by=models.F("author")),
                name="programtable_decided_by_another",
            ),
            models.CheckConstraint(
                condition=~models.Q(state=TableState.IN_FORCE)
                | models.Q(in_force_from__isnull=False, ended_at__isnull=True),
                name="programtable_in_force_since",
            ),
        ]

    def __str__(self) -> str:
        return f"program table {self.number}"
