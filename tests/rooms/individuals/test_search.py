"""The search for a person: what it finds and says, and what the ledger and owners are told."""

from datetime import datetime
from itertools import chain

import pytest

from accounts.models import User
from acrime.alerts.models import Alert
from acrime.audit import events
from acrime.audit.choices import Channel
from acrime.audit.models import AuditEvent
from acrime.common import outbox
from acrime.iaq.models import StatusQuery
from acrime.individuals.actions import PersonFacts, create_individual
from acrime.individuals.models import Individual
from acrime.records.actions import limit_record
from tests import factories
from tests.conftest import Browser

pytestmark = pytest.mark.django_db

PLACE = "/individuals/search/"
BY_NAME = {"advanced": "1", "last": factories.LAST, "first": factories.FIRST}
BY_DATE = {"advanced": "1", "last": factories.LAST, "born_0": "4", "born_1": "15", "born_2": "1979"}
BY_NUMBER = {"advanced": "1", "kind": "A_NUMBER", "number": "a 099-000-123"}


@pytest.fixture
def known(researched_query: StatusQuery) -> Individual:
    return Individual.objects.get()


@pytest.mark.parametrize(
    ("given", "reason"),
    [
        (BY_NAME, "Same name"),
        (
            {"advanced": "1", "last": factories.FIRST, "first": factories.LAST},
            "First and last name swapped",
        ),
        (BY_DATE, "Same date of birth"),
        (
            {"advanced": "1", "last": factories.LAST, "born_0": "4", "born_2": "1979"},
            "Same month and year of birth",
        ),
        ({"advanced": "1", "last": factories.LAST, "born_2": "1979"}, "Same year of birth"),
        (
            {"advanced": "1", "last": factories.LAST, "birth_place": "mm"},
            "Same place of birth",
        ),
        (BY_NUMBER, "Same A-Number"),
        ({"advanced": "1", "kind": "SSN", "number": "123456789"}, "Same Social Security number"),
        ({"advanced": "1", "number": "123456789"}, "Same Social Security number"),
        ({"q": f"{factories.LAST}, {factories.FIRST}"}, "Same name"),
        ({"q": f"{factories.FIRST} {factories.LAST}"}, "Every word asked is part of the name"),
        ({"q": f"{factories.LAST} 1979-04-15"}, "Same date of birth"),
        ({"q": f"{factories.LAST}, {factories.FIRST} 04/15/1979"}, "Same date of birth"),
        ({"q": "1979-04-15"}, "Same date of birth"),
        ({"q": "QUILABEE, ZEPHIRINE"}, "One letter differs in the last name"),
        ({"q": "a099000123"}, "Same A-Number"),
        ({"q": "99000123"}, "Same A-Number"),
        ({"q": "123 45 6789"}, "Same Social Security number"),
        ({"q": "123456TA9"}, "Same FBI number (UCN)"),
        ({"q": "VT00000042"}, "Same State identification number"),
    ],
    ids=lambda value: None if isinstance(value, str) else " ".join(value.values()),
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
    page = as_other_analyst.post(PLACE, {"q": "NOBODY, AT ALL"})
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
    assert hidden.context["found"].shown == absent.context["found"].shown == []
    event = AuditEvent.objects.filter(kind=events.RECORD_SEARCHED).order_by("pk")[0]
    assert (event.matched_ids, event.displayed_ids) == ([known.pk], [])
    for pk in outbox.claim_due(at=at):
        outbox.consume(pk, at=at)
    assert Alert.objects.get(owner=owner, viewer=as_other_analyst.user)


ADVANCED = {"advanced": "1"}


@pytest.mark.parametrize(
    ("given", "field"),
    [
        ({}, "q"),
        ({"q": "  "}, "q"),
        ({"q": "x"}, "q"),
        ({"q": "x, y"}, "q"),
        ({"q": "%"}, "q"),
        ({"q": "* ? _"}, "q"),
        ({"q": "...---"}, "q"),
        ({"q": "1979-04"}, "q"),
        ({"q": "1980-02-30"}, "q"),
        ({"q": "2980-02-03"}, "q"),
        ({"q": "QUILLABEE 31/31/1980"}, "q"),
        ({"q": "x" * 201}, "q"),
        ({"q": "x" * 10_000}, "q"),
        ({"q": "nul\x00"}, "q"),
        ({"q": "\u200f\u202e"}, "q"),
        ({"q": "\u0301\u0301"}, "q"),
        ({"q": "1111111 2222222 3333333 4444444 5555555 6666666"}, "q"),
        (ADVANCED, "__all__"),
        (ADVANCED | {"last": "...", "first": "---"}, "__all__"),
        (ADVANCED | {"last": "x"}, "__all__"),
        (ADVANCED | {"birth_place": "MX"}, "__all__"),
        (ADVANCED | {"born_2": "1979"}, "__all__"),
        (BY_NAME | {"born_0": "13", "born_2": "1979"}, "born"),
        (BY_NAME | {"born_0": "2", "born_1": "30", "born_2": "1979"}, "born"),
        (BY_NAME | {"born_1": "30", "born_2": "1979"}, "born"),
        (BY_NAME | {"born_0": "2"}, "born"),
        (BY_NAME | {"born_2": "79"}, "born"),
        (BY_NAME | {"born_2": "1٩79"}, "born"),
        (ADVANCED | {"kind": "A_NUMBER"}, "number"),
        (ADVANCED | {"kind": "A_NUMBER", "number": "---"}, "number"),
        (ADVANCED | {"kind": "A_NUMBER", "number": "A12345"}, "number"),
        (ADVANCED | {"kind": "A_NUMBER", "number": "1234567890"}, "number"),
        (ADVANCED | {"kind": "SSN", "number": "000-12-3456"}, "number"),
        (ADVANCED | {"kind": "SSN", "number": "666123456"}, "number"),
        (ADVANCED | {"kind": "SSN", "number": "12345678"}, "number"),
        (ADVANCED | {"kind": "LIBRARY_CARD", "number": "1"}, "kind"),
        (ADVANCED | {"kind": "A_NUMBER", "number": "9" * 41}, "number"),
        (ADVANCED | {"number": "%%%"}, "number"),
        (ADVANCED | {"last": "x" * 61, "first": "Y"}, "last"),
        (ADVANCED | {"last": "nul\x00", "first": "Y"}, "last"),
        (ADVANCED | {"last": "x" * 100_000, "first": "Y"}, "last"),
    ],
    ids=lambda value: None if isinstance(value, str) else repr(value)[:60],
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


@pytest.mark.parametrize(
    "typed",
    [
        "QUILLABEE' OR 1=1 --",
        "<script>alert(1)</script> QUILLABEE",
        "QUILL%BEE_ ZEPHYRINE",
        "Q\u0301\u0301\u0301\u0301U\u0308ILLABEE ZEPHYRINE",
        "\u202eQUILLABEE\u202c ZEPHYRINE",
        "\u0645\u062d\u0645\u062f \u0639\u0644\u064a",
        "QUILLABEE\tZEPHYRINE\r\n",
        "'; DROP TABLE individual; --",
        "\U0001f600 QUILLABEE",
        "a " * 100,
        "ab," * 66,
        "QUILLABEE -1",
        "{{ 7 * 7 }} {% csrf_token %} QUILLABEE",
        "\\x00\\u0000 QUILLABEE",
        "A12345",
        "123-00-4567",
    ],
)
def test_whatever_is_typed_is_a_page_and_is_shown_as_text(
    typed: str, known: Individual, as_other_analyst: Browser
) -> None:
    for given in ({"q": typed}, {"advanced": "1", "last": typed[:60], "first": typed[:60]}):
        answer = as_other_analyst.post(PLACE, given)
        assert answer.status_code in (200, 422)
        assert "<script>alert(1)" not in answer.content.decode()


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ("A12345", "A-Numbers have 7 to 9 digits; this one has 5."),
        ("12345", "A-Numbers have 7 to 9 digits; this one has 5."),
        ("000-12-3456", "cannot be a Social Security number"),
        ("QUILLAB*", "Wildcards are not needed"),
    ],
)
def test_what_a_number_cannot_be_is_said(typed: str, said: str, as_other_analyst: Browser) -> None:
    assert said in as_other_analyst.post(PLACE, {"q": typed}).content.decode()


