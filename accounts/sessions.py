"""A session's life: opened, seen, locked, unlocked, ended."""

from datetime import datetime, timedelta

from django.conf import settings
from django.contrib.auth import login, logout
from django.http import HttpRequest
from django.urls import reverse
from django.utils.dateparse import parse_datetime

from accounts.models import User
from acrime.audit import events
from acrime.audit.actions import record_event, request_facts
from acrime.audit.choices import Channel, Outcome

SEEN_AT = "seen_at"
OPENED_AT = "opened_at"
LOCKED_AT = "locked_at"
BANNER_AT = "banner_acknowledged_at"


def sign_in_url() -> str:
    """Where somebody who is not signed in begins: at the warning."""
    return reverse("accounts:banner")


def acknowledge_banner(request: HttpRequest, *, at: datetime) -> None:
    """Remember that the warning was acknowledged (NIST SP 800-53 AC-8)."""
    request.session[BANNER_AT] = at.isoformat()
    _write(request, events.BANNER_ACKNOWLEDGED, None, at=at)


def banner_acknowledged(request: HttpRequest) -> bool:
    """Whether this browser acknowledged the warning in this session."""
    return BANNER_AT in request.session


def open_session(request: HttpRequest, user: User, *, at: datetime) -> None:
    """Sign *user* in."""
    login(request, user, backend="accounts.backends.ActiveUserBackend")
    request.session[OPENED_AT] = request.session[SEEN_AT] = at.isoformat()
    _write(request, events.SIGNED_IN, user, at=at)


def refuse_sign_in(request: HttpRequest, *, at: datetime) -> None:
    """Remember a failed sign-in, or the failure to open somebody's locked session.

    The name typed is not kept: people type passwords there.
    """
    _write(request, events.SIGN_IN_FAILED, _user(request), at=at, outcome=Outcome.REFUSED)


def end(request: HttpRequest, *, at: datetime) -> None:
    """Sign out."""
    _write(request, events.SIGNED_OUT, _user(request), at=at)
    logout(request)


def is_locked(request: HttpRequest) -> bool:
    """Whether the session waits for its password."""
    return LOCKED_AT in request.session


def lock(request: HttpRequest, *, at: datetime) -> None:
    """Lock the session until its person gives the password again (CJIS AC-11)."""
    if not is_locked(request):
        request.session[LOCKED_AT] = at.isoformat()
        _write(request, events.SESSION_LOCKED, _user(request), at=at)


def unlock(request: HttpRequest, *, at: datetime) -> None:
    """Open a locked session again; the caller has checked the password."""
    del request.session[LOCKED_AT]
    request.session.cycle_key()
    request.session[SEEN_AT] = at.isoformat()
    _write(request, events.SESSION_UNLOCKED, _user(request), at=at)


def lasted_too_long(request: HttpRequest, *, at: datetime) -> bool:
    """Whether the person must sign in anew (CJIS IA-11: at most every 12 hours)."""
    opened = parse_datetime(request.session.get(OPENED_AT, ""))
    return opened is None or at - opened > timedelta(seconds=settings.SESSION_COOKIE_AGE)


def _user(request: HttpRequest) -> User | None:
    return request.user if isinstance(request.user, User) else None


def _write(
    request: HttpRequest,
    kind: str,
    user: User | None,
    *,
    at: datetime,
    outcome: Outcome = Outcome.DONE,
) -> None:
    record_event(
        kind=kind,
        actor=user,
        at=at,
        channel=Channel.PAGE,
        outcome=outcome,
        facts=request_facts(request),
    )
