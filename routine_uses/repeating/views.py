"""Pages of repeating disclosures: the categories, one of them, and sending the next one."""

from datetime import datetime
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from accounts.choices import Role
from accounts.guards import may_open, signed_in
from acrime.audit.actions import request_facts
from acrime.audit.choices import Channel
from acrime.common import clock
from acrime.common.errors import NotThere
from acrime.common.pages import page_of, refused, tried
from routine_uses.access import access_disclosures
from routine_uses.choices import Field
from routine_uses.models import DisclosureDraft, DisclosureSeries
from routine_uses.repeating import actions, forms
from routine_uses.repeating.choices import SeriesState, Standing
from routine_uses.repeating.presentation import STANDING_TONES
from routine_uses.repeating.querysets import (
    every_series,
    series_numbered,
    series_to_decide,
    standing,
    transmissions,
)
from routine_uses.wizard.actions import begin_draft

TABS = (("all", "All"), ("decide", "For me to decide"))

# Where a refusal of the action stands on the form.
PLACES = {
    "nature-missing": "nature",
    "record-category-missing": "record_category",
    "statement-missing": "interval_statement",
    "justification-missing": "justification",
    "fields-missing": "fields_chosen",
    "ground-does-not-fit": "ground",
    "no-such-recipient": "recipient",
    "days-turned": "ends_on",
    "days-past": "ends_on",
    "days-too-many": "ends_on",
}


@require_GET
def series_list(request: HttpRequest) -> HttpResponse:
    """Categories of repeating disclosures, newest first, or those that wait for the reader."""
    user, at = signed_in(request), clock.now()
    decides = may_open(user, "routine_uses:series-decide", "POST")
    shown = "decide" if decides and request.GET.get("show") == "decide" else "all"
    page = page_of(series_to_decide(user) if shown == "decide" else every_series(), request)
    context = {
        "page": page,
        "tabs": TABS if decides else (),
        "shown": shown,
        "rows": [_shown(each, at=at) for each in page.rows],
        "proposes": may_open(user, "routine_uses:series-propose", "POST"),
    }
    return render(request, "repeating/series_list.html", context)


@require_http_methods(["GET", "POST"])
def series_propose(request: HttpRequest) -> HttpResponse:
    """Propose a category."""
    user, at = signed_in(request), clock.now()
    form = forms.ProposeForm(request.POST if request.method == "POST" else None, at=at)
    made: list[DisclosureSeries] = []
    if form.is_valid() and tried(
        form,
        lambda: made.append(
            actions.propose_series(
                proposal=form.proposal(), actor=user, at=at, channel=Channel.PAGE
            )
        ),
        request=request,
        place=PLACES,
    ):
        messages.success(request, "It waits for a privacy officer.")
        return redirect("routine_uses:series", series=made[0].number)
    status = 422 if form.is_bound else 200
    return render(request, "repeating/series_form.html", {"form": form}, status=status)


@require_GET
def series_detail(request: HttpRequest, series: str) -> HttpResponse:
    """One category: what it says, who decided, and what went under it."""
    return _page(request, series_numbered(series), at=clock.now())


@require_POST
def series_decide(request: HttpRequest, series: str) -> HttpResponse:
    """Approve or refuse."""
    user, at = signed_in(request), clock.now()
    found = series_numbered(series)
    form = forms.DecideForm(request.POST, prefix="decide")
    refusing = request.POST.get("decision") == "refuse"
    decide = actions.refuse_series if refusing else actions.approve_series
    if form.is_valid() and tried(
        form,
        lambda: decide(
            series=found,
            reason=form.cleaned_data["reason"],
            actor=user,
            at=at,
            channel=Channel.PAGE,
        ),
        request=request,
    ):
        messages.success(request, "It is refused." if refusing else "It is approved.")
        return redirect("routine_uses:series", series=found.number)
    return _page(request, found, at=at, decide_form=form)


@require_POST
def series_end(request: HttpRequest, series: str) -> HttpResponse:
    """End a category."""
    user, at = signed_in(request), clock.now()
    found = series_numbered(series)
    form = forms.EndForm(request.POST, prefix="end")
    if form.is_valid() and tried(
        form,
        lambda: actions.end_series(
            series=found,
            reason=form.cleaned_data["reason"],
            actor=user,
            at=at,
            channel=Channel.PAGE,
        ),
        request=request,
    ):
        messages.success(request, "It is ended. What went under it stays accounted for.")
        return redirect("routine_uses:series", series=found.number)
    return _page(request, found, at=at, end_form=form)


@require_POST
def series_send(request: HttpRequest, series: str) -> HttpResponse:
    """Begin the next disclosure under a category, from the records that are named."""
    user, at = signed_in(request), clock.now()
    found = series_numbered(series)
    form = forms.SendForm(request.POST, prefix="send")
    begun: list[DisclosureDraft] = []
    if form.is_valid():
        try:
            done = tried(
                form,
                lambda: begun.append(
                    begin_draft(
                        numbers=form.cleaned_data["records"],
                        series=found,
                        actor=user,
                        at=at,
                        facts=request_facts(request),
                    )
                ),
                request=request,
                place={"too-many-records": "records"},
            )
        except NotThere as hidden:
            refused(request, hidden)
            form.add_error("records", "There is no record under one of these numbers.")
            done = False
        if done:
            return redirect("routine_uses:draft", draft=begun[0].key)
    return _page(request, found, at=at, send_form=form)


def _shown(series: DisclosureSeries, *, at: datetime) -> dict[str, Any]:
    now = standing(series, at=at)
    return {"series": series, "standing": now, "tone": STANDING_TONES[now]}


def _page(
    request: HttpRequest, series: DisclosureSeries, *, at: datetime, **bound: Any
) -> HttpResponse:
    user = signed_in(request)
    page = page_of(transmissions(series, user), request)
    access_disclosures(
        displayed=page.rows,
        user=user,
        at=at,
        channel=Channel.PAGE,
        facts=request_facts(request),
    )
    mine, keeps = user.pk == series.proposed_by_id, user.has_role(Role.PRIVACY_OFFICER)
    waits = series.state == SeriesState.PROPOSED
    context: dict[str, Any] = _shown(series, at=at) | {
        "ground": (
            f"Routine use {series.letter}" if series.letter else series.get_paragraph_display()
        ),
        "fields": [Field(code).label for code in series.fields],
        "page": page,
        "own": mine and waits and keeps,
    }
    if waits and keeps and not mine:
        context["decide_form"] = forms.DecideForm(prefix="decide")
    if series.state in (SeriesState.PROPOSED, SeriesState.APPROVED) and (mine or keeps):
        context["end_form"] = forms.EndForm(prefix="end")
    if standing(series, at=at) is Standing.IN_USE and may_open(
        user, "routine_uses:series-send", "POST"
    ):
        context["send_form"] = forms.SendForm(prefix="send")
    status = 422 if bound else 200
    return render(request, "repeating/series_detail.html", context | bound, status=status)
