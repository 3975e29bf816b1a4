"""Pages of holds, the panel on records and on people, letters, and the API."""

from collections.abc import Mapping
from datetime import datetime

import pytest

from accounts.choices import Role
from accounts.models import User
from acrime.audit.choices import Channel
from acrime.audit.models import AuditEvent
from acrime.iar.models import StatusResponse
from acrime.individuals.models import Individual
from acrime.records.actions import limit_record
from acrime.records.models import Record
from acrime.retention.holds.choices import Scope
from acrime.retention.holds.letters import has_letter
from acrime.retention.holds.models import Hold, HoldLetter, Matter
from acrime.retention.holds.policy import PLACERS, WORKERS
from tests.conftest import Browser, BrowserFactory, UserFactory
from tests.support import holds

pytestmark = pytest.mark.django_db


@pytest.fixture
def officer(as_records_officer: Browser) -> User:
    return as_records_officer.user


@pytest.fixture
def counsel(make_user: UserFactory) -> User:
    return make_user(Role.ATTORNEY, username="counsel")


def filled(officer: User, **more: object) -> Mapping[str, object]:
    said: dict[str, object] = {
        "kind": "LITIGATION",
        "name": holds.NAME,
        "ground": holds.GROUND,
        "reason": holds.REASON,
        "scope": "KINDS",
        "kinds": ["TIP"],
        "authority": "counsel",
        "custodian": officer.get_username(),
        "review_on_0": "3",
        "review_on_1": "1",
        "review_on_2": "2027",
    }
    return said | more


def test_placing_a_hold_writes_the_letter_that_its_custodian_acknowledges(
    as_records_officer: Browser, counsel: User, officer: User
) -> None:
    answer = as_records_officer.post("/holds/new/", filled(officer))
    hold = Hold.objects.get()
    assert answer["Location"] == f"/holds/{hold.number}/"
    assert (hold.scope, hold.kinds, hold.authority) == ("KINDS", ["TIP"], counsel)
    letter = HoldLetter.objects.get()
    page = as_records_officer.get(f"/holds/{hold.number}/").content.decode()
    assert holds.NAME in page
    assert "I have read it" in page
    assert "no letter yet" not in page
    place = f"/holds/{hold.number}/letters/{letter.number}/"
    document = as_records_officer.get(place)
    assert document["Content-Type"] == "application/pdf"
    assert document.content.startswith(b"%PDF-")
    as_records_officer.post(f"{place}acknowledge/")
    assert HoldLetter.objects.get().acknowledged_at is not None
    kinds = set(AuditEvent.objects.filter(actor=officer).values_list("kind", flat=True))
    assert {"hold.letter.written", "hold.letter.taken", "hold.letter.acknowledged"} <= kinds


def test_somebody_else_acknowledges_nothing(
    as_records_officer: Browser, as_attorney: Browser, counsel: User, officer: User
) -> None:
    as_records_officer.post("/holds/new/", filled(officer))
    letter = HoldLetter.objects.get()
    as_attorney.post(f"/holds/{letter.hold.number}/letters/{letter.number}/acknowledge/")
    assert HoldLetter.objects.get().acknowledged_at is None


@pytest.mark.parametrize(
    ("more", "said"),
    [
        ({"program": "BRADY"}, "does not use this"),
        ({"scope": "RECORDS", "kinds": []}, "Name at least one record"),
        ({"kinds": []}, "Choose at least one kind"),
        ({"kinds": ["NONE"]}, "Select a valid choice"),
        ({"authority": "nobody-here"}, "Nobody has this user name"),
        ({"review_on_2": "2026"}, "must lie ahead"),
        ({"review_on_2": "0"}, "a year of four digits"),
        ({"scope": "RECORDS", "kinds": [], "records": "IAQ-2026-0000-0000"}, "is none"),
        ({"scope": "PERSON", "kinds": [], "people": "x" * 200}, "is none"),
        ({"name": " "}, "This field is required"),
        ({"opened_from_0": "2", "opened_from_1": "30", "opened_from_2": "2026"}, "exists"),
        ({"matter": "MAT-2026-0000-0000"}, "Select a valid choice"),
    ],
)
def test_what_is_wrong_is_said_and_places_nothing(
    more: dict[str, object],
    said: str,
    as_records_officer: Browser,
    counsel: User,
    officer: User,
) -> None:
    answer = as_records_officer.post("/holds/new/", filled(officer, **more))
    assert answer.status_code == 422
    assert said in answer.content.decode()
    assert not Hold.objects.exists()


