"""Of every field of every table it is said what becomes of it when a record is destroyed."""

import tomllib
from collections.abc import Iterator
from dataclasses import fields, replace

import pytest
from django.apps import apps
from django.core.checks import run_checks
from django.db import connection, models
from django.db.models import Q

from acrime.audit.events import every_kind
from acrime.common import fates
from acrime.common.fates import MEANINGS, Fate, Table
from acrime.config.environment import Environment
from acrime.records.models import Record
from acrime.retention.fates.register import faults, undeclared_columns
from tests.support.holds import World
from tests.support.source import ROOT

# Rows that are of no record until somebody settles or answers them.
OF_NO_RECORD_YET = {
    "acrime.InboundMessage": "A message on the desk.",
    "acrime.InboundReply": "A reply that fits no response.",
    "acrime.PersonSearch": "A search for somebody to be entered.",
}
COLUMNS = """
    SELECT relname, attname FROM pg_attribute
    JOIN pg_class ON pg_class.oid = attrelid
    WHERE relkind IN ('r', 'p') AND NOT relispartition AND attnum > 0 AND NOT attisdropped
    AND relnamespace = 'public'::regnamespace
    ORDER BY relname, attname
"""


def test_nothing_is_left_unsaid() -> None:
    assert faults() == []


@pytest.mark.django_db
def test_nothing_of_the_database_is_left_unsaid() -> None:
    """Tables without a model and columns that a migration added by hand, too."""
    with connection.cursor() as cursor:
        cursor.execute(COLUMNS)
        columns = cursor.fetchall()
    assert len(columns) > 1000
    assert undeclared_columns(iter(columns)) == []
    invented = [("record", "nickname_of_a_migration"), ("sold_to_a_friend", "id")]
    assert len(undeclared_columns(iter([("audit_event", "note"), *invented]))) == 2


def test_every_place_outside_the_database_is_said() -> None:
    """What the environment names a file or a folder by."""
    holds_paths = {
        field.name
        for field in fields(Environment)
        if "Path" in str(field.type) or "Mail" in str(field.type) or field.name == "connectors"
    }
    assert {each.setting for each in fates.stores()} == holds_paths
    assert all(each.why for each in fates.stores())


def test_what_stays_names_its_schedule_and_why() -> None:
    own = tomllib.loads((ROOT / "routine_uses/reference/own_records.toml").read_text("utf-8"))
    codes = {item["code"] for item in own["retention"]}
    for table in fates.tables().values():
        if table.fate == Fate.OTHER:
            assert table.schedule in codes, table.label
        if table.fate != Fate.GONE:
            assert table.why, table.label
    assert set(MEANINGS) == set(Fate)


def test_what_is_emptied_in_the_ledger_is_what_kinds_of_events_shred() -> None:
    table = fates.tables()["acrime.AuditEvent"]
    emptied = {name for name, fate in table.fields.items() if fate == Fate.BLANKED}
    assert {column for kind in every_kind() for column in kind.shred} <= emptied


def test_personal_values_go_with_their_rows() -> None:
    """A sealed column holds what somebody wrote: it goes, or a schedule of its own keeps it."""
    for table, name, fate in every_field():
        if "Sealed" in type(table._meta.get_field(name)).__name__:
            assert fate in (Fate.GONE, Fate.BLANKED, Fate.OTHER, Fate.APART), name
    # Among those apart are rules and papers about no record alone.
    apart = {
        model._meta.label
        for model, name, fate in every_field()
        if fate == Fate.APART and "Sealed" in type(model._meta.get_field(name)).__name__
    }
    assert apart == {"acrime.AuthorityDocument", "acrime.SamplingRate"}


def every_field() -> Iterator[tuple[type[models.Model], str, Fate | None]]:
    for label, table in fates.tables().items():
        model = apps.get_model(label)
        for field in model._meta.local_fields:
            yield model, field.name, table.of(field.name)


# --- A register that does not fit is refused -------------------------------------------------


QUERY = "acrime.StatusQuery"


