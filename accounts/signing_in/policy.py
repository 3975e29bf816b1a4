"""Rules of signing in. They know neither database nor clock."""

import base64
import binascii
import hmac
import unicodedata
from collections.abc import Collection, Iterable, Mapping
from datetime import datetime, timedelta
from typing import Any

from accounts.signing_in.choices import Duty, Method

CODE_DIGITS = 6
STEP_SECONDS = 30
# A clock may be one step off. A code then lives for 90 seconds, under the two minutes of
# CJIS IA-5(1)(d).
STEPS_OFF = 1

# Between the first proof and the second a person finds the phone; then they begin anew.
SECOND_PROOF_WITHIN = timedelta(minutes=10)


def one_time_code(secret: bytes, counter: int) -> str:
    """The code of *counter* (RFC 4226, SHA-1, six digits)."""
    digest = hmac.digest(secret, counter.to_bytes(8, "big"), "sha1")
    start = digest[-1] & 0x0F
    number = int.from_bytes(digest[start : start + 4], "big") & 0x7FFF_FFFF
    return f"{number % 10**CODE_DIGITS:0{CODE_DIGITS}}"


def counter_of_code(secret: str, code: str, *, at: datetime, after: int) -> int | None:
    """Which time step *code* belongs to, or None where it opens nothing (RFC 6238).

    Each value is accepted once: a step that is not later than *after*, the last one that
    was accepted, counts no more (CJIS IA-5(1)(c)).

    Args:
        secret: the shared secret in base32.
        code: six digits as typed; spaces and dashes do not matter.
        at: now.
        after: the last accepted step, or -1.
    """
    try:
        key = base64.b32decode(secret, casefold=True)
    except binascii.Error:
        return None
    given = plain_code(code)
    if len(given) != CODE_DIGITS:
        return None
    now = int(at.timestamp()) // STEP_SECONDS
    found = None
    # Every step is tried, so that the time taken does not tell which one fits.
    for counter in range(now - STEPS_OFF, now + STEPS_OFF + 1):
        fits = hmac.compare_digest(one_time_code(key, counter), given)
        if fits and counter > after and found is None:
            found = counter
    return found


def plain_code(code: str) -> str:
    """The digits of a code as typed, or nothing where something else stands in it."""
    text = "".join(code.replace("-", " ").split())
    return text if text.isascii() and text.isdecimal() else ""


def is_fresh(proved_at: datetime | None, *, at: datetime, minutes: int) -> bool:
    """Whether a proof of identity still counts for a privileged act (CJIS IA-11)."""
    return proved_at is not None and at - proved_at <= timedelta(minutes=minutes)


def provider_saw_two_factors(claims: Mapping[str, Any], strong: Collection[str]) -> bool:
    """Whether a single sign-on's token tells of a second factor in words we were told to trust.

    ``acr`` is one text, ``amr`` a list of texts; whatever else stands there is not believed.
    """
    told = claims.get("amr")
    values = list(told) if isinstance(told, list) else []
    values.append(claims.get("acr"))
    return any(isinstance(value, str) and value in strong for value in values)


def next_duty(
    *, method: str, two_factors: bool, must_change_password: bool, exempt: bool
) -> Duty | None:
    """What is left to do before the sign-in is finished, or None.

    A password that somebody else chose is changed by whoever signs in with it. Without a
    second factor nothing opens (CJIS IA-2(1) and (2)), except for demonstration accounts
    where the portal is set up for them.
    """
    if must_change_password and method == Method.PASSWORD:
        return Duty.NEW_PASSWORD
    if not two_factors and not exempt:
        return Duty.SECOND_FACTOR
    return None


def may_remove(kind: str, kinds: Iterable[str]) -> bool:
    """Whether one second factor may go, of those that somebody has (*kinds*, it among them).

    Recovery codes are no factor to go on with; the last other one stays.
    """
    if kind == Method.RECOVERY_CODE:
        return False
    return sum(1 for each in kinds if each != Method.RECOVERY_CODE) > 1


# Words of this portal and its setting; a password made of them is the first to be guessed.
BANNED_WORDS = (
    "acrime",
    "portal",
    "password",
    "homeland",
    "security",
    "immigration",
    "customs",
    "enforcement",
    "lesc",
    "icedhs",
    "dhsice",
    "ice",
    "dhs",
    "opr",
    "ncic",
    "analyst",
    "supervisor",
    "administrator",
    "admin",
    "welcome",
    "summer",
    "winter",
    "spring",
    "autumn",
)
# Printed in the documentation, so known to everybody.
PRINTED = frozenset({"synthetic-data-only"})
_LOOKALIKES = str.maketrans("014357@$!|", "oiaestasil")
_LETTERS_LEFT = 4


def why_banned(password: str, *, listed: Collection[str]) -> str | None:
    """Why *password* is on the banned list, in words for the person, or None.

    Args:
        password: as typed.
        listed: further passwords, in lower case.
    """
    lower = password.casefold()
    if lower in listed:
        return "This password is on the list of passwords that may not be used here."
    if lower in PRINTED:
        return "This password is printed in the portal's documentation, so everybody knows it."
    if len(set(lower)) <= 2:
        return "This password repeats one or two characters."
    plain = unicodedata.normalize("NFKD", lower)
    # Digits at either end are mostly a year or a count, but may stand for letters too.
    if any(_is_made_of_words(each) for each in (plain, plain.strip("0123456789!?.,-_ "))):
        return "This password is made of words of this portal, which are guessed first."
    return None


def _is_made_of_words(text: str) -> bool:
    """Whether *text* is banned words and little more, other signs not counted."""
    letters = "".join(each for each in text.translate(_LOOKALIKES) if each.isalpha())
    rest = letters
    for word in sorted(BANNED_WORDS, key=len, reverse=True):
        rest = rest.replace(word, "")
    return rest != letters and len(rest) < _LETTERS_LEFT
