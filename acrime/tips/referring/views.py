"""Pages of a referral to another agency."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from accounts.guards import signed_in
from acrime.common import clock
from acrime.common.pages import attempt, tried
from acrime.ncic.hits.views import tasks_shown
from acrime.records.choices import RecordKind
from acrime.records.prints import see_to_print
from acrime.tips.choices import REFERRED_FIELDS
from acrime.tips.models import TipReferral
from acrime.tips.pages import outlook, referral_at, seen, tip_of, to_act
from acrime.tips.referring import actions
from acrime.tips.referring.forms import PrepareForm, SendForm
from routine_uses.approvals.choices import ApprovalKind
from routine_uses.choices import Field, RecipientType
from routine_uses.models import Recipient

# Whom routine use L reaches.
_REACHED = (
    RecipientType.FEDERAL,
    RecipientType.STATE,
    RecipientType.LOCAL,
    RecipientType.TRIBAL,
    RecipientType.TERRITORIAL,
    RecipientType.FOREIGN,
    RecipientType.INTERNATIONAL,
)


@require_http_methods(["GET", "POST"])
def prepare(request: HttpRequest, number: str) -> HttpResponse:
    """Write down what another agency is to be told."""
    user, at = signed_in(request), clock.now()
    record, tip = seen(request, number, at=at)
    form = PrepareForm(
        request.POST if request.method == "POST" else None,
        recipients=list(
            Recipient.objects.filter(
                is_active=True, inside_dhs=False, type__in=[each.value for each in _REACHED]
            ).order_by("name", "pk")
        ),
        initial={"text": tip.text or "", "told": [REFERRED_FIELDS[0].value]},
    )
    made: list[TipReferral] = []
    if form.is_valid() and tried(
        form,
        lambda: made.append(
            actions.prepare_referral(
                tip=tip,
                recipient=form.chosen(),
                text=form.cleaned_data["text"],
                fields=form.cleaned_data["told"],
                actor=user,
                at=at,
            )
        ),
        request=request,
        place={"text": "text", "fields": "told"},
    ):
        messages.success(request, "The referral is prepared. Nothing has left yet.")
        return redirect("tips:referral", number=record.number, identifier=tip.referrals.count())
    context = {
        "form": form,
        "record": record,
        "tip": tip,
        "persons": list(tip.persons.order_by("position")),
    }
    return render(request, "tips/refer.html", context, status=422 if form.is_bound else 200)


@require_http_methods(["GET", "POST"])
def referral(request: HttpRequest, number: str, identifier: int) -> HttpResponse:
    """What was prepared: its ground and what waits for others; then it is sent.

    *identifier* is its place on the page, from 1.
    """
    user, at = signed_in(request), clock.now()
    record, tip = seen(request, number, at=at)
    chosen = referral_at(request, tip, identifier, at=at)
    stands, hindered = outlook(chosen, at=at)
    form = SendForm(
        request.POST if request.method == "POST" else None,
        attested=stands.attested if stands else (),
    )
    if form.is_valid() and tried(
        form,
        lambda: actions.send_referral(
            referral=chosen,
            method=form.cleaned_data["method"],
            attested=form.attested(),
            actor=user,
            at=at,
        ),
        request=request,
        place={"method": "method"},
    ):
        messages.success(request, "It is accounted for. Now send these words, and nothing else.")
        return redirect("tips:referral-print", number=record.number, identifier=identifier)
    context = {
        "form": form,
        "record": record,
        "tip": tip,
        "referral": chosen,
        "identifier": identifier,
        "told": [Field(code).label for code in chosen.fields],
        "stands": stands,
        "hindered": hindered,
        "tasks": tasks_shown(stands),
        "at": at,
    }
    return render(request, "tips/referral.html", context, status=422 if form.is_bound else 200)


@require_POST
def ask_check(request: HttpRequest, number: str, identifier: int) -> HttpResponse:
    """Ask for an approval that a referral needs."""
    user, at = signed_in(request), clock.now()
    chosen = referral_at(request, to_act(request, number, at=at), identifier, at=at)
    asked_for = request.POST.get("kind", "")
    kind = ApprovalKind(asked_for) if asked_for in ApprovalKind.values else ApprovalKind.ACCURACY
    attempt(
        request,
        lambda: actions.ask_for_check(referral=chosen, kind=kind, actor=user, at=at),
        done="It is asked for. Whoever decides reads what was prepared here.",
    )
    return redirect("tips:referral", number=number, identifier=identifier)


@require_GET
def referral_print(request: HttpRequest, number: str, identifier: int) -> HttpResponse:
    """A referral for paper, as it goes to the agency once it is accounted for."""
    at = clock.now()
    record, head = see_to_print(request, number, RecordKind.TIP, at=at)
    tip = tip_of(record)
    chosen = referral_at(request, tip, identifier, at=at)
    context = {"record": record, "tip": tip, "referral": chosen, "head": head}
    return render(request, "tips/referral_print.html", context)
