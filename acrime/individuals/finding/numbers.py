"""Which kinds of number a text may be, by its shape alone. Pure.

Several kinds share shapes: nine digits may be an A-Number, an SSN or a passport. All that are
possible are looked up; what a number cannot be is said where somebody may have meant it.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass

from acrime.individuals.choices import IdentifierKind

# Prefixes of state identification numbers: states, territories, the District, federal.
_STATES = (
    "AK|AL|AR|AS|AZ|CA|CO|CT|DC|DE|FL|GA|GM|GU|HI|IA|ID|IL|IN|KS|KY|LA|MA|MD|ME|MI|MN|MO|MP|MS|"
    "MT|NB|NC|ND|NE|NH|NJ|NM|NV|NY|OH|OK|OR|PA|PR|RI|SC|SD|TN|TX|US|UT|VA|VI|VT|WA|WI|WV|WY"
)

_SHAPES: Mapping[IdentifierKind, re.Pattern[str]] = {
    IdentifierKind.A_NUMBER: re.compile(r"A?[0-9]{7,9}"),
    # Older numbers end in letters and digits, newer ones mix both.
    IdentifierKind.FBI: re.compile(r"[0-9]{1,8}|[0-9]{1,6}[A-Z]{1,2}[0-9]{1,2}|[A-Z0-9]{9}"),
    IdentifierKind.SID: re.compile(rf"(?:{_STATES})[A-Z0-9]{{3,10}}"),
    IdentifierKind.SSN: re.compile(r"(?!000|666|9)[0-9]{3}(?!00)[0-9]{2}(?!0000)[0-9]{4}"),
    IdentifierKind.FIN: re.compile(r"[0-9]{8,13}"),
    IdentifierKind.PASSPORT: re.compile(r"[A-Z]{0,3}[0-9]{5,10}[A-Z]{0,2}"),
    IdentifierKind.LICENSE: re.compile(r"[A-Z0-9]{4,20}"),
    IdentifierKind.BOOKING: re.compile(r"[A-Z0-9]{3,20}"),
}
# Printed on sample cards and in advertisements, and never anybody's.
_SSN_NEVER_ISSUED = frozenset({"078051120", "219099999", "457555462"})

_NOT_A_NUMBER = "A-Numbers have 7 to 9 digits; this one has {}."
_NO_SSN = (
    "This cannot be a Social Security number: none begins with 000, 666 or 9, and no part is "
    "all zeros."
)
_LONGEST = 40


@dataclass(frozen=True)
class Recognised:
    """What a number may be, and what is to be said of it."""

    kinds: tuple[IdentifierKind, ...]
    notes: tuple[str, ...] = ()


def recognised(text: str) -> Recognised:
    """The kinds of number that *text* may be. None where it holds no digit."""
    bare = bare_number(text)
    if len(text) > _LONGEST or not any(each.isdigit() for each in bare):
        return Recognised(())
    kinds = tuple(
        kind
        for kind in IdentifierKind
        if _SHAPES[kind].fullmatch(bare) and not problem_of(kind, text)
    )
    notes: list[str] = []
    if re.fullmatch(r"A[0-9]{1,6}|A[0-9]{10,}|[0-9]{5,6}", bare):
        notes.append(problem_of(IdentifierKind.A_NUMBER, text))
    if re.fullmatch(r"[0-9]{3}-[0-9]{2}-[0-9]{4}", text.strip()):
        # Hyphens so placed mean an SSN, and nothing else.
        if IdentifierKind.SSN in kinds:
            kinds = (IdentifierKind.SSN,)
        else:
            notes.append(_NO_SSN)
    return Recognised(kinds, tuple(notes))


def problem_of(kind: str, text: str) -> str:
    """Why *text* cannot be a number of *kind*, in a sentence; blank where it can.

    Only A-Numbers and SSNs have shapes that their issuers promise.
    """
    bare = bare_number(text)
    digits = sum(each.isdigit() for each in bare)
    if not digits:
        return "Enter letters and digits."
    match kind:
        case IdentifierKind.A_NUMBER if not _SHAPES[IdentifierKind.A_NUMBER].fullmatch(bare):
            return _NOT_A_NUMBER.format(digits)
        case IdentifierKind.SSN if not re.fullmatch(r"[0-9]{9}", bare):
            return "A Social Security number has nine digits."
        case IdentifierKind.SSN if bare in _SSN_NEVER_ISSUED or not _SHAPES[
            IdentifierKind.SSN
        ].fullmatch(bare):
            return _NO_SSN
        case _:
            return ""


def bare_number(text: str) -> str:
    """The letters and digits of a number."""
    return re.sub(r"[^A-Z0-9]", "", text.upper())
