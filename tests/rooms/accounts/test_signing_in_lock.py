"""Five failures lock an account until an administrator releases it (CJIS AC-7)."""

from datetime import datetime, timedelta
from io import StringIO

import pytest
from axes.models import AccessAttempt
from django.contrib.auth.hashers import BasePasswordHasher, MD5PasswordHasher
from django.core.management import CommandError, call_command
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from pytest_django import Settings

from accounts.choices import Role
from accounts.models import User
from accounts.signing_in import events
from accounts.signing_in.actions import release_account
from acrime.audit import events as session_events
from acrime.audit.models import AuditEvent
from acrime.common.errors import ActionRefused
from tests import factories
from tests.conftest import BrowserFactory, Clock, UserFactory
from tests.support.signing_in import (
    ACCOUNT,
    BANNER,
    LOCK,
    PASSWORD_PAGE,
    SECOND,
    code_at,
    give,
    is_in,
    with_app,
)

LOCKED = "/sign-in/locked/"
CHANGE, PROVE = f"{ACCOUNT}password/", f"{ACCOUNT}prove/"


WRONG = "wrong"
NOWHERE = "0.0.0.0"  # noqa: S104  # what every row of the counter has for an address


def fail(client: Client, name: str, times: int = 1, *, password: str = WRONG) -> str:
    client.post(BANNER)
    said = ""
    for _ in range(times):
        answer = client.post(PASSWORD_PAGE, {"username": name, "password": password})
        assert answer.status_code == 422
        said = str(answer.context["form"].non_field_errors()[0])
    return said


def is_locked(user: User) -> bool:
    return User.objects.get(pk=user.pk).locked_at is not None


def test_the_fifth_failure_locks(client: Client, analyst: User, at: datetime) -> None:
    assert "do not open an account" in fail(client, analyst.username, 4)
    assert not is_locked(analyst)
    assert "ask an administrator to release it" in fail(client, analyst.username)
    assert User.objects.get(pk=analyst.pk).locked_at == at
    event = AuditEvent.objects.get(kind=events.ACCOUNT_LOCKED)
    assert (event.actor, event.details) == (None, {"user": analyst.username})


def test_the_right_password_does_not_open_a_locked_account(
    client: Client, analyst: User, clock: Clock
) -> None:
    fail(client, analyst.username, 5)
    assert "locked" in fail(client, analyst.username, password=factories.PASSWORD)
    # Nor when the counter itself has cooled off, days later.
    clock.move(timedelta(days=3))
    wrong = fail(client, analyst.username, password=factories.PASSWORD)
    assert "do not open an account" in wrong
    assert not is_in(client)
    assert is_locked(analyst)


def test_four_failures_and_a_success_begin_anew(client: Client, analyst: User) -> None:
    for _ in range(3):
        fail(client, analyst.username, 4)
        give(client, analyst)
        assert is_in(client)
        client.post("/sign-in/out/")
    assert not is_locked(analyst)


@pytest.mark.parametrize(("wait", "locks"), [(timedelta(), True), (timedelta(seconds=1), False)])
def test_failures_are_forgotten_after_the_window(
    wait: timedelta, locks: bool, client: Client, analyst: User, clock: Clock, settings: Settings
) -> None:
    fail(client, analyst.username, 4)
    clock.move(settings.AXES_COOLOFF_TIME + wait)
    fail(client, analyst.username)
    assert is_locked(analyst) is locks


def test_five_in_any_quarter_of_an_hour_lock(client: Client, analyst: User, clock: Clock) -> None:
    for minutes in (0, 3, 3, 3, 3):
        clock.move(timedelta(minutes=minutes))
        fail(client, analyst.username)
    assert is_locked(analyst)


def test_browsers_and_addresses_do_not_matter(analyst: User) -> None:
    for number in range(5):
        browser = Client(REMOTE_ADDR=f"192.0.2.{number}", HTTP_USER_AGENT=f"browser {number}")
        fail(browser, analyst.username)
    assert is_locked(analyst)


@pytest.mark.parametrize(
    "spelling",
    [str.upper, str.title, lambda name: name.replace("s", "ſ"), lambda name: f" {name} "],
)
def test_spellings_of_a_name_count_as_one(
    spelling: object, client: Client, make_user: UserFactory
) -> None:
    assert callable(spelling)
    user = make_user(Role.SUPERVISOR)
    fail(client, user.username, 3)
    fail(client, spelling(user.username), 2)
    said = fail(client, user.username, password=factories.PASSWORD)
    # Either both spellings mean this account, or the second means none.
    found = User.objects.filter(username__iexact=spelling(user.username).strip()).exists()
    assert is_locked(user) is found
    assert ("locked;" in said) is found


def test_a_name_that_is_nobodys_is_told_the_same(
    client: Client, analyst: User, clock: Clock
) -> None:
    said: dict[str, list[str]] = {analyst.username: [], "nobody-here": []}
    for name, lines in said.items():
        lines += [fail(client, name) for _ in range(7)]
    clock.move(timedelta(hours=1))
    for name, lines in said.items():
        lines += [fail(client, name) for _ in range(6)]
    assert said[analyst.username] == said["nobody-here"]


