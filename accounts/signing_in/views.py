"""Pages of second factors, passwords, other ways in, and locked accounts."""

import base64
import json
from collections.abc import Mapping
from typing import Any

from allauth.mfa.adapter import get_adapter as second_factors
from allauth.mfa.totp.internal.auth import generate_totp_secret
from allauth.mfa.webauthn.internal import auth as ceremony
from allauth.socialaccount.adapter import get_adapter as single_sign_ons
from allauth.socialaccount.providers.openid_connect.views import callback
from django.conf import settings
from django.contrib import messages
from django.contrib.auth.password_validation import password_validators_help_texts
from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_http_methods, require_POST
from requests import RequestException

from accounts import sessions
from accounts.backends import may_enter
from accounts.forms import UnlockForm
from accounts.guards import may_open, signed_in
from accounts.models import User
from accounts.signing_in import actions, querysets
from accounts.signing_in.certificates import presented
from accounts.signing_in.checks import check_code, check_key, check_password
from accounts.signing_in.choices import Method
from accounts.signing_in.forms import (
    AppForm,
    ChangePasswordForm,
    CodeForm,
    KeyAnswerForm,
    KeyForm,
    ReleaseForm,
)
from accounts.signing_in.pages import (
    arrive,
    locked_out,
    second_factor_page,
    wanted_page,
    with_wanted,
)
from accounts.signing_in.policy import provider_saw_two_factors
from acrime.audit.actions import request_facts
from acrime.common import clock
from acrime.common.errors import ActionRefused
from acrime.common.sealed import UnableToOpen, seal, unseal

# Where the way through the provider begins and ends, and what waits in the session.
PROVIDER = "agency"
WANTED = "wanted_after_single_sign_on"
NEW_SECRET = "new_app_secret"  # noqa: S105  # the name of a place
NEW_CODES = "new_recovery_codes"


# --- The second step of signing in ------------------------------------------------------------


@require_http_methods(["GET", "POST"])
def second_factor(request: HttpRequest) -> HttpResponse:
    """A code or a security key, after the first proof."""
    at = clock.now()
    proof = sessions.first_proof(request, at=at)
    wanted = wanted_page(request)
    if proof is None:
        return redirect(with_wanted(reverse("accounts:sign-in"), wanted))
    user, method = proof
    form = CodeForm()
    problem = ""
    if request.method == "POST":
        key = KeyAnswerForm(request.POST)
        if "credential" in request.POST:
            answer = key.cleaned_data["credential"] if key.is_valid() else None
            checked = check_key(request, user=user, credential=answer, at=at)
            problem = actions.KEY_NOT_ACCEPTED
        else:
            form = CodeForm(request.POST)
            if not form.is_valid():
                return _second_factor(request, user, form, wanted)
            checked = check_code(request, user=user, code=form.cleaned_data["code"], at=at)
            if checked.user is None:
                form.add_error("code", actions.NOT_ACCEPTED)
        if checked.user is not None:
            sessions.open_session(request, user, method=method, two_factors=True, at=at)
            if checked.method == Method.RECOVERY_CODE:
                left = querysets.codes_left(user)
                messages.warning(request, f"You used a recovery code. You have {left} left.")
            return arrive(request, wanted)
        if checked.full:
            sessions.forget_first_proof(request)
            return locked_out(request)
    return _second_factor(request, user, form, wanted, problem=problem)


def _second_factor(
    request: HttpRequest, user: User, form: CodeForm, wanted: str, *, problem: str = ""
) -> HttpResponse:
    has_key = querysets.has_key(user)
    context = {
        "form": form,
        "next": wanted,
        "problem": problem,
        "key_options": json.dumps(ceremony.begin_authentication(user)) if has_key else "",
        "takes_codes": has_codes(user),
    }
    status = 422 if request.method == "POST" else 200
    return render(request, "accounts/second_factor.html", context, status=status)


def has_codes(user: User) -> bool:
    """Whether a code can be asked of *user*: an app's, or a recovery code."""
    return (
        querysets.factor_of(user, Method.TOTP) is not None
        or querysets.factor_of(user, Method.RECOVERY_CODE) is not None
    )


