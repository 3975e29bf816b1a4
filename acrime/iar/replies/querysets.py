"""Replies as they are looked at."""

from django.db.models import Q, QuerySet

from accounts.models import User
from acrime.iaq.querysets import DESK_READERS
from acrime.iar.choices import ReplyState
from acrime.iar.models import StatusResponse
from acrime.iar.replies.models import InboundReply


def readable_replies(user: User) -> QuerySet[InboundReply]:
    """Those that *user* may read: unmatched ones from the desk, others with their response."""
    if not user.has_role(*DESK_READERS):
        return InboundReply.objects.none()
    seen = StatusResponse.objects.visible_to(user).values("pk")
    return InboundReply.objects.filter(Q(response__isnull=True) | Q(response__in=seen))


def waiting_replies(user: User) -> QuerySet[InboundReply]:
    """Those that wait for a person, oldest first."""
    return readable_replies(user).filter(state=ReplyState.WAITING).order_by("received_at", "pk")


def replies_to(response: StatusResponse) -> QuerySet[InboundReply]:
    """What came back about *response*, oldest first."""
    return response.replies.order_by("received_at", "pk")
