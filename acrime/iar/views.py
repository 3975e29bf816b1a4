"""Pages of responses: release, the field office's list, one response."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any

from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from accounts.choices import EXPORTERS, Role
from accounts.guards import may_open, signed_in
from acrime.common import clock
from acrime.common.errors import ActionRefused
from acrime.common.exports import Export
from acrime.common.pages import attempt, page_of, refused
from acrime.iaq.actions import WORKERS
from acrime.iaq.choices import DeterminationState, QueryState
from acrime.iaq.models import StatusQuery
from acrime.iaq.policy import PROGRAM_RULES
from acrime.iaq.querysets import DESK_READERS
from acrime.iar import actions, events
from acrime.iar.amending.querysets import open_amendment
from acrime.iar.combined import printable
from acrime.iar.delivering import actions as delivering
from acrime.iar.desk.querysets import shown
from acrime.iar.forms import Ground, ReleaseForm
from acrime.iar.models import Delivery, StatusResponse
from acrime.iar.previews import combined_of
from acrime.iar.querysets import ResponseQuerySet
from acrime.iar.replies.querysets import replies_to
from acrime.records.choices import RecordKind
from acrime.records.exports import export_records
from acrime.records.history import timeline_of
from acrime.records.pages import not_there, record_for, see_record, see_rows
from acrime.records.panels import panels_for
from acrime.records.prints import see_to_print
from routine_uses.actions import DisclosureRefused
from routine_uses.approvals.choices import ApprovalKind
from routine_uses.approvals.policy import TASKS
from routine_uses.approvals.presentation import STANDING_TONES
from routine_uses.choices import Field
from routine_uses.corrections.querysets import statement_for
from routine_uses.models import Disclosure, Recipient
from routine_uses.policy import conditions_asked, letters_that_fit, suggested_letter
from routine_uses.protected import protections_on
from routine_uses.querysets import rules_in_force
from routine_uses.wizard.outlook import tasks_of

_EXPORTED: Mapping[str, Callable[[StatusResponse], object]] = {
    "Number": lambda row: row.record.number,
    "Person": lambda row: row.query.name_shown,
    "Field office": lambda row: row.field_office.name,
    "Released": lambda row: row.released_at,
    "Conclusion": lambda row: row.determination.conclusion.label,
    "Takes the place of": lambda row: row.amends.record.number if row.amends else "",
    "Follow-up": lambda row: next(
        (each.get_outcome_display() for each in row.follow_ups.all()), ""
    ),
    "Copies": lambda row: "; ".join(
        f"{copy.get_destination_display()}: {copy.get_state_display()}"
        for copy in row.deliveries.all()
    ),
}

# Why an approval is asked for, and what is said once it is.
_ASKED: Mapping[ApprovalKind, tuple[str, str]] = {
    ApprovalKind.ACCURACY: (
        "The answer goes to an agency that is not federal.",
        "The check is asked for. Another supervisor makes it; then you can release.",
    ),
}

TONES = {
    "QUEUED": "info",
    "SENT": "info",
    "DELIVERED": "success",
    "FAILED": "danger",
    "GIVEN_UP": "neutral",
}


@require_http_methods(["GET", "POST"])
def release(request: HttpRequest, number: str) -> HttpResponse:
    """The draft as it would leave, its basis and what will be accounted; then the release."""
    user, at = signed_in(request), clock.now()
    record = see_record(request, number, RecordKind.QUERY, at=at, kind=events.PREVIEWED)
    query = StatusQuery.objects.visible_to(user).select_related("record").get(record=record)
    if query.state != QueryState.APPROVED:
        messages.error(request, _why_not(query))
        return redirect("iaq:detail", number=record.number)
    determination = query.determinations.select_related("author", "reviewer").get(
        state=DeterminationState.APPROVED
    )
    inside_only = PROGRAM_RULES[query.program].inside_only
    recipient = None if inside_only else actions.recipient_of(query)
    asked = actions.gate_request(query, determination, recipient) if recipient else None
    rules = rules_in_force(at)
    grounds = []
    if asked:
        suggested = suggested_letter(asked, rules)
        grounds = [
            Ground(rules[letter], suggested=letter == suggested)
            for letter, _ in letters_that_fit(asked, rules)
        ]
    form = ReleaseForm(
        request.POST or None,
        offices=actions.offices_for(query),
        grounds=grounds,
    )
    if form.is_valid():
        try:
            response = actions.release_response(
                query=query,
                release=actions.Release(
                    office=form.office,
                    letter=form.cleaned_data.get("letter", ""),
                    computed_letter=form.computed_letter,
                    override_reason=form.cleaned_data.get("override_reason", ""),
                    attested=form.attested(),
                ),
                actor=user,
                at=at,
            )
        except ActionRefused as refusal:
            refused(request, refusal)
            form.add_error(None, _said(refusal))
        else:
            messages.success(request, "The response is released and accounted for.")
            return redirect("iar:detail", number=response.record.number)
    context = {
        "query": query,
        "determination": determination,
        "recipient": recipient,
        "inside_only": inside_only,
        "form": form,
        "text": _draft(query, determination),
        "fields": [Field(code).label for code in sorted(asked.fields)] if asked else [],
        "grounds": grounds,
        "asks": _asks(query, determination, recipient, grounds, at=at) if recipient else [],
        "amendment": open_amendment(query),
        "protected": protections_on([record.pk]),
        "may_ask": bool(recipient and may_open(user, "iar:ask-check", "POST")),
        "terms": actions.terms_of(query, determination, recipient) if recipient else [],
        "statement": statement_for([query.record.pk]),
        "at": at,
    }
    return render(request, "iar/release.html", context, status=422 if form.is_bound else 200)


@require_POST
def ask_check(request: HttpRequest, number: str) -> HttpResponse:
    """Ask for the check of accuracy, for the basis that is chosen on the page."""
    user, at = signed_in(request), clock.now()
    record = record_for(request, number, RecordKind.QUERY, at=at)
    query = StatusQuery.objects.visible_to(user).select_related("record").get(record=record)
    asked_for = request.POST.get("kind", "")
    kind = ApprovalKind(asked_for) if asked_for in ApprovalKind.values else ApprovalKind.ACCURACY
    reason, done = _ASKED.get(
        kind,
        (
            "The person is specially protected.",
            f"It is asked for. {TASKS[kind].decider} decides; attach the paper to it.",
        ),
    )
    attempt(
        request,
        lambda: actions.ask_for_check(
            query=query,
            letter=request.POST.get("letter", ""),
            reason=reason,
            kind=kind,
            actor=user,
            at=at,
        ),
        done=done,
    )
    return redirect("iar:release", number=record.number)


@require_GET
def response_list(request: HttpRequest) -> HttpResponse:
    """Responses, newest first; a field officer sees those of the own office first of all."""
    user, at = signed_in(request), clock.now()
    rows, own_only = _listed(request)
    page = page_of(rows, request)
    see_rows(request, page.rows, at=at, criteria=_list_criteria(own_only=own_only))
    context = {
        "page": page,
        "own_only": own_only,
        "tones": TONES,
        "at": at,
        "may_export": user.has_role(*EXPORTERS),
    }
    return render(request, "iar/response_list.html", context)


@require_http_methods(["GET", "POST"])
def response_export(request: HttpRequest) -> HttpResponse:
    """The list as a file, for a purpose."""
    rows, own_only = _listed(request)
    export = Export(
        name="responses",
        title=f"Responses: {'of one office' if own_only else 'all'}",
        rows=rows,
        columns=_EXPORTED,
        back=f"{reverse('iar:list')}?show={'own' if own_only else 'all'}",
    )
    criteria = _list_criteria(own_only=own_only)
    return export_records(request, export, criteria=criteria, at=clock.now())


@require_GET
def response_print(request: HttpRequest, number: str) -> HttpResponse:
    """One response for paper, as it left."""
    record, head = see_to_print(request, number, RecordKind.RESPONSE, at=clock.now())
    response = StatusResponse.objects.visible_to(signed_in(request)).newest().get(record=record)
    return render(request, "iar/print.html", {"response": response, "head": head})


@require_GET
def combined(request: HttpRequest, number: str) -> HttpResponse:
    """The answer as the state gets it: with IDENT's data, in one message."""
    record = see_record(request, number, RecordKind.RESPONSE, at=clock.now())
    response = StatusResponse.objects.visible_to(signed_in(request)).newest().get(record=record)
    message = combined_of(response)
    context = {"response": response, "text": printable(message) if message else ""}
    return render(request, "iar/combined.html", context)


