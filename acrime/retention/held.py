"""Which holds lie on records: a registry that whoever keeps holds fills."""

from collections.abc import Callable, Iterable, Mapping, Sequence

from acrime.retention.policy import Hold

Finder = Callable[[Sequence[int]], Mapping[int, Sequence[Hold]]]

_finders: list[Finder] = []


def register_holds(finder: Finder) -> Finder:
    """Register a function that gives the holds in force on records, by record id.

    It answers for many records with few statements; records without a hold may be left out.
    """
    _finders.append(finder)
    return finder


def holds_on(record_ids: Iterable[int]) -> dict[int, tuple[Hold, ...]]:
    """The holds in force on records, by record id; records without any are left out."""
    wanted = list(record_ids)
    found: dict[int, tuple[Hold, ...]] = {}
    for finder in _finders:
        for record_id, holds in finder(wanted).items():
            if holds:
                found[record_id] = (*found.get(record_id, ()), *holds)
    return found
