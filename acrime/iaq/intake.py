"""Messages: kept whole first, read second, settled by a person where they cannot be read."""

import hashlib
import logging
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import F

from accounts.actions import service_account
from accounts.models import User
from acrime.audit.actions import RequestFacts, record_event
from acrime.audit.choices import Channel, Outcome
from acrime.common.copying import copy_rows, insert_once
from acrime.common.eastern import portal_day
from acrime.common.errors import ActionRefused
from acrime.common.faults import described
from acrime.common.numbers import new_number
from acrime.common.sealed import lookup_digest
from acrime.iaq import events
from acrime.iaq.acknowledgement import IntakeOutcome, acknowledgement
from acrime.iaq.choices import MESSAGES_WAITING, MessageState
from acrime.iaq.layouts.ebts import ReplyRefused
from acrime.iaq.message import normal_form, parse_message
from acrime.iaq.models import InboundMessage, StatusQuery
from acrime.iaq.opening import encounters_of, place_of, query_of
from acrime.iaq.parsed import MessageRefused, ParsedMessage, RefusalCode
from acrime.iaq.programs.querysets import in_force
from acrime.records.actions import open_records
from acrime.records.choices import RecordKind

log = logging.getLogger(__name__)

# Up to this size a message is kept even though it is too large to be read.
KEPT_BYTES = 16 * 1024 * 1024

# Reading takes milliseconds: what is unread after this was left behind.
LEFT_BEHIND_AFTER = timedelta(minutes=2)


class MessageTooLargeToKeep(ActionRefused):
    """The message was not taken: the sender still has it and must act."""

    def __init__(self) -> None:
        super().__init__(
            f"The message is larger than {KEPT_BYTES} bytes and was not taken.",
            code="too-large-to-keep",
        )


@dataclass(frozen=True)
class Receipt:
    """What became of a message that came in.

    Attributes:
        outcome: accepted, repeated or refused.
        number: of the query, or of the kept message where it was refused.
        acknowledgement: the text for the sender.
        code, field: why and where, for a refused message.
        program: what the query is for now, or that nobody has decided it.
    """

    outcome: IntakeOutcome
    number: str
    acknowledgement: str
    code: str = ""
    field: str = ""
    program: str = ""


def receive_message(
    raw: bytes,
    *,
    actor: User,
    at: datetime,
    channel: Channel,
    corrects: InboundMessage | None = None,
    facts: RequestFacts | None = None,
) -> Receipt:
    """Keep a message and read it. The same message twice is one query.

    It is kept in a transaction of its own before it is read, so that whatever happens
    next nothing is lost.

    Raises:
        MessageTooLargeToKeep: it is beyond 16 MiB; nothing was stored.
    """
    if len(raw) > KEPT_BYTES:
        raise MessageTooLargeToKeep
    kept, first = _keep(raw, actor=actor, at=at, channel=channel, corrects=corrects, facts=facts)
    if not first and kept.state != MessageState.KEPT:
        return repeat_receipt(kept, at=at)
    return _read_or_set_aside(kept, actor=actor, at=at, channel=channel)


def message_switch(*, at: datetime) -> User:
    """The account under which messages come in that name no sender of their own."""
    return service_account(username="message-switch", full_name="Message switch", at=at)


def read_left_behind(*, at: datetime) -> int:
    """Read the messages that were kept by a process which ended before it read them.

    Returns how many there were. Their clocks run from when they came in.
    """
    left = InboundMessage.objects.filter(
        state=MessageState.KEPT, received_at__lt=at - LEFT_BEHIND_AFTER
    )
    waiting = list(left.select_related("received_by").defer("original").order_by("pk"))
    for kept in waiting:
        _read_or_set_aside(kept, actor=kept.received_by, at=at, channel=Channel.JOB)
    return len(waiting)


def _read_or_set_aside(
    kept: InboundMessage, *, actor: User, at: datetime, channel: Channel
) -> Receipt:
    try:
        return _read(kept, actor=actor, at=at, channel=channel)
    except Exception as error:  # noqa: BLE001
        # Nothing that a sender writes may stop intake: what we failed to read waits
        # for a person, under a code that says the fault is ours.
        log.error("a message could not be read: %s", described(error))
        return _set_aside(
            kept.pk,
            MessageRefused(RefusalCode.UNREADABLE, "", "The portal failed to read this message."),
            actor=actor,
            at=at,
            channel=channel,
        )


