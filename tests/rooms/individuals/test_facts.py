"""What is added to a person: values, what sources said, and dated facts; each by its rules."""

import io
from collections.abc import Callable
from datetime import date, datetime, timedelta
from typing import Any

import pytest
from django.db import DatabaseError, connection, transaction
from PIL import Image

from accounts.choices import Role
from accounts.models import User
from acrime.audit.choices import Channel
from acrime.audit.models import AuditEvent
from acrime.common.errors import ActionRefused
from acrime.individuals.actions import PersonFacts, correct_value, create_individual
from acrime.individuals.choices import CodeSystem, IdentifierKind
from acrime.individuals.facts import actions, events
from acrime.individuals.facts.choices import (
    About,
    Category,
    HistoryKind,
    PrivacyStanding,
    Status,
    TelephoneKind,
)
from acrime.individuals.facts.models import IndividualFact, Photograph
from acrime.individuals.facts.photographs import LONGEST_SIDE, MOST_UPLOADED, made_anew
from acrime.individuals.facts.querysets import held_of
from acrime.individuals.models import Individual
from acrime.individuals.places import places_of
from routine_uses.choices import Field, Protection
from routine_uses.grounds import GUARDS
from tests.conftest import UserFactory

pytestmark = pytest.mark.usefixtures("notice")

Add = Callable[..., Any]
DAY = date(2026, 1, 5)


@pytest.fixture
def person(analyst: User, at: datetime) -> Individual:
    return create_individual(
        person=PersonFacts(
            last="Quillabee",
            first="Zephyrine",
            identifiers=((IdentifierKind.A_NUMBER, "A099000123"),),
        ),
        schedule_code="IAQ-CRIMINAL",
        actor=analyst,
        at=at,
        channel=Channel.PAGE,
    )


@pytest.fixture
def add(person: Individual, analyst: User, at: datetime) -> Add:
    """Calls a verb about the person, as an analyst."""

    def call(verb: Add, **given: Any) -> Any:
        return verb(**{"individual": person, "actor": analyst, "at": at} | given)

    return call


def picture(
    size: tuple[int, int] = (40, 30), kind: str = "JPEG", mode: str = "RGB", **given: Any
) -> bytes:
    held = io.BytesIO()
    Image.new(mode, size, "navy").save(held, format=kind, **given)
    return held.getvalue()


SAID = actions.Said("CIS", DAY)
EVERYTHING: list[tuple[str, Add, dict[str, Any]]] = [
    ("name", actions.add_name, {"last": "Muñoz Díaz", "first": "José", "suffix": "JR"}),
    ("name in another script", actions.add_name, {"last": "李", "first": "明"}),
    ("partial date", actions.add_birth_date, {"year": 1979, "month": None, "day": None}),
    ("place", actions.add_birth_place, {"system": CodeSystem.NCIC, "value": "hd"}),
    ("address", actions.add_address, {"street": "1 Example Way", "region": "VT"}),
    ("telephone", actions.add_telephone, {"kind": TelephoneKind.HOME, "number": "802 555 0142"}),
    ("number", actions.add_number, {"kind": IdentifierKind.SSN, "value": "123-45-6789"}),
    (
        "passport",
        actions.add_number,
        {"kind": IdentifierKind.PASSPORT, "value": "E990030", "issuer": "HONDURAS"},
    ),
    (
        "license",
        actions.add_number,
        {"kind": IdentifierKind.LICENSE, "value": "V1234", "issuer": "VT"},
    ),
    (
        "photograph",
        actions.add_photograph,
        {"data": picture(), "alt": "A face", "source": "A card", "taken_on": DAY},
    ),
    ("status", actions.enter_status, {"status": Status.ASYLEE, "said": SAID}),
    (
        "history",
        actions.enter_history,
        {"kind": HistoryKind.ARREST, "what": "Theft", "said": SAID},
    ),
    (
        "standing",
        actions.note_fact,
        {"about": About.STANDING, "code": "LPR", "since": DAY, "source": "A card"},
    ),
]
IDS = [name for name, _, _ in EVERYTHING]


