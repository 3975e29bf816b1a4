"""The verbs of the worklist: who works a query, how its offense is placed, what is told of it."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction

from accounts.choices import Role
from accounts.models import User
from acrime.audit.choices import Channel
from acrime.common.errors import ActionRefused
from acrime.common.places import at_place
from acrime.iaq import events
from acrime.iaq.choices import QueryState
from acrime.iaq.codes import OFFENSE_NOT_STATED, offense_codes
from acrime.iaq.models import StatusQuery
from acrime.iaq.working import WORKERS, locked_query, move, need_reason, query_event
from acrime.iaq.worklist import levels
from acrime.iaq.worklist.choices import ItemKind
from acrime.iaq.worklist.levels import Basis, Sentence
from acrime.iaq.worklist.models import OffensePlacement, SavedView, WorkItem
from acrime.records.actions import change_owner

MOST_AT_ONCE = 50
MOST_VIEWS = 20
CLAIMABLE_BY_ASSIGNMENT = frozenset({QueryState.RECEIVED, QueryState.CLAIMED})


@transaction.atomic
def claim_query(
    *, query: StatusQuery, actor: User, at: datetime, channel: Channel = Channel.PAGE
) -> None:
    """Take a waiting query on. Its taker owns its record from now on.

    Raises:
        ActionRefused: somebody else was faster, or the actor does not work queries.
    """
    locked = locked_query(query, actor)
    # A query in review goes back to CLAIMED too, but only when it is returned.
    if locked.state != QueryState.RECEIVED:
        raise ActionRefused("Somebody else has taken this query on.", code="wrong-state")
    _hand_to(locked, actor, actor=actor, at=at, channel=channel)
    query_event(events.CLAIMED, locked, actor=actor, at=at, channel=channel)


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
    _settle_assignments(locked, actor=actor, at=at)
    query_event(events.PUT_BACK, locked, actor=actor, at=at, purpose=reason)


@dataclass(frozen=True)
class AtOnce:
    """What became of several queries at once.

    Attributes:
        done: numbers of those that it was done to.
        refused: number and reason of each other one.
    """

    done: tuple[str, ...]
    refused: tuple[tuple[str, str], ...]


def claim_queries(*, queries: Sequence[StatusQuery], actor: User, at: datetime) -> AtOnce:
    """Take several waiting queries on: each one that is free, and told which were not.

    Raises:
        ActionRefused: none is given, or too many.
    """
    return _at_once(queries, lambda query: claim_query(query=query, actor=actor, at=at))


@transaction.atomic
def assign_query(*, query: StatusQuery, to: User, reason: str, actor: User, at: datetime) -> None:
    """Give a query that waits or is being researched to somebody, who is told.

    Raises:
        ActionRefused: the actor is no supervisor, *to* does not work queries or may not see this
            one, works it already, or it is past research.
    """
    locked = locked_query(query, actor)
    if not actor.has_role(Role.SUPERVISOR):
        raise ActionRefused("A supervisor gives queries to people.", code="not-supervisor")
    if not to.has_role(*WORKERS):
        raise ActionRefused("This person does not work queries.", code="not-a-worker-there")
    # Whoever is left out of a limited record is not brought in by being given it.
    if not StatusQuery.objects.visible_to(to).filter(pk=locked.pk).exists():
        raise ActionRefused("This person may not see the query.", code="may-not-see")
    if locked.state not in CLAIMABLE_BY_ASSIGNMENT:
        raise ActionRefused("The query is past research.", code="wrong-state")
    if locked.claimed_by_id == to.pk:
        raise ActionRefused("This person works on it already.", code="already-theirs")
    _settle_assignments(locked, actor=actor, at=at)
    _hand_to(locked, to, actor=actor, at=at)
    if to != actor:
        WorkItem.objects.create(
            query=locked,
            kind=ItemKind.ASSIGNED,
            recipient=to,
            made_at=at,
            made_by=actor,
            note=reason.strip() or None,
        )
    query_event(
        events.ASSIGNED,
        locked,
        actor=actor,
        at=at,
        purpose=reason,
        details={"to": to.username},
    )


def assign_queries(
    *, queries: Sequence[StatusQuery], to: User, reason: str, actor: User, at: datetime
) -> AtOnce:
    """Give several queries to somebody: each one that can be, and told which could not.

    Raises:
        ActionRefused: none is given, or too many.
    """
    return _at_once(
        queries,
        lambda query: assign_query(query=query, to=to, reason=reason, actor=actor, at=at),
    )


# --- Offenses ----------------------------------------------------------------------------------


@transaction.atomic
def place_offense(
    *,
    query: StatusQuery,
    basis: Basis,
    code: str,
    sentence: Sentence,
    level: int | None,
    reason: str,
    actor: User,
    at: datetime,
) -> OffensePlacement:
    """Say which level the charge has, or write down a conviction with its level.

    What the table places stays where it is; a person places the rest, and says why.

    Args:
        level: needed where the table does not tell.

    Raises:
        ActionRefused: the query is not the actor's to place, the code is no offense, the table
            says another level, or it says none and no level is given.
    """
    locked = _placeable(query, actor)
    need_reason(reason)
    if code == OFFENSE_NOT_STATED:
        raise ActionRefused(
            "0399 says that no offense is available. It is no level.", code="not-an-offense"
        )
    if code not in offense_codes():
        raise ActionRefused("This is no NCIC offense code.", code="not-an-offense")
    placed = levels.place(code, sentence)
    if placed.level is not None and level not in (None, placed.level):
        raise ActionRefused(
            f"The table places this offense in level {placed.level}.",
            code="placed-by-table",
            clause=levels.APPENDIX,
        )
    chosen = placed.level or level
    if chosen is None:
        raise ActionRefused(f"{placed.why.label}. Choose the level.", code="level-missing")
    standing = locked.placements.filter(basis=basis, struck_at__isnull=True)
    if basis == Basis.CHARGE:
        for earlier in standing.order_by("pk"):
            _strike(earlier, actor=actor, at=at)
    elif standing.filter(code=code, sentence=sentence).exists():
        raise ActionRefused("This conviction is written down already.", code="already-placed")
    placement = OffensePlacement.objects.create(
        query=locked,
        basis=basis,
        code=code,
        sentence=sentence,
        level=chosen,
        by_table=placed.level is not None,
        reason=reason.strip(),
        author=actor,
        written_at=at,
    )
    _reckon(locked)
    query_event(
        events.PLACED,
        locked,
        actor=actor,
        at=at,
        purpose=reason,
        details={"basis": basis.value, "level": chosen, "by_table": placement.by_table},
    )
    return placement


@transaction.atomic
def strike_placement(
    *, query: StatusQuery, place: int, reason: str, actor: User, at: datetime
) -> None:
    """Strike out a placement that was wrong. It stays readable.

    Args:
        place: of the placement among all of the query, from 1.

    Raises:
        ActionRefused: there is none that stands, no reason, or it is not the actor's to change.
    """
    locked = _placeable(query, actor)
    need_reason(reason)
    found = at_place(locked.placements.all(), place)
    if found is None or found.struck_at is not None:
        raise ActionRefused("It was struck out already.", code="wrong-state")
    _strike(found, actor=actor, at=at)
    _reckon(locked)
    query_event(
        events.PLACEMENT_STRUCK,
        locked,
        actor=actor,
        at=at,
        purpose=reason,
        details={"basis": found.basis, "level": found.level},
    )


# --- Views and items ---------------------------------------------------------------------------


@transaction.atomic
def save_view(*, name: str, filters: Mapping[str, str], actor: User, at: datetime) -> SavedView:
    """Keep a choice of filters under a name; the same name again replaces it.

    Raises:
        ActionRefused: no name, nothing is chosen, or there are too many.
    """
    if not name.strip():
        raise ActionRefused("Give the view a name.", code="name-missing")
    if not filters:
        raise ActionRefused("Choose at least one filter first.", code="nothing-chosen")
    # One at a time for one person, so that the count holds.
    User.objects.select_for_update().get(pk=actor.pk)
    others = SavedView.objects.filter(owner=actor).exclude(name=name.strip())
    if others.count() >= MOST_VIEWS:
        raise ActionRefused(f"At most {MOST_VIEWS} views are kept.", code="too-many-views")
    view, _ = SavedView.objects.update_or_create(
        owner=actor, name=name.strip(), defaults={"filters": dict(filters), "saved_at": at}
    )
    return view


def drop_view(*, name: str, actor: User) -> None:
    """Drop one of one's own saved views. What is not there is dropped already."""
    SavedView.objects.filter(name=name, owner=actor).delete()


