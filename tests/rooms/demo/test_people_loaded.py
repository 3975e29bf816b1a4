"""Loading synthetic people: whole ones, findable, beside what is there, as often as wanted."""

from collections.abc import Callable
from datetime import datetime
from io import StringIO
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.db import connection, models
from pytest_django import Settings

from accounts.models import User
from acrime.audit.choices import Channel
from acrime.audit.models import AuditEvent
from acrime.common.errors import ActionRefused
from acrime.common.numbers import is_number
from acrime.demo.events import PEOPLE_ADDED
from acrime.demo.people import loading
from acrime.demo.people.loading import SCHEDULE_ITEM, SEED, TABLES, add_people, next_place
from acrime.demo.people.making import people
from acrime.individuals.actions import PersonFacts, create_individual, identifier_digest
from acrime.individuals.choices import NameKind
from acrime.individuals.finding.actions import index_people
from acrime.individuals.finding.models import SearchName
from acrime.individuals.models import Address, Identifier, Individual, IndividualName
from acrime.records.models import Record, RecordAllowedUser

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("everybody")]

COUNT = 400
BATCH = 150


@pytest.fixture
def loaded(everybody: object, at: datetime) -> int:
    add_people(count=COUNT, at=at, batch=BATCH)
    return COUNT


def rows_of(model: type[models.Model]) -> list[dict[str, Any]]:
    return list(model._default_manager.order_by("pk").values())


def entered(actor: User, *, at: datetime) -> Individual:
    """Somebody who was entered by hand."""
    person = PersonFacts("SAMPLE", "PERSON", identifiers=(("A_NUMBER", "A099000123"),))
    return create_individual(
        person=person,
        schedule_code=SCHEDULE_ITEM,
        actor=actor,
        at=at,
        channel=Channel.PAGE,
    )


def test_people_are_written_as_they_were_made(loaded: int) -> None:
    held = Individual.objects.with_details().order_by("pk")

    assert held.count() == loaded
    for person, made in zip(held, people(seed=SEED, first=0, count=COUNT), strict=True):
        assert person.sex == made.sex
        names = [(name.last, name.first, name.middle, name.suffix) for name in person.names.all()]
        assert names == [(n.last, n.first, n.middle, n.suffix) for n in made.names]
        assert [name.kind for name in person.names.all()] == [
            NameKind.PRIMARY,
            *[NameKind.ALIAS] * (len(names) - 1),
        ]
        born = [(each.year, each.month, each.day) for each in person.birth_dates.all()]
        assert born == made.born
        assert [(place.system, place.value) for place in person.birth_places.all()] == (
            made.birth_places
        )
        assert [each.street for each in person.addresses.all()] == [
            each.street for each in made.addresses
        ]
        assert is_number(person.record.number)
        assert person.record.limited == (made.limited_to > 0)


def test_numbers_are_sealed_and_found_by_the_portals_own_digest(loaded: int) -> None:
    numbers = Identifier.objects.order_by("pk")
    made = [each for p in people(seed=SEED, first=0, count=COUNT) for each in p.numbers]

    assert [(each.kind, each.value, each.issuer) for each in numbers] == made
    for each in numbers:
        assert bytes(each.digest) == identifier_digest(each.kind, each.value)
    with connection.cursor() as cursor:
        cursor.execute("SELECT value FROM individual_identifier")
        stored = [bytes(value) for (value,) in cursor.fetchall()]
    plain = [value.encode() for _, value, _ in made]
    assert not any(value in sealed for value, sealed in zip(plain, stored, strict=True))


def test_the_index_is_that_of_the_portals_own_action(loaded: int) -> None:
    sample = list(Individual.objects.order_by("pk").values_list("pk", flat=True)[::3])
    of_sample = SearchName.objects.filter(individual__in=sample).order_by("pk")

    def whole() -> list[tuple[Any, ...]]:
        columns = ("pk", "individual_id", "full_norm", "tokens", "born")
        keys = of_sample.values_list("keys", flat=True)
        return [
            (*row, sorted(each))
            for row, each in zip(of_sample.values_list(*columns), keys, strict=True)
        ]

    before = whole()
    of_sample.delete()
    index_people(sample)

    assert whole() == before
    assert len(before) > len(sample)


def test_words_of_names_are_in_the_index(loaded: int) -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(*) FROM individual_search, unnest(tokens) AS token "
            "WHERE token NOT IN (SELECT word FROM individual_word)"
        )
        [missing] = cursor.fetchone()
    assert missing == 0


def test_owners_approvers_and_lists_are_staff(loaded: int) -> None:
    limited = Record.objects.filter(limited=True).order_by("pk")

    assert limited
    assert {row.content_object_id for row in RecordAllowedUser.objects.all()} <= {
        record.pk for record in limited
    }
    for row in RecordAllowedUser.objects.select_related("content_object"):
        assert row.user_id != row.content_object.owner_id
    assert set(Record.objects.values_list("approval", flat=True)) == {"APPROVED", "PENDING"}
    for record in Record.objects.exclude(approved_by=None):
        assert record.approved_at
        assert record.approved_at >= record.created_at


