"""Whatever somebody does to the ledger in SQL, without any trigger in the way, is found."""

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import datetime, timedelta
from functools import partial
from io import StringIO
from itertools import product
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command
from django.db import connection, transaction

from acrime.audit import events, sealing, verification
from acrime.audit.canonical import FORM, content_of, entries_in, entries_of
from acrime.audit.chain import NOTHING, Header, Link, header_from, root_of
from acrime.audit.choices import Outcome
from acrime.audit.findings import Finding, Problem, Report, compare
from acrime.audit.heads import Heads
from acrime.audit.models import AuditEvent, Seal
from acrime.audit.sealing import START, Sealed, links_after, rows_between
from acrime.audit.tasks import verify as verify_task
from acrime.audit.verification import verify_ledger
from tests.rooms.audit.conftest import Write
from tests.support.programs import until

Superuser = Callable[..., None]
Verify = Callable[[], Report]


@pytest.fixture
def ids(write: Write, seal: Callable[[], Sealed], verify: Verify) -> list[int]:
    """Twelve events under three seals, and one that is not sealed yet."""
    found = []
    for _ in range(3):
        found += write(4)
        seal()
    write(1)
    report = verify()
    assert report.passed
    assert (report.links, report.events, report.unsealed) == (3, 12, 1)
    return found


@contextmanager
def undone() -> Iterator[None]:
    """What happens in the block is taken back: one ledger is enough for many attacks."""
    with transaction.atomic():
        yield
        transaction.set_rollback(True)


def first(report: Report) -> Finding:
    assert not report.passed
    return report.findings[0]


# --- Events -----------------------------------------------------------------------------------


VALUES = [
    ("kind", "record.viewed"),
    ("actor_name", "somebody-else"),
    ("criteria", '{"name": "ANOTHER"}'),
    ("details", '{"a": 1}'),
    ("displayed_ids", "{7}"),
    ("matched_ids", "{}"),
    ("outcome", "REFUSED"),
    ("purpose", "none"),
    ("record_id", "5"),
    ("source_address", "10.0.0.1"),
    ("session_tag", "0123"),
    ("request_id", "x"),
    ("written_at", "2026-11-01 00:00:00+00"),
    ("occurred_at", "2026-11-20 15:00:00.01+00"),
    ("salt", "00000000-0000-0000-0000-000000000000"),
]


def test_a_changed_value_is_found(ids: list[int], as_superuser: Superuser, verify: Verify) -> None:
    for column, value in VALUES:
        with undone():
            as_superuser(
                f"UPDATE audit_event SET {column} = %s WHERE id = %s",  # noqa: S608
                *(value, ids[5]),
            )
            report = verify()
        found = first(report)
        assert (column, found.problem, found.event_id) == (column, Problem.TAMPERED, ids[5])
        assert f"event {ids[5]} of 2026-11-20T15:00:01.500000Z" in found.text
        assert found.sequence == 2
        assert report.found == 1
    assert verify().passed


def test_the_first_of_several_is_named_first(
    ids: list[int], as_superuser: Superuser, verify: Verify
) -> None:
    for pk in (ids[9], ids[2], ids[6]):
        as_superuser("UPDATE audit_event SET purpose = 'x' WHERE id = %s", pk)

    report = verify()
    assert [finding.event_id for finding in report.findings] == [ids[2], ids[6], ids[9]]


def test_a_deleted_event_is_found(ids: list[int], as_superuser: Superuser, verify: Verify) -> None:
    for pk in ids:
        with undone():
            as_superuser("DELETE FROM audit_event WHERE id = %s", pk)
            found = first(verify())
        assert (found.problem, found.event_id) == (Problem.MISSING, pk)


def test_of_two_events_that_hold_the_same_the_deleted_one_is_missing(ids: list[int]) -> None:
    """Their salts tell them apart in the ledger, but a copy made in SQL has the same one."""
    rows = rows_between(START, next(iter(links_after(0))).header.until)[:1]
    kept = next(entries_in(entries_of(rows)))
    gone = replace(kept, id=kept.id + 1)
    [found] = compare(1, [kept, gone], [row for (row,) in rows], [kept])
    assert (found.problem, found.event_id) == (Problem.MISSING, gone.id)


def test_events_that_changed_ids_are_found(
    ids: list[int], as_superuser: Superuser, verify: Verify
) -> None:
    one, other = ids[5], ids[6]
    as_superuser(
        "UPDATE audit_event SET id = CASE id WHEN %s THEN -1 ELSE %s END WHERE id IN (%s, %s)",
        *(one, one, one, other),
    )
    as_superuser("UPDATE audit_event SET id = %s WHERE id = -1", other)

    report = verify()
    assert [(each.problem, each.event_id) for each in report.findings] == [
        (Problem.REORDERED, one),
        (Problem.REORDERED, other),
    ]