@transaction.atomic
def transcribe_message(
    *, original: InboundMessage, text: str, note: str, actor: User, at: datetime
) -> Receipt:
    """Enter what an unreadable message says, as a message of its own that corrects it.

    The same text is the same message: that one is read again.

    Raises:
        MessageRefused: the text cannot be read either, as said by the parser, with
            the field; nothing is kept of it.
        ActionRefused: the message is settled already, or the portal failed to enter the text.
    """
    kept = _waiting(original)
    raw = text.replace("\r\n", "\n").encode()
    parse_message(raw, received_on=portal_day(at))
    same = normal_form(raw) == normal_form(bytes(kept.original))
    if same:
        kept.state = MessageState.KEPT
        kept.refusal_code = kept.refusal_field = kept.refusal_text = ""
        kept.save(update_fields=["state", "refusal_code", "refusal_field", "refusal_text"])
    receipt = receive_message(raw, actor=actor, at=at, channel=Channel.PAGE, corrects=original)
    if receipt.outcome is IntakeOutcome.REFUSED:
        raise ActionRefused(
            "The portal failed to enter this text. The message still waits.", code="not-entered"
        )
    if not same:
        settle_message(
            original=original,
            note=f"{note.strip()} (entered as {receipt.number})".strip(),
            actor=actor,
            at=at,
        )
    return receipt


@transaction.atomic
def settle_message(*, original: InboundMessage, note: str, actor: User, at: datetime) -> None:
    """Take a message off the desk and say what was done about it.

    Raises:
        ActionRefused: it is settled already, or no note is given.
    """
    if not note.strip():
        raise ActionRefused("Say what was done about the message.", code="note-missing")
    kept = _waiting(original)
    kept.state = MessageState.SETTLED
    kept.settled_by = actor
    kept.settled_at = at
    kept.settled_note = note.strip()
    kept.save(update_fields=["state", "settled_by", "settled_at", "settled_note"])
    record_event(
        kind=events.MESSAGE_SETTLED,
        actor=actor,
        at=at,
        channel=Channel.PAGE,
        record_number=kept.number,
    )


def _waiting(original: InboundMessage) -> InboundMessage:
    """The message, locked, if it still waits for a person."""
    kept = InboundMessage.objects.select_for_update().get(pk=original.pk)
    if kept.state not in MESSAGES_WAITING:
        raise ActionRefused("This message does not wait for a person.", code="already-settled")
    return kept


def unread(raw: bytes, *, actor: User, at: datetime, channel: Channel) -> InboundMessage:
    """A message just come in, not yet stored."""
    return InboundMessage(
        number=new_number("MSG", at=at),
        original=raw,
        original_sha256=hashlib.sha256(raw).hexdigest(),
        size=len(raw),
        digest=digest_of(raw),
        channel=channel,
        received_by=actor,
        received_at=at,
    )


def digest_of(raw: bytes) -> bytes:
    """The keyed hash by which a repeat is recognised: of the message in its normal form."""
    return lookup_digest("iaq-message", hashlib.sha256(normal_form(raw)).hexdigest())


@transaction.atomic
def _keep(
    raw: bytes,
    *,
    actor: User,
    at: datetime,
    channel: Channel,
    corrects: InboundMessage | None,
    facts: RequestFacts | None,
) -> tuple[InboundMessage, bool]:
    """Store the bytes; False where the same message was kept before."""
    message = unread(raw, actor=actor, at=at, channel=channel)
    message.corrects = corrects
    # The unique digest lets one of two that come at once in; the other waits and finds it.
    first = insert_once(message, unique="digest")
    kept = message
    if not first:
        kept = InboundMessage.objects.get(digest=message.digest)
        InboundMessage.objects.filter(pk=kept.pk).update(times_received=F("times_received") + 1)
    record_event(
        kind=events.MESSAGE_RECEIVED,
        actor=actor,
        at=at,
        channel=channel,
        record_number=kept.number,
        details={"size": len(raw), "repeated": not first},
        facts=facts,
    )
    return kept, first


