"""The target of a query, from the table of programs in force and the portal's settings."""

from datetime import datetime

from django.conf import settings

from acrime.common.eastern import EASTERN
from acrime.iaq.clocks.policy import Explained, Target, due_at, explain, target
from acrime.iaq.models import StatusQuery
from acrime.iaq.programs.policy import Table, own_hours
from acrime.iaq.programs.querysets import table_in_force

# The center's own time, in which its clocks are shown.


def target_for(*, program: str, no_match: bool, table: Table | None) -> Target:
    """The target of a query of *program* by a table of programs."""
    return target(
        program_hours=own_hours(program, table, general=settings.RESPONSE_HOURS),
        no_match=no_match,
        match_hours=settings.RESPONSE_HOURS,
        no_match_hours=settings.NO_MATCH_HOURS,
    )


def due_for(
    *, program: str, no_match: bool, received_at: datetime, table: Table | None
) -> datetime:
    """When the answer to a query of *program* is due by a table of programs."""
    chosen = target_for(program=program, no_match=no_match, table=table)
    return due_at(received_at=received_at, hours=chosen.hours)


def explained(query: StatusQuery) -> Explained:
    """Where the due time of *query* comes from, in Eastern time.

    A clock that was set under other settings is explained by the hours that it was given.
    """
    chosen = target_for(program=query.program, no_match=query.no_match, table=table_in_force())
    hours = round((query.due_at - query.received_at).total_seconds() / 3600)
    return explain(received_at=query.received_at, chosen=Target(hours, chosen.rule), zone=EASTERN)
