"""Finding events: by person, record, individual, time, kind and the rest; page by page."""

from datetime import datetime, timedelta
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from lxml import html

from accounts.choices import Role
from accounts.models import User
from acrime.audit import events
from acrime.audit.choices import Channel, Outcome
from acrime.audit.models import AuditEvent
from acrime.iaq.models import StatusQuery
from acrime.individuals.models import Individual
from acrime.oversight import access as oversight_access
from acrime.oversight import querysets
from acrime.oversight.querysets import TookTooLong, Wanted, narrowed, readable_by, touching
from acrime.records import events as record_events
from tests.conftest import Browser, Clock, UserFactory
from tests.rooms.oversight.conftest import EventWriter
from tests.support.pages import press, text_of

pytestmark = pytest.mark.django_db

LEDGER = "/oversight/"


def found(browser: Browser, **asked: str) -> list[int]:
    """The events on the page that answers, newest first."""
    page = browser.get(LEDGER, asked)
    assert page.status_code == 200, text_of(page)
    return numbers(page)


def numbers(page: Any) -> list[int]:
    links = html.fromstring(page.content.decode()).iterlinks()
    return [
        int(link.split("/")[3]) for _, _, link, _ in links if link.startswith("/oversight/events/")
    ]


def test_newest_first(as_agent: Browser, write: EventWriter, analyst: User) -> None:
    rows = [write(events.RECORD_VIEWED, analyst, minutes=each) for each in (-3, -1, -2)]
    assert found(as_agent, person=analyst.username) == [rows[1].pk, rows[2].pk, rows[0].pk]


def test_by_person(
    as_agent: Browser, write: EventWriter, analyst: User, other_analyst: User
) -> None:
    mine = write(events.RECORD_VIEWED, analyst)
    write(events.RECORD_VIEWED, other_analyst)
    assert found(as_agent, person=analyst.username.upper()) == [mine.pk]


def test_a_name_becomes_an_account_before_it_stands_in_an_address(
    as_agent: Browser, write: EventWriter, analyst: User
) -> None:
    event = write(events.RECORD_VIEWED, analyst)
    form = as_agent.get(LEDGER)
    page = press(as_agent, form, "Search", person=analyst.full_name)

    [(address, _)] = page.redirect_chain
    assert parse_qs(urlsplit(address).query) == {"person": [analyst.username]}
    assert numbers(page) == [event.pk]


def test_of_several_people_one_is_chosen(
    as_agent: Browser, analyst: User, other_analyst: User
) -> None:
    for person, name in ((analyst, "Alpha Twice"), (other_analyst, "Beta Twice")):
        User.objects.filter(pk=person.pk).update(full_name=name)
    page = as_agent.post(LEDGER, {"person": "twice", "outcome": "REFUSED"})

    assert page.status_code == 200
    links = [link for _, _, link, _ in html.fromstring(page.content.decode()).iterlinks()]
    assert f"{LEDGER}?person={analyst.username}&outcome=REFUSED" in links
    assert f"{LEDGER}?person={other_analyst.username}&outcome=REFUSED" in links
    event = AuditEvent.objects.latest("pk")
    assert (event.kind, event.criteria["Person"]) == ("oversight.searched", "twice")


@pytest.mark.parametrize("person", ["Nobody At All", "%", "_", "\\"])
def test_nobody_of_that_name(person: str, as_agent: Browser) -> None:
    page = as_agent.post(LEDGER, {"person": person})
    assert page.status_code == 422
    assert "Person: Nobody has this user name or name." in text_of(page)


def test_by_record_also_lists_that_showed_or_matched_it(
    as_agent: Browser, write: EventWriter, analyst: User, received_query: StatusQuery
) -> None:
    pk = received_query.pk
    about = write(events.RECORD_VIEWED, analyst, minutes=1, record_id=pk)
    shown = write(events.RECORD_LISTED, analyst, minutes=2, displayed_ids=[pk, 77])
    matched = write(events.RECORD_SEARCHED, analyst, minutes=3, matched_ids=[77, pk])
    write(events.RECORD_LISTED, analyst, minutes=4, displayed_ids=[77], matched_ids=[78])

    number = received_query.record.number.lower()
    assert found(as_agent, record=number, person=analyst.username) == [
        matched.pk,
        shown.pk,
        about.pk,
    ]


def test_records_beyond_four_bytes_are_found(write: EventWriter, analyst: User) -> None:
    many = 2**40 + 5
    shown = write(events.RECORD_LISTED, analyst, minutes=2, displayed_ids=[many])
    write(events.RECORD_LISTED, analyst, minutes=3, displayed_ids=[5])
    assert list(touching(AuditEvent.objects.all(), [many])) == [shown]