@pytest.mark.parametrize(("name", "verb", "given"), EVERYTHING, ids=IDS)
def test_each_is_kept_with_who_and_when_and_told_without_its_value(
    name: str, verb: Add, given: dict[str, Any], add: Add, person: Individual, analyst: User
) -> None:
    row = add(verb, **given)

    row.refresh_from_db()
    assert row.individual_id == person.pk
    event = AuditEvent.objects.filter(
        kind__in=[events.VALUE_ADDED, events.FACT_NOTED], record_id=person.pk
    ).get()
    assert event.actor == analyst
    told = f"{event.details} {event.criteria} {event.purpose}"
    values = ("Example Way", "0142", "123-45", "E990030", "V1234", "Muñoz", "Theft", "A card")
    assert not [value for value in values if value in told]
    by = getattr(row, "added_by", None) or getattr(row, "entered_by", None)
    assert by in (analyst, None)


@pytest.mark.parametrize(("name", "verb", "given"), EVERYTHING, ids=IDS)
@pytest.mark.parametrize("role", [Role.FIELD_OFFICER, Role.OPR, Role.CALL_TAKER, Role.ATTORNEY])
def test_only_those_who_enter_people_add(
    name: str, verb: Add, given: dict[str, Any], role: Role, add: Add, make_user: UserFactory
) -> None:
    with pytest.raises(ActionRefused) as refusal:
        add(verb, **given, actor=make_user(role))
    assert refusal.value.code == "not-an-enterer"


@pytest.mark.parametrize(
    ("name", "verb", "given"),
    [each for each in EVERYTHING if each[0] not in ("status", "history")],
    ids=[name for name in IDS if name not in ("status", "history")],
)
def test_nothing_is_added_twice(name: str, verb: Add, given: dict[str, Any], add: Add) -> None:
    add(verb, **given)
    with pytest.raises(ActionRefused):
        add(verb, **given)


ADDRESS = actions.add_address
BORN = actions.add_birth_date
NUMBER = actions.add_number
PHONE = actions.add_telephone
IMPOSSIBLE: list[tuple[Add, dict[str, Any], str]] = [
    (actions.add_name, {"last": "--"}, "last"),
    (actions.add_name, {"last": "CPI", "first": "CPI"}, "last"),
    (actions.add_name, {"last": "Roe\x00", "first": "A"}, "last"),
    (actions.add_name, {"last": "Roe", "first": "A\u202eB"}, "first"),
    (actions.add_name, {"last": "<b>Roe</b>"}, "last"),
    (BORN, {"year": 1979, "month": 2, "day": 30}, "born"),
    (BORN, {"year": 1979, "month": 13, "day": None}, "born"),
    (BORN, {"year": 1979, "month": None, "day": 3}, "born"),
    (BORN, {"year": 0, "month": None, "day": None}, "born"),
    (BORN, {"year": 2400, "month": None, "day": None}, "born"),
    (BORN, {"year": 1600, "month": 1, "day": 1}, "born"),
    (actions.add_birth_place, {"system": CodeSystem.NCIC, "value": "QQ"}, "value"),
    (actions.add_birth_place, {"system": CodeSystem.NCIC, "value": "CN"}, "value"),
    (actions.add_birth_place, {"system": CodeSystem.DHS, "value": "HD"}, "value"),
    (ADDRESS, {}, "street"),
    (ADDRESS, {"street": "1 A St", "region": "Nowhere"}, "region"),
    (ADDRESS, {"street": "1 A St", "country": "Atlantis"}, "country"),
    (ADDRESS, {"street": "<script>alert(1)</script>"}, "street"),
    (PHONE, {"kind": "HOME", "number": "12"}, "number"),
    (PHONE, {"kind": "HOME", "number": "call me"}, "number"),
    (NUMBER, {"kind": "A_NUMBER", "value": "A12345"}, "value"),
    (NUMBER, {"kind": "A_NUMBER", "value": "A1234567890"}, "value"),
    (NUMBER, {"kind": "A_NUMBER", "value": "A12C4567"}, "value"),
    (NUMBER, {"kind": "SSN", "value": "000-12-3456"}, "value"),
    (NUMBER, {"kind": "SSN", "value": "666-12-3456"}, "value"),
    (NUMBER, {"kind": "SSN", "value": "912-12-3456"}, "value"),
    (NUMBER, {"kind": "SSN", "value": "123-00-4567"}, "value"),
    (NUMBER, {"kind": "SSN", "value": "123-45-0000"}, "value"),
    (NUMBER, {"kind": "SSN", "value": "078-05-1120"}, "value"),
    (NUMBER, {"kind": "SSN", "value": "123-45-678"}, "value"),
    (NUMBER, {"kind": "FBI", "value": "1234567890"}, "value"),
    (NUMBER, {"kind": "FBI", "value": "12\uff13456"}, "value"),
    (NUMBER, {"kind": "SID", "value": "VT123456789"}, "value"),
    (NUMBER, {"kind": "PASSPORT", "value": "E990030"}, "issuer"),
    (NUMBER, {"kind": "PASSPORT", "value": "E990030", "issuer": "VT"}, "issuer"),
    (NUMBER, {"kind": "LICENSE", "value": "V1234", "issuer": "ZZ"}, "issuer"),
    (NUMBER, {"kind": "FBI", "value": "123456", "issuer": "VT"}, "issuer"),
    (
        actions.enter_status,
        {"status": "ASYLEE", "said": actions.Said("CIS", date(2400, 1, 1))},
        "source_on",
    ),
    (actions.enter_status, {"status": "ASYLEE", "said": actions.Said("", DAY)}, "source"),
    (
        actions.enter_history,
        {"kind": "ARREST", "what": "x", "said": SAID, "happened_on": date(2400, 1, 1)},
        "happened_on",
    ),
    (
        actions.note_fact,
        {"about": "STANDING", "code": "OTHER", "since": DAY, "source": "A card"},
        "policy",
    ),
    (
        actions.note_fact,
        {"about": "PROTECTION", "code": "LPR", "since": DAY, "source": "A card"},
        "code",
    ),
    (
        actions.note_fact,
        {"about": "PROTECTION", "code": "ASYLUM", "since": date(2400, 1, 1), "source": "A"},
        "since",
    ),
]


