"""The verbs of what is known of a person: add a value, enter what a source said, note a fact.

Nothing here is written over: a wrong value is corrected by the privacy office, a wrong entry
is replaced by a later one, and what began is ended by a later fact.
"""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db import transaction

from accounts.models import User
from acrime.audit.actions import record_event
from acrime.audit.choices import Channel
from acrime.common.eastern import portal_day
from acrime.common.errors import ActionRefused
from acrime.individuals.actions import MERGED, identifier_digest
from acrime.individuals.choices import IdentifierKind, NameKind
from acrime.individuals.facts import events, policy
from acrime.individuals.facts.choices import CODES, About
from acrime.individuals.facts.models import (
    HistoryEntry,
    IndividualFact,
    Photograph,
    StatusEntry,
    Telephone,
)
from acrime.individuals.facts.photographs import made_anew
from acrime.individuals.facts.querysets import facts_in_force
from acrime.individuals.finding.actions import index_people
from acrime.individuals.models import (
    Address,
    BirthDate,
    BirthPlace,
    Identifier,
    Individual,
    IndividualName,
)
from acrime.individuals.places import FIELDS
from acrime.individuals.policy import normal_name
from acrime.records.actions import hold_records
from acrime.records.models import RecordSubject
from routine_uses.choices import Field
from routine_uses.grounds import GUARDS

MOST_PHOTOGRAPHS = 20


@dataclass(frozen=True)
class Said:
    """Where something was found, and on which day the source was looked at."""

    source: str
    on: date


# region: values
@transaction.atomic
def add_name(
    *,
    individual: Individual,
    last: str,
    first: str = "",
    middle: str = "",
    suffix: str = "",
    actor: User,
    at: datetime,
) -> IndividualName:
    """Add a name that the person is known by too.

    Raises:
        ActionRefused: it is no name, the person has it, or the actor enters nobody.
    """
    _by(policy.ENTERERS, actor)
    _plain(last=last, first=first, middle=middle, suffix=suffix)
    _unless(policy.name_problem(last=last, first=first), code="last")
    held = _held(individual)
    same = held.names.filter(
        last__iexact=last, first__iexact=first, middle__iexact=middle, suffix__iexact=suffix
    )
    _unless(_HELD if same.exists() else "", code="last")
    name = IndividualName.objects.create(
        individual=held,
        kind=NameKind.ALIAS,
        last=last,
        first=first,
        middle=middle,
        suffix=suffix,
        normal_last=normal_name(last),
        normal_first=normal_name(first),
    )
    _found_by_more(held, Field.ALIASES, actor=actor, at=at)
    return name


@transaction.atomic
def add_birth_date(
    *,
    individual: Individual,
    year: int,
    month: int | None,
    day: int | None,
    actor: User,
    at: datetime,
) -> BirthDate:
    """Add a date of birth, of which month and day may be unknown.

    Raises:
        ActionRefused: there is no such day, the person has it, or the actor enters nobody.
    """
    _by(policy.ENTERERS, actor)
    _unless(policy.birth_problem(year, month, day, today=portal_day(at)), code="born")
    held = _held(individual)
    born, is_new = BirthDate.objects.get_or_create(individual=held, year=year, month=month, day=day)
    _unless("" if is_new else _HELD, code="born")
    _found_by_more(held, Field.DATE_OF_BIRTH, actor=actor, at=at)
    return born


@transaction.atomic
def add_birth_place(
    *, individual: Individual, system: str, value: str, actor: User, at: datetime
) -> BirthPlace:
    """Add a place of birth as its code system writes it.

    Raises:
        ActionRefused: the system has no such place, the person has it, or the actor enters
            nobody.
    """
    _by(policy.ENTERERS, actor)
    _plain(value=value)
    code = value.upper()
    _unless(policy.place_problem(system, code), code="value")
    held = _held(individual)
    place, is_new = BirthPlace.objects.get_or_create(individual=held, system=system, value=code)
    _unless("" if is_new else _HELD, code="value")
    _added(held, Field.PLACE_OF_BIRTH, actor=actor, at=at)
    return place


