"""What a field office did about an answer."""

from datetime import datetime

from django.db import transaction

from accounts.choices import Role
from accounts.models import User
from acrime.audit.actions import record_event
from acrime.audit.choices import Channel
from acrime.common.errors import ActionRefused
from acrime.iar import events
from acrime.iar.choices import Outcome
from acrime.iar.following.models import FollowUp
from acrime.iar.models import StatusResponse


@transaction.atomic
def write_follow_up(
    *,
    response: StatusResponse,
    outcome: Outcome,
    reason: str,
    happened_at: datetime,
    actor: User,
    at: datetime,
    referred_to: str = "",
    channel: Channel = Channel.PAGE,
) -> FollowUp:
    """Write down what the office did about its copy. The same once more is the same entry.

    A later entry counts in place of an earlier one, which stays beside it.

    Args:
        reason: what was done or why not; it stays in the portal.
        referred_to: to whom, where it was referred.

    Raises:
        ActionRefused: not an officer of the responsible office, no reason, a time to come or
            before the answer, nobody named that it was referred to, or another response took
            this one's place.
    """
    if not actor.has_role(Role.FIELD_OFFICER) or actor.office_id != response.field_office_id:
        raise ActionRefused(
            "An officer of the responsible field office writes this down.", code="other-office"
        )
    if StatusResponse.objects.filter(amends=response.pk).exists():
        raise ActionRefused(
            "An amended response took the place of this one; write it down there.", code="amended"
        )
    words, to = reason.strip(), referred_to.strip() if outcome == Outcome.REFERRED else ""
    if not words:
        raise ActionRefused("Say what was done, or why nothing was.", code="reason-missing")
    if outcome == Outcome.REFERRED and not to:
        raise ActionRefused("Say to whom it was referred.", code="nobody-named")
    if happened_at > at:
        raise ActionRefused("That time is still to come.", code="future-time")
    if happened_at < response.query.received_at:
        raise ActionRefused("That was before the query came.", code="too-early")
    # A form sent twice writes one entry. Reasons are sealed, so they are compared here.
    known = response.follow_ups.filter(outcome=outcome, happened_at=happened_at, author=actor)
    for each in known.order_by("pk"):
        if (str(each.reason), each.referred_to) == (words, to):
            return each
    entry = FollowUp.objects.create(
        response=response,
        outcome=outcome,
        referred_to=to,
        reason=words,
        happened_at=happened_at,
        author=actor,
        written_at=at,
    )
    record_event(
        kind=events.FOLLOWED_UP,
        actor=actor,
        at=at,
        channel=channel,
        record_id=response.pk,
        record_number=response.record.number,
        details={"outcome": outcome.value},
    )
    return entry
