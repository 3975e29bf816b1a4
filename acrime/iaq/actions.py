"""The verbs of working a query. Those of a sub-room are found here under one name."""

from datetime import datetime

from django.db import transaction

from accounts.choices import Role
from accounts.models import User
from acrime.common.errors import ActionRefused
from acrime.iaq import events
from acrime.iaq.choices import QueryState
from acrime.iaq.clocks.actions import set_due
from acrime.iaq.models import StatusQuery
from acrime.iaq.policy import PROGRAM_RULES
from acrime.iaq.research.actions import add_research_step as add_research_step
from acrime.iaq.research.actions import create_subject as create_subject
from acrime.iaq.research.actions import find_subjects as find_subjects
from acrime.iaq.research.actions import link_individual as link_individual
from acrime.iaq.research.actions import person_of as person_of
from acrime.iaq.reviewing.actions import approve_determination as approve_determination
from acrime.iaq.reviewing.actions import return_determination as return_determination
from acrime.iaq.reviewing.actions import submit_determination as submit_determination
from acrime.iaq.working import WORKERS as WORKERS
from acrime.iaq.working import locked_query, move, need_reason, query_event
from acrime.iaq.worklist.actions import claim_query as claim_query
from acrime.iaq.worklist.actions import put_back as put_back
from routine_uses.choices import Program
from routine_uses.querysets import retention_item


@transaction.atomic
def change_program(
    *, query: StatusQuery, program: Program, reason: str, actor: User, at: datetime
) -> None:
    """Correct what a query is for, and with it category, retention item and clock.

    Raises:
        ActionRefused: the actor is no supervisor, there is no reason, or the
            determination was approved already.
    """
    locked = locked_query(query, actor)
    if not actor.has_role(Role.SUPERVISOR):
        raise ActionRefused("A supervisor changes the program of a query.", code="not-supervisor")
    need_reason(reason)
    if locked.state in (QueryState.APPROVED, QueryState.RELEASED):
        raise ActionRefused(
            "The determination is approved; its program stands.", code="wrong-state"
        )
    rule = PROGRAM_RULES[program]
    record = locked.record
    version = record.notice_version
    record.category = version.record_categories.get(number=rule.category)
    record.schedule_item = retention_item(version, rule.schedule_code)
    record.save(update_fields=["category", "schedule_item"])
    before, locked.program = locked.program, program
    due_before = set_due(locked)
    locked.save(update_fields=["program", "due_at"])
    query_event(
        events.PROGRAM_CHANGED,
        locked,
        actor=actor,
        at=at,
        purpose=reason,
        details={"from": before, "to": program.value}
        | (
            {"due_before": due_before.isoformat(), "due": locked.due_at.isoformat()}
            if due_before != locked.due_at
            else {}
        ),
    )


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
