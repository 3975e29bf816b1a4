"""The worklist: its order, its filters, views, several at once, assignment, items, workload."""

import html
import re
import threading
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from accounts.choices import Role
from accounts.models import Office, User
from acrime.audit.choices import Channel
from acrime.audit.events import RECORD_LISTED
from acrime.audit.models import AuditEvent
from acrime.common.errors import ActionRefused
from acrime.iaq import events
from acrime.iaq.choices import QueryState
from acrime.iaq.models import StatusQuery
from acrime.iaq.working import WORKERS
from acrime.iaq.worklist import actions
from acrime.iaq.worklist.choices import ItemKind
from acrime.iaq.worklist.filters import FilterForm, narrowed, workers
from acrime.iaq.worklist.levels import Basis, Sentence
from acrime.iaq.worklist.models import OffensePlacement, SavedView, WorkItem
from acrime.iaq.worklist.presentation import chart, level_tag, workload
from acrime.iaq.worklist.tabs import tab_rows
from acrime.records.actions import limit_record
from routine_uses.models import NoticeVersion
from tests import factories
from tests.conftest import Browser, BrowserFactory, Clock, UserFactory

pytestmark = pytest.mark.django_db


def refused(act: Callable[[], object]) -> str:
    """The code with which *act* is refused; nothing of it stays."""
    with pytest.raises(ActionRefused) as refusal, transaction.atomic():
        act()
    return refusal.value.code


def receive(serial: int, *, at: datetime, **fields: Any) -> StatusQuery:
    return factories.make_query(factories.message_bytes(serial=serial, **fields), at=at)


def fresh(query: StatusQuery) -> StatusQuery:
    return factories.query_numbered(query.record.number)


# --- The order ----------------------------------------------------------------------------------


def test_level_comes_before_custody_and_custody_before_the_clock(
    notice: NoticeVersion, analyst: User, at: datetime
) -> None:
    told = [
        # offense, custody, hours ago
        ("1313", "Y", 1),
        ("1313", "N", 3),
        ("6411", "Y", 1),  # in no level: a person places it
        ("2305", "Y", 2),
        ("2305", "Y", 1),
        ("2305", "N", 3),
        ("5404", "N", 3),
        ("0399", "Y", 3),
    ]
    made = [
        receive(serial, at=at - timedelta(hours=hours), OFF=offense, CUS=held)
        for serial, (offense, held, hours) in reversed(list(enumerate(told)))
    ]
    assert list(tab_rows("open", analyst)) == list(reversed(made))
    assert [level_tag(query).text for query in tab_rows("open", analyst)] == [
        "Level 1",
        "Level 1",
        "To be placed",
        "Level 2",
        "Level 2",
        "Level 2",
        "Level 3",
        "No offense given",
    ]


# --- Placing ------------------------------------------------------------------------------------


@pytest.fixture
def unplaced(notice: NoticeVersion, analyst: User, at: datetime) -> StatusQuery:
    """A query about trafficking in people, which the table does not place; ``analyst``'s."""
    query = receive(7, at=at - timedelta(hours=1), OFF="6411")
    return factories.claim(query, author=analyst, at=at - timedelta(minutes=50))


def place(query: StatusQuery, actor: User, *, at: datetime, **other: Any) -> OffensePlacement:
    given: dict[str, Any] = {
        "basis": Basis.CHARGE,
        "code": "6411",
        "sentence": Sentence.UNKNOWN,
        "level": 1,
        "reason": "Trafficking in persons.",
    }
    return actions.place_offense(query=query, actor=actor, at=at, **(given | other))


def test_a_person_places_what_the_table_does_not(
    unplaced: StatusQuery, analyst: User, at: datetime
) -> None:
    assert refused(lambda: place(unplaced, analyst, at=at, level=None)) == "level-missing"
    assert refused(lambda: place(unplaced, analyst, at=at, reason=" ")) == "reason-missing"
    assert refused(lambda: place(unplaced, analyst, at=at, code="0399")) == "not-an-offense"
    assert refused(lambda: place(unplaced, analyst, at=at, code="9999")) == "not-an-offense"
    placed = place(unplaced, analyst, at=at)
    assert (placed.level, placed.by_table) == (1, False)
    assert level_tag(fresh(unplaced)).text == "Level 1"
    (event,) = AuditEvent.objects.filter(kind=events.PLACED)
    assert event.details == {"basis": "CHARGE", "level": 1, "by_table": False}
    # Placed anew, the earlier one is struck out and stays.
    place(unplaced, analyst, at=at, level=2)
    assert OffensePlacement.objects.filter(struck_at__isnull=False).get() == placed
    assert fresh(unplaced).charge_level == 2


