"""Who hears of a look, who never does, how looks are grouped, and what the owner's list shows."""

import threading
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import psycopg
import pytest
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext

from accounts.choices import Role
from accounts.models import RoleGrant, User
from acrime.alerts.actions import mark_read
from acrime.alerts.fanout import TOPIC, digest_of
from acrime.alerts.models import Alert, AlertRecord
from acrime.alerts.policy import is_a_told_kind, is_told
from acrime.alerts.querysets import alerts_of, told_of, unread_count
from acrime.audit import events
from acrime.audit.actions import record_event
from acrime.audit.choices import Channel
from acrime.audit.models import AuditEvent
from acrime.common import outbox
from acrime.common.eastern import portal_day
from acrime.common.errors import NotThere
from acrime.common.models import OutboxMessage
from acrime.common.numbers import new_number
from acrime.iaq.models import StatusQuery
from acrime.individuals.finding.actions import index_people
from acrime.individuals.models import Individual
from acrime.records.access import access_list, access_record
from acrime.records.actions import change_owner, limit_record
from acrime.records.choices import RecordKind
from acrime.records.models import Record
from routine_uses.models import NoticeVersion
from tests import factories
from tests.conftest import BrowserFactory, UserFactory
from tests.rooms.alerts.conftest import Look, Search
from tests.rooms.records.world import make_record
from tests.support.pages import follow, press, text_of

HandOut = Callable[..., int]


def hide(record: Record, *, owner: User, at: datetime) -> None:
    """Limit *record* to its owner, its creator and the chains above them."""
    limit_record(
        record=record, allowed=[], reason="Synthetic", actor=owner, at=at, channel=Channel.PAGE
    )


# --- Who hears --------------------------------------------------------------------------------


def test_the_owner_hears_once_of_several_looks(
    record: Record,
    analyst: User,
    other_analyst: User,
    look: Look,
    hand_out: HandOut,
    at: datetime,
) -> None:
    later = at + timedelta(minutes=5)
    look(record, other_analyst, at=at)
    look(record, other_analyst, at=at + timedelta(minutes=1))
    look(record, other_analyst, at=later)
    assert hand_out(at=later) == 3

    alert = Alert.objects.get()
    assert (alert.owner, alert.viewer) == (analyst, other_analyst)
    assert (alert.times, alert.first_at, alert.last_at) == (3, at, later)
    assert alert.viewer_roles == [Role.ANALYST]
    assert alert.viewer_office == other_analyst.office
    assert alert.event_wording == "Looked at the record"
    row = AlertRecord.objects.get()
    assert (row.record, row.times, row.times_shown) == (record, 3, 3)
    assert (row.first_at, row.last_at) == (at, later)


def test_looks_told_in_another_order_keep_first_and_last(
    record: Record, other_analyst: User, look: Look, at: datetime
) -> None:
    moments = [at, at + timedelta(minutes=9), at + timedelta(minutes=4)]
    for moment in moments:
        look(record, other_analyst, at=moment)
    for pk in reversed(outbox.claim_due(at=at + timedelta(hours=1))):
        outbox.consume(pk, at=at)

    for row in (Alert.objects.get(), AlertRecord.objects.get()):
        assert (row.first_at, row.last_at) == (min(moments), max(moments))


def test_a_message_delivered_twice_counts_once(
    record: Record, other_analyst: User, look: Look, at: datetime
) -> None:
    look(record, other_analyst, at=at)
    message = OutboxMessage.objects.get(topic=TOPIC)

    assert [outbox.consume(message.pk, at=at) for _ in range(3)] == [True, False, False]
    assert Alert.objects.get().times == 1
    assert AlertRecord.objects.get().times == 1


def test_the_payload_names_an_event_and_nothing_else(
    record: Record, other_analyst: User, look: Look, at: datetime
) -> None:
    look(record, other_analyst, at=at)
    message = OutboxMessage.objects.get()

    assert message.payload == {"event": AuditEvent.objects.latest("pk").pk}


