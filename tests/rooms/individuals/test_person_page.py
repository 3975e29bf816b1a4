"""The page of a person: what stands on it, for whom, and the forms that add to it."""

import io
from datetime import date, datetime
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from PIL import Image

from accounts.choices import Role
from accounts.models import User
from acrime.audit.choices import Channel
from acrime.audit.models import AuditEvent
from acrime.iar.models import StatusResponse
from acrime.individuals.actions import PersonFacts, create_individual
from acrime.individuals.choices import IdentifierKind
from acrime.individuals.facts import actions, events
from acrime.individuals.facts.choices import About, HistoryKind, Status
from acrime.individuals.models import Individual
from acrime.records.actions import limit_record
from routine_uses.choices import Protection
from routine_uses.models import Disclosure, NoticeVersion
from tests.conftest import Browser, BrowserFactory, UserFactory

LOOKED = actions.Said("CIS", date(2026, 1, 5))
A_NUMBER = (IdentifierKind.A_NUMBER, "A099000123")


def enter(actor: User, at: datetime, *, last: str = "Quillabee", first: str = "Zeph") -> Individual:
    return create_individual(
        person=PersonFacts(last=last, first=first, identifiers=(A_NUMBER,)),
        schedule_code="IAQ-CRIMINAL",
        actor=actor,
        at=at,
        channel=Channel.PAGE,
    )


@pytest.fixture
def person(notice: NoticeVersion, analyst: User, at: datetime) -> Individual:
    return enter(analyst, at)


def place(individual: Individual, step: str = "") -> str:
    return f"/individuals/{individual.record.number}/{step}"


def picture() -> bytes:
    held = io.BytesIO()
    Image.new("RGB", (40, 30), "navy").save(held, format="PNG")
    return held.getvalue()


def shown(browser: Browser, individual: Individual, step: str = "") -> str:
    answer = browser.get(place(individual, step))
    assert answer.status_code == 200
    return answer.content.decode()


def hide(individual: Individual, at: datetime) -> None:
    limit_record(
        record=individual.record,
        allowed=[],
        reason="A sensitive matter",
        actor=individual.record.owner,
        at=at,
        channel=Channel.PAGE,
    )


# --- What stands there --------------------------------------------------------------------------


def test_a_new_person_says_what_is_not_known(person: Individual, as_analyst: Browser) -> None:
    page = shown(as_analyst, person)
    assert page.count("Not recorded") >= 4
    assert page.count("No source has been entered.") == 2
    assert page.count("None that you may see.") == 2
    assert "None noted" in page
    assert "Specially protected" not in page


@pytest.mark.parametrize("step", ["", "print/"])
def test_everything_that_is_known_stands_on_the_page_and_on_paper(
    step: str, person: Individual, as_other_analyst: Browser, analyst: User, at: datetime
) -> None:
    given: dict[str, Any] = {"individual": person, "actor": analyst, "at": at}
    actions.add_birth_date(**given, year=1979, month=4, day=None)
    actions.add_telephone(**given, kind="HOME", number="802 555 0142")
    actions.add_address(**given, street="1 Example Way", region="VT")
    actions.enter_status(**given, status=Status.ASYLEE, said=LOOKED)
    actions.enter_history(**given, kind=HistoryKind.ARREST, what="Taking a loaf", said=LOOKED)
    actions.note_fact(
        **given,
        about=About.PROTECTION,
        code=Protection.ASYLUM,
        since=LOOKED.on,
        source="Form I-589",
    )
    actions.note_fact(
        **given,
        about=About.STANDING,
        code="OTHER",
        since=LOOKED.on,
        source="The file",
        policy_relied_on="Directive 047-01, 2017",
    )
    page = shown(as_other_analyst, person, step)
    for told in (
        "Apr 1979",
        "802 555 0142",
        "1 Example Way, VT",
        "Granted asylum",
        "Taking a loaf",
        "Specially protected",
        "Form I-589",
        "Directive 047-01, 2017",
        "Nothing may be destroyed",
        "••••••123",
    ):
        assert told in page
    assert "A099000123" not in page


def test_records_and_disclosures_that_the_reader_sees_and_no_others(
    released_response: StatusResponse,
    as_analyst: Browser,
    browser_of: BrowserFactory,
    make_user: UserFactory,
    at: datetime,
) -> None:
    person = Individual.objects.get(record_links__record=released_response.record)
    query, answer = released_response.query.record, released_response.record
    disclosure = Disclosure.objects.get()
    page = shown(as_analyst, person)
    for number in (query.number, answer.number, disclosure.number):
        assert number in page
    event = AuditEvent.objects.filter(actor=as_analyst.user, kind="record.listed").latest("pk")
    assert {query.pk, answer.pk} <= set(event.displayed_ids)
    assert event.details["disclosures"] == [disclosure.number]

    limit_record(
        record=query,
        allowed=[],
        reason="A sensitive matter",
        actor=query.owner,
        at=at,
        channel=Channel.PAGE,
    )
    other = browser_of(make_user(Role.ANALYST))
    page = shown(other, person)
    for number in (query.number, answer.number, disclosure.number):
        assert number not in page
    assert not AuditEvent.objects.filter(actor=other.user, kind="record.listed").exists()


