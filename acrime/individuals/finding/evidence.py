"""Why somebody was found, in words that a person can check. Pure."""

from dataclasses import dataclass
from difflib import SequenceMatcher

from acrime.individuals.choices import IdentifierKind, NameKind
from acrime.individuals.finding.names import forms_of
from acrime.individuals.finding.nicknames import also_called
from acrime.individuals.finding.wanted import Name, Wanted

# Words that are this much alike are one word spelled in two ways.
_ALIKE = 0.6


@dataclass(frozen=True)
class Held:
    """What is held of a person.

    Attributes:
        names: kind, last, first and middle name, as received.
        born: dates as in ``names.born_code``.
        same_numbers: kinds of the numbers that are those asked for.
        number_kinds: kinds of all numbers.
    """

    names: tuple[tuple[str, str, str, str], ...]
    born: tuple[int, ...] = ()
    sex: str = ""
    birth_places: tuple[str, ...] = ()
    addresses: tuple[str, ...] = ()
    same_numbers: tuple[str, ...] = ()
    number_kinds: tuple[str, ...] = ()


def reasons_of(wanted: Wanted, held: Held) -> tuple[str, ...]:
    """What speaks for the person, and what against: numbers, name, date and place of birth."""
    reasons = _numbers(wanted, held)
    if wanted.has_name:
        reasons += _best_name(wanted, held)
    if wanted.born:
        reasons.append(_birth(wanted.born, held.born))
    if wanted.birth_place:
        reasons.append(_place(wanted.birth_place, held.birth_places))
    if wanted.address:
        asked = set(wanted.address.upper().replace(",", " ").split())
        lines = [set(line.upper().replace(",", " ").split()) for line in held.addresses]
        fits = any(asked <= line for line in lines)
        reasons.append("The address fits" if fits else "The address is not recorded")
    if wanted.sex and held.sex and wanted.sex != held.sex:
        reasons.append("Sex is recorded differently")
    return tuple(reasons)


def _numbers(wanted: Wanted, held: Held) -> list[str]:
    same = dict.fromkeys(held.same_numbers)
    reasons = [f"Same {IdentifierKind(kind).label}" for kind in same]
    # A number that might be of several kinds says nothing against whoever lacks one of them.
    texts = [text for _, text in wanted.numbers]
    for kind, text in wanted.numbers:
        if texts.count(text) == 1 and kind in held.number_kinds and kind not in same:
            reasons.append(f"Another {IdentifierKind(kind).label} is recorded")
    return reasons


def _best_name(wanted: Wanted, held: Held) -> list[str]:
    """What the name that is most alike says."""
    found = [
        (_distance(told), place, told, alias)
        for place, (kind, *parts) in enumerate(held.names)
        for asked in wanted.names
        if forms_of(*asked)
        for told in [compared(asked, (parts[0], parts[1], parts[2]))]
        for alias in [_shown(parts) if kind == NameKind.ALIAS else ""]
    ]
    if not found:
        return []
    _, _, told, alias = min(found, key=lambda each: each[:2])
    return [f"Matches the alias {alias}", *told] if alias else told


def _shown(parts: list[str]) -> str:
    last, *given = parts
    first = " ".join(part for part in given if part)
    return f"{last}, {first}" if first else last


def _distance(told: list[str]) -> int:
    """How much of a name differs, to choose the one that says most."""
    weights = {
        "Same name": 0,
        "Same name, with a middle name on one side only": 1,
        "First and last name swapped": 2,
    }
    return sum(
        weights.get(each, 20 if "is another" in each else 4 if "spelled" in each else 3)
        for each in told
    )


def compared(asked: Name, held: Name) -> list[str]:
    """How a name held differs from the one asked; parts that are the same are passed over."""
    if not any(asked[1:]):
        return _unparted(asked, held)
    parts = [_words(*asked), _words(*held)]
    (last, first, middle), (held_last, held_first, held_middle) = parts
    if (last, first) != (held_last, held_first) and (last == held_first or first == held_last):
        swapped = _parts(first, last, held_last, held_first)
        if not any("is another" in each for each in swapped):
            return ["First and last name swapped", *swapped]
    told = _parts(last, first, held_last, held_first)
    if not told and (not middle or not held_middle) and middle != held_middle:
        return ["Same name, with a middle name on one side only"]
    if middle and held_middle and middle != held_middle:
        told += _part("middle", middle, held_middle) or []
    return told or ["Same name"]


