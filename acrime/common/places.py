"""Rows that are named by their place: a key would tell how many rows there are of everybody's."""

from collections.abc import Iterable
from typing import TypeVar

from django.db.models import Model, QuerySet

Row = TypeVar("Row", bound=Model)


def at_place(rows: QuerySet[Row], place: int) -> Row | None:
    """The row at *place*, from 1, of *rows*, which only ever grow at their end."""
    return rows.order_by("pk")[place - 1 : place].first() if place > 0 else None


def places(rows: Iterable[Row]) -> dict[int, int]:
    """The place of each of *rows*, which are all there are, by its key."""
    return {key: place for place, key in enumerate(sorted(row.pk for row in rows), start=1)}
