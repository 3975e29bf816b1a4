"""A worker dies between release and delivery: nothing is lost, and nothing is sent twice.

Relay and worker are real processes here, and they die by SIGKILL, in the worst moments.
"""

import shutil
import threading
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import psycopg
import pytest
from django.db import connection

from accounts.models import Office, User
from acrime.audit.models import AuditEvent
from acrime.common import clock as the_clock
from acrime.common import outbox
from acrime.common.models import OutboxMessage
from acrime.iaq.models import StatusQuery
from acrime.iar.choices import DeliveryState, Destination
from acrime.iar.models import StatusResponse
from routine_uses.choices import DeliveryChannel
from routine_uses.models import Disclosure, NoticeVersion, Recipient
from tests import factories
from tests.support.programs import (
    PATIENCE_SECONDS,
    RELAY,
    WORKER,
    Program,
    database_url,
    environment_of_programs,
    until,
)

pytestmark = [pytest.mark.crash, pytest.mark.django_db(transaction=True)]

Start = Callable[..., Program]


@pytest.fixture
def at() -> datetime:
    """Now: the programs read the real clock."""
    return the_clock.now()


@pytest.fixture
def notice(db: None, at: datetime) -> NoticeVersion:
    """The notice, loaded at that very moment."""
    return factories.load_notice(at=at)


@pytest.fixture
def start(tmp_path: Path) -> Iterator[Start]:
    """Starts programs, and sees that none of them outlives the test."""
    started: list[Program] = []

    def begin(arguments: tuple[str, ...], **environment: str) -> Program:
        program = Program(arguments, environment_of_programs(tmp_path, **environment))
        started.append(program)
        return program

    yield begin
    for program in started:
        program.kill()


class Receiver:
    """The other end of a delivery: takes a text in, and answers when the test lets it."""

    def __init__(self) -> None:
        self.calls: list[tuple[str, bytes]] = []
        self.kept: dict[str, bytes] = {}
        self.called = threading.Semaphore(0)
        self.may_answer = threading.Event()
        receiver = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"]))
                receiver.take(self.headers["Idempotency-Key"], body)
                try:
                    self.send_response(HTTPStatus.OK)
                    self.end_headers()
                    self.wfile.flush()
                except OSError:
                    self.close_connection = True  # The caller is dead.

            def log_message(self, format: str, *_: object) -> None:
                """Keep quiet."""

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._thread = threading.Thread(target=self._server.serve_forever)
        self._thread.start()
        self.host = f"127.0.0.1:{self._server.server_port}"

    def take(self, key: str, body: bytes) -> None:
        self.calls.append((key, body))
        self.kept.setdefault(key, body)
        self.called.release()
        self.may_answer.wait(PATIENCE_SECONDS)

    def close(self) -> None:
        self.may_answer.set()
        self._server.shutdown()
        self._server.server_close()
        self._thread.join(PATIENCE_SECONDS)


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    listening = Receiver()
    yield listening
    listening.close()


def let_claims_run_out() -> None:
    """As if the time had passed after which a message is taken to be nobody's."""
    long_ago = the_clock.now() - outbox.CLAIM
    OutboxMessage.objects.filter(done_at__isnull=True).update(
        claimed_until=long_ago, available_at=long_ago
    )


def nothing_waits() -> bool:
    return not OutboxMessage.objects.filter(done_at__isnull=True).exists()


def assert_delivered_once(response: StatusResponse, destination: Destination) -> None:
    """One copy, confirmed once, and nothing of it waits."""
    copy = response.deliveries.get(destination=destination)
    assert copy.state == DeliveryState.DELIVERED
    assert copy.delivered_at is not None
    # The attempt that died left no trace: its transaction died with it.
    assert copy.attempts == 1
    confirmed = AuditEvent.objects.filter(
        kind="iar.delivery.confirmed",
        record_number=response.record.number,
        details__destination=destination,
    )
    assert confirmed.count() == 1
    assert OutboxMessage.objects.get(key=copy.key).done_at is not None
    assert outbox.claim_due(at=the_clock.now() + 2 * outbox.CLAIM) == []


