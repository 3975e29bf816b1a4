"""The verbs of working a query. Those of a sub-room are found here under one name."""

from datetime import datetime

from django.db import transaction

from accounts.models import User
from acrime.common.errors import ActionRefused
from acrime.iaq import events
from acrime.iaq.choices import QueryState
from acrime.iaq.models import StatusQuery
from acrime.iaq.programs.actions import change_program as change_program
from acrime.iaq.research.actions import add_research_step as add_research_step
from acrime.iaq.research.actions import create_subject as create_subject
from acrime.iaq.research.actions import find_subjects as find_subjects
from acrime.iaq.research.actions import link_individual as link_individual
from acrime.iaq.research.actions import person_of as person_of
from acrime.iaq.reviewing.actions import approve_determination as approve_determination
from acrime.iaq.reviewing.actions import return_determination as return_determination
from acrime.iaq.reviewing.actions import submit_determination as submit_determination
from acrime.iaq.working import WORKERS as WORKERS
from acrime.iaq.working import locked_query, move, query_event
from acrime.iaq.worklist.actions import claim_query as claim_query
from acrime.iaq.worklist.actions import put_back as put_back


@transaction.atomic
def mark_released(*, query: StatusQuery, actor: User, at: datetime) -> StatusQuery:
    """Say that the answer left; called by the release, in its transaction.

    Raises:
        ActionRefused: the determination is not approved, or the answer left already.
    """
    locked = locked_query(query, actor)
    if locked.state == QueryState.RELEASED:
        raise ActionRefused("The response was released already.", code="already-released")
    if not locked.research_steps.exists():
        raise ActionRefused("There is no research behind this answer.", code="no-research")
    move(
        locked, QueryState.RELEASED, refusal="A second person must approve the determination first."
    )
    locked.answered_at = locked.answered_at or at
    locked.save(update_fields=["state", "answered_at"])
    query_event(events.RELEASED, locked, actor=actor, at=at)
    return locked
