"""The e-mail that alerts wait: to whom, how often, with what in it, and once."""

import smtplib
from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from django.core import mail
from django.core.mail.backends.locmem import EmailBackend
from pytest_django import Settings

from accounts.models import User
from acrime.alerts import actions
from acrime.alerts.choices import MailPace
from acrime.alerts.mail import message_of
from acrime.alerts.models import Alert, AlertDigest, AlertMail
from acrime.alerts.tasks import queue_digests
from acrime.audit.models import AuditEvent
from acrime.common import outbox
from acrime.common.models import OutboxMessage
from acrime.records.models import Record
from tests import factories
from tests.conftest import BrowserFactory, Clock
from tests.rooms.alerts.conftest import Look, Search
from tests.support.pages import press, text_of

HandOut = Callable[..., int]
ADDRESS = "analyst@portal.example"


@pytest.fixture(autouse=True)
def _addressed(request: pytest.FixtureRequest) -> None:
    """``analyst`` has an e-mail address."""
    analyst = request.getfixturevalue("analyst")
    analyst.email = ADDRESS
    analyst.save(update_fields=["email"])


def test_an_owner_is_written_to_once(alert: Alert, hand_out: HandOut, at: datetime) -> None:
    assert actions.queue_digests(at=at) == 1
    assert mail.outbox == []
    assert hand_out(at=at) == 1
    [message] = mail.outbox
    assert message.to == [ADDRESS]
    assert "1 alert waits in the ACRIMe Portal" in message.body
    assert "http://127.0.0.1:8000/alerts/" in message.body

    digest = AlertDigest.objects.get()
    assert (digest.waiting, digest.sent_at) == (1, at)
    OutboxMessage.objects.update(claimed_until=None)
    assert hand_out(at=at) == 0
    assert actions.queue_digests(at=at + timedelta(days=2)) == 0
    assert len(mail.outbox) == 1
    event = AuditEvent.objects.get(kind="alert.mail.sent")
    assert (event.actor, event.details) == (None, {"digest": str(digest.key)})


def test_the_e_mail_holds_nothing_personal(
    record: Record,
    analyst: User,
    other_analyst: User,
    search: Search,
    hand_out: HandOut,
    at: datetime,
) -> None:
    search(other_analyst, [record], at=at, criteria={"Last name": factories.LAST})
    hand_out(at=at)
    actions.queue_digests(at=at)
    hand_out(at=at)
    [message] = mail.outbox
    whole = message.message().as_string()
    alert = Alert.objects.get()
    for value in (
        *factories.PERSONAL_VALUES,
        record.number,
        other_analyst.full_name,
        other_analyst.username,
        analyst.full_name,
        str(alert.key),
        "searched",
    ):
        assert value not in whole


def test_the_same_e_mail_again_is_the_same_letter_for_letter(
    alert: Alert, at: datetime, hand_out: HandOut
) -> None:
    actions.queue_digests(at=at)
    digest = AlertDigest.objects.get()
    first, second = (message_of(AlertDigest.objects.get()).message().as_bytes() for _ in range(2))
    assert first == second
    assert f"Message-ID: <alerts-{digest.key}@127.0.0.1>".encode() in first
    assert b"Date: Fri, 20 Nov 2026 15:00:00 +0000" in first
    assert b"Auto-Submitted: auto-generated" in first


def test_at_most_one_e_mail_each_hour(
    alert: Alert,
    record: Record,
    supervisor: User,
    look: Look,
    hand_out: HandOut,
    settings: Settings,
    at: datetime,
) -> None:
    settings.DIGEST_MINUTES = 60
    actions.queue_digests(at=at)
    look(record, supervisor, at=at)
    hand_out(at=at)
    assert len(mail.outbox) == 1
    assert actions.queue_digests(at=at + timedelta(minutes=59, seconds=59)) == 0
    later = at + timedelta(minutes=60)
    assert actions.queue_digests(at=later) == 1
    hand_out(at=later)
    # The one that was not read is counted still.
    assert "2 alerts wait" in mail.outbox[1].body


def test_a_daily_choice(
    alert: Alert,
    record: Record,
    analyst: User,
    supervisor: User,
    look: Look,
    hand_out: HandOut,
    browser_of: BrowserFactory,
    at: datetime,
) -> None:
    browser = browser_of(analyst)
    page = browser.get("/alerts/mail/")
    assert ADDRESS in text_of(page)
    page = press(browser, page, "Save", pace="DAILY")
    assert "Your choice is kept." in text_of(page)
    assert browser.post("/alerts/mail/", {"pace": "NEVER"}).status_code == 422
    assert AuditEvent.objects.get(kind="alert.mail.chosen").details == {"pace": "DAILY"}

    assert actions.queue_digests(at=at) == 1
    look(record, supervisor, at=at)
    hand_out(at=at)
    assert actions.queue_digests(at=at + timedelta(hours=23, minutes=59)) == 0
    assert actions.queue_digests(at=at + timedelta(hours=24)) == 1
    actions.choose_mail(user=analyst, pace=MailPace.HOURLY, at=at)
    assert AlertMail.objects.get(user=analyst).pace == MailPace.HOURLY


