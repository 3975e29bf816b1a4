"""Which disclosure a category covers: the reviewed table, and its days."""

import csv
from datetime import date

import pytest

from routine_uses.accounts_of.policy import Keeping, longest
from routine_uses.choices import Field, Method, Paragraph, Purpose
from routine_uses.repeating.choices import SeriesState, Standing
from routine_uses.repeating.policy import (
    Category,
    Objection,
    Transmission,
    differences,
    last_day,
    objections,
    standing_of,
)
from tests.support.source import ROOT

TABLE = ROOT / "tests" / "tables" / "repeating_disclosures.csv"


def rows() -> list[dict[str, str]]:
    with TABLE.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def judged(row: dict[str, str]) -> tuple[Objection, ...]:
    category = Category(
        number="REP-2026-0000-0001",
        state=row["state"],
        starts_on=date.fromisoformat(row["starts_on"]),
        ends_on=date.fromisoformat(row["ends_on"]),
        recipient_id=7,
        ground=("b3", "J"),
        purpose="STATUS_VERIFICATION",
        nature="List of statuses",
        method="ELECTRONIC",
        fields=frozenset({"NAME", "IMMIGRATION_STATUS"}),
    )
    sent = Transmission(
        on=date.fromisoformat(row["on"]),
        recipient_id=int(row["recipient"]),
        ground=(row["paragraph"], row["letter"]),
        purpose=row["purpose"],
        nature=row["nature"],
        method=row["method"],
        fields=frozenset(row["fields"].split()),
    )
    return objections(category, sent)


@pytest.mark.parametrize("row", rows(), ids=lambda row: row["case"])
def test_the_reviewed_table(row: dict[str, str]) -> None:
    found = judged(row)
    assert [each.code for each in found] == row["codes"].split()
    assert (found[0].clause if found else "") == row["clause"]
    assert all(each.reason.startswith("Category REP-2026-0000-0001 ") for each in found)
    assert all(each.clause.startswith("5 U.S.C. 552a(c)(1)") for each in found)


def test_the_table_speaks_in_known_codes_and_gives_its_reasons() -> None:
    for row in rows():
        assert row["state"] in SeriesState.values
        assert row["paragraph"] in Paragraph.values
        assert row["purpose"] in Purpose.values
        assert row["method"] in Method.values
        assert set(row["fields"].split()) <= set(Field.values)
        assert bool(row["codes"]) == bool(row["clause"])
        assert row["because"]
    assert len({row["case"] for row in rows()}) == len(rows())


def test_the_table_shows_every_reason() -> None:
    shown = {code for row in rows() for code in row["codes"].split()}
    of_standing = {each.value.lower() for each in Standing} - {"in_use"}
    assert shown == of_standing | {"recipient", "ground", "purpose", "nature", "method", "fields"}


def test_the_reason_says_from_when_and_until_when() -> None:
    cases = {row["case"]: judged(row) for row in rows()}
    [early], [late] = cases["the day before"], cases["the day after"]
    assert early.reason == "Category REP-2026-0000-0001 begins on October 1, 2026."
    assert late.reason == "Category REP-2026-0000-0001 had its last day on September 30, 2027."


def test_what_differs_does_not_ask_what_was_decided() -> None:
    category = Category(
        "REP-1",
        "PROPOSED",
        date(2026, 1, 1),
        date(2026, 1, 2),
        7,
        ("b11", ""),
        "COURT_ORDER",
        "A list",
        "PAPER",
        frozenset({"NAME"}),
    )
    sent = Transmission(
        date(2030, 1, 1), 7, ("b11", ""), "COURT_ORDER", "A list", "PAPER", frozenset({"NAME"})
    )
    assert differences(category, sent) == ()


@pytest.mark.parametrize(
    ("first", "last"),
    [
        (date(2026, 1, 1), date(2026, 12, 31)),
        (date(2026, 10, 1), date(2027, 9, 30)),
        (date(2027, 3, 1), date(2028, 2, 29)),
        (date(2028, 2, 29), date(2029, 2, 28)),
    ],
)
def test_a_category_has_a_year_at_most(first: date, last: date) -> None:
    assert last_day(first) == last


def test_how_it_stands_on_a_day() -> None:
    def on(day: date, state: str = "APPROVED") -> Standing:
        return standing_of(
            state=state, starts_on=date(2026, 5, 2), ends_on=date(2026, 5, 3), today=day
        )

    found = [on(date(2026, 5, day)) for day in (1, 2, 3, 4)]
    assert found == [Standing.TO_COME, Standing.IN_USE, Standing.IN_USE, Standing.OVER]
    assert on(date(2026, 5, 2), "ENDED") is Standing.ENDED


def test_a_category_is_kept_as_long_as_its_longest_entry() -> None:
    short = Keeping(date(2031, 1, 1), date(2031, 1, 1), "five years, which is longer")
    record = Keeping(date(2030, 1, 1), date(2040, 1, 1), "as long as its records, which is longer")
    endless = Keeping(date(2029, 1, 1), None, "as long as its records, which have no end yet")
    assert longest([short, record]) == Keeping(
        date(2031, 1, 1), date(2040, 1, 1), "as long as its records, which is longer"
    )
    assert longest([short, endless, record]) == Keeping(date(2031, 1, 1), None, endless.because)
