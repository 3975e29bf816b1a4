"""The yearly review, and what the calendar ends: unreviewed roles, unused accounts and tokens."""

import io
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.test import Client

from accounts import events as account_events
from accounts.actions import disable_account, enable_account, end_grant, issue_token
from accounts.choices import Role
from accounts.models import ApiToken, ReviewCampaign, ReviewItem, RoleGrant, User
from accounts.standing import events, tasks
from accounts.standing.choices import ReviewDecision
from accounts.standing.querysets import items_for, progress_of
from accounts.standing.reviewing.actions import close_review, open_review, review_grant
from accounts.standing.upkeep.actions import (
    disable_unused,
    open_yearly_review,
    revoke_unused_tokens,
)
from acrime.audit.choices import Channel
from acrime.audit.models import AuditEvent
from acrime.common.errors import ActionRefused, NotThere
from tests import factories
from tests.conftest import Browser, BrowserFactory, Clock, UserFactory

pytestmark = pytest.mark.django_db

REVIEW = "/people/review/"


def fresh(user: User) -> User:
    return User.objects.get(pk=user.pk)


@pytest.fixture
def administrator(make_user: UserFactory) -> User:
    return make_user(Role.ADMINISTRATOR, username="keeper")


@pytest.fixture
def campaign(
    administrator: User, analyst: User, other_analyst: User, at: datetime
) -> ReviewCampaign:
    """Open over an administrator, a supervisor, and two analysts, one without a supervisor."""
    return open_review(actor=administrator, at=at)


def item_of(user: User) -> ReviewItem:
    return ReviewItem.objects.get(grant__user=user)


def refused(act: Callable[[], object]) -> str:
    with pytest.raises(ActionRefused) as refusal:
        act()
    return refusal.value.code


# --- Reviewing ---------------------------------------------------------------------------------


def test_every_role_in_force_is_up_for_review_and_no_other(
    administrator: User, analyst: User, make_user: UserFactory, at: datetime
) -> None:
    gone = make_user(Role.ANALYST)
    end_grant(grant=gone.role_grants.get(), reason="x", actor=None, at=at)
    expired = make_user()
    RoleGrant.objects.create(user=expired, role=Role.ANALYST, granted_at=at, expires_at=at)
    campaign = open_review(actor=administrator, at=at)
    reviewed = {item.grant.user for item in campaign.items.all()}
    assert reviewed == {administrator, analyst, analyst.supervisor}
    assert campaign.due_on == at.date() + timedelta(days=30)
    assert refused(lambda: open_review(actor=administrator, at=at)) == "already-open"
    assert AuditEvent.objects.get(kind=events.REVIEW_OPENED).details["roles"] == 3


def test_each_reviews_their_own_people_and_nobody_themselves(
    campaign: ReviewCampaign,
    administrator: User,
    supervisor: User,
    analyst: User,
    other_analyst: User,
    make_user: UserFactory,
    at: datetime,
) -> None:
    def reviewed_by(user: User) -> set[User]:
        return {item.grant.user for item in items_for(fresh(user), campaign)}

    second = make_user(Role.ADMINISTRATOR)
    assert reviewed_by(supervisor) == {analyst}
    assert reviewed_by(administrator) == {supervisor, other_analyst}
    assert reviewed_by(second) == {supervisor, other_analyst, administrator}
    assert not reviewed_by(analyst)
    # A supervisor whose account was closed leaves their people to the administrators.
    disable_account(user=supervisor, reason="x", actor=None, at=at)
    assert analyst in reviewed_by(administrator)
    enable_account(user=supervisor, reason="x", actor=None, at=at)

    everybody = (administrator, supervisor, analyst, other_analyst)
    for item in campaign.items.all():
        for actor in everybody:
            if item.grant.user in reviewed_by(actor):
                continue
            with pytest.raises(NotThere):
                review_grant(item=item, keep=True, actor=fresh(actor), at=at)


def test_a_role_is_kept_or_removed_at_once(
    campaign: ReviewCampaign,
    supervisor: User,
    administrator: User,
    analyst: User,
    other_analyst: User,
    at: datetime,
) -> None:
    review_grant(item=item_of(analyst), keep=True, actor=supervisor, at=at)
    assert fresh(analyst).roles == {Role.ANALYST}
    item = item_of(other_analyst)
    assert (
        refused(lambda: review_grant(item=item, keep=False, actor=administrator, at=at))
        == "no-reason"
    )
    review_grant(item=item, keep=False, reason="Moved on", actor=administrator, at=at)
    assert not fresh(other_analyst).roles
    assert other_analyst.role_grants.get().end_reason == "Removed in the yearly review: Moved on"
    assert (
        refused(lambda: review_grant(item=item, keep=True, actor=administrator, at=at))
        == "already-decided"
    )
    for kind in (events.REVIEW_KEPT, events.REVIEW_REMOVED):
        assert AuditEvent.objects.filter(kind=kind).count() == 1
    done = {row.reviewer: (row.done, row.total) for row in progress_of(campaign)}
    assert done == {supervisor: (1, 1), None: (1, 3)}


