"""A category of repeating disclosures, and what the accounting keeps of it."""

from datetime import timedelta

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q

from routine_uses import choices
from routine_uses.repeating.choices import Interval, SeriesState


class DisclosureSeries(models.Model):
    """A category of repeating disclosures: what goes to whom, why and how often.

    Proposed by whoever discloses, decided by a privacy officer who did not propose it. A
    trigger freezes what was proposed from the start, and each decision from its moment on.
    First and last day are days in Washington.
    """

    number = models.CharField(max_length=24, unique=True)
    recipient = models.ForeignKey(
        "routine_uses.Recipient", on_delete=models.PROTECT, related_name="+"
    )
    paragraph = models.CharField(max_length=8, choices=choices.Paragraph.choices)
    letter = models.CharField(max_length=2, blank=True)
    purpose_code = models.CharField(max_length=30, choices=choices.Purpose.choices)
    fields = ArrayField(models.CharField(max_length=30, choices=choices.Field.choices))
    method = models.CharField(max_length=12, choices=choices.Method.choices)
    nature = models.CharField(max_length=300)
    record_category = models.CharField(max_length=300)
    interval = models.CharField(max_length=10, choices=Interval.choices)
    interval_statement = models.CharField(max_length=300)
    starts_on = models.DateField()
    ends_on = models.DateField()
    justification = models.CharField(max_length=500)
    proposed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+"
    )
    proposed_at = models.DateTimeField()

    state = models.CharField(
        max_length=10, choices=SeriesState.choices, default=SeriesState.PROPOSED
    )
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+"
    )
    decided_at = models.DateTimeField(null=True)
    decision_reason = models.CharField(max_length=500, blank=True, default="")
    ended_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+"
    )
    ended_at = models.DateTimeField(null=True)
    ended_reason = models.CharField(max_length=500, blank=True, default="")

    class Meta:
        indexes = [models.Index(fields=["state", "-proposed_at"], name="disclosureseries_list")]
        constraints = [
            models.CheckConstraint(
                condition=Q(purpose_code__in=choices.Purpose.values)
                & Q(method__in=choices.Method.values)
                & Q(interval__in=Interval.values)
                & Q(paragraph__in=choices.ACCOUNTED),
                name="disclosureseries_known_codes",
            ),
            models.CheckConstraint(
                condition=Q(paragraph=choices.Paragraph.B3, letter__regex=r"^([A-Z]|[A-Z]{2})$")
                | (~Q(paragraph=choices.Paragraph.B3) & Q(letter="")),
                name="disclosureseries_letter_iff_routine_use",
            ),
            models.CheckConstraint(
                condition=Q(fields__len__gte=1) & Q(fields__contained_by=choices.Field.values),
                name="disclosureseries_known_fields",
            ),
            models.CheckConstraint(
                condition=~Q(nature="")
                & ~Q(record_category="")
                & ~Q(interval_statement="")
                & ~Q(justification=""),
                name="disclosureseries_says_what_and_why",
            ),
            models.CheckConstraint(
                condition=Q(ends_on__gte=F("starts_on"))
                & Q(ends_on__lte=F("starts_on") + timedelta(days=365)),
                name="disclosureseries_at_most_a_year",
            ),
            models.CheckConstraint(
                condition=~Q(decided_by=F("proposed_by")), name="disclosureseries_second_person"
            ),
            models.CheckConstraint(
                condition=Q(
                    state=SeriesState.PROPOSED,
                    decided_by=None,
                    decided_at=None,
                    ended_by=None,
                    ended_at=None,
                )
                | (
                    Q(
                        state__in=[SeriesState.APPROVED, SeriesState.REFUSED],
                        decided_by__isnull=False,
                        decided_at__isnull=False,
                        ended_by=None,
                        ended_at=None,
                    )
                    & ~Q(decision_reason="")
                )
                | (
                    Q(state=SeriesState.ENDED, ended_by__isnull=False, ended_at__isnull=False)
                    & ~Q(ended_reason="")
                ),
                name="disclosureseries_decided_by_whom_when_and_why",
            ),
        ]

    def __str__(self) -> str:
        return self.number


class UnderSeries(models.Model):
    """What an entry of the accounting keeps of its category, as plain values of that day."""

    series = models.ForeignKey(
        DisclosureSeries, null=True, on_delete=models.PROTECT, related_name="+"
    )
    series_number = models.CharField(max_length=24, blank=True, default="")
    series_category = models.CharField(max_length=300, blank=True, default="")
    series_interval = models.CharField(max_length=20, blank=True, default="")
    series_statement = models.CharField(max_length=300, blank=True, default="")

    class Meta:
        abstract = True


NAMES_ITS_SERIES_WHOLE = models.CheckConstraint(
    condition=Q(
        series=None, series_number="", series_category="", series_interval="", series_statement=""
    )
    | (
        Q(series__isnull=False)
        & ~Q(series_number="")
        & ~Q(series_category="")
        & ~Q(series_interval="")
        & ~Q(series_statement="")
    ),
    name="disclosure_names_its_series_whole",
)
