"""Reads: what is in force of a person, and who shares a number."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from accounts.models import User
from acrime.individuals.choices import IdentifierKind
from acrime.individuals.facts.choices import About
from acrime.individuals.facts.models import IndividualFact
from acrime.individuals.facts.policy import in_force
from acrime.individuals.models import Identifier, Individual

# A jail's booking numbers come again in another jail.
TELLING = frozenset(IdentifierKind.values) - {IdentifierKind.BOOKING}
MOST_SHARING = 10


def facts_in_force(
    individual_ids: Iterable[int], *, about: str = ""
) -> Mapping[int, list[IndividualFact]]:
    """The facts that hold of each of the people, in the order in which they were entered.

    Args:
        about: of one kind alone (``choices.About``).
    """
    rows = IndividualFact.objects.filter(individual_id__in=list(individual_ids))
    if about:
        rows = rows.filter(about=about)
    every: dict[int, list[IndividualFact]] = {}
    for fact in rows.select_related("entered_by").order_by("pk"):
        every.setdefault(fact.individual_id, []).append(fact)
    return {individual: in_force(facts) for individual, facts in every.items()}


@dataclass(frozen=True)
class Held:
    """What holds of one person, by what it is about."""

    protections: tuple[IndividualFact, ...]
    standing: IndividualFact | None
    categories: tuple[IndividualFact, ...]


def held_of(individual: Individual) -> Held:
    """The protections, the standing and the categories that hold of *individual*."""
    found = facts_in_force([individual.pk]).get(individual.pk, [])
    return Held(
        protections=tuple(each for each in found if each.about == About.PROTECTION),
        standing=next((each for each in found if each.about == About.STANDING), None),
        categories=tuple(each for each in found if each.about == About.CATEGORY),
    )


@dataclass(frozen=True)
class Sharing:
    """Somebody else with the same number."""

    individual: Individual
    label: str


def sharing_numbers(individual: Individual, *, user: User) -> list[Sharing]:
    """Other people whom *user* sees and who have a number of *individual*'s.

    A number may be typed wrongly or lent: it makes nobody the same person.
    """
    digests = [bytes(each.digest) for each in individual.identifiers.all() if each.kind in TELLING]
    if not digests:
        return []
    same = (
        Identifier.objects.filter(
            digest__in=digests,
            kind__in=sorted(TELLING),
            individual__in=Individual.objects.visible_to(user).unmerged(),
        )
        .exclude(individual=individual)
        .select_related("individual__record")
        .prefetch_related("individual__names")
        .order_by("pk")[:MOST_SHARING]
    )
    return [Sharing(each.individual, str(IdentifierKind(each.kind).label)) for each in same]
