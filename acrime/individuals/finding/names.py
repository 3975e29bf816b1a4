"""The forms in which names are found. Pure.

A name is kept as it came; here it becomes words of the letters A to Z. Both sides of a search
pass through the same forms, so that what two customs write differently comes out alike:
accents and other scripts, ``O'BRIEN`` and ``OBRIEN``, ``AL-HASSAN`` and ``HASSAN``,
``DE LA CRUZ`` and ``DELACRUZ``, ``GARCIA-LOPEZ`` and ``GARCIA LOPEZ``.
"""

import re
import unicodedata
from dataclasses import dataclass
from functools import lru_cache

from anyascii import anyascii

# The words of one part of a name that are looked at, and the letters of one word.
MOST_WORDS = 12
LONGEST_WORD = 60

# Words before a surname that some write and others leave out.
_PARTICLE = re.compile(
    "AF|AL|AP|AV|BEN|BIN|BINTE?|DA|DAL|DAS|DE|DEL|DELA|DELLA|DELOS|DEN|DER|DES|DI|DO|DOS|DU|E|EL|"
    "IBN|LA|LAS|LE|LES|LO|LOS|TE|TEN|TER|VAN|VANDEN|VANDER|VON|VOM|Y|ZU|ZUR"
)
# Beginnings of a name that some write apart, and that belong to it.
_BEGINNING = re.compile("FITZ|MA?C|O")
# Particles in one word with what follows, longest first, where that leaves a name.
_JOINED = re.compile(
    r"(?:DELOS|DELAS|DELLA|DELA|DEL|VANDER|VANDEN|VANDE|ABDUR|ABDUL|ABDEL|ABDAL|ABDOUL)([A-Z]{4,})"
)
_SUFFIX = re.compile("JN?R|JUNIOR|SN?R|SENIOR|III?|IV|2ND|3RD|4TH")
# Within a word: O'Brien, N'Diaye, and the marks that some keyboards give instead.
_INSIDE_A_WORD = re.compile(r"(?<=\w)['`´‘’ʻʼʹʿʾ＇](?=\w)")
_WORD = re.compile(r"[A-Z0-9]+")
_DIGITS = re.compile(r"[0-9]+")
# Characters that stand for whole words of their own.
_IDEOGRAPH = re.compile("([\u3400-\u9fff\uf900-\ufaff\U00020000-\U0003ffff])")
# What the FBI fills in where a state sent no name.
_PLACEHOLDER = ["CPI"]


@dataclass(frozen=True)
class NameForms:
    """A name as it is found.

    Attributes:
        full: the words of last, first and middle name in one line and without particles,
            for comparing letter by letter.
        tokens: the words that open the name, each once, those of joined spellings included.
    """

    full: str
    tokens: tuple[str, ...]

    def __bool__(self) -> bool:
        return bool(self.tokens)


NOBODY = NameForms("", ())


# The same few names are compared again and again within a search.
@lru_cache(maxsize=512)
def forms_of(last: str, first: str, middle: str = "", suffix: str = "") -> NameForms:
    """The forms of a name. A placeholder has none, and neither has what holds no letter.

    ``suffix`` opens nothing: senders leave it out as often as they send it.
    """
    parts = [words_of(part) for part in (last, first, middle)]
    if parts[0] == parts[1] == _PLACEHOLDER:
        return NOBODY
    full: list[str] = []
    tokens: list[str] = []
    for part in parts:
        bare, joined = _without_particles(part)
        full += bare
        tokens += bare + joined
    # An initial opens nothing, unless it is all there is.
    tokens = [token for token in tokens if len(token) > 1] or tokens
    return NameForms(" ".join(full), tuple(dict.fromkeys(tokens)))


def words_of(text: str) -> list[str]:
    """The words of a part of a name, without generation suffixes at its end."""
    words = _WORD.findall(_in_ascii(text).upper().replace("'", "").replace("`", ""))
    while len(words) > 1 and _SUFFIX.fullmatch(words[-1]):
        words.pop()
    letters = (_DIGITS.sub("", word) for word in words)
    return [word[:LONGEST_WORD] for word in letters if word][:MOST_WORDS]


def _in_ascii(text: str) -> str:
    """*text* in the letters that names are found by, marks within words left out."""
    if text.isascii():
        return _INSIDE_A_WORD.sub("", text)
    plain = unicodedata.normalize("NFKC", text)
    # Marks of direction are no letters; other scripts' vowel signs are.
    plain = "".join(each for each in plain if unicodedata.category(each) != "Cf")
    return anyascii(_IDEOGRAPH.sub(r" \1 ", _INSIDE_A_WORD.sub("", plain)))


def _without_particles(words: list[str]) -> tuple[list[str], list[str]]:
    """The words that carry a part of a name, and the spellings that join particles to them."""
    bare: list[str] = []
    joined: list[str] = []
    particles = beginning = ""
    for place, word in enumerate(words):
        is_last = place == len(words) - 1
        if _BEGINNING.fullmatch(word) and not is_last:
            beginning = word
            continue
        if _PARTICLE.fullmatch(word) and not beginning:
            particles += word
            continue
        whole = beginning + word
        inner = _JOINED.fullmatch(whole)
        if particles or inner:
            joined.append(particles + whole)
        bare.append(inner[1] if inner else whole)
        particles = beginning = ""
    # Le, Van, Do and Bin are names of their own too.
    return (bare, joined) if bare else (words, [])


def born_code(year: int, month: int | None = None, day: int | None = None) -> int:
    """A date of birth as a number: 19790415, with 00 for a part that is not known."""
    return year * 10000 + (month or 0) * 100 + (day or 0)
