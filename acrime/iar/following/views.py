"""Pages of follow-ups: writing one down, and their figures."""

from datetime import date, datetime, time, timedelta

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_http_methods

from accounts.guards import signed_in
from acrime.common import clock
from acrime.common.eastern import EASTERN
from acrime.common.pages import tried
from acrime.iar.choices import Outcome
from acrime.iar.following.actions import write_follow_up
from acrime.iar.following.forms import FollowUpForm, PeriodForm
from acrime.iar.following.querysets import figures
from acrime.iar.models import StatusResponse
from acrime.records.choices import RecordKind
from acrime.records.pages import record_for, see_record

SHOWN_DAYS = 30
"""So many days are shown where nobody asks for others."""


@require_http_methods(["GET", "POST"])
def follow_up(request: HttpRequest, number: str) -> HttpResponse:
    """Write down what the field office did about its copy."""
    user, at = signed_in(request), clock.now()
    record = record_for(request, number, RecordKind.RESPONSE, at=at)
    response = StatusResponse.objects.visible_to(user).newest().get(record=record)
    now = at.astimezone(EASTERN)
    form = FollowUpForm(
        request.POST or None, initial={"day": now.date(), "time": now.strftime("%H:%M")}
    )
    if form.is_valid() and tried(
        form,
        lambda: write_follow_up(
            response=response,
            outcome=Outcome(form.cleaned_data["outcome"]),
            referred_to=form.cleaned_data["referred_to"],
            reason=form.cleaned_data["reason"],
            happened_at=form.happened_at(),
            actor=user,
            at=at,
        ),
        request=request,
        place={"nobody-named": "referred_to", "future-time": "day", "too-early": "day"},
    ):
        messages.success(request, "The follow-up is written down.")
        return redirect("iar:detail", number=record.number)
    see_record(request, number, RecordKind.RESPONSE, at=at)
    context = {"response": response, "form": form}
    return render(request, "iar/follow_up.html", context, status=422 if form.is_bound else 200)


@require_GET
def follow_up_figures(request: HttpRequest) -> HttpResponse:
    """What offices did about the answers of a period, by office and outcome."""
    today = clock.now().astimezone(EASTERN).date()
    first = today - timedelta(days=SHOWN_DAYS - 1)
    asked = any(key.startswith(("since", "until")) for key in request.GET)
    form = PeriodForm(request.GET if asked else None, initial={"since": first, "until": today})
    since, until = first, today
    if form.is_bound and form.is_valid():
        since, until = form.cleaned_data["since"], form.cleaned_data["until"]
    rows = (
        []
        if form.errors
        else figures(
            signed_in(request), since=_start(since), until=_start(until + timedelta(days=1))
        )
    )
    context = {
        "form": form,
        "rows": rows,
        "outcomes": Outcome.labels,
        "since": since,
        "until": until,
    }
    return render(request, "iar/follow_ups.html", context, status=422 if form.errors else 200)


def _start(day: date) -> datetime:
    return datetime.combine(day, time(), tzinfo=EASTERN)
