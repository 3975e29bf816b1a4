"""People as a list of those found shows them: read in one statement, and nothing that is not shown.

What is read is plain data. The portal's own rows would take five statements more and most of
the time of a search.
"""

from base64 import b64decode
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Any

from django.db import connection

from acrime.common.sealed import SealedTextField
from acrime.individuals.choices import CodeSystem, IdentifierKind, NameKind
from acrime.individuals.models import Identifier
from acrime.individuals.written import address_line, date_shown, full_name
from acrime.records.reveals import masked

_PARTS = """
SELECT record.id, record.number, record.approval, individual.sex,
    (SELECT json_agg(json_build_array(kind, last, first, middle, suffix) ORDER BY id)
     FROM individual_name WHERE individual_id = record.id),
    (SELECT json_agg(json_build_array(year, month, day) ORDER BY id)
     FROM individual_birth_date WHERE individual_id = record.id),
    (SELECT json_agg(json_build_array(value, system) ORDER BY id)
     FROM individual_birth_place WHERE individual_id = record.id),
    (SELECT json_agg(json_build_array(street, city, region, postal_code, country) ORDER BY id)
     FROM individual_address WHERE individual_id = record.id),
    (SELECT json_agg(json_build_array(kind, encode(value, 'base64'),
            digest = ANY(%s)) ORDER BY id)
     FROM individual_identifier WHERE individual_id = record.id)
FROM record JOIN individual ON individual.record_id = record.id
WHERE record.id = ANY(%s) ORDER BY record.id"""

_NUMBER: SealedTextField = Identifier._meta.get_field("value")


@dataclass(frozen=True)
class Number:
    """A number of a person's. ``asked`` says whether it is one of those that were looked for."""

    kind: IdentifierKind
    sealed: bytes
    asked: bool

    @property
    def label(self) -> str:
        """What kind of number it is, for a person."""
        return str(self.kind.label)

    @property
    def shown(self) -> str:
        """The number as pages show it, masked. It is opened for this and no sooner."""
        return masked(_NUMBER.from_db_value(self.sealed, None, connection))


@dataclass(frozen=True)
class Person:
    """Somebody as lists show one. ``pk`` is that of the record.

    Attributes:
        names: kind, last, first, middle name and suffix, as received.
        born: year, month and day of each date of birth, as far as they are known.
        birth_places: values with their code systems.
    """

    pk: int
    number: str
    approval: str
    sex: str
    names: Sequence[Sequence[str]]
    born: Sequence[tuple[int, int | None, int | None]]
    birth_places: Sequence[tuple[str, CodeSystem]]
    addresses: Sequence[str]
    numbers: Sequence[Number]

    @property
    def shown_name(self) -> str:
        """What pages call the person."""
        kept = (full_name(*parts) for kind, *parts in self.names if kind == NameKind.PRIMARY)
        return next(kept, self.number)

    @property
    def aliases(self) -> list[str]:
        """Every other name."""
        return [full_name(*parts) for kind, *parts in self.names if kind == NameKind.ALIAS]

    @property
    def birth_dates(self) -> list[str]:
        """The dates of birth, for a person."""
        return [date_shown(*each) for each in self.born]


def people_of(ids: Collection[int], *, digests: Collection[bytes]) -> dict[int, Person]:
    """The people of *ids*, all of whom the reader may see, by id.

    Args:
        digests: keyed hashes of the numbers that were looked for.
    """
    with connection.cursor() as cursor:
        cursor.execute(_PARTS, [list(digests), list(ids)])
        return {row[0]: _person(*row) for row in cursor.fetchall()}


def _person(
    pk: int,
    number: str,
    approval: str,
    sex: str,
    names: list[Any] | None,
    born: list[Any] | None,
    places: list[Any] | None,
    addresses: list[Any] | None,
    numbers: list[Any] | None,
) -> Person:
    return Person(
        pk=pk,
        number=number,
        approval=approval,
        sex=sex,
        names=names or (),
        born=born or (),
        birth_places=[(value, CodeSystem(system)) for value, system in places or ()],
        addresses=[address_line(*each) for each in addresses or ()],
        numbers=[
            Number(IdentifierKind(kind), b64decode(sealed), asked)
            for kind, sealed, asked in numbers or ()
        ],
    )
