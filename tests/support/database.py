"""States of the database: made once and copied in, or written and taken back."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from django.core import mail
from django.db import connection, transaction
from django.db.backends.utils import CursorWrapper

# Partitions count as the table that they are part of.
_ADDED = """
    SELECT coalesce(parent.inhparent, stat.relid)::regclass::text, sum(stat.n_tup_ins)
    FROM pg_stat_xact_user_tables stat
    LEFT JOIN pg_inherits parent ON parent.inhrelid = stat.relid
    GROUP BY 1
"""


@dataclass(frozen=True)
class Rows:
    """The rows of some tables, as PostgreSQL copies them out and in.

    Making a state takes its time every time; copying its rows takes milliseconds. Keys are those
    of the first making: sequences only go forward, so no other row can have taken them.
    """

    tables: tuple[tuple[str, bytes], ...]

    def put(self) -> None:
        """Add the rows."""
        with connection.cursor() as cursor:
            for table, rows in self.tables:
                with cursor.copy(f"COPY {table} FROM STDIN") as copying:
                    copying.write(rows)


def rows_made_by(make: Callable[[], object]) -> Rows:
    """The rows that *make* adds to tables that were empty; nothing is kept in the database."""
    with transaction.atomic(), connection.cursor() as cursor:
        before = _added(cursor)
        make()
        after = _added(cursor)
        names = sorted(name for name, added in after.items() if added > before.get(name, 0))
        tables = tuple((name, _copied(cursor, name)) for name in names)
        transaction.set_rollback(True)
    return Rows(tables)


def _added(cursor: CursorWrapper) -> dict[str, int]:
    """How many rows this connection has added to each table that it has touched."""
    cursor.execute(_ADDED)
    return dict(cursor.fetchall())


def _copied(cursor: CursorWrapper, table: str) -> bytes:
    with cursor.copy(f"COPY (SELECT * FROM {table}) TO STDOUT") as copying:  # noqa: S608
        return b"".join(bytes(part) for part in copying)


@contextmanager
def taken_back() -> Iterator[None]:
    """What is written inside was never written. (Numbers that were drawn stay drawn.)

    The savepoint is kept by hand: inside ``atomic`` no event could be written for good.
    """
    before = transaction.savepoint()
    mails = list(mail.outbox)
    try:
        yield
    finally:
        transaction.savepoint_rollback(before)
        mail.outbox[:] = mails
