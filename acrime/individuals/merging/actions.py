"""The verbs of merging: propose, refuse, merge; propose to undo, refuse that, undo.

Two people are always in it. Everything that belongs to the absorbed person is re-pointed in one
transaction, and written down row by row, so that undoing gives back what there was.
"""

from collections.abc import Sequence
from datetime import datetime

from django.db import transaction
from django.db.models import Q

from accounts.choices import Role
from accounts.models import User
from acrime.audit.actions import record_event
from acrime.audit.choices import Channel
from acrime.common.errors import ActionRefused
from acrime.common.numbers import new_number
from acrime.individuals.facts.models import IndividualFact
from acrime.individuals.facts.policy import in_force
from acrime.individuals.facts.querysets import facts_in_force
from acrime.individuals.finding.actions import index_people
from acrime.individuals.merging import events
from acrime.individuals.merging.choices import OPEN, MergeState
from acrime.individuals.merging.models import IndividualMerge, MergedRow
from acrime.individuals.merging.policy import compare
from acrime.individuals.merging.querysets import known, later_merges, values_of
from acrime.individuals.merging.rows import Change, Choice, changes_for, take_back, write
from acrime.individuals.models import Individual, IndividualName
from acrime.records.actions import hold_records
from acrime.records.models import Record
from acrime.records.querysets import limits_of

NUMBER_PREFIX = "MRG"
PROPOSERS = frozenset({Role.ANALYST, Role.SUPERVISOR, Role.NCIC_SPECIALIST})
"""Who works with records of people."""


@transaction.atomic
def propose_merge(
    *,
    survivor: Individual,
    absorbed: Individual,
    choice: Choice,
    reason: str,
    actor: User,
    at: datetime,
) -> IndividualMerge:
    """Propose that *absorbed* is the same person as *survivor*. A supervisor decides.

    Raises:
        ActionRefused: too little is shared (one number alone never is enough), the records are
            not open to the same people, a protection or the standing differs, one was
            merged already or waits for it, or the choice names what is not theirs.
    """
    if not actor.has_role(*PROPOSERS):
        raise ActionRefused("Your role merges no records.", code="not-yours-to-merge")
    _said(reason)
    survivor, absorbed = _both(survivor.pk, absorbed.pk)
    _can_be_one(survivor, absorbed, choice)
    shared = _enough_shared(survivor, absorbed)
    waiting = IndividualMerge.objects.filter(state__in=OPEN)
    # The other way round, or of the absorbed one into somebody else.
    if waiting.filter(Q(absorbed=absorbed) | Q(survivor=absorbed, absorbed=survivor)).exists():
        raise ActionRefused("A merge of this record waits already.", code="merge-waits")
    merge = IndividualMerge.objects.create(
        number=new_number(NUMBER_PREFIX, at=at),
        survivor=survivor,
        absorbed=absorbed,
        choices=choice.told(),
        evidence=shared,
        reason=reason.strip(),
        proposed_by=actor,
        proposed_at=at,
    )
    _event(events.MERGE_PROPOSED, merge, actor=actor, at=at)
    return merge


@transaction.atomic
def refuse_merge(
    *, merge: IndividualMerge, reason: str, actor: User, at: datetime
) -> IndividualMerge:
    """Refuse a proposed merge.

    Raises:
        ActionRefused: it is not the actor's to decide, waits no longer, or no reason is given.
    """
    locked = _to_decide(merge, MergeState.PROPOSED, reason=reason, actor=actor)
    return _decided(locked, MergeState.REFUSED, reason, events.MERGE_REFUSED, actor=actor, at=at)


@transaction.atomic
def merge_individuals(
    *, merge: IndividualMerge, reason: str, actor: User, at: datetime
) -> IndividualMerge:
    """Make the two one: everything of the absorbed person is the survivor's from now on.

    Raises:
        ActionRefused: it is not the actor's to decide, or what was proposed does not hold by
            now: too little is shared, the limits differ, a value is gone.
    """
    locked = _to_decide(merge, MergeState.PROPOSED, reason=reason, actor=actor)
    survivor, absorbed = _both(locked.survivor_id, locked.absorbed_id)
    choice = Choice.read(locked.choices)
    _can_be_one(survivor, absorbed, choice)
    _enough_shared(survivor, absorbed)
    changes = changes_for(survivor, absorbed, choice)
    write(changes)
    index_people([survivor.pk, absorbed.pk])
    MergedRow.objects.bulk_create(
        MergedRow(
            merge=locked, table=each.table, row=each.row, before=each.before, after=each.after
        )
        for each in changes
    )
    return _decided(locked, MergeState.MERGED, reason, events.MERGED, actor=actor, at=at)


