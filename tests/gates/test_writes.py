"""Writes happen in actions, and the clock is read in one place."""

import ast

from tests.support.source import Module, calls, dotted, working_modules

WRITES = {
    "save",
    "create",
    "update",
    "delete",
    "get_or_create",
    "update_or_create",
    "bulk_create",
    "bulk_update",
    "raw",
}
# Where something is written outside an actions.py, and why.
ALSO_WRITE = {
    "acrime/common/outbox.py": "The verbs of the outbox.",
    "accounts/signing_in/lockout.py": "The counter of failures, called by axes.",
    "acrime/iaq/intake.py": "The verbs of receiving a message.",
    "acrime/iar/delivery.py": "The handler of a delivery, run by the outbox.",
    "acrime/bench/figures/audit.py": "The bare write that an audited one is compared with.",
}
# The same words on things that are no rows.
NO_ROWS = {"acrime/iaq/codes.py": {"usable.update"}}

READS_OF_THE_CLOCK = {
    "datetime.now",
    "datetime.utcnow",
    "datetime.today",
    "date.today",
    "timezone.now",
    "timezone.localtime",
    "timezone.localdate",
    "time.time",
    "time.time_ns",
}
SIGNALS = {"django.db.models.signals", "django.dispatch"}
THE_CLOCK = "acrime/common/clock.py"

# Edges: they ask what time it is and pass it down.
EDGES = {
    "views.py",
    "desk_views.py",
    "history_views.py",
    "referral_views.py",
    "api.py",
    "tasks.py",
    "middleware.py",
}
OTHER_EDGES = {
    "accounts/standing/context.py": "Counts down what runs out, for every page.",
    "accounts/models.py": "A person's standing is what it is at the moment it is asked for.",
    "acrime/api/authentication.py": "Checks whether a token has run out, before any view.",
    "acrime/api/problems.py": "Writes down a refusal, after the act and beside every view.",
    "acrime/api/permissions.py": "Writes down a refusal, before any view.",
    "acrime/common/relay.py": "A loop of its own.",
    "acrime/config/home.py": "The view of the start page.",
    "acrime/records/pages.py": "Writes down a refusal, after the act and beside every view.",
}


def test_rows_are_written_by_actions_alone() -> None:
    found = [
        f"{module.place(call)}: {ast.unparse(call.func)}"
        for module in working_modules()
        if module.file != "actions.py" and module.path not in ALSO_WRITE
        for call in _written(module)
        if dotted(call.func) not in NO_ROWS.get(module.path, set())
    ]
    assert not found


def test_the_exceptions_are_still_needed() -> None:
    writing = {module.path for module in working_modules() if any(_written(module))}
    assert ALSO_WRITE.keys() | NO_ROWS.keys() <= writing


def test_one_file_reads_the_clock() -> None:
    found = {
        f"{module.place(call)}: {ast.unparse(call.func)}"
        for module in working_modules()
        if module.path != THE_CLOCK
        for call in calls(module)
        if {dotted(call.func), dotted(call.func).removeprefix("datetime.")} & READS_OF_THE_CLOCK
    }
    assert not found


def test_only_edges_ask_for_the_time() -> None:
    found = [
        module.place(call)
        for module in working_modules()
        if module.file not in EDGES
        and module.path not in OTHER_EDGES
        and "/management/commands/" not in module.path
        for call in calls(module)
        if dotted(call.func) == "clock.now"
    ]
    assert not found


def test_nothing_hangs_on_saving_a_row() -> None:
    """What happens is what an action says: no signals, no work in ``save``."""
    found = []
    for module in working_modules():
        for node in ast.walk(module.tree):
            if isinstance(node, ast.FunctionDef) and node.name in {"save", "delete"}:
                found.append(f"{module.place(node)}: {node.name}")
            if isinstance(node, ast.ImportFrom) and node.module in SIGNALS:
                found.append(f"{module.place(node)}: {node.module}")
    assert not found


def _written(module: Module) -> list[ast.Call]:
    return [
        call
        for call in calls(module)
        if isinstance(call.func, ast.Attribute) and call.func.attr in WRITES
    ]