def _parts(last: str, first: str, held_last: str, held_first: str) -> list[str]:
    told = _part("last", last, held_last)
    if first:
        told += _part("first", first, held_first)
    return told


def _words(last: str, first: str, middle: str) -> tuple[str, str, str]:
    return forms_of(last, "").full, forms_of(first, "").full, forms_of(middle, "").full


def _unparted(asked: Name, held: Name) -> list[str]:
    """The same for words of which nobody said what they are."""
    words, known = forms_of(*asked).full.split(), forms_of(*held).full.split()
    last = forms_of(held[0], "").full.split()
    if sorted(words) == sorted(known):
        return ["Same name"]
    if words == last:
        return ["Same last name"]
    left = [word for word in known if word not in words]
    told: list[str] = []
    for word in words:
        if word in known:
            continue
        near = max(left, key=lambda each: _ratio(word, each), default="")
        told += _part("name", word, near, whole=True) if near else [f"{word} is another name"]
    return told or ["Every word asked is part of the name"]


def _part(which: str, asked: str, held: str, *, whole: bool = False) -> list[str]:
    """How one part of a name differs, if it does."""
    name = asked if whole else f"the {which} name"
    start = name if whole else name[0].upper() + name[1:]
    if asked == held:
        return []
    if not held:
        return [f"{start} is not recorded"]
    one, two = asked.split(), held.split()
    if set(one) < set(two) or set(two) < set(one):
        fewer = "asked" if len(one) < len(two) else "recorded"
        return [f"{start} is {fewer} with fewer words"]
    if sorted(one) == sorted(two):
        return [f"The words of {name} are in another order"]
    if "".join(one) == "".join(two):
        return [f"{start} is written in one word and in two"]
    if _one_letter(asked, held):
        return [f"One letter differs in {name}"]
    if held in also_called(asked):
        return [f"{held} is another form of {asked}"]
    if held.startswith(asked):
        return [f"{start} is asked in a shorter form ({held})"]
    if asked.startswith(held):
        return [f"{start} is recorded in a shorter form ({held})"]
    if _ratio(asked, held) >= _ALIKE:
        return [f"{start} is spelled differently ({held})"]
    return [f"{start} is another ({held})"]


def _ratio(one: str, two: str) -> float:
    return SequenceMatcher(None, one, two, autojunk=False).ratio()


def _one_letter(one: str, two: str) -> bool:
    """Whether a letter is missing, added or another, or two neighbours changed places."""
    if len(one) > len(two):
        one, two = two, one
    if len(two) - len(one) > 1:
        return False
    start = next((at for at, (a, b) in enumerate(zip(one, two, strict=False)) if a != b), len(one))
    if len(one) < len(two):
        return one[start:] == two[start + 1 :]
    swapped = one[start + 1 : start + 2] + one[start : start + 1]
    return one[start + 1 :] == two[start + 1 :] or (
        swapped == two[start : start + 2] and one[start + 2 :] == two[start + 2 :]
    )


def _birth(asked: int, held: tuple[int, ...]) -> str:
    """How the date held that is nearest stands to the one asked."""
    return min((_date(asked, born) for born in held), default=(9, "No date of birth is recorded"))[
        1
    ]


def _date(asked: int, held: int) -> tuple[int, str]:
    (year, month, day), (held_year, held_month, held_day) = _split(asked), _split(held)
    if asked == held:
        return 0, "Same date of birth" if day else "Same date of birth, as far as it is known"
    if day and held_day and (year, month, day) == (held_year, held_day, held_month):
        return 1, "Date of birth swaps day and month"
    partial = not (day and held_day)
    if partial and (year, month) == (held_year, held_month):
        return 2, "Same month and year of birth"
    if partial and year == held_year and not (month and held_month):
        return 3, "Same year of birth"
    differ = [
        name
        for name, one, two in (
            ("year", year, held_year),
            ("month", month, held_month),
            ("day", day, held_day),
        )
        if one != two
    ]
    if not partial and len(differ) == 1:
        return 4, f"Only the {differ[0]} of birth differs"
    if year == held_year:
        return 5, "Same year of birth, another day"
    return 6, "Another date of birth is recorded"


def _split(born: int) -> tuple[int, int, int]:
    return born // 10000, born // 100 % 100, born % 100


def _place(asked: str, held: tuple[str, ...]) -> str:
    if not held:
        return "No place of birth is recorded"
    same = asked.strip().upper() in {each.upper() for each in held}
    return "Same place of birth" if same else "Another place of birth is recorded"
