"""Whose looks are told, how they are grouped, and what an owner may say to them. Pure."""

from collections.abc import Iterable, Mapping
from datetime import datetime

from accounts.choices import OVERSIGHT, Role
from acrime.alerts.choices import AlertState, ReferralState, Reply
from acrime.audit import events
from routine_uses.approvals.events import APPROVALS_LISTED
from routine_uses.events import DISCLOSURE_LISTED
from routine_uses.wizard.events import REFUSALS_LISTED

# Seeing lists all day is work, not a look worth telling: owners hear of views, searches,
# downloads, and whatever else is declared a look.
NOT_TOLD = frozenset({events.RECORD_LISTED, DISCLOSURE_LISTED, APPROVALS_LISTED, REFUSALS_LISTED})

REPLIES: Mapping[AlertState, frozenset[Reply]] = {
    AlertState.OPEN: frozenset(Reply),
    AlertState.EXPECTED: frozenset({Reply.REPORT}),
    AlertState.ASKED: frozenset({Reply.EXPECTED, Reply.REPORT}),
    AlertState.LATE: frozenset({Reply.EXPECTED, Reply.REPORT}),
    AlertState.ANSWERED: frozenset({Reply.EXPECTED, Reply.REPORT}),
    AlertState.REPORTED: frozenset(),
}

FOLLOWING: Mapping[ReferralState, frozenset[ReferralState]] = {
    ReferralState.NEW: frozenset({ReferralState.IN_REVIEW}),
    ReferralState.IN_REVIEW: frozenset({ReferralState.CLOSED}),
    ReferralState.CLOSED: frozenset(),
}


def is_a_told_kind(event_kind: str) -> bool:
    """Whether owners hear of what is written down as *event_kind*."""
    return events.kind(event_kind).look and event_kind not in NOT_TOLD


def is_told(viewer_roles: Iterable[str]) -> bool:
    """Whether owners hear of looks by somebody with these roles. OPR's are told to nobody."""
    return OVERSIGHT.isdisjoint(viewer_roles)


def state_of(
    *,
    expected_at: datetime | None,
    reported_at: datetime | None,
    due_at: datetime | None,
    answered_at: datetime | None,
    at: datetime,
) -> AlertState:
    """What the owner has made of an alert.

    Args:
        due_at: when the answer to the owner's question is due; None where none is asked.
    """
    if reported_at is not None:
        return AlertState.REPORTED
    if expected_at is not None:
        return AlertState.EXPECTED
    if answered_at is not None:
        return AlertState.ANSWERED
    if due_at is not None:
        return AlertState.LATE if due_at < at else AlertState.ASKED
    return AlertState.OPEN


def why_not_ask(*, viewer_active: bool, viewer_roles: Iterable[str], something_shown: bool) -> str:
    """Why the viewer cannot be asked, in words for the owner; blank where nothing forbids it.

    Whoever was shown nothing must not learn from a question that there was something: a
    hidden record answers like one that does not exist, also afterwards.
    """
    if not viewer_active or not (set(viewer_roles) - {Role.INTERFACE}):
        return "This account is closed or is a connected system, so nobody can be asked."
    if not something_shown:
        return (
            "Nothing was shown to this person. A question would tell them that your record "
            "exists. Report the look to OPR, or speak with your supervisor."
        )
    return ""


def may_handle(
    *,
    handler_id: int,
    handler_roles: Iterable[str],
    reporter_id: int,
    about_id: int | None,
    about_is_oversight: bool,
) -> bool:
    """Whether somebody of OPR may see and work a report.

    Nobody works a report that they wrote or that is about them, and a report about
    somebody of OPR is for OPR leads.
    """
    roles = set(handler_roles)
    if roles.isdisjoint(OVERSIGHT) or handler_id in (reporter_id, about_id):
        return False
    return Role.OPR_LEAD in roles or not about_is_oversight
