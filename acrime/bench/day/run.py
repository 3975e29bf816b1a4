"""A day, from an empty database to its report."""

import hashlib
import http.client
import os
import socket
import threading
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from io import StringIO
from pathlib import Path
from random import Random

from django.core.management import CommandError, call_command
from django.db import connection

from acrime.bench.day.asked import day_of_messages
from acrime.bench.day.endpoints import OtherEnd
from acrime.bench.day.killing import Process, Reaper
from acrime.bench.day.reckoning import Outside, reckon
from acrime.bench.day.report import Day
from acrime.bench.day.rows import read_rows
from acrime.bench.day.sender import Switch
from acrime.bench.day.stage import SPOOL, WAYS, Stage, set_stage
from acrime.bench.day.time import DayClock, next_change
from acrime.common import clock as portal_clock

# Messages come in over so much of the day, the rest is for finishing; a small day is shorter,
# for what people do would take hours of it.
COMING_IN = timedelta(hours=18)
FASTEST = 900.0
# Nothing moved for so long (real seconds): what is left waits for somebody.
QUIET_SECONDS = 6.0
# What is not finished after this stays where it is.
MOST_SECONDS = 60.0
UP_WITHIN_SECONDS = 60.0
# So late may somebody be told of a clock (real seconds): a process that was dead, and a beat.
SLACK_SECONDS = 25.0

# What moves while work is done. The ledger keeps itself all the time.
MOVED = """
    SELECT (SELECT count(*) FROM audit_event WHERE kind NOT LIKE 'ledger.%%'),
           (SELECT count(*) FROM acrime_outbox WHERE done_at IS NULL AND failed_at IS NULL
            AND (available_at < %s OR topic = 'iar.deliver'))"""


@dataclass(frozen=True)
class Size:
    """How large the day is.

    Attributes:
        queries: messages that each open one.
        minutes: that the messages take to come in, in truth.
        kill_every: seconds between two deaths, at least and at most.
        staff: processes in which the people work.
    """

    queries: int
    seed: int
    minutes: float
    kill_every: tuple[float, float]
    staff: int = 2

    @property
    def pace(self) -> float:
        """How much faster the day's clock goes."""
        return min(COMING_IN.total_seconds() / (self.minutes * 60), FASTEST)

    @property
    def coming_in(self) -> timedelta:
        """How much of the day messages come in."""
        return timedelta(minutes=self.minutes) * self.pace


def simulate(size: Size, *, folder: Path, tell: Callable[[str], None]) -> Day:
    """Let a day pass in an empty database whose tables are made, and add it up.

    Args:
        folder: where spool, broker, seals and logs are, empty; the processes inherit it.
        tell: what a person is told meanwhile.
    """
    real = portal_clock.now
    # Setting up takes a while of the day's first hours, in which nothing comes in.
    started = real()
    day_clock = DayClock(next_change(started), started.timestamp(), size.pace)
    day_clock.install()
    other_end = OtherEnd()
    try:
        return _day(size, day_clock, other_end, folder=folder, tell=tell)
    finally:
        other_end.close()
        portal_clock.now = real


