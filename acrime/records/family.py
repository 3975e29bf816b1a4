"""Records that repeat each other's content, and so are limited and opened together.

A room above registers a function that finds them: a response repeats its query.
"""

from collections.abc import Callable
from typing import TYPE_CHECKING

from django.db.models import QuerySet

if TYPE_CHECKING:
    from acrime.records.models import Record

Finder = Callable[["Record"], "QuerySet[Record]"]

_finders: list[Finder] = []


def register_family(finder: Finder) -> Finder:
    """Register a function that gives the records which repeat what *record* holds."""
    _finders.append(finder)
    return finder


def family_ids(record: "Record") -> list[int]:
    """The ids of *record* and of the records that repeat it, in order."""
    found = {record.pk}
    for finder in _finders:
        found.update(finder(record).values_list("pk", flat=True))
    return sorted(found)
