"""The processes of the day, and their deaths."""

import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from random import Random

from acrime.bootstrap.processes import end_with_parent

# One that died is there again after so many real seconds, as a supervisor would have it.
AGAIN_AFTER_SECONDS = 1.0


class Process:
    """One program that is kept running, and started again when it was killed."""

    def __init__(
        self, name: str, arguments: Sequence[str], environment: Mapping[str, str], *, logs: Path
    ) -> None:
        self.name = name
        self._arguments, self._environment = arguments, environment
        self._log = logs / f"{name}.log"
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        """Start it, as the leader of a group with all that it starts itself."""
        with self._log.open("ab") as output:
            self._process = subprocess.Popen(  # noqa: S603  # our own program
                [sys.executable, "-m", "acrime.bench.day.program", *self._arguments],
                env=dict(self._environment),
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                start_new_session=True,
                preexec_fn=end_with_parent,
            )

    def keep_running(self) -> bool:
        """Start it again if it ended. True where it had."""
        if self._process is not None and self._process.poll() is None:
            return False
        self.kill()
        self.start()
        return True

    def kill(self) -> None:
        """SIGKILL to it and to all that it started: nothing is tidied up."""
        if self._process is None:
            return
        with suppress(ProcessLookupError):
            os.killpg(self._process.pid, signal.SIGKILL)
        self._process.wait()

    def kill_one_child(self, random: Random) -> bool:
        """SIGKILL to one of the processes that it forked; False where there is none."""
        if self._process is None:
            return False
        children = children_of(self._process.pid)
        if not children:
            return False
        with suppress(ProcessLookupError):
            os.kill(random.choice(children), signal.SIGKILL)
        return True

    def stop(self) -> None:
        """Ask it to end, and end it if it takes too long."""
        if self._process is None:
            return
        self._process.terminate()
        with suppress(subprocess.TimeoutExpired):
            self._process.wait(5)
        self.kill()


def children_of(parent: int) -> list[int]:
    """The processes that *parent* started and that still run."""
    found = []
    for entry in Path("/proc").iterdir():
        if not entry.name.isdigit():
            continue
        try:
            stat = (entry / "stat").read_text("utf-8").rpartition(")")[2].split()
        except OSError:
            continue  # It ended meanwhile.
        if int(stat[1]) == parent:
            found.append(int(entry.name))
    return sorted(found)


class Reaper:
    """Kills processes at random moments until it is stopped, and keeps them running."""

    def __init__(
        self, processes: Sequence[Process], *, seed: int, every: tuple[float, float]
    ) -> None:
        self.deaths: dict[str, int] = {}
        self.ended_by_themselves: dict[str, int] = {}
        self._excused: dict[str, int] = {}
        self._processes = processes
        self._random = Random(seed)  # noqa: S311  # a simulation
        self._every = every
        self._rests, self._stop = threading.Event(), threading.Event()
        self._thread = threading.Thread(target=self._run, daemon=True)

    def start(self) -> None:
        """Begin."""
        self._thread.start()

    def rest(self) -> None:
        """Kill nobody any more; whoever ends is still started again."""
        self._rests.set()

    def stop(self) -> None:
        """Start nobody again any more."""
        self._stop.set()
        self._thread.join()

    def _run(self) -> None:
        next_at = time.monotonic() + self._pause()
        while not self._stop.wait(0.2):
            if time.monotonic() >= next_at and not self._rests.is_set():
                self._kill_one()
                next_at = time.monotonic() + self._pause()
            self._revive()

    def _pause(self) -> float:
        return self._random.uniform(*self._every)

    def _kill_one(self) -> None:
        victim = self._random.choice(self._processes)
        # Half of the time a process of its pool dies, half of the time all of it at once.
        if self._random.random() < 0.5 and victim.kill_one_child(self._random):
            name = f"{victim.name}, one process"
            # It may end by itself for that, once.
            self._excused[victim.name] = self._excused.get(victim.name, 0) + 1
        else:
            victim.kill()
            name = victim.name
            self._stop.wait(AGAIN_AFTER_SECONDS)
            victim.start()
        self.deaths[name] = self.deaths.get(name, 0) + 1

    def _revive(self) -> None:
        for process in self._processes:
            if not process.keep_running():
                continue
            if self._excused.get(process.name, 0):
                self._excused[process.name] -= 1
            else:
                self.ended_by_themselves[process.name] = (
                    self.ended_by_themselves.get(process.name, 0) + 1
                )
