"""What is meant by a line in the search box: a name, a date of birth, numbers. Pure."""

import re
import unicodedata
from dataclasses import dataclass
from datetime import date

from acrime.individuals.finding.names import born_code, forms_of
from acrime.individuals.finding.numbers import problem_of, recognised
from acrime.individuals.finding.wanted import Wanted

LONGEST = 200
EARLIEST_YEAR = 1880

# Whole or shortened, and nothing like Maria or Augusto.
_MONTHS = (
    "JAN(?:UARY)?|FEB(?:RUARY)?|MAR(?:CH)?|APR(?:IL)?|MAY|JUNE?|JULY?|AUG(?:UST)?|"
    "SEPT?(?:EMBER)?|OCT(?:OBER)?|NOV(?:EMBER)?|DEC(?:EMBER)?"
)
_MONTH = rf"(?:{_MONTHS})\.?"
_ORDER = [each[:3] for each in _MONTHS.split("|")]
_EDGE = r"(?<![\w-]){}(?![\w-])"
# The year first, with or without month and day; then the American order; then with a word.
_DATES = (
    re.compile(_EDGE.format(r"(?P<y>[0-9]{4})[-/.](?P<m>[0-9]{1,2})(?:[-/.](?P<d>[0-9]{1,2}))?")),
    re.compile(_EDGE.format(r"(?P<m>[0-9]{1,2})[/.-](?P<d>[0-9]{1,2})[/.-](?P<y>[0-9]{4})")),
    re.compile(
        _EDGE.format(rf"(?P<w>{_MONTH})\s+(?P<d>[0-9]{{1,2}})(?:\s*,\s*|\s+)(?P<y>[0-9]{{4}})"),
        re.IGNORECASE,
    ),
    re.compile(
        _EDGE.format(rf"(?P<d>[0-9]{{1,2}})[\s-]+(?P<w>{_MONTH})[\s-]+(?P<y>[0-9]{{4}})"),
        re.IGNORECASE,
    ),
    re.compile(
        # After a comma it is a first name: April, May, June.
        r"(?<!,)(?<!, )" + _EDGE.format(rf"(?P<w>{_MONTH})[\s-]+(?P<y>[0-9]{{4}})"),
        re.IGNORECASE,
    ),
)
_YEAR = re.compile(_EDGE.format(r"(?P<y>(?:18|19|20)[0-9]{2})"))
# A number with the spaces and hyphens that people write it with.
_SPACED = re.compile(r"(?:[A-Za-z]{1,3}[ -]?)?[0-9][0-9 -]*[0-9]")

NOTHING = "Enter a name, a date of birth or a number."
TOO_LONG = f"Enter at most {LONGEST} characters."
NO_SUCH_DAY = "There is no such day. Write a date of birth as 1980-04-12, 1980-04 or 1980."
NOT_ENOUGH = "Enter more than one letter of a name."
YEAR_ALONE = "Add a name: a year or a month of birth alone meets too many people."
WILDCARDS = "Wildcards are not needed: names that are spelled nearly so are found too."
NO_NUMBER = "Enter the whole number, with letters and digits."
MANY_NUMBERS = "Enter at most five numbers."
_MOST_NUMBERS = 5


@dataclass(frozen=True)
class Read:
    """What a line was read as.

    Attributes:
        notes: what is to be said beside the answer.
        error: why nothing can be looked for, or blank.
    """

    wanted: Wanted
    notes: tuple[str, ...] = ()
    error: str = ""


def read_box(text: str, *, today: date) -> Read:
    """Read a line such as ``Garcia Lopez, Maria 1980-04-12`` or ``A099000301``."""
    if len(text) > LONGEST:
        return _refused(TOO_LONG)
    line = plain(text)
    wildcards = any(each in line for each in "*%?_")
    line = " ".join(re.sub(r"[*%?_]", " ", line).split())
    notes = [WILDCARDS] if wildcards else []
    if not line:
        return _refused(WILDCARDS if wildcards else NOTHING)
    born, line, error = _date_in(line, today)
    if error:
        return _refused(error)
    numbers, line, more = _numbers_in(line)
    if len({number for _, number in numbers}) > _MOST_NUMBERS:
        return _refused(MANY_NUMBERS)
    notes += more
    last, first, middle = _name(line)
    wanted = Wanted(last=last, first=first, middle=middle, born=born, numbers=numbers)
    return Read(wanted, tuple(notes), "" if notes and numbers else insufficient(wanted, line))


