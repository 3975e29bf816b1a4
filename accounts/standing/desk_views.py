"""Pages with which administrators keep accounts."""

from collections.abc import Callable
from datetime import date
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_GET, require_http_methods

from accounts import actions as accounts
from accounts.guards import signed_in
from accounts.models import (
    Course,
    RoleGrant,
    RoleRequest,
    TrainingRecord,
    User,
)
from accounts.standing import actions, forms
from accounts.standing.bulk import Line, Passing, read_lines
from accounts.standing.choices import RequestState
from accounts.standing.pages import (
    REQUEST_TONES,
    courses_of,
    form_page,
    page_with_tabs,
    passings_of,
    row_of,
)
from accounts.standing.policy import may_decide
from accounts.standing.querysets import (
    in_force,
    people_by_training,
    person_named,
    with_standing,
)
from acrime.audit.actions import request_facts
from acrime.audit.choices import Channel
from acrime.common import clock
from acrime.common.eastern import portal_day
from acrime.common.errors import NotThere
from acrime.common.pages import page_of, tried

SHOWS = {
    "all": "All people",
    "lapsed": "Lapsed",
    "lapsing": "Lapsing in 30 days",
    "missing": "Missing",
    "disabled": "Disabled",
}


@require_GET
def account_list(request: HttpRequest) -> HttpResponse:
    """Everybody, narrowed by the state of their training."""
    at = clock.now()
    today = portal_day(at)
    show = request.GET.get("show", "all")
    show = show if show in SHOWS else "all"
    people = people_by_training(show, at=at).select_related("office", "supervisor")
    page = page_of(people.order_by("full_name", "pk"), request)
    return page_with_tabs(
        request,
        "standing/accounts.html",
        "people:accounts",
        {
            "page": page,
            "rows": [row_of(person) for person in with_standing(page.rows, at=at)],
            "show": show,
            "shows": SHOWS.items(),
            "today": today,
        },
    )


@require_GET
def account(request: HttpRequest, username: str) -> HttpResponse:
    """One account: its roles, training and state, and what may be done with it."""
    user, at = signed_in(request), clock.now()
    person = person_named(username)
    with_standing([person], at=at)
    return page_with_tabs(
        request,
        "standing/account.html",
        "people:accounts",
        {
            "person": person,
            "row": row_of(person),
            "own": person.pk == user.pk,
            "may_strike": person.pk != user.pk,
            "courses": courses_of(person),
            "passings": passings_of(person),
            "grants": person.role_grants.filter(in_force(at)).select_related("granted_by"),
            "ended": person.role_grants.exclude(in_force(at))
            .select_related("granted_by", "ended_by")
            .order_by("-pk"),
            "heads": person.heads.all(),
            "today": portal_day(at),
        },
    )


@require_http_methods(["GET", "POST"])
def record_training(request: HttpRequest, username: str) -> HttpResponse:
    """Record that somebody passed a course."""
    user, at = signed_in(request), clock.now()
    person = person_named(username)
    form = forms.PassingForm(request.POST or None)
    if form.is_valid() and tried(
        form,
        lambda: actions.record_training(
            user=person,
            course=form.cleaned_data["course"],
            passed_on=form.cleaned_data["passed_on"],
            evidence=form.cleaned_data["evidence"],
            actor=user,
            at=at,
            channel=Channel.PAGE,
            facts=request_facts(request),
        ),
        request=request,
        place={
            "future-day": "passed_on",
            "already-recorded": "passed_on",
            "no-evidence": "evidence",
        },
    ):
        messages.success(request, "The passing is recorded and counts at once.")
        return redirect("people:account", username=person.username)
    return _account_form(request, form, person, "Record training of", "Record")


