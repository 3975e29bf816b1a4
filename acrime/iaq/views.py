"""Pages of queries: the worklist, and working one query."""

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

from django.contrib import messages
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from accounts.choices import EXPORTERS, Role
from accounts.guards import signed_in
from accounts.models import User
from acrime.audit import events as audit_events
from acrime.common import clock
from acrime.common.errors import NotThere
from acrime.common.exports import Export
from acrime.common.pages import attempt, page_of, tried
from acrime.iaq import actions, events, forms
from acrime.iaq.choices import (
    DeterminationState,
    QueryState,
    ResearchSource,
)
from acrime.iaq.kinds.querysets import conclusion_in_force, conclusions_in_force
from acrime.iaq.models import Determination, StatusQuery
from acrime.iaq.policy import PROGRAM_RULES
from acrime.iaq.presentation import (
    asked_facts,
    conclusion_facts,
    identity_facts,
    message_text,
    numbers_held,
    steps_shown,
)
from acrime.iaq.querysets import QueryQuerySet, sees_drafts_of
from acrime.individuals.finding.actions import STRONG
from acrime.individuals.models import Individual
from acrime.individuals.search import criteria_of, wanted_of
from acrime.records.choices import RecordKind
from acrime.records.exports import export_records
from acrime.records.history import timeline_of
from acrime.records.pages import not_there, record_for, see_record, see_rows
from acrime.records.panels import panels_for
from acrime.records.prints import see_to_print
from acrime.records.reveals import REVEALERS, RevealForm
from routine_uses.choices import Program

TONES: Mapping[str, str] = {
    QueryState.RECEIVED: "warning",
    QueryState.CLAIMED: "info",
    QueryState.IN_REVIEW: "info",
    QueryState.APPROVED: "success",
    QueryState.RELEASED: "neutral",
}

# What of a query is hidden until somebody asks for it with a reason.
REVEALED: Mapping[str, str] = {
    "numbers": "all numbers of the query",
    "message": "the message as received",
}

_EXPORTED: Mapping[str, Callable[[StatusQuery], object]] = {
    "Number": lambda row: row.record.number,
    "Person": lambda row: row.name_shown,
    "Program": lambda row: row.get_program_display(),
    "Received": lambda row: row.received_at,
    "Due": lambda row: row.due_at,
    "State": lambda row: row.get_state_display(),
    "Worked by": lambda row: row.claimed_by.full_name if row.claimed_by else "Nobody yet",
}

Narrowing = Callable[[QueryQuerySet, User], QueryQuerySet]

TABS: Mapping[str, tuple[str, Narrowing]] = {
    "open": ("All open", lambda rows, user: rows.open().by_urgency()),
    "waiting": (
        "Waiting",
        lambda rows, user: rows.filter(state=QueryState.RECEIVED).by_urgency(),
    ),
    "mine": (
        "Mine",
        lambda rows, user: rows.open().filter(claimed_by=user).by_urgency(),
    ),
    "review": (
        "To review",
        lambda rows, user: rows.to_review_by(user).by_urgency(),
    ),
    "ready": (
        "Ready to release",
        lambda rows, user: rows.filter(state=QueryState.APPROVED).by_urgency(),
    ),
    "released": (
        "Released",
        lambda rows, user: rows.filter(state=QueryState.RELEASED).newest(),
    ),
}


def tab_rows(tab: str, user: User) -> QueryQuerySet:
    """The queries of one tab of the worklist, as *user* sees them."""
    return TABS[tab][1](StatusQuery.objects.visible_to(user), user)


@require_GET
def query_list(request: HttpRequest) -> HttpResponse:
    """The worklist: open queries, first due first."""
    user, at = signed_in(request), clock.now()
    tab = _tab(request)
    page = page_of(tab_rows(tab, user), request)
    see_rows(request, page.rows, at=at, criteria=_list_criteria(tab))
    context = {
        "may_export": user.has_role(*EXPORTERS),
        "page": page,
        "at": at,
        "tabs": [(key, label, key == tab) for key, (label, _) in TABS.items()],
        "tab": tab,
        "tab_label": TABS[tab][0],
        "tones": TONES,
        "works": user.has_role(*actions.WORKERS),
    }
    return render(request, "iaq/query_list.html", context)


@require_http_methods(["GET", "POST"])
def query_export(request: HttpRequest) -> HttpResponse:
    """A tab of the worklist as a file, for a purpose."""
    tab = _tab(request)
    export = Export(
        name="queries",
        title=f"Queries: {TABS[tab][0].lower()}",
        rows=tab_rows(tab, signed_in(request)),
        columns=_EXPORTED,
        back=f"{reverse('iaq:list')}?show={tab}",
    )
    return export_records(request, export, criteria=_list_criteria(tab), at=clock.now())


def _tab(request: HttpRequest) -> str:
    asked = request.GET.get("show", "")
    return asked if asked in TABS else "open"


def _list_criteria(tab: str) -> dict[str, str]:
    return {"List": "Queries", "Show": TABS[tab][0]}


