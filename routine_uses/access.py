"""Looking at disclosures: found through the predicate, and written down first.

Looking at one, taking its document and asking for one that is not shown are told to the
owners of its records, like looks at the records themselves.
"""

import hashlib
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import NoReturn

from django.db import transaction

from accounts.models import User
from acrime.audit import events as audit_events
from acrime.audit.actions import RequestFacts, record_event
from acrime.audit.choices import Channel, Outcome
from acrime.common.errors import NotThere
from acrime.common.numbers import as_asked, tidied
from routine_uses import events, verification
from routine_uses.models import Disclosure


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
    with transaction.atomic():
        disclosure = (
            Disclosure.objects.visible_to(user)
            .with_marks()
            .select_related("notice_version__notice", "supersedes", "superseded_by")
            .filter(number=tidied(number))
            .first()
        )
        if disclosure is not None:
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
    if disclosure is None:
        refuse(number=number, meant=_meant, user=user, at=at, channel=channel, facts=facts)
    return disclosure


def _meant(number: str) -> list[int]:
    found = Disclosure.objects.filter(number=number).values_list("record_ids", flat=True)
    return [record for ids in found for record in ids]


def refuse(
    *,
    number: str,
    meant: Callable[[str], Sequence[int]],
    user: User,
    at: datetime,
    channel: Channel,
    facts: RequestFacts | None = None,
) -> NoReturn:
    """Refuse what was asked for by number, and write it down.

    Args:
        meant: gives the ids of the records that a number stands for, seen or not.

    Raises:
        NotThere: always.
    """
    # The refusal must not take its event along.
    with transaction.atomic(durable=True):
        asked = as_asked(number)
        record_event(
            kind=audit_events.RECORD_PROBED,
            actor=user,
            at=at,
            channel=channel,
            outcome=Outcome.REFUSED,
            criteria={"Number": asked},
            matched_ids=meant(asked),
            facts=facts,
        )
    raise NotThere


@transaction.atomic
def access_disclosures(
    *,
    displayed: Sequence[Disclosure],
    user: User,
    at: datetime,
    channel: Channel,
    kind: str = events.DISCLOSURE_LISTED,
    purpose: str = "",
    criteria: Mapping[str, str] | None = None,
    facts: RequestFacts | None = None,
) -> None:
    """Write one event for a list of disclosures, with what was shown or taken out."""
    record_ids = sorted({record for each in displayed for record in each.record_ids})
    record_event(
        kind=kind,
        actor=user,
        at=at,
        channel=channel,
        displayed_ids=record_ids,
        purpose=purpose,
        criteria=criteria,
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


@transaction.atomic
def verify_file(
    *,
    sha256: str,
    user: User,
    at: datetime,
    channel: Channel,
    facts: RequestFacts | None = None,
) -> bool:
    """Whether a file with this hash is a disclosure record as the portal made it.

    Answers yes or no and nothing else. The stored file is hashed anew, and the facts with it,
    so that a row that somebody altered vouches for nothing.
    """
    found = Disclosure.objects.filter(document_sha256=sha256).first()
    genuine = found is not None and (
        hashlib.sha256(found.document).hexdigest() == sha256
        and verification.facts_hash(verification.facts_of(found)) == found.facts_sha256
    )
    record_event(
        kind=events.DISCLOSURE_VERIFIED,
        actor=user,
        at=at,
        channel=channel,
        outcome=Outcome.DONE if genuine else Outcome.FAILED,
        details={"sha256": sha256} | ({"disclosure": found.number} if found else {}),
        facts=facts,
    )
    return genuine
