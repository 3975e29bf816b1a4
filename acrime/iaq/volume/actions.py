"""Taking messages in together. The answer to each is what it would have been alone."""

import logging
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.db.models import F

from accounts.models import User
from acrime.audit.actions import RequestFacts, Said, record_events
from acrime.audit.choices import Channel, Outcome
from acrime.common.copying import copy_rows
from acrime.common.eastern import portal_day
from acrime.common.faults import described
from acrime.iaq import events
from acrime.iaq.choices import MessageState
from acrime.iaq.intake import (
    KEPT_BYTES,
    MessageTooLargeToKeep,
    Receipt,
    accepted_text,
    first_receipt,
    receive_message,
    repeat_receipt,
    set_refused,
    unread,
)
from acrime.iaq.layouts.ebts import ReplyRefused
from acrime.iaq.message import parse_message
from acrime.iaq.models import InboundMessage, StatusQuery
from acrime.iaq.opening import encounters_of, place_of, query_of
from acrime.iaq.parsed import MessageRefused, ParsedMessage
from acrime.iaq.programs.querysets import in_force
from acrime.iaq.volume.models import IntakeFolder
from acrime.records.actions import open_records
from acrime.records.choices import RecordKind

log = logging.getLogger(__name__)

MOST_TOGETHER = 500
"""Messages of one transaction. More gain nothing and hold others up longer."""


class _NotTogether(Exception):
    """One of the messages waits to be read: it is read alone, and those with it."""


@dataclass(frozen=True)
class _Came:
    """A message that can be taken in with others: what it says, or why it is refused."""

    raw: bytes
    says: ParsedMessage | MessageRefused


def receive_messages(
    raws: Sequence[bytes],
    *,
    actor: User,
    at: datetime,
    channel: Channel,
    facts: RequestFacts | None = None,
) -> list[Receipt]:
    """Keep and read messages in the order given; what became of each, in that order.

    Those of one transaction are all stored, or none is and the caller still has them. Where that
    fails they are received one by one, so that no message can keep others out.

    Raises:
        MessageTooLargeToKeep: one is beyond 16 MiB; nothing was stored.
    """
    if any(len(raw) > KEPT_BYTES for raw in raws):
        raise MessageTooLargeToKeep

    def alone(raw: bytes) -> Receipt:
        return receive_message(raw, actor=actor, at=at, channel=channel, facts=facts)

    receipts: list[Receipt] = []
    for part in _parts(raws, at=at):
        if isinstance(part, bytes):
            receipts.append(alone(part))
            continue
        try:
            receipts += _together(part, actor=actor, at=at, channel=channel, facts=facts)
        except Exception as error:  # noqa: BLE001
            if not isinstance(error, _NotTogether):
                log.warning("messages are received one by one: %s", described(error))
            receipts += [alone(each.raw) for each in part]
    return receipts


def _parts(raws: Sequence[bytes], *, at: datetime) -> Iterator[list[_Came] | bytes]:
    """*raws* in their order: those for one transaction each, and one by itself."""
    together: list[_Came] = []
    for raw in raws:
        says = _says(raw, at=at)
        if together and (says is None or len(together) == MOST_TOGETHER):
            yield together
            together = []
        if says is None:
            yield raw
        else:
            together.append(_Came(raw, says))
    if together:
        yield together


def _says(raw: bytes, *, at: datetime) -> ParsedMessage | MessageRefused | None:
    """What a message says or why it is refused; None where it has to be read alone."""
    try:
        return parse_message(raw, received_on=portal_day(at))
    except ReplyRefused:
        # Whether it answers anything depends on what came in before it.
        return None
    except MessageRefused as refusal:
        return refusal
    except Exception as error:  # noqa: BLE001
        # A fault of ours in one of them is none of the others'.
        log.warning("a message is received by itself: %s", described(error))
        return None