def test_nobody_is_written_to_in_vain(
    alert: Alert, record: Record, analyst: User, supervisor: User, at: datetime
) -> None:
    def queued() -> int:
        return actions.queue_digests(at=at)

    User.objects.filter(pk=analyst.pk).update(email="")
    assert queued() == 0
    User.objects.filter(pk=analyst.pk).update(email=ADDRESS, is_active=False)
    assert queued() == 0
    User.objects.filter(pk=analyst.pk).update(is_active=True)
    # An alert about a record that the owner does not see any more.
    Record.objects.filter(pk=record.pk).update(owner=supervisor, creator=supervisor, limited=True)
    assert queued() == 0
    Record.objects.filter(pk=record.pk).update(limited=False)
    actions.mark_read(owner=analyst, at=at)
    assert queued() == 0
    assert not AlertDigest.objects.exists()


def test_nothing_is_sent_when_all_was_read_meanwhile(
    alert: Alert, analyst: User, hand_out: HandOut, at: datetime
) -> None:
    actions.queue_digests(at=at)
    actions.mark_read(owner=analyst, at=at)
    assert hand_out(at=at) == 1
    assert mail.outbox == []
    assert AlertDigest.objects.get().sent_at is None


def test_an_answer_is_news(
    alert: Alert, analyst: User, other_analyst: User, hand_out: HandOut, at: datetime
) -> None:
    actions.queue_digests(at=at)
    hand_out(at=at)
    question = actions.ask_why(key=alert.key, owner=analyst, text="", at=at)
    later = at + timedelta(hours=2)
    assert actions.queue_digests(at=later) == 0
    actions.answer_question(key=question.key, actor=other_analyst, text="A case.", at=later)
    assert actions.queue_digests(at=later) == 1


@pytest.mark.parametrize(
    ("error", "code"),
    [
        (smtplib.SMTPRecipientsRefused({ADDRESS: (550, b"no such user")}), "smtp-550"),
        (smtplib.SMTPResponseException(421, f"{ADDRESS} later"), "smtp-421"),
        (smtplib.SMTPServerDisconnected("gone"), "smtp-SMTPServerDisconnected"),
        (ConnectionRefusedError(111, "refused"), "smtp-ConnectionRefusedError"),
    ],
)
def test_a_mail_server_that_refuses_is_tried_again(
    error: Exception,
    code: str,
    alert: Alert,
    hand_out: HandOut,
    monkeypatch: pytest.MonkeyPatch,
    at: datetime,
) -> None:
    def refuse(*_: object) -> int:
        raise error

    actions.queue_digests(at=at)
    with monkeypatch.context() as patch:
        patch.setattr(EmailBackend, "send_messages", refuse)
        assert hand_out(at=at) == 0
    waiting = OutboxMessage.objects.get(topic=actions.MAIL)
    assert (waiting.last_error, waiting.done_at, waiting.attempts) == (code, None, 1)
    assert AlertDigest.objects.get().sent_at is None
    assert hand_out(at=waiting.available_at) == 1
    assert len(mail.outbox) == 1


def test_the_message_of_the_outbox_names_a_row_and_nothing_else(alert: Alert, at: datetime) -> None:
    actions.queue_digests(at=at)
    message = OutboxMessage.objects.get(topic=actions.MAIL)
    digest = AlertDigest.objects.get()
    assert (message.payload, message.key) == ({"digest": digest.pk}, f"digest-{digest.key}")


def test_the_task_asks_the_clock(alert: Alert, clock: Clock) -> None:
    clock.move(timedelta(minutes=3))
    queue_digests()
    assert AlertDigest.objects.get().queued_at == clock.now()


def test_a_local_portal_writes_a_file(
    alert: Alert, hand_out: HandOut, settings: Settings, tmp_path: Path, at: datetime
) -> None:
    settings.EMAIL_BACKEND = "django.core.mail.backends.filebased.EmailBackend"
    settings.EMAIL_FILE_PATH = tmp_path / "mail"
    actions.queue_digests(at=at)
    assert outbox.consume(OutboxMessage.objects.get(topic=actions.MAIL).pk, at=at)
    [file] = (tmp_path / "mail").iterdir()
    assert "1 alert waits" in file.read_text()
