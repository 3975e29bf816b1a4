"""What every act on a query shares: who works queries, the locked row, the event."""

from collections.abc import Mapping
from datetime import datetime

from accounts.choices import Role
from accounts.models import User
from acrime.audit.actions import record_event
from acrime.audit.choices import Channel
from acrime.common.errors import ActionRefused
from acrime.iaq.choices import QueryState
from acrime.iaq.models import StatusQuery
from acrime.iaq.policy import may_follow

# Who works queries. A reviewer is anybody of these who sees the draft and is not its author.
WORKERS = frozenset({Role.ANALYST, Role.SUPERVISOR})


def locked_query(query: StatusQuery, actor: User) -> StatusQuery:
    if not actor.has_role(*WORKERS):
        raise ActionRefused("Your role does not work queries.", code="not-a-worker")
    return (
        StatusQuery.objects.select_for_update(of=("self", "record"))
        .select_related("record__notice_version")
        .get(pk=query.pk)
    )


def locked_for_author(query: StatusQuery, actor: User) -> StatusQuery:
    locked = locked_query(query, actor)
    if locked.state != QueryState.CLAIMED:
        raise ActionRefused("The query is not being researched now.", code="wrong-state")
    if locked.claimed_by_id != actor.pk:
        raise ActionRefused("Somebody else is working on this query.", code="not-yours")
    return locked


def move(query: StatusQuery, state: QueryState, *, refusal: str) -> None:
    if not may_follow(query.state, state):
        raise ActionRefused(refusal, code="wrong-state")
    query.state = state


def need_reason(reason: str) -> None:
    if not reason.strip():
        raise ActionRefused("Give a reason.", code="reason-missing")


def query_event(
    kind: str,
    query: StatusQuery,
    *,
    actor: User,
    at: datetime,
    purpose: str = "",
    details: Mapping[str, object] | None = None,
) -> None:
    record_event(
        kind=kind,
        actor=actor,
        at=at,
        channel=Channel.PAGE,
        record_id=query.record.pk,
        record_number=query.record.number,
        purpose=purpose.strip(),
        details=details,
    )
