"""What pages say of their reader's own standing: what runs out, and what waits for review."""

from typing import Any

from django.http import HttpRequest

from accounts.choices import Role
from accounts.models import User
from accounts.sessions import is_locked
from accounts.standing.policy import REVIEW_WARN_DAYS, Countdown, countdown, is_machine
from accounts.standing.querysets import open_review, own_waiting_items, waiting_for
from acrime.common import clock
from acrime.common.eastern import portal_day


def standing_notices(request: HttpRequest) -> dict[str, Any]:
    """The countdowns of every page; on the first page, the review's warnings too.

    Countdowns cost no query: a request has read its person's standing before.
    """
    user = getattr(request, "user", None)
    if not isinstance(user, User) or is_locked(request) or not user.standing.enters:
        return {}
    notices = _countdowns(user)
    match = request.resolver_match
    if match is not None and match.view_name == "home":
        notices += _review_warnings(user)
    return {"standing_notices": notices}


def _countdowns(user: User) -> list[Countdown]:
    if is_machine(user.roles):
        return []
    standing, today = user.standing, portal_day(clock.now())
    found = [countdown("Your training", ends=standing.training_ends, today=today)]
    if standing.ncic_ends is not None:
        found.append(countdown("Your NCIC certification", ends=standing.ncic_ends, today=today))
    notices = [each for each in found if each is not None]
    if Role.NCIC_SPECIALIST in user.roles and not standing.ncic_certified:
        notices.append(
            Countdown(
                "error",
                "Your NCIC certification is not current, so NCIC is closed to you. "
                "An administrator records it when you have passed.",
            )
        )
    return notices


def _review_warnings(user: User) -> list[Countdown]:
    """From seven days before the review's last day: to reviewers, and to the reviewed."""
    campaign = open_review()
    if campaign is None:
        return []
    left = (campaign.due_on - portal_day(clock.now())).days
    if not 0 <= left <= REVIEW_WARN_DAYS:
        return []
    day = f"{campaign.due_on.day} {campaign.due_on:%B %Y}"
    warnings = []
    if count := waiting_for(user, campaign).count():
        roles = "1 role waits" if count == 1 else f"{count} roles wait"
        warnings.append(
            Countdown(
                "warning",
                f"{roles} for your review. What is not reviewed by {day} ends.",
            )
        )
    own = ", ".join(item.grant.get_role_display() for item in own_waiting_items(user, campaign))
    if own:
        warnings.append(
            Countdown(
                "warning",
                f"The yearly review has not reached all your roles: {own}. "
                f"What is not reviewed by {day} ends; ask your supervisor.",
            )
        )
    return warnings
