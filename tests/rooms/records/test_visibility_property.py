"""Random worlds, and one answer by every way: the predicate against the rules said at length.

A world is people with roles, training and an office, who supervised whom when, and records
with owners, creators and limits. It is drawn as plain values, so that the oracle below reads
what was drawn and nothing of the database or of the portal's own rules.
"""

import csv
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from io import StringIO
from typing import Any, TypeVar

import pytest
from django.contrib.auth.models import Permission
from django.db import connection, transaction
from hypothesis import given, seed, settings
from hypothesis import strategies as st

from accounts.actions import assign_supervisor
from accounts.choices import EXPORTERS, Role
from accounts.guards import may_open
from accounts.models import (
    Course,
    Office,
    RoleGrant,
    StruckTraining,
    SupervisionLink,
    TrainingRecord,
    User,
)
from acrime.common.eastern import portal_day
from acrime.common.errors import ActionRefused
from acrime.iaq.worklist.tabs import tab_rows
from acrime.iar.models import StatusResponse
from acrime.individuals.finding.actions import index_people
from acrime.individuals.finding.querysets import find
from acrime.individuals.finding.wanted import Wanted
from acrime.records.audience import audience_of, explanation_for
from acrime.records.choices import RecordKind
from acrime.records.models import Record, RecordAllowedOffice, RecordAllowedUser
from routine_uses.models import NoticeVersion
from tests import factories
from tests.conftest import Browser
from tests.rooms.records.test_visibility import KINDS, PAST_LIMITS
from tests.rooms.records.world import make_record

WORLDS = 2000
# In so many parts, which run side by side.
PARTS = 4
# Of each world three people ask for a list; one of them also counts, looks records up and has
# a record explained, or searches and goes through the rows of lists and exports, by turns.
ASKING = 3
# Pages and the API are a hundred times dearer, so every so many worlds are asked by them too.
THROUGH_PAGES = 60
# The closure is written down as the oracle says it; in every so many worlds the moves are
# really made, one by one, which must come to the same.
REALLY_MOVED = 20

PEOPLE = 5
OFFICES = 2
KINDS_MADE = (
    RecordKind.QUERY,
    RecordKind.RESPONSE,
    RecordKind.INDIVIDUAL,
    RecordKind.INDIVIDUAL,
)
LAST, FIRST = "QUILLABEE", "ZEPHYRINE"

T = TypeVar("T")


# --- Worlds as drawn --------------------------------------------------------------------------


@dataclass(frozen=True)
class Grant:
    """A role; ``state`` is IN_FORCE, EXPIRED or ENDED."""

    role: Role
    state: str


@dataclass(frozen=True)
class Person:
    """``training`` is CURRENT, LAST_DAY, LAPSED, STRUCK or NEVER; ``office`` a place or None."""

    active: bool
    grants: tuple[Grant, ...]
    training: str
    office: int | None


@dataclass(frozen=True)
class Drawn:
    """A record: its people and offices are places in the lists of them."""

    kind: RecordKind
    owner: int
    creator: int
    limited: bool
    people: frozenset[int]
    offices: frozenset[int]


@dataclass(frozen=True)
class World:
    people: tuple[Person, ...]
    moves: tuple[tuple[int, int | None], ...]
    records: tuple[Drawn, ...]

    def supervisors(self) -> dict[int, int]:
        """Who supervises whom after the moves; one that closes a circle is not made."""
        above: dict[int, int] = {}
        for person, supervisor in self.moves:
            if supervisor is None:
                above.pop(person, None)
            elif person not in _chain(above, supervisor, itself=True):
                above[person] = supervisor
        return above


def _chain(above: dict[int, int], person: int, *, itself: bool = False) -> list[int]:
    chain = [person] if itself else []
    while person in above:
        person = above[person]
        chain.append(person)
    return chain


class Dice:
    """Choices made from drawn bytes: one draw a world, which keeps the drawing cheap."""

    def __init__(self, thrown: bytes) -> None:
        self._thrown = iter(thrown)

    def pick(self, among: Sequence[T]) -> T:
        return among[next(self._thrown) % len(among)]

    def some(self, among: Sequence[T], *, most: int) -> tuple[T, ...]:
        return tuple(self.pick(among) for _ in range(next(self._thrown) % (most + 1)))


# Roles that read are drawn more often: a world in which nobody sees anything proves little.
ROLES = [*Role, *[Role.ANALYST, Role.SUPERVISOR, Role.FIELD_OFFICER, Role.NCIC_SPECIALIST] * 2]
IN_FORCE = ["IN_FORCE"] * 6 + ["EXPIRED", "ENDED"]
TRAINING = ["CURRENT"] * 6 + ["LAST_DAY", "LAPSED", "STRUCK", "NEVER"]
PLACES = range(PEOPLE)
LENGTH = 128


