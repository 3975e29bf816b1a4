"""The verbs of what comes back: keep it, match it, compare it, settle it."""

import hashlib
import json
from collections.abc import Sequence
from datetime import datetime

from django.db import transaction
from django.db.models import Q

from accounts.models import User
from acrime.audit.actions import record_event
from acrime.audit.choices import Channel
from acrime.common.errors import ActionRefused
from acrime.common.numbers import new_number
from acrime.common.sealed import lookup_digest
from acrime.iaq.querysets import DESK_ROLES
from acrime.iar import events
from acrime.iar.choices import Destination, ReplySort, ReplyState
from acrime.iar.delivering.actions import acknowledge
from acrime.iar.models import Delivery, StatusResponse
from acrime.iar.replies.comparing import compare
from acrime.iar.replies.models import InboundReply
from acrime.iar.replies.reading import ReadReply, read_reply

KEPT_BYTES = 16 * 1024 * 1024
"""Largest reply that is kept; a larger one is not taken."""

AMBIGUOUS = "It fits several answers; a person must say which."


@transaction.atomic
def receive_reply(
    raw: bytes, *, at: datetime, channel: Channel, actor: User | None = None
) -> InboundReply:
    """Keep what came back whole, and match it with what was sent.

    An acknowledgement confirms its copy. A response as the receiver has it is compared with the
    one that left. What matches nothing waits on the desk. The same bytes again are the same
    reply.

    Raises:
        ActionRefused: it is larger than is kept.
    """
    if len(raw) > KEPT_BYTES:
        raise ActionRefused("This is larger than is taken in.", code="too-large-to-keep")
    digest = lookup_digest("iar-reply", hashlib.sha256(raw).hexdigest())
    read = read_reply(raw)
    reply, is_new = InboundReply.objects.get_or_create(
        digest=digest,
        defaults={
            "number": new_number("RPL", at=at),
            "original": raw,
            "original_sha256": hashlib.sha256(raw).hexdigest(),
            "size": len(raw),
            "channel": channel,
            "received_by": actor,
            "received_at": at,
            "sort": read.sort,
            "state": ReplyState.WAITING,
            "reference": read.reference,
            "problem": read.problem,
        },
    )
    if not is_new:
        reply = InboundReply.objects.select_for_update().get(pk=reply.pk)
        reply.times_received += 1
        reply.save(update_fields=["times_received"])
        return reply
    _event(events.REPLY_RECEIVED, reply, actor=actor, at=at, channel=channel)
    if read.sort != ReplySort.UNREADABLE:
        found = matches(read)
        if len(found) == 1:
            _match(reply, read, found[0], actor=actor, at=at, channel=channel)
        elif found:
            reply.problem = AMBIGUOUS
            reply.save(update_fields=["problem"])
    return reply


@transaction.atomic
def match_by_hand(*, reply: InboundReply, number: str, actor: User, at: datetime) -> None:
    """Say which response a waiting reply belongs to.

    Raises:
        ActionRefused: it does not wait, cannot be read, *actor* sees no such response, or does
            not work at the desk.
    """
    locked = _waiting(reply, actor)
    read = read_reply(bytes(locked.original))
    response = (
        StatusResponse.objects.visible_to(actor)
        .select_related("record")
        .filter(record__number=number)
        .first()
    )
    if response is None:
        raise ActionRefused("There is no response with this number.", code="not-found")
    if read.sort == ReplySort.UNREADABLE:
        raise ActionRefused(
            "It cannot be read. Settle it with a note that names the response.", code="unreadable"
        )
    _match(locked, read, response, actor=actor, at=at, channel=Channel.PAGE)


