"""Rotating the sealing keys: all opens with the new key alone, and frozen rows stay frozen."""

import ast
from collections.abc import Callable
from dataclasses import replace
from io import StringIO
from typing import Any

import pytest
from allauth.mfa.models import Authenticator
from django.apps import apps
from django.core.management import CommandError, call_command
from django.db import DatabaseError, connection, transaction
from pytest_django import Settings

from accounts.models import User
from accounts.signing_in.adapters import SecondFactorAdapter
from acrime.audit.choices import Outcome
from acrime.audit.models import AuditEvent
from acrime.audit.roles import grant_role
from acrime.common import resealing
from acrime.common.resealing import places, rotate
from acrime.common.sealed import SealedBytesField, UnableToOpen
from acrime.config.environment import SealingKey
from acrime.iaq.models import InboundMessage, StatusQuery
from acrime.iar.models import StatusResponse
from acrime.individuals.models import Identifier
from tests.support.source import modules

pytestmark = pytest.mark.django_db

NEW = SealingKey("new", b"n" * 32)


@pytest.fixture
def new_key(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> Callable[[], None]:
    """A new key comes first, and batches are small; called, it lets go of the old keys."""
    old = settings.ENVIRONMENT.sealing_keys
    monkeypatch.setattr(resealing, "BATCH", 2)

    def listed(*keys: SealingKey) -> None:
        settings.ENVIRONMENT = replace(settings.ENVIRONMENT, sealing_keys=keys)

    with connection.cursor() as cursor:
        # A rotation's transactions are its own; in a test's, what was made waits to be checked.
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
    listed(NEW, *old)
    return lambda: listed(NEW)


def untold(place: str, done: int, of: int) -> None:
    """Nobody watches."""


def held() -> list[Any]:
    """Sealed values of frozen rows and of others, opened."""
    query = StatusQuery.objects.get()
    return [
        bytes(InboundMessage.objects.get().original),
        query.a_number,
        query.remarks,
        query.license_number,
        StatusResponse.objects.get().text,
        *Identifier.objects.order_by("pk").values_list("value", flat=True),
    ]


def test_everything_opens_with_the_new_key_alone(
    released_response: StatusResponse, new_key: Callable[[], None]
) -> None:
    before = held()
    assert sum(place.left() for place in places()) > len(before)
    seen: list[tuple[str, int, int]] = []
    rotation = rotate(lambda *told: seen.append(told))
    new_key()
    assert held() == before
    assert [place.left() for place in places()] == [0] * len(places())
    assert not rotation.unopened
    # The last thing told of each place is that all of it is done.
    last = {place: (done, of) for place, done, of in seen}
    assert {place: done for place, (done, _) in last.items()} == rotation.done
    assert all(done == of for done, of in last.values())


def test_frozen_rows_are_frozen_again(
    released_response: StatusResponse, new_key: Callable[[], None]
) -> None:
    rotate(untold)
    for statement in (
        "UPDATE iaq_message SET original = 'x'",
        "UPDATE iar_response SET text = 'x'",
        "UPDATE routine_uses_approvaldocument SET content = 'x'",
    ):
        with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(statement)


def test_what_is_broken_off_goes_on(
    released_response: StatusResponse, new_key: Callable[[], None], monkeypatch: pytest.MonkeyPatch
) -> None:
    before = held()
    of = sum(place.left() for place in places())
    reseal, so_far = resealing.resealed, 0

    def breaks(value: bytes, *, place: str) -> bytes:
        nonlocal so_far
        so_far += 1
        if so_far == 6:
            raise KeyboardInterrupt
        return reseal(value, place=place)

    with monkeypatch.context() as patch:
        patch.setattr(resealing, "resealed", breaks)
        with pytest.raises(KeyboardInterrupt):
            rotate(untold)
    # Batches that were finished stay; the one that was not leaves nothing behind.
    left = sum(place.left() for place in places())
    assert of - 5 <= left < of
    assert held() == before
    test_frozen_rows_are_frozen_again(released_response, new_key)
    new_key()
    assert held() == before


def test_nothing_to_do_is_done_at_once(
    released_response: StatusResponse, new_key: Callable[[], None]
) -> None:
    rotate(untold)
    assert rotate(untold) == resealing.Rotation()


@pytest.fixture
def with_old() -> dict[str, Any]:
    """What allauth keeps of an app, sealed with the key that was."""
    adapter = SecondFactorAdapter()
    return {"secret": adapter.encrypt("SECRET"), "seed": adapter.encrypt("SEED"), "used_mask": 3}


def test_secrets_of_second_factors_rotate(
    with_old: dict[str, Any], analyst: User, new_key: Callable[[], None]
) -> None:
    adapter = SecondFactorAdapter()
    app = Authenticator.objects.create(user=analyst, type="totp", data=with_old)
    key = Authenticator.objects.create(user=analyst, type="webauthn", data={"name": "blue key"})

    assert rotate(untold).done == {"mfa_authenticator.data": 1}
    new_key()
    app.refresh_from_db()
    key.refresh_from_db()
    assert adapter.decrypt(app.data["secret"]) == "SECRET"
    assert adapter.decrypt(app.data["seed"]) == "SEED"
    assert (app.data["used_mask"], key.data) == (3, {"name": "blue key"})


def test_the_command_tells_what_is_left_and_what_it_did(
    released_response: StatusResponse, new_key: Callable[[], None]
) -> None:
    out = StringIO()
    call_command("rotate_sealing_keys", "--left", stdout=out)
    assert "individual_identifier.value: " in out.getvalue()
    call_command("rotate_sealing_keys", stdout=out)
    assert "the others can go" in out.getvalue()
    event = AuditEvent.objects.get(kind="keys.rotated")
    assert (event.outcome, event.details["key"]) == (Outcome.DONE, "new")
    out = StringIO()
    call_command("rotate_sealing_keys", "--left", stdout=out)
    assert out.getvalue() == "0 values wait to be sealed with the first key.\n"


def test_a_value_that_does_not_open_is_named_and_the_others_rotate(
    released_response: StatusResponse, new_key: Callable[[], None]
) -> None:
    bad = Identifier.objects.order_by("pk").first()
    assert bad is not None
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE individual_identifier SET value = overlay(value PLACING 'x' FROM 30) "
            "WHERE id = %s",
            [bad.pk],
        )
    err = StringIO()
    with pytest.raises(SystemExit):
        call_command("rotate_sealing_keys", stdout=StringIO(), stderr=err)
    assert f"individual_identifier.value: no listed key opens rows {bad.pk}" in err.getvalue()
    event = AuditEvent.objects.get(kind="keys.rotated")
    assert (event.outcome, event.details["unopened"]) == (Outcome.FAILED, 1)
    new_key()
    assert StatusResponse.objects.get().text
    with pytest.raises(UnableToOpen):
        Identifier.objects.get(pk=bad.pk)


