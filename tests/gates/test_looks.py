"""Nothing is read unseen, and what one may not see answers as if it did not exist."""

import re
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import pytest
from django.db import connection, transaction

from accounts.choices import Role
from accounts.guards import DeclaredUrl, every_url
from accounts.models import User
from acrime.audit.choices import Channel
from acrime.audit.models import AuditEvent
from acrime.iaq.models import InboundMessage, StatusQuery
from acrime.iar.models import StatusResponse
from acrime.individuals.models import Individual
from acrime.records.actions import limit_record
from acrime.records.models import Record
from routine_uses.models import Disclosure
from tests import factories
from tests.conftest import Browser, BrowserFactory, UserFactory
from tests.support.urls import address, parameters

pytestmark = pytest.mark.django_db

OF_RECORDS = [url for url in every_url() if "number" in parameters(url)]
TO_READ = [url for url in OF_RECORDS if url.access and url.access.read]
# Lists name no record in their address, and show some all the same.
LISTS = ["iaq:list", "iar:list", "individuals:list", "routine_uses:disclosures"]


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

    def number_for(self, name: str) -> str:
        """The number of something that the URL called *name* shows or acts on.

        Raises:
            KeyError: nobody has said yet what a new URL shows.
        """
        return NUMBERS[name](self)


# What each URL with a number is about. A new URL has no line and fails until it has.
_CLAIMED: Callable[[Story], str] = lambda story: story.claimed.record.number  # noqa: E731
_MESSAGE: Callable[[Story], str] = lambda story: story.message.number  # noqa: E731
_RESPONSE: Callable[[Story], str] = lambda story: story.response.record.number  # noqa: E731
_INDIVIDUAL: Callable[[Story], str] = lambda story: story.individual.record.number  # noqa: E731
_DISCLOSURE: Callable[[Story], str] = lambda story: story.disclosure.number  # noqa: E731
NUMBERS: Mapping[str, Callable[[Story], str]] = {
    "iaq:detail": lambda story: story.released.record.number,
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
        ),
        _CLAIMED,
    ),
    **dict.fromkeys(("iaq:desk-message", "iaq:desk-settle", "iaq:desk-transcribe"), _MESSAGE),
    "api:record": lambda story: story.released.record.number,
    "api:record-access": lambda story: story.released.record.number,
    "records:access": lambda story: story.released.record.number,
    "records:history": lambda story: story.released.record.number,
    "iar:release": lambda story: story.approved.record.number,
    "iar:detail": _RESPONSE,
    "iar:send-again": _RESPONSE,
    "individuals:detail": _INDIVIDUAL,
    "individuals:approve": _INDIVIDUAL,
    "routine_uses:disclosure": _DISCLOSURE,
    "routine_uses:disclosure-form": _DISCLOSURE,
}
# Messages on the desk could not be read, so they wear no envelope and are hidden from nobody
# whose role opens the desk.
NEVER_HIDDEN = {"iaq:desk-message", "iaq:desk-settle", "iaq:desk-transcribe"}


@pytest.fixture
def story(
    released_response: StatusResponse, analyst: User, supervisor: User, at: datetime
) -> Story:
    def another(serial: int) -> StatusQuery:
        query = factories.make_query(factories.message_bytes(serial=serial), at=at)
        query = factories.claim(query, author=analyst, at=at)
        return factories.research(query, author=analyst, at=at)

    approved = factories.submit(another(2), author=analyst, at=at)
    approved = factories.approve(approved, reviewer=supervisor, at=at)
    kept = factories.receive(factories.message_bytes(serial=4, NAM=None), at=at)
    return Story(
        released=factories.query_numbered(released_response.query.record.number),
        response=released_response,
        disclosure=Disclosure.objects.get(number=released_response.disclosure_number),
        approved=approved,
        claimed=another(3),
        message=InboundMessage.objects.get(number=kept.number),
        individual=Individual.objects.order_by("pk")[0],
    )


def test_every_url_with_a_number_is_known_here() -> None:
    assert {url.name for url in OF_RECORDS} == NUMBERS.keys()


