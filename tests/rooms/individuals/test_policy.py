"""Normal forms of names and numbers."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from acrime.individuals.choices import IdentifierKind
from acrime.individuals.policy import normal_identifier, normal_name


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
