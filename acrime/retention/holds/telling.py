"""Tells the clock of a record which holds reach it."""

from collections.abc import Mapping, Sequence

from acrime.retention.held import register_holds
from acrime.retention.holds.querysets import holds_on
from acrime.retention.policy import Hold


@register_holds
def holds_in_force(record_ids: Sequence[int]) -> Mapping[int, Sequence[Hold]]:
    """The holds that reach each of *record_ids*, by their scopes as they are now."""
    return {
        record: [Hold(hold.number, hold.get_kind_display()) for hold in standing]
        for record, standing in holds_on(record_ids).items()
    }
