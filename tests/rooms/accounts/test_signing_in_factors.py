"""Second factors: set up before anything opens, asked for at each sign-in, never the last gone."""

import base64
import json
from datetime import datetime, timedelta
from io import StringIO
from typing import Any

import pytest
from allauth.mfa.models import Authenticator
from django.contrib.sessions.models import Session
from django.core.management import CommandError, call_command
from django.test import Client
from pytest_django import Settings

from accounts.actions import issue_token
from accounts.models import User
from accounts.signing_in import events
from accounts.signing_in.policy import SECOND_PROOF_WITHIN
from acrime.audit import events as session_events
from acrime.audit.models import AuditEvent
from tests import factories
from tests.conftest import BrowserFactory, Clock
from tests.support.signing_in import (
    ACCOUNT,
    APP,
    BANNER,
    CODES,
    FACTORS,
    KEY,
    PASSWORD_PAGE,
    SECOND,
    SECRET,
    SecurityKey,
    code_at,
    give,
    is_in,
    options_of,
    real,
    with_app,
)

PROVE = f"{ACCOUNT}prove/"


def shown_secret(client: Client) -> str:
    return "".join(client.get(APP).context["groups"])


def set_up_app(client: Client, at: datetime) -> str:
    """An app, set up in *client*; its secret."""
    secret = shown_secret(client)
    assert client.post(APP, {"code": code_at(at, secret)}).status_code == 302
    return secret


def set_up_key(client: Client, key: SecurityKey, name: str = "blue key") -> Any:
    answer = key.make(options_of(client.get(KEY)))
    return client.post(KEY, {"name": name, "credential": json.dumps(answer)})


def factor_ids(user: User) -> list[int]:
    found = Authenticator.objects.filter(user=user).exclude(type="recovery_codes")
    return [each.pk for each in found.order_by("pk")]


# --- Nothing opens before ---------------------------------------------------------------------


@pytest.fixture
def new(client: Client, analyst: User) -> Client:
    """Somebody who gave the right password and has no second factor."""
    answer = give(client, real(analyst), next="/queries/")
    assert answer.headers["Location"] == FACTORS
    return client


def test_without_a_second_factor_nothing_opens(new: Client) -> None:
    for address in ("/", "/queries/", ACCOUNT, "/alerts/", "/individuals/"):
        assert new.get(address).headers["Location"] == FACTORS, address
    assert new.post("/alerts/read/").headers["Location"] == FACTORS
    for address in ("/api/v1/schema/", "/api/v1/iaq/"):
        assert new.get(address).status_code == 403, address
    assert new.get(FACTORS).context["navigation"] == []
    assert new.post("/sign-in/out/").status_code == 200
    assert not is_in(new)


def test_setting_up_an_app_finishes_the_sign_in(
    new: Client, analyst: User, at: datetime, clock: Clock
) -> None:
    secret = shown_secret(new)
    # The same secret as long as nobody has taken it over.
    assert shown_secret(new) == secret
    assert new.post(APP, {"code": "000000"}).status_code == 422
    assert not is_in(new)
    answer = new.post(APP, {"code": code_at(at, secret)})
    assert answer.headers["Location"] == CODES
    assert is_in(new)
    event = AuditEvent.objects.get(kind=events.SECOND_FACTOR_ADDED)
    assert (event.actor, event.details["method"]) == (analyst, "totp")

    new.post("/sign-in/out/")
    clock.move(timedelta(minutes=1))
    give(new, analyst)
    assert not is_in(new)
    assert new.post(SECOND, {"code": code_at(clock.now(), secret)}).headers["Location"] == "/"
    assert is_in(new)


def test_the_picture_is_the_key_and_tells_no_address(new: Client, analyst: User) -> None:
    analyst.email = "somebody@example.gov"
    analyst.save()
    page = new.get(APP)
    picture = base64.b64decode(page.context["picture"])
    assert picture.startswith(b"<?xml")
    assert b"<svg" in picture
    assert "data:image/svg+xml;base64," in page.content.decode()
    assert "somebody@" not in page.content.decode()


def test_recovery_codes_are_shown_once(new: Client, analyst: User, at: datetime) -> None:
    set_up_app(new, at)
    codes = new.get(CODES).context["codes"]
    assert len(codes) == len(set(codes)) == 10
    page = new.get(CODES)
    assert page.context["codes"] == []
    assert codes[0] not in page.content.decode()
    assert "10 left" in page.content.decode()


