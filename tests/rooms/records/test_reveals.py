"""Masked numbers: what is shown of them, who may have them shown, and what is written."""

import csv
from datetime import datetime

import pytest

from accounts.choices import Role
from accounts.guards import may_open
from accounts.models import User
from acrime.alerts.models import Alert
from acrime.audit import events
from acrime.audit.choices import Channel
from acrime.audit.models import AuditEvent
from acrime.common import outbox
from acrime.iaq.models import StatusQuery
from acrime.individuals.models import Individual
from acrime.records.actions import limit_record
from acrime.records.reveals import masked
from tests import factories
from tests.conftest import Browser, BrowserFactory, UserFactory
from tests.support.source import ROOT

pytestmark = pytest.mark.django_db

REASON = {"reason": "RESEARCH"}
NUMBERS = (factories.A_NUMBER, factories.FBI_NUMBER, factories.STATE_ID, factories.SSN)


@pytest.mark.parametrize(
    ("number", "shown"),
    [
        ("A099000123", "••••••123"),
        ("123-45-6789", "••••••789"),
        ("1234567", "••••••567"),
        ("123456", "•••••••••"),
        ("X", "•••••••••"),
        ("", ""),
        ("---", ""),
    ],
)
def test_a_mask_has_one_length_and_tells_at_most_three_characters(number: str, shown: str) -> None:
    assert masked(number) == shown


# --- Who -------------------------------------------------------------------------------------


