"""Nothing is read unseen, and what one may not see answers as if it did not exist.

Every URL is walked: pages, prints, reveals, exports, searches, documents and the API.
"""

import ast
import re
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from http.cookies import SimpleCookie
from importlib import import_module
from typing import Any

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext

from accounts.choices import Role
from accounts.guards import DeclaredUrl, every_url
from accounts.models import Course, User
from acrime.audit import events
from acrime.audit.choices import Channel
from acrime.audit.models import AuditEvent
from acrime.calls.actions import add_task
from acrime.calls.choices import CallKind
from acrime.calls.models import Call
from acrime.demo.papers import drawn_face
from acrime.detainers.models import Detainer
from acrime.iaq.models import InboundMessage, StatusQuery
from acrime.iaq.research.actions import attach_paper
from acrime.iar.models import StatusResponse
from acrime.individuals.facts.actions import add_photograph
from acrime.individuals.models import Individual
from acrime.ncic.hits.models import HitConfirmation
from acrime.ncic.models import NcicEntry
from acrime.records.actions import limit_record
from acrime.records.models import Record
from acrime.tips.models import Tip, TipSource
from routine_uses.models import Disclosure
from tests import factories
from tests.conftest import NOON, Browser, BrowserFactory, Chain, Keeper, UserFactory
from tests.support import center, holding, tips
from tests.support.chain import Kept, People
from tests.support.database import taken_back
from tests.support.source import dotted, working_modules
from tests.support.urls import address, parameters

pytestmark = pytest.mark.django_db

OF_RECORDS = [url for url in every_url() if "number" in parameters(url)]
# What officers of a field office alone open is looked at in tests/rooms/iar/test_following.py.
OF_FIELD_OFFICERS = {"iar:follow-up", "api:follow-up"}
# Whom holds are told to alone; looked at in tests/rooms/retention/test_hold_pages.py.
OF_HOLDS = {"api:record-holds"}
# What is the analyst's alone, who did the work.
OF_THEIR_AUTHOR = {"iaq:attach"}
TO_READ = [
    url
    for url in OF_RECORDS
    if url.access and url.access.read and url.name not in OF_FIELD_OFFICERS | OF_HOLDS
]
# Lists name no record in their address, and show some all the same.
LISTS = [
    "iaq:list",
    "iaq:rows",
    "iar:list",
    "individuals:list",
    "routine_uses:disclosures",
    "ncic:list",
    "ncic:hits",
    "calls:list",
    "detainers:list",
    "tips:list",
]


@dataclass(frozen=True)
class Story:
    """A query answered, another one ready to answer, one being researched, and a message."""

    released: StatusQuery
    response: StatusResponse
    disclosure: Disclosure
    approved: StatusQuery
    claimed: StatusQuery
    message: InboundMessage
    individual: Individual
    entry: NcicEntry
    hit: HitConfirmation
    call: Call
    detainer: Detainer
    tip: Tip
    source: TipSource

    def number_for(self, name: str) -> str:
        """The number of something that the URL called *name* shows or acts on.

        Raises:
            KeyError: nobody has said yet what a new URL shows.
        """
        return NUMBERS[name](self)

    def place(self, url: DeclaredUrl, number: str = "") -> str:
        """The address of *url* about something in the story, or about *number*."""
        return address(
            url,
            number=number or (self.number_for(url.name) if "number" in parameters(url) else ""),
            identifier=1,
        )


