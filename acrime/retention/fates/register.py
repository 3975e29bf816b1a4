"""Reads the register of fates against the tables that there are, and tells what does not fit."""

from collections.abc import Iterator
from typing import Any

from django.apps import apps
from django.db import models

from acrime.common.fates import Fate, Table, bare_tables, tables
from acrime.records.models import Record

_NOT_SAID = "nobody said what becomes of it when a record is destroyed (fates.py of its room)"
# Columns that name a record without a foreign key.
_PLAIN = frozenset({"record_id", "record_numbers"})


def faults() -> list[str]:
    """What is not declared, or cannot be so: each with the table and field that it is about."""
    declared = tables()
    known = {model._meta.label: model for model in _models()}
    found = [f"{label}: {_NOT_SAID}" for label in known.keys() - declared.keys()]
    found += [f"{label}: there is no such table" for label in declared.keys() - known.keys()]
    for label in known.keys() & declared.keys():
        found += [f"{label}{fault}" for fault in _faults_of(declared[label], known[label])]
    return sorted(found)


def undeclared_columns(columns: Iterator[tuple[str, str]]) -> list[str]:
    """Those of the database's own *columns* (table, column) that are declared by nothing.

    It sees what models do not: tables of others, and columns that a migration added by hand.
    """
    by_table = {model._meta.db_table: model for model in _models()}
    declared, bare = tables(), bare_tables()
    found = []
    for table, column in columns:
        if table in bare:
            continue
        model = by_table.get(table)
        said = declared.get(model._meta.label) if model else None
        if model is None or said is None:
            found.append(f"{table}.{column}: {_NOT_SAID}")
            continue
        names = {field.column: field.name for field in model._meta.local_concrete_fields}
        if said.of(names.get(column, column)) is None:
            found.append(f"{table}.{column}: {_NOT_SAID}")
    return sorted(found)


def _models() -> list[type[models.Model]]:
    """Every model that has a table of its own, those between two others included."""
    found = apps.get_models(include_auto_created=True)
    return [model for model in found if not model._meta.proxy and model._meta.managed]


def _faults_of(table: Table, model: type[models.Model]) -> Iterator[str]:
    names = {field.name for field in model._meta.local_fields}
    for field in model._meta.local_fields:
        fate = table.of(field.name)
        if fate is None:
            yield f".{field.name}: {_NOT_SAID}"
        elif isinstance(field, models.FileField | models.FilePathField):
            yield f".{field.name}: a file on the disk would stay; keep it in the table, sealed"
        else:
            yield from _faults_of_relation(table, field, fate)
    if table.fate in _NOTHING_IN_IT:
        return
    if table.fate == Fate.GONE and bool(table.by) == bool(table.last):
        yield ": say by which way its rows are found, or after what they go"
    if table.last and not _exists(model, table.last):
        yield f": there is no {table.last} after which it could go"
    for way in table.by:
        if not _leads_to_a_record(model, way):
            yield f": {way} leads to no record"
    # What a migration added by hand is known to the database alone; see undeclared_columns.
    for name in table.fields.keys() - names:
        if table.fate == Fate.GONE:
            yield f".{name}: there is no such field"


def _faults_of_relation(table: Table, field: Any, fate: Fate) -> Iterator[str]:
    """A row that is destroyed leaves nothing behind that points to it."""
    to = field.related_model
    if to is None or isinstance(to, str):
        return
    other = tables().get(to._meta.label)
    if other is None or other.fate != Fate.GONE:
        return
    if fate == Fate.BLANKED:
        if not field.null:
            yield f".{field.name}: it cannot be emptied"
    elif fate in (Fate.NEEDED, Fate.BESIDE):
        return
    elif table.fate != Fate.GONE:
        yield f".{field.name}: it points to what is destroyed"
    elif not _goes_with(table, field.name):
        yield (
            f".{field.name}: is it emptied, needed, or of the same record? It points to what "
            "is destroyed"
        )


def _goes_with(table: Table, name: str) -> bool:
    """Whether a row goes when what its field *name* points to goes."""
    return table.last == name or any(way.split("__")[0] == name for way in table.by)


def _leads_to_a_record(model: type[models.Model], way: str) -> bool:
    if way == "pk":
        return model is Record
    at: Any = model
    for part in way.split("__"):
        if part in _PLAIN:
            return any(field.name == part for field in at._meta.local_fields)
        relations = {
            field.name: field.related_model for field in at._meta.get_fields() if field.is_relation
        }
        if part not in relations:
            return False
        at = relations[part]
    return at is Record


def _exists(model: type[models.Model], last: str) -> bool:
    """Whether *last* is a relation of *model*, or a field of another table by its label."""
    if "." in last:
        label, _, name = last.rpartition(".")
        return name in {field.name for field in apps.get_model(label)._meta.get_fields()}
    return last in {field.name for field in model._meta.get_fields() if field.is_relation}


_NOTHING_IN_IT = frozenset({Fate.APART, Fate.PASSES})
