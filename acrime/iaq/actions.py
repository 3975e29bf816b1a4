"""The verbs of working a query."""

import json
from collections.abc import Mapping
from datetime import datetime

from django.db import transaction
from django.db.models import F, Max

from accounts.choices import Role
from accounts.models import User
from accounts.standing.guards import require_ncic
from acrime.audit.actions import record_event
from acrime.audit.choices import Channel
from acrime.common.errors import ActionRefused
from acrime.iaq import events
from acrime.iaq.choices import NCIC_SOURCES, DeterminationState, QueryState, ResearchSource
from acrime.iaq.conclusions import check_record, record_from_json
from acrime.iaq.kinds.querysets import conclusion_in_force
from acrime.iaq.models import Determination, ResearchStep, StatusQuery
from acrime.iaq.policy import PROGRAM_RULES, may_follow
from acrime.individuals.actions import MERGED, PersonFacts, create_individual
from acrime.individuals.choices import IdentifierKind
from acrime.individuals.facts.actions import note_category
from acrime.individuals.finding.actions import keep_search, require_search, settle_search
from acrime.individuals.finding.querysets import Found, find
from acrime.individuals.models import Individual
from acrime.individuals.search import wanted_of
from acrime.records.actions import (
    approve_record,
    change_owner,
    inherit_limits,
    link_subject,
)
from acrime.records.choices import Approval, SubjectRole
from acrime.records.models import RecordSubject
from routine_uses.choices import Program
from routine_uses.directory.policy import day_of
from routine_uses.querysets import retention_item

# Who works queries. A reviewer is anybody of these who sees the draft and is not its author.
WORKERS = frozenset({Role.ANALYST, Role.SUPERVISOR})


@transaction.atomic
def claim_query(*, query: StatusQuery, actor: User, at: datetime) -> None:
    """Take a waiting query on. Its taker owns its record from now on.

    Raises:
        ActionRefused: somebody else was faster, or the actor does not work queries.
    """
    locked = _locked(query, actor)
    # A query in review goes back to CLAIMED too, but only when it is returned.
    if locked.state != QueryState.RECEIVED:
        raise ActionRefused("Somebody else has taken this query on.", code="wrong-state")
    locked.state = QueryState.CLAIMED
    locked.claimed_by = actor
    locked.claimed_at = at
    locked.save(update_fields=["state", "claimed_by", "claimed_at"])
    change_owner(record=locked.record, owner=actor, actor=actor, at=at, channel=Channel.PAGE)
    _event(events.CLAIMED, locked, actor=actor, at=at)


@transaction.atomic
def put_back(*, query: StatusQuery, reason: str, actor: User, at: datetime) -> None:
    """Put a claimed query back on the worklist.

    Raises:
        ActionRefused: no reason, or the actor neither claimed it nor supervises.
    """
    locked = _locked(query, actor)
    if locked.claimed_by_id != actor.pk and not actor.has_role(Role.SUPERVISOR):
        raise ActionRefused(
            "Only who took the query on, or a supervisor, may put it back.", code="not-yours"
        )
    _need_reason(reason)
    _move(locked, QueryState.RECEIVED, refusal="Only a query being researched can be put back.")
    locked.claimed_by = None
    locked.claimed_at = None
    locked.save(update_fields=["state", "claimed_by", "claimed_at"])
    _event(events.PUT_BACK, locked, actor=actor, at=at, purpose=reason)


@transaction.atomic
def change_program(
    *, query: StatusQuery, program: Program, reason: str, actor: User, at: datetime
) -> None:
    """Correct what a query is for, and with it category and retention item.

    Raises:
        ActionRefused: the actor is no supervisor, there is no reason, or the
            determination was approved already.
    """
    locked = _locked(query, actor)
    if not actor.has_role(Role.SUPERVISOR):
        raise ActionRefused("A supervisor changes the program of a query.", code="not-supervisor")
    _need_reason(reason)
    if locked.state in (QueryState.APPROVED, QueryState.RELEASED):
        raise ActionRefused(
            "The determination is approved; its program stands.", code="wrong-state"
        )
    rule = PROGRAM_RULES[program]
    record = locked.record
    version = record.notice_version
    record.category = version.record_categories.get(number=rule.category)
    record.schedule_item = retention_item(version, rule.schedule_code)
    record.save(update_fields=["category", "schedule_item"])
    before, locked.program = locked.program, program
    locked.save(update_fields=["program"])
    _event(
        events.PROGRAM_CHANGED,
        locked,
        actor=actor,
        at=at,
        purpose=reason,
        details={"from": before, "to": program.value},
    )