def test_a_second_run_adds_others(loaded: int, at: datetime) -> None:
    first = rows_of(IndividualName)

    assert add_people(count=COUNT, at=at, batch=BATCH) == COUNT

    assert Individual.objects.count() == 2 * COUNT
    assert rows_of(IndividualName)[: len(first)] == first
    numbers = Record.objects.values_list("number", flat=True)
    assert len(set(numbers)) == 2 * COUNT
    streets = Address.objects.order_by("pk").values_list("street", flat=True)
    made = [
        each.street for p in people(seed=SEED, first=0, count=2 * COUNT) for each in p.addresses
    ]
    assert list(streets) == made


def test_another_seed_adds_others_too(loaded: int, at: datetime) -> None:
    add_people(count=BATCH, at=at, seed=SEED + 1)

    assert Individual.objects.count() == COUNT + BATCH
    assert next_place() == COUNT + BATCH


def test_what_is_there_stays_as_it_is(at: datetime, analyst: User) -> None:
    known = entered(analyst, at=at)
    before = {model: rows_of(model) for model in TABLES}

    add_people(count=BATCH, at=at)

    for model, rows in before.items():
        assert rows_of(model)[: len(rows)] == rows
    assert Individual.objects.count() == BATCH + 1
    assert Individual.objects.filter(pk=known.pk).exists()


def test_a_number_in_use_is_replaced(at: datetime, analyst: User) -> None:
    """Numbers of records are drawn by chance, so one may be there already."""
    known = entered(analyst, at=at)
    loader = loading._Loader(at=at)
    [made] = people(seed=SEED, first=0, count=1)
    [(_, wanted)] = loader._numbers([made])
    Record.objects.filter(pk=known.pk).update(number=wanted)

    add_people(count=1, at=at)

    numbers = list(Record.objects.order_by("pk").values_list("number", flat=True))
    assert numbers[0] == wanted
    assert is_number(numbers[1])
    assert len(set(numbers)) == 2


class Stopped(Exception):
    pass


def whole_people() -> int:
    """How many people there are, each of whom is whole."""
    made = {person.serial: person for person in people(seed=SEED, first=0, count=COUNT)}
    held = Individual.objects.with_details().order_by("pk")
    for serial, person in enumerate(held):
        assert len(person.names.all()) == len(made[serial].names)
        assert len(person.identifiers.all()) == len(made[serial].numbers)
        assert len(person.addresses.all()) == len(made[serial].addresses)
        assert all(name.found_by for name in person.names.all())
    assert Record.objects.count() == len(held)
    return len(held)


@pytest.mark.parametrize("stopped_at", list(TABLES), ids=lambda model: model.__name__)
def test_stopped_half_way_it_leaves_whole_people(
    stopped_at: type[models.Model], at: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    copy: Callable[..., None] = loading._copy
    batches = 0

    def stopping(cursor: Any, model: type[models.Model], *rest: Any) -> None:
        nonlocal batches
        batches += model is Record
        copy(cursor, model, *rest)
        if batches == 2 and model is stopped_at:
            raise Stopped

    monkeypatch.setattr(loading, "_copy", stopping)
    with pytest.raises(Stopped):
        add_people(count=COUNT, at=at, batch=BATCH)
    monkeypatch.undo()

    assert whole_people() == BATCH
    # The next run goes on behind the last whole batch.
    assert add_people(count=COUNT - BATCH, at=at, batch=BATCH) == BATCH
    assert whole_people() == COUNT


def test_each_batch_is_in_the_ledger(loaded: int) -> None:
    told = AuditEvent.objects.filter(kind=PEOPLE_ADDED).order_by("pk")

    assert [each.details for each in told] == [
        {"seed": SEED, "first": 0, "people": BATCH},
        {"seed": SEED, "first": BATCH, "people": BATCH},
        {"seed": SEED, "first": 2 * BATCH, "people": COUNT - 2 * BATCH},
    ]
    assert {each.channel for each in told} == {"COMMAND"}


def test_one_load_at_a_time(at: datetime) -> None:
    other = connection.copy()
    try:
        with other.cursor() as cursor:
            cursor.execute(loading._LOCK)
        with pytest.raises(ActionRefused) as refused:
            add_people(count=1, at=at)
        # A server lets go of a closed connection's locks a moment later.
        with other.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_unlock_all()")
    finally:
        other.close()

    assert refused.value.code == "under-way"
    assert not Individual.objects.exists()
    assert add_people(count=1, at=at) == 0


def run(*arguments: str) -> str:
    out = StringIO()
    call_command("seed_demo", *arguments, stdout=out)
    return out.getvalue()


def test_the_command_adds_people_to_a_portal_in_use() -> None:
    accounts = User.objects.count()

    said = run("--individuals", "30").splitlines()

    assert Individual.objects.count() == 30
    assert User.objects.count() == accounts
    assert said[0].startswith("100 %, 30 of 30")
    assert "people/s" in said[-1]


@pytest.mark.parametrize("count", ["0", "-5"])
def test_a_number_below_one_is_refused(count: str) -> None:
    with pytest.raises(CommandError, match="from 1"):
        run("--individuals", count)


def test_more_people_than_there_are_numbers_are_refused() -> None:
    with pytest.raises(CommandError, match="no numbers left"):
        run("--individuals", "50000000")
    assert not Individual.objects.exists()


def test_without_staff_nobody_is_added(settings: Settings) -> None:
    User.objects.filter(role_grants__role="ANALYST").update(is_active=False)

    with pytest.raises(CommandError, match="there are none"):
        run("--individuals", "5")
    assert not Individual.objects.exists()