@require_GET
def response_detail(request: HttpRequest, number: str) -> HttpResponse:
    """A response as it left, where its copies stand, and its accounting."""
    user, at = signed_in(request), clock.now()
    record = see_record(request, number, RecordKind.RESPONSE, at=at)
    response = StatusResponse.objects.visible_to(user).newest().get(record=record)
    disclosure = (
        Disclosure.objects.visible_to(user)
        .newest_first()
        .filter(number=response.disclosure_number)
        .first()
    )
    context: dict[str, Any] = {
        "response": response,
        "record": record,
        "deliveries": shown(response.deliveries.prefetch_related("proofs__reply")),
        "attempts": settings.DELIVERY_ATTEMPTS,
        "replies": replies_to(response) if user.has_role(*DESK_READERS) else (),
        "panels": panels_for(request, record, at=at),
        "amendment": open_amendment(response.query),
        "has_combined": bool(combined_of(response)),
        "disclosure": disclosure,
        "query_visible": may_open(user, "iaq:detail")
        and StatusQuery.objects.visible_to(user).filter(pk=response.query_id).exists(),
        "tones": TONES,
        "timeline": timeline_of(record),
        "works": user.has_role(*WORKERS),
        "at": at,
    }
    return render(request, "iar/response_detail.html", context)


