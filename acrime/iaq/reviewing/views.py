"""Pages of conclusions and of their review."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_http_methods, require_POST

from accounts.guards import signed_in
from acrime.audit import events as audit_events
from acrime.common import clock
from acrime.common.errors import NotThere
from acrime.common.pages import attempt, tried
from acrime.iaq import actions, forms
from acrime.iaq.choices import (
    QueryState,
)
from acrime.iaq.conclusions import RESPONSE_KINDS
from acrime.iaq.detail import detail_page, form_page, query_for, to_query
from acrime.iaq.models import StatusQuery
from acrime.individuals.models import Individual
from acrime.records.choices import RecordKind
from acrime.records.pages import see_record


@require_http_methods(["GET", "POST"])
def determine(request: HttpRequest, number: str, kind: str) -> HttpResponse:
    """State a conclusion and hand it to review."""
    if kind not in RESPONSE_KINDS:
        raise NotThere
    user, at = signed_in(request), clock.now()
    query = query_for(request, number)
    initial = {} if request.method == "POST" else _prefilled(request, query)
    form = forms.ConclusionForm(
        request.POST or None,
        kind=kind,
        today=at.astimezone(forms.EASTERN).date(),
        initial=initial,
    )
    if form.is_valid() and tried(
        form,
        lambda: actions.submit_determination(
            query=query,
            kind=kind,
            values=form.stored(),
            basis=form.cleaned_data["basis"],
            actor=user,
            at=at,
        ),
        request=request,
    ):
        messages.success(request, "The determination waits for a second person's review.")
        return to_query(query)
    return form_page(request, "iaq/determine.html", query, form, kind=RESPONSE_KINDS[kind])


@require_POST
def approve(request: HttpRequest, number: str) -> HttpResponse:
    """Confirm a determination as a second person."""
    query = query_for(request, number)
    attempt(
        request,
        lambda: actions.approve_determination(
            query=query, actor=signed_in(request), at=clock.now()
        ),
        done="The determination is approved. The response can be released.",
    )
    return to_query(query)


@require_POST
def return_to_author(request: HttpRequest, number: str) -> HttpResponse:
    """Send a determination back with a reason."""
    query = query_for(request, number)
    form = forms.ReturnForm(request.POST, prefix="return")
    if not form.is_valid():
        return detail_page(request, number, reason_form=form)
    attempt(
        request,
        lambda: actions.return_determination(
            query=query,
            reason=form.cleaned_data["reason"],
            actor=signed_in(request),
            at=clock.now(),
        ),
        done="The determination went back to its author.",
    )
    return to_query(query)


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
