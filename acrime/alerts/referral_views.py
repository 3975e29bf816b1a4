"""OPR's queue of reports. Each look at it is written down, and told to nobody."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_POST

from accounts.guards import may_open, signed_in
from acrime.alerts import actions, forms
from acrime.alerts.choices import Finding, ReferralState
from acrime.alerts.models import Referral
from acrime.alerts.querysets import records_of, told_of
from acrime.alerts.views import role_labels
from acrime.audit.actions import request_facts
from acrime.common import clock
from acrime.common.errors import NotThere
from acrime.common.pages import PAGE_SIZE, attempt, page_of, tried
from acrime.records.addresses import address_for
from acrime.records.models import Record

TABS = (("open", "Open"), ("closed", "Closed"))


@require_GET
def referral_list(request: HttpRequest) -> HttpResponse:
    """Reports of misuse, oldest open one first."""
    user, at = signed_in(request), clock.now()
    show = "closed" if request.GET.get("show") == "closed" else "open"
    rows = Referral.objects.worked_by(user).select_related("reporter", "about", "taken_by")
    if show == "closed":
        rows = rows.filter(state=ReferralState.CLOSED).order_by("-closed_at", "-pk")
    else:
        rows = rows.exclude(state=ReferralState.CLOSED).order_by("reported_at", "pk")
    page = page_of(rows, request)
    actions.write_look(actor=user, at=at, facts=request_facts(request))
    context = {"page": page, "tabs": TABS, "show": show, "at": at}
    return render(request, "alerts/referral_list.html", context)


@require_GET
def referral_detail(request: HttpRequest, referral: str) -> HttpResponse:
    """One report: who suspects what, the look behind it, and what OPR has made of it."""
    return _detail_page(request, referral)


@require_POST
def take_up(request: HttpRequest, referral: str) -> HttpResponse:
    """Take a report up."""
    attempt(
        request,
        lambda: actions.take_up(
            number=referral, actor=signed_in(request), at=clock.now(), facts=request_facts(request)
        ),
        done="The report is yours.",
    )
    return redirect("alerts:referrals-one", referral=referral)


@require_POST
def add_note(request: HttpRequest, referral: str) -> HttpResponse:
    """Add a note."""
    form = forms.NoteForm(request.POST, prefix="note")
    if form.is_valid() and tried(
        form,
        lambda: actions.add_note(
            number=referral,
            actor=signed_in(request),
            text=form.cleaned_data["text"],
            at=clock.now(),
            facts=request_facts(request),
        ),
        request=request,
    ):
        messages.success(request, "The note is kept.")
        return redirect("alerts:referrals-one", referral=referral)
    return _detail_page(request, referral, note_form=form)


@require_POST
def close(request: HttpRequest, referral: str) -> HttpResponse:
    """Close a report with a finding."""
    form = forms.CloseForm(request.POST, prefix="close")
    if form.is_valid() and tried(
        form,
        lambda: actions.close_referral(
            number=referral,
            actor=signed_in(request),
            finding=Finding(form.cleaned_data["finding"]),
            text=form.cleaned_data["text"],
            at=clock.now(),
            facts=request_facts(request),
        ),
        request=request,
    ):
        messages.success(request, "The report is closed.")
        return redirect("alerts:referrals-one", referral=referral)
    return _detail_page(request, referral, close_form=form)


def _detail_page(request: HttpRequest, number: str, **bound: Any) -> HttpResponse:
    user, at = signed_in(request), clock.now()
    referral = (
        Referral.objects.worked_by(user)
        .select_related(
            "reporter__office",
            "about__office",
            "taken_by",
            "closed_by",
            "alert__viewer",
            "alert__viewer_office",
            "alert__question",
        )
        .filter(number=number)
        .first()
    )
    if referral is None:
        raise NotThere
    actions.write_look(actor=user, at=at, referral=referral, facts=request_facts(request))
    alert = referral.alert
    context: dict[str, Any] = {
        "referral": referral,
        "alert": alert,
        "record": _record_named(referral, request),
        "trails": _trails(referral, request),
        "notes": referral.notes.select_related("author").order_by("pk"),
        "in_review": referral.state == ReferralState.IN_REVIEW,
        "note_form": forms.NoteForm(prefix="note"),
        "close_form": forms.CloseForm(prefix="close"),
        "at": at,
    }
    if alert is not None:
        context |= {
            "told": told_of([alert], user)[alert.pk],
            "roles": role_labels(alert.viewer_roles),
            "records": [
                (row, address_for(user, row.record)) for row in records_of(alert, user)[:PAGE_SIZE]
            ],
            "question": getattr(alert, "question", None),
        }
    return render(
        request, "alerts/referral_detail.html", context | bound, status=422 if bound else 200
    )


def _record_named(referral: Referral, request: HttpRequest) -> tuple[str, str] | None:
    """The number that the reporter gave, and its page where there is such a record."""
    if not referral.record_number:
        return None
    user = signed_in(request)
    found = Record.objects.visible_to(user).filter(number=referral.record_number).first()
    return referral.record_number, address_for(user, found) if found else ""


def _trails(referral: Referral, request: HttpRequest) -> list[tuple[str, str]]:
    """Where the ledger tells what is behind a report: labels and addresses."""
    user = signed_in(request)
    places: list[tuple[str, str, list[str | int]]] = []
    event = referral.alert.event_id if referral.alert else None
    if event is not None:
        places.append(("The first look, in the ledger", "oversight:event", [event]))
    if referral.about is not None:
        places.append(("What this person did", "oversight:person", [referral.about.get_username()]))
    if referral.record_number:
        places.append(("Who looked at this record", "oversight:record", [referral.record_number]))
    return [
        (label, reverse(name, args=args)) for label, name, args in places if may_open(user, name)
    ]
