"""Pages of hit confirmation."""

from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from accounts.choices import EXPORTERS
from accounts.guards import may_open, signed_in
from accounts.models import User
from acrime.audit.choices import Channel
from acrime.common import clock
from acrime.common.exports import Export
from acrime.common.pages import attempt, page_of, tab_of, tabs_shown, tried
from acrime.ncic import disclosing
from acrime.ncic.hits import actions
from acrime.ncic.hits.choices import Answer, CameBy, HitState
from acrime.ncic.hits.context import running_clocks
from acrime.ncic.hits.forms import (
    ANSWERS,
    AnswerForm,
    InHandForm,
    MessageForm,
    PromiseForm,
    papers_of,
)
from acrime.ncic.hits.models import HitConfirmation
from acrime.ncic.hits.policy import OPEN_STATES, Escalation, escalation
from acrime.ncic.hits.presentation import HEIGHT, LEFT, ROW, SOON, STATE_TONES, WIDTH, bars_of
from acrime.ncic.hits.querysets import HitQuerySet, figures
from acrime.ncic.models import BasisDocument
from acrime.ncic.pages import certified
from acrime.records.choices import RecordKind
from acrime.records.exports import export_records
from acrime.records.history import timeline_of
from acrime.records.models import Record
from acrime.records.pages import record_for, see_record, see_rows
from acrime.records.panels import panels_for
from acrime.records.prints import see_to_print
from routine_uses.approvals.choices import ApprovalKind
from routine_uses.approvals.presentation import STANDING_TONES
from routine_uses.models import Disclosure

TABS = {"open": "Open", "mine": "Mine", "answered": "Answered", "all": "All"}
STRETCHES = {"day": ("Last 24 hours", 1), "week": ("Last 7 days", 7), "month": ("Last 30 days", 30)}

_EXPORTED: Mapping[str, Callable[[HitConfirmation], object]] = {
    "Number": lambda row: row.record.number,
    "NIC": lambda row: row.nic,
    "Priority": lambda row: row.get_priority_display(),
    "Request": lambda row: row.number,
    "ORI": lambda row: row.ori,
    "Agency": lambda row: row.recipient.name if row.recipient else "",
    "Received": lambda row: row.received_at,
    "Due": lambda row: row.due_at,
    "State": lambda row: row.get_state_display(),
    "Answer": lambda row: row.get_answer_display(),
    "First answer": lambda row: row.first_answer_at or "",
    "Accounted as": lambda row: row.disclosure_number,
}


@require_GET
@certified
def hit_list(request: HttpRequest) -> HttpResponse:
    """The worklist: what is open, by its clock."""
    user, at = signed_in(request), clock.now()
    tab = _tab(request)
    page = page_of(_rows(tab, user).with_details(), request)
    see_rows(request, page.rows, at=at, criteria=_criteria(tab))
    context = {
        "page": page,
        "rows": [(row, SOON[row.priority]) for row in page.rows],
        **tabs_shown(TABS, tab),
        "tones": STATE_TONES,
        "works": may_open(user, "ncic:hits-take", "POST"),
        "may_export": user.has_role(*EXPORTERS),
        "at": at,
    }
    return render(request, "hits/hit_list.html", context)


@require_http_methods(["GET", "POST"])
@certified
def hit_export(request: HttpRequest) -> HttpResponse:
    """A list as a file, for a purpose."""
    tab = _tab(request)
    export = Export(
        name="hit-confirmations",
        title=f"Hit confirmations: {TABS[tab]}",
        rows=_rows(tab, signed_in(request)).with_details(),
        columns=_EXPORTED,
        back=f"{reverse('ncic:hits')}?show={tab}",
    )
    return export_records(request, export, criteria=_criteria(tab), at=clock.now())