def test_by_individual_also_the_linked_records(
    as_agent: Browser, write: EventWriter, other_analyst: User, researched_query: StatusQuery
) -> None:
    individual = Individual.objects.get()
    own = write(events.RECORD_VIEWED, other_analyst, minutes=1, record_id=individual.pk)
    linked = write(events.RECORD_VIEWED, other_analyst, minutes=2, record_id=researched_query.pk)
    write(events.RECORD_VIEWED, other_analyst, minutes=3, record_id=999_999)

    asked = {"person": other_analyst.username}
    assert found(as_agent, individual=individual.record.number, **asked) == [linked.pk, own.pk]
    assert found(as_agent, record=individual.record.number, **asked) == [own.pk]


def test_by_time_to_the_minute_in_portal_time(
    as_agent: Browser, write: EventWriter, analyst: User
) -> None:
    """``at`` is ten in the morning in Washington."""
    early, first, last, late = [
        write(events.RECORD_VIEWED, analyst, minutes=each) for each in (-0.01, 0, 1.99, 2)
    ]
    asked = {"person": analyst.username, "since": "2026-11-20T10:00", "until": "2026-11-20T10:01"}
    assert found(as_agent, **asked) == [last.pk, first.pk]
    assert {early.pk, late.pk}.isdisjoint(found(as_agent, **asked))


@pytest.mark.parametrize(
    ("asked", "kind"),
    [
        ({"group": "looked"}, events.RECORD_VIEWED),
        ({"group": "searched"}, events.RECORD_SEARCHED),
        ({"group": "exported"}, events.RECORD_PRINTED),
        ({"group": "changed"}, record_events.APPROVED),
        ({"group": "signed-in"}, events.SIGNED_IN),
        ({"group": "administration"}, "role.granted"),
        ({"outcome": "FAILED"}, events.SIGNED_OUT),
        ({"channel": "PDF"}, events.RECORD_DOWNLOADED),
        ({"address": "2001:db8::7"}, events.SESSION_LOCKED),
        ({"session": "0123456789abcdef"}, events.SESSION_UNLOCKED),
        ({"request_id": "request-0001"}, events.BANNER_ACKNOWLEDGED),
    ],
    ids=str,
)
def test_by_each_other_thing(
    asked: dict[str, str], kind: str, as_agent: Browser, write: EventWriter, analyst: User
) -> None:
    rows = {
        kind: write(kind, analyst)
        for kind in (
            events.RECORD_VIEWED,
            events.RECORD_SEARCHED,
            events.RECORD_PRINTED,
            record_events.APPROVED,
            "role.granted",
        )
    }
    rows[events.SIGNED_IN] = write(events.SIGNED_IN, analyst)
    rows[events.SIGNED_OUT] = write(record_events.CREATED, analyst, outcome=Outcome.FAILED)
    rows[events.RECORD_DOWNLOADED] = write(record_events.CREATED, analyst, channel=Channel.PDF)
    rows[events.SESSION_LOCKED] = write(record_events.CREATED, analyst, address="2001:db8::7")
    rows[events.SESSION_UNLOCKED] = write(
        record_events.CREATED, analyst, session="0123456789abcdef"
    )
    rows[events.BANNER_ACKNOWLEDGED] = write(
        record_events.CREATED, analyst, request_id="request-0001"
    )
    answer = found(as_agent, person=analyst.username, **asked)
    assert rows[kind].pk in answer
    others = {row.kind for row in AuditEvent.objects.filter(pk__in=answer)}
    if "group" in asked:
        assert len(others - {kind, record_events.CREATED}) == 0
    else:
        assert answer == [rows[kind].pk]


def test_what_was_refused_whatever_it_was(
    as_agent: Browser, write: EventWriter, analyst: User
) -> None:
    refused = write(record_events.LIMITED, analyst, outcome=Outcome.REFUSED)
    denied = write(events.ACCESS_DENIED, analyst, minutes=1, outcome=Outcome.REFUSED)
    write(record_events.LIMITED, analyst)
    answer = found(as_agent, person=analyst.username, group="refused")
    assert answer == [denied.pk, refused.pk]


def test_what_the_portal_did_itself(as_agent: Browser, write: EventWriter, analyst: User) -> None:
    own = write(record_events.CREATED, None, channel=Channel.JOB, minutes=30)
    write(record_events.CREATED, analyst, minutes=31)
    assert found(as_agent, group="system")[0] == own.pk