# What each URL with a number is about. A new URL has no line and fails until it has.
_CLAIMED: Callable[[Story], str] = lambda story: story.claimed.record.number  # noqa: E731
_MESSAGE: Callable[[Story], str] = lambda story: story.message.number  # noqa: E731
_RESPONSE: Callable[[Story], str] = lambda story: story.response.record.number  # noqa: E731
_INDIVIDUAL: Callable[[Story], str] = lambda story: story.individual.record.number  # noqa: E731
_DISCLOSURE: Callable[[Story], str] = lambda story: story.disclosure.number  # noqa: E731
_ENTRY: Callable[[Story], str] = lambda story: story.entry.record.number  # noqa: E731
_HIT: Callable[[Story], str] = lambda story: story.hit.record.number  # noqa: E731
_DETAINER: Callable[[Story], str] = lambda story: story.detainer.record.number  # noqa: E731
_TIP: Callable[[Story], str] = lambda story: story.tip.record.number  # noqa: E731
_SOURCE: Callable[[Story], str] = lambda story: story.source.record.number  # noqa: E731
_CALL: Callable[[Story], str] = lambda story: story.call.record.number  # noqa: E731
NUMBERS: Mapping[str, Callable[[Story], str]] = {
    "iaq:detail": lambda story: story.released.record.number,
    "iaq:paper": lambda story: story.approved.record.number,
    **dict.fromkeys(
        (
            "iaq:claim",
            "iaq:put-back",
            "iaq:program",
            "iaq:research",
            "iaq:subjects",
            "iaq:link",
            "iaq:create",
            "iaq:determine",
            "iaq:approve",
            "iaq:return",
            "iaq:print",
            "iaq:reveal",
            "iaq:take-over",
            "iaq:assign",
            "iaq:place",
            "iaq:strike",
            "iaq:no-match",
            "iaq:citizenship",
            "iaq:attach",
            "iaq:ask",
            "iaq:confirm",
            "iaq:discard",
            "api:query-clock",
            "api:query-claim",
        ),
        _CLAIMED,
    ),
    **dict.fromkeys(("iaq:desk-message", "iaq:desk-settle", "iaq:desk-transcribe"), _MESSAGE),
    "api:query-program": _CLAIMED,
    "api:retention": lambda story: story.released.record.number,
    "api:record": lambda story: story.released.record.number,
    "api:record-access": lambda story: story.released.record.number,
    "api:record-holds": lambda story: story.released.record.number,
    "records:access": lambda story: story.released.record.number,
    "records:history": lambda story: story.released.record.number,
    "iar:release": lambda story: story.approved.record.number,
    "iar:ask-check": lambda story: story.approved.record.number,
    "iar:detail": _RESPONSE,
    "iar:print": _RESPONSE,
    "iar:send-again": _RESPONSE,
    "iar:combined": _RESPONSE,
    "iar:follow-up": _RESPONSE,
    "iar:amend": _RESPONSE,
    "iar:amend-drop": _RESPONSE,
    "iar:close-copy": _RESPONSE,
    "api:follow-up": _RESPONSE,
    "individuals:detail": _INDIVIDUAL,
    "individuals:print": _INDIVIDUAL,
    "individuals:reveal": _INDIVIDUAL,
    "individuals:approve": _INDIVIDUAL,
    "individuals:merge-propose": _INDIVIDUAL,
    "individuals:add": _INDIVIDUAL,
    "individuals:note": _INDIVIDUAL,
    "individuals:photograph": _INDIVIDUAL,
    **dict.fromkeys(
        (
            "ncic:detail",
            "ncic:print",
            "ncic:describe",
            "ncic:subject",
            "ncic:document-add",
            "ncic:document",
            "ncic:act",
            "api:ncic-entry",
        ),
        _ENTRY,
    ),
    **dict.fromkeys(
        (
            "ncic:hits-one",
            "ncic:hits-print",
            "ncic:hits-take",
            "ncic:hits-agency",
            "ncic:hits-documents",
            "ncic:hits-promise",
            "ncic:hits-answer",
            "ncic:hits-ask",
            "api:hit",
        ),
        _HIT,
    ),
    **dict.fromkeys(
        (
            "calls:detail",
            "calls:print",
            "calls:person",
            "calls:verify",
            "calls:say",
            "calls:tell",
            "calls:ask",
            "calls:task",
            "calls:task-done",
            "calls:close",
            "api:call",
        ),
        _CALL,
    ),
    **dict.fromkeys(
        (
            "detainers:detail",
            "detainers:print",
            "detainers:describe",
            "detainers:subject",
            "detainers:act",
            "detainers:notice",
            "detainers:send",
            "detainers:ask",
            "detainers:drop",
            "api:detainer",
        ),
        _DETAINER,
    ),
    **dict.fromkeys(
        (
            "tips:detail",
            "tips:print",
            "tips:file",
            "tips:take",
            "tips:put-back",
            "tips:sort",
            "tips:triage",
            "tips:second",
            "tips:person",
            "tips:same",
            "tips:office",
            "tips:step",
            "tips:close",
            "tips:refer",
            "tips:referral",
            "tips:referral-ask",
            "tips:referral-print",
            "api:tip",
        ),
        _TIP,
    ),
    **dict.fromkeys(("tips:source", "tips:source-reveal", "tips:source-person"), _SOURCE),
    "routine_uses:disclosure": _DISCLOSURE,
    "routine_uses:disclosure-form": _DISCLOSURE,
}
# What a form that shows something of a record must hold to show it.
FILLED: Mapping[str, Mapping[str, str]] = {
    "iaq:reveal": {"reason": "RESEARCH"},
    "individuals:reveal": {"reason": "RESEARCH"},
    "tips:source-reveal": {"reason": "RESEARCH"},
    "individuals:search": {"q": f"{factories.LAST}, {factories.FIRST}"},
    "iaq:export": {"purpose": "Audit 12"},
    "iar:export": {"purpose": "Audit 12"},
    "individuals:export": {"purpose": "Audit 12"},
    "routine_uses:disclosure-export": {"purpose": "Audit 12"},
    "ncic:export": {"purpose": "Audit 12"},
    "ncic:hits-export": {"purpose": "Audit 12"},
    "calls:export": {"purpose": "Audit 12"},
    "detainers:export": {"purpose": "Audit 12"},
}
TO_WRITE = [
    url
    for url in every_url()
    if url.access
    and Role.SUPERVISOR in url.access.write
    and not url.access.api
    and ("number" in parameters(url) or url.name in FILLED)
]
# Messages on the desk could not be read, so they wear no envelope and are hidden from nobody
# whose role opens the desk.
# Who reported a tip is seen by those alone who are named for it, from the first moment.
ALWAYS_LIMITED = ("tips:source",)
NEVER_HIDDEN = {"iaq:desk-message", "iaq:desk-settle", "iaq:desk-transcribe"}


