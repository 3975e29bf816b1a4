"""A sealer is killed at each of its steps: nothing is lost, nothing is sealed twice.

It is a real process here, caught at a step by a lock that the test holds, and it dies by
SIGKILL. Several at once do the work once.
"""

import fcntl
from collections.abc import Callable, Iterator
from pathlib import Path

import psycopg
import pytest
from django.db import connection

from acrime.audit.canonical import entries_in
from acrime.audit.findings import Report
from acrime.audit.heads import Heads
from acrime.audit.models import AuditEvent, Seal
from acrime.audit.sealing import Sealed, links_after
from tests.conftest import OLDEST_OPEN_HERE
from tests.rooms.audit.conftest import Write
from tests.support.programs import Program, database_url, environment_of_programs, until

pytestmark = pytest.mark.crash

Start = Callable[[], Program]

# ``manage.py seal_ledger``, which waits for the transactions of this test's database alone.
SEALER = f"""
import os
os.environ["DJANGO_SETTINGS_MODULE"] = "acrime.config.settings"
import django
django.setup()
from acrime.audit import sealing
from django.core.management import call_command
sealing.OLDEST_OPEN = {OLDEST_OPEN_HERE!r}
call_command("seal_ledger")
"""


@pytest.fixture
def start(heads: Path, tmp_path: Path) -> Iterator[Start]:
    """Starts sealers, and sees that none outlives the test."""
    started: list[Program] = []

    def begin() -> Program:
        environment = environment_of_programs(tmp_path, ACRIME_SEAL_FILE=str(heads))
        started.append(Program(("-c", SEALER), environment))
        return started[-1]

    yield begin
    for program in started:
        program.kill()


def somebody_waits_for(table: str) -> bool:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT EXISTS (SELECT FROM pg_locks WHERE NOT granted AND relation = %s::regclass)",
            [table],
        )
        return bool(cursor.fetchone() == (True,))


def assert_each_event_is_sealed_once(verify: Callable[[], Report], heads: Path) -> None:
    report = verify()
    assert report.passed, report.lines()
    assert report.unsealed == report.unpublished == 0
    with connection.cursor() as cursor:
        cursor.execute("SELECT entries FROM audit_seal_entries")
        sealed = [each.id for (packed,) in cursor.fetchall() for each in entries_in(bytes(packed))]
    assert sorted(sealed) == sorted(AuditEvent.objects.values_list("pk", flat=True))
    assert [line.link for line in Heads(heads).lines()] == list(links_after(0))


@pytest.mark.parametrize("table", ["audit_event", "audit_seal", "audit_seal_entries"])
def test_killed_before_its_commit_it_leaves_nothing(
    table: str,
    write: Write,
    seal: Callable[[], Sealed],
    verify: Callable[[], Report],
    start: Start,
    heads: Path,
) -> None:
    write(2)
    seal()
    write(3)
    mode = "ACCESS EXCLUSIVE" if table == "audit_event" else "SHARE"
    with psycopg.connect(database_url()) as holding:
        holding.execute(f"LOCK TABLE {table} IN {mode} MODE".encode())
        sealer = start()
        until(lambda: somebody_waits_for(table), f"a sealer at {table}")
        sealer.kill()
    # The server notices the death a moment later; until then the lock is the dead one's.
    until(lambda: not seal().busy, "the end of the dead sealer's transaction")
    assert Seal.objects.count() == 2
    assert_each_event_is_sealed_once(verify, heads)


def test_killed_between_commit_and_publishing_the_next_one_publishes(
    write: Write,
    seal: Callable[[], Sealed],
    verify: Callable[[], Report],
    start: Start,
    heads: Path,
) -> None:
    write(2)
    seal()
    write(3)
    with heads.open("ab") as held:
        fcntl.flock(held, fcntl.LOCK_EX)
        sealer = start()
        until(lambda: Seal.objects.count() == 2, "a committed seal")
        sealer.kill()
    assert verify().unpublished == 1

    assert seal() == Sealed(published=1)
    assert_each_event_is_sealed_once(verify, heads)


def test_killed_in_the_middle_of_a_line_the_next_one_writes_it_whole(
    write: Write, seal: Callable[[], Sealed], verify: Callable[[], Report], heads: Path
) -> None:
    write(2)
    seal()
    whole = heads.read_bytes()
    write(1)
    seal()
    line = heads.read_bytes().removeprefix(whole)
    for cut in (1, len(line) // 2, len(line) - 2):
        heads.write_bytes(whole + line[:cut])
        assert seal().published == 1
        assert verify().passed
        assert Heads(heads).last() == list(links_after(0))[-1]
    # Only the line's end is missing: it can be read, and the next one begins a new line.
    heads.write_bytes(whole + line[:-1])
    write(1)
    assert seal().published == 1
    assert_each_event_is_sealed_once(verify, heads)


def test_several_at_once_seal_each_event_once(
    write: Write,
    verify: Callable[[], Report],
    seal: Callable[[], Sealed],
    start: Start,
    heads: Path,
) -> None:
    write(20)
    sealers = [start() for _ in range(3)]
    write(20)
    lines = [sealer.says("not yet sealed") for sealer in sealers]
    until(lambda: not seal().busy, "the end of the last of them")

    assert len(lines) == 3
    assert_each_event_is_sealed_once(verify, heads)
