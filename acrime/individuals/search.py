"""A search for a person, in the words of the ledger and of whoever is told."""

from collections.abc import Mapping

from acrime.individuals.actions import PersonFacts
from acrime.individuals.choices import IdentifierKind
from acrime.individuals.finding.names import born_code
from acrime.individuals.finding.wanted import Wanted
from acrime.records.reveals import masked


def wanted_of(person: PersonFacts) -> Wanted:
    """Whom to look for where *person* is asked about."""
    born = person.birth_date
    return Wanted(
        last=person.last,
        first=person.first,
        middle=person.middle,
        born=born_code(born.year, born.month, born.day) if born else 0,
        sex=person.sex,
        birth_place=person.birth_place,
        numbers=person.identifiers,
        other_names=person.aliases,
    )


def criteria_of(wanted: Wanted) -> dict[str, str]:
    """What was looked for, as labels and values for the ledger and for owners.

    Numbers are masked: the ledger outlives the records and is read by many.
    """
    whole = not (wanted.first or wanted.middle)
    told = {
        "Name" if whole else "Last name": wanted.last,
        "First name": wanted.first,
        "Middle name": wanted.middle,
        "Other names": "; ".join(" ".join(filter(None, each)) for each in wanted.other_names),
        "Date of birth": _written(wanted.born),
        "Sex": wanted.sex,
        "Place of birth": wanted.birth_place,
        "Address": wanted.address,
        **_numbers(wanted),
    }
    return {label: value for label, value in told.items() if value}


def _numbers(wanted: Wanted) -> Mapping[str, str]:
    """Each number once: under its kind, or as a number where it may be of several."""
    kinds: dict[str, list[str]] = {}
    for kind, text in wanted.numbers:
        kinds.setdefault(text, []).append(kind)
    told: dict[str, list[str]] = {}
    for text, possible in kinds.items():
        label = str(IdentifierKind(possible[0]).label) if len(possible) == 1 else "Number"
        told.setdefault(label, []).append(masked(text))
    return {label: ", ".join(numbers) for label, numbers in told.items()}


def _written(born: int) -> str:
    """``1979-04-15``, or as much of it as is known."""
    if not born:
        return ""
    text = f"{born:08}"
    parts = (text[:4], text[4:6], text[6:])
    return "-".join(part for part in parts if part != "00")