@pytest.fixture(scope="module")
def _story(keep: Keeper, _chain: Chain) -> Kept:
    def make(people: People) -> Story:
        return make_story(_chain["released_response"].put(StatusResponse), people, at=NOON)

    return keep(make)


@pytest.fixture
def story(_story: Kept, everybody: People, at: datetime) -> Story:
    assert at == NOON
    return _story.put(Story)


def second_person(at: datetime) -> User:
    """Who decides about the tip line with the supervisor."""
    return factories.make_user(Role.PRIVACY_OFFICER, at=at)


def make_story(response: StatusResponse, people: People, *, at: datetime) -> Story:
    def another(serial: int) -> StatusQuery:
        query = factories.make_query(factories.message_bytes(serial=serial), at=at)
        query = factories.claim(query, author=people.analyst, at=at)
        return factories.research(query, author=people.analyst, at=at)

    researched = another(2)
    attach_paper(
        query=researched,
        step=researched.research_steps.get().pk,
        name="x.pdf",
        data=factories.PAPER,
        actor=people.analyst,
        at=at,
    )
    approved = factories.submit(researched, author=people.analyst, at=at)
    approved = factories.approve(approved, reviewer=people.supervisor, at=at)
    kept = factories.receive(factories.message_bytes(serial=4, NAM=None), at=at)
    individual = Individual.objects.order_by("pk")[0]
    add_photograph(
        individual=individual,
        data=drawn_face(),
        alt="Drawn head and shoulders",
        source="Synthetic drawing",
        taken_on=None,
        actor=people.analyst,
        at=at,
    )
    center.certify(people.analyst, people.supervisor, at=at)
    center.police(actor=people.supervisor, at=at)
    entry = center.entered_entry(actor=people.analyst, checker=people.supervisor, at=at)
    hit = center.make_hit(actor=people.analyst, at=at, taken_by=people.analyst)
    call = center.make_call(
        actor=people.analyst, at=at, kind=CallKind.FOLLOW_UP, query=response.query, verified=True
    )
    center.prepare(call, actor=people.analyst, at=at)
    add_task(
        call=call,
        what="Call the field office",
        assigned_to=people.analyst,
        due_at=at + timedelta(hours=2),
        actor=people.analyst,
        at=at,
    )
    detainer = holding.issued(
        holding.jail(actor=people.supervisor, at=at),
        actor=people.analyst,
        officer=people.supervisor,
        at=at,
        query=response.query,
    )
    tips.open_line(keeper=people.supervisor, second=second_person(at), at=at)
    tip = tips.followed_up(tips.phoned(actor=people.analyst, at=at), actor=people.analyst, at=at)
    agency = center.police(actor=people.analyst, at=at, ori="VT0000008")
    tips.referred(tip, agency, actor=people.analyst, at=at)
    return Story(
        detainer=detainer,
        tip=tip,
        source=tip.source,
        entry=entry,
        hit=hit,
        call=call,
        released=factories.query_numbered(response.query.record.number),
        response=response,
        disclosure=Disclosure.objects.get(number=response.disclosure_number),
        approved=approved,
        claimed=another(3),
        message=InboundMessage.objects.get(number=kept.number),
        individual=individual,
    )


