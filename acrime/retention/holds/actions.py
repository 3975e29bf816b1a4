"""The verbs of holds: place, widen, review, hand over, ask for the release, release."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from django.db import transaction

from accounts.models import User
from acrime.audit.actions import record_event
from acrime.audit.choices import Channel
from acrime.common.eastern import portal_day
from acrime.common.errors import ActionRefused
from acrime.common.numbers import new_number
from acrime.records.actions import hold_records
from acrime.records.choices import RecordKind
from acrime.records.models import Record, RecordSubject
from acrime.retention.actions import begin_walk, recompute
from acrime.retention.holds import events, policy
from acrime.retention.holds.choices import Scope
from acrime.retention.holds.locks import lock_for_destroying, lock_for_holding
from acrime.retention.holds.models import Hold, HoldItem, Matter
from acrime.retention.holds.querysets import free
from acrime.retention.holds.reach import ALL_KINDS, kinds_with_a_program, with_what_repeats

HOLD_PREFIX, MATTER_PREFIX = "HLD", "MAT"


@dataclass(frozen=True)
class Order:
    """What a hold is to say.

    Attributes:
        name: what people call it.
        ground: the paper that it rests on: a letter, an order, a request, with its date.
        authority: who alone releases it.
        custodian: who sees to it that its records are kept.
        records, people: what it names, of the scopes that name something.
    """

    kind: str
    name: str
    ground: str
    reason: str
    authority: User
    custodian: User
    review_on: date
    scope: str
    records: Sequence[Record] = ()
    people: Sequence[Record] = ()
    kinds: Collection[str] = field(default=())
    program: str = ""
    matter: Matter | None = None
    opened_from: date | None = None
    opened_to: date | None = None

    @property
    def reach(self) -> policy.Reach:
        """What it is to reach, as the rules ask for it."""
        return policy.Reach(
            scope=self.scope,
            records=len(self.records),
            people=len(self.people),
            kinds=self.kinds,
            program=self.program,
            matter=self.matter is not None,
            opened_from=self.opened_from,
            opened_to=self.opened_to,
        )


@transaction.atomic
def place_hold(*, order: Order, actor: User, at: datetime, channel: Channel = Channel.PAGE) -> Hold:
    """Place a hold. From its commit on nothing in its scope is destroyed.

    It waits for whoever is destroying something in its scope, and they for it.

    Raises:
        ActionRefused: the role places no such holds, something is missing or left over, or the
            authority, the custodian or the day of review will not do.
    """
    if not policy.may_place(actor.roles, order.kind):
        raise ActionRefused("Your role places no holds of this kind.", code="not-yours-to-place")
    for code, text in (("name", order.name), ("ground", order.ground), ("reason", order.reason)):
        if not text.strip():
            raise ActionRefused("Say this in a few words.", code=f"{code}-missing")
    _may_stand(policy.problem_with(order.reach))
    _may_stand(policy.problem_with_review(order.review_on, today=portal_day(at)))
    _can_be_authority(order.authority, order.kind)
    _can_be_custodian(order.custodian)
    _are_people(order.people)
    lock_for_holding(_shelves(order))
    hold = Hold.objects.create(
        number=new_number(HOLD_PREFIX, at=at),
        kind=order.kind,
        name=order.name.strip(),
        ground=order.ground.strip(),
        reason=order.reason.strip(),
        authority=order.authority,
        custodian=order.custodian,
        review_on=order.review_on,
        scope=order.scope,
        kinds=sorted(order.kinds),
        program=order.program,
        matter=order.matter,
        opened_from=order.opened_from,
        opened_to=order.opened_to,
        placed_by=actor,
        placed_at=at,
    )
    _add(HoldItem(hold=hold, added_by=actor, added_at=at), order.records, order.people)
    _event(
        events.PLACED,
        hold,
        actor=actor,
        at=at,
        channel=channel,
        about=[*order.records, *order.people],
        scope=order.scope,
    )
    _clocks_anew([each.pk for each in order.records], at=at)
    return hold


@transaction.atomic
def widen_hold(
    *,
    hold: Hold,
    records: Sequence[Record] = (),
    people: Sequence[Record] = (),
    actor: User,
    at: datetime,
    channel: Channel = Channel.PAGE,
) -> int:
    """Add records or people to those that a hold names; how many were new.

    A hold is never narrowed: place a narrower one, then have this one released.

    Raises:
        ActionRefused: the role places no such holds, the hold is released or names nothing of
            the kind, or nothing is named.
    """
    lock_for_holding(ALL_KINDS)
    locked = _standing(hold)
    if not policy.may_place(actor.roles, locked.kind):
        raise ActionRefused("Your role places no holds of this kind.", code="not-yours-to-place")
    fits = {Scope.RECORDS: bool(records) and not people, Scope.PERSON: bool(people) and not records}
    if not fits.get(Scope(locked.scope), False):
        raise ActionRefused("Name what this hold names.", code="nothing-named")
    _are_people(people)
    _not_too_many(records, people)
    added = _add(HoldItem(hold=locked, added_by=actor, added_at=at), records, people)
    if added:
        _event(
            events.WIDENED,
            locked,
            actor=actor,
            at=at,
            channel=channel,
            about=[*records, *people],
            added=added,
        )
        _clocks_anew([each.pk for each in records], at=at)
    return added


@transaction.atomic
def review_hold(
    *, hold: Hold, review_on: date, actor: User, at: datetime, channel: Channel = Channel.PAGE
) -> Hold:
    """Find that a hold is still needed, and say when to look again.

    Raises:
        ActionRefused: the actor neither places such holds nor is its authority or custodian,
            it is released, or the day is not ahead or too far ahead.
    """
    locked = _standing(hold)
    if not (
        policy.may_place(actor.roles, locked.kind)
        or actor.pk in (locked.authority_id, locked.custodian_id)
    ):
        raise ActionRefused("It is not yours to review.", code="not-yours-to-review")
    _may_stand(policy.problem_with_review(review_on, today=portal_day(at)))
    locked.review_on = review_on
    locked.save(update_fields=["review_on"])
    _event(events.REVIEWED, locked, actor=actor, at=at, channel=channel, until=str(review_on))
    return locked


@transaction.atomic
def name_custodian(
    *, hold: Hold, custodian: User, actor: User, at: datetime, channel: Channel = Channel.PAGE
) -> Hold:
    """Make *custodian* the one who sees to it that the records are kept.

    Raises:
        ActionRefused: the role places no such holds, the hold is released, or the person
            cannot be custodian.
    """
    locked = _to_hand_over(hold, actor)
    _can_be_custodian(custodian)
    locked.custodian = custodian
    locked.save(update_fields=["custodian"])
    _event(
        events.CUSTODIAN_NAMED,
        locked,
        actor=actor,
        at=at,
        channel=channel,
        person=custodian.get_username(),
    )
    return locked


@transaction.atomic
def name_authority(
    *, hold: Hold, authority: User, actor: User, at: datetime, channel: Channel = Channel.PAGE
) -> Hold:
    """Make somebody else the authority who alone releases the hold. What was asked is asked anew.

    Raises:
        ActionRefused: the role places no such holds, the hold is released, one names oneself,
            or the person cannot be the authority.
    """
    locked = _to_hand_over(hold, actor)
    if authority.pk == actor.pk:
        raise ActionRefused(
            "Somebody else must name you.", code="not-oneself", clause=policy.KEEPING
        )
    _can_be_authority(authority, locked.kind)
    locked.authority = authority
    _asked_no_more(locked)
    locked.save(update_fields=["authority", *_ASKED])
    _event(
        events.AUTHORITY_NAMED,
        locked,
        actor=actor,
        at=at,
        channel=channel,
        person=authority.get_username(),
    )
    return locked


@transaction.atomic
def ask_for_release(
    *, hold: Hold, reason: str, actor: User, at: datetime, channel: Channel = Channel.PAGE
) -> Hold:
    """Ask the authority of a hold to release it.

    Raises:
        ActionRefused: the actor neither places such holds nor is its custodian, or is its
            authority; it is released, its release is asked for already, or no reason is given.
    """
    locked = _standing(hold)
    if actor.pk == locked.authority_id:
        raise ActionRefused(
            "You decide about the release, so somebody else asks for it.", code="own-decision"
        )
    if not (policy.may_place(actor.roles, locked.kind) or actor.pk == locked.custodian_id):
        raise ActionRefused("It is not yours to ask for.", code="not-yours-to-ask")
    if locked.asked_at is not None:
        raise ActionRefused("The release is asked for already.", code="asked-already")
    if not reason.strip():
        raise ActionRefused("Say why it is not needed any more.", code="reason-missing")
    locked.asked_by, locked.asked_at, locked.asked_because = actor, at, reason.strip()
    locked.save(update_fields=_ASKED)
    _event(events.RELEASE_ASKED, locked, actor=actor, at=at, channel=channel)
    return locked


@transaction.atomic
def refuse_release(
    *, hold: Hold, actor: User, at: datetime, channel: Channel = Channel.PAGE
) -> Hold:
    """Keep the hold although its release was asked for.

    Raises:
        ActionRefused: the actor is not its authority, or nothing was asked.
    """
    locked = _asked_of(hold, actor)
    _asked_no_more(locked)
    locked.save(update_fields=_ASKED)
    _event(events.RELEASE_REFUSED, locked, actor=actor, at=at, channel=channel)
    return locked


@transaction.atomic
def release_hold(
    *, hold: Hold, ground: str, actor: User, at: datetime, channel: Channel = Channel.PAGE
) -> Hold:
    """Release a hold, as the authority that it names and after somebody else asked for it.

    What other holds reach stays held.

    Args:
        ground: the paper that the release rests on.

    Raises:
        ActionRefused: the actor is not its authority or lost the role that it takes, nothing
            was asked, or no ground is given.
    """
    locked = _asked_of(hold, actor)
    if not ground.strip():
        raise ActionRefused("Name the paper that the release rests on.", code="ground-missing")
    locked.released_by, locked.released_at = actor, at
    locked.release_ground = ground.strip()
    locked.save(update_fields=["released_by", "released_at", "release_ground"])
    _event(events.RELEASED, locked, actor=actor, at=at, channel=channel)
    _clocks_anew(
        list(
            locked.items.filter(record__isnull=False)
            .order_by("pk")
            .values_list("record_id", flat=True)
        ),
        at=at,
    )
    return locked


@transaction.atomic
def open_matter(*, name: str, actor: User, at: datetime, channel: Channel = Channel.PAGE) -> Matter:
    """Open a matter, to which records and people are added as it goes on.

    Raises:
        ActionRefused: the role works with no holds, or it has no name.
    """
    _works(actor)
    if not name.strip():
        raise ActionRefused("Give the matter a name.", code="name-missing")
    matter = Matter.objects.create(
        number=new_number(MATTER_PREFIX, at=at), name=name.strip(), opened_by=actor, opened_at=at
    )
    record_event(
        kind=events.MATTER_OPENED,
        actor=actor,
        at=at,
        channel=channel,
        details={"matter": matter.number},
    )
    return matter


@transaction.atomic
def add_to_matter(
    *,
    matter: Matter,
    records: Sequence[Record] = (),
    people: Sequence[Record] = (),
    actor: User,
    at: datetime,
    channel: Channel = Channel.PAGE,
) -> int:
    """Add records and people to a matter; how many were new. The holds on it reach them at once.

    Raises:
        ActionRefused: the role works with no holds, or nothing is named.
    """
    _works(actor)
    if not records and not people:
        raise ActionRefused("Name a record or a person.", code="nothing-named")
    _are_people(people)
    _not_too_many(records, people)
    lock_for_holding(ALL_KINDS)
    added = _add(HoldItem(matter=matter, added_by=actor, added_at=at), records, people)
    if added:
        record_event(
            kind=events.MATTER_WIDENED,
            actor=actor,
            at=at,
            channel=channel,
            matched_ids=sorted(each.pk for each in [*records, *people]),
            details={"matter": matter.number, "added": added},
        )
        _clocks_anew([each.pk for each in records], at=at)
    return added


def take_free(*, record_ids: Collection[int]) -> list[int]:
    """Those of *record_ids* that no hold reaches, in order; sure until the transaction ends.

    The door of whoever destroys: records, and what says whom they are about, are locked as well,
    so that nothing brings them into a scope meanwhile. Whoever is named in vain is held, or gone.

    Raises:
        TransactionManagementError: there is no transaction, or one that would not see a hold
            it waited for.
    """
    asked = Record.objects.filter(pk__in=record_ids)
    kinds = asked.order_by("kind").values_list("kind", flat=True).distinct()
    lock_for_destroying({*map(RecordKind, kinds), RecordKind.INDIVIDUAL})
    hold_records(record_ids=record_ids)
    links = RecordSubject.objects.select_for_update().filter(record__in=record_ids)
    list(links.order_by("pk").values_list("pk", flat=True))
    # A statement of its own: it sees what was written while the locks were waited for.
    return list(free(asked).order_by("pk").values_list("pk", flat=True))


_ASKED = ["asked_by", "asked_at", "asked_because"]


def _asked_no_more(hold: Hold) -> None:
    hold.asked_by, hold.asked_at, hold.asked_because = None, None, None


def _clocks_anew(named: Sequence[int], *, at: datetime) -> None:
    """Have the clocks say which holds reach their records: at once of those *named*.

    Others follow with the walk along all records. Until then a clock may be old, which destroys
    nothing: whoever destroys asks about holds itself.
    """
    if named:
        recompute(named, at=at)
    begin_walk(at=at)


def _shelves(order: Order) -> Collection[RecordKind]:
    """What must not be destroyed while *order* becomes a hold."""
    if order.scope == Scope.PROGRAM:
        return kinds_with_a_program()
    named = {record.kind for record in order.records}
    shelves = policy.shelves_of(order.reach, named=with_what_repeats(named))
    return ALL_KINDS if shelves is None else shelves


def _add(like: HoldItem, records: Sequence[Record], people: Sequence[Record]) -> int:
    """Name *records* and *people* as *like* says; what is named already is named once."""
    fresh = 0
    parts: list[dict[str, Any]] = [
        *({"record_id": each.pk, "individual": None} for each in records),
        *({"record": None, "individual_id": each.pk} for each in people),
    ]
    for part in parts:
        _, created = HoldItem.objects.get_or_create(
            hold=like.hold,
            matter=like.matter,
            **part,
            defaults={"added_by": like.added_by, "added_at": like.added_at},
        )
        fresh += created
    return fresh


def _standing(hold: Hold) -> Hold:
    """The row of *hold*, locked.

    Raises:
        ActionRefused: it is released.
    """
    locked = Hold.objects.select_for_update().get(pk=hold.pk)
    if locked.released_at is not None:
        raise ActionRefused("The hold is released.", code="released")
    return locked


def _to_hand_over(hold: Hold, actor: User) -> Hold:
    locked = _standing(hold)
    if not policy.may_place(actor.roles, locked.kind):
        raise ActionRefused("Your role places no holds of this kind.", code="not-yours-to-place")
    return locked


def _asked_of(hold: Hold, actor: User) -> Hold:
    locked = _standing(hold)
    if actor.pk != locked.authority_id or not policy.may_be_authority(actor.roles, locked.kind):
        raise ActionRefused(
            "Only the authority that the hold names decides about its release.",
            code="not-the-authority",
            clause=policy.KEEPING,
        )
    if locked.asked_at is None:
        raise ActionRefused("Somebody else must ask for the release first.", code="not-asked")
    return locked


def _may_stand(problem: policy.Problem | None) -> None:
    if problem is not None:
        raise ActionRefused(problem.message, code=problem.code)


def _can_be_authority(person: User, kind: str) -> None:
    if not person.is_active or not policy.may_be_authority(person.roles, kind):
        raise ActionRefused(
            "This person's role releases no holds of this kind.", code="no-authority"
        )


def _can_be_custodian(person: User) -> None:
    if not person.is_active or policy.CUSTODIANS.isdisjoint(person.roles):
        raise ActionRefused("This person's role reads no holds.", code="no-custodian")


def _are_people(people: Sequence[Record]) -> None:
    if any(each.kind != RecordKind.INDIVIDUAL for each in people):
        raise ActionRefused("A person is named by an IND number.", code="no-person")


def _not_too_many(records: Sequence[Record], people: Sequence[Record]) -> None:
    if len(records) + len(people) > policy.MOST_NAMED:
        raise ActionRefused(f"Name at most {policy.MOST_NAMED} at a time.", code="too-many")


def _works(actor: User) -> None:
    if policy.WORKERS.isdisjoint(actor.roles):
        raise ActionRefused("Your role works with no holds.", code="not-yours-to-place")


def _event(
    kind: str,
    hold: Hold,
    *,
    actor: User,
    at: datetime,
    channel: Channel,
    about: Sequence[Record] = (),
    **details: object,
) -> None:
    """Write an act down. It is of no record: a record's page, which more people read, is silent.

    Args:
        about: records that it names, by which oversight finds it.
    """
    record_event(
        kind=kind,
        actor=actor,
        at=at,
        channel=channel,
        matched_ids=sorted(each.pk for each in about),
        details={"hold": hold.number, "about": hold.kind, **details},
    )
