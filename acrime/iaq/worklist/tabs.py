"""The tabs of the worklist."""

from collections.abc import Callable, Mapping

from accounts.models import User
from acrime.iaq.choices import (
    QueryState,
)
from acrime.iaq.models import StatusQuery
from acrime.iaq.querysets import QueryQuerySet

Narrowing = Callable[[QueryQuerySet, User], QueryQuerySet]

TABS: Mapping[str, tuple[str, Narrowing]] = {
    "open": ("All open", lambda rows, user: rows.open().by_urgency()),
    "waiting": (
        "Waiting",
        lambda rows, user: rows.filter(state=QueryState.RECEIVED).by_urgency(),
    ),
    "mine": (
        "Mine",
        lambda rows, user: rows.open().filter(claimed_by=user).by_urgency(),
    ),
    "review": (
        "To review",
        lambda rows, user: rows.to_review_by(user).by_urgency(),
    ),
    "ready": (
        "Ready to release",
        lambda rows, user: rows.filter(state=QueryState.APPROVED).by_urgency(),
    ),
    "released": (
        "Released",
        lambda rows, user: rows.filter(state=QueryState.RELEASED).newest(),
    ),
}


def tab_rows(tab: str, user: User) -> QueryQuerySet:
    """The queries of one tab of the worklist, as *user* sees them."""
    return TABS[tab][1](StatusQuery.objects.visible_to(user), user)
