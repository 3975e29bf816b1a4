"""The role that the portal runs under: it adds to ledgers, and can do nothing else to them."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from io import StringIO
from typing import LiteralString

import pytest
from django.core.management import CommandError, call_command
from django.db import DatabaseError, connection, transaction
from psycopg import errors, sql

from acrime.audit import events
from acrime.audit.actions import record_event
from acrime.audit.checks import the_portal_owns_nothing
from acrime.audit.choices import Channel
from acrime.audit.models import AuditEvent
from acrime.audit.partitions import prepare_partitions
from acrime.audit.roles import grant_role
from acrime.audit.sealing import seal_ledger
from acrime.audit.watch import portal_owns_the_ledger
from acrime.iar.models import StatusResponse
from tests.rooms.audit.conftest import Write

ROLE = "acrime_app"
pytestmark = pytest.mark.usefixtures("role")


@pytest.fixture
def role(db: None) -> str:
    """The portal's role, with its grants."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT FROM pg_roles WHERE rolname = %s", [ROLE])
        if cursor.fetchone() is None:
            pytest.skip("This server has no role for the portal.")
    grant_role(ROLE)
    return ROLE


@contextmanager
def as_the_portal() -> Iterator[None]:
    """What happens in the block happens under the portal's role."""
    with connection.cursor() as cursor:
        cursor.execute(f"SET ROLE {ROLE}")
        try:
            yield
        finally:
            cursor.execute("RESET ROLE")


