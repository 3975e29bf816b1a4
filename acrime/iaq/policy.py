"""Rules of queries. Pure."""

import re
from collections.abc import Mapping
from dataclasses import dataclass

from acrime.iaq.choices import TRANSITIONS
from acrime.individuals.facts.choices import Category
from routine_uses.choices import Program

# The remark that marks a query made when somebody registers as a sex offender.
_REGISTRATION = re.compile(r"\b(NSOR|SEX OFFENDER REGISTRATION)\b")


@dataclass(frozen=True)
class ProgramRule:
    """What follows from a program.

    Attributes:
        category: number of the notice's category of records.
        individuals: the notice's category of individuals.
        schedule_code: code of the notice's retention item.
        inside_only: whether the answer stays within ICE.
        hours: from receipt to answer, where the program has a target of its own.
    """

    category: int
    individuals: Category
    schedule_code: str
    inside_only: bool = False
    hours: int | None = None


PROGRAM_RULES: Mapping[str, ProgramRule] = {
    Program.CRIMINAL: ProgramRule(6, Category.CRIMINAL, "IAQ-CRIMINAL"),
    Program.SEX_OFFENDER: ProgramRule(6, Category.REGISTRANT, "IAQ-SEX-OFFENDER", inside_only=True),
    Program.NONCRIMINAL: ProgramRule(5, Category.BACKGROUND, "IAQ-NONCRIMINAL"),
    Program.BRADY: ProgramRule(5, Category.FIREARM, "IAQ-BRADY"),
    Program.SPECIAL_EVENT: ProgramRule(5, Category.BACKGROUND, "IAQ-SPECIAL-EVENT"),
    Program.OPM: ProgramRule(5, Category.BACKGROUND, "IAQ-OPM"),
}


def program_of(*, purpose: str, remarks: str) -> Program:
    """The program of a query with NCIC purpose code C or F.

    F is a firearm check. C is criminal justice, unless the remarks say that the prints
    were taken for a sex offender registry. A supervisor corrects what these two do not
    tell apart (``actions.change_program``).
    """
    if _REGISTRATION.search(remarks.upper()):
        return Program.SEX_OFFENDER
    return Program.BRADY if purpose == "F" else Program.CRIMINAL


def may_follow(state: str, following: str) -> bool:
    """Whether a query in *state* may become *following*."""
    return following in TRANSITIONS[state]
