"""Limiting a record, changing and lifting its limits: who may, what follows, what is kept."""

from collections.abc import Callable
from datetime import datetime
from typing import Any

import pytest
from django.db import transaction

from accounts.actions import assign_supervisor
from accounts.choices import Role
from accounts.models import Office, User
from acrime.audit.choices import Channel
from acrime.audit.models import AuditEvent
from acrime.common.errors import ActionRefused
from acrime.iaq.models import StatusQuery
from acrime.iar.models import StatusResponse
from acrime.individuals.models import Individual
from acrime.records import events
from acrime.records.actions import (
    LONGEST_REASON,
    extend_limits,
    inherit_limits,
    lift_limits,
    limit_record,
    narrow_limits,
)
from acrime.records.choices import RecordKind
from acrime.records.models import Record
from acrime.records.querysets import RecordQuerySet, limits_of
from routine_uses.models import NoticeVersion
from tests import factories
from tests.conftest import UserFactory
from tests.rooms.records.world import make_record

REASON = "Concerns a colleague"
NOBODY: dict[str, Any] = {"limited": True, "people": [], "offices": []}
OPEN: dict[str, Any] = {"limited": False, "people": [], "offices": []}


@pytest.fixture
def record(notice: NoticeVersion, analyst: User, make_user: UserFactory, at: datetime) -> Record:
    """Owned by ``analyst``, created by somebody of another chain."""
    creator = make_user(
        Role.ANALYST, username="creator", supervisor=make_user(Role.SUPERVISOR, username="c-boss")
    )
    return make_record(RecordKind.QUERY, owner=analyst, creator=creator, notice=notice, at=at)


def act(
    verb: Callable[..., None], record: Record, actor: User, *, at: datetime, **given: Any
) -> None:
    options = {"reason": REASON} | given
    verb(
        record=Record.objects.get(pk=record.pk),
        actor=actor,
        at=at,
        channel=Channel.PAGE,
        **options,
    )


def refused(
    verb: Callable[..., None], record: Record, actor: User, *, at: datetime, **given: Any
) -> str:
    """The code with which the act is refused; nothing of it stays."""
    with pytest.raises(ActionRefused) as refusal, transaction.atomic():
        act(verb, record, actor, at=at, **given)
    return refusal.value.code


def sees(user: User, record: Record) -> bool:
    return Record.objects.visible_to(User.objects.get(pk=user.pk)).filter(pk=record.pk).exists()


def limits(record: Record) -> dict[str, object]:
    return limits_of(Record.objects.get(pk=record.pk))


def told(record: Record, kind: str) -> AuditEvent:
    return AuditEvent.objects.get(kind=kind, record_id=record.pk)


def user_named(username: str) -> User:
    return User.objects.get(username=username)


# --- Who may ----------------------------------------------------------------------------------


def test_the_owner_and_whoever_stands_above_owner_or_creator_may(
    record: Record, analyst: User, supervisor: User, other_analyst: User, at: datetime
) -> None:
    for actor in (analyst, supervisor, user_named("c-boss")):
        act(limit_record, record, actor, at=at, allowed=[other_analyst])
        assert limits(record) == NOBODY | {"people": [other_analyst.username]}
        act(lift_limits, record, actor, at=at)
        assert limits(record) == OPEN


def test_nobody_else_may(
    record: Record, other_analyst: User, make_user: UserFactory, at: datetime
) -> None:
    others = [
        user_named("creator"),
        other_analyst,
        *(make_user(role) for role in (Role.SUPERVISOR, Role.PRIVACY_OFFICER, Role.ADMINISTRATOR)),
    ]
    for actor in others:
        assert refused(limit_record, record, actor, at=at, allowed=[]) == "not-the-owner"
    assert limits(record) == OPEN


