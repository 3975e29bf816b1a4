"""The supervisor, watched from outside: it runs as a process of its own over tiny programs."""

import os
import select
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from acrime.bootstrap.places import ROOT

PATIENCE = 20.0  # seconds; only a failing test waits this long

# Says that it started, and that it was asked to stop, on the pipe it is given.
PROGRAM = """
import os, signal, sys
name, pipe = sys.argv[1], os.open(sys.argv[2], os.O_WRONLY)
def tell(word):
    os.write(pipe, f"{name} {word} {os.getpid()}\\n".encode())
def stop(*_):
    tell("stopped")
    os._exit(0)
signal.signal(signal.SIGTERM, stop)
tell("started")
while True:
    signal.pause()
"""

DRIVER = """
import os, sys
from pathlib import Path
from acrime.bootstrap.report import SetupRefused
from acrime.bootstrap.supervisor import Program, Supervisor
folder, *names = sys.argv[1:]
program = [sys.executable, folder + "/program.py"]
try:
    Supervisor(
        [Program(name, [*program, name, folder + "/pipe"]) for name in names],
        logs=Path(folder), environment=os.environ, pauses=[0.0],
        ready=lambda: True, on_ready=lambda: print("ready", flush=True),
    ).run()
except SetupRefused as refusal:
    sys.exit(str(refusal))
"""


class Watched:
    """A running supervisor over programs named ``web`` and ``worker``, and what they say."""

    def __init__(self, folder: Path) -> None:
        (folder / "program.py").write_text(PROGRAM)
        os.mkfifo(folder / "pipe")
        # Open for writing too, so that opening waits for nobody and the end never comes early.
        self._pipe = os.open(folder / "pipe", os.O_RDWR)
        self._rest = b""
        self.process = subprocess.Popen(
            [sys.executable, "-c", DRIVER, str(folder), "web", "worker"],
            cwd=ROOT,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
        )

    def next(self) -> tuple[str, str, int]:
        """The next thing a program says: its name, the word, its process id."""
        while b"\n" not in self._rest:
            ready, _, _ = select.select([self._pipe], [], [], PATIENCE)
            assert ready, "no program said anything"
            self._rest += os.read(self._pipe, 4096)
        line, _, self._rest = self._rest.partition(b"\n")
        name, word, pid = line.decode().split()
        return name, word, int(pid)

    def started(self) -> dict[str, int]:
        """The process ids of both programs once they run."""
        said = [self.next(), self.next()]
        assert {(name, word) for name, word, _ in said} == {
            ("web", "started"),
            ("worker", "started"),
        }
        return {name: pid for name, _, pid in said}

    def close(self) -> None:
        self.process.kill()
        self.process.communicate()
        os.close(self._pipe)


@pytest.fixture
def watched(tmp_path: Path) -> Iterator[Watched]:
    supervisor = Watched(tmp_path)
    yield supervisor
    supervisor.close()


def is_gone(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return True
    return False


def test_a_killed_program_is_started_again(watched: Watched) -> None:
    first = watched.started()

    os.kill(first["worker"], signal.SIGKILL)

    name, word, pid = watched.next()
    assert (name, word) == ("worker", "started")
    assert pid != first["worker"]
    assert watched.process.poll() is None


@pytest.mark.parametrize("asked", [signal.SIGTERM, signal.SIGINT, signal.SIGHUP])
def test_being_asked_to_stop_stops_all_in_order(watched: Watched, asked: signal.Signals) -> None:
    pids = watched.started()

    watched.process.send_signal(asked)
    output, _ = watched.process.communicate(timeout=PATIENCE)

    assert watched.process.returncode == 0, output
    assert [watched.next()[:2], watched.next()[:2]] == [("web", "stopped"), ("worker", "stopped")]
    assert all(map(is_gone, pids.values()))


def test_when_the_supervisor_is_killed_its_programs_are_asked_to_stop(watched: Watched) -> None:
    watched.started()

    watched.process.kill()

    assert {watched.next()[:2], watched.next()[:2]} == {("web", "stopped"), ("worker", "stopped")}


def test_readiness_is_told_once(watched: Watched) -> None:
    pids = watched.started()
    os.kill(pids["web"], signal.SIGKILL)
    watched.next()

    watched.process.terminate()
    output, _ = watched.process.communicate(timeout=PATIENCE)

    assert output.decode().count("ready") == 1


def test_a_portal_that_cannot_start_ends_with_the_reason(tmp_path: Path) -> None:
    (tmp_path / "program.py").write_text("import sys; sys.exit('a setting is missing')")
    driver = DRIVER.replace("ready=lambda: True", "ready=lambda: False")

    done = subprocess.run(
        [sys.executable, "-c", driver, str(tmp_path), "web"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=PATIENCE,
        check=False,
    )

    assert done.returncode == 1
    assert "web ends again and again" in done.stderr
    assert "a setting is missing" in done.stderr
