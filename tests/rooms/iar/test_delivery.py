"""Copies on their way: once, whole, tried again when it may help, and given up in sight."""

import stat
from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest
from pytest_django import Settings

from accounts.choices import Role
from accounts.models import User
from acrime.audit.models import AuditEvent
from acrime.common import outbox
from acrime.common.errors import ActionRefused
from acrime.common.models import OutboxMessage
from acrime.iar import events
from acrime.iar.choices import DeliveryState, Destination
from acrime.iar.delivering import handler as sending
from acrime.iar.delivering import post
from acrime.iar.delivering.actions import DELIVER, send_again
from acrime.iar.delivering.attempts import Sent
from acrime.iar.delivering.spool import put_in_spool
from acrime.iar.models import Delivery, StatusResponse
from routine_uses.choices import DeliveryChannel
from routine_uses.models import Disclosure
from tests.conftest import UserFactory

ADDRESS = "https://receiver.example/iar"


@pytest.fixture(autouse=True)
def spool(tmp_path: Path, settings: Settings) -> Path:
    settings.SPOOL_FOLDER = tmp_path / "spool"
    settings.DELIVERY_HOSTS = frozenset({"receiver.example"})
    settings.DELIVERY_ATTEMPTS = 3
    return tmp_path / "spool"


@pytest.fixture
def copy(released_response: StatusResponse) -> Delivery:
    """The requester's copy, into the spool; the office's copy is out of the way."""
    OutboxMessage.objects.exclude(key__endswith="requester").delete()
    Delivery.objects.exclude(destination=Destination.REQUESTER).delete()
    return Delivery.objects.get()


@pytest.fixture
def http_copy(copy: Delivery) -> Delivery:
    """The requester's copy, by HTTPS."""
    copy.channel, copy.target = DeliveryChannel.HTTP, ADDRESS
    copy.save()
    return copy