@require_GET
def query_detail(request: HttpRequest, number: str) -> HttpResponse:
    """One query: what came, what was found, what was concluded, what to do next."""
    return _detail_page(request, number)


@require_GET
def query_print(request: HttpRequest, number: str) -> HttpResponse:
    """One query for paper, numbers masked."""
    user = signed_in(request)
    record, head = see_to_print(request, number, RecordKind.QUERY, at=clock.now())
    query = _with_everything(StatusQuery.objects.visible_to(user)).get(record=record)
    current = _current(query, user)
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
        query = _query(request, number)
        look = {
            "kind": audit_events.VALUE_REVEALED,
            "purpose": form.purpose(),
            "details": {"shown": what, "numbers": numbers_held(query)},
        }
        return _detail_page(request, number, opened=what, look=look)
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


def _detail_page(
    request: HttpRequest,
    number: str,
    *,
    opened: str = "",
    look: Mapping[str, Any] | None = None,
    **bound: Any,
) -> HttpResponse:
    """The page of a query; *bound* are forms of it that could not be used.

    Args:
        opened: what of ``REVEALED`` is shown whole in this answer.
        look: how the look is written down, where it is more than a view.
    """
    user, at = signed_in(request), clock.now()
    record = see_record(request, number, RecordKind.QUERY, at=at, **(look or {}))
    query = _with_everything(StatusQuery.objects.visible_to(user)).get(record=record)
    subjects = list(
        Individual.objects.visible_to(user)
        .filter(record_links__record=query.record)
        .select_related("record")
        .prefetch_related("names")
    )
    if subjects:
        see_rows(request, subjects, at=at, criteria={"List": "Individuals", "Query": record.number})
    context = _detail_context(query, user, at, opened) | {"subjects": subjects} | bound
    context["panels"] = panels_for(request, record, at=at)
    return render(request, "iaq/query_detail.html", context, status=422 if bound else 200)


def _text_as_received(query: StatusQuery) -> str:
    text, cut = message_text(bytes(query.message.original))
    return f"{text}\n[The rest is kept and not shown.]" if cut else text


def _current(query: StatusQuery, user: User) -> Determination | None:
    """The determination that stands, if there is one that *user* may see."""
    shown = query.determinations.visible_to(user)
    return shown.exclude(state=DeterminationState.RETURNED).order_by("version").last()


def _detail_context(query: StatusQuery, user: User, at: datetime, opened: str) -> dict[str, Any]:
    works = user.has_role(*actions.WORKERS)
    mine = works and query.claimed_by_id == user.pk
    current = _current(query, user)
    whole = opened == "numbers"
    may_reveal = user.has_role(*REVEALERS)
    author = current.author_id if current else None
    in_review = query.state == QueryState.IN_REVIEW and current is not None
    return {
        "query": query,
        "record": query.record,
        "at": at,
        "state_tone": TONES[query.state],
        "asked": asked_facts(query),
        "identity": identity_facts(query, opened=whole),
        "opened": opened,
        "has_numbers": bool(numbers_held(query)),
        "may_reveal": may_reveal,
        # Who holds the query looks its person up elsewhere all day: one button, one event.
        "quick_reveal": may_reveal and mine and query.state == QueryState.CLAIMED,
        "message_text": _text_as_received(query) if opened == "message" else "",
        "notes": query.notes,
        "encounters": query.encounters.order_by("position"),
        "steps": steps_shown(query, user),
        "determination": current,
        "conclusion": conclusion_facts(current, opened=whole) if current else None,
        "returned": query.determinations.visible_to(user)
        .filter(state=DeterminationState.RETURNED)
        .select_related("reviewer")
        .order_by("-version"),
        "timeline": timeline_of(
            query.record, without=() if sees_drafts_of(query, user) else events.OF_DRAFTS
        ),
        "may_claim": works and query.state == QueryState.RECEIVED,
        "may_research": mine and query.state == QueryState.CLAIMED,
        "may_put_back": query.state == QueryState.CLAIMED
        and (mine or (works and user.has_role(Role.SUPERVISOR))),
        "may_review": works and in_review and user.pk not in (author, query.record.creator_id),
        "own_review": in_review and user.pk == author,
        "own_entry": works and in_review and user.pk == query.record.creator_id != author,
        "may_release": works and query.state == QueryState.APPROVED,
        "may_change_program": user.has_role(Role.SUPERVISOR)
        and query.state not in (QueryState.APPROVED, QueryState.RELEASED),
        "inside_only": PROGRAM_RULES[query.program].inside_only,
        "kinds": conclusions_in_force(at),
        "reason_form": forms.ReturnForm(prefix="return"),
        "put_back_form": forms.PutBackForm(prefix="back"),
        "program_form": forms.ProgramForm(
            prefix="program", choices=Program.choices, initial={"program": query.program}
        ),
    }


