"""The same world with a hidden record and without it: nobody outside can tell them apart.

Both worlds are made by the portal's own acts, with the same random numbers, in the same order,
at the same standing moment. In one of them a query is limited, researched, answered and
accounted for in between. Then somebody who may not see it asks for everything by every way,
and every answer must be the same to the byte. Keys of rows differ between the two worlds, so
a key on a page would show as well.
"""

import random
import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from difflib import unified_diff
from typing import Any

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from accounts.choices import Role
from accounts.guards import DeclaredUrl, every_url, may_open
from accounts.models import Office, User
from acrime.audit.choices import Channel
from acrime.common import numbers
from acrime.individuals.models import Individual
from acrime.records.actions import limit_record
from acrime.records.models import Record
from routine_uses.models import Disclosure, NoticeVersion
from tests import factories
from tests.conftest import Browser
from tests.support.urls import address, opens, parameters

pytestmark = pytest.mark.django_db

# Pages that show records, or count them, without naming one in their address.
LISTS = (
    "home",
    "alerts:list",
    "iaq:list",
    "iaq:news",
    "iaq:rows",
    "iaq:items",
    "iaq:workload",
    "api:worklist",
    "iaq:desk",
    "iaq:export",
    "programs:list",
    "programs:undecided",
    "api:undecided-queries",
    "iar:list",
    "iar:desk",
    "iar:follow-ups",
    "iar:wordings",
    "iar:export",
    "individuals:list",
    "individuals:search",
    "individuals:export",
    "routine_uses:disclosures",
    "routine_uses:disclosure-export",
    "routine_uses:verify",
    "api:records",
    "ncic:list",
    "retention:dashboard",
    "retention:figures",
    "retention:list",
    "retention:export",
    "ncic:hits",
    "ncic:hits-figures",
    "calls:list",
    "detainers:list",
    "ncic:export",
    "ncic:hits-export",
    "calls:export",
    "detainers:export",
    "api:hits",
    "api:calls",
    "api:ncic",
    "api:detainers",
    "tips:list",
    "api:tips",
    "api:schema",
)
# What lists take as a parameter, sensible or not.
ASKED = (
    "",
    "?show=all",
    "?show=own&sort=owner",
    "?show=pending&order=-limited",
    "?show=review&limited=true",
    "?show=released&page=2",
    "?kind=IAQ",
    "?kind=IND&page=2",
)
# What else a form may be sent, beside the number in the address.
BODIES: tuple[dict[str, str], ...] = (
    {},
    {"act": "lift", "lift-reason": "Let me see"},
    {"act": "limit", "limit-reason": "Mine now"},
    {"purpose": "A yearly review of the lists", "format": "csv", "reason": "RESEARCH"},
    {"q": f"{factories.LAST}, {factories.FIRST}"},
    {"q": factories.A_NUMBER, "page": "2"},
    {"advanced": "1", "last": factories.LAST, "first": factories.FIRST},
    {"advanced": "1", "kind": "SSN", "number": factories.SSN},
)


@dataclass
class Made:
    """A world's people, and the numbers of what is hidden in it."""

    outsider: User
    hidden: list[str] = field(default_factory=list)


class Numbers:
    """Random numbers that come again: what is hidden draws from a sequence of its own."""

    def __init__(self) -> None:
        self.shown = self._drawn = random.Random(1)  # noqa: S311  # to come again
        self.hidden = random.Random(2)  # noqa: S311

    def randbits(self, bits: int) -> int:
        return self._drawn.getrandbits(bits)

    @contextmanager
    def for_hidden(self) -> Iterator[None]:
        self._drawn = self.hidden
        yield
        self._drawn = self.shown


