"""How offenses were placed, views that people saved, and what people are told of queries."""

from django.conf import settings
from django.db import models

from acrime.common.sealed import SealedTextField
from acrime.iaq.worklist.choices import OF_THE_CLOCK, ItemKind
from acrime.iaq.worklist.levels import Basis, Sentence
from acrime.iaq.worklist.querysets import WorkItemQuerySet


class OffensePlacement(models.Model):
    """An offense as a person placed it: the charge again, or a conviction. Struck out, not changed.

    ``code`` and ``sentence`` are what the person read; ``by_table`` is whether the table places
    them. The charge as received stays in the query.
    """

    query = models.ForeignKey(
        "acrime.StatusQuery", on_delete=models.PROTECT, related_name="placements"
    )
    basis = models.CharField(max_length=10, choices=Basis.choices)
    code = models.CharField(max_length=4)
    sentence = models.CharField(max_length=10, choices=Sentence.choices)
    level = models.PositiveSmallIntegerField()
    by_table = models.BooleanField()
    reason = SealedTextField()
    author = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    written_at = models.DateTimeField()
    struck_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+"
    )
    struck_at = models.DateTimeField(null=True)

    class Meta:
        app_label = "acrime"
        db_table = "iaq_offense_placement"
        constraints = [
            models.CheckConstraint(
                condition=models.Q(level__in=[1, 2, 3]), name="placement_known_level"
            ),
            models.CheckConstraint(
                condition=models.Q(basis__in=Basis.values) & models.Q(sentence__in=Sentence.values),
                name="placement_known_codes",
            ),
            models.CheckConstraint(
                condition=models.Q(struck_at__isnull=True, struck_by__isnull=True)
                | models.Q(struck_at__isnull=False, struck_by__isnull=False),
                name="placement_struck_by_whom",
            ),
            models.UniqueConstraint(
                fields=["query"],
                condition=models.Q(basis=Basis.CHARGE, struck_at__isnull=True),
                name="placement_one_charge",
            ),
        ]

    def __str__(self) -> str:
        return f"placement {self.pk}"


class SavedView(models.Model):
    """A choice of filters that one person keeps under a name. It holds choices, no values."""

    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="saved_views"
    )
    name = models.CharField(max_length=40)
    filters = models.JSONField()
    saved_at = models.DateTimeField()

    class Meta:
        app_label = "acrime"
        db_table = "iaq_saved_view"
        ordering = ["name", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["owner", "name"], name="savedview_name_once"),
        ]

    def __str__(self) -> str:
        return f"view {self.pk}"


class WorkItem(models.Model):
    """Something about a query that waits for a person: given to them, running out, late.

    Without a recipient it is for every supervisor who sees the query.
    """

    query = models.ForeignKey(
        "acrime.StatusQuery", on_delete=models.PROTECT, related_name="work_items"
    )
    kind = models.CharField(max_length=10, choices=ItemKind.choices)
    recipient = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="work_items"
    )
    due_at = models.DateTimeField(null=True)
    made_at = models.DateTimeField()
    made_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+"
    )
    note = SealedTextField(null=True)
    settled_at = models.DateTimeField(null=True)
    settled_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+"
    )
    settlement = SealedTextField(null=True)

    objects = WorkItemQuerySet.as_manager()

    class Meta:
        app_label = "acrime"
        db_table = "iaq_work_item"
        indexes = [
            models.Index(
                fields=["recipient"],
                condition=models.Q(settled_at__isnull=True),
                name="workitem_waiting",
            )
        ]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(kind__in=ItemKind.values), name="workitem_known_kind"
            ),
            models.CheckConstraint(
                condition=models.Q(kind=ItemKind.ASSIGNED, due_at__isnull=True)
                | (~models.Q(kind=ItemKind.ASSIGNED) & models.Q(due_at__isnull=False)),
                name="workitem_due_of_the_clock",
            ),
            models.UniqueConstraint(
                fields=["query", "kind", "due_at"],
                condition=models.Q(kind__in=sorted(OF_THE_CLOCK)),
                name="workitem_once_for_a_due_time",
            ),
            models.CheckConstraint(
                condition=models.Q(settled_at__isnull=True, settled_by__isnull=True)
                | models.Q(settled_at__isnull=False, settled_by__isnull=False),
                name="workitem_settled_by_whom",
            ),
        ]

    def __str__(self) -> str:
        return f"work item {self.pk}"