def test_page_by_page_each_event_once(as_agent: Browser, write: EventWriter, analyst: User) -> None:
    """Many at one moment: the number decides among them. New ones do not shift the pages."""
    rows = [write(events.RECORD_VIEWED, analyst, minutes=each // 20) for each in range(60)]
    expected = [row.pk for row in sorted(rows, key=lambda row: (row.occurred_at, row.pk))][::-1]

    address, seen, pages = f"{LEDGER}?person={analyst.username}", [], []
    while address:
        page = as_agent.get(address)
        pages.append(numbers(page))
        seen += pages[-1]
        write(events.RECORD_VIEWED, analyst, minutes=90)
        [*following] = html.fromstring(page.content.decode()).xpath("//a[@rel='next']/@href")
        address = f"{LEDGER}{following[0]}" if following else ""
    assert seen == expected
    assert [len(page) for page in pages] == [25, 25, 10]

    back = html.fromstring(page.content.decode()).xpath("//a[@rel='prev']/@href")[0]
    assert numbers(as_agent.get(f"{LEDGER}{back}")) == pages[1]


def test_a_page_never_counts(as_agent: Browser, write: EventWriter, analyst: User) -> None:
    write(events.RECORD_VIEWED, analyst)
    with CaptureQueriesContext(
        connection,
    ) as queries:
        as_agent.get(LEDGER)
    asked = [query["sql"] for query in queries if "audit_event" in query["sql"]]
    assert not [sql for sql in asked if "COUNT(" in sql or "OFFSET" in sql]


def test_every_look_at_the_ledger_is_written_down(
    as_agent: Browser, received_query: StatusQuery, analyst: User, write: EventWriter
) -> None:
    event = write(events.RECORD_VIEWED, analyst)
    number = received_query.record.number
    for address, kind in (
        (f"{LEDGER}?record={number}&person={analyst.username}", "oversight.searched"),
        (reverse("oversight:event", args=[event.pk]), "oversight.event.viewed"),
        (reverse("oversight:person", args=[analyst.username]), "oversight.person.viewed"),
        (reverse("oversight:record", args=[number]), "oversight.record.viewed"),
    ):
        assert as_agent.get(address).status_code == 200
        written = AuditEvent.objects.latest("pk")
        assert (written.kind, written.actor) == (kind, as_agent.user)
        # No record's own page may show it, and no owner is told.
        assert (written.record_id, written.record_number) == (None, "")
        assert not events.kind(kind).look
        assert written.source_address
        assert written.session_tag
    asked = AuditEvent.objects.get(kind="oversight.searched")
    assert asked.criteria == {"Person": analyst.username, "Record number": number}
    assert asked.displayed_ids == [received_query.pk]


def test_what_cannot_be_written_down_is_not_shown(
    as_agent: Browser, looked: AuditEvent, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(**_: object) -> None:
        raise RuntimeError("no room for an event")

    monkeypatch.setattr(oversight_access, "record_event", broken)
    as_agent.raise_request_exception = False
    for address in (
        LEDGER,
        reverse("oversight:event", args=[looked.pk]),
        reverse("oversight:person", args=["analyst-3"]),
    ):
        answer = as_agent.get(address)
        assert answer.status_code in (404, 500)
        assert "IAQ-2026-GONE-0000" not in answer.content.decode()
    answer = as_agent.post(f"{LEDGER}export/", {"purpose": "x", "file_format": "csv"})
    assert answer.status_code == 500
    assert b"IAQ-2026-GONE-0000" not in answer.content


def test_what_takes_too_long_is_given_up(
    as_agent: Browser, monkeypatch: pytest.MonkeyPatch
) -> None:
    def endless(*_: object, **__: object) -> None:
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_sleep(20)")

    monkeypatch.setattr(querysets, "PATIENCE", timedelta(milliseconds=20))
    monkeypatch.setattr(oversight_access, "stretch", endless)
    page = as_agent.get(LEDGER)
    assert page.status_code == 422
    assert "read too much of the ledger" in text_of(page)
    event = AuditEvent.objects.latest("pk")
    assert (event.kind, event.outcome) == ("oversight.searched", Outcome.FAILED)


def test_patience_ends_with_the_search() -> None:
    """The connection goes on without a ceiling."""
    with querysets.patiently():
        pass
    with connection.cursor() as cursor:
        cursor.execute("SHOW statement_timeout")
        assert cursor.fetchone() == ("0",)
    with pytest.raises(TookTooLong):
        _sleep_with_little_patience()


def _sleep_with_little_patience() -> None:
    with querysets.patiently(), connection.cursor() as cursor:
        cursor.execute("SET LOCAL statement_timeout = 10")
        cursor.execute("SELECT pg_sleep(20)")


@pytest.mark.parametrize(
    ("wanted", "index"),
    [
        (Wanted(records=(5,)), "audit_event_touched|displayed_ids"),
        (Wanted(person=5), "actor"),
        (Wanted(), "occurred_at_id|newest"),
    ],
    ids=["a record", "a person", "everything"],
)
def test_a_search_needs_no_whole_reading(wanted: Wanted, index: str, agent: User) -> None:
    """The planner finds an index for each, once it may not read the table as a whole."""
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL enable_seqscan = off")
        rows = narrowed(readable_by(agent), wanted).order_by("-occurred_at", "-pk")[:26]
        plan = rows.explain()
    assert "Seq Scan on audit_event" not in plan
    assert any(each in plan for each in index.split("|")), plan


def test_a_person_s_day(as_agent: Browser, write: EventWriter, analyst: User, clock: Clock) -> None:
    write(events.SIGNED_IN, analyst, minutes=-90, session="a" * 16, address="192.0.2.7")
    write(events.RECORD_VIEWED, analyst, minutes=-80, session="a" * 16)
    write(events.ACCESS_DENIED, analyst, minutes=-10, session="b" * 16, outcome=Outcome.REFUSED)
    write(events.RECORD_VIEWED, analyst, minutes=60, session="b" * 16)
    write(events.RECORD_VIEWED, analyst, minutes=-60 * 40)

    page = as_agent.get(f"/oversight/people/{analyst.username}/?day=2026-11-20")
    text = text_of(page)
    assert "Session 1" in text
    assert "Session 2" in text
    assert "1 h 10 min without any event" in text
    assert "192.0.2.7" in text
    assert "Refused" in text
    assert "Looks by hour: 2 in all, most at 08:00 (1)." in text
    assert "Earlier: Nov 18, 2026" in text
    # Without a day, the latest with anything in it.
    latest = as_agent.get(f"/oversight/people/{analyst.username}/")
    assert "Friday, November 20, 2026" in text_of(latest)


def test_a_day_is_a_day_of_the_portal_s_time(
    as_agent: Browser, write: EventWriter, analyst: User, at: datetime
) -> None:
    """Half past eleven in the evening in Washington is the next day in UTC."""
    write(events.RECORD_VIEWED, analyst, minutes=13.5 * 60)
    page = text_of(as_agent.get(f"/oversight/people/{analyst.username}/?day=2026-11-20"))
    assert "23:30:00.00 EST (UTC-05:00)" in page
    other = text_of(as_agent.get(f"/oversight/people/{analyst.username}/?day=2026-11-21"))
    assert "No events on this day" in other


def test_a_record_s_readers(
    as_agent: Browser,
    write: EventWriter,
    received_query: StatusQuery,
    other_analyst: User,
    make_user: UserFactory,
) -> None:
    pk, number = received_query.pk, received_query.record.number
    attorney = make_user(Role.ATTORNEY)
    for minutes in (1, 2, 3):
        write(events.RECORD_VIEWED, other_analyst, minutes=minutes, record_id=pk)
    write(events.RECORD_LISTED, attorney, minutes=4, displayed_ids=[pk])
    write(record_events.APPROVED, other_analyst, minutes=5, record_id=pk)

    text = text_of(as_agent.get(reverse("oversight:record", args=[number])))

    assert f"{other_analyst.full_name} 3 times, first" in text
    assert f"{attorney.full_name} 1 time, last" in text
    assert "Looks by day, the last 30 days: 4 in all, most at Nov 20 (4)." in text
    assert "Approved the record" in text


def test_an_event_s_page_tells_everything(
    as_agent: Browser, write: EventWriter, analyst: User, received_query: StatusQuery
) -> None:
    event = write(
        events.RECORD_SEARCHED,
        analyst,
        minutes=0.0071,
        session="c" * 16,
        request_id="request-0002",
        address="192.0.2.9",
        purpose="Inquiry 7",
        criteria={"Last name": "QUILLABEE", "near_names": True},
        displayed_ids=[received_query.pk],
        matched_ids=[received_query.pk, 4_000_000],
    )
    beside = write(events.RECORD_VIEWED, analyst, request_id="request-0002", session="c" * 16)

    page = as_agent.get(reverse("oversight:event", args=[event.pk]))
    text = text_of(page)

    for told in (
        "Nov 20, 2026 10:00:00.42 EST (UTC-05:00)",
        analyst.full_name,
        analyst.username,
        "Inquiry 7",
        "192.0.2.9",
        "c" * 16,
        "request-0002",
        "record.searched",
        "Last name QUILLABEE",
        "Near names Yes",
        received_query.record.number,
        "Matched, and not shown",
        "Record 4000000, gone",
        "Not sealed yet",
    ):
        assert told in text, told
    assert numbers(page) == [beside.pk, beside.pk]
