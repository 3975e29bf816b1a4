"""Rules of detainers. Pure.

Sources: 8 CFR 287.7 (a detainer is a request; who issues it; 48 hours without Saturdays, Sundays
and holidays); Form I-247A and ICE's guidance to it (one box and never both; what probable cause
rests on; 48 hours beyond the release, which it does not stop for weekends and holidays; a copy is
served on the person; the forms before it stay active and are not issued anew); ICE Policy 10074.2
(a signed I-200 or I-205 goes with each); the notice, routine uses M and EE.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from accounts.choices import OVERSIGHT, Role
from acrime.common.working_days import is_working_day, legal_holiday
from acrime.detainers.choices import (
    Basis,
    Box,
    DetainerState,
    Edition,
    NoticeKind,
    Rule,
    WarrantForm,
)
from routine_uses.choices import Field

# Prepare, place and keep a detainer up to date.
WORKERS = frozenset({Role.FIELD_OFFICER, Role.ANALYST, Role.SUPERVISOR})
# May be officers who issue one; the title under which they do is asked with the act.
ISSUERS = frozenset({Role.FIELD_OFFICER, Role.SUPERVISOR})
READERS = (
    WORKERS
    | OVERSIGHT
    | {
        Role.CALL_TAKER,
        Role.PRIVACY_OFFICER,
        Role.RECORDS_OFFICER,
        Role.FOIA_OFFICER,
        Role.ATTORNEY,
    }
)

# The notice names no period for detainers, whether or not they follow a query, and none is
# borrowed: their item is the portal's own, which says that nobody has scheduled them. Nothing
# about one is ever due until an authority of theirs is approved.
SCHEDULE = "DETAINER"
RECORD_CATEGORY = 3
"""The notice's category of records: charges and custody."""

SINCE = date(2017, 4, 2)
"""From this day on Form I-247A alone is issued."""

HOURS = timedelta(hours=48)
# No sentence is reckoned further ahead; the holidays of later years are not known.
FURTHEST_RELEASE = timedelta(days=60 * 365)

EDITION_CLAUSE = "ICE guidance for Form I-247A (2017)"
BOX_CLAUSE = "Form I-247A, boxes 1 and 2"
CAUSE_CLAUSE = "Form I-247A, box 1; ICE Policy 10074.2"
WARRANT_CLAUSE = "ICE Policy 10074.2"
END_CLAUSE = "8 CFR 287.7(d); Form I-247A"

GIVEN_BY: Mapping[str, Rule] = {Edition.I247A: Rule.PLAIN, Edition.I247N: Rule.NO_HOLD}
"""What an edition says of the 48 hours, where the sources tell; else it is read off the paper."""

FOLLOWS: Mapping[str, frozenset[DetainerState]] = {
    DetainerState.DRAFT: frozenset({DetainerState.TO_ISSUE, DetainerState.WITHDRAWN}),
    DetainerState.TO_ISSUE: frozenset(
        {DetainerState.DRAFT, DetainerState.ISSUED, DetainerState.PLACED}
    ),
    DetainerState.ISSUED: frozenset({DetainerState.PLACED, DetainerState.LIFTED}),
    DetainerState.PLACED: frozenset({DetainerState.ACTED_ON, DetainerState.LIFTED}),
    DetainerState.ACTED_ON: frozenset(),
    DetainerState.LIFTED: frozenset(),
    DetainerState.WITHDRAWN: frozenset(),
}
STANDING = frozenset({DetainerState.ISSUED, DetainerState.PLACED})
"""Issued, and neither lifted nor acted on."""

LETTERS: Mapping[str, str] = {
    NoticeKind.PLACEMENT: "M",
    NoticeKind.LIFTING: "EE",
    NoticeKind.STATUS: "EE",
}
"""The routine use of each notice."""