def test_secrets_lie_sealed(new: Client, analyst: User, at: datetime) -> None:
    secret = shown_secret(new)
    kept = [str(session.get_decoded()) for session in Session.objects.all()]
    new.post(APP, {"code": code_at(at, secret)})
    kept += [str(session.get_decoded()) for session in Session.objects.all()]
    codes = new.get(CODES).context["codes"]
    kept += [str(each.data) for each in Authenticator.objects.all()]
    kept += [str(event.details) for event in AuditEvent.objects.all()]
    assert len(Authenticator.objects.all()) == 2
    for told in (secret, *codes, *(code.replace(" ", "") for code in codes)):
        assert not any(told in each for each in kept)


def test_only_one_app(new: Client, analyst: User, at: datetime, clock: Clock) -> None:
    set_up_app(new, at)
    secret = shown_secret(new)
    assert new.post(APP, {"code": code_at(clock.now(), secret)}).status_code == 422
    assert len(factor_ids(analyst)) == 1


# --- At each sign-in --------------------------------------------------------------------------


@pytest.fixture
def half(client: Client, analyst: User, at: datetime) -> Client:
    """Somebody with an app who gave the right password and not yet a code."""
    answer = give(client, with_app(analyst, at=at), next="/queries/")
    assert answer.headers["Location"] == f"{SECOND}?next=%2Fqueries%2F"
    return client


def test_a_password_alone_opens_nothing(half: Client, analyst: User) -> None:
    for address in ("/", "/queries/", ACCOUNT, FACTORS, APP):
        assert half.get(address).headers["Location"].startswith(BANNER), address
    assert not AuditEvent.objects.filter(kind=session_events.SIGNED_IN).exists()
    assert User.objects.get(pk=analyst.pk).last_signed_in_at is None


def test_the_right_code_opens(half: Client, analyst: User, at: datetime) -> None:
    before = half.cookies["sessionid"].value
    answer = half.post(SECOND, {"code": code_at(at), "next": "/queries/"})
    assert answer.headers["Location"] == "/queries/"
    assert is_in(half)
    assert half.cookies["sessionid"].value != before
    assert AuditEvent.objects.get(kind=session_events.SIGNED_IN).details == {"method": "password"}
    used = AuditEvent.objects.get(kind=events.SECOND_FACTOR_USED)
    assert (used.actor, used.details["method"]) == (analyst, "totp")


def test_a_code_opens_once(half: Client, analyst: User, at: datetime, clock: Clock) -> None:
    code = code_at(at)
    half.post(SECOND, {"code": code})
    assert is_in(half)
    # Somebody looked over the shoulder, knows the password too, and is quick.
    thief = Client()
    for later in (0, 29, 31):
        clock.moment = at + timedelta(seconds=later)
        give(thief, analyst)
        assert thief.post(SECOND, {"code": code}).status_code == 422, later
        assert not is_in(thief)
    clock.moment = at + timedelta(seconds=32)
    give(thief, analyst)
    assert thief.post(SECOND, {"code": code_at(clock.now())}).status_code == 302


@pytest.mark.parametrize("code", ["", "12", "abcdef", "000000\0", "9" * 500, "١٢٣٤٥٦"])
def test_what_is_no_code_is_said_at_the_field(half: Client, code: str) -> None:
    answer = half.post(SECOND, {"code": code})
    assert (answer.status_code, list(answer.context["form"].errors)) == (422, ["code"])
    assert not is_in(half)


def test_nobody_is_sent_elsewhere(half: Client, at: datetime) -> None:
    assert "evil" not in half.get(SECOND, {"next": "//evil.example/"}).content.decode()
    answer = half.post(SECOND, {"code": code_at(at), "next": "//evil.example/"})
    assert answer.headers["Location"] == "/"


@pytest.mark.parametrize(("late", "opens"), [(0, True), (1, False)])
def test_the_second_step_has_its_time(
    late: int, opens: bool, half: Client, at: datetime, clock: Clock
) -> None:
    clock.moment = at + SECOND_PROOF_WITHIN + timedelta(seconds=late)
    half.post(SECOND, {"code": code_at(clock.now())})
    assert is_in(half) is opens


def test_a_new_password_ends_the_second_step(half: Client, analyst: User, at: datetime) -> None:
    analyst.set_password("other-synthetic-words-8")
    analyst.save()
    assert half.post(SECOND, {"code": code_at(at)}).headers["Location"] == PASSWORD_PAGE
    assert not is_in(half)