def test_the_owner_reads_who_looked_and_nobody_else(
    person: Individual, as_analyst: Browser, as_other_analyst: Browser, other_analyst: User
) -> None:
    shown(as_other_analyst, person)
    page = shown(as_analyst, person)
    assert "Who looked at it" in page
    assert "Who looked at it" not in shown(as_other_analyst, person)


# --- Shared numbers -----------------------------------------------------------------------------


def test_two_people_with_one_a_number_warn_those_who_see_both(
    person: Individual, as_other_analyst: Browser, analyst: User, at: datetime
) -> None:
    other = enter(analyst, at, last="Roe", first="Ada")
    page = shown(as_other_analyst, person)
    assert "Somebody else has the same number" in page
    assert place(other) in page
    listed = AuditEvent.objects.filter(actor=as_other_analyst.user, kind="record.listed")
    assert other.pk in listed.latest("pk").displayed_ids

    hide(other, at)
    page = shown(as_other_analyst, person)
    assert "same number" not in page
    assert other.record.number not in page


def test_a_number_that_somebody_else_has_is_taken(
    person: Individual, as_analyst: Browser, analyst: User, at: datetime
) -> None:
    actions.add_number(individual=person, kind="SSN", value="123-45-6789", actor=analyst, at=at)
    other = enter(analyst, at, last="Roe", first="Ada")
    answer = as_analyst.post(
        place(other, "add/number/"), {"kind": "SSN", "value": "123 45 6789"}, follow=True
    )
    page = answer.content.decode()
    assert "It is written down." in page
    assert "Social Security number: <a" in page


# --- Forms --------------------------------------------------------------------------------------

DAY = {"_0": "1", "_1": "5", "_2": "2026"}
SOURCE = {"source": "CIS", **{f"source_on{part}": value for part, value in DAY.items()}}
SINCE = {"source": "The file", **{f"since{part}": value for part, value in DAY.items()}}
FILLED = {
    "add/name/": {"last": "Muñoz", "first": "José"},
    "add/birth-date/": {"born_2": "1979"},
    "add/birth-place/": {"system": "NCIC", "value": "MM"},
    "add/address/": {"street": "1 Example Way", "region": "VT"},
    "add/telephone/": {"kind": "HOME", "number": "802 555 0142"},
    "add/number/": {"kind": "LICENSE", "value": "V1", "issuer": "VT"},
    "add/status/": {"status": "ASYLEE", **SOURCE},
    "add/history/": {"kind": "ARREST", "what": "Theft", **SOURCE},
    "note/protection/": {"code": "ASYLUM", "begins": "yes", **SINCE},
    "note/standing/": {"code": "USC", **SINCE},
    "note/category/": {"code": "3R", "begins": "yes", **SINCE},
}


@pytest.mark.parametrize("step", FILLED)
def test_each_form_adds_and_goes_back(step: str, person: Individual, as_analyst: Browser) -> None:
    assert "novalidate" in shown(as_analyst, person, step)
    answer = as_analyst.post(place(person, step), FILLED[step])
    assert answer.status_code == 302, answer.content.decode()
    assert answer["Location"] == place(person)
    again = as_analyst.post(place(person, step), {})
    assert again.status_code == 422
    assert "Please correct what is marked below" in again.content.decode()


LONG = "x" * 10_000
REFUSED = [
    ("add/name/", {"last": LONG}, "last", "at most 60 characters"),
    ("add/name/", {"last": "Ro\x07e"}, "last", "control characters"),
    ("add/name/", {"last": "<img src=x>"}, "last", "without &lt; and &gt;"),
    ("add/name/", {"last": "--"}, "last", "letters in it"),
    ("add/birth-date/", {"born_0": "2", "born_1": "30", "born_2": "1979"}, "born", "no such day"),
    ("add/birth-date/", {"born_0": "2", "born_2": "79"}, "born", "four digits"),
    ("add/birth-date/", {"born_0": "2", "born_1": "3"}, "born", "year at least"),
    ("add/birth-date/", {"born_2": "2999"}, "born", "in the future"),
    ("add/number/", {"kind": "A_NUMBER", "value": "A12345"}, "value", "seven to nine"),
    ("add/number/", {"kind": "SSN", "value": "666-12-3456"}, "value", "no such Social"),
    ("add/number/", {"kind": "PASSPORT", "value": "E990030"}, "issuer", "which country"),
    (
        "add/number/",
        {"kind": "PASSPORT", "value": "E990030", "issuer": "ATLANTIS"},
        "issuer",
        "no such entry",
    ),
    ("add/number/", {"kind": "SSN", "value": LONG}, "value", "at most 40 characters"),
    ("add/address/", {"street": "1", "region": "Nowhere"}, "region", "no such state"),
    ("add/address/", {"street": "1", "country": "Atlantis"}, "country", "no such entry"),
    ("add/birth-place/", {"system": "NCIC", "value": "QQ"}, "value", "no place with this code"),
    ("note/standing/", {"code": "OTHER", **SINCE}, "policy", "which policy"),
    ("note/protection/", {"code": "SEALED", "begins": "no", **SINCE}, "code", "does not hold"),
]


