"""How what is asked for differs from what is held: queries made from people that are there.

The rules are made for this and share nothing with those by which synthetic people come to have
aliases: here letters are exchanged, there whole names. Pure.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import date
from random import Random

Born = tuple[int, int, int]


@dataclass(frozen=True)
class Held:
    """A person as recorded: the name, the aliases and a whole date of birth."""

    individual_id: int
    last: str
    first: str
    middle: str
    aliases: tuple[tuple[str, str, str], ...]
    born: Born


@dataclass(frozen=True)
class Asked:
    """What is typed to find *individual_id*.

    Attributes:
        kind: the class, one of ``CLASSES``.
        born: None where no date of birth is typed.
    """

    kind: str
    individual_id: int
    last: str
    first: str
    middle: str
    born: Born | None


# How letters come out otherwise when a name is written down by ear or from another script.
BY_EAR = (
    ("OU", "U"),
    ("EE", "I"),
    ("KH", "H"),
    ("PH", "F"),
    ("CK", "K"),
    ("SH", "CH"),
    ("TCH", "CH"),
    ("CH", "TCH"),
    ("TH", "T"),
    ("GH", "G"),
    ("DJ", "J"),
    ("DH", "D"),
    ("QU", "K"),
    ("EI", "EY"),
    ("AI", "AY"),
    ("AY", "AI"),
    ("AH", "A"),
    ("OO", "U"),
    ("KS", "X"),
    ("X", "KS"),
    ("Q", "K"),
    ("W", "V"),
    ("Y", "I"),
    ("J", "Y"),
    ("Z", "S"),
    ("S", "Z"),
    ("C", "K"),
    ("K", "C"),
    ("U", "OU"),
    ("LL", "L"),
    ("MM", "M"),
    ("SS", "S"),
    ("NN", "N"),
    ("RR", "R"),
    ("V", "B"),
    ("I", "Y"),
)
# What people are called by those who know them.
CALLED = {
    "FRANCISCO": "PACO",
    "JOSE": "PEPE",
    "JESUS": "CHUY",
    "GUADALUPE": "LUPE",
    "ROBERTO": "BETO",
    "ENRIQUE": "KIKE",
    "EDUARDO": "LALO",
    "IGNACIO": "NACHO",
    "MANUEL": "MANNY",
    "ALEJANDRO": "ALEX",
    "FERNANDO": "NANDO",
    "ANTONIO": "TONY",
    "RAFAEL": "RAFA",
    "GABRIELA": "GABY",
    "ELIZABETH": "LIZ",
    "WILLIAM": "BILL",
    "ROBERT": "BOB",
    "RICHARD": "DICK",
    "JAMES": "JIM",
    "JOHN": "JACK",
    "MICHAEL": "MIKE",
    "CHARLES": "CHUCK",
    "THOMAS": "TOM",
    "CHRISTOPHER": "CHRIS",
    "MARGARET": "PEGGY",
    "KATHERINE": "KATE",
    "ALEKSANDR": "SASHA",
    "DMITRI": "DIMA",
    "VLADIMIR": "VOVA",
    "MIKHAIL": "MISHA",
    "SERGEI": "SERYOZHA",
    "IBRAHIM": "BRAHIM",
    "MOHAMMED": "MO",
    "EMMANUEL": "MANU",
}
# Keys that lie beside each other.
_BESIDE = {
    "A": "SQ",
    "B": "VN",
    "C": "XV",
    "D": "SF",
    "E": "WR",
    "F": "DG",
    "G": "FH",
    "H": "GJ",
    "I": "UO",
    "J": "HK",
    "K": "JL",
    "L": "KO",
    "M": "NB",
    "N": "BM",
    "O": "IP",
    "P": "OL",
    "Q": "WA",
    "R": "ET",
    "S": "AD",
    "T": "RY",
    "U": "YI",
    "V": "CB",
    "W": "QE",
    "X": "ZC",
    "Y": "TU",
    "Z": "XA",
}
# Shorter words are not mistyped here: of LE or LI nothing would be left.
SHORTEST_TYPED_WRONG = 4


def exact(held: Held, random: Random) -> Asked | None:
    """As recorded."""
    return _asked("exact", held)


def alias(held: Held, random: Random) -> Asked | None:
    """Under another name of the person's."""
    if not held.aliases:
        return None
    last, first, middle = random.choice(held.aliases)
    return replace(_asked("alias", held), last=last, first=first, middle=middle)


def swapped(held: Held, random: Random) -> Asked | None:
    """First and last name in each other's place."""
    if not held.first:
        return None
    return replace(_asked("swapped", held), last=held.first, first=held.last)


def without_middle(held: Held, random: Random) -> Asked | None:
    """The middle name left out."""
    return replace(_asked("without_middle", held), middle="") if held.middle else None


def by_ear(held: Held, random: Random) -> Asked | None:
    """Another spelling of the same sounds, in the last name and, every other time, the first."""
    last = _heard(held.last, random)
    first = _heard(held.first, random) if random.random() < 0.5 else held.first
    if last is None:
        return None
    return replace(_asked("by_ear", held), last=last, first=first or held.first, middle="")


