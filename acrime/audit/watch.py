"""Whether the ledger is looked after: sealed in time, verified, and out of the portal's hands."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import connection

from acrime.audit import events
from acrime.audit.actions import record_event
from acrime.audit.choices import Channel, Outcome
from acrime.audit.findings import Report
from acrime.audit.models import AuditEvent, Seal
from acrime.audit.sealing import Waiting, not_yet_sealed

# An event waits a few seconds for its seal; so long only if a transaction stays open, or
# nobody seals. CJIS AU-5 asks that a failure be told within an hour.
LATE = timedelta(minutes=2)
TOLD_EVERY = timedelta(hours=1)
# It is verified every day.
PROVEN = timedelta(days=2)


@dataclass(frozen=True)
class LedgerState:
    """How the ledger is.

    Attributes:
        late: an event waits too long for its seal.
        verified_at: when it was last verified; None if never.
        broken: that verification found something.
        unproven: it was not verified for longer than it should be.
        owned: the portal's database role could change the ledger's tables.
    """

    late: bool
    verified_at: datetime | None
    broken: bool
    unproven: bool
    owned: bool

    @property
    def attention(self) -> list[str]:
        """Codes of what somebody has to look at."""
        codes = {
            "ledger-seal-late": self.late,
            "ledger-unproven": self.unproven,
            "ledger-broken": self.broken,
            "database-owner": self.owned,
        }
        return [code for code, holds in codes.items() if holds]


def ledger_state(*, at: datetime) -> LedgerState:
    """How the ledger is at *at*."""
    verified = (
        AuditEvent.objects.filter(kind=events.LEDGER_VERIFIED)
        .order_by("-occurred_at", "-pk")
        .values_list("occurred_at", "outcome")
        .first()
    )
    return LedgerState(
        late=is_late(not_yet_sealed(), at=at),
        verified_at=verified[0] if verified else None,
        broken=bool(verified and verified[1] != Outcome.DONE),
        unproven=_is_unproven(verified[0] if verified else None, at=at),
        owned=portal_owns_the_ledger(),
    )


def _is_unproven(verified_at: datetime | None, *, at: datetime) -> bool:
    """Whether a ledger that has had seals for that long was not verified in ``PROVEN``."""
    if verified_at is not None:
        return at - verified_at > PROVEN
    return Seal.objects.filter(sealed_at__lt=at - PROVEN).exists()


def is_late(waiting: Waiting, *, at: datetime) -> bool:
    """Whether the oldest of the events that wait has waited too long."""
    return waiting.oldest is not None and at - waiting.oldest > LATE


def tell_if_late(*, at: datetime) -> Waiting | None:
    """Write down that sealing lags, at most once an hour. What waits, if it was written now."""
    waiting = not_yet_sealed()
    if waiting.oldest is None or not is_late(waiting, at=at):
        return None
    told = AuditEvent.objects.filter(
        kind=events.LEDGER_SEALED_LATE, occurred_at__gt=at - TOLD_EVERY
    )
    if told.exists():
        return None
    record_event(
        kind=events.LEDGER_SEALED_LATE,
        actor=None,
        at=at,
        channel=Channel.JOB,
        outcome=Outcome.FAILED,
        details={"waiting": waiting.events, "oldest": waiting.oldest.isoformat()},
    )
    return waiting


def write_down(report: Report, *, at: datetime, channel: Channel) -> AuditEvent:
    """The result of a verification as an event."""
    first = report.findings[0] if report.findings else None
    return record_event(
        kind=events.LEDGER_VERIFIED,
        actor=None,
        at=at,
        channel=channel,
        outcome=Outcome.DONE if report.passed else Outcome.FAILED,
        details={
            "seals": report.links,
            "events": report.events,
            "retired": report.retired,
            "not_yet_sealed": report.unsealed,
            "found": report.found,
            **({"first": str(first)} if first else {}),
        },
    )


def portal_owns_the_ledger() -> bool:
    """Whether the database role in use is a superuser or has the rights of the tables' owner."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT rolsuper OR pg_has_role(rolname, relowner, 'USAGE') "
            "FROM pg_roles, pg_class WHERE rolname = current_user "
            "AND pg_class.oid = 'audit_event'::regclass"
        )
        return bool(cursor.fetchone()[0])
