"""Looking at corrections and letters: written down first, told to the record's owner."""

from collections.abc import Sequence
from datetime import datetime

from django.db import transaction

from accounts.models import User
from acrime.audit.actions import RequestFacts, record_event
from acrime.audit.choices import Channel
from acrime.common.errors import NotThere
from acrime.common.numbers import tidied
from routine_uses import access, events
from routine_uses.corrections.models import CorrectionCase, CorrectionLetter
from routine_uses.corrections.records import RecordFacts, records


def see_record(
    *, number: str, user: User, at: datetime, channel: Channel, facts: RequestFacts | None = None
) -> RecordFacts:
    """The record with *number* and what can be corrected in it, written down as seen.

    Raises:
        NotThere: no such record, or *user* may not see it: the same answer.
    """
    with transaction.atomic():
        found = records().find(number, user)
        if found is not None:
            _write(
                found.record_id,
                found.number,
                details={},
                user=user,
                at=at,
                channel=channel,
                facts=facts,
            )
    if found is None:
        access.refuse(
            number=number, meant=records().meant, user=user, at=at, channel=channel, facts=facts
        )
    return found


@transaction.atomic
def see_case(
    *, number: str, user: User, at: datetime, channel: Channel, facts: RequestFacts | None = None
) -> CorrectionCase:
    """The case with *number*, written down as seen. Privacy officers see every case.

    Raises:
        NotThere: there is none.
    """
    found = CorrectionCase.objects.filter(number=tidied(number)).first()
    if found is None:
        raise NotThere
    _write(
        found.record_id,
        found.record_number,
        details={"case": found.number},
        user=user,
        at=at,
        channel=channel,
        facts=facts,
    )
    return found


@transaction.atomic
def take_letter(
    *, number: str, user: User, at: datetime, channel: Channel, facts: RequestFacts | None = None
) -> CorrectionLetter:
    """The letter with *number*, written down as taken out.

    Raises:
        NotThere: there is none.
    """
    found = CorrectionLetter.objects.select_related("case").filter(number=tidied(number)).first()
    if found is None:
        raise NotThere
    _write(
        found.case.record_id,
        found.case.record_number,
        details={"case": found.case.number, "letter": found.number},
        user=user,
        at=at,
        channel=channel,
        facts=facts,
    )
    return found


@transaction.atomic
def see_worklist(
    *,
    letters: Sequence[CorrectionLetter],
    cases: Sequence[CorrectionCase],
    user: User,
    at: datetime,
    channel: Channel,
    facts: RequestFacts | None = None,
) -> None:
    """Write one event for the worklist, with what it showed."""
    shown = {each.case.record_id for each in letters} | {each.record_id for each in cases}
    record_event(
        kind=events.CORRECTIONS_LISTED,
        actor=user,
        at=at,
        channel=channel,
        displayed_ids=sorted(shown),
        details={
            "letters": [each.number for each in letters],
            "cases": [each.number for each in cases],
        },
        facts=facts,
    )


def _write(
    record_id: int,
    record_number: str,
    *,
    details: dict[str, str],
    user: User,
    at: datetime,
    channel: Channel,
    facts: RequestFacts | None,
) -> None:
    record_event(
        kind=events.CORRECTION_VIEWED,
        actor=user,
        at=at,
        channel=channel,
        record_id=record_id,
        record_number=record_number,
        displayed_ids=[record_id],
        details=details,
        facts=facts,
    )
