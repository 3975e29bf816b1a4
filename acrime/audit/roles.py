"""The database role that the portal runs under, and what it may do.

It owns nothing. On ledgers it may only read and add, on other tables it may work, and it may
make or change no table at all. What is a ledger is asked of the database itself: a table
whose rows refuse UPDATE and DELETE by an append-only trigger. Partitions get no grants of
their own, so that a month is reached through the ledger or not at all.
"""

from dataclasses import dataclass

from django.db import connection, transaction
from psycopg import sql

# What a role could get around every grant with.
_POWERS = ("pg_write_all_data", "pg_write_server_files", "pg_execute_server_program")

_TABLES = """
SELECT relname, EXISTS (
    SELECT FROM pg_trigger JOIN pg_proc ON pg_proc.oid = tgfoid
    WHERE tgrelid = pg_class.oid AND proname LIKE '%%append\\_only' AND tgtype & 8 > 0
)
FROM pg_class
WHERE relnamespace = 'public'::regnamespace AND relkind IN ('r', 'p') AND NOT relispartition
ORDER BY relname
"""

_ROLE = """
SELECT rolsuper OR rolcreaterole OR rolbypassrls OR rolreplication,
       EXISTS (SELECT FROM pg_class WHERE relnamespace = 'public'::regnamespace
               AND relkind IN ('r', 'p') AND pg_has_role(pg_roles.oid, relowner, 'MEMBER')),
       EXISTS (SELECT FROM pg_roles power WHERE power.rolname = ANY(%s)
               AND pg_has_role(pg_roles.oid, power.oid, 'MEMBER'))
FROM pg_roles WHERE rolname = %s
"""


class RoleRefused(Exception):
    """The role is none that the portal may run under."""


@dataclass(frozen=True)
class Granted:
    """What was granted."""

    ledgers: list[str]
    tables: int


@transaction.atomic
def grant_role(name: str) -> Granted:
    """Give the role *name* what the portal needs, and take everything else from it.

    Can be run again at any time; a portal that runs meanwhile notices nothing.

    Raises:
        RoleRefused: there is no such role, or it has a power that grants do not bind.
    """
    _must_be_bound(name)
    role = sql.Identifier(name)
    with connection.cursor() as cursor:
        cursor.execute(_TABLES)
        tables: dict[str, bool] = dict(cursor.fetchall())
        for everything in ("TABLES", "SEQUENCES", "FUNCTIONS"):
            cursor.execute(
                sql.SQL("REVOKE ALL ON ALL {} IN SCHEMA public FROM {}").format(
                    sql.SQL(everything), role
                )
            )
        cursor.execute(sql.SQL("REVOKE CREATE ON SCHEMA public FROM PUBLIC, {}").format(role))
        cursor.execute(sql.SQL("GRANT USAGE ON SCHEMA public TO {}").format(role))
        for table, is_ledger in tables.items():
            if table == "django_migrations":
                rights = "SELECT"
            else:
                rights = "SELECT, INSERT" if is_ledger else "SELECT, INSERT, UPDATE, DELETE"
            cursor.execute(
                sql.SQL("GRANT {} ON {} TO {}").format(
                    sql.SQL(rights), sql.Identifier("public", table), role
                )
            )
        cursor.execute(
            sql.SQL("GRANT USAGE, SELECT ON ALL SEQUENCES IN SCHEMA public TO {}").format(role)
        )
        cursor.execute(
            sql.SQL(
                "GRANT EXECUTE ON FUNCTION public.acrime_prepare_month(date), "
                "public.acrime_retire_month(date, integer) TO {}"
            ).format(role)
        )
    ledgers = [table for table, is_ledger in tables.items() if is_ledger]
    return Granted(ledgers, len(tables) - len(ledgers))


def _must_be_bound(name: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(_ROLE, [list(_POWERS), name])
        found = cursor.fetchone()
    if found is None:
        raise RoleRefused(f'There is no role {name}. Make it first: CREATE ROLE "{name}" LOGIN')
    powerful, owns, writes = found
    if powerful:
        raise RoleRefused(f"{name} is a superuser, or may make roles or pass row security by.")
    if owns:
        raise RoleRefused(f"{name} owns tables, or is a member of a role that does.")
    if writes:
        raise RoleRefused(f"{name} is a member of a role that may write everywhere.")
