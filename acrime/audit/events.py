"""The vocabulary of the ledger: every kind of event, its wording and how it is shredded.

A kind that is not declared cannot be written. ``shred`` names the columns that may
hold a person's values and are blanked when the record they speak of is destroyed;
the envelope (who, when, which number, outcome) always stays.
"""

from dataclasses import dataclass


@dataclass(frozen=True)
class EventKind:
    """One kind of event.

    Attributes:
        name: dotted, past tense.
        wording: what a reader of the ledger is told.
        look: whether it is a look at records, which owners are told of.
        shred: columns blanked at disposition of the record.
    """

    name: str
    wording: str
    look: bool = False
    shred: tuple[str, ...] = ()


_kinds: dict[str, EventKind] = {}


def declare(name: str, wording: str, *, look: bool = False, shred: tuple[str, ...] = ()) -> str:
    """Declare a kind of event and return its name."""
    if name in _kinds:
        raise ValueError(f"Event kind {name} is declared already.")
    _kinds[name] = EventKind(name, wording, look=look, shred=shred)
    return name


def kind(name: str) -> EventKind:
    """The declared kind.

    Raises:
        KeyError: no such kind is declared.
    """
    return _kinds[name]


def every_kind() -> list[EventKind]:
    """All declared kinds, by name."""
    return sorted(_kinds.values(), key=lambda each: each.name)


RECORD_VIEWED = declare("record.viewed", "Looked at the record", look=True)
RECORD_LISTED = declare("record.listed", "Saw the record in a list", look=True, shred=("criteria",))
RECORD_SEARCHED = declare(
    "record.searched", "Searched and met the record", look=True, shred=("criteria",)
)
RECORD_EXPORTED = declare(
    "record.exported", "Took the record out in a file", look=True, shred=("criteria", "purpose")
)
RECORD_PRINTED = declare("record.printed", "Opened the record to print it", look=True)
RECORD_DOWNLOADED = declare(
    "record.downloaded", "Took a document of the record out", look=True, shred=("details",)
)
VALUE_REVEALED = declare(
    "value.revealed", "Had a masked number of the record shown", look=True, shred=("purpose",)
)
RECORD_PROBED = declare(
    "record.probed",
    "Asked for a record by number and was shown nothing",
    look=True,
    shred=("criteria",),
)
ACCESS_DENIED = declare("access.denied", "Was refused a page or an act")
SIGNED_IN = declare("session.opened", "Signed in")
SIGN_IN_FAILED = declare("session.refused", "Failed to sign in")
SIGNED_OUT = declare("session.closed", "Signed out")
SESSION_LOCKED = declare("session.locked", "Session locked")
SESSION_UNLOCKED = declare("session.unlocked", "Session unlocked")
BANNER_ACKNOWLEDGED = declare("banner.acknowledged", "Acknowledged the warning")
LEDGER_VERIFIED = declare("ledger.verified", "Verified the ledger")
SEALING_KEYS_ROTATED = declare("keys.rotated", "Sealed values again with a newer key")
LEDGER_EXPORTED = declare("ledger.exported", "Exported events of the ledger")
LEDGER_RETIRED = declare("ledger.month.retired", "Dropped a month of the ledger after its years")
LEDGER_SEALED_LATE = declare("ledger.sealed-late", "Found that events wait too long for their seal")