def test_two_people_with_one_number_are_two_people(
    known: Individual, as_other_analyst: Browser, analyst: User, at: datetime
) -> None:
    other = create_individual(
        person=PersonFacts(last="Marrowgate", identifiers=(("A_NUMBER", factories.A_NUMBER),)),
        schedule_code="IAQ-CRIMINAL",
        actor=analyst,
        at=at,
        channel=Channel.PAGE,
    )
    found = as_other_analyst.post(PLACE, {"q": factories.A_NUMBER}).context["found"]
    assert [hit.person.pk for hit in found.shown] == [known.pk, other.pk]
    assert [hit.points for hit in found.shown] == [90, 90]


def test_an_alias_and_a_score_are_shown_with_the_person(
    known: Individual, as_other_analyst: Browser, analyst: User, at: datetime
) -> None:
    person = PersonFacts(last="Marrowgate", first="Tobin", aliases=(("Fenwhistle", "Tab", ""),))
    create_individual(
        person=person, schedule_code="IAQ-CRIMINAL", actor=analyst, at=at, channel=Channel.PAGE
    )
    page = as_other_analyst.post(PLACE, {"q": "Fenwhistle, Tab"}).content.decode()
    assert "Marrowgate, Tobin" in page
    assert "Matches the alias Fenwhistle, Tab; Same name." in page
    assert "Fits 100 of 100." in page