def test_what_the_table_places_nobody_places_elsewhere(
    unplaced: StatusQuery, analyst: User, at: datetime
) -> None:
    assert refused(lambda: place(unplaced, analyst, at=at, code="1313", level=3)) == (
        "placed-by-table"
    )
    placed = place(unplaced, analyst, at=at, code="1313", level=None)
    assert (placed.level, placed.by_table) == (1, True)


def test_a_conviction_is_kept_apart_from_the_charge(
    unplaced: StatusQuery, analyst: User, at: datetime
) -> None:
    conviction: dict[str, Any] = {"basis": Basis.CONVICTION, "code": "3512", "level": None}
    assert refused(lambda: place(unplaced, analyst, at=at, **conviction)) == "level-missing"
    assert (
        refused(
            lambda: place(unplaced, analyst, at=at, **conviction | {"sentence": Sentence.EXACTLY})
        )
        == "level-missing"
    )
    minor = place(unplaced, analyst, at=at, **conviction | {"sentence": Sentence.UNDER})
    query = fresh(unplaced)
    assert (query.charge_level, query.conviction_level) == (None, 2)
    # The charge still waits for a person, and a level 2 does not pull it down.
    assert level_tag(query).text == "To be placed"
    again = conviction | {"sentence": Sentence.UNDER}
    assert refused(lambda: place(unplaced, analyst, at=at, **again)) == "already-placed"
    place(unplaced, analyst, at=at, **conviction | {"sentence": Sentence.OVER})
    assert level_tag(fresh(unplaced)).text == "Level 1"
    over = OffensePlacement.objects.get(sentence=Sentence.OVER)
    assert over.pk > minor.pk
    for number in (2, 1):
        actions.strike_placement(
            query=unplaced, place=number, reason="Another person.", actor=analyst, at=at
        )
    assert fresh(unplaced).conviction_level is None
    assert (
        refused(
            lambda: actions.strike_placement(
                query=unplaced, place=1, reason="Again.", actor=analyst, at=at
            )
        )
        == "wrong-state"
    )


def test_who_may_place(
    unplaced: StatusQuery,
    other_analyst: User,
    supervisor: User,
    field_officer: User,
    at: datetime,
) -> None:
    assert refused(lambda: place(unplaced, other_analyst, at=at)) == "not-yours"
    assert refused(lambda: place(unplaced, field_officer, at=at)) == "not-a-worker"
    assert place(unplaced, supervisor, at=at).author == supervisor


def test_the_page_places_and_says_what_is_wrong(unplaced: StatusQuery, as_analyst: Browser) -> None:
    url = reverse("iaq:place", args=[unplaced.record.number])
    wrong = {"place-basis": "CHARGE", "place-code": "64", "place-sentence": "UNKNOWN"}
    assert as_analyst.post(url, wrong).status_code == 422
    given = wrong | {"place-code": "6411", "place-level": "1", "place-reason": "Trafficking."}
    page = as_analyst.post(url, given, follow=True)
    assert page.status_code == 200
    assert "The offense is placed" in page.content.decode()
    assert OffensePlacement.objects.count() == 1
    page = as_analyst.post(
        reverse("iaq:strike", args=[unplaced.record.number]),
        {"placement": 1, "reason": "Read wrongly."},
        follow=True,
    )
    assert "struck out" in page.content.decode()


# --- Several at once ----------------------------------------------------------------------------


