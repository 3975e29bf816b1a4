"""Who hears of a look, who never does, and what the owner's list shows."""

import threading
from datetime import datetime, timedelta

import pytest
from django.db import IntegrityError, connection, transaction

from accounts.choices import Role
from accounts.models import RoleGrant, User
from acrime.alerts.actions import mark_read
from acrime.alerts.fanout import TOPIC
from acrime.alerts.models import Alert
from acrime.alerts.policy import is_told
from acrime.alerts.querysets import alerts_of, unread_count
from acrime.audit import events as audit_events
from acrime.audit.choices import Channel
from acrime.audit.models import AuditEvent
from acrime.common import outbox
from acrime.common.models import OutboxMessage
from acrime.iaq.models import StatusQuery
from acrime.individuals.models import Individual
from acrime.records.access import access_list, access_record
from acrime.records.actions import change_owner, limit_record
from acrime.records.choices import RecordKind
from acrime.records.models import Record
from routine_uses.models import NoticeVersion
from tests.conftest import BrowserFactory, UserFactory
from tests.rooms.records.world import make_record


@pytest.fixture
def record(notice: NoticeVersion, analyst: User, at: datetime) -> Record:
    """A record of ``analyst``."""
    return make_record(RecordKind.INDIVIDUAL, owner=analyst, notice=notice, at=at)


def look(record: Record, user: User, *, at: datetime) -> None:
    access_record(number=record.number, user=user, at=at, channel=Channel.PAGE)


def hand_out(*, at: datetime) -> int:
    """Do what the outbox holds; returns how many messages were done."""
    return sum(outbox.consume(pk, at=at) for pk in outbox.claim_due(at=at))


# --- Who hears --------------------------------------------------------------------------------


def test_the_owner_hears_once_of_several_looks(
    record: Record, analyst: User, other_analyst: User, at: datetime
) -> None:
    later = at + timedelta(minutes=5)
    look(record, other_analyst, at=at)
    look(record, other_analyst, at=at + timedelta(minutes=1))
    look(record, other_analyst, at=later)
    assert hand_out(at=later) == 3

    alert = Alert.objects.get()
    assert (alert.owner, alert.viewer, alert.record) == (analyst, other_analyst, record)
    assert (alert.times, alert.first_at, alert.last_at) == (3, at, later)
    assert alert.displayed
    assert alert.event_wording == "Looked at the record"


def test_a_message_delivered_twice_counts_once(
    record: Record, other_analyst: User, at: datetime
) -> None:
    look(record, other_analyst, at=at)
    message = OutboxMessage.objects.get(topic=TOPIC)

    assert [outbox.consume(message.pk, at=at) for _ in range(3)] == [True, False, False]
    assert Alert.objects.get().times == 1


def test_the_payload_names_an_event_and_nothing_else(
    record: Record, other_analyst: User, at: datetime
) -> None:
    look(record, other_analyst, at=at)
    message = OutboxMessage.objects.get()

    assert message.payload == {"event": AuditEvent.objects.latest("pk").pk}


def test_ones_own_look_is_nothing_new(record: Record, analyst: User, at: datetime) -> None:
    look(record, analyst, at=at)

    assert not OutboxMessage.objects.exists()
    assert AuditEvent.objects.filter(kind=audit_events.RECORD_VIEWED, actor=analyst).exists()


@pytest.mark.parametrize("also", [(), (Role.ANALYST,)], ids=["opr", "opr-and-analyst"])
def test_opr_leaves_nothing_that_an_owner_could_find(
    also: tuple[Role, ...],
    record: Record,
    other_analyst: User,
    make_user: UserFactory,
    at: datetime,
) -> None:
    opr = make_user(Role.OPR, *also)

    def next_number() -> int:
        """What the outbox would number its next message, told by one that is taken back."""
        return outbox.enqueue(topic=TOPIC, key=f"probe-{at}", payload={}, at=at)

    before = next_number()
    look(record, opr, at=at)
    access_list(
        displayed=[record.pk],
        user=opr,
        at=at,
        channel=Channel.PAGE,
        kind=audit_events.RECORD_SEARCHED,
    )

    look(record, other_analyst, at=at)
    assert OutboxMessage.objects.exclude(pk=before).get().pk == before + 1
    assert AuditEvent.objects.filter(actor=opr).count() == 2
    OutboxMessage.objects.filter(pk=before).delete()
    hand_out(at=at)
    assert [alert.viewer for alert in Alert.objects.all()] == [other_analyst]