def test_a_name_that_is_nobodys_costs_the_same_work(client: Client, analyst: User) -> None:
    """The same number of statements, so that no clock tells the two apart."""
    counts = []
    for name in (analyst.username, "nobody-here"):
        fail(client, name)
        with CaptureQueriesContext(connection) as captured:
            fail(client, name)
        counts.append(len(captured))
    assert counts[0] == counts[1]


def test_a_name_that_is_nobodys_is_hashed_too(
    client: Client, analyst: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    hashed: list[str] = []

    def hashing(self: BasePasswordHasher, password: str, salt: str) -> str:
        hashed.append(password)
        return str(original(self, password, salt))

    original = MD5PasswordHasher.encode
    monkeypatch.setattr(MD5PasswordHasher, "encode", hashing)
    counts = []
    for name in (analyst.username, "nobody-here"):
        hashed.clear()
        fail(client, name)
        counts.append(len(hashed))
    assert counts[0] == counts[1] > 0


def test_what_was_typed_is_kept_nowhere(client: Client, analyst: User) -> None:
    typed = "My-Secret-Typed-Into-The-Wrong-Field"
    fail(client, typed, 2, password="Another-Secret")
    fail(client, analyst.username, password=typed)
    rows = list(AccessAttempt.objects.all())
    assert len(rows) == 2
    kept = " ".join(
        str(getattr(row, field.attname)) for row in rows for field in row._meta.concrete_fields
    )
    kept += " ".join(
        f"{event.details} {event.actor_name} {event.criteria}"
        for event in AuditEvent.objects.filter(kind=session_events.SIGN_IN_FAILED)
    )
    for told in (typed, typed.lower(), "Another-Secret", analyst.username):
        assert told not in kept
    assert {(row.ip_address, row.user_agent, row.path_info) for row in rows} == {(NOWHERE, "", "")}
    assert not any(each.strip("-\n") for row in rows for each in (row.get_data, row.post_data))


def test_nothing_is_logged(client: Client, analyst: User, caplog: pytest.LogCaptureFixture) -> None:
    fail(client, analyst.username, 6)
    assert analyst.username not in caplog.text


def test_a_machine_is_not_locked_by_whoever_knows_its_name(
    client: Client, message_switch: User
) -> None:
    said = fail(client, message_switch.username, 6)
    assert "locked;" in said
    assert not is_locked(message_switch)


def test_a_lock_ends_open_sessions(browser_of: BrowserFactory, analyst: User) -> None:
    browser = browser_of(analyst)
    assert is_in(browser)
    fail(Client(), analyst.username, 5)
    assert not is_in(browser)


# --- Every page that asks counts --------------------------------------------------------------


@pytest.mark.parametrize(
    ("where", "given"),
    [
        (LOCK, {"password": "wrong"}),
        (PROVE, {"password": "wrong"}),
        (CHANGE, {"old": "wrong", "new": "other words 88", "again": "other words 88"}),
    ],
)
def test_pages_that_ask_again_count_too(
    where: str, given: dict[str, str], browser_of: BrowserFactory, analyst: User
) -> None:
    browser = browser_of(analyst)
    for _ in range(4):
        assert browser.post(where, given).status_code == 422
    answer = browser.post(where, given)
    assert answer.headers["Location"] == PASSWORD_PAGE
    assert is_locked(analyst)
    assert not is_in(browser)
    assert AuditEvent.objects.filter(kind=session_events.SIGNED_OUT, actor=analyst).exists()
    # It is said on the page that one comes to, the warning.
    assert "so it is locked" in browser.get(PASSWORD_PAGE, follow=True).content.decode()


def test_failures_on_different_pages_add_up(
    client: Client, browser_of: BrowserFactory, analyst: User
) -> None:
    browser = browser_of(analyst)
    fail(client, analyst.username, 2)
    browser.post(PROVE, {"password": "wrong"})
    browser.post(LOCK, {"password": "wrong"})
    assert not is_locked(analyst)
    browser.post(LOCK, {"password": "wrong"})
    assert is_locked(analyst)


def test_failures_with_the_second_factor_count(client: Client, analyst: User, at: datetime) -> None:
    with_app(analyst, at=at)
    give(client, analyst)
    for _ in range(4):
        assert client.post(SECOND, {"code": "000000"}).status_code == 422
    answer = client.post(SECOND, {"code": "000000"})
    assert answer.headers["Location"] == PASSWORD_PAGE
    assert is_locked(analyst)
    assert AuditEvent.objects.filter(kind=events.SECOND_FACTOR_FAILED, actor=analyst).count() == 5
    assert client.post(SECOND, {"code": code_at(at)}).headers["Location"] == PASSWORD_PAGE


def test_a_right_password_does_not_give_new_tries_at_the_second_factor(
    client: Client, analyst: User, at: datetime
) -> None:
    with_app(analyst, at=at)
    for _ in range(2):
        give(client, analyst)
        client.post(SECOND, {"code": "000000"})
        client.post(SECOND, {"code": "000000"})
    give(client, analyst)
    client.post(SECOND, {"code": "000000"})
    assert is_locked(analyst)


def test_a_lock_from_elsewhere_stops_the_second_step(
    client: Client, analyst: User, at: datetime
) -> None:
    with_app(analyst, at=at)
    give(client, analyst)
    fail(Client(), analyst.username, 5)
    assert client.post(SECOND, {"code": code_at(at)}).headers["Location"] == PASSWORD_PAGE
    assert not is_in(client)


# --- Released ---------------------------------------------------------------------------------


def test_an_administrator_releases_and_says_why(
    client: Client, analyst: User, as_administrator: Client
) -> None:
    fail(client, analyst.username, 5)
    assert analyst.username in as_administrator.get(LOCKED).content.decode()
    page = f"{LOCKED}{analyst.pk}/"
    assert as_administrator.get(page).status_code == 200
    assert as_administrator.post(page, {"reason": " "}).status_code == 422
    assert is_locked(analyst)
    answer = as_administrator.post(page, {"reason": "Called back at the desk's number."})
    assert answer.headers["Location"] == LOCKED
    event = AuditEvent.objects.get(kind=events.ACCOUNT_RELEASED)
    assert event.purpose == "Called back at the desk's number."
    assert event.details == {"user": analyst.username}
    give(client, analyst)
    assert is_in(client)
    # It is counted from nothing again.
    client.post("/sign-in/out/")
    fail(client, analyst.username, 4)
    assert not is_locked(analyst)
    assert as_administrator.post(page, {"reason": "Again."}).status_code == 404


def test_the_list_may_be_empty(as_administrator: Client) -> None:
    assert "No account is locked" in as_administrator.get(LOCKED).content.decode()


def test_nobody_releases_their_own(make_user: UserFactory, at: datetime) -> None:
    user = make_user(Role.ADMINISTRATOR)
    User.objects.filter(pk=user.pk).update(locked_at=at)
    with pytest.raises(ActionRefused) as refused:
        release_account(user=user, reason="Me.", actor=user, at=at)
    assert refused.value.code == "own-account"


@pytest.mark.parametrize(
    ("locked", "reason", "code"), [(True, " ", "no-reason"), (False, "x", "not-locked")]
)
def test_a_release_needs_a_reason_and_a_lock(
    locked: bool, reason: str, code: str, analyst: User, make_user: UserFactory, at: datetime
) -> None:
    User.objects.filter(pk=analyst.pk).update(locked_at=at if locked else None)
    with pytest.raises(ActionRefused) as refused:
        release_account(user=analyst, reason=reason, actor=make_user(Role.ADMINISTRATOR), at=at)
    assert refused.value.code == code


def test_a_release_needs_a_fresh_proof(
    client: Client, analyst: User, as_administrator: Client, clock: Clock, settings: Settings
) -> None:
    fail(client, analyst.username, 5)
    page = f"{LOCKED}{analyst.pk}/"
    settings.PROOF_MINUTES = 5
    clock.move(timedelta(minutes=5, seconds=1))
    answer = as_administrator.post(
        page, {"reason": "x"}, headers={"referer": f"http://testserver{page}"}
    )
    assert answer.headers["Location"] == f"{PROVE}?next=%2Fsign-in%2Flocked%2F{analyst.pk}%2F"
    assert is_locked(analyst)
    assert as_administrator.get(page).headers["Location"] == answer.headers["Location"]
    proved = as_administrator.post(PROVE, {"password": factories.PASSWORD, "next": page})
    assert proved.headers["Location"] == page
    assert AuditEvent.objects.filter(kind=events.IDENTITY_PROVED).count() == 1
    as_administrator.post(page, {"reason": "x"})
    assert not is_locked(analyst)


@pytest.mark.parametrize("referer", ["https://evil.example/x", "//evil.example", "nonsense", ""])
def test_a_proof_leads_nowhere_else(
    referer: str, as_administrator: Client, clock: Clock, settings: Settings
) -> None:
    settings.PROOF_MINUTES = 5
    clock.move(timedelta(minutes=6))
    answer = as_administrator.post(f"{LOCKED}1/", headers={"referer": referer})
    assert "evil" not in answer.headers["Location"]
    evil = {"password": factories.PASSWORD, "next": "//evil.example/"}
    assert as_administrator.post(PROVE, evil).headers["Location"] == ACCOUNT


def test_the_command_releases(client: Client, analyst: User) -> None:
    fail(client, analyst.username, 5)
    with pytest.raises(CommandError):
        call_command("release_account", "nobody-here", reason="x")
    said = StringIO()
    call_command("release_account", analyst.username.upper(), reason="No other left.", stdout=said)
    assert analyst.username in said.getvalue()
    assert not is_locked(analyst)
    assert AuditEvent.objects.get(kind=events.ACCOUNT_RELEASED).actor is None
    with pytest.raises(CommandError):
        call_command("release_account", analyst.username, reason="Again.")
