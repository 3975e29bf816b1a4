"""Who may call: tokens, sessions, declarations, and how a refusal looks."""

from datetime import datetime, timedelta
from typing import Any

import pytest
from django.test import Client

from accounts import sessions
from accounts.actions import issue_token
from accounts.choices import Role
from accounts.models import ApiToken, User
from acrime.api.urls import SENDERS
from acrime.audit import events
from acrime.audit.choices import Channel, Outcome
from acrime.audit.models import AuditEvent
from acrime.iaq.models import InboundMessage
from tests.conftest import Browser, Clock, UserFactory
from tests.factories import message_bytes

pytestmark = pytest.mark.django_db

IAQ = "/api/v1/iaq/"
PROBLEM = "application/problem+json"


def call(client: Client, authorization: str) -> Any:
    return client.post(
        IAQ,
        message_bytes(),
        content_type="text/plain",
        headers={"Authorization": authorization} if authorization else {},
    )


def assert_not_signed_in(answer: Any) -> str:
    assert answer.status_code == 401
    assert answer["Content-Type"] == PROBLEM
    assert answer["WWW-Authenticate"] == 'Bearer realm="ACRIMe Portal"'
    assert answer.json()["code"] == "not-signed-in"
    assert not InboundMessage.objects.exists()
    return str(answer.json()["detail"])


# --- Tokens ----------------------------------------------------------------------------------


@pytest.mark.parametrize("authorization", ["", "Basic dXNlcjpwYXNz", "Token abc"])
def test_without_a_token(authorization: str, client: Client) -> None:
    assert_not_signed_in(call(client, authorization))
    assert not AuditEvent.objects.filter(kind=events.SIGN_IN_FAILED).exists()


def test_a_good_token_in_any_case_of_its_scheme(client: Client, token: str, notice: object) -> None:
    assert call(client, f"bearer {token}").status_code == 201


def test_tokens_that_open_nothing_all_get_the_same_answer(
    client: Client, token: str, message_switch: User, make_user: UserFactory, at: datetime
) -> None:
    def issued(user: User, *, expires_at: datetime) -> str:
        return issue_token(user=user, name="t", expires_at=expires_at, actor=None, at=at)

    tomorrow = at + timedelta(days=1)
    expired = issued(message_switch, expires_at=at)
    revoked = issued(message_switch, expires_at=tomorrow)
    ApiToken.objects.filter(pk=ApiToken.objects.latest("pk").pk).update(revoked_at=at)
    left = make_user(Role.ANALYST)
    of_inactive = issued(left, expires_at=tomorrow)
    User.objects.filter(pk=left.pk).update(is_active=False)
    without_role = issued(make_user(), expires_at=tomorrow)

    attempts = ["", "wrong", token[:-1], f"{token} {token}", "é", expired, revoked, of_inactive]
    attempts.append(without_role)
    answers = [call(client, f"Bearer {attempt}") for attempt in attempts]

    assert len({assert_not_signed_in(answer) for answer in answers}) == 1
    assert len({answer.content for answer in answers}) == 1
    written = AuditEvent.objects.filter(kind=events.SIGN_IN_FAILED)
    assert written.count() == len(attempts)
    assert set(written.values_list("actor_name", "channel", "outcome")) == {
        ("", Channel.API, Outcome.REFUSED)
    }


def test_a_token_expires_at_its_moment(client: Client, token: str, clock: Clock) -> None:
    clock.move(timedelta(days=30, seconds=-1))
    assert call(client, f"Bearer {token}").status_code != 401
    clock.move(timedelta(seconds=1))
    assert call(client, f"Bearer {token}").status_code == 401


def test_a_token_leaves_no_session(client: Client, token: str, notice: object) -> None:
    call(client, f"Bearer {token}")
    assert not client.cookies


# --- Roles -----------------------------------------------------------------------------------


@pytest.mark.parametrize("role", [role for role in Role if role not in SENDERS])
def test_other_roles_may_not_send(
    role: Role, client: Client, make_user: UserFactory, at: datetime
) -> None:
    user = make_user(role)
    token = issue_token(user=user, name="t", expires_at=at + timedelta(days=1), actor=None, at=at)

    answer = call(client, f"Bearer {token}")

    assert (answer.status_code, answer.json()["code"]) == (403, "not-allowed")
    assert answer["Content-Type"] == PROBLEM
    assert not InboundMessage.objects.exists()
    (event,) = AuditEvent.objects.filter(kind=events.ACCESS_DENIED)
    assert (event.actor, event.channel, event.outcome) == (user, Channel.API, Outcome.REFUSED)
    assert event.details == {"url": "api:iaq"}


# --- Sessions --------------------------------------------------------------------------------


@pytest.mark.parametrize("locked", ["by-idleness", "by-hand"])
def test_a_locked_session_opens_nothing(
    locked: str, as_analyst: Browser, clock: Clock, at: datetime
) -> None:
    if locked == "by-hand":
        session = as_analyst.session
        session[sessions.LOCKED_AT] = at.isoformat()
        session.save()
    else:
        clock.move(timedelta(hours=1))

    answer = as_analyst.post(IAQ, message_bytes(), content_type="text/plain")

    assert (answer.status_code, answer.json()["code"]) == (403, "not-allowed")
    assert answer["Content-Type"] == PROBLEM
    assert not InboundMessage.objects.exists()


def test_a_session_that_lasted_too_long_is_nobody(as_analyst: Browser, clock: Clock) -> None:
    clock.move(timedelta(hours=13))
    assert_not_signed_in(as_analyst.post(IAQ, message_bytes(), content_type="text/plain"))


# --- Addresses -------------------------------------------------------------------------------


@pytest.mark.parametrize("path", ["/api/", "/api/v1/nothing/", "/api/v2/iaq/", "/api/v1/iaq/9/"])
def test_an_unknown_address(path: str, client: Client) -> None:
    answer = client.get(path)

    assert answer.status_code == 404
    assert answer["Content-Type"] == PROBLEM
    assert answer.json() == {
        "type": "about:blank",
        "title": "Not Found",
        "status": 404,
        "code": "not-found",
        "detail": "There is nothing here under that number.",
    }


def test_outside_the_api_a_page_answers(client: Client) -> None:
    answer = client.get("/nothing-here/")

    assert answer.status_code == 404
    assert answer["Content-Type"].startswith("text/html")