def test_lists_are_not_told_and_searches_are(
    record: Record, other_analyst: User, at: datetime
) -> None:
    access_list(displayed=[record.pk], user=other_analyst, at=at, channel=Channel.PAGE)
    assert not OutboxMessage.objects.exists()

    access_list(
        displayed=[record.pk],
        user=other_analyst,
        at=at,
        channel=Channel.PAGE,
        kind=audit_events.RECORD_SEARCHED,
    )
    hand_out(at=at)
    assert Alert.objects.get().event_kind == audit_events.RECORD_SEARCHED


def test_the_owner_of_a_limited_record_hears_that_it_matched_and_was_not_shown(
    record: Record, analyst: User, other_analyst: User, notice: NoticeVersion, at: datetime
) -> None:
    shown = make_record(RecordKind.INDIVIDUAL, owner=analyst, notice=notice, at=at)
    limit_record(
        record=record,
        allowed=[],
        reason="A sensitive matter",
        actor=analyst,
        at=at,
        channel=Channel.PAGE,
    )
    access_list(
        displayed=[shown.pk],
        matched=[record.pk, shown.pk],
        user=other_analyst,
        at=at,
        channel=Channel.PAGE,
        kind=audit_events.RECORD_SEARCHED,
    )
    hand_out(at=at)

    told = dict(Alert.objects.values_list("record", "displayed"))
    assert told == {record.pk: False, shown.pk: True}


def test_a_machines_records_tell_nobody(
    received_query: StatusQuery, other_analyst: User, at: datetime
) -> None:
    look(received_query.record, other_analyst, at=at)

    assert not OutboxMessage.objects.exists()


def test_an_owner_of_several_hears_of_each(
    record: Record,
    analyst: User,
    supervisor: User,
    other_analyst: User,
    notice: NoticeVersion,
    at: datetime,
) -> None:
    others = make_record(RecordKind.INDIVIDUAL, owner=supervisor, notice=notice, at=at)
    own = make_record(RecordKind.INDIVIDUAL, owner=other_analyst, notice=notice, at=at)
    access_list(
        displayed=[record.pk, others.pk, own.pk],
        user=other_analyst,
        at=at,
        channel=Channel.PAGE,
        kind=audit_events.RECORD_SEARCHED,
    )
    hand_out(at=at)

    assert {(each.owner, each.record) for each in Alert.objects.all()} == {
        (analyst, record),
        (supervisor, others),
    }


def test_only_looks_are_told() -> None:
    for kind in audit_events.every_kind():
        told = is_told(viewer_roles={Role.ANALYST}, event_kind=kind.name)
        assert told == (kind.look and kind.name != audit_events.RECORD_LISTED)
        assert not is_told(viewer_roles={Role.ANALYST, Role.OPR}, event_kind=kind.name)


def test_a_look_that_is_rolled_back_tells_nobody(
    record: Record, other_analyst: User, at: datetime
) -> None:
    with transaction.atomic():
        look(record, other_analyst, at=at)
        transaction.set_rollback(True)

    assert not OutboxMessage.objects.exists()


def test_the_database_knows_no_alert_of_oneself(
    record: Record, analyst: User, at: datetime
) -> None:
    with pytest.raises(IntegrityError, match="alert_not_of_oneself"), transaction.atomic():
        Alert.objects.create(
            owner=analyst,
            viewer=analyst,
            record=record,
            event_kind=audit_events.RECORD_VIEWED,
            displayed=True,
            first_at=at,
            last_at=at,
        )


# --- The owner's list -------------------------------------------------------------------------


@pytest.fixture
def alert(record: Record, other_analyst: User, at: datetime) -> Alert:
    look(record, other_analyst, at=at)
    hand_out(at=at)
    return Alert.objects.get()


def test_the_list_tells_who_looked_at_what(
    alert: Alert, record: Record, as_analyst: object, browser_of: BrowserFactory, analyst: User
) -> None:
    page = browser_of(analyst).get("/alerts/").content.decode()

    assert record.number in page
    assert alert.viewer.full_name in page
    assert "Looked at the record" in page


