"""Months of the ledger as partitions."""

from datetime import date, datetime

from django.db import connection

MONTHS_AHEAD = 3


def prepare_partitions(*, at: datetime) -> list[str]:
    """Make the partitions of this month and the next three; returns the names of events' made.

    What seals keep of a month's events gets a partition beside it, to be dropped with it.
    Events outside every month land in the default partition, so that none is ever
    refused for want of one. A month that has events there already stays there.
    """
    made = []
    with connection.cursor() as cursor:
        for ahead in range(MONTHS_AHEAD + 1):
            cursor.execute("SELECT acrime_prepare_month(%s)", [_month(at.date(), ahead)])
            made += [name for (name,) in cursor.fetchall() if name.startswith("audit_event_")]
    return made


def _month(day: date, ahead: int) -> date:
    months = day.year * 12 + day.month - 1 + ahead
    return date(months // 12, months % 12 + 1, 1)
