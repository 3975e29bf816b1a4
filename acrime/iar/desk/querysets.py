"""What waits at the desk of delivery."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import QuerySet

from accounts.models import User
from acrime.common.models import OutboxMessage
from acrime.iar.choices import DeliveryState
from acrime.iar.delivering.actions import DELIVER
from acrime.iar.delivering.attempts import in_words
from acrime.iar.models import Delivery, StatusResponse

UNCONFIRMED_AFTER = timedelta(hours=24)
"""So long a copy may be sent without an acknowledgement before a person looks at it."""


@dataclass(frozen=True)
class CopyShown:
    """A copy with what is told of it beside its row."""

    copy: Delivery
    problem: str
    next_at: datetime | None


def copies_of(user: User) -> QuerySet[Delivery]:
    """Copies of the responses that *user* sees."""
    seen = StatusResponse.objects.visible_to(user).values("pk")
    return Delivery.objects.filter(response__in=seen).select_related(
        "response__record", "response__query"
    )


def failed_copies(user: User) -> QuerySet[Delivery]:
    """Those that were tried for the last time, longest ago first."""
    return copies_of(user).filter(state=DeliveryState.FAILED).order_by("failed_at", "pk")


def unconfirmed_copies(user: User, *, at: datetime) -> QuerySet[Delivery]:
    """Those that were sent and not acknowledged for long."""
    long_ago = at - UNCONFIRMED_AFTER
    return (
        copies_of(user)
        .filter(state=DeliveryState.SENT, sent_at__lt=long_ago)
        .order_by("sent_at", "pk")
    )


def copies_tried_again(user: User) -> QuerySet[Delivery]:
    """Those that failed at least once and wait for their next attempt."""
    return copies_of(user).filter(state=DeliveryState.QUEUED, attempts__gt=0).order_by("pk")


def shown(copies: Iterable[Delivery]) -> list[CopyShown]:
    """*copies* with their trouble in words, and when each is tried next."""
    rows = list(copies)
    waiting = [each.pk for each in rows if each.state == DeliveryState.QUEUED]
    due = {
        message.payload["delivery"]: message.available_at
        for message in OutboxMessage.objects.filter(
            topic=DELIVER,
            payload__delivery__in=waiting,
            done_at__isnull=True,
            failed_at__isnull=True,
        ).order_by("pk")
    }
    return [
        CopyShown(
            copy=each,
            problem=in_words(each.last_error) if each.last_error else "",
            next_at=due.get(each.pk),
        )
        for each in rows
    ]