# --- Other ways in ----------------------------------------------------------------------------


@require_POST
def certificate(request: HttpRequest) -> HttpResponse:
    """Sign in with the PIV card whose certificate the proxy sends."""
    wanted = wanted_page(request)
    if not sessions.banner_acknowledged(request):
        return redirect(with_wanted(reverse("accounts:sign-in"), wanted))
    at = clock.now()
    found = presented(
        request.META,
        proof=settings.CERTIFICATE_PROOF,
        proxies=settings.TRUSTED_PROXIES,
        at=at,
    )
    user = querysets.account_of_certificate(found) if found is not None else None
    if user is None or not may_enter(user):
        return _not_let_in(request, user, "This card does not open an account here.")
    sessions.open_session(
        request, user, method=Method.CERTIFICATE, two_factors=True, at=at, certificate=found
    )
    return arrive(request, wanted)


@require_GET
def single_sign_on(request: HttpRequest) -> HttpResponseBase:
    """Off to the provider.

    It is a link and no form, since the content policy lets forms lead nowhere else. Coming
    back needs the state that is made here, so that nobody is signed in by a link.
    """
    if settings.SINGLE_SIGN_ON is None:
        raise Http404
    wanted = wanted_page(request)
    if not sessions.banner_acknowledged(request):
        return redirect(with_wanted(reverse("accounts:sign-in"), wanted))
    request.session[WANTED] = wanted
    provider = single_sign_ons().get_provider(request, PROVIDER)
    try:
        away: HttpResponseBase = provider.redirect(request, process="login")
    except RequestException:
        return single_sign_on_failed(request)
    return away


@require_http_methods(["GET", "POST"])
def single_sign_on_back(request: HttpRequest, provider_id: str) -> HttpResponseBase:
    """Back from the provider; allauth checks state, code and token.

    What a provider answers is not ours, and allauth trips over some of it.
    """
    try:
        back: HttpResponseBase = callback(request, provider_id)
    except (RequestException, ValueError, KeyError, TypeError, AttributeError):
        return single_sign_on_failed(request)
    return back


def single_sign_on_came_back(request: HttpRequest, claims: Mapping[str, Any]) -> HttpResponse:
    """What the provider's token opens: an account that is bound to its subject.

    Where the token does not tell of a second factor in words that were agreed on, the
    portal asks for its own.
    """
    at = clock.now()
    wanted = request.session.pop(WANTED, "")
    subject = claims.get("sub")
    user = querysets.account_of_subject(subject) if isinstance(subject, str) and subject else None
    if user is None or not may_enter(user):
        return _not_let_in(request, user, "That sign-in does not open an account here.")
    known = settings.SINGLE_SIGN_ON
    strong = known is not None and provider_saw_two_factors(claims, known.strong)
    if sessions.begin(request, user, method=Method.SINGLE_SIGN_ON, two_factors=strong, at=at):
        return arrive(request, wanted)
    return second_factor_page(wanted)


def single_sign_on_failed(request: HttpRequest) -> HttpResponse:
    """The provider said no or could not be asked, or what came back was not in order."""
    return _not_let_in(request, None, "The single sign-on did not work. Try again.")


def _not_let_in(request: HttpRequest, user: User | None, text: str) -> HttpResponse:
    actions.note_failure(
        username=user.username if user else "",
        full=False,
        actor=None,
        at=clock.now(),
        facts=request_facts(request),
    )
    messages.error(request, f"{text} Ask an administrator if it should.")
    return redirect("accounts:sign-in")


# --- One's own account ------------------------------------------------------------------------


@require_GET
def account(request: HttpRequest) -> HttpResponse:
    """Who I am here, how I signed in and last did, and what I can change."""
    user = signed_in(request)
    context = {
        "before": sessions.before(request),
        "method": Method(request.session.get(sessions.METHOD, Method.PASSWORD)).label,
        "factors": querysets.factors_of(user),
        "codes_left": querysets.codes_left(user),
        "has_password": user.has_usable_password(),
        "training": may_open(user, "people:training"),
    }
    return render(request, "accounts/account.html", context)


