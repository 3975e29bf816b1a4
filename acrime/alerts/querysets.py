"""Alerts as lists."""

from django.db.models import F, QuerySet

from accounts.models import User
from acrime.alerts.models import Alert
from acrime.records.models import Record


def alerts_of(user: User) -> QuerySet[Alert]:
    """The alerts of *user* about records that *user* still sees: unread first, then latest."""
    return (
        Alert.objects.filter(owner=user, record__in=Record.objects.visible_to(user))
        .select_related("viewer", "record")
        .order_by(F("read_at").desc(nulls_first=True), "-last_at", "-pk")
    )


def unread_count(user: User) -> int:
    """How many alerts wait; the number the header shows."""
    return alerts_of(user).filter(read_at__isnull=True).count()