def test_the_second_step_alone_is_nothing(client: Client, at: datetime) -> None:
    for answer in (client.get(SECOND), client.post(SECOND, {"code": code_at(at)})):
        assert answer.headers["Location"] == PASSWORD_PAGE


def test_stopping_forgets_the_first_step(half: Client, at: datetime) -> None:
    half.post("/sign-in/out/")
    assert half.post(SECOND, {"code": code_at(at)}).headers["Location"] == PASSWORD_PAGE


def test_a_recovery_code_opens_once(new: Client, analyst: User, at: datetime, clock: Clock) -> None:
    set_up_app(new, at)
    code = new.get(CODES).context["codes"][3]
    for opens in (True, False):
        browser = Client()
        give(browser, analyst)
        browser.post(SECOND, {"code": code})
        assert is_in(browser) is opens
    assert AuditEvent.objects.filter(kind=events.RECOVERY_CODE_USED).count() == 1
    assert "9" in str(new.get(CODES).context["codes_left"])


def test_new_recovery_codes_make_the_old_ones_void(
    new: Client, analyst: User, at: datetime
) -> None:
    set_up_app(new, at)
    old = new.get(CODES).context["codes"]
    assert new.post(CODES).headers["Location"] == CODES
    assert not set(old) & set(new.get(CODES).context["codes"])
    give(thief := Client(), analyst)
    thief.post(SECOND, {"code": old[0]})
    assert not is_in(thief)


def test_recovery_codes_need_something_to_recover(new: Client) -> None:
    assert new.post(CODES).headers["Location"] == FACTORS
    assert not Authenticator.objects.exists()


# --- Security keys ----------------------------------------------------------------------------


@pytest.fixture
def key() -> SecurityKey:
    return SecurityKey()


@pytest.fixture
def with_key(new: Client, key: SecurityKey) -> Client:
    """Somebody who has set a security key up and signed out."""
    assert set_up_key(new, key).headers["Location"] == CODES
    assert is_in(new)
    new.post("/sign-in/out/")
    return new


def use_key(client: Client, answer: object) -> Any:
    return client.post(SECOND, {"credential": json.dumps(answer)})


def test_a_security_key_opens(with_key: Client, analyst: User, key: SecurityKey) -> None:
    give(with_key, analyst)
    answer = use_key(with_key, key.use(options_of(with_key.get(SECOND))))
    assert answer.headers["Location"] == "/"
    assert is_in(with_key)
    used = AuditEvent.objects.get(kind=events.SECOND_FACTOR_USED)
    assert used.details["method"] == "webauthn"


def test_a_keys_answer_opens_once(with_key: Client, analyst: User, key: SecurityKey) -> None:
    give(with_key, analyst)
    answer = key.use(options_of(with_key.get(SECOND)))
    use_key(with_key, answer)
    give(thief := Client(), analyst)
    thief.get(SECOND)
    assert use_key(thief, answer).status_code == 422
    assert not is_in(thief)


def test_another_key_does_not_open(with_key: Client, analyst: User, key: SecurityKey) -> None:
    give(with_key, analyst)
    other = SecurityKey()
    other.credential_id = key.credential_id
    assert use_key(with_key, other.use(options_of(with_key.get(SECOND)))).status_code == 422
    assert not is_in(with_key)
    assert AuditEvent.objects.filter(kind=events.SECOND_FACTOR_FAILED).count() == 1


@pytest.mark.parametrize(
    "origin",
    ["https://evil.example", "https://testserver.evil.example", "http://testserver", "null"],
)
def test_a_key_used_for_another_site_does_not_open(
    origin: str, with_key: Client, analyst: User, key: SecurityKey
) -> None:
    give(with_key, analyst)
    key.origin = origin
    assert use_key(with_key, key.use(options_of(with_key.get(SECOND)))).status_code == 422
    assert not is_in(with_key)


def test_somebody_elses_key_does_not_open(
    with_key: Client, analyst: User, other_analyst: User, key: SecurityKey
) -> None:
    theirs = Client()
    give(theirs, real(other_analyst))
    other = SecurityKey()
    set_up_key(theirs, other)
    give(with_key, analyst)
    assert use_key(with_key, other.use(options_of(with_key.get(SECOND)))).status_code == 422
    assert not is_in(with_key)


