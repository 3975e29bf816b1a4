"""Keeps the portal's programs running together and stops them in order.

One process waits here for three things: a program that ends (it is started again, after a
growing pause), the moment the portal answers, and being asked to stop.
"""

import os
import select
import signal
import socket
import subprocess
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

from acrime.bootstrap.places import ROOT
from acrime.bootstrap.processes import end_with_parent
from acrime.bootstrap.report import SetupRefused, last_lines, say

# Seconds before a program that ended is started again: after the first time, the second, ...
PAUSES = (1.0, 2.0, 4.0, 8.0, 15.0, 30.0)
# A program that ran this long (seconds) was well; its next end counts as a first one.
WELL_AFTER = 60.0
# Ends of one program before the portal first answers that show a fault no restart mends.
ENDS_BEFORE_GIVING_UP = 3
READY_WITHIN = 120.0
STOP_WITHIN = 20.0
LOOK_EVERY = 0.2
LOG_LIMIT = 5 * 1024 * 1024


@dataclass(frozen=True)
class Program:
    """One program to keep running; its output goes to ``<name>.log``."""

    name: str
    command: Sequence[str]


class _Child:
    """A program with its process, if one runs, and the history of its ends."""

    def __init__(self, program: Program, *, logs: Path) -> None:
        self.program = program
        self.log = logs / f"{program.name}.log"
        self.process: subprocess.Popen[bytes] | None = None
        self.ends = 0
        self.started_at = 0.0
        self.due_at = 0.0

    def start(self, environment: Mapping[str, str]) -> None:
        with self.log.open("ab") as output:
            self.process = subprocess.Popen(
                self.program.command,
                cwd=ROOT,
                env=environment,
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                # Ctrl-C reaches the supervisor alone, which then stops them in order.
                start_new_session=True,
                preexec_fn=end_with_parent,
            )
        self.started_at = time.monotonic()

    def ended(self) -> int | None:
        """The exit code if the process has ended since the last look; then it is cleared away."""
        if self.process is None or (code := self.process.poll()) is None:
            return None
        self._end_remains()
        return code

    def stop(self) -> None:
        """Ask the process to stop, and end it and its helpers if it takes too long."""
        if self.process is None:
            return
        self.process.terminate()
        try:
            self.process.wait(STOP_WITHIN)
        except subprocess.TimeoutExpired:
            say(f"  {self.program.name} did not stop by itself within {STOP_WITHIN:.0f} s: ended.")
        self._end_remains()

    def _end_remains(self) -> None:
        """End what is left of the process and those it started, such as a pool of workers."""
        if self.process is not None:
            with suppress(ProcessLookupError):
                os.killpg(self.process.pid, signal.SIGKILL)
            self.process.wait()
            self.process = None


class Supervisor:
    """Runs programs together until asked to stop by SIGINT, SIGTERM or SIGHUP.

    Args:
        programs: in the order in which they are started, and later stopped.
        logs: the folder for their output.
        environment: what they are started with.
        ready: tells whether the portal answers.
        on_ready: called once when it first does.
        look_after: called at every look, to keep running what is no program of the list.
        pauses: seconds before each further restart of a program.
    """

    def __init__(
        self,
        programs: Sequence[Program],
        *,
        logs: Path,
        environment: Mapping[str, str],
        ready: Callable[[], bool],
        on_ready: Callable[[], None],
        look_after: Callable[[], None] = lambda: None,
        pauses: Sequence[float] = PAUSES,
    ) -> None:
        logs.mkdir(parents=True, exist_ok=True)
        self._children = [_Child(program, logs=logs) for program in programs]
        self._environment = environment
        self._ready = ready
        self._on_ready = on_ready
        self._look_after = look_after
        self._pauses = pauses
        self._answered = False
        self._asked_to_stop = False

    def run(self) -> None:
        """Run until asked to stop; every program has ended when this returns or raises.

        Raises:
            SetupRefused: the portal did not come up; the message has the end of the log.
        """
        with self._listening() as woken:
            try:
                for child in self._children:
                    _keep_small(child.log)
                    child.start(self._environment)
                give_up_at = time.monotonic() + READY_WITHIN
                while not self._asked_to_stop:
                    self._look_after()
                    self._look_after_children()
                    if not self._answered:
                        self._see_whether_ready(give_up_at)
                    if select.select([woken], [], [], LOOK_EVERY)[0]:
                        woken.recv(4096)
            finally:
                self._stop_all()

    def _look_after_children(self) -> None:
        now = time.monotonic()
        for child in self._children:
            if (code := child.ended()) is not None:
                self._plan_restart(child, code=code, now=now)
            elif child.process is None and now >= child.due_at:
                child.start(self._environment)

    def _plan_restart(self, child: _Child, *, code: int, now: float) -> None:
        child.ends = 1 if now - child.started_at > WELL_AFTER else child.ends + 1
        if not self._answered and child.ends >= ENDS_BEFORE_GIVING_UP:
            raise SetupRefused(
                f"{child.program.name} ends again and again (exit code {code}).\n"
                f"{last_lines(child.log)}\n  The whole log: {child.log}"
            )
        pause = self._pauses[min(child.ends, len(self._pauses)) - 1]
        child.due_at = now + pause
        say(
            f"  {child.program.name} ended (exit code {code}); starting it again in {pause:g} s. "
            f"Its log: {child.log}"
        )

    def _see_whether_ready(self, give_up_at: float) -> None:
        if self._ready():
            self._answered = True
            self._on_ready()
        elif time.monotonic() > give_up_at:
            first = self._children[0]
            raise SetupRefused(
                f"The portal did not answer within {READY_WITHIN:.0f} s.\n"
                f"{last_lines(first.log)}\n  The logs are in {first.log.parent}"
            )

    def _stop_all(self) -> None:
        say("\nStopping; work that is under way is finished first ...")
        for child in self._children:
            child.stop()

    @contextmanager
    def _listening(self) -> Iterator[socket.socket]:
        """A socket that can be read when a signal came, so that waiting needs no haste."""
        woken, wake = socket.socketpair()
        wake.setblocking(False)
        handlers = {
            number: signal.signal(number, self._note_stop)
            for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
        }
        handlers[signal.SIGCHLD] = signal.signal(signal.SIGCHLD, lambda *_: None)
        earlier = signal.set_wakeup_fd(wake.fileno())
        try:
            yield woken
        finally:
            signal.set_wakeup_fd(earlier)
            for number, handler in handlers.items():
                signal.signal(number, handler)
            woken.close()
            wake.close()

    def _note_stop(self, *_: object) -> None:
        self._asked_to_stop = True


def _keep_small(log: Path) -> None:
    """Set a log that has grown large aside; the one before it goes."""
    if log.is_file() and log.stat().st_size > LOG_LIMIT:
        log.replace(log.with_suffix(".log.1"))
