"""Which records a person may see: asked of the room that knows.

Records lie above this app. Their room registers its functions when the portal starts;
until then nobody sees a disclosure through its records, and nobody is told.
"""

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from django.db.models import QuerySet

if TYPE_CHECKING:
    from accounts.models import User

VisibleRecords = Callable[["User"], "QuerySet[Any, Any]"]

_visible_records: VisibleRecords | None = None


def register_visible_records(function: VisibleRecords) -> VisibleRecords:
    """Register the function that gives the ids of the records *user* may see.

    It returns a queryset of one column (``values("pk")``), used as a subquery.
    """
    global _visible_records
    _visible_records = function
    return function


def visible_record_ids(user: "User") -> "QuerySet[Any, Any] | None":
    """The ids of the records *user* may see, or None where no room has registered."""
    return _visible_records(user) if _visible_records else None
