"""What the one query reads of somebody is what their rows say, whatever the rows are."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta

import pytest
from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from accounts.choices import Role
from accounts.models import Course, RoleGrant, StruckTraining, TrainingRecord, User
from accounts.standing.querysets import people_by_training
from acrime.common.eastern import portal_day
from acrime.records.models import Record
from tests.conftest import NOON

pytestmark = pytest.mark.django_db

TODAY = portal_day(NOON)


@dataclass(frozen=True)
class Passed:
    """A passing: its course, the days left today, and whether it was struck out."""

    course: str
    left: int
    struck: bool


@dataclass(frozen=True)
class Granted:
    """A grant: its role, when it expires in hours from now, and whether it ended."""

    role: str
    hours: int | None
    ended: bool


PASSED = st.builds(Passed, st.sampled_from(["SYSTEM", "NCIC"]), st.integers(-40, 40), st.booleans())
GRANTED = st.builds(
    Granted,
    st.sampled_from([Role.ANALYST, Role.CALL_TAKER, Role.INTERFACE, Role.ADMINISTRATOR]).map(str),
    st.one_of(st.none(), st.integers(-2, 2)),
    st.booleans(),
)


@pytest.fixture
def courses(db: None) -> dict[str, Course]:
    return {course.code: course for course in Course.objects.all()}


@given(
    active=st.booleans(),
    passed=st.lists(PASSED, max_size=4),
    granted=st.lists(GRANTED, max_size=3, unique_by=lambda each: each.role),
)
@settings(
    max_examples=120,
    deadline=None,
    derandomize=True,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
def test_standing_is_read_as_the_rows_say(
    active: bool,
    passed: list[Passed],
    granted: list[Granted],
    courses: dict[str, Course],
    at: datetime,
) -> None:
    with transaction.atomic():
        person = User(username="drawn", full_name="Drawn", is_active=active)
        User.objects.bulk_create([person])
        _write(person, passed, granted, courses)
        found = User.objects.get(pk=person.pk)

        roles = {g.role for g in granted if not g.ended and (g.hours is None or g.hours > 0)}
        ends = {
            code: max((_day(p) for p in passed if p.course == code and not p.struck), default=None)
            for code in ("SYSTEM", "NCIC")
        }
        system = ends["SYSTEM"]
        trained = system is not None and system >= TODAY
        assert found.roles == roles
        assert found.standing.ncic_ends == ends["NCIC"]
        assert found.standing.enters == (
            active and bool(roles) and (roles == {"INTERFACE"} or trained)
        )
        if roles != {"INTERFACE"}:
            assert found.standing.training_ends == system
        if not found.standing.enters:
            assert not found.has_role(*Role.values)
            assert not Record.objects.visible_to(found).exists()

        states = {
            state
            for state in ("missing", "lapsed", "lapsing")
            if people_by_training(state, at=at).filter(pk=person.pk).exists()
        }
        assert states == _listed_under(system, active=active, machine="INTERFACE" in roles)
        transaction.set_rollback(True)


def _day(passed: Passed) -> date:
    return TODAY + timedelta(days=passed.left)


def _write(
    person: User, passed: list[Passed], granted: list[Granted], courses: dict[str, Course]
) -> None:
    """The rows, without the history that is kept of each: what is read is in them."""
    made = TrainingRecord.objects.bulk_create(
        TrainingRecord(
            user=person,
            course=courses[each.course],
            passed_on=_day(each) - timedelta(days=courses[each.course].valid_days),
            valid_until=_day(each),
            evidence="Drawn",
            recorded_at=NOON,
        )
        for each in passed
    )
    StruckTraining.objects.bulk_create(
        StruckTraining(record=record, reason="Drawn", struck_at=NOON)
        for record, each in zip(made, passed, strict=True)
        if each.struck
    )
    RoleGrant.objects.bulk_create(
        RoleGrant(
            user=person,
            role=grant.role,
            granted_at=NOON - timedelta(days=1),
            expires_at=None if grant.hours is None else NOON + timedelta(hours=grant.hours),
            ended_at=NOON if grant.ended else None,
            end_reason="Drawn" if grant.ended else "",
        )
        for grant in granted
    )


def _listed_under(ends: date | None, *, active: bool, machine: bool) -> set[str]:
    if not active or machine:
        return set()
    if ends is None:
        return {"missing"}
    if ends < TODAY:
        return {"lapsed"}
    return {"lapsing"} if (ends - TODAY).days <= 30 else set()
