"""Exemptions from the Privacy Act: what an agency may claim, and what it never can. Pure.

A claim stands only where the law lets the exemption reach the provision, and the notice in
force claims it. A system can be exempt and a claim still fail on either.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

STATUTE = "5 U.S.C. 552a"

# What each exemption can reach at most (5 U.S.C. 552a(j) and (k)). Under (j)(2)
# everything but (b), (c)(1)-(2), (e)(4)(A)-(F), (e)(6), (7), (9), (10), (11) and (i).
REACHABLE: Mapping[str, frozenset[str]] = {
    "(j)(2)": frozenset(
        {
            "(c)(3)", "(c)(4)", "(d)", "(e)(1)", "(e)(2)", "(e)(3)", "(e)(4)(G)", "(e)(4)(H)",
            "(e)(4)(I)", "(e)(5)", "(e)(8)", "(f)", "(g)", "(h)",
        }
    ),
    "(k)(2)": frozenset(
        {"(c)(3)", "(d)", "(e)(1)", "(e)(4)(G)", "(e)(4)(H)", "(e)(4)(I)", "(f)"}
    ),
}  # fmt: skip

# What no exemption reaches, and what it demands.
NEVER: Mapping[str, str] = {
    "(b)": "Nothing is disclosed without consent or one of the twelve conditions.",
    "(c)(1)": "Each disclosure is accounted for.",
    "(c)(2)": "The accounting is kept five years or as long as the record, if that is longer.",
    **{
        f"(e)(4)({part})": "The notice of the system is published with this part of it."
        for part in "ABCDEF"
    },
    "(e)(6)": "Before a record goes to anyone but an agency, its accuracy is checked.",
    "(e)(7)": "How someone exercises First Amendment rights is recorded only within narrow limits.",
    "(e)(9)": "Those who handle records are told the rules of conduct.",
    "(e)(10)": "Records are protected by administrative, technical and physical safeguards.",
    "(e)(11)": "A new use is published thirty days before.",
    "(i)": "Wilful wrongs against the Act are crimes.",
}


@dataclass(frozen=True)
class Claim:
    """Whether an exemption covers a provision. ``clause`` is the source of the reason."""

    stands: bool
    clause: str
    reason: str


def judge_claim(
    claimed: Iterable[Mapping[str, Any]], *, under: str, provision: str, citation: str
) -> Claim:
    """Whether the agency may rely on the exemption *under* against *provision*.

    Args:
        claimed: the exemptions of the notice in force, as in its ``document``.
        under: ``(j)(2)`` or ``(k)(2)``.
        provision: such as ``(c)(3)`` or ``(e)(4)(G)``.
        citation: of the notice.
    """
    if provision in NEVER:
        return Claim(
            False,
            f"{STATUTE}(j)",
            f"No exemption reaches {provision}. {NEVER[provision]}",
        )
    reach = REACHABLE.get(under)
    if reach is None:
        return Claim(False, f"{STATUTE}(j), (k)", f"{under or 'Nothing'} is no exemption here.")
    if provision not in reach:
        return Claim(
            False, f"{STATUTE}{under}", f"An exemption under {under} cannot reach {provision}."
        )
    if not any(each["under"] == under and provision in each["reaches"] for each in claimed):
        return Claim(False, citation, f"The notice does not claim {provision} under {under}.")
    return Claim(True, f"{STATUTE}{under}; {citation}", f"The notice claims {provision}.")


def strongest_claim(
    claimed: Iterable[Mapping[str, Any]], *, provision: str, citation: str
) -> Claim:
    """The first exemption of the notice that covers *provision*, or why none does."""
    exemptions = list(claimed)
    tried = [
        judge_claim(exemptions, under=under, provision=provision, citation=citation)
        for under in REACHABLE
    ]
    return next((claim for claim in tried if claim.stands), tried[0])
