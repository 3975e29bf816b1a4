"""How names are given in each tradition: how many parts, in which order, how common."""

from bisect import bisect
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from itertools import accumulate, product
from random import Random

from acrime.demo.people.places import ORIGINS, Origin
from acrime.demo.people.words import WORDS

# So many rare surnames are made in a tradition that has them.
RARE = 24_000
# How often the name at a place of its list occurs: 1 / (place + FLATTER) ** STEEPNESS.
SURNAME_STEEPNESS, SURNAME_FLATTER = 0.95, 4.0
GIVEN_STEEPNESS, GIVEN_FLATTER = 0.7, 3.0
# How many of a hundred people belong to each tradition.
SHARES = {
    "SPANISH": 38,
    "ARABIC": 10,
    "CHINESE": 7,
    "VIETNAMESE": 3,
    "SLAVIC": 6,
    "SOUTH_ASIAN": 9,
    "WEST_AFRICAN": 6,
    "HAITIAN": 6,
    "PORTUGUESE": 6,
    "ENGLISH": 9,
}
SUFFIXES = ("JR", "SR", "II", "III")
VIETNAMESE_MIDDLES = {False: ("VAN", "HUU", "DUC", "QUOC", "MINH"), True: ("THI", "NGOC", "KIM")}
ARABIC_PARTICLES = ("AL-", "EL-", "AL ", "EL ", "BIN ", "ABU ", "AL", "EL")
PORTUGUESE_PARTICLES = ("DA ", "DOS ", "DE ", "DO ")


@dataclass(frozen=True)
class Name:
    """A name as it is received."""

    last: str
    first: str = ""
    middle: str = ""
    suffix: str = ""


class Skewed:
    """Draws from a list in which the first is the most common."""

    def __init__(self, values: Sequence[str], *, steepness: float, flatter: float) -> None:
        self.values = values
        weights = (1 / (place + flatter) ** steepness for place in range(len(values)))
        self._sums = list(accumulate(weights))

    def draw(self, random: Random) -> str:
        """One of the values."""
        return self.values[bisect(self._sums, random.random() * self._sums[-1])]


@dataclass(frozen=True)
class Tradition:
    """How people of one part of the world are named."""

    code: str
    surnames: Skewed
    men: Skewed
    women: Skewed
    origins: tuple[Origin, ...]

    def surname(self, random: Random) -> str:
        """A single surname, with its particle."""
        name = self.surnames.draw(random)
        if self.code == "ARABIC" and random.random() < 0.4:
            return random.choice(ARABIC_PARTICLES) + name
        if self.code == "PORTUGUESE" and random.random() < 0.25:
            return random.choice(PORTUGUESE_PARTICLES) + name
        if self.code == "ENGLISH" and random.random() < 0.02:
            return f"{name}-{self.surnames.draw(random)}"
        return name

    def given(self, random: Random, *, woman: bool) -> str:
        """A first name."""
        names = self.women if woman else self.men
        first = names.draw(random)
        if self.code == "CHINESE" and random.random() < 0.75:
            second = names.draw(random).lower()
            shape = random.random()
            joined = first + ("" if shape < 0.7 else "-" if shape < 0.8 else " ") + second
            return joined.upper()
        return first

    def middle(self, random: Random, *, woman: bool) -> str:
        """What stands between, or nothing."""
        draw = random.random()
        if self.code == "VIETNAMESE":
            return random.choice(VIETNAMESE_MIDDLES[woman]) if draw < 0.85 else ""
        if self.code in ("CHINESE", "SLAVIC"):
            return ""
        if self.code in ("ARABIC", "SOUTH_ASIAN", "WEST_AFRICAN"):
            return self.men.draw(random) if draw < 0.35 else ""
        if draw < 0.45:
            name = (self.women if woman else self.men).draw(random)
            return name if draw < 0.33 else name[0]
        return ""

    def family(self, random: Random) -> str:
        """The surname, or surnames, that a household shares."""
        first = self.surname(random)
        draw = random.random()
        if self.code == "SPANISH" and draw < 0.72:
            return f"{first}{'-' if draw < 0.05 else ' '}{self.surnames.draw(random)}"
        if self.code == "PORTUGUESE" and draw < 0.5:
            return f"{self.surnames.draw(random)} {first}"
        return first

    def in_family(self, family: str, *, woman: bool) -> str:
        """*family* as a man or a woman bears it."""
        if self.code == "SLAVIC" and woman:
            if family.endswith(("OV", "EV", "IN")):
                return f"{family}A"
            if family.endswith(("SKI", "SKY")):
                return f"{family[:-1]}A" if family.endswith("I") else f"{family[:-1]}AYA"
        return family


@cache
def traditions() -> tuple[Tradition, ...]:
    """Every tradition, in the order of ``SHARES``. Made once: rare surnames take a moment."""
    return tuple(_tradition(code) for code in SHARES)


def _tradition(code: str) -> Tradition:
    words = WORDS[code]
    return Tradition(
        code=code,
        surnames=Skewed(
            [*words.families, *_rare(code)], steepness=SURNAME_STEEPNESS, flatter=SURNAME_FLATTER
        ),
        men=Skewed(words.men, steepness=GIVEN_STEEPNESS, flatter=GIVEN_FLATTER),
        women=Skewed(words.women, steepness=GIVEN_STEEPNESS, flatter=GIVEN_FLATTER),
        origins=ORIGINS[code],
    )


def _rare(code: str) -> list[str]:
    """Surnames made of parts, in an order that is always the same."""
    words = WORDS[code]
    made = {"".join(parts) for parts in product(*words.rare)}
    made |= {first + last for first, last in product(words.rare[0], words.rare[2])}
    usable = sorted(name for name in made - set(words.families) if len(name) > 3)
    Random(code).shuffle(usable)  # noqa: S311
    return usable[:RARE]
