"""The outbox's verbs: enqueue in a business transaction, claim, do once, retry.

A handler runs in the transaction that marks its message done, so an effect in this
database happens exactly once however often a task is delivered. Effects outside the
database (a file, a call) must themselves be safe to repeat under the message's key.
"""

import logging
from collections.abc import Callable, Iterable, Mapping
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import Q, QuerySet

from acrime.common.models import OutboxMessage

log = logging.getLogger(__name__)

Payload = Mapping[str, int | str]
Handler = Callable[[OutboxMessage, datetime], None]

# A claim longer than the time limit of a task (300 s) cannot overlap a running one.
CLAIM = timedelta(seconds=330)
FIRST_DELAY = timedelta(seconds=5)
LONGEST_DELAY = timedelta(hours=1)
ATTEMPTS = 20

_handlers: dict[str, Handler] = {}


class TryAgain(Exception):
    """A handler could not do its work now; the message is tried again later.

    Args:
        reason: a short code without personal data, kept beside the message.
    """

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason[:120]


class GiveUp(TryAgain):
    """A handler will never be able to do its work; the message waits for a person."""


def handler(topic: str) -> Callable[[Handler], Handler]:
    """Register the one handler of *topic*; an upper room registers itself."""

    def register(function: Handler) -> Handler:
        if topic in _handlers:
            raise ValueError(f"Topic {topic} has a handler already.")
        _handlers[topic] = function
        return function

    return register


def topics() -> frozenset[str]:
    """Every topic that has a handler."""
    return frozenset(_handlers)


def enqueue(*, topic: str, key: str, payload: Payload, at: datetime) -> int:
    """Write a message in the caller's transaction and return its id.

    The same key enqueued again is the same message: nothing is added.
    """
    OutboxMessage.objects.bulk_create(
        [OutboxMessage(topic=topic, key=key, payload=dict(payload), available_at=at)],
        ignore_conflicts=True,
    )
    return OutboxMessage.objects.values_list("pk", flat=True).get(key=key)


def claim_due(*, at: datetime, limit: int = 50) -> list[int]:
    """Claim open messages that are due, and return their ids, oldest first."""
    with transaction.atomic():
        due = list(
            _open()
            .filter(available_at__lte=at)
            .filter(Q(claimed_until__isnull=True) | Q(claimed_until__lt=at))
            .order_by("available_at", "pk")
            .select_for_update(skip_locked=True)
            .values_list("pk", flat=True)[:limit]
        )
        OutboxMessage.objects.filter(pk__in=due).update(claimed_until=at + CLAIM)
    return due


def release_claims(ids: Iterable[int]) -> None:
    """Give claims back, for instance when the broker refused the task."""
    _open().filter(pk__in=list(ids)).update(claimed_until=None)


def consume(message_id: int, *, at: datetime) -> bool:
    """Do the work of one message once. True when it was done now."""
    try:
        with transaction.atomic():
            message = (
                _open().filter(pk=message_id).select_for_update(skip_locked=True).first()
            )
            if message is None:
                return False
            _handlers[message.topic](message, at)
            message.done_at = at
            message.save(update_fields=["done_at"])
    except TryAgain as reason:
        _put_off(message_id, reason=reason.reason, at=at, give_up=isinstance(reason, GiveUp))
        return False
    except Exception as error:
        # The type alone: an error's text may quote personal data.
        _put_off(message_id, reason=type(error).__name__, at=at, give_up=False)
        raise
    return True


def delay_after(attempts: int) -> timedelta:
    """How long to wait after so many attempts: doubling from five seconds to an hour."""
    return min(FIRST_DELAY * 2 ** min(attempts, 20), LONGEST_DELAY)


def _put_off(message_id: int, *, reason: str, at: datetime, give_up: bool) -> None:
    with transaction.atomic():
        message = _open().select_for_update().filter(pk=message_id).first()
        if message is None:
            return
        wait = delay_after(message.attempts)
        message.attempts += 1
        message.last_error = reason
        message.claimed_until = None
        message.available_at = at + wait
        if give_up or message.attempts >= ATTEMPTS:
            message.failed_at = at
        message.save(
            update_fields=["attempts", "last_error", "claimed_until", "available_at", "failed_at"]
        )
    log.warning("outbox message %s put off: %s", message_id, reason)


def _open() -> QuerySet[OutboxMessage]:
    return OutboxMessage.objects.filter(done_at__isnull=True, failed_at__isnull=True)
