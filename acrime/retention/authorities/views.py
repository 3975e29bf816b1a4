"""Pages of schedule items and of the authorities that they rest on."""

from datetime import datetime

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from accounts.guards import may_open, signed_in
from acrime.audit.actions import record_event, request_facts
from acrime.audit.choices import Channel
from acrime.common import clock
from acrime.common.errors import NotThere
from acrime.common.numbers import tidied
from acrime.common.pages import tried
from acrime.records.choices import RecordKind
from acrime.retention import events
from acrime.retention.authorities import actions
from acrime.retention.authorities.forms import DecideForm, ProposeForm, WithdrawForm
from acrime.retention.authorities.models import ScheduleAuthority
from acrime.retention.authorities.previews import preview_of
from acrime.retention.choices import AuthorityState
from routine_uses.models import RetentionItem
from routine_uses.own_records import own_rows
from routine_uses.querysets import NoNoticeInForce, notice_in_force

TONES = {
    AuthorityState.PROPOSED.value: "warning",
    AuthorityState.APPROVED.value: "success",
    AuthorityState.REFUSED.value: "neutral",
    AuthorityState.WITHDRAWN.value: "danger",
    AuthorityState.SUPERSEDED.value: "neutral",
}
_PLACES = {
    "item": "code",
    "number": "number",
    "citation": "citation",
    "effective_on": "effective_on",
    "trigger": "trigger",
    "years": "years",
    "cutoff_rule": "cutoff_rule",
    "action": "action",
    "own_agency": "own_agency",
    "reason-missing": "reason",
    "already-proposed": "code",
    "paper-kind": "paper",
    "paper-empty": "paper",
    "paper-damaged": "paper",
    "paper-locked": "paper",
    "paper-active": "paper",
    "paper-too-large": "paper",
}


@require_GET
def schedule(request: HttpRequest) -> HttpResponse:
    """The items in force, what was approved of each, and every authority."""
    authorities = list(ScheduleAuthority.objects.select_related("proposed_by", "decided_by"))
    standing = {each.code: each for each in authorities if each.state == AuthorityState.APPROVED}
    rows = [
        {
            "item": item,
            "kinds": [RecordKind(kind).label for kind in item.kinds if kind in RecordKind.values],
            "authority": standing.get(item.code),
        }
        for item in _items(clock.now())
    ]
    context = {
        "rows": rows,
        "authorities": authorities,
        "tones": TONES,
        "may_propose": may_open(signed_in(request), "retention:propose", "POST"),
    }
    return render(request, "retention/schedule.html", context)


@require_http_methods(["GET", "POST"])
def propose(request: HttpRequest) -> HttpResponse:
    """Propose an approved schedule, with its document."""
    user, at = signed_in(request), clock.now()
    items = [(item.code, f"{item.code} – {item.title}") for item in _items(at)]
    bound = request.method == "POST"
    form = ProposeForm(
        request.POST if bound else None, request.FILES if bound else None, items=items
    )
    made: list[ScheduleAuthority] = []

    def act() -> None:
        paper = form.cleaned_data["paper"]
        made.append(
            actions.propose(
                terms=form.terms(),
                reason=form.cleaned_data["reason"],
                own_agency=form.cleaned_data["own_agency"],
                document=paper.read(),
                document_name=paper.name,
                actor=user,
                at=at,
            )
        )

    if form.is_valid() and tried(form, act, request=request, place=_PLACES):
        messages.success(request, "It waits for a second person.")
        return redirect("retention:authority", authority=made[0].number)
    context = {"form": form}
    return render(request, "retention/propose.html", context, status=422 if bound else 200)


@require_GET
def detail(request: HttpRequest, authority: str) -> HttpResponse:
    """One authority: what it says, on which document, and what it would change."""
    return _page(request, _found(authority))


@require_POST
def decide(request: HttpRequest, authority: str) -> HttpResponse:
    """Approve or refuse as a second person."""
    user, at = signed_in(request), clock.now()
    found = _found(authority)
    form = DecideForm(request.POST, prefix="decide")
    refusing = request.POST.get("decision") != "approve"

    def act() -> None:
        comment = form.cleaned_data["comment"]
        if refusing:
            actions.refuse(authority=found, comment=comment, actor=user, at=at)
        else:
            actions.approve(authority=found, comment=comment, actor=user, at=at)

    if form.is_valid() and tried(form, act, request=request, place={"reason-missing": "comment"}):
        messages.success(request, "It is refused." if refusing else "It is approved.")
        return redirect("retention:authority", authority=found.number)
    return _page(request, found, decide_form=form)


@require_POST
def withdraw(request: HttpRequest, authority: str) -> HttpResponse:
    """Withdraw what was approved."""
    user, at = signed_in(request), clock.now()
    found = _found(authority)
    form = WithdrawForm(request.POST, prefix="withdraw")

    def act() -> None:
        actions.withdraw(authority=found, reason=form.cleaned_data["reason"], actor=user, at=at)

    if form.is_valid() and tried(form, act, request=request, place={"reason-missing": "reason"}):
        messages.success(request, "It is withdrawn. Nothing is due on it any more.")
        return redirect("retention:authority", authority=found.number)
    return _page(request, found, withdraw_form=form)


@require_GET
def document(request: HttpRequest, authority: str) -> HttpResponse:
    """The document as it was uploaded, under a name of ours; written down first."""
    found = _found(authority)
    record_event(
        kind=events.AUTHORITY_PAPER_TAKEN,
        actor=signed_in(request),
        at=clock.now(),
        channel=Channel.PAGE,
        facts=request_facts(request),
        details={"authority": found.number, "sha256": found.document.sha256},
    )
    return HttpResponse(
        bytes(found.document.content),
        content_type="application/pdf",
        headers={
            "Content-Disposition": f'attachment; filename="{found.number}.pdf"',
            "X-Content-Type-Options": "nosniff",
        },
    )


def _page(
    request: HttpRequest,
    found: ScheduleAuthority,
    *,
    decide_form: DecideForm | None = None,
    withdraw_form: WithdrawForm | None = None,
) -> HttpResponse:
    user, at = signed_in(request), clock.now()
    waits = found.state == AuthorityState.PROPOSED
    decides = may_open(user, "retention:decide", "POST")
    context = {
        "authority": found,
        "ending": getattr(found, "ending", None),
        "tone": TONES[found.state],
        "preview": preview_of(found, at=at).as_data() if waits else found.preview,
        "waits": waits,
        "mine": found.proposed_by_id == user.pk,
        "decide_form": (decide_form or DecideForm(prefix="decide")) if waits and decides else None,
        "withdraw_form": (withdraw_form or WithdrawForm(prefix="withdraw"))
        if found.state == AuthorityState.APPROVED and decides
        else None,
    }
    bad = bool(decide_form or withdraw_form)
    return render(request, "retention/authority.html", context, status=422 if bad else 200)


def _found(number: str) -> ScheduleAuthority:
    found = (
        ScheduleAuthority.objects.select_related("item", "proposed_by", "decided_by", "document")
        .defer("document__content")
        .filter(number=tidied(number))
        .first()
    )
    if found is None:
        raise NotThere
    return found


def _items(at: datetime) -> list[RetentionItem]:
    """The items of the notice in force, then the portal's own."""
    try:
        told = list(notice_in_force(at).retention_items.order_by("position"))
    except NoNoticeInForce:
        told = []
    return [*told, *own_rows()]
