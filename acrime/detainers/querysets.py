"""Detainers as lists."""

from datetime import datetime
from typing import TYPE_CHECKING, Self

from django.contrib.auth.models import AnonymousUser
from django.db import models
from django.db.models import Case, When

from accounts.models import User
from acrime.detainers.choices import DetainerState
from acrime.detainers.policy import STANDING
from acrime.records.family import register_family
from acrime.records.querysets import visibility

if TYPE_CHECKING:
    from acrime.detainers.models import Detainer  # noqa: F401  # names the rows below
    from acrime.records.models import Record

TABS = {
    "running": "Hours that run",
    "issue": "To issue",
    "send": "To send",
    "standing": "Standing",
    "drafts": "Being prepared",
    "ended": "Ended",
    "all": "All",
}
"""The lists, and what they are called."""


class DetainerQuerySet(models.QuerySet["Detainer"]):
    """Detainers. Whatever reaches a person starts from ``visible_to``."""

    def visible_to(self, user: User | AnonymousUser) -> Self:
        """The detainers that *user* may see."""
        return self.filter(visibility(user, prefix="record__"))

    def with_details(self) -> Self:
        """With what a list shows."""
        return self.select_related(
            "record__owner", "agency", "query__record", "issued_by", "prepared_by"
        ).prefetch_related("record__subjects__individual__names")

    def newest(self) -> Self:
        """Latest entered first."""
        return self.order_by("-record__created_at", "-pk")

    def standing(self) -> Self:
        """Those that were issued, and neither lifted nor acted on."""
        return self.filter(state__in=STANDING)

    def running(self, *, at: datetime) -> Self:
        """Those whose 48 hours have begun: the person is held by nothing else."""
        begun = self.filter(state=DetainerState.PLACED, release_at__lte=at, end_at__isnull=False)
        return begun.order_by("end_at", "pk")

    def to_send(self) -> Self:
        """Those with a notice that is prepared and not sent, the lifted ones first."""
        from acrime.detainers.models import DetainerNotice

        unsent = DetainerNotice.objects.filter(sent_at=None, dropped_at=None)
        lifted = Case(When(state=DetainerState.LIFTED, then=0), default=1)
        rows = self.filter(pk__in=unsent.values("detainer_id")).annotate(turn=lifted)
        return rows.order_by("turn", "issued_at", "pk")


def tab_rows(tab: str, user: User, *, at: datetime) -> DetainerQuerySet:
    """The rows of one list, as *user* sees them."""
    from acrime.detainers.models import Detainer

    rows: DetainerQuerySet = Detainer.objects.visible_to(user)
    if tab == "running":
        return rows.running(at=at)
    if tab == "issue":
        waiting = rows.filter(state=DetainerState.TO_ISSUE).exclude(prepared_by=user)
        return waiting.order_by("prepared_at", "pk")
    if tab == "send":
        return rows.to_send()
    if tab == "standing":
        return rows.standing().newest()
    if tab == "drafts":
        return rows.filter(state=DetainerState.DRAFT).newest()
    if tab == "ended":
        ended = [DetainerState.LIFTED, DetainerState.ACTED_ON, DetainerState.WITHDRAWN]
        return rows.filter(state__in=ended).newest()
    return rows.newest()


@register_family
def detainer_and_its_query(record: "Record") -> "models.QuerySet[Record]":
    """A detainer and the query that it follows: it repeats what the query brought to light."""
    from acrime.records.models import Record

    asked = models.Q(query__detainers=record.pk) | models.Q(detainer__query=record.pk)
    return Record.objects.filter(asked).distinct()
