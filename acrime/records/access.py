"""Looking at records: found through the predicate, written down, told to the owner.

Every function here writes its event before it returns, so that nothing is shown that
was not written down first. Telling owners is asked of a room above, which registers
itself, and is decided before any row is allocated.
"""

from collections.abc import Callable, Iterable, Sequence
from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import QuerySet

from accounts.models import User
from acrime.audit import events
from acrime.audit.actions import RequestFacts, record_event
from acrime.audit.choices import Channel
from acrime.audit.models import AuditEvent
from acrime.common.errors import NotThere
from acrime.common.numbers import tidied
from acrime.records.models import Record
from routine_uses.visibility import register_visible_records

Notifier = Callable[[AuditEvent, User, datetime], None]

_notifiers: list[Notifier] = []


def on_look(notifier: Notifier) -> Notifier:
    """Register what is told of every look at records (the alerts room)."""
    _notifiers.append(notifier)
    return notifier


@transaction.atomic
def access_record(
    *,
    number: str,
    user: User,
    at: datetime,
    channel: Channel,
    kind: str = events.RECORD_VIEWED,
    record_kind: str = "",
    purpose: str = "",
    facts: RequestFacts | None = None,
) -> Record:
    """The record with *number*, written down as seen by *user*.

    Raises:
        NotThere: no such record, or *user* may not see it: the same answer.
    """
    found = Record.objects.visible_to(user).filter(number=tidied(number))
    record = (found.filter(kind=record_kind) if record_kind else found).first()
    if record is None:
        raise NotThere
    event = record_event(
        kind=kind,
        actor=user,
        at=at,
        channel=channel,
        record_id=record.pk,
        record_number=record.number,
        displayed_ids=[record.pk],
        purpose=purpose,
        facts=facts,
    )
    _tell(event, user, at)
    return record


@transaction.atomic
def access_list(
    *,
    displayed: Sequence[int],
    user: User,
    at: datetime,
    channel: Channel,
    matched: Iterable[int] | None = None,
    criteria: dict[str, str] | None = None,
    kind: str = events.RECORD_LISTED,
    facts: RequestFacts | None = None,
) -> None:
    """Write one event for a list: what was asked, what matched, what was shown."""
    event = record_event(
        kind=kind,
        actor=user,
        at=at,
        channel=channel,
        criteria=criteria,
        matched_ids=displayed if matched is None else matched,
        displayed_ids=displayed,
        facts=facts,
    )
    _tell(event, user, at)


def _tell(event: AuditEvent, user: User, at: datetime) -> None:
    for notifier in _notifiers:
        notifier(event, user, at)


@register_visible_records
def visible_ids(user: User) -> "QuerySet[Any, Any]":
    """The ids of the records that *user* may see, for the accounting below this room."""
    return Record.objects.visible_to(user).values("pk")
