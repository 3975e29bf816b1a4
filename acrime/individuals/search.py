"""A search for a person: what is looked for, and how the ledger tells it."""

from acrime.individuals.actions import PersonFacts, identifier_digest
from acrime.individuals.choices import IdentifierKind
from acrime.individuals.policy import Wanted, normal_name
from acrime.records.reveals import masked


def wanted_of(person: PersonFacts) -> Wanted:
    """What is known of *person*, in the form in which people are found."""
    return Wanted(
        last=normal_name(person.last),
        first=normal_name(person.first),
        birth_date=person.birth_date,
        sex=person.sex,
        identifier_digests=[identifier_digest(kind, value) for kind, value in person.identifiers],
    )


def criteria_of(person: PersonFacts) -> dict[str, str]:
    """What was looked for, as labels and values for the ledger and for owners.

    Numbers are masked: the ledger outlives the records and is read by many.
    """
    told = {
        "Last name": person.last,
        "First name": person.first,
        "Date of birth": person.birth_date.isoformat() if person.birth_date else "",
        "Sex": person.sex,
    }
    for kind, value in person.identifiers:
        label = IdentifierKind(kind).label
        told[label] = ", ".join(part for part in (told.get(label), masked(value)) if part)
    return {label: value for label, value in told.items() if value}