def test_killed_in_the_middle_of_a_call_it_calls_again_under_the_same_key(
    approved_query: StatusQuery,
    supervisor: User,
    office: Office,
    receiver: Receiver,
    start: Start,
    tmp_path: Path,
    at: datetime,
) -> None:
    Recipient.objects.filter(ori=approved_query.ori).update(
        delivery_channel=DeliveryChannel.HTTP, delivery_target=f"http://{receiver.host}/answers"
    )
    hosts = {"ACRIME_DELIVERY_HOSTS": receiver.host}
    response = factories.release(approved_query, actor=supervisor, office=office, at=at)
    start(RELAY, **hosts)
    worker = start(WORKER, **hosts)

    # The receiver has the text; before it can say so, the worker dies.
    assert receiver.called.acquire(timeout=PATIENCE_SECONDS), worker.lines
    worker.kill()
    copy = response.deliveries.get(destination=Destination.REQUESTER)
    assert (copy.state, copy.attempts) == (DeliveryState.QUEUED, 0)
    receiver.may_answer.set()

    worker = start(WORKER, **hosts)
    worker.says("ready")
    let_claims_run_out()
    assert receiver.called.acquire(timeout=PATIENCE_SECONDS), worker.lines
    until(nothing_waits, "an empty outbox")

    # However many calls: one key, one text, so one answer for the receiver.
    assert set(receiver.calls) == {(copy.key, str(response.text).encode("ascii"))}
    assert len(receiver.calls) == 2
    assert len(receiver.kept) == 1
    assert_delivered_once(response, Destination.REQUESTER)
    assert_delivered_once(response, Destination.FIELD_OFFICE)
    assert Disclosure.objects.count() == 1


def test_a_lost_broker_and_a_death_before_the_confirmation_leave_one_file(
    approved_query: StatusQuery,
    supervisor: User,
    office: Office,
    start: Start,
    tmp_path: Path,
    at: datetime,
) -> None:
    response = factories.release(approved_query, actor=supervisor, office=office, at=at)
    spool = tmp_path / "spool"
    place = spool / "fbi-cjis" / f"{response.record.number}-requester.txt"

    def files() -> list[Path]:
        return sorted(path for path in spool.rglob("*") if path.is_file())

    # Nobody is there to do the work: the relay hands it to the broker, which loses it.
    relay = start(RELAY)
    queue = tmp_path / "broker" / "messages"
    until(lambda: queue.is_dir() and len(list(queue.iterdir())) == 2, "two tasks in the broker")
    relay.kill()
    shutil.rmtree(tmp_path / "broker")
    assert files() == []

    # Time passes. A worker puts the file in its place, and dies before it can say so: the
    # ledger's table is held, and so is every event.
    let_claims_run_out()
    with psycopg.connect(database_url()) as holding:
        holding.execute("LOCK TABLE audit_event IN EXCLUSIVE MODE")
        start(RELAY)
        worker = start(WORKER)
        until(lambda: len(files()) == 1 and _somebody_waits_for_the_ledger(), "a caught delivery")
        worker.kill()
    assert response.deliveries.filter(state=DeliveryState.QUEUED).count() == 2

    worker = start(WORKER)
    worker.says("ready")
    let_claims_run_out()
    until(nothing_waits, "an empty outbox")

    assert {path.name for path in files()} == {
        f"{copy.key}.txt" for copy in response.deliveries.all()
    }
    assert len(files()) == 2
    assert place.read_text(encoding="ascii") == str(response.text)
    assert_delivered_once(response, Destination.REQUESTER)
    assert_delivered_once(response, Destination.FIELD_OFFICE)
    assert Disclosure.objects.count() == 1


def _somebody_waits_for_the_ledger() -> bool:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT EXISTS (SELECT FROM pg_locks "
            "WHERE NOT granted AND relation = 'audit_event'::regclass)"
        )
        return bool(cursor.fetchone() == (True,))


def test_the_notice_is_there_again_for_later_tests(received_query: StatusQuery) -> None:
    """Emptying every table takes what set-up and migrations put there; fixtures put it back."""
    assert received_query.record.notice_version.routine_uses.count() == 33
    assert timedelta(0) < received_query.due_at - received_query.received_at
