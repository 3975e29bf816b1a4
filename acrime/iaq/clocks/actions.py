"""The verbs of clocks: another target, and telling people as the time runs out."""

from datetime import datetime

from django.db import IntegrityError, transaction
from django.db.models import DateTimeField, DurationField, Exists, ExpressionWrapper, F, OuterRef, Q
from django.utils.dateparse import parse_datetime

from accounts.choices import Role
from accounts.models import User
from acrime.audit.actions import record_event
from acrime.audit.choices import Channel
from acrime.common import outbox
from acrime.common.errors import ActionRefused
from acrime.common.models import OutboxMessage
from acrime.iaq import events
from acrime.iaq.choices import QueryState
from acrime.iaq.clocks.policy import LEFT_AT_WARNING, warning_at
from acrime.iaq.clocks.targets import due_for
from acrime.iaq.models import StatusQuery
from acrime.iaq.programs.querysets import table_in_force
from acrime.iaq.working import locked_query, need_reason, query_event
from acrime.iaq.worklist.choices import ItemKind
from acrime.iaq.worklist.models import WorkItem

TELL = "iaq.tell-of-clock"
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
    """Queue a message for each warning and each late answer that nobody was told of yet.

    The dates live in the queries, so it does not matter how long nothing ran.

    Returns:
        how many messages were queued or were queued already.
    """
    quarter = ExpressionWrapper(
        (F("due_at") - F("received_at")) / LEFT_AT_WARNING, output_field=DurationField()
    )
    queued = 0
    for kind, since in (
        (ItemKind.LATE, F("due_at")),
        (ItemKind.DUE_SOON, ExpressionWrapper(F("due_at") - quarter, DateTimeField())),
    ):
        told = WorkItem.objects.filter(query=OuterRef("pk"), kind=kind, due_at=OuterRef("due_at"))
        waiting = (
            StatusQuery.objects.exclude(state=QueryState.RELEASED)
            # The first answer ended the clock, also where it is being amended.
            .filter(answered_at__isnull=True)
            .annotate(since=since)
            .filter(~Q(Exists(told)), since__lte=at)
            .order_by("due_at", "pk")
            .values_list("pk", "due_at")[:MOST_AT_A_TIME]
        )
        for pk, due in waiting:
            outbox.enqueue(
                topic=TELL,
                key=f"{TELL}:{kind}:{pk}:{due.isoformat()}",
                payload={"query": pk, "kind": kind.value, "due": due.isoformat()},
                at=at,
            )
            queued += 1
    return queued


@outbox.handler(TELL)
def tell(message: OutboxMessage, at: datetime) -> outbox.Later | None:
    """Tell whoever works a query that its time runs out, or their supervisor that it has.

    Nobody is told of a query that was answered or whose due time was changed meanwhile.
    """
    query = (
        StatusQuery.objects.select_for_update(of=("self",))
        .select_related("record", "claimed_by__supervisor")
        .get(pk=message.payload["query"])
    )
    kind = ItemKind(str(message.payload["kind"]))
    due = parse_datetime(str(message.payload["due"]))
    if query.answered_at or due != query.due_at or not _is_time(query, kind, at):
        return None
    try:
        with transaction.atomic():
            WorkItem.objects.create(
                query=query, kind=kind, recipient=_told(query, kind), due_at=due, made_at=at
            )
    except IntegrityError:
        # Told already, for this due time.
        return None
    record_event(
        kind=_EVENTS[kind],
        actor=None,
        at=at,
        channel=Channel.JOB,
        record_id=query.record.pk,
        record_number=query.record.number,
        details={"due": query.due_at.isoformat()},
    )
    return None


def _is_time(query: StatusQuery, kind: ItemKind, at: datetime) -> bool:
    if kind == ItemKind.LATE:
        return at >= query.due_at
    return at >= warning_at(received_at=query.received_at, due=query.due_at)


def _told(query: StatusQuery, kind: ItemKind) -> User | None:
    """Who is told; None for every supervisor who sees the query."""
    worker = query.claimed_by
    if worker is None:
        return None
    return worker if kind == ItemKind.DUE_SOON else worker.supervisor
