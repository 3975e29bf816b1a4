"""Holds, what they name, matters, and letters to custodians."""

from typing import TYPE_CHECKING

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q

from acrime.common.sealed import SealedBytesField, SealedTextField
from acrime.records.choices import RecordKind
from acrime.retention.holds.choices import HoldKind, LetterKind, Scope
from acrime.retention.holds.querysets import HoldQuerySet
from routine_uses.choices import UNDECIDED_PROGRAM, Program

if TYPE_CHECKING:
    from django_stubs_ext.db.models.manager import RelatedManager

PROGRAMS = [*Program.choices, (UNDECIDED_PROGRAM, "Not decided yet")]
_NO_KINDS, _NO_PROGRAM = Q(kinds=[]), Q(program="")
_NO_MATTER = Q(matter__isnull=True)
_NO_DAYS = Q(opened_from__isnull=True, opened_to__isnull=True)


class Matter(models.Model):
    """A case, an inquiry or a review to which records and people are added as it goes on.

    Holds on it reach whatever has been added, by the time they are asked.
    """

    number = models.CharField(max_length=24, unique=True)
    name = SealedTextField()
    opened_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+"
    )
    opened_at = models.DateTimeField()

    class Meta:
        app_label = "acrime"
        db_table = "retention_matter"

    def __str__(self) -> str:
        return self.number


class Hold(models.Model):
    """An order to keep what lies in its scope, until its named authority releases it.

    A trigger freezes the scope: a hold is widened by adding to what it names and never
    narrowed. ``review_on`` is a day for people; its passing ends nothing.
    """

    number = models.CharField(max_length=24, unique=True)
    kind = models.CharField(max_length=15, choices=HoldKind.choices)
    name = SealedTextField()
    ground = SealedTextField()
    reason = SealedTextField()
    authority = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+"
    )
    custodian = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+"
    )
    review_on = models.DateField()

    scope = models.CharField(max_length=10, choices=Scope.choices)
    kinds = ArrayField(
        models.CharField(max_length=10, choices=RecordKind.choices), default=list, blank=True
    )
    program = models.CharField(max_length=20, choices=PROGRAMS, blank=True)
    matter = models.ForeignKey(Matter, null=True, on_delete=models.PROTECT, related_name="holds")
    opened_from = models.DateField(null=True)
    opened_to = models.DateField(null=True)

    placed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+"
    )
    placed_at = models.DateTimeField()
    asked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+"
    )
    asked_at = models.DateTimeField(null=True)
    asked_because = SealedTextField(null=True)
    released_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+"
    )
    released_at = models.DateTimeField(null=True)
    release_ground = SealedTextField(null=True)

    objects = HoldQuerySet.as_manager()

    if TYPE_CHECKING:
        items: RelatedManager["HoldItem"]
        letters: RelatedManager["HoldLetter"]

    class Meta:
        app_label = "acrime"
        db_table = "retention_hold"
        indexes = [
            models.Index(
                fields=["review_on"],
                condition=Q(released_at__isnull=True),
                name="retention_hold_in_force",
            )
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(kind__in=HoldKind.values)
                & Q(kinds__contained_by=RecordKind.values)
                & Q(program__in=["", *(code for code, _ in PROGRAMS)]),
                name="retention_hold_known_codes",
            ),
            models.CheckConstraint(
                condition=(Q(scope__in=[Scope.RECORDS, Scope.PERSON]) & _NO_KINDS)
                & _NO_PROGRAM
                & _NO_MATTER
                & (Q(scope=Scope.PERSON) | _NO_DAYS)
                | Q(scope=Scope.KINDS, kinds__len__gte=1) & _NO_PROGRAM & _NO_MATTER
                | Q(scope=Scope.PROGRAM) & ~_NO_PROGRAM & _NO_KINDS & _NO_MATTER
                | Q(scope=Scope.DATES) & ~_NO_DAYS & _NO_KINDS & _NO_PROGRAM & _NO_MATTER
                | Q(scope=Scope.MATTER, matter__isnull=False) & _NO_KINDS & _NO_PROGRAM & _NO_DAYS,
                name="retention_hold_scope_is_whole",
            ),
            models.CheckConstraint(
                condition=Q(opened_from__isnull=True)
                | Q(opened_to__isnull=True)
                | Q(opened_from__lte=F("opened_to")),
                name="retention_hold_days_in_order",
            ),
            models.CheckConstraint(
                condition=Q(asked_by__isnull=True, asked_at__isnull=True)
                | Q(asked_by__isnull=False, asked_at__isnull=False),
                name="retention_hold_asked_by_whom_and_when",
            ),
            # Asked by one, given by the authority that the hold names.
            models.CheckConstraint(
                condition=Q(released_by__isnull=True, released_at__isnull=True)
                | Q(
                    released_by=F("authority"),
                    released_at__isnull=False,
                    asked_by__isnull=False,
                ),
                name="retention_hold_released_by_its_authority",
            ),
            models.CheckConstraint(
                condition=~Q(released_by=F("asked_by")), name="retention_hold_release_takes_two"
            ),
        ]

    def __str__(self) -> str:
        return self.number


class HoldItem(models.Model):
    """A record or a person that a hold or a matter names. Only added to while a hold stands."""

    hold = models.ForeignKey(Hold, null=True, on_delete=models.PROTECT, related_name="items")
    matter = models.ForeignKey(Matter, null=True, on_delete=models.PROTECT, related_name="items")
    record = models.ForeignKey(
        "acrime.Record", null=True, on_delete=models.PROTECT, related_name="+"
    )
    individual = models.ForeignKey(
        "acrime.Individual", null=True, on_delete=models.PROTECT, related_name="+"
    )
    added_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+"
    )
    added_at = models.DateTimeField()

    class Meta:
        app_label = "acrime"
        db_table = "retention_hold_item"
        constraints = [
            models.CheckConstraint(
                condition=Q(hold__isnull=False, matter__isnull=True)
                | Q(hold__isnull=True, matter__isnull=False),
                name="retention_hold_item_of_one",
            ),
            models.CheckConstraint(
                condition=Q(record__isnull=False, individual__isnull=True)
                | Q(record__isnull=True, individual__isnull=False),
                name="retention_hold_item_names_one",
            ),
            models.UniqueConstraint(
                fields=["hold", "matter", "record", "individual"],
                nulls_distinct=False,
                name="retention_hold_item_once",
            ),
        ]

    def __str__(self) -> str:
        return f"hold item {self.pk}"


class HoldLetter(models.Model):
    """A letter to a custodian: what to keep, or that it need not be kept any more."""

    number = models.CharField(max_length=24, unique=True)
    hold = models.ForeignKey(Hold, on_delete=models.PROTECT, related_name="letters")
    kind = models.CharField(max_length=10, choices=LetterKind.choices)
    custodian = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+"
    )
    document = SealedBytesField()
    sha256 = models.CharField(max_length=64)
    written_at = models.DateTimeField()
    acknowledged_at = models.DateTimeField(null=True)

    class Meta:
        app_label = "acrime"
        db_table = "retention_hold_letter"
        constraints = [
            models.CheckConstraint(
                condition=Q(kind__in=LetterKind.values), name="retention_hold_letter_known_kind"
            )
        ]

    def __str__(self) -> str:
        return self.number