def read_parts(*, name: str, born: str, number: str, kind: str, today: date) -> Read:
    """The same from parts: ``LAST, FIRST MIDDLE``, ``1980-04-12`` or less of it, a number.

    Args:
        kind: of the number; blank where any it may be is meant.
    """
    code = 0
    if born:
        found = _PARTIAL.fullmatch(born.strip())
        parts = found.groups(default="") if found else ("0", "", "")
        code = born_of(*parts, today=today) or 0
        if not code:
            return _refused(NO_SUCH_DAY)
    numbers, notes = _numbers_of(number, kind)
    if number and not numbers:
        return _refused(" ".join(notes))
    last, first, middle = _name(plain(name))
    wanted = Wanted(last=last, first=first, middle=middle, born=code, numbers=numbers)
    return Read(wanted, notes, insufficient(wanted, name))


_PARTIAL = re.compile(r"([0-9]{4})(?:-([0-9]{2})(?:-([0-9]{2}))?)?")


def _numbers_of(number: str, kind: str) -> tuple[tuple[tuple[str, str], ...], tuple[str, ...]]:
    """A number under its kind, or under each it may be, and what is to be said of it."""
    if not number:
        return (), ()
    if kind:
        problem = problem_of(kind, number)
        return ((), (problem,)) if problem else (((kind, number),), ())
    seen = recognised(number)
    kinds = tuple((each.value, number) for each in seen.kinds)
    return kinds, seen.notes or (() if kinds else (NO_NUMBER,))


def _name(line: str) -> tuple[str, str, str]:
    last, _, given = line.partition(",")
    first, _, middle = given.strip().partition(" ")
    return last.strip(), first, middle.strip()


def insufficient(wanted: Wanted, typed: str) -> str:
    """Why *wanted* is too little to look for, or blank. ``typed`` is what is left as a name."""
    forms = [form for name in wanted.names if (form := forms_of(*name))]
    if forms and max(len(word) for form in forms for word in form.tokens) < 2:
        return NOT_ENOUGH
    if forms or wanted.numbers or wanted.address:
        return ""
    if typed.strip():
        return NOTHING
    if wanted.born:
        return "" if wanted.born % 100 else YEAR_ALONE
    return NOTHING


def plain(text: str) -> str:
    """*text* without control characters and marks of direction, in one line."""
    kept = (" " if unicodedata.category(each) in {"Cc", "Zl", "Zp"} else each for each in text)
    return "".join(each for each in kept if unicodedata.category(each) not in {"Cf", "Cs", "Co"})


def born_of(year: str, month: str, day: str, *, today: date) -> int | None:
    """The date of birth of these digits, the later ones blank where not known; None if none.

    A month above 12 beside a day that can be one is taken the other way round.
    """
    y, m, d = (int(part) if part else 0 for part in (year, month, day))
    if m > 12 >= d > 0:
        m, d = d, m
    try:
        born = date(y, m or 1, d or 1)
    except ValueError:
        return None
    if (day and not d) or (month and not m) or (d and not m):
        return None
    return born_code(y, m, d) if y >= EARLIEST_YEAR and born <= today else None


def _date_in(line: str, today: date) -> tuple[int, str, str]:
    """The date in a line, the rest of it, and what is wrong with the date."""
    for shape in (*_DATES, _YEAR):
        found = shape.search(line)
        if found is None:
            continue
        parts = found.groupdict()
        # A line that is four digits and nothing else may be a number.
        if shape is _YEAR and not re.search(r"[^\W\d]", line):
            continue
        month = parts.get("m") or ""
        if word := parts.get("w"):
            month = str(_ORDER.index(word[:3].upper()) + 1)
        born = born_of(parts["y"], month, parts.get("d") or "", today=today)
        rest = f"{line[: found.start()]} {line[found.end() :]}"
        return born or 0, " ".join(rest.split()), "" if born else NO_SUCH_DAY
    return 0, line, ""


def _numbers_in(line: str) -> tuple[tuple[tuple[str, str], ...], str, list[str]]:
    """Each number of the line under every kind it may be, the rest, and what is to be said."""
    whole = line.strip(" ,")
    words = [whole] if _SPACED.fullmatch(whole) else line.split()
    found: list[tuple[str, str]] = []
    notes: list[str] = []
    rest: list[str] = []
    for word in words:
        number = word.strip(",;.#:")
        if not any(each.isdigit() for each in number):
            rest.append(word)
            continue
        seen = recognised(number)
        found += [(kind.value, number) for kind in seen.kinds]
        notes += seen.notes
        if not seen.kinds and not seen.notes:
            rest.append(word)
    return tuple(dict.fromkeys(found)), " ".join(rest), notes


def _refused(error: str) -> Read:
    return Read(Wanted(), error=error)
