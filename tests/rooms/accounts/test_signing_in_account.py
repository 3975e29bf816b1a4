"""What a person is told: the last sign-in and failure, once and on the account's page; cookies;
numbers that can be tightened and not loosened."""

import os
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from django.core.exceptions import ImproperlyConfigured
from django.test import Client
from pytest_django import Settings

from accounts.models import User
from acrime.config.environment import Environment, read_environment
from tests import factories
from tests.conftest import BrowserFactory, Clock
from tests.rooms.common.test_environment import (  # noqa: F401 (a fixture)
    PRODUCTION,
    document_key,
)
from tests.support.signing_in import ACCOUNT, BANNER, PASSWORD_PAGE, SECOND, give, is_in

# --- Told -------------------------------------------------------------------------------------


def told(client: Client) -> list[str]:
    return [str(message) for message in client.get("/").context["messages"]]


def test_the_first_page_tells_of_the_last_sign_in_once(
    analyst: User, clock: Clock, settings: Settings
) -> None:
    give(Client(REMOTE_ADDR="192.0.2.1"), analyst)
    clock.move(timedelta(hours=20))
    wrong = Client(REMOTE_ADDR="192.0.2.66")
    give(wrong, analyst, password="wrong")
    clock.move(timedelta(hours=1))
    give(client := Client(REMOTE_ADDR="192.0.2.2"), analyst)
    lines = told(client)
    assert lines == [
        "Last sign-in: Nov 20, 2026 10:00 EST from 192.0.2.1. Last failed attempt: "
        "Nov 21, 2026 06:00 EST from 192.0.2.66. If that was not you, tell an administrator."
    ]
    assert told(client) == []
    page = client.get(ACCOUNT).content.decode()
    for part in ("Nov 20, 2026 10:00 EST", "192.0.2.1", "Nov 21, 2026 06:00 EST", "192.0.2.66"):
        assert part in page
    # The next time this sign-in is the last, and the failure lies before it.
    clock.move(timedelta(hours=1))
    give(again := Client(), analyst)
    assert "Nov 21, 2026 07:00 EST from 192.0.2.2" in (line := told(again)[0])
    assert "not you" not in line


def test_the_very_first_sign_in_is_told_as_that(client: Client, analyst: User) -> None:
    give(client, analyst)
    assert told(client) == ["This is the first sign-in to this account."]
    assert "None before this one" in client.get(ACCOUNT).content.decode()


def test_use_is_remembered(client: Client, analyst: User, at: datetime) -> None:
    assert analyst.last_used_at is None
    give(client, analyst)
    after = User.objects.get(pk=analyst.pk)
    assert (after.last_used_at, after.last_signed_in_at) == (at, at)


def test_the_account_says_who_one_is(browser_of: BrowserFactory, analyst: User) -> None:
    page = browser_of(analyst).get(ACCOUNT).content.decode()
    for part in (analyst.full_name, analyst.username, "Analyst", "Second factors"):
        assert part in page
    assert ACCOUNT in browser_of(analyst).get("/").content.decode()


# --- Cookies and keys -------------------------------------------------------------------------


def test_the_cookie_is_for_this_browser_and_this_day(client: Client, analyst: User) -> None:
    give(client, analyst)
    cookie = client.cookies["sessionid"]
    assert cookie["httponly"]
    assert cookie["samesite"] == "Lax"
    # Gone with the browser: not persistent (CJIS IA-5(o)).
    assert (cookie["expires"], cookie["max-age"]) == ("", "")
    # 32 letters and digits hold more than 64 bits.
    assert len(cookie.value) == 32


def test_a_key_known_before_opens_nothing_after(analyst: User) -> None:
    victim = Client()
    victim.post(BANNER)
    fixed = victim.cookies["sessionid"].value
    give(victim, analyst)
    assert is_in(victim)
    assert victim.cookies["sessionid"].value != fixed
    thief = Client()
    thief.cookies["sessionid"] = fixed
    assert not is_in(thief)


def test_a_form_from_elsewhere_does_nothing(analyst: User) -> None:
    client = Client(enforce_csrf_checks=True)
    client.get(BANNER)
    given = {"username": analyst.username, "password": factories.PASSWORD}
    for address in (BANNER, PASSWORD_PAGE, SECOND, "/sign-in/certificate/"):
        assert client.post(address, given).status_code == 403, address


# --- Numbers ----------------------------------------------------------------------------------


def read(**values: str) -> Environment:
    return read_environment(PRODUCTION | {"ACRIME_ENV_FILE": os.devnull} | values)