def test_events_that_changed_times_are_found(
    ids: list[int], as_superuser: Superuser, verify: Verify
) -> None:
    as_superuser(
        "UPDATE audit_event SET occurred_at = (SELECT occurred_at FROM audit_event other "
        "WHERE other.id = CASE audit_event.id WHEN %s THEN %s ELSE %s END) WHERE id IN (%s, %s)",
        *(ids[5], ids[6], ids[5], ids[5], ids[6]),
    )
    report = verify()
    assert {(each.problem, each.event_id) for each in report.findings} == {
        (Problem.REORDERED, ids[5]),
        (Problem.REORDERED, ids[6]),
    }


def test_an_event_moved_to_another_month_is_missing_here_and_added_there(
    ids: list[int], as_superuser: Superuser, verify: Verify
) -> None:
    as_superuser(
        "UPDATE audit_event SET occurred_at = occurred_at - interval '40 days' WHERE id = %s",
        ids[1],
    )
    report = verify()
    assert [(each.problem, each.event_id) for each in report.findings] == [
        (Problem.MISSING, ids[1]),
        (Problem.ADDED, ids[1]),
    ]


SLIPPED_IN = """
INSERT INTO audit_event (id, xid, kind, occurred_at, written_at, actor_name, channel, outcome,
    record_number, purpose, criteria, matched_ids, displayed_ids, details, session_tag)
SELECT %s, {xid}, kind, occurred_at {when}, written_at, 'planted', channel, outcome,
    record_number, purpose, criteria, matched_ids, displayed_ids, details, session_tag
FROM audit_event WHERE id = %s
"""


def test_an_event_slipped_in_is_found(
    ids: list[int], as_superuser: Superuser, verify: Verify
) -> None:
    for new, xid, when in product(
        (10**9, -5),
        ("xid", "'1'::xid8", "'0'::xid8"),
        ("", "- interval '40 days'", "+ interval '400 days'"),
    ):
        with undone():
            as_superuser(SLIPPED_IN.format(xid=xid, when=when), new, ids[5])
            found = first(verify())
        assert (found.problem, found.event_id) == (Problem.ADDED, new), (xid, when)
        assert "by planted" in found.text


def test_what_was_slipped_in_is_never_sealed(
    ids: list[int], as_superuser: Superuser, verify: Verify, seal: Callable[[], Sealed]
) -> None:
    as_superuser(SLIPPED_IN.format(xid="xid", when=""), 10**9, ids[5])
    seal()
    assert first(verify()).event_id == 10**9


def test_events_that_are_dated_back_are_told(
    write: Write, seal: Callable[[], Sealed], verify: Verify, at: datetime
) -> None:
    write(3, at=at - timedelta(days=2))
    write(1)
    seal()
    report = verify()
    assert report.passed
    assert report.dated_back == 3
    assert any("3 events" in note for note in report.notes)


def test_more_findings_than_anybody_reads_are_counted(
    write: Write, seal: Callable[[], Sealed], as_superuser: Superuser, verify: Verify
) -> None:
    ids = write(30)
    seal()
    as_superuser("UPDATE audit_event SET purpose = 'x'")
    report = verify()
    assert report.found == 30
    assert [each.event_id for each in report.findings] == ids[:20]
    assert "... and 10 more findings." in report.lines()


# --- Seals ------------------------------------------------------------------------------------


def test_the_end_of_the_ledger_cut_off_with_its_seals_is_found(
    ids: list[int], as_superuser: Superuser, verify: Verify
) -> None:
    as_superuser("DELETE FROM audit_event WHERE id >= %s", ids[4])
    as_superuser("DELETE FROM audit_seal_entries WHERE sequence >= 2")
    as_superuser("DELETE FROM audit_seal WHERE sequence >= 2")

    found = first(verify())
    assert (found.problem, found.event_id) == (Problem.TRUNCATED, ids[4])
    assert "seals 2 to 3" in found.text
    assert "8 events" in found.text


def test_without_the_file_a_cut_end_is_told_to_be_possible(
    ids: list[int], verify: Verify, heads: Path
) -> None:
    heads.unlink()
    report = verify()
    assert report.passed
    assert any("no file heads.jsonl" in note for note in report.notes)


