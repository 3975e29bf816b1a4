"""Reading the change history: which transaction wrote an entry or an event, and when."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from django.db import connection


@dataclass(frozen=True)
class Written:
    """When the database wrote a row, by its own clock, and in which transaction."""

    transaction: int
    at: datetime


def entries_written(ids: Iterable[int]) -> dict[int, Written]:
    """Of entries of the change history, by id. Entries from before it was kept are left out."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT id, xid::text::bigint, written_at FROM auditlog_logentry "
            "WHERE id = ANY(%s) AND xid IS NOT NULL",
            [list(ids)],
        )
        return {pk: Written(xid, at) for pk, xid, at in cursor.fetchall()}


def events_written(ids: Iterable[int], *, since: datetime) -> dict[int, Written]:
    """Of events that occurred at *since* or later, by id."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT id, xid::text::bigint, written_at FROM audit_event "
            "WHERE id = ANY(%s) AND occurred_at >= %s",
            [list(ids), since],
        )
        return {pk: Written(xid, at) for pk, xid, at in cursor.fetchall()}
