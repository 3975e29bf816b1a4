"""Tips as lists, and the state of the tip line."""

from typing import TYPE_CHECKING, Self

from django.contrib.auth.models import AnonymousUser
from django.db import models
from django.db.models import Q, Value

from accounts.models import User
from acrime.records.choices import SubjectRole
from acrime.records.querysets import visibility
from acrime.tips.choices import CameBy, Decision, LineAct, Matter, TipState
from acrime.tips.policy import LIKE, likeness

if TYPE_CHECKING:
    from acrime.tips.models import LineChange, Tip, TipSource  # noqa: F401  # names the rows below

TABS = {
    "new": "New",
    "mine": "Mine",
    "suspected": "Perhaps no tip",
    "second": "For a second person",
    "open": "Followed up",
    "closed": "Closed",
    "all": "All",
}
"""The lists, and what they are called."""

_STATES = {
    "new": [TipState.NEW],
    "suspected": [TipState.SUSPECTED],
    "second": [TipState.REVIEW],
    "open": [TipState.TRIAGE, TipState.OPEN],
    "closed": [TipState.CLOSED, TipState.NOT_KEPT],
}
MOST_ALIKE = 5
_MOST_CANDIDATES = 200


class TipQuerySet(models.QuerySet["Tip"]):
    """Tips. Whatever reaches a person starts from ``visible_to``."""

    def visible_to(self, user: User | AnonymousUser) -> Self:
        """The tips that *user* may see."""
        return self.filter(visibility(user, prefix="record__"))

    def with_details(self) -> Self:
        """With what a list shows."""
        return self.select_related("record__owner", "handler", "office", "same_as__record")

    def newest(self) -> Self:
        """Latest received first."""
        return self.order_by("-received_at", "-pk")


class TipSourceQuerySet(models.QuerySet["TipSource"]):
    """Who reported tips. Whatever reaches a person starts from ``visible_to``."""

    def visible_to(self, user: User | AnonymousUser) -> Self:
        """The sources for which *user* is named."""
        return self.filter(visibility(user, prefix="record__"))


def tab_rows(tab: str, user: User) -> TipQuerySet:
    """The rows of one list, as *user* sees them."""
    from acrime.tips.models import Tip

    rows: TipQuerySet = Tip.objects.visible_to(user).newest()
    if tab == "mine":
        ended = [TipState.CLOSED, TipState.NOT_KEPT]
        return rows.filter(Q(handler=user) | Q(record__owner=user)).exclude(state__in=ended)
    return rows.filter(state__in=_STATES[tab]) if tab in _STATES else rows


def filtered(rows: TipQuerySet, *, matter: str, came_by: str) -> TipQuerySet:
    """*rows* about one matter, or that came one way; nonsense filters nothing."""
    if matter in Matter.values:
        rows = rows.filter(matter=matter)
    return rows.filter(came_by=came_by) if came_by in CameBy.values else rows


def alike(tip: "Tip", user: User) -> list[tuple["Tip", str]]:
    """Tips that *user* sees and that may say the same, best first, each with why."""
    from acrime.tips.models import Tip

    others: TipQuerySet = Tip.objects.visible_to(user).exclude(pk=tip.pk)
    others = others.exclude(state=TipState.NOT_KEPT).with_details()
    found: dict[int, tuple[float, Tip, str]] = {}
    people = list(
        tip.record.subjects.filter(role=SubjectRole.SUBJECT).values_list("individual_id", flat=True)
    )
    if people:
        same = others.filter(
            record__subjects__individual__in=people, record__subjects__role=SubjectRole.SUBJECT
        )
        for each in same.distinct().newest()[:MOST_ALIKE]:
            found[each.pk] = (0.5, each, "About the same person")
    if tip.sketch:
        # Named as what the column holds: a bare list is sent as numbers of four bytes, cut off.
        asked = Value(list(tip.sketch), output_field=Tip._meta.get_field("sketch"))
        near = others.filter(sketch__overlap=asked).newest()[:_MOST_CANDIDATES]
        for each in near:
            score = likeness(tip.sketch, each.sketch)
            if bytes(each.text_digest or b"") == bytes(tip.text_digest or b"-"):
                found[each.pk] = (2.0, each, "The very same text")
            elif score >= LIKE:
                found[each.pk] = (1.0 + score, each, "Much of the same text")
    ranked = sorted(found.values(), key=lambda row: (-row[0], -row[1].pk))
    return [(each, why) for _, each, why in ranked[:MOST_ALIKE]]


def line_now() -> "LineChange | None":
    """The latest approved change of the tip line; without one it was never opened."""
    from acrime.tips.models import LineChange

    rows = LineChange.objects.filter(decision=Decision.GRANTED)
    return rows.select_related("keeper", "account").order_by("-decided_at", "-pk").first()


def open_line() -> "LineChange | None":
    """The change that opened the tip line, or nothing where it is closed."""
    found = line_now()
    return found if found is not None and found.act == LineAct.OPEN else None