@require_http_methods(["GET", "POST"])
@certified
def new(request: HttpRequest) -> HttpResponse:
    """Take a message in. Who telephones is written down as a call."""
    user, at = signed_in(request), clock.now()
    form = MessageForm(request.POST or None)
    made: list[HitConfirmation] = []
    if form.is_valid() and tried(
        form,
        lambda: made.append(_received(form, user, at=at)),
        request=request,
        place={
            "nic": "nic",
            "ori": "ori",
            "number": "number",
            "priority": "priority",
            "came": "minutes",
            "third": "to_control_terminal",
        },
    ):
        messages.success(request, "The request is taken in, and its clock runs.")
        return redirect("ncic:hits-one", number=made[0].record.number)
    return render(request, "hits/new.html", {"form": form}, status=422 if form.is_bound else 200)


@require_GET
@certified
def hit_detail(request: HttpRequest, number: str) -> HttpResponse:
    """A request, its clock, what it is about, and the way to an answer."""
    at = clock.now()
    record, hit = _seen(request, number, at=at)
    return render(request, "hits/hit_detail.html", _context(request, record, hit, at=at))


@require_GET
@certified
def hit_print(request: HttpRequest, number: str) -> HttpResponse:
    """A request and its answer for paper."""
    at = clock.now()
    record, head = see_to_print(request, number, RecordKind.HIT, at=at)
    hit = HitConfirmation.objects.with_details().get(record=record)
    context = _context(request, record, hit, at=at) | {"head": head}
    return render(request, "hits/print.html", context)


@require_POST
@certified
def take(request: HttpRequest, number: str) -> HttpResponse:
    """Take a request on."""
    user, at = signed_in(request), clock.now()
    hit = _to_act(request, number, at=at)
    attempt(
        request,
        lambda: actions.claim(hit=hit, actor=user, at=at),
        done="You have taken the request on.",
    )
    return redirect("ncic:hits-one", number=hit.record.number)


@require_POST
@certified
def agency(request: HttpRequest, number: str) -> HttpResponse:
    """Look the agency up in the directory again."""
    user, at = signed_in(request), clock.now()
    hit = _to_act(request, number, at=at)
    attempt(
        request,
        lambda: actions.look_agency_up(hit=hit, actor=user, at=at),
        done="The agency is in the directory.",
    )
    return redirect("ncic:hits-one", number=hit.record.number)


@require_POST
@certified
def ask_check(request: HttpRequest, number: str, outcome: str) -> HttpResponse:
    """Ask for an approval that an answer needs."""
    if outcome not in ANSWERS:
        raise Http404
    user, at = signed_in(request), clock.now()
    hit = _to_act(request, number, at=at)
    asked_for = request.POST.get("kind", "")
    kind = ApprovalKind(asked_for) if asked_for in ApprovalKind.values else ApprovalKind.ACCURACY
    attempt(
        request,
        lambda: actions.ask_for_check(
            hit=hit, answer=ANSWERS[outcome], kind=kind, actor=user, at=at
        ),
        done="It is asked for. Call a supervisor over: the clock runs on.",
    )
    return redirect("ncic:hits-answer", number=hit.record.number, outcome=outcome)


@require_http_methods(["GET", "POST"])
@certified
def in_hand(request: HttpRequest, number: str) -> HttpResponse:
    """Say which documents are in hand."""
    user, at = signed_in(request), clock.now()
    record, hit = _seen(request, number, at=at)
    kept = papers_of(_kept(hit))
    form = InHandForm(request.POST if request.method == "POST" else None, kept=kept)
    if form.is_valid() and tried(
        form,
        lambda: actions.check_documents(hit=hit, documents=form.chosen(), actor=user, at=at),
        request=request,
        place={"not-in-hand": "documents"},
    ):
        messages.success(request, "It is written down that you have them in hand.")
        return redirect("ncic:hits-one", number=record.number)
    context = {"form": form, "record": record, "hit": hit, "kept": kept, "at": at}
    return render(request, "hits/in_hand.html", context, status=422 if form.is_bound else 200)


