"""How long the accounting is kept, what its subject is given, and who may correct it. Pure.

Sources: 5 U.S.C. 552a(c)(1)-(3); what this portal decided where they leave room stands in
``acrime/docs/decisions/0014-the-accounting-of-a-person.md``.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from acrime.common.periods import years_after
from routine_uses.accounts_of.choices import Withheld
from routine_uses.choices import Paragraph
from routine_uses.exemptions import STATUTE, judge_claim

YEARS = 5
KEEPING = f"{STATUTE}(c)(2)"
ACCESS = f"{STATUTE}(c)(3)"

# What 552a(c)(1) has the accounting say, the ground, and what was taken from where: an error
# in any of these changes what the law is told, so a second person confirms its correction.
# The rest (by which means, the discloser's title and office) is clerical.
LEGAL = frozenset(
    {
        "disclosed_at",
        "nature",
        "purpose_code",
        "recipient",
        "paragraph",
        "letter",
        "fields",
    }
)
CLERICAL = frozenset({"method", "discloser_title", "discloser_office"})


# region: the clock
@dataclass(frozen=True)
class Keeping:
    """How long an entry is kept.

    Attributes:
        at_least_until: the last day of the five years.
        until: the last day on which it is kept; None while a record lives that has no end.
        because: which of the two periods is the longer, in words.
    """

    at_least_until: date
    until: date | None
    because: str

    def may_go(self, today: date) -> bool:
        """Whether the entry has outlived both periods."""
        return self.until is not None and today > self.until


def keeping(
    disclosed_on: date, lives: Iterable[date | None], successor: "Keeping | None" = None
) -> Keeping:
    """Five years after the disclosure, or the life of its records, whichever is longer.

    Args:
        disclosed_on: the day in Washington.
        lives: the day on which each of its records ends or ended; None where no end is set.
        successor: of the entry that supersedes this one, which names it and so outlives it
            in no case.
    """
    at_least = years_after(disclosed_on, YEARS)
    ends = list(lives)
    if successor is not None:
        at_least = max(at_least, successor.at_least_until)
        ends.append(successor.until)
    known = [end for end in ends if end is not None]
    if len(known) < len(ends):
        return Keeping(at_least, None, "as long as its records, which have no end yet")
    longest = max([at_least, *known])
    if longest > at_least:
        return Keeping(at_least, longest, "as long as its records, which is longer")
    return Keeping(at_least, at_least, "five years, which is longer")


def longest(keepings: Iterable[Keeping]) -> Keeping:
    """Until when all of several entries are kept: as long as the one that is kept longest."""
    every = list(keepings)
    at_least = max(each.at_least_until for each in every)
    endless = next((each for each in every if each.until is None), None)
    if endless is not None:
        return Keeping(at_least, None, endless.because)
    last = max(every, key=lambda each: each.until or each.at_least_until)
    return Keeping(at_least, last.until, last.because)


# endregion


# region: the subject's copy
@dataclass(frozen=True)
class Entry:
    """An entry of the accounting, as far as the subject's copy asks."""

    number: str
    paragraph: str


@dataclass(frozen=True)
class Withholding:
    """Why an entry stays out of the subject's copy. Never told to the subject."""

    number: str
    under: str
    clause: str
    reason: str


class ClaimFails(Exception):
    """An exemption that somebody claimed does not stand.

    Attributes:
        number: of the entry.
    """

    def __init__(self, number: str, *, clause: str, reason: str) -> None:
        super().__init__(reason)
        self.number = number
        self.clause = clause
        self.reason = reason


def open_to_claims(entry: Entry) -> bool:
    """Whether anything is to be decided: (b)(7) entries are withheld by the statute itself."""
    return entry.paragraph != Paragraph.B7.value


def withholdings(
    entries: Iterable[Entry],
    claims: Mapping[str, tuple[str, str]],
    *,
    claimed: Iterable[Mapping[str, Any]],
    citation: str,
) -> dict[str, Withholding]:
    """The entries that the subject is not given, by number.

    An entry under (b)(7) is withheld by 552a(c)(3) itself. Any other is given, unless an
    exemption from (c)(3) is claimed for that very entry, the notice in force claims it, and
    the law lets it reach that far.

    Args:
        claims: by entry, the exemption relied on and why.
        claimed: the exemptions of the notice in force.
        citation: of the notice.

    Raises:
        ClaimFails: a claim does not stand or gives no reason.
    """
    exemptions = list(claimed)
    found: dict[str, Withholding] = {}
    for entry in entries:
        if not open_to_claims(entry):
            found[entry.number] = Withholding(
                entry.number,
                Withheld.STATUTE.value,
                ACCESS,
                "Made under subsection (b)(7), which the right of access leaves out.",
            )
            continue
        if entry.number not in claims:
            continue
        under, reason = claims[entry.number]
        claim = judge_claim(exemptions, under=under, provision="(c)(3)", citation=citation)
        if not claim.stands:
            raise ClaimFails(entry.number, clause=claim.clause, reason=claim.reason)
        if not reason.strip():
            raise ClaimFails(
                entry.number,
                clause=claim.clause,
                reason="An exemption is claimed case by case: say why it is needed here.",
            )
        found[entry.number] = Withholding(entry.number, under, claim.clause, reason.strip())
    return found


# endregion


def needs_second_person(changed: Iterable[str]) -> bool:
    """Whether correcting these facts of an entry takes a second person."""
    return not LEGAL.isdisjoint(changed)