@pytest.mark.parametrize("role", [Role.OPR, Role.OPR_LEAD, Role.ATTORNEY])
def test_who_only_reads_limits_nothing_even_as_owner_or_from_above(
    role: Role, notice: NoticeVersion, make_user: UserFactory, at: datetime
) -> None:
    reader = make_user(role)
    below = make_user(Role.ANALYST, supervisor=reader)
    for owner in (reader, below):
        record = make_record(RecordKind.QUERY, owner=owner, notice=notice, at=at)
        assert refused(limit_record, record, reader, at=at, allowed=[]) == "not-the-owner"


def test_a_supervisor_who_left_the_chain_may_no_more(
    record: Record, analyst: User, supervisor: User, make_user: UserFactory, at: datetime
) -> None:
    act(limit_record, record, supervisor, at=at, allowed=[])
    new = make_user(Role.SUPERVISOR)
    assign_supervisor(user=analyst, supervisor=new, actor=None, at=at)
    assert refused(lift_limits, record, supervisor, at=at) == "not-the-owner"
    act(lift_limits, record, new, at=at)


# --- What follows -----------------------------------------------------------------------------


def test_a_limited_record_is_seen_by_its_own_the_people_and_the_offices_named(
    record: Record,
    analyst: User,
    supervisor: User,
    other_analyst: User,
    office: Office,
    make_user: UserFactory,
    at: datetime,
) -> None:
    in_office = make_user(Role.ANALYST, office=office)
    elsewhere = make_user(Role.ANALYST)
    # Reads no queries, and the list changes nothing about that.
    field_officer = make_user(Role.FIELD_OFFICER, office=office)
    act(limit_record, record, analyst, at=at, allowed=[other_analyst], offices=[office])

    own = [analyst, supervisor, user_named("creator"), user_named("c-boss")]
    assert all(sees(user, record) for user in (*own, other_analyst, in_office))
    assert not any(sees(user, record) for user in (elsewhere, field_officer))


def test_an_office_means_whoever_works_there_now(
    record: Record, analyst: User, office: Office, other_analyst: User, at: datetime
) -> None:
    act(limit_record, record, analyst, at=at, allowed=[], offices=[office])
    assert not sees(other_analyst, record)
    User.objects.filter(pk=other_analyst.pk).update(office=office)
    assert sees(other_analyst, record)
    User.objects.filter(pk=other_analyst.pk).update(office=None)
    assert not sees(other_analyst, record)


def test_the_list_is_extended_narrowed_and_lifted(
    record: Record, analyst: User, other_analyst: User, office: Office, at: datetime
) -> None:
    act(limit_record, record, analyst, at=at, allowed=[])
    assert limits(record) == NOBODY
    act(extend_limits, record, analyst, at=at, allowed=[other_analyst], offices=[office])
    full = NOBODY | {"people": [other_analyst.username], "offices": [office.code]}
    assert limits(record) == full
    # Once more changes nothing, and repeats nobody.
    act(extend_limits, record, analyst, at=at, allowed=[other_analyst])
    assert limits(record) == full
    assert record.recordalloweduser_set.count() == 1
    act(narrow_limits, record, analyst, at=at, removed=[other_analyst])
    assert limits(record) == NOBODY | {"offices": [office.code]}
    assert not sees(other_analyst, record)
    act(narrow_limits, record, analyst, at=at, offices=[office])
    assert limits(record) == NOBODY
    act(lift_limits, record, analyst, at=at)
    assert limits(record) == OPEN
    assert sees(other_analyst, record)


def test_nothing_leaves_the_chain_out(
    record: Record, analyst: User, supervisor: User, at: datetime
) -> None:
    """Not even taking the supervisor off the list on which the supervisor stood as well."""
    act(limit_record, record, analyst, at=at, allowed=[supervisor])
    act(narrow_limits, record, analyst, at=at, removed=[supervisor])
    assert sees(supervisor, record)