@pytest.mark.parametrize("roles", [[Role.SUPERVISOR], [Role.FIELD_OFFICER, Role.RECORDS_OFFICER]])
def test_nothing_tells_that_there_is_a_hidden_record(
    roles: list[Role], notice: NoticeVersion, at: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    def answers(*, hidden: bool, asked_for: list[str]) -> tuple[list[str], dict[str, Any]]:
        before = transaction.savepoint()
        drawn = Numbers()
        monkeypatch.setattr(numbers, "secrets", drawn)
        made = _world(roles, drawn, hidden=hidden, at=at)
        with connection.execute_wrapper(_in_an_order):
            told = _everything(made.outsider, asked_for or made.hidden, at=at)
        transaction.savepoint_rollback(before)
        return made.hidden, told

    named, with_it = answers(hidden=True, asked_for=[])
    assert len(named) == 4
    _, without_it = answers(hidden=False, asked_for=named)
    assert with_it.keys() == without_it.keys()
    differing = [what for what, told in with_it.items() if told != without_it[what]]
    assert not differing, _told_apart(with_it[differing[0]], without_it[differing[0]])
    # The world is no desert: much of it was shown, in pages and in answers of the API.
    shown = b"".join(told[2] for told in with_it.values())
    assert shown.count(factories.LAST.encode()) > 10
    assert len([told for told in with_it.values() if told[0] == 200]) > 30


def _in_an_order(execute: Any, sql: str, params: Any, many: bool, context: Any) -> Any:
    """Without an order rows come as they happen to lie, which would tell two worlds apart."""
    result = execute(sql, params, many, context)
    if context["cursor"].rowcount > 1 and sql.startswith("SELECT"):
        assert "ORDER BY" in sql, sql
    return result


def _told_apart(one: tuple[Any, ...], other: tuple[Any, ...]) -> str:
    """The lines in which two answers differ."""
    first, second = (
        f"{told[:2]}\n{told[2].decode(errors='replace')}".splitlines() for told in (one, other)
    )
    return "\n".join(unified_diff(first, second, lineterm="", n=0))


def test_hidden_and_absent_cost_the_same_questions(
    notice: NoticeVersion, at: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The same statements in the same order: no difference for a clock to find."""
    drawn = Numbers()
    monkeypatch.setattr(numbers, "secrets", drawn)
    made = _world([Role.SUPERVISOR], drawn, hidden=True, at=at)
    places = ("iaq:detail", "individuals:detail", "iar:detail", "records:access", "api:record")
    for name in places:
        for number in made.hidden[:3]:
            absent = f"{number[:-4]}{'1111' if number.endswith('0000') else '0000'}"
            asked = [
                _statements(reverse(name, args=[each]), made.outsider, at=at)
                for each in (number, absent)
            ]
            assert asked[0] == asked[1]


def _statements(place: str, user: User, *, at: datetime) -> list[str]:
    browser = factories.sign_in(Browser(), user, at=at)
    browser.get("/")
    with CaptureQueriesContext(connection) as made:
        assert browser.get(place).status_code == 404
    # Values and their types, and names that the framework counts up.
    return [
        re.sub(r"'[^']*'(::\w+(\[\])?)?|\"s\d+_x\d+\"|\b\d+\b", "?", each["sql"])
        for each in made.captured_queries
    ]


# --- The worlds -------------------------------------------------------------------------------


def _world(roles: list[Role], drawn: Numbers, *, hidden: bool, at: datetime) -> Made:
    office = factories.make_office("VT1", at=at)
    boss = factories.make_user(Role.SUPERVISOR, at=at, username="boss")
    analyst = factories.make_user(Role.ANALYST, at=at, username="analyst", supervisor=boss)
    # Supervises nobody, and works in the office that answers for what is hidden.
    outsider = factories.make_user(*roles, at=at, username="outsider", office=office)
    made = Made(outsider)
    _answered(1, analyst, boss, office, at=at - timedelta(hours=3))
    if hidden:
        with drawn.for_hidden():
            made.hidden = _hidden(2, analyst, boss, office, at=at - timedelta(hours=2))
    later = at - timedelta(hours=1)
    waiting = factories.make_query(factories.message_bytes(serial=3), at=later)
    worked = factories.make_query(factories.message_bytes(serial=4), at=later)
    factories.claim(worked, author=analyst, at=later)
    _answered(5, analyst, boss, office, at=later)
    assert not waiting.record.limited
    return made


def _answered(serial: int, analyst: User, boss: User, office: Office, *, at: datetime) -> Record:
    query = factories.make_query(factories.message_bytes(serial=serial), at=at)
    factories.claim(query, author=analyst, at=at)
    return _brought_to_an_end(query.record.number, analyst, boss, office, at=at)


def _hidden(serial: int, analyst: User, boss: User, office: Office, *, at: datetime) -> list[str]:
    """The numbers of a limited query, its individual, its response and its disclosure."""
    query = factories.make_query(factories.message_bytes(serial=serial), at=at)
    factories.claim(query, author=analyst, at=at)
    limit_record(
        record=Record.objects.get(pk=query.pk),
        allowed=[],
        reason="Concerns a colleague",
        actor=analyst,
        at=at,
        channel=Channel.PAGE,
    )
    response = _brought_to_an_end(query.record.number, analyst, boss, office, at=at)
    individual = Individual.objects.get(record_links__record=query.record)
    limited = Record.objects.filter(limited=True)
    assert {query.pk, individual.pk, response.pk} == set(limited.values_list("pk", flat=True))
    disclosure = Disclosure.objects.get(links__record_id=response.pk)
    return [query.record.number, individual.record.number, response.number, disclosure.number]


def _brought_to_an_end(
    number: str, analyst: User, boss: User, office: Office, *, at: datetime
) -> Record:
    query = factories.query_numbered(number)
    query = factories.research(query, author=analyst, at=at)
    query = factories.submit(query, author=analyst, at=at)
    query = factories.approve(query, reviewer=boss, at=at)
    response = factories.release(query, actor=boss, office=office, at=at)
    record: Record = response.record
    return record


# --- Everything that can be asked -------------------------------------------------------------


def _everything(user: User, hidden: list[str], *, at: datetime) -> dict[str, Any]:
    """What each way answers that the person's roles open, by what was asked."""
    told: dict[str, Any] = {}
    reading = _browser(user, at)
    for url in every_url():
        places = _places(url, hidden)
        if may_open(user, url.name):
            more = ASKED if url.name in LISTS else ASKED[:1]
            for place in (f"{place}{asked}" for place in places for asked in more):
                told[f"GET {place}"] = _told(reading.get(place))
        if may_open(user, url.name, "POST"):
            bodies = BODIES[3:] if url.name in LISTS else BODIES[:3]
            for place in places:
                for form, body in enumerate(bodies):
                    told[f"POST {place} {form}"] = _told(_browser(user, at).post(place, body))
    for number in hidden[:3]:
        for act in ("limit", "extend", "narrow", "lift"):
            place = f"/api/v1/records/{number}/access/"
            change = {"act": act, "people": [user.username], "reason": "Let me see"}
            answer = _browser(user, at).post(place, change, content_type="application/json")
            told[f"API {act} {number}"] = _told(answer)
    return told


def _browser(user: User, at: datetime) -> Browser:
    # A fresh one each time, so that no message of one answer shows on the next.
    browser = Browser()
    factories.sign_in(browser, user, at=at)
    return browser


def _places(url: DeclaredUrl, hidden: list[str]) -> list[str]:
    if url.name in LISTS:
        return [address(url)]
    if "number" not in parameters(url):
        return []
    return [address(url, number=number) for number in hidden if opens(url, number)]


_NUMBERS = [
    "IAQ-1",
    "IND-1",
    "IAR-1",
    "DIS-1",
    "NCIC-1",
    "HIT-1",
    "CAL-1",
    "DET-1",
    "TIP-1",
    "TPS-1",
]


def test_every_url_with_a_records_number_is_asked() -> None:
    """A new one in another room fails here until it is given a number to hide."""
    numbered = [url for url in every_url() if parameters(url)[:1] == ["number"]]
    asked = {url.name for url in numbered if _places(url, _NUMBERS)}
    # Messages on the desk wear no envelope, and are hidden from nobody whom the desk opens to.
    never_hidden = {url.name for url in numbered if url.name.startswith("iaq:desk")}
    assert asked | never_hidden == {url.name for url in numbered}


def _told(answer: Any) -> tuple[int, dict[str, str], bytes]:
    body = re.sub(rb'name="csrfmiddlewaretoken" value="\w+"', b"TOKEN", answer.content)
    # The code of a disclosure is a keyed hash over the keys of its records among other things.
    body = re.sub(rb"\b[0-9A-F]{4}(?:-[0-9A-F]{4}){3,}\b", b"CODE", body)
    named = {name: value for name, value in answer.headers.items() if name != "X-Request-ID"}
    if answer.headers.get("Content-Type") == "application/pdf":
        named.pop("Content-Length", None)
        body = b"PDF"
    return answer.status_code, named, body
