"""Pages of calls."""

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from accounts.choices import EXPORTERS
from accounts.guards import may_open, signed_in
from accounts.models import User
from accounts.standing.querysets import holding
from acrime.calls import actions, policy
from acrime.calls.choices import CallKind, CallState
from acrime.calls.forms import CallForm, DoneForm, SayForm, TaskForm, TellForm, VerifyForm
from acrime.calls.models import Call, CallStatement
from acrime.calls.presentation import TONES
from acrime.calls.querysets import TABS, tab_rows
from acrime.common import clock
from acrime.common.errors import ActionRefused
from acrime.common.exports import Export
from acrime.common.pages import attempt, page_of, tab_of, tabs_shown, tried
from acrime.iar.querysets import query_behind
from acrime.individuals.choosing.actions import Part
from acrime.individuals.choosing.pages import Choosing, choosing_page
from acrime.individuals.facts.choices import Category
from acrime.ncic import disclosing
from acrime.ncic.hits.actions import agency_of
from acrime.ncic.hits.views import tasks_shown
from acrime.records.choices import RecordKind, SubjectRole
from acrime.records.exports import export_records
from acrime.records.history import timeline_of
from acrime.records.models import Record
from acrime.records.pages import not_there, people_in, record_for, see_record, see_rows
from acrime.records.panels import panels_for
from acrime.records.prints import see_to_print
from routine_uses.approvals.choices import ApprovalKind
from routine_uses.choices import Field
from routine_uses.models import Disclosure

# What follows from somebody's part in a call.
PARTS = {
    "caller": (SubjectRole.CALLER, Category.OFFICER, "A call to the support center"),
    "person": (SubjectRole.SUBJECT, Category.CRIMINAL, "An agency that called about the person"),
}
_PLACES = {
    each: each for each in ("ori", "caller_name", "purpose", "about", "nic", "priority", "number")
} | {"third": "to_control_terminal"}

_EXPORTED: Mapping[str, Callable[[Call], object]] = {
    "Number": lambda row: row.record.number,
    "About": lambda row: row.get_kind_display(),
    "Caller": lambda row: row.caller_name,
    "ORI": lambda row: row.ori,
    "Agency": lambda row: row.recipient.name if row.recipient else "",
    "Verified": lambda row: row.get_verification_display(),
    "Received": lambda row: row.received_at,
    "State": lambda row: row.get_state_display(),
    "Taken by": lambda row: row.record.creator.full_name,
}


@require_GET
def call_list(request: HttpRequest) -> HttpResponse:
    """The worklists."""
    user, at = signed_in(request), clock.now()
    tab = _tab(request)
    page = page_of(tab_rows(tab, user).with_details(), request)
    see_rows(request, page.rows, at=at, criteria=_criteria(tab))
    context = {
        "page": page,
        **tabs_shown(TABS, tab),
        "tones": TONES,
        "takes": may_open(user, "calls:new", "POST"),
        "may_export": user.has_role(*EXPORTERS),
    }
    return render(request, "calls/call_list.html", context)


@require_http_methods(["GET", "POST"])
def call_export(request: HttpRequest) -> HttpResponse:
    """A list as a file, for a purpose."""
    tab = _tab(request)
    export = Export(
        name="calls",
        title=f"Calls: {TABS[tab]}",
        rows=tab_rows(tab, signed_in(request)).with_details(),
        columns=_EXPORTED,
        back=f"{reverse('calls:list')}?show={tab}",
    )
    return export_records(request, export, criteria=_criteria(tab), at=clock.now())


@require_http_methods(["GET", "POST"])
def new(request: HttpRequest) -> HttpResponse:
    """Write a call down while it goes on."""
    user, at = signed_in(request), clock.now()
    form = CallForm(request.POST or None)
    made: list[Call] = []
    if form.is_valid() and tried(
        form,
        lambda: made.append(_taken(request, form, at=at)),
        request=request,
        place=_PLACES,
    ):
        messages.success(request, "The call is written down. Now call the agency back.")
        return redirect("calls:detail", number=made[0].record.number)
    context = {"form": form, "user": user}
    return render(request, "calls/new.html", context, status=422 if form.is_bound else 200)