@transaction.atomic
def settle_item(*, number: str, kind: ItemKind, note: str, actor: User, at: datetime) -> None:
    """Say what was done about the oldest of such things that one was told of a query.

    Args:
        number: of the query's record.

    Raises:
        ActionRefused: it does not wait for the actor, or a late answer is settled without a word.
    """
    found = (
        WorkItem.objects.visible_to(actor)
        .select_for_update(of=("self",))
        .select_related("query__record")
        .filter(query__record__number=number, kind=kind, settled_at__isnull=True)
        .order_by("made_at", "pk")
        .first()
    )
    if found is None:
        raise ActionRefused("This does not wait for you, or not any more.", code="wrong-state")
    if found.kind == ItemKind.LATE and not note.strip():
        raise ActionRefused("Say what is done about the late answer.", code="note-missing")
    _settle(found, note=note, actor=actor, at=at)
    query_event(
        events.ITEM_SETTLED,
        found.query,
        actor=actor,
        at=at,
        purpose=note,
        details={"item": found.kind},
    )


# --- Steps of the above ------------------------------------------------------------------------


def _hand_to(
    locked: StatusQuery,
    taker: User,
    *,
    actor: User,
    at: datetime,
    channel: Channel = Channel.PAGE,
) -> None:
    locked.state = QueryState.CLAIMED
    locked.claimed_by = taker
    locked.claimed_at = at
    locked.save(update_fields=["state", "claimed_by", "claimed_at"])
    change_owner(record=locked.record, owner=taker, actor=actor, at=at, channel=channel)