@transaction.atomic
def add_research_step(
    *,
    query: StatusQuery,
    source: ResearchSource,
    looked_at: datetime,
    finding: str,
    actor: User,
    at: datetime,
) -> ResearchStep:
    """Write down one look into a source. The same look again is the same step.

    Raises:
        ActionRefused: the query is not the actor's to research, the finding is empty,
            the look lies in the future, or the source is NCIC and the actor's certification
            for it is not current.
    """
    locked = _locked_for_author(query, actor)
    if source in NCIC_SOURCES:
        require_ncic(actor)
    if not finding.strip():
        raise ActionRefused("Write down what was found, or that nothing was.", code="no-finding")
    if looked_at > at:
        raise ActionRefused("The look lies in the future.", code="future-time")
    # A form sent twice writes one step. Findings are sealed, so they are compared here.
    for known in locked.research_steps.filter(source=source, looked_at=looked_at, author=actor):
        if str(known.finding) == finding.strip():
            return known
    step = ResearchStep.objects.create(
        query=locked,
        source=source,
        looked_at=looked_at,
        finding=finding.strip(),
        author=actor,
        written_at=at,
    )
    _event(events.RESEARCHED, locked, actor=actor, at=at, details={"source": source.value})
    return step


@transaction.atomic
def link_individual(
    *, query: StatusQuery, individual: Individual, reason: str, actor: User, at: datetime
) -> RecordSubject:
    """Say that the query is about a known individual, and why.

    Raises:
        ActionRefused: the query is not the actor's to research, no reason is given, or the
            individual's record became part of another one.
    """
    locked = _locked_for_author(query, actor)
    if not Individual.objects.unmerged().select_for_update().filter(pk=individual.pk).exists():
        raise ActionRefused(MERGED, code="merged")
    settle_search(record=locked.record, individual=individual, actor=actor, at=at)
    link = link_subject(
        record=locked.record,
        individual_id=individual.pk,
        role=SubjectRole.SUBJECT,
        reason=reason,
        actor=actor,
        at=at,
        channel=Channel.PAGE,
    )
    # Of a limited query nothing is told on the page of a person whom more people see.
    if individual.record.limited or not locked.record.limited:
        note_category(
            individual=individual,
            code=PROGRAM_RULES[locked.program].individuals,
            since=day_of(locked.received_at),
            source="A status query about the person",
            actor=actor,
            at=at,
        )
    return link


@transaction.atomic
def find_subjects(*, query: StatusQuery, actor: User, at: datetime) -> Found:
    """Candidates for whom the query is about, best first.

    They are kept where *actor* is to decide: the choice stands beside what it was made from.
    """
    found = find(wanted_of(person_of(query)), user=actor)
    if query.state == QueryState.CLAIMED and query.claimed_by_id == actor.pk:
        keep_search(record=query.record, shown=found.shown, actor=actor, at=at)
    return found


@transaction.atomic
def create_subject(
    *, query: StatusQuery, reason: str, actor: User, at: datetime, despite: str = ""
) -> Individual:
    """Enter the query's person as a new individual and link it.

    Args:
        despite: why a candidate that fits very well is somebody else; needed where one does.

    Raises:
        ActionRefused: nobody was looked for in this sitting, a candidate fits very well, the
            query carries no name, its person was entered already, or it is not the actor's
            to research.
    """
    locked = _locked_for_author(query, actor)
    # Who is entered from a query is created and linked at one moment.
    if locked.record.subjects.filter(individual__record__created_at=F("linked_at")).exists():
        raise ActionRefused(
            "The query's person was entered already and is linked.", code="already-entered"
        )
    require_search(record=locked.record, despite=despite, actor=actor, at=at)
    individual = create_individual(
        person=person_of(locked),
        schedule_code=PROGRAM_RULES[locked.program].schedule_code,
        actor=actor,
        at=at,
        channel=Channel.PAGE,
    )
    # The individual repeats what the query asks, so whoever may not see one may not see either.
    inherit_limits(
        record=individual.record, source=locked.record, actor=actor, at=at, channel=Channel.PAGE
    )
    link_individual(query=locked, individual=individual, reason=reason, actor=actor, at=at)
    settle_search(record=locked.record, individual=individual, actor=actor, at=at, despite=despite)
    return individual


