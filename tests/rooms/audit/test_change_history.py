"""The readable change history: by whom, only of what was written, nothing personal, for good."""

import json
from datetime import datetime, timedelta
from io import StringIO
from typing import Any

import pytest
from auditlog.models import LogEntry
from django.contrib.contenttypes.models import ContentType
from django.core.management import call_command
from django.db import DatabaseError, IntegrityError, connection, transaction
from django.test import Client

from accounts.actions import create_office, issue_token
from accounts.choices import OfficeKind, Role
from accounts.models import Office, User
from acrime.audit.acting import acting_as, found_to_be
from acrime.audit.models import AuditEvent
from acrime.common import outbox
from acrime.common.tasks import consume
from acrime.iaq.actions import claim_query
from acrime.iaq.models import StatusQuery
from acrime.iar.models import Delivery, StatusResponse
from tests import factories
from tests.conftest import Browser, BrowserFactory, Clock, UserFactory
from tests.factories import PERSONAL_VALUES

pytestmark = pytest.mark.django_db

FORGED = {
    "X-Correlation-ID": "QUILLABEE-forged",
    "X-Forwarded-For": "6.6.6.6",
    "X-Forwarded-Port": "99999999999999",
}


def latest(row: Any) -> LogEntry:
    entry: LogEntry = LogEntry.objects.get_for_object(row).latest("pk")
    return entry


def rename(office: Office, name: str) -> LogEntry:
    """Give *office* another name, as whoever acts, and return what was noted."""
    with transaction.atomic():
        office.name = name
        office.save(update_fields=["name"])
    return latest(office)


# --- By whom ------------------------------------------------------------------------------------


def test_a_page_notes_who_is_signed_in(
    received_query: StatusQuery, browser_of: BrowserFactory, analyst: User
) -> None:
    browser_of(analyst).post(f"/queries/{received_query.record.number}/claim/")
    entry = latest(received_query)
    assert (entry.actor, entry.actor_email) == (analyst, None)
    assert len(entry.cid) == 32


@pytest.mark.parametrize("name", FORGED)
def test_forged_headers_enter_nothing_and_stop_nothing(
    name: str, received_query: StatusQuery, as_analyst: Browser
) -> None:
    address = f"/queries/{received_query.record.number}/claim/"
    assert as_analyst.post(address, headers={name: FORGED[name]}).status_code == 302
    entry = latest(received_query)
    assert entry.actor == as_analyst.user
    assert (entry.remote_addr, entry.remote_port) == (None, None)
    assert "forged" not in entry.cid


def test_a_token_and_a_session_of_the_api_note_their_person(
    notice: object, browser_of: BrowserFactory, make_user: UserFactory, at: datetime
) -> None:
    machine, analyst = make_user(Role.INTERFACE), make_user(Role.ANALYST)
    token = issue_token(
        user=machine, name="switch", expires_at=at + timedelta(days=1), actor=None, at=at
    )

    def sent_by(client: Client, serial: int, **headers: Any) -> set[str]:
        before = LogEntry.objects.order_by("-pk").values_list("pk", flat=True).first() or 0
        answer = client.post(
            "/api/v1/iar/replies/",
            f"ACKNOWLEDGEMENT\nREFERENCE: IAR-2026-0000-000{serial}\n",
            content_type="text/plain",
            **headers,
        )
        assert answer.status_code in (200, 201), answer.content
        return {str(entry.actor) for entry in LogEntry.objects.filter(pk__gt=before)}

    assert sent_by(Client(), 1, HTTP_AUTHORIZATION=f"Bearer {token}") == {machine.username}
    browser = browser_of(analyst)
    assert sent_by(browser, 2) == {analyst.username}


def test_a_task_acts_for_the_portal(
    released_response: StatusResponse, clock: Clock, settings: Any, tmp_path: Any
) -> None:
    settings.SPOOL_FOLDER = tmp_path
    for message in outbox.claim_due(at=clock.now(), limit=50):
        consume(message)
    copy = Delivery.objects.filter(response=released_response).order_by("pk")[0]
    entry = latest(copy)
    assert entry.action == LogEntry.Action.UPDATE
    assert entry.actor is None


def test_what_a_command_takes_in_is_the_switch_s(notice: object, tmp_path: Any) -> None:
    file = tmp_path / "message.txt"
    file.write_bytes(factories.message_bytes())
    call_command("receive_iaq", str(file), stdout=StringIO())
    query = StatusQuery.objects.get()
    # The history does not tell how a query came to be; the ledger does.
    assert not LogEntry.objects.get_for_object(query).exists()
    events = AuditEvent.objects.filter(record_number=query.record.number)
    assert [(event.kind, event.actor_name) for event in events] == [
        ("record.created", "message-switch")
    ]


