"""A query that was answered is worked again, because its answer is amended."""

from datetime import datetime

from django.db import transaction

from accounts.choices import Role
from accounts.models import User
from acrime.audit.choices import Channel
from acrime.common.errors import ActionRefused
from acrime.iaq import events
from acrime.iaq.choices import DeterminationState, QueryState
from acrime.iaq.models import Determination, StatusQuery
from acrime.iaq.policy import may_follow
from acrime.iaq.working import locked_query, query_event
from acrime.records.actions import change_owner
from acrime.retention.actions import recompute


@transaction.atomic
def reopen_query(*, query: StatusQuery, actor: User, at: datetime) -> StatusQuery:
    """Take an answered query on again. What was determined stays as it is, and is no longer
    the one that stands.

    Raises:
        ActionRefused: it is not answered, or the actor does not work queries.
    """
    locked = locked_query(query, actor)
    if locked.state != QueryState.RELEASED or not may_follow(locked.state, QueryState.CLAIMED):
        raise ActionRefused("Only an answered query is worked again.", code="wrong-state")
    _change(locked, DeterminationState.APPROVED, DeterminationState.SUPERSEDED)
    locked.state = QueryState.CLAIMED
    locked.claimed_by, locked.claimed_at = actor, at
    locked.save(update_fields=["state", "claimed_by", "claimed_at"])
    change_owner(record=locked.record, owner=actor, actor=actor, at=at, channel=Channel.PAGE)
    recompute([locked.pk], at=at)
    query_event(events.REOPENED, locked, actor=actor, at=at)
    return locked


@transaction.atomic
def close_again(*, query: StatusQuery, actor: User, at: datetime) -> StatusQuery:
    """Leave the answer as it was: what was determined for it stands again.

    Raises:
        ActionRefused: the query is not being worked again, its new determination waits for
            review, or the actor neither works on it nor supervises.
    """
    locked = locked_query(query, actor)
    if locked.answered_at is None or not may_follow(locked.state, QueryState.RELEASED):
        raise ActionRefused("The query is not being worked again now.", code="wrong-state")
    if locked.state != QueryState.CLAIMED:
        raise ActionRefused(
            "A determination waits to be reviewed or released; return it first.",
            code="wrong-state",
        )
    if locked.claimed_by_id != actor.pk and not actor.has_role(Role.SUPERVISOR):
        raise ActionRefused("Somebody else is working on this query.", code="not-yours")
    last = locked.determinations.filter(state=DeterminationState.SUPERSEDED).order_by("-version")
    _change_one(last[0].pk, DeterminationState.APPROVED)
    locked.state = QueryState.RELEASED
    locked.save(update_fields=["state"])
    recompute([locked.pk], at=at)
    query_event(events.CLOSED_AGAIN, locked, actor=actor, at=at)
    return locked


def _change(query: StatusQuery, before: str, after: str) -> None:
    for each in query.determinations.filter(state=before).order_by("version"):
        _change_one(each.pk, after)


def _change_one(pk: int, state: str) -> None:
    determination = Determination.objects.select_for_update().get(pk=pk)
    determination.state = state
    determination.save(update_fields=["state"])