@require_http_methods(["GET", "POST"])
@certified
def promise(request: HttpRequest, number: str) -> HttpResponse:
    """Promise an answer by a time."""
    user, at = signed_in(request), clock.now()
    record, hit = _seen(request, number, at=at)
    form = PromiseForm(request.POST or None)
    if form.is_valid() and tried(
        form,
        lambda: actions.promise(
            hit=hit,
            promised_for=form.promised_for(),
            told_to=form.cleaned_data["told_to"],
            actor=user,
            at=at,
        ),
        request=request,
        place={"promised_for": "time", "told_to": "told_to"},
    ):
        messages.success(request, "The promise is written down, and the clock runs to it.")
        return redirect("ncic:hits-one", number=record.number)
    context = {"form": form, "record": record, "hit": hit, "at": at}
    return render(request, "hits/promise.html", context, status=422 if form.is_bound else 200)


@require_http_methods(["GET", "POST"])
@certified
def answer(request: HttpRequest, number: str, outcome: str) -> HttpResponse:
    """What an answer tells, on which ground, and what waits for others; then the answer."""
    if outcome not in ANSWERS:
        raise Http404
    user, at = signed_in(request), clock.now()
    record, hit = _seen(request, number, at=at)
    chosen = ANSWERS[outcome]
    stands, hindered = _outlook(hit, chosen, at=at)
    form = AnswerForm(request.POST or None, attested=stands.attested if stands else ())
    if form.is_valid() and tried(
        form,
        lambda: actions.answer_request(
            hit=hit,
            answer=chosen,
            told=form.cleaned_data["told"],
            told_to=form.cleaned_data["told_to"],
            method=form.cleaned_data["method"],
            attested=form.attested(),
            actor=user,
            at=at,
        ),
        request=request,
        place={"told": "told"},
    ):
        messages.success(request, "The request is answered, and what was said is accounted for.")
        return redirect("ncic:hits-one", number=record.number)
    context = {
        "form": form,
        "record": record,
        "hit": hit,
        "answer": outcome,
        "label": chosen.label,
        "stands": stands,
        "hindered": hindered,
        "tasks": tasks_shown(stands),
        "checks": _checks(hit),
        "confirms": chosen == Answer.CONFIRMED,
        "soon": SOON[hit.priority],
        "at": at,
    }
    return render(request, "hits/answer.html", context, status=422 if form.is_bound else 200)


@require_GET
@certified
def hit_figures(request: HttpRequest) -> HttpResponse:
    """How many requests were answered in time."""
    user, at = signed_in(request), clock.now()
    asked = request.GET.get("since", "month")
    asked = asked if asked in STRETCHES else "month"
    label, days = STRETCHES[asked]
    counted = figures(user, since=at - timedelta(days=days), at=at)
    context = {
        "figures": counted,
        "bars": bars_of(counted),
        "width": WIDTH,
        "height": ROW * len(counted),
        "left": LEFT,
        "bar_height": HEIGHT,
        "label": label,
        "stretches": [(key, text, key == asked) for key, (text, _) in STRETCHES.items()],
    }
    return render(request, "hits/figures.html", context)


@require_GET
def strip(request: HttpRequest) -> HttpResponse:
    """The clocks of the header alone, which pages ask for by themselves."""
    return render(request, "hits/strip.html", running_clocks(request))


def tasks_shown(stands: disclosing.Outlook | None) -> list[tuple[Any, str]]:
    """The approvals that a telling needs, each with the tone of its standing."""
    if stands is None:
        return []
    return [
        (task, STANDING_TONES[task.standing] if task.standing else "neutral")
        for task in stands.tasks
    ]


def _tab(request: HttpRequest) -> str:
    return tab_of(request, TABS, first="open")


def _criteria(tab: str) -> dict[str, str]:
    return {"List": "Hit confirmations", "Show": TABS[tab]}