def _day(
    size: Size,
    day_clock: DayClock,
    other_end: OtherEnd,
    *,
    folder: Path,
    tell: Callable[[str], None],
) -> Day:
    for command in (("load_notice", "--all"), ("load_programs",)):
        call_command(*command, stdout=StringIO())
    stage = set_stage(at=day_clock.now(), host=other_end.host)
    port = _free_port()
    processes = _processes(size, stage, day_clock, other_end, port=port, folder=folder)
    with _running(processes):
        _wait_until_up(port)
        begins = day_clock.now()
        sendings = day_of_messages(
            queries=size.queries, seed=size.seed, begins=begins, lasts=size.coming_in
        )
        switch = Switch(sendings, port=port, token=stage.token, clock=day_clock)
        reaper = Reaper(processes, seed=size.seed, every=size.kill_every)
        trouble = Trouble(
            switch, other_end, seed=size.seed, spool=folder / "spool", pause=size.kill_every
        )
        tell(f"{len(sendings)} messages come in over {size.minutes:g} minutes ...")
        switch.start()
        reaper.start()
        trouble.start()
        while not switch.is_done():
            time.sleep(1)
            _tell_progress(tell, size)
        # So far somebody always dies; now all live, and finish what can be finished.
        reaper.rest()
        trouble.end()
        tell("Everything has come in; what can be finished is finished ...")
        _wait_until_quiet(tell, size)
        trouble.stop()
        reaper.stop()
        closed = day_clock.now()
    ledger = _verified()
    rows = read_rows(at=closed)
    found = reckon(
        rows,
        Outside(
            sendings=sendings,
            calls=tuple(other_end.calls),
            acknowledged=frozenset(trouble.acknowledged),
            spool=folder / "spool",
            slack=timedelta(seconds=SLACK_SECONDS * day_clock.pace),
        ),
    )
    found.unless(bool(ledger), "the ledger does not verify")
    return Day(
        begins=begins,
        ends=closed,
        seconds=(day_clock.now() - day_clock.begins).total_seconds() / day_clock.pace,
        pace=day_clock.pace,
        seed=size.seed,
        deaths=reaper.deaths,
        ended=reaper.ended_by_themselves,
        failures=trouble.counts,
        ledger=ledger,
        found=found,
    )


def _processes(
    size: Size,
    stage: Stage,
    day_clock: DayClock,
    other_end: OtherEnd,
    *,
    port: int,
    folder: Path,
) -> list[Process]:
    environment = os.environ | {
        "ACRIME_DELIVERY_HOSTS": other_end.host,
        "ACRIME_DELIVERY_SECONDS": "2",
        "PYTHONUNBUFFERED": "1",
    }
    day_clock.told(environment)
    people = [*stage.supervisors, *stage.analysts]
    staff = [
        (
            f"staff-{number}",
            ("staff", str(size.seed + number), ",".join(people[number :: size.staff])),
        )
        for number in range(size.staff)
    ]
    quiet = ("--without-gossip", "--without-mingle", "--without-heartbeat", "--loglevel=WARNING")
    logs = folder / "log"
    logs.mkdir(parents=True, exist_ok=True)
    return [
        Process(name, arguments, environment, logs=logs)
        for name, arguments in (
            ("web", ("web", "--workers=2", f"--bind=127.0.0.1:{port}", "--no-control-socket")),
            ("relay", ("relay",)),
            ("worker", ("worker", "--concurrency=2", *quiet)),
            ("beat", ("beat", f"--schedule={folder / 'beat-schedule'}", "--pidfile=")),
            *staff,
        )
    ]


