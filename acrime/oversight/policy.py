"""Who reads whose events, what an event is, and where a page of the ledger begins. Pure.

OPR reviews the log files (ICM assessment, section 2 and 8.1). Who administers access does
not administer or read the audit (NIST SP 800-53 AU-9(4)), so neither administrators nor
privacy officers read here. What OPR itself does is written down like everything else, and is
read by OPR's lead alone, also for the time after somebody has left OPR.
"""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from accounts.choices import OVERSIGHT, Role
from acrime.audit.events import EventKind
from acrime.oversight import events
from acrime.oversight.choices import Group

EXPORT_ROWS = 10_000
"""More events than this are not taken out at once: half an answer is no evidence."""

GAP = timedelta(minutes=30)
"""From here on a pause in somebody's day is shown as one."""


def reads_ledger(roles: Iterable[str]) -> bool:
    """Whether somebody with *roles* reads the ledger."""
    return not OVERSIGHT.isdisjoint(roles)


def reads_events_of_opr(roles: Iterable[str]) -> bool:
    """Whether somebody with *roles* reads what OPR itself did, their own acts too."""
    return Role.OPR_LEAD in roles


_TAKEN_OUT = re.compile(r"(exported|printed|downloaded)$")
_SOUGHT = re.compile(r"(searched|sought)$")
_REFUSED = frozenset({"access.denied", "disclosure.refused", "record.probed", "session.refused"})
_SESSIONS = ("session.", "banner.", "sign-in.")
_ADMINISTRATION = (
    "account.",
    "address.",
    "agreement.",
    "course.",
    "device.",
    "factor.",
    "grant.",
    "ledger.",
    "notice.",
    "office.",
    "recipient.",
    "request.",
    "review.",
    "role.",
    "supervisor.",
    "token.",
    "training.",
    "user.",
)


def group_of(kind: EventKind) -> Group:
    """In which group a kind of event belongs, whoever it came from and however it ended."""
    if kind.name in events.ALL:
        return Group.OVERSIGHT
    if kind.name in _REFUSED:
        return Group.REFUSED
    if kind.name.startswith(_SESSIONS):
        return Group.SIGNED_IN
    if _TAKEN_OUT.search(kind.name):
        return Group.EXPORTED
    if kind.look or kind.name.endswith((".viewed", ".listed")):
        return Group.SEARCHED if _SOUGHT.search(kind.name) else Group.LOOKED
    if kind.name.startswith(_ADMINISTRATION):
        return Group.ADMINISTRATION
    return Group.CHANGED


# Sixteen digits of microseconds last until the year 2286.
_CURSOR = re.compile(r"([0-9]{1,16})-([0-9]{1,18})")
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass(frozen=True)
class Cursor:
    """A place between two events: the moment and the number of the one beside it."""

    at: datetime
    number: int

    def text(self) -> str:
        """The place as part of an address."""
        return f"{(self.at - _EPOCH) // timedelta(microseconds=1)}-{self.number}"


def cursor_from(text: str) -> Cursor | None:
    """The place that *text* names; None for nonsense.

    A place opens nothing: it only says where, among the events that one may read, to go on.
    """
    found = _CURSOR.fullmatch(text)
    if found is None:
        return None
    return Cursor(_EPOCH + timedelta(microseconds=int(found[1])), int(found[2]))


@dataclass(frozen=True)
class Bar:
    """One bar of a chart."""

    label: str
    count: int


def hours_of(moments: Iterable[datetime]) -> list[Bar]:
    """Events counted by hour; *moments* are in the portal's time zone."""
    counts = [0] * 24
    for moment in moments:
        counts[moment.hour] += 1
    return [Bar(f"{hour:02}:00", count) for hour, count in enumerate(counts)]


@dataclass(frozen=True)
class Pause:
    """How long nothing was done, between two events of a day."""

    after: datetime
    length: timedelta


def pauses_in(moments: Sequence[datetime]) -> dict[int, Pause]:
    """The long pauses in *moments*, oldest first, by the place of the event that ends each."""
    found = {}
    for place in range(1, len(moments)):
        length = moments[place] - moments[place - 1]
        if length >= GAP:
            found[place] = Pause(moments[place - 1], length)
    return found