@require_POST
def claim(request: HttpRequest, number: str) -> HttpResponse:
    """Take a waiting query on."""
    query = _query(request, number)
    attempt(
        request,
        lambda: actions.claim_query(query=query, actor=signed_in(request), at=clock.now()),
        done="The query is yours.",
    )
    return _to(query)


@require_POST
def put_back(request: HttpRequest, number: str) -> HttpResponse:
    """Put a query back on the worklist."""
    query = _query(request, number)
    form = forms.PutBackForm(request.POST, prefix="back")
    if not form.is_valid():
        return _detail_page(request, number, put_back_form=form)
    attempt(
        request,
        lambda: actions.put_back(
            query=query,
            reason=form.cleaned_data["reason"],
            actor=signed_in(request),
            at=clock.now(),
        ),
        done="The query is back on the worklist.",
    )
    return _to(query)


@require_POST
def change_program(request: HttpRequest, number: str) -> HttpResponse:
    """Correct what a query is for."""
    query = _query(request, number)
    form = forms.ProgramForm(request.POST, prefix="program", choices=Program.choices)
    if not form.is_valid():
        return _detail_page(request, number, program_form=form)
    attempt(
        request,
        lambda: actions.change_program(
            query=query,
            program=Program(form.cleaned_data["program"]),
            reason=form.cleaned_data["reason"],
            actor=signed_in(request),
            at=clock.now(),
        ),
        done="The program is changed, and the retention item with it.",
    )
    return _to(query)


@require_http_methods(["GET", "POST"])
def research(request: HttpRequest, number: str) -> HttpResponse:
    """Write down a look into a source."""
    user, at = signed_in(request), clock.now()
    query = _query(request, number)
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
        return _to(query)
    return _form_page(request, "iaq/research_add.html", query, form)


@require_GET
def subjects(request: HttpRequest, number: str) -> HttpResponse:
    """Possible individuals for a query, best first. A search, written down as one."""
    user, at = signed_in(request), clock.now()
    query = _query(request, number)
    _write_look(request, query)
    person = actions.person_of(query)
    found = actions.find_subjects(query=query, actor=user, at=at)
    see_rows(
        request,
        [hit.individual for hit in found.shown],
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
                    initial={"individual": hit.individual.record.number},
                    prefix=f"link-{hit.individual.record.number}",
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
    query = _query(request, number)
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
    return _to(query)


@require_POST
def create_subject(request: HttpRequest, number: str) -> HttpResponse:
    """Enter the query's person as a new individual."""
    query = _query(request, number)
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
    return _to(query)


@require_http_methods(["GET", "POST"])
def determine(request: HttpRequest, number: str, kind: str) -> HttpResponse:
    """State a conclusion and hand it to review."""
    user, at = signed_in(request), clock.now()
    if kind not in {each.code for each in conclusions_in_force(at)}:
        raise NotThere
    conclusion = conclusion_in_force(kind, at).kind
    query = _query(request, number)
    initial = {} if request.method == "POST" else _prefilled(request, query)
    form = forms.ConclusionForm(
        request.POST or None,
        kind=conclusion,
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
        return _to(query)
    return _form_page(request, "iaq/determine.html", query, form, kind=conclusion)


@require_POST
def approve(request: HttpRequest, number: str) -> HttpResponse:
    """Confirm a determination as a second person."""
    query = _query(request, number)
    attempt(
        request,
        lambda: actions.approve_determination(
            query=query, actor=signed_in(request), at=clock.now()
        ),
        done="The determination is approved. The response can be released.",
    )
    return _to(query)


@require_POST
def return_to_author(request: HttpRequest, number: str) -> HttpResponse:
    """Send a determination back with a reason."""
    query = _query(request, number)
    form = forms.ReturnForm(request.POST, prefix="return")
    if not form.is_valid():
        return _detail_page(request, number, reason_form=form)
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
    return _to(query)


def _query(request: HttpRequest, number: str) -> StatusQuery:
    record = record_for(request, number, RecordKind.QUERY, at=clock.now())
    return (
        StatusQuery.objects.visible_to(signed_in(request))
        .select_related("record", "claimed_by")
        .get(record=record)
    )


def _to(query: StatusQuery) -> HttpResponse:
    return redirect("iaq:detail", number=query.record.number)


def _with_everything(rows: QuerySet[StatusQuery]) -> QuerySet[StatusQuery]:
    return rows.select_related(
        "record__owner",
        "record__office",
        "record__notice_version",
        "record__category",
        "record__schedule_item",
        "message",
        "claimed_by",
    )


def _form_page(
    request: HttpRequest, template: str, query: StatusQuery, form: Any, **more: Any
) -> HttpResponse:
    _write_look(request, query)
    context = {"query": query, "form": form, "identity": identity_facts(query)} | more
    return render(request, template, context, status=422 if form.is_bound else 200)


def _write_look(request: HttpRequest, query: StatusQuery) -> None:
    """Write down that a page beside the query's own shows whom it asks about."""
    see_record(request, query.record.number, RecordKind.QUERY, at=clock.now())


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
