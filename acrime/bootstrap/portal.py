"""``run``: the whole portal on this machine, from nothing to the sign-in page."""

import http.client
import os
import socket
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import unquote, urlsplit

from acrime.bootstrap.database import Server
from acrime.bootstrap.environment import (
    ensure_env_file,
    given_database_url,
    note_embedded_urls,
)
from acrime.bootstrap.places import ENV_FILE, LOGS, MANAGE, PYTHON, VAR
from acrime.bootstrap.processes import call, lock_file, try_lock
from acrime.bootstrap.report import SetupRefused, say, step
from acrime.bootstrap.supervisor import Program, Supervisor

DEMO_ACCOUNTS = VAR / "demo-accounts.txt"


@dataclass(frozen=True)
class Address:
    """Where the portal listens."""

    host: str
    port: int

    @classmethod
    def from_environment(cls) -> "Address":
        """ACRIME_BIND and ACRIME_PORT, or 127.0.0.1 and 8000.

        Raises:
            SetupRefused: the port is no port number.
        """
        port = os.environ.get("ACRIME_PORT") or "8000"
        if not port.isdigit() or not 0 < int(port) < 65536:
            raise SetupRefused(f"ACRIME_PORT is {port}; it must be a number from 1 to 65535.")
        return cls(os.environ.get("ACRIME_BIND") or "127.0.0.1", int(port))

    @property
    def near(self) -> str:
        """The host to ask from this machine."""
        return "127.0.0.1" if self.host == "0.0.0.0" else self.host  # noqa: S104  # compared only

    def __str__(self) -> str:
        return f"http://{self.near}:{self.port}/"


def refuse_taken_port(address: Address) -> None:
    """See that the address is free.

    Raises:
        SetupRefused: another program listens there, or the host is not this machine's.
    """
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((address.host, address.port))
        except OSError as error:
            raise SetupRefused(
                f"Port {address.port} of {address.host} cannot be used: {error.strerror}.\n"
                "  Stop the program that has it, or take another port: "
                f"make run ACRIME_PORT={address.port + 1 if address.port < 65535 else 8000}"
            ) from error


@contextmanager
def only_here(path: Path, *, about: str) -> Iterator[None]:
    """Hold the lock file *path* for this run and write *about* into it.

    Raises:
        SetupRefused: the portal already runs from this folder.
    """
    with lock_file(path) as file:
        if not try_lock(file):
            raise SetupRefused(f"The portal already runs from this folder: {file.read().strip()}")
        file.truncate()
        file.write(f"{about}\n")
        file.flush()
        yield


@contextmanager
def database() -> Iterator[tuple[Mapping[str, str], Callable[[], None]]]:
    """The database to use: the person's own, or the embedded server while the block runs.

    Gives the environment that names it, and a function that starts the embedded server again
    if it has died.
    """
    ensure_env_file(ENV_FILE)
    if url := given_database_url(ENV_FILE):
        yield os.environ | {"DATABASE_URL": url}, lambda: None
        return
    server = Server(VAR / "postgres")
    try:
        if server.is_new:
            _set_aside(VAR / "seals" / "heads.jsonl")
        with step("PostgreSQL"):
            server.start()
        note_embedded_urls(ENV_FILE, portal=server.portal_url, owner=server.url)
        urls = {"DATABASE_URL": server.portal_url, "ACRIME_OWNER_DATABASE_URL": server.url}
        yield os.environ | urls, lambda: _revive(server)
    finally:
        server.stop()


def _set_aside(heads: Path) -> None:
    """Keep what was published of an earlier ledger: a new one begins a new chain."""
    if heads.exists():
        heads.replace(heads.with_name(f"heads-{int(heads.stat().st_mtime)}.jsonl"))


def _revive(server: Server) -> None:
    if server.runs():
        return
    say("  PostgreSQL ended; starting it again.")
    try:
        server.start()
    except SetupRefused:
        # Right after a kill its helper processes may still be ending; the next look tries again.
        say(f"  It did not start yet. Its log: {server.log}")


def fill(environment: Mapping[str, str]) -> None:
    """Bring the database up to date; on later runs it finds nothing to do.

    Raises:
        SetupRefused: a step failed; the reason has been shown.
    """
    LOGS.mkdir(parents=True, exist_ok=True)
    portal_url = environment["DATABASE_URL"]
    # Tables are made by their owner, where there is one beside the portal's role.
    owner_url = environment.get("ACRIME_OWNER_DATABASE_URL") or portal_url
    role = unquote(urlsplit(portal_url).username or "") if owner_url != portal_url else ""
    code = call(
        [PYTHON, "-m", "acrime.bootstrap.fill", LOGS / "setup.log", DEMO_ACCOUNTS, role],
        environment={**environment, "DATABASE_URL": owner_url},
    )
    if code != 0:
        raise SetupRefused("the database could not be brought up to date.")


def serve(
    address: Address, environment: Mapping[str, str], *, look_after: Callable[[], None]
) -> None:
    """Run web server, relay, scheduler and worker until asked to stop.

    Args:
        address: where the web server listens.
        environment: what the programs are started with.
        look_after: keeps the database server running; called several times a second.
    """
    say(f"  Starting the portal; its logs are in {LOGS}")

    def welcome() -> None:
        say(f"\nThe portal is at {address}  (Ctrl-C stops it)\n")
        say(DEMO_ACCOUNTS.read_text(encoding="utf-8").rstrip())

    Supervisor(
        programs(address),
        logs=LOGS,
        environment={**environment, "PYTHONUNBUFFERED": "1"},
        ready=lambda: answers(address),
        on_ready=welcome,
        look_after=look_after,
    ).run()


def programs(address: Address) -> list[Program]:
    """What makes up the portal, in the order of stopping: first what takes in new work."""
    celery = (PYTHON, "-m", "celery", "--app=acrime.config")
    return [
        Program(
            "web",
            [
                *(PYTHON, "-m", "gunicorn", "acrime.config.wsgi:application"),
                *("--workers=2", f"--bind={address.host}:{address.port}"),
                # Loaded once and then forked: half the time and memory.
                *("--preload", "--graceful-timeout=10", "--no-control-socket"),
            ],
        ),
        Program("relay", [*MANAGE, "relay"]),
        Program("beat", [*celery, "beat", f"--schedule={VAR / 'beat-schedule'}", "--pidfile="]),
        Program(
            "worker",
            # One worker has no other to gossip with.
            [
                *(*celery, "worker", "--concurrency=2", "--loglevel=INFO"),
                *("--without-gossip", "--without-mingle", "--without-heartbeat"),
            ],
        ),
    ]


def answers(address: Address) -> bool:
    """Whether the portal says that it is well."""
    connection = http.client.HTTPConnection(address.near, address.port, timeout=5)
    try:
        connection.request("GET", "/healthz", headers={"Host": "127.0.0.1"})
        return connection.getresponse().status == http.client.OK
    except (OSError, http.client.HTTPException):
        return False
    finally:
        connection.close()
