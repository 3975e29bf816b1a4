"""What is told of a ledger that nobody looks after, and what a year of looking after leaves."""

from collections.abc import Callable
from datetime import datetime, timedelta

import pytest
from django.core.management import call_command
from django.db import connection
from django.test import Client

from acrime.audit import events
from acrime.audit.choices import Outcome
from acrime.audit.models import AuditEvent, Seal
from acrime.audit.sealing import Sealed
from acrime.audit.tasks import seal as seal_task
from acrime.audit.watch import LATE, PROVEN, ledger_state
from acrime.common import clock
from tests.conftest import Clock
from tests.rooms.audit.conftest import Write


@pytest.fixture
def at() -> datetime:
    """Now: the database says itself when it wrote an event."""
    return clock.now()


def test_events_that_wait_too_long_are_told_once_an_hour(
    write: Write, as_superuser: Callable[..., None], clock: Clock, caplog: pytest.LogCaptureFixture
) -> None:
    write(2)
    with connection.cursor() as cursor:
        # Somebody keeps a transaction open; here it is the sealer that is kept away.
        cursor.execute("SELECT pg_advisory_lock(%s)", [0x5EA1])
    try:
        assert not ledger_state(at=clock.now()).late
        clock.move(LATE + timedelta(minutes=1))
        assert ledger_state(at=clock.now()).late
        hold = pytest.MonkeyPatch()
        hold.setattr("acrime.audit.sealing._alone", lambda: False)
        for _ in range(3):
            seal_task()
        clock.move(timedelta(hours=1, minutes=1))
        seal_task()
        hold.undo()
    finally:
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_unlock_all()")

    told = AuditEvent.objects.filter(kind=events.LEDGER_SEALED_LATE).order_by("pk")
    assert [(event.outcome, event.details["waiting"]) for event in told] == [
        (Outcome.FAILED, 2),
        (Outcome.FAILED, 3),
    ]
    assert caplog.text.count("wait for their seal") == 2
    seal_task()
    assert not ledger_state(at=clock.now()).late


def test_sealing_writes_no_event_of_its_own(write: Write, seal: Callable[[], Sealed]) -> None:
    """It would never come to an end."""
    write(1)
    seal_task()
    seal_task()
    assert AuditEvent.objects.count() == 1
    assert Seal.objects.count() == 1


def test_a_chain_that_was_cut_is_logged_and_not_gone_on_with(
    write: Write,
    seal: Callable[[], Sealed],
    as_superuser: Callable[..., None],
    caplog: pytest.LogCaptureFixture,
) -> None:
    write(1)
    seal()
    as_superuser("DELETE FROM audit_seal_entries")
    as_superuser("DELETE FROM audit_seal")
    seal_task()
    assert "the ledger is not sealed: Seal 1 was published" in caplog.text
    assert not Seal.objects.exists()


def test_health_tells_what_needs_attention(
    write: Write,
    seal: Callable[[], Sealed],
    as_superuser: Callable[..., None],
    client: Client,
    clock: Clock,
) -> None:
    def attention() -> list[str]:
        found: list[str] = client.get("/healthz").json()["attention"]
        return [code for code in found if code != "database-owner"]

    [pk] = write(1)
    seal()
    assert attention() == []
    clock.move(PROVEN + timedelta(minutes=1))
    assert attention() == ["ledger-unproven"]
    call_command("verify_audit", "--connections=1")
    seal()
    assert attention() == []
    as_superuser("DELETE FROM audit_event WHERE id = %s", pk)
    clock.move(timedelta(minutes=1))
    with pytest.raises(Exception, match="missing"):
        call_command("verify_audit", "--connections=1")
    seal()
    assert attention() == ["ledger-broken"]


def test_the_command_seals(write: Write, heads: object, capsys: pytest.CaptureFixture[str]) -> None:
    write(3)
    call_command("seal_ledger")
    assert capsys.readouterr().out == (
        "3 events under 1 new seals; 1 published; 0 not yet sealed.\n"
    )
