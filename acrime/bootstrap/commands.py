"""The commands behind the Makefile."""

import os
import signal
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from acrime.bootstrap import packages
from acrime.bootstrap.database import throw_away_server
from acrime.bootstrap.environment import test_environment
from acrime.bootstrap.places import VAR, VENV_PYTHON
from acrime.bootstrap.processes import call, lock
from acrime.bootstrap.report import SetupRefused, say


def main(arguments: Sequence[str]) -> int:
    """Run one command and return its exit code; a refusal is shown without a traceback."""
    # Being asked to stop ends a command the way Ctrl-C does: servers are stopped on the way.
    for asked in (signal.SIGTERM, signal.SIGHUP):
        signal.signal(asked, lambda number, _: sys.exit(128 + number))
    name, *rest = arguments or [""]
    if name not in COMMANDS:
        say(f"Usage: python3 -m acrime.bootstrap {{{','.join(COMMANDS)}}} [arguments]")
        return 2
    try:
        return COMMANDS[name](rest)
    except SetupRefused as refusal:
        say(f"\nStopped: {refusal}")
        return 1
    except PermissionError as error:
        say(f"\nStopped: {error.filename} is closed to this user. Was it made by another one?")
        return 1
    except KeyboardInterrupt:
        say("\nStopped.")
        return 130


def prepare(*listings: str) -> None:
    """Set up what every command needs: the Python environment and *listings* of packages."""
    with lock(VAR / "setup.lock", waiting="  Another set-up is at work here; waiting for it ..."):
        packages.ensure_venv()
        for listing in listings:
            packages.install_requirements(listing)
        packages.ensure_pdf_libraries()
        if "dev" in listings:
            packages.ensure_browser()


@contextmanager
def a_test_database() -> Iterator[tuple[str, Path]]:
    """The database server of a test run: the person's own or a throw-away one."""
    if url := os.environ.get("DATABASE_URL"):
        folder = VAR / "test"
        folder.mkdir(parents=True, exist_ok=True)
        yield url, folder
        return
    with throw_away_server() as given:
        yield given


def test(arguments: Sequence[str]) -> int:
    """Run pytest with *arguments* on a throw-away database; returns pytest's exit code."""
    prepare("base", "dev")
    with a_test_database() as (url, folder):
        return call(
            [VENV_PYTHON, "-m", "pytest", "-n", "2", "--dist", "loadgroup", *arguments],
            environment=test_environment(database_url=url, folder=folder),
        )


COMMANDS: dict[str, Callable[[Sequence[str]], int]] = {"test": test}
