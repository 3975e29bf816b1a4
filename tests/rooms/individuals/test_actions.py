"""Entering people: pending, sealed, never under a placeholder; and finding them again."""

from datetime import date, datetime

import pytest
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext

from accounts.choices import Role
from accounts.models import User
from acrime.audit.choices import Channel
from acrime.common.errors import ActionRefused
from acrime.individuals.actions import PersonFacts, create_individual, identifier_digest
from acrime.individuals.choices import IdentifierKind, NameKind
from acrime.individuals.finding.querysets import find
from acrime.individuals.finding.wanted import Wanted
from acrime.individuals.models import Identifier, Individual, IndividualName
from acrime.records.actions import limit_record
from acrime.records.choices import Approval
from acrime.records.models import Record
from tests.conftest import BrowserFactory, UserFactory

pytestmark = pytest.mark.usefixtures("notice")

PERSON = PersonFacts(
    last="Quillabee",
    first="Zephyrine",
    middle="Oxfordia",
    sex="F",
    birth_date=date(1984, 3, 9),
    birth_place="MM",
    identifiers=(
        (IdentifierKind.A_NUMBER, "A099000123"),
        (IdentifierKind.SSN, "123-45-6789"),
        (IdentifierKind.FBI, "123456TA9"),
    ),
    aliases=(("Quillabee Roe", "Zeph", ""),),
)


def enter(person: PersonFacts, *, actor: User, at: datetime) -> Individual:
    return create_individual(
        person=person,
        schedule_code="IAQ-CRIMINAL",
        actor=actor,
        at=at,
        channel=Channel.PAGE,
    )


@pytest.fixture
def known(analyst: User, at: datetime) -> Individual:
    return enter(PERSON, actor=analyst, at=at)


def found(user: User, **wanted: object) -> list[Individual]:
    matches = find(Wanted(**wanted), user=user)  # type: ignore[arg-type]
    people = Individual.objects.order_by("pk").in_bulk([hit.person.pk for hit in matches.shown])
    return [people[hit.person.pk] for hit in matches.shown]


# --- Entering ---------------------------------------------------------------------------------


def test_a_person_is_visible_at_once_and_pending(
    known: Individual, analyst: User, other_analyst: User
) -> None:
    assert Individual.objects.visible_to(other_analyst).filter(pk=known.pk).exists()
    assert known.record.approval == Approval.PENDING
    assert (known.record.owner, known.record.creator) == (analyst, analyst)
    assert known.primary_name.full == "Quillabee, Zephyrine Oxfordia"
    assert known.names.get(kind=NameKind.ALIAS).full == "Quillabee Roe, Zeph"
    assert known.identifiers.count() == 3


def test_a_person_needs_a_last_name(analyst: User, at: datetime) -> None:
    for last in ("", "  ", "--"):
        with pytest.raises(ActionRefused) as refusal:
            enter(PersonFacts(last=last, first="Zephyrine"), actor=analyst, at=at)
        assert refusal.value.code == "name-missing"
    assert not Individual.objects.exists()
    assert not Record.objects.exists()


@pytest.mark.parametrize("name", [("CPI", "CPI"), ("cpi", " Cpi "), ("C.P.I.", "CPI")])
def test_the_placeholder_is_nobodys_name(
    name: tuple[str, str], analyst: User, at: datetime
) -> None:
    with pytest.raises(ActionRefused) as refusal:
        enter(PersonFacts(last=name[0], first=name[1]), actor=analyst, at=at)
    assert refusal.value.code == "placeholder-name"

    person = PersonFacts(last="Quillabee", aliases=((name[0], name[1], ""),))
    individual = enter(person, actor=analyst, at=at)
    assert [each.full for each in individual.names.all()] == ["Quillabee"]


def test_the_database_refuses_the_placeholder_too(known: Individual) -> None:
    with pytest.raises(IntegrityError, match="not_a_placeholder"), transaction.atomic():
        IndividualName.objects.create(
            individual=known,
            kind=NameKind.ALIAS,
            last="CPI",
            first="CPI",
            normal_last="CPI",
            normal_first="CPI",
        )


def test_a_person_has_one_primary_name(known: Individual) -> None:
    with pytest.raises(IntegrityError, match="one_primary"), transaction.atomic():
        IndividualName.objects.create(
            individual=known, kind=NameKind.PRIMARY, last="Other", normal_last="OTHER"
        )


