"""A hold reaches what its scope says, also what comes later, and nothing else."""

from datetime import datetime, timedelta

import pytest
from django.db import connection

from accounts.models import User
from acrime.audit.choices import Channel
from acrime.individuals.models import Individual
from acrime.records.actions import link_subject
from acrime.records.choices import RecordKind, SubjectRole
from acrime.records.family import family_ids
from acrime.records.models import Record
from acrime.retention.holds.actions import add_to_matter, open_matter, widen_hold
from acrime.retention.holds.choices import Scope
from acrime.retention.holds.models import Hold
from acrime.retention.holds.querysets import free, held, holds_on, reached_by
from acrime.retention.holds.reach import relatives_of
from routine_uses.choices import Program
from tests import factories
from tests.conftest import NOON
from tests.support import holds
from tests.support.holds import World

pytestmark = pytest.mark.django_db


def hold(world: World, **more: object) -> Hold:
    return holds.placed(world.officer, world.counsel, at=NOON, **more)


def held_now() -> set[int]:
    found = set(held(Record.objects.order_by("pk")).values_list("pk", flat=True))
    others = set(free(Record.objects.order_by("pk")).values_list("pk", flat=True))
    everything = set(Record.objects.order_by("pk").values_list("pk", flat=True))
    assert found | others == everything
    assert not found & others
    # The other way of asking says the same.
    asked = holds_on(sorted(everything))
    assert {record for record, standing in asked.items() if standing} == found
    return found


def of_kind(*kinds: str) -> set[int]:
    return set(Record.objects.filter(kind__in=kinds).order_by("pk").values_list("pk", flat=True))


def test_what_repeats_a_record_is_what_is_limited_with_it(world: World) -> None:
    """The statement for holds and the functions for limits know the same."""
    for record in Record.objects.exclude(
        kind__in=[RecordKind.INDIVIDUAL, RecordKind.TIP, RecordKind.TIP_SOURCE]
    ).order_by("pk"):
        with connection.cursor() as cursor:
            statement = (
                "SELECT DISTINCT found.id FROM record, "  # noqa: S608  # of our own
                f"LATERAL ({relatives_of('record')}) found(id) "
                "WHERE record.id = %s AND found.id IS NOT NULL ORDER BY 1"
            )
            cursor.execute(statement, [record.pk])
            assert [row[0] for row in cursor.fetchall()] == family_ids(record), record.number


def test_every_kind_is_in_the_world(world: World) -> None:
    assert {record.kind for record in Record.objects.order_by("pk")} == set(RecordKind.values)


def test_a_named_record_and_what_repeats_it(world: World) -> None:
    query = world.response.query.record
    hold(world, scope=Scope.RECORDS, records=[query])
    assert held_now() == {query.pk, world.response.pk, world.call.pk, world.detainer.pk}


def test_a_tip_and_who_reported_it_are_held_together(world: World) -> None:
    hold(world, scope=Scope.RECORDS, records=[world.tip.record])
    assert held_now() == of_kind(RecordKind.TIP, RecordKind.TIP_SOURCE)


def test_a_kind_with_its_days(world: World, at: datetime) -> None:
    found = of_kind(RecordKind.CALL)
    standing = hold(world, scope=Scope.KINDS, kinds=[RecordKind.CALL])
    assert held_now() == found
    holds.released(standing, at=at)
    assert held_now() == set()
    # Ten in the morning in Washington is the same day there.
    day = holds.day("2026-11-20")
    hold(world, scope=Scope.KINDS, kinds=[RecordKind.CALL], opened_to=day - timedelta(days=1))
    hold(world, scope=Scope.KINDS, kinds=[RecordKind.CALL], opened_from=day + timedelta(days=1))
    assert held_now() == set()
    hold(world, scope=Scope.KINDS, kinds=[RecordKind.CALL], opened_from=day, opened_to=day)
    assert held_now() == found