def test_limiting_again_adds_to_the_list(
    record: Record, analyst: User, other_analyst: User, supervisor: User, at: datetime
) -> None:
    for allowed in ([other_analyst], [other_analyst, supervisor]):
        act(limit_record, record, analyst, at=at, allowed=allowed)
    assert limits(record)["people"] == sorted([other_analyst.username, supervisor.username])


def test_a_lifted_list_does_not_come_back(
    record: Record, analyst: User, other_analyst: User, at: datetime
) -> None:
    act(limit_record, record, analyst, at=at, allowed=[other_analyst])
    act(lift_limits, record, analyst, at=at)
    act(limit_record, record, analyst, at=at, allowed=[])
    assert not sees(other_analyst, record)


# --- What is refused --------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("given", "code"),
    [("", "reason-missing"), (" \n", "reason-missing"), ("x" * 201, "reason-too-long")],
)
def test_each_verb_wants_a_reason(
    given: str, code: str, record: Record, analyst: User, other_analyst: User, at: datetime
) -> None:
    assert len("x" * 201) > LONGEST_REASON
    assert refused(limit_record, record, analyst, at=at, allowed=[], reason=given) == code
    act(limit_record, record, analyst, at=at, allowed=[other_analyst])
    more: list[tuple[Callable[..., None], dict[str, Any]]] = [
        (extend_limits, {"allowed": [analyst]}),
        (narrow_limits, {"removed": [other_analyst]}),
        (lift_limits, {}),
    ]
    for verb, options in more:
        assert refused(verb, record, analyst, at=at, reason=given, **options) == code


def test_what_is_not_limited_has_no_limits_to_change(
    record: Record, analyst: User, other_analyst: User, at: datetime
) -> None:
    one = [other_analyst]
    assert refused(extend_limits, record, analyst, at=at, allowed=one) == "not-limited"
    assert refused(narrow_limits, record, analyst, at=at, removed=one) == "not-limited"
    assert refused(lift_limits, record, analyst, at=at) == "not-limited"


def test_nobody_is_nothing_to_change(
    record: Record, analyst: User, other_analyst: User, office: Office, at: datetime
) -> None:
    act(limit_record, record, analyst, at=at, allowed=[])
    assert refused(extend_limits, record, analyst, at=at) == "nobody-named"
    assert refused(narrow_limits, record, analyst, at=at) == "not-on-the-list"
    for options in ({"removed": [other_analyst]}, {"offices": [office]}):
        assert refused(narrow_limits, record, analyst, at=at, **options) == "not-on-the-list"


def test_who_can_never_see_a_record_is_not_put_on_a_list(
    record: Record, analyst: User, make_user: UserFactory, message_switch: User, at: datetime
) -> None:
    gone = make_user(Role.ANALYST)
    User.objects.filter(pk=gone.pk).update(is_active=False)
    for user in (
        User.objects.get(pk=gone.pk),
        message_switch,
        make_user(Role.ADMINISTRATOR),
        make_user(),
    ):
        assert refused(limit_record, record, analyst, at=at, allowed=[user]) == "reads-no-records"


