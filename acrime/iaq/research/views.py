"""Pages of research."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from accounts.guards import signed_in
from acrime.audit import events as audit_events
from acrime.common import clock
from acrime.common.eastern import EASTERN
from acrime.common.errors import NotThere
from acrime.common.pages import attempt, tried
from acrime.iaq.choices import (
    QueryState,
    ResearchSource,
)
from acrime.iaq.detail_views import form_page, query_for, to_query, write_look
from acrime.iaq.forms import LinkForm, SubjectForm
from acrime.iaq.pages import act_on_query, with_reason
from acrime.iaq.research import actions, asking, forms
from acrime.iaq.research.choices import StepResult
from acrime.iaq.research.querysets import own_step, paper_of
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
    """Attach a paper to a research step, which is named by its place among one's own."""
    user = signed_in(request)
    query = query_for(request, number)
    found = own_step(query, step, user)
    if found is None:
        not_there(request, number, at=clock.now())
    form = forms.AttachForm(request.POST or None, request.FILES or None)

    def add() -> None:
        paper = form.cleaned_data["paper"]
        actions.attach_paper(
            query=query,
            step=found.pk,
            name=paper.name,
            data=paper.read(),
            actor=user,
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
        details={"paper": paper, "sha256": found.sha256},
    )
    name = f"{query.record.number}-{paper}.{SUFFIXES[found.media_type]}"
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
    return act_on_query(
        request,
        number,
        lambda query, _, by: asking.ask_system(query=query, source=ResearchSource(source), **by),
        done="The system is being asked. Its answer comes here, and waits for you.",
    )


@require_POST
def confirm(request: HttpRequest, number: str, answer: int) -> HttpResponse:
    """Make a research step of what a system answered."""
    return act_on_query(
        request,
        number,
        lambda query, _, by: asking.confirm_answer(query=query, place=answer, **by),
        done="The answer is a research step of yours now.",
    )


@require_POST
def discard(request: HttpRequest, number: str, answer: int) -> HttpResponse:
    """Say that what a system answered is of no use."""
    return act_on_query(
        request,
        number,
        lambda query, given, by: asking.discard_answer(
            query=query, place=answer, reason=given["reason"], **by
        ),
        form=forms.DiscardForm(request.POST, prefix=f"discard-{answer}"),
        otherwise="Say why the answer is of no use.",
        done="The answer is discarded.",
    )


@require_POST
def citizenship(request: HttpRequest, number: str) -> HttpResponse:
    """Note a claim or sign of citizenship of the United States."""
    return act_on_query(
        request,
        number,
        with_reason(actions.note_citizenship),
        form=forms.CitizenForm(request.POST, prefix="citizen"),
        shown_as="citizen_form",
        done="The claim is noted. What is concluded goes to a supervisor, too.",
    )


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
