"""Numbers for records: random, easy to read over the phone, with a check character.

``IAQ-2026-7K3M-9QX4``: a prefix, the year, seven random characters and a check
character. Nothing can be learned from gaps or by guessing the next one. The
alphabet leaves out I, L, O and U, which are misheard or misread.
"""

import re
import secrets
from datetime import datetime

ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
LONGEST = 24
_RANDOM_CHARACTERS = 7
# What one character of 32 tells.
_BITS = 5
_VALUES = {char: value for value, char in enumerate(ALPHABET)}
_SHAPE = re.compile(rf"[A-Z]{{2,4}}-\d{{4}}-[{ALPHABET}]{{4}}-[{ALPHABET}]{{4}}")


def new_number(prefix: str, *, at: datetime) -> str:
    """A new number such as ``IAQ-2026-7K3M-9QX4`` for the year of *at*."""
    drawn = secrets.randbits(_BITS * _RANDOM_CHARACTERS)
    body = "".join(
        ALPHABET[drawn >> _BITS * place & len(ALPHABET) - 1] for place in range(_RANDOM_CHARACTERS)
    )
    return number_of(prefix, year=at.year, body=body)


def is_number(text: str) -> bool:
    """Whether *text* has the shape of a number and its check character fits."""
    if not _SHAPE.fullmatch(text):
        return False
    prefix, year, first, second = text.split("-")
    return text == number_of(prefix, year=int(year), body=(first + second)[:_RANDOM_CHARACTERS])


def tidied(text: str) -> str:
    """*text* as a person may have typed it, in the form numbers are stored in."""
    folded = "".join(char for char in text.upper() if char.isprintable() and char != " ")
    head, _, tail = folded.partition("-")
    return f"{head}-{tail.translate(str.maketrans('ILO', '110'))}" if tail else folded


def as_asked(text: str) -> str:
    """What the ledger keeps of a number that somebody asked for: tidied, no longer than one."""
    return tidied(text[: 4 * LONGEST])[:LONGEST]


def number_of(prefix: str, *, year: int, body: str) -> str:
    """The number whose seven characters before the check character are *body*."""
    whole = body + _check_character(f"{prefix}{year}{body}")
    return f"{prefix}-{year}-{whole[:4]}-{whole[4:]}"


def _check_character(text: str) -> str:
    # Horner's rule over the field of 32 elements (x^5 + x^2 + 1): every single wrong
    # character and every swap of neighbours in the random part changes the result. The
    # last step leaves the check character a weight of its own, so that its swap with the
    # character before it shows as well.
    total = 0
    for char in text:
        total ^= _VALUES.get(char, ord(char) % 32)
        total = (total << 1) ^ (0b100101 if total & 0b10000 else 0)
    return ALPHABET[total]