@pytest.mark.parametrize(("verb", "given", "code"), IMPOSSIBLE)
def test_what_cannot_be_is_refused_at_its_value(
    verb: Add, given: dict[str, Any], code: str, add: Add
) -> None:
    with pytest.raises(ActionRefused) as refusal:
        add(verb, **given)
    assert refusal.value.code == code


@pytest.mark.parametrize(
    "given",
    [
        {"kind": "SSN", "value": "899-99-9999"},
        {"kind": "SSN", "value": "773 01 0001"},
        {"kind": "A_NUMBER", "value": "a 1234567"},
        {"kind": "A_NUMBER", "value": "123456789"},
        {"kind": "LICENSE", "value": "1", "issuer": "MEXICO"},
    ],
)
def test_what_can_be_is_taken(given: dict[str, Any], add: Add) -> None:
    assert add(actions.add_number, **given).pk


# --- Photographs --------------------------------------------------------------------------------


def test_a_photograph_lies_sealed_and_keeps_nothing_of_the_camera(add: Add) -> None:
    exif = Image.Exif()
    exif[0x010F] = "SecretCamera"
    exif[0x0112] = 6  # on its side
    data = picture((60, 20), exif=exif)
    assert b"SecretCamera" in data
    kept: Photograph = add(
        actions.add_photograph, data=data, alt="A face", source="A card", taken_on=None
    )

    assert b"SecretCamera" not in bytes(kept.content)
    assert (kept.width, kept.height) == (20, 60)
    with connection.cursor() as cursor:
        cursor.execute("SELECT content FROM individual_photograph")
        [(stored,)] = cursor.fetchall()
    assert bytes(stored)[:3] != b"\xff\xd8\xff"
    assert bytes(kept.content) not in bytes(stored)
    with Image.open(io.BytesIO(bytes(Photograph.objects.get().content))) as opened:
        assert (opened.format, opened.size) == ("JPEG", (20, 60))


def test_a_large_photograph_is_made_smaller() -> None:
    made = made_anew(picture((LONGEST_SIDE * 2, LONGEST_SIDE)))
    assert (made.width, made.height) == (LONGEST_SIDE, LONGEST_SIDE // 2)


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (b"", "photograph-empty"),
        (b"%PDF-1.7", "photograph-kind"),
        (b"<svg xmlns='http://www.w3.org/2000/svg'/>", "photograph-kind"),
        (picture()[:60], "photograph-kind"),
        (picture(kind="GIF"), "photograph-kind"),
        (b"\xff" * (MOST_UPLOADED + 1), "photograph-too-large"),
        # Of two colors, which is made soon: it is the points that count.
        (picture((8000, 7000), kind="PNG", mode="1"), "photograph-too-large"),
    ],
    ids=["empty", "pdf", "svg", "cut off", "gif", "too many bytes", "too many points"],
)
def test_what_is_no_photograph_is_refused(data: bytes, code: str) -> None:
    with pytest.raises(ActionRefused) as refusal:
        made_anew(data)
    assert refusal.value.code == code


