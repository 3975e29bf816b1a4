"""The target of a query, from its program and the portal's settings."""

from datetime import datetime
from zoneinfo import ZoneInfo

from django.conf import settings

from acrime.iaq.clocks.policy import Explained, Target, due_at, explain, target
from acrime.iaq.models import StatusQuery
from acrime.iaq.policy import PROGRAM_RULES

# The center's own time, in which its clocks are shown.
EASTERN = ZoneInfo("America/New_York")


def target_for(*, program: str, no_match: bool) -> Target:
    """The target of a query of *program*."""
    return target(
        program_hours=PROGRAM_RULES[program].hours,
        no_match=no_match,
        match_hours=settings.RESPONSE_HOURS,
        no_match_hours=settings.NO_MATCH_HOURS,
    )


def due_for(*, program: str, no_match: bool, received_at: datetime) -> datetime:
    """When the answer to a query of *program* is due."""
    chosen = target_for(program=program, no_match=no_match)
    return due_at(received_at=received_at, hours=chosen.hours)


def explained(query: StatusQuery) -> Explained:
    """Where the due time of *query* comes from, in Eastern time.

    A clock that was set under other settings is explained by the hours that it was given.
    """
    chosen = target_for(program=query.program, no_match=query.no_match)
    hours = round((query.due_at - query.received_at).total_seconds() / 3600)
    return explain(received_at=query.received_at, chosen=Target(hours, chosen.rule), zone=EASTERN)