STATUS_FIELDS = (
    Field.DETAINER_EXISTENCE,
    Field.REMOVAL_STATUS,
    Field.CUSTODY_STATUS,
    Field.CUSTODY_LOCATION,
    Field.A_NUMBER,
    Field.COUNTRY_OF_BIRTH,
)
"""All that routine use EE carries."""

LIFTED = "The detainer is lifted. Nobody is to be held by it."
"""Word of a lifting. Why it was lifted is not on the list."""

LONGEST_VALUE = 80
"""Characters of a value that a notice tells: enough for it, and not for a story."""

EXISTENCE: Mapping[str, str] = {
    DetainerState.ISSUED: "There is an immigration detainer.",
    DetainerState.PLACED: "There is an immigration detainer.",
    DetainerState.ACTED_ON: "There was one, and DHS took custody.",
    DetainerState.LIFTED: "There was one, and it is lifted.",
}
"""What is told of the existence of a detainer, by where it stands."""

PLACED_FIELDS = frozenset(
    {
        Field.NAME,
        Field.DATE_OF_BIRTH,
        Field.SEX,
        Field.CITIZENSHIP,
        Field.A_NUMBER,
        Field.DETAINER_EXISTENCE,
        Field.REMOVAL_STATUS,
        Field.WARRANT,
        Field.RESPONSIBLE_OFFICE,
    }
)
"""What a placement discloses."""


def may_follow(state: str, following: DetainerState, *, edition: str) -> bool:
    """Whether a detainer in *state* may come to *following*.

    One on an earlier form was placed long ago: its check makes it what it is. Only the form of
    today is issued.
    """
    if state == DetainerState.TO_ISSUE and following != DetainerState.DRAFT:
        earlier = edition != Edition.I247A
        return following == (DetainerState.PLACED if earlier else DetainerState.ISSUED)
    return following in FOLLOWS[state]


@dataclass(frozen=True)
class Finding:
    """Something that is wrong, where, and under which clause."""

    field: str
    message: str
    clause: str = ""


def box_problem(box: str, bases: Collection[str]) -> Finding | None:
    """What is wrong with the boxes of a form: both, neither, or the first one without its cause.

    Marking a basis is marking box 1.
    """
    if box not in Box.values:
        return Finding("box", "Mark box 1 or box 2.", BOX_CLAUSE)
    if box == Box.TRANSFERRED and bases:
        return Finding("box", "Box 1 and box 2 are never both marked.", BOX_CLAUSE)
    if box == Box.PROBABLE_CAUSE and not bases:
        return Finding(
            "bases", "There is no detainer without a basis of probable cause.", CAUSE_CLAUSE
        )
    if not set(bases) <= set(Basis.values):
        return Finding("bases", "The form knows no such basis.", CAUSE_CLAUSE)
    return None


def edition_problem(
    edition: str, rule: str, issued_on: date | None, *, today: date
) -> Finding | None:
    """What is wrong with the edition of a form and what its paper is said to tell.

    Args:
        rule: what the paper says of the 48 hours, where the edition does not tell by itself.
        issued_on: of an earlier form, the day on its paper.
    """
    if edition not in Edition.values:
        return Finding("edition", "Say which form it is.", EDITION_CLAUSE)
    if edition == Edition.I247A:
        return None
    if issued_on is None:
        return Finding(
            "issued_on",
            "An earlier form is not issued any more. Give the day on which this one was.",
            EDITION_CLAUSE,
        )
    if issued_on >= SINCE or issued_on > today:
        return Finding(
            "issued_on", "From April 2, 2017 on only Form I-247A is issued.", EDITION_CLAUSE
        )
    if edition not in GIVEN_BY and rule not in Rule.values:
        return Finding("rule", "Say what the paper says of the 48 hours.", END_CLAUSE)
    return None


def warrant_problem(form: str, signed_on: date | None, *, today: date) -> Finding | None:
    """What is wrong with the warrant that goes with a detainer."""
    if form not in WarrantForm.values:
        return Finding("warrant", "A signed I-200 or I-205 goes with it.", WARRANT_CLAUSE)
    if signed_on is None or signed_on > today:
        return Finding(
            "warrant_signed_on", "Give the day on which the warrant was signed.", WARRANT_CLAUSE
        )
    return None


