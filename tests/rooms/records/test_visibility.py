"""What somebody may see: one predicate, compared with the rules said the long way."""

import csv
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.contrib.auth.models import AnonymousUser
from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from accounts.actions import assign_supervisor
from accounts.choices import Role
from accounts.models import Course, RoleGrant, TrainingRecord, User
from acrime.audit.choices import Channel
from acrime.common.errors import ActionRefused, NotThere
from acrime.iaq.models import StatusQuery
from acrime.iar.models import StatusResponse
from acrime.individuals.models import Individual
from acrime.records.access import access_record
from acrime.records.choices import RecordKind
from acrime.records.models import Record
from acrime.records.policy import KINDS_READ, SEES_LIMITED
from routine_uses.models import NoticeVersion
from tests.conftest import BrowserFactory, UserFactory
from tests.rooms.records.world import make_record

TABLE = Path(__file__).parents[2] / "tables" / "roles_by_kind.csv"
ROWS = list(csv.DictReader(TABLE.read_text("utf-8").splitlines()))
KINDS = {row["role"]: {kind for kind in RecordKind.values if row[kind] == "yes"} for row in ROWS}
PAST_LIMITS = {row["role"] for row in ROWS if row["past_limits"] == "yes"}

CONTENTS = {
    RecordKind.QUERY: StatusQuery,
    RecordKind.RESPONSE: StatusResponse,
    RecordKind.INDIVIDUAL: Individual,
}


def test_the_reviewed_table_is_what_the_portal_does() -> None:
    assert {role: set(kinds) for role, kinds in KINDS_READ.items()} == KINDS
    assert set(SEES_LIMITED) == PAST_LIMITS
    assert set(KINDS) == set(Role.values)
    assert all(row["why"] for row in ROWS)


# --- The property -----------------------------------------------------------------------------

PEOPLE = 5
person = st.integers(0, PEOPLE - 1)


@dataclass(frozen=True)
class Drawn:
    """A record as drawn: its people are places in the list of users."""

    kind: RecordKind
    owner: int
    creator: int
    limited: bool
    allowed: frozenset[int]


@dataclass(frozen=True)
class World:
    roles: list[frozenset[Role]]
    active: list[bool]
    moves: list[tuple[int, int | None]]
    records: list[Drawn]


# Roles that read are drawn more often: a world in which nobody sees anything proves little.
roles = st.frozensets(
    st.sampled_from([*Role, Role.ANALYST, Role.SUPERVISOR, Role.FIELD_OFFICER]), max_size=2
)
worlds = st.builds(
    World,
    roles=st.lists(roles, min_size=PEOPLE, max_size=PEOPLE),
    active=st.lists(st.sampled_from([True, True, True, False]), min_size=PEOPLE, max_size=PEOPLE),
    moves=st.lists(st.tuples(person, st.none() | person), max_size=8),
    records=st.lists(
        st.builds(
            Drawn,
            kind=st.sampled_from(RecordKind),
            owner=person,
            creator=person,
            limited=st.sampled_from([True, True, False]),
            allowed=st.frozensets(person, max_size=2),
        ),
        min_size=1,
        max_size=4,
    ),
)


