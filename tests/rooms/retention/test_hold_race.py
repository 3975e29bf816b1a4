"""Placing a hold and destroying a record never overlap."""

import os
import threading
from collections.abc import Callable
from datetime import datetime

import pytest
from django.db import connection, transaction

from accounts.models import User
from acrime.audit.choices import Channel
from acrime.records.actions import open_records
from acrime.records.choices import RecordKind
from acrime.records.models import Record
from acrime.retention.holds.actions import place_hold, take_free
from acrime.retention.holds.choices import Scope
from acrime.retention.holds.locks import SPACE, lock_for_destroying, lock_for_holding
from acrime.tips.policy import SCHEDULE, TIP_CATEGORY
from routine_uses.models import NoticeVersion
from tests.support import holds

# More of them by hand: HOLD_RACE_TRIES=1000.
TRIES = int(os.environ.get("HOLD_RACE_TRIES", "60"))
WAITING = (
    "SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND NOT granted AND classid = %s "
    "AND database = (SELECT oid FROM pg_database WHERE datname = current_database())"
)

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def people(notice: NoticeVersion, at: datetime) -> tuple[User, User]:
    return holds.officers(at)


def tips(number: int, *, owner: User, at: datetime) -> list[Record]:
    return open_records(
        kind=RecordKind.TIP,
        places=[(TIP_CATEGORY, SCHEDULE)] * number,
        owner=owner,
        creator=owner,
        at=at,
        channel=Channel.PAGE,
    )


def beside(work: Callable[[], None]) -> tuple[threading.Thread, list[BaseException]]:
    """*work* in a thread with a connection of its own, and what it raised."""
    failed: list[BaseException] = []

    def run() -> None:
        try:
            work()
        except BaseException as error:  # noqa: BLE001  # told to the test
            failed.append(error)
        finally:
            connection.close()

    thread = threading.Thread(target=run)
    thread.start()
    return thread, failed


def until_somebody_waits() -> None:
    for _ in range(100_000):
        with connection.cursor() as cursor:
            cursor.execute(WAITING, [SPACE])
            if cursor.fetchone() != (0,):
                return
    raise AssertionError("nobody waits for the lock")


SCOPES = (
    {"scope": Scope.KINDS, "kinds": [RecordKind.TIP]},
    {"scope": Scope.DATES, "opened_from": holds.day("2026-01-01")},
)


def test_no_held_record_is_destroyed(people: tuple[User, User], at: datetime) -> None:
    """Whatever a hold finds in its scope when it is placed is there afterwards, every time."""
    officer, counsel = people
    records = tips(TRIES, owner=officer, at=at)
    together = threading.Barrier(2, timeout=120)
    found: dict[int, bool] = {}
    standing: list[int] = []

    def hold() -> None:
        for turn, record in enumerate(records):
            together.wait()
            with transaction.atomic():
                scope = SCOPES[turn % len(SCOPES)]
                order = holds.order(counsel, officer, at=at, **scope)
                standing.append(place_hold(order=order, actor=officer, at=at).pk)
                found[record.pk] = Record.objects.filter(pk=record.pk).exists()
            together.wait()
            # It is over before the next turn, so that each begins with nothing held.
            with transaction.atomic(), connection.cursor() as cursor:
                cursor.execute(
                    "UPDATE retention_hold SET asked_by_id = placed_by_id, asked_at = placed_at, "
                    "released_by_id = authority_id, released_at = placed_at WHERE id = %s",
                    [standing[-1]],
                )
            together.wait()

    thread, failed = beside(hold)
    destroyed = set()
    try:
        for record in records:
            together.wait()
            with transaction.atomic():
                if take_free(record_ids=[record.pk]):
                    with connection.cursor() as cursor:
                        cursor.execute("DELETE FROM record WHERE id = %s", [record.pk])
                    destroyed.add(record.pk)
            together.wait()
            together.wait()
    finally:
        thread.join(timeout=300)

    assert not failed
    assert len(found) == TRIES
    there = set(Record.objects.order_by("pk").values_list("pk", flat=True))
    assert {pk for pk, seen in found.items() if seen} <= there
    # One of the two was first, each time.
    assert destroyed == {pk for pk, seen in found.items() if not seen}


def test_a_hold_waits_for_what_is_being_destroyed(people: tuple[User, User], at: datetime) -> None:
    officer, counsel = people
    [record] = tips(1, owner=officer, at=at)
    found: list[bool] = []

    def hold() -> None:
        with transaction.atomic():
            holds.placed(officer, counsel, at=at, **SCOPES[0])
            found.append(Record.objects.filter(pk=record.pk).exists())

    with transaction.atomic():
        assert take_free(record_ids=[record.pk]) == [record.pk]
        thread, failed = beside(hold)
        until_somebody_waits()
        assert not found
        with connection.cursor() as cursor:
            cursor.execute("DELETE FROM record WHERE id = %s", [record.pk])
    thread.join(timeout=60)
    assert not failed
    assert found == [False]


def test_whoever_destroys_waits_for_the_hold_and_finds_it(
    people: tuple[User, User], at: datetime
) -> None:
    officer, counsel = people
    [record] = tips(1, owner=officer, at=at)
    taken: list[list[int]] = []

    def destroy() -> None:
        with transaction.atomic():
            # What was seen before the lock does not count.
            assert Record.objects.filter(pk=record.pk).exists()
            taken.append(take_free(record_ids=[record.pk]))

    with transaction.atomic():
        holds.placed(officer, counsel, at=at, **SCOPES[0])
        thread, failed = beside(destroy)
        until_somebody_waits()
        assert not taken
    thread.join(timeout=60)
    assert not failed
    assert taken == [[]]


def test_a_hold_on_one_kind_lets_another_be_destroyed(
    people: tuple[User, User], at: datetime
) -> None:
    officer, counsel = people
    [record] = tips(1, owner=officer, at=at)
    taken: list[list[int]] = []

    def destroy() -> None:
        with transaction.atomic():
            taken.append(take_free(record_ids=[record.pk]))

    with transaction.atomic():
        holds.placed(officer, counsel, at=at, scope=Scope.KINDS, kinds=[RecordKind.CALL])
        thread, failed = beside(destroy)
        thread.join(timeout=60)
    assert not failed
    assert taken == [[record.pk]]


@pytest.mark.parametrize("lock", [lock_for_holding, lock_for_destroying])
def test_a_lock_needs_a_transaction_that_sees_what_it_waited_for(
    lock: Callable[[list[RecordKind]], None],
) -> None:
    with pytest.raises(transaction.TransactionManagementError):
        lock([RecordKind.TIP])
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ")
        with pytest.raises(transaction.TransactionManagementError):
            lock([RecordKind.TIP])