def test_each_that_is_free_is_taken_and_the_others_are_named(
    notice: NoticeVersion,
    analyst: User,
    other_analyst: User,
    as_analyst: Browser,
    supervisor: User,
    at: datetime,
) -> None:
    free, taken, hidden = (receive(serial, at=at) for serial in (1, 2, 3))
    factories.claim(taken, author=other_analyst, at=at)
    factories.claim(hidden, author=supervisor, at=at)
    limit_record(
        record=fresh(hidden).record,
        allowed=[],
        offices=[],
        reason="Held close.",
        actor=supervisor,
        at=at,
        channel=Channel.PAGE,
    )
    nowhere = "IAQ-2026-0000-0000"
    page = as_analyst.post(
        reverse("iaq:at-once"),
        {
            "act": "claim",
            "show": "waiting",
            "level": "1",
            "chosen": [query.record.number for query in (free, taken, hidden)] + [nowhere],
        },
        follow=True,
    )
    text = page.content.decode()
    assert page.redirect_chain[-1][0] == f"{reverse('iaq:list')}?show=waiting&level=1"
    assert "1 query is yours." in text
    assert f"{taken.record.number}: Somebody else has taken this query on." in text
    # What one may not see answers as what is not there.
    for number in (hidden.record.number, nowhere):
        assert f"{number}: There is nothing here under that number." in text
    assert fresh(free).claimed_by == analyst
    assert fresh(taken).claimed_by == other_analyst


def test_nothing_chosen_and_too_much_chosen(
    notice: NoticeVersion, analyst: User, at: datetime
) -> None:
    query = receive(1, at=at)
    assert refused(lambda: actions.claim_queries(queries=[], actor=analyst, at=at)) == "none-chosen"
    many = [query] * (actions.MOST_AT_ONCE + 1)
    assert refused(lambda: actions.claim_queries(queries=many, actor=analyst, at=at)) == "too-many"
    # The same one twice is taken once, and told once.
    outcome = actions.claim_queries(queries=[query, query], actor=analyst, at=at)
    assert len(outcome.done) == len(outcome.refused) == 1