MALFORMED: list[object] = [
    "",
    "{",
    "null",
    "[]",
    "7",
    '"text"',
    "{}",
    '{"id": 1}',
    '{"id": "a", "rawId": "a", "type": "public-key", "response": {}}',
    '{"id": "a", "rawId": "!!", "type": "public-key", "response": 5}',
    '{"id": "", "rawId": "", "type": "x", "clientExtensionResults": {}, "response":'
    ' {"clientDataJSON": "", "authenticatorData": "", "signature": "", "attestationObject": ""}}',
    '{"id": "AA", "rawId": "AA", "type": "public-key", "clientExtensionResults": {}, "response":'
    ' {"clientDataJSON": "e30", "authenticatorData": "AAAA", "signature": "AA",'
    ' "attestationObject": "AAAA"}}',
    "[" * 5000,
    '{"id":' * 3000,
    "9" * 5000,
    "x" * 30_000,
    '{"id": "\\ud800"}',
]


@pytest.mark.parametrize("text", MALFORMED, ids=range(len(MALFORMED)))
def test_a_malformed_answer_opens_nothing(
    text: str, with_key: Client, new: Client, analyst: User
) -> None:
    give(with_key, analyst)
    with_key.get(SECOND)
    assert with_key.post(SECOND, {"credential": text}).status_code == 422
    assert not is_in(with_key)


@pytest.mark.parametrize("text", MALFORMED, ids=range(len(MALFORMED)))
def test_a_malformed_answer_sets_nothing_up(text: str, new: Client, analyst: User) -> None:
    new.get(KEY)
    assert new.post(KEY, {"name": "blue", "credential": text}).status_code == 422
    assert not factor_ids(analyst)


def test_each_part_of_an_answer_left_out_or_spoiled(
    with_key: Client, analyst: User, key: SecurityKey, settings: Settings
) -> None:
    settings.AXES_FAILURE_LIMIT = 1000
    give(with_key, analyst)
    whole = key.use(options_of(with_key.get(SECOND)))
    for part in ("id", "rawId", "type", "response"):
        spoiled: object
        for spoiled in (None, 7, "AAAA"):
            answer = whole | {part: spoiled}
            if answer == whole or (part in ("id", "type") and spoiled == whole[part]):
                continue
            status = use_key(with_key, answer).status_code
            assert status in (302, 422), (part, spoiled)
            assert status == 422 or part in ("id", "type"), (part, spoiled)
            if status == 302:
                with_key.post("/sign-in/out/")
                give(with_key, analyst)
            whole = key.use(options_of(with_key.get(SECOND)))
    for part in whole["response"]:
        for spoiled in (None, {}, "AAAA", whole["response"][part][:-4]):
            answer = whole | {"response": whole["response"] | {part: spoiled}}
            assert use_key(with_key, answer).status_code == 422, (part, spoiled)
    assert not is_in(with_key)


def test_a_key_needs_a_name(new: Client, analyst: User, key: SecurityKey) -> None:
    answer = set_up_key(new, key, name=" ")
    assert (answer.status_code, list(answer.context["form"].errors)) == (422, ["name"])
    assert not factor_ids(analyst)


# --- Changed ----------------------------------------------------------------------------------


def test_one_of_two_can_go_and_the_last_stays(
    new: Client, analyst: User, at: datetime, key: SecurityKey
) -> None:
    set_up_app(new, at)
    set_up_key(new, key)
    app, other = factor_ids(analyst)
    assert new.post(f"{FACTORS}{app}/remove/").status_code == 302
    assert factor_ids(analyst) == [other]
    assert is_in(new)
    new.post(f"{FACTORS}{other}/remove/")
    assert factor_ids(analyst) == [other]
    assert "last second factor" in new.get(FACTORS).content.decode()
    assert AuditEvent.objects.filter(kind=events.SECOND_FACTOR_REMOVED).count() == 1


def test_recovery_codes_cannot_be_removed_as_a_factor(
    new: Client, analyst: User, at: datetime
) -> None:
    set_up_app(new, at)
    codes = Authenticator.objects.get(user=analyst, type="recovery_codes")
    assert new.post(f"{FACTORS}{codes.pk}/remove/").status_code == 404


def test_somebody_elses_factor_is_not_there(
    new: Client, analyst: User, other_analyst: User, at: datetime
) -> None:
    set_up_app(new, at)
    theirs = factor_ids(with_app(other_analyst, at=at))
    assert new.post(f"{FACTORS}{theirs[0]}/remove/").status_code == 404
    assert factor_ids(other_analyst) == theirs