def test_after_an_inner_block_the_outer_actor_acts_again(
    office: Office, analyst: User, supervisor: User
) -> None:
    """The library's own way loses the outer actor."""
    with acting_as(analyst):
        assert rename(office, "One").actor == analyst
        with acting_as(supervisor):
            assert rename(office, "Two").actor == supervisor
            with acting_as(None):
                assert rename(office, "Three").actor is None
            assert rename(office, "Four").actor == supervisor
        assert rename(office, "Five").actor == analyst
        found_to_be(supervisor)
        assert rename(office, "Six").actor == supervisor
    assert rename(office, "Seven").actor is None


def test_after_a_failure_the_outer_actor_acts_again(
    office: Office, analyst: User, supervisor: User
) -> None:
    with acting_as(analyst):
        with pytest.raises(ZeroDivisionError):
            _fail_as(supervisor)
        assert rename(office, "One").actor == analyst


def _fail_as(actor: User) -> None:
    with acting_as(actor):
        raise ZeroDivisionError


# --- Only of what was written ---------------------------------------------------------------------


@pytest.mark.django_db(transaction=True)
def test_a_write_that_failed_left_no_entry(received_query: StatusQuery, analyst: User) -> None:
    """The entry is written before the row; both are undone together."""
    before = list(LogEntry.objects.order_by("pk").values_list("pk", flat=True))
    row = StatusQuery.objects.get(pk=received_query.pk)
    row.last, row.first = "CPI", "CPI"
    with pytest.raises(IntegrityError), transaction.atomic():
        row.save(update_fields=["last", "first"])
    assert list(LogEntry.objects.order_by("pk").values_list("pk", flat=True)) == before


@pytest.mark.django_db(transaction=True)
def test_an_action_that_failed_left_no_entry(
    received_query: StatusQuery, analyst: User, at: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Neither where a later step fails, nor where the row itself is refused."""
    before = LogEntry.objects.count()

    def broken(**_: object) -> None:
        raise RuntimeError("no room for an event")

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("acrime.iaq.working.record_event", broken)
        with pytest.raises(RuntimeError):
            claim_query(query=received_query, actor=analyst, at=at)
    with pytest.raises(IntegrityError):
        create_office(
            code="LESC",
            name="Again",
            kind=OfficeKind.HEADQUARTERS,
            states=(),
            actor=None,
            at=at,
        )
    assert LogEntry.objects.count() == before
    assert StatusQuery.objects.get(pk=received_query.pk).claimed_by is None


# --- Nothing personal ---------------------------------------------------------------------------


def test_no_column_holds_a_personal_value(
    released_response: StatusResponse, analyst: User, at: datetime
) -> None:
    """The whole row as text, whatever columns it has, after a whole story."""
    analyst.email, analyst.phone = "zwetschge@example.test", "8025550199"
    with acting_as(analyst), transaction.atomic():
        analyst.save()
    with connection.cursor() as cursor:
        cursor.execute("SELECT t::text FROM auditlog_logentry t")
        rows = [row for (row,) in cursor.fetchall()]
    told = json.dumps(rows).upper()
    assert len(rows) > 10
    values = (*PERSONAL_VALUES, "ZWETSCHGE", "8025550199", "1979-04-15", "19790415")
    assert [value for value in values if value in told] == []


# --- For good -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE auditlog_logentry SET action = action",
        "DELETE FROM auditlog_logentry",
        "TRUNCATE auditlog_logentry",
    ],
)
def test_the_database_refuses_to_change_an_entry(statement: str, office: Office) -> None:
    with pytest.raises(DatabaseError, match="append-only"):
        _run(statement)
    assert latest(office)


def _run(statement: str) -> None:
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute(statement)


def test_the_orm_is_refused_too(office: Office) -> None:
    entry = latest(office)
    for attempt in (entry.save, entry.delete, LogEntry.objects.all().delete):
        with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
            attempt()
    assert latest(office) == entry


def test_the_library_s_own_flush_is_refused(office: Office) -> None:
    # What is checked at a commit is checked now, or it would stand in the way first.
    connection.check_constraints()
    for options in ({}, {"truncate": True}):
        with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
            call_command("auditlogflush", yes=True, stdout=StringIO(), **options)
    assert latest(office)


def test_removing_a_content_type_does_not_take_the_history_along(office: Office) -> None:
    """A model that is gone would take all its entries with it."""
    stale = ContentType.objects.create(app_label="acrime", model="nolongerthere")
    LogEntry.objects.create(
        content_type=stale,
        object_pk="1",
        object_id=1,
        object_repr="gone 1",
        action=LogEntry.Action.CREATE,
        changes={},
    )
    with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
        call_command("remove_stale_contenttypes", interactive=False, stdout=StringIO(), verbosity=0)
    assert LogEntry.objects.filter(content_type=stale).exists()
