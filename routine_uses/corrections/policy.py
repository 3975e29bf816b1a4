"""Who must hear of a correction, until when, and in which letters. Pure.

Sources: 5 U.S.C. 552a(c)(4), (d)(2)-(4). What a notice may exempt is ``exemptions``' to say:
(c)(4) can be reached under (j)(2) and never under (k)(2).
"""

import unicodedata
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date, timedelta

from routine_uses.exemptions import STATUTE

TELLING = f"{STATUTE}(c)(4)"
DISPUTING = f"{STATUTE}(d)(4)"

# The Act says that earlier recipients are told and not within how many days; this is what
# the portal's worklist goes by.
DAYS_TO_TELL = 14


@dataclass(frozen=True)
class Told:
    """An entry of the accounting that stands, as far as a correction asks."""

    number: str
    recipient_id: int
    record_ids: frozenset[int]
    fields: frozenset[str]


def earlier_recipients(
    entries: Iterable[Told], *, scope: Collection[int], fields: Collection[str]
) -> dict[int, tuple[str, ...]]:
    """Everybody who got one of *fields* from one of the records in *scope*.

    Returns:
        Numbers of the disclosures by recipient, in the order of *entries*.
    """
    records, wanted = frozenset(scope), frozenset(fields)
    found: dict[int, list[str]] = {}
    for entry in entries:
        if entry.record_ids & records and entry.fields & wanted:
            found.setdefault(entry.recipient_id, []).append(entry.number)
    return {recipient: tuple(numbers) for recipient, numbers in found.items()}


def due_on(noted_on: date) -> date:
    """The day by which the letters are to be sent."""
    return noted_on + timedelta(days=DAYS_TO_TELL)


def carries(statement: str, owed: str) -> bool:
    """Whether *statement* holds all that is owed, however its lines are broken."""
    return " ".join(owed.split()) in " ".join(statement.split())


_PLAIN = str.maketrans(
    {"“": '"', "”": '"', "„": '"', "‘": "'", "’": "'", "–": "-", "—": "-", "…": "...", "\xa0": " "}
)


def message_form(text: str) -> str:
    """*text* as older systems carry it: marks above letters dropped, quotes and dashes plain.

    Raises:
        ValueError: something is left that no such system prints.
    """
    bare = "".join(
        char
        for char in unicodedata.normalize("NFD", text.translate(_PLAIN))
        if not unicodedata.combining(char)
    )
    lines = [" ".join(line.split()) for line in bare.splitlines()]
    kept = "\n".join(line for line in lines if line)
    if not kept.isascii() or not kept.replace("\n", "").isprintable():
        raise ValueError("Not printable on older systems")
    return kept
