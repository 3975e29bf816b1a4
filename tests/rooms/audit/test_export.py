"""An export is checked with the public key alone, and tells what was done to it."""

import base64
import json
import subprocess
import sys
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.core.management import CommandError, call_command

from acrime.audit import events
from acrime.audit.export import verify_export
from acrime.audit.findings import Problem, Report
from acrime.audit.models import AuditEvent
from acrime.audit.sealing import Sealed
from tests.rooms.audit.conftest import Write
from tests.support.source import ROOT

Line = dict[str, Any]


@pytest.fixture
def exported(write: Write, seal: Callable[[], Sealed], tmp_path: Path, at: datetime) -> Path:
    """Twelve events of November under three seals, one of October between, seven exported."""
    write(4)
    seal()
    write(1, at=datetime(2026, 10, 5, tzinfo=UTC))
    write(4, at=at + timedelta(seconds=10))
    seal()
    write(4, at=at + timedelta(seconds=20))
    seal()
    write(1, at=at + timedelta(seconds=12))
    path = tmp_path / "export.jsonl"
    begin, stop = at + timedelta(seconds=3), at + timedelta(seconds=21)
    call_command(
        *("export_audit", str(path), "--from", begin.isoformat(), "--to", stop.isoformat()),
        stdout=StringIO(),
    )
    return path


def check(path: Path) -> Report:
    return verify_export(path, settings.SEAL_PUBLIC_KEYS)


def change(path: Path, act: Callable[[list[Line]], object]) -> Report:
    """Check a copy of the file after *act* did something to its lines."""
    lines: list[Line] = [json.loads(text) for text in path.read_text().splitlines()]
    act(lines)
    copy = path.with_name("changed.jsonl")
    copy.write_text("".join(json.dumps(line) + "\n" for line in lines))
    return check(copy)


def event_lines(lines: list[Line]) -> list[int]:
    return [number for number, line in enumerate(lines) if "event" in line]


def test_it_holds_what_was_asked_for_and_verifies(exported: Path) -> None:
    lines = [json.loads(text) for text in exported.read_text().splitlines()]
    report = check(exported)

    assert report.passed
    assert (report.events, report.links, report.unsealed) == (7, 4, 1)
    assert len(event_lines(lines)) == 7
    assert lines[-1] == {"seals": 4, "events": 7, "not_yet_sealed": 1}
    shown = lines[event_lines(lines)[0]]["event"]
    assert (shown["kind"], shown["channel"]) == ("record.searched", "PAGE")
    assert exported.stat().st_mode & 0o077 == 0
    assert AuditEvent.objects.filter(kind=events.LEDGER_EXPORTED).count() == 1


def test_it_is_checked_without_the_portal(exported: Path) -> None:
    keys = ",".join(
        f"{name}:{base64.b64encode(key).decode()}"
        for name, key in settings.SEAL_PUBLIC_KEYS.items()
    )

    def run(path: Path, keys: str) -> "subprocess.CompletedProcess[str]":
        return subprocess.run(
            [sys.executable, "-m", "acrime.audit.export", str(path), "--keys", keys],
            cwd=ROOT,
            env={},
            capture_output=True,
            text=True,
            check=False,
        )

    done = run(exported, keys)
    assert (done.returncode, done.stderr) == (0, "")
    assert "Checked 7 events under 4 seals" in done.stdout
    other = run(exported, f"k1:{base64.b64encode(bytes(32)).decode()}")
    assert other.returncode == 1
    assert "signature wrong" in other.stdout


def test_a_changed_event_is_named(exported: Path) -> None:
    def readable(lines: list[Line]) -> None:
        lines[event_lines(lines)[2]]["event"]["actor_name"] = "somebody-else"

    def canonical(lines: list[Line]) -> None:
        line = lines[event_lines(lines)[2]]
        raw = base64.b64decode(line["canonical"]).replace(b"PAGE", b"JOB ")
        line["canonical"] = base64.b64encode(raw).decode()
        line["event"]["channel"] = "JOB "

    lines = [json.loads(text) for text in exported.read_text().splitlines()]
    pk = lines[event_lines(lines)[2]]["event"]["id"]
    for act in (readable, canonical):
        report = change(exported, act)
        assert [(each.problem, each.event_id) for each in report.findings] == [
            (Problem.TAMPERED, pk)
        ]


