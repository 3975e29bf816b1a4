"""Pages of research."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from accounts.guards import signed_in
from acrime.audit import events as audit_events
from acrime.common import clock
from acrime.common.pages import attempt, tried
from acrime.iaq import actions, forms
from acrime.iaq.choices import (
    QueryState,
    ResearchSource,
)
from acrime.iaq.detail import form_page, query_for, to_query, write_look
from acrime.individuals.finding.actions import STRONG
from acrime.individuals.models import Individual
from acrime.individuals.search import criteria_of, wanted_of
from acrime.records.choices import RecordKind
from acrime.records.pages import record_for, see_rows


@require_http_methods(["GET", "POST"])
def research(request: HttpRequest, number: str) -> HttpResponse:
    """Write down a look into a source."""
    user, at = signed_in(request), clock.now()
    query = query_for(request, number)
    eastern = at.astimezone(forms.EASTERN)
    form = forms.ResearchForm(
        request.POST or None,
        initial={"looked_date": eastern.date(), "looked_time": eastern.time()},
    )
    if form.is_valid() and tried(
        form,
        lambda: actions.add_research_step(
            query=query,
            source=ResearchSource(form.cleaned_data["source"]),
            looked_at=form.looked_at(),
            finding=form.cleaned_data["finding"],
            actor=user,
            at=at,
        ),
        request=request,
        place={
            "future-time": "looked_time",
            "no-finding": "finding",
            "ncic-certification": "source",
        },
    ):
        messages.success(request, "The research step is written down.")
        return to_query(query)
    return form_page(request, "iaq/research_add.html", query, form)


@require_GET
def subjects(request: HttpRequest, number: str) -> HttpResponse:
    """Possible individuals for a query, best first. A search, written down as one."""
    user, at = signed_in(request), clock.now()
    query = query_for(request, number)
    write_look(request, query)
    person = actions.person_of(query)
    found = actions.find_subjects(query=query, actor=user, at=at)
    see_rows(
        request,
        [hit.person for hit in found.shown],
        at=at,
        criteria={"Query": query.record.number} | criteria_of(wanted_of(person)),
        kind=audit_events.RECORD_SEARCHED,
        matched=found.matched_ids,
    )
    context = {
        "query": query,
        "hits": [
            (
                hit,
                forms.LinkForm(
                    initial={"individual": hit.person.number},
                    prefix=f"link-{hit.person.number}",
                ),
            )
            for hit in found.shown
        ],
        "more": found.more,
        "linked": set(query.record.subjects.values_list("individual_id", flat=True)),
        "subject_form": forms.SubjectForm(
            prefix="new", strong=any(hit.score >= STRONG for hit in found.shown)
        ),
        "may_research": query.state == QueryState.CLAIMED and query.claimed_by_id == user.pk,
    }
    return render(request, "iaq/subjects.html", context)


@require_POST
def link_subject(request: HttpRequest, number: str) -> HttpResponse:
    """Say that the query is about one of the individuals found."""
    user = signed_in(request)
    query = query_for(request, number)
    prefix = request.POST.get("prefix", "")
    form = forms.LinkForm(request.POST, prefix=prefix)
    if not form.is_valid():
        messages.error(request, "Say why this is the same person.")
        return redirect("iaq:subjects", number=query.record.number)
    found = record_for(
        request, form.cleaned_data["individual"], RecordKind.INDIVIDUAL, at=clock.now()
    )
    individual = Individual.objects.visible_to(user).get(record=found)
    attempt(
        request,
        lambda: actions.link_individual(
            query=query,
            individual=individual,
            reason=form.cleaned_data["reason"],
            actor=user,
            at=clock.now(),
        ),
        done="The individual is linked to the query.",
    )
    return to_query(query)


@require_POST
def create_subject(request: HttpRequest, number: str) -> HttpResponse:
    """Enter the query's person as a new individual."""
    query = query_for(request, number)
    form = forms.SubjectForm(request.POST, prefix="new")
    if not form.is_valid():
        messages.error(request, "Say why none of the individuals found is this person.")
        return redirect("iaq:subjects", number=query.record.number)
    attempt(
        request,
        lambda: actions.create_subject(
            query=query,
            reason=form.cleaned_data["reason"],
            despite=form.cleaned_data["despite"],
            actor=signed_in(request),
            at=clock.now(),
        ),
        done="The individual is entered, pending a supervisor's approval, and linked.",
    )
    return to_query(query)