# --- What sources said --------------------------------------------------------------------------


def test_a_wrong_entry_is_replaced_and_stays(add: Add, person: Individual) -> None:
    wrong = add(actions.enter_status, status=Status.NONE, said=SAID)
    right = add(actions.enter_status, status=Status.RESIDENT, said=SAID, replaces=wrong)

    wrong.refresh_from_db()
    assert wrong.is_replaced
    assert not right.is_replaced
    assert person.status_entries.count() == 2
    with pytest.raises(ActionRefused) as refusal:
        add(actions.enter_status, status=Status.NONE, said=SAID, replaces=wrong)
    assert refusal.value.code == "replaces"


def test_an_entry_of_somebody_else_is_not_replaced(add: Add, analyst: User, at: datetime) -> None:
    other = create_individual(
        person=PersonFacts(last="Roe"),
        schedule_code="IAQ-CRIMINAL",
        actor=analyst,
        at=at,
        channel=Channel.PAGE,
    )
    theirs = add(actions.enter_history, kind="ARREST", what="x", said=SAID, individual=other)
    with pytest.raises(ActionRefused, match="place"):
        add(actions.enter_history, kind="ARREST", what="y", said=SAID, replaces=theirs)


# --- Dated facts --------------------------------------------------------------------------------

ASYLUM = {"about": About.PROTECTION, "code": Protection.ASYLUM, "since": DAY, "source": "I-589"}


def test_a_protection_is_ended_by_a_later_fact_and_both_stay(
    add: Add, person: Individual, supervisor: User
) -> None:
    add(actions.note_fact, **ASYLUM)
    assert [each.code for each in held_of(person).protections] == ["ASYLUM"]

    add(actions.note_fact, **ASYLUM, begins=False, actor=supervisor)
    assert held_of(person).protections == ()
    assert [each.begins for each in person.facts.all()] == [True, False]

    add(actions.note_fact, **ASYLUM)
    assert [each.code for each in held_of(person).protections] == ["ASYLUM"]


def test_whoever_noted_a_protection_does_not_end_it(
    add: Add, supervisor: User, analyst: User
) -> None:
    add(actions.note_fact, **ASYLUM, actor=supervisor)
    with pytest.raises(ActionRefused) as refusal:
        add(actions.note_fact, **ASYLUM, begins=False, actor=supervisor)
    assert (refusal.value.code, refusal.value.clause) == ("own-work", GUARDS["ASYLUM"].clause)
    with pytest.raises(ActionRefused, match="supervisor or a privacy officer"):
        add(actions.note_fact, **ASYLUM, begins=False, actor=analyst)


def test_what_does_not_hold_does_not_end_nor_before_it_began(add: Add, supervisor: User) -> None:
    with pytest.raises(ActionRefused, match="does not hold"):
        add(actions.note_fact, **ASYLUM, begins=False, actor=supervisor)
    add(actions.note_fact, **ASYLUM)
    earlier = ASYLUM | {"since": DAY - timedelta(days=1)}
    with pytest.raises(ActionRefused, match="before it began"):
        add(actions.note_fact, **earlier, begins=False, actor=supervisor)


def test_one_standing_holds_at_a_time(add: Add, person: Individual) -> None:
    given = {"about": About.STANDING, "since": DAY, "source": "A card"}
    add(actions.note_fact, **given, code=PrivacyStanding.UNKNOWN)
    add(
        actions.note_fact,
        **given,
        code=PrivacyStanding.BY_POLICY,
        policy_relied_on="Mixed systems, 2009",
    )
    standing = held_of(person).standing
    assert standing is not None
    assert (standing.code, standing.policy) == ("POLICY", "Mixed systems, 2009")
    with pytest.raises(ActionRefused, match="Another standing"):
        add(actions.note_fact, **given, code=PrivacyStanding.UNKNOWN, begins=False)