def test_a_hidden_record_is_named_like_an_absent_one(
    released_response: StatusResponse,
    as_records_officer: Browser,
    counsel: User,
    officer: User,
    analyst: User,
    at: datetime,
) -> None:
    record = released_response.record
    limit_record(
        record=record, allowed=[], reason="Delicate", actor=analyst, at=at, channel=Channel.PAGE
    )
    answers = []
    for number in (record.number, "IAR-2026-0000-0000"):
        named = filled(officer, scope="RECORDS", kinds=[], records=number)
        answer = as_records_officer.post("/holds/new/", named)
        answers.append(answer.content.decode().replace(number, "N"))
        assert answer.status_code == 422
    assert not Hold.objects.exists()
    assert AuditEvent.objects.filter(kind="record.probed", actor=officer).count() == 2


def test_from_asking_to_releasing(
    as_records_officer: Browser,
    browser_of: BrowserFactory,
    counsel: User,
    officer: User,
    at: datetime,
) -> None:
    hold = holds.placed(officer, counsel, at=at, scope=Scope.KINDS, kinds=["TIP"])
    place = f"/holds/{hold.number}/do"
    as_counsel = browser_of(counsel)
    assert "Release the hold" not in as_counsel.get(f"/holds/{hold.number}/").content.decode()
    assert as_counsel.post(f"{place}/release/", {"ground": "Order"}).status_code == 422
    assert as_records_officer.post(f"{place}/ask/", {"reason": ""}).status_code == 422
    assert as_records_officer.post(f"{place}/ask/", {"reason": "Settled"}).status_code == 302
    assert hold.number in as_counsel.get("/holds/?show=ASKED").content.decode()
    assert as_records_officer.post(f"{place}/release/", {"ground": "Order"}).status_code == 422
    assert as_counsel.get(f"{place}/release/").status_code == 200
    assert as_counsel.post(f"{place}/release/", {"ground": "Order"}).status_code == 302
    assert Hold.objects.get().released_by == counsel
    assert hold.number in as_counsel.get("/holds/?show=RELEASED").content.decode()
    # Its custodian has to hear of it.
    assert not has_letter(Hold.objects.get())
    as_counsel.post(f"/holds/{hold.number}/letters/")
    assert HoldLetter.objects.get().kind == "RELEASE"


def test_the_other_acts(
    as_records_officer: Browser,
    make_user: UserFactory,
    counsel: User,
    officer: User,
    released_response: StatusResponse,
    at: datetime,
) -> None:
    hold = holds.on_records(officer, counsel, released_response.record, at=at)
    make_user(Role.SUPERVISOR, username="keeper")
    make_user(Role.ATTORNEY, username="other-counsel")
    other = Individual.objects.order_by("pk")[0].record
    acts: Mapping[str, Mapping[str, str]] = {
        "review": {"review_on_0": "4", "review_on_1": "1", "review_on_2": "2027"},
        "add": {"numbers": other.number},
        "custodian": {"person": "keeper"},
        "authority": {"person": "other-counsel"},
    }
    for verb, said in acts.items():
        place = f"/holds/{hold.number}/do/{verb}/"
        assert as_records_officer.get(place).status_code == 200
        assert as_records_officer.post(place, {}).status_code == 422
        assert as_records_officer.post(place, said).status_code == 302, verb
    fresh = Hold.objects.get()
    assert fresh.review_on == holds.day("2027-04-01")
    assert fresh.items.count() == 2
    assert (fresh.custodian.username, fresh.authority.username) == ("keeper", "other-counsel")
    assert as_records_officer.get(f"/holds/{hold.number}/do/destroy/").status_code == 404


