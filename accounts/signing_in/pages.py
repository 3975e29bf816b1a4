"""What several pages of signing in share."""

from datetime import datetime

from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme, urlencode

from accounts import sessions
from accounts.models import User
from acrime.common.eastern import EASTERN

WRONG = (
    "That user name and password do not open an account here. Check both and try again. An "
    "account that was locked after failures opens again only when an administrator releases it."
)
FULL = (
    "There were too many failures in a row with this user name, so it is locked; the right "
    "password does not open it either. If the account is yours, ask an administrator to "
    "release it."
)


def wanted_page(request: HttpRequest) -> str:
    """Where the person wanted to go, if that is a page of the portal; else nothing."""
    wanted = request.POST.get("next") or request.GET.get("next") or ""
    return wanted if is_ours(request, wanted) else ""


def is_ours(request: HttpRequest, wanted: str) -> bool:
    """Whether *wanted* is an address of this portal."""
    return url_has_allowed_host_and_scheme(
        wanted, allowed_hosts={request.get_host()}, require_https=request.is_secure()
    )


def with_wanted(url: str, wanted: str) -> str:
    """*url*, which remembers where the person wanted to go."""
    return f"{url}?{urlencode({'next': wanted})}" if wanted else url


def arrive(request: HttpRequest, wanted: str) -> HttpResponse:
    """The first page after signing in, which tells of the last sign-in and failure."""
    before = sessions.before(request)
    if before is not None:
        tell = messages.warning if before.failed_since else messages.info
        tell(request, _told(before))
    user = request.user
    duty = sessions.duty(request, user) if isinstance(user, User) else None
    if duty is not None:
        return redirect(sessions.DUTY_PAGES[duty])
    return redirect(wanted or settings.LOGIN_REDIRECT_URL)


def second_factor_page(wanted: str) -> HttpResponse:
    """On to the second factor."""
    return redirect(with_wanted(reverse("accounts:second-factor"), wanted))


def locked_out(request: HttpRequest) -> HttpResponse:
    """Back to the beginning, where it is said that the name is locked."""
    messages.error(request, FULL)
    return redirect("accounts:sign-in")


def _told(before: sessions.Before) -> str:
    if before.signed_in_at is None:
        text = "This is the first sign-in to this account."
    else:
        text = f"Last sign-in: {_moment(before.signed_in_at, before.signed_in_from)}."
    if before.failed_at is not None:
        text += f" Last failed attempt: {_moment(before.failed_at, before.failed_from)}."
    if before.failed_since:
        text += " If that was not you, tell an administrator."
    return text


def _moment(moment: datetime, where: str) -> str:
    day = moment.astimezone(EASTERN)
    text = f"{day:%b} {day.day}, {day.year} {day:%H:%M %Z}"
    return f"{text} from {where}" if where else text