def rule_of(edition: str, written: str) -> Rule:
    """What a detainer says of the 48 hours: its edition, or else what its paper was read to say.

    Raises:
        ValueError: neither tells.
    """
    return GIVEN_BY.get(edition) or Rule(written)


def local_moment(day: date, at: time, zone: str) -> datetime | None:
    """The moment of a wall clock in *zone*, in UTC, or None where that clock never showed it.

    Of an hour that comes twice it is the first: the person is not held longer than they must be.
    """
    local = datetime.combine(day, at.replace(fold=0), tzinfo=ZoneInfo(zone))
    moment = local.astimezone(UTC)
    back = moment.astimezone(ZoneInfo(zone))
    return None if back.replace(tzinfo=None) != local.replace(tzinfo=None) else moment


def plain_end(release: datetime) -> datetime:
    """48 hours that pass after *release*: weekends, holidays and changed clocks stop nothing.

    Raises:
        ValueError: the moment has no offset.
    """
    return _in_utc(release) + HOURS


def working_end(release: datetime, zone: str) -> datetime:
    """48 hours after *release* that pass on working days of the place in *zone*.

    A day is counted from its midnight to the next one there. A release on a day that does not
    count starts the hours at the end of it.

    Raises:
        ValueError: the moment has no offset.
    """
    now, left = _in_utc(release), HOURS
    while True:
        day = now.astimezone(ZoneInfo(zone)).date()
        midnight = _in_utc(datetime.combine(day + timedelta(days=1), time(), ZoneInfo(zone)))
        if is_working_day(day):
            if left <= midnight - now:
                return now + left
            left -= midnight - now
        now = midnight


def not_counted(release: datetime, end: datetime, zone: str) -> list[tuple[date, str]]:
    """The days from *release* to *end* that are no working days, each with the reason."""
    day = release.astimezone(ZoneInfo(zone)).date()
    last = end.astimezone(ZoneInfo(zone)).date()
    found = []
    while day <= last:
        if not is_working_day(day):
            found.append((day, legal_holiday(day) or f"{day:%A}"))
        day += timedelta(days=1)
    return found


@dataclass(frozen=True)
class Ends:
    """When the 48 hours end, both ways, and which of them the form gives.

    Attributes:
        given: None where the form asks nobody to hold.
    """

    plain: datetime
    working: datetime
    rule: Rule

    @property
    def given(self) -> datetime | None:
        """The end that the form gives."""
        return {Rule.PLAIN: self.plain, Rule.WORKING: self.working}.get(self.rule)


def ends_of(release: datetime | None, *, rule: Rule, zone: str) -> Ends | None:
    """When the 48 hours end; None where no time of release is known: it cannot be computed."""
    if release is None:
        return None
    return Ends(plain_end(release), working_end(release, zone), rule)


def release_problem(
    release: datetime | None, *, expected: bool, issued_on: date, zone: str, at: datetime
) -> str:
    """What is wrong with a time of release.

    Args:
        release: None where the clock of that place never showed it.
    """
    if release is None:
        return "The clocks go forward that night: there is no such time."
    if release.astimezone(ZoneInfo(zone)).date() < issued_on:
        return "The release lies before the detainer. Nobody is held by it then."
    if expected:
        if release <= at:
            return "An expected release lies ahead. If it has happened, say so."
        too_far = release - at > FURTHEST_RELEASE
        return "That is further ahead than can be reckoned." if too_far else ""
    return "What lies ahead is expected, and has not happened." if release > at else ""


def _in_utc(moment: datetime) -> datetime:
    if moment.tzinfo is None:
        raise ValueError("The 48 hours run from a moment with its offset.")
    return moment.astimezone(UTC)