@pytest.mark.parametrize("url", TO_READ, ids=lambda url: url.name)
def test_a_look_is_written_down(url: DeclaredUrl, story: Story, as_analyst: Browser) -> None:
    number = story.number_for(url.name)
    before = _last_event()
    answer = as_analyst.get(address(url, number=number, kind="NO_RECORD"))
    assert answer.status_code == 200
    looks = AuditEvent.objects.filter(pk__gt=before, actor=as_analyst.user)
    about = [
        event for event in looks if number in (event.record_number, event.details.get("disclosure"))
    ]
    assert about
    assert all(event.source_address for event in about)


@pytest.mark.parametrize("url", TO_READ, ids=lambda url: url.name)
def test_what_cannot_be_written_down_is_not_shown(
    url: DeclaredUrl, story: Story, as_analyst: Browser
) -> None:
    as_analyst.raise_request_exception = False
    with _ledger_broken():
        answer = as_analyst.get(address(url, number=story.number_for(url.name)))
    assert answer.status_code == 500
    assert not [value for value in factories.PERSONAL_VALUES if value.encode() in answer.content]


@pytest.mark.parametrize("name", LISTS)
def test_a_list_tells_what_it_showed(name: str, story: Story, as_analyst: Browser) -> None:
    url = next(each for each in every_url() if each.name == name)
    before = _last_event()
    assert as_analyst.get(f"{address(url)}?show=all").status_code == 200
    event = AuditEvent.objects.filter(pk__gt=before, actor=as_analyst.user).get()
    assert event.displayed_ids
    as_analyst.raise_request_exception = False
    with _ledger_broken():
        assert as_analyst.get(address(url)).status_code == 500


@pytest.mark.parametrize(
    ("url", "method"),
    [
        (url, method)
        for url in OF_RECORDS
        if url.name not in NEVER_HIDDEN and url.access
        for method, roles in (("GET", url.access.read), ("POST", url.access.write))
        if roles
    ],
    ids=lambda value: value if isinstance(value, str) else value.name,
)
def test_hidden_is_absent(
    url: DeclaredUrl,
    method: str,
    story: Story,
    browser_of: BrowserFactory,
    make_user: UserFactory,
    at: datetime,
) -> None:
    """Same status, same headers, same bytes, and nothing in the ledger for either."""
    # Every one of these URLs opens to supervisors; this one supervises nobody.
    somebody = browser_of(make_user(Role.SUPERVISOR))
    number = story.number_for(url.name)
    absent = f"{number[:-4]}0000" if not number.endswith("0000") else f"{number[:-4]}1111"
    shown = somebody.get(address(url, number=number)) if method == "GET" else None
    for record in Record.objects.all():
        limit_record(
            record=record,
            allowed=[],
            reason="A sensitive matter",
            actor=record.owner,
            at=at,
            channel=Channel.COMMAND,
        )
    before = AuditEvent.objects.count()
    answers = [
        somebody.generic(method, address(url, number=each, kind="NO_RECORD", delivery=1))
        for each in (number, absent)
    ]
    told = [_told(answer, each) for answer, each in zip(answers, (number, absent), strict=True)]
    assert told[0] == told[1]
    assert answers[0].status_code == 404
    assert AuditEvent.objects.count() == before
    # It was there to be seen before it was limited.
    assert shown is None or shown.status_code == 200


def test_a_hidden_record_is_in_no_list_and_no_count(
    story: Story,
    make_user: UserFactory,
    browser_of: BrowserFactory,
    at: datetime,
) -> None:
    somebody = browser_of(make_user(Role.SUPERVISOR))
    for record in Record.objects.all():
        limit_record(
            record=record,
            allowed=[],
            reason="A sensitive matter",
            actor=record.owner,
            at=at,
            channel=Channel.COMMAND,
        )
    numbers = [*Record.objects.values_list("number", flat=True), story.disclosure.number]
    for url in every_url():
        if url.name not in (*LISTS, "home"):
            continue
        body = somebody.get(f"{address(url)}?show=all").content.decode()
        assert not [each for each in numbers if each in body], url.name


def _last_event() -> int:
    return AuditEvent.objects.order_by("-pk").values_list("pk", flat=True).first() or 0


def _told(answer: Any, number: str) -> tuple[int, dict[str, str], bytes]:
    body = answer.content.replace(number.encode(), b"NUMBER")
    body = re.sub(rb'name="csrfmiddlewaretoken" value="\w+"', b"TOKEN", body)
    headers = {name: value for name, value in answer.headers.items() if name != "Content-Length"}
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
