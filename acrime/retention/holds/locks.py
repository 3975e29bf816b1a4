"""Locks that let placing a hold and destroying a record never overlap. See decision 0027.

A shelf is all records of one kind. Whoever destroys a record takes its shelf together with
others who destroy; whoever places or widens a hold takes every shelf that it can reach, alone.
A record's kind never changes, so it is known before the first look which lock is the right one.
"""

from collections.abc import Collection, Mapping

from django.db import connection, transaction

from acrime.records.choices import RecordKind

# The first of the two numbers of each lock: "HOLD". Others in the portal have one number.
SPACE = 0x484F4C44
SHELVES: Mapping[RecordKind, int] = {
    RecordKind.QUERY: 1,
    RecordKind.RESPONSE: 2,
    RecordKind.INDIVIDUAL: 3,
    RecordKind.NCIC_ENTRY: 4,
    RecordKind.HIT: 5,
    RecordKind.CALL: 6,
    RecordKind.DETAINER: 7,
    RecordKind.TIP: 8,
    RecordKind.TIP_SOURCE: 9,
}


def lock_for_holding(kinds: Collection[RecordKind]) -> None:
    """Wait until nothing of *kinds* is being destroyed, and let nothing of them be.

    Until the caller's transaction ends. What was destroyed before is gone; what is destroyed
    later finds the hold.

    Raises:
        TransactionManagementError: there is no transaction.
    """
    _lock("pg_advisory_xact_lock", kinds)


def lock_for_destroying(kinds: Collection[RecordKind]) -> None:
    """Wait until no hold on *kinds* is being placed, and let none be, until the transaction ends.

    To be taken before anything is asked about holds: an answer from before may be old. With a
    record's own shelf goes that of individuals where it may be the last one about a person.

    Raises:
        TransactionManagementError: there is no transaction, or one whose every statement
            sees the moment of its first: it would not see the hold that it waited for.
    """
    _lock("pg_advisory_xact_lock_shared", kinds)


def _lock(function: str, kinds: Collection[RecordKind]) -> None:
    if not connection.in_atomic_block:
        raise transaction.TransactionManagementError("Shelves are locked for a transaction.")
    with connection.cursor() as cursor:
        cursor.execute("SELECT current_setting('transaction_isolation')")
        row = cursor.fetchone()
        if row != ("read committed",):
            raise transaction.TransactionManagementError(
                "What is asked after the lock must see what was written before it."
            )
        # One after the other, always in the same order: two that hold wait and do not block
        # each other for good.
        for shelf in sorted(SHELVES[RecordKind(kind)] for kind in set(kinds)):
            cursor.execute(f"SELECT {function}(%s::int, %s::int)", [SPACE, shelf])
