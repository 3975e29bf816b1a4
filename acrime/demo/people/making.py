"""Synthetic people, household by household. Pure: the same seed gives the same people.

A block of people is drawn by a generator of its own, whose seed is the run's seed and the
block's place. So the row of people goes on where an earlier run stopped.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date
from itertools import accumulate
from random import Random

from acrime.demo.people.aliases import alias_of
from acrime.demo.people.names import SHARES, SUFFIXES, Name, Tradition, traditions
from acrime.demo.people.numbers import numbers_of
from acrime.demo.people.places import STREETS, TOWNS, WAYS, Origin
from acrime.individuals.choices import CodeSystem, IdentifierKind

# People of one generator. A household never reaches over the end.
BLOCK = 500
# One in so many is limited; each has from one to five people on its list.
LIMITED = 50
LONGEST_LIST = 5
# Born on the first of January, as people are recorded whose day of birth nobody knows.
FIRST_OF_JANUARY = 0.04
# The year in which the youngest were born.
YOUNGEST = 2010
TWINS = 0.02
WITHOUT_ADDRESS = 0.12
APPROVED = 0.85

PartialDate = tuple[int, int | None, int | None]


@dataclass(frozen=True)
class Place:
    """An address in the United States."""

    street: str
    city: str
    region: str
    postal_code: str
    country: str = "UNITED STATES"


@dataclass
class Person:
    """Everything that is recorded of a synthetic person.

    Attributes:
        serial: the person's place in the row of all synthetic people.
        names: the first is the person's name, the others are aliases.
        born: dates of birth, of which parts may be unknown.
        limited_to: empty, or for how many of the staff a limited record is open.
        draws: numbers from 0 to 1 by which staff and times are chosen when the person is written.
    """

    serial: int
    sex: str
    names: list[Name]
    born: list[PartialDate]
    birth_places: list[tuple[CodeSystem, str]]
    addresses: list[Place]
    numbers: list[tuple[IdentifierKind, str, str]]
    limited_to: int
    approved: bool
    draws: tuple[float, ...] = field(repr=False)


def people(*, seed: int, first: int, count: int) -> Iterator[Person]:
    """*count* people of the row that belongs to *seed*, from the place *first* on."""
    end = first + count
    for block in range(first // BLOCK, -(-end // BLOCK)):
        for person in _block(seed, block):
            if first <= person.serial < end:
                yield person


def _block(seed: int, block: int) -> Iterator[Person]:
    random = Random(f"{seed}/{block}")  # noqa: S311
    kinds, sums = traditions(), list(accumulate(SHARES.values()))
    serial, end = block * BLOCK, (block + 1) * BLOCK
    while serial < end:
        [tradition] = random.choices(kinds, cum_weights=sums)
        size = min(end - serial, random.choices((1, 2, 3, 4, 5), (62, 16, 10, 8, 4))[0])
        yield from _household(serial, size, tradition, random)
        serial += size


def _household(serial: int, size: int, tradition: Tradition, random: Random) -> Iterator[Person]:
    """People who share a surname and, mostly, an address: two of one age, then their children.

    Elders too young for a child of an age to be met have a brother or sister with them instead.
    """
    family = tradition.family(random)
    home = _place(random)
    elders = _birth_year(random)
    origin = tradition.origins[_skewed(len(tradition.origins), random)]
    born = (0, 0, 0)
    for place in range(size):
        woman = random.random() < 0.35
        twin = place >= 3 and random.random() < TWINS * 10
        if not twin:
            apart = (-3, 3) if place < 2 else (20, min(34, YOUNGEST - elders))
            if apart[1] < apart[0]:
                apart = (-9, 3)
            born = _birth_date(elders + random.randint(*apart), random)
        yield _person(
            serial + place,
            woman=woman,
            family=family,
            born=born,
            home=home if random.random() < 0.9 else _place(random),
            origin=origin,
            tradition=tradition,
            random=random,
        )


def _person(
    serial: int,
    *,
    woman: bool,
    family: str,
    born: tuple[int, int, int],
    home: Place,
    origin: Origin,
    tradition: Tradition,
    random: Random,
) -> Person:
    name = _name(tradition, tradition.in_family(family, woman=woman), random, woman=woman)
    where = [home] if random.random() >= WITHOUT_ADDRESS else []
    if where and random.random() < 0.15:
        where.append(_place(random))
    return Person(
        serial=serial,
        sex=random.choices(("F" if woman else "M", "U", ""), (97, 1, 2))[0],
        names=_names(name, tradition, random, woman=woman),
        born=_dates(born, random),
        birth_places=_birth_places(origin, random),
        addresses=where,
        numbers=numbers_of(
            serial,
            state=home.region,
            origin=origin,
            year=2005 + int(random.random() * 20),
            random=random,
        ),
        limited_to=random.randint(1, LONGEST_LIST) if random.random() * LIMITED < 1 else 0,
        approved=random.random() < APPROVED,
        draws=tuple(random.random() for _ in range(3 + LONGEST_LIST)),
    )


def _name(tradition: Tradition, last: str, random: Random, *, woman: bool) -> Name:
    first = tradition.given(random, woman=woman)
    middle = tradition.middle(random, woman=woman)
    suffix = ""
    if tradition.code == "ENGLISH" and not woman and random.random() < 0.05:
        suffix = random.choice(SUFFIXES)
    if random.random() < 0.05:
        last, first, middle = (_marked(part) for part in (last, first, middle))
    return Name(last, first, middle if middle != first else "", suffix)


# As names are written where they come from.
_MARKED = {
    "JOSE": "JOSÉ",
    "JESUS": "JESÚS",
    "MARIA": "MARÍA",
    "RAUL": "RAÚL",
    "HECTOR": "HÉCTOR",
    "MARTIN": "MARTÍN",
    "RAMON": "RAMÓN",
    "ANDRE": "ANDRÉ",
    "HERNANDEZ": "HERNÁNDEZ",
    "GARCIA": "GARCÍA",
    "MARTINEZ": "MARTÍNEZ",
    "LOPEZ": "LÓPEZ",
    "GONZALEZ": "GONZÁLEZ",
    "RODRIGUEZ": "RODRÍGUEZ",
    "PEREZ": "PÉREZ",
    "SANCHEZ": "SÁNCHEZ",
    "RAMIREZ": "RAMÍREZ",
    "GOMEZ": "GÓMEZ",
    "DIAZ": "DÍAZ",
    "MUNOZ": "MUÑOZ",
    "NUNEZ": "NÚÑEZ",
    "PENA": "PEÑA",
    "ZUNIGA": "ZÚÑIGA",
    "JOAO": "JOÃO",
    "ARAUJO": "ARAÚJO",
    "GONCALVES": "GONÇALVES",
    "FRANCOIS": "FRANÇOIS",
    "ETIENNE": "ÉTIENNE",
    "THERESE": "THÉRÈSE",
    "NGUYEN": "NGUYỄN",
    "TRAN": "TRẦN",
    "PHAM": "PHẠM",
    "KOUYATE": "KOUYATÉ",
    "TOURE": "TOURÉ",
    "TRAORE": "TRAORÉ",
}


def _marked(part: str) -> str:
    return " ".join(_MARKED.get(word, word) for word in part.split(" "))


def _names(name: Name, tradition: Tradition, random: Random, *, woman: bool) -> list[Name]:
    """The name, and up to three aliases that differ from it and from each other."""
    found = [name]
    more = random.choices((0, 1, 2, 3), (58, 28, 10, 4))[0]
    for _ in range(more):
        alias = alias_of(name, tradition=tradition, woman=woman, random=random)
        if alias and alias not in found:
            found.append(alias)
    return found


def _birth_year(random: Random) -> int:
    return int(random.triangular(1940, YOUNGEST - 4, 1987))


def _birth_date(year: int, random: Random) -> tuple[int, int, int]:
    if random.random() < FIRST_OF_JANUARY:
        return year, 1, 1
    found = date.fromordinal(date(year, 1, 1).toordinal() + int(random.random() * 365))
    return found.year, found.month, found.day


def _dates(born: tuple[int, int, int], random: Random) -> list[PartialDate]:
    """The date of birth, or what is known of it, and others that were given."""
    year, month, day = born
    draw = random.random()
    if draw < 0.008:
        return []
    if draw < 0.016:
        return [(year, None, None)]
    if draw < 0.022:
        return [(year, month, None)]
    found: list[PartialDate] = [born]
    if draw < 0.05 and day <= 12:
        found.append((year, day, month))
    elif draw < 0.07:
        found.append((year + random.choice((-1, 1, -2, 2)), month, min(day, 28)))
    elif draw < 0.09:
        found.append((year, month, 1 + int(random.random() * 28)))
    elif draw < 0.1:
        found.append((year, None, None))
    return list(dict.fromkeys(found))


def _birth_places(origin: Origin, random: Random) -> list[tuple[CodeSystem, str]]:
    turn = _skewed(len(origin.ncic), random)
    draw = random.random()
    if draw < 0.04:
        return []
    systems = (
        [CodeSystem.NCIC]
        if draw < 0.75
        else [CodeSystem.IDENT]
        if draw < 0.85
        else [CodeSystem.DHS]
        if draw < 0.92
        else [CodeSystem.NCIC, CodeSystem.IDENT]
    )
    return [(system, origin.code(system, turn)) for system in systems]


def _place(random: Random) -> Place:
    city, region, area = TOWNS[_skewed(len(TOWNS), random)]
    street = f"{100 + int(random.random() * 9800)} {random.choice(STREETS)} {random.choice(WAYS)}"
    if random.random() < 0.3:
        street += f" APT {1 + int(random.random() * 300)}"
    return Place(street, city, region, f"{area}{int(random.random() * 100):02}")


def _skewed(size: int, random: Random) -> int:
    """A place below *size*; the first are the most common."""
    return int(size * random.random() ** 2)
