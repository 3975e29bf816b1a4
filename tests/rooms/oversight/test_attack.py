"""Hostile questions, and an agent of OPR who tries to write."""

from typing import Any

import pytest
from django.apps import apps
from django.db import connection
from django.urls import reverse
from psycopg import sql

from accounts.choices import OVERSIGHT
from accounts.guards import DeclaredUrl, every_url
from acrime.audit.models import AuditEvent
from acrime.iar.models import StatusResponse
from acrime.individuals.models import Individual
from tests.conftest import Browser
from tests.rooms.oversight.conftest import EventWriter
from tests.support.pages import text_of
from tests.support.source import PACKAGES
from tests.support.urls import address, parameters

pytestmark = pytest.mark.django_db

LEDGER = "/oversight/"

# What the rooms let OPR send: reading the ledger, the way in and out, one's own alerts and
# account, and the reports of misuse that are OPR's to work.
OPR_MAY_SEND = ("oversight:", "accounts:", "alerts:", "people:", "api:")
# What changes with a look or a request, and not by an act.
CHANGES_BY_ITSELF = {"audit_event", "django_session", "acrime_outbox"}


def contents() -> dict[str, int]:
    """A number for everything that each table holds."""
    tables = {
        model._meta.db_table
        for app in (*PACKAGES, "auditlog", "auth")
        for model in apps.get_app_config(app).get_models()
    }
    found = {}
    with connection.cursor() as cursor:
        for table in sorted(tables - CHANGES_BY_ITSELF):
            cursor.execute(
                sql.SQL("SELECT coalesce(sum(hashtextextended(t::text, 0)), 0) FROM {} t").format(
                    sql.Identifier(table)
                )
            )
            found[table] = cursor.fetchone()[0]
    return found


def _post_urls() -> list[DeclaredUrl]:
    return [url for url in every_url() if url.access and url.access.write]


@pytest.fixture
def numbers(released_response: StatusResponse) -> list[str]:
    return [
        released_response.query.record.number,
        released_response.record.number,
        Individual.objects.get().record.number,
        released_response.disclosure_number,
    ]


def test_an_agent_of_opr_changes_nothing_anywhere(
    as_agent: Browser, as_lead: Browser, numbers: list[str]
) -> None:
    """Every URL that takes a POST, with numbers of real records of each kind."""
    body = {
        "reason": "x",
        "result": "FOUND",
        "finding": "x",
        "source": "CIS",
        "note": "x",
        "purpose": "x",
        "limited": "on",
        "program": "BRADY",
        "approve": "1",
        "confirm": "on",
    }
    before = contents()
    let_in: dict[str, set[str]] = {}
    for browser in (as_agent, as_lead):
        for url in _post_urls():
            if url.name.startswith(OPR_MAY_SEND):
                continue
            for number in numbers if "number" in parameters(url) else numbers[:1]:
                for sent in ({}, body):
                    answer = browser.post(address(url, number=number), sent)
                    if answer.status_code != 403:
                        let_in.setdefault(url.name, set()).add(str(answer.status_code))
    assert contents() == before
    # Whatever does not answer 403 is declared open to OPR: a question that is sent by POST.
    assert {name for name in let_in if not _declared_open(name)} == set()


def test_opr_is_declared_to_write_no_record() -> None:
    """What is declared open to OPR by POST is a question, or OPR's own work."""
    open_to_opr = {
        url.name
        for url in _post_urls()
        if url.access
        and not url.access.public
        and url.access.write & OVERSIGHT
        and not url.name.startswith(OPR_MAY_SEND)
    }
    assert open_to_opr <= QUESTIONS


QUESTIONS = {
    "retention:export",
    # A search and a file are questions that are sent by POST; revealing a number is a look.
    "routine_uses:verify",
    "individuals:search",
    "individuals:list",
    "individuals:export",
    "individuals:reveal",
    "ncic:export",
    "ncic:hits-export",
    "calls:export",
    "detainers:export",
    "tips:source-reveal",
    "iaq:export",
    "iaq:reveal",
    # One's own choice of filters: of no record, and nobody else sees it.
    "iaq:view-save",
    "iaq:view-drop",
    "iar:export",
    "iar:reveal",
    "routine_uses:disclosure-export",
}


def _declared_open(name: str) -> bool:
    access = {url.name: url.access for url in every_url()}[name]
    return access is not None and bool(access.public or access.write & OVERSIGHT)


