"""The outbox's verbs: enqueue in a business transaction, claim, do once, retry.

A handler runs in the transaction that marks its message done, so an effect in this
database happens exactly once however often a task is delivered. Effects outside the
database (a file, a call) must themselves be safe to repeat under the message's key.
"""

import logging
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import Q, QuerySet

from acrime.common.models import OutboxMessage

log = logging.getLogger(__name__)

Payload = Mapping[str, int | str]
# A claim longer than the time limit of a task (300 s) cannot overlap a running one.
CLAIM = timedelta(seconds=330)
# What waits in the broker for longer than its claim would be handed out again and again: so much
# is handed out that workers get to it well within the claim.
MOST_HANDED_OUT = 200
FIRST_DELAY = timedelta(seconds=5)
LONGEST_DELAY = timedelta(hours=1)
ATTEMPTS = 20


@dataclass(frozen=True)
class Later:
    """What a handler returns when its work must be tried again.

    What the handler wrote is kept; ``reason`` is a short code without personal data.
    """

    reason: str


Handler = Callable[[OutboxMessage, datetime], Later | None]

_handlers: dict[str, Handler] = {}


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


def enqueuing(*, topic: str, key: str, payload: str, rows: str) -> str:
    """A statement that writes a message for each row of *rows*, to be part of another one.

    Where there is no row nothing is allocated, not even a number.

    Args:
        key, payload: SQL over *rows*, as text and as jsonb.

    Returns:
        SQL that takes the moment from which the message is due, and then what *rows* take.
    """
    return (
        f"INSERT INTO {OutboxMessage._meta.db_table} "  # noqa: S608  # statements of our own
        "(topic, key, payload, available_at, attempts, last_error) "
        f"SELECT '{topic}', {key}, {payload}, %s, 0, '' FROM {rows} ON CONFLICT (key) DO NOTHING"
    )


def claim_due(*, at: datetime, limit: int = 50) -> list[int]:
    """Claim open messages that are due, and return their ids, oldest first.

    None while so many are handed out that workers would not get to them within their claim.
    """
    handed_out = _open().filter(claimed_until__gte=at)[:MOST_HANDED_OUT].count()
    limit = min(limit, MOST_HANDED_OUT - handed_out)
    if limit <= 0:
        return []
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
    """Do the work of one message once. True when it was done now.

    Raises:
        Exception: whatever an unexpected failure raised, after the message was put off.
    """
    try:
        with transaction.atomic():
            message = _open().filter(pk=message_id).select_for_update(skip_locked=True).first()
            if message is None:
                return False
            later = _handlers[message.topic](message, at)
            if later is not None:
                _put_off(message, reason=later.reason, at=at)
                return False
            message.done_at = at
            message.save(update_fields=["done_at"])
    except Exception as error:
        with transaction.atomic():
            failed = _open().filter(pk=message_id).select_for_update().first()
            if failed is not None:
                # The type alone: an error's text may quote personal data.
                _put_off(failed, reason=type(error).__name__, at=at)
        raise
    return True


def delay_after(attempts: int) -> timedelta:
    """How long to wait after so many attempts: doubling from five seconds to an hour."""
    doubled: int = 2 ** min(attempts, 20)
    return min(FIRST_DELAY * doubled, LONGEST_DELAY)


def _put_off(message: OutboxMessage, *, reason: str, at: datetime) -> None:
    message.available_at = at + delay_after(message.attempts)
    message.attempts += 1
    message.last_error = reason[:120]
    message.claimed_until = None
    if message.attempts >= ATTEMPTS:
        message.failed_at = at
    message.save(
        update_fields=["attempts", "last_error", "claimed_until", "available_at", "failed_at"]
    )
    log.warning("outbox message %s put off: %s", message.pk, message.last_error)


def _open() -> QuerySet[OutboxMessage]:
    return OutboxMessage.objects.filter(done_at__isnull=True, failed_at__isnull=True)
