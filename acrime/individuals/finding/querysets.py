"""The one door to finding people."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.db import connection

from accounts.models import User
from acrime.common.pages import PAGE_SIZE
from acrime.common.sealed import lookup_digest
from acrime.individuals.finding.evidence import Held, reasons_of
from acrime.individuals.finding.names import born_code
from acrime.individuals.finding.shown import Person, people_of
from acrime.individuals.finding.statement import (
    MOST_RANKED,
    WIDER,
    Asked,
    Window,
    statement,
    words_statement,
)
from acrime.individuals.finding.wanted import Wanted, spellings_of
from acrime.individuals.policy import normal_identifier
from acrime.records.querysets import visibility_sql

# How far somebody may leaf.
LAST_PAGE = 20

# Where the best found fits less, words are taken as misspelled and looked for again.
DOUBTFUL = 0.6
# The words that one may stand for, and how many of those asked may be misspelled.
MOST_NEAR = 40
MOST_MISSPELLED = 5


@dataclass(frozen=True)
class Hit:
    """Somebody found. ``score`` is from 0 to 1 and only orders: a person decides."""

    person: Person
    score: float
    reasons: tuple[str, ...]

    @property
    def points(self) -> int:
        """The score as pages show it, of 100."""
        return round(self.score * 100)


@dataclass(frozen=True)
class Found:
    """What a search met and what of it may be shown.

    Attributes:
        matched_ids: whom the page would show if everybody could be seen, for the ledger.
        more: whether another page follows of people who may be seen.
    """

    matched_ids: list[int]
    shown: list[Hit]
    more: bool


@dataclass(frozen=True)
class _Ranked:
    individual_id: int
    score: float
    visible: bool
    seen_place: int
    place: int
    weighed: int


def find(wanted: Wanted, *, user: User, page: int = 1) -> Found:
    """People like *wanted* whom *user* may see, best first, with reasons.

    How many there are is never counted: it would count those that may not be seen.
    """
    first = (min(max(page, 1), LAST_PAGE) - 1) * PAGE_SIZE
    rows = _ranked(wanted, user, first)
    seen = [row for row in rows if row.visible and row.seen_place <= first + PAGE_SIZE]
    digests = _digests(wanted)
    people = people_of([row.individual_id for row in seen], digests=digests)
    shown = [
        Hit(person, row.score, reasons_of(wanted, _held(person)))
        for row in seen
        if (person := people.get(row.individual_id))
    ]
    matched = {row.individual_id for row in rows if row.place <= first + PAGE_SIZE}
    return Found(
        matched_ids=sorted(matched.union(hit.person.pk for hit in shown)),
        shown=shown,
        more=page < LAST_PAGE
        and any(row.visible and row.seen_place > first + PAGE_SIZE for row in rows),
    )


def _ranked(wanted: Wanted, user: User, first: int) -> list[_Ranked]:
    """A first look by sound and date; where that finds nobody well, one by misspelled words."""
    spellings = spellings_of(wanted)
    asked = Asked(
        spellings=spellings,
        born=wanted.born,
        sex=wanted.sex,
        birth_place=wanted.birth_place.strip(),
        address=wanted.address.strip(),
        digests=_digests(wanted),
    )
    visible = visibility_sql(user, record="record")
    window = Window(visible, first, PAGE_SIZE)
    rows = _look(asked, window)
    if spellings.typed and _best(asked, window, rows) < DOUBTFUL:
        asked = Asked(**{**asked.__dict__, "misspelled": _misspelled(spellings.typed)})
        rows = _look(asked, window)
    # So many ranked people may not be seen that the page is not full.
    seen = sum(row.visible for row in rows)
    if seen <= PAGE_SIZE and any(row.weighed >= MOST_RANKED for row in rows):
        rows = _look(asked, Window(visible, first, PAGE_SIZE, MOST_RANKED * WIDER))
    return rows


def _best(asked: Asked, window: Window, rows: Sequence[_Ranked]) -> float:
    """The best score there is, of whoever it is: what one may see must not steer the search."""
    if window.first and rows:
        rows = _look(asked, Window(window.visible, 0, 1))
    return max((row.score for row in rows), default=0)


def _look(asked: Asked, window: Window) -> list[_Ranked]:
    sql, values = statement(asked, window)
    with connection.cursor() as cursor:
        cursor.execute(sql, values)
        return [_Ranked(*row) for row in cursor.fetchall()]


def _misspelled(typed: Sequence[str]) -> list[list[str]]:
    """For each word asked, itself and the words of names that differ in one letter."""
    words = sorted(typed, key=len, reverse=True)[:MOST_MISSPELLED]
    near: dict[str, list[str]] = {word: [word] for word in words}
    sql, values = words_statement(words, most=MOST_NEAR)
    with connection.cursor() as cursor:
        cursor.execute(sql, values)
        for asked, word in cursor.fetchall():
            if word != asked:
                near[asked].append(word)
    return list(near.values())


def _digests(wanted: Wanted) -> list[bytes]:
    """Keyed hashes of the numbers asked."""
    return [lookup_digest(kind, normal_identifier(kind, text)) for kind, text in wanted.numbers]


def _held(person: Person) -> Held:
    """What is held of *person*, as reasons are made of it."""
    return Held(
        names=tuple((kind, last, first, middle) for kind, last, first, middle, _ in person.names),
        born=tuple(born_code(*each) for each in person.born),
        sex=person.sex,
        birth_places=tuple(value for value, _ in person.birth_places),
        addresses=tuple(person.addresses),
        same_numbers=tuple(each.kind for each in person.numbers if each.asked),
        number_kinds=tuple(each.kind for each in person.numbers),
    )
