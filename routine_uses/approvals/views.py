"""Pages of approvals: what waits for whom, one task, its papers, the Chief Privacy Officer."""

from datetime import datetime
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from accounts.choices import Role
from accounts.guards import may_open, signed_in
from accounts.models import User
from acrime.audit.actions import request_facts
from acrime.audit.choices import Channel
from acrime.common import clock
from acrime.common.errors import NotThere
from acrime.common.pages import page_of, tried
from routine_uses.approvals import actions, forms
from routine_uses.approvals.access import (
    access_approval,
    access_approvals,
    access_paper,
    find_approval,
)
from routine_uses.approvals.choices import Standing
from routine_uses.approvals.documents import MOST_DOCUMENTS, SUFFIXES
from routine_uses.approvals.managers import kinds_of
from routine_uses.approvals.policy import TASKS
from routine_uses.approvals.presentation import STANDING_TONES
from routine_uses.approvals.querysets import chief_privacy_officer, findings_asked, standing
from routine_uses.choices import Field, Paragraph, Purpose
from routine_uses.links import record_links
from routine_uses.models import Approval, ChiefDesignation
from routine_uses.querysets import NoNoticeInForce, rules_in_force

TABS = (("decide", "For me to decide"), ("asked", "Asked by me"), ("all", "All"))


@require_GET
def approval_list(request: HttpRequest) -> HttpResponse:
    """Approvals: those that wait for the reader first of all."""
    user, at = signed_in(request), clock.now()
    shown = request.GET.get("show")
    if shown not in dict(TABS):
        shown = "decide" if kinds_of(user) else "asked"
    rows = Approval.objects.visible_to(user).order_by("-requested_at", "-pk")
    if shown == "decide":
        rows = Approval.objects.to_decide(user, at=at)
    elif shown == "asked":
        rows = rows.filter(requested_by=user)
    page = page_of(rows.select_related("recipient", "requested_by", "decided_by"), request)
    access_approvals(displayed=page.rows, user=user, at=at, facts=request_facts(request))
    context = {
        "page": page,
        "rows": [_shown(each, at=at) for each in page.rows],
        "tabs": TABS,
        "shown": shown,
    }
    return render(request, "approvals/approval_list.html", context)


@require_GET
def approval_detail(request: HttpRequest, approval: str) -> HttpResponse:
    """One approval: what is asked, its papers, and the decision."""
    user, at = signed_in(request), clock.now()
    found = access_approval(number=approval, user=user, at=at, facts=request_facts(request))
    return _page(request, found, at=at)


@require_POST
def approval_decide(request: HttpRequest, approval: str) -> HttpResponse:
    """Grant or refuse."""
    user, at = signed_in(request), clock.now()
    found = _found(request, approval)
    form = forms.DecideForm(request.POST, asked=_asked(found, at=at), prefix="decide")
    refusing = request.POST.get("decision") == "refuse"

    def decide() -> None:
        reason = form.cleaned_data["reason"]
        if refusing:
            actions.refuse_approval(
                approval=found, reason=reason, actor=user, at=at, channel=Channel.PAGE
            )
        else:
            actions.grant_approval(
                approval=found,
                reason=reason,
                findings=form.findings(),
                actor=user,
                at=at,
                channel=Channel.PAGE,
            )

    if form.is_valid() and tried(form, decide, request=request):
        messages.success(request, "It is refused." if refusing else "It is granted.")
        return redirect("routine_uses:approval", approval=found.number)
    access_approval(number=approval, user=user, at=at, facts=request_facts(request))
    return _page(request, found, at=at, decide_form=form)


@require_POST
def approval_paper_add(request: HttpRequest, approval: str) -> HttpResponse:
    """Attach a paper."""
    user, at = signed_in(request), clock.now()
    found = _found(request, approval)
    form = forms.PaperForm(request.POST, request.FILES, prefix="paper")

    def add() -> None:
        paper = form.cleaned_data["paper"]
        actions.add_paper(
            approval=found,
            name=paper.name,
            data=paper.read(),
            actor=user,
            at=at,
            channel=Channel.PAGE,
        )

    if form.is_valid() and tried(form, add, request=request, place=_AT_THE_PAPER):
        messages.success(request, "The paper is attached and sealed.")
        return redirect("routine_uses:approval", approval=found.number)
    access_approval(number=approval, user=user, at=at, facts=request_facts(request))
    return _page(request, found, at=at, paper_form=form)


@require_POST
def approval_withdraw(request: HttpRequest, approval: str) -> HttpResponse:
    """Take an approval back before it is used."""
    user, at = signed_in(request), clock.now()
    found = _found(request, approval)
    form = forms.ReasonForm(request.POST, prefix="withdraw")
    if form.is_valid() and tried(
        form,
        lambda: actions.withdraw_approval(
            approval=found,
            reason=form.cleaned_data["reason"],
            actor=user,
            at=at,
            channel=Channel.PAGE,
        ),
        request=request,
    ):
        messages.success(request, "It is withdrawn.")
        return redirect("routine_uses:approval", approval=found.number)
    access_approval(number=approval, user=user, at=at, facts=request_facts(request))
    return _page(request, found, at=at, withdraw_form=form)


