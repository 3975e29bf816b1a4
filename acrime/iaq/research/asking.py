"""Asking connected systems: queued by a person, run by a worker, confirmed by a person.

A system that is down stops nothing: after a few failures it is left alone for a while, and the
step says that the source is not available and stays to be looked into by hand.
"""

from datetime import datetime, timedelta

from django.conf import settings
from django.db import transaction
from django.db.models import F

from accounts.models import User
from accounts.standing.guards import require_ncic
from acrime.audit.actions import record_event
from acrime.audit.choices import Channel, Outcome
from acrime.common import outbox
from acrime.common.errors import ActionRefused
from acrime.common.models import OutboxMessage
from acrime.common.places import at_place
from acrime.iaq import events
from acrime.iaq.choices import NCIC_SOURCES, QueryState, ResearchSource
from acrime.iaq.models import ResearchStep, StatusQuery
from acrime.iaq.research.actions import add_research_step, person_of
from acrime.iaq.research.choices import AskState, StepResult
from acrime.iaq.research.connectors import (
    Answer,
    Question,
    Unavailable,
    asked_in_time,
    connector_for,
)
from acrime.iaq.research.models import SystemHealth, SystemQuestion
from acrime.iaq.working import locked_for_author, need_reason, query_event

ASK = "iaq.ask-system"

# So many failures in a row, and the system is left alone for so long.
FAILURES_BEFORE_REST = 3
REST = timedelta(minutes=5)
OPEN = (AskState.WAITING, AskState.ANSWERED)


def connected() -> tuple[ResearchSource, ...]:
    """The sources that can be asked by the portal itself."""
    return tuple(source for source in ResearchSource if source.value in settings.CONNECTORS)


def unknown_connectors() -> tuple[str, ...]:
    """Names in the settings that are no source of research: nobody could ever ask them."""
    return tuple(sorted(settings.CONNECTORS.keys() - set(ResearchSource.values)))


@transaction.atomic
def ask_system(
    *, query: StatusQuery, source: ResearchSource, actor: User, at: datetime
) -> SystemQuestion:
    """Queue a question about the query's person. A question that is open already is that one.

    What is kept and logged is which kinds of values are asked by, never a value.

    Raises:
        ActionRefused: the query is not the actor's to research, the source is not connected or
            is NCIC and the actor's certification is not current, or nothing is known to ask by.
    """
    locked = locked_for_author(query, actor)
    if source.value not in settings.CONNECTORS:
        raise ActionRefused("This source is not connected.", code="no-connector")
    if source in NCIC_SOURCES:
        require_ncic(actor)
    keys = sorted(_values(locked))
    if not keys:
        raise ActionRefused(
            "The query tells nothing that a system could be asked by.", code="nothing-to-ask"
        )
    known = locked.system_questions.filter(source=source, state__in=OPEN).first()
    if known is not None:
        return known
    question = SystemQuestion.objects.create(
        query=locked, source=source, keys=keys, asked_by=actor, asked_at=at
    )
    outbox.enqueue(topic=ASK, key=f"{ASK}:{question.pk}", payload={"question": question.pk}, at=at)
    query_event(
        events.SYSTEM_ASKED,
        locked,
        actor=actor,
        at=at,
        details={"source": source.value, "asked_by": keys},
    )
    return question


@outbox.handler(ASK)
def ask(message: OutboxMessage, at: datetime) -> outbox.Later | None:
    """Ask, and keep what comes back as a proposal. It is asked once: a person may ask again."""
    question = (
        SystemQuestion.objects.select_for_update(of=("self",))
        .select_related("query__record")
        .get(pk=message.payload["question"])
    )
    if question.state != AskState.WAITING:
        return None
    try:
        answer = _asked(question, at=at)
    except Unavailable as failure:
        question.state = AskState.UNAVAILABLE
        question.result = StepResult.NOT_AVAILABLE
        question.trouble = failure.reason
    else:
        question.state = AskState.ANSWERED
        question.result = answer.result
        question.finding = answer.finding
        question.source_number = answer.source_number or None
    question.answered_at = at
    question.save(
        update_fields=["state", "result", "finding", "source_number", "trouble", "answered_at"]
    )
    answered = question.state == AskState.ANSWERED
    record_event(
        kind=events.SYSTEM_ANSWERED if answered else events.SYSTEM_UNAVAILABLE,
        actor=None,
        at=at,
        channel=Channel.JOB,
        outcome=Outcome.DONE if answered else Outcome.FAILED,
        record_id=question.query_id,
        record_number=question.query.record.number,
        details={"source": question.source} | ({} if answered else {"trouble": question.trouble}),
    )
    return None


