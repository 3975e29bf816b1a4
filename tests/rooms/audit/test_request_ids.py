"""One id for what a request or a task does: in its events, its log lines, its answer."""

import logging
import re
from datetime import datetime
from ipaddress import ip_network

import pytest
from celery.signals import task_postrun, task_prerun
from django.test import Client
from pytest_django import Settings

from accounts.models import User
from acrime.audit import events
from acrime.audit.actions import record_event
from acrime.audit.choices import Channel
from acrime.audit.models import AuditEvent
from acrime.common import request_ids
from tests.conftest import Browser

GIVEN = "7f3c9a00-51f1-4e7e-9a77-0c1d2e3f4a5b"


def test_an_answer_names_its_request(client: Client, db: None) -> None:
    first, second = client.get("/sign-in/"), client.get("/nowhere/")

    assert re.fullmatch(r"[0-9a-f]{32}", first["X-Request-ID"])
    assert re.fullmatch(r"[0-9a-f]{32}", second["X-Request-ID"])
    assert first["X-Request-ID"] != second["X-Request-ID"]
    assert request_ids.current() == ""


def test_what_a_request_does_is_in_the_ledger_under_its_id(as_analyst: Browser) -> None:
    answer = as_analyst.get("/queries/")

    event = AuditEvent.objects.get(kind=events.RECORD_LISTED)
    assert event.request_id == answer["X-Request-ID"]


def test_a_trusted_proxys_id_is_taken_over(client: Client, db: None, settings: Settings) -> None:
    assert client.get("/sign-in/", headers={"X-Request-ID": GIVEN})["X-Request-ID"] != GIVEN

    settings.TRUSTED_PROXIES = (ip_network("127.0.0.1"),)
    assert client.get("/sign-in/", headers={"X-Request-ID": GIVEN})["X-Request-ID"] == GIVEN


@pytest.mark.parametrize(
    "given", ["", "short", "x" * 37, "with space in it", "-begins-with-a-dash", "line\nbreak-in-it"]
)
def test_an_id_that_is_not_well_formed_is_not(
    given: str, client: Client, db: None, settings: Settings
) -> None:
    settings.TRUSTED_PROXIES = (ip_network("127.0.0.1"),)

    answer = client.get("/sign-in/", HTTP_X_REQUEST_ID=given)

    assert re.fullmatch(r"[0-9a-f]{32}", answer["X-Request-ID"])


def test_where_a_request_came_from_is_what_trusted_proxies_say(
    client: Client, db: None, settings: Settings, analyst: User
) -> None:
    def signed_in_from(**headers: str) -> str | None:
        client.post("/sign-in/")
        client.post(
            "/sign-in/password/", {"username": "nobody", "password": "wrong"}, headers=headers
        )
        event = AuditEvent.objects.filter(kind=events.SIGN_IN_FAILED).latest("pk")
        return event.source_address

    assert signed_in_from(**{"X-Forwarded-For": "203.0.113.9"}) == "127.0.0.1"
    settings.TRUSTED_PROXIES = (ip_network("127.0.0.1"), ip_network("10.0.0.0/8"))
    forged = {"X-Forwarded-For": "198.51.100.1, 203.0.113.9, 10.1.2.3"}
    assert signed_in_from(**forged) == "203.0.113.9"


@pytest.mark.django_db
def test_a_peer_without_an_address_leaves_none(client: Client, at: datetime) -> None:
    client.post("/sign-in/", REMOTE_ADDR="")
    client.post("/sign-in/password/", {"username": "n", "password": "w"}, REMOTE_ADDR="unix:")

    assert AuditEvent.objects.filter(kind=events.SIGN_IN_FAILED).latest("pk").source_address is None


@pytest.mark.django_db
def test_background_work_is_known_under_its_task(at: datetime) -> None:
    task_prerun.send(sender=None, task_id="outbox-12-1790000000000")
    try:
        event = record_event(kind=events.SIGNED_OUT, actor=None, at=at, channel=Channel.JOB)
    finally:
        task_postrun.send(sender=None)
    after = record_event(kind=events.SIGNED_OUT, actor=None, at=at, channel=Channel.JOB)

    assert AuditEvent.objects.get(pk=event.pk).request_id == "outbox-12-1790000000000"
    assert AuditEvent.objects.get(pk=after.pk).request_id == ""


def test_the_line_about_an_answer_carries_its_id(
    client: Client, db: None, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.handler.addFilter(request_ids.WithRequestId())

    answer = client.get("/nowhere/")

    line = next(record for record in caplog.records if record.name == "django.request")
    assert vars(line)["request_id"] == answer["X-Request-ID"]


def test_log_lines_carry_it() -> None:
    def line() -> str:
        record = logging.LogRecord("any", logging.INFO, __file__, 1, "said", None, None)
        assert request_ids.WithRequestId().filter(record)
        return logging.Formatter("[%(request_id)s] %(message)s").format(record)

    with request_ids.working_under(GIVEN):
        assert line() == f"[{GIVEN}] said"
    assert line() == "[-] said"


def test_an_id_never_outgrows_its_column() -> None:
    with request_ids.working_under("x" * 50):
        assert request_ids.current() == "x" * 36
