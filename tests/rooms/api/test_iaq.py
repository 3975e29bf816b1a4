"""``POST /api/v1/iaq/``: a message in, a receipt or a problem out."""

import json
import logging
from datetime import datetime
from typing import Any

import pytest
from auditlog.models import LogEntry
from django.conf import settings
from django.test import Client

from acrime.api import views
from acrime.audit.choices import Channel
from acrime.audit.models import AuditEvent
from acrime.iaq import events
from acrime.iaq.choices import MessageState
from acrime.iaq.intake import KEPT_BYTES
from acrime.iaq.models import InboundMessage, StatusQuery
from tests import factories
from tests.conftest import Browser
from tests.factories import message_bytes, query_numbered
from tests.rooms.api.conftest import Send

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("notice")]

PROBLEM = "application/problem+json"


def refused(answer: Any, status: int, code: str) -> dict[str, Any]:
    """The problem in *answer*, checked for its form."""
    assert answer.status_code == status
    assert answer["Content-Type"] == PROBLEM
    facts: dict[str, Any] = answer.json()
    assert (facts["status"], facts["code"], facts["type"]) == (status, code, "about:blank")
    assert facts["title"]
    return facts


# --- Taken -----------------------------------------------------------------------------------


def test_a_message_is_accepted(send: Send, at: datetime) -> None:
    answer = send(message_bytes())

    assert answer.status_code == 201
    assert answer["Content-Type"] == "application/json"
    facts = answer.json()
    query = query_numbered(facts["number"])
    assert facts == {
        "outcome": "accepted",
        "number": query.record.number,
        "program": "CRIMINAL",
        "acknowledgement": query.message.acknowledgement,
    }
    assert (query.received_at, query.message.channel) == (at, Channel.API)
    assert query.record.creator.username == "message-switch"
    assert bytes(query.message.original) == message_bytes()


def test_the_ledger_names_the_account(send: Send) -> None:
    number = send(message_bytes()).json()["number"]

    event = AuditEvent.objects.get(kind=events.MESSAGE_RECEIVED)
    assert (event.actor_name, event.channel, event.source_address) == (
        "message-switch",
        Channel.API,
        "127.0.0.1",
    )
    opened = AuditEvent.objects.get(kind="record.created", record_number=number)
    assert (opened.actor_name, opened.channel) == ("message-switch", Channel.API)
    # The change history does not tell how a query came to be, only what became of it.
    assert not LogEntry.objects.get_for_object(query_numbered(number).record).exists()


def test_every_repeat_answers_with_the_same_number(send: Send) -> None:
    first = send(message_bytes()).json()
    for raw in (message_bytes(), message_bytes().replace(b"\n", b"\r\n")):
        answer = send(raw)
        assert answer.status_code == 200
        assert (answer.json()["outcome"], answer.json()["number"]) == ("repeated", first["number"])
    as_json = send(
        json.dumps({"message": message_bytes().decode()}).encode(), content_type="application/json"
    )
    assert (as_json.status_code, as_json.json()["number"]) == (200, first["number"])
    assert StatusQuery.objects.count() == 1


def test_json_carries_the_message_too(send: Send) -> None:
    body = json.dumps({"message": message_bytes().decode()}).encode()

    answer = send(body, content_type="application/json; charset=utf-8")
    assert answer.status_code == 201
    message = query_numbered(answer.json()["number"]).message
    assert bytes(message.original) == message_bytes()


def test_parameters_of_the_media_type_do_not_matter(send: Send) -> None:
    assert send(message_bytes(), content_type="Text/Plain; charset=us-ascii").status_code == 201


# --- Kept for a person -----------------------------------------------------------------------


def test_a_message_that_cannot_be_read_is_kept_and_told(send: Send) -> None:
    facts = refused(send(message_bytes(PUR="Z")), 422, "unknown-purpose")

    message = InboundMessage.objects.get()
    assert message.state == MessageState.REFUSED
    assert (facts["field"], facts["number"]) == ("PUR", message.number)
    assert facts["acknowledgement"] == message.acknowledgement
    assert refused(send(message_bytes(PUR="Z")), 422, "unknown-purpose") == facts


