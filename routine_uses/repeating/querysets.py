"""Reads: categories as the rules know them, their standing, and what went under them."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.db.models import QuerySet

from accounts.choices import Role
from accounts.models import User
from acrime.common.eastern import portal_day
from acrime.common.errors import NotThere
from acrime.common.numbers import tidied
from routine_uses.managers import DisclosureQuerySet
from routine_uses.models import Disclosure, DisclosureSeries
from routine_uses.repeating.choices import SeriesState, Standing
from routine_uses.repeating.policy import Category, standing_of


def category_of(series: DisclosureSeries, *, held: bool = False) -> Category:
    """*series* as the rules know it.

    Args:
        held: read it anew and hold it until the transaction ends, so that nobody ends it
            meanwhile.
    """
    if held:
        found = DisclosureSeries.objects.select_for_update(of=("self",), no_key=True)
        series = found.get(pk=series.pk)
    return Category(
        number=series.number,
        state=series.state,
        starts_on=series.starts_on,
        ends_on=series.ends_on,
        recipient_id=series.recipient_id,
        ground=(series.paragraph, series.letter),
        purpose=series.purpose_code,
        nature=series.nature,
        method=series.method,
        fields=frozenset(series.fields),
    )


def kept_of(series: DisclosureSeries | None) -> Mapping[str, Any]:
    """What an entry of the accounting keeps of *series*, by column; nothing where it is None."""
    if series is None:
        return {}
    return {
        "series": series,
        "series_number": series.number,
        "series_category": series.record_category,
        "series_interval": series.get_interval_display(),
        "series_statement": series.interval_statement,
    }


def standing(series: DisclosureSeries, *, at: datetime) -> Standing:
    """How *series* stands on the day of *at*, in Washington."""
    return standing_of(
        state=series.state,
        starts_on=series.starts_on,
        ends_on=series.ends_on,
        today=portal_day(at),
    )


def every_series() -> "QuerySet[DisclosureSeries]":
    """All categories, newest first."""
    return DisclosureSeries.objects.select_related("recipient", "proposed_by").order_by(
        "-proposed_at", "-pk"
    )


def series_to_decide(user: User) -> "QuerySet[DisclosureSeries]":
    """Categories that wait for *user*, who did not propose them; the oldest first."""
    if not user.has_role(Role.PRIVACY_OFFICER):
        return DisclosureSeries.objects.none()
    return (
        every_series()
        .filter(state=SeriesState.PROPOSED)
        .exclude(proposed_by=user)
        .order_by("proposed_at", "pk")
    )


def series_numbered(number: str) -> DisclosureSeries:
    """The category with *number*. It holds nothing of any record.

    Raises:
        NotThere: there is none.
    """
    found = (
        DisclosureSeries.objects.select_related(
            "recipient", "proposed_by", "decided_by", "ended_by"
        )
        .filter(number=tidied(number))
        .first()
    )
    if found is None:
        raise NotThere
    return found


def transmissions(series: DisclosureSeries, user: User) -> DisclosureQuerySet:
    """What went under *series* and *user* may see, newest first."""
    return Disclosure.objects.visible_to(user).filter(series=series).with_marks().newest_first()
