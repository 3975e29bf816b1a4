"""Whether two records may be proposed to be one person's. Pure."""

from collections.abc import Collection
from dataclasses import dataclass

from acrime.individuals.choices import IdentifierKind

ENOUGH = 2
"""Facts that must be shared. One number alone never makes two people one: numbers are mistyped,
lent and sold."""


@dataclass(frozen=True)
class Known:
    """What is known of a person, in forms that compare.

    Attributes:
        names: last and first name, in normal form.
        born: dates of birth as ``1979-04-15``, as far as each is known.
        numbers: kind and keyed hash.
        addresses: in normal form.
    """

    names: Collection[tuple[str, str]] = ()
    born: Collection[str] = ()
    numbers: Collection[tuple[str, bytes]] = ()
    addresses: Collection[str] = ()
    sex: str = ""


@dataclass(frozen=True)
class Comparison:
    """What two records share, and where they speak against each other, in words."""

    shared: tuple[str, ...]
    against: tuple[str, ...]

    @property
    def enough(self) -> bool:
        """Whether so much is shared that a merge may be proposed."""
        return len(self.shared) >= ENOUGH


# Of these everybody has one.
_ONE_EACH = (IdentifierKind.A_NUMBER, IdentifierKind.FBI, IdentifierKind.SSN, IdentifierKind.FIN)
_WHOLE_DATE = len("1979-04-15")


def compare(one: Known, other: Known) -> Comparison:
    """Compare what two records say. Only whole dates and whole names count as shared."""
    shared, against = [], []
    for kind in IdentifierKind:
        ours, theirs = (
            {digest for k, digest in each.numbers if k == kind} for each in (one, other)
        )
        if ours & theirs:
            shared.append(f"Same {kind.label}")
        elif ours and theirs and kind in _ONE_EACH:
            against.append(f"Different {kind.label}")
    if {name for name in one.names if all(name)} & set(other.names):
        shared.append("Same name")
    elif one.names and other.names:
        against.append("No name in common")
    if {born for born in one.born if len(born) == _WHOLE_DATE} & set(other.born):
        shared.append("Same date of birth")
    elif one.born and other.born and not _may_be_one(one.born, other.born):
        against.append("Different date of birth")
    if set(one.addresses) & set(other.addresses):
        shared.append("Same address")
    if one.sex and other.sex and one.sex != other.sex:
        against.append("Sex is recorded differently")
    return Comparison(tuple(shared), tuple(against))


def _may_be_one(ours: Collection[str], theirs: Collection[str]) -> bool:
    """Whether a partial date of one side leaves room for a date of the other."""
    return any(
        longer.startswith(shorter)
        for one in ours
        for other in theirs
        for shorter, longer in [sorted((one, other), key=len)]
    )
