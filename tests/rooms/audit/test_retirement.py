"""After seven years a month goes as a whole, verified, and its seals stay."""

from collections.abc import Callable
from datetime import UTC, datetime
from io import StringIO
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command
from django.db import DatabaseError, connection, transaction
from pytest_django import Settings

from acrime.audit import events
from acrime.audit.chain import RETIREMENT
from acrime.audit.choices import Channel
from acrime.audit.findings import Problem, Report
from acrime.audit.heads import Heads
from acrime.audit.models import AuditEvent
from acrime.audit.partitions import prepare_partitions
from acrime.audit.retirement import NotRetired, Retired, months_due, retire_ledger
from acrime.audit.sealing import Sealed, links_after, seal_retirement
from acrime.audit.tasks import retire as retire_task
from acrime.config.environment import read_environment
from tests.rooms.audit.conftest import Write

OLD = datetime(2018, 3, 14, 9, tzinfo=UTC)
MONTH = OLD.date().replace(day=1)


@pytest.fixture
def old(write: Write, seal: Callable[[], Sealed]) -> list[int]:
    """A month of 2018 with five events under two seals, and one of today under a third."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT to_regclass('audit_event_2018_03') IS NOT NULL")
        assert cursor.fetchone() == (False,)
    prepare_partitions(at=OLD)
    ids = write(3, at=OLD)
    seal()
    ids += write(2, at=OLD)
    write(1)
    seal()
    return ids


@pytest.fixture(autouse=True)
def _no_months_are_left(transactional_db: None) -> object:
    """A month's tables outlive the emptying of tables between tests."""
    yield
    with connection.cursor() as cursor:
        for month in ("2018_03", "2018_04", "2018_05", "2018_06"):
            for parent in ("audit_event", "audit_seal_entries"):
                cursor.execute(f"DROP TABLE IF EXISTS {parent}_{month}")


def retire(at: datetime) -> list[Retired]:
    return retire_ledger(at=at, channel=Channel.JOB, connections=1)


def test_a_month_goes_and_its_seals_stay(
    old: list[int], at: datetime, verify: Callable[[], Report], heads: Path
) -> None:
    assert months_due(at=at) == [MONTH]

    assert retire(at) == [Retired(MONTH, 5)]

    assert not AuditEvent.objects.filter(pk__in=old).exists()
    *_, last = links_after(0)
    assert (last.header.kind, last.header.month, last.header.count) == (RETIREMENT, "2018-03", 5)
    assert Heads(heads).last() == last
    report = verify()
    assert report.passed
    assert (report.retired, report.events, report.links) == (5, 1, 4)
    assert any(note.startswith("2018-03: 5 events were retired") for note in report.notes)
    event = AuditEvent.objects.get(kind=events.LEDGER_RETIRED)
    assert event.details == {"month": "2018-03", "events": 5}
    assert retire(at) == []


def test_an_event_that_comes_late_to_a_month_that_is_gone_is_sealed_anew(
    old: list[int],
    at: datetime,
    write: Write,
    seal: Callable[[], Sealed],
    verify: Callable[[], Report],
) -> None:
    retire(at)
    write(1, at=OLD)
    seal()
    report = verify()
    assert report.passed
    assert (report.retired, report.events) == (5, 3)


def test_nothing_goes_before_its_time(old: list[int], settings: Settings, at: datetime) -> None:
    assert months_due(at=datetime(2025, 3, 31, 23, tzinfo=UTC)) == []
    assert months_due(at=datetime(2025, 4, 1, 1, tzinfo=UTC)) == [MONTH]
    settings.LEDGER_YEARS = 9
    assert months_due(at=at) == []
    assert retire(at) == []
    assert AuditEvent.objects.filter(pk__in=old).count() == 5


def test_years_can_be_added_and_not_taken_away(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ACRIME_LEDGER_YEARS", "10")
    assert read_environment().ledger_years == 10
    monkeypatch.setenv("ACRIME_LEDGER_YEARS", "6")
    with pytest.raises(Exception, match="ACRIME_LEDGER_YEARS must be a whole number from 7"):
        read_environment()


def test_a_ledger_that_does_not_verify_loses_nothing(
    old: list[int], at: datetime, as_superuser: Callable[..., None], caplog: object
) -> None:
    as_superuser("UPDATE audit_event SET purpose = 'x' WHERE id = %s", old[1])
    with pytest.raises(NotRetired) as refused:
        retire(at)
    assert refused.value.report.findings[0].problem == Problem.TAMPERED
    with pytest.raises(CommandError, match=f"tampered: event {old[1]}"):
        call_command("retire_ledger", stdout=StringIO())
    retire_task()
    assert AuditEvent.objects.filter(pk__in=old).count() == 5


def test_an_event_that_is_not_sealed_keeps_its_month(
    old: list[int], at: datetime, write: Write
) -> None:
    write(1, at=OLD)
    with pytest.raises(DatabaseError, match="6 events, and 5 of them are sealed"):
        retire(at)
    assert AuditEvent.objects.filter(occurred_at__lt=datetime(2019, 1, 1, tzinfo=UTC)).count() == 6
    assert not AuditEvent.objects.filter(kind=events.LEDGER_RETIRED).exists()


def test_the_database_drops_no_month_that_the_chain_does_not_retire(old: list[int]) -> None:
    with (
        connection.cursor() as cursor,
        pytest.raises(DatabaseError, match="no link of the chain"),
    ):
        cursor.execute("SELECT acrime_retire_month(%s, 7)", [MONTH])


def test_a_month_dropped_by_hand_is_found(
    old: list[int], verify: Callable[[], Report], as_superuser: Callable[..., None], at: datetime
) -> None:
    as_superuser("DROP TABLE audit_event_2018_03")
    report = verify()
    assert [each.problem for each in report.findings] == [Problem.MISSING] * 5
    assert [each.event_id for each in report.findings] == old


def test_a_retirement_takes_back_nothing_if_the_month_stays(
    old: list[int], at: datetime, verify: Callable[[], Report]
) -> None:
    """Link and dropping are one transaction."""

    def half() -> None:
        with transaction.atomic():
            seal_retirement(month=MONTH, at=at)
            raise KeyError

    with pytest.raises(KeyError):
        half()
    assert len(list(links_after(0))) == 3
    assert verify().passed


def test_the_command_says_which_months(old: list[int], capsys: pytest.CaptureFixture[str]) -> None:
    call_command("retire_ledger", "--dry-run")
    call_command("retire_ledger")
    call_command("retire_ledger")
    assert capsys.readouterr().out == (
        "2018-03\n2018-03: 5 events dropped, seals kept\nNo month is old enough.\n"
    )
