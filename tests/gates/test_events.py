"""The ledger's vocabulary: every kind of event is declared once, worded, and used."""

import ast
import re
from importlib import import_module

import pytest
from django.conf import settings

from acrime.audit import events
from acrime.audit.events import EventKind
from acrime.audit.models import AuditEvent
from tests.support.source import calls, dotted, working_modules

# Columns that may be blanked when a record is destroyed; the envelope always stays.
MAY_BE_SHREDDED = {"criteria", "details", "purpose"}


def declarations() -> list[tuple[str, str]]:
    """The constant and the file of every declaration."""
    return [
        (ast.unparse(node.targets[0]), module.path)
        for module in working_modules()
        for node in ast.walk(module.tree)
        if isinstance(node, ast.Assign)
        and isinstance(node.value, ast.Call)
        and dotted(node.value.func) in {"declare", "events.declare"}
    ]


@pytest.mark.parametrize("kind", events.every_kind(), ids=lambda kind: kind.name)
def test_each_kind_says_what_happened(kind: EventKind) -> None:
    assert re.fullmatch(r"[a-z]+(\.[a-z_-]+)+", kind.name)
    assert kind.wording
    assert kind.wording[0].isupper()
    assert not kind.wording.endswith(".")


@pytest.mark.parametrize("kind", events.every_kind(), ids=lambda kind: kind.name)
def test_what_is_shredded_is_a_column_that_may_be(kind: EventKind) -> None:
    assert set(kind.shred) <= MAY_BE_SHREDDED
    assert set(kind.shred) <= {field.name for field in AuditEvent._meta.get_fields()}


def test_kinds_are_declared_in_events_files_and_nowhere_else() -> None:
    assert {path.rpartition("/")[2] for _, path in declarations()} == {"events.py"}
    # A room's kinds are declared once its pages are loaded.
    import_module(settings.ROOT_URLCONF)
    assert len(declarations()) == len(events.every_kind())


def test_each_declared_kind_is_written_somewhere() -> None:
    used = {
        node.attr if isinstance(node, ast.Attribute) else node.id
        for module in working_modules()
        for node in ast.walk(module.tree)
        if isinstance(node, ast.Attribute | ast.Name) and isinstance(node.ctx, ast.Load)
    }
    assert {constant for constant, _ in declarations()} <= used


def test_events_are_written_under_a_declared_constant() -> None:
    """A kind is a constant or a variable that holds one, never words in the middle of code."""
    literal = [
        f"{module.place(call)}: {ast.unparse(keyword.value)}"
        for module in working_modules()
        for call in calls(module)
        if dotted(call.func).rpartition(".")[2] in {"record_event", "access_record", "access_list"}
        for keyword in call.keywords
        if keyword.arg == "kind" and isinstance(keyword.value, ast.Constant)
    ]
    assert not literal


def test_the_ledger_has_one_way_in() -> None:
    writers = {
        module.path
        for module in working_modules()
        for call in calls(module)
        if dotted(call.func).startswith("AuditEvent.objects.create")
        or dotted(call.func) == "AuditEvent"
        or dotted(call.func).startswith("AuditEvent.objects.bulk")
    }
    assert writers == {"acrime/audit/actions.py"}


def test_an_undeclared_kind_cannot_be_written() -> None:
    with pytest.raises(KeyError):
        events.kind("record.dreamt.of")