@require_http_methods(["GET", "POST"])
def change_password(request: HttpRequest) -> HttpResponse:
    """A new password. All other sessions end."""
    user = signed_in(request)
    if not user.has_usable_password():
        raise Http404
    at = clock.now()
    form = ChangePasswordForm(request.POST or None)
    if form.is_valid():
        checked = check_password(
            request, username=user.get_username(), password=form.cleaned_data["old"], at=at
        )
        if checked.full:
            sessions.end(request, at=at)
            return locked_out(request)
        if checked.user != user:
            form.add_error("old", "That is not the password of this account.")
        elif _changed(request, user, form):
            return arrive_again(request)
    context = {
        "form": form,
        "first": user.must_change_password,
        "password_help": password_validators_help_texts(),
    }
    status = 422 if form.is_bound else 200
    return render(request, "accounts/change_password.html", context, status=status)


def _changed(request: HttpRequest, user: User, form: ChangePasswordForm) -> bool:
    try:
        actions.change_password(
            user=user,
            password=form.cleaned_data["new"],
            at=clock.now(),
            facts=request_facts(request),
        )
    except ActionRefused as refused:
        form.add_error("new", refused.message)
    except ValidationError as weak:
        form.add_error("new", weak)
    else:
        sessions.factors_changed(request, user, two_factors=False)
        messages.success(request, "Your password is changed. All your other sessions have ended.")
        return True
    return False


def arrive_again(request: HttpRequest) -> HttpResponse:
    """On to the next duty, or to one's account."""
    duty = sessions.duty(request, signed_in(request))
    return redirect(sessions.DUTY_PAGES[duty] if duty else "accounts:account")


@require_http_methods(["GET", "POST"])
def prove(request: HttpRequest) -> HttpResponse:
    """The password once more, before a privileged act (CJIS IA-11)."""
    user = signed_in(request)
    at = clock.now()
    form = UnlockForm(request.POST or None) if user.has_usable_password() else None
    if form is not None and form.is_valid():
        checked = check_password(
            request, username=user.get_username(), password=form.cleaned_data["password"], at=at
        )
        if checked.user == user:
            sessions.proved_again(request, method=Method.PASSWORD, at=at)
            return redirect(wanted_page(request) or "accounts:account")
        if checked.full:
            sessions.end(request, at=at)
            return locked_out(request)
        form.add_error("password", "That is not the password of this account.")
    context = {"form": form, "next": wanted_page(request)}
    status = 422 if form is not None and form.is_bound else 200
    return render(request, "accounts/prove.html", context, status=status)


# --- One's own second factors -----------------------------------------------------------------


@require_GET
def factors(request: HttpRequest) -> HttpResponse:
    """My apps and keys, and what can be added."""
    user = signed_in(request)
    found = querysets.factors_of(user)
    context = {
        "factors": found,
        "has_app": any(each.type == Method.TOTP for each in found),
        "codes_left": querysets.codes_left(user),
        "duty": sessions.duty(request, user),
    }
    return render(request, "accounts/factors.html", context)


@require_http_methods(["GET", "POST"])
def add_app(request: HttpRequest) -> HttpResponse:
    """Take an authenticator app's secret over, shown as a picture and as text."""
    user = signed_in(request)
    form = AppForm(request.POST or None)
    secret = _secret(request)
    if form.is_valid():
        try:
            actions.add_app(
                user=user,
                secret=secret,
                code=form.cleaned_data["code"],
                at=clock.now(),
                facts=request_facts(request),
            )
        except ActionRefused as refused:
            form.add_error("code", refused.message)
        else:
            del request.session[NEW_SECRET]
            return _added(request, user, "The authenticator app is set up.")
    adapter = second_factors()
    picture = adapter.build_totp_svg(adapter.build_totp_url(user, secret))
    context = {
        "form": form,
        "picture": base64.b64encode(picture.encode()).decode(),
        "groups": [secret[start : start + 4] for start in range(0, len(secret), 4)],
    }
    status = 422 if form.is_bound else 200
    return render(request, "accounts/add_app.html", context, status=status)


