"""Reads: what two records share, and the merges that there are."""

import re
from collections.abc import Iterable
from dataclasses import dataclass

from django.db.models import Max, Q, QuerySet

from accounts.models import User
from acrime.individuals.merging.choices import IN_FORCE, OPEN, MergeState
from acrime.individuals.merging.models import IndividualMerge
from acrime.individuals.merging.policy import Known
from acrime.individuals.models import Individual
from acrime.individuals.places import places_of
from acrime.records.models import Record

_NOT_WORDS = re.compile(r"[^A-Z0-9]+")


def known(individual: Individual) -> Known:
    """What is known of the person, in forms that compare."""
    return Known(
        names=[(name.normal_last, name.normal_first) for name in individual.names.all()],
        born=[born.written for born in individual.birth_dates.all()],
        numbers=[(each.kind, bytes(each.digest)) for each in individual.identifiers.all()],
        addresses=[_NOT_WORDS.sub(" ", each.line.upper()) for each in individual.addresses.all()],
        sex=individual.sex,
    )


@dataclass(frozen=True)
class Value:
    """A value of one of the two, as the comparison shows it.

    Attributes:
        key: its table and key; in pages its place among the values of its side.
        shown: numbers masked.
        is_name: whether the person can be shown under it.
    """

    key: tuple[str, int]
    label: str
    shown: str
    is_name: bool


def values_of(individual: Individual) -> list[Value]:
    """The values of a person in their fixed order, each with where it lies."""
    found = []
    for place in places_of(individual.pk):
        # Sex is one word of the person's own row, and is chosen by itself.
        if isinstance(place.row, Individual):
            continue
        row = place.row
        shown = place.held.shown if place.held.shown != place.held.value else place.held.value
        is_name = row._meta.model_name == "individualname"
        found.append(Value((row._meta.label, row.pk), place.held.label, shown, is_name))
    return found


def merges_of(individual_id: int) -> QuerySet[IndividualMerge]:
    """Every merge that the individual had a part in, latest first."""
    return IndividualMerge.objects.filter(
        Q(survivor_id=individual_id) | Q(absorbed_id=individual_id)
    )


def merges_to_decide(user: User) -> QuerySet[IndividualMerge]:
    """What waits for a second person, as far as *user* sees both records and did not propose it."""
    seen = Record.objects.visible_to(user).values("pk")
    return (
        IndividualMerge.objects.filter(state__in=OPEN, survivor_id__in=seen, absorbed_id__in=seen)
        .exclude(state=MergeState.PROPOSED, proposed_by=user)
        .exclude(state=MergeState.UNDO_PROPOSED, undo_proposed_by=user)
        .select_related("survivor__record", "absorbed__record", "proposed_by")
    )


def merge_numbered(number: str, user: User) -> IndividualMerge | None:
    """The merge with *number*, where *user* sees both records."""
    seen = Record.objects.visible_to(user).values("pk")
    return (
        IndividualMerge.objects.filter(number=number, survivor_id__in=seen, absorbed_id__in=seen)
        .select_related(
            "survivor__record",
            "absorbed__record",
            "proposed_by",
            "decided_by",
            "undo_proposed_by",
            "undo_decided_by",
        )
        .first()
    )


def later_merges(merge: IndividualMerge) -> QuerySet[IndividualMerge]:
    """Merges in force that came after *merge* and touch one of its two."""
    two = [merge.survivor_id, merge.absorbed_id]
    # Merges of the same people wait for each other, so their rows are numbered in their order.
    last = merge.rows.aggregate(last=Max("pk"))["last"]
    return IndividualMerge.objects.filter(
        Q(survivor_id__in=two) | Q(absorbed_id__in=two),
        state__in=IN_FORCE,
        rows__pk__gt=last,
    ).distinct()


def became_part_of(individual_id: int) -> list[int]:
    """Whom this one was merged into, whom that one was merged into, and so on."""
    found: list[int] = []
    asked: int | None = individual_id
    while asked is not None:
        asked = Individual.objects.values_list("merged_into", flat=True).get(pk=asked)
        if asked is not None:
            found.append(asked)
    return found


def absorbed_by(individual_ids: Iterable[int]) -> set[int]:
    """The individuals that were merged into *individual_ids*, by themselves or by way of others."""
    found: set[int] = set()
    asked = set(individual_ids)
    while asked:
        asked = (
            set(Individual.objects.filter(merged_into__in=asked).values_list("pk", flat=True))
            - found
        )
        found |= asked
    return found
