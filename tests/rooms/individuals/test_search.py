"""The plain search for a person: what it finds, and what the ledger and owners are told."""

from datetime import datetime

import pytest

from acrime.alerts.models import Alert
from acrime.audit import events
from acrime.audit.choices import Channel
from acrime.audit.models import AuditEvent
from acrime.common import outbox
from acrime.iaq.models import StatusQuery
from acrime.individuals.models import Individual
from acrime.records.actions import limit_record
from tests import factories
from tests.conftest import Browser

pytestmark = pytest.mark.django_db

PLACE = "/individuals/search/"
BY_NAME = {"last": factories.LAST, "first": factories.FIRST}
BY_DATE = {"last": factories.LAST, "born_0": "4", "born_1": "15", "born_2": "1979"}
BY_NUMBER = {"kind": "A_NUMBER", "number": "a 099-000-123"}


@pytest.fixture
def known(researched_query: StatusQuery) -> Individual:
    return Individual.objects.get()


@pytest.mark.parametrize(
    ("given", "reason"),
    [
        (BY_NAME, "Same name"),
        ({"last": factories.FIRST, "first": factories.LAST}, "Same name with first and last"),
        (BY_DATE, "Same date of birth"),
        (BY_NUMBER, "Same A-Number"),
        ({"kind": "SSN", "number": "123456789"}, "Same Social Security number"),
    ],
)
def test_somebody_is_found_and_why_is_said(
    given: dict[str, str], reason: str, known: Individual, as_other_analyst: Browser
) -> None:
    page = as_other_analyst.post(PLACE, given).content.decode()
    assert known.record.number in page
    assert reason in page
    assert factories.A_NUMBER not in page
    event = AuditEvent.objects.get(kind=events.RECORD_SEARCHED, actor=as_other_analyst.user)
    assert event.matched_ids == event.displayed_ids == [known.pk]


def test_the_ledger_tells_the_criteria_in_words_and_masks_numbers(
    known: Individual, as_other_analyst: Browser
) -> None:
    as_other_analyst.post(PLACE, BY_DATE | {"first": "Z"} | BY_NUMBER)
    event = AuditEvent.objects.get(kind=events.RECORD_SEARCHED, actor=as_other_analyst.user)
    assert event.criteria == {
        "Last name": factories.LAST,
        "First name": "Z",
        "Date of birth": "1979-04-15",
        "A-Number": "••••••123",
    }


def test_a_search_that_finds_nobody_is_written_down_too(as_other_analyst: Browser) -> None:
    page = as_other_analyst.post(PLACE, {"last": "NOBODY", "first": "AT ALL"})
    assert "Nobody was found" in page.content.decode()
    event = AuditEvent.objects.get(kind=events.RECORD_SEARCHED)
    assert (event.matched_ids, event.displayed_ids) == ([], [])


def test_the_owner_of_a_hidden_record_hears_and_the_searcher_sees_nobody(
    known: Individual, as_other_analyst: Browser, at: datetime
) -> None:
    owner = known.record.owner
    limit_record(
        record=known.record,
        allowed=[],
        reason="A sensitive matter",
        actor=owner,
        at=at,
        channel=Channel.PAGE,
    )
    hidden = as_other_analyst.post(PLACE, BY_NUMBER)
    absent = as_other_analyst.post(PLACE, BY_NUMBER | {"number": "A088000123"})
    assert hidden.context["matches"] == absent.context["matches"] == []
    event = AuditEvent.objects.filter(kind=events.RECORD_SEARCHED).order_by("pk")[0]
    assert (event.matched_ids, event.displayed_ids) == ([known.pk], [])
    for pk in outbox.claim_due(at=at):
        outbox.consume(pk, at=at)
    assert Alert.objects.get(owner=owner, viewer=as_other_analyst.user)


@pytest.mark.parametrize(
    ("given", "field"),
    [
        ({}, "__all__"),
        ({"last": factories.LAST}, "__all__"),
        ({"first": factories.FIRST}, "__all__"),
        ({"last": "...", "first": "---"}, "__all__"),
        ({"born_0": "4", "born_1": "15", "born_2": "1979"}, "__all__"),
        (BY_NAME | {"born_0": "13"}, "born"),
        (BY_NAME | {"born_0": "2", "born_1": "30", "born_2": "1979"}, "born"),
        ({"number": "A099000123"}, "kind"),
        ({"kind": "A_NUMBER"}, "number"),
        ({"kind": "A_NUMBER", "number": "---"}, "number"),
        ({"kind": "LIBRARY_CARD", "number": "1"}, "kind"),
        ({"kind": "A_NUMBER", "number": "9" * 41}, "number"),
        ({"last": "x" * 61, "first": "Y"}, "last"),
        ({"last": "nul\x00", "first": "Y"}, "last"),
        ({"last": "x" * 100_000, "first": "Y"}, "last"),
    ],
)
def test_too_little_or_unusable_is_told_at_its_field(
    given: dict[str, str], field: str, known: Individual, as_other_analyst: Browser
) -> None:
    answer = as_other_analyst.post(PLACE, given)
    assert answer.status_code == 422
    assert list(answer.context["form"].errors) == [field]
    assert not AuditEvent.objects.filter(
        kind=events.RECORD_SEARCHED, actor=as_other_analyst.user
    ).exists()


def test_an_address_searches_nothing(known: Individual, as_other_analyst: Browser) -> None:
    answer = as_other_analyst.get(PLACE, BY_NAME)
    assert known.record.number not in answer.content.decode()
    assert not AuditEvent.objects.filter(
        kind=events.RECORD_SEARCHED, actor=as_other_analyst.user
    ).exists()