def _at_once(queries: Sequence[StatusQuery], act: Callable[[StatusQuery], None]) -> AtOnce:
    if not queries:
        raise ActionRefused("Choose at least one query.", code="none-chosen")
    if len(queries) > MOST_AT_ONCE:
        raise ActionRefused(f"At most {MOST_AT_ONCE} at once.", code="too-many")
    done, refused = [], []
    # Each has a transaction of its own, so no lock is held while waiting for the next one.
    for query in queries:
        try:
            act(query)
        except ActionRefused as refusal:
            refused.append((query.record.number, refusal.message))
        else:
            done.append(query.record.number)
    return AtOnce(tuple(done), tuple(refused))


def _placeable(query: StatusQuery, actor: User) -> StatusQuery:
    locked = locked_query(query, actor)
    if locked.claimed_by_id != actor.pk and not actor.has_role(Role.SUPERVISOR):
        raise ActionRefused(
            "Whoever works on the query, or a supervisor, places its offense.", code="not-yours"
        )
    if locked.state == QueryState.RELEASED:
        raise ActionRefused("The query is answered.", code="wrong-state")
    return locked


def _reckon(locked: StatusQuery) -> None:
    """Bring the query's levels and its place in the worklist in line with its placements."""
    standing = list(locked.placements.filter(struck_at__isnull=True).order_by("pk"))
    of_table = levels.place(locked.offense)
    charges = [each.level for each in standing if each.basis == Basis.CHARGE]
    locked.charge_level = charges[0] if charges else of_table.level
    locked.conviction_level = levels.highest(
        each.level for each in standing if each.basis == Basis.CONVICTION
    )
    rank = levels.rank(
        level=levels.highest([locked.charge_level, locked.conviction_level]),
        waits=of_table.waits and not charges,
    )
    locked.urgency = levels.urgency(rank=rank, in_custody=locked.in_custody)
    locked.save(update_fields=["charge_level", "conviction_level", "urgency"])


def _strike(placement: OffensePlacement, *, actor: User, at: datetime) -> None:
    placement.struck_by = actor
    placement.struck_at = at
    placement.save(update_fields=["struck_by", "struck_at"])


def _settle_assignments(locked: StatusQuery, *, actor: User, at: datetime) -> None:
    """What somebody was given and has no more needs no answer."""
    waiting = locked.work_items.filter(kind=ItemKind.ASSIGNED, settled_at__isnull=True)
    for item in waiting.order_by("pk"):
        _settle(item, note="", actor=actor, at=at)


def _settle(item: WorkItem, *, note: str, actor: User, at: datetime) -> None:
    item.settled_at = at
    item.settled_by = actor
    item.settlement = note.strip() or None
    item.save(update_fields=["settled_at", "settled_by", "settlement"])
