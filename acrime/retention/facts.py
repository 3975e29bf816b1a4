"""What rooms above know of the events from which periods run: one provider per kind of record."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date

from acrime.records.models import Record


@dataclass(frozen=True)
class KnownFacts:
    """What a room knows of one record.

    Attributes:
        events: the days on which events happened, by codes of ``Trigger``; an event that did
            not happen, or whose day is not recorded, is left out.
        closed: whether work on the record is over, so that an event that is still missing is
            not simply to come.
        parent_id: record whose item this one follows, where it follows one.
        follows_records: whether it is kept as long as any record about the person.
    """

    record_id: int
    events: Mapping[str, date] = field(default_factory=dict)
    closed: bool = False
    parent_id: int | None = None
    follows_records: bool = False


Provider = Callable[[Sequence[int]], Iterable[KnownFacts]]

_providers: dict[str, Provider] = {}


def facts_of(record_kind: str) -> Callable[[Provider], Provider]:
    """Register the function that tells the facts of records of *record_kind*, by their ids.

    It answers for many records with few statements, and locks nothing.
    """

    def register(provider: Provider) -> Provider:
        _providers[record_kind] = provider
        return provider

    return register


Dependants = Callable[[Sequence[int]], Iterable[int]]

_dependants: list[Dependants] = []


def register_dependants(finder: Dependants) -> Dependants:
    """Register a function that gives the ids of records whose period hangs on other records.

    It gets the ids of those others. A call on an answer hangs on its query.
    """
    _dependants.append(finder)
    return finder


def dependants_of(record_ids: Iterable[int]) -> set[int]:
    """The ids of records whose periods hang on those of *record_ids*."""
    wanted = sorted(record_ids)
    return {found for finder in _dependants for found in finder(wanted)}


def known_facts(records: Iterable[Record]) -> dict[int, KnownFacts]:
    """The facts of *records*, by record id; of a kind nobody answers for, there are none."""
    by_kind: dict[str, list[int]] = {}
    for record in records:
        by_kind.setdefault(record.kind, []).append(record.pk)
    found: dict[int, KnownFacts] = {}
    for kind, ids in by_kind.items():
        if provider := _providers.get(kind):
            found |= {each.record_id: each for each in provider(ids)}
    return found
