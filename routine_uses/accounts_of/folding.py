"""Entries that went under one category of repeating disclosures, told as one. Looks nothing up."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from routine_uses.accounts_of.policy import Keeping, longest
from routine_uses.accounts_of.querysets import Accounted
from routine_uses.models import Disclosure


@dataclass(frozen=True)
class Line:
    """What an accounting tells in one row: one entry, or all that went under one category.

    Attributes:
        rows: the entries, newest first; one where it is no category.
    """

    rows: tuple[Accounted, ...]

    @property
    def latest(self) -> Disclosure:
        """The entry that came last; it says what all of a category have in common."""
        return self.rows[0].disclosure

    @property
    def category(self) -> str:
        """The number of the category, or empty where it is a single entry."""
        return self.latest.series_number if self.rows[0].stands else ""

    @property
    def key(self) -> str:
        """What the row goes by: the category's number, or the entry's."""
        return self.category or self.latest.number

    @property
    def numbers(self) -> tuple[str, ...]:
        """The numbers of its entries."""
        return tuple(row.disclosure.number for row in self.rows)

    @property
    def first_at(self) -> datetime:
        """When it went for the first time."""
        return min(row.disclosure.disclosed_at for row in self.rows)

    @property
    def last_at(self) -> datetime:
        """When it went for the last time."""
        return max(row.disclosure.disclosed_at for row in self.rows)

    @property
    def keeping(self) -> Keeping:
        """How long all of it is kept."""
        return longest([row.keeping for row in self.rows])

    @property
    def living(self) -> tuple[str, ...]:
        """Numbers of its records whose life has no end yet, each once."""
        return tuple(dict.fromkeys(number for row in self.rows for number in row.living))


def folded(rows: Sequence[Accounted]) -> list[Line]:
    """*rows*, newest first, with those of one category in one line, where its last one stood.

    An entry that is superseded is told by itself, as it was entered: what supersedes it may
    stand under the category, and counts there.
    """
    lines: dict[str, list[Accounted]] = {}
    for row in rows:
        lines.setdefault(Line((row,)).key, []).append(row)
    return [Line(tuple(each)) for each in lines.values()]