@transaction.atomic
def add_address(
    *,
    individual: Individual,
    street: str = "",
    city: str = "",
    region: str = "",
    postal_code: str = "",
    country: str = "",
    actor: User,
    at: datetime,
) -> Address:
    """Add an address.

    Raises:
        ActionRefused: it says nothing, there is no such state or country, the person has it,
            or the actor enters nobody.
    """
    _by(policy.ENTERERS, actor)
    parts = {
        "street": street,
        "city": city,
        "region": region,
        "postal_code": postal_code,
        "country": country,
    }
    _plain(**parts)
    _unless("" if any(parts.values()) else "Say at least a part of it.", code="street")
    where, problem = policy.address_problem(region=region, country=country)
    _unless(problem, code=where)
    held = _held(individual)
    same = held.addresses.filter(**{f"{name}__iexact": part for name, part in parts.items()})
    _unless(_HELD if same.exists() else "", code="street")
    address = Address.objects.create(individual=held, added_by=actor, added_at=at, **parts)
    _added(held, Field.ADDRESS, actor=actor, at=at)
    return address


@transaction.atomic
def add_telephone(
    *, individual: Individual, kind: str, number: str, actor: User, at: datetime
) -> Telephone:
    """Add a telephone number.

    Raises:
        ActionRefused: it is none, the person has it, or the actor enters nobody.
    """
    _by(policy.ENTERERS, actor)
    _plain(number=number)
    _unless(policy.telephone_problem(number), code="number")
    held = _held(individual)
    telephone, is_new = Telephone.objects.get_or_create(
        individual=held,
        digits=policy.telephone_digits(number),
        defaults={"kind": kind, "number": number, "added_by": actor, "added_at": at},
    )
    _unless("" if is_new else _HELD, code="number")
    _added(held, Field.TELEPHONE, actor=actor, at=at)
    return telephone


@transaction.atomic
def add_number(
    *,
    individual: Individual,
    kind: str,
    value: str,
    issuer: str = "",
    actor: User,
    at: datetime,
) -> Identifier:
    """Add a number of a system. Somebody else may have the same: that makes nobody one.

    Raises:
        ActionRefused: there can be no such number, its issuer is missing, the person has it,
            or the actor enters nobody.
    """
    _by(policy.ENTERERS, actor)
    _plain(value=value)
    _unless(policy.number_problem(kind, value), code="value")
    _unless(policy.issuer_problem(kind, issuer), code="issuer")
    held = _held(individual)
    number, is_new = Identifier.objects.get_or_create(
        individual=held,
        kind=kind,
        digest=identifier_digest(kind, value),
        defaults={"value": value, "issuer": issuer, "added_by": actor, "added_at": at},
    )
    _unless("" if is_new else _HELD, code="value")
    _added(held, FIELDS[IdentifierKind(kind)], actor=actor, at=at)
    return number


@transaction.atomic
def add_photograph(
    *,
    individual: Individual,
    data: bytes,
    alt: str,
    source: str,
    taken_on: date | None,
    actor: User,
    at: datetime,
) -> Photograph:
    """Add a photograph, made anew from *data* and sealed.

    Args:
        alt: what it shows, for whoever does not see it.

    Raises:
        ActionRefused: it is no picture, words or source are missing, the person has it, there
            are enough, or the actor enters nobody.
    """
    _by(policy.ENTERERS, actor)
    _plain(alt=alt, source=source)
    _unless("" if alt else "Say what the photograph shows.", code="alt")
    _unless("" if source else _NO_SOURCE, code="source")
    _unless(policy.day_problem(taken_on, today=portal_day(at)), code="taken_on")
    picture = made_anew(data)
    held = _held(individual)
    if held.photographs.count() >= MOST_PHOTOGRAPHS:
        raise ActionRefused(f"At most {MOST_PHOTOGRAPHS} are kept.", code="photograph")
    photograph, is_new = Photograph.objects.get_or_create(
        individual=held,
        sha256=picture.sha256,
        defaults={
            "content": picture.content,
            "width": picture.width,
            "height": picture.height,
            "size": len(picture.content),
            "alt": alt,
            "taken_on": taken_on,
            "source": source,
            "added_by": actor,
            "added_at": at,
        },
    )
    _unless("" if is_new else "That very photograph is there already.", code="photograph")
    _added(held, Field.PHOTOGRAPH, actor=actor, at=at)
    return photograph


