"""Printing: a page for paper that says what it is, written down first."""

import re
from datetime import datetime

import pytest

from acrime.audit import events
from acrime.audit.models import AuditEvent
from acrime.iar.models import StatusResponse
from acrime.individuals.models import Individual
from tests import factories
from tests.conftest import Browser
from tests.support.source import ROOT

pytestmark = pytest.mark.django_db


@pytest.fixture
def places(released_response: StatusResponse) -> dict[str, tuple[str, str]]:
    """The page and the print of one record of each kind."""
    query, response = released_response.query.record, released_response.record
    individual = Individual.objects.get().record
    return {
        record.kind: (f"/{room}/{record.number}/", record.number)
        for room, record in (
            ("queries", query),
            ("responses", response),
            ("individuals", individual),
        )
    }


def test_a_print_says_what_it_is_who_printed_it_and_when(
    places: dict[str, tuple[str, str]], as_supervisor: Browser, at: datetime
) -> None:
    for page, number in places.values():
        before = AuditEvent.objects.latest("pk").pk
        assert f"{page}print/" in as_supervisor.get(page).content.decode()
        answer = as_supervisor.get(f"{page}print/")
        shown = answer.content.decode()
        for said in (
            number,
            "Privacy Act material",
            as_supervisor.user.full_name,
            "Nov 20, 2026 10:00:00 EST",
            factories.LAST,
        ):
            assert said in shown
        event = AuditEvent.objects.get(pk__gt=before, kind=events.RECORD_PRINTED)
        assert (event.record_number, event.actor) == (number, as_supervisor.user)


def test_numbers_are_masked_on_paper_and_a_response_is_printed_as_it_left(
    places: dict[str, tuple[str, str]], as_supervisor: Browser
) -> None:
    prints = {
        kind: as_supervisor.get(f"{page}print/").content.decode()
        for kind, (page, _) in places.items()
    }
    assert factories.A_NUMBER not in prints["IAQ"]
    assert factories.A_NUMBER not in prints["IND"]
    assert factories.A_NUMBER in prints["IAR"]


def test_ordinary_pages_hide_what_they_show_on_paper(
    places: dict[str, tuple[str, str]], as_supervisor: Browser
) -> None:
    lists = ["/", "/queries/", "/responses/", "/individuals/", "/disclosures/"]
    for page in [*lists, *(page for page, _ in places.values())]:
        body = as_supervisor.get(page).content.decode()
        assert re.search(r'<body class="[^"]*\bacrime-unprinted\b', body), page
        assert 'class="acrime-printnote"' in body
    for page, _ in places.values():
        body = as_supervisor.get(f"{page}print/").content.decode()
        assert not re.search(r'<body class="[^"]*\bacrime-unprinted\b', body)
    style = (ROOT / "static" / "acrime" / "acrime.css").read_text(encoding="utf-8")
    assert ".acrime-unprinted .acrime-main > *" in style.split("@media print")[1]


@pytest.mark.parametrize("number", ["IAQ-2026-0000-0000", "%00", "x" * 3000, "..%2f"])
def test_what_is_absent_is_not_printed(number: str, as_supervisor: Browser) -> None:
    for room in ("queries", "responses", "individuals"):
        assert as_supervisor.get(f"/{room}/{number}/print/").status_code == 404
