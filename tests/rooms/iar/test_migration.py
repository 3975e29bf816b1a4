"""The way back and forth of the tables of answers, over answers that are there already."""

from datetime import datetime

import pytest
from django.db import connection
from django.db.migrations.executor import MigrationExecutor

from acrime.iaq.kinds.files import first_kinds
from acrime.iaq.kinds.querysets import conclusions_in_force
from acrime.iaq.models import Determination, StatusQuery
from acrime.iar.models import StatusResponse

BEFORE = [("acrime", "0015_programs_and_layouts")]


def go_to(targets: list[tuple[str, str]]) -> None:
    executor = MigrationExecutor(connection)
    executor.migrate(targets)


@pytest.mark.django_db(transaction=True)
def test_what_was_answered_before_stands_under_the_first_version(
    released_response: StatusResponse, at: datetime
) -> None:
    newest = MigrationExecutor(connection).loader.graph.leaf_nodes("acrime")
    # The columns of copies and proofs are empty here: what is only in them would be lost.
    go_to(BEFORE)
    go_to(newest)
    determination = Determination.objects.get()
    assert determination.conclusion.kind == first_kinds()[determination.kind]
    query = StatusQuery.objects.get()
    assert query.answered_at == released_response.released_at
    assert [each.kind for each in conclusions_in_force(at)] == list(first_kinds().values())
