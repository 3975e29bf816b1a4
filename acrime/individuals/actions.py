"""The verbs of individuals."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime

from django.db import transaction
from django.db.models import CharField

from accounts.models import User
from acrime.audit.choices import Channel
from acrime.common.errors import ActionRefused
from acrime.common.sealed import lookup_digest
from acrime.individuals.choices import CodeSystem, NameKind
from acrime.individuals.facts.models import Telephone
from acrime.individuals.facts.policy import (
    address_problem,
    issuer_problem,
    number_problem,
    telephone_digits,
    telephone_problem,
    text_problem,
)
from acrime.individuals.finding.actions import index_people
from acrime.individuals.models import (
    Address,
    BirthDate,
    BirthPlace,
    Identifier,
    Individual,
    IndividualName,
)
from acrime.individuals.places import ADDRESS_PARTS, places_of
from acrime.individuals.policy import (
    is_placeholder,
    normal_identifier,
    normal_name,
    split_suffix,
)
from acrime.records.actions import open_record
from acrime.records.choices import RecordKind

# The notice's first category of records: identifiers and contact information.
IDENTITY_CATEGORY = 1

# Characters of a value, as the columns hold them.
LONGEST_NAME = 60
LONGEST_BIRTH_PLACE = 60
LONGEST_SEX = 1
MERGED = "This record became part of another one, which holds everything now."
_A_DATE = re.compile(r"([0-9]{4})(?:-([0-9]{2})(?:-([0-9]{2}))?)?")


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
    )
    _add_name(individual, NameKind.PRIMARY, person.last, person.first, person.middle)
    for alias in person.aliases:
        if not is_placeholder(last=normal_name(alias[0]), first=normal_name(alias[1])):
            _add_name(individual, NameKind.ALIAS, *alias)
    if person.birth_date:
        born = person.birth_date
        BirthDate.objects.create(
            individual=individual, year=born.year, month=born.month, day=born.day
        )
    if person.birth_place:
        BirthPlace.objects.create(
            individual=individual, value=person.birth_place, system=person.birth_place_system
        )
    _add_identifiers(individual, person.identifiers, actor=actor, at=at)
    index_people([individual.pk])
    return individual


@transaction.atomic
def correct_value(
    *, individual_id: int, position: int, held: str, value: str, actor: User, at: datetime
) -> None:
    """Correct one value of a person; ``corrections`` keeps the earlier one, with who and why.

    Args:
        position: of the value among ``places_of``.
        held: the value as it was when its correction was decided.
        value: a name as ``LAST, FIRST MIDDLE``, a date as ``2001-12-31``, an address as
            ``STREET; CITY; STATE; POSTAL CODE; COUNTRY``, otherwise as is.

    Raises:
        ActionRefused: it was corrected meanwhile, the person has that value already, it cannot be
            what it is to be (no name, no date, no such number or state), or the record
            became part of another one.
    """
    person = Individual.objects.select_for_update(of=("self",)).get(pk=individual_id)
    if person.merged_into_id is not None:
        raise ActionRefused(MERGED, code="merged")
    places = places_of(individual_id)
    if position >= len(places) or places[position].held.value != held:
        raise ActionRefused(
            "The value has changed since you looked. Look at the record again.",
            code="value-changed",
        )
    place = places[position]
    row = place.row
    _refuse_with(text_problem(value))
    same = [each for each in places if each.held.field == place.held.field]
    # Two passports may be of one country.
    if not place.of_issuer and any(each.held.value == value for each in same):
        raise ActionRefused("The person has that value already.", code="value-held")
    if isinstance(row, IndividualName):
        _rename(row, value)
    elif isinstance(row, BirthDate):
        row.year, row.month, row.day = _a_day(value)
        row.save(update_fields=["year", "month", "day"])
    elif isinstance(row, BirthPlace):
        row.value = _not_too_long(value, LONGEST_BIRTH_PLACE)
        row.save(update_fields=["value"])
    elif isinstance(row, Address):
        _move(row, value)
    elif isinstance(row, Telephone):
        _refuse_with(telephone_problem(value))
        row.number, row.digits = value, telephone_digits(value)
        row.added_by, row.added_at = actor, at
        row.save(update_fields=["number", "digits", "added_by", "added_at"])
    elif isinstance(row, Identifier) and place.of_issuer:
        _refuse_with(issuer_problem(row.kind, value))
        row.issuer, row.added_by, row.added_at = value, actor, at
        row.save(update_fields=["issuer", "added_by", "added_at"])
    elif isinstance(row, Identifier):
        _refuse_with(number_problem(row.kind, value))
        row.value, row.digest = value, identifier_digest(row.kind, value)
        row.added_by, row.added_at = actor, at
        row.save(update_fields=["value", "digest", "added_by", "added_at"])
    else:
        row.sex = _not_too_long(value, LONGEST_SEX)
        row.save(update_fields=["sex"])
    if isinstance(row, IndividualName | BirthDate):
        index_people([individual_id])


def _rename(name: IndividualName, value: str) -> None:
    last, _, given = value.partition(",")
    given, suffix = split_suffix(given.strip())
    first, _, middle = given.partition(" ")
    normal_last, normal_first = normal_name(last), normal_name(first)
    if not normal_last or is_placeholder(last=normal_last, first=normal_first):
        raise ActionRefused("Write the name as LAST, FIRST MIDDLE.", code="name-missing")
    if max(map(len, (last, first, middle))) > LONGEST_NAME:
        raise ActionRefused("The name is too long.", code="value-too-long")
    name.last, name.first, name.middle = last.strip(), first.strip(), middle.strip()
    name.suffix, name.normal_last, name.normal_first = suffix, normal_last, normal_first
    name.save(update_fields=["last", "first", "middle", "suffix", "normal_last", "normal_first"])


def _move(address: Address, value: str) -> None:
    parts = [part.strip() for part in value.split(";")]
    if len(parts) != len(ADDRESS_PARTS) or not any(parts):
        raise ActionRefused(
            "Write the address as STREET; CITY; STATE; POSTAL CODE; COUNTRY, with every semicolon.",
            code="no-address",
        )
    for name, part in zip(ADDRESS_PARTS, parts, strict=True):
        described = Address._meta.get_field(name)
        assert isinstance(described, CharField)
        setattr(address, name, _not_too_long(part, described.max_length or 0))
    _refuse_with(address_problem(region=address.region, country=address.country)[1])
    address.save(update_fields=list(ADDRESS_PARTS))


def _refuse_with(problem: str) -> None:
    if problem:
        raise ActionRefused(problem, code="value-impossible")


def _a_day(value: str) -> tuple[int, int | None, int | None]:
    """Year, month and day, of which the last may be unknown."""
    refused = ActionRefused("Write the date as 2001-12-31, 2001-12 or 2001.", code="no-date")
    written = _A_DATE.fullmatch(value)
    if written is None:
        raise refused
    year, month, day = (int(part) if part else None for part in written.groups())
    try:
        date(year or 0, month or 1, day or 1)
    except ValueError:
        raise refused from None
    return year or 0, month, day


def _not_too_long(value: str, longest: int) -> str:
    if len(value) > longest:
        raise ActionRefused(f"At most {longest} characters.", code="value-too-long")
    return value


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
