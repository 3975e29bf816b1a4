"""Numbers of synthetic people: each another one, none of which anybody can have.

A person's place in the row of all synthetic people makes the numbers, so that no two runs make
the same ones. ``spread`` is one to one: neighbours get numbers that lie far from each other.
"""

from math import gcd
from random import Random

from acrime.common.numbers import ALPHABET
from acrime.demo.people.places import Origin
from acrime.individuals.choices import IdentifierKind

# Prime, and larger than any that the ranges below share a factor with.
_STEP = 7_368_787
MOST_PEOPLE = 48_000_000
"""So many people have numbers of their own in every range."""

# Never given out as Social Security numbers; groups from 50 are those of taxpayer numbers.
_AREAS, _GROUPS, _SERIALS = range(900, 1000), range(1, 50), range(1, 10_000)
_LETTERS = "ABCDEFGHJKLMNPRSTVWXYZ"


def spread(serial: int, size: int, *, start: int = 0) -> int:
    """Another number below *size* for each *serial* below *size*."""
    assert gcd(_STEP, size) == 1
    return (serial * _STEP + start) % size


def a_number(serial: int) -> str:
    """Above all that were given out."""
    return f"A9{spread(serial, 10**8, start=12_020_569):08}"


def second_a_number(serial: int) -> str:
    """Of another range than ``a_number``."""
    return f"A8{spread(serial, 10**8, start=31_415_926):08}"


def ssn(serial: int) -> str:
    """Of areas from 900 and groups below 50, which belong to nobody."""
    number = spread(serial, len(_AREAS) * len(_GROUPS) * len(_SERIALS), start=1_618_033)
    number, last = divmod(number, len(_SERIALS))
    area, group = divmod(number, len(_GROUPS))
    return f"{_AREAS[area]}-{_GROUPS[group]:02}-{_SERIALS[last]:04}"


def fbi_number(serial: int) -> str:
    """Six digits, two letters, a digit."""
    number, last = divmod(spread(serial, 10**7 * 484, start=2_718_281_828), 10)
    number, pair = divmod(number, 484)
    first, second = divmod(pair, 22)
    return f"{number:06}{_LETTERS[first]}{_LETTERS[second]}{last}"


def state_id(serial: int, state: str) -> str:
    """A state's code and eight digits."""
    return f"{state}{spread(serial, 10**8, start=57_721_566):08}"


def fin(serial: int) -> str:
    """Ten digits."""
    return f"9{spread(serial, 10**9, start=141_421_356):09}"


def passport(serial: int) -> str:
    """A letter and eight digits."""
    letter, number = divmod(spread(serial, 22 * 10**8, start=1_732_050_807), 10**8)
    return f"{_LETTERS[letter]}{number:08}"


def license_number(serial: int) -> str:
    """Eight digits, the first of them never zero."""
    return f"{10**7 + spread(serial, 9 * 10**7, start=22_360_679)}"


def booking_number(serial: int, year: int) -> str:
    """The year and eight digits."""
    return f"{year}-{spread(serial, 10**8, start=84_089_641):08}"


def record_body(serial: int) -> str:
    """The seven characters of a record's number that tell nothing."""
    number = spread(serial, 32**7, start=32**6)
    characters = []
    for _ in range(7):
        number, place = divmod(number, 32)
        characters.append(ALPHABET[place])
    return "".join(characters)


# How many of a hundred people have a number of the kind.
SHARES = {
    IdentifierKind.A_NUMBER: 72,
    IdentifierKind.FBI: 55,
    IdentifierKind.SID: 45,
    IdentifierKind.FIN: 60,
    IdentifierKind.PASSPORT: 35,
    IdentifierKind.LICENSE: 28,
    IdentifierKind.SSN: 22,
    IdentifierKind.BOOKING: 18,
}
# One number in so many was recorded with the wrong person: with the neighbour in the row.
SHARED_BY_MISTAKE = 1000
SECOND_A_NUMBERS = 0.04
SECOND_STATE_IDS = 0.08


def numbers_of(
    serial: int, *, state: str, origin: Origin, year: int, random: Random
) -> list[tuple[IdentifierKind, str, str]]:
    """The numbers of the person at *serial*: kind, number, issuer.

    Args:
        state: where the person lives.
        year: of the booking.
    """
    found: list[tuple[IdentifierKind, str, str]] = []
    for kind, share in SHARES.items():
        if random.random() * 100 >= share:
            continue
        match kind:
            case IdentifierKind.A_NUMBER:
                mistaken = serial > 0 and random.random() * SHARED_BY_MISTAKE < 1
                number = a_number(serial - 1 if mistaken else serial)
                if random.random() < 0.1:
                    number = f"{number[:4]}-{number[4:7]}-{number[7:]}"
                found.append((kind, number, ""))
                if random.random() < SECOND_A_NUMBERS:
                    found.append((kind, second_a_number(serial), ""))
            case IdentifierKind.FBI:
                found.append((kind, fbi_number(serial), ""))
            case IdentifierKind.SID:
                found.append((kind, state_id(serial, state), state))
                if random.random() < SECOND_STATE_IDS:
                    other = "TX" if state != "TX" else "CA"
                    found.append((kind, state_id(serial, other), other))
            case IdentifierKind.FIN:
                found.append((kind, fin(serial), ""))
            case IdentifierKind.PASSPORT:
                found.append((kind, passport(serial), origin.name))
            case IdentifierKind.LICENSE:
                found.append((kind, license_number(serial), state))
            case IdentifierKind.SSN:
                found.append((kind, ssn(serial), ""))
            case IdentifierKind.BOOKING:
                found.append((kind, booking_number(serial, year), ""))
    return found
