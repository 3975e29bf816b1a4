"""Who places a hold, under whose authority, and what a scope must say. Pure.

Sources: 36 CFR 1226 and 1230 (records under a hold are not destroyed, and destroying them is
reported); the rule that a hold is lifted by the legal authority that it names and by nobody else.
Which role answers for which kind of hold no source says: the table is the agency's to settle.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date, timedelta

from accounts.choices import OVERSIGHT, Role
from acrime.records.choices import RecordKind
from acrime.retention.holds.choices import HoldKind, Scope

KEEPING = "36 CFR 1226.18, 1230"
"""What forbids destroying held records."""

PLACERS: Mapping[str, frozenset[str]] = {
    HoldKind.LITIGATION: frozenset({Role.RECORDS_OFFICER, Role.ATTORNEY}),
    HoldKind.FOIA: frozenset({Role.RECORDS_OFFICER, Role.FOIA_OFFICER}),
    HoldKind.INVESTIGATION: frozenset({Role.RECORDS_OFFICER, Role.ATTORNEY}),
    HoldKind.CONGRESSIONAL: frozenset({Role.RECORDS_OFFICER, Role.ATTORNEY}),
    HoldKind.GAO: frozenset({Role.RECORDS_OFFICER, Role.ATTORNEY}),
    HoldKind.OTHER: frozenset({Role.RECORDS_OFFICER, Role.ATTORNEY, Role.PRIVACY_OFFICER}),
}
"""Who may place a hold of each kind, and add to what it names."""

AUTHORITIES: Mapping[str, frozenset[str]] = {
    HoldKind.LITIGATION: frozenset({Role.ATTORNEY}),
    HoldKind.FOIA: frozenset({Role.FOIA_OFFICER}),
    HoldKind.INVESTIGATION: frozenset({Role.ATTORNEY}),
    HoldKind.CONGRESSIONAL: frozenset({Role.ATTORNEY}),
    HoldKind.GAO: frozenset({Role.ATTORNEY}),
    HoldKind.OTHER: frozenset({Role.ATTORNEY, Role.PRIVACY_OFFICER}),
}
"""Whom a hold of each kind may name as the authority that alone releases it."""

WORKERS = frozenset().union(*PLACERS.values(), *AUTHORITIES.values())
"""Who does anything about holds."""

READERS = WORKERS | {Role.SUPERVISOR} | OVERSIGHT
"""Who reads holds. What a hold is about may be a secret to others; they are told nothing."""

CUSTODIANS = READERS - OVERSIGHT
"""Whom a hold may name as the one who sees to it that its records are kept."""

LONGEST_REVIEW = timedelta(days=366)
"""A hold is looked at again within a year."""

MOST_NAMED = 200
"""Records or people that are named at a time."""


@dataclass(frozen=True)
class Reach:
    """What a hold is to reach.

    Attributes:
        records, people: how many are named.
        matter: whether one is chosen.
    """

    scope: str
    records: int = 0
    people: int = 0
    kinds: Collection[str] = ()
    program: str = ""
    matter: bool = False
    opened_from: date | None = None
    opened_to: date | None = None


@dataclass(frozen=True)
class Problem:
    """Why something cannot be done: a stable code, and words for the person who tried."""

    code: str
    message: str


def problem_with(reach: Reach) -> Problem | None:
    """What is wrong with *reach*, or None. What a scope does not use must be left out.

    A hold that says one thing and reaches another would be worse than none.
    """
    missing = _missing(reach)
    if missing is not None:
        return missing
    if reach.records + reach.people > MOST_NAMED:
        return Problem("too-many", f"Name at most {MOST_NAMED} at a time.")
    left_over = {
        "records": reach.records and reach.scope != Scope.RECORDS,
        "people": reach.people and reach.scope != Scope.PERSON,
        "kinds": reach.kinds and reach.scope != Scope.KINDS,
        "program": reach.program and reach.scope != Scope.PROGRAM,
        "matter": reach.matter and reach.scope != Scope.MATTER,
        "days": _days(reach) and reach.scope in (Scope.RECORDS, Scope.MATTER),
    }
    for field, stray in left_over.items():
        if stray:
            return Problem(
                f"{field}-left-over", "The scope that you chose does not use this. Leave it empty."
            )
    if reach.opened_from and reach.opened_to and reach.opened_from > reach.opened_to:
        return Problem("days-out-of-order", "The first day lies after the last one.")
    return None


def may_place(roles: Collection[str], kind: str) -> bool:
    """Whether somebody with *roles* places holds of *kind*."""
    return not PLACERS[kind].isdisjoint(roles)


def may_be_authority(roles: Collection[str], kind: str) -> bool:
    """Whether somebody with *roles* may be named as the authority of holds of *kind*."""
    return not AUTHORITIES[kind].isdisjoint(roles)


def problem_with_review(review_on: date, *, today: date) -> Problem | None:
    """What is wrong with a day of review, or None."""
    if review_on <= today:
        return Problem("review-not-ahead", "The day of review must lie ahead.")
    if review_on > today + LONGEST_REVIEW:
        return Problem("review-too-late", "Review it within a year.")
    return None


def shelves_of(reach: Reach, *, named: Collection[str]) -> frozenset[RecordKind] | None:
    """The kinds of records that *reach* can reach, or None where that can be any.

    Args:
        named: the kinds of the records that are named.
    """
    if reach.scope == Scope.KINDS:
        return frozenset(RecordKind(kind) for kind in reach.kinds)
    if reach.scope == Scope.RECORDS:
        return frozenset(RecordKind(kind) for kind in named)
    return None


def _missing(reach: Reach) -> Problem | None:
    match reach.scope:
        case Scope.RECORDS if not reach.records:
            return Problem("records-missing", "Name at least one record.")
        case Scope.PERSON if not reach.people:
            return Problem("people-missing", "Name at least one person, by number.")
        case Scope.KINDS if not reach.kinds:
            return Problem("kinds-missing", "Choose at least one kind.")
        case Scope.PROGRAM if not reach.program:
            return Problem("program-missing", "Choose the program.")
        case Scope.DATES if not _days(reach):
            return Problem("days-missing", "Give the first day, the last one, or both.")
        case Scope.MATTER if not reach.matter:
            return Problem("matter-missing", "Choose the matter.")
        case scope if scope not in Scope.values:
            return Problem("scope-missing", "Say what the hold reaches.")
    return None


def _days(reach: Reach) -> bool:
    return bool(reach.opened_from or reach.opened_to)
