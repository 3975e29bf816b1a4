"""Rules of tips. Pure.

Sources: the notice (purpose 4, category 3 of individuals, categories 7 and 8 of records, routine
use L, retention of tips) and 5 U.S.C. 552a(e)(3), (e)(7).
"""

import hashlib
import hmac
import re
import unicodedata
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from accounts.choices import OVERSIGHT, Role
from acrime.common.periods import first_day_over
from acrime.tips.choices import Result, Sign, Speech, TipState

SCHEDULE = "TIP"
"""The notice's retention item: ten years from the date of the tip, proposed."""
YEARS = 10
TIP_CATEGORY = 7
"""The notice's category of records: public tips, and who gave and who is in them."""

TAKERS = frozenset({Role.CALL_TAKER, Role.ANALYST, Role.SUPERVISOR})
"""Write down what is told by telephone or mail, and follow a tip up."""
TRIAGERS = frozenset({Role.ANALYST, Role.SUPERVISOR})
SECOND = frozenset({Role.SUPERVISOR, Role.PRIVACY_OFFICER})
"""Decide, as somebody else, that a tip is not kept."""
LINE_KEEPERS = SECOND
FOLLOWERS = TAKERS | {Role.FIELD_OFFICER}
SENDERS = frozenset({Role.INTERFACE, Role.ANALYST, Role.SUPERVISOR})
READERS = (
    FOLLOWERS
    | OVERSIGHT
    | {Role.PRIVACY_OFFICER, Role.RECORDS_OFFICER, Role.FOIA_OFFICER, Role.ATTORNEY}
)
REVEALERS = FOLLOWERS | OVERSIGHT | {Role.PRIVACY_OFFICER, Role.FOIA_OFFICER}
"""Whose roles may have a source opened that they see; they see those for which they are named."""

# region: intake
LONGEST_TEXT = 10_000
LONGEST_LINE = 200
LONGEST_DESCRIPTION = 2_000
MOST_PERSONS = 3
MOST_FILES = 3
MOST_BYTES = 4 * 1024 * 1024
"""Of one file. Three of them fit into one request."""
FASTEST = timedelta(seconds=4)
"""Nobody reads the form and writes in less."""
MOST_LINKS = 3
MOST_A_WINDOW = 20
WINDOW = timedelta(minutes=10)
OLDEST_LETTER = timedelta(days=366)

_LINK = re.compile(r"(?i)\b(?:https?://|www\.)")


def signs_of(
    *, trap_filled: bool, shown_at: datetime | None, at: datetime, text: str
) -> tuple[Sign, ...]:
    """Why a person has to look first; nothing is thrown away for it.

    Args:
        shown_at: when our form was shown, or None where no mark of ours came back.
    """
    found = []
    if trap_filled:
        found.append(Sign.TRAP)
    if shown_at is None:
        found.append(Sign.NO_MARK)
    elif at - shown_at < FASTEST:
        found.append(Sign.HURRIED)
    if len(_LINK.findall(text)) > MOST_LINKS:
        found.append(Sign.LINKS)
    return tuple(found)


@dataclass(frozen=True)
class Turn:
    """Whether one more is taken from an address.

    Attributes:
        began_at: of the window that counts.
        count: how many came in it, this one included where it is taken.
        wait: seconds until one more is taken; nothing where this one is.
    """

    began_at: datetime
    count: int
    wait: int


def next_turn(*, began_at: datetime | None, count: int, at: datetime) -> Turn:
    """What one more from the same address comes to."""
    if began_at is None or at - began_at >= WINDOW or at < began_at:
        return Turn(at, 1, 0)
    if count < MOST_A_WINDOW:
        return Turn(began_at, count + 1, 0)
    return Turn(began_at, count, max(1, int((began_at + WINDOW - at).total_seconds())))


def date_problem(day: date, *, today: date) -> str:
    """What is wrong with the day on which a tip came."""
    if day > today:
        return "The day lies in the future."
    return "" if today - day <= OLDEST_LETTER else "The day lies more than a year back."


# endregion


# region: who reported it
HIDDEN = "[who reported it]"
# A shorter word is part of too many others.
_SHORTEST_WORD = 3
_SHORTEST_NUMBER = 7