def world_of(thrown: bytes) -> World:
    """The world that the bytes mean."""
    dice = Dice(thrown)
    people = tuple(
        Person(
            active=dice.pick([True, True, True, True, True, False]),
            grants=tuple(
                {
                    role: Grant(role, dice.pick(IN_FORCE)) for role in dice.some(ROLES, most=2)
                }.values()
            ),
            training=dice.pick(TRAINING),
            office=dice.pick([None, 0, 1]),
        )
        for _ in PLACES
    )
    moves = tuple((dice.pick(PLACES), dice.pick([None, *PLACES])) for _ in range(7))
    records = tuple(
        Drawn(
            kind=kind,
            owner=dice.pick(PLACES),
            creator=dice.pick(PLACES),
            limited=dice.pick([True, True, False]),
            people=frozenset(dice.some(PLACES, most=2)),
            offices=frozenset(dice.some(range(OFFICES), most=1)),
        )
        for kind in KINDS_MADE
    )
    return World(people, moves, records)


# --- The oracle -------------------------------------------------------------------------------


def may_enter(person: Person) -> bool:
    held = {grant.role for grant in person.grants if grant.state == "IN_FORCE"}
    if not person.active or not held:
        return False
    return held == {Role.INTERFACE} or person.training in ("CURRENT", "LAST_DAY")


def why(world: World, viewer: int, record: Drawn) -> str:
    """Why somebody sees a record, or an empty text."""
    person = world.people[viewer]
    if not may_enter(person):
        return ""
    held = {grant.role.value for grant in person.grants if grant.state == "IN_FORCE"}
    kinds = {kind for role in held for kind in KINDS[role]}
    if not kinds:
        return ""
    if held & PAST_LIMITS:
        return "oversight"
    beyond = "" if record.kind in kinds else ", beyond the kinds of the roles"
    if viewer == record.owner:
        return f"owner{beyond}"
    if viewer == record.creator:
        return f"creator{beyond}"
    above = world.supervisors()
    if viewer in _chain(above, record.owner):
        return f"above the owner{beyond}"
    if viewer in _chain(above, record.creator):
        return f"above the creator{beyond}"
    if record.kind not in kinds:
        return ""
    if not record.limited:
        return "not limited"
    if viewer in record.people:
        return "named"
    return "office named" if person.office in record.offices else ""


REASONS = {
    *("oversight", "not limited", "named", "office named"),
    *(
        f"{part}{beyond}"
        for part in ("owner", "creator", "above the owner", "above the creator")
        for beyond in ("", ", beyond the kinds of the roles")
    ),
}


# --- Worlds in the database -------------------------------------------------------------------


@dataclass(frozen=True)
class Scene:
    """What every world is played on: people and records that each world dresses anew."""

    users: tuple[User, ...]
    offices: tuple[Office, ...]
    records: tuple[Record, ...]
    course: Course
    permission: Permission
    at: datetime


@pytest.fixture
def scene(notice: NoticeVersion, at: datetime) -> Scene:
    users = tuple(
        User.objects.create(username=f"person-{place}", full_name=f"Somebody {place}", is_demo=True)
        for place in PLACES
    )
    # A response comes with a query of its own; that one is the world's query.
    response = make_record(RecordKind.RESPONSE, owner=users[0], notice=notice, at=at)
    asked = Record.objects.get(query__responses=response.pk)
    people = [
        make_record(RecordKind.INDIVIDUAL, owner=users[0], notice=notice, at=at) for _ in range(2)
    ]
    for record in people:
        record.individual.names.update(first=FIRST, normal_first=FIRST)
    index_people([record.pk for record in people])
    return Scene(
        users=users,
        offices=tuple(factories.make_office(f"W{place}", at=at) for place in range(OFFICES)),
        records=(asked, response, *people),
        course=Course.objects.get(code=Course.SYSTEM),
        permission=Permission.objects.get(codename="see_limited_record"),
        at=at,
    )


@contextmanager
def played(world: World, scene: Scene, *, moving: bool) -> Iterator[None]:
    """The world in the database, taken back afterwards.

    The savepoint is kept by hand: inside ``atomic`` no event could be written for good.
    """
    before = transaction.savepoint()
    try:
        _dress_people(world, scene)
        if moving:
            for person, supervisor in world.moves:
                with suppress(ActionRefused):
                    assign_supervisor(
                        user=scene.users[person],
                        supervisor=None if supervisor is None else scene.users[supervisor],
                        actor=None,
                        at=scene.at,
                    )
        else:
            _write_closure(world, scene)
        _dress_records(world, scene)
        yield
    finally:
        transaction.savepoint_rollback(before)


