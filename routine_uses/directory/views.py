"""Pages of the directory of recipients: everybody reads it, privacy officers keep it."""

from typing import Any

from django.contrib import messages
from django.db.models import Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from accounts.choices import Role
from accounts.guards import signed_in
from acrime.audit.choices import Channel
from acrime.common import clock
from acrime.common.eastern import portal_day
from acrime.common.pages import attempt, page_of, tried
from routine_uses.actions import add_recipient
from routine_uses.directory import actions
from routine_uses.directory.forms import (
    AgreementForm,
    EndAgreementForm,
    FilterForm,
    RecipientForm,
    VerifyContactForm,
)
from routine_uses.directory.policy import in_force
from routine_uses.models import Agreement, Recipient
from routine_uses.querysets import NoNoticeInForce, rules_in_force

# Where a refusal is told: at the field that it speaks of.
PLACES = {
    "recipient-ori-in-use": "ori",
    "agreement-reference-in-use": "reference",
    "agreement-dates": "ends_on",
}


@require_GET
def recipient_list(request: HttpRequest) -> HttpResponse:
    """The directory, by name."""
    form = FilterForm(request.GET)
    found = Recipient.objects.order_by("name", "pk")
    if form.is_valid():
        if wanted := form.cleaned_data["q"].strip():
            found = found.filter(Q(name__icontains=wanted) | Q(ori__istartswith=wanted))
        if kind := form.cleaned_data["type"]:
            found = found.filter(type=kind)
    context = {
        "form": form,
        "page": page_of(found, request),
        "keeps": signed_in(request).has_role(Role.PRIVACY_OFFICER),
        "filtered": bool(request.GET.get("q") or request.GET.get("type")),
    }
    return render(request, "routine_uses/recipient_list.html", context)


@require_GET
def recipient_detail(request: HttpRequest, recipient: int) -> HttpResponse:
    """One recipient: how it is reached, what binds it, and who verified it."""
    return _page(request, _recipient(recipient))


@require_http_methods(["GET", "POST"])
def recipient_add(request: HttpRequest) -> HttpResponse:
    """Add a recipient."""
    form = RecipientForm(request.POST or None)
    if form.is_valid():
        added: list[Recipient] = []

        def add() -> None:
            details = form.details()
            added.append(
                add_recipient(
                    actor=signed_in(request),
                    at=clock.now(),
                    channel=Channel.PAGE,
                    **vars(details),
                )
            )

        if tried(form, add, request=request, place=PLACES):
            messages.success(request, "The recipient is in the directory.")
            return redirect("routine_uses:recipients-detail", recipient=added[0].pk)
    return _form(request, form, title="Add a recipient", button="Add the recipient")


@require_http_methods(["GET", "POST"])
def recipient_change(request: HttpRequest, recipient: int) -> HttpResponse:
    """Correct what the directory says."""
    found = _recipient(recipient)
    form = RecipientForm.of(found, request.POST or None)
    if form.is_valid() and tried(
        form,
        lambda: actions.change_recipient(
            actor=signed_in(request),
            at=clock.now(),
            recipient=found,
            details=form.details(),
            channel=Channel.PAGE,
        ),
        request=request,
        place=PLACES,
    ):
        messages.success(request, "The directory is corrected.")
        return redirect("routine_uses:recipients-detail", recipient=found.pk)
    return _form(
        request,
        form,
        title="Correct a recipient",
        button="Save",
        recipient=found,
        note="Disclosures that were made keep the name and address they were made with.",
    )


@require_POST
def recipient_retire(request: HttpRequest, recipient: int) -> HttpResponse:
    """Take a recipient out of use."""
    found = _recipient(recipient)
    attempt(
        request,
        lambda: actions.retire_recipient(
            actor=signed_in(request), at=clock.now(), recipient=found, channel=Channel.PAGE
        ),
        done="The recipient is out of use. Nothing is disclosed to it any more.",
    )
    return redirect("routine_uses:recipients-detail", recipient=found.pk)