@transaction.atomic
def propose_undo(
    *, merge: IndividualMerge, reason: str, actor: User, at: datetime
) -> IndividualMerge:
    """Propose to make two of the one again.

    Raises:
        ActionRefused: the role does not merge, no reason is given, the two are not one, or a
            later merge has to be undone first.
    """
    if not actor.has_role(*PROPOSERS):
        raise ActionRefused("Your role merges no records.", code="not-yours-to-merge")
    _said(reason)
    locked = _locked(merge)
    if locked.state != MergeState.MERGED:
        raise ActionRefused("There is nothing to undo.", code="not-merged")
    _is_latest(locked)
    locked.state = MergeState.UNDO_PROPOSED
    locked.undo_reason = reason.strip()
    locked.undo_proposed_by, locked.undo_proposed_at = actor, at
    locked.save(update_fields=["state", "undo_reason", "undo_proposed_by", "undo_proposed_at"])
    _event(events.UNDO_PROPOSED, locked, actor=actor, at=at)
    return locked


@transaction.atomic
def refuse_undo(
    *, merge: IndividualMerge, reason: str, actor: User, at: datetime
) -> IndividualMerge:
    """Leave the two one.

    Raises:
        ActionRefused: it is not the actor's to decide, waits no longer, or no reason is given.
    """
    locked = _to_decide(merge, MergeState.UNDO_PROPOSED, reason=reason, actor=actor)
    locked.state = MergeState.MERGED
    locked.undo_reason = locked.undo_proposed_by = locked.undo_proposed_at = None
    locked.save(update_fields=["state", "undo_reason", "undo_proposed_by", "undo_proposed_at"])
    _event(events.UNDO_REFUSED, locked, actor=actor, at=at)
    return locked


@transaction.atomic
def unmerge_individuals(
    *, merge: IndividualMerge, reason: str, actor: User, at: datetime
) -> IndividualMerge:
    """Make two of the one again: each has what it had, and what came later stays where it is.

    Raises:
        ActionRefused: it is not the actor's to decide, a later merge has to be undone first, or
            a value of the absorbed person belongs to somebody else by now.
    """
    locked = _to_decide(merge, MergeState.UNDO_PROPOSED, reason=reason, actor=actor)
    _both(locked.survivor_id, locked.absorbed_id)
    _is_latest(locked)
    changes = [Change(each.table, each.row, each.before, each.after) for each in locked.rows.all()]
    if not take_back(changes):
        raise ActionRefused(
            "A value that came with the merge belongs to somebody else by now.",
            code="moved-on",
        )
    index_people([locked.survivor_id, locked.absorbed_id])
    locked.state = MergeState.UNDONE
    locked.undo_decision = reason.strip()
    locked.undo_decided_by, locked.undo_decided_at = actor, at
    locked.save(update_fields=["state", "undo_decision", "undo_decided_by", "undo_decided_at"])
    _event(events.UNDONE, locked, actor=actor, at=at)
    return locked


def _said(reason: str) -> None:
    if not reason.strip():
        raise ActionRefused("Say why.", code="reason-missing")


def _both(survivor_id: int, absorbed_id: int) -> tuple[Individual, Individual]:
    """Both individuals and their records, held until the transaction ends."""
    if survivor_id == absorbed_id:
        raise ActionRefused("These are the same record.", code="one-record")
    hold_records(record_ids=[survivor_id, absorbed_id])
    rows = Individual.objects.select_for_update(of=("self",)).order_by("pk")
    held = {each.pk: each for each in rows.filter(pk__in=[survivor_id, absorbed_id])}
    return held[survivor_id], held[absorbed_id]


