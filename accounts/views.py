"""Pages of signing in and out."""

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST

from accounts import sessions
from accounts.forms import SignInForm, UnlockForm
from accounts.guards import signed_in
from accounts.models import User
from accounts.signing_in.certificates import presented
from accounts.signing_in.checks import check_password
from accounts.signing_in.choices import Method
from accounts.signing_in.pages import (
    FULL,
    WRONG,
    arrive,
    locked_out,
    second_factor_page,
    wanted_page,
    with_wanted,
)
from acrime.common import clock


@require_http_methods(["GET", "POST"])
def banner(request: HttpRequest) -> HttpResponse:
    """The warning that comes before signing in."""
    if isinstance(request.user, User):
        return redirect(settings.LOGIN_REDIRECT_URL)
    if request.method == "POST":
        sessions.acknowledge_banner(request, at=clock.now())
        return redirect(with_wanted(reverse("accounts:sign-in"), wanted_page(request)))
    return render(request, "accounts/banner.html", {"next": wanted_page(request)})


@require_http_methods(["GET", "POST"])
def sign_in(request: HttpRequest) -> HttpResponse:
    """Name and password, once the warning was acknowledged; the way to a card or elsewhere."""
    if not sessions.banner_acknowledged(request):
        return redirect(with_wanted(sessions.sign_in_url(), wanted_page(request)))
    at = clock.now()
    form = SignInForm(request.POST or None)
    if form.is_valid():
        checked = check_password(request, at=at, **form.cleaned_data)
        if checked.user is not None:
            wanted = wanted_page(request)
            if sessions.begin(
                request, checked.user, method=Method.PASSWORD, two_factors=False, at=at
            ):
                return arrive(request, wanted)
            return second_factor_page(wanted)
        form.add_error(None, FULL if checked.full else WRONG)
    status = 422 if form.is_bound else 200
    card = presented(
        request.META,
        proof=settings.CERTIFICATE_PROOF,
        proxies=settings.TRUSTED_PROXIES,
        at=at,
    )
    context = {
        "form": form,
        "next": wanted_page(request),
        "demo_accounts": settings.DEMO_ACCOUNTS,
        "certificate": card is not None,
        "single_sign_on": settings.SINGLE_SIGN_ON,
    }
    return render(request, "accounts/sign_in.html", context, status=status)


@require_POST
def sign_out(request: HttpRequest) -> HttpResponse:
    """End the session."""
    sessions.forget_first_proof(request)
    if isinstance(request.user, User):
        sessions.end(request, at=clock.now())
    return render(request, "accounts/signed_out.html")


@require_http_methods(["GET", "POST"])
def lock(request: HttpRequest) -> HttpResponse:
    """The lock screen. Opening it locks the session; the password opens it again.

    Who signs in without a password, by card or single sign-on, signs in anew.
    """
    at = clock.now()
    user = signed_in(request)
    sessions.lock(request, at=at)
    has_password = user.has_usable_password()
    form = UnlockForm(request.POST or None) if has_password else None
    if form is not None and form.is_valid():
        checked = check_password(
            request, username=user.get_username(), password=form.cleaned_data["password"], at=at
        )
        if checked.user == user:
            sessions.unlock(request, at=at)
            return redirect(settings.LOGIN_REDIRECT_URL)
        if checked.full:
            sessions.end(request, at=at)
            return locked_out(request)
        form.add_error("password", "That is not the password of this account.")
    status = 422 if form is not None and form.is_bound else 200
    return render(request, "accounts/lock.html", {"form": form}, status=status)


@require_POST
def keep_alive(request: HttpRequest) -> HttpResponse:
    """Says that the person is still there; the middleware has noted the time."""
    return HttpResponse(status=204)
