"""A small day of the support center: real processes, some of them killed; it must add up."""

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import psycopg
import pytest
from django.db import connection

from acrime.bench.day.asked import Sort, day_of_messages
from acrime.bench.day.endpoints import Call
from acrime.bench.day.reckoning import Outside, reckon
from acrime.bench.day.rows import STATEMENTS, Rows
from acrime.bench.day.time import next_change
from tests.support.programs import database_url, environment_of_programs
from tests.support.source import ROOT

BEGINS = datetime(2027, 3, 14, 5, tzinfo=UTC)
DAY = "acrime_small_day"


@pytest.fixture
def empty_database(db: None) -> Iterator[str]:
    """A database of its own with the portal's tables, and nothing in them."""
    template = os.environ.get("ACRIME_TEST_TEMPLATE")
    if not template:
        pytest.skip("On a server of one's own there are no tables to copy.")
    own = str(connection.settings_dict["NAME"])
    server = database_url().replace(f"/{own}?", "/postgres?")
    drop = f"DROP DATABASE IF EXISTS {DAY} WITH (FORCE)"
    with psycopg.connect(server, autocommit=True) as postgres:
        postgres.execute(drop.encode())
        postgres.execute(f"CREATE DATABASE {DAY} TEMPLATE {template}".encode())
    yield database_url().replace(f"/{own}?", f"/{DAY}?")
    with psycopg.connect(server, autocommit=True) as postgres:
        postgres.execute(drop.encode())


@pytest.mark.crash
def test_a_small_day_adds_up(empty_database: str, tmp_path: Path) -> None:
    environment = environment_of_programs(tmp_path / "day", DATABASE_URL=empty_database)
    environment["ACRIME_SEAL_FILE"] = str(tmp_path / "day" / "seals" / "heads.jsonl")
    ended = subprocess.run(  # our own command
        [
            *(sys.executable, "manage.py", "simulate_day", "--queries=40", "--seed=11"),
            *("--minutes=0.2", "--kill-every", "2", "4", f"--output={tmp_path}"),
        ],
        cwd=ROOT,
        env=environment,
        capture_output=True,
        text=True,
        timeout=240,
        check=False,
    )
    assert ended.returncode == 0, ended.stdout[-4000:] + ended.stderr[-4000:]
    report = json.loads((tmp_path / "report.json").read_text("utf-8"))
    assert report["good"] is True
    assert report["wrong"] == []
    assert report["counts"]["queries"]["all"] == 40
    assert sum(report["deaths"].values()) > 0
    assert "Every query is answered or on a desk" in (tmp_path / "report.txt").read_text("utf-8")


# --- The reckoning finds what is off -------------------------------------------------------------


def test_the_day_is_one_on_which_the_clocks_change() -> None:
    assert next_change(datetime(2026, 11, 22, tzinfo=UTC)) == BEGINS
    assert next_change(BEGINS + timedelta(days=1)) == datetime(2027, 11, 7, 4, tzinfo=UTC)


def test_the_messages_are_the_same_for_the_same_seed() -> None:
    def made(seed: int) -> list[bytes]:
        day = day_of_messages(queries=60, seed=seed, begins=BEGINS, lasts=timedelta(hours=5))
        return [each.raw for each in day]

    assert made(3) == made(3)
    assert made(3) != made(4)
    day = day_of_messages(queries=300, seed=3, begins=BEGINS, lasts=timedelta(hours=5))
    assert {each.sort for each in day} == set(Sort)
    opening = {each.raw for each in day if each.sort not in (Sort.UNREADABLE, Sort.STRAY)}
    assert len(opening) == 300


def outside(tmp_path: Path, *calls: Call) -> Outside:
    return Outside((), calls, frozenset(), tmp_path, timedelta())


def rows(**tables: list[dict[str, object]]) -> Rows:
    return Rows(BEGINS, {name: tables.get(name, []) for name in STATEMENTS})


QUERY: dict[str, object] = {
    "id": 1,
    "number": "IAQ-1",
    "message_id": 1,
    "program": "CRIMINAL",
    "program_basis": "RULE",
    "state": "RELEASED",
    "received_at": BEGINS,
    "due_at": BEGINS + timedelta(hours=4),
    "no_match": False,
    "fingerprint_based": True,
    "citizenship_claimed": False,
    "answered_at": BEGINS,
    "ori": "WVFBIID00",
    "worker": "a",
    "encounters": 0,
}
ANSWER: dict[str, object] = {
    "id": 2,
    "number": "IAR-1",
    "query_id": 1,
    "inside_only": False,
    "text_sha256": "0" * 64,
    "disclosure_number": "DSC-1",
    "released_at": BEGINS,
    "released_by_id": 1,
    "amends_id": None,
    "determination_id": 5,
}


def test_an_empty_day_is_good(tmp_path: Path) -> None:
    assert reckon(rows(), outside(tmp_path)).wrong == []


@pytest.mark.parametrize(
    ("tables", "sentence"),
    [
        ({"queries": [QUERY]}, "IAQ-1 has 0 answers"),
        ({"queries": [QUERY], "responses": [ANSWER, ANSWER | {"id": 3}]}, "IAQ-1 has 2 answers"),
        ({"queries": [QUERY], "responses": [ANSWER]}, "IAR-1 left without an accounting"),
        (
            {"queries": [QUERY | {"state": "CLAIMED"}], "responses": [ANSWER]},
            "IAQ-1 is CLAIMED and has an answer",
        ),
        (
            {"queries": [QUERY | {"program": "SEX_OFFENDER"}], "responses": [ANSWER]},
            "IAR-1: inside or not?",
        ),
        (
            {
                "outbox": [
                    {"id": 9, "key": "k", "topic": "x", "failed_at": BEGINS, "last_error": "Error"}
                ]
            },
            "message 9 of the outbox (x) was given up: Error",
        ),
    ],
)
def test_what_is_off_is_told(
    tables: dict[str, list[dict[str, object]]], sentence: str, tmp_path: Path
) -> None:
    assert sentence in reckon(rows(**tables), outside(tmp_path)).wrong


def test_a_text_outside_that_belongs_to_no_answer_is_told(tmp_path: Path) -> None:
    call = Call("steady", "IAR-9-requester", "0" * 64, 200)
    assert reckon(rows(), outside(tmp_path, call)).wrong == [
        "call of steady: IAR-9-requester is no copy of any answer"
    ]
    folder = tmp_path / "somewhere"
    folder.mkdir()
    (folder / "IAR-8-requester.txt").write_text("words")
    told = reckon(rows(), outside(tmp_path)).wrong
    assert told == ["file in somewhere: IAR-8-requester is no copy of any answer"]
