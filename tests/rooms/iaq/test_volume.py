"""Messages by the hundred: together they become what each becomes alone, in order, none lost."""

import errno
import fcntl
import json
import os
import random
from collections.abc import Iterable
from dataclasses import asdict
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.db import connection, transaction
from django.test import Client
from pytest_django import Settings

from accounts.choices import Role
from acrime.audit.choices import Channel
from acrime.audit.models import AuditEvent
from acrime.audit.roles import grant_role
from acrime.common.copying import copy_rows
from acrime.iaq.acknowledgement import IntakeOutcome
from acrime.iaq.intake import KEPT_BYTES, MessageTooLargeToKeep, Receipt, unread
from acrime.iaq.models import Encounter, InboundMessage, StatusQuery
from acrime.iaq.volume import actions, folder
from acrime.iaq.volume.actions import receive_messages
from acrime.iaq.volume.folder import take_folder
from acrime.iaq.volume.models import IntakeFolder
from acrime.iaq.volume.policy import Pressure, Waiting, pressure
from tests import factories
from tests.factories import message_bytes, message_switch, receive
from tests.rooms.iaq.test_fuzz import mutated

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("notice")]

# Different each time by their nature: random numbers, and keys that the database gives.
OWN = {"id", "number", "record", "message", "query", "acknowledgement", "xid", "written_at"}


def together(raws: Iterable[bytes], at: datetime) -> list[Receipt]:
    return receive_messages(list(raws), actor=message_switch(at), at=at, channel=Channel.COMMAND)


def facts(row: Any) -> dict[str, Any]:
    """What a row holds, but for what is its own."""
    values = {
        each.attname: getattr(row, each.attname)
        for each in row._meta.concrete_fields
        if each.name not in OWN and not each.name.startswith("program_table")
    }
    return {name: bytes(v) if isinstance(v, memoryview) else v for name, v in values.items()}


def everything() -> list[Any]:
    """What intake left behind, in the order in which the messages came."""
    left: list[Any] = []
    for message in InboundMessage.objects.order_by("pk"):
        query = StatusQuery.objects.filter(message=message).select_related("record").first()
        left.append(facts(message))
        if query is not None:
            encounters = Encounter.objects.filter(query=query).order_by("position")
            left += [facts(query), facts(query.record), [facts(each) for each in encounters]]
            assert query.record.number in message.acknowledgement
    events = AuditEvent.objects.exclude(kind="user.created").order_by("pk")
    kinds = ("message.received", "message.refused", "record.created")
    for kind in kinds:
        of_kind = events.filter(kind=kind)
        left.append(
            [
                {**facts(each), "record_id": bool(each.record_id), "record_number": None}
                for each in of_kind
            ]
        )
    return left


def outcome(receipt: Receipt) -> dict[str, Any]:
    told = asdict(receipt)
    told.pop("number")
    told["acknowledgement"] = len(told["acknowledgement"])
    return told


def left_behind(raw: bytes, at: datetime) -> None:
    """A message that is kept and was not read."""
    unread(raw, actor=message_switch(at), at=at, channel=Channel.API).save(force_insert=True)


class _TakenBack(Exception):
    """Ends a transaction of which nothing is wanted but what it showed."""


def shown(raws: list[bytes], at: datetime, *, alone: bool) -> tuple[list[Any], list[Any]]:
    """What is told and what is left behind, and then taken back."""
    told: list[Any] = []
    left: list[Any] = []
    try:
        with transaction.atomic():
            if alone:
                told += [outcome(receive(raw, at=at)) for raw in raws]
            else:
                told += [outcome(each) for each in together(raws, at)]
            left += everything()
            raise _TakenBack
    except _TakenBack:
        return told, left


# --- Together --------------------------------------------------------------------------------


@pytest.mark.parametrize("seed", range(6))
def test_together_each_becomes_what_it_would_have_become_alone(seed: int, at: datetime) -> None:
    """Sound, broken and repeated messages in any order; replies, which have to be read alone."""
    chance = random.Random(seed)  # noqa: S311
    raws = [message_bytes(serial=serial) for serial in range(8)]
    raws += [mutated(chance.randrange(4000)) for _ in range(20)]
    raws += [chance.choice(raws) for _ in range(6)]
    chance.shuffle(raws)
    message_switch(at)

    assert shown(raws, at, alone=False) == shown(raws, at, alone=True)


