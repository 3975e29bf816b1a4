"""What becomes of each field of each table when a record is destroyed: the register.

Every room declares its tables in its ``fates.py``, one line a table with its exceptions. A
table or a field that nobody declared fails ``manage.py check`` and a test. What is declared
here is what a destruction does, and what it is swept for afterwards; there is no other list.

A room that stores a record's values outside the database declares the place with ``store``.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum


class Fate(StrEnum):
    """What becomes of a field when the record that its row belongs to is destroyed."""

    GONE = "gone"
    BLANKED = "blanked"
    ENVELOPE = "envelope"
    OTHER = "other"
    NEEDED = "needed"
    BESIDE = "beside"
    APART = "apart"
    PASSES = "passes"


MEANINGS: Mapping[Fate, str] = {
    Fate.GONE: "Goes with its row.",
    Fate.BLANKED: "Is emptied; its row stays.",
    Fate.ENVELOPE: "Stays: who, when, which number, how it ended.",
    Fate.OTHER: "Stays as long as a schedule of its own says.",
    Fate.NEEDED: "Goes with its row; what it points to is not destroyed before.",
    Fate.BESIDE: "Goes with its row; it points to another row of the same record.",
    Fate.APART: "Nothing of a record is in it.",
    Fate.PASSES: "Is over by itself long before a record can be destroyed.",
}


@dataclass(frozen=True)
class Table:
    """What becomes of a table's rows, and of their fields.

    Attributes:
        label: of the model, such as ``acrime.StatusQuery``.
        fate: of the row: ``GONE``, or what holds of each field that ``fields`` does not name.
        by: ways to the record that a row goes with, such as ``query__record``; the row goes
            when any of them is destroyed.
        last: the relation whose last row takes this one along, instead of ``by``.
        fields: what becomes of single fields.
        schedule: code of the retention item that rows which stay belong to.
        why: in words, where it does not go without saying.
    """

    label: str
    fate: Fate
    by: tuple[str, ...] = ()
    last: str = ""
    fields: Mapping[str, Fate] = field(default_factory=dict)
    schedule: str = ""
    why: str = ""

    def of(self, name: str) -> Fate | None:
        """What becomes of the field called *name*; None where nobody said."""
        if name in self.fields:
            return self.fields[name]
        # A row that stays says of every field why; one that goes takes all of them along.
        return self.fate if self.fate in _WHOLE else None


@dataclass(frozen=True)
class Store:
    """A place outside the database, by its name in the environment, and what becomes of it."""

    setting: str
    fate: Fate
    why: str


_WHOLE = frozenset({Fate.GONE, Fate.APART, Fate.PASSES})

_tables: dict[str, Table] = {}
_bare: dict[str, str] = {}
_stores: dict[str, Store] = {}


def destroyed(
    label: str,
    *by: str,
    blanked: str = "",
    needed: str = "",
    beside: str = "",
    last: str = "",
    why: str = "",
) -> None:
    """Declare a table whose rows go with the record that *by* leads to.

    Args:
        blanked: fields, with spaces between, that point to another record and are emptied where
            that one goes first.
        needed: fields that point to a row which is not destroyed before this one.
        beside: fields that point to another row of the same record.
        last: the relation whose last row takes this one along, instead of *by*.
    """
    said = {Fate.BLANKED: blanked, Fate.NEEDED: needed, Fate.BESIDE: beside}
    _put(Table(label, Fate.GONE, by=by, last=last, fields=_by_field(said), why=why))


def kept(
    label: str,
    *by: str,
    schedule: str,
    why: str,
    envelope: str = "",
    blanked: str = "",
    other: str = "",
) -> None:
    """Declare a table whose rows outlive the record, by a schedule of their own.

    Every field is named in one of the three.

    Args:
        by: how its rows are found by a record, where a field is blanked.
        schedule: code of its retention item.
        envelope: fields, with spaces between, that tell who, when, which number and how.
        blanked: fields that are emptied when the record is destroyed.
        other: fields that stay because that schedule is about them.
    """
    said = {Fate.ENVELOPE: envelope, Fate.BLANKED: blanked, Fate.OTHER: other}
    _put(Table(label, Fate.OTHER, by=by, fields=_by_field(said), schedule=schedule, why=why))


def apart(*labels: str, why: str) -> None:
    """Declare tables that hold nothing of any record."""
    for label in labels:
        _put(Table(label, Fate.APART, why=why))


def passing(*labels: str, why: str) -> None:
    """Declare tables whose rows are over by themselves, long before any record can be destroyed."""
    for label in labels:
        _put(Table(label, Fate.PASSES, why=why))


def bare(table: str, *, why: str) -> None:
    """Declare a table of the database that has no model."""
    if table in _bare:
        raise ValueError(f"{table} is declared already.")
    _bare[table] = why


def store(setting: str, *, fate: Fate, why: str) -> None:
    """Declare a place outside the database by its name in ``settings.ENVIRONMENT``."""
    if setting in _stores:
        raise ValueError(f"{setting} is declared already.")
    _stores[setting] = Store(setting, fate, why)


def tables() -> Mapping[str, Table]:
    """Every table that was declared, by the label of its model."""
    return dict(_tables)


def bare_tables() -> Mapping[str, str]:
    """Every table without a model that was declared, and why."""
    return dict(_bare)


def stores() -> Iterable[Store]:
    """Every place outside the database that was declared."""
    return tuple(_stores.values())


def _by_field(said: Mapping[Fate, str]) -> dict[str, Fate]:
    found: dict[str, Fate] = {}
    for fate, names in said.items():
        for name in names.split():
            if name in found:
                raise ValueError(f"{name} is declared twice.")
            found[name] = fate
    return found


def _put(table: Table) -> None:
    if table.label in _tables:
        raise ValueError(f"{table.label} is declared already.")
    _tables[table.label] = table
