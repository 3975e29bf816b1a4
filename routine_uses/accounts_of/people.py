"""Whom records are about, and how long they live: asked of the room that knows.

Records and people lie above this app. Their room registers what answers these
questions when the portal starts; until then nobody has an accounting.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from accounts.models import User


@dataclass(frozen=True)
class Person:
    """An individual, as far as an accounting speaks of one. Its ``repr`` holds no value.

    Attributes:
        record_id: of the individual's own record.
        number: of that record.
        name: ``LAST, FIRST MIDDLE``.
        birth_dates: as recorded.
        record_ids: every record about the person, the own one included, seen or not.
        earlier_ids: records of the same person that became part of this one.
    """

    record_id: int
    number: str
    name: str
    birth_dates: tuple[date, ...]
    record_ids: frozenset[int]
    earlier_ids: frozenset[int] = frozenset()

    def __repr__(self) -> str:
        return f"Person({self.number})"


@dataclass(frozen=True)
class Life:
    """How long a record lives: until *ends_on*, or with no end that is known."""

    number: str
    ends_on: date | None


class People(Protocol):
    """What the room of individuals answers."""

    def find(self, number: str, user: "User") -> Person | None:
        """The individual with *number*, where *user* may see it."""

    def meant(self, number: str) -> list[int]:
        """The ids of the record that *number* names, seen or not; empty where none is."""

    def of_records(self, record_ids: Iterable[int]) -> Mapping[int, list[int]]:
        """The individuals that each of the records is about, by record id."""

    def lives(self, record_ids: Iterable[int]) -> Mapping[int, Life]:
        """How long each of the records lives; one that is not there any more is left out."""


class Nobody:
    """No room has registered: nobody is known."""

    def find(self, number: str, user: "User") -> Person | None:
        """Nobody."""
        return None

    def meant(self, number: str) -> list[int]:
        """None."""
        return []

    def of_records(self, record_ids: Iterable[int]) -> Mapping[int, list[int]]:
        """Nobody."""
        return {}

    def lives(self, record_ids: Iterable[int]) -> Mapping[int, Life]:
        """None."""
        return {}


_people: People = Nobody()


def register_people(people: People) -> None:
    """Register what answers about individuals and records."""
    global _people
    _people = people


def people() -> People:
    """What answers about individuals and records."""
    return _people
