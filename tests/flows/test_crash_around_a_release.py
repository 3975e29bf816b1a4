"""The web process and the database are killed at twenty steps around a release.

Before it, within ``disclose``, between statements, around the outbox rows and the commit, and
while the copies are delivered. Each time everything starts again, the person tries again, and
the copies are delivered: every message that left has its accounting, and none has two.

The steps are named by what was sent to the database in a release that nobody disturbed, so they
are the same ones each time. The server is a throw-away one of its own, which recovers by itself
when it is started again; each step begins with a fresh copy of the same database.
"""

import json
import os
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

import psycopg
import pytest
from django.urls import reverse

from accounts.models import Office
from acrime.bootstrap.database import Server, _programs
from acrime.common import clock as the_clock
from acrime.iaq.models import StatusQuery
from routine_uses.models import NoticeVersion
from tests import factories
from tests.conftest import Browser
from tests.support.doomed import DATABASE, WEB
from tests.support.programs import Program, database_url, environment_of_programs, until
from tests.support.source import ROOT

pytestmark = [
    pytest.mark.crash,
    pytest.mark.django_db(transaction=True),
    # One server for all of them.
    pytest.mark.xdist_group("a server to kill"),
]

# What was committed must outlive a killed process. Only a machine that loses its power could
# tell that nothing is forced to the disk.
SETTINGS = {"fsync": "off", "full_page_writes": "off", "shared_buffers": "32MB"}
STEPS = 20
TEMPLATE = "approved"


@pytest.fixture
def at() -> datetime:
    """Now: the processes read the real clock."""
    return the_clock.now()


@pytest.fixture
def notice(db: None, at: datetime) -> NoticeVersion:
    """The notice, loaded at that very moment."""
    return factories.load_notice(at=at)


@pytest.fixture(scope="module")
def server() -> Iterator[Server]:
    """A server of its own, to be killed."""
    folder = Path(os.environ["ACRIME_VAR_DIR"]).resolve() / "doomed"
    server = Server(folder, settings=SETTINGS)
    server.delete()
    server.start()
    yield server
    server.delete()


def address(server: Server, database: str) -> str:
    return f"postgresql://postgres@/{database}?host={server.socket_folder}"


def run_sql(server: Server, *statements: str) -> None:
    with psycopg.connect(address(server, "postgres"), autocommit=True) as connection:
        for statement in statements:
            connection.execute(statement.encode())


@dataclass
class Portal:
    """The portal on a copy of the database, with processes that can be killed at a step."""

    server: Server
    program: Program
    order: dict[str, Any]
    folder: Path
    database: str = ""
    spool: Path = field(init=False)

    def begin(self, name: str) -> None:
        """Start from an approved query that nobody has released."""
        if self.database:
            run_sql(self.server, f"DROP DATABASE {self.database} WITH (FORCE)")
        self.database = name
        self.spool = self.folder / name
        run_sql(self.server, f"CREATE DATABASE {name} TEMPLATE {TEMPLATE}")

    def does(self, act: str, **doom: Any) -> dict[str, Any]:
        """Let a process do *act*; what it tells of it, which is nothing if it was killed."""
        order = self.order | {"act": act, "database": self.database, "spool": str(self.spool)}
        self.program.gets(json.dumps(order | doom))
        ended = self.program.says('"ended"')
        before = self.program.lines[-2]
        told = before if before.startswith('{"steps"') else "{}"
        result: dict[str, Any] = json.loads(told) | json.loads(ended)
        return result

    def ask(self, sql: str) -> list[Any]:
        with psycopg.connect(address(self.server, self.database)) as connection:
            return connection.execute(sql.encode()).fetchall()

    def left(self) -> list[str]:
        """The copies that left for the requester, by the key under which each lies there."""
        files = [path for path in self.spool.rglob("*") if path.is_file()]
        # A file that is not whole yet has left nobody.
        whole = [path.stem for path in files if not path.name.startswith(".part-")]
        return sorted(name for name in whole if name.endswith("-requester"))


@pytest.fixture
def portal(
    server: Server,
    approved_query: StatusQuery,
    as_supervisor: Browser,
    office: Office,
    tmp_path: Path,
) -> Iterator[Portal]:
    run_sql(
        server,
        f"DROP DATABASE IF EXISTS {TEMPLATE} WITH (FORCE)",
        f"CREATE DATABASE {TEMPLATE}",
    )
    programs = _programs()
    dumped = subprocess.run(
        [programs / "pg_dump", "--no-owner", f"--dbname={database_url()}"],
        check=True,
        capture_output=True,
    ).stdout
    subprocess.run(
        [
            *(programs / "psql", "--no-psqlrc", "--quiet", "--set=ON_ERROR_STOP=1"),
            address(server, TEMPLATE),
        ],
        input=dumped,
        check=True,
        capture_output=True,
    )
    order = {
        "session": as_supervisor.cookies["sessionid"].value,
        "path": reverse("iar:release", args=[approved_query.record.number]),
        "given": {"office": str(office.pk), "letter": "X", "computed_letter": "X"},
    }
    environment = environment_of_programs(tmp_path) | {
        "DATABASE_URL": address(server, TEMPLATE),
        "DJANGO_SETTINGS_MODULE": "acrime.config.settings",
        "DOOMED_SERVER": str(server.folder),
        "PYTHONPATH": str(ROOT),
    }
    program = Program(("-m", "tests.support.doomed"), environment, listens=True)
    program.says('"ready"')
    portal = Portal(server, program, order, tmp_path)
    yield portal
    program.kill()
    if portal.database:
        run_sql(server, f"DROP DATABASE {portal.database} WITH (FORCE)")


