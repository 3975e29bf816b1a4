"""Dropping months of the ledger whose years are over, and keeping their seals.

The whole ledger is verified first. Then a link of the chain says that the month is retired,
and the database's own function drops it in the same transaction, after it has seen for
itself that the month is old enough and that every event in it is sealed.
"""

from dataclasses import dataclass
from datetime import UTC, date, datetime

from django.conf import settings
from django.db import connection, transaction

from acrime.audit import events
from acrime.audit.actions import record_event
from acrime.audit.choices import Channel
from acrime.audit.findings import Report
from acrime.audit.heads import Heads
from acrime.audit.sealing import links_after, seal_retirement
from acrime.audit.verification import ROWS_LOCK, verify_ledger


class NotRetired(Exception):
    """The ledger does not verify, so nothing was dropped."""

    def __init__(self, report: Report) -> None:
        super().__init__("The ledger does not verify; no month was dropped.")
        self.report = report


@dataclass(frozen=True)
class Retired:
    """A month that was dropped."""

    month: date
    events: int


def months_due(*, at: datetime) -> list[date]:
    """The months with a partition and a seal whose years are over at *at*, oldest first."""
    day = at.astimezone(UTC).date()
    # A month is over for so many years when the one after it began that long ago.
    latest = date(day.year - settings.LEDGER_YEARS, day.month, 1)
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT DISTINCT month FROM audit_seal WHERE month < %s "
            "AND to_regclass('audit_event' || to_char(month, '_YYYY_MM')) IS NOT NULL "
            "ORDER BY month",
            [latest],
        )
        return [month for (month,) in cursor.fetchall()]


def retire_ledger(*, at: datetime, channel: Channel, connections: int = 2) -> list[Retired]:
    """Drop every month whose years are over. Must not be called in a transaction.

    Raises:
        NotRetired: the ledger does not verify.
    """
    due = months_due(at=at)
    if not due:
        return []
    report = verify_ledger(connections=connections)
    if not report.passed:
        raise NotRetired(report)
    retired = [_retire(month, at=at, channel=channel) for month in due]
    Heads(settings.SEAL_FILE).publish(links_after)
    return retired


def _retire(month: date, *, at: datetime, channel: Channel) -> Retired:
    with transaction.atomic(durable=True), connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [ROWS_LOCK])
        seal_retirement(month=month, at=at)
        cursor.execute("SELECT acrime_retire_month(%s, %s)", [month, settings.LEDGER_YEARS])
        [count] = cursor.fetchone()
        record_event(
            kind=events.LEDGER_RETIRED,
            actor=None,
            at=at,
            channel=channel,
            details={"month": f"{month:%Y-%m}", "events": count},
        )
    return Retired(month, count)
