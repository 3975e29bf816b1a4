"""Messages: kept whole first, read second, settled by a person where they cannot be read."""

import hashlib
import json
import logging
from dataclasses import dataclass
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from django.db import transaction
from django.db.models import F

from accounts.models import User
from acrime.audit.actions import RequestFacts, record_event
from acrime.audit.choices import Channel, Outcome
from acrime.common.errors import ActionRefused
from acrime.common.faults import described
from acrime.common.numbers import new_number
from acrime.common.sealed import lookup_digest
from acrime.iaq import events
from acrime.iaq.acknowledgement import IntakeOutcome, acknowledgement
from acrime.iaq.choices import MESSAGES_WAITING, MessageState
from acrime.iaq.clocks.targets import due_for
from acrime.iaq.message import is_fingerprint_based, normal_form, parse_message
from acrime.iaq.models import Encounter, InboundMessage, StatusQuery
from acrime.iaq.parsed import MessageRefused, ParsedMessage, RefusalCode
from acrime.iaq.policy import PROGRAM_RULES, program_of
from acrime.iaq.worklist.levels import placing
from acrime.records.actions import open_record
from acrime.records.choices import RecordKind

log = logging.getLogger(__name__)

# Up to this size a message is kept even though it is too large to be read.
KEPT_BYTES = 16 * 1024 * 1024
EASTERN = ZoneInfo("America/New_York")

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
    """

    outcome: IntakeOutcome
    number: str
    acknowledgement: str
    code: str = ""
    field: str = ""


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
        return _receipt_of_repeat(kept, at=at)
    return _read_or_set_aside(kept.pk, actor=actor, at=at, channel=channel)


def read_left_behind(*, at: datetime) -> int:
    """Read the messages that were kept by a process which ended before it read them.

    Returns how many there were. Their clocks run from when they came in.
    """
    left = InboundMessage.objects.filter(
        state=MessageState.KEPT, received_at__lt=at - LEFT_BEHIND_AFTER
    )
    waiting = list(left.select_related("received_by").defer("original").order_by("pk"))
    for kept in waiting:
        _read_or_set_aside(kept.pk, actor=kept.received_by, at=at, channel=Channel.JOB)
    return len(waiting)


def _read_or_set_aside(pk: int, *, actor: User, at: datetime, channel: Channel) -> Receipt:
    try:
        return _read(pk, actor=actor, at=at, channel=channel)
    except Exception as error:  # noqa: BLE001
        # Nothing that a sender writes may stop intake: what we failed to read waits
        # for a person, under a code that says the fault is ours.
        log.error("a message could not be read: %s", described(error))
        return _set_aside(
            pk,
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
    parse_message(raw, received_on=at.astimezone(EASTERN).date())
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
    digest = lookup_digest("iaq-message", hashlib.sha256(normal_form(raw)).hexdigest())
    number = new_number("MSG", at=at)
    # The unique digest lets one of two that come at once in; the other waits and finds it.
    InboundMessage.objects.bulk_create(
        [
            InboundMessage(
                number=number,
                original=raw,
                original_sha256=hashlib.sha256(raw).hexdigest(),
                size=len(raw),
                digest=digest,
                channel=channel,
                received_by=actor,
                received_at=at,
                corrects=corrects,
            )
        ],
        ignore_conflicts=True,
    )
    kept = InboundMessage.objects.get(digest=digest)
    first = kept.number == number
    if not first:
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
def _read(pk: int, *, actor: User, at: datetime, channel: Channel) -> Receipt:
    kept = InboundMessage.objects.select_for_update().get(pk=pk)
    if kept.state != MessageState.KEPT:
        return _receipt_of_repeat(kept, at=at)
    raw = bytes(kept.original)
    try:
        parsed = parse_message(raw, received_on=at.astimezone(EASTERN).date())
    except MessageRefused as refusal:
        return _set_aside(pk, refusal, actor=actor, at=at, channel=channel)

    query = _open_query(kept, parsed, actor=actor, at=at, channel=channel)
    kept.state = MessageState.ACCEPTED
    kept.acknowledgement = acknowledgement(
        outcome=IntakeOutcome.ACCEPTED,
        number=query.record.number,
        received_at=at,
        sender_ori=parsed.ori,
    )
    kept.save(update_fields=["state", "acknowledgement"])
    return Receipt(IntakeOutcome.ACCEPTED, query.record.number, kept.acknowledgement)


@transaction.atomic
def _set_aside(
    pk: int, refusal: MessageRefused, *, actor: User, at: datetime, channel: Channel
) -> Receipt:
    kept = InboundMessage.objects.select_for_update().get(pk=pk)
    kept.state = MessageState.REFUSED
    kept.refusal_code = refusal.code
    kept.refusal_field = refusal.field
    kept.refusal_text = refusal.explanation
    kept.acknowledgement = acknowledgement(
        outcome=IntakeOutcome.REFUSED, number=kept.number, received_at=at, refusal=refusal
    )
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
    program = program_of(purpose=parsed.pur, remarks=parsed.rem)
    rule = PROGRAM_RULES[program]
    # The clock runs from when the sender's own message came in, not from when we read it.
    arrived = (kept.corrects or kept).received_at
    record = open_record(
        kind=RecordKind.QUERY,
        category=rule.category,
        schedule_code=rule.schedule_code,
        owner=actor,
        creator=actor,
        at=at,
        channel=channel,
    )
    query = StatusQuery.objects.create(
        record=record,
        message=kept,
        program=program,
        fingerprint_based=is_fingerprint_based(parsed),
        received_at=arrived,
        due_at=due_for(program=program, no_match=False, received_at=arrived),
        fields=json.dumps(dict(parsed.fields)),
        notes=[
            {"field": note.field, "code": note.code.value, "text": note.explanation}
            for note in parsed.notes
        ],
        ori=parsed.ori,
        attention=parsed.atn,
        arresting_ori=parsed.arresting_ori or "",
        phone=parsed.phn or "",
        last=parsed.name.last if parsed.name else "",
        first=parsed.name.first if parsed.name else "",
        middle=parsed.name.middle if parsed.name else "",
        birth_date=parsed.dob,
        sex=parsed.sex or "",
        birth_place=parsed.pob or "",
        in_custody=parsed.cus,
        offense=parsed.off or "",
        **placing(offense=parsed.off or "", in_custody=parsed.cus),
        purpose=parsed.pur,
        fbi_number=parsed.fbi,
        a_number=parsed.arn,
        ssn=parsed.soc,
        license_number=parsed.oln,
        state_ids=" ".join(parsed.sid) or None,
        remarks=parsed.rem or None,
        transaction_number=parsed.tcn or "",
    )
    Encounter.objects.bulk_create(
        Encounter(
            query=query,
            position=position,
            encounter_id=each.eid or "",
            last=each.last,
            first=each.first,
            middle=each.middle,
            birth_date=each.dob,
            birth_place=each.pob,
            sex=each.sex or "",
        )
        for position, each in enumerate(parsed.encounters, start=1)
    )
    return query


def _receipt_of_repeat(kept: InboundMessage, *, at: datetime) -> Receipt:
    query = StatusQuery.objects.select_related("record").filter(message=kept).first()
    if query is None:
        return _refused(kept)
    text = acknowledgement(
        outcome=IntakeOutcome.REPEATED,
        number=query.record.number,
        received_at=at,
        sender_ori=query.ori,
    )
    return Receipt(IntakeOutcome.REPEATED, query.record.number, text)


def _refused(kept: InboundMessage) -> Receipt:
    return Receipt(
        IntakeOutcome.REFUSED,
        kept.number,
        kept.acknowledgement,
        kept.refusal_code,
        kept.refusal_field,
    )