def run(statement: LiteralString, *names: str) -> None:
    """Run *statement*, its ``{}`` filled with names, in a savepoint under the portal's role."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(f"SET LOCAL ROLE {ROLE}")
        cursor.execute(sql.SQL(statement).format(*map(sql.Identifier, names)))


def refused(statement: LiteralString, *names: str) -> None:
    """The database refuses it, and for want of a right."""
    with pytest.raises(DatabaseError) as failure:
        run(statement, *names)
    assert isinstance(failure.value.__cause__, errors.InsufficientPrivilege), statement


LEDGERS = [
    "audit_event",
    "audit_seal",
    "audit_seal_entries",
    "auditlog_logentry",
    "routine_uses_disclosedrecordlink",
    "routine_uses_disclosure",
]
FORBIDDEN: list[LiteralString] = [
    "DELETE FROM {}",
    "TRUNCATE {}",
    "TRUNCATE {} CASCADE",
    "ALTER TABLE {} DISABLE TRIGGER ALL",
    "ALTER TABLE {} DISABLE TRIGGER USER",
    "ALTER TABLE {} ADD COLUMN more text",
    "ALTER TABLE {} OWNER TO acrime_app",
    "ALTER TABLE {} RENAME TO gone",
    "DROP TABLE {}",
    "DROP TABLE {} CASCADE",
    "CREATE TRIGGER mine BEFORE INSERT ON {} EXECUTE FUNCTION acrime_append_only()",
    "CREATE RULE mine AS ON INSERT TO {} DO INSTEAD NOTHING",
    "LOCK TABLE {} IN ACCESS EXCLUSIVE MODE",
]


def test_the_ledgers_are_those(role: str) -> None:
    assert set(LEDGERS) <= set(grant_role(role).ledgers)


@pytest.mark.parametrize("table", LEDGERS)
def test_a_ledger_is_only_read_and_added_to(table: str, released_response: StatusResponse) -> None:
    for statement in FORBIDDEN:
        refused(statement, table)
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT attname FROM pg_attribute WHERE attrelid = %s::regclass AND attnum > 0",
            [table],
        )
        columns = [name for (name,) in cursor.fetchall()]
        for column in columns:
            refused("UPDATE {} SET {} = {}", table, column, column)
    run("SELECT count(*) FROM {}", table)


def test_months_to_come_are_out_of_reach(at: datetime) -> None:
    """Also one that the portal itself has made: the function makes it for the owner."""
    later = datetime(2033, 5, 1, tzinfo=UTC)
    with as_the_portal():
        made = prepare_partitions(at=later)
        event = record_event(kind=events.SIGNED_IN, actor=None, at=later, channel=Channel.PAGE)
        assert AuditEvent.objects.get(pk=event.pk).occurred_at == later
    assert "audit_event_2033_05" in made
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
    beside = [name.replace("event", "seal_entries") for name in made]
    partitions = [*made, *beside, "audit_event_default", "audit_seal_entries_default"]
    for table in partitions:
        for statement in [*FORBIDDEN, "SELECT * FROM {}", "INSERT INTO {} DEFAULT VALUES"]:
            refused(statement, table)
    refused("UPDATE {} SET kind = kind", "audit_event_2033_05")
    refused("ALTER TABLE audit_event DETACH PARTITION {}", "audit_event_2033_05")


@pytest.mark.parametrize(
    "statement",
    [
        "CREATE TABLE mine (id int)",
        "CREATE FUNCTION public.mine() RETURNS int LANGUAGE sql AS 'SELECT 1'",
        "CREATE OR REPLACE FUNCTION public.acrime_append_only() RETURNS trigger LANGUAGE plpgsql "
        "AS 'BEGIN RETURN NEW; END'",
        "DROP FUNCTION acrime_append_only() CASCADE",
        "SET session_replication_role = replica",
        "CREATE ROLE mine",
        "DELETE FROM django_migrations",
        "SELECT setval('audit_event_id_seq', 1)",
    ],
)
def test_the_database_itself_stays_as_it_is(statement: LiteralString) -> None:
    refused(statement)


def test_a_young_month_cannot_be_dropped(at: datetime) -> None:
    with connection.cursor() as cursor, as_the_portal():
        for years in (0, 1, 7, 100):
            with pytest.raises(DatabaseError, match="must be kept"), transaction.atomic():
                cursor.execute("SELECT acrime_retire_month('2026-11-01', %s)", [years])
        for month in ("2001-01-01", "2001-01-02"):
            with (
                pytest.raises(DatabaseError, match=r"no partition|first day"),
                transaction.atomic(),
            ):
                cursor.execute("SELECT acrime_retire_month(%s, 7)", [month])


def test_the_portal_seals_under_its_role(
    transactional_db: None, role: str, write: Write, at: datetime
) -> None:
    write(2)
    with as_the_portal():
        assert seal_ledger(at=at).events == 2


@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("postgres", "superuser"),
        ("acrime", "owns tables|superuser"),
        ("nobody_of_that_name", "no role"),
        ("pg_write_all_data", "write everywhere"),
    ],
)
def test_a_role_that_grants_do_not_bind_is_refused(name: str, message: str) -> None:
    with pytest.raises(CommandError, match=message):
        call_command("grant_role", name, stdout=StringIO())


def test_the_command_says_what_was_granted(role: str) -> None:
    told = StringIO()
    call_command("grant_role", role, stdout=told)
    assert told.getvalue().startswith("acrime_app may read and add on ")
    assert " audit_event, audit_seal, audit_seal_entries, " in told.getvalue()


def test_granting_takes_what_was_granted_beyond(role: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(f"GRANT ALL ON audit_event, audit_event_default TO {role}")
        cursor.execute(f"GRANT CREATE ON SCHEMA public TO {role}")
    grant_role(role)
    refused("DELETE FROM {}", "audit_event")
    refused("DELETE FROM {}", "audit_event_default")
    refused("CREATE TABLE {} (id int)", "mine")


def test_a_portal_that_owns_the_ledger_is_warned_of() -> None:
    assert portal_owns_the_ledger()
    [warning] = the_portal_owns_nothing()
    assert warning.id == "acrime.W001"
    with as_the_portal():
        assert not portal_owns_the_ledger()
        assert the_portal_owns_nothing() == []