@require_http_methods(["GET", "POST"])
def recipient_verify(request: HttpRequest, recipient: int) -> HttpResponse:
    """Write down that it was made sure how a recipient is reached."""
    found, form = _recipient(recipient), VerifyContactForm(request.POST or None)
    if form.is_valid() and tried(
        form,
        lambda: actions.verify_contact(
            actor=signed_in(request),
            at=clock.now(),
            recipient=found,
            channel=Channel.PAGE,
            **form.cleaned_data,
        ),
        request=request,
    ):
        messages.success(request, "The verification is written down.")
        return redirect("routine_uses:recipients-detail", recipient=found.pk)
    return _form(request, form, title="Verify a recipient", button="Write it down", recipient=found)


@require_http_methods(["GET", "POST"])
def agreement_add(request: HttpRequest, recipient: int) -> HttpResponse:
    """Record an agreement."""
    found = _recipient(recipient)
    form = AgreementForm(request.POST or None, uses=_uses())
    if form.is_valid() and tried(
        form,
        lambda: actions.add_agreement(
            actor=signed_in(request),
            at=clock.now(),
            recipient=found,
            channel=Channel.PAGE,
            **form.cleaned_data,
        ),
        request=request,
        place=PLACES,
    ):
        messages.success(request, "The agreement is recorded.")
        return redirect("routine_uses:recipients-detail", recipient=found.pk)
    return _form(request, form, title="Record an agreement", button="Record it", recipient=found)


@require_http_methods(["GET", "POST"])
def agreement_end(request: HttpRequest, agreement: int) -> HttpResponse:
    """End an agreement before its last day."""
    found = get_object_or_404(Agreement.objects.select_related("recipient"), pk=agreement)
    form = EndAgreementForm(request.POST or None)
    if form.is_valid() and tried(
        form,
        lambda: actions.end_agreement(
            actor=signed_in(request),
            at=clock.now(),
            agreement=found,
            channel=Channel.PAGE,
            **form.cleaned_data,
        ),
        request=request,
    ):
        messages.success(request, "The agreement is ended.")
        return redirect("routine_uses:recipients-detail", recipient=found.recipient_id)
    return _form(
        request,
        form,
        title="End an agreement",
        button="End it",
        recipient=found.recipient,
        note=f"{found.get_kind_display()} {found.reference}",
    )


def _uses() -> list[tuple[str, str]]:
    """Letters and titles of the notice in force; none where no notice is."""
    try:
        rules = rules_in_force(clock.now())
    except NoNoticeInForce:
        return []
    return [(rule.letter, rule.title) for rule in rules.values()]


def _recipient(pk: int) -> Recipient:
    return get_object_or_404(Recipient, pk=pk)


def _page(request: HttpRequest, recipient: Recipient) -> HttpResponse:
    today = portal_day(clock.now())
    agreements = [
        {
            "agreement": each,
            "in_force": in_force(
                starts_on=each.starts_on,
                ends_on=each.ends_on,
                ended=each.ended_at is not None,
                today=today,
            ),
            "to_come": each.ended_at is None and each.starts_on > today,
        }
        for each in recipient.agreements.select_related("added_by", "ended_by")
    ]
    context = {
        "recipient": recipient,
        "agreements": agreements,
        "verifications": recipient.verifications.select_related("verified_by"),
        "keeps": signed_in(request).has_role(Role.PRIVACY_OFFICER),
    }
    return render(request, "routine_uses/recipient_detail.html", context)


def _form(
    request: HttpRequest,
    form: Any,
    *,
    title: str,
    button: str,
    recipient: Recipient | None = None,
    note: str = "",
) -> HttpResponse:
    context = {
        "title": title,
        "form": form,
        "button": button,
        "recipient": recipient,
        "note": note,
    }
    status = 422 if form.is_bound else 200
    return render(request, "routine_uses/recipient_form.html", context, status=status)
