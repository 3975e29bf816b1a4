"""Passwords: long enough, not banned, whole; changed by their owner; a first one at once."""

import io
from datetime import datetime

import pytest
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.core.management import CommandError, call_command
from django.test import Client

from accounts.choices import Role
from accounts.models import User
from accounts.signing_in import events
from acrime.audit.models import AuditEvent
from tests import factories
from tests.conftest import BrowserFactory, Clock
from tests.support.signing_in import (
    ACCOUNT,
    FACTORS,
    SECOND,
    code_at,
    give,
    is_in,
    real,
    with_app,
)

CHANGE = f"{ACCOUNT}password/"
NEW = "nine quiet lamps at sea"


def typed(monkeypatch: pytest.MonkeyPatch, password: str) -> None:
    monkeypatch.setattr("sys.stdin", io.StringIO(f"{password}\n"))


@pytest.mark.parametrize(
    ("password", "reason"),
    [
        ("short 7", "at least 8 characters"),
        ("password1", "too common"),
        ("Acrime-Portal-1", "words of this portal"),
        ("zzzzzzzzzz", "repeats"),
        ("Synthetic-Data-Only", "everybody knows"),
        ("marisol example", "too similar to the full name"),
    ],
)
def test_a_banned_password_is_refused_with_the_reason(
    password: str, reason: str, analyst: User
) -> None:
    analyst.full_name = "Marisol Example"
    with pytest.raises(ValidationError) as refused:
        validate_password(password, real(analyst))
    assert reason in " ".join(refused.value.messages)


def test_the_owner_changes_it_and_other_sessions_end(
    browser_of: BrowserFactory, analyst: User
) -> None:
    browser, elsewhere = browser_of(analyst), browser_of(analyst)
    key = browser.cookies["sessionid"].value
    answer = browser.post(CHANGE, {"old": factories.PASSWORD, "new": NEW, "again": NEW})
    assert answer.headers["Location"] == ACCOUNT
    assert is_in(browser)
    assert browser.cookies["sessionid"].value != key
    assert not is_in(elsewhere)
    event = AuditEvent.objects.get(kind=events.PASSWORD_CHANGED)
    assert (event.actor, event.details) == (analyst, {"user": analyst.username})
    give(client := Client(), analyst)
    assert not is_in(client)
    give(client, analyst, password=NEW)
    assert is_in(client)


@pytest.mark.parametrize(
    ("given", "field"),
    [
        ({"old": "wrong"}, "old"),
        ({"old": ""}, "old"),
        ({"again": "nine quiet lamps at see"}, "again"),
        ({"new": "short 7", "again": "short 7"}, "new"),
        ({"new": factories.PASSWORD, "again": factories.PASSWORD}, "new"),
        ({"new": "nul\0byte password", "again": "nul\0byte password"}, "new"),
        ({"new": "", "again": ""}, "new"),
    ],
)
def test_what_is_wrong_is_said_at_the_field(
    given: dict[str, str], field: str, browser_of: BrowserFactory, analyst: User
) -> None:
    browser = browser_of(analyst)
    whole = {"old": factories.PASSWORD, "new": NEW, "again": NEW} | given
    answer = browser.post(CHANGE, whole)
    assert answer.status_code == 422
    assert field in answer.context["form"].errors
    assert NEW not in answer.content.decode()
    assert User.objects.get(pk=analyst.pk).check_password(factories.PASSWORD)


@pytest.mark.parametrize(
    "password",
    [
        " spaces at both ends ",
        "ünïcödé wörter genügen",
        "密码学很有意思的",
        "🦉🐈🐕🦊🐻🐼🐨🐯🦁",
        "long " * 200 + "the end",
    ],
)
def test_all_characters_count_and_none_is_cut_off(
    password: str, browser_of: BrowserFactory, analyst: User
) -> None:
    browser_of(analyst).post(
        CHANGE, {"old": factories.PASSWORD, "new": password, "again": password}
    )
    for given, opens in ((password, True), (password[:-1], False), (password[1:], False)):
        give(client := Client(), analyst, password=given)
        assert is_in(client) is opens


def test_it_is_kept_salted_and_hashed(analyst: User, other_analyst: User) -> None:
    """The salt has at least 32 bits (CJIS IA-5(1)(a)); Django's have 128."""
    kept = [user.password.split("$") for user in (analyst, other_analyst)]
    assert kept[0][1] != kept[1][1]
    assert all(len(salt) >= 22 for _, salt, _ in kept)


# --- A first password -------------------------------------------------------------------------


@pytest.fixture
def newcomer(db: None, monkeypatch: pytest.MonkeyPatch) -> User:
    """Somebody whom ``add_account`` added a moment ago."""
    typed(monkeypatch, factories.PASSWORD)
    call_command(
        "add_account", "newcomer", "Synthetic Newcomer", Role.FIELD_OFFICER, stdout=io.StringIO()
    )
    return User.objects.get(username="newcomer")


def test_a_first_password_is_changed_before_anything_else(
    client: Client, newcomer: User, at: datetime
) -> None:
    assert give(client, newcomer).headers["Location"] == CHANGE
    for address in ("/", "/queries/", ACCOUNT):
        assert client.get(address).headers["Location"] == CHANGE, address
    assert "Somebody else chose" in client.get(CHANGE).content.decode()
    answer = client.post(CHANGE, {"old": factories.PASSWORD, "new": NEW, "again": NEW})
    # The second factor is next, and only then the portal.
    assert answer.headers["Location"] == FACTORS
    assert client.get("/").headers["Location"] == FACTORS
    assert not User.objects.get(pk=newcomer.pk).must_change_password


def test_a_first_password_cannot_be_kept(client: Client, newcomer: User) -> None:
    give(client, newcomer)
    same = {"old": factories.PASSWORD, "new": factories.PASSWORD, "again": factories.PASSWORD}
    assert client.post(CHANGE, same).status_code == 422
    assert User.objects.get(pk=newcomer.pk).must_change_password


def test_a_forgotten_password_is_set_by_command(
    client: Client,
    browser_of: BrowserFactory,
    analyst: User,
    at: datetime,
    clock: Clock,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    with_app(analyst, at=at)
    give(client, analyst)
    client.post(SECOND, {"code": code_at(at)})
    assert is_in(client)
    typed(monkeypatch, NEW)
    call_command("set_password", analyst.username, stdout=io.StringIO())
    assert not is_in(client)
    assert AuditEvent.objects.get(kind=events.PASSWORD_SET).details == {"user": analyst.username}
    # The second factor is asked for all the same.
    assert give(client, analyst, password=NEW).headers["Location"] == SECOND


@pytest.mark.parametrize("name", ["nobody-here", "message-switch"])
def test_a_password_is_set_for_people_alone(
    name: str, message_switch: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    typed(monkeypatch, NEW)
    with pytest.raises(CommandError):
        call_command("set_password", name)


def test_a_weak_first_password_is_refused(analyst: User, monkeypatch: pytest.MonkeyPatch) -> None:
    real(analyst)
    typed(monkeypatch, "Acrime-2026")
    with pytest.raises(CommandError, match="words of this portal"):
        call_command("set_password", analyst.username)
    assert User.objects.get(pk=analyst.pk).check_password(factories.PASSWORD)


def test_without_a_password_there_is_none_to_change(
    browser_of: BrowserFactory, analyst: User
) -> None:
    analyst.set_unusable_password()
    analyst.save()
    browser = browser_of(analyst)
    assert browser.get(CHANGE).status_code == 404
    assert CHANGE not in browser.get(ACCOUNT).content.decode()
