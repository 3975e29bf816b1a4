"""Finding people."""

from dataclasses import dataclass
from typing import TYPE_CHECKING, Self

from django.contrib.auth.models import AnonymousUser
from django.db import models
from django.db.models import Q

from accounts.models import User
from acrime.individuals.policy import Candidate, Likeness, Wanted, likeness
from acrime.records.querysets import visibility

if TYPE_CHECKING:
    from acrime.individuals.models import Individual

# How many candidates are weighed, and how many are shown.
WEIGHED = 200
SHOWN = 25


class IndividualQuerySet(models.QuerySet["Individual"]):
    """Individuals. Whatever reaches a person starts from ``visible_to``."""

    def visible_to(self, user: User | AnonymousUser) -> Self:
        """The individuals that *user* may see."""
        return self.filter(visibility(user, prefix="record__"))

    def resembling(self, wanted: Wanted) -> Self:
        """Individuals that share a number, a name (also swapped), or a last name and birth date."""
        same = Q(pk__in=[])
        if wanted.identifier_digests:
            same |= Q(identifiers__digest__in=list(wanted.identifier_digests))
        if wanted.last:
            same |= Q(names__normal_last=wanted.last, names__normal_first=wanted.first)
            same |= Q(names__normal_last=wanted.first, names__normal_first=wanted.last)
            if wanted.birth_date:
                same |= Q(names__normal_last=wanted.last, birth_dates__value=wanted.birth_date)
        people = self.model._default_manager.filter(same, merged_into=None)
        return self.filter(pk__in=people.values("pk"))

    def unmerged(self) -> Self:
        """Without those that became part of another record."""
        return self.filter(merged_into=None)

    def with_details(self) -> Self:
        """With everything that a list of people shows."""
        return self.select_related("record").prefetch_related(
            "names", "birth_dates", "birth_places", "addresses", "identifiers"
        )


@dataclass(frozen=True)
class Match:
    """One candidate and how well it fits."""

    individual: "Individual"
    likeness: Likeness


@dataclass(frozen=True)
class Matches:
    """What a search met and what of it may be shown."""

    matched_ids: list[int]
    shown: list[Match]


def find_matches(wanted: Wanted, *, user: User) -> Matches:
    """Candidates for *wanted*, best first, and the ids that matched without the predicate."""
    from acrime.individuals.models import Individual

    matched = list(
        Individual.objects.resembling(wanted).order_by("pk").values_list("pk", flat=True)[:WEIGHED]
    )
    visible = Individual.objects.visible_to(user).resembling(wanted).with_details()
    weighed = [
        Match(individual, likeness(wanted, _candidate(individual)))
        for individual in visible.order_by("pk")[:WEIGHED]
    ]
    weighed.sort(key=lambda match: (-match.likeness.points, match.individual.pk))
    return Matches(matched, weighed[:SHOWN])


def _candidate(individual: "Individual") -> Candidate:
    return Candidate(
        names=[(name.normal_last, name.normal_first) for name in individual.names.all()],
        birth_dates=[born.value for born in individual.birth_dates.all() if born.value],
        sex=individual.sex,
        identifiers=[
            (number.kind, bytes(number.digest)) for number in individual.identifiers.all()
        ],
    )
