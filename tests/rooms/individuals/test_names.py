"""The forms in which names are found."""

import csv
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from acrime.individuals.finding.names import born_code, forms_of

TABLE = Path(__file__).parents[2] / "tables" / "name_forms.csv"
ROWS = list(csv.DictReader(TABLE.read_text(encoding="utf-8").splitlines()))


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row["case"])
def test_forms_of_the_table(row: dict[str, str]) -> None:
    forms = forms_of(row["last"], row["first"], row["middle"])
    assert (forms.full, " ".join(forms.tokens)) == (row["full"], row["tokens"])


def test_a_suffix_of_its_own_opens_nothing() -> None:
    assert forms_of("Quillabee", "Zephyrin", "", "JR") == forms_of("Quillabee", "Zephyrin")


@given(st.text(max_size=80), st.text(max_size=80))
def test_whatever_comes_the_forms_are_plain_letters(last: str, first: str) -> None:
    forms = forms_of(last, first)
    assert all(token.isascii() and token.isalpha() and token.isupper() for token in forms.tokens)
    assert len(set(forms.tokens)) == len(forms.tokens)
    assert bool(forms) == bool(forms.full)


def test_a_partial_date_of_birth_has_zeros() -> None:
    assert born_code(1979, 4, 15) == 19790415
    assert born_code(1979, 4) == 19790400
    assert born_code(1979) == 19790000
