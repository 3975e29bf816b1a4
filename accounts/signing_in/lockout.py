"""Counting failures, with django-axes as the counter.

axes keeps a row for each name that failed: here the name is a keyed hash, since people type
passwords into that field, and neither address nor browser nor what was posted is kept. Its
rule is a little tighter than CJIS AC-7: failures add up until 15 minutes pass without one, or
until a success. The lasting lock is ``User.locked_at``; a name that is nobody's cools off.
"""

from datetime import datetime
from typing import Any

from axes.attempts import get_cool_off_threshold
from axes.handlers.database import AxesDatabaseHandler
from axes.handlers.proxy import AxesProxyHandler
from axes.models import AccessAttempt
from django.db import connection
from django.http import HttpRequest

from acrime.common.sealed import lookup_digest

# The counter's rows are unique by address too, so they all need the same one.
_NO_ADDRESS = "0.0.0.0"  # noqa: S104  # nothing listens here


class NamelessHandler(AxesDatabaseHandler):  # type: ignore[misc]
    """axes' database handler, shown nothing of the request but when it came."""

    def user_login_failed(
        self,
        sender: Any,
        credentials: dict[str, Any],
        request: HttpRequest | None = None,
        **kwargs: Any,
    ) -> None:
        """Count a failure of ``credentials["username"]``."""
        if request is None or not (key := key_of(request, credentials)):
            return
        bare: Any = HttpRequest()
        AxesProxyHandler.update_request(bare)
        bare.axes_attempt_time = request.axes_attempt_time  # type: ignore[attr-defined]
        bare.axes_user_agent = bare.axes_path_info = bare.axes_http_accept = ""
        super().user_login_failed(sender, credentials, bare, **kwargs)
        # The column takes the machine's time when a row is made.
        AccessAttempt.objects.filter(username=key).update(attempt_time=bare.axes_attempt_time)

    def clean_expired_user_attempts(
        self, request: HttpRequest | None = None, credentials: dict[str, Any] | None = None
    ) -> int:
        """Forget rows older than the window; one just as old as it still counts."""
        count: int
        count, _ = AccessAttempt.objects.filter(
            attempt_time__lt=get_cool_off_threshold(request)
        ).delete()
        return count


def key_of(request: HttpRequest, credentials: dict[str, Any] | None = None) -> str | None:
    """What the counter knows a name by. Only credentials count, never a posted field."""
    name = (credentials or {}).get("username")
    return lookup_digest("sign-in name", name.casefold()).hex() if name else None


def no_address(request: HttpRequest) -> str:
    """The counter keeps no address."""
    return _NO_ADDRESS


def no_description(*_: Any) -> str:
    """What axes would say about a client in a log line."""
    return "somebody"


def one_at_a_time(name: str) -> None:
    """Wait until no other transaction tries *name*; for the rest of this one.

    Without it many guesses at once would all be looked at before the first is counted.
    """
    key = int.from_bytes(lookup_digest("sign-in turn", name.casefold())[:8], "big", signed=True)
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [key])


def happens_at(request: HttpRequest, at: datetime) -> None:
    """Tell the counter what time it is for *request*."""
    AxesProxyHandler.update_request(request)
    request.axes_attempt_time = at  # type: ignore[attr-defined]


def count_failure(request: HttpRequest, name: str, *, at: datetime) -> None:
    """Count a failure of *name* that did not pass through ``authenticate``."""
    happens_at(request, at)
    AxesProxyHandler.user_login_failed(
        sender=__name__, credentials={"username": name}, request=request
    )


def is_full(request: HttpRequest, name: str, *, at: datetime) -> bool:
    """Whether *name* has as many failures as lock an account."""
    happens_at(request, at)
    return bool(AxesProxyHandler.is_locked(request, {"username": name}))


def forget(name: str) -> None:
    """Begin counting *name* anew."""
    AxesProxyHandler.reset_attempts(username=key_of(HttpRequest(), {"username": name}))
