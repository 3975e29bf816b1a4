"""Normal forms and how well somebody matches, against a reviewed table."""

import csv
import itertools
from datetime import date
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from acrime.individuals.choices import IdentifierKind
from acrime.individuals.policy import (
    Candidate,
    Wanted,
    likeness,
    normal_identifier,
    normal_name,
)

TABLE = Path(__file__).parents[2] / "tables" / "likeness.csv"
ROWS = list(csv.DictReader(TABLE.read_text("utf-8").splitlines()))


def numbers(text: str) -> list[tuple[str, bytes]]:
    return [(kind, digest.encode()) for kind, _, digest in (w.partition(":") for w in text.split())]


@pytest.mark.parametrize("row", ROWS, ids=[row["case"] for row in ROWS])
def test_how_well_somebody_matches_and_why(row: dict[str, str]) -> None:
    found = likeness(
        Wanted(
            last=row["wanted_last"],
            first=row["wanted_first"],
            birth_date=date.fromisoformat(row["wanted_dob"]) if row["wanted_dob"] else None,
            sex=row["wanted_sex"],
            identifier_digests=[digest for _, digest in numbers(row["wanted_numbers"])],
        ),
        Candidate(
            names=[
                (last, first)
                for last, _, first in (name.partition("/") for name in row["held_names"].split())
            ],
            birth_dates=[date.fromisoformat(day) for day in row["held_dobs"].split()],
            sex=row["held_sex"],
            identifiers=numbers(row["held_numbers"]),
        ),
    )

    assert (found.points, "; ".join(found.reasons)) == (int(row["points"]), row["reasons"])


def test_the_order_of_what_is_held_changes_nothing() -> None:
    wanted = Wanted(last="A", first="B", birth_date=date(1984, 3, 9))
    names = [("B", "A"), ("A", "C"), ("A", "B")]
    results = {
        likeness(wanted, Candidate(names=list(order), birth_dates=[], sex="", identifiers=[]))
        for order in itertools.permutations(names)
    }

    assert len(results) == 1


@pytest.mark.parametrize(
    ("typed", "normal"),
    [
        ("Muñoz-Díaz", "MUNOZDIAZ"),
        ("O'Brien", "OBRIEN"),
        ("de la Cruz", "DELACRUZ"),
        ("  Quillabee  Jr. ", "QUILLABEE"),
        ("Quillabee III", "QUILLABEE"),
        ("JR", "JR"),
        ("Ivory", "IVORY"),
        ("", ""),
        ("--", ""),
    ],
)
def test_the_normal_form_of_a_name(typed: str, normal: str) -> None:
    assert normal_name(typed) == normal


@given(st.text(max_size=60))
def test_a_normal_name_is_capital_letters_and_stays_as_it_is(text: str) -> None:
    normal = normal_name(text)

    assert all("A" <= char <= "Z" for char in normal)
    assert normal_name(normal) == normal


@pytest.mark.parametrize(
    ("kind", "spellings"),
    [
        (IdentifierKind.A_NUMBER, ["A1234567", "1234567", "A01234567", "a 001-234-567"]),
        (IdentifierKind.A_NUMBER, ["A12345678", "012345678", "A-012 345 678"]),
        (IdentifierKind.A_NUMBER, ["A099000123", "099000123", "99000123", "a99000123"]),
        (IdentifierKind.SSN, ["123-45-6789", "123456789", "123 45 6789"]),
        (IdentifierKind.FBI, ["123456TA9", "123456ta9", " 123456-TA9"]),
        (IdentifierKind.SID, ["VT00000042", "vt 00000042"]),
    ],
)
def test_spellings_of_one_number_are_one_number(kind: str, spellings: list[str]) -> None:
    assert len({normal_identifier(kind, each) for each in spellings}) == 1


def test_zeros_are_put_before_a_numbers_only() -> None:
    assert normal_identifier(IdentifierKind.A_NUMBER, "A1234567") == "001234567"
    assert normal_identifier(IdentifierKind.SSN, "1234567") == "1234567"
    assert normal_identifier(IdentifierKind.FBI, "A1234567") == "A1234567"
