"""Why somebody was found, in words: against reviewed tables."""

import csv
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from acrime.individuals.choices import NameKind
from acrime.individuals.finding.evidence import Held, reasons_of
from acrime.individuals.finding.wanted import Wanted

TABLE = Path(__file__).parents[2] / "tables" / "name_reasons.csv"
ROWS = list(csv.DictReader(TABLE.read_text(encoding="utf-8").splitlines()))
HELD = Held(names=((NameKind.PRIMARY, "Quillabee", "Zephyrine", ""),))
SAME = Wanted(last="QUILLABEE", first="ZEPHYRINE")


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row["case"])
def test_reasons_of_the_table(row: dict[str, str]) -> None:
    wanted = Wanted(last=row["last"], first=row["first"], middle=row["middle"])
    name = (NameKind.PRIMARY, row["held_last"], row["held_first"], row["held_middle"])
    assert "; ".join(reasons_of(wanted, Held(names=(name,)))) == row["reasons"]


@pytest.mark.parametrize(
    ("asked", "held", "reason"),
    [
        (19790415, (19790415,), "Same date of birth"),
        (19840309, (19840903,), "Date of birth swaps day and month"),
        (19840309, (19840903, 19840309), "Same date of birth"),
        (19790415, (19790416,), "Only the day of birth differs"),
        (19790415, (19790515,), "Only the month of birth differs"),
        (19790415, (19890415,), "Only the year of birth differs"),
        (19790415, (19791231,), "Same year of birth, another day"),
        (19790415, (19801231,), "Another date of birth is recorded"),
        (19790415, (), "No date of birth is recorded"),
        (19790415, (19790400,), "Same month and year of birth"),
        (19790415, (19790000,), "Same year of birth"),
        (19790400, (19790415,), "Same month and year of birth"),
        (19790000, (19790415,), "Same year of birth"),
        (19790400, (19790400,), "Same date of birth, as far as it is known"),
        (19790400, (19800415,), "Another date of birth is recorded"),
        # A day that can be no month was not swapped.
        (19840325, (19840523,), "Same year of birth, another day"),
    ],
)
def test_dates_of_birth(asked: int, held: tuple[int, ...], reason: str) -> None:
    wanted = replace(SAME, born=asked)
    assert reasons_of(wanted, replace(HELD, born=held)) == ("Same name", reason)


def test_the_name_that_is_most_alike_is_told_of() -> None:
    alias = (NameKind.ALIAS, "Marrowgate", "Tobin", "")
    held = replace(HELD, names=(*HELD.names, alias))
    assert reasons_of(SAME, held) == ("Same name",)
    told = reasons_of(Wanted(last="MAROWGATE", first="TOBIN"), held)
    assert told == ("Matches the alias Marrowgate, Tobin", "One letter differs in the last name")


def test_numbers_sex_and_places() -> None:
    wanted = replace(
        SAME,
        sex="F",
        birth_place="mm",
        address="Elm Montpelier",
        numbers=(("A_NUMBER", "1234567"), ("SSN", "123456789"), ("FBI", "123456789")),
    )
    held = replace(
        HELD,
        sex="M",
        birth_places=("MM",),
        addresses=("4 Elm Street, Montpelier, VT",),
        same_numbers=("SSN",),
        number_kinds=("A_NUMBER", "SSN", "FBI"),
    )
    assert reasons_of(wanted, held) == (
        "Same Social Security number",
        # The number asked as FBI number is the SSN that was found.
        "Another A-Number is recorded",
        "Same name",
        "Same place of birth",
        "The address fits",
        "Sex is recorded differently",
    )
    other = replace(held, birth_places=("MX",), addresses=(), sex="")
    assert reasons_of(wanted, other)[-2:] == (
        "Another place of birth is recorded",
        "The address is not recorded",
    )


WORDS = st.text(alphabet="ABCDE '-", max_size=12)


@given(WORDS, WORDS, WORDS, WORDS)
def test_there_is_always_a_reason_and_one_for_a_name_itself(
    last: str, first: str, held_last: str, held_first: str
) -> None:
    wanted = Wanted(last=last, first=first)
    held = Held(names=((NameKind.PRIMARY, held_last, held_first, ""),))
    assert bool(reasons_of(wanted, held)) == wanted.has_name
    itself = Held(names=((NameKind.PRIMARY, last, first, ""),))
    if wanted.has_name:
        assert reasons_of(wanted, itself) == ("Same name",)
