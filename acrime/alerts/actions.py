"""The owner's verbs."""

from datetime import datetime

from django.db import transaction

from accounts.models import User
from acrime.alerts.models import Alert


@transaction.atomic
def mark_read(*, owner: User, at: datetime) -> int:
    """Mark all of the owner's alerts read; returns how many were unread."""
    return Alert.objects.filter(owner=owner, read_at__isnull=True).update(read_at=at)
