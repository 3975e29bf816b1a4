"""Calls as lists."""

from typing import TYPE_CHECKING, Self

from django.contrib.auth.models import AnonymousUser
from django.db import models

from accounts.models import User
from acrime.calls.choices import CallState, Verification
from acrime.records.family import register_family
from acrime.records.querysets import visibility

if TYPE_CHECKING:
    from acrime.calls.models import Call  # noqa: F401  # names the rows below
    from acrime.records.models import Record

TABS = {
    "open": "Open",
    "unverified": "To call back",
    "tasks": "With my tasks",
    "all": "All",
}
"""The lists, and what they are called."""


class CallQuerySet(models.QuerySet["Call"]):
    """Calls. Whatever reaches a person starts from ``visible_to``."""

    def visible_to(self, user: User | AnonymousUser) -> Self:
        """The calls that *user* may see."""
        return self.filter(visibility(user, prefix="record__"))

    def with_details(self) -> Self:
        """With what a list shows."""
        return self.select_related("record__creator", "recipient", "hit__record", "query__record")

    def newest(self) -> Self:
        """Latest received first."""
        return self.order_by("-received_at", "-pk")


def tab_rows(tab: str, user: User) -> CallQuerySet:
    """The rows of one list, as *user* sees them."""
    from acrime.calls.models import Call, CallTask

    rows: CallQuerySet = Call.objects.visible_to(user).newest()
    if tab == "unverified":
        return rows.filter(state=CallState.OPEN, verification=Verification.UNVERIFIED)
    if tab == "tasks":
        mine = CallTask.objects.filter(assigned_to=user, done_at=None)
        return rows.filter(pk__in=mine.values("call_id"))
    if tab == "open":
        return rows.filter(state=CallState.OPEN)
    return rows


@register_family
def call_and_what_it_is_about(record: "Record") -> "models.QuerySet[Record]":
    """The calls on a query or a hit: they repeat what these say, and are limited with them."""
    from acrime.records.models import Record

    of_a_call = models.Q(hit__calls=record.pk) | models.Q(query__calls=record.pk)
    calls = models.Q(call__hit=record.pk) | models.Q(call__query=record.pk)
    return Record.objects.filter(of_a_call | calls).distinct()
