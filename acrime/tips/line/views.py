"""Pages of the tip line: open or closed, and handing its records over."""

from datetime import datetime
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from accounts.choices import Role
from accounts.guards import may_open, signed_in
from accounts.models import User
from accounts.standing.querysets import holding
from acrime.audit import events as audit_events
from acrime.common import clock
from acrime.common.pages import attempt, tried
from acrime.records.models import Record
from acrime.records.pages import see_rows
from acrime.tips.choices import Decision, LineAct, PartKind
from acrime.tips.line import actions
from acrime.tips.line.forms import CloseForm, ExportForm, OpenForm, PartForm
from acrime.tips.models import LineChange, TipExport, TipExportPart
from acrime.tips.presentation import DECISION_TONES
from acrime.tips.querysets import line_now, open_line
from routine_uses.choices import RecipientType
from routine_uses.models import Recipient

SHOWN = 20


@require_http_methods(["GET", "POST"])
def line(request: HttpRequest) -> HttpResponse:
    """How the tip line stands, and the proposal to change it."""
    user, at = signed_in(request), clock.now()
    is_open = open_line() is not None
    posted = request.POST if request.method == "POST" else None
    form: OpenForm | CloseForm
    form = CloseForm(posted) if is_open else OpenForm(posted, keepers=_supervisors(at))
    if form.is_valid() and tried(
        form,
        lambda: _proposed(form, user, at=at),
        request=request,
        place={key: key for key in ("instead", "keeper", "reason")},
    ):
        messages.success(request, "It is proposed. Somebody else decides.")
        return redirect("tips:line")
    changes = LineChange.objects.select_related("proposed_by", "decided_by", "keeper")
    latest = list(changes.order_by("-proposed_at", "-pk")[:SHOWN])
    waiting = next((each for each in latest if each.decision == Decision.WAITS), None)
    context = {
        "form": form if waiting is None else None,
        "is_open": is_open,
        "now": line_now(),
        "waiting": waiting,
        "may_decide": waiting is not None and waiting.proposed_by_id != user.pk,
        "changes": latest,
        "tones": DECISION_TONES,
        "may_export": may_open(user, "tips:export"),
    }
    return render(request, "tips/line.html", context, status=422 if form.is_bound else 200)


@require_POST
def decide(request: HttpRequest) -> HttpResponse:
    """Decide about the change that waits."""
    user, at = signed_in(request), clock.now()
    waiting = LineChange.objects.filter(decision=Decision.WAITS).first()
    agrees = request.POST.get("agrees")
    if waiting is None or agrees not in ("yes", "no"):
        messages.error(request, "Nothing waits for a decision.")
        return redirect("tips:line")
    attempt(
        request,
        lambda: actions.decide_change(change=waiting, agrees=agrees == "yes", actor=user, at=at),
        done="It is decided.",
    )
    return redirect("tips:line")


@require_http_methods(["GET", "POST"])
def export(request: HttpRequest) -> HttpResponse:
    """Handing the records over: the proposal, its decision, and the files."""
    user, at = signed_in(request), clock.now()
    form = ExportForm(
        request.POST if request.method == "POST" else None,
        recipients=list(
            Recipient.objects.filter(is_active=True, type=RecipientType.FEDERAL).order_by(
                "name", "pk"
            )
        ),
    )
    if form.is_valid() and tried(
        form,
        lambda: actions.propose_export(
            recipient=form.chosen(), reason=form.cleaned_data["reason"], actor=user, at=at
        ),
        request=request,
        place={"reason": "reason", "recipient": "recipient"},
    ):
        messages.success(request, "It is proposed. Somebody else decides.")
        return redirect("tips:export")
    current = _current()
    granted = current is not None and current.decision == Decision.GRANTED
    context: dict[str, Any] = {
        "form": form if current is None or current.decision != Decision.WAITS else None,
        "is_open": open_line() is not None,
        "current": current,
        "granted": granted,
        "may_decide": current is not None
        and current.decision == Decision.WAITS
        and current.proposed_by_id != user.pk,
        "parts": _parts(current),
        "left": actions.left_of(current, user) if current and granted else None,
        "part_form": PartForm(),
        "kinds": [(each.value, each.label) for each in PartKind],
        "tones": DECISION_TONES,
        "most": actions.MOST_IN_A_FILE,
    }
    return render(request, "tips/export.html", context, status=422 if form.is_bound else 200)