@transaction.atomic
def confirm_answer(*, query: StatusQuery, place: int, actor: User, at: datetime) -> ResearchStep:
    """Make a research step of what a system answered: the person stands for it from now on.

    Args:
        place: of the question among those of the query, from 1.

    Raises:
        ActionRefused: the query is not the actor's to research, or there is no answer that waits.
    """
    locked = locked_for_author(query, actor)
    found = _answered(locked, place)
    step = add_research_step(
        query=locked,
        source=ResearchSource(found.source),
        result=StepResult(found.result),
        looked_at=found.answered_at or at,
        finding=str(found.finding),
        source_number=str(found.source_number or ""),
        actor=actor,
        at=at,
    )
    found.state = AskState.CONFIRMED
    found.step = step
    found.settled_by = actor
    found.settled_at = at
    found.save(update_fields=["state", "step", "settled_by", "settled_at"])
    return step


@transaction.atomic
def discard_answer(
    *, query: StatusQuery, place: int, reason: str, actor: User, at: datetime
) -> None:
    """Say that what a system answered is not about this person, or is of no use.

    Args:
        place: of the question among those of the query, from 1.

    Raises:
        ActionRefused: no reason, the query is not the actor's, or there is no answer that waits.
    """
    locked = locked_for_author(query, actor)
    need_reason(reason)
    found = _answered(locked, place)
    found.state = AskState.DISCARDED
    found.settled_by = actor
    found.settled_at = at
    found.save(update_fields=["state", "settled_by", "settled_at"])
    query_event(
        events.PROPOSAL_DISCARDED,
        locked,
        actor=actor,
        at=at,
        purpose=reason,
        details={"source": found.source},
    )


def _answered(locked: StatusQuery, place: int) -> SystemQuestion:
    found = at_place(locked.system_questions.select_for_update(), place)
    if found is None or found.state != AskState.ANSWERED:
        raise ActionRefused("There is no answer that waits.", code="wrong-state")
    return found


def _asked(question: SystemQuestion, *, at: datetime) -> Answer:
    """What the system answers, unless it rests.

    Raises:
        Unavailable: it rests, is connected no more, or did not answer.
    """
    query = question.query
    # Meanwhile put back, answered or finished: nobody needs it, so nothing is told to anybody.
    if query.state != QueryState.CLAIMED or query.claimed_by_id != question.asked_by_id:
        raise Unavailable("not-needed-now")
    place = settings.CONNECTORS.get(question.source)
    if place is None:
        raise Unavailable("no-connector")
    health = SystemHealth.objects.filter(source=question.source).first()
    if health is not None and health.rests_until is not None and at < health.rests_until:
        raise Unavailable("resting")
    try:
        answer = asked_in_time(
            connector_for(place),
            Question(values=_values(query), reference=query.record.number),
        )
    except Unavailable:
        _fared(question.source, well=False, at=at)
        raise
    _fared(question.source, well=True, at=at)
    return answer


def _fared(source: str, *, well: bool, at: datetime) -> None:
    """Count failures in a row; after the third the system rests."""
    health, _ = SystemHealth.objects.get_or_create(source=source, defaults={"changed_at": at})
    if well:
        SystemHealth.objects.filter(source=source).update(
            failures=0, rests_until=None, changed_at=at
        )
        return
    resting = health.failures + 1 >= FAILURES_BEFORE_REST
    SystemHealth.objects.filter(source=source).update(
        failures=F("failures") + 1, rests_until=at + REST if resting else None, changed_at=at
    )


def _values(query: StatusQuery) -> dict[str, str]:
    """What is known of the person, by the kind of each value; the surest first."""
    person = person_of(query)
    numbers = {str(kind): value for kind, value in person.identifiers}
    values: dict[str, str] = {
        kind: numbers[kind] for kind in ("A_NUMBER", "FBI") if kind in numbers
    }
    if person.last:
        values["NAME"] = f"{person.last}, {person.first} {person.middle}".strip(" ,")
    if person.birth_date:
        values["BIRTH_DATE"] = person.birth_date.isoformat()
    # A date of birth alone is nobody.
    return values if values.keys() - {"BIRTH_DATE"} else {}
