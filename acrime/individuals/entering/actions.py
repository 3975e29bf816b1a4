"""The verbs of entering somebody of whom no query speaks.

What was searched for is remembered by a keyed hash: whoever is entered is exactly whoever was
looked for.
"""

import json
from datetime import datetime

from django.db import transaction

from accounts.models import User
from acrime.audit.choices import Channel
from acrime.common.eastern import portal_day
from acrime.common.errors import ActionRefused
from acrime.common.sealed import lookup_digest
from acrime.individuals.actions import PersonFacts, create_individual
from acrime.individuals.entering.policy import KEPT_APART, SCHEDULES
from acrime.individuals.facts.actions import note_category
from acrime.individuals.facts.choices import Category
from acrime.individuals.finding.actions import keep_search, require_search, settle_search
from acrime.individuals.finding.models import PersonSearch
from acrime.individuals.finding.querysets import Found, find
from acrime.individuals.models import Individual
from acrime.individuals.search import wanted_of
from acrime.records.actions import limit_record


@transaction.atomic
def look_first(*, person: PersonFacts, actor: User, at: datetime) -> Found:
    """Candidates for somebody who is to be entered, best first; they are kept for the choice."""
    found = find(wanted_of(person), user=actor)
    keep_search(asked=_mark(person), shown=found.shown, actor=actor, at=at)
    return found


@transaction.atomic
def enter_individual(
    *,
    person: PersonFacts,
    category: Category,
    source: str,
    actor: User,
    at: datetime,
    despite: str = "",
) -> Individual:
    """Enter somebody new, in a category of the notice.

    Who reports a tip is limited at once to those who answer for the record.

    Args:
        source: from where the person is known.
        despite: why a candidate that fits very well is somebody else; needed where one does.

    Raises:
        ActionRefused: nobody was looked for under exactly these facts in this sitting, a candidate
            fits very well, the person was entered already, or the name cannot be one.
    """
    asked = _mark(person)
    search = require_search(asked=asked, despite=despite, actor=actor, at=at)
    # Of two presses of the button one enters, and the other finds that it was done.
    if PersonSearch.objects.select_for_update().get(pk=search.pk).chosen_id is not None:
        raise ActionRefused("This person was entered already.", code="already-entered")
    individual = create_individual(
        person=person,
        schedule_code=SCHEDULES[category],
        actor=actor,
        at=at,
        channel=Channel.PAGE,
    )
    note_category(
        individual=individual,
        code=category,
        since=portal_day(at),
        source=source,
        actor=actor,
        at=at,
    )
    if category in KEPT_APART:
        limit_record(
            record=individual.record,
            allowed=[],
            reason="Whoever reports a tip is protected",
            actor=actor,
            at=at,
            channel=Channel.PAGE,
        )
    settle_search(asked=asked, individual=individual, actor=actor, at=at, despite=despite)
    return individual


@transaction.atomic
def recognise(*, person: PersonFacts, individual: Individual, actor: User, at: datetime) -> None:
    """Keep that *individual* is whoever was to be entered."""
    settle_search(asked=_mark(person), individual=individual, actor=actor, at=at)


def _mark(person: PersonFacts) -> bytes:
    """The keyed hash of the facts: it is kept longer than the person may be."""
    facts = [
        person.last,
        person.first,
        person.middle,
        person.sex,
        str(person.birth_date or ""),
        person.birth_place,
        *(part for pair in person.identifiers for part in pair),
    ]
    return lookup_digest("person-searched", json.dumps(facts))
