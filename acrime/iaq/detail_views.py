"""The page of one query, and what the views of queries share."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render

from accounts.choices import Role
from accounts.guards import signed_in
from accounts.models import User
from acrime.common import clock
from acrime.iaq import actions, events, forms
from acrime.iaq.choices import (
    UNDECIDED,
    DeterminationState,
    QueryState,
)
from acrime.iaq.clocks.targets import explained
from acrime.iaq.kinds.querysets import conclusions_in_force
from acrime.iaq.models import Determination, StatusQuery
from acrime.iaq.policy import PROGRAM_RULES
from acrime.iaq.presentation import (
    TONES,
    asked_facts,
    conclusion_facts,
    identity_facts,
    message_text,
    numbers_held,
    steps_shown,
)
from acrime.iaq.programs.presentation import terms_shown
from acrime.iaq.querysets import sees_drafts_of
from acrime.iaq.research import forms as research_forms
from acrime.iaq.research.asking import unknown_connectors
from acrime.iaq.research.presentation import checklist_shown, questions_shown
from acrime.iaq.reviewing import forms as reviewing_forms
from acrime.iaq.reviewing.presentation import comparisons
from acrime.iaq.worklist import forms as worklist_forms
from acrime.iaq.worklist.presentation import level_tag, offense_panel
from acrime.individuals.models import Individual
from acrime.records.choices import RecordKind
from acrime.records.history import timeline_of
from acrime.records.pages import record_for, see_record, see_rows
from acrime.records.panels import panels_for
from acrime.records.reveals import REVEALERS
from routine_uses.choices import Program

# What of a query is hidden until somebody asks for it with a reason.
REVEALED: Mapping[str, str] = {
    "numbers": "all numbers of the query",
    "message": "the message as received",
}


def detail_page(
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
    query = with_everything(StatusQuery.objects.visible_to(user)).get(record=record)
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


def current_determination(query: StatusQuery, user: User) -> Determination | None:
    """The determination that stands, if there is one that *user* may see."""
    shown = query.determinations.visible_to(user)
    return shown.exclude(state=DeterminationState.RETURNED).order_by("version").last()


def _detail_context(query: StatusQuery, user: User, at: datetime, opened: str) -> dict[str, Any]:
    works = user.has_role(*actions.WORKERS)
    mine = works and query.claimed_by_id == user.pk
    current = current_determination(query, user)
    whole = opened == "numbers"
    may_reveal = user.has_role(*REVEALERS)
    author = current.author_id if current else None
    in_review = query.state == QueryState.IN_REVIEW and current is not None
    supervises = user.has_role(Role.SUPERVISOR)
    drafts = sees_drafts_of(query, user)
    first = current.first_reviewer_id if current else None
    researches = mine and query.state == QueryState.CLAIMED
    before_review = query.state in (QueryState.RECEIVED, QueryState.CLAIMED)
    answered = query.state == QueryState.RELEASED
    holds = mine or (works and supervises)
    return {
        "clock_explained": explained(query),
        "offenses": offense_panel(query, drafts=drafts),
        "level": level_tag(query),
        "drafts": drafts,
        "unknown_connectors": unknown_connectors() if researches else (),
        "checklist": checklist_shown(query, user, may_research=researches) if drafts else [],
        "questions": [
            (each, research_forms.DiscardForm(prefix=f"discard-{each.place}"))
            for each in questions_shown(query, user, opened=whole)
        ],
        "comparisons": comparisons(query, user, opened=whole),
        "first_reviewed": first is not None and in_review,
        "may_assign": supervises and works and before_review,
        "may_place": holds and not answered,
        "may_say_no_match": holds
        and before_review
        and query.fingerprint_based
        and not query.no_match
        and not query.encounters.exists(),
        "may_note_citizenship": researches and not query.citizenship_claimed,
        "may_take_over": supervises
        and works
        and not mine
        and query.state in (QueryState.CLAIMED, QueryState.IN_REVIEW),
        "assign_form": worklist_forms.AssignForm(prefix="give", at=at) if supervises else None,
        "place_form": worklist_forms.PlaceForm(
            prefix="place", initial={"code": query.offense if before_review else ""}
        ),
        "no_match_form": worklist_forms.NoMatchForm(prefix="match"),
        "citizen_form": research_forms.CitizenForm(prefix="citizen"),
        "take_over_form": reviewing_forms.TakeOverForm(prefix="over"),
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
        "quick_reveal": may_reveal and researches,
        "message_text": _text_as_received(query) if opened == "message" else "",
        "notes": query.notes,
        "encounters": query.encounters.order_by("position"),
        "steps": steps_shown(query, user, opened=whole),
        "determination": current,
        "conclusion": conclusion_facts(current, opened=whole) if current else None,
        "returned": query.determinations.visible_to(user)
        .filter(state=DeterminationState.RETURNED)
        .select_related("reviewer")
        .order_by("-version"),
        "timeline": timeline_of(query.record, without=() if drafts else events.OF_DRAFTS),
        "may_claim": works and query.state == QueryState.RECEIVED,
        "may_research": researches,
        "may_put_back": query.state == QueryState.CLAIMED
        and (mine or (works and user.has_role(Role.SUPERVISOR))),
        "may_review": works
        and in_review
        and user.pk not in (author, query.record.creator_id, first)
        and (first is None or supervises),
        "own_first_review": in_review and user.pk == first,
        "own_review": in_review and user.pk == author,
        "own_entry": works and in_review and user.pk == query.record.creator_id != author,
        "may_release": works and query.state == QueryState.APPROVED,
        "may_change_program": user.has_role(Role.SUPERVISOR)
        and query.state not in (QueryState.APPROVED, QueryState.RELEASED),
        "inside_only": PROGRAM_RULES[query.program].inside_only and query.program != UNDECIDED,
        "program_undecided": query.program == UNDECIDED,
        "program_terms": terms_shown(query),
        "kinds": conclusions_in_force(at),
        "reason_form": forms.ReturnForm(prefix="return"),
        "put_back_form": forms.PutBackForm(prefix="back"),
        "program_form": forms.ProgramForm(
            prefix="program", choices=Program.choices, initial={"program": query.program}
        ),
    }


def query_for(request: HttpRequest, number: str) -> StatusQuery:
    record = record_for(request, number, RecordKind.QUERY, at=clock.now())
    return (
        StatusQuery.objects.visible_to(signed_in(request))
        .select_related("record", "claimed_by")
        .get(record=record)
    )


def to_query(query: StatusQuery) -> HttpResponse:
    return redirect("iaq:detail", number=query.record.number)


def with_everything(rows: QuerySet[StatusQuery]) -> QuerySet[StatusQuery]:
    return rows.select_related(
        "record__owner",
        "record__office",
        "record__notice_version",
        "record__category",
        "record__schedule_item",
        "message",
        "claimed_by",
    )


def form_page(
    request: HttpRequest, template: str, query: StatusQuery, form: Any, **more: Any
) -> HttpResponse:
    write_look(request, query)
    context = {"query": query, "form": form, "identity": identity_facts(query)} | more
    return render(request, template, context, status=422 if form.is_bound else 200)


def write_look(request: HttpRequest, query: StatusQuery) -> None:
    """Write down that a page beside the query's own shows whom it asks about."""
    see_record(request, query.record.number, RecordKind.QUERY, at=clock.now())
