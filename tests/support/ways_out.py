"""Every way by which something could leave: found in the portal itself, not in a list.

A way has a name such as ``topic:iar.deliver`` or ``http:acrime.iar.delivery.call_receiver``.
Addresses, topics and commands are asked of the running portal; calls, e-mails, files and
programs are found in its source.
"""

import ast
from collections.abc import Iterable, Iterator
from typing import Any

from django.core.management import get_commands

from accounts.choices import Role
from accounts.guards import PEOPLE, DeclaredUrl, every_url
from acrime.common import outbox
from tests.support.source import PACKAGES, Module, dotted, working_modules

# What a call's full name begins with, by the kind of way.
_MAIL = ("django.core.mail.", "smtplib.")
_HTTP = ("httpx.", "requests.", "urllib.request.", "http.client.", "socket.", "aiohttp.")
_PROGRAM = ("subprocess.", "os.system", "os.popen", "os.exec", "os.spawn", "asyncio.create_sub")
# Writes what it is given: whoever calls it is the way.
_FILES = "acrime.common.files"
_FILE = ("os.open", "os.fdopen", "tempfile.", "shutil.", "django.core.files.storage.", _FILES)
_STREAMS = ("django.http.FileResponse", "django.http.StreamingHttpResponse")
_DISCLOSE = "routine_uses.actions.disclose"
ATTACHMENT = "Content-Disposition"

# Nested functions belong to the one around them.
_Function = ast.FunctionDef | ast.AsyncFunctionDef


def found() -> dict[str, str]:
    """Every way of the portal, and where it is."""
    ways = {f"url:{url.name}": url.route for url in every_url() if is_open_outside(url)}
    ways |= {f"topic:{topic}": "outbox" for topic in outbox.topics()}
    ours = {name for name, app in get_commands().items() if app in PACKAGES}
    ways |= {f"command:{name}": "manage.py" for name in ours}
    for module in working_modules():
        if module.name == _FILES:
            continue
        ways |= dict(ways_of(module))
    return ways


def is_open_outside(url: DeclaredUrl) -> bool:
    """Whether anybody but signed-in people of the agency may use *url*."""
    if url.access is None or url.access.public:
        return True
    return bool((url.access.read | url.access.write) - PEOPLE) or url.access.api


def machines_of(url: DeclaredUrl) -> bool:
    """Whether other systems may use *url*."""
    return url.access is not None and Role.INTERFACE in url.access.read | url.access.write


def ways_of(module: Module) -> Iterator[tuple[str, str]]:
    """The ways in the source of one file: calls, e-mails, files, programs and sent files."""
    names = imported(module)
    for function, node in _nodes(module):
        kind = _kind(node, names)
        if kind:
            yield f"{kind}:{module.name}.{function}", f"{module.path}:{node.lineno}"


def reaches_disclose(function: str, modules: Iterable[Module]) -> bool:
    """Whether *function*, by its full name, calls ``disclose``, itself or within its file."""
    home, _, name = function.rpartition(".")
    return any(_calls(module, name, _DISCLOSE, set()) for module in modules if module.name == home)


def enqueuers(topic: str, modules: Iterable[Module]) -> dict[str, bool]:
    """The functions that put messages of *topic* into the outbox.

    And whether each is called, within its file, by one that discloses.
    """
    constants = {
        f"{module.name}.{target.id}": node.value.value
        for module in modules
        for node in module.tree.body
        if isinstance(node, ast.Assign) and isinstance(node.value, ast.Constant)
        for target in node.targets
        if isinstance(target, ast.Name)
    }
    senders: dict[str, bool] = {}
    for module in modules:
        names = imported(module)
        for function, node in _nodes(module):
            if not isinstance(node, ast.Call):
                continue
            if not _full(node.func, names).startswith("acrime.common.outbox.enqueue"):
                continue
            [given] = [word.value for word in node.keywords if word.arg == "topic"]
            full = _full(given, names) if isinstance(given, ast.Name | ast.Attribute) else ""
            value = getattr(given, "value", None) if isinstance(given, ast.Constant) else None
            # A name that is not imported is the file's own.
            meant = constants.get(full) or constants.get(f"{module.name}.{full}") or value
            if meant == topic:
                senders[f"{module.name}.{function}"] = _is_within_a_release(module, function)
    return senders


def imported(module: Module) -> dict[str, str]:
    """What each imported name of *module* stands for, in full."""
    names: dict[str, str] = {}
    for node in ast.walk(module.tree):
        if isinstance(node, ast.Import):
            for each in node.names:
                names[each.asname or each.name.partition(".")[0]] = (
                    each.name if each.asname else each.name.partition(".")[0]
                )
        elif isinstance(node, ast.ImportFrom) and node.module:
            for each in node.names:
                names[each.asname or each.name] = f"{node.module}.{each.name}"
    return names


def _kind(node: ast.AST, names: dict[str, str]) -> str:
    if isinstance(node, ast.Constant) and node.value == ATTACHMENT:
        return "answer"
    if not isinstance(node, ast.Call):
        return ""
    full = _full(node.func, names)
    for kind, beginnings in (("mail", _MAIL), ("http", _HTTP), ("program", _PROGRAM)):
        if full.startswith(beginnings):
            return kind
    if full.startswith(_STREAMS):
        return "answer"
    return "file" if full.startswith(_FILE) or _writes(node, full) else ""


def _writes(call: ast.Call, full: str) -> bool:
    """Whether a call writes a file: ``write_text``, or ``open`` with a mode that writes."""
    last = call.func.attr if isinstance(call.func, ast.Attribute) else full
    if last in {"write_text", "write_bytes"}:
        return True
    if last != "open":
        return False
    # Path.open has its mode first, the built-in one second.
    place = 0 if isinstance(call.func, ast.Attribute) else 1
    given = [word.value for word in call.keywords if word.arg == "mode"] + call.args[place:][:1]
    modes = [each.value for each in given if isinstance(each, ast.Constant)]
    return any(isinstance(mode, str) and set(mode) & set("wax+") for mode in modes)


def _full(node: ast.expr, names: dict[str, str]) -> str:
    head, dot, rest = dotted(node).partition(".")
    return f"{names.get(head, head)}{dot}{rest}"


def _nodes(module: Module) -> Iterator[tuple[str, Any]]:
    """Every node with the name of the function, or of the class and method, it stands in."""
    for statement in module.tree.body:
        if isinstance(statement, ast.ClassDef):
            for part in statement.body:
                name = part.name if isinstance(part, _Function) else "class body"
                yield from ((f"{statement.name}.{name}", node) for node in ast.walk(part))
        else:
            name = statement.name if isinstance(statement, _Function) else "module"
            yield from ((name, node) for node in ast.walk(statement))


def _functions(module: Module) -> dict[str, set[str]]:
    """What each function of *module* calls, by full names; its own by their bare names."""
    names = imported(module)
    called: dict[str, set[str]] = {}
    for function, node in _nodes(module):
        if isinstance(node, ast.Call):
            called.setdefault(function, set()).add(_full(node.func, names))
    return called


def _calls(module: Module, function: str, wanted: str, seen: set[str]) -> bool:
    called = _functions(module).get(function, set())
    if wanted in called:
        return True
    seen.add(function)
    return any(_calls(module, each, wanted, seen) for each in called - seen)


def _is_within_a_release(module: Module, function: str) -> bool:
    return any(
        _calls(module, each, _DISCLOSE, set()) and (each == function or function in called)
        for each, called in _functions(module).items()
    )