def person_of(query: StatusQuery) -> PersonFacts:
    """What a query tells of its person. Values that were set aside are not in it."""
    numbers = [
        (IdentifierKind.A_NUMBER, query.a_number),
        (IdentifierKind.FBI, query.fbi_number),
        (IdentifierKind.SSN, query.ssn),
        (IdentifierKind.LICENSE, query.license_number),
        *((IdentifierKind.SID, number) for number in query.state_id_list),
    ]
    return PersonFacts(
        last=query.last,
        first=query.first,
        middle=query.middle,
        sex=query.sex,
        birth_date=query.birth_date,
        birth_place=query.birth_place,
        identifiers=tuple((kind.value, str(value)) for kind, value in numbers if value),
        aliases=tuple(
            dict.fromkeys(
                (each.last, each.first, each.middle)
                for each in query.encounters.order_by("position")
                if each.last and (each.last, each.first) != (query.last, query.first)
            )
        ),
    )


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
        kind: code of a kind of response; its version in force is kept with the determination.
        values: of the record block, ready for JSON.
        basis: how the research bears the conclusion out; it stays in the portal.

    Raises:
        ActionRefused: nothing was researched, nobody is linked where the conclusion
            speaks of somebody, or the query is not the actor's.
        ResponseRefused: the values do not fit the kind.
    """
    conclusion = conclusion_in_force(kind, at)
    locked = _locked_for_author(query, actor)
    if not locked.research_steps.exists():
        raise ActionRefused(
            "Write down at least one research step: a conclusion needs a source.",
            code="no-research",
        )
    if conclusion.needs_person and not locked.record.subjects.exists():
        raise ActionRefused(
            "Link the individual that this conclusion is about.", code="no-individual"
        )
    if not basis.strip():
        raise ActionRefused("Say how the research bears the conclusion out.", code="no-basis")
    check_record(conclusion.kind, record_from_json(values))
    _move(locked, QueryState.IN_REVIEW, refusal="This query cannot go to review now.")
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
    )
    _event(events.SUBMITTED, locked, actor=actor, at=at, details={"version": last + 1})
    return determination


@transaction.atomic
def return_determination(*, query: StatusQuery, reason: str, actor: User, at: datetime) -> None:
    """Send a determination back to its author.

    Raises:
        ActionRefused: there is none in review, no reason is given, the actor wrote it, or
            may not see drafts of others.
    """
    _need_reason(reason)
    locked, determination = _for_review(query, actor)
    _move(locked, QueryState.CLAIMED, refusal="There is nothing to review.")
    locked.save(update_fields=["state"])
    determination.return_reason = reason.strip()
    _reviewed(determination, DeterminationState.RETURNED, actor=actor, at=at)
    _event(events.RETURNED, locked, actor=actor, at=at)


@transaction.atomic
def approve_determination(*, query: StatusQuery, actor: User, at: datetime) -> None:
    """Confirm a determination as a second person; the response can then be released.

    Raises:
        ActionRefused: there is none in review, the actor wrote it, or may not see drafts
            of others.
    """
    locked, determination = _for_review(query, actor)
    _move(locked, QueryState.APPROVED, refusal="There is nothing to review.")
    locked.save(update_fields=["state"])
    _reviewed(determination, DeterminationState.APPROVED, actor=actor, at=at)
    # An answer that is amended has its record approved from the first one.
    if locked.record.approval != Approval.APPROVED:
        approve_record(record=locked.record, actor=actor, at=at, channel=Channel.PAGE)
    _event(events.APPROVED, locked, actor=actor, at=at)


@transaction.atomic
def mark_released(*, query: StatusQuery, actor: User, at: datetime) -> StatusQuery:
    """Say that the answer left; called by the release, in its transaction.

    Raises:
        ActionRefused: the determination is not approved, or the answer left already.
    """
    locked = _locked(query, actor)
    if locked.state == QueryState.RELEASED:
        raise ActionRefused("The response was released already.", code="already-released")
    if not locked.research_steps.exists():
        raise ActionRefused("There is no research behind this answer.", code="no-research")
    _move(
        locked, QueryState.RELEASED, refusal="A second person must approve the determination first."
    )
    locked.answered_at = locked.answered_at or at
    locked.save(update_fields=["state", "answered_at"])
    _event(events.RELEASED, locked, actor=actor, at=at)
    return locked


def _locked(query: StatusQuery, actor: User) -> StatusQuery:
    if not actor.has_role(*WORKERS):
        raise ActionRefused("Your role does not work queries.", code="not-a-worker")
    return (
        StatusQuery.objects.select_for_update(of=("self", "record"))
        .select_related("record__notice_version")
        .get(pk=query.pk)
    )


def _locked_for_author(query: StatusQuery, actor: User) -> StatusQuery:
    locked = _locked(query, actor)
    if locked.state != QueryState.CLAIMED:
        raise ActionRefused("The query is not being researched now.", code="wrong-state")
    if locked.claimed_by_id != actor.pk:
        raise ActionRefused("Somebody else is working on this query.", code="not-yours")
    return locked


def _for_review(query: StatusQuery, actor: User) -> tuple[StatusQuery, Determination]:
    locked = _locked(query, actor)
    determination = (
        locked.determinations.select_for_update().filter(state=DeterminationState.SUBMITTED).first()
    )
    if determination is None:
        raise ActionRefused("There is nothing to review.", code="wrong-state")
    if determination.author_id == actor.pk:
        raise ActionRefused(
            "You wrote this determination; somebody else must review it.", code="own-work"
        )
    if determination.conclusion.supervisor_reviews and not actor.has_role(Role.SUPERVISOR):
        raise ActionRefused("A supervisor reviews this conclusion.", code="not-supervisor")
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


def _move(query: StatusQuery, state: QueryState, *, refusal: str) -> None:
    if not may_follow(query.state, state):
        raise ActionRefused(refusal, code="wrong-state")
    query.state = state


def _need_reason(reason: str) -> None:
    if not reason.strip():
        raise ActionRefused("Give a reason.", code="reason-missing")


def _event(
    kind: str,
    query: StatusQuery,
    *,
    actor: User,
    at: datetime,
    purpose: str = "",
    details: dict[str, object] | None = None,
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