@pytest.mark.parametrize(
    ("body", "content_type", "kept", "code"),
    [
        (b"", "text/plain", b"", "empty"),
        (b"\x00\xff", "text/plain", b"\x00\xff", "control-characters"),
        ("NAM/MUÑOZ".encode(), "text/plain", "NAM/MUÑOZ".encode(), "not-ascii"),
        (b"A" * 1_048_577, "text/plain", b"A" * 1_048_577, "too-large"),
        (b'{"message": ""}', "application/json", b"", "empty"),
        (rb'{"message": "\u0000"}', "application/json", b"\x00", "control-characters"),
        (rb'{"message": "\ud800"}', "application/json", b"\xed\xa0\x80", "not-ascii"),
    ],
)
def test_whatever_comes_as_a_message_is_kept(
    body: bytes, content_type: str, kept: bytes, code: str, send: Send
) -> None:
    facts = refused(send(body, content_type=content_type), 422, code)

    assert bytes(InboundMessage.objects.get(number=facts["number"]).original) == kept


# --- Not taken -------------------------------------------------------------------------------


@pytest.mark.parametrize("content_type", ["text/plain", "application/json"])
def test_a_body_too_large_to_keep(content_type: str, send: Send) -> None:
    facts = refused(
        send(b"A" * (KEPT_BYTES + 1), content_type=content_type), 413, "too-large-to-keep"
    )

    assert "not taken" in facts["detail"]
    assert not InboundMessage.objects.exists()


@pytest.mark.parametrize(
    "content_type", ["application/xml", "multipart/form-data; boundary=x", "", "nonsense"]
)
def test_other_media_types(content_type: str, send: Send) -> None:
    refused(send(message_bytes(), content_type=content_type), 415, "unsupported-media-type")
    assert not InboundMessage.objects.exists()


@pytest.mark.parametrize(
    "body",
    [
        b"{",
        b"\xff\xfe{}",
        b"[" * 100_000,
        b"{}",
        b"[]",
        b'"text"',
        b'{"message": 7}',
        b'{"message": null}',
    ],
    ids=lambda body: body[:12].decode("latin-1"),
)
def test_json_without_a_message(body: bytes, send: Send) -> None:
    refused(send(body, content_type="application/json"), 400, "bad-request")
    assert not InboundMessage.objects.exists()


@pytest.mark.parametrize("method", ["GET", "PUT", "PATCH", "DELETE"])
def test_other_methods(method: str, client: Client, token: str) -> None:
    answer = client.generic(method, "/api/v1/iaq/", headers={"Authorization": f"Bearer {token}"})

    refused(answer, 405, "method-not-allowed")


def test_answers_are_json_or_nothing(send: Send) -> None:
    refused(send(message_bytes(), headers={"Accept": "text/html"}), 406, "not-acceptable")
    assert not InboundMessage.objects.exists()


# --- Signed-in people ------------------------------------------------------------------------


def test_a_signed_in_analyst_needs_the_forms_token(as_analyst: Browser) -> None:
    as_analyst.handler.enforce_csrf_checks = True
    answer = as_analyst.post("/api/v1/iaq/", message_bytes(), content_type="text/plain")
    refused(answer, 403, "not-allowed")

    as_analyst.cookies[settings.CSRF_COOKIE_NAME] = "a" * 32
    answer = as_analyst.post(
        "/api/v1/iaq/",
        message_bytes(),
        content_type="text/plain",
        headers={"X-CSRFToken": "a" * 32},
    )
    assert answer.status_code == 201
    assert query_numbered(answer.json()["number"]).record.creator == as_analyst.user


def test_a_supervisor_may_send(as_supervisor: Browser) -> None:
    answer = as_supervisor.post("/api/v1/iaq/", message_bytes(), content_type="text/plain")
    assert answer.status_code == 201


def test_a_body_without_its_length_is_not_taken_for_an_empty_message(send: Send) -> None:
    answer = send(message_bytes(), headers={"Transfer-Encoding": "chunked"})
    refused(answer, 411, "length-required")
    assert not InboundMessage.objects.exists()


# --- Faults of ours --------------------------------------------------------------------------


def test_an_unexpected_error_says_nothing(
    send: Send, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def stumble(raw: bytes, **_: object) -> None:
        raise RuntimeError(raw.decode())

    monkeypatch.setattr(views, "receive_message", stumble)
    with caplog.at_level(logging.DEBUG):
        answer = send(message_bytes())

    facts = refused(answer, 500, "internal-error")
    assert "detail" not in facts
    assert "RuntimeError at test_iaq.py" in caplog.text
    for value in factories.PERSONAL_VALUES:
        assert value not in caplog.text + answer.content.decode()


def test_no_answer_and_no_log_tells_a_personal_value(
    send: Send, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.DEBUG):
        answers = [
            send(message_bytes()),
            send(message_bytes()),
            send(message_bytes(PUR="Z")),
            send(message_bytes(), content_type="application/json"),
            send(message_bytes(), content_type="image/png"),
        ]

    told = caplog.text + "".join(answer.content.decode() for answer in answers)
    for value in factories.PERSONAL_VALUES:
        assert value not in told
