"""Writes happen in actions, and the clock is read in one place."""

import ast
import re
from collections.abc import Callable

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
    "acrime/retention/holds/letters.py": "The verbs of letters to custodians.",
    "acrime/individuals/merging/rows.py": "What a merge moves, called by its actions.",
    "acrime/iar/delivering/handler.py": "The handler of a delivery, run by the outbox.",
    "acrime/iaq/research/asking.py": "The verbs of asking systems, and the handler that asks.",
    "acrime/bench/figures/audit.py": "The bare write that an audited one is compared with.",
}
# The same words on things that are no rows.
NO_ROWS = {
    "acrime/demo/papers.py": {"made.save", "picture.save"},
    "acrime/individuals/facts/photographs.py": {"picture.save"},
    "acrime/tips/receiving/attachments.py": {"pdf.save", "plain.save"},
    "acrime/records/family.py": {"found.update"},
}

# Many rows in one statement, which the change history does not see. Each was looked at: the
# table keeps no history, or an event of the same action says what changed.
COPYING = "acrime/common/copying.py"
BULK = {"update", "bulk_create", "bulk_update"}
COPIED = {"copy_rows", "copy_values", "insert_once"}
IN_BULK = {
    "accounts/actions.py": {
        "ApiToken update": "Last use, and revoking, which is an event.",
        "SupervisionLink bulk_create": "Derived from the supervisor, whose change is kept.",
        "User update": "Last use, which is left out of the history.",
    },
    "accounts/signing_in/actions.py": {
        "User update": "Last sign-in and the count of factors; each is an event.",
        "named update": "Failed sign-ins and the lock that follows; each is an event.",
    },
    "accounts/signing_in/lockout.py": {"AccessAttempt update": "The counter of failures."},
    "accounts/standing/reviewing/actions.py": {
        "ReviewItem bulk_create": "Opening a review is an event."
    },
    "acrime/alerts/actions.py": {
        "Alert update": "Derived from events.",
        "rows update": "Derived from events.",
    },
    "acrime/bench/figures/audit.py": {
        "Record update": "Measures a write without a history.",
        "Record bulk_update": "Gives the records of a figure back to their owners.",
    },
    COPYING: {"copy_values type(rows[0])": "What others have it write is listed with them."},
    "acrime/iaq/clocks/actions.py": {"WorkItem bulk_create": "Telling of a clock is an event."},
    "acrime/common/outbox.py": {
        "OutboxMessage bulk_create": "Work in progress.",
        "OutboxMessage update": "Work in progress.",
        "_open update": "Work in progress.",
    },
    "acrime/individuals/merging/actions.py": {
        "MergedRow bulk_create": "Written once; merging is an event of both records.",
    },
    "acrime/individuals/merging/rows.py": {
        "_rows update": "Each row is kept as it was, in the merge; merging is an event.",
    },
    "acrime/iaq/research/asking.py": {
        "SystemHealth update": "How a connected system fares; each answer is an event.",
    },
    "acrime/audit/actions.py": {"copy_values AuditEvent": "The ledger itself."},
    "acrime/records/actions.py": {"copy_rows records": "Opening each of them is an event."},
    "acrime/iaq/volume/actions.py": {
        "InboundMessage update": "How often it came.",
        "IntakeFolder update": "How much waits in a folder; it tells of no record.",
        "copy_rows messages": "Receiving a message is an event.",
        "copy_rows queries": "Opening the record of each is an event.",
        "copy_rows encounters": "Written once with their queries.",
    },
    "acrime/iaq/intake.py": {
        "InboundMessage update": "How often it came.",
        "copy_rows [query]": "Opening its record is an event.",
        "copy_rows encounters_of(parsed, query)": "Written once with its query.",
        "insert_once message": "Receiving a message is an event.",
        "row update": "What became of the message follows from its query.",
    },
    "acrime/individuals/finding/actions.py": {
        "SearchName bulk_create": "Derived from names and dates, whose changes are kept.",
    },
    "routine_uses/actions.py": {
        "DisclosedRecordLink bulk_create": "Part of the accounting, which is append-only.",
        "DisclosedSubject bulk_create": "Part of the accounting, which is append-only.",
    },
    "routine_uses/accounts_of/actions.py": {
        "DisclosedRecordLink bulk_create": "Part of the accounting, which is append-only.",
        "DisclosedSubject bulk_create": "Part of the accounting, which is append-only.",
    },
    "routine_uses/approvals/actions.py": {
        "ApprovedRecord bulk_create": "Append-only; asking for its approval is an event.",
    },
    "routine_uses/versions/actions.py": {
        "OfficialClause bulk_create": "Attached from a file; attaching is an event.",
        "RecordCategory bulk_create": "Loaded from a reviewed file; loading is an event.",
        "RetentionItem bulk_create": "Loaded from a reviewed file; loading is an event.",
        "RoutineUse bulk_create": "Loaded from a reviewed file; loading is an event.",
    },
}

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
    "answer_views.py",
    "center_views.py",
    "desk_views.py",
    "detainer_views.py",
    "hold_views.py",
    "retention_views.py",
    "ncic_views.py",
    "detail_views.py",
    "history_views.py",
    "individual_views.py",
    "program_views.py",
    "record_views.py",
    "referral_views.py",
    "tip_views.py",
    "worklist_views.py",
    "api.py",
    "tasks.py",
    "middleware.py",
}
OTHER_EDGES = {
    "acrime/ncic/hits/context.py": "Counts down what runs, for every page.",
    "accounts/standing/context.py": "Counts down what runs out, for every page.",
    "accounts/models.py": "A person's standing is what it is at the moment it is asked for.",
    "acrime/api/lists.py": "Writes down what a list showed, for the views of several rooms.",
    "acrime/api/authentication.py": "Checks whether a token has run out, before any view.",
    "acrime/api/problems.py": "Writes down a refusal, after the act and beside every view.",
    "acrime/api/permissions.py": "Writes down a refusal, before any view.",
    "acrime/bench/day/run.py": "A synthetic day, whose clock runs faster.",
    "acrime/bench/day/sender.py": "Sends at the moments of a synthetic day.",
    "acrime/bench/day/staff.py": "People of a synthetic day, who act when they act.",
    "acrime/api/health.py": "The view of the health endpoint.",
    "acrime/common/relay.py": "A loop of its own.",
    "acrime/iaq/pages.py": "An act on a query, for every page that has one.",
    "acrime/config/home.py": "The view of the start page.",
    "acrime/records/pages.py": "Writes down a refusal, after the act and beside every view.",
}


