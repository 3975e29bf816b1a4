"""Looking at the accounting of a person: found through the predicate, written down first."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, NoReturn

from django.db import transaction

from accounts.models import User
from acrime.audit.actions import RequestFacts, record_event
from acrime.audit.choices import Channel
from acrime.common.numbers import tidied
from routine_uses import access, events
from routine_uses.accounts_of.models import SubjectCopy
from routine_uses.accounts_of.people import Person, people
from routine_uses.accounts_of.querysets import Accounted, about, accounted, copies_for


def see_accounting(
    *,
    number: str,
    user: User,
    at: datetime,
    channel: Channel,
    kind: str = events.ACCOUNTING_VIEWED,
    facts: RequestFacts | None = None,
) -> tuple[Person, list[Accounted]]:
    """The complete accounting of the individual with *number*, written down as seen.

    Raises:
        NotThere: no such individual, or *user* may not see it: the same answer.
    """
    with transaction.atomic():
        person = people().find(number, user)
        if person is not None:
            rows = accounted(list(about(person)))
            _write(
                kind,
                person,
                rows=rows,
                user=user,
                at=at,
                channel=channel,
                facts=facts,
            )
    if person is None:
        _refuse(number, user=user, at=at, channel=channel, facts=facts)
    return person, rows


def see_copies(
    *,
    number: str,
    user: User,
    at: datetime,
    channel: Channel,
    facts: RequestFacts | None = None,
) -> tuple[Person, list[SubjectCopy]]:
    """The accountings that were made ready for an individual, without their documents.

    Raises:
        NotThere: no such individual, or *user* may not see it: the same answer.
    """
    with transaction.atomic():
        person = people().find(number, user)
        if person is not None:
            copies = copies_for(person)
            _write(
                events.COPIES_VIEWED,
                person,
                details={"copies": [each.number for each in copies]},
                user=user,
                at=at,
                channel=channel,
                facts=facts,
            )
    if person is None:
        _refuse(number, user=user, at=at, channel=channel, facts=facts)
    return person, copies


def take_copy(
    *,
    number: str,
    copy: str,
    user: User,
    at: datetime,
    channel: Channel,
    facts: RequestFacts | None = None,
) -> SubjectCopy:
    """One accounting that was made ready for an individual, with its document.

    Raises:
        NotThere: no such individual or copy, or *user* may not see it: the same answer.
    """
    with transaction.atomic():
        person = people().find(number, user)
        found = (
            SubjectCopy.objects.filter(individual_id=person.record_id, number=tidied(copy)).first()
            if person
            else None
        )
        if person is not None and found is not None:
            _write(
                events.COPY_DOWNLOADED,
                person,
                details={"copy": found.number},
                user=user,
                at=at,
                channel=channel,
                facts=facts,
            )
    if found is None:
        _refuse(number, user=user, at=at, channel=channel, facts=facts)
    return found


def _write(
    kind: str,
    person: Person,
    *,
    rows: list[Accounted] | None = None,
    details: Mapping[str, Any] | None = None,
    user: User,
    at: datetime,
    channel: Channel,
    facts: RequestFacts | None,
) -> None:
    shown = {person.record_id}
    if rows is not None:
        shown |= {record for each in rows for record in each.disclosure.record_ids}
        details = {"disclosures": [each.disclosure.number for each in rows]}
    record_event(
        kind=kind,
        actor=user,
        at=at,
        channel=channel,
        record_id=person.record_id,
        record_number=person.number,
        displayed_ids=sorted(shown),
        details=details,
        facts=facts,
    )


def _refuse(
    number: str, *, user: User, at: datetime, channel: Channel, facts: RequestFacts | None
) -> NoReturn:
    access.refuse(
        number=number, meant=people().meant, user=user, at=at, channel=channel, facts=facts
    )
