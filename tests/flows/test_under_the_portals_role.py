"""The stories once more, under the database role that owns nothing: it is right for all of it."""

import pytest
from django.db import connection

from acrime.audit.roles import grant_role
from acrime.audit.watch import portal_owns_the_ledger
from tests.flows.test_first_light import test_first_light
from tests.flows.test_release_is_accounted import (
    test_a_refusal_of_the_gate_is_kept_though_all_else_is_rolled_back,
    test_a_second_release_is_refused,
    test_what_left_is_accounted,
)

__all__ = [
    "test_a_refusal_of_the_gate_is_kept_though_all_else_is_rolled_back",
    "test_a_second_release_is_refused",
    "test_first_light",
    "test_what_left_is_accounted",
]

ROLE = "acrime_app"


@pytest.fixture(autouse=True)
def _under_the_role(db: None) -> None:
    """Everything from here on, the making of people and notices too; taken back with the test."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT FROM pg_roles WHERE rolname = %s", [ROLE])
        if cursor.fetchone() is None:
            pytest.skip("This server has no role for the portal.")
        grant_role(ROLE)
        cursor.execute(f"SET ROLE {ROLE}")
    assert not portal_owns_the_ledger()
