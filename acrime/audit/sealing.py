"""Sealing: from finished transactions to signed links, and out of the database.

Nothing happens in the request path: an event carries its transaction's id, and events whose
transaction lies below the oldest one still open are finished for good. A run takes them from
where the last one ended, splits them by month, so that a month can be dropped whole, and
writes one link for each. Then it publishes what the file of heads does not have yet.
A crash between the two is mended by the next run.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any

import psycopg
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from django.conf import settings
from django.db import connection, transaction

from acrime.audit.canonical import (
    EXPRESSION,
    Entry,
    content_of,
    entries_in,
    entries_of,
    microseconds_of,
    moment_of,
    moment_text,
)
from acrime.audit.chain import (
    NOTHING,
    RETIREMENT,
    SEGMENT,
    Header,
    Link,
    NotALink,
    Place,
    header_from,
    link,
    root_of,
    root_of_roots,
)
from acrime.audit.heads import Heads

# The oldest transaction that is still open anywhere on the server.
OLDEST_OPEN = "pg_snapshot_xmin(snapshot)::text::bigint"

# At most so many events in one link.
SEGMENT_EVENTS = 50_000

# The key of the lock that one sealer at a time holds; any number that nothing else uses.
SEALER_LOCK = 0x5EA1

START: Place = (0, 0)

# So many links are read at a time.
PAGE = 5000


class ChainBroken(Exception):
    """The chain in the database is not the one that was published: nothing more is sealed."""


@dataclass(frozen=True)
class Sealed:
    """What a run did.

    Attributes:
        busy: another sealer was at work, and this one did nothing.
    """

    links: int = 0
    events: int = 0
    published: int = 0
    busy: bool = False


def seal_ledger(*, at: datetime) -> Sealed:
    """Seal every event whose transaction is finished, and publish.

    Must not be called in a transaction: what is published must have been committed.

    Raises:
        ChainBroken: database and file of heads do not agree, or the database's count of
            transactions lies behind the ledger's; see the room's README.
    """
    links = events = 0
    heads = Heads(settings.SEAL_FILE)
    while True:
        with transaction.atomic(durable=True):
            if not _alone():
                return Sealed(links, events, busy=True)
            last = last_link()
            must_be_published(heads, last)
            made = _seal_next(last, at=at)
        taken = sum(each.header.count for each in made)
        links += len(made)
        events += taken
        # Beside busy writers something is always finished by now: that is the next run's.
        if taken < SEGMENT_EVENTS:
            break
    return Sealed(links, events, heads.publish(links_after))


def seal_retirement(*, month: date, at: datetime) -> Link:
    """Add the link that says that *month* is retired, in the caller's transaction.

    Raises:
        ChainBroken: another sealer is at work, or there is nothing to retire.
    """
    if not _alone():
        raise ChainBroken("The sealer is at work; try again.")
    last = last_link()
    segments = [each.header for each in links_of(month) if each.header.kind == SEGMENT]
    if last is None or not segments:
        raise ChainBroken(f"No seal speaks of {month:%Y-%m}.")
    header = Header(
        sequence=last.header.sequence + 1,
        kind=RETIREMENT,
        month=f"{month:%Y-%m}",
        after=last.header.until,
        until=last.header.until,
        count=sum(each.count for each in segments),
        first=segments[0].first,
        last=segments[-1].last,
        root=root_of_roots([each.root for each in segments]),
        content="",
        earliest=min(each.earliest for each in segments),
        sealed_at=utc_text(at),
        key=settings.SEAL_KEY.name,
    )
    return _written(header, b"", previous=last.head, month=month, at=at)


def last_link() -> Link | None:
    """The last link of the chain in the database."""
    return next(_links("ORDER BY sequence DESC LIMIT 1", []), None)


def links_after(sequence: int) -> Iterator[Link]:
    """The links after *sequence*, in order."""
    while page := list(_links(f"WHERE sequence > %s ORDER BY sequence LIMIT {PAGE}", [sequence])):
        yield from page
        sequence = page[-1].header.sequence


def links_of(month: date) -> Iterator[Link]:
    """The links that speak of *month*, in order."""
    return _links("WHERE month = %s ORDER BY sequence", [month])


def must_be_published(heads: Heads, last: Link | None) -> None:
    """See that the chain goes on where the file of heads ends.

    Raises:
        ChainBroken: the file has a link that the database has not, or has otherwise.
    """
    published = heads.last()
    if published is None:
        return
    sequence = published.header.sequence
    if last is None or last.header.sequence < sequence:
        raise ChainBroken(
            f"Seal {sequence} was published and is not in the database. Run verify_audit."
        )
    here = next(_links("WHERE sequence = %s", [sequence]))
    if here.head != published.head:
        raise ChainBroken(f"Seal {sequence} is not the one that was published. Run verify_audit.")


@dataclass(frozen=True)
class Waiting:
    """What is not sealed yet: how many events, and when the oldest was written."""

    events: int
    oldest: datetime | None


def not_yet_sealed() -> Waiting:
    """The events behind the last seal."""
    last = last_link()
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(*), min(written_at) FROM audit_event "
            "WHERE (xid, id) >= (%s::text::xid8, %s)",
            _values(last.header.until if last else START),
        )
        events, oldest = cursor.fetchone()
    return Waiting(events, oldest)


def rows_between(
    after: Place,
    until: Place,
    *,
    begin: datetime | None = None,
    stop: datetime | None = None,
    limit: int | None = None,
) -> list[tuple[bytes]]:
    """Canonical forms of the events from *after* up to but without *until*, in order.

    Args:
        begin, stop: only events that happened from *begin* on and before *stop*.
        limit: at most so many.
    """
    where = ["(xid, id) >= (%s::text::xid8, %s)", "(xid, id) < (%s::text::xid8, %s)"]
    values = [*_values(after), *_values(until)]
    if begin is not None:
        where.append("occurred_at >= %s")
        values.append(begin)
    if stop is not None:
        where.append("occurred_at < %s")
        values.append(stop)
    values.append(limit)
    with connection.cursor() as cursor:
        # Binary, which Django's own cursors do not speak: half the bytes, and no decoding.
        plain = psycopg.Cursor(cursor.connection)
        plain.execute(
            f"SELECT {EXPRESSION} FROM audit_event "  # noqa: S608  # our own expression
            f"WHERE {' AND '.join(where)} ORDER BY xid, id LIMIT %s",
            values,
            binary=True,
        )
        return plain.fetchall()


def bounds(month: str) -> list[datetime]:
    """The first moment of *month* (``2026-11``) and of the one after it, in UTC."""
    year, number = int(month[:4]), int(month[5:])
    following = (year, number + 1) if number < 12 else (year + 1, 1)
    return [datetime(year, number, 1, tzinfo=UTC), datetime(*following, 1, tzinfo=UTC)]


def _alone() -> bool:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_xact_lock(%s)", [SEALER_LOCK])
        return bool(cursor.fetchone()[0])


def _seal_next(last: Link | None, *, at: datetime) -> list[Link]:
    """Seal the next events that are finished, at most ``SEGMENT_EVENTS``, a link a month."""
    after = last.header.until if last else START
    until = _until(after)
    by_month = _by_month(rows_between(after, until))
    links = []
    for month in sorted(by_month):
        packed = entries_of(by_month[month])
        entries = list(_ends(packed))
        header = Header(
            sequence=last.header.sequence + 1 if last else 1,
            kind=SEGMENT,
            month=month,
            after=after,
            until=until,
            count=len(by_month[month]),
            first=entries[0].id,
            last=entries[-1].id,
            root=root_of(packed),
            content=content_of(by_month[month]),
            earliest=moment_text(min(moment_of(row) for (row,) in by_month[month])),
            sealed_at=utc_text(at),
            key=settings.SEAL_KEY.name,
        )
        last = _written(
            header,
            packed,
            previous=last.head if last else NOTHING,
            month=bounds(month)[0].date(),
            at=at,
        )
        links.append(last)
    return links


def _until(after: Place) -> Place:
    """Where this run ends: before the oldest open transaction, or where it has enough.

    Raises:
        ChainBroken: transactions are counted from a lower number than the ledger has seen.
    """
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT {OLDEST_OPEN}, pg_snapshot_xmax(snapshot)::text::bigint "  # noqa: S608
            "FROM pg_current_snapshot() snapshot"
        )
        finished, newest = cursor.fetchone()
        if newest < after[0]:
            raise ChainBroken(
                "The database counts transactions from a lower number than the ledger has seen; "
                "it was restored from a dump. See the audit room's README."
            )
        finished = max(finished, after[0])
        cursor.execute(
            "SELECT xid::text::bigint, id FROM audit_event "
            "WHERE (xid, id) >= (%s::text::xid8, %s) AND xid < %s::text::xid8 "
            "ORDER BY audit_event.xid, id OFFSET %s LIMIT 1",
            [*_values(after), str(finished), SEGMENT_EVENTS],
        )
        row = cursor.fetchone()
    if row is not None:
        return int(row[0]), int(row[1])
    # An open transaction may be the very one in which the last run had enough.
    return max((int(finished), 0), after)


def _written(header: Header, packed: bytes, *, previous: bytes, month: date, at: datetime) -> Link:
    key = Ed25519PrivateKey.from_private_bytes(settings.SEAL_KEY.key)
    made = link(header, previous=previous, key=key)
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO audit_seal "
            "(sequence, kind, month, sealed_at, header, previous, head, signature) "
            "VALUES (%s, %s, %s, %s, %s, %s, %s, %s)",
            [
                *(header.sequence, header.kind, month, at),
                *(header.text(), previous, made.head, made.signature),
            ],
        )
        if header.kind == SEGMENT:
            cursor.execute(
                "INSERT INTO audit_seal_entries (sequence, month, entries) VALUES (%s, %s, %s)",
                [header.sequence, month, packed],
            )
    return made


def _links(rest: str, values: list[Any]) -> Iterator[Link]:
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT header, previous, head, signature FROM audit_seal {rest}",  # noqa: S608
            values,
        )
        rows = cursor.fetchall()
    for header, previous, head, signature in rows:
        try:
            yield Link(header_from(header), bytes(previous), bytes(head), bytes(signature))
        except NotALink:
            raise ChainBroken("A seal cannot be read. Run verify_audit.") from None


def _values(place: Place) -> list[Any]:
    return [str(place[0]), place[1]]


def _ends(packed: bytes) -> Iterator[Entry]:
    yield from entries_in(packed[:48])
    yield from entries_in(packed[-48:])


def _by_month(rows: list[tuple[bytes]]) -> dict[str, list[tuple[bytes]]]:
    by_month: dict[str, list[tuple[bytes]]] = {}
    begin = end = 0
    same: list[tuple[bytes]] = []
    for row in rows:
        moment = moment_of(row[0])
        # Events that follow each other are nearly always of one month.
        if not begin <= moment < end:
            month = moment_text(moment)[:7]
            begin, end = map(microseconds_of, bounds(month))
            same = by_month.setdefault(month, [])
        same.append(row)
    return by_month


def utc_text(moment: datetime) -> str:
    """*moment* as links write it: in UTC, to the microsecond."""
    return f"{moment.astimezone(UTC):%Y-%m-%dT%H:%M:%S}.{moment.microsecond:06}Z"
