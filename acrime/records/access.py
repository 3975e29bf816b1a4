"""Looking at records: found through the predicate, written down, told to the owner.

Every function here writes its event before it returns, so that nothing is shown that
was not written down first. What tells the owners is written by the event's own statement
(see ``acrime.audit.actions.goes_along``), so that no look can go without it.

What was asked for and not shown is written down too, in a transaction of its own that
outlives the refusal. A hidden record and one that does not exist take the same steps.
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any, NoReturn

from django.db import transaction
from django.db.models import QuerySet

from accounts.models import User
from acrime.audit import events
from acrime.audit.actions import RequestFacts, record_event
from acrime.audit.choices import Channel, Outcome
from acrime.common.errors import ActionRefused, NotThere
from acrime.common.numbers import as_asked, tidied
from acrime.records import events as own_events
from acrime.records.audience import explanation_for, person_asked_about
from acrime.records.models import Record
from acrime.records.policy import Explanation
from routine_uses.visibility import register_visible_records


def access_record(
    *,
    number: str,
    user: User,
    at: datetime,
    channel: Channel,
    kind: str = events.RECORD_VIEWED,
    record_kind: str = "",
    purpose: str = "",
    details: Mapping[str, Any] | None = None,
    facts: RequestFacts | None = None,
) -> Record:
    """The record with *number*, written down as seen by *user*.

    Raises:
        NotThere: no such record, or *user* may not see it: the same answer.
    """
    record = _visible(number, user, record_kind)
    if record is None:
        refuse(asked=number, user=user, at=at, channel=channel, facts=facts)
    record_event(
        kind=kind,
        actor=user,
        at=at,
        channel=channel,
        record_id=record.pk,
        record_number=record.number,
        displayed_ids=[record.pk],
        purpose=purpose,
        details=details,
        facts=facts,
    )
    return record


def find_record(
    *,
    number: str,
    user: User,
    at: datetime,
    channel: Channel,
    record_kind: str = "",
    facts: RequestFacts | None = None,
) -> Record:
    """The record with *number*, for an act that shows nothing of it and is an event itself.

    Raises:
        NotThere: no such record, or *user* may not see it: the same answer.
    """
    record = _visible(number, user, record_kind)
    if record is None:
        refuse(asked=number, user=user, at=at, channel=channel, facts=facts)
    return record


def refuse(
    *,
    asked: str,
    user: User,
    at: datetime,
    channel: Channel,
    facts: RequestFacts | None = None,
) -> NoReturn:
    """Write down that *asked* was asked for and not shown, and refuse it.

    The ledger is told which record it would have been, so that its owner can be. The
    steps are the same where there is none.

    Raises:
        NotThere: always.
    """
    number = as_asked(asked)
    # Never inside another transaction: the refusal would take the event with it.
    with transaction.atomic(durable=True):
        meant = list(Record.objects.filter(number=number).values_list("pk", flat=True))
        record_event(
            kind=events.RECORD_PROBED,
            actor=user,
            at=at,
            channel=channel,
            outcome=Outcome.REFUSED,
            criteria={"Number": number},
            matched_ids=meant,
            facts=facts,
        )
    raise NotThere


def write_refused_act(
    *,
    asked: str,
    code: str,
    url: str,
    user: User,
    at: datetime,
    channel: Channel,
    facts: RequestFacts | None = None,
) -> None:
    """Write down an act that the rules refused, after its own transaction is over.

    Args:
        asked: number in the address, or nothing; the event names the record if *user* sees it.
        code: the refusal's.
        url: name of the address.
    """
    record = _visible(asked, user, "") if asked else None
    record_event(
        kind=events.ACCESS_DENIED,
        actor=user,
        at=at,
        channel=channel,
        outcome=Outcome.REFUSED,
        record_id=record.pk if record else None,
        record_number=record.number if record else "",
        details={"url": url, "code": code},
        facts=facts,
    )


def access_list(
    *,
    displayed: Sequence[int],
    user: User,
    at: datetime,
    channel: Channel,
    matched: Iterable[int] | None = None,
    criteria: Mapping[str, str] | None = None,
    kind: str = events.RECORD_LISTED,
    purpose: str = "",
    details: Mapping[str, Any] | None = None,
    facts: RequestFacts | None = None,
) -> None:
    """Write one event for a list: what was asked, what matched, what was shown.

    Args:
        criteria: labels and values as a person reads them; numbers of people masked.
        matched: ids met without the visibility rule; in the ledger they have no order.
    """
    record_event(
        kind=kind,
        actor=user,
        at=at,
        channel=channel,
        criteria=criteria,
        matched_ids=sorted({*displayed, *(matched or ())}),
        displayed_ids=displayed,
        purpose=purpose,
        details=details,
        facts=facts,
    )


def access_explanation(
    *,
    record: Record,
    username: str,
    user: User,
    at: datetime,
    channel: Channel,
    facts: RequestFacts | None = None,
) -> tuple[User, Explanation]:
    """Why somebody sees a record that *user* sees, or does not; written down as asked.

    Raises:
        ActionRefused: *user* may ask about nobody of that user name.
    """
    person = person_asked_about(username, by=user)
    if person is None:
        raise ActionRefused(
            "There is nobody of that user name whom you may ask about.", code="nobody-to-ask-about"
        )
    explanation = explanation_for(person, record)
    record_event(
        kind=own_events.SIGHT_EXPLAINED,
        actor=user,
        at=at,
        channel=channel,
        record_id=record.pk,
        record_number=record.number,
        details={"person": person.username, "sees": explanation.sees},
        facts=facts,
    )
    return person, explanation


@register_visible_records
def visible_ids(user: User) -> "QuerySet[Any, Any]":
    """The ids of the records that *user* may see, for the accounting below this room."""
    return Record.objects.visible_to(user).values("pk")


def _visible(number: str, user: User, record_kind: str) -> Record | None:
    found = Record.objects.visible_to(user).filter(number=tidied(number))
    return (found.filter(kind=record_kind) if record_kind else found).first()