@pytest.mark.django_db(transaction=True)
def test_two_who_take_the_same_ones_at_the_same_time_share_them_out(
    notice: NoticeVersion, analyst: User, other_analyst: User, at: datetime
) -> None:
    queries = [receive(serial, at=at) for serial in range(6)]
    together = threading.Barrier(2, timeout=30)
    outcomes: dict[str, actions.AtOnce] = {}

    def take(actor: User, mine: list[StatusQuery]) -> None:
        try:
            together.wait()
            outcomes[actor.username] = actions.claim_queries(queries=mine, actor=actor, at=at)
        finally:
            connection.close()

    # In opposite orders, so that locks held to the end would meet.
    threads = [
        threading.Thread(target=take, args=[analyst, queries]),
        threading.Thread(target=take, args=[other_analyst, queries[::-1]]),
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    taken = [number for outcome in outcomes.values() for number in outcome.done]
    assert sorted(taken) == sorted(query.record.number for query in queries)
    for actor in (analyst, other_analyst):
        outcome = outcomes[actor.username]
        assert len(outcome.done) + len(outcome.refused) == 6
        assert {fresh(factories.query_numbered(n)).claimed_by for n in outcome.done} <= {actor}
    assert AuditEvent.objects.filter(kind=events.CLAIMED).count() == 6


# --- Assignment ---------------------------------------------------------------------------------


def assign(query: StatusQuery, to: User, actor: User, *, at: datetime) -> None:
    actions.assign_query(query=query, to=to, reason="Speaks Portuguese.", actor=actor, at=at)


def test_who_is_given_a_query_has_it_and_is_told(
    received_query: StatusQuery,
    analyst: User,
    other_analyst: User,
    supervisor: User,
    as_analyst: Browser,
    at: datetime,
) -> None:
    assign(received_query, analyst, supervisor, at=at)
    query = fresh(received_query)
    assert (query.state, query.claimed_by, query.record.owner) == ("CLAIMED", analyst, analyst)
    (event,) = AuditEvent.objects.filter(kind=events.ASSIGNED)
    assert event.details == {"to": analyst.username}
    page = as_analyst.get(reverse("iaq:items")).content.decode()
    assert "Given to you" in page
    assert "Speaks Portuguese." in page
    # Given on, the first is not told any more, and the second is.
    assign(query, other_analyst, supervisor, at=at)
    assert not WorkItem.objects.visible_to(analyst).waiting().exists()
    item = WorkItem.objects.visible_to(other_analyst).waiting().get()
    actions.settle_item(
        number=item.query.record.number, kind=ItemKind.ASSIGNED, note="", actor=other_analyst, at=at
    )
    assert not WorkItem.objects.visible_to(other_analyst).waiting().exists()


def test_who_may_give_to_whom(
    received_query: StatusQuery,
    analyst: User,
    other_analyst: User,
    supervisor: User,
    field_officer: User,
    at: datetime,
) -> None:
    query = received_query
    assert refused(lambda: assign(query, analyst, other_analyst, at=at)) == "not-supervisor"
    assert refused(lambda: assign(query, analyst, field_officer, at=at)) == "not-a-worker"
    assert refused(lambda: assign(query, field_officer, supervisor, at=at)) == "not-a-worker-there"
    assign(query, supervisor, supervisor, at=at)
    assert not WorkItem.objects.exists()
    assert refused(lambda: assign(query, supervisor, supervisor, at=at)) == "already-theirs"
    limit_record(
        record=fresh(query).record,
        allowed=[],
        offices=[],
        reason="Held close.",
        actor=supervisor,
        at=at,
        channel=Channel.PAGE,
    )
    assert refused(lambda: assign(query, other_analyst, supervisor, at=at)) == "may-not-see"


def test_what_is_past_research_is_given_to_nobody(
    submitted_query: StatusQuery, other_analyst: User, supervisor: User, at: datetime
) -> None:
    assert refused(lambda: assign(submitted_query, other_analyst, supervisor, at=at)) == (
        "wrong-state"
    )


def test_giving_on_the_pages(
    received_query: StatusQuery, analyst: User, as_supervisor: Browser
) -> None:
    number = received_query.record.number
    nobody = as_supervisor.post(reverse("iaq:assign", args=[number]), {"give-to": "nobody-here"})
    assert nobody.status_code == 422
    given = as_supervisor.post(
        reverse("iaq:at-once"),
        {"act": "give", "chosen": [number], "give-to": analyst.username},
        follow=True,
    )
    assert f"1 query is given to {analyst.full_name}." in given.content.decode()
    assert fresh(received_query).claimed_by == analyst


# --- Filters and views --------------------------------------------------------------------------


def test_who_works_queries_is_read_at_once_for_everybody(
    analyst: User, make_user: UserFactory, at: datetime
) -> None:
    make_user(Role.CALL_TAKER)
    with CaptureQueriesContext(connection) as of_few:
        assert analyst in workers(at)
    more = [make_user(Role.ANALYST) for _ in range(3)]
    with CaptureQueriesContext(connection) as of_more:
        found = workers(at)
    assert set(more) < set(found)
    assert all(person.has_role(*WORKERS) for person in found)
    assert len(of_more) == len(of_few)


def shown(user: User, *, at: datetime, tab: str = "open", **chosen: str) -> list[StatusQuery]:
    form = FilterForm(chosen, user=user, at=at)
    assert form.is_valid(), form.errors
    return list(narrowed(tab_rows(tab, user), form.chosen(), user=user, at=at))


def test_each_filter(
    notice: NoticeVersion,
    analyst: User,
    supervisor: User,
    support_center: Office,
    at: datetime,
) -> None:
    grave = receive(1, at=at - timedelta(hours=5), OFF="1313", CUS="Y")
    theft = receive(2, at=at - timedelta(hours=3, minutes=10), OFF="2305", CUS="N")
    gun = receive(3, at=at - timedelta(minutes=5), OFF="0399", PUR="F", CUS="Y")
    factories.claim(theft, author=analyst, at=at)
    assert shown(analyst, at=at) == [grave, theft, gun]
    assert shown(analyst, at=at, level="1") == [grave]
    assert shown(analyst, at=at, level="2") == [theft]
    assert shown(analyst, at=at, level="none") == [gun]
    assert shown(analyst, at=at, level="place") == []
    assert shown(analyst, at=at, custody="no") == [theft]
    assert shown(analyst, at=at, program="BRADY") == [gun]
    assert shown(analyst, at=at, due="late") == [grave]
    assert shown(analyst, at=at, due="warned") == [theft]
    assert shown(analyst, at=at, due="hour") == [theft]
    assert shown(analyst, at=at, due="later") == [gun]
    assert shown(analyst, at=at, worker=":nobody") == [grave, gun]
    assert shown(analyst, at=at, worker=":me") == [theft]
    assert shown(supervisor, at=at, worker=":me") == []
    assert shown(supervisor, at=at, worker=analyst.username, office=support_center.code) == [theft]
    assert shown(analyst, at=at, level="1", custody="no") == []


def test_nonsense_narrows_nothing_and_is_told(
    received_query: StatusQuery, as_analyst: Browser
) -> None:
    page = as_analyst.get(reverse("iaq:list"), {"level": "'; DROP", "worker": "x" * 500})
    assert page.status_code == 200
    assert received_query.record.number in page.content.decode()
    assert "Select a valid choice" in page.content.decode()


def test_a_saved_view_is_its_owners_alone(
    received_query: StatusQuery, as_analyst: Browser, as_supervisor: Browser, at: datetime
) -> None:
    save = reverse("iaq:view-save")
    given = {"view-name": "Grave and held", "show": "waiting", "level": "1", "custody": "yes"}
    page = as_analyst.post(save, given, follow=True).content.decode()
    assert "Grave and held" in page
    view = SavedView.objects.get()
    assert view.filters == {"show": "waiting", "level": "1", "custody": "yes"}
    assert "show=waiting&amp;level=1&amp;custody=yes" in page
    assert "Grave and held" not in as_supervisor.get(reverse("iaq:list")).content.decode()
    as_supervisor.post(reverse("iaq:view-drop"), {"name": view.name})
    assert SavedView.objects.count() == 1
    # The same name again replaces it; what is no filter is not kept.
    as_analyst.post(save, given | {"level": "2", "owner": "9"})
    assert SavedView.objects.get().filters == {
        "show": "waiting",
        "level": "2",
        "custody": "yes",
    }
    assert as_analyst.post(save, {"show": "open"}, follow=True).status_code == 200
    as_analyst.post(reverse("iaq:view-drop"), {"name": view.name})
    assert not SavedView.objects.exists()


def test_so_many_views_and_no_more(analyst: User, at: datetime) -> None:
    for number in range(actions.MOST_VIEWS):
        actions.save_view(name=f"View {number}", filters={"show": "open"}, actor=analyst, at=at)
    assert (
        refused(
            lambda: actions.save_view(name="More", filters={"show": "open"}, actor=analyst, at=at)
        )
        == "too-many-views"
    )
    assert refused(
        lambda: actions.save_view(name=" ", filters={"show": "open"}, actor=analyst, at=at)
    ) == ("name-missing")


def test_filters_and_workload_count_only_what_one_sees(
    received_query: StatusQuery,
    supervisor: User,
    make_user: UserFactory,
    browser_of: BrowserFactory,
    at: datetime,
) -> None:
    stranger = make_user(Role.SUPERVISOR)
    query = factories.claim(received_query, author=supervisor, at=at)
    limit_record(
        record=query.record,
        allowed=[],
        offices=[],
        reason="Held close.",
        actor=supervisor,
        at=at,
        channel=Channel.PAGE,
    )
    assert shown(stranger, at=at, worker=supervisor.username) == []
    assert [load.open for load in workload(stranger, [supervisor], at=at)] == [0]
    assert [load.open for load in workload(supervisor, [supervisor], at=at)] == [1]
    page = browser_of(stranger).get(reverse("iaq:workload")).content.decode()
    assert query.record.number not in page


def test_the_workload_tells_open_due_soon_and_late(
    notice: NoticeVersion, analyst: User, other_analyst: User, supervisor: User, at: datetime
) -> None:
    for serial, hours in enumerate((5, 3.5, 0.5, 0.6)):
        query = receive(serial, at=at - timedelta(hours=hours))
        factories.claim(query, author=analyst, at=at)
    loads = workload(supervisor, [analyst, other_analyst], at=at)
    assert [(load.username, load.open, load.soon, load.late, load.calm) for load in loads] == [
        (analyst.username, 4, 1, 1, 2),
        (other_analyst.username, 0, 0, 0, 0),
    ]
    first, second = chart(loads)
    assert [(bar.kind, bar.x, bar.width) for bar in first.bars] == [
        ("late", 0, 80),
        ("soon", 80, 80),
        ("calm", 160, 160),
    ]
    assert second.bars == ()


# --- News ---------------------------------------------------------------------------------------


def test_news_tells_of_new_queries_that_one_sees_and_of_nothing_else(
    received_query: StatusQuery, as_analyst: Browser, supervisor: User, clock: Clock
) -> None:
    url = reverse("iaq:news")
    asked = {"since": clock.now().isoformat(), "show": "waiting"}
    quiet = as_analyst.get(url, asked)
    assert (quiet.status_code, quiet.content.strip()) == (200, b"")
    unchanged = as_analyst.get(url, asked, headers={"If-None-Match": quiet["ETag"]})
    assert unchanged.status_code == 304
    assert "no-store" in quiet["Cache-Control"]
    at = clock.move(timedelta(minutes=1))
    for serial in (2, 3):
        receive(serial, at=at)
    hidden = factories.claim(receive(4, at=at), author=supervisor, at=at)
    limit_record(
        record=hidden.record,
        allowed=[],
        offices=[],
        reason="Held close.",
        actor=supervisor,
        at=at,
        channel=Channel.PAGE,
    )
    told = as_analyst.get(url, asked | {"show": "open"}, headers={"If-None-Match": quiet["ETag"]})
    assert told.status_code == 200
    assert "2 new queries." in told.content.decode()
    assert factories.LAST not in told.content.decode()
    # As it is filtered, and never for nonsense.
    assert not as_analyst.get(url, asked | {"level": "3"}).content.strip()
    assert not as_analyst.get(url, {"since": "yesterday"}).content.strip()


def test_news_tells_of_rows_that_changed_and_of_none_twice(
    received_query: StatusQuery, as_analyst: Browser, analyst: User, clock: Clock
) -> None:
    other = receive(2, at=clock.now())
    clock.move(timedelta(minutes=1))
    page = as_analyst.get(reverse("iaq:list")).content.decode()
    news, rows = (
        html.unescape(re.findall(rf'data-{name}="([^"]+)"', page)[0])
        for name in ("news-url", "news-rows-url")
    )
    assert not as_analyst.get(news).content.strip()
    actions.claim_query(query=other, actor=analyst, at=clock.move(timedelta(minutes=1)))
    told = as_analyst.get(news).content.decode()
    assert "1 query below has changed." in told
    assert "new quer" not in told
    assert factories.LAST not in told
    looks = AuditEvent.objects.filter(kind=RECORD_LISTED).count()
    again = as_analyst.get(rows).content.decode()
    assert analyst.full_name in again
    # Showing rows anew is a look.
    assert AuditEvent.objects.filter(kind=RECORD_LISTED).count() == looks + 1
    # And what was shown is no news any more.
    [after] = re.findall(r'data-news-url="([^"]+)"', again)
    assert not as_analyst.get(html.unescape(after)).content.strip()
    # Answered, it leaves the list of open ones: that is told of, too.
    receive(3, at=clock.move(timedelta(minutes=1)))
    StatusQuery.objects.filter(pk=other.pk).update(state=QueryState.RELEASED)
    told = as_analyst.get(html.unescape(after)).content.decode()
    assert "1 query below has changed." in told
    assert "1 new query." in told


def test_news_keeps_no_idle_session_open(
    received_query: StatusQuery, as_analyst: Browser, clock: Clock
) -> None:
    url = reverse("iaq:news")
    for _ in range(4):
        clock.move(timedelta(minutes=5))
        last = as_analyst.get(url, {"since": clock.now().isoformat()})
    assert last.status_code == 302
    assert as_analyst.get(reverse("iaq:list")).status_code == 302


# --- The database -------------------------------------------------------------------------------


def test_the_database_holds_what_the_verbs_promise(
    unplaced: StatusQuery, analyst: User, at: datetime
) -> None:
    placed = place(unplaced, analyst, at=at)
    for change in ({"level": 4}, {"basis": "RUMOUR"}, {"struck_at": at}):
        with pytest.raises(IntegrityError), transaction.atomic():
            OffensePlacement.objects.filter(pk=placed.pk).update(**change)
    facts = {"query": unplaced, "kind": ItemKind.LATE, "due_at": at, "made_at": at}
    WorkItem.objects.create(**facts)
    with pytest.raises(IntegrityError), transaction.atomic():
        WorkItem.objects.create(**facts)
    with pytest.raises(IntegrityError), transaction.atomic():
        WorkItem.objects.create(query=unplaced, kind=ItemKind.DUE_SOON, made_at=at)
    assert unplaced.state == QueryState.CLAIMED
