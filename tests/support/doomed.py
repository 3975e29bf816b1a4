"""A web process or worker that dies, or whose database dies, at a step that the test names.

Run as a program: it works once by itself, to have loaded what it needs, and then, for each
order on its standard input (a line of JSON), forks a process that does the work. The steps are
the statements that the work sends to the database and its commits, counted here and not in
the product. What the process did is told by a line of JSON; one that was killed tells nothing,
and its end is told.
"""

import json
import os
import signal
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any, NoReturn

import django

WEB, DATABASE = "web", "database"


def main() -> None:
    """Serve orders until there are no more."""
    django.setup()
    _tell({"ready": True})
    for line in sys.stdin:
        order = json.loads(line)
        if order["act"] == "warm up":
            _warm_up(order)
            _tell({"ended": 0})
            continue
        child = os.fork()
        if child == 0:
            _work(order)
        _, status = os.waitpid(child, 0)
        _tell({"ended": os.waitstatus_to_exitcode(status)})


def _warm_up(order: dict[str, Any]) -> None:
    """Do the work once in this process, so that those it forks have loaded what they need."""
    from django.db import connection

    _take_place(order)
    _release(order)
    _deliver(order)
    connection.close()


def _take_place(order: dict[str, Any]) -> None:
    from django.conf import settings
    from django.db import connection

    connection.settings_dict["NAME"] = order["database"]
    settings.SPOOL_FOLDER = Path(order["spool"])


def _work(order: dict[str, Any]) -> NoReturn:
    _take_place(order)
    steps = Steps(die_before=order.get("die_before"), victim=order.get("victim", WEB))
    steps.watch()
    code = 0
    try:
        answer = _ACTS[order["act"]](order)
    except Exception as error:  # noqa: BLE001  # the test looks at what is left, not at this
        answer, code = type(error).__name__, 1
    _tell({"steps": steps.taken, "answer": answer})
    # Nothing of the program that forked it is tidied up here.
    os._exit(code)


def _release(order: dict[str, Any]) -> str:
    """What a browser sends when a person releases: the whole way through the portal."""
    from django.test import Client

    browser = Client(raise_request_exception=False)
    browser.cookies["sessionid"] = order["session"]
    return str(browser.post(order["path"], order["given"]).status_code)


def _deliver(order: dict[str, Any]) -> str:
    """What relay and worker do, after the claims of *order's* dead ones have run out."""
    from acrime.common import clock, outbox

    later = clock.now() + 2 * order.get("claims", 1) * outbox.CLAIM
    while due := outbox.claim_due(at=later):
        for message in due:
            outbox.consume(message, at=later)
    return "delivered"


def _begin_again(order: dict[str, Any]) -> str:
    """What happens after a crash: the person tries again, and relay and worker go on."""
    _release(order)
    return _deliver(order | {"claims": 2})


_ACTS: dict[str, Callable[[dict[str, Any]], str]] = {
    "release": _release,
    "deliver": _deliver,
    "begin again": _begin_again,
}


class Steps:
    """Counts what is sent to the database, and kills before the step with a certain number."""

    def __init__(self, *, die_before: int | None, victim: str) -> None:
        self.taken: list[str] = []
        self._die_before = die_before
        self._victim = victim

    def watch(self) -> None:
        """Count from now on."""
        import psycopg
        from django.db import connection

        # Every cursor is one of these, Django's own and those that prepare.
        cursors: Any = psycopg.Cursor
        for name in ("execute", "executemany"):
            setattr(cursors, name, self._counting(getattr(cursors, name)))
        commit = connection._commit  # type: ignore[attr-defined]

        def counted() -> Any:
            self._step("COMMIT")
            return commit()

        connection._commit = counted  # type: ignore[attr-defined]

    def _counting(self, send: Callable[..., Any]) -> Callable[..., Any]:
        def counted(cursor: Any, statement: Any, *given: Any, **named: Any) -> Any:
            self._step(" ".join(str(statement).split())[:80])
            return send(cursor, statement, *given, **named)

        return counted

    def _step(self, what: str) -> None:
        if len(self.taken) == self._die_before:
            if self._victim == WEB:
                os.kill(os.getpid(), signal.SIGKILL)
            kill_server(Path(os.environ["DOOMED_SERVER"]))
        self.taken.append(what)


def kill_server(folder: Path) -> None:
    """SIGKILL, to the database server on *folder* and all its processes at once."""
    lock = (folder / "postmaster.pid").read_text(encoding="utf-8")
    postmaster = int(lock.split("\n")[0])
    processes = [postmaster, *_children(postmaster)]
    for process in processes:
        os.kill(process, signal.SIGKILL)


def _children(parent: int) -> list[int]:
    found = []
    for entry in Path("/proc").iterdir():
        if not entry.name.isdigit():
            continue
        try:
            state = (entry / "stat").read_text(encoding="utf-8").rpartition(")")[2].split()
        except OSError:
            continue  # It ended meanwhile.
        if int(state[1]) == parent:
            found.append(int(entry.name))
    return found


def _tell(what: dict[str, Any]) -> None:
    os.write(1, json.dumps(what).encode() + b"\n")


if __name__ == "__main__":
    main()
