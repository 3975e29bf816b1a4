"""What is looked for. Pure."""

from dataclasses import dataclass, replace

from acrime.individuals.finding.names import NameForms, forms_of
from acrime.individuals.finding.nicknames import also_called

# Ways of writing the name that are compared letter by letter, and words that open it.
MOST_SPELLINGS = 4
MOST_WORDS = 10

Name = tuple[str, str, str]


@dataclass(frozen=True)
class Wanted:
    """Whom somebody looks for. What is not known is blank.

    Attributes:
        last: with ``first`` and ``middle`` blank it is a whole name whose parts are not told
            apart.
        born: a date of birth as in ``names.born_code``, 0 where none is known.
        birth_place: as written, in whatever code system.
        numbers: pairs of ``IdentifierKind`` and number as written; one number may stand
            there under several kinds.
        other_names: (last, first, middle) of further names of the person.
    """

    last: str = ""
    first: str = ""
    middle: str = ""
    born: int = 0
    sex: str = ""
    birth_place: str = ""
    address: str = ""
    numbers: tuple[tuple[str, str], ...] = ()
    other_names: tuple[Name, ...] = ()

    @property
    def names(self) -> tuple[Name, ...]:
        """All names asked for, the main one first."""
        return ((self.last, self.first, self.middle), *self.other_names)

    @property
    def has_name(self) -> bool:
        """Whether any name asked for can be found by."""
        return any(forms_of(*name) for name in self.names)

    def only_number(self, kind: str) -> "Wanted":
        """The same without numbers of other kinds."""
        return replace(self, numbers=tuple(each for each in self.numbers if each[0] == kind))


@dataclass(frozen=True)
class Spellings:
    """The name of a search, ready for the index.

    Attributes:
        lines: what is compared letter by letter; nicknames written out.
        words: what opens a name in the index, nicknames and whole forms included.
        typed: the words as asked, each of which may be misspelled.
        whole: the words of the main name, that a name found may have all.
    """

    lines: tuple[str, ...]
    words: tuple[str, ...]
    typed: tuple[str, ...]
    whole: tuple[str, ...]


def spellings_of(wanted: Wanted) -> Spellings:
    """The ways in which the name of *wanted* may stand in the index."""
    forms = [form for name in wanted.names if (form := forms_of(*name))]
    lines = [line for form in forms for line in _lines(form)]
    typed = [word for form in forms for word in form.tokens]
    words = [*typed, *(other for word in typed for other in also_called(word))]
    return Spellings(
        tuple(dict.fromkeys(lines))[:MOST_SPELLINGS],
        tuple(dict.fromkeys(words))[:MOST_WORDS],
        tuple(dict.fromkeys(typed))[:MOST_WORDS],
        tuple(word for word in lines[0].split() if len(word) > 1) if lines else (),
    )


def _lines(form: NameForms) -> list[str]:
    """The name, and the name with each nickname in it as its whole form and the reverse."""
    words = form.full.split()
    lines = [form.full]
    for place, word in enumerate(words):
        for other in also_called(word)[:2]:
            lines.append(" ".join([*words[:place], other, *words[place + 1 :]]))
    return lines
