"""What it costs that nobody sees what they may not."""

from typing import Any

from django.db import connection, transaction
from django.db.models import QuerySet
from guardian.shortcuts import get_objects_for_user

from accounts.models import User
from acrime.bench.measure import medians, must_agree
from acrime.bench.report import Result
from acrime.bench.stage import LIMITED, Stage, enlarge
from acrime.common.pages import PAGE_SIZE
from acrime.iaq.models import StatusQuery
from acrime.iaq.worklist.tabs import tab_rows
from acrime.records.choices import RecordKind
from acrime.records.models import Record

SEEN = "see_limited_record"

# One row for each record that somebody sees: what guardian needs to say the same.
GRANTS = """
INSERT INTO record_allowed_user (user_id, permission_id, content_object_id)
SELECT %s, (SELECT id FROM auth_permission WHERE codename = %s), seen.id
FROM ({seen}) seen (id) ON CONFLICT DO NOTHING
"""


def newest_list(stage: Stage) -> Result:
    """The first page of newest queries, with the predicate and without it."""
    return _first_pages(stage, stage.analyst, "visibility.list", "an analyst")


def chiefs_list(stage: Stage) -> Result:
    """The same page for somebody who stands above everybody."""
    return _first_pages(stage, stage.chief, "visibility.chief", "the chief of all analysts")


def _first_pages(stage: Stage, looker: User, name: str, said: str) -> Result:
    enlarge(stage)

    def ours(_: int) -> list[Record]:
        return _first_page(Record.objects.visible_to(looker))

    def baseline(_: int) -> list[Record]:
        return _first_page(Record.objects.all())

    took, plainly = medians(ours, baseline, rounds=stage.rounds)
    return Result(
        name,
        took,
        plainly,
        "ms",
        f"the {PAGE_SIZE} newest of {stage.large} queries, one in {LIMITED} limited, "
        f"{User.objects.count()} accounts, for {said}, with and without the predicate",
    )


def worklist(stage: Stage) -> Result:
    """The open queries due first, with the predicate, which lies on the joined record."""

    def ours(_: int) -> list[StatusQuery]:
        return list(tab_rows("open", stage.analyst)[:PAGE_SIZE])

    def baseline(_: int) -> list[StatusQuery]:
        return list(StatusQuery.objects.open().by_urgency()[:PAGE_SIZE])

    took, plainly = medians(ours, baseline, rounds=stage.rounds)
    return Result(
        "visibility.worklist",
        took,
        plainly,
        "ms",
        f"the {PAGE_SIZE} open queries due first, of {stage.scale} queries, with and without "
        "the predicate",
    )


def counted(stage: Stage) -> Result:
    """How many queries somebody sees, counted one by one, with the predicate and without it."""
    enlarge(stage)
    rows = Record.objects.filter(kind=RecordKind.QUERY)

    def ours(_: int) -> int:
        return rows.visible_to(stage.analyst).count()

    def baseline(_: int) -> int:
        return rows.count()

    took, plainly = medians(ours, baseline, rounds=stage.slow_rounds)
    return Result(
        "visibility.count",
        took,
        plainly,
        "ms",
        f"all of {stage.large} queries counted, with and without the predicate",
    )


def against_guardian(stage: Stage) -> Result:
    """The same page, by the predicate and by guardian's permission rows.

    The rows go to the analyst's twin, so that they are no burden on the predicate, and are
    taken back afterwards.
    """
    enlarge(stage)
    with transaction.atomic():
        rows = _grant_all_that(stage)

        def ours(_: int) -> list[Record]:
            return _first_page(Record.objects.visible_to(stage.analyst))

        def baseline(_: int) -> list[Record]:
            # No groups and no global permissions: the least that guardian has to ask.
            seen = get_objects_for_user(
                stage.twin, SEEN, Record, use_groups=False, accept_global_perms=False
            )
            return _first_page(seen)

        must_agree(ours(0), baseline(0))
        took, guardian_took = medians(ours, baseline, rounds=stage.slow_rounds)
        transaction.set_rollback(True)
    return Result(
        "visibility.vs_guardian",
        took,
        guardian_took,
        "ms",
        f"the same page of {stage.large} queries, by the predicate and by guardian's "
        f"get_objects_for_user over {rows} direct permission rows",
    )


def _first_page(rows: "QuerySet[Record]") -> list[Record]:
    return list(rows.filter(kind=RecordKind.QUERY).order_by("-created_at", "-pk")[:PAGE_SIZE])


def _grant_all_that(stage: Stage) -> int:
    """Give the twin a row for each record that the analyst sees; returns how many there are."""
    seen, values = _statement(Record.objects.visible_to(stage.analyst).values("pk"))
    with connection.cursor() as cursor:
        # What the twin was allowed anyway would let guardian show more than the analyst sees.
        cursor.execute("DELETE FROM record_allowed_user WHERE user_id = %s", [stage.twin.pk])
        cursor.execute(GRANTS.format(seen=seen), [stage.twin.pk, SEEN, *values])
        rows: int = cursor.rowcount
        cursor.execute("ANALYZE record_allowed_user")
    return rows


def _statement(rows: Any) -> tuple[str, tuple[Any, ...]]:
    sql, values = rows.query.sql_with_params()
    return sql, values