@pytest.mark.parametrize(
    ("name", "attribute", "default", "tighter", "looser"),
    [
        ("ACRIME_LOCK_FAILURES", "lock_failures", 5, "3", "6"),
        ("ACRIME_LOCK_MINUTES", "lock_minutes", 15, "60", "14"),
        ("ACRIME_PASSWORD_LENGTH", "password_length", 8, "15", "7"),
        ("ACRIME_REAUTHENTICATE_MINUTES", "proof_minutes", 15, "5", "31"),
        ("ACRIME_IDLE_LOCK_MINUTES", "idle_lock_minutes", 15, "5", "31"),
        ("ACRIME_SESSION_HOURS", "session_hours", 12, "8", "13"),
    ],
)
def test_numbers_can_be_tightened_and_not_loosened(
    name: str, attribute: str, default: int, tighter: str, looser: str
) -> None:
    assert getattr(read(), attribute) == default
    assert getattr(read(**{name: tighter}), attribute) == int(tighter)
    for refused in (looser, "0", "-1", "x", ""):
        with pytest.raises(ImproperlyConfigured, match=name):
            read(**{name: refused})


@pytest.mark.parametrize(
    ("values", "opens"),
    [
        ({}, False),
        ({"ACRIME_SYNTHETIC_DATA": "1"}, False),
        ({"ACRIME_SYNTHETIC_DATA": "1", "ACRIME_DEMO_ACCOUNTS": "1"}, True),
        ({"ACRIME_ENV": "local"}, True),
        ({"ACRIME_ENV": "test"}, True),
        ({"ACRIME_ENV": "local", "ACRIME_SYNTHETIC_DATA": "0"}, False),
        ({"ACRIME_ENV": "local", "ACRIME_DEMO_ACCOUNTS": "0"}, False),
    ],
)
def test_where_demonstration_accounts_open(values: dict[str, str], opens: bool) -> None:
    assert read(**values).demo_accounts is opens


@pytest.mark.parametrize("kind", ["production", "local"])
def test_demonstration_accounts_need_synthetic_data(kind: str) -> None:
    with pytest.raises(ImproperlyConfigured, match="ACRIME_SYNTHETIC_DATA"):
        read(ACRIME_ENV=kind, ACRIME_DEMO_ACCOUNTS="1", ACRIME_SYNTHETIC_DATA="0")


def test_a_proof_of_cards_is_long_and_comes_from_somewhere() -> None:
    assert read().certificate_proof == ""
    with pytest.raises(ImproperlyConfigured, match="at least 32"):
        read(ACRIME_PIV_PROOF="short", ACRIME_TRUSTED_PROXIES="10.0.0.1")
    with pytest.raises(ImproperlyConfigured, match="ACRIME_TRUSTED_PROXIES"):
        read(ACRIME_PIV_PROOF="p" * 32)
    with pytest.raises(ImproperlyConfigured, match="ACRIME_TRUSTED_PROXIES"):
        read(ACRIME_TRUSTED_PROXIES="everywhere")
    found = read(ACRIME_PIV_PROOF="p" * 32, ACRIME_TRUSTED_PROXIES="10.0.0.1")
    assert found.certificate_proof == "p" * 32


def test_single_sign_on_is_whole_or_not_at_all() -> None:
    assert read().single_sign_on is None
    url = {"ACRIME_OIDC_URL": "https://sso.example.gov"}
    keys = {"ACRIME_OIDC_CLIENT_ID": "portal", "ACRIME_OIDC_CLIENT_SECRET": "hush"}
    for left_out in keys:
        with pytest.raises(ImproperlyConfigured, match=left_out):
            read(**url, **{name: value for name, value in keys.items() if name != left_out})
    with pytest.raises(ImproperlyConfigured, match="https://"):
        read(**keys, ACRIME_OIDC_URL="http://sso.example.gov")
    found = read(**url, **keys, ACRIME_OIDC_STRONG=" mfa, urn:agreed ,")
    assert found.single_sign_on is not None
    assert found.single_sign_on.name == "single sign-on"
    assert found.single_sign_on.strong == {"mfa", "urn:agreed"}


def test_the_file_of_banned_passwords_is_read_at_the_start(tmp_path: Path) -> None:
    file = tmp_path / "banned.txt"
    file.write_text("Nine Quiet Lamps\n\n  other  \n", encoding="utf-8")
    assert read(ACRIME_BANNED_PASSWORDS=str(file)).banned_passwords == {"nine quiet lamps", "other"}
    for wrong in (tmp_path / "none", tmp_path):
        with pytest.raises(ImproperlyConfigured, match="ACRIME_BANNED_PASSWORDS"):
            read(ACRIME_BANNED_PASSWORDS=str(wrong))
    file.write_bytes(b"\xff\xfe")
    with pytest.raises(ImproperlyConfigured, match="ACRIME_BANNED_PASSWORDS"):
        read(ACRIME_BANNED_PASSWORDS=str(file))
