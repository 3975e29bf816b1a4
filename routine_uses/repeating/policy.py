"""Which disclosure a category of repeating disclosures covers. Pure.

5 U.S.C. 552a(c)(1) asks for the date, nature and purpose of each disclosure and for its
recipient. Repeating and mass disclosures may be accounted for by category, with a statement
of the interval, as long as a person's disclosures can be listed from it, corrections passed
on, and the record traced (OMB Guidelines on the Privacy Act). So a category stands for one
recipient, ground, purpose, nature and method, and for no field beyond those it names; why
stands in ``acrime/docs/decisions/0016-repeating-disclosures.md``.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from routine_uses.grounds import STATUTE
from routine_uses.repeating.choices import SeriesState, Standing

ACCOUNTING = f"{STATUTE}(c)(1)"
WHAT = f"{STATUTE}(c)(1)(A)"
WHOM = f"{STATUTE}(c)(1)(B)"


@dataclass(frozen=True)
class Category:
    """A category, as far as the rules ask. ``ground`` is paragraph and letter."""

    number: str
    state: str
    starts_on: date
    ends_on: date
    recipient_id: int
    ground: tuple[str, str]
    purpose: str
    nature: str
    method: str
    fields: frozenset[str]


@dataclass(frozen=True)
class Transmission:
    """A disclosure that is to be accounted for under a category."""

    on: date
    recipient_id: int
    ground: tuple[str, str]
    purpose: str
    nature: str
    method: str
    fields: frozenset[str]


@dataclass(frozen=True)
class Objection:
    """Why a category does not cover a disclosure.

    Attributes:
        code: stable name of the reason.
    """

    code: str
    clause: str
    reason: str


def last_day(starts_on: date) -> date:
    """The last day that a category beginning on *starts_on* may have: at most one year."""
    try:
        anniversary = starts_on.replace(year=starts_on.year + 1)
    except ValueError:
        # 29 February: the year is full on the last day of the next February.
        return date(starts_on.year + 1, 2, 28)
    return date.fromordinal(anniversary.toordinal() - 1)


def standing_of(*, state: str, starts_on: date, ends_on: date, today: date) -> Standing:
    """How a category stands on *today*."""
    if state != SeriesState.APPROVED:
        return Standing(state)
    if today < starts_on:
        return Standing.TO_COME
    return Standing.OVER if today > ends_on else Standing.IN_USE


def objections(category: Category, sent: Transmission) -> tuple[Objection, ...]:
    """Every reason why *category* does not cover *sent*; none where it does."""
    return (*_of_standing(category, sent), *differences(category, sent))


def differences(category: Category, sent: Transmission) -> tuple[Objection, ...]:
    """What *sent* has that *category* does not say, whatever was decided about it."""
    return tuple(_of_contents(category, sent))


def _of_standing(category: Category, sent: Transmission) -> Iterable[Objection]:
    standing = standing_of(
        state=category.state,
        starts_on=category.starts_on,
        ends_on=category.ends_on,
        today=sent.on,
    )
    reasons = {
        Standing.PROPOSED: "waits for a privacy officer.",
        Standing.REFUSED: "was refused.",
        Standing.ENDED: "has been ended.",
        Standing.TO_COME: f"begins on {category.starts_on:%B} {category.starts_on.day}, "
        f"{category.starts_on.year}.",
        Standing.OVER: f"had its last day on {category.ends_on:%B} {category.ends_on.day}, "
        f"{category.ends_on.year}.",
    }
    if standing in reasons:
        yield Objection(
            standing.value.lower(), ACCOUNTING, f"Category {category.number} {reasons[standing]}"
        )


def _of_contents(category: Category, sent: Transmission) -> Iterable[Objection]:
    name = f"Category {category.number}"
    if sent.recipient_id != category.recipient_id:
        yield Objection("recipient", WHOM, f"{name} is for another recipient.")
    if sent.ground != category.ground:
        yield Objection("ground", ACCOUNTING, f"{name} rests on another ground.")
    if sent.purpose != category.purpose:
        yield Objection("purpose", WHAT, f"{name} serves another purpose.")
    if " ".join(sent.nature.split()) != " ".join(category.nature.split()):
        yield Objection("nature", WHAT, f"{name} is of another nature: {category.nature}.")
    if sent.method != category.method:
        yield Objection("method", WHAT, f"{name} goes by another method.")
    if sent.fields - category.fields:
        yield Objection(
            "fields", WHAT, f"{name} does not carry every field that is to be disclosed."
        )