@given(world=worlds)
@settings(
    max_examples=40,
    deadline=None,
    derandomize=True,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
def test_every_way_to_a_record_answers_as_the_rules_say(
    world: World, notice: NoticeVersion, at: datetime
) -> None:
    with transaction.atomic():
        people = _people(world, at=at)
        for drawn in world.records:
            make_record(
                drawn.kind,
                owner=people[drawn.owner],
                creator=people[drawn.creator],
                limited=drawn.limited,
                allowed=[people[place] for place in sorted(drawn.allowed)],
                notice=notice,
                at=at,
            )
        for user in User.objects.filter(pk__in=[each.pk for each in people]):
            _compare(user)
        transaction.set_rollback(True)


def _people(world: World, *, at: datetime) -> list[User]:
    people = [
        User.objects.create(username=f"person-{place}", full_name="Somebody", is_active=active)
        for place, active in enumerate(world.active)
    ]
    RoleGrant.objects.bulk_create(
        RoleGrant(user=user, role=role, granted_at=at)
        for user, held in zip(people, world.roles, strict=True)
        for role in held
    )
    course = Course.objects.get(code=Course.SYSTEM)
    TrainingRecord.objects.bulk_create(
        TrainingRecord(
            user=user,
            course=course,
            passed_on=at.date(),
            valid_until=at.date() + timedelta(days=course.valid_days),
            evidence="Synthetic certificate",
            recorded_at=at,
        )
        for user in people
    )
    for below, above in world.moves:
        # A move that would close a circle is refused, and the chain stays as it was.
        with suppress(ActionRefused):
            assign_supervisor(
                user=people[below],
                supervisor=None if above is None else people[above],
                actor=None,
                at=at,
            )
    return people


def _compare(user: User) -> None:
    everything = list(Record.objects.select_related("owner", "creator"))
    expected = {record.pk for record in everything if _sees(user, record)}

    visible = Record.objects.visible_to(user)
    assert set(visible.values_list("pk", flat=True)) == expected
    assert visible.count() == len(expected)
    for record in everything:
        looked_up = visible.filter(number=record.number).exists()
        assert looked_up == (record.pk in expected)
    for kind, model in CONTENTS.items():
        of_kind = {record.pk for record in everything if record.kind == kind}
        rows = model.objects.visible_to(user)  # type: ignore[attr-defined]
        assert set(rows.values_list("pk", flat=True)) == expected & of_kind
        assert rows.count() == len(expected & of_kind)


def _sees(user: User, record: Record) -> bool:
    """The rules, said for one person and one record."""
    held = set(RoleGrant.objects.filter(user=user).values_list("role", flat=True))
    if not user.is_active or not held:
        return False
    if not any(record.kind in KINDS[role] for role in held):
        return False
    if held & PAST_LIMITS or not record.limited:
        return True
    if any(user in {each, *_above(each)} for each in (record.owner, record.creator)):
        return True
    return record.recordalloweduser_set.filter(user=user).exists()


def _above(user: User) -> list[User]:
    """The chain above *user*, read from who supervises whom and not from the closure."""
    chain: list[User] = []
    current = User.objects.get(pk=user.pk).supervisor
    while current is not None:
        chain.append(current)
        current = User.objects.get(pk=current.pk).supervisor
    return chain


# --- Limits, one by one -----------------------------------------------------------------------


@pytest.fixture
def cast(notice: NoticeVersion, make_user: UserFactory, at: datetime) -> dict[str, User]:
    """Owner and creator with a chief each above their supervisors, and bystanders."""
    people = {
        name: make_user(Role.SUPERVISOR, username=name)
        for name in ("owner-chief", "creator-chief", "other-supervisor")
    }
    for name in ("owner", "creator"):
        people[f"{name}-supervisor"] = make_user(
            Role.SUPERVISOR, username=f"{name}-supervisor", supervisor=people[f"{name}-chief"]
        )
        people[name] = make_user(
            Role.ANALYST, username=name, supervisor=people[f"{name}-supervisor"]
        )
    for name, role in (
        ("allowed", Role.ANALYST),
        ("opr", Role.OPR),
        ("colleague", Role.ANALYST),
        ("privacy", Role.PRIVACY_OFFICER),
        ("attorney", Role.ATTORNEY),
        ("admin", Role.ADMINISTRATOR),
        ("machine", Role.INTERFACE),
    ):
        people[name] = make_user(role, username=name)
    return people


@pytest.fixture
def limited(cast: dict[str, User], notice: NoticeVersion, at: datetime) -> Record:
    return make_record(
        RecordKind.INDIVIDUAL,
        owner=cast["owner"],
        creator=cast["creator"],
        limited=True,
        allowed=[cast["allowed"]],
        notice=notice,
        at=at,
    )


SEE_IT = {
    "owner",
    "owner-supervisor",
    "owner-chief",
    "creator",
    "creator-supervisor",
    "creator-chief",
    "allowed",
    "opr",
}


def test_a_limited_record_is_seen_by_its_own_and_by_nobody_else(
    cast: dict[str, User], limited: Record
) -> None:
    seeing = {name for name, user in cast.items() if Record.objects.visible_to(user).exists()}

    assert seeing == SEE_IT


def test_to_everybody_else_it_answers_like_a_number_that_does_not_exist(
    cast: dict[str, User], limited: Record, browser_of: BrowserFactory, at: datetime
) -> None:
    absent = "IND-2026-0000-0000"
    for name in ("colleague", "other-supervisor", "privacy", "attorney"):
        browser = browser_of(cast[name])
        hidden = browser.get(f"/individuals/{limited.number}/")
        nothing = browser.get(f"/individuals/{absent}/")
        assert hidden.status_code == nothing.status_code == 404
        assert hidden.content.replace(limited.number.encode(), b"") == nothing.content.replace(
            absent.encode(), b""
        )
        assert hidden.headers.items() == nothing.headers.items()
        with pytest.raises(NotThere) as refusal:
            access_record(number=limited.number, user=cast[name], at=at, channel=Channel.PAGE)
        assert limited.number not in str(refusal.value)


def test_who_moves_is_seen_by_the_new_chain_at_once_and_no_longer_by_the_old(
    cast: dict[str, User], limited: Record, at: datetime
) -> None:
    def sees(name: str) -> bool:
        return Record.objects.visible_to(cast[name]).exists()

    assign_supervisor(user=cast["owner"], supervisor=cast["other-supervisor"], actor=None, at=at)
    assert sees("other-supervisor")
    assert not sees("owner-supervisor")
    assert not sees("owner-chief")

    # A supervisor who moves takes everybody below along.
    assign_supervisor(
        user=cast["creator-supervisor"], supervisor=cast["owner-chief"], actor=None, at=at
    )
    assert sees("owner-chief")
    assert sees("creator-supervisor")
    assert not sees("creator-chief")


def test_nobody_without_an_account_sees_anything(limited: Record) -> None:
    for model in (Record, *CONTENTS.values()):
        assert not model.objects.visible_to(AnonymousUser()).exists()  # type: ignore[attr-defined]


def test_a_limited_record_is_missing_from_lists_and_counts(
    cast: dict[str, User],
    limited: Record,
    notice: NoticeVersion,
    browser_of: BrowserFactory,
    at: datetime,
) -> None:
    open_one = make_record(RecordKind.INDIVIDUAL, owner=cast["owner"], notice=notice, at=at)

    page = browser_of(cast["colleague"]).get("/individuals/").content.decode()
    assert open_one.number in page
    assert limited.number not in page
    assert limited.number in browser_of(cast["allowed"]).get("/individuals/").content.decode()


def test_the_predicate_costs_the_same_however_many_records_there_are(
    cast: dict[str, User],
    notice: NoticeVersion,
    at: datetime,
    browser_of: BrowserFactory,
    django_assert_max_num_queries: Any,
) -> None:
    browser = browser_of(cast["owner"])
    for _ in range(12):
        make_record(RecordKind.INDIVIDUAL, owner=cast["owner"], notice=notice, at=at)
    with django_assert_max_num_queries(20):
        assert browser.get("/individuals/").status_code == 200