@pytest.mark.parametrize(
    ("label", "table", "said"),
    [
        (QUERY, None, "acrime.StatusQuery: nobody said"),
        ("acrime.Nothing", Table("acrime.Nothing", Fate.APART), "there is no such table"),
        (QUERY, Table(QUERY, Fate.GONE), "by which way its rows are found"),
        (QUERY, Table(QUERY, Fate.GONE, by=("message",)), "message leads to no record"),
        (QUERY, Table(QUERY, Fate.GONE, by=("nowhere",)), "nowhere leads to no record"),
        (QUERY, Table(QUERY, Fate.GONE, last="nowhere"), "no nowhere after which"),
        (QUERY, Table(QUERY, Fate.GONE, by=("record",)), ".message: is it emptied"),
        (QUERY, Table(QUERY, Fate.APART, why="x"), ".record: it points to what is destroyed"),
        (QUERY, Table(QUERY, Fate.OTHER, schedule="AUDIT"), ".remarks: nobody said"),
        (
            QUERY,
            Table(QUERY, Fate.GONE, by=("record",), fields={"message": Fate.BLANKED}),
            ".message: it cannot be emptied",
        ),
        (
            QUERY,
            Table(
                QUERY,
                Fate.GONE,
                by=("record",),
                fields={"message": Fate.BESIDE, "nickname": Fate.BLANKED},
            ),
            ".nickname: there is no such field",
        ),
    ],
)
def test_what_does_not_fit_is_told(
    label: str, table: Table | None, said: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    if table is None:
        monkeypatch.delitem(fates._tables, label)
    else:
        monkeypatch.setitem(fates._tables, label, table)
    assert [fault for fault in faults() if said in fault]
    # The portal does not start with it.
    assert [message for message in run_checks() if said in str(message.msg)]


def test_a_new_field_of_what_stays_has_to_be_named(monkeypatch: pytest.MonkeyPatch) -> None:
    table = fates.tables()["acrime.Hold"]
    fewer = {name: fate for name, fate in table.fields.items() if name != "reason"}
    monkeypatch.setitem(fates._tables, "acrime.Hold", replace(table, fields=fewer))
    [fault] = faults()
    assert fault.startswith("acrime.Hold.reason: nobody said")


def test_a_file_on_the_disk_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    field = apps.get_model("acrime.TipFile")._meta.get_field("content")
    monkeypatch.setattr(field, "__class__", models.FileField)
    assert [fault for fault in faults() if fault.startswith("acrime.TipFile.content: a file")]


def test_nothing_is_declared_twice(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(fates, "_tables", {})
    fates.apart("acrime.Call", why="x")
    with pytest.raises(ValueError, match="declared already"):
        fates.destroyed("acrime.Call", "record")
    with pytest.raises(ValueError, match="declared twice"):
        fates.destroyed("acrime.Hold", "record", needed="matter", beside="matter")


# --- The ways lead to the rows ---------------------------------------------------------------


@pytest.mark.django_db
def test_every_row_is_found_by_a_record_that_it_goes_with(world: World) -> None:
    """By the ways of the register each row belongs to some record, or to none by design."""
    found = 0
    for label, table in fates.tables().items():
        if table.fate != Fate.GONE or not table.by or table.by == ("record_numbers",):
            continue
        rows = apps.get_model(label)._base_manager
        leads = Q()
        for way in table.by:
            leads |= Q(**{f"{way}__isnull": False})
        if label not in OF_NO_RECORD_YET:
            assert not rows.exclude(leads).exists(), label
        found += rows.filter(leads).exists()
    assert found >= 25


@pytest.mark.django_db
def test_all_that_hangs_on_a_record_is_found(world: World) -> None:
    """By foreign keys alone, from each record down, nothing is met that is not declared."""
    for record in Record.objects.order_by("pk"):
        for model, keys in hanging_on(record).items():
            table = fates.tables()[model._meta.label]
            if table.fate != Fate.GONE or not table.by:
                continue
            mine = Q()
            for way in table.by:
                mine |= Q(**{way: record.pk})
            declared = set(
                model._base_manager.filter(mine).order_by("pk").values_list("pk", flat=True)
            )
            assert keys <= declared, (record.number, model._meta.label)


def hanging_on(record: Record) -> dict[type[models.Model], set[int]]:
    """What points to *record*, what points to that, and so on; not what goes with others."""
    found: dict[type[models.Model], set[int]] = {}
    todo: list[tuple[type[models.Model], set[int]]] = [(Record, {record.pk})]
    while todo:
        model, keys = todo.pop()
        for relation in model._meta.related_objects:
            below, field = relation.related_model, relation.field
            assert isinstance(below, type)
            if belongs_elsewhere(below, field.name):
                continue
            met = set(
                below._base_manager.filter(**{f"{field.name}__in": keys})
                .order_by("pk")
                .values_list("pk", flat=True)
            )
            fresh = met - found.get(below, set())
            if fresh:
                found.setdefault(below, set()).update(fresh)
                todo.append((below, fresh))
    return found


def belongs_elsewhere(model: type[models.Model], name: str) -> bool:
    """Whether a row goes with another record than the one that its field *name* leads to."""
    table = fates.tables()[model._meta.label]
    if table.fate != Fate.GONE:
        return True
    return table.of(name) in (Fate.BLANKED, Fate.NEEDED, Fate.BESIDE) or (
        bool(table.by) and not any(way.split("__")[0] == name for way in table.by)
    )
