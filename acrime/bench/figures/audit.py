"""What it costs that nothing is read unseen, and that nobody can change what was written."""

import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from statistics import median
from threading import Event, Thread
from time import perf_counter

from auditlog.context import disable_auditlog
from django.db import connection, transaction
from django.test import override_settings

from acrime.audit.choices import Channel
from acrime.audit.sealing import seal_ledger
from acrime.audit.verification import verify_ledger
from acrime.bench import writers
from acrime.bench.measure import WARM_UP, medians, must_agree
from acrime.bench.report import Result
from acrime.bench.stage import Stage
from acrime.records.access import access_record
from acrime.records.actions import approve_record
from acrime.records.choices import Approval
from acrime.records.models import Record

# Eight clients in two processes, as two web workers would be.
PROCESSES, CLIENTS_EACH = 2, 4
SEAL_EVERY_SECONDS = 1.0
# So many events are verified for each record of the stage.
EVENTS_PER_RECORD = 10

EVENTS = """
INSERT INTO audit_event (kind, occurred_at, actor_id, actor_name, channel, outcome, record_id,
                         record_number, purpose, criteria, matched_ids, displayed_ids, details,
                         source_address, session_tag, request_id)
SELECT 'record.viewed', %(at)s::timestamptz + n * interval '1 millisecond', %(actor)s, %(name)s,
       'PAGE', 'DONE', n, 'IAQ-2026-7K3M-9QX4', '',
       CASE n %% 5 WHEN 0 THEN '{"name": "SAMPLE, PERSON"}'::jsonb ELSE '{}' END, '{}', ARRAY[n],
       '{}', '10.1.2.3', '0123456789abcdef', md5(n::text)
FROM generate_series(%(first)s::bigint, %(last)s::bigint) n
"""


def view_event(stage: Stage) -> Result:
    """Looking a record up by its number, written down and told to its owner, and only looked up.

    Beside it the same with records of the looker's own, of which nobody is told, and a commit
    of a single number: what any promise of durability costs here.
    """
    seen = Record.objects.visible_to(stage.analyst).exclude(owner=stage.analyst)
    rows = list(seen.order_by("-created_at")[: 2 * (stage.rounds + WARM_UP)])
    others, own = ([row.number for row in rows[start::2]] for start in (0, 1))

    def looked_up(turn: int) -> Record | None:
        number = others[turn % len(others)]
        return Record.objects.visible_to(stage.analyst).filter(number=number).first()

    def seen_by(numbers: list[str], turn: int) -> Record:
        return access_record(
            number=numbers[turn % len(numbers)],
            user=stage.analyst,
            at=stage.at,
            channel=Channel.PAGE,
        )

    def committed(turn: int) -> None:
        with connection.cursor() as cursor:
            cursor.execute("INSERT INTO bench_commit VALUES (%s)", [turn])

    with connection.cursor() as cursor:
        cursor.execute("CREATE TABLE bench_commit (number bigint)")
    must_agree(seen_by(others, 0), looked_up(0))
    Record.objects.filter(number__in=own).update(owner=stage.analyst)
    whole, written_down, unseen, commit = medians(
        partial(seen_by, others),
        partial(seen_by, own),
        looked_up,
        committed,
        rounds=stage.rounds,
    )
    Record.objects.bulk_update(rows, ["owner"])
    return Result(
        "audit.view_event",
        whole,
        unseen,
        "ms",
        f"one of {stage.scale} records by its number, with its event and its owner's alert "
        f"committed, and looked up only; the event and its commit take {written_down - unseen:.2f} "
        f"ms, the alert {whole - written_down:.2f} ms more; a commit of one number {commit:.2f} ms",
    )


def write(stage: Stage) -> Result:
    """A record approved: with its event and its change history, and as a bare save."""
    pending = Record.objects.filter(approval=Approval.PENDING).exclude(creator=stage.analyst)
    turns = stage.rounds + WARM_UP
    rows = list(pending.order_by("pk")[: 2 * turns])
    audited, bare = rows[::2], rows[1::2]

    def ours(turn: int) -> None:
        approve_record(
            record=audited[turn % len(audited)],
            actor=stage.analyst,
            at=stage.at,
            channel=Channel.PAGE,
        )

    def baseline(turn: int) -> None:
        with disable_auditlog(), transaction.atomic():
            record = Record.objects.select_for_update().get(pk=bare[turn % len(bare)].pk)
            record.approval = Approval.APPROVED
            record.approved_by = stage.analyst
            record.approved_at = stage.at
            record.save(update_fields=["approval", "approved_by", "approved_at"])

    rounds = min(stage.rounds, len(bare) - WARM_UP)
    took, plainly = medians(ours, baseline, rounds=rounds)
    Record.objects.filter(pk__in=[row.pk for row in rows]).update(
        approval=Approval.PENDING, approved_by=None, approved_at=None
    )
    return Result(
        "audit.write",
        took,
        plainly,
        "ms",
        "a record approved and committed, with its event and its change history, and without both",
    )


