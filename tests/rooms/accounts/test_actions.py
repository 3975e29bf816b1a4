"""Accounts: the chain of supervision, roles, names, tokens."""

import random
import threading
from collections.abc import Mapping
from datetime import datetime, timedelta

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, connection, transaction

from accounts import events
from accounts.actions import (
    assign_supervisor,
    create_user,
    grant_role,
    issue_token,
    service_account,
    token_digest,
)
from accounts.backends import ActiveUserBackend, may_enter
from accounts.choices import Role
from accounts.models import ApiToken, RoleGrant, SupervisionLink, User
from acrime.audit.models import AuditEvent
from acrime.common.errors import ActionRefused
from tests.conftest import UserFactory
from tests.factories import PASSWORD

pytestmark = pytest.mark.django_db


# --- Supervision -----------------------------------------------------------------------------

Links = set[tuple[int, int, int]]


def links() -> Links:
    """The stored closure: supervisor, subordinate, depth."""
    return set(SupervisionLink.objects.values_list("supervisor_id", "subordinate_id", "depth"))


def closure_of(above: Mapping[int, int | None]) -> Links:
    """The closure as a child would work it out: walk up from everybody."""
    found: Links = set()
    for person in above:
        depth, boss = 1, above[person]
        while boss is not None:
            found.add((boss, person, depth))
            depth, boss = depth + 1, above[boss]
    return found


def would_be_a_circle(above: Mapping[int, int | None], person: int, boss: int | None) -> bool:
    while boss is not None:
        if boss == person:
            return True
        boss = above[boss]
    return False


@pytest.mark.parametrize("seed", range(4))
def test_the_closure_is_right_after_any_moves(
    seed: int, make_user: UserFactory, at: datetime
) -> None:
    dice = random.Random(seed)  # noqa: S311  # a repeatable story, not a secret
    people = [make_user() for _ in range(7)]
    above: dict[int, int | None] = {person.pk: None for person in people}
    refused = 0

    for _ in range(40):
        person = dice.choice(people)
        boss = dice.choice([*people, None])
        if would_be_a_circle(above, person.pk, boss.pk if boss else None):
            refused += 1
            with pytest.raises(ActionRefused) as refusal:
                assign_supervisor(user=person, supervisor=boss, actor=None, at=at)
            assert refusal.value.code == "circle"
        else:
            assign_supervisor(user=person, supervisor=boss, actor=None, at=at)
            above[person.pk] = boss.pk if boss else None
        assert links() == closure_of(above)

    assert dict(User.objects.values_list("pk", "supervisor_id")) == above
    assert refused


def test_a_moved_branch_takes_its_people_along(make_user: UserFactory, at: datetime) -> None:
    old, new = make_user(), make_user()
    middle = make_user(supervisor=old)
    below = make_user(supervisor=middle)

    assign_supervisor(user=middle, supervisor=new, actor=None, at=at)

    assert links() == {
        (new.pk, middle.pk, 1),
        (new.pk, below.pk, 2),
        (middle.pk, below.pk, 1),
    }
    moved = AuditEvent.objects.filter(kind=events.SUPERVISOR_ASSIGNED).latest("pk")
    assert moved.details == {"user": middle.username, "supervisor": new.username}


@pytest.mark.django_db(transaction=True)
def test_two_moves_at_once_cannot_close_a_circle(make_user: UserFactory, at: datetime) -> None:
    one, other = make_user(), make_user()
    together = threading.Barrier(2, timeout=30)
    outcomes: list[str] = []

    def move(user: User, supervisor: User) -> None:
        try:
            together.wait()
            assign_supervisor(user=user, supervisor=supervisor, actor=None, at=at)
            outcomes.append("moved")
        except ActionRefused as refusal:
            outcomes.append(refusal.code)
        finally:
            connection.close()

    threads = [threading.Thread(target=move, args=pair) for pair in ((one, other), (other, one))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=60)

    assert sorted(outcomes) == ["circle", "moved"]
    assert SupervisionLink.objects.count() == 1


def test_the_database_refuses_to_be_ones_own_supervisor(make_user: UserFactory) -> None:
    user = make_user()
    with pytest.raises(IntegrityError, match="supervises_another"), transaction.atomic():
        User.objects.filter(pk=user.pk).update(supervisor=user)
    with pytest.raises(IntegrityError, match="no_circle"), transaction.atomic():
        SupervisionLink.objects.create(supervisor=user, subordinate=user, depth=1)


# --- Roles -----------------------------------------------------------------------------------