def test_ones_own_look_is_nothing_new(
    record: Record, analyst: User, look: Look, at: datetime
) -> None:
    look(record, analyst, at=at)

    assert not OutboxMessage.objects.exists()
    assert AuditEvent.objects.filter(kind=events.RECORD_VIEWED, actor=analyst).exists()


@pytest.mark.parametrize("role", [Role.OPR, Role.OPR_LEAD])
def test_opr_leaves_nothing_that_an_owner_could_find(
    role: Role,
    record: Record,
    other_analyst: User,
    make_user: UserFactory,
    look: Look,
    search: Search,
    hand_out: HandOut,
    at: datetime,
) -> None:
    person = make_user(role)

    def next_number() -> int:
        """What the outbox would number its next message, told by one that is taken back."""
        return outbox.enqueue(topic=TOPIC, key=f"probe-{at}", payload={}, at=at)

    before = next_number()
    look(record, person, at=at)
    search(person, [record], at=at)
    with pytest.raises(NotThere):
        access_record(number="IND-2026-0000-0000", user=person, at=at, channel=Channel.PAGE)

    look(record, other_analyst, at=at)
    assert OutboxMessage.objects.exclude(pk=before).get().pk == before + 1
    assert AuditEvent.objects.filter(actor=person).count() == 3
    OutboxMessage.objects.filter(pk=before).delete()
    hand_out(at=at)
    assert [alert.viewer for alert in Alert.objects.all()] == [other_analyst]


def test_lists_are_not_told_and_searches_are(
    record: Record, other_analyst: User, search: Search, hand_out: HandOut, at: datetime
) -> None:
    access_list(displayed=[record.pk], user=other_analyst, at=at, channel=Channel.PAGE)
    assert not OutboxMessage.objects.exists()

    search(other_analyst, [record], at=at)
    hand_out(at=at)
    assert Alert.objects.get().event_kind == events.RECORD_SEARCHED


def test_the_owner_of_a_limited_record_hears_that_it_matched_and_was_not_shown(
    record: Record,
    analyst: User,
    other_analyst: User,
    notice: NoticeVersion,
    search: Search,
    hand_out: HandOut,
    at: datetime,
) -> None:
    shown = make_record(RecordKind.INDIVIDUAL, owner=analyst, notice=notice, at=at)
    hide(record, owner=analyst, at=at)
    search(other_analyst, [shown], hidden=[record], at=at)
    hand_out(at=at)

    alert = Alert.objects.get()
    told = dict(AlertRecord.objects.filter(alert=alert).values_list("record", "times_shown"))
    assert told == {record.pk: 0, shown.pk: 1}
    line = told_of([alert], analyst)[alert.pk]
    assert (line.matched, line.shown) == (2, 1)


def test_the_owner_hears_of_a_record_asked_for_by_number_and_not_shown(
    record: Record, analyst: User, other_analyst: User, hand_out: HandOut, at: datetime
) -> None:
    hide(record, owner=analyst, at=at)
    with pytest.raises(NotThere):
        access_record(number=record.number, user=other_analyst, at=at, channel=Channel.PAGE)
    hand_out(at=at)

    alert = Alert.objects.get()
    assert (alert.owner, alert.event_kind) == (analyst, events.RECORD_PROBED)
    assert AlertRecord.objects.get().times_shown == 0


def test_asking_for_a_number_that_nobody_has_takes_the_same_steps_and_tells_nobody(
    record: Record, analyst: User, other_analyst: User, hand_out: HandOut, at: datetime
) -> None:
    hide(record, owner=analyst, at=at)
    steps = []
    for number in (record.number, "IND-2026-0000-0000"):
        user = User.objects.get(pk=other_analyst.pk)
        with CaptureQueriesContext(connection) as queries, pytest.raises(NotThere):
            access_record(number=number, user=user, at=at, channel=Channel.PAGE)
        steps.append(len(queries))
    assert steps[0] == steps[1]
    assert hand_out(at=at) == 2
    assert Alert.objects.count() == 1


def test_a_machines_records_tell_nobody(
    received_query: StatusQuery,
    other_analyst: User,
    look: Look,
    search: Search,
    hand_out: HandOut,
    at: datetime,
) -> None:
    look(received_query.record, other_analyst, at=at)
    assert not OutboxMessage.objects.exists()

    search(other_analyst, [received_query.record], at=at)
    hand_out(at=at)
    assert not Alert.objects.exists()