def _dress_people(world: World, scene: Scene) -> None:
    at, today = scene.at, portal_day(scene.at)
    day = timedelta(days=1)
    with connection.cursor() as cursor:
        cursor.executemany(
            "UPDATE accounts_user SET is_active = %s, office_id = %s WHERE id = %s",
            [
                (person.active, _office(person, scene), user.pk)
                for user, person in zip(scene.users, world.people, strict=True)
            ],
        )
    RoleGrant.objects.bulk_create(
        RoleGrant(
            user=user,
            role=grant.role,
            granted_at=at - 9 * day,
            expires_at={"EXPIRED": at}.get(grant.state, at + day),
            ended_at=at - day if grant.state == "ENDED" else None,
            end_reason="Moved" if grant.state == "ENDED" else "",
        )
        for user, person in zip(scene.users, world.people, strict=True)
        for grant in person.grants
    )
    ends = {"LAST_DAY": today, "LAPSED": today - day}
    trained = TrainingRecord.objects.bulk_create(
        TrainingRecord(
            user=user,
            course=scene.course,
            passed_on=today - 400 * day,
            valid_until=ends.get(person.training, today + 90 * day),
            evidence=person.training,
            recorded_at=at,
        )
        for user, person in zip(scene.users, world.people, strict=True)
        if person.training != "NEVER"
    )
    StruckTraining.objects.bulk_create(
        StruckTraining(record=record, reason="Another person's", struck_at=at)
        for record in trained
        if record.evidence == "STRUCK"
    )


def _office(person: Person, scene: Scene) -> int | None:
    return None if person.office is None else scene.offices[person.office].pk


def _write_closure(world: World, scene: Scene) -> None:
    above = world.supervisors()
    SupervisionLink.objects.bulk_create(
        SupervisionLink(
            supervisor=scene.users[supervisor], subordinate=scene.users[place], depth=depth
        )
        for place in PLACES
        for depth, supervisor in enumerate(_chain(above, place), start=1)
    )


def _dress_records(world: World, scene: Scene) -> None:
    together = list(zip(scene.records, world.records, strict=True))
    with connection.cursor() as cursor:
        cursor.executemany(
            "UPDATE record SET owner_id = %s, creator_id = %s, limited = %s WHERE id = %s",
            [
                (
                    scene.users[drawn.owner].pk,
                    scene.users[drawn.creator].pk,
                    drawn.limited,
                    record.pk,
                )
                for record, drawn in together
            ],
        )
    RecordAllowedUser.objects.bulk_create(
        RecordAllowedUser(
            user=scene.users[place], permission=scene.permission, content_object=record
        )
        for record, drawn in together
        for place in drawn.people
    )
    RecordAllowedOffice.objects.bulk_create(
        RecordAllowedOffice(
            group_id=scene.offices[place].group_id,
            permission=scene.permission,
            content_object=record,
        )
        for record, drawn in together
        for place in drawn.offices
    )


# --- The property -----------------------------------------------------------------------------


