"""Pages on which something is told of a detainer: prepared, then sent through the gate."""

from datetime import datetime

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_POST

from accounts.guards import signed_in
from acrime.common import clock
from acrime.common.pages import attempt, tried
from acrime.detainers.choices import NoticeKind
from acrime.detainers.forms import NoticeForm, SendForm
from acrime.detainers.models import Detainer, DetainerNotice
from acrime.detainers.notices import actions
from acrime.detainers.pages import beside
from acrime.ncic import disclosing
from acrime.ncic.hits.views import tasks_shown
from acrime.records.choices import RecordKind
from acrime.records.models import Record
from acrime.records.pages import not_there, record_for, see_record
from routine_uses.approvals.choices import ApprovalKind
from routine_uses.choices import Field


@require_http_methods(["GET", "POST"])
def prepare(request: HttpRequest, number: str) -> HttpResponse:
    """Prepare a notice to the justice system, from the closed list."""
    user, at = signed_in(request), clock.now()
    record = see_record(request, number, RecordKind.DETAINER, at=at)
    detainer = _detainer(record)
    form = NoticeForm(request.POST or None)
    if form.is_valid() and tried(
        form,
        lambda: actions.prepare_notice(
            detainer=detainer,
            recipient=form.cleaned_data["recipient"],
            values=form.values(detainer),
            actor=user,
            at=at,
        ),
        request=request,
        place={"gate-refuses": "recipient"},
    ):
        messages.success(request, "It is prepared. Nothing has left yet.")
        return redirect("detainers:detail", number=record.number)
    context = beside(request, record, detainer, at=at) | {"form": form}
    status = 422 if form.is_bound else 200
    return render(request, "detainers/notice.html", context, status=status)


@require_http_methods(["GET", "POST"])
def send(request: HttpRequest, number: str, identifier: int) -> HttpResponse:
    """What was prepared: its ground and what waits for others; then it goes.

    *identifier* is its place on the page, from 1.
    """
    user, at = signed_in(request), clock.now()
    record = see_record(request, number, RecordKind.DETAINER, at=at)
    notice = _notice(request, record, identifier, at=at)
    stands, hindered = disclosing.looked_ahead(lambda: actions.telling_of(notice), at=at)
    form = SendForm(
        request.POST if request.method == "POST" else None,
        attested=stands.attested if stands else (),
    )
    if form.is_valid() and tried(
        form,
        lambda: actions.send(
            notice=notice,
            method=form.cleaned_data["method"],
            sent_to=form.cleaned_data["sent_to"],
            attested=form.attested(),
            actor=user,
            at=at,
        ),
        request=request,
        place={"sent_to": "sent_to"},
    ):
        messages.success(request, "It is accounted for. Now send it, and nothing else.")
        return redirect("detainers:detail", number=record.number)
    context = beside(request, record, notice.detainer, at=at) | {
        "form": form,
        "notice": notice,
        "identifier": identifier,
        "told": [Field(code).label for code in notice.fields],
        "places": notice.kind == NoticeKind.PLACEMENT,
        "stands": stands,
        "hindered": hindered,
        "tasks": tasks_shown(stands),
    }
    status = 422 if form.is_bound else 200
    return render(request, "detainers/send.html", context, status=status)


@require_POST
def ask_check(request: HttpRequest, number: str, identifier: int) -> HttpResponse:
    """Ask for an approval that what was prepared needs."""
    user, at = signed_in(request), clock.now()
    record = record_for(request, number, RecordKind.DETAINER, at=at)
    notice = _notice(request, record, identifier, at=at)
    asked_for = request.POST.get("kind", "")
    kind = ApprovalKind(asked_for) if asked_for in ApprovalKind.values else ApprovalKind.ACCURACY
    attempt(
        request,
        lambda: actions.ask_for_check(notice=notice, kind=kind, actor=user, at=at),
        done="It is asked for. Whoever decides reads what was prepared on the detainer's page.",
    )
    return redirect("detainers:send", number=number, identifier=identifier)


@require_POST
def drop(request: HttpRequest, number: str, identifier: int) -> HttpResponse:
    """Give a notice up that was not sent."""
    user, at = signed_in(request), clock.now()
    record = record_for(request, number, RecordKind.DETAINER, at=at)
    notice = _notice(request, record, identifier, at=at)
    attempt(
        request,
        lambda: actions.drop(notice=notice, actor=user, at=at),
        done="It is given up, and nothing of it has left.",
    )
    return redirect("detainers:detail", number=number)


def _detainer(record: Record) -> Detainer:
    found: Detainer = Detainer.objects.with_details().get(record=record)
    return found


def _notice(
    request: HttpRequest, record: Record, identifier: int, *, at: datetime
) -> DetainerNotice:
    detainer = _detainer(record)
    kept = list(detainer.notices.select_related("recipient", "sent_by").order_by("pk"))
    if not 1 <= identifier <= len(kept):
        not_there(request, record.number, at=at)
    found = kept[identifier - 1]
    found.detainer = detainer
    return found
