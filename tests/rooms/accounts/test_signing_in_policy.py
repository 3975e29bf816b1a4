"""The rules of signing in, without a database: codes, freshness, duties, banned passwords."""

import base64
from datetime import UTC, datetime, timedelta

import pytest

from accounts.signing_in.choices import Duty, Method
from accounts.signing_in.policy import (
    counter_of_code,
    is_fresh,
    may_remove,
    next_duty,
    one_time_code,
    plain_code,
    provider_saw_two_factors,
    why_banned,
)

RFC_SECRET = b"12345678901234567890"
SECRET = base64.b32encode(RFC_SECRET).decode()
AT = datetime(2026, 11, 20, 15, 0, 10, tzinfo=UTC)
STEP = int(AT.timestamp()) // 30


@pytest.mark.parametrize(
    ("counter", "code"),
    [(0, "755224"), (1, "287082"), (2, "359152"), (5, "254676"), (9, "520489")],
)
def test_codes_are_those_of_rfc_4226(counter: int, code: str) -> None:
    assert one_time_code(RFC_SECRET, counter) == code


@pytest.mark.parametrize(
    ("seconds", "code"), [(59, "287082"), (1111111109, "081804"), (20000000000, "353130")]
)
def test_steps_are_those_of_rfc_6238(seconds: int, code: str) -> None:
    at = datetime.fromtimestamp(seconds, tz=UTC)
    assert counter_of_code(SECRET, code, at=at, after=-1) == seconds // 30


@pytest.mark.parametrize(
    ("off", "counts"), [(-2, False), (-1, True), (0, True), (1, True), (2, False)]
)
def test_a_clock_may_be_one_step_off(off: int, counts: bool) -> None:
    code = one_time_code(RFC_SECRET, STEP + off)
    assert counter_of_code(SECRET, code, at=AT, after=-1) == (STEP + off if counts else None)


def test_a_code_counts_once_and_no_earlier_one_after_it() -> None:
    now, before = (one_time_code(RFC_SECRET, STEP + off) for off in (0, -1))
    assert counter_of_code(SECRET, now, at=AT, after=STEP - 1) == STEP
    assert counter_of_code(SECRET, now, at=AT, after=STEP) is None
    assert counter_of_code(SECRET, before, at=AT, after=STEP) is None


@pytest.mark.parametrize(
    "code", ["", "12345", "1234567", "12345x", "１２３４５６", "-1", "000000\0"]
)
def test_what_is_no_code_opens_nothing(code: str) -> None:
    assert counter_of_code(SECRET, code, at=AT, after=-1) is None
    assert counter_of_code("no base32!", "123456", at=AT, after=-1) is None


def test_a_code_may_be_typed_with_spaces() -> None:
    assert plain_code(" 123 456 ") == plain_code("123-456") == "123456"
    code = one_time_code(RFC_SECRET, STEP)
    assert counter_of_code(SECRET, f"{code[:3]} {code[3:]}", at=AT, after=-1) == STEP


def test_a_proof_counts_to_the_minute() -> None:
    assert not is_fresh(None, at=AT, minutes=15)
    assert is_fresh(AT - timedelta(minutes=15), at=AT, minutes=15)
    assert not is_fresh(AT - timedelta(minutes=15, microseconds=1), at=AT, minutes=15)


@pytest.mark.parametrize(
    ("claims", "strong"),
    [
        ({"acr": "agreed"}, True),
        ({"amr": ["pwd", "mfa"]}, True),
        ({}, False),
        ({"acr": "other", "amr": ["pwd"]}, False),
        ({"acr": None, "amr": None}, False),
        # A text is no list: its letters are no methods.
        ({"amr": "mfa"}, False),
        ({"acr": ["agreed"]}, False),
        ({"amr": [["mfa"], {"mfa": 1}, 7]}, False),
        ({"acr": "AGREED"}, False),
    ],
)
def test_a_provider_is_believed_in_the_words_agreed_on(
    claims: dict[str, object], strong: bool
) -> None:
    assert provider_saw_two_factors(claims, {"agreed", "mfa"}) is strong
    assert not provider_saw_two_factors(claims, frozenset())


@pytest.mark.parametrize(
    ("method", "two_factors", "must_change", "exempt", "duty"),
    [
        (Method.PASSWORD, True, False, False, None),
        (Method.PASSWORD, False, False, False, Duty.SECOND_FACTOR),
        (Method.PASSWORD, False, True, False, Duty.NEW_PASSWORD),
        (Method.PASSWORD, True, True, False, Duty.NEW_PASSWORD),
        (Method.PASSWORD, False, False, True, None),
        (Method.PASSWORD, False, True, True, Duty.NEW_PASSWORD),
        (Method.CERTIFICATE, True, True, False, None),
        (Method.SINGLE_SIGN_ON, False, True, False, Duty.SECOND_FACTOR),
        ("", False, False, False, Duty.SECOND_FACTOR),
    ],
)
def test_what_is_left_to_do(
    method: str, two_factors: bool, must_change: bool, exempt: bool, duty: Duty | None
) -> None:
    found = next_duty(
        method=method, two_factors=two_factors, must_change_password=must_change, exempt=exempt
    )
    assert found == duty


def test_the_last_factor_stays() -> None:
    app, key, codes = Method.TOTP, Method.SECURITY_KEY, Method.RECOVERY_CODE
    assert may_remove(app, [app, key])
    assert may_remove(key, [key, key])
    assert not may_remove(app, [app])
    assert not may_remove(app, [app, codes])
    assert not may_remove(codes, [app, key, codes])


@pytest.mark.parametrize(
    "password",
    [
        "Acrime2026!",
        "ACRIMEportal",
        "4cr1m3P0rt4l!!",
        "ice-dhs-2026",
        "Supervisor123",
        "Summer2026!!",
        "ncic.ncic.ncic",
        "aaaaaaaaaaaa",
        "abababababab",
        "Synthetic-Data-Only",
        "listed one",
        "Listed One",
    ],
)
def test_banned(password: str) -> None:
    reason = why_banned(password, listed={"listed one"})
    assert reason is not None
    assert password not in reason


@pytest.mark.parametrize(
    "password",
    [
        "correct horse battery",
        "service desk lamp 99",
        "9402 8817 3356",
        "plenty-of-synthetic-words-7",
        "ünïcödé wörds only",
        "portal of the old mill",
        "密码学很有意思的",
    ],
)
def test_not_banned(password: str) -> None:
    assert why_banned(password, listed={"listed one"}) is None
