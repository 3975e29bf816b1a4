"""Signing in and out: the warning first, the lock, the ceiling, and who cannot enter."""

from datetime import datetime, timedelta

import pytest
from django.test import Client
from pytest_django import Settings

from accounts.choices import Role
from accounts.models import RoleGrant, User
from accounts.sessions import SEEN_AT
from acrime.audit import events
from acrime.audit.models import AuditEvent
from tests import factories
from tests.conftest import BrowserFactory, Clock, UserFactory

BANNER, PASSWORD_PAGE, OUT, LOCK = (
    f"/sign-in/{page}" for page in ("", "password/", "out/", "lock/")
)


def written(kind: str) -> int:
    return AuditEvent.objects.filter(kind=kind).count()


def sign_in(
    client: Client, user: User, *, password: str = factories.PASSWORD, next: str = ""
) -> object:
    client.post(BANNER)
    return client.post(
        PASSWORD_PAGE, {"username": user.username, "password": password, "next": next}
    )


def is_in(client: Client) -> bool:
    return client.get("/").status_code == 200


# --- In ---------------------------------------------------------------------------------------


def test_the_warning_comes_first(client: Client, analyst: User) -> None:
    assert client.get("/").headers["Location"].startswith(BANNER)
    page = client.get(PASSWORD_PAGE)
    assert (page.status_code, page.headers["Location"]) == (302, BANNER)
    straight = client.post(
        PASSWORD_PAGE, {"username": analyst.username, "password": factories.PASSWORD}
    )
    assert straight.headers["Location"] == BANNER
    assert not is_in(client)

    assert client.post(BANNER).headers["Location"] == PASSWORD_PAGE
    assert written(events.BANNER_ACKNOWLEDGED) == 1
    sign_in(client, analyst)
    assert is_in(client)
    assert AuditEvent.objects.get(kind=events.SIGNED_IN).actor == analyst


@pytest.mark.parametrize("field", ["username", "password"])
def test_name_and_password_are_both_needed(field: str, client: Client, analyst: User) -> None:
    client.post(BANNER)
    given = {"username": analyst.username, "password": factories.PASSWORD} | {field: ""}
    answer = client.post(PASSWORD_PAGE, given)

    assert answer.status_code == 422
    assert answer.context["form"].errors.keys() == {field}


def test_a_wrong_name_and_a_wrong_password_say_the_same(client: Client, analyst: User) -> None:
    client.post(BANNER)
    pages = []
    for name, password in ((analyst.username, "wrong"), ("nobody-here", "wrong")):
        answer = client.post(PASSWORD_PAGE, {"username": name, "password": password})
        assert answer.status_code == 422
        pages.append(answer.context["form"].errors.as_json())
        assert "do not open an account" in answer.content.decode()
        assert "wrong" not in answer.content.decode()
    assert pages[0] == pages[1]
    assert written(events.SIGN_IN_FAILED) == 2
    for event in AuditEvent.objects.filter(kind=events.SIGN_IN_FAILED):
        assert (event.actor, event.actor_name, event.details) == (None, "", {})


def test_the_name_is_taken_in_any_case(client: Client, analyst: User) -> None:
    analyst.username = analyst.username.upper()
    sign_in(client, analyst)
    assert is_in(client)


@pytest.mark.parametrize(
    "wanted",
    [
        "https://evil.example/",
        "//evil.example/",
        "/\\evil.example",
        "javascript:alert(1)",
        "http:///evil.example",
        "\x08//evil.example",
    ],
)
def test_nobody_is_sent_elsewhere_after_signing_in(
    wanted: str, client: Client, analyst: User
) -> None:
    assert "evil" not in client.get(BANNER, {"next": wanted}).content.decode()
    assert client.post(BANNER, {"next": wanted}).headers["Location"] == PASSWORD_PAGE
    answer = client.post(
        PASSWORD_PAGE,
        {"username": analyst.username, "password": factories.PASSWORD, "next": wanted},
    )
    assert answer.headers["Location"] == "/"


def test_one_comes_to_where_one_wanted(client: Client, analyst: User) -> None:
    start = client.get("/queries/").headers["Location"]
    assert start == f"{BANNER}?next=%2Fqueries%2F"
    there = client.post(BANNER, {"next": "/queries/"}).headers["Location"]
    assert there == f"{PASSWORD_PAGE}?next=%2Fqueries%2F"
    answer = client.post(
        there, {"username": analyst.username, "password": factories.PASSWORD, "next": "/queries/"}
    )
    assert answer.headers["Location"] == "/queries/"


def test_a_posted_form_is_not_come_back_to(client: Client, analyst: User) -> None:
    assert client.post("/alerts/read/").headers["Location"] == BANNER


# --- Who cannot -------------------------------------------------------------------------------


def test_without_a_role_or_switched_off_nobody_enters(
    client: Client, make_user: UserFactory
) -> None:
    switched_off, without_role = make_user(Role.ANALYST), make_user()
    User.objects.filter(pk=switched_off.pk).update(is_active=False)
    for user in (switched_off, without_role):
        sign_in(client, user)
        assert not is_in(client)
    assert written(events.SIGNED_IN) == 0


def test_a_machine_does_not_sign_in(client: Client, message_switch: User) -> None:
    for password in ("", "!", "x"):
        sign_in(client, message_switch, password=password)
        assert not is_in(client)


