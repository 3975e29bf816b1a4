"""Which role sees and works which kind of record. Pure tables.

Sources: the categories of users in the system's notice, and the assessment of the
system it resembles (analysts and supervisors work, attorneys and OPR read, those who
administer accounts see no records).
"""

from collections.abc import Iterable, Mapping

from accounts.choices import OVERSIGHT, Role
from acrime.records.choices import RecordKind

ALL_KINDS = frozenset(RecordKind.values)

KINDS_READ: Mapping[str, frozenset[str]] = {
    Role.ANALYST: ALL_KINDS,
    Role.SUPERVISOR: ALL_KINDS,
    Role.FIELD_OFFICER: frozenset({RecordKind.RESPONSE, RecordKind.INDIVIDUAL}),
    Role.PRIVACY_OFFICER: ALL_KINDS,
    Role.RECORDS_OFFICER: ALL_KINDS,
    Role.FOIA_OFFICER: ALL_KINDS,
    Role.OPR: ALL_KINDS,
    Role.OPR_LEAD: ALL_KINDS,
    Role.ATTORNEY: ALL_KINDS,
    Role.ADMINISTRATOR: frozenset(),
    Role.NCIC_SPECIALIST: frozenset({RecordKind.INDIVIDUAL}),
    Role.CALL_TAKER: ALL_KINDS,
    Role.INTERFACE: frozenset(),
}

# Sees every record of its kinds, limited ones too.
SEES_LIMITED = OVERSIGHT


def readable_kinds(roles: Iterable[str]) -> frozenset[str]:
    """The record kinds that somebody with *roles* reads."""
    return frozenset().union(*(KINDS_READ[role] for role in roles))


def sees_limited(roles: Iterable[str]) -> bool:
    """Whether limits do not apply to somebody with *roles*."""
    return not SEES_LIMITED.isdisjoint(roles)
