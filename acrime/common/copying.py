"""New rows of one table, written without asking more of the ORM than their values."""

from collections.abc import Callable, Iterable, Sequence
from enum import Enum
from functools import lru_cache
from operator import attrgetter
from typing import Any

import psycopg
from django.db import connection, models
from django.db.models import Field, Model
from django.db.models.expressions import DatabaseDefault

# Of these the driver takes what the row holds as it is.
_AS_HELD = {
    models.AutoField,
    models.BigAutoField,
    models.BigIntegerField,
    models.BooleanField,
    models.CharField,
    models.DateField,
    models.DateTimeField,
    models.IntegerField,
    models.PositiveIntegerField,
    models.PositiveSmallIntegerField,
    models.TextField,
}


# So few are inserted: COPY takes its three round trips however few they are.
FEW = 3


def copy_rows(rows: Sequence[Model], *, with_keys: bool = False) -> None:
    """Write new rows of one model with COPY, in the caller's transaction.

    As ``bulk_create``, and several times as fast where a row has many columns; constraints
    and triggers hold as ever. What the first row leaves to the database, all have to. A few
    are inserted, by a statement that is prepared once.

    Args:
        with_keys: each row is told its key, in order; else keys that the database gives
            stay unknown.

    Raises:
        IntegrityError: a row breaks a constraint; none is written.
    """
    if not rows:
        return
    if len(rows) <= FEW:
        _insert(rows, with_keys=with_keys)
    else:
        _copy(rows, with_keys=with_keys)
    for row in rows:
        row._state.adding = False
        row._state.db = connection.alias


def insert_once(row: Model, *, unique: str) -> bool:
    """Write a new row unless the unique column *unique* holds its value already.

    Of two that come at once the other waits for the first to be committed. True, and the row
    is told its key, where it was written.
    """
    written = _insert([row], with_keys=True, unless=unique)
    if written:
        row._state.adding = False
        row._state.db = connection.alias
    return written


def _insert(rows: Sequence[Model], *, with_keys: bool, unless: str = "") -> bool:
    """True where the last row was written and told its key."""
    fields = tuple(field for field in rows[0]._meta.concrete_fields if _is_written(field, rows[0]))
    statement = _insert_statement(type(rows[0]), fields, unless)
    held, changes = _reading(fields)
    key = rows[0]._meta.pk.attname
    given = None
    with connection.cursor() as cursor, connection.wrap_database_errors:
        prepared = psycopg.Cursor(cursor.connection)
        for row in rows:
            values = [
                value.value if isinstance(value, Enum) else value
                for value in _values(row, held, changes)
            ]
            given = prepared.execute(statement, values, prepare=True).fetchone()
            if with_keys and given:
                setattr(row, key, given[0])
    return given is not None


@lru_cache(maxsize=64)
def _insert_statement(
    model: type[Model], fields: "tuple[Field[Any, Any], ...]", unless: str
) -> str:
    quote = connection.ops.quote_name
    columns = ", ".join(quote(str(field.column)) for field in fields)
    # Types without their lengths: a cast would cut what is too long, which has to fail.
    types = (str(field.db_type(connection)).partition("(")[0] for field in fields)
    places = ", ".join(f"%s::{type_}" for type_ in types)
    table, key = quote(model._meta.db_table), quote(str(model._meta.pk.column))
    once = f" ON CONFLICT ({quote(unless)}) DO NOTHING" if unless else ""
    return f"INSERT INTO {table} ({columns}) VALUES ({places}){once} RETURNING {key}"  # noqa: S608


def _copy(rows: Sequence[Model], *, with_keys: bool) -> None:
    if with_keys:
        _give_keys(rows)
    fields = tuple(field for field in rows[0]._meta.concrete_fields if _is_written(field, rows[0]))
    held, changes = _reading(fields)
    copy_values(type(rows[0]), fields, (_values(row, held, changes) for row in rows))


def copy_values(
    model: type[Model], fields: "Sequence[Field[Any, Any]]", rows: Iterable[Sequence[Any]]
) -> None:
    """Write rows that are no more than the values of *fields*, ready for the driver, with COPY.

    Raises:
        IntegrityError: a row breaks a constraint; none is written.
    """
    table = connection.ops.quote_name(model._meta.db_table)
    columns = ", ".join(connection.ops.quote_name(str(field.column)) for field in fields)
    with (
        connection.cursor() as cursor,
        connection.wrap_database_errors,
        cursor.copy(f"COPY {table} ({columns}) FROM STDIN") as copying,
    ):
        for row in rows:
            copying.write_row(row)


Changes = Sequence[tuple[int, Callable[[Any], Any]]]


@lru_cache(maxsize=64)
def _reading(fields: "tuple[Field[Any, Any], ...]") -> "tuple[attrgetter[Any], Changes]":
    """How a row's values are taken, and which of them have to be made ready for the driver."""
    changes = [
        (place, _prepared(field))
        for place, field in enumerate(fields)
        if type(_stored_as(field)) not in _AS_HELD
    ]
    return attrgetter(*(field.attname for field in fields)), changes


def _values(row: Model, held: "attrgetter[Any]", changes: Changes) -> list[Any]:
    values = list(held(row))
    for place, change in changes:
        values[place] = change(values[place])
    return values


def _give_keys(rows: Sequence[Model]) -> None:
    key = rows[0]._meta.pk
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT nextval(pg_get_serial_sequence(%s, %s)) FROM generate_series(1, %s::int)"
            " ORDER BY 1",
            [rows[0]._meta.db_table, key.column, len(rows)],
        )
        for row, (value,) in zip(rows, cursor.fetchall(), strict=True):
            setattr(row, key.attname, value)


def _is_written(field: "Field[Any, Any]", row: Model) -> bool:
    """Whether the row says what the column holds; the database says it of the others."""
    held = None if field.generated else getattr(row, field.attname)
    if field.generated or isinstance(held, DatabaseDefault):
        return False
    return not (field.primary_key and held is None)


def _stored_as(field: "Field[Any, Any]") -> "Field[Any, Any]":
    """The field whose kind of value the column holds: of a relation that of its other end."""
    return _stored_as(field.target_field) if isinstance(field, models.ForeignKey) else field


def _prepared(field: "Field[Any, Any]") -> Callable[[Any], Any]:
    return lambda value: field.get_db_prep_save(value, connection)
