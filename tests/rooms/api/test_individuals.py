"""Finding people by the API: by address and by body, and what is written down of it."""

import logging
from typing import Any

import pytest

from acrime.audit import events
from acrime.audit.choices import Channel
from acrime.audit.models import AuditEvent
from acrime.iaq.models import StatusQuery
from acrime.individuals.models import Individual
from tests import factories
from tests.conftest import Browser

pytestmark = pytest.mark.django_db

LIST = "/api/v1/individuals/"
SEARCH = "/api/v1/individuals/search/"
PROBLEM = "application/problem+json"
BY_NAME = {"name": f"{factories.LAST}, {factories.FIRST}", "dob": "1979-04-15"}


@pytest.fixture
def known(researched_query: StatusQuery) -> Individual:
    return Individual.objects.get()


def ask(browser: Browser, given: dict[str, Any], how: str) -> Any:
    if how == "GET":
        return browser.get(LIST, given)
    return browser.post(SEARCH, given, content_type="application/json")


@pytest.mark.parametrize("how", ["GET", "POST"])
@pytest.mark.parametrize(
    ("given", "reason"),
    [
        (BY_NAME, "Same date of birth"),
        ({"name": "QUILABEE", "dob": "1979-04"}, "Same month and year of birth"),
        ({"identifier": factories.A_NUMBER}, "Same A-Number"),
        ({"identifier": "123456789", "kind": "SSN"}, "Same Social Security number"),
    ],
)
def test_people_are_found_and_the_search_is_written_down(
    how: str, given: dict[str, Any], reason: str, known: Individual, as_other_analyst: Browser
) -> None:
    answer = ask(as_other_analyst, given, how)
    [person] = answer.json()["results"]
    assert person["number"] == known.record.number
    assert person["name"] == known.primary_name.full
    assert person["birth_dates"] == ["1979-04-15"]
    assert reason in person["reasons"]
    assert 0 < person["score"] <= 100
    assert answer.json()["more"] is False
    assert factories.A_NUMBER not in answer.content.decode()
    event = AuditEvent.objects.get(kind=events.RECORD_SEARCHED, channel=Channel.API)
    assert (event.matched_ids, event.displayed_ids) == ([known.pk], [known.pk])
    assert factories.A_NUMBER not in str(event.criteria)


@pytest.mark.parametrize("how", ["GET", "POST"])
@pytest.mark.parametrize(
    ("given", "status", "code"),
    [
        ({}, 422, "nothing-to-look-for"),
        ({"name": "x"}, 422, "nothing-to-look-for"),
        ({"name": "%"}, 422, "nothing-to-look-for"),
        ({"dob": "1979"}, 422, "nothing-to-look-for"),
        ({"dob": "1980-02-30"}, 422, "nothing-to-look-for"),
        ({"dob": "04/15/79"}, 422, "nothing-to-look-for"),
        ({"name": factories.LAST, "dob": "1980-13"}, 422, "nothing-to-look-for"),
        ({"identifier": "A12345", "kind": "A_NUMBER"}, 422, "nothing-to-look-for"),
        ({"identifier": "666123456", "kind": "SSN"}, 422, "nothing-to-look-for"),
        ({"identifier": "---"}, 422, "nothing-to-look-for"),
        ({"identifier": "1234567", "kind": "LIBRARY_CARD"}, 400, "bad-request"),
        ({"name": "x" * 201}, 400, "bad-request"),
        ({"name": "x" * 10_000}, 400, "bad-request"),
        ({"name": "nul\x00"}, 400, "bad-request"),
        ({"name": factories.LAST, "page": "0"}, 400, "bad-request"),
        ({"name": factories.LAST, "page": "x"}, 400, "bad-request"),
        ({"name": factories.LAST, "page": "21"}, 400, "bad-request"),
    ],
    ids=lambda value: repr(value)[:50],
)
def test_what_cannot_be_looked_for_is_a_problem(
    how: str,
    given: dict[str, Any],
    status: int,
    code: str,
    known: Individual,
    as_other_analyst: Browser,
) -> None:
    answer = ask(as_other_analyst, given, how)
    assert (answer.status_code, answer["Content-Type"]) == (status, PROBLEM)
    assert answer.json()["code"] == code
    assert not AuditEvent.objects.filter(
        kind=events.RECORD_SEARCHED, actor=as_other_analyst.user
    ).exists()


@pytest.mark.parametrize(
    "name",
    ["'; DROP TABLE individual; --", "<b>QUILLABEE", "\u202eQUILLABEE", "Q\u0301UILLABEE %_*"],
)
def test_any_text_is_only_text(name: str, known: Individual, as_other_analyst: Browser) -> None:
    for how in ("GET", "POST"):
        assert ask(as_other_analyst, {"name": name}, how).status_code == 200


def test_no_log_holds_what_the_address_held(
    known: Individual, as_other_analyst: Browser, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.DEBUG):
        ask(as_other_analyst, BY_NAME, "GET")
        ask(as_other_analyst, {"name": "x", "dob": "1979-04-15"}, "GET")
        ask(as_other_analyst, BY_NAME | {"page": "x"}, "GET")
    written = " ".join(
        record.getMessage() for record in caplog.records if record.name != "django.db.backends"
    )
    assert factories.LAST not in written
    assert "1979-04-15" not in written


def test_a_body_that_is_no_json_is_a_problem(as_other_analyst: Browser) -> None:
    answer = as_other_analyst.post(SEARCH, "{", content_type="application/json")
    assert (answer.status_code, answer.json()["code"]) == (400, "bad-request")
    assert as_other_analyst.post(SEARCH, "x", content_type="text/plain").status_code == 415
    for body in ("[]", "1", "null", '"x"'):
        answer = as_other_analyst.post(SEARCH, body, content_type="application/json")
        assert answer.status_code in (400, 422)
