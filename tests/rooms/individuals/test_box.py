"""What a line in the search box means, and which kinds a number may be of."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from acrime.individuals.choices import IdentifierKind as Kind
from acrime.individuals.finding.box import read_box, read_parts
from acrime.individuals.finding.numbers import problem_of, recognised

TODAY = date(2026, 11, 22)
NAME = ("Garcia Lopez", "Maria", "")


@pytest.mark.parametrize(
    ("line", "name", "born"),
    [
        ("Garcia Lopez, Maria", NAME, 0),
        ("Garcia Lopez, Maria 1980-04-12", NAME, 19800412),
        ("1980-04-12 Garcia Lopez, Maria", NAME, 19800412),
        ("Garcia Lopez, Maria 1980/4/12", NAME, 19800412),
        ("Garcia Lopez, Maria 04/12/1980", NAME, 19800412),
        ("Garcia Lopez, Maria 4-12-1980", NAME, 19800412),
        # No month is the 13th: whoever writes the day first is understood.
        ("Garcia Lopez, Maria 13/04/1980", NAME, 19800413),
        ("Garcia Lopez, Maria April 12, 1980", NAME, 19800412),
        ("Garcia Lopez, Maria 12 Apr 1980", NAME, 19800412),
        ("Garcia Lopez, Maria 1980-04", NAME, 19800400),
        ("Garcia Lopez, Maria Apr 1980", NAME, 19800400),
        ("Garcia Lopez, Maria 1980", NAME, 19800000),
        ("Garcia Lopez, Maria Elena", ("Garcia Lopez", "Maria", "Elena"), 0),
        ("Maria Garcia", ("Maria Garcia", "", ""), 0),
        ("1980-04-12", ("", "", ""), 19800412),
        ("May, April", ("May", "April", ""), 0),
        ("May, April 1980", ("May", "April", ""), 19800000),
        ("May, April Jun 1980", ("May", "April", ""), 19800600),
        ("Garcia, Augusto 1980", ("Garcia", "Augusto", ""), 19800000),
        ("Garcia Sept. 3, 1980", ("Garcia", "", ""), 19800903),
    ],
)
def test_names_and_dates(line: str, name: tuple[str, str, str], born: int) -> None:
    read = read_box(line, today=TODAY)
    assert (read.wanted.names[0], read.wanted.born, read.error) == (name, born, "")
    assert read.wanted.numbers == ()


@pytest.mark.parametrize(
    ("text", "kinds"),
    [
        ("A099000301", {Kind.A_NUMBER, Kind.PASSPORT, Kind.LICENSE, Kind.BOOKING}),
        ("a 099-000-301", {Kind.A_NUMBER, Kind.PASSPORT, Kind.LICENSE, Kind.BOOKING}),
        ("1234567", {Kind.A_NUMBER, Kind.FBI, Kind.PASSPORT, Kind.LICENSE, Kind.BOOKING}),
        ("123-45-6789", {Kind.SSN}),
        ("123456TA9", {Kind.FBI, Kind.LICENSE, Kind.BOOKING}),
        ("VT00000042", {Kind.SID, Kind.PASSPORT, Kind.LICENSE, Kind.BOOKING}),
        ("1234567890", {Kind.FIN, Kind.PASSPORT, Kind.LICENSE, Kind.BOOKING}),
        ("C01234567", {Kind.FBI, Kind.PASSPORT, Kind.LICENSE, Kind.BOOKING}),
        ("QUILLABEE", set()),
        ("9" * 41, set()),
    ],
)
def test_all_kinds_a_number_may_be(text: str, kinds: set[Kind]) -> None:
    assert set(recognised(text).kinds) == kinds


@pytest.mark.parametrize(
    "text", ["123456789", "123 45 6789", "A099000301 1980-04-12", "Quillabee A099000301"]
)
def test_numbers_beside_names_and_dates(text: str) -> None:
    wanted = read_box(text, today=TODAY).wanted
    assert wanted.numbers
    assert bool(wanted.born) == ("1980" in text)
    assert wanted.last == ("Quillabee" if "Q" in text else "")


@pytest.mark.parametrize(
    ("kind", "text"),
    [
        (Kind.A_NUMBER, "A12345"),
        (Kind.A_NUMBER, "1234567890"),
        (Kind.A_NUMBER, "B1234567"),
        (Kind.SSN, "000123456"),
        (Kind.SSN, "666123456"),
        (Kind.SSN, "900123456"),
        (Kind.SSN, "123004567"),
        (Kind.SSN, "123450000"),
        (Kind.SSN, "078-05-1120"),
        (Kind.SSN, "12345678"),
        (Kind.FBI, "ABC"),
    ],
)
def test_what_cannot_be_a_number_of_its_kind(kind: Kind, text: str) -> None:
    assert problem_of(kind, text)
    assert kind not in recognised(text).kinds
    read = read_parts(name="", born="", number=text, kind=kind, today=TODAY)
    assert read.error == problem_of(kind, text)


@given(st.text(max_size=250))
def test_any_line_is_read_or_refused_with_a_sentence(line: str) -> None:
    read = read_box(line, today=TODAY)
    assert (
        read.error
        or read.wanted.has_name
        or read.wanted.numbers
        or read.wanted.born
        or (read.notes)
    )
    # No sentence repeats what was typed: it goes to logs and screens.
    for said in (read.error, *read.notes):
        assert line not in said or len(line) < 20