@transaction.atomic
def run(statement: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute(statement)


@pytest.mark.parametrize("category", Category.values)
def test_people_of_every_category_of_the_notice(
    category: str, add: Add, person: Individual
) -> None:
    add(actions.note_fact, about=About.CATEGORY, code=category, since=DAY, source="A tip")
    assert [each.code for each in held_of(person).categories] == [category]


def test_the_database_keeps_every_fact(add: Add, person: Individual, analyst: User) -> None:
    add(actions.note_fact, **ASYLUM)
    for statement in (
        "DELETE FROM individual_fact",
        "UPDATE individual_fact SET begins = false",
        "UPDATE individual_fact SET since = '2020-01-01'",
        "TRUNCATE individual_fact",
    ):
        with pytest.raises(DatabaseError, match="append-only"):
            run(statement)
    for wrong in ({"code": "LPR"}, {"source": ""}, {"about": "STANDING", "code": "OTHER"}):
        values: dict[str, Any] = ASYLUM | {"begins": True} | wrong
        with pytest.raises(DatabaseError, match="individualfact"), transaction.atomic():
            IndividualFact.objects.create(
                individual=person, entered_by=analyst, entered_at=analyst.joined_at, **values
            )


def test_a_fact_can_come_to_another_record_of_the_person(
    add: Add, analyst: User, at: datetime
) -> None:
    fact = add(actions.note_fact, **ASYLUM)
    other = create_individual(
        person=PersonFacts(last="Roe"),
        schedule_code="IAQ-CRIMINAL",
        actor=analyst,
        at=at,
        channel=Channel.PAGE,
    )
    fact.individual = other
    fact.save(update_fields=["individual"])
    assert [each.code for each in held_of(other).protections] == ["ASYLUM"]


# --- Corrections --------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "field", "value", "shown"),
    [
        (
            "address",
            Field.ADDRESS,
            "2 Example Way; Barre; VT; 0; ",
            "2 Example Way, Barre, VT 0",
        ),
        ("telephone", Field.TELEPHONE, "802 555 0199", "802 555 0199"),
        ("passport", Field.PASSPORT_NUMBER, "E990031", "••••••031"),
        ("license", Field.DRIVER_LICENSE, "V12345678", "••••••678"),
        ("number", Field.SSN, "123-45-6780", "••••••780"),
    ],
)
def test_a_new_kind_of_value_is_corrected(
    name: str,
    field: Field,
    value: str,
    shown: str,
    add: Add,
    person: Individual,
    analyst: User,
    at: datetime,
) -> None:
    verb, given = next((verb, given) for each, verb, given in EVERYTHING if each == name)
    add(verb, **given)
    places = places_of(person.pk)
    position = next(at for at, place in enumerate(places) if place.held.field == field)
    held = places[position].held.value

    def correct(to: str) -> None:
        correct_value(
            individual_id=person.pk, position=position, held=held, value=to, actor=analyst, at=at
        )

    for impossible in ("12", "<b>1</b>", "a\x07"):
        if name != "license" or impossible != "12":
            with pytest.raises(ActionRefused):
                correct(impossible)
    correct(value)
    assert places_of(person.pk)[position].held.shown == shown


def test_a_suffix_is_corrected_with_its_name(
    person: Individual, analyst: User, at: datetime
) -> None:
    held = places_of(person.pk)[0].held.value
    correct_value(
        individual_id=person.pk,
        position=0,
        held=held,
        value="QUILLABEE, ZEPHYRINE OXFORDIA JR",
        actor=analyst,
        at=at,
    )
    name = person.names.get()
    assert (name.first, name.middle, name.suffix) == ("ZEPHYRINE", "OXFORDIA", "JR")


def test_who_issued_a_number_is_corrected(
    person: Individual, add: Add, analyst: User, at: datetime
) -> None:
    add(actions.add_number, kind=IdentifierKind.LICENSE, value="V1234", issuer="VT")
    add(actions.add_number, kind=IdentifierKind.LICENSE, value="N1234", issuer="NH")
    position = next(at for at, each in enumerate(places_of(person.pk)) if each.held.value == "VT")

    def correct(value: str) -> None:
        correct_value(
            individual_id=person.pk, position=position, held="VT", value=value, actor=analyst, at=at
        )

    with pytest.raises(ActionRefused, match="state or country"):
        correct("ZZ")
    # Two licenses may be of one state.
    correct("NH")
    held = places_of(person.pk)[position].held
    assert (held.label, held.shown) == ("Driver's license: issued by", "NH")
    assert sorted(str(each.value) for each in person.identifiers.filter(issuer="NH")) == [
        "N1234",
        "V1234",
    ]
