"""The yearly review: opening it, deciding about each role, closing it."""

from datetime import datetime, timedelta

from django.db import transaction

from accounts.actions import (
    end_grant,
)
from accounts.choices import Role
from accounts.models import (
    ReviewCampaign,
    ReviewItem,
    RoleGrant,
    User,
)
from accounts.standing import events
from accounts.standing.choices import ReviewDecision
from accounts.standing.policy import (
    REVIEW_DAYS,
    reviews,
)
from accounts.standing.querysets import in_force
from acrime.audit.actions import RequestFacts, record_event
from acrime.audit.choices import Channel
from acrime.common.eastern import portal_day
from acrime.common.errors import ActionRefused, NotThere


@transaction.atomic
def open_review(
    *,
    actor: User | None,
    at: datetime,
    channel: Channel = Channel.PAGE,
    facts: RequestFacts | None = None,
) -> ReviewCampaign:
    """Put every role in force up for review, for thirty days.

    Raises:
        ActionRefused: a review is open.
    """
    # Two that open at once wait for each other here; the second one finds the first one's.
    list(RoleGrant.objects.filter(in_force(at)).order_by("pk").select_for_update())
    if ReviewCampaign.objects.filter(closed_at=None).exists():
        raise ActionRefused("A review is open.", code="already-open")
    campaign = ReviewCampaign.objects.create(
        opened_at=at, opened_by=actor, due_on=portal_day(at) + timedelta(days=REVIEW_DAYS)
    )
    items = ReviewItem.objects.bulk_create(
        ReviewItem(campaign=campaign, grant=grant)
        for grant in RoleGrant.objects.filter(in_force(at)).order_by("pk")
    )
    record_event(
        kind=events.REVIEW_OPENED,
        actor=actor,
        at=at,
        channel=channel,
        details={
            "review": campaign.pk,
            "roles": len(items),
            "due_on": campaign.due_on.isoformat(),
        },
        facts=facts,
    )
    return campaign


@transaction.atomic
def review_grant(
    *,
    item: ReviewItem,
    keep: bool,
    reason: str = "",
    actor: User,
    at: datetime,
    channel: Channel = Channel.PAGE,
    facts: RequestFacts | None = None,
) -> None:
    """Say that a role is still needed, or end it.

    Raises:
        NotThere: the role is not the actor's to review.
        ActionRefused: it was reviewed or ended before, the review is over, or a removal
            comes without a reason.
    """
    locked = (
        ReviewItem.objects.select_for_update(of=("self",))
        .select_related("campaign", "grant__user__supervisor")
        .get(pk=item.pk)
    )
    person = locked.grant.user
    if not reviews(
        actor=actor.pk,
        administers=actor.has_role(Role.ADMINISTRATOR),
        person=person.pk,
        supervisor=person.supervisor_id,
        supervisor_active=person.supervisor is not None and person.supervisor.is_active,
    ):
        raise NotThere
    if locked.decision != ReviewDecision.WAITING:
        raise ActionRefused("The role was reviewed before.", code="already-decided")
    if locked.campaign.closed_at is not None or portal_day(at) > locked.campaign.due_on:
        raise ActionRefused("The review is over.", code="review-over")
    if not RoleGrant.objects.filter(in_force(at), pk=locked.grant_id).exists():
        raise ActionRefused("The role has ended.", code="already-ended")
    if not keep:
        if not reason.strip():
            raise ActionRefused("Say why the role is removed.", code="no-reason")
        end_grant(
            grant=locked.grant,
            reason=f"Removed in the yearly review: {reason.strip()}"[:500],
            actor=actor,
            at=at,
            channel=channel,
            facts=facts,
        )
    locked.decision = ReviewDecision.KEEP if keep else ReviewDecision.REMOVE
    locked.reason, locked.decided_by, locked.decided_at = reason.strip(), actor, at
    locked.save(update_fields=["decision", "reason", "decided_by", "decided_at"])
    record_event(
        kind=events.REVIEW_KEPT if keep else events.REVIEW_REMOVED,
        actor=actor,
        at=at,
        channel=channel,
        purpose=reason.strip()[:200],
        details={
            "review": locked.campaign_id,
            "user": person.username,
            "role": locked.grant.role,
        },
        facts=facts,
    )


@transaction.atomic
def close_review(*, campaign: ReviewCampaign, at: datetime) -> int:
    """End every role that nobody reviewed in time, and the review with it.

    Nothing happens before the day after the last day, or twice. Returns how many roles ended.
    """
    locked = ReviewCampaign.objects.select_for_update().get(pk=campaign.pk)
    if locked.closed_at is not None or portal_day(at) <= locked.due_on:
        return 0
    ended = 0
    for item in (
        locked.items.select_for_update(of=("self",))
        .filter(decision=ReviewDecision.WAITING)
        .select_related("grant")
        .order_by("pk")
    ):
        if RoleGrant.objects.filter(in_force(at), pk=item.grant_id).exists():
            end_grant(
                grant=item.grant,
                reason=f"Nobody reviewed it by {locked.due_on.isoformat()}.",
                actor=None,
                at=at,
                channel=Channel.JOB,
            )
            item.decision = ReviewDecision.NOT_REVIEWED
            ended += 1
        else:
            item.decision = ReviewDecision.ENDED_BEFORE
        item.decided_at = at
        item.save(update_fields=["decision", "decided_at"])
    locked.closed_at = at
    locked.save(update_fields=["closed_at"])
    record_event(
        kind=events.REVIEW_CLOSED,
        actor=None,
        at=at,
        channel=Channel.JOB,
        details={"review": locked.pk, "ended": ended},
    )
    return ended
