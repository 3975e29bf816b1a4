"""What may be entered about a person, and what is in force. Pure.

Each rule answers with what is wrong, in words for whoever typed it, or with nothing.
"""

import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Protocol, TypeVar

from accounts.choices import Role
from acrime.individuals.choices import CodeSystem, IdentifierKind
from acrime.individuals.codes import STATES, UNITED_STATES, countries, is_reference_only, pob_name
from acrime.individuals.facts.choices import NEED_NO_POLICY, About
from acrime.individuals.policy import normal_identifier, normal_name

# Add to what is known of people: whoever works queries enters them.
ENTERERS = frozenset({Role.ANALYST, Role.SUPERVISOR})
# Note protections, standing and categories: privacy officers too.
NOTERS = ENTERERS | {Role.PRIVACY_OFFICER}
# A protection that ends opens the gate: somebody who answers for the records ends it.
ENDERS = frozenset({Role.SUPERVISOR, Role.PRIVACY_OFFICER})

EARLIEST_BIRTH = 1850

# Overrides of the writing direction: what is shown would not be what is stored.
_OVERRIDES = frozenset("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")
_UNPRINTED = frozenset({"Cc", "Cs", "Co", "Cn"})
# Printed on cards in shops and in advertisements, and never issued again (SSA).
_NEVER_ISSUED = frozenset({"078051120", "219099999", "457555462"})

# How many letters and digits the number of each kind has.
_LENGTHS = {
    IdentifierKind.FBI: (1, 9, "An FBI number has at most nine letters and digits."),
    IdentifierKind.SID: (3, 10, "A state identification number has three to ten characters."),
    IdentifierKind.FIN: (4, 20, "A fingerprint identification number has four to twenty digits."),
    IdentifierKind.PASSPORT: (4, 15, "A passport number has four to fifteen characters."),
    IdentifierKind.LICENSE: (1, 25, "A license number has at most 25 characters."),
    IdentifierKind.BOOKING: (1, 30, "A booking number has at most 30 characters."),
}


def text_problem(text: str) -> str:
    """What is wrong with *text* that goes into a record."""
    if any(unicodedata.category(char) in _UNPRINTED for char in text):
        return "Leave out control characters and line breaks."
    if _OVERRIDES.intersection(text):
        return "Leave out marks that turn the direction of writing."
    if "<" in text or ">" in text:
        return "Write it as plain text, without < and >."
    return ""


def name_problem(*, last: str, first: str) -> str:
    """What is wrong with a name."""
    if not normal_name(last):
        return "Enter a last name with letters in it."
    if (normal_name(last), normal_name(first)) == ("CPI", "CPI"):
        return "CPI,CPI stands for a name that was not provided; it is nobody's name."
    return ""


def birth_problem(year: int, month: int | None, day: int | None, *, today: date) -> str:
    """What is wrong with a date of birth, of which month and day may be unknown."""
    if month is None and day is not None:
        return "With a day, say the month too."
    try:
        first = date(year, month or 1, day or 1)
    except ValueError:
        return "There is no such day."
    if year < EARLIEST_BIRTH:
        return f"A year of birth is not before {EARLIEST_BIRTH}."
    return "The date of birth lies in the future." if first > today else ""


def place_problem(system: str, value: str) -> str:
    """What is wrong with a place of birth, which stays as its code system writes it."""
    if system == CodeSystem.NCIC:
        if is_reference_only(value):
            return "NCIC keeps this code for reference only; it is not entered."
        if pob_name(value) is None:
            return "NCIC has no place with this code."
    if system == CodeSystem.DHS and not re.fullmatch(r"[A-Z]{5}", value):
        return "A DHS place code has five letters."
    if system == CodeSystem.IDENT and not re.fullmatch(r"[A-Z]{2,3}", value):
        return "An IDENT place code has two or three letters."
    return ""


