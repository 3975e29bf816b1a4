"""Pages of the desk of delivery."""

import json
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from accounts.guards import may_open, signed_in
from acrime.audit.actions import record_event, request_facts
from acrime.audit.choices import Channel
from acrime.common import clock
from acrime.common.numbers import tidied
from acrime.common.pages import tried
from acrime.iaq.presentation import message_text
from acrime.iar import events
from acrime.iar.choices import DeliveryState, ReplySort, ReplyState
from acrime.iar.delivering.actions import deliver_otherwise, give_up
from acrime.iar.desk import forms
from acrime.iar.desk.querysets import (
    copies_tried_again,
    failed_copies,
    shown,
    unconfirmed_copies,
)
from acrime.iar.models import Delivery
from acrime.iar.replies.actions import match_by_hand, receive_reply, settle_reply
from acrime.iar.replies.models import InboundReply
from acrime.iar.replies.querysets import readable_replies, waiting_replies
from acrime.records.choices import RecordKind
from acrime.records.pages import not_there, record_for, see_record, see_rows

MOST_ROWS = 100
"""Most rows of each list; the oldest come first, and settling them brings the others up."""


@require_GET
def desk(request: HttpRequest) -> HttpResponse:
    """Copies that did not arrive and replies that match nothing, each list oldest first."""
    return _desk_page(request)


@require_POST
def reply_add(request: HttpRequest) -> HttpResponse:
    """Take in what came back, pasted or as a file."""
    form = forms.ReplyForm(request.POST, request.FILES)
    taken: list[InboundReply] = []
    if form.is_valid() and tried(
        form,
        lambda: taken.append(
            receive_reply(
                form.content(), actor=signed_in(request), at=clock.now(), channel=Channel.PAGE
            )
        ),
        request=request,
    ):
        return redirect("iar:reply", reply=taken[0].number)
    return _desk_page(request, reply_form=form)


@require_GET
def reply_detail(request: HttpRequest, reply: str) -> HttpResponse:
    """What came back, what it was matched with, and in what both differ."""
    return _reply_page(request, _reply(request, reply))


@require_POST
def reply_match(request: HttpRequest, reply: str) -> HttpResponse:
    """Say which response a waiting reply belongs to."""
    found = _reply(request, reply)
    form = forms.MatchForm(request.POST, prefix="match")
    if form.is_valid() and tried(
        form,
        lambda: match_by_hand(
            reply=found,
            number=tidied(form.cleaned_data["number"]),
            actor=signed_in(request),
            at=clock.now(),
        ),
        request=request,
        place={"not-found": "number"},
    ):
        messages.success(request, "The reply is matched.")
        return redirect("iar:reply", reply=found.number)
    return _reply_page(request, found, match_form=form)


@require_POST
def reply_settle(request: HttpRequest, reply: str) -> HttpResponse:
    """Take a waiting reply off the desk with a note."""
    found = _reply(request, reply)
    form = forms.SettleForm(request.POST, prefix="settle")
    if form.is_valid() and tried(
        form,
        lambda: settle_reply(
            reply=found,
            note=form.cleaned_data["note"],
            actor=signed_in(request),
            at=clock.now(),
        ),
        request=request,
    ):
        messages.success(request, "The reply is settled.")
        return redirect("iar:desk")
    return _reply_page(request, found, settle_form=form)


@require_http_methods(["GET", "POST"])
def close_copy(request: HttpRequest, number: str, destination: str) -> HttpResponse:
    """Give a failed copy up, or say how it was delivered otherwise."""
    user, at = signed_in(request), clock.now()
    record = record_for(request, number, RecordKind.RESPONSE, at=at)
    copies = Delivery.objects.filter(response__record=record).select_related("response__query")
    copy = next((each for each in copies if each.destination == destination), None)
    if copy is None:
        not_there(request, number, at=at)
    form = forms.CloseForm(request.POST or None, failed=copy.state == DeliveryState.FAILED)
    if form.is_valid():
        words = form.cleaned_data["words"]

        def act() -> None:
            if form.cleaned_data["act"] == forms.GIVE_UP:
                give_up(delivery=copy, reason=words, actor=user, at=at)
            else:
                deliver_otherwise(delivery=copy, proof=words, actor=user, at=at)

        if tried(form, act, request=request):
            messages.success(request, "It is written down.")
            return redirect("iar:detail", number=record.number)
    see_record(request, number, RecordKind.RESPONSE, at=at)
    context = {"copy": shown([copy])[0], "number": record.number, "form": form}
    return render(request, "iar/close_copy.html", context, status=422 if form.is_bound else 200)


def _desk_page(request: HttpRequest, *, reply_form: forms.ReplyForm | None = None) -> HttpResponse:
    user, at = signed_in(request), clock.now()
    lists = {
        "failed": shown(failed_copies(user)[:MOST_ROWS]),
        "unconfirmed": shown(unconfirmed_copies(user, at=at)[:MOST_ROWS]),
        "again": shown(copies_tried_again(user)[:MOST_ROWS]),
    }
    responses = {row.copy.response_id: row.copy.response for rows in lists.values() for row in rows}
    see_rows(request, list(responses.values()), at=at, criteria={"List": "Desk of delivery"})
    context: dict[str, Any] = lists | {
        "replies": waiting_replies(user)[:MOST_ROWS],
        "works": may_open(user, "iar:reply-add", "POST"),
        "reply_form": reply_form or forms.ReplyForm(),
        "at": at,
    }
    return render(request, "iar/desk.html", context, status=422 if reply_form else 200)


def _reply_page(
    request: HttpRequest,
    reply: InboundReply,
    *,
    match_form: forms.MatchForm | None = None,
    settle_form: forms.SettleForm | None = None,
) -> HttpResponse:
    """The page of a reply, a look each time: it repeats what is told of a person."""
    at = clock.now()
    record_event(
        kind=events.REPLY_VIEWED,
        actor=signed_in(request),
        at=at,
        channel=Channel.PAGE,
        record_number=reply.number,
        facts=request_facts(request),
    )
    if reply.response:
        see_record(request, reply.response.record.number, RecordKind.RESPONSE, at=at)
    text, cut = message_text(bytes(reply.original))
    works = may_open(signed_in(request), "iar:reply-settle", "POST")
    waits = reply.state == ReplyState.WAITING
    failed = match_form is not None or settle_form is not None
    context = {
        "reply": reply,
        "text": text,
        "cut": cut,
        "comparison": json.loads(str(reply.differences)) if reply.differences else None,
        "waits": waits,
        "match_form": (match_form or forms.MatchForm(prefix="match"))
        if waits and works and reply.sort != ReplySort.UNREADABLE
        else None,
        "settle_form": (settle_form or forms.SettleForm(prefix="settle"))
        if waits and works
        else None,
    }
    return render(request, "iar/reply.html", context, status=422 if failed else 200)


def _reply(request: HttpRequest, number: str) -> InboundReply:
    found = (
        readable_replies(signed_in(request))
        .select_related("response__record", "response__query", "received_by", "settled_by")
        .filter(number=tidied(number))
        .first()
    )
    if found is None:
        not_there(request, number, at=clock.now())
    return found