def test_only_the_owner_of_the_tables_rotates(
    released_response: StatusResponse, new_key: Callable[[], None]
) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT FROM pg_roles WHERE rolname = 'acrime_app'")
        if cursor.fetchone() is None:
            pytest.skip("This server has no role for the portal.")
        grant_role("acrime_app")
        cursor.execute("SET ROLE acrime_app")
        with pytest.raises(CommandError, match="owner of the tables"):
            call_command("rotate_sealing_keys", stdout=StringIO())
        cursor.execute("RESET ROLE")


def test_every_sealed_value_has_its_place() -> None:
    columns = {
        f"{model._meta.db_table}.{column.column}"
        for model in apps.get_models()
        for column in model._meta.concrete_fields
        if isinstance(column, SealedBytesField)
    }
    assert len(columns) > 20
    assert {place.name for place in places()} == columns | {"mfa_authenticator.data"}


# Who seals by hand. What a session holds is gone within the hours that it lasts; synthetic
# people are copied into sealed columns.
SEAL_BY_HAND = {
    "accounts/signing_in/adapters.py",
    "accounts/signing_in/views.py",
    "acrime/common/resealing.py",
    "acrime/common/sealed.py",
    "acrime/demo/people/loading.py",
}


def test_nothing_else_is_sealed_by_hand() -> None:
    found = {
        module.path
        for module in modules()
        for node in ast.walk(module.tree)
        if isinstance(node, ast.ImportFrom)
        and node.module == "acrime.common.sealed"
        and "seal" in [alias.name for alias in node.names]
    }
    assert found | {"acrime/common/sealed.py"} == SEAL_BY_HAND