@require_POST
def export_decide(request: HttpRequest) -> HttpResponse:
    """Decide about the handing over that waits."""
    user, at = signed_in(request), clock.now()
    current = _current()
    agrees = request.POST.get("agrees")
    if current is None or agrees not in ("yes", "no"):
        messages.error(request, "Nothing waits for a decision.")
        return redirect("tips:export")
    attempt(
        request,
        lambda: actions.decide_export(export=current, agrees=agrees == "yes", actor=user, at=at),
        done="It is decided.",
    )
    return redirect("tips:export")


@require_POST
def export_make(request: HttpRequest) -> HttpResponse:
    """Make the next file, with its accounting."""
    user, at = signed_in(request), clock.now()
    current, form = _current(), PartForm(request.POST)
    kind = request.POST.get("kind", "")
    if current is None or kind not in PartKind.values or not form.is_valid():
        messages.error(request, "Say that the successor has a need to know, and which file.")
        return redirect("tips:export")
    attempt(
        request,
        lambda: actions.make_part(
            export=current, kind=PartKind(kind), attested=True, actor=user, at=at
        ),
        done="The file is made and accounted for.",
    )
    return redirect("tips:export")


@require_GET
def export_file(request: HttpRequest, identifier: int) -> HttpResponse:
    """A file for the successor, for whoever sees all that is in it. *identifier* is its place."""
    user, at = signed_in(request), clock.now()
    parts = _parts(_current())
    if not 1 <= identifier <= len(parts):
        raise Http404
    part = parts[identifier - 1]
    rows = list(
        Record.objects.visible_to(user).filter(pk__in=part.items.values("record_id")).order_by("pk")
    )
    if len(rows) != part.records:
        raise Http404
    see_rows(
        request,
        rows,
        at=at,
        criteria={"File": f"For {part.export.recipient.name}"},
        kind=audit_events.RECORD_EXPORTED,
        purpose=part.export.reason[:200],
        details={"sha256": part.sha256, "disclosure": part.disclosure_number},
    )
    content = bytes(TipExportPart.objects.values_list("content", flat=True).get(pk=part.pk))
    name = f"tips-{part.kind.lower()}-{identifier}-privacy-act-material.json"
    return HttpResponse(
        content,
        content_type="application/json",
        headers={"Content-Disposition": f'attachment; filename="{name}"'},
    )


def _proposed(form: OpenForm | CloseForm, user: User, *, at: datetime) -> None:
    given = form.cleaned_data
    if isinstance(form, OpenForm):
        actions.propose_change(
            act=LineAct.OPEN,
            reason=given["reason"],
            keeper=form.chosen(),
            actor=user,
            at=at,
        )
    else:
        actions.propose_change(
            act=LineAct.CLOSE,
            reason=given["reason"],
            instead=given["instead"],
            actor=user,
            at=at,
        )


def _current() -> TipExport | None:
    """The latest handing over that was not refused."""
    rows = TipExport.objects.exclude(decision=Decision.REFUSED)
    rows = rows.select_related("recipient", "proposed_by", "decided_by")
    return rows.order_by("-proposed_at", "-pk").first()


def _parts(current: TipExport | None) -> list[TipExportPart]:
    if current is None:
        return []
    parts = TipExportPart.objects.filter(export=current).defer("content")
    return list(parts.select_related("made_by", "export__recipient").order_by("pk"))


def _supervisors(at: datetime) -> list[User]:
    people = User.objects.filter(is_active=True).order_by("full_name", "pk")
    return holding(people, Role.SUPERVISOR, at=at)