def test_an_owner_of_several_hears_of_each_in_one_alert(
    record: Record,
    analyst: User,
    supervisor: User,
    other_analyst: User,
    notice: NoticeVersion,
    search: Search,
    hand_out: HandOut,
    at: datetime,
) -> None:
    def another(owner: User) -> Record:
        return make_record(RecordKind.INDIVIDUAL, owner=owner, notice=notice, at=at)

    second, others, own = another(analyst), another(supervisor), another(other_analyst)
    search(other_analyst, [record, second, others, own], at=at)
    hand_out(at=at)

    assert Alert.objects.count() == 2
    assert {(row.alert.owner, row.record) for row in AlertRecord.objects.all()} == {
        (analyst, record),
        (analyst, second),
        (supervisor, others),
    }


def test_only_looks_are_told() -> None:
    for kind in events.every_kind():
        looked = kind.look and not kind.name.endswith(".listed")
        assert is_a_told_kind(kind.name) == looked
    for role in Role:
        assert is_told({Role.ANALYST, role}) == (role not in (Role.OPR, Role.OPR_LEAD))


def test_a_look_that_is_rolled_back_tells_nobody(
    record: Record, other_analyst: User, look: Look, at: datetime
) -> None:
    with transaction.atomic():
        look(record, other_analyst, at=at)
        transaction.set_rollback(True)

    assert not OutboxMessage.objects.exists()


def test_the_database_knows_no_alert_of_oneself(analyst: User, at: datetime) -> None:
    with pytest.raises(IntegrityError, match="alert_not_of_oneself"), transaction.atomic():
        Alert.objects.create(
            owner=analyst,
            viewer=analyst,
            event_kind=events.RECORD_VIEWED,
            day=portal_day(at),
            first_at=at,
            last_at=at,
        )


# --- Grouping ---------------------------------------------------------------------------------


def test_other_criteria_another_kind_another_person_another_day_are_other_alerts(
    record: Record,
    other_analyst: User,
    supervisor: User,
    search: Search,
    hand_out: HandOut,
    at: datetime,
) -> None:
    search(other_analyst, [record], at=at, criteria={"Name": "SAMPLE", "Born": "1980"})
    search(other_analyst, [record], at=at, criteria={"Born": "1980", "Name": "SAMPLE"})
    hand_out(at=at)
    assert Alert.objects.get().times == 2

    search(other_analyst, [record], at=at, criteria={"Name": "SAMPLE"})
    search(other_analyst, [record], at=at, kind=events.RECORD_EXPORTED)
    search(supervisor, [record], at=at, criteria={"Name": "SAMPLE", "Born": "1980"})
    tomorrow = at + timedelta(days=1)
    search(other_analyst, [record], at=tomorrow, criteria={"Name": "SAMPLE", "Born": "1980"})
    hand_out(at=tomorrow)
    assert Alert.objects.count() == 5


def test_a_day_is_a_day_in_washington(at: datetime) -> None:
    # 20 November, 15:00 UTC, is ten in the morning there; midnight is five in the morning UTC.
    assert portal_day(at.replace(day=21, hour=4, minute=59)) == portal_day(at)
    assert portal_day(at.replace(day=21, hour=5)) != portal_day(at)


def test_the_digest_of_criteria_is_keyed_and_tells_criteria_apart() -> None:
    one = digest_of({"Name": "SAMPLE"})
    assert one == digest_of({"Name": "SAMPLE"})
    assert len({one, digest_of({}), digest_of({"Name": "SAMPL"}), digest_of({"N": "SAMPLE"})}) == 4
    assert b"SAMPLE" not in one


def test_what_was_searched_for_lies_in_the_event_alone(
    record: Record, other_analyst: User, search: Search, hand_out: HandOut, at: datetime
) -> None:
    search(other_analyst, [record], at=at, criteria={"Name": "SAMPLE-ZZQ"})
    hand_out(at=at)
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT (SELECT string_agg(t::text, '') FROM alert AS t)"
            " || (SELECT string_agg(t::text, '') FROM alert_record AS t)"
            " || (SELECT string_agg(t::text, '') FROM acrime_outbox AS t)"
        )
        [stored] = cursor.fetchone()
    assert stored
    assert "SAMPLE-ZZQ" not in stored