@require_GET
def call_detail(request: HttpRequest, number: str) -> HttpResponse:
    """A call: who, for what, whether it is they, what was said, what follows."""
    at = clock.now()
    record, call = _seen(request, number, at=at)
    context = _context(request, record, call, at=at)
    context["panels"] = panels_for(request, record, at=at)
    return render(request, "calls/call_detail.html", context)


@require_GET
def call_print(request: HttpRequest, number: str) -> HttpResponse:
    """A call for paper."""
    at = clock.now()
    record, head = see_to_print(request, number, RecordKind.CALL, at=at)
    call = Call.objects.with_details().get(record=record)
    context = _context(request, record, call, at=at) | {"head": head}
    return render(request, "calls/print.html", context)


@require_http_methods(["GET", "POST"])
def person(request: HttpRequest, number: str, part: str) -> HttpResponse:
    """Search for the caller or the person asked about, then link or enter them."""
    if part not in PARTS:
        raise Http404
    at = clock.now()
    record, call = _seen(request, number, at=at)
    role, category, source = PARTS[part]
    user = signed_in(request)

    def may_link() -> None:
        if call.state != CallState.OPEN:
            raise ActionRefused("The call is closed.", code="wrong-state")
        if not user.has_role(*policy.TAKERS):
            raise ActionRefused("Your role takes no calls.", code="not-a-taker")

    is_caller = part == "caller"
    last, _, first = str(call.caller_name if is_caller else "").partition(",")
    about = Choosing(
        part=Part(
            role=role,
            category=category,
            schedule_code=record.schedule_item.code,
            source=source,
        ),
        title="Who called?" if is_caller else "Whom is the call about?",
        lead="Search first: somebody may know them already. No single number makes two people one.",
        back=reverse("calls:detail", args=[record.number]),
        crumbs=("Calls", reverse("calls:list")),
        open_to=may_link,
        initial={"last": last.strip(), "first": first.strip()},
    )
    return choosing_page(request, record, about, at=at)


@require_POST
def verify(request: HttpRequest, number: str) -> HttpResponse:
    """Note that the agency was called back."""
    user, at = signed_in(request), clock.now()
    call = _to_act(request, number, at=at)
    form = VerifyForm(request.POST)
    if not form.is_valid():
        messages.error(request, "Say what came of calling the agency back.")
        return redirect("calls:detail", number=number)
    reached = form.cleaned_data["reached"] == "yes"
    attempt(
        request,
        lambda: actions.verify_caller(call=call, reached=reached, actor=user, at=at),
        done="The caller is verified."
        if reached
        else "It is written down that it was not they. Nothing of a record is said.",
    )
    return redirect("calls:detail", number=number)


@require_http_methods(["GET", "POST"])
def say(request: HttpRequest, number: str) -> HttpResponse:
    """Write down what is said; where something of a record is in it, prepare it for the gate."""
    user, at = signed_in(request), clock.now()
    record, call = _seen(request, number, at=at)
    form = SayForm(request.POST or None)
    if form.is_valid():
        given = form.cleaned_data
        told = given["fields_told"]
        if tried(
            form,
            lambda: (
                actions.prepare_statement(
                    call=call,
                    text=given["text"],
                    fields=told,
                    purpose=given["purpose"],
                    actor=user,
                    at=at,
                )
                if told
                else actions.note_said(call=call, text=given["text"], actor=user, at=at)
            ),
            request=request,
            place={"text": "text", "fields": "fields_told", "purpose": "purpose"},
        ):
            words = "It is prepared. Nothing is said yet." if told else "It is written down."
            messages.success(request, words)
            return redirect("calls:detail", number=record.number)
    context = {"form": form, "record": record, "call": call}
    return render(request, "calls/say.html", context, status=422 if form.is_bound else 200)