def _can_be_one(survivor: Individual, absorbed: Individual, choice: Choice) -> None:
    for each in (survivor, absorbed):
        if each.merged_into_id is not None:
            raise ActionRefused(
                "One of the two was merged into another record already.", code="already-merged"
            )
    records = Record.objects.in_bulk([survivor.pk, absorbed.pk])
    # Whoever owns a limited record sees it, and the chain above them.
    open_to = [
        (limits_of(each), (each.owner_id, each.creator_id) if each.limited else None)
        for each in records.values()
    ]
    if open_to[0] != open_to[1]:
        raise ActionRefused(
            "The two records are not open to the same people. Limit both alike first.",
            code="limits-differ",
        )
    _facts_agree(survivor, absorbed)
    names = IndividualName.objects.filter(individual__in=[survivor, absorbed])
    if not names.filter(pk=choice.primary).exists():
        raise ActionRefused("The chosen name is neither person's.", code="no-such-name")
    if ("acrime.IndividualName", choice.primary) in choice.left:
        raise ActionRefused("The chosen name cannot stay behind.", code="no-such-name")
    if choice.sex not in (survivor.sex, absorbed.sex):
        raise ActionRefused("The chosen sex is neither record's.", code="no-such-sex")
    theirs = {value.key for value in values_of(absorbed)}
    if not choice.left <= theirs:
        raise ActionRefused("A value that is to stay behind is gone.", code="value-changed")


def _facts_agree(survivor: Individual, absorbed: Individual) -> None:
    """No protection or standing of either may be lost because the other's was noted later."""
    every = IndividualFact.objects.filter(individual__in=[survivor, absorbed]).order_by("pk")
    together = {(each.about, each.code) for each in in_force(every)}
    for facts in facts_in_force([survivor.pk, absorbed.pk]).values():
        if not {(each.about, each.code) for each in facts} <= together:
            raise ActionRefused(
                "What holds of the two differs: a protection, the standing or a category. "
                "Note the same of both first.",
                code="facts-differ",
            )


def _enough_shared(survivor: Individual, absorbed: Individual) -> Sequence[str]:
    found = compare(known(survivor), known(absorbed))
    if not found.enough:
        raise ActionRefused(
            "Too little is shared for one person: two facts are needed, and one number alone "
            "never is enough.",
            code="too-little-shared",
        )
    return found.shared


def _is_latest(merge: IndividualMerge) -> None:
    later = later_merges(merge).first()
    if later is not None:
        raise ActionRefused(f"Undo {later.number} first.", code="later-merge")


def _locked(merge: IndividualMerge) -> IndividualMerge:
    return IndividualMerge.objects.select_for_update().get(pk=merge.pk)


def _to_decide(
    merge: IndividualMerge, state: MergeState, *, reason: str, actor: User
) -> IndividualMerge:
    if not actor.has_role(Role.SUPERVISOR):
        raise ActionRefused("A supervisor decides it.", code="not-yours-to-decide")
    _said(reason)
    locked = _locked(merge)
    if locked.state != state:
        raise ActionRefused("It waits no longer.", code="waits-no-longer")
    proposer = locked.proposed_by_id if state == MergeState.PROPOSED else locked.undo_proposed_by_id
    if proposer == actor.pk:
        raise ActionRefused("Somebody else must decide what you proposed.", code="own-work")
    return locked


def _decided(
    merge: IndividualMerge,
    state: MergeState,
    reason: str,
    kind: str,
    *,
    actor: User,
    at: datetime,
) -> IndividualMerge:
    merge.state, merge.decision = state, reason.strip()
    merge.decided_by, merge.decided_at = actor, at
    merge.save(update_fields=["state", "decision", "decided_by", "decided_at"])
    _event(kind, merge, actor=actor, at=at)
    return merge


def _event(kind: str, merge: IndividualMerge, *, actor: User, at: datetime) -> None:
    """One event for each of the two, so that both histories tell it."""
    for record in Record.objects.filter(pk__in=[merge.survivor_id, merge.absorbed_id]).order_by(
        "pk"
    ):
        record_event(
            kind=kind,
            actor=actor,
            at=at,
            channel=Channel.PAGE,
            record_id=record.pk,
            record_number=record.number,
            details={"merge": merge.number},
        )
