"""The verbs of clocks: another target, and telling people as the time runs out."""

from datetime import datetime

from django.db import transaction
from django.db.models import DateTimeField, DurationField, Exists, ExpressionWrapper, F, OuterRef, Q
from django.db.models.expressions import Combinable

from accounts.choices import Role
from accounts.models import User
from acrime.audit.actions import Said, record_events
from acrime.audit.choices import Channel
from acrime.common.errors import ActionRefused
from acrime.iaq import events
from acrime.iaq.choices import QueryState
from acrime.iaq.clocks.policy import LEFT_AT_WARNING
from acrime.iaq.clocks.targets import due_for
from acrime.iaq.models import StatusQuery
from acrime.iaq.programs.querysets import table_in_force
from acrime.iaq.working import locked_query, need_reason, query_event
from acrime.iaq.worklist.choices import ItemKind
from acrime.iaq.worklist.models import WorkItem

MOST_AT_A_TIME = 500

_EVENTS = {ItemKind.DUE_SOON: events.CLOCK_WARNED, ItemKind.LATE: events.CLOCK_ESCALATED}


@transaction.atomic
def say_no_match(*, query: StatusQuery, reason: str, actor: User, at: datetime) -> None:
    """Say that the fingerprints matched nobody, which gives the answer the longer time.

    The clock still runs from the receipt and is not stopped.

    Raises:
        ActionRefused: the query was not made from fingerprints, is past research, is said to
            have no match already, or is neither the actor's nor a supervisor's to change.
    """
    locked = locked_query(query, actor)
    if locked.claimed_by_id != actor.pk and not actor.has_role(Role.SUPERVISOR):
        raise ActionRefused(
            "Whoever works on the query, or a supervisor, says so.", code="not-yours"
        )
    need_reason(reason)
    if not locked.fingerprint_based or locked.encounters.exists():
        raise ActionRefused(
            "Only a query made from fingerprints that brought no encounter has no match.",
            code="not-without-match",
        )
    if locked.state not in (QueryState.RECEIVED, QueryState.CLAIMED):
        raise ActionRefused("The query is past research.", code="wrong-state")
    if locked.no_match:
        raise ActionRefused("That is said already.", code="already-said")
    locked.no_match = True
    before = set_due(locked)
    locked.save(update_fields=["no_match", "due_at"])
    query_event(
        events.NO_MATCH_SAID,
        locked,
        actor=actor,
        at=at,
        purpose=reason,
        details={"due_before": before.isoformat(), "due": locked.due_at.isoformat()},
    )


def set_due(locked: StatusQuery) -> datetime:
    """Reckon the due time anew from the receipt; the caller saves. Returns the one before."""
    before = locked.due_at
    locked.due_at = due_for(
        program=locked.program,
        no_match=locked.no_match,
        received_at=locked.received_at,
        table=table_in_force(),
    )
    return before


def watch(*, at: datetime) -> int:
    """Tell of each clock that runs out or has run out, where nobody was told of it yet.

    Whoever works a query is told that its time runs out, their supervisor that it has. The dates
    live in the queries, so it does not matter how long nothing ran. What somebody is at work on
    at this moment is told of the next time.

    Returns:
        how many were told of.
    """
    quarter = ExpressionWrapper(
        (F("due_at") - F("received_at")) / LEFT_AT_WARNING, output_field=DurationField()
    )
    told = 0
    for kind, since in (
        (ItemKind.LATE, F("due_at")),
        (ItemKind.DUE_SOON, ExpressionWrapper(F("due_at") - quarter, DateTimeField())),
    ):
        while some := _tell_some(kind, since, at=at):
            told += some
    return told


@transaction.atomic
def _tell_some(kind: ItemKind, since: Combinable, *, at: datetime) -> int:
    items = WorkItem.objects.filter(kind=kind)
    told = items.filter(query=OuterRef("pk"), due_at=OuterRef("due_at"))
    waiting = list(
        StatusQuery.objects.exclude(state=QueryState.RELEASED)
        # The first answer ended the clock, also where it is being amended.
        .filter(answered_at__isnull=True)
        .annotate(since=since)
        .filter(~Q(Exists(told)), since__lte=at)
        .select_related("record", "claimed_by__supervisor")
        .order_by("due_at", "pk")
        .select_for_update(of=("self",), skip_locked=True)[:MOST_AT_A_TIME]
    )
    # Another may have told of some before they were locked here, and after it was asked above.
    told_now = items.filter(query__in=[query.pk for query in waiting])
    known = set(told_now.values_list("query_id", "due_at").order_by("pk"))
    due = [query for query in waiting if (query.pk, query.due_at) not in known]
    WorkItem.objects.bulk_create(
        [
            WorkItem(
                query=query,
                kind=kind,
                recipient=_told(query, kind),
                due_at=query.due_at,
                made_at=at,
            )
            for query in due
        ]
    )
    record_events(
        kind=_EVENTS[kind],
        actor=None,
        at=at,
        channel=Channel.JOB,
        each=[
            Said(query.record.pk, query.record.number, {"due": query.due_at.isoformat()})
            for query in due
        ],
    )
    return len(due)


def _told(query: StatusQuery, kind: ItemKind) -> User | None:
    """Who is told; None for every supervisor who sees the query."""
    worker = query.claimed_by
    if worker is None:
        return None
    return worker if kind == ItemKind.DUE_SOON else worker.supervisor