@pytest.mark.parametrize("part", range(PARTS))
def test_every_way_to_a_record_answers_as_the_rules_say(part: int, scene: Scene) -> None:
    worlds: set[World] = set()
    reasons: Counter[str] = Counter()
    enough = WORLDS // PARTS

    @seed(part)
    @given(thrown=st.binary(min_size=LENGTH, max_size=LENGTH))
    @settings(max_examples=enough + enough // 20, deadline=None, database=None)
    def compare(thrown: bytes) -> None:
        world = world_of(thrown)
        worlds.add(world)
        # By what was drawn, so that a world that fails is asked the same again.
        turn = int.from_bytes(thrown[-2:], "big")
        with played(world, scene, moving=turn % REALLY_MOVED == 0):
            asking = [(turn + place) % PEOPLE for place in range(ASKING)]
            people = User.objects.in_bulk([scene.users[place].pk for place in asking])
            for place in asking:
                user = people[scene.users[place].pk]
                seen = {
                    record.pk: found
                    for record, drawn in zip(scene.records, world.records, strict=True)
                    if (found := why(world, place, drawn))
                }
                reasons.update(seen.values())
                visible = Record.objects.visible_to(user)
                assert set(visible.values_list("pk", flat=True)) == seen.keys()
                if place != asking[0]:
                    continue
                ask = _asked_one_by_one if turn % 2 else _asked_by_contents
                ask(user, set(seen), scene, turn // 2)
                if turn % THROUGH_PAGES == 0:
                    _asked_through_pages(user, set(seen), scene)

    compare()
    assert len(worlds) >= enough
    # Each rule decided often enough that a mistake in it would have shown.
    assert reasons.keys() == REASONS
    assert min(reasons.values()) >= 5


def _asked_one_by_one(user: User, expected: set[int], scene: Scene, turn: int) -> None:
    """The count, one record by its number, and why it is seen or not."""
    visible = Record.objects.visible_to(user)
    assert visible.count() == len(expected)
    record = scene.records[turn % len(scene.records)]
    assert visible.filter(number=record.number).exists() == (record.pk in expected)
    record.refresh_from_db()
    explained = explanation_for(user, record)
    assert explained.sees == (record.pk in expected)
    assert explained.rules


def _asked_by_contents(user: User, expected: set[int], scene: Scene, _: int) -> None:
    """The rows of lists, which are those of the exports, and a search for somebody."""
    query, response, *people = (each.pk for each in scene.records)
    listed = [row.pk for row in tab_rows("open", user).only("pk").select_related(None)]
    assert listed == [query] * (query in expected)
    answers = StatusResponse.objects.visible_to(user).values_list("pk", flat=True)
    assert list(answers) == [response] * (response in expected)
    found = find(Wanted(last=LAST, first=FIRST), user=user)
    assert {hit.person.pk for hit in found.shown} == expected & set(people)
    # What is told to owners is what matched, whoever may see it.
    assert set(found.matched_ids) == set(people)


def _asked_through_pages(user: User, expected: set[int], scene: Scene) -> None:
    browser = Browser()
    factories.sign_in(browser, user, at=scene.at)
    for kind, name, address in (
        (RecordKind.QUERY, "iaq", "/queries/"),
        (RecordKind.RESPONSE, "iar", "/responses/"),
        (RecordKind.INDIVIDUAL, "individuals", "/individuals/"),
    ):
        of_kind = [record for record in scene.records if record.kind == kind]
        page = browser.get(f"{address}?show=all")
        assert (page.status_code == 200) == may_open(user, f"{name}:list")
        for record in of_kind:
            seen = record.pk in expected
            shown = record.number in page.content.decode()
            assert shown == (seen and may_open(user, f"{name}:list"))
            detail = browser.get(f"{address}{record.number}/").status_code
            if may_open(user, f"{name}:detail"):
                assert detail == (200 if seen else 404)
            else:
                assert detail != 200
    _asked_by_search(browser, user, expected, scene)
    _asked_by_export(browser, user, expected, scene)
    _asked_through_api(browser, user, expected, scene)


def _asked_by_search(browser: Browser, user: User, expected: set[int], scene: Scene) -> None:
    answer = browser.post("/individuals/search/", {"q": f"{LAST}, {FIRST}"})
    text = answer.content.decode()
    people = [record for record in scene.records if record.kind == RecordKind.INDIVIDUAL]
    for record in people:
        shown = record.pk in expected and may_open(user, "individuals:search", "POST")
        assert (record.number in text) == shown


def _asked_by_export(browser: Browser, user: User, expected: set[int], scene: Scene) -> None:
    form = {"purpose": "A yearly review of the lists", "format": "csv"}
    answer = browser.post("/individuals/export/?show=all", form)
    if not user.has_role(*EXPORTERS):
        assert answer.status_code != 200
        return
    file = StringIO(answer.content.decode("utf-8-sig"))
    taken = {cell for row in csv.reader(file) for cell in row}
    for record in scene.records:
        if record.kind == RecordKind.INDIVIDUAL:
            assert (record.number in taken) == (record.pk in expected)


def _asked_through_api(browser: Browser, user: User, expected: set[int], scene: Scene) -> None:
    listed: Any = browser.get("/api/v1/records/")
    numbers = {record.number for record in scene.records if record.pk in expected}
    if not may_open(user, "api:records"):
        assert listed.status_code in (401, 403)
        return
    assert {each["number"] for each in listed.json()["results"]} == numbers
    for record in scene.records:
        seen = record.pk in expected
        answer = browser.get(f"/api/v1/records/{record.number}/")
        assert answer.status_code == (200 if seen else 404)
        access: Any = browser.get(f"/api/v1/records/{record.number}/access/")
        assert access.status_code == (200 if seen else 404)
        if seen:
            assert access.json()["mine"]["sees"]
            fresh = Record.objects.get(pk=record.pk)
            assert audience_of(fresh, at=scene.at).limited == access.json()["limited"]