def test_a_granted_role_is_held_and_written_down(make_user: UserFactory, at: datetime) -> None:
    administrator, user = make_user(Role.ADMINISTRATOR), make_user()
    assert not may_enter(user)

    grant_role(user=user, role=Role.ANALYST, actor=administrator, at=at)

    held = User.objects.get(pk=user.pk)
    assert held.roles == {Role.ANALYST}
    assert held.has_role(Role.SUPERVISOR, Role.ANALYST)
    assert not held.has_role(Role.SUPERVISOR)
    assert held.role_labels() == ["Analyst"]
    event = AuditEvent.objects.filter(kind=events.ROLE_GRANTED).latest("pk")
    assert (event.actor, event.occurred_at) == (administrator, at)
    assert event.details == {"user": user.username, "role": "ANALYST"}


def test_nobody_grants_a_role_to_themselves(make_user: UserFactory, at: datetime) -> None:
    administrator = make_user(Role.ADMINISTRATOR)

    with pytest.raises(ActionRefused) as refusal:
        grant_role(user=administrator, role=Role.ANALYST, actor=administrator, at=at)
    assert refusal.value.code == "own-role"
    with pytest.raises(IntegrityError, match="not_to_oneself"), transaction.atomic():
        RoleGrant.objects.create(
            user=administrator, role=Role.ANALYST, granted_by=administrator, granted_at=at
        )


def test_the_database_refuses_unknown_and_repeated_roles(
    make_user: UserFactory, at: datetime
) -> None:
    user = make_user(Role.ANALYST)

    with pytest.raises(IntegrityError, match="known_role"), transaction.atomic():
        RoleGrant.objects.create(user=user, role="KING", granted_at=at)
    with pytest.raises(IntegrityError, match="once"), transaction.atomic():
        RoleGrant.objects.create(user=user, role=Role.ANALYST, granted_at=at)


def test_nobody_is_a_superuser(make_user: UserFactory) -> None:
    user = make_user(Role.ADMINISTRATOR)
    with pytest.raises(IntegrityError, match="nobody_is_superuser"), transaction.atomic():
        User.objects.filter(pk=user.pk).update(is_superuser=True)


# --- People ----------------------------------------------------------------------------------


def test_a_weak_password_makes_no_account(at: datetime) -> None:
    with pytest.raises(ValidationError):
        create_user(
            username="weak",
            full_name="Synthetic Person",
            password="password",
            office=None,
            roles=[Role.ANALYST],
            actor=None,
            at=at,
        )
    assert not User.objects.exists()
    assert not AuditEvent.objects.exists()


def test_names_differ_in_more_than_case(make_user: UserFactory) -> None:
    make_user(username="morgan")
    with pytest.raises(IntegrityError, match="any_case"), transaction.atomic():
        make_user(username="Morgan")


def test_who_may_sign_in(make_user: UserFactory) -> None:
    backend = ActiveUserBackend()
    user = make_user(Role.ANALYST, username="morgan")
    make_user(username="without-role")

    assert backend.authenticate(None, username="MORGAN", password=PASSWORD) == user
    assert backend.authenticate(None, username="morgan", password=f"{PASSWORD} ") is None
    assert backend.authenticate(None, username="nobody", password=PASSWORD) is None
    assert backend.authenticate(None, username="without-role", password=PASSWORD) is None
    assert backend.authenticate(None, username="morgan") is None

    User.objects.filter(pk=user.pk).update(is_active=False)
    assert backend.authenticate(None, username="morgan", password=PASSWORD) is None
    assert backend.get_user(user.pk) is None


def test_the_ledger_never_holds_a_password(make_user: UserFactory) -> None:
    make_user(Role.ANALYST)

    assert PASSWORD not in str(list(AuditEvent.objects.values()))


# --- Machines and tokens ---------------------------------------------------------------------


def test_a_service_account_is_made_once_and_cannot_sign_in(at: datetime) -> None:
    first, second = (
        service_account(username="switch", full_name="Switch", at=at) for _ in range(2)
    )

    assert first == second
    assert first.roles == {Role.INTERFACE}
    assert not first.has_usable_password()
    assert ActiveUserBackend().authenticate(None, username="switch", password="") is None


def test_only_the_hash_of_a_token_is_stored(make_user: UserFactory, at: datetime) -> None:
    user = make_user(Role.INTERFACE)
    expires = at + timedelta(days=90)

    token, other = (
        issue_token(user=user, name=name, expires_at=expires, actor=None, at=at)
        for name in ("one", "two")
    )

    assert token != other
    assert len(token) >= 43
    stored = ApiToken.objects.get(digest=token_digest(token))
    assert (stored.user, stored.name, stored.expires_at, stored.revoked_at) == (
        user,
        "one",
        expires,
        None,
    )
    everything = f"{list(ApiToken.objects.values())} {list(AuditEvent.objects.values())}"
    assert token not in everything
    assert token_digest(token) not in str(list(AuditEvent.objects.values()))
