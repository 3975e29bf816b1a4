"""Pages of conclusions and of their review."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_POST

from accounts.guards import signed_in
from acrime.audit import events as audit_events
from acrime.common import clock
from acrime.common.eastern import EASTERN
from acrime.common.errors import ActionRefused, NotThere
from acrime.common.pages import refused, tried
from acrime.iaq.choices import (
    QueryState,
    ResearchSource,
)
from acrime.iaq.detail_views import form_page, query_for, to_query
from acrime.iaq.forms import ConclusionForm, ReturnForm
from acrime.iaq.kinds.querysets import conclusion_in_force, conclusions_in_force
from acrime.iaq.models import StatusQuery
from acrime.iaq.pages import act_on_query, with_reason
from acrime.iaq.research.policy import open_steps
from acrime.iaq.reviewing import actions, forms
from acrime.iaq.reviewing.querysets import rates, rates_set
from acrime.individuals.models import Individual
from acrime.records.choices import RecordKind
from acrime.records.pages import see_record
from routine_uses.choices import Program


@require_http_methods(["GET", "POST"])
def determine(request: HttpRequest, number: str, kind: str) -> HttpResponse:
    """State a conclusion and hand it to review."""
    user, at = signed_in(request), clock.now()
    if kind not in {each.code for each in conclusions_in_force(at)}:
        raise NotThere
    conclusion = conclusion_in_force(kind, at).kind
    query = query_for(request, number)
    initial = {} if request.method == "POST" else _prefilled(request, query)
    form = ConclusionForm(
        request.POST or None,
        kind=conclusion,
        today=at.astimezone(EASTERN).date(),
        open_sources=_open_sources(query),
        initial=initial,
    )
    if form.is_valid() and tried(
        form,
        lambda: actions.submit_determination(
            query=query,
            kind=kind,
            values=form.stored(),
            basis=form.cleaned_data["basis"],
            open_because=form.cleaned_data.get("open_because", ""),
            actor=user,
            at=at,
        ),
        request=request,
    ):
        messages.success(request, "The determination waits for a second person's review.")
        return to_query(query)
    return form_page(request, "iaq/determine.html", query, form, kind=conclusion)


@require_POST
def approve(request: HttpRequest, number: str) -> HttpResponse:
    """Confirm a determination as a second person."""
    query = query_for(request, number)
    try:
        approved = actions.approve_determination(
            query=query, actor=signed_in(request), at=clock.now()
        )
    except NotThere:
        raise
    except ActionRefused as refusal:
        refused(request, refusal)
        messages.error(request, refusal.message)
    else:
        messages.success(
            request,
            "The determination is approved. The response can be released."
            if approved
            else "You confirmed the determination. It goes to a supervisor for a further review.",
        )
    return to_query(query)


@require_POST
def take_over(request: HttpRequest, number: str) -> HttpResponse:
    """Go on with somebody else's query."""
    return act_on_query(
        request,
        number,
        with_reason(actions.take_over),
        form=forms.TakeOverForm(request.POST, prefix="over"),
        shown_as="take_over_form",
        done="The query is yours. What you hand in is reviewed by somebody else.",
    )


@require_http_methods(["GET", "POST"])
def sampling(request: HttpRequest) -> HttpResponse:
    """The sampling rates of the programs, and setting one."""
    form = forms.RateForm(request.POST or None)
    if form.is_valid() and tried(
        form,
        lambda: actions.set_rate(
            program=Program(form.cleaned_data["program"]),
            percent=form.cleaned_data["percent"],
            reason=form.cleaned_data["reason"],
            actor=signed_in(request),
            at=clock.now(),
        ),
        request=request,
        place={"not-a-share": "percent", "reason-missing": "reason"},
    ):
        messages.success(request, "The rate is set. It counts for what is handed in from now on.")
        return redirect("iaq:sampling")
    context = {"form": form, "rates": rates(), "history": rates_set()}
    return render(request, "iaq/sampling.html", context, status=422 if form.is_bound else 200)


def _open_sources(query: StatusQuery) -> list[str]:
    steps = query.research_steps.order_by("looked_at", "pk").values_list("source", "result")
    return [str(ResearchSource(each).label) for each in open_steps(query.program, steps)]


@require_POST
def return_to_author(request: HttpRequest, number: str) -> HttpResponse:
    """Send a determination back with a reason."""
    return act_on_query(
        request,
        number,
        with_reason(actions.return_determination),
        form=ReturnForm(request.POST, prefix="return"),
        shown_as="reason_form",
        done="The determination went back to its author.",
    )


def _prefilled(request: HttpRequest, query: StatusQuery) -> dict[str, Any]:
    """What the linked individual already tells of the record block: a look at its numbers.

    Only for who holds the query; anybody else's form could not be handed in.
    """
    user = signed_in(request)
    if query.claimed_by_id != user.pk or query.state != QueryState.CLAIMED:
        return {}
    individual = (
        Individual.objects.visible_to(user)
        .filter(record_links__record=query.record)
        .with_details()
        .order_by("pk")
        .first()
    )
    if individual is None:
        return {}
    see_record(
        request,
        individual.record.number,
        RecordKind.INDIVIDUAL,
        at=clock.now(),
        kind=audit_events.VALUE_REVEALED,
        purpose="Filled into the form of a determination",
        details={
            "query": query.record.number,
            "numbers": sorted({number.kind for number in individual.identifiers.all()}),
        },
    )
    born = individual.birth_dates.first()
    numbers = {number.kind: str(number.value) for number in individual.identifiers.all()}
    return {
        "name": individual.primary_name.full.upper(),
        "dob": born.value if born else None,
        "arn": numbers.get("A_NUMBER", ""),
        "fbi": numbers.get("FBI", ""),
        "sid": "\n".join(
            str(number.value) for number in individual.identifiers.all() if number.kind == "SID"
        ),
    }
