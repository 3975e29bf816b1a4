"""What the calendar does to standing. Every task may run again and changes nothing twice."""

from celery import shared_task
from django.conf import settings

from accounts.standing.upkeep import actions
from acrime.common import clock


@shared_task(name="accounts.standing.tasks.keep_roles")
def keep_roles() -> None:
    """End what has run out: roles past their day, and the review past its own."""
    at = clock.now()
    actions.end_expired_roles(at=at)
    actions.close_due_reviews(at=at)
    actions.open_yearly_review(month=settings.REVIEW_DAY[0], day=settings.REVIEW_DAY[1], at=at)


@shared_task(name="accounts.standing.tasks.close_unused")
def close_unused() -> None:
    """Disable accounts, and revoke tokens, that nobody used for too long."""
    at = clock.now()
    actions.disable_unused(days=settings.UNUSED_DAYS, at=at)
    actions.revoke_unused_tokens(days=settings.UNUSED_DAYS, at=at)