def test_25_at_a_time_and_each_page_is_a_search(
    as_other_analyst: Browser, notice: object, analyst: User, at: datetime
) -> None:
    people = [
        create_individual(
            person=PersonFacts(last="Marrowgate", first="Tobin"),
            schedule_code="IAQ-CRIMINAL",
            actor=analyst,
            at=at,
            channel=Channel.PAGE,
        ).pk
        for _ in range(51)
    ]
    pages = [
        as_other_analyst.post(PLACE, {"q": "Marrowgate, Tobin", "page": str(page)})
        for page in (1, 2, 3, 4)
    ]
    shown = [[hit.person.pk for hit in page.context["found"].shown] for page in pages]
    assert [len(each) for each in shown] == [25, 25, 1, 0]
    assert list(chain.from_iterable(shown)) == people
    assert [page.context["found"].more for page in pages] == [True, True, False, False]
    texts = [page.content.decode() for page in pages]
    assert ["Next 25" in text for text in texts] == [True, True, False, False]
    assert "of 51" not in texts[0]
    written = AuditEvent.objects.filter(kind=events.RECORD_SEARCHED).order_by("pk")
    assert [event.displayed_ids for event in written] == shown
    assert written[1].criteria["Page"] == "2"


@pytest.mark.parametrize("page", ["0", "-1", "x", "9" * 5000, "²", "21"])
def test_any_page_number_is_a_page(page: str, known: Individual, as_other_analyst: Browser) -> None:
    answer = as_other_analyst.post(PLACE, {"q": factories.LAST, "page": page})
    assert answer.status_code == 200


def test_an_address_searches_nothing(known: Individual, as_other_analyst: Browser) -> None:
    answer = as_other_analyst.get(PLACE, BY_NAME)
    assert known.record.number not in answer.content.decode()
    assert not AuditEvent.objects.filter(
        kind=events.RECORD_SEARCHED, actor=as_other_analyst.user
    ).exists()
