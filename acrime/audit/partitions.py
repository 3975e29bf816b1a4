"""Months of the ledger as partitions."""

from datetime import date, datetime
from typing import Any

from django.db import connection

MONTHS_AHEAD = 3


def prepare_partitions(*, at: datetime) -> list[str]:
    """Make the partitions of this month and the next three; returns the names made.

    Events outside every month land in the default partition, so that none is ever
    refused for want of one. A month that has events there already stays there.
    """
    made = []
    with connection.cursor() as cursor:
        for ahead in range(MONTHS_AHEAD + 1):
            first, following = _month(at.date(), ahead), _month(at.date(), ahead + 1)
            name = f"audit_event_{first:%Y_%m}"
            cursor.execute("SELECT to_regclass(%s)", [name])
            if cursor.fetchone()[0] is None and not _in_default(cursor, first, following):
                cursor.execute(
                    f"CREATE TABLE IF NOT EXISTS {name} PARTITION OF audit_event "
                    "FOR VALUES FROM (%s) TO (%s)",
                    [f"{first} 00:00:00+00", f"{following} 00:00:00+00"],
                )
                # Unlike row triggers, TRUNCATE triggers are not inherited.
                cursor.execute(
                    f"CREATE TRIGGER {name}_no_truncate BEFORE TRUNCATE ON {name} "
                    "FOR EACH STATEMENT EXECUTE FUNCTION acrime_append_only()"
                )
                made.append(name)
    return made


def _in_default(cursor: Any, first: date, following: date) -> bool:
    cursor.execute(
        "SELECT EXISTS (SELECT FROM audit_event_default "
        "WHERE occurred_at >= %s AND occurred_at < %s)",
        [f"{first} 00:00:00+00", f"{following} 00:00:00+00"],
    )
    return bool(cursor.fetchone()[0])


def _month(day: date, ahead: int) -> date:
    months = day.year * 12 + day.month - 1 + ahead
    return date(months // 12, months % 12 + 1, 1)
