"""Writing an export: sealed events of a time, with the seals that vouch for them."""

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TextIO

from django.db import connection, transaction

from acrime.audit.chain import SEGMENT, Header, Link, Place
from acrime.audit.export import event_line, first_line, last_line, seal_line
from acrime.audit.sealing import START, bounds, last_link, links_after, rows_between
from acrime.audit.verification import LOWEST, ROWS_LOCK


@dataclass(frozen=True)
class Exported:
    """How much was written."""

    seals: int
    events: int
    unsealed: int


@transaction.atomic
def export_ledger(file: TextIO, *, begin: datetime, stop: datetime, at: datetime) -> Exported:
    """Write the sealed events that happened from *begin* and before *stop* to *file*.

    What is written is what is there; checking it is the reader's part.
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock_shared(%s)", [ROWS_LOCK])
    file.write(first_line(begin=_text(begin), stop=_text(stop), made_at=_text(at)))
    wanted = _wanted(begin, stop)
    seals = events = 0
    last: dict[str, Place] = {}
    if wanted:
        for link in links_after(0):
            header = link.header
            if wanted[0] <= header.sequence <= wanted[-1]:
                seals += 1
                events += _write(file, link, last.get(header.month, LOWEST), begin, stop)
            if header.sequence >= wanted[-1]:
                break
            last[header.month] = header.until
    unsealed = _not_sealed(begin, stop)
    file.write(last_line(seals=seals, events=events, unsealed=unsealed))
    return Exported(seals, events, unsealed)


def _write(file: TextIO, link: Link, lower: Place, begin: datetime, stop: datetime) -> int:
    header = link.header
    packed = _entries_of_time(header, begin, stop)
    file.write(seal_line(link, packed))
    if packed is None:
        return 0
    first, following = bounds(header.month)
    rows = rows_between(lower, header.until, begin=max(begin, first), stop=min(stop, following))
    file.writelines(event_line(row) for (row,) in rows)
    return len(rows)


def _entries_of_time(header: Header, begin: datetime, stop: datetime) -> bytes | None:
    """What a seal keeps of its events, if its month has a part in the time."""
    first, following = bounds(header.month)
    if header.kind != SEGMENT or following <= begin or stop <= first:
        return None
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT entries FROM audit_seal_entries WHERE sequence = %s AND month = %s",
            [header.sequence, first.date()],
        )
        row = cursor.fetchone()
    return bytes(row[0]) if row else None


def _wanted(begin: datetime, stop: datetime) -> list[int]:
    """The seals whose month has a part in the time, in order."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT sequence FROM audit_seal_entries WHERE month < %s "
            "AND month + interval '1 month' > %s ORDER BY sequence",
            [stop.astimezone(UTC).replace(tzinfo=None), begin.astimezone(UTC).replace(tzinfo=None)],
        )
        return [sequence for (sequence,) in cursor.fetchall()]


def _not_sealed(begin: datetime, stop: datetime) -> int:
    """How many events of the time lie behind the last seal."""
    last = last_link()
    xid, number = last.header.until if last else START
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(*) FROM audit_event WHERE occurred_at >= %s AND occurred_at < %s "
            "AND (xid, id) >= (%s::text::xid8, %s)",
            [begin, stop, str(xid), number],
        )
        return int(cursor.fetchone()[0])


def _text(moment: datetime) -> str:
    return f"{moment.astimezone(UTC):%Y-%m-%dT%H:%M:%S.%f}Z"
