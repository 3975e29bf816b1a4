"""Rules of records in NCIC. Pure.

Sources: second-party check of each entry against its documents; validation 60 to 90 days after
entry and every year after (NCIC validation procedures of the Department of Justice); a record
that is not validated in time is purged by NCIC; a NIC number is one letter and nine digits, whose
self-check is not public.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

from accounts.choices import OVERSIGHT, Role
from acrime.ncic.choices import EntryState, NcicFile, ViolatorCategory

# Work with NCIC; each of them needs a current certification besides.
WORKERS = frozenset({Role.NCIC_SPECIALIST, Role.ANALYST, Role.SUPERVISOR})
# Read what the agency keeps of its entries, and never use NCIC itself: their work is with the
# records, and needs no certification.
KEEPERS = OVERSIGHT | {
    Role.PRIVACY_OFFICER,
    Role.RECORDS_OFFICER,
    Role.FOIA_OFFICER,
    Role.ATTORNEY,
}
READERS = WORKERS | KEEPERS | {Role.CALL_TAKER}

CENTER_ORI = "VTICE0900"
"""The support center's own ORI, under which ICE enters."""

NIC_FORM = r"^[A-Z][0-9]{9}$"
ORI_FORM = r"^[A-Z0-9]{9}$"
_NIC = re.compile(NIC_FORM)
_ORI = re.compile(ORI_FORM)

SCHEDULE = "NCIC"
RECORD_CATEGORY = 4
"""The notice's category of records: what supports ICE's entries, and inquiries about them."""

OPENS_AFTER, DUE_AFTER = timedelta(days=60), timedelta(days=90)
# The portal's own: how long before the yearly day the work may begin.
YEARLY_OPENS = timedelta(days=30)

IN_NCIC = frozenset({EntryState.ENTERED, EntryState.LOCATED})
# Cleared is not removed: the period of the notice runs from the removal alone.
REMOVABLE = IN_NCIC | {EntryState.CLEARED}

OFFENSE_OF: Mapping[str, str] = {
    ViolatorCategory.DEPORTED_FELON: "8003",
    ViolatorCategory.ABSCONDER: "8004",
    ViolatorCategory.NSEERS: "8005",
}
"""The NCIC offense code that goes with each category of the Immigration Violator File."""

FOLLOWS: Mapping[EntryState, frozenset[EntryState]] = {
    EntryState.DRAFT: frozenset({EntryState.TO_CHECK, EntryState.WITHDRAWN}),
    EntryState.TO_CHECK: frozenset({EntryState.DRAFT, EntryState.CHECKED, EntryState.REMOVED}),
    EntryState.CHECKED: frozenset({EntryState.ENTERED, EntryState.DRAFT, EntryState.WITHDRAWN}),
    EntryState.ENTERED: frozenset({EntryState.LOCATED, EntryState.CLEARED, EntryState.REMOVED}),
    EntryState.LOCATED: frozenset({EntryState.CLEARED, EntryState.REMOVED}),
    EntryState.CLEARED: frozenset({EntryState.REMOVED}),
    EntryState.REMOVED: frozenset(),
    EntryState.WITHDRAWN: frozenset(),
}


def may_follow(state: str, next_state: EntryState, *, category: str = "") -> bool:
    """Whether a record in *state* may come to *next_state*.

    History goes from its second check straight to what it is, removed; nothing else does.
    """
    if state == EntryState.TO_CHECK:
        history = category == ViolatorCategory.NSEERS
        if next_state in (EntryState.CHECKED, EntryState.REMOVED):
            return history == (next_state == EntryState.REMOVED)
    return next_state in FOLLOWS[EntryState(state)]


def nic_problem(text: str) -> str:
    """What is wrong with a NIC number; whether it checks itself only NCIC can tell."""
    return "" if _NIC.fullmatch(text) else "A NIC number is one capital letter and nine digits."


def ori_problem(text: str) -> str:
    """What is wrong with an ORI."""
    return "" if _ORI.fullmatch(text) else "An ORI has nine capital letters and digits."


def tidied(text: str) -> str:
    """A NIC number or an ORI as people type one: without spaces and hyphens, in capitals."""
    return re.sub(r"[\s-]", "", text).upper()


def category_problem(file: str, category: str) -> str:
    """What is wrong with the category of an entry."""
    if file == NcicFile.IMMIGRATION_VIOLATOR and category not in ViolatorCategory.values:
        return "Say which category of the Immigration Violator File it is."
    if file == NcicFile.WANTED_PERSON and category:
        return "Only the Immigration Violator File has these categories."
    return ""


@dataclass(frozen=True)
class Window:
    """From which day on a validation may be made, and its last day. Both are days in Washington."""

    opens: date
    due: date


class Validation(StrEnum):
    """How the validation of a record stands."""

    NOT_YET = "not-yet"
    OPEN = "open"
    OVERDUE = "overdue"


def first_window(entered_on: date) -> Window:
    """When a record is validated for the first time: 60 to 90 days after its entry."""
    return Window(entered_on + OPENS_AFTER, entered_on + DUE_AFTER)


def next_window(validated_on: date) -> Window:
    """When it is validated again: within a year of the last validation.

    From a February 29 the year ends on February 28: not a day later than a year.
    """
    try:
        due = validated_on.replace(year=validated_on.year + 1)
    except ValueError:
        due = validated_on.replace(year=validated_on.year + 1, day=28)
    return Window(due - YEARLY_OPENS, due)


def validation_of(window: Window, *, today: date) -> Validation:
    """How a validation stands on *today*."""
    if today < window.opens:
        return Validation.NOT_YET
    return Validation.OPEN if today <= window.due else Validation.OVERDUE
