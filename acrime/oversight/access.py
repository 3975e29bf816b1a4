"""Reading the ledger: everything read here is itself written down, before it is shown.

These events are no looks at records, so that nobody is told of them; they carry no record of
their own, so that no record's page shows them. The lead finds them by the reader, or by the
records that were asked for.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any, TypeVar

from django.db import transaction

from accounts.models import User
from acrime.audit.actions import RequestFacts, record_event
from acrime.audit.choices import Channel, Outcome
from acrime.audit.models import AuditEvent
from acrime.common.errors import ActionRefused, NotThere
from acrime.oversight import events
from acrime.oversight.policy import EXPORT_ROWS, Cursor
from acrime.oversight.querysets import (
    Stretch,
    TookTooLong,
    Wanted,
    in_order,
    narrowed,
    patiently,
    readable_by,
    stretch,
)

Found = TypeVar("Found")

LARGEST_NUMBER = 2**63 - 1


def search(
    wanted: Wanted,
    *,
    before: Cursor | None,
    after: Cursor | None,
    criteria: Mapping[str, str],
    reader: User,
    at: datetime,
    facts: RequestFacts,
) -> Stretch:
    """A page of the events that are wanted.

    Args:
        criteria: what was asked for, as the reader read it.

    Raises:
        ActionRefused: it would read too much of the ledger.
    """

    def read() -> Stretch:
        rows = narrowed(readable_by(reader, opr=wanted.opr), wanted)
        return stretch(rows, before=before, after=after)

    found = _given_up_after_a_while(read, criteria=criteria, reader=reader, at=at, facts=facts)
    write_down(
        events.SEARCHED,
        criteria=criteria,
        records=wanted.records or (),
        details={"events": [event.pk for event in found.events]},
        reader=reader,
        at=at,
        facts=facts,
    )
    return found


def see_event(number: int, *, reader: User, at: datetime, facts: RequestFacts) -> AuditEvent:
    """One event.

    Raises:
        NotThere: there is none with that number, or *reader* may not read it.
    """
    event = readable_by(reader).filter(pk=number).order_by("occurred_at").first()
    # What may not be read and what does not exist take the same steps.
    write_down(
        events.EVENT_VIEWED,
        criteria={},
        details={"event": min(number, LARGEST_NUMBER)},
        outcome=Outcome.REFUSED if event is None else Outcome.DONE,
        reader=reader,
        at=at,
        facts=facts,
    )
    if event is None:
        raise NotThere
    return event


def take_out(
    wanted: Wanted,
    *,
    purpose: str,
    file_format: str,
    criteria: Mapping[str, str],
    reader: User,
    at: datetime,
    facts: RequestFacts,
) -> Sequence[AuditEvent]:
    """The events that are wanted, newest first, for a file.

    Raises:
        ActionRefused: they are too many for one file, or it would read too much.
    """

    def read() -> list[AuditEvent]:
        rows = narrowed(readable_by(reader, opr=wanted.opr), wanted)
        return list(in_order(rows)[: EXPORT_ROWS + 1])

    found = _given_up_after_a_while(read, criteria=criteria, reader=reader, at=at, facts=facts)
    too_many = len(found) > EXPORT_ROWS
    details: dict[str, Any] = {"format": file_format}
    if not too_many:
        details["count"] = len(found)
        if found:
            details |= {"newest": found[0].pk, "oldest": found[-1].pk}
    write_down(
        events.EXPORTED,
        criteria=criteria,
        purpose=purpose,
        records=wanted.records or (),
        details=details,
        outcome=Outcome.REFUSED if too_many else Outcome.DONE,
        reader=reader,
        at=at,
        facts=facts,
    )
    if too_many:
        raise ActionRefused(
            f"These are more than {EXPORT_ROWS:,} events, so no file was made: a part of them "
            "could be taken for all. Choose a shorter period, and take out one after the other.",
            code="too-many",
        )
    return found


@transaction.atomic
def write_down(
    kind: str,
    *,
    criteria: Mapping[str, str],
    reader: User,
    at: datetime,
    facts: RequestFacts,
    records: Iterable[int] = (),
    details: Mapping[str, Any] | None = None,
    purpose: str = "",
    outcome: Outcome = Outcome.DONE,
) -> None:
    """Write down what somebody reads of the ledger. Owners of *records* are told nothing."""
    record_event(
        kind=kind,
        actor=reader,
        at=at,
        channel=Channel.PAGE,
        outcome=outcome,
        criteria=criteria,
        purpose=purpose,
        displayed_ids=records,
        details=details,
        facts=facts,
    )


def _given_up_after_a_while(
    read: Callable[[], Found],
    *,
    criteria: Mapping[str, str],
    reader: User,
    at: datetime,
    facts: RequestFacts,
) -> Found:
    try:
        with patiently():
            return read()
    except TookTooLong:
        write_down(
            events.SEARCHED,
            criteria=criteria,
            outcome=Outcome.FAILED,
            reader=reader,
            at=at,
            facts=facts,
        )
        raise ActionRefused(
            "This search would read too much of the ledger. Give a person, a record or a "
            "shorter period.",
            code="took-too-long",
        ) from None
