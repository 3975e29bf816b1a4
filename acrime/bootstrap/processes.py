"""Running other programs so that none is left behind."""

import ctypes
import fcntl
import os
import signal
import subprocess
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import IO

from acrime.bootstrap.places import ROOT
from acrime.bootstrap.report import SetupRefused, last_lines, say

_PR_SET_PDEATHSIG = 1


def end_with_parent() -> None:
    """For a child, before it becomes its program: be asked to stop if the parent is killed.

    A parent that gets SIGKILL can stop nobody; without this its children would keep the
    port and go on working unseen.
    """
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGTERM)


def run_logged(
    command: Sequence[str | Path],
    *,
    log: Path,
    failure: str,
    environment: Mapping[str, str] | None = None,
) -> None:
    """Run *command* with its output added to *log*.

    Raises:
        SetupRefused: it cannot be started or exits with another code than 0; the message is
            *failure* and the end of the log.
    """
    log.parent.mkdir(parents=True, exist_ok=True)
    with log.open("ab") as output:
        start = output.tell()
        try:
            code = call(command, output=output, environment=environment)
        except OSError as error:
            raise SetupRefused(f"{failure}\n    {error}") from error
    if code != 0:
        raise SetupRefused(f"{failure}\n{last_lines(log, since=start)}\n  The whole log: {log}")


def call(
    command: Sequence[str | Path],
    *,
    output: IO[bytes] | None = None,
    environment: Mapping[str, str] | None = None,
    cwd: Path = ROOT,
) -> int:
    """Run *command* to its end and return its exit code; *output* takes what it prints."""
    return subprocess.run(
        command,
        cwd=cwd,
        env=environment,
        stdin=subprocess.DEVNULL if output else None,
        stdout=output,
        stderr=subprocess.STDOUT if output else None,
        check=False,
        preexec_fn=end_with_parent,
    ).returncode


@contextmanager
def lock(path: Path, *, waiting: str) -> Iterator[None]:
    """Hold the lock file *path*, waiting for another holder after showing *waiting*.

    The system itself lets go of the lock when its holder dies, however it dies.
    """
    with lock_file(path) as file:
        if not try_lock(file):
            say(waiting)
            fcntl.flock(file, fcntl.LOCK_EX)
        yield


def lock_file(path: Path) -> IO[str]:
    """Open the lock file *path*, keeping what is written in it."""
    path.parent.mkdir(parents=True, exist_ok=True)
    return os.fdopen(os.open(path, os.O_RDWR | os.O_CREAT, 0o600), "r+", encoding="utf-8")


def try_lock(file: IO[str]) -> bool:
    """Take the lock on an open file if nobody holds it; tells whether it was taken."""
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True
