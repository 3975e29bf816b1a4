"""How many alerts wait for the reader."""

from django.http import HttpRequest

from accounts.models import User
from accounts.sessions import is_locked
from acrime.alerts.models import Alert


def unread_alerts(request: HttpRequest) -> dict[str, int]:
    """The count for the header."""
    user = getattr(request, "user", None)
    if not isinstance(user, User) or is_locked(request):
        return {}
    return {"unread_alerts": Alert.objects.filter(owner=user, read_at__isnull=True).count()}