@pytest.mark.parametrize(
    ("opened_at", "held_on"),
    [("2026-03-01T04:59:00+00:00", "2026-02-28"), ("2026-03-01T05:00:00+00:00", "2026-03-01")],
)
def test_days_are_those_of_washington(world: World, opened_at: str, held_on: str) -> None:
    tip = world.tip.record
    tip.created_at = datetime.fromisoformat(opened_at)
    tip.save(update_fields=["created_at"])
    on = holds.day(held_on)
    hold(world, scope=Scope.DATES, opened_from=on, opened_to=on)
    assert held_now() == {tip.pk}


def test_a_program_with_its_answers_and_calls(world: World) -> None:
    query = world.response.query
    hold(world, scope=Scope.PROGRAM, program=query.program)
    assert held_now() == {query.pk, world.response.pk, world.call.pk}
    hold(world, scope=Scope.PROGRAM, program=Program.OPM)
    assert held_now() == {query.pk, world.response.pk, world.call.pk}


def test_a_person_and_what_is_linked_to_them_later(
    world: World, at: datetime, analyst: User
) -> None:
    person = world.individual
    hold(world, scope=Scope.PERSON, people=[person.record])
    about = set(person.record_links.values_list("record_id", flat=True))
    assert held_now() == {person.pk, *about}
    later = world.tip.record
    assert later.pk not in about
    link_subject(
        record=later,
        individual_id=person.pk,
        role=SubjectRole.SUBJECT,
        reason="Same number",
        actor=analyst,
        at=at,
        channel=Channel.PAGE,
    )
    assert held_now() == {person.pk, later.pk, *about}


def test_whoever_was_merged_is_one_person(world: World) -> None:
    """Held are all records of a person, whichever of them the hold names; undoing undoes it."""
    one, other = Individual.objects.order_by("pk")[:2]
    for named, beside in ((one, other), (other, one)):
        hold(world, scope=Scope.PERSON, people=[named.record])
        assert beside.pk not in held_now()
        other.merged_into = one
        other.save(update_fields=["merged_into"])
        assert {one.pk, other.pk} <= held_now()
        other.merged_into = None
        other.save(update_fields=["merged_into"])
        assert beside.pk not in held_now()
        for standing in Hold.objects.in_force():
            holds.released(standing, at=NOON)


def test_a_matter_grows_and_its_holds_with_it(world: World, at: datetime) -> None:
    matter = open_matter(name="Exemplar", actor=world.counsel, at=at)
    standing = hold(world, scope=Scope.MATTER, matter=matter)
    assert held_now() == set()
    hit = world.hit.record
    add_to_matter(matter=matter, records=[hit], actor=world.counsel, at=at)
    entry = of_kind(RecordKind.NCIC_ENTRY)
    assert held_now() == {hit.pk, *(entry if world.hit.entry_id else ())}
    add_to_matter(matter=matter, people=[world.individual.record], actor=world.officer, at=at)
    assert world.individual.pk in held_now()
    assert hit.pk in held_now()
    assert set(reached_by(standing, Record.objects.order_by("pk"))) == set(
        held(Record.objects.order_by("pk"))
    )


def test_what_comes_in_later_is_held_by_the_same_words(world: World, at: datetime) -> None:
    hold(world, scope=Scope.KINDS, kinds=[RecordKind.QUERY])
    before = held_now()
    later = factories.make_query(factories.message_bytes(serial=7), at=at)
    assert held_now() == before | {later.pk}


def test_two_holds_and_one_released(world: World, at: datetime) -> None:
    tip = world.tip.record
    first = hold(world, scope=Scope.RECORDS, records=[tip])
    second = hold(world, scope=Scope.KINDS, kinds=[RecordKind.TIP])
    assert [each.number for each in holds_on([tip.pk])[tip.pk]] == [first.number, second.number]
    holds.released(first, at=at)
    assert [each.number for each in holds_on([tip.pk])[tip.pk]] == [second.number]
    assert tip.pk in held_now()


def test_a_hold_on_records_is_added_to(world: World, at: datetime) -> None:
    standing = hold(world, scope=Scope.RECORDS, records=[world.tip.record])
    hit = world.hit.record
    assert widen_hold(hold=standing, records=[hit], actor=world.officer, at=at) == 1
    assert widen_hold(hold=standing, records=[hit], actor=world.officer, at=at) == 0
    assert {hit.pk, world.tip.pk} <= held_now()
