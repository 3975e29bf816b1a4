"""A session's life: opened, finished, seen, locked, unlocked, proved again, ended."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.conf import settings
from django.contrib.auth import login, logout, update_session_auth_hash
from django.http import HttpRequest
from django.urls import reverse
from django.utils.crypto import constant_time_compare
from django.utils.dateparse import parse_datetime

from accounts.backends import may_enter
from accounts.models import User
from accounts.signing_in import actions, querysets
from accounts.signing_in.certificates import Certificate
from accounts.signing_in.choices import Duty, Method
from accounts.signing_in.policy import SECOND_PROOF_WITHIN, is_fresh, next_duty
from acrime.audit import events
from acrime.audit.actions import record_event, request_facts
from acrime.audit.choices import Channel

SEEN_AT = "seen_at"
OPENED_AT = "opened_at"
LOCKED_AT = "locked_at"
BANNER_AT = "banner_acknowledged_at"
# When the person last proved who they are, and how the session was opened.
PROVED_AT = "proved_at"
METHOD = "opened_with"
TWO_FACTORS = "two_factors"
CERTIFICATE = "certificate"
# The first proof of a sign-in that waits for its second.
FIRST_PROOF = "first_proof"
# What was known of the account before this sign-in.
BEFORE = "before_this_sign_in"

# Where each duty is done.
DUTY_PAGES = {
    Duty.NEW_PASSWORD: "accounts:change-password",
    Duty.SECOND_FACTOR: "accounts:factors",
}

BACKEND = "accounts.backends.ActiveUserBackend"


@dataclass(frozen=True)
class Before:
    """The last sign-in and the last failure before this session; None where there was none."""

    signed_in_at: datetime | None
    signed_in_from: str
    failed_at: datetime | None
    failed_from: str

    @property
    def failed_since(self) -> bool:
        """Whether something failed after the last sign-in."""
        return self.failed_at is not None and (
            self.signed_in_at is None or self.failed_at > self.signed_in_at
        )


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


# --- In ---------------------------------------------------------------------------------------


def begin(
    request: HttpRequest, user: User, *, method: Method, two_factors: bool, at: datetime
) -> bool:
    """Go on after a first proof: open the session, or wait for the second factor.

    Args:
        two_factors: whether the proof was one of two factors in itself.

    Returns:
        Whether the session is open.
    """
    if two_factors or not querysets.has_factor(user):
        open_session(request, user, method=method, two_factors=two_factors, at=at)
        return True
    request.session[FIRST_PROOF] = {
        "user": user.pk,
        "method": method.value,
        "at": at.isoformat(),
        "hash": user.get_session_auth_hash(),
    }
    # Nobody who knew the key before goes on with it.
    request.session.cycle_key()
    return False


def first_proof(request: HttpRequest, *, at: datetime) -> tuple[User, Method] | None:
    """Who waits for the second factor, and how they began; None when it took too long.

    It ends too when the password or a factor is changed elsewhere in the meantime.
    """
    waiting = request.session.get(FIRST_PROOF)
    if not isinstance(waiting, dict):
        return None
    user = User.objects.filter(pk=waiting["user"]).first()
    began = parse_datetime(waiting["at"])
    if (
        user is None
        or not may_enter(user)
        or began is None
        or at - began > SECOND_PROOF_WITHIN
        or not constant_time_compare(waiting["hash"], user.get_session_auth_hash())
    ):
        forget_first_proof(request)
        return None
    return user, Method(waiting["method"])


def forget_first_proof(request: HttpRequest) -> None:
    """Begin anew."""
    request.session.pop(FIRST_PROOF, None)


def open_session(
    request: HttpRequest,
    user: User,
    *,
    method: Method,
    two_factors: bool,
    at: datetime,
    certificate: Certificate | None = None,
) -> None:
    """Sign *user* in, in a session with a new key."""
    forget_first_proof(request)
    before = {
        "signed_in_at": _text(user.last_signed_in_at),
        "signed_in_from": user.last_signed_in_from or "",
        "failed_at": _text(user.last_failed_at),
        "failed_from": user.last_failed_from or "",
    }
    login(request, user, backend=BACKEND)
    request.session[OPENED_AT] = request.session[SEEN_AT] = at.isoformat()
    request.session[PROVED_AT] = at.isoformat()
    request.session[METHOD] = method.value
    request.session[TWO_FACTORS] = two_factors
    request.session[BEFORE] = before
    if certificate is not None:
        request.session[CERTIFICATE] = certificate.sha256
    actions.note_sign_in(user=user, method=method, at=at, facts=request_facts(request))


def before(request: HttpRequest) -> Before | None:
    """What was known before this session; None for a session that did not come by sign-in."""
    kept = request.session.get(BEFORE)
    if not isinstance(kept, dict):
        return None
    return Before(
        signed_in_at=parse_datetime(kept["signed_in_at"]),
        signed_in_from=kept["signed_in_from"],
        failed_at=parse_datetime(kept["failed_at"]),
        failed_from=kept["failed_from"],
    )


def duty(request: HttpRequest, user: User) -> Duty | None:
    """What *user* must do before anything opens, or None."""
    return next_duty(
        method=request.session.get(METHOD, ""),
        two_factors=bool(request.session.get(TWO_FACTORS)),
        must_change_password=user.must_change_password,
        exempt=user.is_demo and settings.DEMO_ACCOUNTS,
    )


def factors_changed(request: HttpRequest, user: User, *, two_factors: bool) -> None:
    """Go on in this session after one's password or factors changed; all others end.

    Args:
        two_factors: a new factor was shown to work, which finishes the sign-in.
    """
    update_session_auth_hash(request, user)
    if two_factors:
        request.session[TWO_FACTORS] = True


def end(request: HttpRequest, *, at: datetime) -> None:
    """Sign out."""
    _write(request, events.SIGNED_OUT, _user(request), at=at)
    logout(request)


# --- Proofs -----------------------------------------------------------------------------------


def reauthenticated_within(
    request: HttpRequest, minutes: int | None = None, *, at: datetime
) -> bool:
    """Whether the person proved who they are in the last *minutes* (CJIS IA-11).

    Without *minutes* the portal's own number counts (``ACRIME_REAUTHENTICATE_MINUTES``).
    """
    proved = parse_datetime(request.session.get(PROVED_AT) or request.session.get(OPENED_AT, ""))
    limit = settings.PROOF_MINUTES if minutes is None else minutes
    return is_fresh(proved, at=at, minutes=limit)


def proved_again(request: HttpRequest, *, method: Method, at: datetime) -> None:
    """Remember that the person proved once more who they are."""
    request.session.cycle_key()
    request.session[PROVED_AT] = at.isoformat()
    if (user := _user(request)) is not None:
        actions.note_proof(user=user, method=method, at=at, facts=request_facts(request))


# --- Locked, too long -------------------------------------------------------------------------


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
    request.session[SEEN_AT] = request.session[PROVED_AT] = at.isoformat()
    _write(request, events.SESSION_UNLOCKED, _user(request), at=at)


def lasted_too_long(request: HttpRequest, *, at: datetime) -> bool:
    """Whether the person must sign in anew (CJIS IA-11: at most every 12 hours)."""
    opened = parse_datetime(request.session.get(OPENED_AT, ""))
    return opened is None or at - opened > timedelta(seconds=settings.SESSION_COOKIE_AGE)


def _user(request: HttpRequest) -> User | None:
    return request.user if isinstance(request.user, User) else None


def _text(moment: datetime | None) -> str:
    return moment.isoformat() if moment else ""


def _write(request: HttpRequest, kind: str, user: User | None, *, at: datetime) -> None:
    record_event(
        kind=kind,
        actor=user,
        at=at,
        channel=Channel.PAGE,
        facts=request_facts(request),
    )
