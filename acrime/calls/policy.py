"""Rules of calls. Pure.

Sources: the notice (categories of individuals 4, of records 4 and 9; retention of calls), and
purpose 5, help to agencies that contact ICE.
"""

from collections.abc import Mapping
from datetime import datetime, timedelta

from accounts.choices import OVERSIGHT, Role
from acrime.calls.choices import CallKind
from routine_uses.choices import Field

TAKERS = frozenset({Role.CALL_TAKER, Role.ANALYST, Role.SUPERVISOR, Role.NCIC_SPECIALIST})
READERS = (
    TAKERS
    | OVERSIGHT
    | {
        Role.PRIVACY_OFFICER,
        Role.RECORDS_OFFICER,
        Role.FOIA_OFFICER,
        Role.ATTORNEY,
    }
)

# The notice names no period for calls that neither confirm a hit nor follow a response up. The
# item that rests on another record is taken: without that record its period never begins, so
# nothing about such a call can ever be due.
SCHEDULES: Mapping[str, str] = {
    CallKind.HIT: "CALL-HIT",
    CallKind.ASSISTANCE: "CALL-FOLLOWUP",
}
"""Retention items by kind; a follow-up has that of the query which it follows up."""

CATEGORIES: Mapping[str, int] = {CallKind.HIT: 4, CallKind.ASSISTANCE: 9}
"""The notice's categories of records by kind; a follow-up has that of its query."""

TOLD = (
    Field.NAME,
    Field.DATE_OF_BIRTH,
    Field.COUNTRY_OF_BIRTH,
    Field.A_NUMBER,
    Field.FBI_NUMBER,
    Field.IMMIGRATION_STATUS,
    Field.REMOVAL_STATUS,
    Field.REMOVAL_HISTORY,
    Field.RESPONSIBLE_OFFICE,
    Field.QUERY_REFERENCE,
    Field.NCIC_STATUS,
    Field.WARRANT,
)
"""What may be told on a call, as far as a routine use carries it."""

FURTHEST_TASK = timedelta(days=366)


def task_problem(due_at: datetime, *, at: datetime) -> str:
    """What is wrong with when a follow-up task is due."""
    if due_at <= at:
        return "The task is due in the future."
    return "" if due_at - at <= FURTHEST_TASK else "The task is due within a year."