def test_nobody_reads_anothers_alerts(
    alert: Alert, browser_of: BrowserFactory, supervisor: User, make_user: UserFactory
) -> None:
    for user in (supervisor, make_user(Role.OPR)):
        assert not alerts_of(user).exists()
        assert alert.record.number not in browser_of(user).get("/alerts/").content.decode()


def test_alerts_about_records_that_the_owner_no_longer_sees_are_hidden(
    alert: Alert, record: Record, analyst: User, supervisor: User, at: datetime
) -> None:
    assert unread_count(analyst) == 1
    change_owner(record=record, owner=supervisor, actor=supervisor, at=at, channel=Channel.PAGE)
    assert unread_count(analyst) == 1
    Record.objects.filter(pk=record.pk).update(creator=supervisor, limited=True)
    assert unread_count(analyst) == 0
    assert not alerts_of(analyst).exists()


def test_an_owner_whose_role_does_not_read_the_kind_sees_no_alert(
    alert: Alert, analyst: User
) -> None:
    RoleGrant.objects.filter(user=analyst).update(role=Role.ADMINISTRATOR)

    assert not alerts_of(User.objects.get(pk=analyst.pk)).exists()


def test_read_alerts_stay_and_the_next_look_is_a_new_one(
    alert: Alert,
    record: Record,
    analyst: User,
    supervisor: User,
    other_analyst: User,
    at: datetime,
) -> None:
    later = at + timedelta(hours=1)
    assert mark_read(owner=supervisor, at=at) == 0
    assert mark_read(owner=analyst, at=at) == 1
    assert mark_read(owner=analyst, at=later) == 0
    assert (unread_count(analyst), alerts_of(analyst).count()) == (0, 1)

    look(record, other_analyst, at=later)
    hand_out(at=later)
    newest, older = alerts_of(analyst)
    assert (newest.read_at, newest.times) == (None, 1)
    assert (older.pk, older.read_at, older.times) == (alert.pk, at, 1)


def test_marking_read_is_a_button_and_not_a_link(
    alert: Alert, browser_of: BrowserFactory, analyst: User
) -> None:
    browser = browser_of(analyst)
    assert browser.get("/alerts/read/").status_code in (403, 405)
    assert unread_count(analyst) == 1
    page = browser.post("/alerts/read/", follow=True).content.decode()
    assert unread_count(analyst) == 0
    assert alert.viewer.full_name in page


def test_the_header_counts_what_waits(
    alert: Alert, browser_of: BrowserFactory, analyst: User, other_analyst: User
) -> None:
    assert browser_of(analyst).get("/").context["unread_alerts"] == 1
    assert browser_of(other_analyst).get("/").context["unread_alerts"] == 0


@pytest.mark.django_db(transaction=True)
def test_looks_at_the_same_time_are_all_counted(
    record: Record, other_analyst: User, at: datetime
) -> None:
    for _ in range(4):
        look(record, other_analyst, at=at)
    ids = outbox.claim_due(at=at)
    together = threading.Barrier(len(ids), timeout=30)

    def work(message_id: int) -> None:
        try:
            together.wait()
            outbox.consume(message_id, at=at)
        finally:
            connection.close()

    threads = [threading.Thread(target=work, args=[each]) for each in ids]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=60)

    assert Alert.objects.get().times == 4


def test_finding_the_person_of_a_query_tells_the_owners_of_the_individuals(
    claimed_query: StatusQuery,
    notice: NoticeVersion,
    supervisor: User,
    analyst: User,
    browser_of: BrowserFactory,
    at: datetime,
) -> None:
    known = make_record(RecordKind.INDIVIDUAL, owner=supervisor, notice=notice, at=at)
    known.individual.names.update(normal_first="ZEPHYRINE")
    page = browser_of(analyst).get(f"/queries/{claimed_query.record.number}/individuals/")
    assert page.status_code == 200
    hand_out(at=at)

    alert = Alert.objects.get(owner=supervisor)
    assert (alert.record, alert.displayed) == (known, True)
    assert alert.event_kind == audit_events.RECORD_SEARCHED
    assert Individual.objects.count() == 1
