"""The owner's alerts, the questions to a viewer, and reporting suspected misuse."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.db.models import Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from accounts.choices import Role
from accounts.guards import signed_in
from accounts.models import User
from acrime.alerts import actions, forms
from acrime.alerts.choices import MailPace, Reply
from acrime.alerts.models import Alert, AlertMail, AlertQuestion, Referral
from acrime.alerts.policy import REPLIES
from acrime.alerts.querysets import (
    AlertQuerySet,
    alerts_of,
    late_below,
    numbers_asked_about,
    questions_to,
    records_of,
    told_of,
)
from acrime.audit.actions import request_facts
from acrime.common import clock
from acrime.common.errors import NotThere
from acrime.common.pages import PAGE_SIZE, attempt, page_of, tried
from acrime.records.addresses import address_for

TABS = (
    ("unread", "Unread"),
    ("all", "All"),
    ("not-shown", "Not shown to them"),
    ("recent", "Last 30 days"),
)


@require_GET
def alert_list(request: HttpRequest) -> HttpResponse:
    """Who looked at my records, latest first."""
    user, at = signed_in(request), clock.now()
    form = forms.FilterForm(request.GET)
    narrowed = form.is_valid() and any(form.cleaned_data.values())
    # Whoever asks for a person or a record wants all of it.
    asked = request.GET.get("show", "all" if narrowed else "unread")
    show = asked if asked in dict(TABS) else "unread"
    rows = _shown(alerts_of(user), show, user) if form.is_valid() else Alert.objects.none()
    if narrowed:
        rows = _narrowed(rows, user, **form.cleaned_data)
    page = page_of(rows, request)
    told = told_of(page.rows, user)
    context = {
        "page": page,
        "rows": [(alert, told[alert.pk], alert.state(at)) for alert in page.rows],
        "tabs": TABS,
        "show": show,
        "form": form,
        "narrowed": narrowed,
        "at": at,
    }
    return render(request, "alerts/alert_list.html", context)


@require_POST
def mark_read(request: HttpRequest) -> HttpResponse:
    """Mark all alerts read, or those that are named."""
    named = request.POST.getlist("alert")
    actions.mark_read(
        owner=signed_in(request),
        at=clock.now(),
        keys=forms.keys_from(named) if named else None,
    )
    return redirect("alerts:list")


@require_GET
def alert_detail(request: HttpRequest, alert: UUID) -> HttpResponse:
    """One alert: who, when, what for, which records, and what the owner can say."""
    return _detail_page(request, alert)


@require_POST
def set_expected(request: HttpRequest, alert: UUID) -> HttpResponse:
    """Say that a look was expected."""
    attempt(
        request,
        lambda: actions.set_expected(
            key=alert, owner=signed_in(request), at=clock.now(), facts=request_facts(request)
        ),
        done="Noted: the look was expected.",
    )
    return redirect("alerts:detail", alert=alert)


@require_POST
def ask_why(request: HttpRequest, alert: UUID) -> HttpResponse:
    """Ask the viewer why."""
    form = forms.AskForm(request.POST, prefix="ask")
    if form.is_valid() and tried(
        form,
        lambda: actions.ask_why(
            key=alert,
            owner=signed_in(request),
            text=form.cleaned_data["text"],
            at=clock.now(),
            facts=request_facts(request),
        ),
        request=request,
    ):
        messages.success(request, "The question is in the person's own list now.")
        return redirect("alerts:detail", alert=alert)
    return _detail_page(request, alert, ask_form=form)


@require_POST
def report_look(request: HttpRequest, alert: UUID) -> HttpResponse:
    """Report a look to OPR."""
    form = forms.ReportLookForm(request.POST, prefix="report")
    if form.is_valid() and tried(
        form,
        lambda: actions.report_look(
            key=alert,
            owner=signed_in(request),
            text=form.cleaned_data["text"],
            at=clock.now(),
            facts=request_facts(request),
        ),
        request=request,
    ):
        messages.success(request, "Reported to OPR. The person who looked is told nothing.")
        return redirect("alerts:detail", alert=alert)
    return _detail_page(request, alert, report_form=form)


@require_http_methods(["GET", "POST"])
def report(request: HttpRequest) -> HttpResponse:
    """Report suspected misuse that no alert told of."""
    user, at = signed_in(request), clock.now()
    form = forms.ReportForm(request.POST or None)
    if form.is_valid() and tried(
        form,
        lambda: actions.report_misuse(
            reporter=user, at=at, facts=request_facts(request), **form.cleaned_data
        ),
        request=request,
    ):
        messages.success(request, "Reported to OPR.")
        return redirect("alerts:report")
    made = Referral.objects.filter(reporter=user).order_by("-reported_at", "-pk")
    context = {"form": form, "dates": made.values_list("reported_at", flat=True)[:PAGE_SIZE]}
    return render(request, "alerts/report.html", context, status=422 if form.is_bound else 200)


@require_GET
def question_list(request: HttpRequest) -> HttpResponse:
    """What I was asked, and what people below me have not answered in time."""
    user, at = signed_in(request), clock.now()
    page = page_of(questions_to(user), request)
    context = {
        "page": page,
        "rows": [(question, question.is_late(at)) for question in page.rows],
        "late_below": late_below(user, at)[:PAGE_SIZE],
        "at": at,
    }
    return render(request, "alerts/question_list.html", context)


@require_http_methods(["GET", "POST"])
def question_detail(request: HttpRequest, question: UUID) -> HttpResponse:
    """One question, and its answer."""
    user, at = signed_in(request), clock.now()
    form = forms.AnswerForm(request.POST or None)
    if form.is_valid() and tried(
        form,
        lambda: actions.answer_question(
            key=question,
            actor=user,
            text=form.cleaned_data["text"],
            at=at,
            facts=request_facts(request),
        ),
        request=request,
    ):
        messages.success(request, "The owner of the record reads your answer now.")
        return redirect("alerts:questions-one", question=question)
    found: AlertQuestion | None = questions_to(user).filter(key=question).first()
    if found is None:
        raise NotThere
    context = {
        "question": found,
        "form": form,
        "numbers": numbers_asked_about(found, user),
        "at": at,
    }
    return render(
        request, "alerts/question_detail.html", context, status=422 if form.is_bound else 200
    )


@require_http_methods(["GET", "POST"])
def mail(request: HttpRequest) -> HttpResponse:
    """How often to be written to."""
    user = signed_in(request)
    chosen = AlertMail.objects.filter(user=user).first()
    form = forms.MailForm(
        request.POST or None, initial={"pace": chosen.pace if chosen else MailPace.HOURLY}
    )
    if form.is_valid():
        actions.choose_mail(
            user=user,
            pace=MailPace(form.cleaned_data["pace"]),
            at=clock.now(),
            facts=request_facts(request),
        )
        messages.success(request, "Your choice is kept.")
        return redirect("alerts:mail")
    return render(
        request,
        "alerts/mail.html",
        {"form": form, "email": user.email},
        status=422 if form.is_bound else 200,
    )


def role_labels(codes: list[str]) -> list[str]:
    """Roles in words, in the order in which they are defined."""
    return [role.label for role in Role if role.value in codes]


def _shown(rows: AlertQuerySet, show: str, user: User) -> AlertQuerySet:
    match show:
        case "unread":
            return rows.unread()
        case "not-shown":
            return rows.not_shown(user)
        case "recent":
            return rows.recent(clock.now())
        case _:
            return rows


def _narrowed(rows: AlertQuerySet, user: User, *, person: str, record: str) -> AlertQuerySet:
    if person:
        rows = rows.filter(
            Q(viewer__full_name__icontains=person) | Q(viewer__username__iexact=person)
        )
    return rows.about(user, record) if record else rows


def _detail_page(request: HttpRequest, key: UUID, **bound: Any) -> HttpResponse:
    """The page of an alert, with a refused form where there is one."""
    user, at = signed_in(request), clock.now()
    alert = alerts_of(user).filter(key=key).first()
    if alert is None:
        raise NotThere
    page = page_of(records_of(alert, user), request)
    state = alert.state(at)
    replies = REPLIES[state]
    cannot_ask = actions.why_not_asked(alert, user) if Reply.ASK in replies else ""
    context = {
        "alert": alert,
        "told": told_of([alert], user)[alert.pk],
        "roles": role_labels(alert.viewer_roles),
        "state": state,
        "page": page,
        "rows": [(row, address_for(user, row.record)) for row in page.rows],
        "question": getattr(alert, "question", None),
        "may_expect": Reply.EXPECTED in replies,
        "may_ask": Reply.ASK in replies and not cannot_ask,
        "cannot_ask": cannot_ask,
        "may_report": Reply.REPORT in replies,
        "ask_form": forms.AskForm(prefix="ask"),
        "report_form": forms.ReportLookForm(prefix="report"),
        "at": at,
    } | bound
    return render(request, "alerts/alert_detail.html", context, status=422 if bound else 200)
