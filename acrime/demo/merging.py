"""The story of one person in two records: a merge that waits, and one that was undone."""

from collections.abc import Mapping
from datetime import date, datetime, timedelta

from accounts.models import User
from acrime.audit.choices import Channel
from acrime.individuals.actions import PersonFacts, create_individual
from acrime.individuals.choices import IdentifierKind, NameKind
from acrime.individuals.merging.actions import (
    merge_individuals,
    propose_merge,
    propose_undo,
    unmerge_individuals,
)
from acrime.individuals.merging.models import IndividualMerge
from acrime.individuals.merging.rows import Choice
from acrime.individuals.models import Individual

BORN = date(1988, 6, 2)
ONE = PersonFacts(
    last="DOPPEL",
    first="ROBIN",
    middle="JAY",
    sex="M",
    birth_date=BORN,
    identifiers=((IdentifierKind.A_NUMBER, "A099000311"),),
)
OTHER = PersonFacts(
    last="DOPPEL",
    first="ROBIN",
    birth_date=BORN,
    identifiers=((IdentifierKind.FBI, "990311TA1"),),
    aliases=(("DOPPLER", "ROBIN", ""),),
)
BROTHER = PersonFacts(
    last="DOPPEL",
    first="ROBIN",
    birth_date=BORN,
    identifiers=((IdentifierKind.A_NUMBER, "A099000312"),),
)


def tell_of_merging(people: Mapping[str, User], *, at: datetime) -> None:
    """Two records of one person wait to be merged; a twin of the same name was taken out again."""
    began = at - timedelta(days=6)
    one, other, brother = (
        create_individual(
            person=person,
            schedule_code="IAQ-CRIMINAL",
            actor=people["analyst2"],
            at=began,
            channel=Channel.COMMAND,
        )
        for person in (ONE, OTHER, BROTHER)
    )
    supervisor = people["supervisor"]
    wrong = merge_individuals(
        merge=_proposed(one, brother, people, at=began + timedelta(hours=1)),
        reason="Name and date of birth agree.",
        actor=supervisor,
        at=began + timedelta(hours=3),
    )
    unmerge_individuals(
        merge=propose_undo(
            merge=wrong,
            reason="His twin, who has an A-Number of his own.",
            actor=people["analyst2"],
            at=began + timedelta(days=1),
        ),
        reason="Two A-Numbers, two people.",
        actor=supervisor,
        at=began + timedelta(days=2),
    )
    _proposed(one, other, people, at=at - timedelta(hours=5))


def _proposed(
    survivor: Individual, absorbed: Individual, people: Mapping[str, User], *, at: datetime
) -> IndividualMerge:
    return propose_merge(
        survivor=survivor,
        absorbed=absorbed,
        choice=Choice(
            primary=survivor.names.get(kind=NameKind.PRIMARY).pk,
            sex=survivor.sex,
        ),
        reason="Same name and date of birth.",
        actor=people["analyst2"],
        at=at,
    )