def test_they_are_written_together_and_in_order(
    at: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(actions, "receive_message", _never)
    raws = [message_bytes(serial=serial) for serial in range(40)]
    told = together([*raws, raws[3], b"", raws[3]], at)

    queries = list(StatusQuery.objects.order_by("record_id").select_related("record"))
    assert [each.number for each in told[:40]] == [query.record.number for query in queries]
    assert [each.number for each in told[40:]][0::2] == [queries[3].record.number] * 2
    assert [each.outcome for each in told[40:]] == [
        IntakeOutcome.REPEATED,
        IntakeOutcome.REFUSED,
        IntakeOutcome.REPEATED,
    ]
    assert queries[3].message.times_received == 3
    keys = [query.message_id for query in queries]
    assert keys == sorted(keys)


def _never(*_: Any, **__: Any) -> Receipt:
    raise AssertionError("They could be received together.")


def test_one_that_fails_keeps_no_other_out(at: datetime, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(rows: list[Any], **options: Any) -> None:
        if rows and isinstance(rows[0], StatusQuery):
            raise ValueError("rows")
        copy_rows(rows, **options)

    monkeypatch.setattr(actions, "copy_rows", broken)
    told = together([message_bytes(serial=serial) for serial in range(5)], at)
    assert [each.outcome for each in told] == [IntakeOutcome.ACCEPTED] * 5
    assert StatusQuery.objects.count() == InboundMessage.objects.count() == 5


def test_what_was_kept_and_never_read_is_read(at: datetime) -> None:
    left_behind(message_bytes(), at)
    told = together([message_bytes(serial=2), message_bytes()], at)
    assert [each.outcome for each in told] == [IntakeOutcome.ACCEPTED] * 2
    assert StatusQuery.objects.count() == InboundMessage.objects.count() == 2


def test_one_too_large_is_told_before_anything_is_stored(at: datetime) -> None:
    with pytest.raises(MessageTooLargeToKeep):
        together([message_bytes(), b"x" * (KEPT_BYTES + 1)], at)
    assert not InboundMessage.objects.exists()


def test_the_portals_own_role_may_write_them(at: datetime) -> None:
    """It owns no table; giving out keys in advance is allowed to it."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT FROM pg_roles WHERE rolname = 'acrime_app'")
        if cursor.fetchone() is None:
            pytest.skip("This server has no role for the portal.")
        grant_role("acrime_app")
        cursor.execute("SET ROLE acrime_app")
    assert all(
        each.outcome is IntakeOutcome.ACCEPTED
        for each in together([message_bytes(serial=1), message_bytes(serial=2)], at)
    )


# --- From the folder -------------------------------------------------------------------------


@pytest.fixture
def spool(tmp_path: Path, settings: Settings) -> Path:
    settings.SPOOL_FOLDER = tmp_path
    place = tmp_path / "intake"
    place.mkdir()
    return place


def put(place: Path, name: str, raw: bytes, at: datetime, *, second: int = 0) -> None:
    (place / name).write_bytes(raw)
    written = at.timestamp() + second
    os.utime(place / name, (written, written))


def answers(place: Path) -> list[dict[str, str]]:
    return [
        json.loads(line)
        for file in sorted((place / "answers").iterdir())
        for line in file.read_text().splitlines()
    ]


def take(at: datetime) -> int:
    return take_folder(actor=message_switch(at), at=at)


def test_files_become_queries_in_the_order_they_were_written(spool: Path, at: datetime) -> None:
    put(spool, "b.txt", message_bytes(serial=1), at, second=1)
    put(spool, "z.txt", message_bytes(serial=0), at, second=0)
    put(spool, "a.txt", message_bytes(serial=2), at, second=2)
    put(spool, "c.txt", b"nothing that can be read", at, second=2)
    put(spool, ".d.txt", message_bytes(serial=4), at)
    put(spool, "e.txt.part", message_bytes(serial=5), at)
    (spool / "f.txt").symlink_to(spool / "e.txt.part")

    assert take(at) == 4
    assert [each["file"] for each in answers(spool)] == ["z.txt", "b.txt", "a.txt", "c.txt"]
    assert [each["outcome"] for each in answers(spool)] == ["accepted"] * 3 + ["refused"]
    opened = StatusQuery.objects.order_by("record_id").values_list("transaction_number", flat=True)
    assert [number[-1] for number in opened] == ["0", "1", "2"]
    assert {each.name for each in spool.iterdir() if each.is_file() or each.is_symlink()} == {
        ".lock",
        ".d.txt",
        "e.txt.part",
        "f.txt",
    }
    seen = IntakeFolder.objects.get()
    assert (seen.waiting, seen.taken, seen.too_large) == (0, 4, 0)


def test_one_too_large_is_put_aside_whole_and_holds_nobody_up(spool: Path, at: datetime) -> None:
    put(spool, "1.txt", b"x" * (KEPT_BYTES + 7), at)
    put(spool, "2.txt", message_bytes(), at)
    assert take(at) == 1
    assert (spool / "too-large" / "1.txt").stat().st_size == KEPT_BYTES + 7
    assert IntakeFolder.objects.get().too_large == 1


def test_on_a_full_disk_nothing_is_lost_and_nothing_is_there_twice(
    spool: Path, at: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: Any) -> None:
        raise OSError(errno.ENOSPC, "full")

    put(spool, "1.txt", message_bytes(), at)
    with monkeypatch.context() as patch:
        patch.setattr(folder, "write_whole", full)
        assert take(at) == 0
    assert (spool / "1.txt").exists()
    seen = IntakeFolder.objects.get()
    assert (seen.waiting, seen.oldest_at) == (1, at.astimezone(UTC))

    assert take(at) == 1
    assert [each["outcome"] for each in answers(spool)] == ["repeated"]
    assert StatusQuery.objects.count() == 1


def test_two_never_take_from_it_at_once(spool: Path, at: datetime) -> None:
    put(spool, "1.txt", message_bytes(), at)
    with (spool / ".lock").open("a") as held:
        fcntl.flock(held, fcntl.LOCK_EX)
        assert take(at) == 0
    assert take(at) == 1


def test_without_a_folder_there_is_nothing_to_do(
    tmp_path: Path, settings: Settings, at: datetime
) -> None:
    settings.SPOOL_FOLDER = tmp_path / "none"
    assert take(at) == 0


# --- How full it is --------------------------------------------------------------------------

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)
MINUTE = timedelta(minutes=1)


@pytest.mark.parametrize(
    ("waiting", "expected"),
    [
        (Waiting(0, 10), Pressure.EASY),
        (Waiting(9, 10), Pressure.EASY),
        (Waiting(10, 10), Pressure.FULL),
        (Waiting(0, 10, 3, NOW - MINUTE, NOW), Pressure.EASY),
        (Waiting(0, 10, 3, NOW - MINUTE * 1.1, NOW), Pressure.BEHIND),
        (Waiting(0, 10, 0, None, NOW - MINUTE * 5), Pressure.EASY),
        (Waiting(0, 10, 0, None, NOW - MINUTE * 5.1), Pressure.SILENT),
        (Waiting(10, 10, 3, NOW - MINUTE * 9, NOW - MINUTE * 9), Pressure.FULL),
    ],
)
def test_how_full_intake_is(waiting: Waiting, expected: Pressure) -> None:
    assert pressure(waiting, at=NOW) is expected


@pytest.fixture
def full(at: datetime, settings: Settings) -> None:
    """More is kept and unread than may be."""
    settings.INTAKE_MOST_UNREAD = 1
    left_behind(message_bytes(), at)


@pytest.mark.usefixtures("full")
@pytest.mark.parametrize(
    ("address", "body"),
    [
        ("/api/v1/iaq/", {"message": message_bytes(serial=2).decode()}),
        ("/api/v1/iaq/batch/", {"messages": [message_bytes(serial=2).decode()]}),
    ],
)
def test_senders_are_asked_to_wait_while_it_is_full(
    client: Client, at: datetime, address: str, body: dict[str, Any]
) -> None:
    factories.sign_in(client, factories.make_user(Role.ANALYST, at=at), at=at)
    answer = client.post(address, body, content_type="application/json")
    assert (answer.status_code, answer.json()["code"]) == (503, "intake-full")
    assert answer["Retry-After"] == "60"
    assert InboundMessage.objects.count() == 1
    assert "intake-full" in client.get("/healthz").json()["attention"]


@pytest.mark.usefixtures("full")
def test_the_desk_says_so(client: Client, at: datetime) -> None:
    factories.sign_in(client, factories.make_user(Role.SUPERVISOR, at=at), at=at)
    assert b"senders are asked to wait" in client.get("/queries/desk/").content


# --- Over the API ----------------------------------------------------------------------------


def test_many_are_sent_at_once(client: Client, at: datetime) -> None:
    factories.sign_in(client, factories.make_user(Role.ANALYST, at=at), at=at)
    texts = [message_bytes(serial=serial).decode() for serial in (1, 2, 1)]
    answer = client.post(
        "/api/v1/iaq/batch/", {"messages": [*texts, "\ud800"]}, content_type="application/json"
    )
    told = answer.json()["receipts"]
    assert answer.status_code == 200
    assert [each["outcome"] for each in told] == ["accepted", "accepted", "repeated", "refused"]
    assert told[0]["number"] == told[2]["number"]
    assert told[3]["number"].startswith("MSG-")
    assert {each.channel for each in InboundMessage.objects.all()} == {Channel.API}


@pytest.mark.parametrize(
    "body", [[], {}, {"messages": []}, {"messages": [1]}, {"messages": ["x"] * 501}, None]
)
def test_a_body_that_is_no_list_of_messages_is_refused(
    client: Client, at: datetime, body: Any
) -> None:
    factories.sign_in(client, factories.make_user(Role.ANALYST, at=at), at=at)
    answer = client.post("/api/v1/iaq/batch/", json.dumps(body), content_type="application/json")
    assert answer.status_code == 400
    assert not InboundMessage.objects.exists()
