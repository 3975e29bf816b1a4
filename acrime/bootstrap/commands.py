"""The commands behind the Makefile."""

import os
import shutil
import signal
import sys
import tempfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path

from acrime.bootstrap import packages, portal
from acrime.bootstrap.assets import ensure_uswds
from acrime.bootstrap.database import Server, throw_away_server
from acrime.bootstrap.environment import ensure_env_file, environment_for_tests
from acrime.bootstrap.places import ENV_FILE, LOGS, MANAGE, PYTHON, REQUIREMENTS, ROOT, VAR
from acrime.bootstrap.processes import call, lock, run_logged
from acrime.bootstrap.report import SetupRefused, say, step

# The database of a throw-away server that each process of a test run copies.
TEMPLATE = "acrime_tables"
# The database of a simulated day.
DAY = "acrime_day"


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
    except OSError as error:
        say(f"\nStopped: {error}")
        return 1
    except KeyboardInterrupt:
        say("\nStopped.")
        return 130


def prepare(*listings: str, browser: bool = False) -> None:
    """Set up what is missing: the Python environment, packages, libraries, the design system.

    Args:
        listings: the lists of requirements/ to install.
        browser: whether a Chromium is needed too.
    """
    with lock(VAR / "setup.lock", waiting="  Another set-up is at work here; waiting for it ..."):
        packages.ensure_venv()
        for listing in listings:
            packages.install_requirements(listing)
        packages.ensure_pdf_libraries()
        ensure_uswds()
        if browser:
            packages.ensure_browser()


def assets(_: Sequence[str]) -> int:
    """Fetch the design system where it is missing; for a server that is set up by hand."""
    ensure_uswds()
    return 0


def run(_: Sequence[str]) -> int:
    """Set up and serve the portal until asked to stop."""
    address = portal.Address.from_environment()
    with portal.only_here(VAR / "run.lock", about=f"{address} (process {os.getpid()})"):
        portal.refuse_taken_port(address)
        say(f"Setting up the portal in {ROOT}")
        prepare("base")
        with portal.database() as (environment, look_after):
            portal.fill(environment)
            portal.serve(address, environment, look_after=look_after)
    say("The portal has stopped. Its data are kept.")
    return 0


def test(arguments: Sequence[str]) -> int:
    """Run pytest with *arguments* on a throw-away database; returns pytest's exit code."""
    prepare("base", "dev", browser=True)
    with for_tests(tables=True) as environment:
        return call(
            [PYTHON, "-m", "pytest", "-n", "2", "--dist", "worksteal", *arguments],
            environment=environment,
        )


@contextmanager
def for_tests(*, tables: bool = False) -> Iterator[Mapping[str, str]]:
    """The environment of a test run, on the person's own server or on a throw-away one.

    Args:
        tables: whether to make the tables beforehand, for every process of the run to copy;
            on a server of the person's own each makes them by itself.
    """
    if url := os.environ.get("DATABASE_URL"):
        folder = VAR / "test"
        folder.mkdir(parents=True, exist_ok=True)
        yield environment_for_tests(database_url=url, folder=folder)
        return
    with throw_away_server() as (server, folder):
        if tables:
            _make_tables(server, folder)
        yield environment_for_tests(
            database_url=server.url, folder=folder, template=TEMPLATE if tables else ""
        )


def _make_tables(server: Server, folder: Path) -> None:
    """See that the database that tests copy has the tables of the migrations as they are now."""
    made_by = [*ROOT.glob("*/migrations/*.py"), *REQUIREMENTS.glob("*.txt")]
    stamp = packages.Stamp(server.folder / "tables.stamp", of=sorted(made_by))
    if stamp.is_current():
        return
    with step("Tables for tests"):
        server.renew_database(TEMPLATE)
        environment = environment_for_tests(database_url=server.url_of(TEMPLATE), folder=folder)
        run_logged(
            [*MANAGE, "migrate", "--skip-checks"],
            log=folder / "tables.log",
            failure="The tables for tests could not be made.",
            environment=environment,
        )
        stamp.write()