def steps_of_a_release(steps: list[str]) -> dict[str, int]:
    """Fifteen steps of the request that releases, by what comes next there."""

    def first(words: str, after: int = 0) -> int:
        return next(n for n, step in enumerate(steps) if n >= after and words in step)

    accounting = first('INSERT INTO "routine_uses_disclosure"')
    commit = first("COMMIT", after=accounting)
    begin = max(n for n, step in enumerate(steps[:accounting]) if step == "COMMIT") + 1
    links = first('INSERT INTO "routine_uses_disclosedrecordlink"')
    made = first("INSERT INTO audit_event", after=links)
    response = first('INSERT INTO "iar_response"')
    outbox = first('INSERT INTO "acrime_outbox', after=response)
    second = first('INSERT INTO "acrime_outbox', after=outbox + 1)
    quarter = (accounting - begin) // 4
    return {
        "the first statement of the request": 0,
        "the transaction of the release": begin,
        "a quarter of the way to the accounting": begin + quarter,
        "half of the way to the accounting": begin + 2 * quarter,
        "the last question before the accounting": accounting - 1,
        "the accounting row": accounting,
        "the links to its records": links,
        "the event of the disclosure": made,
        "what follows the disclosure": made + 1,
        "the response": response,
        "the first message of the outbox": outbox,
        "what follows the first message": outbox + 1,
        "the second message of the outbox": second,
        "the commit": commit,
        "what follows the commit": commit + 1,
    }


def steps_of_a_delivery(steps: list[str]) -> dict[str, int]:
    """Five steps of the worker that takes the requester's copy, which is the second one."""
    commits = [n for n, step in enumerate(steps) if step == "COMMIT"]
    updates = [n for n, step in enumerate(steps) if step.startswith('UPDATE "iar_delivery"')]
    [_, placed] = updates
    commit = next(n for n in commits if n > placed)
    begin = max(n for n in commits if n < placed) + 1
    return {
        "the claim": 0,
        "the delivery, before its file": begin,
        "the delivery, its file in place": placed,
        "the commit of the delivery": commit,
        "what follows the delivery": commit + 1,
    }


@pytest.mark.parametrize("victim", [WEB, DATABASE])
def test_killed_at_twenty_steps_what_left_is_accounted_once(portal: Portal, victim: str) -> None:
    portal.begin("warm")
    portal.does("warm up")
    portal.begin("undisturbed")
    released = portal.does("release")
    assert released["answer"] == "302", released
    delivered = portal.does("deliver")
    assert delivered["answer"] == "delivered", delivered
    assert_accounted_once(portal, "undisturbed")
    dooms = [("release", *step) for step in steps_of_a_release(released["steps"]).items()]
    dooms += [("deliver", *step) for step in steps_of_a_delivery(delivered["steps"]).items()]
    assert len(dooms) == len({(act, step) for act, _, step in dooms}) == STEPS

    for number, (act, before, step) in enumerate(dooms):
        portal.begin(f"{victim}_{number}")
        if act == "deliver":
            portal.does("release")
        dead = portal.does(act, die_before=step, victim=victim)
        told = f"{victim} killed before {before}"
        if victim == DATABASE:
            assert dead["ended"] != -9, told
            until(lambda: not processes_of(portal.server), "the end of the server's processes")
            portal.server.start()
        else:
            assert dead == {"ended": -9}, told
        committed = act == "deliver" or before == "what follows the commit"
        # Right after the death: either all of the release is there, or nothing.
        for table in ("routine_uses_disclosure", "iar_response"):
            assert portal.ask(f"SELECT count(*) FROM {table}") == [(int(committed),)], told  # noqa: S608
        assert len(portal.left()) <= int(committed), told

        # The person tries again, and is refused where it was released; then the copies leave.
        assert portal.does("begin again")["answer"] == "delivered", told
        assert_accounted_once(portal, told)


def assert_accounted_once(portal: Portal, told: str) -> None:
    """One message left; it has its accounting row, one; and so has everything that left."""
    [(number, accounted)] = portal.ask(
        "SELECT record.number, response.disclosure_number FROM iar_response response "
        "JOIN record ON record.id = response.record_id"
    )
    assert portal.left() == [f"{number}-requester"], told
    rows = portal.ask("SELECT number, record_numbers FROM routine_uses_disclosure")
    assert [row for row, numbers in rows if number in numbers] == [accounted], told
    assert len(rows) == 1, told
    states = portal.ask("SELECT destination, state FROM iar_delivery ORDER BY destination")
    assert states == [("FIELD_OFFICE", "DELIVERED"), ("REQUESTER", "DELIVERED")], told
    confirmed = portal.ask(
        "SELECT count(*) FROM audit_event WHERE kind = 'iar.delivery.confirmed' "
        "AND details ->> 'destination' = 'REQUESTER'"
    )
    assert confirmed == [(1,)], told


def processes_of(server: Server) -> list[str]:
    """The processes that still work on the server's folder; a dead one has none."""
    found = []
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            try:
                if os.readlink(entry / "cwd") == str(server.folder):
                    found.append(entry.name)
            except OSError:
                continue
    return found
