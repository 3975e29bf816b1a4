"""What it costs to take in a message whole, once, and with everything written down."""

import hashlib
from time import perf_counter
from typing import Any

from auditlog.models import LogEntry
from django.db import connection, transaction
from django.db.models import Max, Model

from acrime.audit.choices import Channel
from acrime.audit.models import AuditEvent
from acrime.bench.measure import WARM_UP, medians
from acrime.bench.report import Result
from acrime.bench.stage import Stage
from acrime.demo.messages import Asked, message_of
from acrime.iaq.acknowledgement import IntakeOutcome
from acrime.iaq.intake import Receipt, receive_message
from acrime.iaq.message import parse_message
from acrime.iaq.models import Encounter, InboundMessage, StatusQuery
from acrime.iaq.volume.actions import MOST_TOGETHER, receive_messages
from acrime.records.models import Record

# What one message leaves behind, in an order that foreign keys allow.
WRITTEN: tuple[type[Model], ...] = (
    InboundMessage,
    Record,
    StatusQuery,
    Encounter,
    AuditEvent,
    LogEntry,
)
# Set by the database; the copies get their own.
OWN = {"xid", "written_at"}
# The copies' keys lie far above those that are given out.
AWAY = 1_000_000_000
KEYS = {"id", "record_id", "message_id", "query_id"}

Statement = tuple[str, list[Any]]
# A table, its columns, and rows of it.
Rows = tuple[str, str, list[list[Any]]]


def ingest(stage: Stage) -> Result:
    """Messages through intake, and plain inserts of the rows that such messages leave."""
    turns = stage.rounds + WARM_UP
    copies = []
    for serial in range(turns):
        before = [_newest(model) for model in WRITTEN]
        _receive(stage, serial)
        copies.append(_copies_of_rows_after(before))
    rows = len(copies[0])

    def ours(turn: int) -> Receipt:
        return _receive(stage, turns + turn)

    def baseline(turn: int) -> None:
        with transaction.atomic(), connection.cursor() as cursor:
            for sql, values in copies[turn]:
                cursor.execute(sql, values)

    took, plainly = medians(ours, baseline, rounds=stage.rounds)
    return Result(
        "iaq.ingest",
        1000 / took,
        1000 / plainly,
        "messages/s",
        f"one worker, one message at a time ({took:.1f} ms: kept, read, opened, written down), "
        f"and plain inserts of its {rows} rows in one transaction",
    )


def batches(stage: Stage) -> Result:
    """The same in batches, and COPY of the rows that a batch leaves."""
    turns = stage.slow_rounds + WARM_UP
    size = min(MOST_TOGETHER, stage.scale)
    first = 2 * (stage.rounds + WARM_UP)
    given = [
        [_raw(stage, first + turn * size + place) for place in range(size)]
        for turn in range(2 * turns)
    ]
    copies = []
    for raws in given[:turns]:
        before = [_newest(model) for model in WRITTEN]
        _receive_together(stage, raws)
        copies.append(_rows_after(before))

    def ours(turn: int) -> list[Receipt]:
        return _receive_together(stage, given[turns + turn])

    def baseline(turn: int) -> None:
        with transaction.atomic(), connection.cursor() as cursor:
            for table, names, rows in copies[turn]:
                with cursor.copy(f"COPY {table} ({names}) FROM STDIN") as copying:
                    for row in rows:
                        copying.write_row(row)

    took, plainly = medians(ours, baseline, rounds=stage.slow_rounds)
    day = stage.at.date()
    began = perf_counter()
    for raw in given[0]:
        parse_message(raw, received_on=day)
    reading = (perf_counter() - began) * 1000
    rows = sum(len(each) for _, _, each in copies[0]) // size
    return Result(
        "iaq.batches",
        1000 * size / took,
        1000 * size / plainly,
        "messages/s",
        f"one worker, {size} messages at a time, and COPY of their {rows} rows each in "
        f"one transaction; of {took:.0f} ms reading takes {reading:.0f}, writing as COPY alone "
        f"{plainly:.0f}, and making, sealing and describing rows the rest",
    )


def _receive_together(stage: Stage, raws: list[bytes]) -> list[Receipt]:
    receipts = receive_messages(raws, actor=stage.switch, at=stage.at, channel=Channel.API)
    if any(receipt.outcome is not IntakeOutcome.ACCEPTED for receipt in receipts):
        raise RuntimeError("A message was not accepted.")
    return receipts


def _receive(stage: Stage, serial: int) -> Receipt:
    """Take in one message that was not there before."""
    receipt = receive_message(
        _raw(stage, serial), actor=stage.switch, at=stage.at, channel=Channel.API
    )
    if receipt.outcome is not IntakeOutcome.ACCEPTED:
        raise RuntimeError(f"A message was not accepted: {receipt.code} {receipt.field}")
    return receipt


def _raw(stage: Stage, serial: int) -> bytes:
    asked = Asked(
        "SAMPLE, PERSON",
        "19800101",
        a_number=f"A{99_000_000 + serial:09}",
        transaction=f"sscn2026{serial:012}",
        encounters=(f"{9_900_000_000 + serial};SAMPLE;PERSON;;19800101;MX;M",),
    )
    return message_of(asked, at=stage.at)


def _newest(model: type[Model]) -> int:
    found = model._default_manager.filter(pk__lt=AWAY).aggregate(key=Max("pk"))["key"]
    return int(found or 0)


def _copies_of_rows_after(before: list[int]) -> list[Statement]:
    """Inserts that write the rows added since *before* once more, as other rows."""
    return [
        (f"INSERT INTO {table} ({names}) VALUES ({', '.join(['%s'] * len(row))})", row)  # noqa: S608
        for table, names, rows in _rows_after(before)
        for row in rows
    ]


def _rows_after(before: list[int]) -> list[Rows]:
    """The rows added since *before*, changed where two rows cannot be the same."""
    found = []
    with connection.cursor() as cursor:
        for model, newest in zip(WRITTEN, before, strict=True):
            table, key = model._meta.db_table, model._meta.pk.column
            cursor.execute(
                f"SELECT * FROM {table} WHERE {key} > %s AND {key} < %s ORDER BY 1",  # noqa: S608
                [newest, AWAY],
            )
            names = [column.name for column in cursor.description if column.name not in OWN]
            places = [
                place for place, column in enumerate(cursor.description) if column.name in names
            ]
            rows = [
                [_changed(name, row[place]) for name, place in zip(names, places, strict=True)]
                for row in cursor.fetchall()
            ]
            found.append((table, ", ".join(map(connection.ops.quote_name, names)), rows))
    return found


def _changed(name: str, value: Any) -> Any:
    """What must differ between a row and its copy."""
    if name in KEYS and value is not None:
        return value + AWAY
    if name == "digest":
        return hashlib.sha256(value).digest()
    if name == "number":
        return f"PLAIN-{value[:18]}"
    return value