def _rows(tab: str, user: User) -> HitQuerySet:
    rows: HitQuerySet = HitConfirmation.objects.visible_to(user)
    if tab == "mine":
        return rows.due_first().filter(claimed_by=user)
    if tab == "answered":
        return rows.filter(state=HitState.ANSWERED).newest()
    return rows.newest() if tab == "all" else rows.due_first()


def _received(form: MessageForm, user: User, *, at: datetime) -> HitConfirmation:
    return actions.receive_request(
        request=form.request(),
        came_by=CameBy.NLETS,
        received_at=form.received_at(at),
        actor=user,
        at=at,
        channel=Channel.PAGE,
    )


def _seen(request: HttpRequest, number: str, *, at: datetime) -> tuple[Record, HitConfirmation]:
    record = see_record(request, number, RecordKind.HIT, at=at)
    return record, HitConfirmation.objects.with_details().get(record=record)


def _to_act(request: HttpRequest, number: str, *, at: datetime) -> HitConfirmation:
    record = record_for(request, number, RecordKind.HIT, at=at)
    found: HitConfirmation = HitConfirmation.objects.with_details().get(record=record)
    return found


def _kept(hit: HitConfirmation) -> list[BasisDocument]:
    if hit.entry_id is None:
        return []
    return list(BasisDocument.objects.filter(entry=hit.entry_id).defer("content").order_by("pk"))


def _checks(hit: HitConfirmation) -> list[Any]:
    return list(hit.document_checks.select_related("document", "checked_by").order_by("pk"))


def _outlook(
    hit: HitConfirmation, answer: Answer, *, at: datetime
) -> tuple[disclosing.Outlook | None, str]:
    """How the answer stands, or what hinders it."""
    if answer == Answer.NOT_ICE:
        return None, ""
    return disclosing.looked_ahead(lambda: actions.telling_of(hit, answer), at=at)


def _context(
    request: HttpRequest, record: Record, hit: HitConfirmation, *, at: datetime
) -> dict[str, Any]:
    user = signed_in(request)
    is_open = hit.state in OPEN_STATES
    works = may_open(user, "ncic:hits-take", "POST")
    found = Disclosure.objects.visible_to(user).newest_first()
    chain = _chain(user, hit)
    beside = [each for each in chain if each.pk != hit.pk]
    if beside:
        see_rows(request, beside, at=at, criteria={"List": f"On the page of {record.number}"})
    return {
        "record": record,
        "hit": hit,
        "entry_url": _entry_url(user, hit),
        "chain": chain,
        "is_open": is_open,
        "works": works,
        "is_mine": hit.claimed_by_id == user.pk,
        "checks": _checks(hit),
        "documents": papers_of(_kept(hit)),
        "level": int(escalation(hit.number, due=hit.clock_due, at=at)) if is_open else 0,
        "outside": int(Escalation.OUTSIDE),
        "disclosure": found.filter(number=hit.disclosure_number).first()
        if hit.disclosure_number
        else None,
        "panels": panels_for(request, record, at=at),
        "timeline": timeline_of(record),
        "tones": STATE_TONES,
        "soon": SOON[hit.priority],
        "at": at,
    }


def _chain(user: User, hit: HitConfirmation) -> list[HitConfirmation]:
    """The requests of one inquiry, as far as the reader sees them, the first one first."""
    keys, before, after = [hit.pk], hit.previous, HitConfirmation.objects.filter(previous=hit)
    while before is not None:
        keys.append(before.pk)
        before = before.previous
    # There are three at most.
    while following := after.first():
        keys.append(following.pk)
        after = HitConfirmation.objects.filter(previous=following)
    rows = HitConfirmation.objects.visible_to(user).filter(pk__in=keys).with_details()
    return list(rows.order_by("number", "pk"))


def _entry_url(user: User, hit: HitConfirmation) -> str:
    if hit.entry is None or not may_open(user, "ncic:detail"):
        return ""
    seen = Record.objects.visible_to(user).filter(pk=hit.entry.pk).exists()
    return reverse("ncic:detail", args=[hit.entry.record.number]) if seen else ""
