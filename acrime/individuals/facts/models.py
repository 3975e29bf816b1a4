"""What sources say of a person, each with who entered it and when."""

from django.conf import settings
from django.db import models
from django.db.models import Q

from acrime.common.sealed import SealedBytesField
from acrime.individuals.facts.choices import (
    CODES,
    NEED_NO_POLICY,
    About,
    HistoryKind,
    Status,
    TelephoneKind,
)

# A photograph as it is kept, made anew from what was uploaded.
MOST_BYTES = 2 * 1024 * 1024


class Telephone(models.Model):
    """A telephone number of the person's, as received, and its digits."""

    individual = models.ForeignKey(
        "acrime.Individual", on_delete=models.PROTECT, related_name="telephones"
    )
    kind = models.CharField(max_length=10, choices=TelephoneKind.choices)
    number = models.CharField(max_length=40)
    digits = models.CharField(max_length=20)
    added_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+"
    )
    added_at = models.DateTimeField()

    class Meta:
        app_label = "acrime"
        db_table = "individual_telephone"
        ordering = ["pk"]
        indexes = [models.Index(fields=["digits"], name="individual_telephone_digits")]
        constraints = [
            models.UniqueConstraint(fields=["individual", "digits"], name="telephone_once"),
            models.CheckConstraint(
                condition=Q(digits__regex="^[0-9]{3,20}$"), name="telephone_has_digits"
            ),
        ]

    def __str__(self) -> str:
        return f"telephone {self.pk}"


class _Entry(models.Model):
    """What a source said on a day. Written once; a later entry takes the place of a wrong one."""

    source = models.CharField(max_length=200)
    source_on = models.DateField()
    entered_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+"
    )
    entered_at = models.DateTimeField()

    class Meta:
        abstract = True

    @property
    def is_replaced(self) -> bool:
        """Whether a later entry took its place."""
        return hasattr(self, "replaced_by")


class StatusEntry(_Entry):
    """What a source said of the person's citizenship or immigration status."""

    individual = models.ForeignKey(
        "acrime.Individual", on_delete=models.PROTECT, related_name="status_entries"
    )
    status = models.CharField(max_length=12, choices=Status.choices)
    detail = models.CharField(max_length=200, blank=True)
    held_since = models.DateField(null=True)
    replaces = models.OneToOneField(
        "self", null=True, on_delete=models.PROTECT, related_name="replaced_by"
    )

    class Meta:
        app_label = "acrime"
        db_table = "individual_status_entry"
        ordering = ["-source_on", "-pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(status__in=Status.values) & ~Q(source=""),
                name="statusentry_known_status_and_source",
            )
        ]

    def __str__(self) -> str:
        return f"status entry {self.pk}"


class HistoryEntry(_Entry):
    """What a source said of the person's criminal history."""

    individual = models.ForeignKey(
        "acrime.Individual", on_delete=models.PROTECT, related_name="history_entries"
    )
    kind = models.CharField(max_length=12, choices=HistoryKind.choices)
    what = models.CharField(max_length=200)
    agency = models.CharField(max_length=120, blank=True)
    happened_on = models.DateField(null=True)
    outcome = models.CharField(max_length=200, blank=True)
    replaces = models.OneToOneField(
        "self", null=True, on_delete=models.PROTECT, related_name="replaced_by"
    )

    class Meta:
        app_label = "acrime"
        db_table = "individual_history_entry"
        ordering = [models.F("happened_on").desc(nulls_last=True), "-pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(kind__in=HistoryKind.values) & ~Q(what="") & ~Q(source=""),
                name="historyentry_known_kind_and_source",
            )
        ]

    def __str__(self) -> str:
        return f"history entry {self.pk}"


class Photograph(models.Model):
    """A photograph of the person, sealed: a picture made anew from the one that was uploaded.

    ``sha256`` is that of the picture as it is kept.
    """

    individual = models.ForeignKey(
        "acrime.Individual", on_delete=models.PROTECT, related_name="photographs"
    )
    content = SealedBytesField()
    width = models.PositiveSmallIntegerField()
    height = models.PositiveSmallIntegerField()
    size = models.PositiveIntegerField()
    sha256 = models.CharField(max_length=64)
    alt = models.CharField(max_length=200)
    taken_on = models.DateField(null=True)
    source = models.CharField(max_length=200)
    added_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+"
    )
    added_at = models.DateTimeField()

    class Meta:
        app_label = "acrime"
        db_table = "individual_photograph"
        # In one order everywhere: pages name a photograph by its place.
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(fields=["individual", "sha256"], name="photograph_once"),
            models.CheckConstraint(
                condition=Q(size__gte=1)
                & Q(size__lte=MOST_BYTES)
                & Q(sha256__regex="^[0-9a-f]{64}$")
                & ~Q(alt=""),
                name="photograph_size_and_words",
            ),
        ]

    def __str__(self) -> str:
        return f"photograph {self.pk}"


class IndividualFact(models.Model):
    """A protection, a standing or a category that began or ended, and on which word.

    Append-only, held by a trigger: what began is ended by a later fact, and both stay. Only
    whose fact it is may change, when two records of one person become one.

    Attributes:
        begins: whether it began with this fact, or ended.
        since: from which day; never later than the day it was entered.
        policy: the policy and version relied on, where the statute does not answer.
    """

    individual = models.ForeignKey(
        "acrime.Individual", on_delete=models.PROTECT, related_name="facts"
    )
    about = models.CharField(max_length=10, choices=About.choices)
    code = models.CharField(max_length=10)
    begins = models.BooleanField()
    since = models.DateField()
    source = models.CharField(max_length=200)
    policy = models.CharField(max_length=200, blank=True)
    entered_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+"
    )
    entered_at = models.DateTimeField()

    class Meta:
        app_label = "acrime"
        db_table = "individual_fact"
        ordering = ["pk"]
        indexes = [
            models.Index(
                fields=["individual", "about", "code", "-id"], name="individual_fact_latest"
            )
        ]
        constraints = [
            models.CheckConstraint(
                condition=(
                    Q(about=About.PROTECTION, code__in=CODES[About.PROTECTION].values)
                    | Q(about=About.STANDING, code__in=CODES[About.STANDING].values, begins=True)
                    | Q(about=About.CATEGORY, code__in=CODES[About.CATEGORY].values)
                )
                & ~Q(source=""),
                name="individualfact_known_code_and_source",
            ),
            # Nobody is told to have no rights without the policy that says so.
            models.CheckConstraint(
                condition=~Q(about=About.STANDING)
                | Q(code__in=[each.value for each in NEED_NO_POLICY])
                | ~Q(policy=""),
                name="individualfact_standing_names_its_policy",
            ),
        ]

    def __str__(self) -> str:
        return f"fact {self.pk}"

    @property
    def label(self) -> str:
        """What it says, in words."""
        return str(CODES[self.about](self.code).label)