@require_http_methods(["GET", "POST"])
def strike_training(request: HttpRequest, entry: int) -> HttpResponse:
    """Strike a wrong passing out."""
    record = (
        TrainingRecord.objects.filter(pk=entry, struck=None)
        .select_related("user", "course")
        .first()
    )
    if record is None:
        raise NotThere
    return _with_reason(
        request,
        record.user,
        f"Strike out “{record.course}” of {record.passed_on.isoformat()}, recorded for",
        "Strike out",
        lambda reason: actions.strike_training(
            record=record,
            reason=reason,
            actor=signed_in(request),
            at=clock.now(),
            facts=request_facts(request),
        ),
        done="The record is struck out.",
    )


@require_http_methods(["GET", "POST"])
def upload(request: HttpRequest) -> HttpResponse:
    """Record many passings at once: first a preview of each line, then all or nothing."""
    user, at = signed_in(request), clock.now()
    sent = request.method == "POST"
    form = forms.UploadForm(request.POST if sent else None, request.FILES if sent else None)
    lines: list[Line] = []
    if form.is_valid():
        lines = _lines_of(form.cleaned_data["text"], actor=user, today=portal_day(at))
        passings = [line.passing for line in lines if line.passing is not None]
        right = bool(lines) and len(passings) == len(lines)
        if not lines:
            form.add_error("lines", "There is no line but headings.")
        elif right and "record" in request.POST and _recorded(request, form, passings, user):
            return redirect("people:accounts")
        form = forms.UploadForm(initial={"lines": form.cleaned_data["text"]}) if lines else form
    context = {
        "form": form,
        "lines": lines,
        "wrong": sum(1 for line in lines if line.errors),
        "courses": Course.objects.order_by("pk"),
    }
    status = 422 if form.is_bound else 200
    return page_with_tabs(request, "standing/upload.html", "people:upload", context, status=status)


@require_http_methods(["GET", "POST"])
def move(request: HttpRequest, username: str) -> HttpResponse:
    """Put somebody under another supervisor or into another office."""
    person = person_named(username)
    form = forms.MoveForm(
        request.POST or None,
        initial={
            "supervisor": person.supervisor.username if person.supervisor else "",
            "office": person.office_id,
            "heads": person.heads.filter(pk=person.office_id or 0).exists(),
        },
    )
    if form.is_valid() and tried(
        form,
        lambda: actions.move_person(
            user=person,
            supervisor=form.cleaned_data["supervisor"],
            office=form.cleaned_data["office"],
            heads=form.cleaned_data["heads"],
            actor=signed_in(request),
            at=clock.now(),
            facts=request_facts(request),
        ),
        request=request,
        place={"circle": "supervisor"},
    ):
        messages.success(request, "The move is in force.")
        return redirect("people:account", username=person.username)
    return _account_form(request, form, person, "Move", "Move")


@require_http_methods(["GET", "POST"])
def end_role(request: HttpRequest, grant: int) -> HttpResponse:
    """End a role at once."""
    found = RoleGrant.objects.filter(pk=grant, ended_at=None).select_related("user").first()
    if found is None:
        raise NotThere
    return _with_reason(
        request,
        found.user,
        f"End the role {found.get_role_display()} of",
        "End the role now",
        lambda reason: accounts.end_grant(
            grant=found,
            reason=reason,
            actor=signed_in(request),
            at=clock.now(),
            channel=Channel.PAGE,
            facts=request_facts(request),
        ),
        done="The role has ended.",
    )


@require_http_methods(["GET", "POST"])
def disable(request: HttpRequest, username: str) -> HttpResponse:
    """Close an account."""
    person = person_named(username)
    return _with_reason(
        request,
        person,
        "Disable the account of",
        "Disable now",
        lambda reason: accounts.disable_account(
            user=person,
            reason=reason,
            actor=signed_in(request),
            at=clock.now(),
            channel=Channel.PAGE,
            facts=request_facts(request),
        ),
        done="The account is disabled.",
    )


