"""Which records a person may see, and who is told of a look: asked of the room that knows.

Records lie above this app. Their room registers its functions when the portal starts;
until then nobody sees a disclosure through its records, and nobody is told.
"""

from collections.abc import Callable
from datetime import datetime
from typing import TYPE_CHECKING, Any

from django.db.models import QuerySet

if TYPE_CHECKING:
    from accounts.models import User
    from acrime.audit.models import AuditEvent

VisibleRecords = Callable[["User"], "QuerySet[Any, Any]"]
Teller = Callable[["AuditEvent", "User", datetime], None]

_visible_records: VisibleRecords | None = None
_teller: Teller | None = None


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


def register_teller(function: Teller) -> Teller:
    """Register the function that tells owners of a look at their records."""
    global _teller
    _teller = function
    return function


def tell_owners(event: "AuditEvent", user: "User", at: datetime) -> None:
    """Have the owners told of *event*, a look at a disclosure from their records."""
    if _teller:
        _teller(event, user, at)
