"""Normal forms, and how well somebody matches. Pure."""

import re
import unicodedata
from collections.abc import Collection
from dataclasses import dataclass
from datetime import date

from acrime.individuals.choices import IdentifierKind

_NOT_LETTERS = re.compile(r"[^A-Z ]")
_SUFFIX = re.compile(r"\s+(JR|SR|II|III|IV)\.?$")


def normal_name(text: str) -> str:
    """Upper case, without accents, marks, hyphens, spaces and generation suffixes."""
    plain = unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode().upper().strip()
    bare = _NOT_LETTERS.sub(" ", _SUFFIX.sub("", plain))
    return "".join(bare.split())


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


@dataclass(frozen=True)
class Wanted:
    """What a query tells of a person, in normal form."""

    last: str = ""
    first: str = ""
    birth_date: date | None = None
    sex: str = ""
    identifier_digests: Collection[bytes] = ()


@dataclass(frozen=True)
class Candidate:
    """What is held of a person, in normal form."""

    names: Collection[tuple[str, str]]
    birth_dates: Collection[date]
    sex: str
    identifiers: Collection[tuple[str, bytes]]


@dataclass(frozen=True)
class Likeness:
    """How well a candidate fits: points from 0, and why, in words a person can check."""

    points: int
    reasons: tuple[str, ...]


def likeness(wanted: Wanted, candidate: Candidate) -> Likeness:
    """Weigh a candidate.

    No single number makes two people one: the points only order a list that a person
    decides on.
    """
    reasons: list[str] = []
    points = 0
    for kind, digest in candidate.identifiers:
        if digest in wanted.identifier_digests:
            points += 50
            reasons.append(f"Same {IdentifierKind(kind).label}")
    name_points, name_reason = _name_likeness(wanted, candidate.names)
    date_points, date_reason = _date_likeness(wanted.birth_date, candidate.birth_dates)
    points += name_points + date_points
    reasons += [reason for reason in (name_reason, date_reason) if reason]
    if wanted.sex and candidate.sex and wanted.sex != candidate.sex:
        points -= 10
        reasons.append("Sex is recorded differently")
    return Likeness(max(points, 0), tuple(reasons))


def _name_likeness(wanted: Wanted, names: Collection[tuple[str, str]]) -> tuple[int, str]:
    pairs = set(names)
    if not wanted.last:
        return 0, ""
    if (wanted.last, wanted.first) in pairs:
        return 30, "Same name"
    if (wanted.first, wanted.last) in pairs:
        return 25, "Same name with first and last swapped"
    if any(last == wanted.last for last, _ in pairs):
        return 12, "Same last name"
    return 0, ""


def _date_likeness(wanted: date | None, held: Collection[date]) -> tuple[int, str]:
    if wanted is None:
        return 0, ""
    if wanted in held:
        return 20, "Same date of birth"
    if any((wanted.year, wanted.month, wanted.day) == (d.year, d.day, d.month) for d in held):
        return 14, "Date of birth swaps day and month"
    if any(wanted.year == d.year for d in held):
        return 5, "Same year of birth"
    return 0, ""
