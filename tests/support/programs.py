"""The portal's own programs as real processes, on the database of the test."""

import os
import queue
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from urllib.parse import quote, urlencode

from django.db import connection

from tests.support.source import ROOT

PATIENCE_SECONDS = 60
WORKER = (
    *("-m", "celery", "--app=acrime.config", "worker", "--concurrency=1", "--loglevel=INFO"),
    *("--without-gossip", "--without-mingle", "--without-heartbeat"),
)
RELAY = ("manage.py", "relay")


class Program:
    """One running program, with every process that it started itself."""

    def __init__(
        self,
        arguments: Sequence[str],
        environment: Mapping[str, str],
        *,
        listens: bool = False,
    ) -> None:
        self.lines: list[str] = []
        self._unread: queue.Queue[str | None] = queue.Queue()
        self._process = subprocess.Popen(
            [sys.executable, *arguments],
            cwd=ROOT,
            env=dict(environment),
            stdin=subprocess.PIPE if listens else None,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            start_new_session=True,
        )
        self._reader = threading.Thread(target=self._read, daemon=True)
        self._reader.start()

    def gets(self, line: str) -> None:
        """Hand a line to its standard input; it was started as one that listens."""
        assert self._process.stdin is not None
        self._process.stdin.write(line + "\n")
        self._process.stdin.flush()

    def says(self, words: str) -> str:
        """Wait until the program writes a line with *words*, and return the line.

        Raises:
            AssertionError: it ended, or kept silent for too long.
        """
        deadline = time.monotonic() + PATIENCE_SECONDS
        while True:
            try:
                line = self._unread.get(timeout=max(deadline - time.monotonic(), 0))
            except queue.Empty:
                line = None
            if line is None:
                raise AssertionError(f"No line with {words!r}:\n" + "\n".join(self.lines))
            if words in line:
                return line

    def kill(self) -> None:
        """SIGKILL, to the program and to all that it started: nothing is tidied up."""
        if self._process.poll() is None:
            os.killpg(self._process.pid, signal.SIGKILL)
        if self._process.stdin is not None:
            self._process.stdin.close()
        self._process.wait(PATIENCE_SECONDS)
        self._reader.join(PATIENCE_SECONDS)

    def _read(self) -> None:
        assert self._process.stdout is not None
        with self._process.stdout as output:
            for line in output:
                self.lines.append(line.rstrip())
                self._unread.put(line)
        self._unread.put(None)


def environment_of_programs(folder: Path, **more: str) -> dict[str, str]:
    """What programs are started with: this test's database and *folder* for their files."""
    return os.environ | {
        "DATABASE_URL": database_url(),
        "ACRIME_VAR_DIR": str(folder),
        "ACRIME_SPOOL_DIR": str(folder / "spool"),
        "PYTHONUNBUFFERED": "1",
        **more,
    }


def database_url() -> str:
    """The address of the database that this test uses."""
    at = connection.settings_dict
    account = quote(at["USER"]) + (f":{quote(at['PASSWORD'])}" if at["PASSWORD"] else "")
    where = {"host": at["HOST"], "port": at["PORT"]} | at["OPTIONS"]
    # What is no text is for the driver alone, and no part of an address.
    texts = {name: value for name, value in where.items() if value and isinstance(value, str)}
    query = urlencode(texts)
    return f"postgresql://{account}@/{quote(at['NAME'])}?{query}"


def until(condition: Callable[[], bool], what: str) -> None:
    """Wait for *condition*, which nothing announces.

    Raises:
        AssertionError: it did not come true for too long.
    """
    pause = threading.Event()
    deadline = time.monotonic() + PATIENCE_SECONDS
    while not condition():
        assert time.monotonic() < deadline, f"Waited in vain: {what}"
        pause.wait(0.05)
