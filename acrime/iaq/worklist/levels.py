"""The level of an offense, from the table of the packet, and where it is left to a person. Pure.

The table (Secure Communities, Appendix A) is data beside this file. Charge and conviction are
told apart by whoever asks: the same code is placed alike, and each is kept by itself. ICE's
present priorities are not these levels; they order the worklist and decide nothing.
"""

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from types import MappingProxyType

from django.db import models

from acrime.iaq.codes import OFFENSE_NOT_STATED, offense_codes

_TABLE = Path(__file__).resolve().parent / "data" / "offense_levels.json"
APPENDIX = "Secure Communities MOA and SOP, Appendix A"


class Basis(models.TextChoices):
    """What a level rests on. A charge is no conviction, and neither stands for the other."""

    CHARGE = "CHARGE", "Charge"
    CONVICTION = "CONVICTION", "Conviction"


class Sentence(models.TextChoices):
    """How long a sentence is, as far as the table asks: of drug offenses only."""

    UNKNOWN = "UNKNOWN", "Not known, or none yet"
    UNDER = "UNDER", "Less than one year"
    EXACTLY = "EXACTLY", "Exactly one year"
    OVER = "OVER", "More than one year"


class Why(models.TextChoices):
    """Why an offense has the level that it has, or none."""

    TABLE = "TABLE", "By the table"
    SENTENCE = "SENTENCE", "By the table and the sentence"
    SENTENCE_OPEN = (
        "SENTENCE_OPEN",
        "A drug offense is placed by its sentence; one not known or of exactly one year is not",
    )
    UNLISTED = "UNLISTED", "The code is in no level of the table"
    UNKNOWN_CODE = "UNKNOWN_CODE", "This is no NCIC offense code"
    NONE_AVAILABLE = "NONE_AVAILABLE", "No offense was given"
    PERSON = "PERSON", "Placed by a person"


# Left to a person: nothing here is the lowest level by default.
FOR_A_PERSON = frozenset({Why.SENTENCE_OPEN, Why.UNLISTED, Why.UNKNOWN_CODE})

_BY_SENTENCE: Mapping[str, int] = {Sentence.OVER: 1, Sentence.UNDER: 2}


@dataclass(frozen=True)
class Placed:
    """Where an offense stands.

    Attributes:
        level: 1, 2 or 3; None where the table does not tell.
        category: the table's name of what the code belongs to.
    """

    level: int | None
    why: Why
    category: str = ""

    @property
    def waits(self) -> bool:
        """Whether a person must place it."""
        return self.why in FOR_A_PERSON


def place(code: str, sentence: str = Sentence.UNKNOWN) -> Placed:
    """The level of the offense *code* (NCIC, four digits).

    0399 is a code of the table and in a query means that no charge is available, so it is no
    level. A blank one means the same.
    """
    if code in ("", OFFENSE_NOT_STATED):
        return Placed(None, Why.NONE_AVAILABLE)
    if code not in offense_codes():
        return Placed(None, Why.UNKNOWN_CODE)
    levels, by_sentence = _table()
    if code in by_sentence:
        level = _BY_SENTENCE.get(sentence)
        why = Why.SENTENCE if level else Why.SENTENCE_OPEN
        return Placed(level, why, by_sentence[code])
    if code in levels:
        level, category = levels[code]
        return Placed(level, Why.TABLE, category)
    return Placed(None, Why.UNLISTED)


def takes_a_sentence(code: str) -> bool:
    """Whether the level of *code* turns on the sentence."""
    return code in _table()[1]


def highest(levels: Iterable[int | None]) -> int | None:
    """The most serious of *levels*, where there is one."""
    return min((level for level in levels if level is not None), default=None)


# The order of the worklist. What a person must place stands behind level 1 and before all that
# the table places lower: unlisted codes hold some of the gravest offenses. Without any offense
# a query comes last of its clock.
RANKS: Mapping[int | None, int] = {1: 1, 2: 3, 3: 4}
RANK_TO_PLACE = 2
RANK_NONE = 5


def rank(*, level: int | None, waits: bool) -> int:
    """Where in the worklist's order a query stands, 1 first.

    Args:
        level: the most serious level that it has.
        waits: whether an offense of it must be placed by a person.
    """
    if level == 1:
        return RANKS[1]
    if waits:
        return RANK_TO_PLACE
    return RANK_NONE if level is None else RANKS[level]


_CUSTODY: Mapping[bool | None, int] = {True: 0, None: 1, False: 2}
_CUSTODIES = len(_CUSTODY)


def urgency(*, rank: int, in_custody: bool | None) -> int:
    """What the worklist goes by before the clock: the rank, and then who is held."""
    return rank * _CUSTODIES + _CUSTODY[in_custody]


def rank_of(urgency: int) -> int:
    """The rank that an urgency was made of."""
    return urgency // _CUSTODIES


def urgencies(rank: int) -> tuple[int, int]:
    """The first and the last urgency of a rank."""
    return rank * _CUSTODIES, rank * _CUSTODIES + _CUSTODIES - 1


def placing(*, offense: str, in_custody: bool | None) -> dict[str, int | None]:
    """What a query carries of its level as it comes in, when only its charge is known."""
    placed = place(offense)
    return {
        "charge_level": placed.level,
        "urgency": urgency(
            rank=rank(level=placed.level, waits=placed.waits), in_custody=in_custody
        ),
    }


@cache
def _table() -> tuple[Mapping[str, tuple[int, str]], Mapping[str, str]]:
    data = json.loads(_TABLE.read_text("ascii"))
    levels = {
        code: (int(level), category)
        for level, categories in data["levels"].items()
        for category, ranges in categories.items()
        for code in _codes(ranges)
    }
    by_sentence = {
        code: category
        for category, ranges in data["by_sentence"].items()
        for code in _codes(ranges)
    }
    return MappingProxyType(levels), MappingProxyType(by_sentence)


def _codes(ranges: Iterable[str]) -> Iterable[str]:
    for each in ranges:
        first, _, last = each.partition("-")
        for number in range(int(first), int(last or first) + 1):
            yield f"{number:04}"