def shortened(held: Held, random: Random) -> Asked | None:
    """What the person is called, or the beginning of the first name."""
    called = CALLED.get(held.first)
    if called and random.random() < 0.5:
        return replace(_asked("shortened", held), first=called, middle="")
    length = random.randint(3, 4)
    if len(held.first) <= length:
        return None
    return replace(_asked("shortened", held), first=held.first[:length], middle="")


def typed_wrong(held: Held, random: Random) -> Asked | None:
    """One letter of the last name."""
    last = mistyped(held.last, random)
    return None if last is None else replace(_asked("typed_wrong", held), last=last)


def both_typed_wrong(held: Held, random: Random) -> Asked | None:
    """One letter of the last name and one of the first."""
    last, first = mistyped(held.last, random), mistyped(held.first, random)
    if last is None or first is None:
        return None
    return replace(_asked("both_typed_wrong", held), last=last, first=first)


def surname_form(held: Held, random: Random) -> Asked | None:
    """One of two surnames, both in one word, joined otherwise or turned around; no particle."""
    parts = held.last.replace("-", " ").split()
    if len(parts) < 2:
        return None
    forms = [
        parts[-1] if len(parts[0]) <= 3 else parts[0],
        parts[-1],
        "".join(parts),
        " ".join(parts) if "-" in held.last else "-".join(parts),
        " ".join(reversed(parts)) if min(map(len, parts)) > 3 else parts[-1],
    ]
    last = random.choice([form for form in forms if form != held.last and len(form) > 3] or [""])
    return replace(_asked("surname_form", held), last=last, middle="") if last else None


def wrong_day(held: Held, random: Random) -> Asked | None:
    """Another day of the same month."""
    year, month, day = held.born
    other = random.choice([each for each in range(1, 29) if each != day])
    return replace(_asked("wrong_day", held), born=(year, month, other))


def day_and_month_swapped(held: Held, random: Random) -> Asked | None:
    """The day taken for the month."""
    year, month, day = held.born
    if day > 12 or day == month:
        return None
    return replace(_asked("day_and_month_swapped", held), born=(year, day, month))


def wrong_date_and_typed_wrong(held: Held, random: Random) -> Asked | None:
    """One part of the date is another one, and a letter of the last name too."""
    last = mistyped(held.last, random)
    if last is None:
        return None
    year, month, day = held.born
    born = random.choice(
        [(year - 1, month, day), (year + 1, month, day), (year, month % 12 + 1, min(day, 28))]
    )
    return replace(_asked("wrong_date_and_typed_wrong", held), last=last, born=born)


CLASSES: Mapping[str, Callable[[Held, Random], Asked | None]] = {
    rule.__name__: rule
    for rule in (
        exact,
        alias,
        swapped,
        without_middle,
        by_ear,
        shortened,
        typed_wrong,
        both_typed_wrong,
        surname_form,
        wrong_day,
        day_and_month_swapped,
        wrong_date_and_typed_wrong,
    )
}
# In these the date is what differs, so it is always typed.
WITH_DATE = {"wrong_day", "day_and_month_swapped", "wrong_date_and_typed_wrong"}
# Of the others, one in so many is asked without a date of birth.
WITHOUT_DATE = 4


def undated(asked: Asked) -> Asked:
    """The same without a date of birth."""
    return replace(asked, born=None)


def mistyped(text: str, random: Random) -> str | None:
    """*text* with one letter wrong: another, one more, one less, or two turned around.

    None where no word is long enough, or where nothing has changed.
    """
    words = text.split(" ")
    usable = [place for place, word in enumerate(words) if len(word) >= SHORTEST_TYPED_WRONG]
    if not usable:
        return None
    which = random.choice(usable)
    word = words[which]
    place = random.randrange(len(word))
    shape = random.randrange(4)
    if shape == 0:
        wrong = word[:place] + random.choice(_BESIDE.get(word[place], "E")) + word[place + 1 :]
    elif shape == 1:
        wrong = word[:place] + word[place + 1 :]
    elif shape == 2:
        wrong = word[:place] + random.choice(_BESIDE.get(word[place], "E")) + word[place:]
    else:
        place = min(place, len(word) - 2)
        wrong = word[:place] + word[place + 1] + word[place] + word[place + 2 :]
    words[which] = wrong
    return " ".join(words) if wrong != word else None


def _heard(text: str, random: Random) -> str | None:
    fitting = [(old, new) for old, new in BY_EAR if old in text]
    if not fitting:
        return None
    old, new = random.choice(fitting)
    return text.replace(old, new, 1)


def _asked(kind: str, held: Held) -> Asked:
    return Asked(kind, held.individual_id, held.last, held.first, held.middle, held.born)


def is_a_date(born: Born) -> bool:
    """Whether there is such a day."""
    try:
        date(*born)
    except ValueError:
        return False
    return True
