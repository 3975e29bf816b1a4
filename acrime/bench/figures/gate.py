"""What it costs that nothing leaves unaccounted."""

from collections.abc import Callable, Sequence
from typing import Any
from unittest.mock import patch

from django.db import connection, transaction

from acrime.audit.choices import Channel
from acrime.bench.measure import WARM_UP, medians
from acrime.bench.report import Result
from acrime.bench.stage import Stage
from acrime.records.models import Record
from routine_uses import actions
from routine_uses.models import Disclosure
from routine_uses.querysets import fbi_cjis


def disclose(stage: Stage) -> Result:
    """A disclosure through the gate beside a plain insert of the finished row."""
    made = disclosed(stage)
    rows = [_row(made, number=f"PLAIN-{turn}") for turn in range(stage.slow_rounds + WARM_UP)]
    insert = _insert_statement()

    def whole(_: int) -> Disclosure:
        return disclosed(stage)

    def without_document(_: int) -> Disclosure:
        with patch.object(actions, "add_document", _give_document_of(made)):
            return disclosed(stage)

    def plainly(turn: int) -> None:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(insert, rows[turn])

    took, bare, inserted = medians(whole, without_document, plainly, rounds=stage.slow_rounds)
    return Result(
        "gate.disclose",
        took,
        inserted,
        "ms",
        "one disclosure through the gate, sealed document included, and a plain insert of its row "
        f"({1000 / took:.1f} and {1000 / inserted:.0f} a second); without making the document "
        f"{bare:.2f} ms ({1000 / bare:.0f} a second, {bare / inserted:.2f}x)",
    )


def disclosed(stage: Stage) -> Disclosure:
    """An answer to the FBI about one query, disclosed in a transaction of its own."""
    record = Record.objects.visible_to(stage.analyst).order_by("pk")[0]
    with transaction.atomic():
        return actions.disclose(
            actor=stage.analyst,
            at=stage.at,
            records=[actions.DisclosedRecord(record.pk, record.number)],
            recipient=fbi_cjis(),
            paragraph="b3",
            letter="X",
            purpose="FINGERPRINT_QUERY",
            nature="Immigration Alien Response",
            method="ELECTRONIC",
            fields=["NAME", "IMMIGRATION_STATUS", "A_NUMBER"],
            conditions={"fingerprint_based": True},
            program="CRIMINAL",
            channel=Channel.PAGE,
        )


def _give_document_of(made: Disclosure) -> Callable[..., None]:
    def give(disclosure: Disclosure, **_: Any) -> None:
        for name in ("document", "document_sha256", "unsealed_sha256", "certificate_sha256"):
            setattr(disclosure, name, getattr(made, name))

    return give


# Everything but what the database itself fills in.
COLUMNS = [
    field
    for field in Disclosure._meta.concrete_fields
    if not field.primary_key and field.name != "written_at"
]


def _insert_statement() -> str:
    names = ", ".join(connection.ops.quote_name(str(field.column)) for field in COLUMNS)
    places = ", ".join(["%s"] * len(COLUMNS))
    return f"INSERT INTO {Disclosure._meta.db_table} ({names}) VALUES ({places})"  # noqa: S608


def _row(made: Disclosure, *, number: str) -> Sequence[Any]:
    """The values of *made* under another number."""
    return [
        number
        if field.name == "number"
        else field.get_db_prep_save(getattr(made, field.attname), connection)
        for field in COLUMNS
    ]