@transaction.atomic
def settle_reply(*, reply: InboundReply, note: str, actor: User, at: datetime) -> None:
    """Take a waiting reply off the desk with a note. It stays kept whole.

    Raises:
        ActionRefused: it does not wait, there is no note, or *actor* does not work at the desk.
    """
    locked = _waiting(reply, actor)
    if not note.strip():
        raise ActionRefused("Say what was done about it.", code="note-missing")
    locked.state = ReplyState.SETTLED
    locked.settled_by, locked.settled_at, locked.settled_note = actor, at, note.strip()
    locked.save(update_fields=["state", "settled_by", "settled_at", "settled_note"])
    _event(events.REPLY_SETTLED, locked, actor=actor, at=at, channel=Channel.PAGE)


def matches(read: ReadReply) -> list[StatusResponse]:
    """The responses that *read* may belong to: those of its surest reference that fits any.

    Where an answer was amended, an echo belongs to the one whose text it is nearest to.
    """
    for reference in read.references:
        found = list(
            StatusResponse.objects.filter(
                Q(deliveries__key=reference)
                | Q(record__number=reference)
                | Q(query__record__number=reference)
                | Q(query__transaction_number=reference)
            )
            .select_related("record", "query__record")
            .order_by("pk")
            .distinct()
        )
        if found and len({each.query_id for each in found}) == 1:
            return [_nearest(found, read)]
        if found:
            return found
    return []


def _nearest(found: Sequence[StatusResponse], read: ReadReply) -> StatusResponse:
    if read.sort != ReplySort.ECHO or len(found) == 1:
        return found[-1]
    return min(
        reversed(found), key=lambda each: len(compare(sent=str(each.text), came=read.text).fields)
    )


def _match(
    reply: InboundReply,
    read: ReadReply,
    response: StatusResponse,
    *,
    actor: User | None,
    at: datetime,
    channel: Channel,
) -> None:
    delivery = _copy(response, read)
    if read.sort == ReplySort.ACKNOWLEDGEMENT and delivery is None:
        reply.problem = "The response has no copy that went out."
        reply.save(update_fields=["problem"])
        return
    reply.state, reply.response, reply.delivery, reply.problem = (
        ReplyState.MATCHED,
        response,
        delivery,
        "",
    )
    if read.sort == ReplySort.ECHO:
        comparison = compare(sent=str(response.text), came=read.text)
        reply.same = comparison.same_facts
        reply.differences = json.dumps(comparison.as_data())
    reply.save(update_fields=["state", "response", "delivery", "problem", "same", "differences"])
    record_event(
        kind=events.REPLY_MATCHED,
        actor=actor,
        at=at,
        channel=channel,
        record_id=response.pk,
        record_number=response.record.number,
        details={"reply": reply.number, "sort": reply.sort, "same": reply.same},
    )
    if read.sort == ReplySort.ACKNOWLEDGEMENT and delivery:
        acknowledge(
            delivery=delivery,
            reply=reply,
            receipt=read.receipt,
            at=at,
            channel=channel,
            actor=actor,
        )


def _copy(response: StatusResponse, read: ReadReply) -> Delivery | None:
    """The copy that is meant: the one named by its key, else the one that left the agency."""
    copies = list(response.deliveries.select_related("response__record").order_by("pk"))
    named = [each for each in copies if each.key in read.references]
    gone = [each for each in copies if each.destination == Destination.REQUESTER]
    return next(iter((*named, *gone, *copies)), None)


def _waiting(reply: InboundReply, actor: User) -> InboundReply:
    if not actor.has_role(*DESK_ROLES):
        raise ActionRefused("Your role does not work at the desk.", code="not-a-worker")
    locked = InboundReply.objects.select_for_update().get(pk=reply.pk)
    if locked.state != ReplyState.WAITING:
        raise ActionRefused("It does not wait for a person.", code="wrong-state")
    return locked


def _event(
    kind: str, reply: InboundReply, *, actor: User | None, at: datetime, channel: Channel
) -> None:
    record_event(
        kind=kind,
        actor=actor,
        at=at,
        channel=channel,
        record_number=reply.number,
        details={"sort": reply.sort},
    )
