"""Records of NCIC as lists."""

from datetime import date
from typing import TYPE_CHECKING, Self

from django.contrib.auth.models import AnonymousUser
from django.db import models

from accounts.models import User
from acrime.ncic.choices import EntryState
from acrime.ncic.policy import IN_NCIC
from acrime.records.family import register_family
from acrime.records.querysets import visibility

if TYPE_CHECKING:
    from acrime.ncic.models import NcicEntry  # noqa: F401  # names the rows below
    from acrime.records.models import Record

TABS = {
    "work": "To do",
    "check": "To check",
    "validate": "To validate",
    "in": "In NCIC",
    "removed": "Removed",
    "all": "All",
}
"""The lists, and what they are called."""


class EntryQuerySet(models.QuerySet["NcicEntry"]):
    """Records of NCIC. Whatever reaches a person starts from ``visible_to``."""

    def visible_to(self, user: User | AnonymousUser) -> Self:
        """The records that *user* may see."""
        return self.filter(visibility(user, prefix="record__"))

    def with_details(self) -> Self:
        """With what a list shows."""
        return self.select_related("record", "prepared_by").prefetch_related(
            "record__subjects__individual__names"
        )

    def to_validate(self, *, today: date) -> Self:
        """Those in NCIC whose validation may be made on *today*, or is overdue."""
        return self.filter(state__in=IN_NCIC, validate_from__lte=today).order_by(
            "validate_by", "pk"
        )


def tab_rows(tab: str, user: User, *, today: date) -> EntryQuerySet:
    """The rows of one list, as *user* sees them."""
    from acrime.ncic.models import NcicEntry

    rows: EntryQuerySet = NcicEntry.objects.visible_to(user)
    newest = ("-record__created_at", "-pk")
    if tab == "work":
        states = [EntryState.DRAFT, EntryState.CHECKED, EntryState.CLEARED]
        return rows.filter(state__in=states).order_by(*newest)
    if tab == "check":
        waiting = rows.filter(state=EntryState.TO_CHECK).exclude(prepared_by=user)
        return waiting.order_by("prepared_at", "pk")
    if tab == "validate":
        return rows.to_validate(today=today)
    if tab == "in":
        return rows.filter(state__in=[*IN_NCIC, EntryState.CLEARED]).order_by(*newest)
    if tab == "removed":
        return rows.filter(state=EntryState.REMOVED).order_by("-removed_on", "-pk")
    return rows.order_by(*newest)


@register_family
def entry_and_its_hits(record: "Record") -> "models.QuerySet[Record]":
    """The hits on an entry and the entry of a hit: an answer repeats what the entry says."""
    from acrime.records.models import Record

    entry = models.Q(hit__entry=record.pk) | models.Q(ncic_entry__hits=record.pk)
    beside = models.Q(hit__entry__hits=record.pk)
    return Record.objects.filter(entry | beside).distinct()