@transaction.atomic
def _together(
    part: Sequence[_Came],
    *,
    actor: User,
    at: datetime,
    channel: Channel,
    facts: RequestFacts | None,
) -> list[Receipt]:
    came = [unread(each.raw, actor=actor, at=at, channel=channel) for each in part]
    kept = _kept(came)
    new, asking = [], []
    for message, first, each in zip(came, kept, part, strict=True):
        if message is not first:
            continue
        new.append(message)
        if isinstance(each.says, MessageRefused):
            set_refused(message, each.says, at=at)
        else:
            message.state = MessageState.ACCEPTED
            asking.append((message, each.says))
    queries = _open(new, asking, actor=actor, at=at, channel=channel)
    pairs = list(zip(came, kept, strict=True))
    for key, times in Counter(first.pk for message, first in pairs if message is not first).items():
        InboundMessage.objects.filter(pk=key).update(times_received=F("times_received") + times)
    record_events(
        kind=events.MESSAGE_RECEIVED,
        actor=actor,
        at=at,
        channel=channel,
        each=[
            Said(
                record_number=first.number,
                details={"size": message.size, "repeated": message is not first},
            )
            for message, first in pairs
        ],
        facts=facts,
    )
    record_events(
        kind=events.MESSAGE_REFUSED,
        actor=actor,
        at=at,
        channel=channel,
        outcome=Outcome.REFUSED,
        each=[
            Said(
                record_number=message.number,
                details={"code": message.refusal_code, "field": message.refusal_field},
            )
            for message in new
            if message.state == MessageState.REFUSED
        ],
    )
    return [
        first_receipt(first, queries.get(first.number))
        if message is first
        else repeat_receipt(first, at=at)
        for message, first in pairs
    ]


def _kept(came: Sequence[InboundMessage]) -> list[InboundMessage]:
    """For each message the one that stands for it: itself, or the same that came before."""
    digests = [bytes(message.digest) for message in came]
    held = InboundMessage.objects.filter(digest__in=digests).defer("original").order_by("pk")
    known = {bytes(message.digest): message for message in held}
    if any(message.state == MessageState.KEPT for message in known.values()):
        raise _NotTogether
    return [
        known.setdefault(digest, message) for digest, message in zip(digests, came, strict=True)
    ]


def _open(
    messages: Sequence[InboundMessage],
    read: Sequence[tuple[InboundMessage, ParsedMessage]],
    *,
    actor: User,
    at: datetime,
    channel: Channel,
) -> dict[str, StatusQuery]:
    """Store *messages* and open the queries of those that could be *read*, by message number."""
    current = in_force()
    asking = [(message, says, place_of(says, current)) for message, says in read]
    records = open_records(
        kind=RecordKind.QUERY,
        places=[(place.category, place.schedule_code) for _, _, place in asking],
        owner=actor,
        creator=actor,
        at=at,
        channel=channel,
    )
    for (message, says, _), record in zip(asking, records, strict=True):
        message.acknowledgement = accepted_text(record.number, sender_ori=says.ori, at=at)
    # The unique digest lets one of two that come at once in; the other fails, and is told so
    # when it comes alone.
    copy_rows(messages, with_keys=True)
    queries = [
        query_of(says, place, record=record, message=message)
        for (message, says, place), record in zip(asking, records, strict=True)
    ]
    copy_rows(queries)
    encounters = [
        encounter
        for (_, says, _), query in zip(asking, queries, strict=True)
        for encounter in encounters_of(says, query)
    ]
    copy_rows(encounters)
    return {query.message.number: query for query in queries}


@transaction.atomic
def note_folder(
    *,
    name: str,
    waiting: int,
    oldest_at: datetime | None,
    taken: int,
    too_large: int,
    at: datetime,
) -> None:
    """Keep what was seen in a folder of messages: how many wait there, and since when.

    Args:
        taken: how many became messages since it was last looked into.
        too_large: how many were put aside since then.
    """
    seen = {"looked_at": at, "waiting": waiting, "oldest_at": oldest_at}
    IntakeFolder.objects.get_or_create(name=name, defaults=seen)
    IntakeFolder.objects.filter(name=name).update(
        taken=F("taken") + taken, too_large=F("too_large") + too_large, **seen
    )