def test_whoever_would_lose_sight_of_the_record_is_refused_and_nothing_stays(
    record: Record,
    analyst: User,
    other_analyst: User,
    at: datetime,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """No rule of today leads there; the database is asked all the same, after the act."""
    monkeypatch.setattr(RecordQuerySet, "visible_to", lambda rows, user: rows.none())
    code = refused(limit_record, record, analyst, at=at, allowed=[other_analyst])
    assert code == "would-lose-sight"
    assert limits(record) == OPEN
    assert not AuditEvent.objects.filter(kind=events.LIMITED).exists()


# --- What is kept -----------------------------------------------------------------------------


def test_each_verb_is_an_event_with_before_and_after_and_the_reason(
    record: Record, analyst: User, other_analyst: User, office: Office, at: datetime
) -> None:
    person = {"people": [other_analyst.username]}
    act(limit_record, record, analyst, at=at, allowed=[other_analyst])
    act(extend_limits, record, analyst, at=at, offices=[office])
    act(narrow_limits, record, analyst, at=at, removed=[other_analyst])
    act(lift_limits, record, analyst, at=at)
    both = NOBODY | person | {"offices": [office.code]}
    there = NOBODY | {"offices": [office.code]}
    steps = [
        (events.LIMITED, OPEN, NOBODY | person),
        (events.LIMIT_EXTENDED, NOBODY | person, both),
        (events.LIMIT_NARROWED, both, there),
        (events.LIMIT_LIFTED, there, OPEN),
    ]
    for kind, before, after in steps:
        event = told(record, kind)
        assert (event.actor, event.purpose, event.record_number) == (
            analyst,
            REASON,
            record.number,
        )
        assert event.details == {"before": before, "after": after}


# --- Records that go together -----------------------------------------------------------------


@pytest.mark.parametrize("through", ["query", "response"])
def test_a_response_and_its_query_are_limited_and_opened_together(
    through: str,
    released_response: StatusResponse,
    analyst: User,
    other_analyst: User,
    office: Office,
    at: datetime,
) -> None:
    both = [released_response.record, released_response.query.record]
    named = both[0] if through == "response" else both[1]
    act(limit_record, named, analyst, at=at, allowed=[])
    assert [limits(each) for each in both] == [NOBODY, NOBODY]
    assert not any(sees(other_analyst, each) for each in both)
    act(extend_limits, named, analyst, at=at, allowed=[other_analyst], offices=[office])
    assert limits(both[0]) == limits(both[1])
    assert all(sees(other_analyst, each) for each in both)
    act(narrow_limits, named, analyst, at=at, removed=[other_analyst])
    assert not any(sees(other_analyst, each) for each in both)
    act(lift_limits, named, analyst, at=at)
    assert [limits(each) for each in both] == [OPEN, OPEN]
    for each in both:
        assert told(each, events.LIMIT_LIFTED).actor == analyst


def test_an_individual_entered_from_a_limited_query_is_limited_like_it(
    claimed_query: StatusQuery, analyst: User, other_analyst: User, office: Office, at: datetime
) -> None:
    act(limit_record, claimed_query.record, analyst, at=at, allowed=[], offices=[office])
    factories.research(factories.query_numbered(claimed_query.record.number), author=analyst, at=at)
    individual = Individual.objects.get()
    assert limits(individual.record) == NOBODY | {"offices": [office.code]}
    assert not Individual.objects.visible_to(other_analyst).exists()
    event = told(individual.record, events.LIMITED)
    assert event.details["before"] == OPEN
    assert claimed_query.record.number in event.purpose


def test_nothing_is_inherited_from_what_is_open(
    record: Record, analyst: User, notice: NoticeVersion, at: datetime
) -> None:
    other = make_record(RecordKind.INDIVIDUAL, owner=analyst, notice=notice, at=at)
    inherit_limits(record=other, source=record, actor=analyst, at=at, channel=Channel.PAGE)
    assert limits(other) == OPEN


def test_a_limited_query_is_taken_over_and_put_back_by_those_who_see_it(
    claimed_query: StatusQuery, analyst: User, other_analyst: User, at: datetime
) -> None:
    from acrime.iaq.actions import claim_query, put_back

    act(limit_record, claimed_query.record, analyst, at=at, allowed=[other_analyst])
    put_back(query=claimed_query, reason="On leave", actor=analyst, at=at)
    claim_query(query=claimed_query, actor=other_analyst, at=at)
    record = Record.objects.get(pk=claimed_query.pk)
    assert record.owner == other_analyst
    assert limits(record) == NOBODY | {"people": [other_analyst.username]}
    # Whoever handed it over sees it only where the list says so.
    assert not sees(analyst, record)
    act(extend_limits, record, other_analyst, at=at, allowed=[analyst])
    assert sees(analyst, record)