def test_a_session_ends_at_once_with_the_last_role(
    browser_of: BrowserFactory, analyst: User
) -> None:
    browser = browser_of(analyst)
    assert is_in(browser)
    RoleGrant.objects.filter(user=analyst).delete()
    assert not is_in(browser)


def test_a_session_ends_at_once_when_the_account_is_switched_off(
    browser_of: BrowserFactory, analyst: User
) -> None:
    browser = browser_of(analyst)
    User.objects.filter(pk=analyst.pk).update(is_active=False)
    assert not is_in(browser)


def test_a_new_password_ends_other_sessions(browser_of: BrowserFactory, analyst: User) -> None:
    browser = browser_of(analyst)
    analyst.set_password("other-synthetic-words-8")
    analyst.save()
    assert not is_in(browser)


# --- Out, locked, too long --------------------------------------------------------------------


def test_signing_out_ends_the_session(browser_of: BrowserFactory, analyst: User) -> None:
    browser = browser_of(analyst)
    key = browser.cookies["sessionid"].value
    assert browser.get(OUT).status_code == 405
    assert is_in(browser)
    assert browser.post(OUT).status_code == 200
    assert not is_in(browser)
    assert AuditEvent.objects.get(kind=events.SIGNED_OUT).actor == analyst

    browser.cookies["sessionid"] = key
    assert not is_in(browser)
    assert browser.post(OUT).status_code == 200
    assert written(events.SIGNED_OUT) == 1


def test_an_idle_session_locks_and_the_password_opens_it(
    browser_of: BrowserFactory, analyst: User, clock: Clock, settings: Settings
) -> None:
    browser = browser_of(analyst)
    idle = timedelta(minutes=settings.IDLE_LOCK_MINUTES)
    clock.move(idle)
    assert is_in(browser)
    clock.move(idle + timedelta(seconds=1))
    answer = browser.get("/queries/")
    assert (answer.status_code, answer.headers["Location"]) == (302, LOCK)
    assert browser.post("/alerts/read/").headers["Location"] == LOCK
    assert browser.post("/sign-in/keep-alive/").headers["Location"] == LOCK

    wrong = browser.post(LOCK, {"password": "wrong"})
    assert (wrong.status_code, list(wrong.context["form"].errors)) == (422, ["password"])
    assert AuditEvent.objects.get(kind=events.SIGN_IN_FAILED).actor == analyst
    assert not is_in(browser)

    key = browser.cookies["sessionid"].value
    assert browser.post(LOCK, {"password": factories.PASSWORD}).status_code == 302
    assert is_in(browser)
    assert browser.cookies["sessionid"].value != key
    assert (written(events.SESSION_LOCKED), written(events.SESSION_UNLOCKED)) == (1, 1)


def test_the_session_is_written_at_times_and_never_locks_late(
    browser_of: BrowserFactory, analyst: User, clock: Clock, at: datetime, settings: Settings
) -> None:
    """Of looks that follow each other within seconds the first counts."""
    browser = browser_of(analyst)
    for seconds, seen_at in ((9, 0), (1, 10), (9, 10)):
        clock.move(timedelta(seconds=seconds))
        assert is_in(browser)
        assert browser.session[SEEN_AT] == (at + timedelta(seconds=seen_at)).isoformat()
    # Nine seconds early: the look that came after ten seconds is where the time is counted from.
    clock.move(timedelta(minutes=settings.IDLE_LOCK_MINUTES, seconds=-8))
    assert browser.get("/queries/").headers["Location"] == LOCK


def test_the_lock_screen_tells_nothing_and_lets_out(
    browser_of: BrowserFactory, analyst: User, other_analyst: User
) -> None:
    browser = browser_of(analyst)
    page = browser.get(LOCK)
    assert page.context["navigation"] == []
    assert "unread_alerts" not in page.context
    assert not is_in(browser)
    # Somebody else's password does not open it.
    other_analyst.set_password("other-synthetic-words-8")
    other_analyst.save()
    assert browser.post(LOCK, {"password": "other-synthetic-words-8"}).status_code == 422
    assert browser.post(OUT).status_code == 200


def test_who_is_there_keeps_the_session(
    browser_of: BrowserFactory, analyst: User, clock: Clock
) -> None:
    browser = browser_of(analyst)
    for _ in range(5):
        clock.move(timedelta(minutes=9))
        assert browser.post("/sign-in/keep-alive/").status_code == 204
    assert is_in(browser)


def test_a_session_ends_after_its_ceiling_however_busy(
    browser_of: BrowserFactory, analyst: User, clock: Clock, at: datetime, settings: Settings
) -> None:
    browser = browser_of(analyst)
    ceiling = timedelta(seconds=settings.SESSION_COOKIE_AGE)
    while clock.moment + timedelta(minutes=9) <= at + ceiling:
        clock.move(timedelta(minutes=9))
        browser.post("/sign-in/keep-alive/")
    assert is_in(browser)
    clock.moment = at + ceiling + timedelta(seconds=1)
    answer = browser.get("/")
    assert answer.headers["Location"].startswith(BANNER)
    assert written(events.SIGNED_OUT) == 1


def test_pages_of_a_person_are_never_kept(browser_of: BrowserFactory, analyst: User) -> None:
    browser = browser_of(analyst)
    for page in ("/", "/queries/", LOCK):
        assert browser.get(page).headers["Cache-Control"] == "no-store"
