"""Rotating the sealing keys: every sealed value is opened and sealed again with the first key.

What is left is asked of the database each time, so a rotation that was broken off is simply
begun again. A value keeps its place and its meaning; only the seal around it changes, also
where a row is frozen: the owner of the tables takes the triggers off inside each transaction
and puts them back before it ends, so that nobody ever sees a table without them.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any, Protocol

from django.apps import apps
from django.conf import settings
from django.db import connection, models, transaction
from psycopg import sql

from acrime.common.sealed import SealedBytesField, UnableToOpen, seal, unseal

BATCH = 200

# Triggers that act on an update, and that are not the database's own.
_GUARDS = """
    SELECT tgname FROM pg_trigger
    WHERE tgrelid = %s::regclass AND NOT tgisinternal AND tgenabled = 'O' AND tgtype & 16 > 0
    ORDER BY tgname
"""
_OWNED = """
    SELECT bool_and(pg_has_role(current_user, relowner, 'USAGE')) FROM pg_class
    WHERE oid = ANY(%s::regclass[])
"""


class NotTheOwner(Exception):
    """The database role in use does not own the tables, so frozen rows stay as they are."""


@dataclass(frozen=True)
class Batch:
    """What one step did.

    Attributes:
        last: the key of the last row it looked at; None when there was none left.
        done: how many values were sealed again.
        unopened: the keys of rows whose value no listed key opens.
    """

    last: int | None
    done: int
    unopened: list[int]


class Place(Protocol):
    """Where sealed values lie."""

    @property
    def name(self) -> str:
        """Table and column, for people."""

    @property
    def table(self) -> str:
        """The table, which the role must own."""

    def left(self) -> int:
        """How many values are not sealed with the first key."""

    def step(self, after: int) -> Batch:
        """Seal the next values again, in one transaction, beginning after the key *after*."""


@dataclass
class Rotation:
    """What a rotation did, by place: values sealed again, and rows that could not be opened."""

    done: dict[str, int] = field(default_factory=dict)
    unopened: dict[str, list[int]] = field(default_factory=dict)


_more: list[Callable[[], Place]] = []


def register_place(place: Callable[[], Place]) -> None:
    """Let the rotation know of sealed values that lie in no sealed column."""
    _more.append(place)


def places() -> list[Place]:
    """Every place where sealed values lie, by name."""
    columns = [
        SealedColumn(model, column)
        for model in apps.get_models()
        for column in model._meta.concrete_fields
        if isinstance(column, SealedBytesField)
    ]
    return sorted([*columns, *(make() for make in _more)], key=lambda place: place.name)


def rotate(told: Callable[[str, int, int], None]) -> Rotation:
    """Seal every value again that is not sealed with the first of the listed keys.

    Args:
        told: is called with a place, how many of its values are done, and of how many.

    Raises:
        NotTheOwner: the role may not take the guards of frozen rows off.
    """
    every = places()
    _must_own({place.table for place in every})
    rotation = Rotation()
    for place in every:
        of = place.left()
        done = 0
        for batch in _batches(place):
            done += batch.done
            if batch.unopened:
                rotation.unopened.setdefault(place.name, []).extend(batch.unopened)
            told(place.name, done, of)
        if done:
            rotation.done[place.name] = done
    return rotation


def _batches(place: Place) -> Iterator[Batch]:
    after: int | None = 0
    while after is not None:
        batch = place.step(after)
        after = batch.last
        if after is not None:
            yield batch


def _must_own(tables: set[str]) -> None:
    with connection.cursor() as cursor:
        cursor.execute(_OWNED, [sorted(tables)])
        if not cursor.fetchone()[0]:
            raise NotTheOwner


def resealed(value: bytes, *, place: str) -> bytes:
    """*value* under the first listed key, proven to open to what it held before.

    Raises:
        UnableToOpen: no listed key opens it.
    """
    held = unseal(value, place=place)
    again = seal(held, place=place)
    if unseal(again, place=place) != held:
        raise AssertionError("A value that was sealed again does not open to itself.")
    return again


def is_current(value: bytes) -> bool:
    """Whether *value* is sealed with the first listed key."""
    return value.startswith(_beginning())


def _beginning() -> bytes:
    """How every value begins that is sealed with the first listed key."""
    name = settings.ENVIRONMENT.sealing_keys[0].name.encode()
    return bytes([len(name)]) + name


def _waiting() -> list[Any]:
    """The values for ``waits``: how long the beginning is, and what it is."""
    beginning = _beginning()
    return [len(beginning), beginning]


class SealedColumn:
    """A sealed column of a model."""

    def __init__(self, model: type[models.Model], column: SealedBytesField) -> None:
        key = model._meta.pk
        assert key is not None
        assert key.column is not None
        assert column.column is not None
        self._names = {
            "table": sql.Identifier(model._meta.db_table),
            "column": sql.Identifier(column.column),
            "key": sql.Identifier(key.column),
            "waits": sql.SQL("substring({} for %s) <> %s").format(sql.Identifier(column.column)),
        }
        self.table = model._meta.db_table
        self.name = f"{self.table}.{column.column}"
        self._place = column.place()

    def left(self) -> int:
        """How many values are not sealed with the first key."""
        with connection.cursor() as cursor:
            cursor.execute(self._sql("SELECT count(*) FROM {table} WHERE {waits}"), _waiting())
            return int(cursor.fetchone()[0])

    def step(self, after: int) -> Batch:
        """Seal the next values again, in one transaction, beginning after the key *after*."""
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(
                self._sql(
                    "SELECT {key}, {column} FROM {table} WHERE {waits} AND {key} > %s "
                    "ORDER BY {key} LIMIT %s FOR UPDATE"
                ),
                [*_waiting(), after, BATCH],
            )
            rows = [(key, bytes(value)) for key, value in cursor.fetchall()]
            if not rows:
                return Batch(None, 0, [])
            again, unopened = self._resealed(rows)
            with guards_off(cursor, self.table):
                cursor.executemany(
                    self._sql("UPDATE {table} SET {column} = %s WHERE {key} = %s"), again
                )
        return Batch(rows[-1][0], len(again), unopened)

    def _resealed(self, rows: list[tuple[int, bytes]]) -> tuple[list[tuple[bytes, int]], list[int]]:
        again: list[tuple[bytes, int]] = []
        unopened: list[int] = []
        for key, value in rows:
            try:
                again.append((resealed(value, place=self._place), key))
            except UnableToOpen:
                unopened.append(key)
        return again, unopened

    def _sql(self, text: str) -> sql.Composed:
        return sql.SQL(text).format(**self._names)


@contextmanager
def guards_off(cursor: Any, table: str) -> Iterator[None]:
    """The triggers of *table* that refuse an update, off until the block ends.

    They are off in this transaction alone, which holds the table against writers meanwhile.
    """
    cursor.execute(_GUARDS, [table])
    guards = [sql.Identifier(name) for (name,) in cursor.fetchall()]
    switch = sql.SQL("ALTER TABLE {} {} TRIGGER {}")
    for act in ("DISABLE", "ENABLE"):
        for guard in guards:
            cursor.execute(switch.format(sql.Identifier(table), sql.SQL(act), guard))
        if act == "DISABLE":
            yield
