"""Looking at disclosures: found through the predicate, and written down first."""

from collections.abc import Sequence
from datetime import datetime

from django.db import transaction

from accounts.models import User
from acrime.audit.actions import RequestFacts, record_event
from acrime.audit.choices import Channel, Outcome
from acrime.common.errors import NotThere
from acrime.common.numbers import tidied
from routine_uses import events, verification
from routine_uses.models import Disclosure


@transaction.atomic
def access_disclosure(
    *,
    number: str,
    user: User,
    at: datetime,
    channel: Channel,
    kind: str = events.DISCLOSURE_VIEWED,
    facts: RequestFacts | None = None,
) -> Disclosure:
    """The disclosure with *number*, written down as seen by *user*.

    Raises:
        NotThere: no such disclosure, or *user* may not see it: the same answer.
    """
    disclosure = (
        Disclosure.objects.visible_to(user)
        .select_related("notice_version__notice")
        .filter(number=tidied(number))
        .first()
    )
    if disclosure is None:
        raise NotThere
    one = len(disclosure.record_ids) == 1
    record_event(
        kind=kind,
        actor=user,
        at=at,
        channel=channel,
        record_id=disclosure.record_ids[0] if one else None,
        record_number=disclosure.record_numbers[0] if one else "",
        displayed_ids=disclosure.record_ids,
        details={"disclosure": disclosure.number},
        facts=facts,
    )
    return disclosure


@transaction.atomic
def access_disclosures(
    *,
    displayed: Sequence[Disclosure],
    user: User,
    at: datetime,
    channel: Channel,
    facts: RequestFacts | None = None,
) -> None:
    """Write one event for a list of disclosures, with what was shown."""
    record_ids = sorted({record for each in displayed for record in each.record_ids})
    record_event(
        kind=events.DISCLOSURE_LISTED,
        actor=user,
        at=at,
        channel=channel,
        displayed_ids=record_ids,
        details={"disclosures": [each.number for each in displayed]},
        facts=facts,
    )


@transaction.atomic
def verify_code(
    *,
    number: str,
    code: str,
    user: User,
    at: datetime,
    channel: Channel,
    facts: RequestFacts | None = None,
) -> bool:
    """Whether *code* is the one of disclosure *number*, and its row is as it was made.

    Answers yes or no and nothing else: a disclosure that does not exist, one whose code
    differs and one whose row was altered answer alike.
    """
    found = Disclosure.objects.defer("document").filter(number=number).first()
    # Without a row there is nothing to compare; the same work is done all the same.
    held = verification.facts_of(found) if found else {"number": number}
    genuine = verification.fits(code, held) and found is not None
    record_event(
        kind=events.DISCLOSURE_VERIFIED,
        actor=user,
        at=at,
        channel=channel,
        outcome=Outcome.DONE if genuine else Outcome.FAILED,
        details={"disclosure": number},
        facts=facts,
    )
    return genuine