class Receiver:
    """What a receiver answers, one call after another, and what it was sent."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.answers: list[int | type[httpx.TransportError]] = []
        self.calls: list[httpx.Request] = []
        monkeypatch.setattr(post, "_transport", lambda: httpx.MockTransport(self._answer))

    def _answer(self, request: httpx.Request) -> httpx.Response:
        self.calls.append(request)
        given = self.answers.pop(0)
        if not isinstance(given, int):
            raise given("no luck", request=request)
        headers = {"Location": "https://elsewhere.example/"}
        return httpx.Response(given, headers=headers, stream=httpx.ByteStream(b"said"))


@pytest.fixture
def receiver(monkeypatch: pytest.MonkeyPatch) -> Receiver:
    return Receiver(monkeypatch)


def work(*, at: datetime) -> int:
    """Do what is due; returns how many messages there were."""
    due = outbox.claim_due(at=at)
    for pk in due:
        outbox.consume(pk, at=at)
    return len(due)


def state_of(copy: Delivery) -> tuple[str, int, str]:
    copy.refresh_from_db()
    return copy.state, copy.attempts, copy.last_error


# --- The spool --------------------------------------------------------------------------------


def test_both_copies_land_whole_in_their_folders(
    released_response: StatusResponse, spool: Path, at: datetime
) -> None:
    assert work(at=at) == 2

    number = released_response.record.number
    text = str(released_response.text).encode("ascii")
    requester = Delivery.objects.get(destination=Destination.REQUESTER)
    places = {
        spool / "office-vt1" / f"{number}-office.txt",
        spool / requester.target / f"{number}-requester.txt",
    }
    assert {place for place in spool.rglob("*") if place.is_file()} == places
    assert {place.read_bytes() for place in places} == {text}
    for each in Delivery.objects.all():
        assert (each.state, each.delivered_at, each.sent_at) == (DeliveryState.DELIVERED, at, at)
    assert not OutboxMessage.objects.filter(topic=DELIVER, done_at__isnull=True).exists()
    assert AuditEvent.objects.filter(kind=events.DELIVERY_CONFIRMED).count() == 2


def test_nobody_else_on_the_machine_reads_the_spool(
    copy: Delivery, spool: Path, at: datetime
) -> None:
    work(at=at)
    for place in (spool / copy.target).rglob("*"):
        assert stat.S_IMODE(place.stat().st_mode) & 0o077 == 0


def test_a_message_delivered_twice_writes_once(copy: Delivery, spool: Path, at: datetime) -> None:
    pk = OutboxMessage.objects.get(topic=DELIVER).pk
    assert outbox.consume(pk, at=at)
    place = spool / copy.target / f"{copy.key}.txt"
    written = place.stat()

    assert not outbox.consume(pk, at=at)
    assert place.stat().st_ino == written.st_ino
    assert state_of(copy) == (DeliveryState.DELIVERED, 1, "")


def test_a_file_left_by_a_process_that_died_before_it_could_say_so_is_enough(
    copy: Delivery, spool: Path, at: datetime
) -> None:
    """Killed after the file was put in place, before the database knew."""
    put_in_spool(copy)
    place = spool / copy.target / f"{copy.key}.txt"
    before = place.stat()

    work(at=at)
    assert state_of(copy)[0] == DeliveryState.DELIVERED
    assert (place.stat().st_ino, place.stat().st_mtime_ns) == (before.st_ino, before.st_mtime_ns)
    assert len(list((spool / copy.target).iterdir())) == 1


def test_other_content_under_the_key_is_final(copy: Delivery, spool: Path, at: datetime) -> None:
    place = spool / copy.target / f"{copy.key}.txt"
    place.parent.mkdir(parents=True)
    place.write_text("SOMETHING ELSE")
    work(at=at)

    assert state_of(copy) == (DeliveryState.FAILED, 1, "spool-holds-other-text")
    assert place.read_text() == "SOMETHING ELSE"
    assert AuditEvent.objects.filter(kind=events.DELIVERY_FAILED, outcome="FAILED").exists()
    assert work(at=at + timedelta(days=1)) == 0


def test_a_folder_that_cannot_be_written_is_tried_again(
    copy: Delivery, spool: Path, at: datetime
) -> None:
    spool.write_text("a file where the folder should be")
    work(at=at)
    assert state_of(copy) == (DeliveryState.QUEUED, 1, "spool-not-writable")
    assert work(at=at) == 0

    spool.unlink()
    assert work(at=at + outbox.delay_after(0)) == 1
    assert state_of(copy) == (DeliveryState.DELIVERED, 2, "")


# --- HTTP -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("status", "state"),
    [(200, DeliveryState.DELIVERED), (204, DeliveryState.DELIVERED), (202, DeliveryState.SENT)],
)
def test_a_receiver_takes_the_copy(
    status: int, state: str, http_copy: Delivery, receiver: Receiver, at: datetime
) -> None:
    receiver.answers = [status]
    work(at=at)

    assert state_of(http_copy) == (state, 1, "")
    assert http_copy.sent_at == at
    assert http_copy.delivered_at == (at if state == DeliveryState.DELIVERED else None)
    (call,) = receiver.calls
    assert str(call.url) == ADDRESS
    assert call.headers["Idempotency-Key"] == http_copy.key
    assert call.headers["Content-Type"] == "text/plain; charset=us-ascii"
    assert call.content == str(http_copy.response.text).encode("ascii")
    kind = events.DELIVERY_SENT if status == 202 else events.DELIVERY_CONFIRMED
    assert AuditEvent.objects.filter(kind=kind).count() == 1


@pytest.mark.parametrize(
    "trouble",
    [500, 503, 429, 408, 425, httpx.ConnectError, httpx.ReadTimeout, httpx.RemoteProtocolError],
)
def test_after_trouble_that_may_pass_it_is_tried_again_under_the_same_key(
    trouble: Any, http_copy: Delivery, receiver: Receiver, at: datetime
) -> None:
    receiver.answers = [trouble, 200]
    work(at=at)
    reason = f"http-{trouble}" if isinstance(trouble, int) else f"http-{trouble.__name__}"
    assert state_of(http_copy) == (DeliveryState.QUEUED, 1, reason)
    assert not AuditEvent.objects.filter(kind=events.DELIVERY_FAILED).exists()

    # Not before its time.
    assert work(at=at + outbox.FIRST_DELAY - timedelta(seconds=1)) == 0
    work(at=at + outbox.FIRST_DELAY)
    assert state_of(http_copy) == (DeliveryState.DELIVERED, 2, "")
    assert {call.headers["Idempotency-Key"] for call in receiver.calls} == {http_copy.key}


@pytest.mark.parametrize("status", [400, 401, 403, 404, 409, 410, 422, 301, 302, 307])
def test_a_clear_no_is_final_and_no_redirect_is_followed(
    status: int, http_copy: Delivery, receiver: Receiver, at: datetime
) -> None:
    receiver.answers = [status]
    work(at=at)

    assert state_of(http_copy) == (DeliveryState.FAILED, 1, f"http-{status}")
    assert http_copy.failed_at == at
    assert len(receiver.calls) == 1
    assert work(at=at + timedelta(days=1)) == 0


@pytest.mark.parametrize(
    "target",
    [
        "https://elsewhere.example/iar",
        "https://receiver.example.evil.example/iar",
        "https://receiver.example:8443/iar",
        "https://receiver.example@evil.example/iar",
        "https://evil.example/receiver.example",
    ],
)
def test_a_host_that_is_not_on_the_list_is_not_called(
    target: str, http_copy: Delivery, receiver: Receiver, at: datetime
) -> None:
    Delivery.objects.filter(pk=http_copy.pk).update(target=target)
    work(at=at)

    assert state_of(http_copy) == (DeliveryState.FAILED, 1, "host-not-allowed")
    assert receiver.calls == []


def test_it_waits_longer_each_time_and_gives_up_at_the_limit(
    http_copy: Delivery, receiver: Receiver, at: datetime
) -> None:
    receiver.answers = [500, 500, 500]
    waits = []
    moment = at
    for _ in range(3):
        work(at=moment)
        message = OutboxMessage.objects.get(topic=DELIVER)
        waits.append(message.available_at - moment)
        moment = message.available_at

    assert waits[:2] == [timedelta(seconds=5), timedelta(seconds=10)]
    assert state_of(http_copy) == (DeliveryState.FAILED, 3, "http-500")
    assert message.done_at is not None
    assert work(at=moment + timedelta(days=1)) == 0


# --- Again ------------------------------------------------------------------------------------


def fail(copy: Delivery, receiver: Receiver, *, at: datetime) -> None:
    receiver.answers = [404]
    work(at=at)
    assert state_of(copy)[0] == DeliveryState.FAILED


def test_a_failed_copy_is_sent_again_under_the_same_key_and_arrives_once(
    http_copy: Delivery, receiver: Receiver, supervisor: User, at: datetime
) -> None:
    fail(http_copy, receiver, at=at)
    send_again(delivery=http_copy, actor=supervisor, at=at)
    assert state_of(http_copy) == (DeliveryState.QUEUED, 1, "http-404")
    assert http_copy.failed_at is None
    with pytest.raises(ActionRefused) as refusal:
        send_again(delivery=http_copy, actor=supervisor, at=at)
    assert refusal.value.code == "not-failed"

    receiver.answers = [200]
    work(at=at)
    assert state_of(http_copy) == (DeliveryState.DELIVERED, 2, "")
    assert work(at=at + timedelta(days=1)) == 0
    assert len({call.headers["Idempotency-Key"] for call in receiver.calls}) == 1
    assert Disclosure.objects.count() == 1
    with pytest.raises(ActionRefused):
        send_again(delivery=http_copy, actor=supervisor, at=at)


def test_it_can_fail_and_be_sent_again_more_than_once(
    http_copy: Delivery, receiver: Receiver, supervisor: User, at: datetime
) -> None:
    fail(http_copy, receiver, at=at)
    for attempts in (2, 3):
        send_again(delivery=http_copy, actor=supervisor, at=at)
        fail(http_copy, receiver, at=at)
        assert http_copy.attempts == attempts


def test_sent_again_it_may_be_tried_as_often_as_at_first(
    http_copy: Delivery, receiver: Receiver, supervisor: User, at: datetime
) -> None:
    """What failed for good after its last attempt is not given up at the next stumble."""
    receiver.answers = [500, 500, 500]
    moment = at
    for _ in range(3):
        work(at=moment)
        moment += timedelta(hours=1)
    assert state_of(http_copy)[0] == DeliveryState.FAILED

    send_again(delivery=http_copy, actor=supervisor, at=moment)
    receiver.answers = [500, 200]
    work(at=moment)
    assert state_of(http_copy)[0] == DeliveryState.QUEUED
    work(at=moment + timedelta(hours=1))
    assert state_of(http_copy) == (DeliveryState.DELIVERED, 5, "")


@pytest.mark.parametrize("role", [Role.FIELD_OFFICER, Role.OPR, Role.PRIVACY_OFFICER])
def test_other_roles_send_nothing_again(
    role: Role,
    http_copy: Delivery,
    receiver: Receiver,
    make_user: UserFactory,
    at: datetime,
) -> None:
    fail(http_copy, receiver, at=at)
    with pytest.raises(ActionRefused) as refusal:
        send_again(delivery=http_copy, actor=make_user(role), at=at)
    assert refusal.value.code == "not-a-worker"


def test_a_fault_of_ours_keeps_the_copy_queued(
    copy: Delivery, at: datetime, monkeypatch: pytest.MonkeyPatch, spool: Path
) -> None:
    def stumble(_: Delivery) -> str:
        raise RuntimeError("QUILLABEE")

    with monkeypatch.context() as patch:
        patch.setattr(sending, "SENDERS", {DeliveryChannel.SPOOL: stumble})
        with pytest.raises(RuntimeError):
            work(at=at)
    message = OutboxMessage.objects.get(topic=DELIVER)
    assert (message.last_error, message.done_at) == ("RuntimeError", None)
    assert state_of(copy)[0] == DeliveryState.QUEUED

    work(at=message.available_at)
    assert state_of(copy)[0] == DeliveryState.DELIVERED


def test_every_way_in_the_directory_has_a_sender() -> None:
    senders: set[Callable[[Delivery], Sent]] = set(sending.SENDERS.values())
    assert set(sending.SENDERS) == set(DeliveryChannel) - {DeliveryChannel.NONE}
    assert len(senders) == len(sending.SENDERS)
