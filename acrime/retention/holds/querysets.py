"""Reads: which holds reach a record, which records a hold reaches, what waits."""

from collections.abc import Collection, Mapping
from datetime import date
from typing import TYPE_CHECKING, Any, Self

from django.db import connection, models
from django.db.models import Q

from acrime.records.querysets import RecordCondition
from acrime.retention.holds.reach import reaches

if TYPE_CHECKING:
    from acrime.records.models import Record
    from acrime.retention.holds.models import Hold


class HoldQuerySet(models.QuerySet["Hold"]):
    """Holds."""

    def in_force(self) -> Self:
        """Those that stand."""
        return self.filter(released_at__isnull=True)

    def to_review(self, today: date) -> Self:
        """Those that stand and whose day of review has come."""
        return self.in_force().filter(review_on__lte=today)

    def to_release(self) -> Self:
        """Those whose release is asked for."""
        return self.in_force().filter(asked_at__isnull=False)

    def with_people(self) -> Self:
        """With whoever a page names."""
        return self.select_related(
            "authority", "custodian", "placed_by", "asked_by", "released_by", "matter"
        )


class _Held(RecordCondition):
    """That a hold in force reaches a record."""

    def condition(self, table: str) -> tuple[str, tuple[Any, ...]]:
        return held_sql(table), ()


class _ReachedBy(RecordCondition):
    """That one hold reaches a record, whether it stands or not."""

    def __init__(self, hold_id: int) -> None:
        super().__init__()
        self._hold_id = hold_id

    def condition(self, table: str) -> tuple[str, tuple[Any, ...]]:
        return (
            "EXISTS (SELECT FROM retention_hold hold WHERE hold.id = %s::bigint AND "
            f"{reaches(hold='hold', record=table)})"
        ), (self._hold_id,)


def held_sql(record: str) -> str:
    """The condition that a hold in force reaches *record*, a table's alias in a statement.

    True or not at the moment of the statement. Whoever destroys takes the locks before
    (``locks.lock_for_destroying``), in an earlier statement.
    """
    return (
        "EXISTS (SELECT FROM retention_hold hold WHERE hold.released_at IS NULL AND "
        f"{reaches(hold='hold', record=record)})"
    )


def held(records: "models.QuerySet[Record]") -> "models.QuerySet[Record]":
    """Those of *records* that a hold in force reaches."""
    return records.filter(Q(_Held()))


def free(records: "models.QuerySet[Record]") -> "models.QuerySet[Record]":
    """Those of *records* that no hold in force reaches."""
    return records.filter(~Q(_Held()))


def reached_by(hold: "Hold", records: "models.QuerySet[Record]") -> "models.QuerySet[Record]":
    """Those of *records* that *hold* reaches."""
    return records.filter(Q(_ReachedBy(hold.pk)))


def holds_on(record_ids: Collection[int]) -> Mapping[int, list["Hold"]]:
    """The holds in force that reach each of *record_ids*, oldest first; none, an empty list."""
    from acrime.retention.holds.models import Hold

    statement = (
        "SELECT record.id, hold.id FROM record JOIN retention_hold hold "  # noqa: S608
        f"ON hold.released_at IS NULL AND {reaches(hold='hold', record='record')} "
        "WHERE record.id = ANY (%s::bigint[]) ORDER BY hold.id, record.id"
    )
    with connection.cursor() as cursor:
        cursor.execute(statement, [list(record_ids)])
        pairs = cursor.fetchall()
    kept = Hold.objects.with_people().in_bulk({hold for _, hold in pairs})
    found: dict[int, list[Hold]] = {record: [] for record in record_ids}
    for record, hold in pairs:
        found[record].append(kept[hold])
    return found
