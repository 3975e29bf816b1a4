"""The verbs of review: hand in, return, approve."""

import json
from collections.abc import Mapping
from datetime import datetime
from decimal import Decimal

from django.db import transaction
from django.db.models import Max

from accounts.choices import Role
from accounts.models import User
from acrime.audit.actions import record_event
from acrime.audit.choices import Channel
from acrime.common.errors import ActionRefused
from acrime.common.sealed import lookup_digest
from acrime.iaq import events
from acrime.iaq.choices import UNDECIDED, DeterminationState, QueryState, ResearchSource
from acrime.iaq.conclusions import check_record, record_from_json
from acrime.iaq.kinds.querysets import conclusion_in_force
from acrime.iaq.models import Determination, StatusQuery
from acrime.iaq.research.policy import open_steps, was_researched
from acrime.iaq.reviewing.models import SamplingRate
from acrime.iaq.reviewing.policy import further_review, may_review_further
from acrime.iaq.reviewing.querysets import rate_of
from acrime.iaq.working import (
    locked_for_author,
    locked_query,
    move,
    need_reason,
    query_event,
)
from acrime.records.actions import (
    approve_record,
    change_owner,
)
from acrime.records.choices import Approval
from routine_uses.choices import Program


@transaction.atomic
def submit_determination(
    *,
    query: StatusQuery,
    kind: str,
    values: Mapping[str, object],
    basis: str,
    actor: User,
    at: datetime,
    open_because: str = "",
) -> Determination:
    """Hand a determination to review.

    Whether it is looked at once more after its review is settled here, by the rate in force, and
    told to nobody before that review.

    Args:
        kind: code of a kind of response; its version in force is kept with the determination.
        values: of the record block, ready for JSON.
        basis: how the research bears the conclusion out; it stays in the portal.
        open_because: why required steps of the checklist are left open, where some are.

    Raises:
        ActionRefused: nothing was researched, a required source is open and it is not said why,
            nobody is linked where the conclusion
            speaks of somebody, or the query is not the actor's.
        ResponseRefused: the values do not fit the kind.
    """
    conclusion = conclusion_in_force(kind, at)
    locked = locked_for_author(query, actor)
    steps = list(locked.research_steps.order_by("looked_at", "pk").values_list("source", "result"))
    if not was_researched(steps):
        raise ActionRefused(
            "Write down at least one research step: a conclusion needs a source that was looked "
            "into.",
            code="no-research",
        )
    left_open = open_steps(locked.program, steps)
    if left_open and not open_because.strip():
        names = ", ".join(str(ResearchSource(source).label) for source in left_open)
        raise ActionRefused(
            f"Required and still open: {names}. Look there, or say why not.", code="open-steps"
        )
    if conclusion.needs_person and not locked.record.subjects.exists():
        raise ActionRefused(
            "Link the individual that this conclusion is about.", code="no-individual"
        )
    if not basis.strip():
        raise ActionRefused("Say how the research bears the conclusion out.", code="no-basis")
    check_record(conclusion.kind, record_from_json(values))
    move(locked, QueryState.IN_REVIEW, refusal="This query cannot go to review now.")
    locked.save(update_fields=["state"])
    last = locked.determinations.aggregate(last=Max("version"))["last"] or 0
    determination = Determination.objects.create(
        query=locked,
        version=last + 1,
        kind=kind,
        conclusion=conclusion,
        values=json.dumps(dict(values)),
        basis=basis.strip(),
        author=actor,
        submitted_at=at,
        open_steps=list(left_open),
        open_because=open_because.strip() or None if left_open else None,
        further=further_review(
            kind=kind,
            citizenship_claimed=locked.citizenship_claimed or conclusion.supervisor_reviews,
            digest=lookup_digest("second-review", locked.record.number),
            percent=rate_of(locked.program),
        ),
    )
    query_event(events.SUBMITTED, locked, actor=actor, at=at, details={"version": last + 1})
    return determination


@transaction.atomic
def return_determination(*, query: StatusQuery, reason: str, actor: User, at: datetime) -> None:
    """Send a determination back to its author.

    Raises:
        ActionRefused: there is none in review, no reason is given, the actor wrote it, or
            may not see drafts of others.
    """
    need_reason(reason)
    locked, determination = _for_review(query, actor)
    move(locked, QueryState.CLAIMED, refusal="There is nothing to review.")
    locked.save(update_fields=["state"])
    determination.return_reason = reason.strip()
    _reviewed(determination, DeterminationState.RETURNED, actor=actor, at=at)
    query_event(events.RETURNED, locked, actor=actor, at=at)