def test_a_factor_removed_ends_other_sessions(
    new: Client, analyst: User, at: datetime, clock: Clock, key: SecurityKey
) -> None:
    secret = set_up_app(new, at)
    set_up_key(new, key)
    clock.move(timedelta(minutes=1))
    give(elsewhere := Client(), analyst)
    elsewhere.post(SECOND, {"code": code_at(clock.now(), secret)})
    assert is_in(elsewhere)
    new.post(f"{FACTORS}{factor_ids(analyst)[0]}/remove/")
    assert not is_in(elsewhere)
    assert is_in(new)


def test_a_session_with_the_password_alone_ends_when_a_factor_is_set_up(
    new: Client, analyst: User, at: datetime
) -> None:
    """Who stole the password first cannot add a factor of theirs beside the person's own."""
    give(thief := Client(), analyst)
    assert thief.get(APP).status_code == 200
    set_up_app(new, at)
    assert thief.get(APP).headers["Location"].startswith(BANNER)
    assert not is_in(thief)


@pytest.mark.parametrize("where", [FACTORS, APP, KEY, CODES, f"{FACTORS}1/remove/"])
def test_factors_need_a_fresh_proof(
    where: str, browser_of: BrowserFactory, analyst: User, clock: Clock, settings: Settings
) -> None:
    browser = browser_of(analyst)
    settings.PROOF_MINUTES = 5
    clock.move(timedelta(minutes=5, seconds=1))
    methods = {FACTORS: ["GET"], f"{FACTORS}1/remove/": ["POST"]}
    for method in methods.get(where, ["GET", "POST"]):
        answer = browser.generic(method, where)
        assert answer.headers["Location"].startswith(f"{PROVE}?next=")
    browser.post(PROVE, {"password": factories.PASSWORD})
    assert browser.get(FACTORS).status_code == 200


def test_a_wrong_proof_proves_nothing(
    browser_of: BrowserFactory, analyst: User, clock: Clock, settings: Settings
) -> None:
    browser = browser_of(analyst)
    settings.PROOF_MINUTES = 5
    clock.move(timedelta(minutes=6))
    answer = browser.post(PROVE, {"password": "wrong"})
    assert (answer.status_code, list(answer.context["form"].errors)) == (422, ["password"])
    assert browser.get(FACTORS).headers["Location"].startswith(PROVE)


def test_the_command_takes_all_factors_away(
    new: Client, analyst: User, at: datetime, key: SecurityKey
) -> None:
    set_up_app(new, at)
    set_up_key(new, key)
    said = StringIO()
    call_command("remove_factors", analyst.username, stdout=said)
    assert "2 removed" in said.getvalue()
    assert not Authenticator.objects.filter(user=analyst).exists()
    assert not is_in(new)
    assert give(new, analyst).headers["Location"] == FACTORS
    with pytest.raises(CommandError):
        call_command("remove_factors", "nobody-here")


# --- Demonstration accounts -------------------------------------------------------------------


def test_a_demonstration_account_needs_none_and_the_page_says_so(
    client: Client, analyst: User
) -> None:
    give(client, analyst)
    assert is_in(client)
    client.post("/sign-in/out/")
    client.post(BANNER)
    assert "without a second factor" in client.get(PASSWORD_PAGE).content.decode()


def test_a_demonstration_account_opens_nothing_elsewhere(
    client: Client, analyst: User, browser_of: BrowserFactory, settings: Settings, at: datetime
) -> None:
    browser = browser_of(analyst)
    token = issue_token(
        user=analyst, name="x", expires_at=at + timedelta(days=1), actor=None, at=at
    )
    settings.DEMO_ACCOUNTS = False
    give(client, analyst)
    assert not is_in(client)
    assert not is_in(browser)
    bearer = {"authorization": f"Bearer {token}"}
    assert Client().get("/api/v1/schema/", headers=bearer).status_code == 401
    client.post(BANNER)
    assert "training accounts" not in client.get(PASSWORD_PAGE).content.decode()


def test_a_demonstration_account_that_has_a_factor_is_asked_for_it(
    client: Client, analyst: User, at: datetime
) -> None:
    with_app(analyst, at=at)
    analyst.is_demo = True
    analyst.save()
    assert give(client, analyst).headers["Location"] == SECOND
    assert SECRET not in client.get(SECOND).content.decode()
