"""The verbs: look for somebody, link whom was found, enter whom was not.

The rooms above call them with the record, the part that the person has in it and the notice's
category of individuals that follows from it.
"""

from dataclasses import dataclass
from datetime import datetime

from django.db import transaction

from accounts.models import User
from acrime.audit.choices import Channel
from acrime.common.eastern import portal_day
from acrime.common.errors import ActionRefused
from acrime.individuals.actions import MERGED, PersonFacts, create_individual
from acrime.individuals.facts.actions import note_category
from acrime.individuals.finding.actions import STRONG, keep_search, require_search, settle_search
from acrime.individuals.finding.querysets import Found, find
from acrime.individuals.finding.wanted import Wanted
from acrime.individuals.models import Individual
from acrime.individuals.search import wanted_of
from acrime.records.actions import inherit_limits, link_subject
from acrime.records.choices import SubjectRole
from acrime.records.models import Record, RecordSubject


@dataclass(frozen=True)
class Part:
    """What somebody is in a record.

    Attributes:
        category: code of the notice's category of individuals.
        schedule_code: retention item of whoever is entered from the record.
        source: where the category is known from, in words.
    """

    role: SubjectRole
    category: str
    schedule_code: str
    source: str


@transaction.atomic
def look_for(*, record: Record, wanted: Wanted, actor: User, at: datetime) -> Found:
    """Candidates for somebody in *record*, best first, kept beside the choice."""
    found = find(wanted, user=actor)
    keep_search(record=record, shown=found.shown, actor=actor, at=at)
    return found


@transaction.atomic
def choose(
    *,
    record: Record,
    individual: Individual,
    part: Part,
    reason: str,
    actor: User,
    at: datetime,
    channel: Channel,
) -> RecordSubject:
    """Say that *individual* is somebody in *record*, and why.

    Raises:
        ActionRefused: no reason is given, or the individual's record became part of another.
    """
    if not Individual.objects.unmerged().select_for_update().filter(pk=individual.pk).exists():
        raise ActionRefused(MERGED, code="merged")
    settle_search(record=record, individual=individual, actor=actor, at=at)
    link = link_subject(
        record=record,
        individual_id=individual.pk,
        role=part.role,
        reason=reason,
        actor=actor,
        at=at,
        channel=channel,
    )
    # Of a limited record nothing is told on the page of a person whom more people see.
    if individual.record.limited or not record.limited:
        note_category(
            individual=individual,
            code=part.category,
            since=portal_day(at),
            source=part.source,
            actor=actor,
            at=at,
        )
    return link


@transaction.atomic
def enter(
    *,
    record: Record,
    person: PersonFacts,
    part: Part,
    reason: str,
    despite: str = "",
    actor: User,
    at: datetime,
    channel: Channel,
) -> Individual:
    """Enter *person* as a new individual and link it to *record*.

    Args:
        despite: why a candidate that fits very well is somebody else; needed where one does.

    Raises:
        ActionRefused: nobody was looked for in this sitting, a candidate fits very well, or the
            name is none.
    """
    latest = require_search(record=record, despite=despite, actor=actor, at=at)
    if latest.chosen_id is not None:
        raise ActionRefused(
            "Search for the person first: the last search was for somebody else.",
            code="search-first",
        )
    # Whom was searched for may not be whom is entered: the same question is asked of the latter.
    found = find(wanted_of(person), user=actor)
    if any(hit.score >= STRONG for hit in found.shown) and not despite.strip():
        raise ActionRefused(
            "A candidate fits very well. Link that individual, or say why it is somebody else.",
            code="strong-match",
        )
    individual = create_individual(
        person=person, schedule_code=part.schedule_code, actor=actor, at=at, channel=channel
    )
    inherit_limits(record=individual.record, source=record, actor=actor, at=at, channel=channel)
    choose(
        record=record,
        individual=individual,
        part=part,
        reason=reason,
        actor=actor,
        at=at,
        channel=channel,
    )
    settle_search(record=record, individual=individual, actor=actor, at=at, despite=despite)
    return individual
