"""The verbs of individuals."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime

from django.db import transaction

from accounts.models import User
from acrime.audit.choices import Channel
from acrime.common.errors import ActionRefused
from acrime.common.sealed import lookup_digest
from acrime.individuals.choices import CodeSystem, NameKind
from acrime.individuals.models import BirthDate, Identifier, Individual, IndividualName
from acrime.individuals.policy import is_placeholder, normal_identifier, normal_name
from acrime.records.actions import open_record
from acrime.records.choices import RecordKind

# The notice's first category of records: identifiers and contact information.
IDENTITY_CATEGORY = 1


@dataclass(frozen=True)
class PersonFacts:
    """What is known of a new individual.

    ``identifiers`` are pairs of kind and number as received; ``aliases`` are names as
    (last, first, middle), of which placeholders are passed over.
    """

    last: str
    first: str = ""
    middle: str = ""
    sex: str = ""
    birth_date: date | None = None
    birth_place: str = ""
    birth_place_system: str = CodeSystem.NCIC
    identifiers: tuple[tuple[str, str], ...] = ()
    aliases: tuple[tuple[str, str, str], ...] = ()


@transaction.atomic
def create_individual(
    *, person: PersonFacts, schedule_code: str, actor: User, at: datetime, channel: Channel
) -> Individual:
    """Enter a person: visible at once, pending until a supervisor approves.

    ``schedule_code`` is the retention item of the record the person is entered from.

    Raises:
        ActionRefused: there is no last name, or the name is a placeholder.
    """
    last, first = normal_name(person.last), normal_name(person.first)
    if not last:
        raise ActionRefused("An individual needs a last name.", code="name-missing")
    if is_placeholder(last=last, first=first):
        raise ActionRefused(
            "CPI,CPI stands for a name that was not provided; it is nobody's name.",
            code="placeholder-name",
        )
    record = open_record(
        kind=RecordKind.INDIVIDUAL,
        category=IDENTITY_CATEGORY,
        schedule_code=schedule_code,
        owner=actor,
        creator=actor,
        at=at,
        channel=channel,
    )
    individual = Individual.objects.create(
        record=record,
        sex=person.sex,
        birth_place=person.birth_place,
        birth_place_system=person.birth_place_system,
    )
    _add_name(individual, NameKind.PRIMARY, person.last, person.first, person.middle)
    for alias in person.aliases:
        if not is_placeholder(last=normal_name(alias[0]), first=normal_name(alias[1])):
            _add_name(individual, NameKind.ALIAS, *alias)
    if person.birth_date:
        BirthDate.objects.create(individual=individual, value=person.birth_date)
    _add_identifiers(individual, person.identifiers, actor=actor, at=at)
    return individual


def identifier_digest(kind: str, value: str) -> bytes:
    """The keyed hash under which a number is found, whichever way it was typed."""
    return lookup_digest(kind, normal_identifier(kind, value))


def _add_name(individual: Individual, kind: NameKind, last: str, first: str, middle: str) -> None:
    IndividualName.objects.create(
        individual=individual,
        kind=kind,
        last=last.strip(),
        first=first.strip(),
        middle=middle.strip(),
        normal_last=normal_name(last),
        normal_first=normal_name(first),
    )


def _add_identifiers(
    individual: Individual, identifiers: Iterable[tuple[str, str]], *, actor: User, at: datetime
) -> None:
    for kind, value in identifiers:
        Identifier.objects.get_or_create(
            individual=individual,
            kind=kind,
            digest=identifier_digest(kind, value),
            defaults={"value": value, "added_by": actor, "added_at": at},
        )
