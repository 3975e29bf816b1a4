"""People, with every value as received and who entered it."""

from django.conf import settings
from django.db import models

from acrime.common.sealed import SealedTextField
from acrime.individuals.choices import CodeSystem, IdentifierKind, NameKind
from acrime.individuals.querysets import IndividualQuerySet
from acrime.records.reveals import masked


class Individual(models.Model):
    """A person. Visible at once, and marked pending until a supervisor approves."""

    record = models.OneToOneField(
        "acrime.Record", primary_key=True, on_delete=models.PROTECT, related_name="individual"
    )
    sex = models.CharField(max_length=1, blank=True)
    birth_place = models.CharField(max_length=60, blank=True)
    birth_place_system = models.CharField(
        max_length=6, choices=CodeSystem.choices, default=CodeSystem.NCIC
    )

    objects = IndividualQuerySet.as_manager()

    class Meta:
        app_label = "acrime"
        db_table = "individual"

    def __str__(self) -> str:
        return f"individual {self.pk}"

    @property
    def primary_name(self) -> "IndividualName":
        """The name the person is shown under."""
        return next(name for name in self.names.all() if name.kind == NameKind.PRIMARY)


class IndividualName(models.Model):
    """A name as received, and in the normal form it is found by."""

    individual = models.ForeignKey(Individual, on_delete=models.PROTECT, related_name="names")
    kind = models.CharField(max_length=10, choices=NameKind.choices)
    last = models.CharField(max_length=60)
    first = models.CharField(max_length=60, blank=True)
    middle = models.CharField(max_length=60, blank=True)
    normal_last = models.CharField(max_length=60)
    normal_first = models.CharField(max_length=60, blank=True)

    class Meta:
        app_label = "acrime"
        db_table = "individual_name"
        ordering = ["pk"]
        indexes = [
            models.Index(fields=["normal_last", "normal_first"], name="individual_name_normal")
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["individual"],
                condition=models.Q(kind=NameKind.PRIMARY),
                name="individualname_one_primary",
            ),
            # The FBI fills "CPI" where a state sent no name; it is nobody's name.
            models.CheckConstraint(
                condition=~models.Q(normal_last="CPI", normal_first="CPI"),
                name="individualname_not_a_placeholder",
            ),
        ]

    def __str__(self) -> str:
        return f"name {self.pk}"

    @property
    def full(self) -> str:
        """``LAST, FIRST MIDDLE``."""
        given = " ".join(part for part in (self.first, self.middle) if part)
        return f"{self.last}, {given}" if given else self.last


class BirthDate(models.Model):
    """A date of birth that the person was recorded with; there may be several."""

    individual = models.ForeignKey(Individual, on_delete=models.PROTECT, related_name="birth_dates")
    value = models.DateField()

    class Meta:
        app_label = "acrime"
        db_table = "individual_birth_date"
        ordering = ["pk"]
        indexes = [models.Index(fields=["value"], name="individual_birth_date_value")]
        constraints = [
            models.UniqueConstraint(fields=["individual", "value"], name="birthdate_once")
        ]

    def __str__(self) -> str:
        return f"birth date {self.pk}"


class Identifier(models.Model):
    """A number of the person's: sealed, with a keyed hash for exact lookup."""

    individual = models.ForeignKey(Individual, on_delete=models.PROTECT, related_name="identifiers")
    kind = models.CharField(max_length=10, choices=IdentifierKind.choices)
    value = SealedTextField()
    digest = models.BinaryField()
    added_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+"
    )
    added_at = models.DateTimeField()

    class Meta:
        app_label = "acrime"
        db_table = "individual_identifier"
        # In one order everywhere: pages name a number by its place.
        ordering = ["pk"]
        indexes = [models.Index(fields=["digest"], name="individual_identifier_digest")]
        constraints = [
            models.UniqueConstraint(fields=["individual", "kind", "digest"], name="identifier_once")
        ]

    def __str__(self) -> str:
        return f"identifier {self.pk}"

    @property
    def shown(self) -> str:
        """The number as pages show it, masked."""
        return masked(str(self.value))