# endregion


# region: what sources said
@transaction.atomic
def enter_status(
    *,
    individual: Individual,
    status: str,
    said: Said,
    detail: str = "",
    held_since: date | None = None,
    replaces: StatusEntry | None = None,
    actor: User,
    at: datetime,
) -> StatusEntry:
    """Enter what a source says of the person's citizenship or immigration status.

    Args:
        replaces: an entry of the person's that was wrong, and whose place it takes.

    Raises:
        ActionRefused: the source is missing, a day lies in the future, the other entry was
            replaced already or is somebody else's, or the actor enters nobody.
    """
    _by(policy.ENTERERS, actor)
    _plain(detail=detail, source=said.source)
    _sourced(said, at=at)
    _unless(policy.day_problem(held_since, today=portal_day(at)), code="held_since")
    held = _held(individual)
    _replaceable(held, replaces)
    entry = StatusEntry.objects.create(
        individual=held,
        status=status,
        detail=detail,
        held_since=held_since,
        replaces=replaces,
        source=said.source,
        source_on=said.on,
        entered_by=actor,
        entered_at=at,
    )
    _added(held, Field.IMMIGRATION_STATUS, actor=actor, at=at)
    return entry


@transaction.atomic
def enter_history(
    *,
    individual: Individual,
    kind: str,
    what: str,
    said: Said,
    agency: str = "",
    happened_on: date | None = None,
    outcome: str = "",
    replaces: HistoryEntry | None = None,
    actor: User,
    at: datetime,
) -> HistoryEntry:
    """Enter what a source says of the person's criminal history.

    Args:
        replaces: an entry of the person's that was wrong, and whose place it takes.

    Raises:
        ActionRefused: as ``enter_status``, or it is not said what happened.
    """
    _by(policy.ENTERERS, actor)
    _plain(what=what, agency=agency, outcome=outcome, source=said.source)
    _unless("" if what else "Say what happened.", code="what")
    _sourced(said, at=at)
    _unless(policy.day_problem(happened_on, today=portal_day(at)), code="happened_on")
    held = _held(individual)
    _replaceable(held, replaces)
    entry = HistoryEntry.objects.create(
        individual=held,
        kind=kind,
        what=what,
        agency=agency,
        happened_on=happened_on,
        outcome=outcome,
        replaces=replaces,
        source=said.source,
        source_on=said.on,
        entered_by=actor,
        entered_at=at,
    )
    _added(held, Field.CRIMINAL_HISTORY, actor=actor, at=at)
    return entry


# endregion


# region: protections, standing, categories
@transaction.atomic
def note_fact(
    *,
    individual: Individual,
    about: str,
    code: str,
    begins: bool = True,
    since: date,
    source: str,
    policy_relied_on: str = "",
    actor: User,
    at: datetime,
) -> IndividualFact:
    """Note that a protection or a category began or ended, or how the Privacy Act applies.

    With a protection, everything about the person is held meanwhile: whoever discloses at the
    same time waits and then is asked for what the protection asks, or is waited for.

    Raises:
        ActionRefused: it holds already or does not hold, the source is missing, the day lies
            in the future or before its beginning, the standing names no policy, the actor's
            role does not note it, or whoever noted a protection would end it.
    """
    _by(policy.NOTERS, actor)
    return _noted(
        individual=individual,
        about=about,
        code=code,
        begins=begins,
        since=since,
        source=source,
        policy_relied_on=policy_relied_on,
        actor=actor,
        at=at,
    )


