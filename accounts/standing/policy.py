"""Whether somebody may work here at a moment. Pure rules, told the day and the facts.

The training guard follows the assessment of the system this one resembles: whoever has not
passed the system's training in time is let in nowhere, at once (ICM assessment, section 8.2);
an expired NCIC certification leaves the portal open and NCIC closed (section 3.4).
"""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from accounts.choices import OVERSIGHT, Role
from accounts.standing.choices import Audience
from acrime.common.eastern import portal_day as portal_day

DISABLED = "disabled"
NO_ROLE = "no-role"
TRAINING_MISSING = "training-missing"
TRAINING_LAPSED = "training-lapsed"

WARN_DAYS = 30
"""Days before its end from which training is counted down on every page."""
URGE_DAYS = 7
"""Days before its end from which the countdown is urgent."""


@dataclass(frozen=True)
class CourseHeld:
    """One course of the portal, and until when somebody holds it.

    Attributes:
        audience: who needs the course.
        ends: the last day that counts, or None where it was never passed.
    """

    audience: str
    ends: date | None


@dataclass(frozen=True)
class Standing:
    """Whether somebody may work.

    Attributes:
        enters: whether anything but the way out opens.
        reasons: codes of what stands in the way, in the order in which to mend it.
        training_ends: the last day of the training everybody needs; None where a course of
            it was never passed, and for machines.
        ncic_certified: whether NCIC may be used.
        ncic_ends: the last day of the NCIC certification, past ones too; None without one.
    """

    enters: bool
    reasons: tuple[str, ...]
    training_ends: date | None
    ncic_certified: bool
    ncic_ends: date | None = None


def is_machine(roles: Collection[str]) -> bool:
    """Whether somebody with *roles* is a connected system: that role and no other."""
    return set(roles) == {Role.INTERFACE}


def standing_of(
    *, active: bool, roles: Collection[str], courses: Iterable[CourseHeld], today: date
) -> Standing:
    """The standing of somebody who holds *roles* and passed *courses*.

    A portal that knows no course for everybody lets no person in: what cannot be shown is
    not assumed.
    """
    known = list(courses)
    needed = [course.ends for course in known if course.audience == Audience.EVERYONE]
    training_ends = _earliest(needed)
    ncic_ends = _earliest([course.ends for course in known if course.audience == Audience.NCIC])
    reasons = []
    if not active:
        reasons.append(DISABLED)
    if not roles:
        reasons.append(NO_ROLE)
    if not is_machine(roles):
        if training_ends is None:
            reasons.append(TRAINING_MISSING)
        elif training_ends < today:
            reasons.append(TRAINING_LAPSED)
    return Standing(
        enters=not reasons,
        reasons=tuple(reasons),
        training_ends=None if is_machine(roles) else training_ends,
        ncic_certified=ncic_ends is not None and ncic_ends >= today,
        ncic_ends=ncic_ends,
    )


def _earliest(ends: list[date | None]) -> date | None:
    """The day on which the first of several courses ends; None where one is missing."""
    held = [end for end in ends if end is not None]
    return min(held) if held and len(held) == len(ends) else None


# region: roles that do not go together
WORKERS_WITH_RECORDS = (
    Role.ANALYST,
    Role.SUPERVISOR,
    Role.FIELD_OFFICER,
    Role.PRIVACY_OFFICER,
    Role.RECORDS_OFFICER,
    Role.FOIA_OFFICER,
    Role.ATTORNEY,
    Role.NCIC_SPECIALIST,
    Role.CALL_TAKER,
)
SEPARATION = "CJIS Security Policy AC-5"


@dataclass(frozen=True)
class Clash:
    """Two roles that nobody holds together.

    Attributes:
        why: the reason, as a sentence for the person who tries.
        clause: where the rule comes from.
    """

    why: str
    clause: str


_ACCESS_AND_RECORDS = Clash(
    "Who gives out access to records does not read or work them.",
    f"{SEPARATION}; AC-6(2)",
)
_ACCESS_AND_AUDIT = Clash(
    "Who administers access does not oversee how it is used.",
    f"{SEPARATION}; AU-9(4)",
)
_OVERSIGHT_AND_WORK = Clash(
    "Who looks into misuse takes no part in the work that is looked into.",
    f"{SEPARATION}; ICM assessment, section 8.1",
)
_MACHINE_AND_PERSON = Clash(
    "The account of a connected system is no person's.",
    "CJIS Security Policy IA-2, AC-2",
)