@transaction.atomic
def approve_determination(*, query: StatusQuery, actor: User, at: datetime) -> bool:
    """Confirm a determination as a second person; the response can then be released.

    One that is looked at once more stays in review until a supervisor who neither wrote nor
    confirmed it does so too.

    Returns:
        whether it is approved now.

    Raises:
        ActionRefused: there is none in review, the actor wrote or confirmed it, may not see
            drafts of others, or the further review is a supervisor's.
    """
    locked, determination = _for_review(query, actor)
    if locked.program == UNDECIDED:
        raise ActionRefused(
            "Nobody has decided the program of this query yet. A supervisor decides it first.",
            code="program-undecided",
        )
    if determination.further and determination.first_reviewer_id is None:
        determination.first_reviewer = actor
        determination.first_reviewed_at = at
        determination.save(update_fields=["first_reviewer", "first_reviewed_at"])
        query_event(
            events.FIRST_REVIEWED,
            locked,
            actor=actor,
            at=at,
            details={"further": determination.further},
        )
        return False
    first = determination.first_reviewer_id
    if first is not None and not may_review_further(
        reviewer=actor.pk,
        author=determination.author_id,
        first_reviewer=first,
        supervises=actor.has_role(Role.SUPERVISOR),
    ):
        raise ActionRefused(
            "A supervisor who neither wrote nor confirmed it gives the further review.",
            code="another-supervisor",
        )
    move(locked, QueryState.APPROVED, refusal="There is nothing to review.")
    locked.save(update_fields=["state"])
    _reviewed(determination, DeterminationState.APPROVED, actor=actor, at=at)
    # An answer that is amended has its record approved from the first one.
    if locked.record.approval != Approval.APPROVED:
        approve_record(record=locked.record, actor=actor, at=at, channel=Channel.PAGE)
    query_event(events.APPROVED, locked, actor=actor, at=at)
    return True


@transaction.atomic
def take_over(*, query: StatusQuery, reason: str, actor: User, at: datetime) -> None:
    """Go on with somebody else's query. A determination in review goes back with it.

    Who takes over is the author of what comes next, so somebody else reviews that.

    Raises:
        ActionRefused: the actor is no supervisor, there is no reason, the query is the actor's
            already, or it is neither being researched nor in review.
    """
    locked = locked_query(query, actor)
    if not actor.has_role(Role.SUPERVISOR):
        raise ActionRefused("A supervisor takes queries over.", code="not-supervisor")
    need_reason(reason)
    if locked.claimed_by_id == actor.pk:
        raise ActionRefused("You work on this query already.", code="already-theirs")
    if locked.state == QueryState.IN_REVIEW:
        _, determination = _for_review(query, actor)
        determination.return_reason = f"Taken over: {reason.strip()}"
        _reviewed(determination, DeterminationState.RETURNED, actor=actor, at=at)
        locked.state = QueryState.CLAIMED
    elif locked.state != QueryState.CLAIMED:
        raise ActionRefused("There is nothing to take over.", code="wrong-state")
    locked.claimed_by = actor
    locked.claimed_at = at
    locked.save(update_fields=["state", "claimed_by", "claimed_at"])
    change_owner(record=locked.record, owner=actor, actor=actor, at=at, channel=Channel.PAGE)
    query_event(events.TAKEN_OVER, locked, actor=actor, at=at, purpose=reason)


@transaction.atomic
def set_rate(
    *, program: Program, percent: Decimal, reason: str, actor: User, at: datetime
) -> SamplingRate:
    """Say which share of a program's determinations is looked at once more.

    The rule stands below it: with a rate of nothing every determination still has its second
    person. What is in review already keeps what it was handed in under.

    Raises:
        ActionRefused: the actor is no supervisor, no reason, or the share is none.
    """
    if not actor.has_role(Role.SUPERVISOR):
        raise ActionRefused("A supervisor sets sampling rates.", code="not-supervisor")
    need_reason(reason)
    if not Decimal(0) <= percent <= Decimal(100):
        raise ActionRefused("A share lies between 0 and 100 percent.", code="not-a-share")
    rate = SamplingRate.objects.create(
        program=program, percent=percent, reason=reason.strip(), set_by=actor, set_at=at
    )
    record_event(
        kind=events.RATE_SET,
        actor=actor,
        at=at,
        channel=Channel.PAGE,
        purpose=reason.strip(),
        details={"program": program.value, "percent": str(percent)},
    )
    return rate


def _for_review(query: StatusQuery, actor: User) -> tuple[StatusQuery, Determination]:
    locked = locked_query(query, actor)
    determination = (
        locked.determinations.select_for_update().filter(state=DeterminationState.SUBMITTED).first()
    )
    if determination is None:
        raise ActionRefused("There is nothing to review.", code="wrong-state")
    if determination.author_id == actor.pk:
        raise ActionRefused(
            "You wrote this determination; somebody else must review it.", code="own-work"
        )
    if not Determination.objects.visible_to(actor).filter(pk=determination.pk).exists():
        raise ActionRefused("A supervisor reviews determinations.", code="not-a-reviewer")
    return locked, determination


def _reviewed(
    determination: Determination, state: DeterminationState, *, actor: User, at: datetime
) -> None:
    determination.state = state
    determination.reviewer = actor
    determination.reviewed_at = at
    determination.save(update_fields=["state", "reviewer", "reviewed_at", "return_reason"])