@transaction.atomic
def _read(kept: InboundMessage, *, actor: User, at: datetime, channel: Channel) -> Receipt:
    row = InboundMessage.objects.filter(pk=kept.pk)
    if row.select_for_update().values_list("state", flat=True).get() != MessageState.KEPT:
        return repeat_receipt(row.get(), at=at)
    try:
        parsed = parse_message(bytes(kept.original), received_on=portal_day(at))
    except ReplyRefused as reply:
        return _set_aside(kept.pk, _reply_told(reply), actor=actor, at=at, channel=channel)
    except MessageRefused as refusal:
        return _set_aside(kept.pk, refusal, actor=actor, at=at, channel=channel)

    query = _open_query(kept, parsed, actor=actor, at=at, channel=channel)
    kept.state = MessageState.ACCEPTED
    kept.acknowledgement = accepted_text(query.record.number, sender_ori=parsed.ori, at=at)
    row.update(state=kept.state, acknowledgement=kept.acknowledgement)
    return first_receipt(kept, query)


def accepted_text(number: str, *, sender_ori: str, at: datetime) -> str:
    """What the sender of a message is told that became the query *number*."""
    return acknowledgement(
        outcome=IntakeOutcome.ACCEPTED, number=number, received_at=at, sender_ori=sender_ori
    )


def first_receipt(kept: InboundMessage, query: StatusQuery | None) -> Receipt:
    """What became of a message that was not here before; without a query it was refused."""
    if query is None:
        return _refused(kept)
    return Receipt(
        IntakeOutcome.ACCEPTED, query.record.number, kept.acknowledgement, program=query.program
    )


def _reply_told(reply: ReplyRefused) -> MessageRefused:
    """A reply, or that it answers nothing that came in here."""
    if StatusQuery.objects.filter(transaction_number__in=reply.controls).exists():
        return reply
    return MessageRefused(
        RefusalCode.REPLY_WITHOUT_QUERY,
        reply.field,
        f"{reply.explanation} Its control numbers are those of no query here.",
    )


def set_refused(kept: InboundMessage, refusal: MessageRefused, *, at: datetime) -> None:
    """Say on *kept* that it is refused and why; it is not stored by this."""
    kept.state = MessageState.REFUSED
    kept.refusal_code = refusal.code
    kept.refusal_field = refusal.field
    kept.refusal_text = refusal.explanation
    kept.acknowledgement = acknowledgement(
        outcome=IntakeOutcome.REFUSED, number=kept.number, received_at=at, refusal=refusal
    )


@transaction.atomic
def _set_aside(
    pk: int, refusal: MessageRefused, *, actor: User, at: datetime, channel: Channel
) -> Receipt:
    kept = InboundMessage.objects.select_for_update().get(pk=pk)
    set_refused(kept, refusal, at=at)
    kept.save(
        update_fields=[
            "state",
            "refusal_code",
            "refusal_field",
            "refusal_text",
            "acknowledgement",
        ]
    )
    record_event(
        kind=events.MESSAGE_REFUSED,
        actor=actor,
        at=at,
        channel=channel,
        outcome=Outcome.REFUSED,
        record_number=kept.number,
        details={"code": refusal.code, "field": refusal.field},
    )
    return _refused(kept)


def _open_query(
    kept: InboundMessage,
    parsed: ParsedMessage,
    *,
    actor: User,
    at: datetime,
    channel: Channel,
) -> StatusQuery:
    place = place_of(parsed, in_force())
    (record,) = open_records(
        kind=RecordKind.QUERY,
        places=[(place.category, place.schedule_code)],
        owner=actor,
        creator=actor,
        at=at,
        channel=channel,
    )
    query = query_of(parsed, place, record=record, message=kept)
    copy_rows([query])
    copy_rows(encounters_of(parsed, query))
    return query


def repeat_receipt(kept: InboundMessage, *, at: datetime) -> Receipt:
    """What the sender of a message is told that was here before."""
    query = StatusQuery.objects.select_related("record").filter(message=kept).first()
    if query is None:
        return _refused(kept)
    text = acknowledgement(
        outcome=IntakeOutcome.REPEATED,
        number=query.record.number,
        received_at=at,
        sender_ori=query.ori,
    )
    return Receipt(IntakeOutcome.REPEATED, query.record.number, text, program=query.program)


def _refused(kept: InboundMessage) -> Receipt:
    return Receipt(
        IntakeOutcome.REFUSED,
        kept.number,
        kept.acknowledgement,
        kept.refusal_code,
        kept.refusal_field,
    )
