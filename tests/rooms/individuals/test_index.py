"""The index of people follows every act that changes a name or a date of birth."""

from datetime import date, datetime
from io import StringIO

import pytest
from django.core.management import call_command

from accounts.models import User
from acrime.audit.choices import Channel
from acrime.individuals.actions import PersonFacts, correct_value, create_individual
from acrime.individuals.choices import NameKind
from acrime.individuals.finding.actions import index_everybody, index_people
from acrime.individuals.finding.models import SearchName, SearchWord, SearchWordVariant
from acrime.individuals.models import Individual, IndividualName
from acrime.individuals.places import places_of

pytestmark = pytest.mark.usefixtures("notice")

PEOPLE = (
    PersonFacts(
        last="Quillabee",
        first="Zephyrine",
        middle="Oxfordia",
        birth_date=date(1984, 3, 9),
        aliases=(("De la Cruz", "Zeph", ""), ("Quillabee-Roe", "Zephyrine", "")),
    ),
    PersonFacts(last="Marrowgate", first="Tobin"),
    PersonFacts(last="Marrowgate", first="Tabitha", birth_date=date(1984, 9, 3)),
)

Rows = list[tuple[object, ...]]


@pytest.fixture
def people(analyst: User, at: datetime) -> list[Individual]:
    return [
        create_individual(
            person=person,
            schedule_code="IAQ-CRIMINAL",
            actor=analyst,
            at=at,
            channel=Channel.PAGE,
        )
        for person in PEOPLE
    ]


def index() -> tuple[Rows, Rows, Rows]:
    """Everything the index holds."""
    names = SearchName.objects.order_by("pk")
    return (
        list(names.values_list("pk", "individual", "full_norm", "tokens", "born", "keys")),
        list(SearchWord.objects.order_by("pk").values_list("word")),
        list(SearchWordVariant.objects.order_by("pk").values_list("variant", "word")),
    )


def from_scratch() -> tuple[Rows, Rows, Rows]:
    for model in (SearchName, SearchWord, SearchWordVariant):
        model.objects.all().delete()
    index_everybody()
    return index()


def test_it_is_the_one_made_from_scratch(people: list[Individual]) -> None:
    kept = index()
    assert len(kept[0]) == 5
    assert kept == from_scratch()


def test_it_is_complete_and_making_it_again_changes_nothing(people: list[Individual]) -> None:
    kept = index()
    assert index_everybody() == 0
    index_people(person.pk for person in people)
    assert index() == kept


def correct(person: Individual, held: str, value: str, *, actor: User, at: datetime) -> None:
    places = [place.held.value for place in places_of(person.pk)]
    correct_value(
        individual_id=person.pk,
        position=places.index(held),
        held=held,
        value=value,
        actor=actor,
        at=at,
    )


@pytest.mark.parametrize(
    ("held", "value"),
    [
        ("Quillabee, Zephyrine Oxfordia", "QUILLABY, ZEPHYRINA"),
        ("De la Cruz, Zeph", "DE LA CRUZ, JOZEF"),
        ("1984-03-09", "1984-09-03"),
        ("1984-03-09", "1984-03"),
        ("1984-03-09", "1984"),
    ],
)
def test_a_correction_is_followed(
    held: str, value: str, people: list[Individual], analyst: User, at: datetime
) -> None:
    before = index()
    correct(people[0], held, value, actor=analyst, at=at)
    after = index()
    assert after[0] != before[0]
    # A word that nobody has any longer stays until the index is made anew.
    assert set(after[1]) >= set(before[1])
    assert after[0] == from_scratch()[0]


def test_every_name_carries_all_dates_of_birth(people: list[Individual]) -> None:
    person = people[0]
    person.birth_dates.create(year=1985)
    index_people([person.pk])
    rows = SearchName.objects.filter(individual=person).values_list("born", flat=True)
    assert list(rows.order_by("pk")) == [[19840309, 19850000]] * 3


def test_the_command_completes_it_and_says_how(people: list[Individual]) -> None:
    kept = index()
    SearchName.objects.filter(individual=people[0]).delete()
    said = StringIO()
    call_command("index_individuals", "--if-needed", stdout=said)
    call_command("index_individuals", "--if-needed", stdout=said)
    assert said.getvalue() == "3 names added to the index of people\n"
    assert index() == kept


def test_what_has_no_letters_is_not_in_it(people: list[Individual]) -> None:
    person = people[1]
    name = IndividualName.objects.create(
        individual=person, kind=NameKind.ALIAS, last="???", normal_last=""
    )
    index_people([person.pk])
    assert not SearchName.objects.filter(pk=name.pk).exists()
    index_everybody()
    assert not SearchName.objects.filter(pk=name.pk).exists()