def without_source(text: str, *, name: str = "", numbers: Iterable[str] = ()) -> str:
    """*text* with whatever the reporter told about themselves in it covered up.

    The whole name counts in any case, a part of it only where it is written as a name is; a
    telephone number however it is written, an e-mail address as it is.
    """
    words = [word for word in re.split(r"[\s,;]+", name.strip()) if word]
    for order in (words, words[::-1]):
        if len(order) > 1:
            whole = r"[\s,]+".join(map(re.escape, order))
            text = re.sub(rf"(?<!\w){whole}(?!\w)", HIDDEN, text, flags=re.IGNORECASE)
    for word in words:
        if len(word) >= _SHORTEST_WORD or not word.isascii():
            # Where words are not parted by spaces, a name has no edges.
            edges = (r"(?<!\w)", r"(?!\w)") if _has_case(word) else ("", "")
            text = re.sub(
                f"{edges[0]}{re.escape(word)}{edges[1]}", _if_a_name, text, flags=re.IGNORECASE
            )
    for number in numbers:
        digits = "".join(char for char in number if char.isdigit())
        if "@" in number:
            text = re.sub(re.escape(number.strip()), HIDDEN, text, flags=re.IGNORECASE)
        elif len(digits) >= _SHORTEST_NUMBER:
            text = re.sub(r"[\W_]{0,3}".join(digits[-10:]), HIDDEN, text)
    return text


def _has_case(word: str) -> bool:
    return word.lower() != word.upper()


def _if_a_name(found: "re.Match[str]") -> str:
    word = found.group()
    return word if _has_case(word) and not word[0].isupper() else HIDDEN


# endregion

# region: alike
_SHINGLE = 5
SKETCH = 48
LIKE = 0.45
"""From here on two texts are shown as alike."""


def folded(text: str) -> str:
    """*text* without what differs between two copies: case, marks, spaces, wide forms."""
    plain = unicodedata.normalize("NFKC", text).casefold()
    return "".join(char for char in plain if char.isalnum())


def sketch_of(text: str, *, key: bytes) -> list[int]:
    """The least keyed hashes of the pieces of *text*: enough to tell how alike two texts are.

    Nothing can be read from them without the key, and the text not even with it.
    """
    plain = folded(text)
    pieces = {plain[i : i + _SHINGLE] for i in range(max(1, len(plain) - _SHINGLE + 1))} - {""}
    hashes = {
        int.from_bytes(hmac.digest(key, piece.encode(), hashlib.sha256)[:8], "big", signed=True)
        for piece in pieces
    }
    return sorted(hashes)[:SKETCH]


def likeness(one: Collection[int], other: Collection[int]) -> float:
    """How much of two texts is the same, from 0 to 1, as their sketches tell."""
    least = sorted({*one, *other})[:SKETCH]
    both = set(one) & set(other)
    return sum(1 for each in least if each in both) / len(least) if least else 0.0


# endregion

# region: triage
SPEECH_CLAUSE = "5 U.S.C. 552a(e)(7)"
KEEPING = frozenset({Speech.NONE, Speech.STATUTE, Speech.INDIVIDUAL, Speech.PERTINENT})
WITH_GROUND = frozenset({Speech.STATUTE, Speech.INDIVIDUAL, Speech.PERTINENT, Speech.NOT_KEPT})
"""Answers that say why."""

MOVES: Mapping[str, frozenset[str]] = {
    TipState.SUSPECTED: frozenset({TipState.NEW, TipState.CLOSED}),
    TipState.NEW: frozenset({TipState.TRIAGE}),
    TipState.TRIAGE: frozenset({TipState.OPEN, TipState.REVIEW, TipState.NEW}),
    TipState.REVIEW: frozenset({TipState.NOT_KEPT, TipState.TRIAGE}),
    TipState.OPEN: frozenset({TipState.CLOSED}),
    TipState.CLOSED: frozenset(),
    TipState.NOT_KEPT: frozenset(),
}
"""Where a tip may go from where it stands."""


def speech_problem(answer: str, ground: str) -> tuple[str, str]:
    """What is wrong with an answer to the question of (e)(7): a code and words, or two blanks."""
    if answer not in Speech.values:
        return "speech", "Answer the question."
    if answer in WITH_GROUND and len(ground.strip()) < 10:
        return "ground", {
            Speech.STATUTE: "Name the statute that expressly authorizes keeping it.",
            Speech.INDIVIDUAL: "Say how and when the person authorized it.",
            Speech.PERTINENT: "Name the law enforcement activity, and how the tip bears on it.",
            Speech.NOT_KEPT: "Say what it describes, without names.",
        }[Speech(answer)]
    return "", ""


def closing_problem(result: str, *, sent: bool, linked: bool) -> tuple[str, str]:
    """What stands in the way of closing a tip: a code and words, or two blanks.

    Args:
        sent: whether a referral to another agency was made.
        linked: whether it is linked as a duplicate.
    """
    if result not in Result.values:
        return "result", "Say what came of it."
    if result == Result.REFERRED and not sent:
        return "result", "No referral was made."
    if result == Result.DUPLICATE and not linked:
        return "result", "Link the tip that it repeats first."
    return "", ""


def due_on(received: date) -> date:
    """The first day on which the period of a tip is over."""
    return first_day_over(received, YEARS)


# endregion


def joined(parts: Sequence[str]) -> str:
    """*parts* that are there, in one line."""
    return ", ".join(part for part in parts if part)
