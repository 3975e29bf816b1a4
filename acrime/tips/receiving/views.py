"""Pages by which tips come: the public form, what staff write down, finding one by its receipt."""

from datetime import datetime
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods

from accounts.guards import signed_in
from accounts.standing.policy import portal_day
from acrime.audit.actions import request_facts
from acrime.common import clock
from acrime.common.pages import tried
from acrime.records.pages import not_there, see_record
from acrime.tips import events, policy
from acrime.tips.choices import CameBy
from acrime.tips.models import Tip
from acrime.tips.querysets import line_now, open_line
from acrime.tips.receiving import actions
from acrime.tips.receiving.actions import RECEIPT, Receipt, receipt_digest
from acrime.tips.receiving.forms import PublicForm, ReceiptForm, WriteDownForm
from acrime.tips.receiving.marks import new_mark
from routine_uses.models import NoticeVersion
from routine_uses.querysets import NoNoticeInForce, notice_in_force

_PLACES = {"text": "text", "came_by": "came_by", "received_on": "received_on"}


@require_http_methods(["GET", "POST"])
def public_form(request: HttpRequest) -> HttpResponse:
    """The public form; then the receipt. Nothing of who asks is kept.

    The receipt is the answer itself: an address with its number in it would stay in a browser.
    """
    at = clock.now()
    notice = _notice(at)
    if notice is None or open_line() is None:
        return _closed(request)
    if request.method == "GET":
        form = PublicForm(initial={"mark": new_mark(at)})
        return render(request, "tips/form.html", _public(form, notice))
    if wait := actions.take_turn(address=request_facts(request).source_address or "", at=at):
        context = {"minutes": -(-wait // 60)}
        answer = render(request, "tips/too_many.html", context, status=429)
        answer["Retry-After"] = str(wait)
        return answer
    form = PublicForm(request.POST, request.FILES)
    received: list[Receipt] = []
    if form.is_valid() and tried(
        form,
        lambda: received.append(
            actions.receive_public(
                told=form.told(),
                mark=form.cleaned_data["mark"],
                trap_filled=bool(form.cleaned_data["homepage"]),
                at=at,
            )
        ),
        place=_PLACES,
    ):
        return render(request, "tips/receipt.html", {"number": received[0].number, "at": at})
    return render(request, "tips/form.html", _public(form, notice), status=422)


@require_http_methods(["GET", "POST"])
def write_down(request: HttpRequest) -> HttpResponse:
    """Write down what is told by telephone or in a letter."""
    user, at = signed_in(request), clock.now()
    today = portal_day(at)
    form = WriteDownForm(
        request.POST if request.method == "POST" else None,
        request.FILES if request.method == "POST" else None,
        initial={"mark": new_mark(at), "received_on": today},
        today=today,
    )
    received: list[Receipt] = []
    if form.is_valid() and tried(
        form,
        lambda: received.append(
            actions.write_down(
                told=form.told(),
                came_by=CameBy(form.cleaned_data["came_by"]),
                received_on=form.cleaned_data["received_on"],
                mark=form.cleaned_data["mark"],
                actor=user,
                at=at,
            )
        ),
        request=request,
        place=_PLACES,
    ):
        messages.success(
            request,
            f"The tip is written down. Read this receipt number out: {received[0].number}. "
            "It is not shown again.",
        )
        return redirect("tips:detail", number=received[0].tip.record.number)
    context = {"form": form, "is_open": open_line() is not None}
    return render(request, "tips/new.html", context, status=422 if form.is_bound else 200)


@require_http_methods(["GET", "POST"])
def by_receipt(request: HttpRequest) -> HttpResponse:
    """Find a tip by the receipt number that somebody reads out. It stands in no address."""
    user, at = signed_in(request), clock.now()
    form = ReceiptForm(request.POST if request.method == "POST" else None)
    if not form.is_valid():
        status = 422 if form.is_bound else 200
        return render(request, "tips/by_receipt.html", {"form": form}, status=status)
    asked = form.cleaned_data["receipt"]
    tip = Tip.objects.visible_to(user).filter(receipt_digest=receipt_digest(asked)).first()
    if tip is None:
        # The number itself stays out of the ledger too.
        not_there(request, RECEIPT, at=at)
    record = see_record(
        request, tip.record.number, tip.record.kind, at=at, kind=events.FOUND_BY_RECEIPT
    )
    return redirect("tips:detail", number=record.number)


def _closed(request: HttpRequest) -> HttpResponse:
    line = line_now()
    context = {"instead": line.instead if line else "", "sent": request.method == "POST"}
    return render(request, "tips/closed.html", context, status=409 if context["sent"] else 200)


def _notice(at: datetime) -> NoticeVersion | None:
    """The notice under which a tip is collected; without one nothing may be."""
    try:
        return notice_in_force(at)
    except NoNoticeInForce:
        return None


def _public(form: PublicForm, notice: NoticeVersion) -> dict[str, Any]:
    return {
        "form": form,
        "notice": notice,
        "megabytes": policy.MOST_BYTES // (1024 * 1024),
        "years": policy.YEARS,
    }
