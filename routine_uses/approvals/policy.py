"""Who decides what, with which paper, and how long it holds. Pure.

What each decision is about follows from the clause: 5 U.S.C. 552a(b), (b)(5), (7), (8) and
(11), (e)(6), the routine uses that speak of a waiver or of the Chief Privacy Officer, and what
opens specially protected information.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from accounts.choices import OVERSIGHT, Role
from routine_uses.approvals.choices import ApprovalKind, ApprovalState, Standing

# May ask to disclose, and so for what a disclosure needs.
DISCLOSERS = frozenset({Role.ANALYST, Role.SUPERVISOR, Role.PRIVACY_OFFICER})
# Tell other agencies something on a page of their own, and ask for what that needs.
TELLERS = frozenset({Role.NCIC_SPECIALIST, Role.CALL_TAKER, Role.FIELD_OFFICER})
ASKERS = DISCLOSERS | TELLERS
# See every approval: who answers for the accounting, and oversight.
SEE_ALL = OVERSIGHT | {Role.PRIVACY_OFFICER}

NUMBER_PREFIX = "APV"
WAITS_AT_MOST = timedelta(days=90)


@dataclass(frozen=True)
class Task:
    """One kind of approval as a task.

    Attributes:
        role: whoever holds it decides.
        chief: only the privacy officer who is designated Chief Privacy Officer decides.
        paper: what must be attached before it can be granted; empty where the word of
            the named person is what the clause asks.
        looks_at: what whoever decides makes sure of.
        holds_for: how long a grant may be used.
    """

    role: Role
    paper: str
    looks_at: str
    chief: bool = False
    holds_for: timedelta = timedelta(days=90)

    @property
    def decider(self) -> str:
        """Who decides, in words."""
        return "Chief Privacy Officer" if self.chief else self.role.label


TASKS: Mapping[str, Task] = {
    ApprovalKind.CHIEF_PRIVACY_OFFICER: Task(
        role=Role.PRIVACY_OFFICER,
        chief=True,
        paper="The text that is to be released",
        looks_at="Whether a legitimate public interest, confidence in DHS or its accountability "
        "calls for the release, and whether it would be an unwarranted invasion of privacy.",
    ),
    ApprovalKind.COUNSEL: Task(
        role=Role.ATTORNEY,
        paper="The text that is to be released",
        looks_at="Whether the release is lawful. The Chief Privacy Officer decides in "
        "consultation with counsel.",
    ),
    ApprovalKind.WAIVER: Task(
        role=Role.PRIVACY_OFFICER,
        paper="The waiver that the individual signed",
        looks_at="Whether the individual signed it, and whether it covers this inquiry, this "
        "office and these fields.",
    ),
    ApprovalKind.HEAD_REQUEST: Task(
        role=Role.PRIVACY_OFFICER,
        paper="The written request of the agency's head",
        looks_at="Whether the head or a delegate not below section chief signed it, and whether "
        "it names the portion and the law enforcement activity.",
    ),
    ApprovalKind.COURT_ORDER: Task(
        role=Role.ATTORNEY,
        paper="The order",
        looks_at="Whether a judge of a court of competent jurisdiction signed it, and whether it "
        "orders this disclosure. A subpoena of a clerk or a lawyer is no order.",
    ),
    ApprovalKind.NOTICE_LETTER: Task(
        role=Role.PRIVACY_OFFICER,
        paper="The notice to the individual",
        looks_at="Whether it is addressed to the last known address and goes out tracked with "
        "the disclosure.",
    ),
    ApprovalKind.CONSENT: Task(
        role=Role.PRIVACY_OFFICER,
        paper="The consent or request that the individual signed",
        looks_at="Whether the individual, whose identity is verified, signed it before the "
        "disclosure, and whether it names this recipient and these fields.",
    ),
    ApprovalKind.ASSURANCE: Task(
        role=Role.PRIVACY_OFFICER,
        paper="The recipient's advance written assurance",
        looks_at="Whether it says that the record is used for statistical research or reporting "
        "alone, and whether nobody can be identified in what goes.",
    ),
    ApprovalKind.VAWA_EXCEPTION: Task(
        role=Role.ATTORNEY,
        paper="The memorandum that finds the exception",
        looks_at="Which exception of 8 U.S.C. 1367(b) it finds, and whether that reaches this "
        "recipient and these fields.",
    ),
    ApprovalKind.ASYLUM_EXCEPTION: Task(
        role=Role.ATTORNEY,
        paper="The applicant's written consent, or the memorandum that finds the exception",
        looks_at="Whether the applicant consented in writing, or which exception of 8 CFR 208.6(c) "
        "applies to this recipient.",
    ),
    ApprovalKind.UNSEALING_ORDER: Task(
        role=Role.ATTORNEY,
        paper="The order that opens the record",
        looks_at="Whether the court that sealed the record, or one above it, opens it for this "
        "recipient.",
    ),
    ApprovalKind.JUVENILE_EXCEPTION: Task(
        role=Role.ATTORNEY,
        paper="The inquiry or order that opens the record",
        looks_at="Which case of 18 U.S.C. 5038(a) allows it, and whether it reaches this "
        "recipient.",
    ),
    # The word of a named second person is what (e)(6) asks; a paper may be attached.
    ApprovalKind.ACCURACY: Task(
        role=Role.SUPERVISOR,
        paper="",
        looks_at="Whether what leaves is accurate, complete, timely and relevant for agency "
        "purposes. Look at the record itself.",
        # A record changes; a check of last month says little of today.
        holds_for=timedelta(days=7),
    ),
}

DECIDING_ROLES = frozenset(task.role for task in TASKS.values())

# The Chief Privacy Officer consults counsel: nobody consults themselves.
NEVER_BY_ONE_PERSON = frozenset({ApprovalKind.CHIEF_PRIVACY_OFFICER, ApprovalKind.COUNSEL})


def kinds_decided_by(roles: frozenset[str], *, is_chief: bool) -> frozenset[str]:
    """The kinds of approval that somebody with *roles* decides."""
    return frozenset(
        kind for kind, task in TASKS.items() if task.role in roles and (is_chief or not task.chief)
    )


def standing_of(*, state: str, used: bool, expires_at: datetime, at: datetime) -> Standing:
    """How an approval stands at *at*. What was used stays used, what was refused, refused."""
    if used:
        return Standing.USED
    if state in (ApprovalState.WAITING, ApprovalState.GRANTED) and expires_at <= at:
        return Standing.EXPIRED
    return Standing(state)


def expiry(kind: str, *, granted_at: datetime) -> datetime:
    """Until when a grant of that kind may be used."""
    return granted_at + TASKS[kind].holds_for
