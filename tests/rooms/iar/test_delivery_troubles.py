"""Copies in trouble: a full disk, a receiver that hangs or hangs up, certificates, e-mail."""

import errno
import os
import smtplib
import socket
import ssl
import threading
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, HTTPServer
from ipaddress import ip_address
from pathlib import Path
from typing import Any

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID
from django.core import mail
from django.core.mail import EmailMessage
from pytest_django import Settings

from acrime.audit.choices import Channel
from acrime.common import outbox
from acrime.common.models import OutboxMessage
from acrime.iar.choices import DeliveryState, Destination, ProofKind
from acrime.iar.delivering import post
from acrime.iar.delivering.attempts import in_words, schedule
from acrime.iar.delivering.mail import is_allowed, message_id
from acrime.iar.models import Delivery, DeliveryProof, StatusResponse
from acrime.iar.replies.actions import receive_reply
from routine_uses.choices import DeliveryChannel
from tests import factories


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, settings: Settings) -> Path:
    settings.SPOOL_FOLDER = tmp_path / "spool"
    settings.DELIVERY_ATTEMPTS = 4
    settings.DELIVERY_SECONDS = 5
    settings.DELIVERY_MAIL = frozenset({"records.example", "desk@police.example"})
    return tmp_path / "spool"


@pytest.fixture
def copy(released_response: StatusResponse) -> Delivery:
    """The requester's copy; the office's is out of the way."""
    OutboxMessage.objects.exclude(key__endswith="requester").delete()
    Delivery.objects.exclude(destination=Destination.REQUESTER).delete()
    return Delivery.objects.get()


def by(copy: Delivery, channel: DeliveryChannel, target: str) -> Delivery:
    copy.channel, copy.target = channel, target
    copy.save()
    return copy


def work(*, at: datetime) -> int:
    due = outbox.claim_due(at=at)
    for pk in due:
        outbox.consume(pk, at=at)
    return len(due)


def state_of(copy: Delivery) -> tuple[str, int, str]:
    copy.refresh_from_db()
    return copy.state, copy.attempts, copy.last_error


# --- A full disk ------------------------------------------------------------------------------


def full(*_: Any, **__: Any) -> Any:
    raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))


