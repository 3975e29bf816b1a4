"""Pages of the message desk: what could not be read, and what a person does about it."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_POST

from accounts.guards import signed_in
from acrime.audit.actions import record_event, request_facts
from acrime.audit.choices import Channel
from acrime.common import clock
from acrime.common.errors import NotThere
from acrime.common.numbers import tidied
from acrime.common.pages import page_of, tried
from acrime.iaq import actions, events, forms, intake
from acrime.iaq.choices import MESSAGES_WAITING
from acrime.iaq.models import InboundMessage
from acrime.iaq.querysets import desk_message, desk_messages

SHOWN_CHARACTERS = 20_000


@require_GET
def desk(request: HttpRequest) -> HttpResponse:
    """Messages that could not be read and wait for a person."""
    page = page_of(desk_messages(signed_in(request)), request)
    return render(request, "iaq/desk.html", {"page": page, "at": clock.now()})


@require_GET
def message_detail(request: HttpRequest, number: str) -> HttpResponse:
    """A message as it came, why it could not be read, and what to do about it."""
    user = signed_in(request)
    kept = _message(request, number)
    record_event(
        kind=events.MESSAGE_VIEWED,
        actor=user,
        at=clock.now(),
        channel=Channel.PAGE,
        record_number=kept.number,
        facts=request_facts(request),
    )
    return _message_page(request, kept)


@require_POST
def message_settle(request: HttpRequest, number: str) -> HttpResponse:
    """Take a message off the desk with a note."""
    kept = _message(request, number)
    form = forms.SettleForm(request.POST, prefix="settle")
    if form.is_valid() and tried(
        form,
        lambda: intake.settle_message(
            original=kept,
            note=form.cleaned_data["note"],
            actor=signed_in(request),
            at=clock.now(),
        ),
    ):
        messages.success(request, f"Message {kept.number} is settled.")
        return redirect("iaq:desk")
    return _message_page(request, kept, settle_form=form)


@require_POST
def message_transcribe(request: HttpRequest, number: str) -> HttpResponse:
    """Enter what an unreadable message says."""
    kept = _message(request, number)
    form = forms.TranscribeForm(request.POST, prefix="type")
    receipts: list[intake.Receipt] = []
    if form.is_valid() and tried(
        form,
        lambda: receipts.append(
            intake.transcribe_message(
                original=kept,
                text=form.cleaned_data["text"],
                note=form.cleaned_data["note"],
                actor=signed_in(request),
                at=clock.now(),
            )
        ),
    ):
        messages.success(request, f"The query is entered as {receipts[0].number}.")
        return redirect("iaq:detail", number=receipts[0].number)
    return _message_page(request, kept, transcribe_form=form)


def _message_page(
    request: HttpRequest,
    kept: InboundMessage,
    *,
    settle_form: forms.SettleForm | None = None,
    transcribe_form: forms.TranscribeForm | None = None,
) -> HttpResponse:
    text = bytes(kept.original).decode("utf-8", errors="backslashreplace")
    shown = text[:SHOWN_CHARACTERS]
    readable = "".join(
        char if char in "\r\n\t" or char.isprintable() else f"\\x{ord(char):02x}" for char in shown
    )
    failed = settle_form is not None or transcribe_form is not None
    context = {
        "kept": kept,
        "text": readable,
        "cut": len(text) > len(shown),
        "waits": kept.state in MESSAGES_WAITING,
        "works": signed_in(request).has_role(*actions.WORKERS),
        "settle_form": settle_form or forms.SettleForm(prefix="settle"),
        "transcribe_form": transcribe_form
        or forms.TranscribeForm(prefix="type", initial={"text": readable}),
    }
    return render(request, "iaq/message_detail.html", context, status=422 if failed else 200)


def _message(request: HttpRequest, number: str) -> InboundMessage:
    found = desk_message(signed_in(request), tidied(number))
    if found is None:
        raise NotThere
    return found
