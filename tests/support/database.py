"""States of the database: made once and copied in, or written and taken back."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from django.core import mail
from django.db import connection, transaction
from django.db.backends.utils import CursorWrapper

BROUGHT_BY_MIGRATIONS = frozenset(
    {"accounts_course", "auth_permission", "django_content_type", "iaq_conclusion"}
)
"""The tables that are not empty from the first moment."""

# Partitions count as the table that they are part of.
_ADDED = """
    SELECT coalesce(parent.inhparent, stat.relid)::regclass::text, sum(stat.n_tup_ins)
    FROM pg_stat_xact_user_tables stat
    LEFT JOIN pg_inherits parent ON parent.inhrelid = stat.relid
    GROUP BY 1
"""
# Tables on which a trigger of ours looks at each row that is added.
_WATCHED = """
    SELECT DISTINCT tgrelid::regclass::text
    FROM pg_trigger JOIN pg_class ON pg_class.oid = tgrelid
    WHERE NOT tgisinternal AND tgtype & 4 > 0 AND relkind = 'r'
      AND tgrelid::regclass::text = ANY(%s::text[])
    ORDER BY 1
"""
# What the database makes of other columns it makes again.
_COLUMNS = """
    SELECT string_agg(quote_ident(attname), ',' ORDER BY attnum) FROM pg_attribute
    WHERE attrelid = %s::regclass AND attnum > 0 AND NOT attisdropped AND attgenerated = ''
"""


@dataclass(frozen=True)
class Rows:
    """The rows of some tables, as PostgreSQL copies them out and in.

    Making a state takes its time every time; copying its rows takes milliseconds. Keys are those
    of the first making: sequences only go forward, so no other row can have taken them.
    """

    tables: tuple[tuple[str, bytes], ...]

    def put(self) -> None:
        """Add the rows, all at once: they may name each other."""
        with transaction.atomic(), connection.cursor() as cursor:
            self._copy(cursor)

    def put_as_they_became(self) -> None:
        """Add the rows of a long story, whose last states forbid its first acts.

        A decided approval takes no paper any more, and has some: the triggers that watch over
        acts are off meanwhile. What must hold of the rows themselves is held.
        """
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(_WATCHED, [[table for table, _ in self.tables]])
            watched = [table for (table,) in cursor.fetchall()]
            # No table can be altered while the check of a constraint waits.
            cursor.execute("SET CONSTRAINTS ALL IMMEDIATE; SET CONSTRAINTS ALL DEFERRED")
            for table in watched:
                cursor.execute(f"ALTER TABLE {table} DISABLE TRIGGER USER")
            self._copy(cursor)
            cursor.execute("SET CONSTRAINTS ALL IMMEDIATE; SET CONSTRAINTS ALL DEFERRED")
            for table in watched:
                cursor.execute(f"ALTER TABLE {table} ENABLE TRIGGER USER")

    def _copy(self, cursor: CursorWrapper) -> None:
        for table, rows in self.tables:
            with cursor.copy(f"COPY {table} FROM STDIN") as copying:
                copying.write(rows)


def rows_made_by(make: Callable[[], object]) -> Rows:
    """The rows that *make* adds to tables that were empty; nothing is kept in the database."""
    with making() as steps:
        make()
        return steps.rows()


class Steps:
    """The rows of a state that is made step by step."""

    def __init__(self) -> None:
        with connection.cursor() as cursor:
            self._brought = {
                name: _copied(cursor, name).splitlines(keepends=True)
                for name in BROUGHT_BY_MIGRATIONS
            }
        self.begin()

    def rows(self) -> Rows:
        """The rows that were added since the last call of ``begin``, as they are now.

        Raises:
            AssertionError: rows from before were changed, so that copying in would not do.
        """
        tables = []
        for name, lines in self._contents().items():
            before = set(self._before.get(name, ()))
            assert before <= set(lines), f"rows of {name} were changed"
            if added := [line for line in lines if line not in before]:
                tables.append((name, b"".join(added)))
        return Rows(tuple(sorted(tables)))

    def begin(self) -> None:
        """What there is by now is there before the rows that come."""
        self._before = self._brought | self._contents()

    def _contents(self) -> dict[str, list[bytes]]:
        """The rows of each table that this transaction has added to."""
        with connection.cursor() as cursor:
            cursor.execute(_ADDED)
            names = [name for name, added in cursor.fetchall() if added]
            return {name: _copied(cursor, name).splitlines(keepends=True) for name in names}


@contextmanager
def making() -> Iterator[Steps]:
    """A state is made inside, by the portal's own acts; nothing is kept in the database."""
    block = transaction.atomic()
    # Django's own test cases say it so: acts may insist on being the outermost transaction.
    block._from_testcase = True  # type: ignore[attr-defined]
    with block:
        yield Steps()
        transaction.set_rollback(True)


def _copied(cursor: CursorWrapper, table: str) -> bytes:
    cursor.execute(_COLUMNS, [table])
    (columns,) = cursor.fetchone()
    with cursor.copy(f"COPY (SELECT {columns} FROM {table}) TO STDOUT") as copying:  # noqa: S608
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
