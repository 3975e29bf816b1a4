"""Pages of the message desk: what could not be read, and what a person does about it."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_POST

from accounts.guards import signed_in
from acrime.audit.actions import record_event, request_facts
from acrime.audit.choices import Channel
from acrime.common import clock
from acrime.common.numbers import tidied
from acrime.common.pages import page_of, tried
from acrime.iaq import actions, events, forms, intake
from acrime.iaq.choices import MESSAGES_WAITING
from acrime.iaq.layouts.shown import SHOWN_CHARACTERS, printable, shown
from acrime.iaq.message import query_text
from acrime.iaq.models import InboundMessage
from acrime.iaq.parsed import MessageRefused
from acrime.iaq.querysets import answered_queries, desk_message, desk_messages
from acrime.iaq.volume.policy import SAID, pressure
from acrime.iaq.volume.querysets import waiting
from acrime.records.pages import not_there, see_rows


@require_GET
def desk(request: HttpRequest) -> HttpResponse:
    """Messages that could not be read and wait for a person."""
    at = clock.now()
    page = page_of(desk_messages(signed_in(request)), request)
    held = waiting()
    now = pressure(held, at=at)
    return render(
        request,
        "iaq/desk.html",
        {"page": page, "at": at, "waiting": held, "pressure": now, "said": SAID[now]},
    )


@require_GET
def message_detail(request: HttpRequest, number: str) -> HttpResponse:
    """A message as it came, why it could not be read, and what to do about it."""
    return _message_page(request, _message(request, number))


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
        request=request,
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
        request=request,
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
    """The page of a message, a look each time: also when a form on it could not be used."""
    record_event(
        kind=events.MESSAGE_VIEWED,
        actor=signed_in(request),
        at=clock.now(),
        channel=Channel.PAGE,
        record_number=kept.number,
        facts=request_facts(request),
    )
    original = bytes(kept.original)
    what = shown(original)
    answers = answered_queries(signed_in(request), original)
    if answers:
        see_rows(request, answers, at=clock.now(), criteria={"Reply": kept.number})
    failed = settle_form is not None or transcribe_form is not None
    context = {
        "kept": kept,
        "what": what,
        "answers": answers,
        "waits": kept.state in MESSAGES_WAITING,
        "works": signed_in(request).has_role(*actions.WORKERS),
        "settle_form": settle_form or forms.SettleForm(prefix="settle"),
        "transcribe_form": transcribe_form
        or forms.TranscribeForm(
            prefix="type", initial={"text": _query_to_type(original, what.text)}
        ),
    }
    return render(request, "iaq/message_detail.html", context, status=422 if failed else 200)


def _query_to_type(original: bytes, text: str) -> str:
    """What a person begins with: the query in the text layout where the message has one."""
    try:
        return printable(query_text(original))[:SHOWN_CHARACTERS]
    except MessageRefused:
        return text


def _message(request: HttpRequest, number: str) -> InboundMessage:
    found = desk_message(signed_in(request), tidied(number))
    if found is None:
        not_there(request, number, at=clock.now())
    return found
