"""The rows that belong to a person, moved to another one and back.

Which tables those are is asked of the models, so that a new one is moved, too. A row that the
other person has already stays where it is: a merge adds nothing twice and loses nothing.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from django.apps import apps
from django.db import models

from acrime.individuals.choices import NameKind
from acrime.individuals.models import Individual, IndividualName

# What is made anew of the others, whom somebody chose on a day, the merges themselves, and whom a
# hold names: to a hold those that are merged are one person anyway.
NOT_MOVED = frozenset(
    {
        "acrime.SearchName",
        "acrime.PersonSearch",
        "acrime.IndividualMerge",
        "acrime.Individual",
        "acrime.HoldItem",
    }
)
# What makes two rows say the same, where no constraint of the table says it.
SAME: Mapping[str, tuple[str, ...]] = {
    "acrime.IndividualName": ("last", "first", "middle", "suffix"),
    "acrime.Address": ("street", "city", "region", "postal_code", "country"),
}


@dataclass(frozen=True)
class Choice:
    """What the proposer chose.

    Attributes:
        primary: the name that the person is shown under, by its key.
        sex: as it is to be recorded.
        left: rows of the absorbed person that stay behind, as table and key.
    """

    primary: int
    sex: str
    left: frozenset[tuple[str, int]] = frozenset()

    def told(self) -> dict[str, Any]:
        """As the merge keeps it."""
        return {"primary": self.primary, "sex": self.sex, "left": sorted(map(list, self.left))}

    @classmethod
    def read(cls, told: Mapping[str, Any]) -> "Choice":
        """The counterpart of ``told``."""
        left = frozenset((str(table), int(row)) for table, row in told["left"])
        return cls(primary=told["primary"], sex=told["sex"], left=left)


@dataclass(frozen=True)
class Change:
    """One row, before and after."""

    table: str
    row: int
    before: dict[str, Any]
    after: dict[str, Any]


def relations() -> list[tuple[type[models.Model], str]]:
    """Every table with rows of a person, and the column that names the person."""
    found = [
        (relation.related_model, relation.field.attname)
        for relation in Individual._meta.related_objects
        if relation.related_model._meta.label not in NOT_MOVED
    ]
    return sorted(found, key=lambda each: (each[0]._meta.label, each[1]))


def changes_for(survivor: Individual, absorbed: Individual, choice: Choice) -> list[Change]:
    """What has to change so that *absorbed* becomes part of *survivor*."""
    # The name that gives way goes first: a person has one name at a time.
    changed = [*_sex(survivor, choice), *_names_of_the_survivor(survivor, choice)]
    for model, column in relations():
        changed += _moved(model, column, survivor, absorbed, choice)
    changed.append(
        Change(
            Individual._meta.label,
            absorbed.pk,
            {"merged_into_id": None},
            {"merged_into_id": survivor.pk},
        )
    )
    return changed


def _sex(survivor: Individual, choice: Choice) -> Iterator[Change]:
    if survivor.sex != choice.sex:
        label = Individual._meta.label
        yield Change(label, survivor.pk, {"sex": survivor.sex}, {"sex": choice.sex})


def _names_of_the_survivor(survivor: Individual, choice: Choice) -> Iterator[Change]:
    for name in IndividualName.objects.filter(individual=survivor):
        kind = NameKind.PRIMARY if name.pk == choice.primary else NameKind.ALIAS
        if name.kind == NameKind.PRIMARY != kind:
            yield _renamed(name, kind)
    for name in IndividualName.objects.filter(individual=survivor, pk=choice.primary):
        if name.kind != NameKind.PRIMARY:
            yield _renamed(name, NameKind.PRIMARY)


def _renamed(name: IndividualName, kind: NameKind) -> Change:
    return Change(IndividualName._meta.label, name.pk, {"kind": name.kind}, {"kind": kind.value})


def _moved(
    model: type[models.Model],
    column: str,
    survivor: Individual,
    absorbed: Individual,
    choice: Choice,
) -> Iterator[Change]:
    label = model._meta.label
    same = _same(model, column)
    manager = model._default_manager
    there = {_key(row, same) for row in manager.filter(**{column: survivor.pk})} if same else set()
    for row in manager.filter(**{column: absorbed.pk}).order_by("pk"):
        chosen = isinstance(row, IndividualName) and row.pk == choice.primary
        stays = (label, row.pk) in choice.left or (bool(same) and _key(row, same) in there)
        if stays and not chosen:
            continue
        before, after = {column: absorbed.pk}, {column: survivor.pk}
        if isinstance(row, IndividualName):
            kind = NameKind.PRIMARY if chosen else NameKind.ALIAS
            if row.kind != kind:
                before["kind"], after["kind"] = row.kind, kind.value
        yield Change(label, row.pk, before, after)


def _same(model: type[models.Model], column: str) -> tuple[str, ...]:
    """The columns in which two rows of one person may not agree."""
    if (told := SAME.get(model._meta.label)) is not None:
        return told
    person = model._meta.get_field(column.removesuffix("_id")).name
    for constraint in model._meta.total_unique_constraints:
        if person in constraint.fields:
            return tuple(name for name in constraint.fields if name != person)
    return ()


def _key(row: models.Model, names: tuple[str, ...]) -> tuple[Any, ...]:
    values = (getattr(row, row._meta.get_field(name).attname) for name in names)  # type: ignore[union-attr]
    return tuple(bytes(value) if isinstance(value, memoryview) else value for value in values)


def write(changes: list[Change]) -> None:
    """Carry *changes* out."""
    for each in changes:
        _rows(each).update(**each.after)


def take_back(changes: list[Change]) -> bool:
    """Undo *changes*, last first; False where a row belongs to somebody else by now.

    What was corrected since stays corrected: only what still says what the merge made of it
    says again what it said before.
    """
    people = {column for _, column in relations()} | {"merged_into_id"}
    for each in changes:
        owned = {name: value for name, value in each.after.items() if name in people}
        if not _rows(each).filter(**owned).exists():
            return False
    for each in reversed(changes):
        [now] = _rows(each).values(*each.after)
        stands = [name for name, value in each.after.items() if now[name] == value]
        _rows(each).update(**{name: each.before[name] for name in stands})
    return True


def _rows(change: Change) -> "models.QuerySet[models.Model]":
    model: type[models.Model] = apps.get_model(change.table)
    return model._default_manager.filter(pk=change.row)