@require_http_methods(["GET", "POST"])
def tell(request: HttpRequest, number: str, identifier: int) -> HttpResponse:
    """What was prepared: its ground and what waits for others; then it is told.

    *identifier* is its place on the page, from 1.
    """
    user, at = signed_in(request), clock.now()
    record, call = _seen(request, number, at=at)
    statement = _statement(request, call, identifier, at=at)
    stands, hindered = disclosing.looked_ahead(lambda: actions.telling_of(statement), at=at)
    form = TellForm(
        request.POST if request.method == "POST" else None,
        attested=stands.attested if stands else (),
    )
    if form.is_valid() and tried(
        form,
        lambda: actions.tell(statement=statement, attested=form.attested(), actor=user, at=at),
        request=request,
    ):
        messages.success(request, "It is accounted for. Now say it, and nothing else.")
        return redirect("calls:detail", number=record.number)
    context = {
        "form": form,
        "record": record,
        "call": call,
        "statement": statement,
        "identifier": identifier,
        "told": [Field(code).label for code in statement.fields],
        "stands": stands,
        "hindered": hindered,
        "tasks": tasks_shown(stands),
        "at": at,
    }
    return render(request, "calls/tell.html", context, status=422 if form.is_bound else 200)


@require_POST
def ask_check(request: HttpRequest, number: str, identifier: int) -> HttpResponse:
    """Ask for an approval that what was prepared needs."""
    user, at = signed_in(request), clock.now()
    call = _to_act(request, number, at=at)
    statement = _statement(request, call, identifier, at=at)
    asked_for = request.POST.get("kind", "")
    kind = ApprovalKind(asked_for) if asked_for in ApprovalKind.values else ApprovalKind.ACCURACY
    attempt(
        request,
        lambda: actions.ask_for_check(statement=statement, kind=kind, actor=user, at=at),
        done="It is asked for. Whoever decides reads what was prepared on this call.",
    )
    return redirect("calls:tell", number=number, identifier=identifier)


@require_http_methods(["GET", "POST"])
def task(request: HttpRequest, number: str) -> HttpResponse:
    """Add a task that follows the call."""
    user, at = signed_in(request), clock.now()
    record, call = _seen(request, number, at=at)
    form = TaskForm(request.POST or None, people=_takers(at))
    if form.is_valid() and tried(
        form,
        lambda: actions.add_task(
            call=call,
            what=form.cleaned_data["what"],
            assigned_to=form.person(),
            due_at=form.due_at(),
            actor=user,
            at=at,
        ),
        request=request,
        place={"what": "what", "assigned_to": "assigned_to", "due_at": "time"},
    ):
        messages.success(request, "The task is added.")
        return redirect("calls:detail", number=record.number)
    context = {"form": form, "record": record, "call": call}
    return render(request, "calls/task.html", context, status=422 if form.is_bound else 200)


@require_http_methods(["GET", "POST"])
def task_done(request: HttpRequest, number: str, identifier: int) -> HttpResponse:
    """Write down what came of a task. *identifier* is its place on the page, from 1."""
    user, at = signed_in(request), clock.now()
    record, call = _seen(request, number, at=at)
    tasks = list(call.tasks.select_related("assigned_to").order_by("due_at", "pk"))
    if not 1 <= identifier <= len(tasks):
        not_there(request, number, at=at)
    chosen = tasks[identifier - 1]
    form = DoneForm(request.POST if request.method == "POST" else None)
    if form.is_valid() and tried(
        form,
        lambda: actions.finish_task(
            task=chosen, outcome=form.cleaned_data["outcome"], actor=user, at=at
        ),
        request=request,
        place={"outcome": "outcome"},
    ):
        messages.success(request, "The task is done.")
        return redirect("calls:detail", number=record.number)
    context = {"form": form, "record": record, "call": call, "task": chosen}
    return render(request, "calls/task_done.html", context, status=422 if form.is_bound else 200)