MANY = 3000


@pytest.fixture
def many(notice: NoticeVersion, analyst: User, supervisor: User, at: datetime) -> list[Record]:
    """Thousands of records, every third of them the supervisor's."""
    category = notice.record_categories.get(number=1)
    item = notice.retention_items.get(code="IAQ-CRIMINAL")
    return Record.objects.bulk_create(
        Record(
            number=new_number("IND", at=at),
            kind=RecordKind.INDIVIDUAL,
            owner=supervisor if place % 3 == 0 else analyst,
            creator=analyst,
            notice_version=notice,
            category=category,
            schedule_item=item,
            created_at=at,
        )
        for place in range(MANY)
    )


def test_thousands_of_records_are_told_in_one_statement(
    many: list[Record],
    analyst: User,
    other_analyst: User,
    search: Search,
    browser_of: BrowserFactory,
    at: datetime,
) -> None:
    search(other_analyst, many[: MANY // 2], hidden=many[MANY // 2 :], at=at)
    [message] = outbox.claim_due(at=at)
    with CaptureQueriesContext(connection) as queries:
        outbox.consume(message, at=at)
    assert len(queries) < 12

    assert Alert.objects.count() == 2
    assert AlertRecord.objects.count() == MANY
    alert = Alert.objects.get(owner=analyst)
    line = told_of([alert], analyst)[alert.pk]
    assert (line.matched, line.shown) == (MANY * 2 // 3, MANY // 3)
    assert len(line.named) == 3

    browser = browser_of(analyst)
    for address in ("/alerts/", f"/alerts/{alert.key}/", f"/alerts/{alert.key}/?page=80"):
        with CaptureQueriesContext(connection) as queries:
            page = browser.get(address)
        assert page.status_code == 200
        assert len(queries) < 30
        assert len(page.content) < 60_000


def test_a_look_and_the_telling_of_it_are_one_statement(
    record: Record, other_analyst: User, at: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Neither can be without the other, and a page waits for one answer of the database."""
    sent: list[Any] = []
    execute = psycopg.Cursor.execute

    def counted(self: Any, statement: Any, *given: Any, **named: Any) -> Any:
        sent.append(statement)
        return execute(self, statement, *given, **named)

    # The roles are read once for each person and request, by whoever asks first.
    assert other_analyst.roles
    for turn, kind in enumerate((events.RECORD_VIEWED, events.RECORD_SEARCHED), start=1):
        with monkeypatch.context() as watched:
            watched.setattr(psycopg.Cursor, "execute", counted)
            record_event(
                kind=kind,
                actor=other_analyst,
                at=at,
                channel=Channel.PAGE,
                displayed_ids=[record.pk],
            )
        assert len(sent) == turn
        assert OutboxMessage.objects.filter(topic=TOPIC).count() == turn


# --- The owner's list -------------------------------------------------------------------------


def test_the_list_tells_who_looked_at_what(
    alert: Alert, record: Record, browser_of: BrowserFactory, analyst: User, other_analyst: User
) -> None:
    browser = browser_of(analyst)
    page = browser.get("/alerts/")
    for words in (record.number, other_analyst.full_name, "Looked at the record", "Unread"):
        assert words in text_of(page)
    page = follow(browser, page, "Looked at the record")
    assert page.status_code == 200
    for words in ("Analyst", "Office LESC", other_analyst.username, "1 met, 1 shown", "10:00"):
        assert words in text_of(page)


def test_the_owner_reads_what_was_searched_for_in_words(
    record: Record,
    analyst: User,
    other_analyst: User,
    search: Search,
    hand_out: HandOut,
    browser_of: BrowserFactory,
    at: datetime,
) -> None:
    search(other_analyst, [], hidden=[record], at=at, criteria={"Last name": "SAMPLE"})
    hand_out(at=at)
    browser = browser_of(analyst)
    page = browser.get("/alerts/")
    assert "Last name: SAMPLE" in text_of(page)
    page = follow(browser, page, "Searched and met the record")
    assert "1 met, 0 shown" in text_of(page)
    assert "SAMPLE" in text_of(page)
    assert "SAMPLE" not in page.request["PATH_INFO"] + page.request["QUERY_STRING"]


def test_a_query_that_the_owner_may_not_see_is_not_named_among_the_criteria(
    record: Record,
    analyst: User,
    other_analyst: User,
    notice: NoticeVersion,
    search: Search,
    hand_out: HandOut,
    browser_of: BrowserFactory,
    at: datetime,
) -> None:
    seen = make_record(RecordKind.QUERY, owner=other_analyst, notice=notice, at=at)
    hidden = make_record(RecordKind.QUERY, owner=other_analyst, notice=notice, at=at, limited=True)
    for query in (seen, hidden):
        criteria = {"Query": query.number, "Last name": "SAMPLE"}
        search(other_analyst, [record], at=at, criteria=criteria)
    hand_out(at=at)
    words = text_of(browser_of(analyst).get("/alerts/"))
    assert seen.number in words
    assert hidden.number not in words
    assert words.count("Last name: SAMPLE") == 2


def test_hostile_criteria_are_words(
    record: Record,
    analyst: User,
    other_analyst: User,
    search: Search,
    hand_out: HandOut,
    browser_of: BrowserFactory,
    at: datetime,
) -> None:
    hostile = "<script>alert(1)</script>\"'{{ user }}\x00\u202e".replace("\x00", "")
    search(other_analyst, [record], at=at, criteria={"<b>Name</b>": hostile})
    hand_out(at=at)
    browser = browser_of(analyst)
    for address in ("/alerts/", f"/alerts/{Alert.objects.get().key}/"):
        page = browser.get(address)
        assert hostile in text_of(page)
        assert b"<script>alert" not in page.content
        assert b"<b>Name" not in page.content


def test_nobody_reads_anothers_alerts(
    alert: Alert, browser_of: BrowserFactory, supervisor: User, opr: User, other_analyst: User
) -> None:
    for user in (supervisor, opr, other_analyst):
        assert not alerts_of(user).exists()
        browser = browser_of(user)
        assert text_of(browser.get("/alerts/?show=all")).count("No alerts") == 1
        assert browser.get(f"/alerts/{alert.key}/").status_code == 404


def test_alerts_about_records_that_the_owner_no_longer_sees_are_hidden(
    alert: Alert,
    record: Record,
    analyst: User,
    supervisor: User,
    browser_of: BrowserFactory,
    at: datetime,
) -> None:
    assert unread_count(analyst) == 1
    change_owner(record=record, owner=supervisor, actor=supervisor, at=at, channel=Channel.PAGE)
    assert unread_count(analyst) == 1
    Record.objects.filter(pk=record.pk).update(creator=supervisor, limited=True)
    assert unread_count(analyst) == 0
    assert not alerts_of(analyst).exists()
    browser = browser_of(analyst)
    assert browser.get(f"/alerts/{alert.key}/").status_code == 404
    for act in ("expected", "ask", "report"):
        answer = browser.post(f"/alerts/{alert.key}/{act}/", {"report-text": "x"})
        assert answer.status_code == 404
    assert Alert.objects.get().open


def test_of_several_records_those_that_the_owner_still_sees_are_told(
    record: Record,
    analyst: User,
    other_analyst: User,
    supervisor: User,
    notice: NoticeVersion,
    search: Search,
    hand_out: HandOut,
    browser_of: BrowserFactory,
    at: datetime,
) -> None:
    kept = make_record(RecordKind.INDIVIDUAL, owner=analyst, notice=notice, at=at)
    search(other_analyst, [record, kept], at=at)
    hand_out(at=at)
    Record.objects.filter(pk=record.pk).update(owner=supervisor, creator=supervisor, limited=True)
    browser = browser_of(analyst)
    for page in (
        browser.get("/alerts/"),
        browser.get(f"/alerts/{Alert.objects.get().key}/"),
    ):
        assert kept.number in text_of(page)
        assert record.number not in text_of(page)
    assert "1 met, 1 shown" in text_of(browser.get(f"/alerts/{Alert.objects.get().key}/"))


def test_an_owner_whose_role_does_not_read_the_kind_sees_no_alert(
    alert: Alert, record: Record, analyst: User, supervisor: User
) -> None:
    Record.objects.filter(pk=record.pk).update(owner=supervisor, creator=supervisor)
    RoleGrant.objects.filter(user=analyst).update(role=Role.ADMINISTRATOR)

    assert not alerts_of(User.objects.get(pk=analyst.pk)).exists()


def test_read_alerts_stay_and_the_next_look_is_a_new_one(
    alert: Alert,
    record: Record,
    analyst: User,
    supervisor: User,
    other_analyst: User,
    look: Look,
    hand_out: HandOut,
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
    page = press(browser, browser.get("/alerts/"), "Mark all read")
    assert unread_count(analyst) == 0
    assert "Nothing unread" in text_of(page)
    assert alert.viewer.full_name in text_of(browser.get("/alerts/?show=all"))


def test_one_alert_is_marked_read(
    alert: Alert,
    record: Record,
    analyst: User,
    supervisor: User,
    look: Look,
    hand_out: HandOut,
    browser_of: BrowserFactory,
    at: datetime,
) -> None:
    look(record, supervisor, at=at)
    hand_out(at=at)
    browser = browser_of(analyst)
    assert "Mark read" in text_of(browser.get(f"/alerts/{alert.key}/"))
    browser.post("/alerts/read/", {"alert": str(alert.key)})
    assert [row.viewer for row in alerts_of(analyst).unread()] == [supervisor]


def test_the_list_is_narrowed(
    record: Record,
    analyst: User,
    supervisor: User,
    other_analyst: User,
    notice: NoticeVersion,
    look: Look,
    search: Search,
    hand_out: HandOut,
    browser_of: BrowserFactory,
    at: datetime,
) -> None:
    long_ago = at - timedelta(days=40)
    other = make_record(RecordKind.INDIVIDUAL, owner=analyst, notice=notice, at=long_ago)
    look(other, supervisor, at=long_ago)
    look(record, other_analyst, at=at)
    search(other_analyst, [], hidden=[other], at=at)
    hand_out(at=at)
    mark_read(
        owner=analyst,
        at=at,
        keys=[Alert.objects.get(viewer=supervisor).key],
    )
    browser = browser_of(analyst)

    def shown(query: str) -> int:
        page = browser.get(f"/alerts/?{query}")
        assert page.status_code == 200
        return len(page.context["rows"])

    assert shown("") == 2
    assert shown("show=all") == shown("show=nonsense") + 1 == 3
    assert shown("show=not-shown") == 1
    assert shown("show=recent") == 2
    assert shown(f"person={supervisor.username}") == 1
    assert shown(f"person={other_analyst.full_name[:-1].lower()}&show=unread") == 2
    assert shown("person=nobody%00here") == 0
    assert shown(f"record={other.number}") == 2
    assert shown(f"record={other.number.lower()}&show=not-shown") == 1
    assert shown("record=IND-2026-0000-0000") == 0
    page = browser.get("/alerts/?record=IND-2026-1111-2222x")
    assert "This is not a record number." in text_of(page)
    assert page.context["rows"] == []


def test_the_list_is_paged(
    record: Record, analyst: User, make_user: UserFactory, browser_of: BrowserFactory, at: datetime
) -> None:
    viewers = [make_user(Role.ANALYST) for _ in range(3)]
    for place in range(30):
        alert = Alert.objects.create(
            owner=analyst,
            viewer=viewers[place % 3],
            event_kind=events.RECORD_VIEWED,
            day=portal_day(at) - timedelta(days=place),
            first_at=at,
            last_at=at - timedelta(days=place),
        )
        AlertRecord.objects.create(
            alert=alert, record=record, times=1, times_shown=1, first_at=at, last_at=at
        )
    browser = browser_of(analyst)
    first = browser.get("/alerts/")
    second = browser.get(f"/alerts/{first.context['page'].next_url}")
    assert (len(first.context["rows"]), len(second.context["rows"])) == (25, 5)
    with CaptureQueriesContext(connection) as few:
        browser.get("/alerts/?page=2")
    with CaptureQueriesContext(connection) as more:
        browser.get("/alerts/")
    assert len(few) == len(more)


def test_the_header_counts_what_waits(
    alert: Alert, browser_of: BrowserFactory, analyst: User, other_analyst: User
) -> None:
    assert browser_of(analyst).get("/").context["unread_alerts"] == 1
    assert browser_of(other_analyst).get("/").context["unread_alerts"] == 0


# --- At the same time -------------------------------------------------------------------------


def at_once(*works: Callable[[], object]) -> None:
    """Do all of *works* at the same time, each over a connection of its own."""
    together = threading.Barrier(len(works), timeout=30)

    def do(work: Callable[[], object]) -> None:
        try:
            together.wait()
            work()
        finally:
            connection.close()

    threads = [threading.Thread(target=do, args=[work]) for work in works]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=60)


@pytest.mark.django_db(transaction=True)
def test_looks_at_the_same_time_are_all_counted(
    record: Record, other_analyst: User, look: Look, at: datetime
) -> None:
    for _ in range(4):
        look(record, other_analyst, at=at)
    at_once(*[lambda pk=pk: outbox.consume(pk, at=at) for pk in outbox.claim_due(at=at)])

    assert Alert.objects.get().times == 4
    assert AlertRecord.objects.get().times == 4


@pytest.mark.django_db(transaction=True)
def test_searches_that_meet_the_same_owners_do_not_stand_in_each_others_way(
    record: Record,
    analyst: User,
    supervisor: User,
    other_analyst: User,
    notice: NoticeVersion,
    search: Search,
    at: datetime,
) -> None:
    others = make_record(RecordKind.INDIVIDUAL, owner=supervisor, notice=notice, at=at)
    for turn in range(4):
        rows = [record, others] if turn % 2 else [others, record]
        search(other_analyst, rows, at=at, criteria={"Name": "SAMPLE"})
    at_once(*[lambda pk=pk: outbox.consume(pk, at=at) for pk in outbox.claim_due(at=at)])

    assert list(Alert.objects.values_list("times", flat=True)) == [4, 4]
    assert not OutboxMessage.objects.filter(done_at__isnull=True).exists()


@pytest.mark.django_db(transaction=True)
def test_no_look_is_lost_while_alerts_are_marked_read(
    record: Record, analyst: User, other_analyst: User, look: Look, at: datetime
) -> None:
    for _ in range(6):
        look(record, other_analyst, at=at)
    at_once(
        *[lambda pk=pk: outbox.consume(pk, at=at) for pk in outbox.claim_due(at=at)],
        *[lambda: mark_read(owner=analyst, at=at)] * 3,
    )

    assert sum(Alert.objects.values_list("times", flat=True)) == 6
    assert Alert.objects.filter(open=True).count() <= 1
    assert not Alert.objects.filter(open=True, read_at__isnull=False).exists()


# --- Through the pages ------------------------------------------------------------------------


def test_finding_the_person_of_a_query_tells_the_owners_of_the_individuals(
    claimed_query: StatusQuery,
    notice: NoticeVersion,
    supervisor: User,
    analyst: User,
    browser_of: BrowserFactory,
    hand_out: HandOut,
    at: datetime,
) -> None:
    known = make_record(RecordKind.INDIVIDUAL, owner=supervisor, notice=notice, at=at)
    known.individual.names.update(first="ZEPHYRINE", normal_first="ZEPHYRINE")
    index_people([known.pk])
    page = browser_of(analyst).get(f"/queries/{claimed_query.record.number}/individuals/")
    assert page.status_code == 200
    hand_out(at=at)

    alert = Alert.objects.get(owner=supervisor)
    assert alert.event_kind == events.RECORD_SEARCHED
    assert AlertRecord.objects.get(alert=alert, record=known).times_shown == 1
    assert Individual.objects.count() == 1
    words = text_of(browser_of(supervisor).get("/alerts/"))
    assert factories.LAST in words
    assert claimed_query.record.number in words
