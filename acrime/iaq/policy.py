"""Rules of queries. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass

from acrime.iaq.choices import TRANSITIONS, UNDECIDED
from acrime.individuals.facts.choices import Category
from routine_uses.choices import Program


@dataclass(frozen=True)
class ProgramRule:
    """What the notice says of a program.

    What else a program entails (letters, recipients, target) is in the table in force.

    Attributes:
        category: number of the notice's category of records.
        individuals: the notice's category of individuals; None while it is not decided.
        schedule_code: code of the notice's retention item.
        inside_only: whether the answer stays within ICE.
    """

    category: int
    individuals: Category | None
    schedule_code: str
    inside_only: bool = False


PROGRAM_RULES: Mapping[str, ProgramRule] = {
    Program.CRIMINAL: ProgramRule(6, Category.CRIMINAL, "IAQ-CRIMINAL"),
    Program.SEX_OFFENDER: ProgramRule(6, Category.REGISTRANT, "IAQ-SEX-OFFENDER", inside_only=True),
    Program.NONCRIMINAL: ProgramRule(5, Category.BACKGROUND, "IAQ-NONCRIMINAL"),
    Program.BRADY: ProgramRule(5, Category.FIREARM, "IAQ-BRADY"),
    Program.SPECIAL_EVENT: ProgramRule(5, Category.BACKGROUND, "IAQ-SPECIAL-EVENT"),
    Program.OPM: ProgramRule(5, Category.BACKGROUND, "IAQ-OPM"),
    # Kept longest and shut in, until a person has decided what it is.
    UNDECIDED: ProgramRule(6, None, "IAQ-CRIMINAL", inside_only=True),
}


def may_follow(state: str, following: str) -> bool:
    """Whether a query in *state* may become *following*."""
    return following in TRANSITIONS[state]