def seal(stage: Stage) -> Result:
    """Eight clients that write events, with a sealer beside them and without."""
    seconds = stage.rounds / 50
    with _own_heads():
        seal_ledger(at=stage.at)
        sealed: list[int] = []
        plain: list[int] = []
        # Each goes first as often as the other: the table grows, and the machine has its moods.
        for taken in (plain, sealed, sealed, plain, plain, sealed):
            if taken is sealed:
                with _sealing(stage):
                    sealed.append(_written_in(seconds))
            else:
                plain.append(_written_in(seconds))
        written = sum(sealed) + sum(plain)
        seal_ledger(at=stage.at)
        report = verify_ledger()
        if not report.passed or report.unsealed or report.events < written:
            raise RuntimeError("Not every event was sealed.")
    return Result(
        "audit.seal",
        median(sealed) / seconds,
        median(plain) / seconds,
        "events/s",
        f"{PROCESSES * CLIENTS_EACH} clients, an event a transaction, with a sealer every "
        f"{SEAL_EVERY_SECONDS:g} s beside them and without; all {written} were then verified",
    )


def verify(stage: Stage) -> Result:
    """A sealed ledger verified, and the same rows read once."""
    target = EVENTS_PER_RECORD * stage.scale
    with _own_heads():
        for first in range(1, target + 1, 100_000):
            with transaction.atomic(), connection.cursor() as cursor:
                cursor.execute(
                    EVENTS,
                    {
                        "at": stage.at,
                        "actor": stage.analyst.pk,
                        "name": stage.analyst.username,
                        "first": first,
                        "last": min(first + 99_999, target),
                    },
                )
        with connection.cursor() as cursor:
            cursor.execute("ANALYZE audit_event")
        start = perf_counter()
        sealed = seal_ledger(at=stage.at)
        sealing = perf_counter() - start
        rates, plain = [], []
        for _ in range(3):
            report = verify_ledger()
            if not report.passed or report.events < target:
                raise RuntimeError("The ledger does not verify.")
            rates.append(report.rate)
            plain.append(_read_once())
    return Result(
        "audit.verify",
        median(rates),
        median(plain),
        "events/s",
        f"{report.events} events under {report.links} seals on two connections, and their rows "
        f"read once by a plain count; sealed at {sealed.events / sealing:.0f} events/s",
    )


def _read_once() -> float:
    """Events a second of reading every row, without computing anything from it."""
    with connection.cursor() as cursor:
        start = perf_counter()
        cursor.execute("SELECT count(*) FROM audit_event WHERE details IS NOT NULL")
        [rows] = cursor.fetchone()
        return float(rows / (perf_counter() - start))


def _written_in(seconds: float) -> int:
    """How many events the clients write in so many seconds."""
    clients = [
        subprocess.Popen(  # noqa: S603  # our own program
            [sys.executable, writers.__file__, str(CLIENTS_EACH), str(seconds)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        for _ in range(PROCESSES)
    ]
    with connection.cursor() as cursor:
        address = cursor.connection.info.dsn
        password = cursor.connection.info.password
    for client in clients:
        assert client.stdin is not None
        # Not on the command line, where everybody on the machine could read it.
        client.stdin.write(f"{address} password='{password}'\n" if password else f"{address}\n")
        client.stdin.flush()
    for client in clients:
        assert client.stdout is not None
        client.stdout.readline()
    for client in clients:
        assert client.stdin is not None
        client.stdin.write("go\n")
        client.stdin.flush()
    return sum(int(client.communicate()[0]) for client in clients)


@contextmanager
def _sealing(stage: Stage) -> Iterator[None]:
    """A sealer at work, on a connection of its own."""
    done = Event()

    def work() -> None:
        try:
            while not done.wait(SEAL_EVERY_SECONDS):
                seal_ledger(at=stage.at)
        finally:
            connection.close()

    sealer = Thread(target=work)
    sealer.start()
    try:
        yield
    finally:
        done.set()
        sealer.join()


@contextmanager
def _own_heads() -> Iterator[None]:
    """A file of heads for this run: it speaks of a database that is dropped afterwards."""
    with (
        tempfile.TemporaryDirectory() as folder,
        override_settings(SEAL_FILE=Path(folder) / "heads.jsonl"),
    ):
        yield