def lint(_: Sequence[str]) -> int:
    """Check style, types, settings and migrations; every check runs, and 1 means one failed."""
    prepare("base", "dev")
    python = [PYTHON, "-m"]
    checks: dict[str, list[str | Path]] = {
        "ruff check": [*python, "ruff", "check", "."],
        "ruff format": [*python, "ruff", "format", "--check", "."],
        "mypy": [*python, "mypy", "acrime", "accounts", "routine_uses", "tests"],
        "manage.py check": [*MANAGE, "check", "--fail-level", "WARNING"],
        "manage.py makemigrations": [*MANAGE, "makemigrations", "--check", "--dry-run"],
    }
    failed = []
    with for_tests() as environment:
        for name, command in checks.items():
            say(f"== {name}")
            if call(command, environment=environment) != 0:
                failed.append(name)
    say(f"Failed: {', '.join(failed)}" if failed else "All checks passed.")
    return 1 if failed else 0


def bench(arguments: Sequence[str]) -> int:
    """Run ``manage.py bench`` with *arguments*; it makes and drops a database of its own.

    It does so on a server of its own too, unless a person has named one. That server keeps its
    data safe as the portal's does, so that the figures hold what a commit costs.
    """
    prepare("base")
    ensure_env_file(ENV_FILE)
    folder = VAR / "bench"
    # Its own folders too: a portal running beside it must not take its messages.
    environment = os.environ | {"ACRIME_VAR_DIR": str(folder)}
    server = None if os.environ.get("DATABASE_URL") else Server(folder / "postgres")
    with lock(folder / "lock", waiting="  Other figures are being taken here; waiting ..."):
        try:
            if server:
                with step("PostgreSQL"):
                    server.start()
                environment |= {"DATABASE_URL": server.url}
            return call([*MANAGE, "bench", *arguments], environment=environment)
        finally:
            if server:
                server.stop()


def day(arguments: Sequence[str]) -> int:
    """Run ``manage.py simulate_day`` with *arguments* on a throw-away server, in a fresh folder."""
    prepare("base")
    with throw_away_server() as (server, folder):
        shutil.rmtree(folder / "day", ignore_errors=True)
        _make_tables(server, folder)
        server.renew_database(DAY, template=TEMPLATE)
        environment = environment_for_tests(database_url=server.url_of(DAY), folder=folder / "day")
        return call([*MANAGE, "simulate_day", *arguments], environment=environment)


def requirements(arguments: Sequence[str]) -> int:
    """Compile requirements/*.in to lists with hashes, keeping versions that still fit.

    The compiler is installed for this once, and no address of an index is written.
    """
    packages.ensure_venv()
    with tempfile.TemporaryDirectory() as folder:
        for command in (["venv", folder], ["pip", f"--python={folder}", "install", "uv"]):
            run_logged(
                [PYTHON, "-m", *command],
                log=LOGS / "setup.log",
                failure="The compiler of the requirements could not be installed.",
            )
        for name in ("base", "dev", "npm"):
            with step(f"requirements/{name}.txt"):
                run_logged(
                    [
                        *(f"{folder}/bin/uv", "pip", "compile", "--generate-hashes"),
                        *("--no-emit-index-url", "--python-version=3.11", *arguments),
                        *(f"requirements/{name}.in", f"--output-file=requirements/{name}.txt"),
                    ],
                    log=LOGS / "setup.log",
                    failure=f"{REQUIREMENTS / name}.in could not be compiled.",
                    environment=os.environ | {"UV_CUSTOM_COMPILE_COMMAND": "make requirements"},
                )
    return 0


COMMANDS: dict[str, Callable[[Sequence[str]], int]] = {
    "assets": assets,
    "run": run,
    "test": test,
    "lint": lint,
    "bench": bench,
    "day": day,
    "requirements": requirements,
}
