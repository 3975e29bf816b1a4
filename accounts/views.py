"""Pages of signing in and out."""

from django.conf import settings
from django.contrib.auth import authenticate
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme, urlencode
from django.views.decorators.http import require_http_methods, require_POST

from accounts import sessions
from accounts.forms import SignInForm, UnlockForm
from accounts.models import User
from acrime.common import clock

WRONG = "That user name and password do not open an account here. Check both and try again."


@require_http_methods(["GET", "POST"])
def banner(request: HttpRequest) -> HttpResponse:
    """The warning that comes before signing in."""
    if isinstance(request.user, User):
        return redirect(settings.LOGIN_REDIRECT_URL)
    if request.method == "POST":
        sessions.acknowledge_banner(request, at=clock.now())
        return redirect(_with_next(reverse("accounts:sign-in"), request))
    return render(request, "accounts/banner.html", {"next": _next(request)})


@require_http_methods(["GET", "POST"])
def sign_in(request: HttpRequest) -> HttpResponse:
    """Name and password, once the warning was acknowledged."""
    if not sessions.banner_acknowledged(request):
        return redirect(_with_next(sessions.sign_in_url(), request))
    form = SignInForm(request.POST or None)
    if form.is_valid():
        at = clock.now()
        user = authenticate(request, **form.cleaned_data)
        if isinstance(user, User):
            sessions.open_session(request, user, at=at)
            return redirect(_next(request) or settings.LOGIN_REDIRECT_URL)
        sessions.refuse_sign_in(request, at=at)
        form.add_error(None, WRONG)
    status = 422 if form.is_bound else 200
    context = {
        "form": form,
        "next": _next(request),
        "synthetic_data": settings.SYNTHETIC_DATA,
    }
    return render(request, "accounts/sign_in.html", context, status=status)


@require_POST
def sign_out(request: HttpRequest) -> HttpResponse:
    """End the session."""
    if isinstance(request.user, User):
        sessions.end(request, at=clock.now())
    return render(request, "accounts/signed_out.html")


@require_http_methods(["GET", "POST"])
def lock(request: HttpRequest) -> HttpResponse:
    """The lock screen. Opening it locks the session; the password opens it again."""
    at = clock.now()
    sessions.lock(request, at=at)
    form = UnlockForm(request.POST or None)
    if form.is_valid():
        user = authenticate(
            request,
            username=request.user.get_username(),
            password=form.cleaned_data["password"],
        )
        if isinstance(user, User) and user == request.user:
            sessions.unlock(request, at=at)
            return redirect(settings.LOGIN_REDIRECT_URL)
        sessions.refuse_sign_in(request, at=at)
        form.add_error("password", "That is not the password of this account.")
    status = 422 if form.is_bound else 200
    return render(request, "accounts/lock.html", {"form": form}, status=status)


@require_POST
def keep_alive(request: HttpRequest) -> HttpResponse:
    """Says that the person is still there; the middleware has noted the time."""
    return HttpResponse(status=204)


def _next(request: HttpRequest) -> str:
    wanted = request.POST.get("next") or request.GET.get("next") or ""
    safe = url_has_allowed_host_and_scheme(
        wanted, allowed_hosts={request.get_host()}, require_https=request.is_secure()
    )
    return wanted if safe else ""


def _with_next(url: str, request: HttpRequest) -> str:
    wanted = _next(request)
    return f"{url}?{urlencode({'next': wanted})}" if wanted else url
