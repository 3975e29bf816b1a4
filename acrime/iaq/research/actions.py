"""The verbs of research: looks into sources, and whom the query is about."""

from datetime import datetime

from django.db import transaction
from django.db.models import F

from accounts.models import User
from accounts.standing.guards import require_ncic
from acrime.audit.choices import Channel
from acrime.common.errors import ActionRefused
from acrime.iaq import events
from acrime.iaq.choices import NCIC_SOURCES, QueryState, ResearchSource
from acrime.iaq.models import ResearchStep, StatusQuery
from acrime.iaq.policy import PROGRAM_RULES
from acrime.iaq.working import locked_for_author, query_event
from acrime.individuals.actions import MERGED, PersonFacts, create_individual
from acrime.individuals.choices import IdentifierKind
from acrime.individuals.facts.actions import note_category
from acrime.individuals.finding.actions import keep_search, require_search, settle_search
from acrime.individuals.finding.querysets import Found, find
from acrime.individuals.models import Individual
from acrime.individuals.search import wanted_of
from acrime.records.actions import (
    inherit_limits,
    link_subject,
)
from acrime.records.choices import SubjectRole
from acrime.records.models import RecordSubject
from routine_uses.directory.policy import day_of


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
    locked = locked_for_author(query, actor)
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
    query_event(events.RESEARCHED, locked, actor=actor, at=at, details={"source": source.value})
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
    locked = locked_for_author(query, actor)
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
    locked = locked_for_author(query, actor)
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
