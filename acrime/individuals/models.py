"""People, with every value as received and who entered it."""

from django.conf import settings
from django.db import models

from acrime.common.sealed import SealedTextField
from acrime.individuals.choices import CodeSystem, IdentifierKind, NameKind
from acrime.individuals.finding.names import born_code
from acrime.individuals.querysets import IndividualQuerySet
from acrime.individuals.written import address_line, date_shown, date_written, full_name
from acrime.records.reveals import masked


class Individual(models.Model):
    """A person. Visible at once, and marked pending until a supervisor approves."""

    record = models.OneToOneField(
        "acrime.Record", primary_key=True, on_delete=models.PROTECT, related_name="individual"
    )
    sex = models.CharField(max_length=1, blank=True)
    # The record of the same person that this one became part of; undoing takes it away again.
    merged_into = models.ForeignKey(
        "self", null=True, on_delete=models.PROTECT, related_name="merged_from"
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

    @property
    def shown_name(self) -> str:
        """What pages call the person; the names of a merged record went elsewhere."""
        kept = (name.full for name in self.names.all() if name.kind == NameKind.PRIMARY)
        return next(kept, self.record.number)


class IndividualName(models.Model):
    """A name as received, and in the normal form it is found by."""

    individual = models.ForeignKey(Individual, on_delete=models.PROTECT, related_name="names")
    kind = models.CharField(max_length=10, choices=NameKind.choices)
    last = models.CharField(max_length=60)
    first = models.CharField(max_length=60, blank=True)
    middle = models.CharField(max_length=60, blank=True)
    suffix = models.CharField(max_length=10, blank=True)
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
        """``LAST, FIRST MIDDLE SUFFIX``."""
        return full_name(self.last, self.first, self.middle, self.suffix)


class BirthDate(models.Model):
    """A date of birth that the person was recorded with; there may be several.

    Of a partial date the year is known, or the year and the month. ``value`` is the whole date.
    """

    individual = models.ForeignKey(Individual, on_delete=models.PROTECT, related_name="birth_dates")
    year = models.PositiveSmallIntegerField()
    month = models.PositiveSmallIntegerField(null=True)
    day = models.PositiveSmallIntegerField(null=True)
    value = models.GeneratedField(
        expression=models.Func("year", "month", "day", function="make_date"),
        output_field=models.DateField(null=True),
        db_persist=True,
    )

    class Meta:
        app_label = "acrime"
        db_table = "individual_birth_date"
        ordering = ["pk"]
        indexes = [models.Index(fields=["value"], name="individual_birth_date_value")]
        constraints = [
            models.UniqueConstraint(
                fields=["individual", "year", "month", "day"],
                name="birthdate_once",
                nulls_distinct=False,
            ),
            models.CheckConstraint(
                condition=models.Q(month__isnull=True, day__isnull=True)
                | models.Q(month__range=(1, 12), day__isnull=True)
                | models.Q(month__range=(1, 12), day__range=(1, 31)),
                name="birthdate_known_from_the_year_down",
            ),
        ]

    def __str__(self) -> str:
        return f"birth date {self.pk}"

    @property
    def code(self) -> int:
        """As the index of people holds it: 19790415, 00 for what is not known."""
        return born_code(self.year, self.month, self.day)

    @property
    def written(self) -> str:
        """``1979-04-15``, or as much of it as is known."""
        return date_written(self.year, self.month, self.day)

    @property
    def shown(self) -> str:
        """``Apr 15, 1979``, or as much of it as is known."""
        return date_shown(self.year, self.month, self.day)


class BirthPlace(models.Model):
    """A place of birth, in the code system in which it came."""

    individual = models.ForeignKey(
        Individual, on_delete=models.PROTECT, related_name="birth_places"
    )
    value = models.CharField(max_length=60)
    system = models.CharField(max_length=6, choices=CodeSystem.choices, default=CodeSystem.NCIC)

    class Meta:
        app_label = "acrime"
        db_table = "individual_birth_place"
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["individual", "system", "value"], name="birthplace_once"
            )
        ]

    def __str__(self) -> str:
        return f"birth place {self.pk}"


class Address(models.Model):
    """Where the person was found, or was said to live."""

    individual = models.ForeignKey(Individual, on_delete=models.PROTECT, related_name="addresses")
    street = models.CharField(max_length=120, blank=True)
    city = models.CharField(max_length=60, blank=True)
    region = models.CharField(max_length=40, blank=True)
    postal_code = models.CharField(max_length=12, blank=True)
    country = models.CharField(max_length=40, blank=True)
    added_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+"
    )
    added_at = models.DateTimeField()

    class Meta:
        app_label = "acrime"
        db_table = "individual_address"
        ordering = ["pk"]
        constraints = [
            models.CheckConstraint(
                condition=~models.Q(street="", city="", region="", postal_code="", country=""),
                name="address_says_something",
            )
        ]

    def __str__(self) -> str:
        return f"address {self.pk}"

    @property
    def line(self) -> str:
        """The address in one line."""
        return address_line(self.street, self.city, self.region, self.postal_code, self.country)


class Identifier(models.Model):
    """A number of the person's: sealed, with a keyed hash for exact lookup."""

    individual = models.ForeignKey(Individual, on_delete=models.PROTECT, related_name="identifiers")
    kind = models.CharField(max_length=10, choices=IdentifierKind.choices)
    value = SealedTextField()
    # The state or country it was issued by, where its kind has one.
    issuer = models.CharField(max_length=40, blank=True)
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