def test_rows_are_written_by_actions_alone() -> None:
    found = [
        f"{module.place(call)}: {ast.unparse(call.func)}"
        for module in working_modules()
        if module.file != "actions.py" and module.path not in {*ALSO_WRITE, COPYING}
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
        if (isinstance(call.func, ast.Attribute) and call.func.attr in WRITES)
        or dotted(call.func) in COPIED
    ]


def test_what_the_change_history_does_not_see_was_looked_at() -> None:
    found: dict[str, set[str]] = {}
    for module in working_modules():
        for call in _written(module):
            name = dotted(call.func)
            if name.rpartition(".")[2] in BULK and name in NO_ROWS.get(module.path, set()):
                continue
            if name in COPIED or (isinstance(call.func, ast.Attribute) and call.func.attr in BULK):
                found.setdefault(module.path, set()).add(_what(call))
    assert found == {path: set(whats) for path, whats in IN_BULK.items()}
    assert all(reason.endswith(".") for each in IN_BULK.values() for reason in each.values())


def test_no_action_leaves_half_of_itself_behind() -> None:
    """What writes is one transaction: else the history could tell of a change that failed."""
    found = []
    for module in working_modules():
        if module.file != "actions.py" and module.path not in ALSO_WRITE:
            continue
        functions = {
            node.name: node for node in module.tree.body if isinstance(node, ast.FunctionDef)
        }
        for name, function in functions.items():
            if name.startswith("_") or _is_atomic(function):
                continue
            reached = _reached(function, functions, calls_of=_outside_of_transactions)
            if any(_saves(call) for each in reached for call in _outside_of_transactions(each)):
                found.append(f"{module.path}: {name}")
    assert sorted(found) == sorted(IN_THE_CALLER_S)


