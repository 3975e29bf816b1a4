"""The verbs of review: hand in, return, approve."""

import json
from collections.abc import Mapping
from datetime import datetime

from django.db import transaction
from django.db.models import Max

from accounts.models import User
from acrime.audit.choices import Channel
from acrime.common.errors import ActionRefused
from acrime.iaq import events
from acrime.iaq.choices import DeterminationState, QueryState
from acrime.iaq.models import Determination, StatusQuery
from acrime.iaq.working import (
    locked_for_author,
    locked_query,
    move,
    need_reason,
    query_event,
)
from acrime.records.actions import (
    approve_record,
)

# Conclusions that can be drawn although nobody was identified.
KINDS_WITHOUT_PERSON = frozenset({"NO_RECORD", "MORE_INFORMATION_NEEDED"})


@transaction.atomic
def submit_determination(
    *,
    query: StatusQuery,
    kind: str,
    values: Mapping[str, object],
    basis: str,
    actor: User,
    at: datetime,
) -> Determination:
    """Hand a determination to review.

    Args:
        kind: code of a kind of response; the caller has checked *values* against it.
        values: of the record block, ready for JSON.
        basis: how the research bears the conclusion out; it stays in the portal.

    Raises:
        ActionRefused: nothing was researched, nobody is linked where the conclusion
            speaks of somebody, or the query is not the actor's.
    """
    locked = locked_for_author(query, actor)
    if not locked.research_steps.exists():
        raise ActionRefused(
            "Write down at least one research step: a conclusion needs a source.",
            code="no-research",
        )
    if kind not in KINDS_WITHOUT_PERSON and not locked.record.subjects.exists():
        raise ActionRefused(
            "Link the individual that this conclusion is about.", code="no-individual"
        )
    if not basis.strip():
        raise ActionRefused("Say how the research bears the conclusion out.", code="no-basis")
    move(locked, QueryState.IN_REVIEW, refusal="This query cannot go to review now.")
    locked.save(update_fields=["state"])
    last = locked.determinations.aggregate(last=Max("version"))["last"] or 0
    determination = Determination.objects.create(
        query=locked,
        version=last + 1,
        kind=kind,
        values=json.dumps(dict(values)),
        basis=basis.strip(),
        author=actor,
        submitted_at=at,
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
def approve_determination(*, query: StatusQuery, actor: User, at: datetime) -> None:
    """Confirm a determination as a second person; the response can then be released.

    Raises:
        ActionRefused: there is none in review, the actor wrote it, or may not see drafts
            of others.
    """
    locked, determination = _for_review(query, actor)
    move(locked, QueryState.APPROVED, refusal="There is nothing to review.")
    locked.save(update_fields=["state"])
    _reviewed(determination, DeterminationState.APPROVED, actor=actor, at=at)
    approve_record(record=locked.record, actor=actor, at=at, channel=Channel.PAGE)
    query_event(events.APPROVED, locked, actor=actor, at=at)


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