CLASHES: dict[frozenset[str], Clash] = {
    **{frozenset({Role.ADMINISTRATOR, role}): _ACCESS_AND_RECORDS for role in WORKERS_WITH_RECORDS},
    **{frozenset({Role.ADMINISTRATOR, role}): _ACCESS_AND_AUDIT for role in OVERSIGHT},
    **{
        frozenset({overseer, role}): _OVERSIGHT_AND_WORK
        for overseer in OVERSIGHT
        for role in WORKERS_WITH_RECORDS
    },
    **{
        frozenset({Role.INTERFACE, role}): _MACHINE_AND_PERSON
        for role in Role
        if role != Role.INTERFACE
    },
}
"""Pairs of roles that one person never holds at the same time."""


def clash_of(role: str, held: Collection[str]) -> tuple[str, Clash] | None:
    """The first role of *held* that does not go with *role*, and why; None where all do."""
    for other in sorted(held):
        found = CLASHES.get(frozenset({role, other}))
        if found is not None:
            return other, found
    return None


# endregion


# region: who asks for a role, and who decides
@dataclass(frozen=True)
class Asker:
    """Somebody who asks for another person's role, as far as the rules ask.

    Attributes:
        oneself: asks for themselves.
        above: stands above the person in the chain of supervision.
        heads_office: is the head of the person's office.
        leads_oversight: holds the role of OPR lead.
    """

    oneself: bool = False
    above: bool = False
    heads_office: bool = False
    leads_oversight: bool = False

    @property
    def answers_for(self) -> bool:
        """Whether the person is theirs at all."""
        return not self.oneself and (self.above or self.heads_office)


def may_ask(role: str, *, granting: bool, asker: Asker) -> bool:
    """Whether *asker* may ask that somebody be given *role*, or lose it.

    Oversight is staffed by oversight: only an OPR lead asks for the roles of OPR, for anybody,
    so that those who are looked into do not choose who looks. Whoever answers for a person
    may still ask that any role be taken away. Machines are made by command.
    """
    if asker.oneself or role == Role.INTERFACE:
        return False
    if role in OVERSIGHT:
        return asker.leads_oversight or (not granting and asker.answers_for)
    return asker.answers_for


def may_decide(*, actor: int, person: int, requester: int) -> bool:
    """Whether an administrator may decide a request: neither its person nor its requester."""
    return actor not in (person, requester)


# endregion


# region: the yearly review
REVIEW_DAYS = 30
"""Days from the opening of a review to its last day."""
REVIEW_WARN_DAYS = 7
"""Days before its last day from which reviewers and the reviewed are warned."""


def reviews(
    *,
    actor: int,
    administers: bool,
    person: int,
    supervisor: int | None,
    supervisor_active: bool,
) -> bool:
    """Whether *actor* reviews the roles of *person*.

    The direct supervisor does; an administrator, where there is none or the account of the
    one there is was disabled. Nobody reviews their own.
    """
    if actor == person:
        return False
    if supervisor is not None and supervisor_active:
        return actor == supervisor
    return administers


def yearly_review_is_due(
    *, today: date, month: int, day: int, last_opened_on: date | None, portal_since: date | None
) -> bool:
    """Whether the year's review is to be opened today, on *month* and *day* or late.

    A portal opens none for a day before its first account was made.
    """
    this_year = date(today.year, month, day)
    due_on = this_year if this_year <= today else date(today.year - 1, month, day)
    if portal_since is None or portal_since > due_on:
        return False
    return last_opened_on is None or last_opened_on < due_on


# endregion


# region: accounts that nobody uses
def unused_since(
    *, joined_at: datetime, last_used_at: datetime | None, enabled_at: datetime | None
) -> datetime:
    """From when the days without use count: last use, being enabled again, or joining."""
    return max(each for each in (joined_at, last_used_at, enabled_at) if each is not None)


def is_unused(since: datetime, *, at: datetime, days: int) -> bool:
    """Whether *days* times 24 hours have passed without use (CJIS Security Policy AC-2)."""
    return at - since >= timedelta(days=days)


# endregion


# region: what people are told
@dataclass(frozen=True)
class Countdown:
    """Words about training or a certification that runs out.

    Attributes:
        tone: of the alert: ``info``, ``warning`` or ``error``.
        text: the sentence.
    """

    tone: str
    text: str


def countdown(what: str, *, ends: date | None, today: date) -> Countdown | None:
    """The warning about *what* in its last days; None while there is time, or when it is over.

    Args:
        what: the subject of the sentence, such as ``Your training``.
        ends: its last day.
        today: the day it is.
    """
    if ends is None or not 0 <= (left := (ends - today).days) <= WARN_DAYS:
        return None
    when = {0: "today", 1: "tomorrow"}.get(left, f"in {left} days")
    day = f"{ends.day} {ends:%B %Y}"
    if left > URGE_DAYS:
        return Countdown("warning", f"{what} ends {when} – on {day}.")
    return Countdown("error", f"{what} ends {when} – on {day}. Renew it now.")


# endregion
