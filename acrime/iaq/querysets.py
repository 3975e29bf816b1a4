"""Queries as lists."""

from typing import TYPE_CHECKING, Self

from django.contrib.auth.models import AnonymousUser
from django.db import models

from accounts.choices import OVERSIGHT, Role
from accounts.models import User
from acrime.iaq.choices import MESSAGES_WAITING, QueryState
from acrime.records.querysets import visibility

if TYPE_CHECKING:
    from acrime.iaq.models import InboundMessage, StatusQuery  # noqa: F401  # names the base


class QueryQuerySet(models.QuerySet["StatusQuery"]):
    """Queries. Whatever reaches a person starts from ``visible_to``."""

    def visible_to(self, user: User | AnonymousUser) -> Self:
        """The queries that *user* may see."""
        return self.filter(visibility(user, prefix="record__"))

    def open(self) -> Self:
        """Queries without an answer yet."""
        return self.exclude(state=QueryState.RELEASED)

    def by_urgency(self) -> Self:
        """Open ones first due first."""
        return self.select_related("record", "claimed_by").order_by("due_at", "pk")

    def newest(self) -> Self:
        """Latest received first."""
        return self.select_related("record", "claimed_by").order_by("-received_at", "-pk")


# Who settles messages that could not be read, and who may look on.
DESK_ROLES = frozenset({Role.ANALYST, Role.SUPERVISOR})
DESK_READERS = DESK_ROLES | OVERSIGHT | {Role.PRIVACY_OFFICER}


def desk_messages(user: User) -> "models.QuerySet[InboundMessage]":
    """Messages that wait for a person, oldest first. They wear no envelope yet."""
    return (
        _readable_messages(user)
        .filter(state__in=sorted(MESSAGES_WAITING))
        .order_by("received_at", "pk")
    )


def desk_message(user: User, number: str) -> "InboundMessage | None":
    """The message with *number* that could not be read, waiting or settled."""
    return (
        _readable_messages(user)
        .filter(query__isnull=True, number=number)
        .select_related("received_by", "settled_by", "corrects")
        .first()
    )


def _readable_messages(user: User) -> "models.QuerySet[InboundMessage]":
    from acrime.iaq.models import InboundMessage

    everything = InboundMessage.objects.all()
    return everything if user.has_role(*DESK_READERS) else everything.none()
