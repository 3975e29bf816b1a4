"""Placing, widening, reviewing, handing over and releasing holds."""

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.db import DatabaseError, connection, transaction

from accounts.choices import Role
from accounts.models import User
from acrime.audit.models import AuditEvent
from acrime.common.errors import ActionRefused
from acrime.iaq.models import StatusQuery
from acrime.iar.models import StatusResponse
from acrime.records.history import timeline_of
from acrime.retention.choices import Reason
from acrime.retention.holds import actions
from acrime.retention.holds.choices import HoldKind, Scope
from acrime.retention.holds.models import Hold, HoldItem
from acrime.retention.models import RetentionClock, RetentionWalk
from tests.conftest import UserFactory
from tests.support import holds

pytestmark = pytest.mark.django_db


@pytest.fixture
def officer(make_user: UserFactory) -> User:
    return make_user(Role.RECORDS_OFFICER)


@pytest.fixture
def counsel(make_user: UserFactory) -> User:
    return make_user(Role.ATTORNEY)


@pytest.fixture
def hold(received_query: StatusQuery, officer: User, counsel: User, at: datetime) -> Hold:
    return holds.on_records(officer, counsel, received_query.record, at=at)


def refused(act: Callable[[], object]) -> str:
    with pytest.raises(ActionRefused) as refusal:
        act()
    return refusal.value.code


def test_placing_is_an_event_that_the_record_s_own_page_does_not_tell(
    hold: Hold, received_query: StatusQuery, officer: User
) -> None:
    """A hold may be a secret to those who read the record; oversight finds it by the record."""
    [placed] = AuditEvent.objects.filter(kind="hold.placed")
    assert placed.details == {"hold": hold.number, "about": "LITIGATION", "scope": "RECORDS"}
    assert placed.actor == officer
    assert (placed.record_id, placed.matched_ids) == (None, [received_query.pk])
    assert "hold" not in " ".join(entry.title for entry in timeline_of(received_query.record))
    # Its texts stay with it.
    assert holds.NAME not in str(placed.details)


@pytest.mark.parametrize(
    ("more", "code"),
    [
        ({"name": " "}, "name-missing"),
        ({"ground": ""}, "ground-missing"),
        ({"reason": ""}, "reason-missing"),
        ({"kinds": []}, "kinds-missing"),
        ({"review_on": holds.day("2026-11-20")}, "review-not-ahead"),
        ({"review_on": holds.day("2028-01-01")}, "review-too-late"),
    ],
)
def test_what_a_hold_must_say(
    more: dict[str, object], code: str, officer: User, counsel: User, at: datetime
) -> None:
    said = {"scope": Scope.KINDS, "kinds": ["TIP"]} | more
    order = holds.order(counsel, officer, at=at, **said)
    assert refused(lambda: actions.place_hold(order=order, actor=officer, at=at)) == code
    assert not Hold.objects.exists()


def test_who_places_and_who_is_named(
    officer: User, counsel: User, analyst: User, make_user: UserFactory, at: datetime
) -> None:
    def placing(actor: User, **named: Any) -> str:
        said = {"scope": Scope.KINDS, "kinds": ["TIP"]}
        order = replace(holds.order(counsel, officer, at=at, **said), **named)
        return refused(lambda: actions.place_hold(order=order, actor=actor, at=at))

    assert placing(analyst) == "not-yours-to-place"
    assert placing(make_user(Role.FOIA_OFFICER)) == "not-yours-to-place"
    assert placing(officer, authority=officer) == "no-authority"
    assert placing(officer, custodian=analyst) == "no-custodian"
    gone = make_user(Role.ATTORNEY)
    gone.is_active = False
    gone.save(update_fields=["is_active"])
    assert placing(officer, authority=gone) == "no-authority"
    # Counsel answers for no request under FOIA.
    assert placing(officer, kind=HoldKind.FOIA) == "no-authority"


def test_a_release_takes_its_authority_and_somebody_who_asked(
    hold: Hold, officer: User, counsel: User, make_user: UserFactory, at: datetime
) -> None:
    other_counsel = make_user(Role.ATTORNEY)

    def release(actor: User, ground: str = "Order of dismissal") -> str:
        return refused(lambda: actions.release_hold(hold=hold, ground=ground, actor=actor, at=at))

    def ask(actor: User, reason: str = "Settled") -> str:
        return refused(
            lambda: actions.ask_for_release(hold=hold, reason=reason, actor=actor, at=at)
        )

    assert release(counsel) == "not-asked"
    assert ask(counsel) == "own-decision"
    assert ask(officer, " ") == "reason-missing"
    assert ask(make_user(Role.SUPERVISOR)) == "not-yours-to-ask"
    actions.ask_for_release(hold=hold, reason="Settled", actor=officer, at=at)
    assert ask(other_counsel) == "asked-already"
    assert release(other_counsel) == "not-the-authority"
    assert release(officer) == "not-the-authority"
    assert release(counsel, " ") == "ground-missing"
    assert Hold.objects.in_force().get() == hold
    done = actions.release_hold(hold=hold, ground="Order", actor=counsel, at=at)
    assert (done.released_by, done.released_at) == (counsel, at)
    assert not Hold.objects.in_force().exists()
    assert release(counsel) == "released"
    assert AuditEvent.objects.filter(kind="hold.released", actor=counsel).count() == 1


