"""What the portal does by the calendar, once a day."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.db.models import Max, Min
from django.db.models.functions import Coalesce, Greatest

from accounts.actions import (
    EXPIRED,
    disable_account,
    end_grant,
    revoke_token,
)
from accounts.choices import Role
from accounts.models import (
    ApiToken,
    ReviewCampaign,
    RoleGrant,
    User,
)
from accounts.standing.policy import (
    is_unused,
    unused_since,
    yearly_review_is_due,
)
from accounts.standing.querysets import in_force
from accounts.standing.reviewing.actions import close_review, open_review
from acrime.audit.choices import Channel
from acrime.common.eastern import portal_day
from acrime.common.errors import ActionRefused


def end_expired_roles(*, at: datetime) -> int:
    """Book the end of roles whose last day has passed; they opened nothing since."""
    expired = RoleGrant.objects.filter(ended_at=None, expires_at__lte=at).order_by("pk")
    for grant in expired:
        _unless_refused("already-ended", end_grant, grant=grant, reason=EXPIRED, at=at)
    return len(expired)


def close_due_reviews(*, at: datetime) -> int:
    """Close the review whose last day has passed. Returns how many roles ended."""
    return sum(
        close_review(campaign=campaign, at=at)
        for campaign in ReviewCampaign.objects.filter(closed_at=None, due_on__lt=portal_day(at))
    )


def open_yearly_review(*, month: int, day: int, at: datetime) -> bool:
    """Open this year's review on its day, or later where the portal stood still that day."""
    last = ReviewCampaign.objects.aggregate(last=Max("opened_at"))["last"]
    since = User.objects.aggregate(first=Min("joined_at"))["first"]
    if not yearly_review_is_due(
        today=portal_day(at),
        month=month,
        day=day,
        last_opened_on=portal_day(last) if last else None,
        portal_since=portal_day(since) if since else None,
    ):
        return False
    return _unless_refused("already-open", open_review, at=at)


def disable_unused(*, days: int, at: datetime) -> int:
    """Disable every account that nobody used for *days* days; an event for each.

    Connected systems are left to their tokens, by which alone they come in.
    """
    machines = RoleGrant.objects.filter(in_force(at), role=Role.INTERFACE).values("user")
    candidates = (
        User.objects.filter(is_active=True)
        .exclude(pk__in=machines)
        .annotate(
            since=Greatest(
                "joined_at",
                Coalesce("last_used_at", "joined_at"),
                Coalesce("enabled_at", "joined_at"),
            )
        )
        .filter(since__lte=at - timedelta(days=days))
        .order_by("pk")
    )
    return sum(_disable_if_unused(user.pk, days=days, at=at) for user in candidates)


@transaction.atomic
def _disable_if_unused(user_id: int, *, days: int, at: datetime) -> bool:
    # Asked again under the lock: somebody may have come back meanwhile.
    user = User.objects.select_for_update().get(pk=user_id)
    since = unused_since(
        joined_at=user.joined_at, last_used_at=user.last_used_at, enabled_at=user.enabled_at
    )
    if not user.is_active or not is_unused(since, at=at, days=days):
        return False
    disable_account(
        user=user, reason=f"Not used for {days} days.", actor=None, at=at, channel=Channel.JOB
    )
    return True


def revoke_unused_tokens(*, days: int, at: datetime) -> int:
    """Revoke every token that nothing used for *days* days; an event for each."""
    unused = (
        ApiToken.objects.filter(revoked_at=None, expires_at__gt=at)
        .annotate(since=Coalesce("last_used_at", "created_at"))
        .filter(since__lte=at - timedelta(days=days))
        .select_related("user")
        .order_by("pk")
    )
    for token in unused:
        revoke_token(
            token=token,
            reason=f"Not used for {days} days.",
            actor=None,
            at=at,
            channel=Channel.JOB,
        )
    return len(unused)


def _unless_refused(code: str, act: Callable[..., object], **how: Any) -> bool:
    """Do *act* as the portal itself; somebody who was faster is no fault."""
    try:
        act(actor=None, channel=Channel.JOB, **how)
    except ActionRefused as refusal:
        if refusal.code != code:
            raise
        return False
    return True