def test_every_url_with_a_number_is_known_here() -> None:
    assert {url.name for url in OF_RECORDS} == NUMBERS.keys()


# The story takes its time to be copied in, so each test goes through all of its URLs, each of
# which finds everything as it was.


def test_a_look_is_written_down(story: Story, as_analyst: Browser) -> None:
    for url in TO_READ:
        number = story.number_for(url.name)
        with as_it_was(as_analyst):
            before = _last_event()
            answer = as_analyst.get(story.place(url))
            looks = list(AuditEvent.objects.filter(pk__gt=before, actor=as_analyst.user))
        assert answer.status_code == 200, url.name
        # An answer in one piece: nothing of it is under way before the event is there.
        assert not answer.streaming, url.name
        about = [
            event
            for event in looks
            if number in (event.record_number, event.details.get("disclosure"))
        ]
        assert about, url.name
        assert all(event.source_address for event in about), url.name


def test_what_cannot_be_written_down_is_not_shown(story: Story, as_analyst: Browser) -> None:
    as_analyst.raise_request_exception = False
    for url in TO_READ:
        with as_it_was(as_analyst), _ledger_broken():
            answer = as_analyst.get(story.place(url))
        assert answer.status_code == 500, url.name
        assert not _personal(answer), url.name


def test_no_form_shows_what_cannot_be_written_down(story: Story, as_supervisor: Browser) -> None:
    """Forms that show something, and forms that come back because they were not filled in."""
    as_supervisor.raise_request_exception = False
    for url in TO_WRITE:
        with as_it_was(as_supervisor), _ledger_broken():
            answer = as_supervisor.post(story.place(url), FILLED.get(url.name, {}))
        assert answer.status_code in (302, 400, 404, 422, 500), url.name
        assert not _personal(answer), url.name
        if url.name in FILLED:
            assert answer.status_code == 500, url.name


