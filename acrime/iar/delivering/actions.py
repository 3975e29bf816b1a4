"""The verbs of copies that a person looks at: again, given up, delivered otherwise; and proofs."""

from collections.abc import Collection
from datetime import datetime

from django.db import transaction

from accounts.models import User
from acrime.audit.actions import record_event
from acrime.audit.choices import Channel
from acrime.common import outbox
from acrime.common.errors import ActionRefused
from acrime.iaq.actions import WORKERS
from acrime.iar import events
from acrime.iar.choices import DeliveryState, ProofKind
from acrime.iar.models import Delivery, DeliveryProof
from acrime.iar.replies.models import InboundReply

DELIVER = "iar.deliver"

LONGEST_REASON = 500


@transaction.atomic
def send_again(
    *, delivery: Delivery, actor: User, at: datetime, channel: Channel = Channel.PAGE
) -> None:
    """Try a failed copy again, under the same key, so that it cannot arrive twice.

    Raises:
        ActionRefused: the copy neither failed nor was given up, or the actor does not work
            queries.
    """
    locked = _locked(
        delivery,
        actor,
        {DeliveryState.FAILED, DeliveryState.GIVEN_UP},
        refusal="Only a failed copy is sent again.",
    )
    locked.state = DeliveryState.QUEUED
    locked.failed_at = None
    locked.closed_by = locked.closed_at = locked.closed_reason = None
    locked.save(update_fields=["state", "failed_at", "closed_by", "closed_at", "closed_reason"])
    outbox.enqueue(
        topic=DELIVER,
        key=f"{locked.key}-{locked.attempts}",
        payload={"delivery": locked.pk},
        at=at,
    )
    _event(events.DELIVERY_REPEATED, locked, actor=actor, at=at, channel=channel)


@transaction.atomic
def give_up(
    *, delivery: Delivery, reason: str, actor: User, at: datetime, channel: Channel = Channel.PAGE
) -> None:
    """Say that a failed copy will not be sent, and why. It leaves the desk.

    Raises:
        ActionRefused: the copy has not failed, there is no reason, or the actor does not work
            queries.
    """
    locked = _locked(
        delivery, actor, {DeliveryState.FAILED}, refusal="Only a failed copy is given up."
    )
    words = _words(reason, refusal="Say why it is not sent any more.")
    locked.state = DeliveryState.GIVEN_UP
    _close(locked, words, actor=actor, at=at)
    _event(events.DELIVERY_GIVEN_UP, locked, actor=actor, at=at, channel=channel)


@transaction.atomic
def deliver_otherwise(
    *, delivery: Delivery, proof: str, actor: User, at: datetime, channel: Channel = Channel.PAGE
) -> None:
    """Say that a copy reached its addressee by other means, and how that is known.

    Its addressee is the one that the accounting names; nobody else is served by this.

    Raises:
        ActionRefused: the copy arrived or is still being tried, there is no proof, or the actor
            does not work queries.
    """
    locked = _locked(
        delivery,
        actor,
        {DeliveryState.FAILED, DeliveryState.GIVEN_UP, DeliveryState.SENT},
        refusal="Only a copy that did not arrive is delivered by other means.",
    )
    words = _words(proof, refusal="Say how, by whom and when it was handed over.")
    locked.state = DeliveryState.DELIVERED
    locked.delivered_at = at
    _close(locked, words, actor=actor, at=at)
    prove(delivery=locked, kind=ProofKind.OTHER_MEANS, detail=words, actor=actor, at=at)
    _event(events.DELIVERED_OTHERWISE, locked, actor=actor, at=at, channel=channel)


@transaction.atomic
def acknowledge(
    *,
    delivery: Delivery,
    reply: InboundReply,
    receipt: str,
    at: datetime,
    channel: Channel,
    actor: User | None = None,
) -> None:
    """Note that the receiver said a copy arrived. Whatever state it was in, it did.

    A copy that was to be tried once more is not: the outbox finds it delivered. The same
    acknowledgement again changes nothing.
    """
    locked = Delivery.objects.select_for_update(of=("self",)).get(pk=delivery.pk)
    if locked.proofs.filter(reply=reply).exists():
        return
    if locked.state != DeliveryState.DELIVERED:
        locked.state = DeliveryState.DELIVERED
        locked.delivered_at = at
        locked.save(update_fields=["state", "delivered_at"])
    prove(
        delivery=locked,
        kind=ProofKind.ACKNOWLEDGEMENT,
        detail=receipt or "No receipt of its own",
        actor=actor,
        reply=reply,
        at=at,
    )
    _event(events.ACKNOWLEDGED, locked, actor=actor, at=at, channel=channel)


@transaction.atomic
def prove(
    *,
    delivery: Delivery,
    kind: ProofKind,
    detail: str,
    at: datetime,
    actor: User | None = None,
    reply: InboundReply | None = None,
) -> DeliveryProof:
    """Keep how it is known that a copy arrived."""
    return DeliveryProof.objects.create(
        delivery=delivery,
        kind=kind,
        detail=detail,
        reply=reply,
        recorded_by=actor,
        recorded_at=at,
    )


def _locked(delivery: Delivery, actor: User, states: Collection[str], *, refusal: str) -> Delivery:
    if not actor.has_role(*WORKERS):
        raise ActionRefused("Your role does not send responses.", code="not-a-worker")
    locked = (
        Delivery.objects.select_for_update(of=("self",))
        .select_related("response__record")
        .get(pk=delivery.pk)
    )
    if locked.state not in states:
        raise ActionRefused(refusal, code="not-failed")
    return locked


def _words(text: str, *, refusal: str) -> str:
    if not text.strip():
        raise ActionRefused(refusal, code="reason-missing")
    return text.strip()[:LONGEST_REASON]


def _close(delivery: Delivery, words: str, *, actor: User, at: datetime) -> None:
    delivery.closed_reason, delivery.closed_by, delivery.closed_at = words, actor, at
    delivery.save(
        update_fields=["state", "delivered_at", "closed_reason", "closed_by", "closed_at"]
    )


def _event(
    kind: str, delivery: Delivery, *, actor: User | None, at: datetime, channel: Channel
) -> None:
    record_event(
        kind=kind,
        actor=actor,
        at=at,
        channel=channel,
        record_id=delivery.response_id,
        record_number=delivery.response.record.number,
        details={"destination": delivery.destination},
    )
