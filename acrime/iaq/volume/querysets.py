"""What waits to be read."""

from django.conf import settings

from acrime.iaq.choices import MessageState
from acrime.iaq.models import InboundMessage
from acrime.iaq.volume.models import IntakeFolder
from acrime.iaq.volume.policy import Waiting


def waiting() -> Waiting:
    """What waits now, in the folder as it was last left."""
    limit = settings.INTAKE_MOST_UNREAD
    unread = InboundMessage.objects.filter(state=MessageState.KEPT).order_by("received_at")
    folder = IntakeFolder.objects.first()
    return Waiting(
        unread=unread[:limit].count(),
        limit=limit,
        files=folder.waiting if folder else 0,
        oldest=folder.oldest_at if folder else None,
        looked_at=folder.looked_at if folder else None,
    )


def is_full() -> bool:
    """Whether so many messages are kept and unread that senders have to wait."""
    found = waiting()
    return found.unread >= found.limit
