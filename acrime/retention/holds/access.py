"""Looking at holds and matters: each look is written down before anything is shown."""

from collections.abc import Sequence
from datetime import datetime

from django.db import transaction

from accounts.models import User
from acrime.audit.actions import RequestFacts, record_event
from acrime.audit.choices import Channel
from acrime.common.errors import NotThere
from acrime.common.numbers import tidied
from acrime.retention.holds import events
from acrime.retention.holds.models import Hold, HoldLetter, Matter


@transaction.atomic
def see_holds(
    holds: Sequence[Hold],
    *,
    user: User,
    at: datetime,
    channel: Channel = Channel.PAGE,
    facts: RequestFacts | None = None,
) -> None:
    """Write one event for a list of holds, with what was shown."""
    record_event(
        kind=events.HOLDS_LISTED,
        actor=user,
        at=at,
        channel=channel,
        details={"holds": [each.number for each in holds]},
        facts=facts,
    )


def find_hold(number: str) -> Hold:
    """The hold with *number*; nothing is written down.

    Raises:
        NotThere: there is none.
    """
    found = Hold.objects.with_people().filter(number=tidied(number)).first()
    if found is None:
        raise NotThere
    return found


@transaction.atomic
def see_hold(
    number: str,
    *,
    user: User,
    at: datetime,
    displayed: Sequence[int] = (),
    facts: RequestFacts | None = None,
) -> Hold:
    """The hold with *number*, written down as seen by *user*.

    Args:
        displayed: ids of the records that are shown with it.

    Raises:
        NotThere: there is none.
    """
    hold = find_hold(number)
    record_event(
        kind=events.HOLD_VIEWED,
        actor=user,
        at=at,
        channel=Channel.PAGE,
        displayed_ids=displayed,
        details={"hold": hold.number},
        facts=facts,
    )
    return hold


@transaction.atomic
def take_letter(
    hold: str, letter: str, *, user: User, at: datetime, facts: RequestFacts | None = None
) -> HoldLetter:
    """A letter of a hold, written down as taken out by *user*.

    Raises:
        NotThere: there is none.
    """
    found = find_letter(hold, letter)
    record_event(
        kind=events.LETTER_TAKEN,
        actor=user,
        at=at,
        channel=Channel.PDF,
        details={"hold": found.hold.number, "letter": found.number, "sha256": found.sha256},
        facts=facts,
    )
    return found


def find_letter(hold: str, letter: str) -> HoldLetter:
    """A letter of a hold; nothing is written down.

    Raises:
        NotThere: there is none.
    """
    letters = HoldLetter.objects.select_related("hold")
    found = letters.filter(number=tidied(letter), hold__number=tidied(hold)).first()
    if found is None:
        raise NotThere
    return found


@transaction.atomic
def see_matter(
    number: str, *, user: User, at: datetime, facts: RequestFacts | None = None
) -> Matter:
    """The matter with *number*, written down as seen by *user*.

    Raises:
        NotThere: there is none.
    """
    matter = Matter.objects.select_related("opened_by").filter(number=tidied(number)).first()
    if matter is None:
        raise NotThere
    record_event(
        kind=events.MATTER_VIEWED,
        actor=user,
        at=at,
        channel=Channel.PAGE,
        details={"matter": matter.number},
        facts=facts,
    )
    return matter