def test_another_copy_of_the_file_shows_what_this_one_hides(
    ids: list[int], as_superuser: Superuser, heads: Path, tmp_path: Path
) -> None:
    copy = tmp_path / "copy.jsonl"
    copy.write_text(heads.read_text())
    heads.write_text("".join(heads.read_text().splitlines(keepends=True)[:2]))
    as_superuser("DELETE FROM audit_seal_entries WHERE sequence = 3")
    as_superuser("DELETE FROM audit_seal WHERE sequence = 3")
    as_superuser("DELETE FROM audit_event WHERE id >= %s", ids[8])

    assert verify_ledger(connections=1).passed
    assert first(verify_ledger(heads=Heads(copy), connections=1)).problem == Problem.TRUNCATED


def test_a_seal_taken_out_of_the_middle_is_found(
    ids: list[int], as_superuser: Superuser, verify: Verify
) -> None:
    as_superuser("DELETE FROM audit_seal_entries WHERE sequence = 2")
    as_superuser("DELETE FROM audit_seal WHERE sequence = 2")

    found = first(verify())
    assert (found.sequence, found.problem) == (2, Problem.SEGMENT_MISSING)


def test_a_changed_header_is_found(ids: list[int], as_superuser: Superuser, verify: Verify) -> None:
    header = json.loads(Seal.objects.get(pk=2).header)
    for part, other in {
        "count": header["count"] + 1,
        "root": "00" * 32,
        "content": "00" * 32,
        "earliest": "2026-11-19T00:00:00.000000Z",
        "sealed_at": "2026-11-19T00:00:00.000000Z",
        "last": 5,
        "until": [header["until"][0], 9],
        "month": "2026-10",
    }.items():
        text = json.dumps(header | {part: other}, sort_keys=True, separators=(",", ":"))
        with undone():
            as_superuser(
                "UPDATE audit_seal SET header = %s, month = %s::date, "
                "sealed_at = (%s::jsonb ->> 'sealed_at')::timestamptz WHERE sequence = 2",
                *(text, "2026-10-01" if part == "month" else "2026-11-01", text),
            )
            found = first(verify())
        assert (part, found.sequence, found.problem) == (part, 2, Problem.CHAIN)


def test_a_seal_that_says_two_things_is_found(
    ids: list[int], as_superuser: Superuser, verify: Verify
) -> None:
    for change in (
        "header = '{}'",
        "header = 'no header'",
        "header = header || ' '",
        "month = '2026-10-01'",
        "kind = 'retirement'",
        "sealed_at = sealed_at + interval '1 day'",
    ):
        with undone():
            as_superuser(f"UPDATE audit_seal SET {change} WHERE sequence = 2")  # noqa: S608
            found = first(verify())
        assert (change, found.sequence, found.problem) == (change, 2, Problem.CHAIN)


def test_a_wrong_signature_is_found(
    ids: list[int], as_superuser: Superuser, verify: Verify
) -> None:
    as_superuser("UPDATE audit_seal SET signature = %s WHERE sequence = 2", bytes(64))
    found = first(verify())
    assert (found.sequence, found.problem) == (2, Problem.SIGNATURE)


def test_a_changed_root_over_changed_events_is_found(
    ids: list[int], as_superuser: Superuser, verify: Verify
) -> None:
    as_superuser("UPDATE audit_seal_entries SET entries = entries || entries WHERE sequence = 2")
    assert first(verify()).problem == Problem.ENTRIES

    as_superuser("UPDATE audit_event SET purpose = 'x' WHERE id = %s", ids[5])
    assert {each.problem for each in verify().findings} == {Problem.ENTRIES, Problem.TAMPERED}


def test_missing_entries_are_found(ids: list[int], as_superuser: Superuser, verify: Verify) -> None:
    as_superuser("DELETE FROM audit_seal_entries WHERE sequence = 2")
    assert first(verify()).problem == Problem.ENTRIES


def test_a_chain_computed_anew_without_the_key_is_found(
    ids: list[int], as_superuser: Superuser, verify: Verify, heads: Path
) -> None:
    """All of it fits together, only it is not signed, and not what was published."""
    as_superuser("UPDATE audit_event SET purpose = 'x' WHERE id = %s", ids[1])
    previous, after = NOTHING, START
    for link in list(links_after(0)):
        rows = rows_between(after, link.header.until)
        packed = entries_of(rows)
        text = link.header.text().replace(link.header.root, root_of(packed))
        text = text.replace(link.header.content, content_of(rows))
        forged = Link(header_from(text), previous, b"", link.signature)
        as_superuser(
            "UPDATE audit_seal SET header = %s, previous = %s, head = %s WHERE sequence = %s",
            *(text, previous, forged.computed_head, link.header.sequence),
        )
        as_superuser(
            "UPDATE audit_seal_entries SET entries = %s WHERE sequence = %s",
            *(packed, link.header.sequence),
        )
        previous, after = forged.computed_head, link.header.until

    report = verify()
    assert {(each.sequence, each.problem) for each in report.findings} == {
        (number, problem) for number in (1, 2, 3) for problem in (Problem.SIGNATURE, Problem.CHAIN)
    }
    # Nor without the published heads.
    heads.unlink()
    assert first(verify()).problem == Problem.SIGNATURE