class Trouble:
    """What fails outside, and what comes back: acknowledgements, and words that fit nothing."""

    def __init__(
        self,
        switch: Switch,
        other_end: OtherEnd,
        *,
        seed: int,
        spool: Path,
        pause: tuple[float, float],
    ) -> None:
        self.acknowledged: set[str] = set()
        self.counts = {"other end down": 0, "spool not writable": 0, "stray replies": 0}
        self._switch, self._other_end, self._spool = switch, other_end, spool
        self._random = Random(seed)  # noqa: S311  # a simulation
        self._pause = pause
        self._ended, self._stop = threading.Event(), threading.Event()
        self._thread = threading.Thread(target=self._run, daemon=True)

    def start(self) -> None:
        """Begin."""
        self._thread.start()

    def end(self) -> None:
        """Fail no more; acknowledgements go on."""
        self._ended.set()

    def stop(self) -> None:
        """Everything is over."""
        self._stop.set()
        self._thread.join()

    def _run(self) -> None:
        next_at = time.monotonic() + self._random.uniform(*self._pause)
        while not self._stop.wait(0.3):
            self._acknowledge()
            if time.monotonic() < next_at or self._ended.is_set():
                continue
            self._random.choice((self._other_end_down, self._spool_shut, self._stray))()
            next_at = time.monotonic() + self._random.uniform(*self._pause)

    def _other_end_down(self) -> None:
        self.counts["other end down"] += 1
        self._other_end.down.set()
        self._stop.wait(2)
        self._other_end.down.clear()

    def _spool_shut(self) -> None:
        """For a while a file lies where the folder of an agency is."""
        self.counts["spool not writable"] += 1
        ori = next(ori for ori, way in WAYS.items() if way == SPOOL)
        folder, aside = self._spool / ori.lower(), self._spool.parent / "aside"
        self._spool.mkdir(parents=True, exist_ok=True)
        if folder.is_dir():
            folder.rename(aside)
        try:
            folder.touch(exist_ok=False)
        except FileExistsError:
            return
        self._stop.wait(2)
        folder.unlink()
        if aside.is_dir():
            aside.rename(folder)

    def _stray(self) -> None:
        self.counts["stray replies"] += 1
        said = f"ACKNOWLEDGEMENT\nREFERENCE: IAR-2026-0000-{self.counts['stray replies']:04d}\n"
        self._say(said.encode())

    def _acknowledge(self) -> None:
        while self._other_end.to_acknowledge:
            key = self._other_end.to_acknowledge[0]
            fate = hashlib.sha256(key.encode()).digest()[1]
            # One of eight is never acknowledged; of the others some twice, half of them by file.
            if fate >= 32:
                said = f"ACKNOWLEDGEMENT\nREFERENCE: {key}\nRECEIPT: R-{fate}\n".encode()
                if fate % 2:
                    self._put(key, said)
                elif not self._say(said):
                    return
                if fate % 8 == 0:
                    self._say(said)
                self.acknowledged.add(key)
            self._other_end.to_acknowledge.pop(0)

    def _put(self, key: str, said: bytes) -> None:
        folder = self._spool / "acks"
        folder.mkdir(parents=True, exist_ok=True)
        part = folder / f".{key}"
        part.write_bytes(said)
        part.rename(folder / f"{key}.txt")

    def _say(self, said: bytes) -> bool:
        try:
            status, _ = self._switch.post("/api/v1/iar/replies/", said, "text/plain")
        except (OSError, http.client.HTTPException):
            return False
        return status in (200, 201)


@contextmanager
def _running(processes: Sequence[Process]) -> Iterator[None]:
    try:
        for process in processes:
            process.start()
        yield
    finally:
        for process in processes:
            process.stop()


def _wait_until_up(port: int) -> None:
    until = time.monotonic() + UP_WITHIN_SECONDS
    while time.monotonic() < until:
        line = http.client.HTTPConnection("127.0.0.1", port, timeout=5)
        try:
            line.request("GET", "/healthz", headers={"Host": "127.0.0.1"})
            line.getresponse()
        except (OSError, http.client.HTTPException):
            time.sleep(0.2)
        else:
            return
        finally:
            line.close()
    raise CommandError("The portal did not come up; its logs tell why.")


def _wait_until_quiet(tell: Callable[[str], None], size: Size) -> None:
    moved, since = None, time.monotonic()
    until = since + max(size.minutes * 60, MOST_SECONDS)
    while time.monotonic() - since < QUIET_SECONDS and time.monotonic() < until:
        time.sleep(0.5)
        with connection.cursor() as cursor:
            cursor.execute(MOVED, [portal_clock.now()])
            now = cursor.fetchone()
        if now[1]:
            since = time.monotonic()
        if now != moved:
            moved, since = now, time.monotonic()
        _tell_progress(tell, size)


_last_told = [0.0]


def _tell_progress(tell: Callable[[str], None], size: Size) -> None:
    if time.monotonic() - _last_told[0] < 30:
        return
    _last_told[0] = time.monotonic()
    with connection.cursor() as cursor:
        cursor.execute("SELECT state, count(*) FROM iaq_query GROUP BY state ORDER BY state")
        states: Mapping[str, int] = dict(cursor.fetchall())
    listed = ", ".join(f"{state.lower()} {number}" for state, number in states.items())
    tell(f"  {portal_clock.now():%H:%M} UTC of the day: {listed} of {size.queries}")


def _verified() -> list[str]:
    """Seal what is left and verify the ledger; what was said, or nothing where it failed."""
    said = StringIO()
    try:
        call_command("seal_ledger", stdout=StringIO())
        call_command("verify_audit", stdout=said)
    except CommandError:
        return []
    return said.getvalue().splitlines()


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port