def test_a_missing_an_added_and_a_moved_event_are_named(exported: Path) -> None:
    lines = [json.loads(text) for text in exported.read_text().splitlines()]
    second, third = (lines[number]["event"]["id"] for number in event_lines(lines)[2:4])

    def without(lines: list[Line]) -> None:
        del lines[event_lines(lines)[2]]
        lines[-1]["events"] -= 1

    def twice(lines: list[Line]) -> None:
        number = event_lines(lines)[2]
        other = json.loads(json.dumps(lines[number]))
        raw = bytearray(base64.b64decode(other["canonical"]))
        raw[19] ^= 0x40
        other["canonical"] = base64.b64encode(bytes(raw)).decode()
        other["event"]["id"] ^= 0x40
        lines.insert(number + 1, other)
        lines[-1]["events"] += 1

    def moved(lines: list[Line]) -> None:
        one, other = event_lines(lines)[2:4]
        lines[one], lines[other] = lines[other], lines[one]

    [missing] = change(exported, without).findings
    assert (missing.problem, missing.event_id) == (Problem.MISSING, second)
    [added] = change(exported, twice).findings
    assert (added.problem, added.event_id) == (Problem.ADDED, second ^ 0x40)
    [reordered] = change(exported, moved).findings
    assert (reordered.problem, reordered.event_id) == (Problem.REORDERED, second)
    assert second != third


def test_what_is_done_to_seals_is_found(exported: Path) -> None:
    def seals(lines: list[Line]) -> list[int]:
        return [number for number, line in enumerate(lines) if "seal" in line]

    def count(lines: list[Line]) -> None:
        lines[seals(lines)[1]]["seal"]["header"]["count"] += 1

    def signature(lines: list[Line]) -> None:
        lines[seals(lines)[1]]["seal"]["signature"] = base64.b64encode(bytes(64)).decode()

    def entries(lines: list[Line]) -> None:
        lines[seals(lines)[-1]]["entries"] = base64.b64encode(bytes(48 * 4)).decode()

    def out(lines: list[Line]) -> None:
        number = seals(lines)[1]
        assert lines[number]["entries"] is None
        del lines[number]
        lines[-1]["seals"] -= 1

    assert change(exported, count).findings[0].problem == Problem.CHAIN
    assert change(exported, signature).findings[0].problem == Problem.SIGNATURE
    assert change(exported, entries).findings[0].problem == Problem.ENTRIES
    assert change(exported, out).findings[0].problem == Problem.SEGMENT_MISSING


def test_a_file_cut_off_is_found(exported: Path) -> None:
    whole = exported.read_text().splitlines(keepends=True)
    for end in range(len(whole)):
        exported.write_text("".join(whole[:end]))
        assert Problem.TRUNCATED in {each.problem for each in check(exported).findings}


@pytest.mark.parametrize(
    "text",
    ["", "nonsense\n", "[]\n", '{"format": "another"}\n', '{"seal": {}}\n', "{}\n", "\x00\n"],
)
def test_what_is_no_export_is_told(text: str, tmp_path: Path) -> None:
    path = tmp_path / "file"
    path.write_text(text)
    assert not check(path).passed


def test_the_commands(exported: Path, tmp_path: Path) -> None:
    told = StringIO()
    call_command("verify_audit", "--export", str(exported), stdout=told)
    assert "Everything holds" in told.getvalue()

    def export(*options: str) -> None:
        call_command("export_audit", *options, stdout=StringIO())

    whole = ("--from", "2026-11-01", "--to", "2026-12-01")
    with pytest.raises(CommandError, match="cannot be made"):
        export(str(exported), *whole)
    with pytest.raises(CommandError, match="ends before it begins"):
        export(str(tmp_path / "a"), "--from", "2026-12-01", "--to", "2026-11-01")
    with pytest.raises(CommandError, match="no date"):
        export(str(tmp_path / "a"), "--from", "yesterday", "--to", "2026-11-01")
    with pytest.raises(CommandError, match="There is no file"):
        call_command("verify_audit", "--export", str(tmp_path / "none"), stdout=StringIO())
    export(str(tmp_path / "empty"), "--from", "2030-01-01", "--to", "2030-02-01")
    assert check(tmp_path / "empty").passed