def test_a_form_that_shows_something_writes_it_down(story: Story, as_supervisor: Browser) -> None:
    for url in every_url():
        if url.name not in FILLED:
            continue
        with as_it_was(as_supervisor):
            before = _last_event()
            answer = as_supervisor.post(f"{story.place(url)}?show=all", FILLED[url.name])
            looks = list(AuditEvent.objects.filter(pk__gt=before, actor=as_supervisor.user))
        assert answer.status_code == 200, url.name
        assert not answer.streaming, url.name
        assert [event for event in looks if event.displayed_ids and event.source_address], url.name


@pytest.mark.django_db(transaction=True)
def test_the_event_is_there_for_good_before_the_answer_is_made(
    story: Story,
    as_supervisor: Browser,
    as_analyst: Browser,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """While a template or a file is made, no transaction is open that could still be undone."""
    open_ones: list[str] = []
    made: list[str] = []

    def watched(module: str, name: str) -> None:
        whole = getattr(import_module(module), name)

        def making(*given: Any, **named: Any) -> Any:
            made.append(name)
            if connection.in_atomic_block:
                open_ones.append(place)
            return whole(*given, **named)

        monkeypatch.setattr(f"{module}.{name}", making)

    watched("django.template.loader", "get_template")
    watched("django.template.loader", "select_template")
    watched("acrime.common.exports", "as_csv")
    for url in TO_READ:
        place = url.name
        reader = as_analyst if place in OF_THEIR_AUTHOR else as_supervisor
        assert reader.get(story.place(url)).status_code == 200, place
    for url in every_url():
        if url.name in FILLED:
            place = url.name
            answer = as_supervisor.post(f"{story.place(url)}?show=all", FILLED[place])
            assert answer.status_code == 200, place
    assert not open_ones
    assert len(made) > len(TO_READ)


def test_no_answer_is_sent_in_pieces() -> None:
    found = [
        module.place(node)
        for module in working_modules()
        for node in ast.walk(module.tree)
        if isinstance(node, ast.Name | ast.Attribute)
        and dotted(node).rpartition(".")[2] in {"StreamingHttpResponse", "FileResponse"}
    ]
    assert not found


def test_a_list_tells_what_it_showed(story: Story, as_analyst: Browser) -> None:
    as_analyst.raise_request_exception = False
    for name in LISTS:
        url = next(each for each in every_url() if each.name == name)
        with as_it_was(as_analyst):
            before = _last_event()
            assert as_analyst.get(f"{address(url)}?show=all").status_code == 200, name
            event = AuditEvent.objects.filter(pk__gt=before, actor=as_analyst.user).get()
        assert event.displayed_ids, name
        with as_it_was(as_analyst), _ledger_broken():
            assert as_analyst.get(address(url)).status_code == 500, name


HIDDEN = [url for url in OF_RECORDS if url.name not in NEVER_HIDDEN | OF_FIELD_OFFICERS]


@pytest.fixture
def somebody(make_user: UserFactory, browser_of: BrowserFactory, at: datetime) -> Browser:
    """A supervisor, to whom every one of these URLs opens; this one supervises nobody."""
    person = make_user(Role.SUPERVISOR)
    factories.train(person, at=at, course=Course.NCIC)
    return browser_of(person)


def limit_everything(at: datetime) -> None:
    for record in Record.objects.all():
        limit_record(
            record=record,
            allowed=[],
            reason="A sensitive matter",
            actor=record.owner,
            at=at,
            channel=Channel.COMMAND,
        )


@pytest.mark.parametrize("method", ["GET", "POST"])
def test_hidden_is_absent(method: str, story: Story, somebody: Browser, at: datetime) -> None:
    """Same status, same headers, same bytes, as many queries; one event in the ledger for each."""
    asked = [
        url
        for url in HIDDEN
        if url.access and (url.access.read if method == "GET" else url.access.write)
    ]
    assert len(asked) > 50
    if method == "GET":
        # It was there to be seen before it was limited.
        for url in asked:
            unseen = url.name.startswith(ALWAYS_LIMITED) or url.name in OF_THEIR_AUTHOR
            with as_it_was(somebody):
                shown = somebody.get(story.place(url))
            assert shown.status_code == (404 if unseen else 200), url.name
    limit_everything(at)
    for url in asked:
        number = story.number_for(url.name)
        with as_it_was(somebody):
            _assert_absent(somebody, method, number, partial(story.place, url))


def _assert_absent(
    somebody: Browser, method: str, number: str, place: Callable[[str], str]
) -> None:
    """What is at *place* of *number* answers like what is at that of a number that is nobody's."""
    where = f"{method} {place(number)}"
    absent = f"{number[:-4]}0000" if not number.endswith("0000") else f"{number[:-4]}1111"
    before = _last_event()
    answers, asked = [], []
    for each in (number, absent):
        with CaptureQueriesContext(connection) as queries:
            answers.append(somebody.generic(method, place(each)))
        asked.append([_shape(query["sql"]) for query in queries])
    told = [_told(answer, each) for answer, each in zip(answers, (number, absent), strict=True)]
    assert told[0] == told[1], where
    assert answers[0].status_code == 404, where
    assert asked[0] == asked[1], where
    hidden, nothing = AuditEvent.objects.filter(pk__gt=before).order_by("pk")
    assert (hidden.kind, nothing.kind) == (events.RECORD_PROBED, events.RECORD_PROBED), where
    assert [hidden.criteria, nothing.criteria] == [{"Number": number}, {"Number": absent}], where
    assert hidden.matched_ids, where
    assert not nothing.matched_ids, where
    assert not hidden.displayed_ids, where
    assert hidden.record_id is None, where


def test_a_hidden_record_is_in_no_list_and_no_count(
    story: Story, somebody: Browser, at: datetime
) -> None:
    limit_everything(at)
    numbers = [*Record.objects.values_list("number", flat=True), story.disclosure.number]
    for url in every_url():
        if url.name not in (*LISTS, "home"):
            continue
        body = somebody.get(f"{address(url)}?show=all").content.decode()
        assert not [each for each in numbers if each in body], url.name


def _shape(sql: str) -> str:
    """What a statement does, without values, their types, and the names of savepoints."""
    values = r"(?:'[^']*'|\b\d+\b|ARRAY\[[^]]*\]|\bs\d+_x\d+\b)(?:::\w+(?:\[\])?)?"
    return re.sub(values, "?", sql)


@contextmanager
def as_it_was(browser: Browser) -> Iterator[None]:
    """What is asked for inside leaves nothing behind, neither in the portal nor in the browser."""
    cookies = browser.cookies.output(header="")
    with taken_back():
        yield
    browser.cookies = SimpleCookie(cookies)


def _personal(answer: Any) -> list[str]:
    return [value for value in factories.PERSONAL_VALUES if value.encode() in answer.content]


def _last_event() -> int:
    return AuditEvent.objects.order_by("-pk").values_list("pk", flat=True).first() or 0


def _told(answer: Any, number: str) -> tuple[int, dict[str, str], bytes]:
    body = answer.content.replace(number.encode(), b"NUMBER")
    body = re.sub(rb'name="csrfmiddlewaretoken" value="\w+"', b"TOKEN", body)
    # The request's own id is random, and the length follows from the body.
    own = {"Content-Length", "X-Request-ID"}
    headers = {name: value for name, value in answer.headers.items() if name not in own}
    return answer.status_code, headers, body


@contextmanager
def _ledger_broken() -> Iterator[None]:
    """The database refuses every event, as it would on a full disk."""
    before = transaction.savepoint()
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute(
            "CREATE FUNCTION no_events() RETURNS trigger LANGUAGE plpgsql AS "
            "$$ BEGIN RAISE EXCEPTION 'no room for an event'; END $$"
        )
        cursor.execute(
            "CREATE TRIGGER no_events BEFORE INSERT ON audit_event "
            "FOR EACH ROW EXECUTE FUNCTION no_events()"
        )
    yield
    transaction.set_rollback(False)
    transaction.savepoint_rollback(before)
