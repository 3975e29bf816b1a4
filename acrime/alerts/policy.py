"""Whose looks are told. Pure."""

from collections.abc import Iterable

from accounts.choices import OVERSIGHT
from acrime.audit import events

# Seeing one's own lists all day is work, not a look worth telling: owners hear of
# views, searches, downloads, and whatever else is declared a look.
NOT_TOLD = frozenset({events.RECORD_LISTED})


def is_told(*, viewer_roles: Iterable[str], event_kind: str) -> bool:
    """Whether owners hear of this look. OPR's looks are told to nobody."""
    return (
        OVERSIGHT.isdisjoint(viewer_roles)
        and events.kind(event_kind).look
        and event_kind not in NOT_TOLD
    )