def test_one_number_in_two_spellings_is_kept_once(analyst: User, at: datetime) -> None:
    person = PersonFacts(
        last="Quillabee",
        identifiers=(
            (IdentifierKind.A_NUMBER, "A099000123"),
            (IdentifierKind.A_NUMBER, "99000123"),
        ),
    )
    assert enter(person, actor=analyst, at=at).identifiers.get().value == "A099000123"


# --- At rest ----------------------------------------------------------------------------------


def test_numbers_lie_sealed(known: Individual) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT value, digest FROM individual_identifier")
        columns = [bytes(column) for row in cursor.fetchall() for column in row]
        cursor.execute("SELECT individual_identifier::text FROM individual_identifier")
        whole = [row[0] for row in cursor.fetchall()]

    assert len(columns) == 6
    for plain in ("099000123", "99000123", "123-45-6789", "123456789", "6789", "123456TA9"):
        assert not [column for column in columns if plain.encode() in column]
        assert not [row for row in whole if plain in row]
    opened = {str(value) for value in Identifier.objects.values_list("value", flat=True)}
    assert opened == {"A099000123", "123-45-6789", "123456TA9"}


def test_the_same_number_twice_lies_there_differently(
    known: Individual, analyst: User, at: datetime
) -> None:
    enter(PERSON, actor=analyst, at=at)
    with connection.cursor() as cursor:
        cursor.execute("SELECT value FROM individual_identifier WHERE kind = 'A_NUMBER'")
        one, other = (bytes(row[0]) for row in cursor.fetchall())

    assert one != other


def test_a_number_of_one_kind_is_no_number_of_another() -> None:
    assert identifier_digest(IdentifierKind.FBI, "123456789") != identifier_digest(
        IdentifierKind.SSN, "123456789"
    )


# --- Finding ----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("kind", "typed"),
    [
        (IdentifierKind.A_NUMBER, "099000123"),
        (IdentifierKind.A_NUMBER, "a 99000123"),
        (IdentifierKind.SSN, "123456789"),
        (IdentifierKind.FBI, "123456ta9"),
    ],
)
def test_a_person_is_found_by_a_number_however_typed(
    kind: str, typed: str, known: Individual, analyst: User
) -> None:
    assert found(analyst, numbers=((kind, typed),)) == [known]
    assert found(analyst, numbers=((kind, "1" + typed),)) == []


@pytest.mark.parametrize("digits", ["1234567", "12345678", "123456789"])
def test_a_numbers_of_seven_to_nine_digits_are_found(
    digits: str, analyst: User, at: datetime
) -> None:
    person = PersonFacts(last="Roe", identifiers=((IdentifierKind.A_NUMBER, f"A{digits}"),))
    individual = enter(person, actor=analyst, at=at)
    for typed in (digits, f"A{digits}", digits.zfill(9), f"A{digits.zfill(9)}"):
        assert found(analyst, numbers=((IdentifierKind.A_NUMBER, typed),)) == [individual]


@pytest.mark.parametrize(
    ("last", "first", "born"),
    [
        ("QUILLABEE", "ZEPHYRINE", 0),
        ("ZEPHYRINE", "QUILLABEE", 0),
        ("Quillabee-Roe", "Zeph", 0),
        ("QUILLABEE", "OTHER", 19840309),
    ],
    ids=["name", "swapped", "alias", "last-name-and-birth-date"],
)
def test_a_person_is_found_by_name(
    last: str, first: str, born: int, known: Individual, analyst: User
) -> None:
    assert found(analyst, last=last, first=first, born=born) == [known]


def test_a_last_name_alone_finds_its_people(known: Individual, analyst: User) -> None:
    assert found(analyst, last="QUILLABEE") == [known]
    assert found(analyst, last="MARROWGATE") == []
    assert found(analyst) == []


def test_the_best_match_comes_first(known: Individual, analyst: User, at: datetime) -> None:
    namesake = enter(PersonFacts(last="Quillabee", first="Zephyrine"), actor=analyst, at=at)
    number = (IdentifierKind.FBI, "123456TA9")

    assert found(analyst, last="QUILLABEE", first="ZEPHYRINE", numbers=(number,)) == [
        known,
        namesake,
    ]