@require_http_methods(["GET", "POST"])
def enable(request: HttpRequest, username: str) -> HttpResponse:
    """Open an account again."""
    person = person_named(username)
    return _with_reason(
        request,
        person,
        "Enable the account of",
        "Enable",
        lambda reason: accounts.enable_account(
            user=person,
            reason=reason,
            actor=signed_in(request),
            at=clock.now(),
            channel=Channel.PAGE,
            facts=request_facts(request),
        ),
        done="The account is enabled.",
    )


@require_GET
def request_list(request: HttpRequest) -> HttpResponse:
    """What waits for a decision, oldest first, and what was decided."""
    everything = RoleRequest.objects.select_related("person__office", "requested_by", "decided_by")
    return page_with_tabs(
        request,
        "standing/requests.html",
        "people:requests",
        {
            "waiting": everything.filter(state=RequestState.WAITING).order_by("pk"),
            "page": page_of(
                everything.exclude(state=RequestState.WAITING).order_by("-decided_at", "-pk"),
                request,
            ),
            "tones": REQUEST_TONES,
        },
    )


@require_http_methods(["GET", "POST"])
def decide(request: HttpRequest, wish: int) -> HttpResponse:
    """Approve or refuse one request."""
    user, at = signed_in(request), clock.now()
    found = (
        RoleRequest.objects.select_related("person__office", "requested_by", "decided_by")
        .filter(pk=wish)
        .first()
    )
    if found is None:
        raise NotThere
    form = forms.DecideForm(request.POST or None)
    if form.is_valid() and tried(
        form,
        lambda: actions.decide_request(
            request=found,
            approve=form.cleaned_data["decision"] == "approve",
            reason=form.cleaned_data["reason"],
            actor=user,
            at=at,
            facts=request_facts(request),
        ),
        request=request,
    ):
        messages.success(request, "The request is decided.")
        return redirect("people:requests")
    with_standing([found.person], at=at)
    context = {
        "wish": found,
        "form": form,
        "row": row_of(found.person),
        "may_decide": found.state == RequestState.WAITING
        and may_decide(actor=user.pk, person=found.person_id, requester=found.requested_by_id),
        "tones": REQUEST_TONES,
        "today": portal_day(at),
    }
    status = 422 if form.is_bound else 200
    return page_with_tabs(
        request, "standing/decide.html", "people:requests", context, status=status
    )


def _account_form(
    request: HttpRequest, form: Any, person: User, heading: str, save: str
) -> HttpResponse:
    return form_page(
        request,
        form,
        heading=f"{heading} {person.full_name}",
        save=save,
        back="people:account",
        username=person.username,
    )


def _with_reason(
    request: HttpRequest,
    person: User,
    heading: str,
    save: str,
    act: Callable[[str], object],
    *,
    done: str,
) -> HttpResponse:
    """A form that asks for the reason and then acts."""
    form = forms.ReasonForm(request.POST or None)
    if form.is_valid() and tried(
        form,
        lambda: act(form.cleaned_data["reason"]),
        request=request,
        place={"no-reason": "reason"},
    ):
        messages.success(request, done)
        return redirect("people:account", username=person.username)
    return _account_form(request, form, person, heading, save)


def _lines_of(text: str, *, actor: User, today: date) -> list[Line]:
    known = TrainingRecord.objects.filter(struck=None).values_list("user", "course", "passed_on")
    return read_lines(
        text,
        people={person.username.lower(): person for person in User.objects.all()},
        courses={course.code: course for course in Course.objects.order_by("pk")},
        known=frozenset(known),
        actor=actor,
        today=today,
    )


def _recorded(
    request: HttpRequest, form: forms.UploadForm, passings: list[Passing], user: User
) -> bool:
    right = tried(
        form,
        lambda: actions.record_many(
            passings=passings, actor=user, at=clock.now(), facts=request_facts(request)
        ),
        request=request,
    )
    if right:
        messages.success(request, f"Recorded: {len(passings)}.")
    return right