@require_POST
def send_again(request: HttpRequest, number: str, destination: str) -> HttpResponse:
    """Try a failed copy again."""
    user, at = signed_in(request), clock.now()
    record = record_for(request, number, RecordKind.RESPONSE, at=at)
    copies = Delivery.objects.filter(response__record=record)
    copy = next((each for each in copies if each.destination == destination), None)
    if copy is None:
        not_there(request, number, at=at)
    attempt(
        request,
        lambda: delivering.send_again(delivery=copy, actor=user, at=at),
        done="The copy is queued again.",
    )
    return redirect("iar:detail", number=number)


def _listed(request: HttpRequest) -> tuple[ResponseQuerySet, bool]:
    """The list as the request filters it, and whether it is the own office's."""
    user = signed_in(request)
    rows = StatusResponse.objects.visible_to(user).newest()
    shown = request.GET.get("show")
    if shown not in ("own", "all"):
        shown = "own" if user.has_role(Role.FIELD_OFFICER) else "all"
    return (rows.of_office(user.office), True) if shown == "own" else (rows, False)


def _list_criteria(*, own_only: bool) -> dict[str, str]:
    return {"List": "Responses", "Show": "For my office" if own_only else "All"}


def _asks(
    query: StatusQuery,
    determination: Any,
    recipient: Recipient,
    grounds: Iterable[Ground],
    *,
    at: datetime,
) -> list[dict[str, Any]]:
    """The approvals that this answer needs on any of its grounds, each kind once.

    With each, those that were asked for: the approval, its standing and the tone of that.
    """
    asked = actions.gate_request(query, determination, recipient)
    found: dict[ApprovalKind, dict[str, Any]] = {}
    for ground in grounds:
        letter = ground.rule.letter
        scope = actions.check_scope(query, determination, recipient, letter=letter)
        conditions = conditions_asked(replace(asked, letter=letter), ground.rule)
        for task in tasks_of(conditions, scope, at=at):
            entry = found.setdefault(task.kind, {"task": task, "checks": []})
            if task.approval and task.standing:
                tone = STANDING_TONES[task.standing]
                entry["checks"].append((task.approval, task.standing, tone))
    return list(found.values())


def _why_not(query: StatusQuery) -> str:
    if query.state == QueryState.RELEASED:
        return "The response was released already."
    return "A second person must approve the determination before anything leaves."


def _said(refusal: ActionRefused) -> str:
    said = f"{refusal.message} ({refusal.clause})" if refusal.clause else refusal.message
    quote = refusal.quote if isinstance(refusal, DisclosureRefused) else ""
    return f"{said} The notice says: “{quote}”" if quote else said


def _draft(query: StatusQuery, determination: Any) -> str:
    try:
        return actions.draft_text(query, determination)
    except ActionRefused as refusal:
        return f"The response cannot be composed: {refusal.message}"