def test_what_nobody_reviewed_ends_after_the_last_day(
    campaign: ReviewCampaign,
    supervisor: User,
    administrator: User,
    analyst: User,
    other_analyst: User,
    at: datetime,
) -> None:
    review_grant(item=item_of(analyst), keep=True, actor=supervisor, at=at)
    end_grant(grant=other_analyst.role_grants.get(), reason="x", actor=administrator, at=at)
    last = at + timedelta(days=30)
    assert close_review(campaign=campaign, at=last) == 0
    after = at + timedelta(days=31)
    late = item_of(supervisor)
    assert (
        refused(lambda: review_grant(item=late, keep=True, actor=administrator, at=after))
        == "review-over"
    )

    assert close_review(campaign=campaign, at=after) == 2
    assert close_review(campaign=campaign, at=after) == 0

    assert fresh(analyst).roles == {Role.ANALYST}
    assert not fresh(supervisor).roles
    assert item_of(supervisor).decision == ReviewDecision.NOT_REVIEWED
    assert item_of(other_analyst).decision == ReviewDecision.ENDED_BEFORE
    ended = AuditEvent.objects.filter(kind=account_events.ROLE_ENDED, actor=None)
    assert set(ended.values_list("channel", flat=True)) == {Channel.JOB}
    assert {event.details["user"] for event in ended} == {
        supervisor.username,
        administrator.username,
    }
    closed = AuditEvent.objects.get(kind=events.REVIEW_CLOSED)
    assert (closed.actor, closed.details["ended"]) == (None, 2)


def test_the_year_s_review_opens_by_itself_once(
    analyst: User, clock: Clock, settings: Any, at: datetime
) -> None:
    User.objects.update(joined_at=at - timedelta(days=400))
    before = ReviewCampaign.objects.count()
    assert not open_yearly_review(month=11, day=21, at=at - timedelta(days=366))
    assert open_yearly_review(month=11, day=20, at=at)
    assert not open_yearly_review(month=11, day=20, at=at)
    assert ReviewCampaign.objects.count() == before + 1
    event = AuditEvent.objects.get(kind=events.REVIEW_OPENED)
    assert (event.actor, event.channel) == (None, Channel.JOB)


def test_the_tasks_do_nothing_twice(campaign: ReviewCampaign, analyst: User, clock: Clock) -> None:
    clock.move(timedelta(days=100))
    for _ in range(2):
        tasks.keep_roles()
        tasks.close_unused()
    for kind, count in (
        (events.REVIEW_CLOSED, 1),
        (account_events.ROLE_ENDED, 4),
        (account_events.ACCOUNT_DISABLED, 4),
    ):
        assert AuditEvent.objects.filter(kind=kind).count() == count, kind


# --- The page ----------------------------------------------------------------------------------


def test_a_supervisor_reviews_on_one_page(
    campaign: ReviewCampaign, browser_of: BrowserFactory, supervisor: User, analyst: User
) -> None:
    browser, item = browser_of(supervisor), item_of(analyst)
    name = f"item{item.pk}"
    page = browser.get(REVIEW)
    assert [each for each, _ in page.context["waiting"]] == [item]
    assert not page.context["progress"]
    wrong = browser.post(REVIEW, {f"{name}-decision": "remove"})
    assert wrong.status_code == 422
    assert "Say why the role is removed" in wrong.content.decode()
    assert browser.post(REVIEW, {f"{name}-decision": "burn"}).status_code == 422
    assert item_of(analyst).decision == ReviewDecision.WAITING
    assert browser.post(REVIEW, {f"{name}-decision": "keep"}).status_code == 302
    assert item_of(analyst).decision == ReviewDecision.KEEP


def test_a_forged_form_reviews_nobody_else(
    campaign: ReviewCampaign,
    browser_of: BrowserFactory,
    supervisor: User,
    analyst: User,
    other_analyst: User,
) -> None:
    """Items of others, one's own, made-up ones, and columns that no form asks for."""
    given: dict[str, object] = {}
    for item in [*ReviewItem.objects.exclude(grant__user=analyst), None]:
        number = item.pk if item else 999_999
        given |= {
            f"item{number}-decision": "remove",
            f"item{number}-reason": "forged",
            f"item{number}-decided_by": other_analyst.pk,
            "grant": number,
        }
    browser_of(supervisor).post(REVIEW, given)
    assert not ReviewItem.objects.exclude(decision=ReviewDecision.WAITING).exists()
    browser_of(analyst).post(REVIEW, given)
    assert not ReviewItem.objects.exclude(decision=ReviewDecision.WAITING).exists()
    assert fresh(other_analyst).roles == {Role.ANALYST}


def test_administrators_open_a_review_and_see_how_far_it_is(
    browser_of: BrowserFactory, administrator: User, supervisor: User, analyst: User
) -> None:
    browser = browser_of(administrator)
    assert "No review yet" in browser.get(REVIEW).content.decode()
    assert browser_of(supervisor).post("/people/review/open/").status_code == 403
    assert browser.post("/people/review/open/").status_code == 302
    page = browser.get(REVIEW)
    assert {row.reviewer for row in page.context["progress"]} == {supervisor, None}
    browser.post("/people/review/open/")
    assert ReviewCampaign.objects.count() == 1


