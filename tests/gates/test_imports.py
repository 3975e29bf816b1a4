"""Imports run one way: a room knows the rooms below it and no other."""

import ast
from collections.abc import Iterator

from tests.support.source import ROOT, Module, modules, working_modules

# From low to high. Everybody writes to the ledger and to the accounting, so they lie low.
ORDER = (
    ("acrime.common",),
    ("acrime.audit",),
    ("accounts",),
    ("routine_uses",),
    ("acrime.records",),
    ("acrime.retention",),
    ("acrime.individuals",),
    ("acrime.alerts",),
    ("acrime.iaq",),
    ("acrime.iar",),
    ("acrime.oversight",),
    ("acrime.ncic", "acrime.calls", "acrime.tips", "acrime.detainers"),
    ("acrime.foia",),
    ("acrime.reports",),
    ("acrime.api",),
    ("acrime.demo",),
    ("acrime.bench",),
    ("acrime.config",),
)
LEVELS = {room: level for level, rooms in enumerate(ORDER) for room in rooms}

# Files that put rooms together rather than being in one: Django looks for them here.
WIRING = ("acrime/__init__.py", "acrime/apps.py", "acrime/models.py")
WIRING_FOLDERS = ("acrime/management/", "acrime/templatetags/")

# Files that translate between a room and the outside.
TRANSLATING = {
    "addresses.py",
    "api.py",
    "desk_views.py",
    "detail_views.py",
    "exports.py",
    "forms.py",
    "history_views.py",
    "middleware.py",
    "pages.py",
    "referral_views.py",
    "prints.py",
    "tasks.py",
    "urls.py",
    "views.py",
}
FOR_TRANSLATING = ("accounts.guards", "accounts.sessions")

THE_CLOCK = "acrime.common.clock"


def room_of(name: str) -> str | None:
    """The room that the dotted *name* lies in, or None outside every room."""
    return next((room for room in LEVELS if name == room or name.startswith(f"{room}.")), None)


def imports(module: Module) -> Iterator[tuple[ast.stmt, str]]:
    """What *module* imports when it runs; imports for the type checker alone are left out."""
    for node in _running(module.tree):
        if isinstance(node, ast.Import):
            for alias in node.names:
                yield node, alias.name
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{module.place(node)}: imports here name the whole path"
            for alias in node.names:
                yield node, f"{node.module}.{alias.name}"


def _running(tree: ast.AST) -> Iterator[ast.stmt]:
    for child in ast.iter_child_nodes(tree):
        if isinstance(child, ast.If) and "TYPE_CHECKING" in ast.unparse(child.test):
            continue
        if isinstance(child, ast.stmt):
            yield child
        yield from _running(child)


IN_ROOMS = [
    module
    for module in working_modules()
    if module.path not in WIRING and not module.path.startswith(WIRING_FOLDERS)
]


def test_every_room_has_its_place_in_the_order() -> None:
    on_disk = {
        f"acrime.{folder.name}"
        for folder in (ROOT / "acrime").iterdir()
        if (folder / "__init__.py").is_file()
    }
    no_rooms = {"acrime.bootstrap", "acrime.management", "acrime.migrations", "acrime.templatetags"}
    assert on_disk - no_rooms <= LEVELS.keys()


def test_a_room_imports_no_room_above_it() -> None:
    upward = []
    for module in IN_ROOMS:
        own = room_of(module.name)
        assert own is not None, f"{module.path} is in no room"
        for node, name in imports(module):
            other = room_of(name)
            if other is None or other == own or LEVELS[other] < LEVELS[own]:
                continue
            if module.file in TRANSLATING and name.startswith(FOR_TRANSLATING):
                continue
            upward.append(f"{module.place(node)}: {own} reaches up to {name}")
    assert not upward


def test_only_translating_files_know_who_may_open_what() -> None:
    """Actions and rules are told who acts; they do not ask which URL is open to whom."""
    knowing = TRANSLATING | {"context.py", "guards.py", "sessions.py"}
    found = [
        f"{module.place(node)}: {name}"
        for module in IN_ROOMS
        if module.file not in knowing
        and room_of(module.name) not in ("acrime.api", "acrime.config")
        for node, name in imports(module)
        if name.startswith(FOR_TRANSLATING)
    ]
    assert not found


def test_rules_know_neither_database_nor_clock() -> None:
    found = [
        f"{module.place(node)}: {name}"
        for module in IN_ROOMS
        if module.file == "policy.py"
        for node, name in imports(module)
        if name.startswith(("django.db", "django.conf", "django.utils.timezone", THE_CLOCK))
    ]
    assert not found


def test_codes_know_no_tables() -> None:
    found = [
        f"{module.place(node)}: {name}"
        for module in IN_ROOMS
        if module.file == "choices.py"
        for node, name in imports(module)
        if ".models." in name and not name.startswith("django.db.models")
    ]
    assert not found


def test_actions_and_reads_are_told_the_time_and_know_no_request() -> None:
    # The ledger notes the address of a request's peer, so it is shown the request.
    found = [
        f"{module.place(node)}: {name}"
        for module in IN_ROOMS
        if module.file in {"actions.py", "querysets.py"} and module.name != "acrime.audit.actions"
        for node, name in imports(module)
        if name.startswith(
            (THE_CLOCK, "django.http", "django.shortcuts", "django.contrib.messages")
        )
    ]
    assert not found


def test_set_up_needs_no_django() -> None:
    """It runs before anything is installed; only its fill step runs inside the portal."""
    found = [
        f"{module.place(node)}: {name}"
        for module in modules()
        if module.path.startswith("acrime/bootstrap/") and module.file != "fill.py"
        for node, name in imports(module)
        if name.startswith(("django", "accounts", "routine_uses"))
        or (name.startswith("acrime.") and not name.startswith("acrime.bootstrap"))
    ]
    assert not found
