"""Reading a list of passings: one a line, with what is wrong said for each line."""

import csv
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime

from accounts.models import Course, User

MOST_LINES = 500
MOST_CHARACTERS = 100_000
COLUMNS = ("user name", "course", "date", "evidence")
_DATE_FORMATS = ("%Y-%m-%d", "%m/%d/%Y")
_LONGEST_EVIDENCE = 120


@dataclass(frozen=True)
class Passing:
    """That somebody passed a course on a day, and where that can be looked up."""

    user: User
    course: Course
    passed_on: date
    evidence: str


@dataclass(frozen=True)
class Line:
    """One line as read.

    Attributes:
        number: counted from 1, as in the file.
        cells: what stood there.
        errors: what is wrong, in words; empty where nothing is.
        passing: what it says, where nothing is wrong.
    """

    number: int
    cells: tuple[str, ...]
    errors: tuple[str, ...]
    passing: Passing | None


def read_lines(
    text: str,
    *,
    people: Mapping[str, User],
    courses: Mapping[str, Course],
    known: frozenset[tuple[int, int, date]],
    actor: User,
    today: date,
) -> list[Line]:
    """Every line of *text* but blank ones and a first line of headings.

    Args:
        text: comma- or tab-separated; spreadsheets paste tabs.
        people: by user name in lower case.
        courses: by code.
        known: person, course and day of what is on record.
        actor: who would record it; never their own.
        today: no day after it is taken.
    """
    delimiter = "\t" if "\t" in text.partition("\n")[0] else ","
    seen = set(known)
    lines = []
    for number, row in enumerate(csv.reader(text.splitlines(), delimiter=delimiter), start=1):
        cells = tuple(cell.strip() for cell in row)
        if not any(cells) or (number == 1 and cells[0].lower() in ("user name", "user", "name")):
            continue
        passing, errors = _read(cells, people, courses, actor, today)
        if passing is not None:
            key = (passing.user.pk, passing.course.pk, passing.passed_on)
            if key in seen:
                passing, errors = None, ["This passing is on record, or stands above."]
            seen.add(key)
        lines.append(Line(number, cells, tuple(errors), passing))
    return lines


def _read(
    cells: tuple[str, ...],
    people: Mapping[str, User],
    courses: Mapping[str, Course],
    actor: User,
    today: date,
) -> tuple[Passing | None, list[str]]:
    if len(cells) != len(COLUMNS):
        return None, [f"Write four columns: {', '.join(COLUMNS)}."]
    name, code, day, evidence = cells
    user, course, passed_on = people.get(name.lower()), courses.get(code.upper()), day_of(day)
    errors = []
    if user is None:
        errors.append("There is no account with that user name.")
    elif user.pk == actor.pk:
        errors.append("Nobody records their own training.")
    if course is None:
        errors.append(f"There is no such course; the courses are {', '.join(courses)}.")
    if passed_on is None:
        errors.append("Write the date as 2026-11-20 or 11/20/2026.")
    elif passed_on > today:
        errors.append("The day lies in the future.")
    if not evidence:
        errors.append("Say where the passing can be looked up.")
    elif len(evidence) > _LONGEST_EVIDENCE:
        errors.append(f"The evidence is longer than {_LONGEST_EVIDENCE} characters.")
    if errors or user is None or course is None or passed_on is None:
        return None, errors
    return Passing(user, course, passed_on, evidence), []


def day_of(text: str) -> date | None:
    """The day written as 2026-11-20 or 11/20/2026; None for anything else."""
    for layout in _DATE_FORMATS:
        try:
            return datetime.strptime(text, layout).date()  # noqa: DTZ007  # a day has no zone
        except ValueError:
            continue
    return None