# Writes that the change history notes: in bulk it notes none.
NOTED = {"save", "create", "get_or_create", "update_or_create"}
# Run by something that opened the transaction, which a test of its own or the caller says.
IN_THE_CALLER_S = {
    "acrime/alerts/actions.py: note_sent": "The outbox's, when the mail was taken.",
    "acrime/iaq/research/asking.py: ask": "The outbox's, when a system was asked.",
    "acrime/iar/delivering/handler.py: deliver": "The outbox's, when a copy was tried.",
    "routine_uses/actions.py: disclose": "Its caller's: refused without one.",
    "routine_uses/approvals/actions.py: use_approvals": "That of the disclosure.",
    "routine_uses/versions/actions.py: bear_its_name": "That of putting a version in force.",
}

ALLOW_LISTS = re.compile(r"RecordAllowed(?:User|Office)|recordallowed(?:user|office)_set")
BY_GUARDIAN = {"assign_perm", "remove_perm", "bulk_assign_perm", "bulk_remove_perm"}
THE_ALLOW_LISTS = "acrime/records/actions.py"


def test_allow_lists_are_changed_in_one_place_and_never_by_guardian() -> None:
    """Its grants for several people at once leave no trace in any history."""
    changing = {
        module.path
        for module in working_modules()
        if not module.path.startswith("acrime/bench/")
        for call in _written(module)
        if ALLOW_LISTS.search(ast.unparse(call.func))
    }
    assert changing == {THE_ALLOW_LISTS}
    by_guardian = [
        f"{module.path}: {node.name if isinstance(node, ast.alias) else node.attr}"
        for module in working_modules()
        for node in ast.walk(module.tree)
        if (isinstance(node, ast.alias) and node.name in BY_GUARDIAN)
        or (isinstance(node, ast.Attribute) and node.attr in BY_GUARDIAN)
    ]
    assert not by_guardian


def test_each_action_that_changes_an_allow_list_writes_an_event() -> None:
    [module] = [each for each in working_modules() if each.path == THE_ALLOW_LISTS]
    functions = {node.name: node for node in module.tree.body if isinstance(node, ast.FunctionDef)}
    changing, silent = [], []
    for name, function in functions.items():
        if name.startswith("_"):
            continue
        reached = _reached(function, functions)
        text = [ast.unparse(call.func) for each in reached for call in _calls_in(each)]
        if any(ALLOW_LISTS.search(each) and each.endswith(tuple(WRITES)) for each in text):
            changing.append(name)
            if "record_event" not in text:
                silent.append(name)
    assert len(changing) >= 5
    assert not silent


def _what(call: ast.Call) -> str:
    """The table that *call* writes to and how: the chain's beginning and its end."""
    if not isinstance(call.func, ast.Attribute):
        return f"{ast.unparse(call.func)} {ast.unparse(call.args[0])}"
    node: ast.expr = call.func.value
    while isinstance(node, ast.Call | ast.Attribute):
        node = node.func if isinstance(node, ast.Call) else node.value
    return f"{ast.unparse(node)} {call.func.attr}"


def _calls_in(node: ast.AST) -> list[ast.Call]:
    return [each for each in ast.walk(node) if isinstance(each, ast.Call)]


def _reached(
    function: ast.FunctionDef,
    functions: dict[str, ast.FunctionDef],
    *,
    calls_of: Callable[[ast.FunctionDef], list[ast.Call]] = _calls_in,
) -> list[ast.FunctionDef]:
    """*function* and the functions of its module that it calls, by whatever way."""
    reached: dict[str, ast.FunctionDef] = {}
    waiting = [function.name]
    while waiting:
        name = waiting.pop()
        if name in reached:
            continue
        reached[name] = functions[name]
        named = (dotted(call.func) for call in calls_of(functions[name]))
        waiting += [each for each in named if each in functions]
    return list(reached.values())


def _outside_of_transactions(function: ast.FunctionDef) -> list[ast.Call]:
    """What *function* calls without having opened a transaction."""
    if _is_atomic(function):
        return []
    inside = {
        id(call)
        for node in ast.walk(function)
        if isinstance(node, ast.With)
        and any("transaction.atomic" in ast.unparse(item.context_expr) for item in node.items)
        for call in _calls_in(node)
    }
    return [call for call in _calls_in(function) if id(call) not in inside]


def _is_atomic(function: ast.FunctionDef) -> bool:
    return any("transaction.atomic" in ast.unparse(each) for each in function.decorator_list)


def _saves(call: ast.Call) -> bool:
    """Whether *call* writes a row by itself, so that the change history has an entry of it."""
    return isinstance(call.func, ast.Attribute) and call.func.attr in NOTED
