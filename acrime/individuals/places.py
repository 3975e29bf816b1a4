"""The values of a person, one by one and in a fixed order, so that one can be named."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

from acrime.individuals.choices import IdentifierKind, NameKind
from acrime.individuals.facts.models import Telephone
from acrime.individuals.models import (
    Address,
    BirthDate,
    BirthPlace,
    Identifier,
    Individual,
    IndividualName,
)
from routine_uses.choices import Field
from routine_uses.corrections.records import Held

if TYPE_CHECKING:
    from collections.abc import Sequence

FIELDS = {
    IdentifierKind.A_NUMBER: Field.A_NUMBER,
    IdentifierKind.FBI: Field.FBI_NUMBER,
    IdentifierKind.SID: Field.STATE_ID,
    IdentifierKind.SSN: Field.SSN,
    IdentifierKind.FIN: Field.FINGERPRINT_ID,
    IdentifierKind.PASSPORT: Field.PASSPORT_NUMBER,
    IdentifierKind.LICENSE: Field.DRIVER_LICENSE,
    # A jail counts its bookings: the number tells of an arrest.
    IdentifierKind.BOOKING: Field.CRIMINAL_HISTORY,
}

# In the order in which an address is written as one value.
ADDRESS_PARTS = ("street", "city", "region", "postal_code", "country")


@dataclass(frozen=True)
class Place:
    """Where a value lies: its row (a person's own holds the sex), and what it holds.

    ``of_issuer`` says that it is who issued a number, and not the number.
    """

    row: Individual | IndividualName | BirthDate | BirthPlace | Identifier | Address | Telephone
    held: Held
    of_issuer: bool = False


def places_of(individual_id: int) -> "Sequence[Place]":
    """The values of the individual: names, dates of birth, sex, places of birth, numbers with
    who issued them, addresses, telephones."""
    person = Individual.objects.with_details().get(pk=individual_id)
    # The name that the person is shown under comes first.
    names = sorted(person.names.all(), key=lambda each: (each.kind != NameKind.PRIMARY, each.pk))
    found = [
        Place(
            name,
            _held(
                Field.NAME if name.kind == NameKind.PRIMARY else Field.ALIASES,
                name.get_kind_display(),
                name.full,
            ),
        )
        for name in names
    ]
    for born in person.birth_dates.all():
        found.append(Place(born, _held(Field.DATE_OF_BIRTH, "Date of birth", born.written)))
    found.append(Place(person, _held(Field.SEX, "Sex", person.sex)))
    for place in person.birth_places.all():
        found.append(Place(place, _held(Field.PLACE_OF_BIRTH, "Place of birth", place.value)))
    for number in person.identifiers.all():
        kind = IdentifierKind(number.kind)
        held = Held(FIELDS[kind].value, str(kind.label), str(number.value), number.shown)
        found.append(Place(number, held))
        if number.issuer:
            issued = Held(held.field, f"{kind.label}: issued by", number.issuer, number.issuer)
            found.append(Place(number, issued, of_issuer=True))
    for address in person.addresses.all():
        told = Held(Field.ADDRESS.value, "Address", written_address(address), address.line)
        found.append(Place(address, told))
    for telephone in Telephone.objects.filter(individual=person).order_by("pk"):
        found.append(Place(telephone, _held(Field.TELEPHONE, "Telephone", telephone.number)))
    return found


def written_address(address: Address) -> str:
    """The parts of an address in their order, with semicolons between, as one value."""
    parts = (getattr(address, name) for name in ADDRESS_PARTS)
    return "; ".join(parts)


def _held(field: Field, label: str, value: str) -> Held:
    return Held(field.value, label, value, value)