def test_whoever_lost_the_role_releases_nothing(
    hold: Hold, officer: User, counsel: User, at: datetime
) -> None:
    actions.ask_for_release(hold=hold, reason="Settled", actor=officer, at=at)
    grant = counsel.role_grants.get()
    grant.ended_at, grant.ended_by, grant.end_reason = at, officer, "Moved"
    grant.save(update_fields=["ended_at", "ended_by", "end_reason"])
    later = User.objects.get(pk=counsel.pk)
    assert (
        refused(lambda: actions.release_hold(hold=hold, ground="Order", actor=later, at=at))
        == "not-the-authority"
    )


def test_refusing_the_release_keeps_it_and_it_can_be_asked_anew(
    hold: Hold, officer: User, counsel: User, at: datetime
) -> None:
    actions.ask_for_release(hold=hold, reason="Settled", actor=officer, at=at)
    kept = actions.refuse_release(hold=hold, actor=counsel, at=at)
    assert kept.asked_at is None
    assert Hold.objects.in_force().exists()
    actions.ask_for_release(hold=hold, reason="Settled after all", actor=officer, at=at)


def test_another_authority_is_named_by_somebody_else_and_asked_anew(
    hold: Hold, officer: User, make_user: UserFactory, at: datetime
) -> None:
    other = make_user(Role.ATTORNEY)
    actions.ask_for_release(hold=hold, reason="Settled", actor=officer, at=at)

    def name(authority: User, actor: User) -> object:
        return actions.name_authority(hold=hold, authority=authority, actor=actor, at=at)

    assert refused(lambda: name(other, other)) == "not-oneself"
    assert refused(lambda: name(officer, other)) == "no-authority"
    assert refused(lambda: name(other, make_user(Role.SUPERVISOR))) == "not-yours-to-place"
    name(other, officer)
    fresh = Hold.objects.get()
    assert (fresh.authority, fresh.asked_by) == (other, None)


def test_reviewing_and_another_custodian(
    hold: Hold, officer: User, analyst: User, make_user: UserFactory, at: datetime
) -> None:
    later = holds.day("2027-03-01")

    def review(actor: User) -> object:
        return actions.review_hold(hold=hold, review_on=later, actor=actor, at=at)

    supervisor = make_user(Role.SUPERVISOR)
    assert refused(lambda: review(supervisor)) == "not-yours-to-review"
    actions.name_custodian(hold=hold, custodian=supervisor, actor=officer, at=at)
    review(supervisor)
    assert Hold.objects.get().review_on == later
    assert not Hold.objects.to_review(later - timedelta(days=1)).exists()
    assert Hold.objects.to_review(later).exists()
    assert (
        refused(lambda: actions.name_custodian(hold=hold, custodian=analyst, actor=officer, at=at))
        == "no-custodian"
    )


def test_only_what_a_hold_names_is_added_to_it(
    hold: Hold, received_query: StatusQuery, officer: User, analyst: User, at: datetime
) -> None:
    record = received_query.record

    def widen(actor: User = officer, **more: Any) -> str:
        return refused(lambda: actions.widen_hold(hold=hold, actor=actor, at=at, **more))

    assert widen() == "nothing-named"
    assert widen(people=[record]) == "nothing-named"
    assert widen(analyst, records=[record]) == "not-yours-to-place"
    holds.released(hold, at=at)
    assert widen(records=[record]) == "released"


def test_a_person_is_named_by_the_record_of_a_person(
    received_query: StatusQuery, officer: User, counsel: User, at: datetime
) -> None:
    order = holds.order(counsel, officer, at=at, scope=Scope.PERSON, people=[received_query.record])
    assert refused(lambda: actions.place_hold(order=order, actor=officer, at=at)) == "no-person"


def test_the_clock_of_a_named_record_knows_of_its_hold(
    released_response: StatusResponse, officer: User, counsel: User, at: datetime
) -> None:
    def reasons() -> list[str]:
        clock = RetentionClock.objects.get(record=released_response.record)
        return list(clock.reasons)

    standing = holds.on_records(officer, counsel, released_response.record, at=at)
    assert Reason.HELD in reasons()
    # Others hear of it with the walk along all records, which begins anew.
    assert RetentionWalk.objects.get().reached == 0
    holds.released(standing, at=at)
    assert Reason.HELD not in reasons()


# --- The database says no as well ------------------------------------------------------------


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE retention_hold SET scope = 'KINDS', kinds = '{TIP}'",
        "UPDATE retention_hold SET kind = 'OTHER'",
        "UPDATE retention_hold SET opened_to = '2020-01-01'",
        "UPDATE retention_hold SET released_at = now(), released_by_id = placed_by_id, "
        "asked_by_id = placed_by_id, asked_at = now()",
        "UPDATE retention_hold SET released_at = now(), released_by_id = authority_id, "
        "asked_by_id = authority_id, asked_at = now()",
        "UPDATE retention_hold SET released_at = now(), released_by_id = authority_id",
        "UPDATE retention_hold SET released_at = now()",
        "DELETE FROM retention_hold_item",
        "UPDATE retention_hold_item SET added_at = now()",
    ],
)
def test_a_standing_hold_is_neither_narrowed_nor_released_past_its_authority(
    hold: Hold, statement: str
) -> None:
    with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement)


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE retention_hold SET released_at = NULL, released_by_id = NULL",
        "UPDATE retention_hold SET review_on = '2027-01-01'",
        "DELETE FROM retention_hold",
    ],
)
def test_a_released_hold_stays_as_it_ended(hold: Hold, statement: str, at: datetime) -> None:
    holds.released(hold, at=at)
    with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement)


def test_what_a_released_hold_named_can_go_with_its_record(hold: Hold, at: datetime) -> None:
    holds.released(hold, at=at)
    assert HoldItem.objects.all().delete()[0] == 1
