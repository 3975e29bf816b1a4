"""The accounting's clock and what a subject is given: pure rules."""

import calendar
from datetime import date, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from routine_uses.accounts_of.policy import (
    CLERICAL,
    LEGAL,
    ClaimFails,
    Entry,
    Keeping,
    keeping,
    needs_second_person,
    withholdings,
)

DAYS = st.dates(date(1990, 1, 1), date(2090, 12, 31))
LIVES = st.lists(st.none() | st.dates(date(1990, 1, 1), date(2190, 12, 31)), max_size=4)
DAY = timedelta(days=1)

J2 = {"under": "(j)(2)", "reaches": ["(c)(3)", "(c)(4)", "(d)"]}
K2 = {"under": "(k)(2)", "reaches": ["(c)(3)", "(d)"]}
CITATION = "78 FR 10623"


# --- The clock ---------------------------------------------------------------------------------


def outlived(disclosed: date, lives: list[date | None], today: date) -> bool:
    """Whether both periods are over: counted day by day, by another way of writing it."""
    short = disclosed.month == 2 and disclosed.day == 29
    year = disclosed.year + 5
    lasting = short and not calendar.isleap(year)
    month, day = (3, 1) if lasting else (disclosed.month, disclosed.day)
    five = (today.year, today.month, today.day) > (year, month, day)
    return five and all(end is not None and today > end for end in lives)


@given(DAYS, LIVES, st.dates(date(1990, 1, 1), date(2200, 1, 1)))
def test_an_entry_may_go_exactly_when_both_periods_are_over(
    disclosed: date, lives: list[date | None], today: date
) -> None:
    assert keeping(disclosed, lives).may_go(today) == outlived(disclosed, lives, today)


@given(DAYS, LIVES)
def test_the_last_day_still_counts(disclosed: date, lives: list[date | None]) -> None:
    kept = keeping(disclosed, lives)
    assert kept.at_least_until >= disclosed + timedelta(days=5 * 365 + 1)
    if kept.until is None:
        assert None in lives
    else:
        assert not kept.may_go(kept.until)
        assert kept.may_go(kept.until + DAY)


@given(DAYS, LIVES, DAYS, LIVES)
def test_a_superseded_entry_stays_as_long_as_the_one_that_names_it(
    disclosed: date, lives: list[date | None], later: date, later_lives: list[date | None]
) -> None:
    successor = keeping(later, later_lives)
    kept = keeping(disclosed, lives, successor)
    alone = keeping(disclosed, lives)
    for today in (d for d in (kept.until, alone.until, successor.until) if d):
        assert kept.may_go(today + DAY) == (
            alone.may_go(today + DAY) and successor.may_go(today + DAY)
        )
    assert (kept.until is None) == (alone.until is None or successor.until is None)


@pytest.mark.parametrize(
    ("disclosed", "five"),
    [
        (date(2026, 11, 20), date(2031, 11, 20)),
        (date(2024, 2, 29), date(2029, 3, 1)),
        (date(2027, 12, 31), date(2032, 12, 31)),
    ],
)
def test_five_years(disclosed: date, five: date) -> None:
    assert keeping(disclosed, []).at_least_until == five


def test_which_period_is_the_longer_is_said() -> None:
    day = date(2026, 11, 20)
    assert keeping(day, []) == Keeping(
        date(2031, 11, 20), date(2031, 11, 20), "five years, which is longer"
    )
    assert keeping(day, [date(2040, 1, 1)]).until == date(2040, 1, 1)
    assert "longer" in keeping(day, [date(2040, 1, 1)]).because
    assert keeping(day, [date(2027, 1, 1), None]).until is None


# --- The subject's copy ------------------------------------------------------------------------


def withheld(
    entries: dict[str, str], claims: dict[str, tuple[str, str]], claimed: list[dict[str, Any]]
) -> dict[str, str]:
    found = withholdings(
        [Entry(number, paragraph) for number, paragraph in entries.items()],
        claims,
        claimed=claimed,
        citation=CITATION,
    )
    return {number: each.under for number, each in found.items()}


def test_what_is_under_b7_is_withheld_and_the_rest_given() -> None:
    assert withheld({"1": "b3", "2": "b7", "3": "consent", "4": "b11"}, {}, [J2, K2]) == {
        "2": "(b)(7)"
    }


def test_b7_needs_no_exemption_and_no_notice() -> None:
    assert withheld({"2": "b7"}, {}, []) == {"2": "(b)(7)"}


def test_an_exemption_is_claimed_for_one_entry() -> None:
    claims = {"1": ("(j)(2)", "The recipient's inquiry is open.")}
    assert withheld({"1": "b3", "3": "b3"}, claims, [J2, K2]) == {"1": "(j)(2)"}


@pytest.mark.parametrize(
    ("claim", "claimed", "clause"),
    [
        (("(j)(2)", "Open inquiry"), [K2], CITATION),
        (("(k)(2)", "Open inquiry"), [J2], CITATION),
        (("(k)(5)", "Open inquiry"), [J2, K2], "5 U.S.C. 552a(j), (k)"),
        (("(k)(2)", "Open inquiry"), [{"under": "(k)(2)", "reaches": ["(d)"]}], CITATION),
        (("(j)(2)", "  "), [J2], "5 U.S.C. 552a(j)(2)"),
    ],
)
def test_a_claim_that_does_not_stand_is_refused(
    claim: tuple[str, str], claimed: list[dict[str, Any]], clause: str
) -> None:
    with pytest.raises(ClaimFails) as failure:
        withheld({"1": "b3"}, {"1": claim}, claimed)
    assert failure.value.number == "1"
    assert failure.value.clause.startswith(clause)


# --- Who corrects ------------------------------------------------------------------------------


@pytest.mark.parametrize("fact", sorted(LEGAL))
def test_a_legal_fact_takes_a_second_person(fact: str) -> None:
    assert needs_second_person([fact])
    assert needs_second_person([*CLERICAL, fact])


def test_a_clerical_fact_takes_one() -> None:
    assert not needs_second_person(CLERICAL)
