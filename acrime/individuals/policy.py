"""Normal forms of names and numbers. Pure."""

import re

from acrime.individuals.choices import IdentifierKind
from acrime.individuals.finding.names import words_of

# Characters of a normal form, as its columns hold them.
_LONGEST = 60
# Behind given names, where a value is written as one line.
_SUFFIX = re.compile(r"\s+(JR|SR|II|III|IV)\.?$")


def normal_name(text: str) -> str:
    """Capital letters without accents, marks, hyphens, spaces and generation suffixes."""
    return "".join(words_of(text))[:_LONGEST]


def split_suffix(given: str) -> tuple[str, str]:
    """Given names and the generation suffix behind them, such as ``JR``, or nothing."""
    found = _SUFFIX.search(given.upper())
    return (given[: found.start()], given[found.start() :].strip()) if found else (given, "")


def is_placeholder(*, last: str, first: str) -> bool:
    """Whether a name in normal form stands for one that was not provided.

    The FBI fills in "CPI" where a state sent no name; it is nobody's name.
    """
    return (last, first) == ("CPI", "CPI")


def normal_identifier(kind: str, text: str) -> str:
    """The form in which two spellings of one number are equal.

    An A-Number of seven or eight digits is padded with zeros to nine.
    """
    bare = re.sub(r"[^A-Z0-9]", "", text.upper())
    if kind == IdentifierKind.A_NUMBER:
        digits = bare.removeprefix("A")
        return digits.zfill(9) if digits.isdigit() else bare
    return bare