HOSTILE = [
    {"person": "a\x00b"},
    {"person": "x" * 10_000},
    {"person": "' OR 1=1 --"},
    {"record": "IAQ-2026-0000-0000"},
    {"record": "%' OR '1'='1"},
    {"record": "\x00"},
    {"record": "x" * 5000},
    {"individual": "IAQ-2026-0000-0000"},
    {"since": "2026-13-40T99:99"},
    {"since": "yesterday"},
    {"since": "0000-00-00T00:00"},
    {"since": "9999-12-31T23:59", "until": "0001-01-01T00:00"},
    {"since": "2026-11-20T10:00", "until": "2026-11-20T09:59"},
    {"since": "2026-03-08T02:30"},
    {"since": "0001-01-01T00:00"},
    {"until": "9999-12-31T23:59"},
    {"group": "everything"},
    {"group": "looked'; DROP TABLE audit_event; --"},
    {"outcome": "MAYBE"},
    {"channel": "\x00"},
    {"address": "999.1.1.1"},
    {"address": "192.0.2.1/24"},
    {"session": "zzzz"},
    {"session": "g" * 16},
    {"session": "a" * 17},
    {"request_id": "a b c d e f g h"},
    {"request_id": "x" * 100},
    {"request_id": "short"},
]


@pytest.mark.parametrize("asked", HOSTILE, ids=lambda asked: str(asked)[:60])
def test_a_hostile_question_gets_a_message_at_the_field(
    asked: dict[str, str], as_agent: Browser, looked: AuditEvent
) -> None:
    for answer in (as_agent.get(LEDGER, asked), as_agent.post(LEDGER, asked)):
        assert answer.status_code == 422
        assert "Please correct what is marked below" in text_of(answer)
        assert f"/oversight/events/{looked.pk}/" not in answer.content.decode()
    for answer in (
        as_agent.get(f"{LEDGER}export/", asked),
        as_agent.post(
            reverse("oversight:export"),
            {"purpose": "x", "file_format": "csv"},
            query_params=asked,
        ),
    ):
        assert answer.status_code == 422
        assert answer.headers["Content-Type"].startswith("text/html")


@pytest.mark.parametrize("name", ["before", "after"])
@pytest.mark.parametrize(
    "place", ["", "x", "1-1", "9999999999999999-999999999999999999", "1;2", "\x00", "-" * 999]
)
def test_a_forged_place_shows_nothing_new(
    name: str, place: str, as_agent: Browser, write: EventWriter, agent: Any
) -> None:
    hidden = write("record.viewed", agent)
    answer = as_agent.get(LEDGER, {name: place})
    assert answer.status_code == 200
    assert f"/oversight/events/{hidden.pk}/" not in answer.content.decode()


def test_what_is_not_asked_for_is_no_parameter(as_agent: Browser, looked: AuditEvent) -> None:
    """Columns of the ledger are not opened by their names."""
    answer = as_agent.get(LEDGER, {"actor": "1", "actor__password": "x", "reader": "x"})
    assert f"/oversight/events/{looked.pk}/" in answer.content.decode()


@pytest.mark.parametrize("number", ["0", "9" * 25, "9" * 4000, "-1", "1e3", "x"])
def test_no_event_of_that_number(number: str, as_agent: Browser) -> None:
    assert as_agent.get(f"/oversight/events/{number}/").status_code == 404


@pytest.mark.parametrize("person", ["nobody-here", "%00", "x" * 500, "..", "' OR 1=1"])
def test_nobody_of_that_account(person: str, as_agent: Browser) -> None:
    assert as_agent.get(f"/oversight/people/{person}/").status_code == 404


@pytest.mark.parametrize("day", ["x", "2026-02-30", "0001-01-01", "9999-12-31", "\x00", "1" * 999])
def test_no_such_day(day: str, as_agent: Browser) -> None:
    answer = as_agent.get(f"/oversight/people/{as_agent.user.username}/", {"day": day})
    assert answer.status_code == 200
    assert "That is no day" in text_of(answer)


@pytest.mark.parametrize("number", ["IAQ-2026-0000-0000", "%00", "x" * 500, "' OR 1=1"])
def test_no_record_of_that_number(number: str, as_agent: Browser) -> None:
    assert as_agent.get(f"/oversight/records/{number}/").status_code == 404


def test_what_somebody_typed_is_shown_as_text(
    as_agent: Browser, write: EventWriter, analyst: Any
) -> None:
    evil = "<script>alert(1)</script>"
    event = write("record.searched", analyst, criteria={evil: evil}, purpose=evil)
    page = as_agent.get(f"/oversight/events/{event.pk}/").content.decode()
    assert evil not in page
    assert "&lt;script&gt;" in page