def test_a_forged_line_of_the_file_is_told_from_a_forged_seal(
    ids: list[int], verify: Verify, heads: Path
) -> None:
    lines = heads.read_text().splitlines()
    line = json.loads(lines[1])
    line["header"]["count"] = 99
    heads.write_text("\n".join([lines[0], json.dumps(line), lines[2]]) + "\n")
    assert first(verify()).problem == Problem.HEADS

    heads.write_text("\n".join([lines[0], lines[2]]) + "\n")
    assert first(verify()).problem == Problem.HEADS

    later = json.loads(lines[2])
    later["header"]["sequence"] = 4
    heads.write_text("\n".join([*lines, json.dumps(later)]) + "\n")
    assert first(verify()).problem == Problem.HEADS


# --- How it is asked --------------------------------------------------------------------------


def test_several_connections_find_the_same(
    ids: list[int], as_superuser: Superuser, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(verification, "SEGMENT_EVENTS", 4)
    as_superuser("UPDATE audit_event SET purpose = 'x' WHERE id = %s", ids[6])
    told: list[tuple[int, int]] = []

    report = verify_ledger(connections=2, progress=lambda done, of: told.append((done, of)))

    assert [(each.problem, each.event_id) for each in report.findings] == [
        (Problem.TAMPERED, ids[6])
    ]
    assert told[-1] == (12, 12)
    assert len(told) == 3


def test_the_command_says_what_it_checked(
    ids: list[int], capsys: pytest.CaptureFixture[str]
) -> None:
    call_command("verify_audit", "--progress", "--connections=1")

    out, err = capsys.readouterr()
    assert "Checked 12 events under 3 seals" in out
    assert "events/s" in out
    assert "1 events are not yet sealed" in out
    assert "12 of 12 events (100 %)" in err
    event = AuditEvent.objects.get(kind=events.LEDGER_VERIFIED)
    assert (event.outcome, event.details["events"]) == (Outcome.DONE, 12)


def test_the_command_fails_and_names_the_first(ids: list[int], as_superuser: Superuser) -> None:
    as_superuser("DELETE FROM audit_event WHERE id = %s", ids[3])
    with pytest.raises(CommandError, match=f"missing: event {ids[3]} of 2026-11-20"):
        call_command("verify_audit", "--connections=1", stdout=StringIO())
    event = AuditEvent.objects.get(kind=events.LEDGER_VERIFIED)
    assert event.outcome == Outcome.FAILED
    assert event.details["found"] == 1


def test_the_task_writes_the_result_down(
    ids: list[int], as_superuser: Superuser, caplog: pytest.LogCaptureFixture
) -> None:
    verify_task()
    assert not caplog.records
    as_superuser("DELETE FROM audit_event WHERE id = %s", ids[3])
    verify_task()

    outcomes = AuditEvent.objects.filter(kind=events.LEDGER_VERIFIED).order_by("pk")
    assert [event.outcome for event in outcomes] == [Outcome.DONE, Outcome.FAILED]
    assert f"missing: event {ids[3]}" in caplog.text


def test_verification_leaves_no_connection(ids: list[int]) -> None:
    def connections() -> int:
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database()"
            )
            return int(cursor.fetchone()[0])

    verify_ledger(connections=2)
    # The server notices the end of a connection a moment later.
    until(lambda: connections() == 1, "the end of the other connections")


def test_seals_of_the_first_form_are_still_checked(
    write: Write,
    seal: Callable[[], Sealed],
    as_superuser: Superuser,
    verify: Verify,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """A ledger that was begun before the content was hashed where the events are."""
    with monkeypatch.context() as earlier:
        earlier.setattr(sealing, "Header", partial(Header, form=1))
        [changed] = write()
        seal()
    write()
    seal()
    assert [link.header.form for link in links_after(0)] == [1, FORM]
    assert verify().passed
    as_superuser("UPDATE audit_event SET purpose = 'x' WHERE id = %s", changed)
    assert first(verify()).event_id == changed


@pytest.mark.parametrize("setting", ["standard_conforming_strings = off", "bytea_output = escape"])
def test_whether_it_verifies_does_not_depend_on_the_session(
    setting: str, ids: list[int], verify: Verify
) -> None:
    with undone(), connection.cursor() as cursor:
        cursor.execute(f"SET LOCAL {setting}")
        report = verify()
    assert report.passed
    assert report.events == 12
