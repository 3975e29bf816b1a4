"""Tables of programs, the one in force, and what it would decide of queries."""

import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING

from acrime.iaq.choices import PROGRAMS, UNDECIDED, TableState
from acrime.iaq.parsed import ParsedMessage
from acrime.iaq.programs.models import ProgramTable
from acrime.iaq.programs.policy import Decision, Submission, Table, decide, table_of

if TYPE_CHECKING:
    from django.db.models import QuerySet

    from accounts.models import User
    from acrime.iaq.models import StatusQuery
    from acrime.iaq.querysets import QueryQuerySet

RECENT = 100
"""So many of the latest queries a preview looks at."""


@dataclass(frozen=True)
class InForce:
    """The table in force: its row's id and what it says."""

    pk: int
    table: Table


def in_force() -> InForce | None:
    """The table in force, or None where none was loaded.

    Its content never changes, so that it is read and taken apart once in each process.
    """
    key = (
        ProgramTable.objects.filter(state=TableState.IN_FORCE)
        .order_by("pk")
        .values_list("pk", "digest")
        .first()
    )
    return InForce(key[0], _table(*key)) if key else None


@lru_cache(maxsize=8)
def _table(pk: int, digest: str) -> Table:
    return table_of(ProgramTable.objects.get(pk=pk, digest=digest).content)


def table_in_force() -> Table | None:
    """What the table in force says, or None where none was loaded."""
    found = in_force()
    return found.table if found else None


def proposed_by_others(user: "User") -> "QuerySet[ProgramTable]":
    """Tables that wait for a second person, who may be *user*."""
    return ProgramTable.objects.filter(state=TableState.PROPOSED).exclude(author=user)


def submission_of(parsed: ParsedMessage, *, fingerprints: bool) -> Submission:
    """What the rules look at, of a message just read."""
    return Submission(
        purpose=parsed.pur,
        sender=parsed.ori,
        origin=parsed.arresting_ori or parsed.ori,
        remarks=parsed.rem,
        tot=parsed.tot,
        reason=parsed.rfp,
        tcn=parsed.tcn or "",
        fingerprints=fingerprints,
    )


def submission_kept(query: "StatusQuery") -> Submission:
    """The same, of a query that is kept."""
    received: dict[str, str] = json.loads(str(query.fields))
    return Submission(
        purpose=query.purpose,
        sender=query.ori,
        origin=query.arresting_ori or query.ori,
        remarks=str(query.remarks or ""),
        tot=received.get("TOT", "").upper(),
        reason=received.get("RFP", "").upper(),
        tcn=query.transaction_number,
        fingerprints=query.fingerprint_based,
    )


@dataclass(frozen=True)
class DecidedOtherwise:
    """A query that a table would decide otherwise than the one in force."""

    query: "StatusQuery"
    before: Decision
    after: Decision

    @property
    def before_label(self) -> str:
        """What the rules in force say, in words."""
        return dict(PROGRAMS)[self.before.program]

    @property
    def after_label(self) -> str:
        """What the other rules say, in words."""
        return dict(PROGRAMS)[self.after.program]


def decided_otherwise(
    queries: Iterable["StatusQuery"], *, old: Table | None, new: Table
) -> Iterator[DecidedOtherwise]:
    """Those of *queries* whose program *new* chooses otherwise than *old*."""
    for query in queries:
        facts = submission_kept(query)
        before, after = decide(facts, old), decide(facts, new)
        if before.program != after.program:
            yield DecidedOtherwise(query, before, after)


def undecided(user: "User") -> "QueryQuerySet":
    """Queries whose program waits for a person, as *user* sees them, first due first."""
    from acrime.iaq.models import StatusQuery

    return StatusQuery.objects.visible_to(user).filter(program=UNDECIDED).by_urgency()
