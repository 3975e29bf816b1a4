"""The ledger: declared kinds only, months as partitions, a history without personal values."""

import json
from datetime import UTC, datetime, timedelta

import pytest
from auditlog.models import LogEntry
from django.core.management import call_command
from django.db import Error, connection, transaction

from accounts.choices import Role
from accounts.models import User
from acrime.audit import events
from acrime.audit.actions import record_event
from acrime.audit.choices import Channel, Outcome
from acrime.audit.history import EXEMPT, KEPT, LEFT_OUT
from acrime.audit.masking import constant
from acrime.audit.models import AuditEvent
from acrime.audit.partitions import prepare_partitions
from acrime.audit.tasks import prepare_ledger_partitions
from acrime.iaq.models import StatusQuery
from acrime.individuals.models import BirthPlace, Individual
from acrime.records.history import SHOWN, timeline_of
from acrime.records.models import Record
from tests.conftest import BrowserFactory, Clock, UserFactory
from tests.factories import PERSONAL_VALUES

# --- The vocabulary ---------------------------------------------------------------------------


@pytest.mark.django_db
def test_a_kind_that_is_not_declared_is_not_written(at: datetime) -> None:
    with pytest.raises(KeyError):
        record_event(kind="record.peeked", actor=None, at=at, channel=Channel.JOB)
    assert not AuditEvent.objects.exists()


def test_a_kind_is_declared_once() -> None:
    with pytest.raises(ValueError, match="already"):
        events.declare(events.RECORD_VIEWED, "Again")


def test_every_kind_has_a_wording_and_shreds_columns_that_exist() -> None:
    columns = {field.name for field in AuditEvent._meta.get_fields()}
    for kind in events.every_kind():
        assert kind.wording
        assert kind.wording[0].isupper()
        assert set(kind.shred) <= columns
        assert len(kind.name) <= 60


def test_an_event_says_who_when_and_how_it_ended(analyst: User, at: datetime) -> None:
    event = record_event(
        kind=events.RECORD_LISTED,
        actor=analyst,
        at=at,
        channel=Channel.API,
        outcome=Outcome.REFUSED,
        criteria={"by": "name"},
        matched_ids=(each for each in (1, 2)),
        displayed_ids=[2],
    )
    event = AuditEvent.objects.get(pk=event.pk)
    assert (event.actor, event.actor_name, event.occurred_at) == (analyst, analyst.username, at)
    assert (event.matched_ids, event.displayed_ids) == ([1, 2], [2])
    assert (event.channel, event.outcome, event.criteria) == ("API", "REFUSED", {"by": "name"})
    assert event.written_at is not None


# --- Append-only ------------------------------------------------------------------------------


@pytest.mark.django_db
@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE audit_event SET kind = 'x'",
        "DELETE FROM audit_event",
        "TRUNCATE audit_event",
        "UPDATE audit_event_default SET kind = 'x'",
        "DELETE FROM audit_event_default",
        "TRUNCATE audit_event_default",
        "UPDATE audit_event_2030_01 SET kind = 'x'",
        "DELETE FROM audit_event_2030_01",
        "TRUNCATE audit_event_2030_01",
    ],
)
def test_nothing_is_changed_or_taken_away(statement: str, at: datetime) -> None:
    january = datetime(2030, 1, 15, tzinfo=UTC)
    prepare_partitions(at=january)
    for moment in (january, datetime(2001, 1, 1, tzinfo=UTC)):
        record_event(kind=events.SIGNED_IN, actor=None, at=moment, channel=Channel.PAGE)

    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        with pytest.raises(Error, match="append-only"), transaction.atomic():
            cursor.execute(statement)
    assert AuditEvent.objects.filter(kind=events.SIGNED_IN).count() == 2


# --- Months -----------------------------------------------------------------------------------


def in_partition(name: str) -> int:
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT count(*) FROM ONLY {name}")  # noqa: S608
        return int(cursor.fetchone()[0])


@pytest.mark.django_db
def test_this_month_and_three_more_are_made_once_across_the_year() -> None:
    november = datetime(2031, 11, 30, 23, 59, tzinfo=UTC)
    assert prepare_partitions(at=november) == [
        "audit_event_2031_11",
        "audit_event_2031_12",
        "audit_event_2032_01",
        "audit_event_2032_02",
    ]
    assert prepare_partitions(at=november) == []
    assert prepare_partitions(at=datetime(2031, 12, 1, tzinfo=UTC)) == ["audit_event_2032_03"]


@pytest.mark.django_db
def test_an_event_lands_in_its_month_up_to_the_last_moment() -> None:
    prepare_partitions(at=datetime(2031, 11, 1, tzinfo=UTC))
    for moment in (
        datetime(2031, 11, 1, tzinfo=UTC),
        datetime(2031, 11, 30, 23, 59, 59, 999999, tzinfo=UTC),
        datetime(2031, 12, 1, tzinfo=UTC),
    ):
        record_event(kind=events.SIGNED_IN, actor=None, at=moment, channel=Channel.PAGE)

    assert (in_partition("audit_event_2031_11"), in_partition("audit_event_2031_12")) == (2, 1)


