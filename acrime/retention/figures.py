"""What becomes eligible when, and what somebody has to look at: counted of what one sees."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date

from django.db.models import Count, Q, QuerySet
from django.db.models.functions import ExtractYear

from accounts.models import User
from acrime.records.querysets import visibility
from acrime.retention.choices import DATED, MISSING_TRIGGER, PAST, State
from acrime.retention.models import RetentionClock

LONG_PAST_DAYS = 365
"""Days after which a record that is kept past its period is a finding (36 CFR 1226.20)."""


@dataclass(frozen=True)
class ItemFigures:
    """The records of one item, by the year in which their period is over.

    Attributes:
        over: whose period is over already.
        by_year: of each of the years shown.
        later: after the last of them.
    """

    code: str
    title: str
    over: int
    by_year: tuple[int, ...]
    later: int

    @property
    def total(self) -> int:
        """All of them."""
        return self.over + sum(self.by_year) + self.later


def clocks_seen(user: User) -> "QuerySet[RetentionClock]":
    """The clocks of records that *user* sees."""
    return RetentionClock.objects.filter(visibility(user, prefix="record__"))


def figures(user: User, *, today: date, years: Iterable[int]) -> list[ItemFigures]:
    """What becomes eligible in each of *years*, by item, of what *user* sees."""
    shown = list(years)
    rows = (
        clocks_seen(user)
        .filter(state__in=sorted(DATED))
        .values("item__code", "item__title", year=ExtractYear("eligible_on"))
        .annotate(number=Count("pk"), over=Count("pk", filter=Q(eligible_on__lte=today)))
        .order_by("item__code", "item__title", "year")
    )
    found: dict[str, tuple[str, int, dict[int, int], int]] = {}
    for row in rows:
        title, over, by_year, later = found.get(row["item__code"], (row["item__title"], 0, {}, 0))
        over += row["over"]
        ahead = row["number"] - row["over"]
        if row["year"] in shown:
            by_year[row["year"]] = by_year.get(row["year"], 0) + ahead
        else:
            later += ahead
        found[row["item__code"]] = (title, over, by_year, later)
    return [
        ItemFigures(code, title, over, tuple(by_year.get(year, 0) for year in shown), later)
        for code, (title, over, by_year, later) in found.items()
    ]


def meters(user: User, *, today: date) -> Mapping[str, int]:
    """How many records stand where: past their period, for long, on hold, with no start."""
    long_ago = date.fromordinal(today.toordinal() - LONG_PAST_DAYS)
    found = clocks_seen(user).aggregate(
        due=Count("pk", filter=Q(state__in=[State.ELIGIBLE, State.TRANSFER_DUE])),
        past=Count("pk", filter=Q(state__in=sorted(PAST))),
        long_past=Count(
            "pk",
            filter=Q(state__in=[State.ELIGIBLE, State.TRANSFER_DUE], eligible_on__lt=long_ago),
        ),
        unapproved=Count("pk", filter=Q(state=State.BLOCKED_BY_AUTHORITY)),
        held=Count("pk", filter=Q(state=State.BLOCKED_BY_HOLD)),
        missing=Count("pk", filter=Q(reasons__overlap=sorted(MISSING_TRIGGER))),
    )
    return {name: int(number) for name, number in found.items()}


def listed(user: User, show: str) -> "QuerySet[RetentionClock]":
    """The records of a list that *user* sees: the longest over first.

    Args:
        show: ``missing``, ``past``, ``due`` or ``held``.
    """
    rows = clocks_seen(user).select_related("record", "item", "authority")
    if show == "missing":
        rows = rows.filter(reasons__overlap=sorted(MISSING_TRIGGER))
        return rows.order_by("item__code", "record_id")
    states = {
        "due": [State.ELIGIBLE, State.TRANSFER_DUE],
        "held": [State.BLOCKED_BY_HOLD],
        "past": sorted(PAST),
    }[show]
    return rows.filter(state__in=states).order_by("eligible_on", "record_id")