def number_problem(kind: str, value: str) -> str:
    """What is wrong with a number of *kind*, however it is typed."""
    bare = normal_identifier(kind, value)
    if not bare or not value.isascii():
        return "Enter letters and digits."
    if kind == IdentifierKind.A_NUMBER:
        return _a_number_problem(value)
    if kind == IdentifierKind.SSN:
        return _ssn_problem(bare)
    shortest, longest, words = _LENGTHS[IdentifierKind(kind)]
    return "" if shortest <= len(bare) <= longest else words


def issuer_problem(kind: str, issuer: str) -> str:
    """What is wrong with who issued a number."""
    if kind == IdentifierKind.PASSPORT:
        return "" if issuer in countries() else "Say which country issued the passport."
    if kind == IdentifierKind.LICENSE:
        known = issuer in STATES or issuer in countries()
        return "" if known else "Say which state or country issued the license."
    return "Only passports and licenses have an issuer here." if issuer else ""


def address_problem(*, region: str, country: str) -> tuple[str, str]:
    """The part of an address that is wrong, and what is wrong with it."""
    if country and country not in countries():
        return "country", "There is no such country in the list."
    known = {*STATES, *(name.upper() for name in STATES.values())}
    if region and country in ("", UNITED_STATES) and region.upper() not in known:
        return "region", "There is no such state. For another country, choose it below."
    return "", ""


def telephone_digits(number: str) -> str:
    """The digits of a telephone number, without the prefix of the United States."""
    digits = re.sub(r"[^0-9]", "", number)
    return digits[1:] if len(digits) == 11 and digits.startswith("1") else digits


def telephone_problem(number: str) -> str:
    """What is wrong with a telephone number."""
    if not re.fullmatch(r"[0-9+()./ x-]+", number, re.ASCII | re.IGNORECASE):
        return "Enter digits, with spaces, hyphens or parentheses between."
    return "" if 7 <= len(telephone_digits(number)) <= 20 else "Enter 7 to 20 digits."


def day_problem(day: date | None, *, today: date) -> str:
    """What is wrong with the day on which something was so."""
    if day is None:
        return ""
    if day > today:
        return "The day lies in the future."
    return "" if day.year >= EARLIEST_BIRTH else f"A day is not before {EARLIEST_BIRTH}."


def policy_problem(about: str, code: str, policy: str) -> str:
    """Whether the policy that a standing relies on is missing."""
    if about != About.STANDING or code in NEED_NO_POLICY or policy.strip():
        return ""
    return "Say which policy, in which version, it relies on."


def _a_number_problem(value: str) -> str:
    bare = re.sub(r"[\s-]", "", value.upper()).removeprefix("A")
    if re.fullmatch(r"[0-9]{7,9}", bare, re.ASCII):
        return ""
    return "An A-Number has seven to nine digits."


def _ssn_problem(bare: str) -> str:
    if not re.fullmatch(r"[0-9]{9}", bare, re.ASCII):
        return "A Social Security number has nine digits."
    area, group, serial = bare[:3], bare[3:5], bare[5:]
    if area.startswith("9"):
        return "No Social Security number begins with 9; this is a taxpayer number."
    if area in ("000", "666") or group == "00" or serial == "0000" or bare in _NEVER_ISSUED:
        return "There is no such Social Security number."
    return ""


class Dated(Protocol):
    """A fact, as far as the rules ask."""

    pk: int
    about: str
    code: str
    begins: bool


Fact = TypeVar("Fact", bound=Dated)


@dataclass(frozen=True)
class _Key:
    about: str
    code: str


def in_force(facts: Iterable[Fact]) -> list[Fact]:
    """Those of one person's *facts* that hold, in the order in which they were entered.

    The latest word counts: on each protection and each category, and on the standing, of
    which there is one at a time. No fact is entered before its day, so none is yet to come.
    """
    latest: dict[_Key, Fact] = {}
    for fact in sorted(facts, key=lambda each: each.pk):
        key = _Key(fact.about, "" if fact.about == About.STANDING else fact.code)
        latest[key] = fact
    return sorted((each for each in latest.values() if each.begins), key=lambda each: each.pk)