def _noted(
    *,
    individual: Individual,
    about: str,
    code: str,
    begins: bool = True,
    since: date,
    source: str,
    policy_relied_on: str = "",
    actor: User,
    at: datetime,
) -> IndividualFact:
    _plain(source=source, policy=policy_relied_on)
    _unless("" if source else _NO_SOURCE, code="source")
    _unless("" if code in CODES[about].values else "There is no such code.", code="code")
    _unless(policy.day_problem(since, today=portal_day(at)), code="since")
    _unless(policy.policy_problem(about, code, policy_relied_on), code="policy")
    if about == About.PROTECTION:
        about_them = RecordSubject.objects.filter(individual=individual)
        hold_records(record_ids={individual.pk, *about_them.values_list("record_id", flat=True)})
    held = _held(individual)
    now = facts_in_force([held.pk], about=about).get(held.pk, [])
    before = next((each for each in now if each.code == code), None)
    if begins and before:
        raise ActionRefused("It holds already.", code="code")
    if not begins:
        _may_end(before, about=about, code=code, since=since, actor=actor)
    fact = IndividualFact.objects.create(
        individual=held,
        about=about,
        code=code,
        begins=begins,
        since=since,
        source=source,
        policy=policy_relied_on,
        entered_by=actor,
        entered_at=at,
    )
    _event(events.FACT_NOTED, held, actor=actor, at=at, fact=fact.pk, about=about)
    return fact


@transaction.atomic
def note_category(
    *, individual: Individual, code: str, since: date, source: str, actor: User, at: datetime
) -> None:
    """Note that the person is in a category of the notice, unless that is known already.

    It follows from the record that the person is entered from, so whoever enters that one
    notes it, whatever else they may note.

    Raises:
        ActionRefused: as ``note_fact``, but for the role.
    """
    held = facts_in_force([individual.pk], about=About.CATEGORY).get(individual.pk, [])
    if all(fact.code != code for fact in held):
        _noted(
            individual=individual,
            about=About.CATEGORY,
            code=code,
            since=since,
            source=source,
            actor=actor,
            at=at,
        )


def _may_end(
    before: IndividualFact | None, *, about: str, code: str, since: date, actor: User
) -> None:
    if about == About.STANDING:
        raise ActionRefused("Another standing ends it.", code="code")
    if before is None:
        raise ActionRefused("It does not hold.", code="code")
    if since < before.since:
        raise ActionRefused("It does not end before it began.", code="since")
    if about != About.PROTECTION:
        return
    clause = GUARDS[code].clause
    if not actor.has_role(*policy.ENDERS):
        raise ActionRefused(
            "A supervisor or a privacy officer ends a protection.", code="code", clause=clause
        )
    if before.entered_by_id == actor.pk:
        raise ActionRefused(
            "Somebody else must end the protection that you noted.", code="own-work", clause=clause
        )


# endregion

_HELD = "The person has that already."
_NO_SOURCE = "Say where it was found."


def _by(roles: Collection[str], actor: User) -> None:
    if not actor.has_role(*roles):
        raise ActionRefused("Your role does not enter people.", code="not-an-enterer")


def _unless(problem: str, *, code: str) -> None:
    """Refuse what has a problem; the code is the name of the value that has it."""
    if problem:
        raise ActionRefused(problem, code=code)


def _plain(**values: str) -> None:
    for name, value in values.items():
        _unless(policy.text_problem(value), code=name)


def _sourced(said: Said, *, at: datetime) -> None:
    _unless("" if said.source else _NO_SOURCE, code="source")
    _unless(policy.day_problem(said.on, today=portal_day(at)), code="source_on")


def _replaceable(individual: Individual, entry: StatusEntry | HistoryEntry | None) -> None:
    if entry is not None and (entry.is_replaced or entry.individual_id != individual.pk):
        raise ActionRefused("Another entry took its place already.", code="replaces")


def _held(individual: Individual) -> Individual:
    """The individual, held until the transaction ends.

    Raises:
        ActionRefused: the record became part of another one.
    """
    held = Individual.objects.select_for_update(of=("self",)).get(pk=individual.pk)
    if held.merged_into_id is not None:
        raise ActionRefused(MERGED, code="merged")
    return held


def _found_by_more(individual: Individual, what: str, *, actor: User, at: datetime) -> None:
    """A name or a date of birth was added, by which the person is to be found from now on."""
    index_people([individual.pk])
    _added(individual, what, actor=actor, at=at)


def _added(individual: Individual, what: str, *, actor: User, at: datetime) -> None:
    _event(events.VALUE_ADDED, individual, actor=actor, at=at, what=str(what))


def _event(kind: str, individual: Individual, *, actor: User, at: datetime, **details: Any) -> None:
    record_event(
        kind=kind,
        actor=actor,
        at=at,
        channel=Channel.PAGE,
        record_id=individual.pk,
        record_number=individual.record.number,
        details=details,
    )