@pytest.mark.parametrize(("step", "given", "field", "said"), REFUSED)
def test_what_is_wrong_is_said_at_its_field(
    step: str, given: dict[str, str], field: str, said: str, person: Individual, as_analyst: Browser
) -> None:
    answer = as_analyst.post(place(person, step), given)
    page = answer.content.decode()
    assert answer.status_code == 422
    assert said in page
    assert answer.context["form"].errors.keys() == {field}
    assert "<img src=x>" not in page
    assert not AuditEvent.objects.filter(kind=events.VALUE_ADDED, record_id=person.pk).exists()


def test_nothing_else_can_be_added(person: Individual, as_analyst: Browser) -> None:
    assert as_analyst.get(place(person, "add/enemy/")).status_code == 404
    assert as_analyst.post(place(person, "note/grudge/"), {}).status_code == 404


@pytest.mark.parametrize(
    "role", [Role.FIELD_OFFICER, Role.OPR, Role.ATTORNEY, Role.PRIVACY_OFFICER]
)
def test_only_those_who_enter_people_are_offered_to(
    role: Role, person: Individual, browser_of: BrowserFactory, make_user: UserFactory
) -> None:
    browser = browser_of(make_user(role))
    page = shown(browser, person)
    assert "add/name/" not in page
    assert browser.post(place(person, "add/name/"), {"last": "Roe"}).status_code == 403
    notes = role == Role.PRIVACY_OFFICER
    assert ("note/protection/" in page) is notes


def test_a_supervisor_ends_what_an_analyst_noted(
    person: Individual, as_analyst: Browser, as_supervisor: Browser
) -> None:
    begun = {"code": "JUVENILE", "begins": "yes", **SINCE}
    as_analyst.post(place(person, "note/protection/"), begun)
    ended = begun | {"begins": "no"}
    refused = as_analyst.post(place(person, "note/protection/"), ended)
    assert "A supervisor or a privacy officer ends a protection." in refused.content.decode()
    assert as_supervisor.post(place(person, "note/protection/"), ended).status_code == 302
    page = shown(as_supervisor, person)
    assert "None noted" in page
    assert "All that was noted" in page


# --- Photographs --------------------------------------------------------------------------------


def test_a_photograph_is_shown_by_a_look_that_is_written_down(
    person: Individual, as_analyst: Browser, as_other_analyst: Browser, at: datetime
) -> None:
    upload = {
        "photograph": SimpleUploadedFile("face.png", picture(), "text/html"),
        "alt": 'A "face"',
        "source": "A card",
    }
    answer = as_analyst.post(place(person, "add/photograph/"), upload)
    assert answer.status_code == 302, answer.content.decode()
    page = shown(as_other_analyst, person)
    assert 'alt="A &quot;face&quot;"' in page
    assert f'src="{place(person, "photographs/1/")}"' in page

    image = as_other_analyst.get(place(person, "photographs/1/"))
    assert image["Content-Type"] == "image/jpeg"
    assert image["X-Content-Type-Options"] == "nosniff"
    assert "no-store" in image["Cache-Control"]
    assert image.content[:3] == b"\xff\xd8\xff"
    look = AuditEvent.objects.get(kind=events.PHOTOGRAPH_VIEWED)
    assert (look.actor, look.record_id) == (as_other_analyst.user, person.pk)

    assert as_other_analyst.get(place(person, "photographs/2/")).status_code == 404
    assert as_other_analyst.get(place(person, "photographs/0/")).status_code == 404
    hide(person, at)
    assert as_other_analyst.get(place(person, "photographs/1/")).status_code == 404


@pytest.mark.parametrize(
    ("name", "data"), [("face.png", b"<svg/>"), ("face.jpg", b""), ("face.jpg", b"\xff\xd8\xff")]
)
def test_what_is_no_photograph_is_said_at_the_file(
    name: str, data: bytes, person: Individual, as_analyst: Browser
) -> None:
    upload = {"photograph": SimpleUploadedFile(name, data), "alt": "A face", "source": "A card"}
    answer = as_analyst.post(place(person, "add/photograph/"), upload)
    assert answer.status_code == 422
    assert answer.context["form"].errors.keys() == {"photograph"}
