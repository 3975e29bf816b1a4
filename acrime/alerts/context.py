"""How many alerts and questions wait for the reader."""

from typing import Any

from django.http import HttpRequest
from django.urls import reverse

from accounts.models import User
from accounts.sessions import is_locked
from acrime.alerts.querysets import what_waits_for


def unread_alerts(request: HttpRequest) -> dict[str, Any]:
    """The counts for the header, and where they lead."""
    user = getattr(request, "user", None)
    if not isinstance(user, User) or is_locked(request):
        return {}
    waiting = what_waits_for(user)
    return {
        "unread_alerts": waiting.alerts,
        "alerts_url": reverse("alerts:list"),
        "questions_waiting": waiting.questions,
        "questions_url": reverse("alerts:questions"),
    }
