"""What it costs to take in a message whole, once, and with everything written down."""

import hashlib
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
from acrime.iaq.models import Encounter, InboundMessage, StatusQuery
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


def _receive(stage: Stage, serial: int) -> Receipt:
    """Take in one message that was not there before."""
    asked = Asked(
        "SAMPLE, PERSON",
        "19800101",
        a_number=f"A{99_000_000 + serial:09}",
        transaction=f"sscn2026{serial:012}",
        encounters=(f"{9_900_000_000 + serial};SAMPLE;PERSON;;19800101;MX;M",),
    )
    raw = message_of(asked, at=stage.at)
    receipt = receive_message(raw, actor=stage.switch, at=stage.at, channel=Channel.API)
    if receipt.outcome is not IntakeOutcome.ACCEPTED:
        raise RuntimeError(f"A message was not accepted: {receipt.code} {receipt.field}")
    return receipt


def _newest(model: type[Model]) -> int:
    found = model._default_manager.aggregate(key=Max("pk"))["key"]
    return int(found or 0)


def _copies_of_rows_after(before: list[int]) -> list[Statement]:
    """Inserts that write the rows added since *before* once more, as other rows."""
    statements = []
    with connection.cursor() as cursor:
        for model, newest in zip(WRITTEN, before, strict=True):
            table, key = model._meta.db_table, model._meta.pk.column
            cursor.execute(f"SELECT * FROM {table} WHERE {key} > %s ORDER BY 1", [newest])  # noqa: S608
            names = [column.name for column in cursor.description]
            for row in cursor.fetchall():
                statements.append(_insert(table, dict(zip(names, row, strict=True))))
    return statements


def _insert(table: str, row: dict[str, Any]) -> Statement:
    copy = {name: _changed(name, value) for name, value in row.items() if name not in OWN}
    names = ", ".join(connection.ops.quote_name(name) for name in copy)
    places = ", ".join(["%s"] * len(copy))
    return f"INSERT INTO {table} ({names}) VALUES ({places})", list(copy.values())  # noqa: S608


def _changed(name: str, value: Any) -> Any:
    """What must differ between a row and its copy."""
    if name in KEYS and value is not None:
        return value + AWAY
    if name == "digest":
        return hashlib.sha256(value).digest()
    if name == "number":
        return f"PLAIN-{value[:18]}"
    return value
