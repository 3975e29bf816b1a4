"""Pages of one query."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from accounts.guards import signed_in
from acrime.audit import events as audit_events
from acrime.common import clock
from acrime.iaq import actions, forms
from acrime.iaq.detail_views import (
    REVEALED,
    current_determination,
    detail_page,
    query_for,
    with_everything,
)
from acrime.iaq.models import StatusQuery
from acrime.iaq.pages import act_on_query
from acrime.iaq.presentation import (
    asked_facts,
    conclusion_facts,
    identity_facts,
    numbers_held,
    steps_shown,
)
from acrime.records.choices import RecordKind
from acrime.records.pages import not_there, see_record
from acrime.records.prints import see_to_print
from acrime.records.reveals import RevealForm
from routine_uses.choices import Program


@require_GET
def query_detail(request: HttpRequest, number: str) -> HttpResponse:
    """One query: what came, what was found, what was concluded, what to do next."""
    return detail_page(request, number)


@require_GET
def query_print(request: HttpRequest, number: str) -> HttpResponse:
    """One query for paper, numbers masked."""
    user = signed_in(request)
    record, head = see_to_print(request, number, RecordKind.QUERY, at=clock.now())
    query = with_everything(StatusQuery.objects.visible_to(user)).get(record=record)
    current = current_determination(query, user)
    context = {
        "query": query,
        "head": head,
        "identity": identity_facts(query),
        "asked": asked_facts(query),
        "steps": steps_shown(query, user),
        "determination": current,
        "conclusion": conclusion_facts(current) if current else None,
    }
    return render(request, "iaq/print.html", context)


@require_http_methods(["GET", "POST"])
def reveal(request: HttpRequest, number: str, what: str) -> HttpResponse:
    """Why the numbers, or the message as it came, are needed; then the page with them open."""
    at = clock.now()
    if what not in REVEALED:
        not_there(request, number, at=at)
    form = RevealForm(request.POST if request.method == "POST" else None)
    if form.is_valid():
        query = query_for(request, number)
        look = {
            "kind": audit_events.VALUE_REVEALED,
            "purpose": form.purpose(),
            "details": {"shown": what, "numbers": numbers_held(query)},
        }
        return detail_page(request, number, opened=what, look=look)
    record = see_record(request, number, RecordKind.QUERY, at=at)
    context = {
        "form": form,
        "what": REVEALED[what],
        "number": record.number,
        "list_label": "Queries",
        "list_url": reverse("iaq:list"),
        "back": reverse("iaq:detail", args=[record.number]),
    }
    return render(request, "reveal.html", context, status=422 if form.is_bound else 200)


@require_POST
def change_program(request: HttpRequest, number: str) -> HttpResponse:
    """Correct what a query is for."""
    return act_on_query(
        request,
        number,
        lambda query, given, by: actions.change_program(
            query=query, program=Program(given["program"]), reason=given["reason"], **by
        ),
        form=forms.ProgramForm(request.POST, prefix="program", choices=Program.choices),
        shown_as="program_form",
        done="The program is changed, and the retention item with it.",
    )