def test_who_may_have_what_shown(make_user: UserFactory) -> None:
    with (ROOT / "tests" / "tables" / "reveal_by_role.csv").open(encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    assert [row["role"] for row in rows] == Role.values
    for row in rows:
        user = make_user(Role(row["role"]))
        for url, columns in (
            ("individuals:reveal", ["numbers of an individual"]),
            ("iaq:reveal", ["numbers of a query", "message as received"]),
        ):
            for column in columns:
                allowed = row[column] == "yes"
                assert may_open(user, url, "GET") == allowed, (row["role"], column)
                assert may_open(user, url, "POST") == allowed, (row["role"], column)


# --- An individual's numbers ------------------------------------------------------------------


@pytest.fixture
def individual(researched_query: StatusQuery) -> Individual:
    return Individual.objects.get()


def place(individual: Individual, kind: str = "A_NUMBER") -> str:
    kinds = list(individual.identifiers.order_by("pk").values_list("kind", flat=True))
    return f"/individuals/{individual.record.number}/numbers/{kinds.index(kind) + 1}/"


def test_one_number_is_shown_once_with_its_reason(
    individual: Individual, as_other_analyst: Browser
) -> None:
    page = f"/individuals/{individual.record.number}/"
    assert place(individual) in as_other_analyst.get(page).content.decode()
    form = as_other_analyst.get(place(individual))
    assert form.status_code == 200
    answer = as_other_analyst.post(place(individual), {"reason": "OTHER", "note": "A court asks"})
    shown = answer.content.decode()
    assert answer.status_code == 200
    assert factories.A_NUMBER in shown
    for other in NUMBERS[1:]:
        assert other not in shown
    assert answer.headers["Cache-Control"] == "no-store"

    event = AuditEvent.objects.get(kind=events.VALUE_REVEALED)
    number = individual.identifiers.get(kind="A_NUMBER")
    assert event.record_id == individual.pk
    assert event.displayed_ids == [individual.pk]
    assert event.purpose == "Another reason: A court asks"
    assert event.details == {"numbers": ["A_NUMBER"], "identifier": number.pk}
    for row in AuditEvent.objects.values():
        assert factories.A_NUMBER not in str(row)
    # The next page is masked again, and the session knows nothing.
    for before in (form, as_other_analyst.get(page)):
        assert factories.A_NUMBER not in before.content.decode()
    assert "99000123" not in str(dict(as_other_analyst.session))


@pytest.mark.parametrize(
    ("given", "field"),
    [
        ({}, "reason"),
        ({"reason": "CURIOSITY"}, "reason"),
        ({"reason": "OTHER"}, "note"),
        ({"reason": "OTHER", "note": "   "}, "note"),
        ({"reason": "OTHER", "note": "nul\x00"}, "note"),
        ({"reason": "RESEARCH", "note": "x" * 121}, "note"),
    ],
)
def test_without_a_usable_reason_nothing_is_shown(
    given: dict[str, str], field: str, individual: Individual, as_other_analyst: Browser
) -> None:
    answer = as_other_analyst.post(place(individual), given)
    assert answer.status_code == 422
    assert list(answer.context["form"].errors) == [field]
    assert factories.A_NUMBER not in answer.content.decode()
    assert not AuditEvent.objects.filter(kind=events.VALUE_REVEALED).exists()


def test_a_link_opens_nothing(individual: Individual, as_other_analyst: Browser) -> None:
    answer = as_other_analyst.get(f"{place(individual)}?reason=RESEARCH")
    assert factories.A_NUMBER not in answer.content.decode()
    page = f"/individuals/{individual.record.number}/?opened={individual.identifiers.first()}"
    assert factories.A_NUMBER not in as_other_analyst.get(page).content.decode()
    assert not AuditEvent.objects.filter(kind=events.VALUE_REVEALED).exists()


@pytest.mark.parametrize("method", ["get", "post"])
def test_a_number_that_the_individual_does_not_have_is_not_there(
    method: str, individual: Individual, as_other_analyst: Browser
) -> None:
    # Numbers are named by their place on the page, so that no address leads to another's.
    places = individual.identifiers.count()
    row = individual.identifiers.order_by("-pk")[0].pk + places
    for wrong in (0, places + 1, row, 10**18, 10**30):
        address = f"/individuals/{individual.record.number}/numbers/{wrong}/"
        answer = getattr(as_other_analyst, method)(address, REASON)
        assert answer.status_code == 404, wrong
    assert not AuditEvent.objects.filter(kind=events.VALUE_REVEALED).exists()
    probed = AuditEvent.objects.filter(kind=events.RECORD_PROBED)
    assert [event.matched_ids for event in probed] == [[individual.pk]] * 5


def test_a_hidden_individual_reveals_nothing_and_its_owner_hears(
    individual: Individual, analyst: User, as_other_analyst: Browser, at: datetime
) -> None:
    limit_record(
        record=individual.record,
        allowed=[],
        reason="A sensitive matter",
        actor=analyst,
        at=at,
        channel=Channel.PAGE,
    )
    assert as_other_analyst.post(place(individual), REASON).status_code == 404
    for pk in outbox.claim_due(at=at):
        outbox.consume(pk, at=at)
    alert = Alert.objects.get(viewer=as_other_analyst.user, owner=analyst)
    assert alert.event_kind == events.RECORD_PROBED


@pytest.mark.parametrize("role", [Role.CALL_TAKER, Role.FIELD_OFFICER, Role.ATTORNEY])
def test_others_see_the_mask_and_no_way_past_it(
    role: Role, individual: Individual, browser_of: BrowserFactory, make_user: UserFactory
) -> None:
    browser = browser_of(make_user(role))
    page = browser.get(f"/individuals/{individual.record.number}/").content.decode()
    assert "••••••123" in page
    assert "/numbers/" not in page
    assert browser.post(place(individual), REASON).status_code == 403


# --- A query's numbers, and its message -------------------------------------------------------


def test_who_holds_the_query_opens_all_its_numbers_with_one_button(
    claimed_query: StatusQuery, as_analyst: Browser
) -> None:
    address = f"/queries/{claimed_query.record.number}/"
    page = as_analyst.get(address).content.decode()
    assert 'name="reason" value="RESEARCH"' in page
    for number in NUMBERS:
        assert number not in page
    shown = as_analyst.post(f"{address}reveal/numbers/", REASON).content.decode()
    for number in NUMBERS:
        # A Social Security number is kept as its nine digits.
        assert number.replace("-", "") in shown
    event = AuditEvent.objects.get(kind=events.VALUE_REVEALED)
    assert event.details == {"shown": "numbers", "numbers": ["ARN", "FBI", "SID", "SOC"]}
    assert event.purpose == "To look the person up in another system"
    assert factories.REMARK not in shown


def test_others_say_why_first(claimed_query: StatusQuery, as_other_analyst: Browser) -> None:
    address = f"/queries/{claimed_query.record.number}/"
    page = as_other_analyst.get(address).content.decode()
    assert 'name="reason"' not in page
    assert f"{address}reveal/numbers/" in page


def test_the_message_as_received_is_behind_a_reason_too(
    claimed_query: StatusQuery, as_analyst: Browser
) -> None:
    address = f"/queries/{claimed_query.record.number}/"
    assert factories.REMARK not in as_analyst.get(address).content.decode()
    shown = as_analyst.post(f"{address}reveal/message/", REASON).content.decode()
    assert factories.REMARK in shown
    assert f"ARN/{factories.A_NUMBER}" in shown
    event = AuditEvent.objects.get(kind=events.VALUE_REVEALED)
    assert event.details["shown"] == "message"


def test_the_numbers_of_a_conclusion_are_masked_until_the_reviewer_opens_them(
    submitted_query: StatusQuery, as_supervisor: Browser
) -> None:
    address = f"/queries/{submitted_query.record.number}/"
    assert factories.A_NUMBER not in as_supervisor.get(address).content.decode()
    shown = as_supervisor.post(f"{address}reveal/numbers/", {"reason": "REVIEW"})
    rows = {fact.label: fact.value for fact in shown.context["conclusion"]["rows"]}
    assert rows["A-Number"] == factories.A_NUMBER


@pytest.mark.parametrize("what", ["everything", "%00", "NUMBERS", "numbers%20"])
def test_there_is_nothing_else_to_open(
    what: str, claimed_query: StatusQuery, as_analyst: Browser
) -> None:
    address = f"/queries/{claimed_query.record.number}/reveal/{what}/"
    assert as_analyst.get(address).status_code == 404
    assert as_analyst.post(address, REASON).status_code == 404


def test_only_who_holds_the_query_has_the_determination_filled_in(
    researched_query: StatusQuery, as_analyst: Browser, as_other_analyst: Browser
) -> None:
    form = f"/queries/{researched_query.record.number}/determine/LAWFUL_PERMANENT_RESIDENT/"
    assert factories.A_NUMBER in as_analyst.get(form).content.decode()
    assert factories.A_NUMBER not in as_other_analyst.get(form).content.decode()
    event = AuditEvent.objects.get(kind=events.VALUE_REVEALED)
    assert event.actor == as_analyst.user


def test_opening_twice_at_once_is_written_twice(
    claimed_query: StatusQuery, as_analyst: Browser
) -> None:
    for _ in range(2):
        as_analyst.post(f"/queries/{claimed_query.record.number}/reveal/numbers/", REASON)
    assert AuditEvent.objects.filter(kind=events.VALUE_REVEALED).count() == 2
