"""The guard of the accounting can be taken down and put up again, as a migration must."""

import importlib

import pytest
from django.db import DatabaseError, connection, transaction

from tests.rooms.routine_uses.conftest import Disclose

guard = importlib.import_module("routine_uses.migrations.0002_append_only")
CHANGE = "UPDATE routine_uses_disclosure SET nature = 'changed'"


def test_the_guard_is_reversible(disclose: Disclose) -> None:
    disclose()
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute(guard.NO_ACCOUNTING)
        cursor.execute(CHANGE)
        cursor.execute(guard.ACCOUNTING)
        with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
            cursor.execute(CHANGE)
