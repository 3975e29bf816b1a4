"""Training of everybody, one request for a role that waits, and a review half done."""

from collections.abc import Mapping
from datetime import datetime, timedelta

from accounts.actions import move_to_office
from accounts.choices import Role
from accounts.models import Course, User
from accounts.standing.actions import record_training, request_role
from accounts.standing.choices import RequestKind, ReviewDecision
from accounts.standing.querysets import items_for
from accounts.standing.reviewing.actions import open_review, review_grant
from acrime.audit.choices import Channel
from acrime.common.eastern import portal_day

# Days until training ends, past ones below nought; everybody else has ten months.
DAYS_LEFT = {"calls": 12, "lapsed": -5}
TEN_MONTHS = 300
REVIEWERS = ("chief", "supervisor", "opr-lead", "admin", "admin2")
# Whose roles the review has not reached. They end when it is due, a month after the story.
NOT_YET_REVIEWED = frozenset({"analyst2", "calls", "attorney"})


def tell_of_standing(people: Mapping[str, User], *, begin: datetime, at: datetime) -> None:
    """Tell it for *people*, whose accounts were made at *begin*."""
    for name, person in people.items():
        _train(person, Course.SYSTEM, DAYS_LEFT.get(name, TEN_MONTHS), day=at, at=begin)
    for name in ("ncic", "supervisor"):
        _train(people[name], Course.NCIC, TEN_MONTHS, day=at, at=begin)
    chief = people["chief"]
    if chief.office is not None:
        move_to_office(user=chief, office=chief.office, heads=True, actor=None, at=begin)
    request_role(
        person=people["analyst"],
        role=Role.NCIC_SPECIALIST,
        kind=RequestKind.GRANT,
        reason="Covers the NCIC desk while a colleague is away.",
        until=portal_day(at) + timedelta(days=60),
        actor=people["supervisor"],
        at=at - timedelta(hours=5),
        channel=Channel.COMMAND,
    )
    _review(people, opened_at=at - timedelta(days=1), at=at - timedelta(hours=3))


def _train(person: User, code: str, days_left: int, *, day: datetime, at: datetime) -> None:
    """Record a passing whose last day is *days_left* days after *day*."""
    course = Course.objects.get(code=code)
    record_training(
        user=person,
        course=course,
        passed_on=portal_day(day) + timedelta(days=days_left - course.valid_days),
        evidence=f"Synthetic certificate {code}-{person.pk:04d}",
        actor=None,
        at=at,
    )


def _review(people: Mapping[str, User], *, opened_at: datetime, at: datetime) -> None:
    campaign = open_review(actor=people["admin"], at=opened_at, channel=Channel.COMMAND)
    for reviewer in (people[name] for name in REVIEWERS):
        for item in items_for(reviewer, campaign).filter(decision=ReviewDecision.WAITING):
            if item.grant.user.username not in NOT_YET_REVIEWED:
                review_grant(
                    item=item,
                    keep=True,
                    reason="Same duties as last year.",
                    actor=reviewer,
                    at=at,
                    channel=Channel.COMMAND,
                )
