"""The verbs of research: looks into sources, and whom the query is about."""

import hashlib
from datetime import datetime

from django.db import transaction
from django.db.models import F

from accounts.models import User
from accounts.standing.guards import require_ncic
from acrime.audit.choices import Channel
from acrime.common.eastern import portal_day
from acrime.common.errors import ActionRefused
from acrime.iaq import events
from acrime.iaq.choices import NCIC_SOURCES, QueryState, ResearchSource
from acrime.iaq.models import ResearchStep, StatusQuery
from acrime.iaq.policy import PROGRAM_RULES
from acrime.iaq.research.choices import StepResult
from acrime.iaq.research.models import ResearchAttachment
from acrime.iaq.working import locked_for_author, need_reason, query_event
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
from routine_uses.approvals.documents import MOST_DOCUMENTS, media_type_of, tidied_name


@transaction.atomic
def add_research_step(
    *,
    query: StatusQuery,
    source: ResearchSource,
    looked_at: datetime,
    finding: str,
    actor: User,
    at: datetime,
    result: StepResult = StepResult.FOUND,
    source_number: str = "",
    paper: tuple[str, bytes] | None = None,
) -> ResearchStep:
    """Write down one look into a source. The same look again is the same step.

    Args:
        finding: what was found, or why the source was not available or is not needed.
        source_number: the number of the record that was found there.
        paper: name and contents of a paper that the step rests on.

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
        same = (finding.strip(), source_number.strip(), result.value)
        if (str(known.finding), str(known.source_number or ""), known.result) == same:
            if paper:
                attach_paper(
                    query=locked, step=known.pk, name=paper[0], data=paper[1], actor=actor, at=at
                )
            return known
    step = ResearchStep.objects.create(
        query=locked,
        source=source,
        result=result,
        looked_at=looked_at,
        finding=finding.strip(),
        source_number=source_number.strip() or None,
        author=actor,
        written_at=at,
    )
    query_event(
        events.RESEARCHED,
        locked,
        actor=actor,
        at=at,
        details={"source": source.value, "result": result.value},
    )
    if paper:
        attach_paper(query=locked, step=step.pk, name=paper[0], data=paper[1], actor=actor, at=at)
    return step


@transaction.atomic
def attach_paper(
    *,
    query: StatusQuery,
    step: int,
    name: str,
    data: bytes,
    actor: User,
    at: datetime,
) -> ResearchAttachment:
    """Attach a paper to a research step of one's own. The same paper again is the same one.

    Raises:
        ActionRefused: the query is not the actor's to research, the step is not of it, there
            are enough papers, or the contents are refused.
    """
    locked = locked_for_author(query, actor)
    found = locked.research_steps.select_for_update().filter(pk=step, author=actor).first()
    if found is None:
        raise ActionRefused("Papers belong to a research step of yours.", code="not-yours")
    if found.source in NCIC_SOURCES:
        require_ncic(actor)
    media_type = media_type_of(data)
    sha256 = hashlib.sha256(data).hexdigest()
    if known := found.attachments.filter(sha256=sha256).first():
        return known
    if found.attachments.count() >= MOST_DOCUMENTS:
        raise ActionRefused(f"At most {MOST_DOCUMENTS} papers are attached.", code="paper-too-many")
    attachment = ResearchAttachment.objects.create(
        step=found,
        name=tidied_name(name),
        media_type=media_type,
        size=len(data),
        sha256=sha256,
        content=data,
        uploaded_by=actor,
        uploaded_at=at,
    )
    query_event(
        events.ATTACHED,
        locked,
        actor=actor,
        at=at,
        details={"source": found.source, "sha256": sha256},
    )
    return attachment


@transaction.atomic
def note_citizenship(*, query: StatusQuery, reason: str, actor: User, at: datetime) -> None:
    """Note that the person claims, or seems, to be a citizen of the United States.

    From then on whatever is concluded goes to a supervisor for a further review. It is not
    taken back: a claim that proves wrong is what the reviews decide.

    Raises:
        ActionRefused: no reason, it is noted already, or the query is not the actor's.
    """
    locked = locked_for_author(query, actor)
    need_reason(reason)
    if locked.citizenship_claimed:
        raise ActionRefused("The claim is noted already.", code="already-noted")
    locked.citizenship_claimed = True
    locked.save(update_fields=["citizenship_claimed"])
    query_event(events.CITIZENSHIP_NOTED, locked, actor=actor, at=at, purpose=reason)


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
    category = PROGRAM_RULES[locked.program].individuals
    # Of a limited query nothing is told on the page of a person whom more people see.
    if category and (individual.record.limited or not locked.record.limited):
        note_category(
            individual=individual,
            code=category,
            since=portal_day(locked.received_at),
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
        schedule_code=locked.record.schedule_item.code,
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