@require_GET
def approval_paper(request: HttpRequest, approval: str, paper: int) -> HttpResponse:
    """A paper as it was uploaded, taken out under a name of ours."""
    found = access_paper(
        number=approval,
        paper=paper,
        user=signed_in(request),
        at=clock.now(),
        facts=request_facts(request),
    )
    name = f"{approval}-{found.pk}.{SUFFIXES[found.media_type]}"
    return HttpResponse(
        bytes(found.content),
        content_type=found.media_type,
        headers={
            "Content-Disposition": f'attachment; filename="{name}"',
            "X-Content-Type-Options": "nosniff",
        },
    )


@require_http_methods(["GET", "POST"])
def chief(request: HttpRequest) -> HttpResponse:
    """Who is the Chief Privacy Officer, and designating another one."""
    user, at = signed_in(request), clock.now()
    now = chief_privacy_officer()
    people = [
        person
        for person in User.objects.filter(is_active=True).order_by("full_name")
        if person.has_role(Role.PRIVACY_OFFICER) and person != now and person != user
    ]
    form = forms.ChiefForm(request.POST or None, people=people)
    if form.is_valid() and tried(
        form,
        lambda: actions.designate_chief(
            person=form.chosen, actor=user, at=at, channel=Channel.PAGE
        ),
        request=request,
    ):
        messages.success(request, "The designation is made.")
        return redirect("routine_uses:chief")
    context = {
        "form": form,
        "now": now,
        "designates": may_open(user, "routine_uses:chief", "POST"),
        "history": ChiefDesignation.objects.select_related("person", "designated_by").order_by(
            "-pk"
        ),
    }
    status = 422 if form.is_bound else 200
    return render(request, "approvals/chief.html", context, status=status)


_AT_THE_PAPER = {
    f"paper-{each}": "paper"
    for each in ("empty", "too-large", "locked", "active", "kind", "damaged", "again", "too-many")
}


def _found(request: HttpRequest, number: str) -> Approval:
    """The approval for an act; nothing of it is shown.

    Raises:
        NotThere: there is none, or the person may not see it.
    """
    found = find_approval(number=number, user=signed_in(request))
    if found is None:
        raise NotThere
    return found


def _asked(approval: Approval, *, at: datetime) -> tuple[Any, ...]:
    try:
        return findings_asked(approval, rules_in_force(at))
    except NoNoticeInForce:
        return ()


def _shown(approval: Approval, *, at: datetime) -> dict[str, Any]:
    now = standing(approval, at=at)
    return {
        "approval": approval,
        "standing": now,
        "tone": STANDING_TONES[now],
        "decider": TASKS[approval.kind].decider,
    }


def _page(request: HttpRequest, approval: Approval, *, at: datetime, **bound: Any) -> HttpResponse:
    user = signed_in(request)
    task, now = TASKS[approval.kind], standing(approval, at=at)
    waits = now is Standing.WAITING
    asked = _asked(approval, at=at)
    decides = waits and approval.kind in kinds_of(user)
    mine = user.pk == approval.requested_by_id
    papers = list(approval.documents.defer("content").select_related("uploaded_by"))
    context: dict[str, Any] = _shown(approval, at=at) | {
        "task": task,
        "ground": (
            f"Routine use {approval.letter}"
            if approval.letter
            else Paragraph(approval.paragraph).label
        ),
        "purpose": Purpose(approval.purpose_code).label,
        "fields": [Field(code).label for code in approval.fields],
        "records": record_links(user, approval.record_numbers),
        "papers": papers,
        "findings": _findings(approval, asked),
        "paper_missing": bool(task.paper) and not papers,
        "use": getattr(approval, "use", None),
        "decides": decides and not mine,
        "own": decides and mine,
    }
    if decides and not mine:
        context["decide_form"] = forms.DecideForm(asked=asked, prefix="decide")
    if waits and (mine or decides) and len(papers) < MOST_DOCUMENTS:
        context["paper_form"] = forms.PaperForm(prefix="paper")
    if now in (Standing.WAITING, Standing.GRANTED) and user.pk in (
        approval.requested_by_id,
        approval.decided_by_id,
    ):
        context["withdraw_form"] = forms.ReasonForm(prefix="withdraw")
    status = 422 if bound else 200
    return render(request, "approvals/approval_detail.html", context | bound, status=status)


def _findings(approval: Approval, asked: tuple[Any, ...]) -> list[tuple[str, str]]:
    questions = {condition.key: condition.question for condition in asked}
    return [
        (questions.get(key, key), "Yes" if value == "yes" else str(value))
        for key, value in approval.findings.items()
    ]
