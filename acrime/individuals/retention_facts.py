"""Individuals are kept as long as any record about them."""

from collections.abc import Iterable, Sequence

from acrime.records.choices import RecordKind
from acrime.retention.facts import KnownFacts, facts_of


@facts_of(RecordKind.INDIVIDUAL)
def of_individuals(ids: Sequence[int]) -> Iterable[KnownFacts]:
    """No event of theirs begins a period: they follow the last record that is about them."""
    return (KnownFacts(pk, follows_records=True) for pk in ids)
