"""Pages of research."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from accounts.guards import signed_in
from acrime.audit import events as audit_events
from acrime.common import clock
from acrime.common.errors import NotThere
from acrime.common.pages import attempt, tried
from acrime.iaq.choices import (
    QueryState,
    ResearchSource,
)
from acrime.iaq.clocks.targets import EASTERN
from acrime.iaq.detail_views import detail_page, form_page, query_for, to_query, write_look
from acrime.iaq.forms import LinkForm, SubjectForm
from acrime.iaq.research import actions, asking, forms
from acrime.iaq.research.choices import StepResult
from acrime.iaq.research.querysets import paper_of
from acrime.individuals.finding.actions import STRONG
from acrime.individuals.models import Individual
from acrime.individuals.search import criteria_of, wanted_of
from acrime.records.choices import RecordKind
from acrime.records.pages import not_there, record_for, see_record, see_rows
from routine_uses.approvals.documents import SUFFIXES

_AT_A_FIELD = {
    "future-time": "looked_time",
    "no-finding": "finding",
    "ncic-certification": "source",
    **dict.fromkeys(
        (
            "paper-empty",
            "paper-too-large",
            "paper-locked",
            "paper-active",
            "paper-damaged",
            "paper-kind",
            "paper-too-many",
        ),
        "paper",
    ),
}


@require_http_methods(["GET", "POST"])
def research(request: HttpRequest, number: str) -> HttpResponse:
    """Write down a look into a source."""
    user, at = signed_in(request), clock.now()
    query = query_for(request, number)
    eastern = at.astimezone(EASTERN)
    form = forms.ResearchForm(
        request.POST or None,
        request.FILES or None,
        initial={
            "source": request.GET.get("source", ""),
            "looked_date": eastern.date(),
            "looked_time": eastern.time(),
        },
    )

    def write_down() -> None:
        given = form.cleaned_data
        paper = given["paper"]
        actions.add_research_step(
            query=query,
            source=ResearchSource(given["source"]),
            result=StepResult(given["result"]),
            looked_at=form.looked_at(),
            finding=given["finding"],
            source_number=given["source_number"],
            paper=(paper.name, paper.read()) if paper else None,
            actor=user,
            at=at,
        )

    if form.is_valid() and tried(form, write_down, request=request, place=_AT_A_FIELD):
        messages.success(request, "The research step is written down.")
        return to_query(query)
    return form_page(request, "iaq/research_add.html", query, form)


@require_http_methods(["GET", "POST"])
def attach(request: HttpRequest, number: str, step: int) -> HttpResponse:
    """Attach a paper to a research step."""
    query = query_for(request, number)
    form = forms.AttachForm(request.POST or None, request.FILES or None)

    def add() -> None:
        paper = form.cleaned_data["paper"]
        actions.attach_paper(
            query=query,
            step=step,
            name=paper.name,
            data=paper.read(),
            actor=signed_in(request),
            at=clock.now(),
        )

    if form.is_valid() and tried(form, add, request=request, place=_AT_A_FIELD):
        messages.success(request, "The paper is attached and sealed.")
        return to_query(query)
    return form_page(request, "iaq/attach.html", query, form)


@require_GET
def paper(request: HttpRequest, number: str, paper: int) -> HttpResponse:
    """A paper of a research step as it was uploaded, taken out under a name of ours."""
    user, at = signed_in(request), clock.now()
    query = query_for(request, number)
    found = paper_of(query, paper, user)
    if found is None:
        not_there(request, number, at=at)
    see_record(
        request,
        query.record.number,
        RecordKind.QUERY,
        at=at,
        kind=audit_events.RECORD_DOWNLOADED,
        details={"paper": found.pk, "sha256": found.sha256},
    )
    name = f"{query.record.number}-{found.pk}.{SUFFIXES[found.media_type]}"
    return HttpResponse(
        bytes(found.content),
        content_type=found.media_type,
        headers={
            "Content-Disposition": f'attachment; filename="{name}"',
            "X-Content-Type-Options": "nosniff",
        },
    )


@require_POST
def ask(request: HttpRequest, number: str, source: str) -> HttpResponse:
    """Have a connected system asked, by a worker."""
    if source not in ResearchSource.values:
        raise NotThere
    query = query_for(request, number)
    attempt(
        request,
        lambda: asking.ask_system(
            query=query,
            source=ResearchSource(source),
            actor=signed_in(request),
            at=clock.now(),
        ),
        done="The system is being asked. Its answer comes here, and waits for you.",
    )
    return to_query(query)


@require_POST
def confirm(request: HttpRequest, number: str, answer: int) -> HttpResponse:
    """Make a research step of what a system answered."""
    query = query_for(request, number)
    attempt(
        request,
        lambda: asking.confirm_answer(
            query=query, question=answer, actor=signed_in(request), at=clock.now()
        ),
        done="The answer is a research step of yours now.",
    )
    return to_query(query)


@require_POST
def discard(request: HttpRequest, number: str, answer: int) -> HttpResponse:
    """Say that what a system answered is of no use."""
    query = query_for(request, number)
    form = forms.DiscardForm(request.POST, prefix=f"discard-{answer}")
    if not form.is_valid():
        messages.error(request, "Say why the answer is of no use.")
        return to_query(query)
    attempt(
        request,
        lambda: asking.discard_answer(
            query=query,
            question=answer,
            reason=form.cleaned_data["reason"],
            actor=signed_in(request),
            at=clock.now(),
        ),
        done="The answer is discarded.",
    )
    return to_query(query)


@require_POST
def citizenship(request: HttpRequest, number: str) -> HttpResponse:
    """Note a claim or sign of citizenship of the United States."""
    query = query_for(request, number)
    form = forms.CitizenForm(request.POST, prefix="citizen")
    if not form.is_valid():
        return detail_page(request, number, citizen_form=form)
    attempt(
        request,
        lambda: actions.note_citizenship(
            query=query,
            reason=form.cleaned_data["reason"],
            actor=signed_in(request),
            at=clock.now(),
        ),
        done="The claim is noted. What is concluded goes to a supervisor, too.",
    )
    return to_query(query)


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
                LinkForm(
                    initial={"individual": hit.person.number},
                    prefix=f"link-{hit.person.number}",
                ),
            )
            for hit in found.shown
        ],
        "more": found.more,
        "linked": set(query.record.subjects.values_list("individual_id", flat=True)),
        "subject_form": SubjectForm(
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
    form = LinkForm(request.POST, prefix=prefix)
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
    form = SubjectForm(request.POST, prefix="new")
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