@pytest.mark.django_db
def test_events_that_came_before_their_month_stay_and_stop_nothing() -> None:
    early = datetime(2031, 12, 5, tzinfo=UTC)
    record_event(kind=events.SIGNED_IN, actor=None, at=early, channel=Channel.PAGE)
    before = in_partition("audit_event_default")

    made = prepare_partitions(at=datetime(2031, 11, 1, tzinfo=UTC))
    assert made == ["audit_event_2031_11", "audit_event_2032_01", "audit_event_2032_02"]
    record_event(kind=events.SIGNED_OUT, actor=None, at=early, channel=Channel.PAGE)
    assert in_partition("audit_event_default") == before + 1
    assert AuditEvent.objects.filter(occurred_at=early).count() == 2


@pytest.mark.django_db
def test_the_command_and_the_task_make_them(
    clock: Clock, capsys: pytest.CaptureFixture[str]
) -> None:
    # Months that no other test has made.
    clock.move(timedelta(days=1500))
    call_command("prepare_ledger")
    assert capsys.readouterr().out.split() == [
        f"audit_event_{month}" for month in ("2030_12", "2031_01", "2031_02", "2031_03")
    ]
    prepare_ledger_partitions()
    call_command("prepare_ledger")
    assert capsys.readouterr().out == ""


# --- The readable change history ---------------------------------------------------------------


def told() -> str:
    """Everything that the change history holds, in one text."""
    rows = LogEntry.objects.values_list(
        "object_repr", "changes", "changes_text", "serialized_data", "additional_data", "object_pk"
    )
    return json.dumps(list(rows), default=str).upper()


def test_the_history_holds_no_personal_value(submitted_query: StatusQuery, analyst: User) -> None:
    individual = Individual.objects.get()
    name = individual.primary_name
    name.last, name.normal_last = "ZWETSCHGE", "ZWETSCHGE"
    name.save()
    BirthPlace.objects.create(individual=individual, value="PFLAUME")
    submitted_query.last, submitted_query.phone = "ZWETSCHGE", "8025550199"
    submitted_query.a_number = "A099000999"
    submitted_query.remarks = "PFLAUME"
    submitted_query.birth_date = datetime(1981, 2, 3).date()
    submitted_query.save()
    analyst.full_name, analyst.email = "ZWETSCHGE PFLAUME", "pflaume@example.org"
    analyst.set_password("a-new-pflaume-7")
    analyst.save()

    history = told()
    assert LogEntry.objects.count() > 10
    for value in (
        *PERSONAL_VALUES,
        "ZWETSCHGE",
        "PFLAUME",
        "1981-02-03",
        "1979-04-15",
        "8025550100",
        "8025550199",
        "A099000999",
        "123456789",
        analyst.password,
        "permanent residence",
        "Same A-Number",
    ):
        assert value.upper() not in history, value


def test_the_history_still_tells_which_field_changed(received_query: StatusQuery) -> None:
    received_query.last = "ZWETSCHGE"
    received_query.save()
    entry = LogEntry.objects.get_for_object(received_query).latest("pk")

    assert entry.changes["last"] == ["(masked)", "(masked)"]
    assert entry.object_repr == f"query {received_query.pk}"


def test_every_mask_is_the_same() -> None:
    assert constant("A099000123") == constant("") == "(masked)"


def test_a_model_has_a_history_or_a_reason_for_none() -> None:
    assert not KEPT.keys() & EXEMPT.keys()
    assert LEFT_OUT.keys() <= KEPT.keys()
    assert all(reason.endswith(".") for reason in EXEMPT.values())


def test_the_history_knows_who_changed_something(
    received_query: StatusQuery, browser_of: BrowserFactory, analyst: User
) -> None:
    browser_of(analyst).post(f"/queries/{received_query.record.number}/claim/")

    entry = LogEntry.objects.get_for_object(received_query).latest("pk")
    assert entry.actor == analyst
    assert entry.remote_addr is None


# --- The timeline of a record ------------------------------------------------------------------


def test_the_timeline_tells_acts_and_never_looks(
    claimed_query: StatusQuery, browser_of: BrowserFactory, analyst: User, make_user: UserFactory
) -> None:
    opr = make_user(Role.OPR)
    record = Record.objects.get(pk=claimed_query.pk)
    before = timeline_of(record)
    for user in (opr, analyst):
        assert browser_of(user).get(f"/queries/{record.number}/").status_code == 200
    browser_of(opr).post(f"/queries/{record.number}/claim/")

    assert AuditEvent.objects.filter(record_id=record.pk, actor=opr).exists()
    assert timeline_of(record) == before
    assert [entry.title for entry in before] == [
        "Took the query on",
        "Took the record over",
        "Created the record",
    ]
    assert before[0].by == analyst.full_name


def test_the_timeline_is_latest_first_and_has_an_end(
    received_query: StatusQuery, analyst: User, at: datetime
) -> None:
    record = received_query.record
    for _ in range(SHOWN + 5):
        record_event(
            kind="record.owner.changed",
            actor=None,
            at=at,
            channel=Channel.JOB,
            record_id=record.pk,
        )
    entries = timeline_of(record)

    assert len(entries) == SHOWN
    assert entries[0].by == "The portal"
    assert entries == sorted(entries, key=lambda entry: entry.at, reverse=True)
