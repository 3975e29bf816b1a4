"""The clocks of hit confirmation, for the header of every page."""

from typing import Any

from django.http import HttpRequest

from accounts.models import User
from accounts.sessions import is_locked
from acrime.common import clock
from acrime.ncic.hits.presentation import clocks_for
from acrime.ncic.policy import WORKERS


def running_clocks(request: HttpRequest) -> dict[str, Any]:
    """What runs for the reader, where they work with NCIC and are certified."""
    user = getattr(request, "user", None)
    if not isinstance(user, User) or is_locked(request) or not user.standing.enters:
        return {}
    if not user.has_role(*WORKERS) or not user.standing.ncic_certified:
        return {}
    return {"hit_clocks": clocks_for(user, at=clock.now())}