def _secret(request: HttpRequest) -> str:
    """The secret shown in this session; it stays the same until an app has taken it over."""
    kept = request.session.get(NEW_SECRET, "")
    if kept:
        try:
            return unseal(base64.b64decode(kept), place=NEW_SECRET).decode()
        except UnableToOpen:
            pass
    secret: str = generate_totp_secret()
    sealed = seal(secret.encode(), place=NEW_SECRET)
    request.session[NEW_SECRET] = base64.b64encode(sealed).decode()
    return secret


@require_http_methods(["GET", "POST"])
def add_key(request: HttpRequest) -> HttpResponse:
    """Make a security key known."""
    user = signed_in(request)
    form = KeyForm(request.POST or None)
    if form.is_valid():
        try:
            actions.add_key(
                user=user,
                name=form.cleaned_data["name"],
                credential=form.cleaned_data["credential"],
                at=clock.now(),
                facts=request_facts(request),
            )
        except ActionRefused as refused:
            form.add_error(None, refused.message)
        else:
            return _added(request, user, "The security key is set up.")
    options = ceremony.begin_registration(user, passwordless=False)
    context = {"form": form, "key_options": json.dumps(options)}
    status = 422 if form.is_bound else 200
    return render(request, "accounts/add_key.html", context, status=status)


def _added(request: HttpRequest, user: User, text: str) -> HttpResponse:
    sessions.factors_changed(request, user, two_factors=True)
    messages.success(request, text)
    if querysets.codes_left(user):
        return redirect("accounts:factors")
    _make_codes(request, user)
    return redirect("accounts:codes")


@require_POST
def remove_factor(request: HttpRequest, factor: int) -> HttpResponse:
    """Take one of my apps or keys away."""
    user = signed_in(request)
    try:
        actions.remove_factor(
            user=user, factor_id=factor, at=clock.now(), facts=request_facts(request)
        )
    except ActionRefused as refused:
        if isinstance(refused, Http404):
            raise
        messages.error(request, refused.message)
    else:
        sessions.factors_changed(request, user, two_factors=False)
        messages.success(request, "It is removed. All your other sessions have ended.")
    return redirect("accounts:factors")


@require_http_methods(["GET", "POST"])
def codes(request: HttpRequest) -> HttpResponse:
    """Recovery codes: shown once after they were made; asked for, made anew."""
    user = signed_in(request)
    if request.method == "POST":
        try:
            _make_codes(request, user)
        except ActionRefused as refused:
            messages.error(request, refused.message)
            return redirect("accounts:factors")
        return redirect("accounts:codes")
    kept = request.session.pop(NEW_CODES, "")
    shown: list[str] = []
    if kept:
        try:
            shown = json.loads(unseal(base64.b64decode(kept), place=NEW_CODES))
        except UnableToOpen:
            shown = []
    context = {
        "codes": [f"{code[:4]} {code[4:]}" for code in shown],
        "codes_left": querysets.codes_left(user),
    }
    return render(request, "accounts/codes.html", context)


def _make_codes(request: HttpRequest, user: User) -> None:
    made = actions.make_recovery_codes(user=user, at=clock.now(), facts=request_facts(request))
    sealed = seal(json.dumps(made).encode(), place=NEW_CODES)
    request.session[NEW_CODES] = base64.b64encode(sealed).decode()


# --- Locked accounts --------------------------------------------------------------------------


@require_GET
def locked(request: HttpRequest) -> HttpResponse:
    """Accounts that wait for an administrator."""
    return render(request, "accounts/locked.html", {"accounts": querysets.locked_accounts()})


@require_http_methods(["GET", "POST"])
def release(request: HttpRequest, account: int) -> HttpResponse:
    """Let a locked account in again."""
    actor = signed_in(request)
    user = get_object_or_404(querysets.locked_accounts(), pk=account)
    form = ReleaseForm(request.POST or None)
    if form.is_valid():
        try:
            actions.release_account(
                user=user,
                reason=form.cleaned_data["reason"],
                actor=actor,
                at=clock.now(),
                facts=request_facts(request),
            )
        except ActionRefused as refused:
            form.add_error(None, refused.message)
        else:
            messages.success(request, f"{user.username} can sign in again.")
            return redirect("accounts:locked")
    context = {"form": form, "account": user}
    status = 422 if form.is_bound else 200
    return render(request, "accounts/release.html", context, status=status)
