"""What stands before every view."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.dateparse import parse_datetime
from django.utils.http import urlencode

from accounts import sessions
from accounts.guards import View, declared_access
from accounts.models import User
from accounts.signing_in.certificates import is_bound, presented
from accounts.signing_in.choices import Method
from acrime.audit import events
from acrime.audit.actions import record_event, request_facts
from acrime.audit.choices import Channel, Outcome
from acrime.common import clock

GetResponse = Callable[[HttpRequest], HttpResponseBase]


class CertificateMiddleware:
    """Ends a session that was opened with a PIV card when the card is no longer there.

    The proxy sends the certificate with every request; without it, with another one, or when
    it is no longer the account's, the session is over.
    """

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        if (
            request.session.get(sessions.METHOD) == Method.CERTIFICATE
            and isinstance(request.user, User)
            and not self._still_there(request, request.user, at=(at := clock.now()))
        ):
            sessions.end(request, at=at)
        return self.get_response(request)

    def _still_there(self, request: HttpRequest, user: User, *, at: datetime) -> bool:
        found = presented(
            request.META,
            proof=settings.CERTIFICATE_PROOF,
            proxies=settings.TRUSTED_PROXIES,
            at=at,
        )
        return (
            found is not None
            and found.sha256 == request.session.get(sessions.CERTIFICATE)
            and is_bound(found, sha256=user.certificate_sha256, name=user.certificate_name)
        )


# A session is written no more often than this: it locks so much too early at most, never late.
SEEN_EVERY = timedelta(seconds=10)


class IdleLockMiddleware:
    """Locks a session that was idle too long and ends one that lasted too long.

    A locked session answers no page but the lock screen, the sign-out and public ones.
    """

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        if request.user.is_authenticated:
            at = clock.now()
            seen = parse_datetime(request.session.get(sessions.SEEN_AT, ""))
            idle = timedelta(minutes=settings.IDLE_LOCK_MINUTES)
            if sessions.lasted_too_long(request, at=at):
                sessions.end(request, at=at)
            elif seen is None or at - seen > idle:
                sessions.lock(request, at=at)
        return self.get_response(request)

    def process_view(
        self, request: HttpRequest, view: View, args: Any, kwargs: Any
    ) -> HttpResponseBase | None:
        access = declared_access(view)
        if not (access and access.background):
            self._seen(request)
        if not sessions.is_locked(request) or (access and (access.when_locked or access.public)):
            return None
        api = bool(access and access.api)
        write_denial(request, reason="session-locked", channel=Channel.API if api else Channel.PAGE)
        if api:
            raise PermissionDenied
        return redirect("accounts:lock")

    def _seen(self, request: HttpRequest) -> None:
        """Remember that the person did something. What a page asks for by itself is nothing."""
        if not request.user.is_authenticated or sessions.is_locked(request):
            return
        at = clock.now()
        seen = parse_datetime(request.session.get(sessions.SEEN_AT, ""))
        if seen is None or at - seen >= SEEN_EVERY:
            request.session[sessions.SEEN_AT] = at.isoformat()


class UnfinishedSignInMiddleware:
    """Opens nothing but what finishes the sign-in to whom it is not finished for.

    allauth lets anybody go without a second factor; this is where the portal does not.
    """

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        return self.get_response(request)

    def process_view(
        self, request: HttpRequest, view: View, args: Any, kwargs: Any
    ) -> HttpResponseBase | None:
        access = declared_access(view)
        if access is None or access.public or access.unfinished:
            return None
        if not isinstance(request.user, User):
            return None
        duty = sessions.duty(request, request.user)
        if duty is None:
            return None
        if access.api:
            raise PermissionDenied
        return redirect(sessions.DUTY_PAGES[duty])


class FreshProofMiddleware:
    """Asks for the password again before a privileged page or act (CJIS IA-11)."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        return self.get_response(request)

    def process_view(
        self, request: HttpRequest, view: View, args: Any, kwargs: Any
    ) -> HttpResponseBase | None:
        access = declared_access(view)
        if access is None or not access.proved or not isinstance(request.user, User):
            return None
        if sessions.reauthenticated_within(request, at=clock.now()):
            return None
        # What was sent is not done; the person comes back to the page and sends it again.
        where = request.path if request.method in ("GET", "HEAD") else _page_before(request)
        return redirect(f"{reverse('accounts:prove')}?{urlencode({'next': where})}")


def _page_before(request: HttpRequest) -> str:
    """The path of the page that a form was on, where the browser tells it."""
    return urlsplit(request.headers.get("referer", "")).path or reverse("accounts:account")


class DeclaredAccessMiddleware:
    """Deny by default: a view answers only those whom its declaration names.

    API views are let through to their own permission class, which reads the same
    declaration after the token was checked.
    """

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        return self.get_response(request)

    def process_view(
        self, request: HttpRequest, view: View, args: Any, kwargs: Any
    ) -> HttpResponseBase | None:
        access = declared_access(view)
        if access is None:
            raise PermissionDenied
        if access.api or access.opens_to(request.user, request.method or "GET"):
            return None
        if not isinstance(request.user, User):
            where = urlencode({"next": request.path}) if request.method == "GET" else ""
            return redirect(
                f"{sessions.sign_in_url()}?{where}" if where else sessions.sign_in_url()
            )
        if access.is_act_of(request.user, request.method or "GET"):
            answer = render(request, "405.html", status=405)
            answer["Allow"] = "POST"
            return answer
        standing = request.user.standing
        write_denial(request, reason="" if standing.enters else standing.reasons[0])
        if not standing.enters:
            return redirect("accounts:ended")
        raise PermissionDenied


def write_denial(
    request: HttpRequest, *, reason: str = "", channel: Channel = Channel.PAGE
) -> None:
    """Write down that somebody who is signed in was refused an address.

    Args:
        reason: why, where it is not for want of a role.
    """
    if not isinstance(request.user, User):
        return
    details = {"url": request.resolver_match.view_name if request.resolver_match else ""}
    if reason:
        details["reason"] = reason
    record_event(
        kind=events.ACCESS_DENIED,
        actor=request.user,
        at=clock.now(),
        channel=channel,
        outcome=Outcome.REFUSED,
        details=details,
        facts=request_facts(request),
    )


class NoStoreMiddleware:
    """What the portal answers is never kept by a browser or a proxy; static files may be."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        response = self.get_response(request)
        response.headers["Cache-Control"] = "no-store"
        return response