def test_a_matter_from_its_opening(
    as_records_officer: Browser,
    counsel: User,
    officer: User,
    released_response: StatusResponse,
) -> None:
    assert as_records_officer.post("/holds/matters/", {"name": ""}).status_code == 422
    assert as_records_officer.post("/holds/matters/", {"name": "Exemplar"}).status_code == 302
    matter = Matter.objects.get()
    place = f"/holds/matters/{matter.number}/"
    number = released_response.record.number
    assert as_records_officer.post(place, {}).status_code == 422
    assert as_records_officer.post(place, {"records": "nothing"}).status_code == 422
    assert as_records_officer.post(place, {"people": number}).status_code == 422
    assert as_records_officer.post(place, {"records": number}).status_code == 302
    as_records_officer.post(
        "/holds/new/", filled(officer, scope="MATTER", kinds=[], matter=matter.number)
    )
    hold = Hold.objects.get()
    page = as_records_officer.get(place).content.decode()
    assert number in page
    assert hold.number in page
    assert "Exemplar" in as_records_officer.get("/holds/matters/").content.decode()
    assert hold.number in as_records_officer.get(f"/responses/{number}/").content.decode()


def test_what_is_not_there_is_a_404(as_records_officer: Browser) -> None:
    for place in ("HLD-2026-0000-0000/", "matters/MAT-2026-0000-0000/", "x/letters/y/"):
        assert as_records_officer.get(f"/holds/{place}").status_code == 404


def test_the_panel_is_for_readers_of_holds(
    as_records_officer: Browser,
    as_analyst: Browser,
    counsel: User,
    officer: User,
    released_response: StatusResponse,
    at: datetime,
) -> None:
    """A person's page tells of holds on the person and of held records about them."""
    person = Individual.objects.filter(
        record_links__record=released_response.query.record
    ).order_by("pk")[0]
    hold = holds.on_records(officer, counsel, released_response.record, at=at)
    places = [
        f"/responses/{released_response.record.number}/",
        f"/queries/{released_response.query.record.number}/",
    ]
    for place in places:
        assert hold.number in as_records_officer.get(place).content.decode()
        assert hold.number not in as_analyst.get(place).content.decode()
    theirs = f"/individuals/{person.record.number}/"
    page = as_records_officer.get(theirs).content.decode()
    assert "No hold reaches this record." in page
    assert "Held records about this person" in page
    assert "Held records about this person" not in as_analyst.get(theirs).content.decode()
    on_person = holds.placed(officer, counsel, at=at, scope=Scope.PERSON, people=[person.record])
    assert on_person.number in as_records_officer.get(theirs).content.decode()


def test_a_panel_leads_to_placing_one(
    as_records_officer: Browser, released_response: StatusResponse
) -> None:
    number = released_response.record.number
    page = as_records_officer.get(f"/holds/new/?about={number}").content.decode()
    assert number in page


def test_the_api(
    as_records_officer: Browser,
    as_analyst: Browser,
    counsel: User,
    officer: User,
    released_response: StatusResponse,
    at: datetime,
) -> None:
    number = released_response.record.number
    address = f"/api/v1/records/{number}/holds/"
    assert as_records_officer.get(address).json() == {"number": number, "holds": []}
    hold = holds.on_records(officer, counsel, released_response.record, at=at)
    [line] = as_records_officer.get(address).json()["holds"]
    assert line["number"] == hold.number
    assert line["authority"] == "counsel"
    assert holds.NAME not in str(line)
    [listed] = as_records_officer.get("/api/v1/holds/").json()["results"]
    assert listed == line
    assert as_analyst.get(address).status_code == 403
    seen = AuditEvent.objects.filter(actor=officer, channel=Channel.API)
    assert {"record.viewed", "holds.listed"} <= set(seen.values_list("kind", flat=True))


def test_whoever_places_works_with_holds() -> None:
    assert frozenset().union(*PLACERS.values()) <= WORKERS


def test_records_are_not_counted_on_a_hold(
    as_records_officer: Browser,
    counsel: User,
    officer: User,
    analyst: User,
    released_response: StatusResponse,
    at: datetime,
) -> None:
    """A hidden record among those named is not there, and nothing tells how many there are."""
    hold = holds.on_records(
        officer, counsel, released_response.record, released_response.query.record, at=at
    )
    place = f"/holds/{hold.number}/"
    both = as_records_officer.get(place).content.decode()
    for record in Record.objects.filter(
        pk__in=[released_response.pk, released_response.query.pk]
    ).order_by("pk"):
        assert record.number in both
    limit_record(
        record=released_response.record,
        allowed=[],
        reason="Delicate",
        actor=analyst,
        at=at,
        channel=Channel.PAGE,
    )
    page = as_records_officer.get(place).content.decode()
    assert released_response.record.number not in page
    assert "Nothing that you can see." in page
