"""The outbox: written with the decision, done once, tried again, never lost."""

import logging
import threading
from datetime import datetime, timedelta

import pytest
from celery import current_app
from django.db import connection, transaction
from kombu.exceptions import OperationalError

from accounts.models import Office
from acrime.common import outbox
from acrime.common.models import OutboxMessage
from acrime.common.outbox import CLAIM, Later, claim_due, consume, delay_after, enqueue
from acrime.common.relay import send_due
from acrime.common.tasks import consume as consume_task
from tests import factories

TOPIC = "test.topic"

pytestmark = pytest.mark.django_db


@pytest.fixture
def handled(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """A handler whose effect is an office; gives what it was called with."""
    calls: list[int] = []

    def handle(message: OutboxMessage, at: datetime) -> None:
        calls.append(message.pk)
        factories.make_office(f"O{message.pk}", at=at)

    monkeypatch.setitem(outbox._handlers, TOPIC, handle)
    return calls


def put(at: datetime, key: str = "key") -> int:
    return enqueue(topic=TOPIC, key=key, payload={"thing": 7}, at=at)


# --- Writing ---------------------------------------------------------------------------------


def test_a_message_is_part_of_the_transaction_that_decided_it(at: datetime) -> None:
    def fail() -> None:
        with transaction.atomic():
            put(at)
            raise KeyError

    with pytest.raises(KeyError):
        fail()
    assert not OutboxMessage.objects.exists()


def test_the_same_key_is_the_same_message(at: datetime) -> None:
    assert put(at) == put(at)
    assert put(at) != put(at, key="another")
    assert OutboxMessage.objects.count() == 2


def test_a_topic_has_one_handler(handled: list[int]) -> None:
    assert TOPIC in outbox.topics()
    with pytest.raises(ValueError, match=TOPIC):
        outbox.handler(TOPIC)(lambda _message, _at: None)


# --- Claiming --------------------------------------------------------------------------------


def test_claims_go_in_order_and_leave_out_what_is_not_due(at: datetime) -> None:
    second = put(at - timedelta(seconds=1), key="b")
    first = put(at - timedelta(seconds=2), key="a")
    put(at + timedelta(seconds=1), key="c")

    assert claim_due(at=at) == [first, second]


def test_a_claim_holds_until_a_worker_cannot_be_at_it_any_more(at: datetime) -> None:
    claimed = [put(at)]

    assert claim_due(at=at) == claimed
    assert claim_due(at=at + CLAIM) == []
    assert claim_due(at=at + CLAIM + timedelta(seconds=1)) == claimed


def test_claims_are_taken_in_portions(at: datetime) -> None:
    every = [put(at, key=str(number)) for number in range(5)]

    assert claim_due(at=at, limit=2) == every[:2]
    assert claim_due(at=at, limit=9) == every[2:]


@pytest.mark.usefixtures("handled")
def test_no_more_is_handed_out_than_workers_get_to_within_the_claim(
    at: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(outbox, "MOST_HANDED_OUT", 3)
    every = [put(at, key=str(number)) for number in range(5)]

    assert claim_due(at=at) == every[:3]
    assert claim_due(at=at) == []
    consume(every[1], at=at)
    assert claim_due(at=at) == every[3:4]
    # What nobody got to within its claim is handed out again.
    assert claim_due(at=at + CLAIM + timedelta(seconds=1)) == [every[0], *every[2:4]]


# --- Doing -----------------------------------------------------------------------------------


def test_a_message_is_done_once(at: datetime, handled: list[int]) -> None:
    message = put(at)

    assert consume(message, at=at)
    assert not consume(message, at=at)
    assert handled == [message]
    assert OutboxMessage.objects.get().done_at == at
    assert claim_due(at=at + timedelta(days=1)) == []


def test_what_is_not_there_is_no_failure(at: datetime, handled: list[int]) -> None:
    assert not consume(404, at=at)
    assert not handled


def test_a_failure_takes_its_effect_back_and_is_tried_again(
    at: datetime, handled: list[int], monkeypatch: pytest.MonkeyPatch
) -> None:
    handle = outbox._handlers[TOPIC]

    def fail(message: OutboxMessage, moment: datetime) -> None:
        handle(message, moment)
        raise KeyError("QUILLABEE")

    message = put(at)
    claim_due(at=at)
    with monkeypatch.context() as patch:
        patch.setitem(outbox._handlers, TOPIC, fail)
        with pytest.raises(KeyError):
            consume(message, at=at)

    assert not Office.objects.exists()
    put_off = OutboxMessage.objects.get()
    assert (put_off.attempts, put_off.last_error, put_off.done_at) == (1, "KeyError", None)
    assert put_off.available_at == at + timedelta(seconds=5)
    assert claim_due(at=at + timedelta(seconds=4)) == []
    assert claim_due(at=at + timedelta(seconds=5)) == [message]
    assert consume(message, at=at + timedelta(seconds=5))
    assert Office.objects.count() == 1


def test_later_keeps_what_the_handler_wrote(
    at: datetime, handled: list[int], monkeypatch: pytest.MonkeyPatch
) -> None:
    handle = outbox._handlers[TOPIC]

    def later(message: OutboxMessage, moment: datetime) -> Later:
        handle(message, moment)
        return Later("receiver-busy")

    monkeypatch.setitem(outbox._handlers, TOPIC, later)
    assert not consume(put(at), at=at)

    assert Office.objects.exists()
    message = OutboxMessage.objects.get()
    assert (message.attempts, message.last_error, message.done_at) == (1, "receiver-busy", None)


def test_after_the_last_attempt_a_message_waits_for_a_person(
    at: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(outbox._handlers, TOPIC, lambda _message, _at: Later("no"))
    message, moment = put(at), at
    for _ in range(outbox.ATTEMPTS):
        assert OutboxMessage.objects.get().failed_at is None
        moment += outbox.LONGEST_DELAY
        consume(message, at=moment)

    given_up = OutboxMessage.objects.get()
    assert (given_up.attempts, given_up.failed_at) == (outbox.ATTEMPTS, moment)
    assert claim_due(at=moment + timedelta(days=1)) == []
    assert not consume(message, at=moment)


def test_a_message_without_a_handler_is_put_off(at: datetime) -> None:
    with pytest.raises(KeyError):
        consume(put(at), at=at)
    assert OutboxMessage.objects.get().attempts == 1


def test_delays_double_up_to_an_hour() -> None:
    delays = [delay_after(attempts) for attempts in range(30)]

    assert delays[:4] == [timedelta(seconds=seconds) for seconds in (5, 10, 20, 40)]
    assert delays == sorted(delays)
    assert delays[-1] == timedelta(hours=1)


def test_a_failing_task_logs_no_text_of_its_error(
    at: datetime, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def fail(_message: OutboxMessage, _at: datetime) -> None:
        raise KeyError("QUILLABEE")

    monkeypatch.setitem(outbox._handlers, TOPIC, fail)
    message = put(at)
    with caplog.at_level(logging.DEBUG):
        consume_task.apply(kwargs={"message_id": message})

    assert "KeyError at test_outbox.py" in caplog.text
    assert "QUILLABEE" not in caplog.text
    assert OutboxMessage.objects.get().attempts == 1


# --- Sending ---------------------------------------------------------------------------------


@pytest.fixture
def sent(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """A broker that takes two tasks and then breaks down."""
    taken: list[int] = []

    def send_task(_name: str, *, kwargs: dict[str, int], task_id: str) -> None:
        if len(taken) == 2:
            raise OperationalError("broken")
        assert f"-{kwargs['message_id']}-" in task_id
        taken.append(kwargs["message_id"])

    monkeypatch.setattr(current_app, "send_task", send_task, raising=False)
    return taken


def test_the_relay_sends_ids_and_nothing_else(at: datetime, sent: list[int]) -> None:
    message = put(at)

    assert send_due(at=at) == 1
    assert sent == [message]
    assert send_due(at=at) == 0


def test_what_the_broker_does_not_take_is_not_lost(at: datetime, sent: list[int]) -> None:
    every = [put(at, key=str(number)) for number in range(4)]

    assert send_due(at=at) == 2
    assert sent == every[:2]
    sent.clear()
    assert send_due(at=at) == 2
    assert sent == every[2:]


def test_a_task_that_was_lost_is_sent_again(at: datetime, sent: list[int]) -> None:
    put(at)
    send_due(at=at)

    assert send_due(at=at + CLAIM + timedelta(seconds=1)) == 1


# --- Several at once -------------------------------------------------------------------------


@pytest.mark.django_db(transaction=True)
def test_two_workers_at_one_message_do_it_once(
    at: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    message = put(at)
    entered, leave = threading.Event(), threading.Event()
    calls: list[int] = []

    def handle(found: OutboxMessage, _at: datetime) -> None:
        calls.append(found.pk)
        entered.set()
        assert leave.wait(timeout=30)

    def first() -> None:
        try:
            consume(message, at=at)
        finally:
            connection.close()

    monkeypatch.setitem(outbox._handlers, TOPIC, handle)
    worker = threading.Thread(target=first)
    worker.start()
    try:
        assert entered.wait(timeout=30)
        # The first still works on it: the second neither waits nor repeats.
        assert not consume(message, at=at)
    finally:
        leave.set()
        worker.join(timeout=60)

    assert calls == [message]
    assert OutboxMessage.objects.get().done_at == at


@pytest.mark.django_db(transaction=True)
def test_two_relays_never_claim_the_same(at: datetime) -> None:
    every = {put(at, key=str(number)) for number in range(40)}
    together = threading.Barrier(2, timeout=30)
    claimed: list[int] = []

    def claim() -> None:
        try:
            together.wait()
            while found := claim_due(at=at, limit=3):
                claimed.extend(found)
        finally:
            connection.close()

    relays = [threading.Thread(target=claim) for _ in range(2)]
    for relay in relays:
        relay.start()
    for relay in relays:
        relay.join(timeout=60)

    assert len(claimed) == len(every)
    assert set(claimed) == every
