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


def known_facts(records: Iterable[Record]) -> dict[int, KnownFacts]:
    """The facts of *records*, by record id; of a kind nobody answers for, there are none."""
    by_kind: dict[str, list[int]] = {}
    for record in records:
        by_kind.setdefault(record.kind, []).append(record.pk)
    found: dict[int, KnownFacts] = {}
    for kind, ids in by_kind.items():
        if provider := _providers.get(kind):
            found.update((each.record_id, each) for each in provider(ids))
    return found
