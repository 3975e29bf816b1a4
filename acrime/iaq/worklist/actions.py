"""The verbs of the worklist: who takes a query on, and who gives it back."""

from datetime import datetime

from django.db import transaction

from accounts.choices import Role
from accounts.models import User
from acrime.audit.choices import Channel
from acrime.common.errors import ActionRefused
from acrime.iaq import events
from acrime.iaq.choices import QueryState
from acrime.iaq.models import StatusQuery
from acrime.iaq.working import (
    locked_query,
    move,
    need_reason,
    query_event,
)
from acrime.records.actions import (
    change_owner,
)


@transaction.atomic
def claim_query(*, query: StatusQuery, actor: User, at: datetime) -> None:
    """Take a waiting query on. Its taker owns its record from now on.

    Raises:
        ActionRefused: somebody else was faster, or the actor does not work queries.
    """
    locked = locked_query(query, actor)
    # A query in review goes back to CLAIMED too, but only when it is returned.
    if locked.state != QueryState.RECEIVED:
        raise ActionRefused("Somebody else has taken this query on.", code="wrong-state")
    locked.state = QueryState.CLAIMED
    locked.claimed_by = actor
    locked.claimed_at = at
    locked.save(update_fields=["state", "claimed_by", "claimed_at"])
    change_owner(record=locked.record, owner=actor, actor=actor, at=at, channel=Channel.PAGE)
    query_event(events.CLAIMED, locked, actor=actor, at=at)


@transaction.atomic
def put_back(*, query: StatusQuery, reason: str, actor: User, at: datetime) -> None:
    """Put a claimed query back on the worklist.

    Raises:
        ActionRefused: no reason, or the actor neither claimed it nor supervises.
    """
    locked = locked_query(query, actor)
    if locked.claimed_by_id != actor.pk and not actor.has_role(Role.SUPERVISOR):
        raise ActionRefused(
            "Only who took the query on, or a supervisor, may put it back.", code="not-yours"
        )
    need_reason(reason)
    move(locked, QueryState.RECEIVED, refusal="Only a query being researched can be put back.")
    locked.claimed_by = None
    locked.claimed_at = None
    locked.save(update_fields=["state", "claimed_by", "claimed_at"])
    query_event(events.PUT_BACK, locked, actor=actor, at=at, purpose=reason)
