"""What records hold and repeat: asked of the room that knows.

Records lie above this app. Their room registers what answers these questions when the
portal starts; until then no record is there to be corrected.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from accounts.models import User


@dataclass(frozen=True)
class Held:
    """A value that a record holds and that can be corrected in it. Its ``repr`` tells none.

    Attributes:
        field: of the accounting (``choices.Field``).
        label: what a person calls it.
        value: as it stands.
        shown: as pages show it; numbers of people are masked.
    """

    field: str
    label: str
    value: str
    shown: str

    def __repr__(self) -> str:
        return f"Held({self.field})"


@dataclass(frozen=True)
class RecordFacts:
    """A record, as far as a correction speaks of one.

    Attributes:
        scope: ids of the records that tell the same of the same person: an individual's own
            and all that are about the individual; another record's and those repeating it.
        values: what can be corrected in it, in a fixed order.
    """

    record_id: int
    number: str
    scope: frozenset[int]
    values: tuple[Held, ...]


class Records(Protocol):
    """What the room of individuals answers and does."""

    def find(self, number: str, user: "User") -> RecordFacts | None:
        """The record with *number*, where *user* may see it."""

    def meant(self, number: str) -> list[int]:
        """The ids of the record that *number* names, seen or not."""

    def correct(
        self, record_id: int, position: int, *, held: str, value: str, actor: "User", at: datetime
    ) -> None:
        """Correct the value at *position*, which is still *held*.

        Raises:
            ActionRefused: it is another value by now, or the new one cannot be.
        """

    def hold(self, record_ids: Iterable[int]) -> None:
        """Hold records until the transaction ends, so that nothing is released beside it."""

    def mark_disputed(self, record_ids: Iterable[int], *, disputed: bool) -> None:
        """Mark records as disputed, or no longer."""

    def disputed_with(self, record_ids: Iterable[int]) -> set[int]:
        """The records in whose disputes *record_ids* share: their own, and their people's."""


class NoRecords:
    """No room has registered: there are no records."""

    def find(self, number: str, user: "User") -> RecordFacts | None:
        """None."""
        return None

    def meant(self, number: str) -> list[int]:
        """None."""
        return []

    def correct(
        self, record_id: int, position: int, *, held: str, value: str, actor: "User", at: datetime
    ) -> None:
        """Never reached: no record is found.

        Raises:
            LookupError: always.
        """
        raise LookupError("No room of records has registered.")

    def hold(self, record_ids: Iterable[int]) -> None:
        """Nothing to hold."""

    def mark_disputed(self, record_ids: Iterable[int], *, disputed: bool) -> None:
        """Nothing to mark."""

    def disputed_with(self, record_ids: Iterable[int]) -> set[int]:
        """Their own."""
        return set(record_ids)


_records: Records = NoRecords()


def register_records(records: Records) -> None:
    """Register what answers about records."""
    global _records
    _records = records


def records() -> Records:
    """What answers about records."""
    return _records