def test_a_hidden_person_matches_and_is_not_shown(
    known: Individual, analyst: User, other_analyst: User, at: datetime
) -> None:
    limit_record(
        record=known.record,
        allowed=[],
        reason="A sensitive matter",
        actor=analyst,
        at=at,
        channel=Channel.PAGE,
    )
    matches = find(Wanted(last="QUILLABEE", first="ZEPHYRINE"), user=other_analyst)

    assert matches.matched_ids == [known.pk]
    assert matches.shown == []


# --- Pages ------------------------------------------------------------------------------------


def test_the_page_masks_every_number(
    known: Individual, browser_of: BrowserFactory, other_analyst: User
) -> None:
    page = browser_of(other_analyst).get(f"/individuals/{known.record.number}/").content.decode()

    assert "••••••789" in page
    assert "••••••123" in page
    for whole in ("123-45", "6789", "A099000123", "99000"):
        assert whole not in page


def test_a_supervisor_approves_once_and_the_creator_never(
    known: Individual, browser_of: BrowserFactory, analyst: User, supervisor: User
) -> None:
    address = f"/individuals/{known.record.number}/approve/"
    assert browser_of(analyst).post(address).status_code == 403
    known.record.refresh_from_db()
    assert known.record.approval == Approval.PENDING

    browser = browser_of(supervisor)
    assert "Approve" in browser.get(f"/individuals/{known.record.number}/").content.decode()
    assert "approved." in browser.post(address, follow=True).content.decode()
    known.record.refresh_from_db()
    assert (known.record.approval, known.record.approved_by) == (Approval.APPROVED, supervisor)
    assert "approved already" in browser.post(address, follow=True).content.decode()


def test_a_supervisor_does_not_approve_what_the_same_person_entered(
    browser_of: BrowserFactory, supervisor: User, at: datetime
) -> None:
    own = enter(PERSON, actor=supervisor, at=at)
    browser = browser_of(supervisor)
    page = browser.post(f"/individuals/{own.record.number}/approve/", follow=True).content.decode()

    assert "Somebody else must approve" in page
    own.record.refresh_from_db()
    assert own.record.approval == Approval.PENDING


@pytest.mark.parametrize("role", [Role.OPR, Role.ATTORNEY, Role.PRIVACY_OFFICER, Role.CALL_TAKER])
def test_nobody_but_a_supervisor_approves(
    role: Role, known: Individual, browser_of: BrowserFactory, make_user: UserFactory
) -> None:
    browser = browser_of(make_user(role))

    assert browser.get(f"/individuals/{known.record.number}/").status_code == 200
    assert browser.post(f"/individuals/{known.record.number}/approve/").status_code == 403


def test_the_pending_list_holds_the_pending_ones(
    known: Individual, browser_of: BrowserFactory, supervisor: User
) -> None:
    browser = browser_of(supervisor)
    assert known.record.number in browser.get("/individuals/?show=pending").content.decode()
    browser.post(f"/individuals/{known.record.number}/approve/")
    assert known.record.number not in browser.get("/individuals/?show=pending").content.decode()
    assert known.record.number in browser.get("/individuals/").content.decode()


@pytest.mark.parametrize(
    "number", ["IND-2026-0000-0000", "nonsense", "%00", "IND-2026-7K3M-9QX4%00", "%F0%9F%98%80"]
)
def test_an_unknown_number_is_not_there(
    number: str, browser_of: BrowserFactory, analyst: User, supervisor: User
) -> None:
    assert browser_of(analyst).get(f"/individuals/{number}/").status_code == 404
    assert browser_of(supervisor).post(f"/individuals/{number}/approve/").status_code == 404


def test_a_list_of_people_asks_the_database_as_often_for_many_as_for_one(
    browser_of: BrowserFactory,
    analyst: User,
    known: Individual,
    at: datetime,
) -> None:
    browser = browser_of(analyst)
    with CaptureQueriesContext(connection) as one:
        browser.get("/individuals/")
    for _ in range(5):
        enter(PERSON, actor=analyst, at=at)
    with CaptureQueriesContext(connection) as many:
        browser.get("/individuals/")

    assert len(many) == len(one)


@pytest.mark.parametrize("page", ["2", "0", "-1", "x", "9" * 5000, "²", "400", "401"])
def test_any_page_number_is_a_page(page: str, browser_of: BrowserFactory, analyst: User) -> None:
    assert browser_of(analyst).get("/individuals/", {"page": page}).status_code == 200
