"""Sealing: every finished event once, none before it is finished, published in order."""

import json
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import psycopg
import pytest
from django.db import connection
from hypothesis import HealthCheck, given
from hypothesis import settings as cases
from hypothesis import strategies as st
from pytest_django import Settings

from acrime.audit import sealing
from acrime.audit.canonical import entries_in, entries_of, moment_text, readable
from acrime.audit.chain import NOTHING, public_key
from acrime.audit.findings import Report
from acrime.audit.heads import Heads
from acrime.audit.models import AuditEvent, Seal
from acrime.audit.sealing import START, ChainBroken, Sealed, links_after, rows_between, seal_ledger
from acrime.audit.verification import verify_ledger
from acrime.common import clock
from tests.rooms.audit.conftest import Write
from tests.support.programs import database_url

END = (2**62, 0)


def sealed_ids() -> list[int]:
    """The ids of every sealed event, in the ledger's order."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT entries FROM audit_seal_entries ORDER BY sequence")
        packed = [bytes(entries) for (entries,) in cursor.fetchall()]
    return [entry.id for each in packed for entry in entries_in(each)]


# --- The canonical form -----------------------------------------------------------------------


def test_the_form_holds_every_value_of_an_event(write: Write, at: datetime) -> None:
    [pk] = write()
    [(row,)] = rows_between(START, END)
    event = AuditEvent.objects.get(pk=pk)

    told = readable(row)
    assert told["id"] == pk
    assert told["occurred_at"] == "2026-11-20T15:00:00.000000Z"
    assert json.loads(told["criteria"]) == event.criteria
    assert (told["kind"], told["channel"], told["outcome"]) == ("record.searched", "PAGE", "DONE")
    assert (told["matched_ids"], told["displayed_ids"]) == ([0, 1], [])
    assert (told["actor_id"], told["source_address"]) == (None, None)
    with connection.cursor() as cursor:
        cursor.execute("SELECT * FROM audit_event")
        assert told.keys() == {column.name for column in cursor.description}


@pytest.mark.parametrize("address", ["10.1.2.3", "2001:db8::7", "10.0.0.0/8"])
def test_addresses_are_read_again(address: str, write: Write) -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO audit_event (kind, occurred_at, actor_name, channel, outcome, "
            "record_number, purpose, criteria, matched_ids, displayed_ids, details, "
            "source_address, session_tag) VALUES "
            "('k', now(), '', 'JOB', 'DONE', '', '', '{}', '{}', '{}', '{}', %s, '')",
            [address],
        )
    [(row,)] = rows_between(START, END)
    assert readable(row)["source_address"] == address


@pytest.mark.parametrize("setting", ["timezone = 'Asia/Tokyo'", "datestyle = 'German'"])
def test_the_form_does_not_depend_on_the_session(setting: str, write: Write) -> None:
    write(2)
    before = rows_between(START, END)
    with connection.cursor() as cursor:
        cursor.execute(f"SET {setting}")
        assert rows_between(START, END) == before
        cursor.execute(f"RESET {setting.split()[0]}")


def test_no_two_events_share_a_form_though_all_they_say_is_the_same(
    write: Write, at: datetime
) -> None:
    write(2, step=timedelta())
    first, second = entries_in(entries_of(rows_between(START, END)))
    assert first.microseconds == second.microseconds
    assert first.digest != second.digest


@pytest.mark.parametrize("bytes_", [b"", b"\0\0\0\2", b"\0\0\0\x14" + b"\0" * 40, b"nonsense"])
def test_what_is_no_form_is_not_read(bytes_: bytes) -> None:
    with pytest.raises(ValueError):  # noqa: PT011  # of whatever words
        readable(bytes_)


def test_moments_beyond_the_calendar_are_still_told() -> None:
    assert moment_text(0) == "2000-01-01T00:00:00.000000Z"
    assert moment_text(2**62).endswith("microseconds from 2000-01-01")


# --- What is sealed ---------------------------------------------------------------------------


def test_events_are_sealed_once(write: Write, seal: Callable[[], Sealed]) -> None:
    ids = write(3)
    assert seal() == Sealed(links=1, events=3, published=1)
    assert seal() == Sealed()
    ids += write(2)
    assert seal() == Sealed(links=1, events=2, published=1)

    assert sealed_ids() == ids
    first, second = links_after(0)
    assert (first.previous, second.previous) == (NOTHING, first.head)
    assert first.header.until == second.header.after


def test_an_empty_ledger_has_no_seal(
    transactional_db: None, seal: Callable[[], Sealed], verify: Callable[[], Report]
) -> None:
    assert seal() == Sealed()
    assert verify().passed


def test_a_month_has_seals_of_its_own(write: Write, seal: Callable[[], Sealed]) -> None:
    write(1, at=datetime(2026, 11, 30, 23, 59, 59, 999999, tzinfo=UTC))
    write(1, at=datetime(2026, 12, 1, tzinfo=UTC))
    write(1, at=datetime(2026, 10, 3, tzinfo=UTC))

    assert seal().links == 3
    links = list(links_after(0))
    assert [link.header.month for link in links] == ["2026-10", "2026-11", "2026-12"]
    assert len({(link.header.after, link.header.until) for link in links}) == 1


def test_a_seal_has_an_end_also_within_one_transaction(
    write: Write,
    seal: Callable[[], Sealed],
    verify: Callable[[], Report],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(sealing, "SEGMENT_EVENTS", 4)
    with connection.cursor() as cursor:
        write(1)
        cursor.execute(
            "INSERT INTO audit_event (kind, occurred_at, actor_name, channel, outcome, "
            "record_number, purpose, criteria, matched_ids, displayed_ids, details, session_tag) "
            "SELECT kind, occurred_at, actor_name, channel, outcome, record_number, purpose, "
            "criteria, matched_ids, displayed_ids, details, session_tag "
            "FROM audit_event, generate_series(1, 9)"
        )
    assert seal() == Sealed(links=3, events=10, published=3)
    assert [link.header.count for link in links_after(0)] == [4, 4, 2]
    assert len(set(sealed_ids())) == 10
    assert verify().passed


def test_a_lower_id_that_is_committed_later_is_not_lost(
    write: Write, seal: Callable[[], Sealed], verify: Callable[[], Report], at: datetime
) -> None:
    insert = (
        "INSERT INTO audit_event (kind, occurred_at, actor_name, channel, outcome, record_number,"
        " purpose, criteria, matched_ids, displayed_ids, details, session_tag) VALUES "
        "('session.opened', %s, '', 'JOB', 'DONE', '', '', '{}', '{}', '{}', '{}', '') "
        "RETURNING id"
    )
    write(1)
    with psycopg.connect(database_url()) as slow:
        row = slow.execute(insert, [at]).fetchone()
        assert row is not None
        later = write(2)
        assert row[0] < later[0]
        # What follows the open transaction waits for it.
        assert seal().events == 1
        assert verify().unsealed == 2
        slow.commit()
    assert seal().events == 3
    assert sealed_ids()[1:] == [row[0], *later]
    assert verify().passed


def test_what_was_rolled_back_was_never_there(
    write: Write, seal: Callable[[], Sealed], verify: Callable[[], Report]
) -> None:
    with psycopg.connect(database_url()) as other:
        other.execute("SELECT pg_current_xact_id()")
        write(1)
        other.rollback()
    assert seal().events == 1
    assert verify().passed


def test_one_sealer_at_a_time(write: Write, seal: Callable[[], Sealed]) -> None:
    write(1)
    with psycopg.connect(database_url()) as other:
        other.execute("SELECT pg_advisory_xact_lock(%s)", [sealing.SEALER_LOCK])
        assert seal() == Sealed(busy=True)
    assert seal().events == 1


def test_what_waits_is_told(write: Write, seal: Callable[[], Sealed]) -> None:
    assert sealing.not_yet_sealed() == sealing.Waiting(0, None)
    write(2)
    assert sealing.not_yet_sealed().events == 2
    assert sealing.not_yet_sealed().oldest is not None
    seal()
    assert sealing.not_yet_sealed() == sealing.Waiting(0, None)


# --- What is published ------------------------------------------------------------------------


def test_the_file_holds_the_chain(write: Write, seal: Callable[[], Sealed], heads: Path) -> None:
    for _ in range(3):
        write(1)
        seal()
    assert [line.link for line in Heads(heads).lines()] == list(links_after(0))
    assert json.loads(heads.read_text().splitlines()[0])["header"]["sequence"] == 1


def test_what_was_not_published_is_published_by_the_next_run(
    write: Write, seal: Callable[[], Sealed], heads: Path
) -> None:
    write(1)
    seal()
    text = heads.read_text()
    write(1)
    seal()
    heads.write_text(text)  # As if the sealer had died after its commit.
    assert seal() == Sealed(published=1)
    heads.unlink()  # As if another machine had taken over.
    assert seal() == Sealed(published=2)


def test_a_line_that_was_cut_off_is_written_again(
    write: Write, seal: Callable[[], Sealed], heads: Path, verify: Callable[[], Report]
) -> None:
    write(1)
    seal()
    write(1)
    seal()
    text = heads.read_text()
    heads.write_text(text[:-40])
    assert verify().unpublished == 1

    assert seal().published == 1
    report = verify()
    assert report.passed
    assert report.unpublished == 0
    assert any("cut off" in note for note in report.notes)


def test_nothing_is_sealed_onto_a_chain_that_was_cut(
    write: Write,
    seal: Callable[[], Sealed],
    as_superuser: Callable[..., None],
) -> None:
    for _ in range(2):
        write(1)
        seal()
    write(1)
    as_superuser("DELETE FROM audit_seal_entries WHERE sequence = 2")
    as_superuser("DELETE FROM audit_seal WHERE sequence = 2")
    with pytest.raises(ChainBroken, match="Seal 2 was published"):
        seal()
    assert Seal.objects.count() == 1


def test_nothing_is_sealed_onto_another_chain(
    write: Write, seal: Callable[[], Sealed], heads: Path, settings: Settings, tmp_path: Path
) -> None:
    write(1)
    seal()
    line = json.loads(heads.read_text())
    heads.write_text(json.dumps(line | {"head": "00" * 32}) + "\n")
    write(1)
    with pytest.raises(ChainBroken, match="not the one that was published"):
        seal()


def test_a_database_that_counts_from_below_is_told(
    write: Write, seal: Callable[[], Sealed], monkeypatch: pytest.MonkeyPatch
) -> None:
    """As after a restore from a dump, whose transactions begin anew."""
    write(1)
    monkeypatch.setattr(sealing, "START", (2**61, 0))
    with pytest.raises(ChainBroken, match="restored from a dump"):
        seal()


# --- Whatever happens -------------------------------------------------------------------------

STEPS = st.lists(
    st.one_of(
        st.tuples(st.just("write"), st.integers(1, 5)),
        st.tuples(st.just("open"), st.integers(0, 2)),
        st.tuples(st.just("commit"), st.integers(0, 2)),
        st.tuples(st.just("abandon"), st.integers(0, 2)),
        st.tuples(st.just("seal"), st.just(0)),
        st.tuples(st.just("lose the file's end"), st.integers(0, 300)),
    ),
    max_size=14,
)

PLAIN = (
    "INSERT INTO audit_event (kind, occurred_at, actor_name, channel, outcome, record_number,"
    " purpose, criteria, matched_ids, displayed_ids, details, session_tag) VALUES "
    "('session.opened', %s, '', 'JOB', 'DONE', '', '', '{}', '{}', '{}', '{}', '')"
)


@pytest.mark.usefixtures("write")
@given(steps=STEPS)
@cases(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_any_order_of_writes_commits_and_seals_verifies(
    steps: list[tuple[str, int]], heads: Path
) -> None:
    """Three long transactions and a busy connection: each committed event is sealed once."""
    with pytest.MonkeyPatch.context() as patch:
        # Small, so that transactions are split.
        patch.setattr(sealing, "SEGMENT_EVENTS", 3)
        play(steps, heads)


def play(steps: list[tuple[str, int]], heads: Path) -> None:
    others = [psycopg.connect(database_url()) for _ in range(3)]
    try:
        at = clock.now()
        for number, (step, value) in enumerate(steps):
            moment = at + timedelta(days=number * 9)
            if step == "write":
                with connection.cursor() as cursor:
                    for _ in range(value):
                        cursor.execute(PLAIN, [moment])
            elif step == "open":
                others[value].execute(PLAIN, [moment])
            elif step == "commit":
                others[value].commit()
            elif step == "abandon":
                others[value].rollback()
            elif step == "seal":
                seal_ledger(at=at)
            elif heads.exists():
                heads.write_bytes(heads.read_bytes()[: -value or None])
            assert verify_ledger(connections=1).passed
        for other in others:
            other.commit()
    finally:
        for other in others:
            other.close()
    seal_ledger(at=at)
    report = verify_ledger(connections=1)
    assert report.passed
    assert report.unsealed == report.unpublished == 0
    assert sorted(sealed_ids()) == sorted(AuditEvent.objects.values_list("pk", flat=True))


def test_old_keys_stay_trusted_and_unknown_ones_are_not(
    write: Write, seal: Callable[[], Sealed], settings: Settings, verify: Callable[[], Report]
) -> None:
    write(1)
    seal()
    old = dict(settings.SEAL_PUBLIC_KEYS)
    settings.SEAL_KEY = type(settings.SEAL_KEY)("k2", b"2" * 32)
    settings.SEAL_PUBLIC_KEYS = {"k2": public_key(b"2" * 32)}
    write(1)
    seal()
    assert "not trusted" in str(verify().findings[0])

    settings.SEAL_PUBLIC_KEYS = old | settings.SEAL_PUBLIC_KEYS
    assert verify().passed