@require_POST
def close(request: HttpRequest, number: str) -> HttpResponse:
    """Close a call."""
    user, at = signed_in(request), clock.now()
    call = _to_act(request, number, at=at)
    attempt(
        request,
        lambda: actions.close_call(call=call, actor=user, at=at),
        done="The call is closed.",
    )
    return redirect("calls:detail", number=number)


def _tab(request: HttpRequest) -> str:
    return tab_of(request, TABS, first="open")


def _criteria(tab: str) -> dict[str, str]:
    return {"List": "Calls", "Show": TABS[tab]}


def _taken(request: HttpRequest, form: CallForm, *, at: datetime) -> Call:
    given = form.cleaned_data
    kind = CallKind(given["kind"])
    query = (
        query_behind(given["about"], user=signed_in(request))
        if kind == CallKind.FOLLOW_UP
        else None
    )
    return actions.take_call(
        taken=actions.Taken(
            kind=kind,
            caller_name=given["caller_name"],
            ori=given["ori"],
            purpose=given["purpose"],
            callback_given=given["callback_given"],
            person_asked=form.person(),
            request=form.request(),
            query=query,
        ),
        actor=signed_in(request),
        at=at,
    )


def _seen(request: HttpRequest, number: str, *, at: datetime) -> tuple[Record, Call]:
    record = see_record(request, number, RecordKind.CALL, at=at)
    return record, Call.objects.with_details().get(record=record)


def _to_act(request: HttpRequest, number: str, *, at: datetime) -> Call:
    record = record_for(request, number, RecordKind.CALL, at=at)
    found: Call = Call.objects.with_details().get(record=record)
    return found


def _statement(request: HttpRequest, call: Call, identifier: int, *, at: datetime) -> CallStatement:
    kept = list(call.statements.order_by("pk"))
    if not 1 <= identifier <= len(kept) or not kept[identifier - 1].fields:
        not_there(request, call.record.number, at=at)
    found = kept[identifier - 1]
    found.call = call
    return found


def _takers(at: datetime) -> list[User]:
    """Who may be given a task, by name."""
    people = User.objects.filter(is_active=True).order_by("full_name", "pk")
    return holding(people, *policy.TAKERS, at=at)


def _context(request: HttpRequest, record: Record, call: Call, *, at: datetime) -> dict[str, Any]:
    user = signed_in(request)
    takes = may_open(user, "calls:say", "POST") and call.state == CallState.OPEN
    agency = call.recipient or agency_of(call.ori)
    visible = Record.objects.visible_to(user)
    about = call.hit or call.query
    return {
        "record": record,
        "call": call,
        "callers": people_in(user, record, role=SubjectRole.CALLER),
        "people": people_in(user, record, role=SubjectRole.SUBJECT),
        "agency": agency,
        "verify_form": VerifyForm() if takes and not call.is_verified else None,
        "statements": _statements(user, call),
        "tasks": list(call.tasks.select_related("assigned_to", "done_by").order_by("due_at", "pk")),
        "takes": takes,
        "about": about.record if about and visible.filter(pk=about.pk).exists() else None,
        "about_page": "ncic:hits-one" if call.hit else "iaq:detail",
        "about_opens": may_open(user, "ncic:hits-one" if call.hit else "iaq:detail"),
        "may_add_agency": may_open(user, "routine_uses:recipients-add"),
        "timeline": timeline_of(record),
        "tones": TONES,
        "at": at,
    }


def _statements(user: User, call: Call) -> list[dict[str, Any]]:
    """What was said or prepared, each with its accounting as far as the reader sees it."""
    kept = list(call.statements.select_related("prepared_by", "said_by").order_by("pk"))
    numbers = [each.disclosure_number for each in kept if each.disclosure_number]
    opens = may_open(user, "routine_uses:disclosure")
    seen: set[str] = (
        set(
            Disclosure.objects.visible_to(user)
            .filter(number__in=numbers)
            .order_by("pk")
            .values_list("number", flat=True)
        )
        if opens and numbers
        else set()
    )
    return [
        {
            "row": each,
            "told": [Field(code).label for code in each.fields],
            "opens": each.disclosure_number in seen,
        }
        for each in kept
    ]