def test_the_last_week_warns_reviewers_and_the_reviewed(
    campaign: ReviewCampaign, supervisor: User, analyst: User, clock: Clock, at: datetime
) -> None:
    def first_page(user: User) -> str:
        client = factories.sign_in(Client(), user, at=clock.moment)
        return client.get("/").content.decode()

    clock.moment = at + timedelta(days=22)
    assert "for your review" not in first_page(supervisor)
    clock.moment = at + timedelta(days=23)
    assert "1 role waits for your review" in first_page(supervisor)
    assert "not reached all your roles: Supervisor" in first_page(supervisor)
    assert "not reached all your roles: Analyst" in first_page(analyst)
    assert "20 December 2026" in first_page(analyst)
    review_grant(item=item_of(analyst), keep=True, actor=supervisor, at=clock.moment)
    assert "not reached" not in first_page(analyst)


# --- Without use -------------------------------------------------------------------------------


def test_an_account_without_use_is_disabled_and_stays_so(
    analyst: User, other_analyst: User, message_switch: User, at: datetime
) -> None:
    later = at + timedelta(days=90)
    User.objects.exclude(pk=analyst.pk).update(last_used_at=at + timedelta(seconds=1))
    assert disable_unused(days=90, at=later - timedelta(seconds=1)) == 0
    assert (disable_unused(days=90, at=later), disable_unused(days=90, at=later)) == (1, 0)

    assert not fresh(analyst).is_active
    assert fresh(other_analyst).is_active
    event = AuditEvent.objects.get(kind=account_events.ACCOUNT_DISABLED)
    assert (event.actor, event.channel) == (None, Channel.JOB)
    assert (event.details, event.purpose) == (
        {"user": analyst.username},
        "Not used for 90 days.",
    )


def test_being_enabled_again_takes_another_person_and_counts_anew(
    analyst: User, administrator: User, at: datetime
) -> None:
    later = at + timedelta(days=90)
    disable_unused(days=90, at=later)
    assert (
        refused(lambda: enable_account(user=analyst, reason="x", actor=analyst, at=later))
        == "own-account"
    )
    assert (
        refused(lambda: enable_account(user=analyst, reason=" ", actor=administrator, at=later))
        == "no-reason"
    )
    enable_account(user=analyst, reason="Leave is over", actor=administrator, at=later)
    assert disable_unused(days=90, at=later + timedelta(days=89)) == 0
    assert fresh(analyst).is_active
    assert disable_unused(days=90, at=later + timedelta(days=90)) == 1


def test_a_machine_is_kept_and_its_unused_token_is_not(
    client: Client, message_switch: User, clock: Clock, at: datetime
) -> None:
    used, unused = (
        issue_token(
            user=message_switch, name=name, expires_at=at + timedelta(days=300), actor=None, at=at
        )
        for name in ("used", "unused")
    )

    def call(token: str) -> int:
        answer = client.get("/api/v1/schema/", headers={"Authorization": f"Bearer {token}"})
        return answer.status_code

    clock.move(timedelta(days=1))
    assert call(used) == 200
    clock.moment = at + timedelta(days=90)
    assert disable_unused(days=90, at=clock.moment) == 0
    assert revoke_unused_tokens(days=90, at=clock.moment) == 1
    assert revoke_unused_tokens(days=90, at=clock.moment) == 0
    assert (call(used), call(unused)) == (200, 401)
    event = AuditEvent.objects.get(kind=account_events.TOKEN_REVOKED)
    assert (event.actor, event.details["token"]) == (None, "unused")
    assert ApiToken.objects.get(name="used").last_used_at == clock.moment


# --- The way back ------------------------------------------------------------------------------


def test_the_server_restores_an_administrator(analyst: User, at: datetime) -> None:
    def restore(name: str, reason: str = "Nobody is left") -> None:
        call_command("restore_administrator", name, reason=reason, stdout=io.StringIO())

    person = factories.make_user(Role.ADMINISTRATOR, at=at, username="first")
    with pytest.raises(CommandError, match="is an administrator's"):
        restore("first")
    end_grant(grant=person.role_grants.get(), reason="x", actor=None, at=at)
    disable_account(user=person, reason="x", actor=None, at=at)
    restore("FIRST")
    assert fresh(person).has_role(Role.ADMINISTRATOR)
    with pytest.raises(CommandError, match="does not go with"):
        restore(analyst.username)
    with pytest.raises(CommandError, match="no account"):
        restore("nobody")


def test_pages_open_for_each_role(make_user: UserFactory, browser_of: BrowserFactory) -> None:
    for role in (role for role in Role if role != Role.INTERFACE):
        browser: Browser = browser_of(make_user(role))
        for page in ("/people/", "/people/mine/", REVIEW):
            assert browser.get(page).status_code == 200, (role, page)