@pytest.mark.parametrize("where", ["os.fsync", "os.link", "tempfile.mkstemp"])
def test_a_full_disk_leaves_no_half_file_and_the_copy_comes_later(
    where: str, copy: Delivery, folder: Path, at: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as patch:
        patch.setattr(f"acrime.common.files.{where}", full)
        work(at=at)
    assert state_of(copy) == (DeliveryState.QUEUED, 1, "spool-full")
    assert not [place for place in folder.rglob("*") if place.is_file()]
    work(at=at + outbox.delay_after(0))
    assert state_of(copy) == (DeliveryState.DELIVERED, 2, "")
    [place] = [place for place in folder.rglob("*") if place.is_file()]
    assert place.read_text() == str(copy.response.text)


def test_a_device_without_room_is_told_by_the_system_itself(
    copy: Delivery, folder: Path, at: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    """``/dev/full`` refuses what is written to it as a full disk does."""

    def on_the_full_device(*, dir: Path, prefix: str) -> tuple[int, str]:
        return os.open("/dev/full", os.O_WRONLY), str(dir / f"{prefix}1")

    with monkeypatch.context() as patch:
        patch.setattr("acrime.common.files.tempfile.mkstemp", on_the_full_device)
        work(at=at)
    assert state_of(copy)[2] == "spool-full"
    assert not [place for place in folder.rglob("*") if place.is_file()]


def test_a_copy_in_the_spool_is_proved_by_reading_it_back(copy: Delivery, at: datetime) -> None:
    work(at=at)
    proof = DeliveryProof.objects.get()
    assert (proof.kind, proof.recorded_at) == (ProofKind.READ_BACK, at)
    assert copy.response.text_sha256 in str(proof.detail)


# --- A receiver on this machine ---------------------------------------------------------------


class Receiver:
    """A receiver that keeps what it took by key, and may misbehave after taking it."""

    def __init__(self, *, context: ssl.SSLContext | None = None) -> None:
        self.taken: dict[str, bytes] = {}
        self.calls = 0
        self.after: list[Callable[[BaseHTTPRequestHandler], None]] = []
        receiver = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                receiver.calls += 1
                body = self.rfile.read(int(self.headers["Content-Length"]))
                key = self.headers["Idempotency-Key"]
                receiver.taken.setdefault(key, body)
                act = receiver.after.pop(0) if receiver.after else answer
                act(self)

            def log_message(self, format: str, *args: Any) -> None:
                """Nothing."""

        self.server = HTTPServer(("127.0.0.1", 0), Handler)
        if context:
            self.server.socket = context.wrap_socket(self.server.socket, server_side=True)
        self.thread = threading.Thread(target=self.server.serve_forever, daemon=True)
        self.thread.start()

    @property
    def port(self) -> int:
        return self.server.server_port

    def close(self) -> None:
        self.server.shutdown()
        self.server.server_close()
        self.thread.join()


def answer(handler: BaseHTTPRequestHandler) -> None:
    body = b"Receipt A-17\r\n"
    handler.send_response(200)
    handler.send_header("Content-Length", str(len(body)))
    handler.end_headers()
    handler.wfile.write(body)


def hang_up(handler: BaseHTTPRequestHandler) -> None:
    handler.connection.shutdown(socket.SHUT_RDWR)


@pytest.fixture
def receiver(settings: Settings) -> Iterator[Receiver]:
    made = Receiver()
    settings.DELIVERY_HOSTS = frozenset({f"127.0.0.1:{made.port}"})
    yield made
    made.close()


def test_one_that_takes_it_and_hangs_up_gets_it_again_and_has_it_once(
    copy: Delivery, receiver: Receiver, at: datetime
) -> None:
    by(copy, DeliveryChannel.HTTP, f"http://127.0.0.1:{receiver.port}/iar")
    receiver.after = [hang_up, hang_up]
    moment = at
    for attempt in (1, 2):
        work(at=moment)
        assert state_of(copy)[:2] == (DeliveryState.QUEUED, attempt)
        assert copy.last_error.startswith("http-")
        moment += timedelta(hours=1)
    work(at=moment)
    assert state_of(copy) == (DeliveryState.DELIVERED, 3, "")
    assert receiver.calls == 3
    assert receiver.taken == {copy.key: str(copy.response.text).encode()}
    proof = DeliveryProof.objects.get()
    assert (proof.kind, proof.detail) == (ProofKind.ANSWER, "HTTP 200 Receipt A-17")


def test_its_acknowledgement_ends_the_attempts(
    copy: Delivery, receiver: Receiver, at: datetime
) -> None:
    by(copy, DeliveryChannel.HTTP, f"http://127.0.0.1:{receiver.port}/iar")
    receiver.after = [hang_up]
    work(at=at)
    raw = f"ACKNOWLEDGEMENT\nREFERENCE: {copy.key}\n".encode()
    receive_reply(raw, at=at, channel=Channel.API)
    work(at=at + timedelta(hours=1))
    assert state_of(copy)[0] == DeliveryState.DELIVERED
    assert receiver.calls == 1


def test_one_that_hangs_is_let_go_in_time(
    copy: Delivery, receiver: Receiver, at: datetime, settings: Settings
) -> None:
    """It sends a byte now and then, so that no single read runs out of time."""
    settings.DELIVERY_SECONDS = 0.3
    released = threading.Event()

    def dribble(handler: BaseHTTPRequestHandler) -> None:
        for sign in b"HTTP/1.1 200":
            if released.wait(0.05):
                return
            handler.wfile.write(bytes([sign]))
        released.wait(10)

    by(copy, DeliveryChannel.HTTP, f"http://127.0.0.1:{receiver.port}/iar")
    receiver.after = [dribble]
    work(at=at)
    released.set()
    assert state_of(copy) == (DeliveryState.QUEUED, 1, "http-timeout")


def test_what_it_says_after_its_status_is_cut_and_harmless(
    copy: Delivery, receiver: Receiver, at: datetime
) -> None:
    def much(handler: BaseHTTPRequestHandler) -> None:
        handler.send_response(200)
        handler.end_headers()
        handler.wfile.write(b"\x1b[31m" + b"A" * 100_000)
        hang_up(handler)

    by(copy, DeliveryChannel.HTTP, f"http://127.0.0.1:{receiver.port}/iar")
    receiver.after = [much]
    work(at=at)
    assert state_of(copy)[0] == DeliveryState.DELIVERED
    detail = str(DeliveryProof.objects.get().detail)
    assert len(detail) <= 220
    assert detail.isprintable()


# --- Certificates -----------------------------------------------------------------------------


class Authority:
    """An authority of a test, and what it signs."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        folder.mkdir()
        self.key = ec.generate_private_key(ec.SECP256R1())
        self.name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "Test authority")])
        self.file = folder / "ca.pem"
        own = self._certificate(self.name, self.key.public_key(), authority=True)
        self.file.write_bytes(own.public_bytes(serialization.Encoding.PEM))

    def issue(self, name: str) -> tuple[Path, Path]:
        """Files of a certificate for this machine and of its key."""
        key = ec.generate_private_key(ec.SECP256R1())
        subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
        certificate = self._certificate(subject, key.public_key(), authority=False)
        files = self.folder / f"{name}.pem", self.folder / f"{name}.key"
        files[0].write_bytes(certificate.public_bytes(serialization.Encoding.PEM))
        files[1].write_bytes(
            key.private_bytes(
                serialization.Encoding.PEM,
                serialization.PrivateFormat.PKCS8,
                serialization.NoEncryption(),
            )
        )
        return files

    def _certificate(
        self, subject: x509.Name, key: ec.EllipticCurvePublicKey, *, authority: bool
    ) -> x509.Certificate:
        return (
            x509.CertificateBuilder()
            .subject_name(subject)
            .issuer_name(self.name)
            .public_key(key)
            .serial_number(x509.random_serial_number())
            .not_valid_before(datetime(2020, 1, 1, tzinfo=UTC))
            .not_valid_after(datetime(2100, 1, 1, tzinfo=UTC))
            .add_extension(x509.BasicConstraints(ca=authority, path_length=None), critical=True)
            .add_extension(
                x509.SubjectAlternativeName([x509.IPAddress(ip_address("127.0.0.1"))]),
                critical=False,
            )
            .sign(self.key, hashes.SHA256())
        )


@pytest.fixture
def authority(tmp_path: Path) -> Authority:
    return Authority(tmp_path / "authority")


@pytest.fixture
def strict_receiver(authority: Authority, settings: Settings) -> Iterator[Receiver]:
    """One that serves nobody without a certificate of the authority."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(*authority.issue("receiver"))
    context.load_verify_locations(authority.file)
    context.verify_mode = ssl.CERT_REQUIRED
    made = Receiver(context=context)
    settings.DELIVERY_HOSTS = frozenset({f"127.0.0.1:{made.port}"})
    yield made
    made.close()


def test_both_sides_show_who_they_are(
    copy: Delivery,
    strict_receiver: Receiver,
    authority: Authority,
    settings: Settings,
    at: datetime,
) -> None:
    by(copy, DeliveryChannel.HTTP, f"https://127.0.0.1:{strict_receiver.port}/iar")
    moment = at
    # Whom nobody vouches for is sent nothing.
    work(at=moment)
    assert (state_of(copy)[:2], strict_receiver.calls) == ((DeliveryState.QUEUED, 1), 0)
    # Whoever shows no certificate is not served.
    settings.DELIVERY_CA = authority.file
    moment += timedelta(hours=1)
    work(at=moment)
    assert (state_of(copy)[:2], strict_receiver.calls) == ((DeliveryState.QUEUED, 2), 0)
    settings.DELIVERY_CERTIFICATE, settings.DELIVERY_KEY = authority.issue("portal")
    moment += timedelta(hours=1)
    work(at=moment)
    assert state_of(copy) == (DeliveryState.DELIVERED, 3, "")
    assert strict_receiver.taken == {copy.key: str(copy.response.text).encode()}


def test_a_certificate_that_cannot_be_read_is_told(
    copy: Delivery, receiver: Receiver, settings: Settings, tmp_path: Path, at: datetime
) -> None:
    settings.DELIVERY_CERTIFICATE = settings.DELIVERY_KEY = tmp_path / "gone.pem"
    by(copy, DeliveryChannel.HTTP, f"http://127.0.0.1:{receiver.port}/iar")
    work(at=at)
    assert state_of(copy) == (DeliveryState.QUEUED, 1, "tls-settings")
    assert receiver.calls == 0


# --- E-mail -----------------------------------------------------------------------------------

ADDRESS = "intake@records.example"


@pytest.mark.parametrize("form", ["attachment", "body"])
def test_an_e_mail_says_nothing_of_the_person_outside_its_text(
    form: str, copy: Delivery, settings: Settings, at: datetime
) -> None:
    settings.DELIVERY_MAIL_AS = form
    by(copy, DeliveryChannel.MAIL, ADDRESS)
    work(at=at)
    assert state_of(copy) == (DeliveryState.SENT, 1, "")
    [sent] = mail.outbox
    assert isinstance(sent, EmailMessage)
    assert (sent.to, sent.cc, sent.bcc) == ([ADDRESS], [], [])
    headers = sent.message().as_string().partition("\n\n")[0]
    for value in factories.PERSONAL_VALUES:
        assert value not in headers
        assert value not in sent.subject
    assert message_id(copy) in headers
    text = str(copy.response.text)
    if form == "body":
        assert (sent.body, sent.attachments) == (text, [])
    else:
        [attached] = sent.attachments
        assert tuple(attached) == (f"{copy.key}.txt", text, "text/plain")
        assert factories.LAST not in sent.body


@pytest.mark.parametrize(
    ("address", "allowed"),
    [
        (ADDRESS, True),
        ("INTAKE@RECORDS.EXAMPLE", True),
        ("desk@police.example", True),
        ("other@police.example", False),
        ("intake@records.example.evil.example", False),
        ("intake@sub.records.example", False),
        ("records.example", False),
    ],
)
def test_only_addresses_of_the_settings_are_written_to(
    address: str, allowed: bool, copy: Delivery, at: datetime
) -> None:
    if "@" not in address:
        assert not is_allowed(f"somebody@x.{address}")
        return
    assert is_allowed(address) == allowed
    by(copy, DeliveryChannel.MAIL, address)
    work(at=at)
    expected = (
        (DeliveryState.SENT, 1, "")
        if allowed
        else (
            DeliveryState.FAILED,
            1,
            "address-not-allowed",
        )
    )
    assert state_of(copy) == expected
    assert len(mail.outbox) == allowed


@pytest.mark.parametrize(
    ("trouble", "state", "reason"),
    [
        (smtplib.SMTPServerDisconnected("gone"), DeliveryState.QUEUED, "mail-server"),
        (TimeoutError(), DeliveryState.QUEUED, "mail-server"),
        (smtplib.SMTPResponseException(451, b"later"), DeliveryState.QUEUED, "mail-server"),
        (smtplib.SMTPResponseException(554, b"no"), DeliveryState.FAILED, "mail-refused"),
        (
            smtplib.SMTPRecipientsRefused({ADDRESS: (450, b"busy")}),
            DeliveryState.QUEUED,
            "mail-server",
        ),
        (
            smtplib.SMTPRecipientsRefused({ADDRESS: (550, b"unknown")}),
            DeliveryState.FAILED,
            "mail-refused",
        ),
    ],
)
def test_a_mail_server_in_trouble(
    trouble: Exception,
    state: str,
    reason: str,
    copy: Delivery,
    at: datetime,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    by(copy, DeliveryChannel.MAIL, ADDRESS)

    def fails(_: EmailMessage) -> int:
        raise trouble

    with monkeypatch.context() as patch:
        patch.setattr(EmailMessage, "send", fails)
        work(at=at)
    assert state_of(copy) == (state, 1, reason)
    if state == DeliveryState.QUEUED:
        work(at=at + timedelta(hours=1))
        assert state_of(copy) == (DeliveryState.SENT, 2, "")
        # The same id as any attempt before it.
        assert mail.outbox[0].extra_headers["Message-ID"] == message_id(copy)


def test_no_text_goes_to_a_mail_server_in_the_open(
    copy: Delivery, settings: Settings, at: datetime
) -> None:
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_USE_TLS = settings.EMAIL_USE_SSL = False
    by(copy, DeliveryChannel.MAIL, ADDRESS)
    work(at=at)
    assert state_of(copy) == (DeliveryState.FAILED, 1, "mail-not-encrypted")


# --- When it is tried again -------------------------------------------------------------------


def test_the_schedule_doubles_from_seconds_to_an_hour() -> None:
    assert [wait.total_seconds() for wait in schedule(8)] == [5, 10, 20, 40, 80, 160, 320]
    assert schedule(20)[-1] == timedelta(hours=1)
    assert schedule(1) == ()


@pytest.mark.parametrize(
    "reason", ["spool-full", "host-not-allowed", "http-503", "http-ConnectError", "mail-refused"]
)
def test_reasons_are_told_in_words(reason: str) -> None:
    assert in_words(reason).endswith(".")
    assert in_words(reason) != reason


def test_the_network_is_what_carries_calls() -> None:
    assert post._transport() is None
