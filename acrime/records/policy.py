"""Who sees which record, who may limit it, and why. Pure tables and rules.

Sources: the categories of users in the system's notice, and the assessment of the
system it resembles (analysts and supervisors work, attorneys and OPR read, those who
administer accounts see no records; an owner may limit a record, a supervisor is never
left out).
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum

from accounts.choices import OVERSIGHT, Role
from accounts.standing.policy import DISABLED, NO_ROLE, TRAINING_LAPSED, TRAINING_MISSING
from acrime.records.choices import RecordKind

ALL_KINDS = frozenset(RecordKind.values)

ALWAYS_LIMITED = frozenset({RecordKind.TIP_SOURCE})
"""Kinds whose records are limited from the first moment and for good: seen by those named."""

KINDS_READ: Mapping[str, frozenset[str]] = {
    Role.ANALYST: ALL_KINDS,
    Role.SUPERVISOR: ALL_KINDS,
    # Tips only as their owner; who reported one, where they are named for it.
    Role.FIELD_OFFICER: frozenset(
        {
            RecordKind.RESPONSE,
            RecordKind.INDIVIDUAL,
            RecordKind.DETAINER,
            RecordKind.TIP_SOURCE,
        }
    ),
    Role.PRIVACY_OFFICER: ALL_KINDS,
    Role.RECORDS_OFFICER: ALL_KINDS,
    Role.FOIA_OFFICER: ALL_KINDS,
    Role.OPR: ALL_KINDS,
    Role.OPR_LEAD: ALL_KINDS,
    Role.ATTORNEY: ALL_KINDS,
    Role.ADMINISTRATOR: frozenset(),
    Role.NCIC_SPECIALIST: frozenset(
        {RecordKind.INDIVIDUAL, RecordKind.NCIC_ENTRY, RecordKind.HIT, RecordKind.CALL}
    ),
    Role.CALL_TAKER: ALL_KINDS,
    Role.INTERFACE: frozenset(),
}

# Sees every record of its kinds, limited ones too.
SEES_LIMITED = OVERSIGHT

# Reads, and changes nothing.
READ_ONLY = OVERSIGHT | {Role.ATTORNEY}

READERS = frozenset(role for role, kinds in KINDS_READ.items() if kinds)
"""Roles that read any kind of record."""

CHANGERS = READERS - READ_ONLY
"""Roles that may change anything about a record they answer for."""

ASKED_ABOUT_ANYBODY = OVERSIGHT | {Role.PRIVACY_OFFICER}
"""May have explained why anybody sees a record or does not; others, for those below them."""


def readable_kinds(roles: Iterable[str]) -> frozenset[str]:
    """The record kinds that somebody with *roles* reads."""
    return frozenset().union(*(KINDS_READ[role] for role in roles))


def sees_limited(roles: Iterable[str]) -> bool:
    """Whether limits do not apply to somebody with *roles*."""
    return not SEES_LIMITED.isdisjoint(roles)


@dataclass(frozen=True)
class Viewer:
    """Somebody, as far as the rules ask.

    Attributes:
        enters: whether the portal is open to them at all.
        hindered_by: codes of what stands in the way; empty where they enter.
        roles: the roles in force.
    """

    enters: bool
    hindered_by: tuple[str, ...]
    roles: frozenset[str]


@dataclass(frozen=True)
class Relation:
    """How somebody stands to one record. ``above_…`` means anywhere in the chain above."""

    owner: bool = False
    creator: bool = False
    above_owner: bool = False
    above_creator: bool = False
    allowed: bool = False
    office_allowed: bool = False


class Effect(StrEnum):
    """What a rule comes to for one person and one record."""

    ALLOWS = "allows"
    REFUSES = "refuses"
    NEITHER = "neither"


@dataclass(frozen=True)
class Rule:
    """One rule as it was applied.

    Attributes:
        code: stable, for programs.
        text: in plain words, about "this person".
        source: where the rule comes from.
    """

    code: str
    effect: Effect
    text: str
    source: str


@dataclass(frozen=True)
class Explanation:
    """Whether somebody sees a record, and the rules that decided, in their order."""

    sees: bool
    rules: tuple[Rule, ...]


HINDRANCES: Mapping[str, str] = {
    DISABLED: "The account is disabled.",
    NO_ROLE: "No role is in force.",
    TRAINING_MISSING: "The training that everybody needs was never passed.",
    TRAINING_LAPSED: "The training that everybody needs has lapsed.",
}
"""What keeps somebody out, in words, by the codes of their standing."""

_GUARD = "ICM assessment, section 8.2 (training guard) and 3.4 (roles)"
_ROLES = "Reviewed table of roles and kinds of record; ICM assessment, section 3.4"
_OPR = "ICM assessment, ICM Users (OPR reads everything)"
_OWN = "Portal rule: nothing hides a record from its owner and its creator"
_NOT_THEIRS = "Neither owns nor created the record, and stands above nobody who did."
_CHAIN = "ICM assessment, ICM Users (supervisors always see what their people create)"
_LIMITS = "ICM assessment, section 3.4 (records limited by their owners)"


def explain(viewer: Viewer, relation: Relation, *, kind: str, limited: bool) -> Explanation:
    """Why *viewer* sees a record of *kind* or does not: the predicate, said in words.

    The rules stand in the order in which they are asked. One that refuses everything ends
    them; otherwise a single one that allows is enough.
    """
    if not viewer.enters:
        hindered = (HINDRANCES[code] for code in viewer.hindered_by)
        text = " ".join(("May not use the portal.", *hindered))
        return _ended(Effect.REFUSES, "may-not-enter", text, _GUARD)
    rules = [Rule("may-enter", Effect.NEITHER, "May use the portal.", _GUARD)]
    kinds = readable_kinds(viewer.roles)
    if not kinds:
        text = "Holds no role that reads records of any kind."
        return _ended(Effect.REFUSES, "reads-nothing", text, _ROLES, after=rules)
    if sees_limited(viewer.roles):
        text = "Works for OPR, which reads every record, limited ones too."
        return _ended(Effect.ALLOWS, "oversight", text, _OPR, after=rules)
    own = _own(relation)
    rules += own or [Rule("not-theirs", Effect.NEITHER, _NOT_THEIRS, _CHAIN)]
    rules += _by_kind(relation, kinds, kind=kind, limited=limited, theirs=bool(own))
    return Explanation(any(rule.effect is Effect.ALLOWS for rule in rules), tuple(rules))


def _ended(
    effect: Effect, code: str, text: str, source: str, *, after: Iterable[Rule] = ()
) -> Explanation:
    last = Rule(code, effect, text, source)
    return Explanation(effect is Effect.ALLOWS, (*after, last))


def _own(relation: Relation) -> list[Rule]:
    return [
        Rule(code, Effect.ALLOWS, text, source)
        for holds, code, text, source in (
            (relation.owner, "owner", "Owns the record.", _OWN),
            (relation.creator, "creator", "Created the record.", _OWN),
            (
                relation.above_owner,
                "above-owner",
                "Stands in the chain of supervision above the owner.",
                _CHAIN,
            ),
            (
                relation.above_creator,
                "above-creator",
                "Stands in the chain of supervision above the creator.",
                _CHAIN,
            ),
        )
        if holds
    ]


def _by_kind(
    relation: Relation, kinds: frozenset[str], *, kind: str, limited: bool, theirs: bool
) -> list[Rule]:
    label = RecordKind(kind).label.lower()
    # What is somebody's own is not refused to them by any of these.
    refuses = Effect.NEITHER if theirs else Effect.REFUSES
    if kind not in kinds:
        text = f"Holds no role that reads records of the kind {label}."
        return [Rule("kind-not-read", refuses, text, _ROLES)]
    text = f"Holds a role that reads records of the kind {label}."
    read = Rule("kind-read", Effect.NEITHER, text, _ROLES)
    if not limited:
        text = "The record is not limited: everybody whose role reads the kind sees it."
        return [read, Rule("not-limited", Effect.ALLOWS, text, _LIMITS)]
    named = [
        Rule(code, Effect.ALLOWS, text, _LIMITS)
        for holds, code, text in (
            (relation.allowed, "allowed", "The record is limited, and its list names this person."),
            (
                relation.office_allowed,
                "office-allowed",
                "The record is limited, and its list names the office of this person.",
            ),
        )
        if holds
    ]
    text = "The record is limited, and its list names neither this person nor their office."
    return [read, *(named or [Rule("not-allowed", refuses, text, _LIMITS)])]


def may_limit(viewer: Viewer, relation: Relation) -> bool:
    """Whether somebody may limit a record, or change or lift its limits.

    The owner may, and whoever stands above the owner or the creator; not those who only
    read.
    """
    answers = relation.owner or relation.above_owner or relation.above_creator
    return viewer.enters and answers and not CHANGERS.isdisjoint(viewer.roles)
