"""Record numbers: random, readable, and able to tell that they were misheard."""

from datetime import datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from acrime.common.numbers import ALPHABET, is_number, new_number, tidied

PREFIXES = ("IAQ", "IAR", "IND", "MSG", "DIS")


def test_it_looks_as_promised(at: datetime) -> None:
    for prefix in PREFIXES:
        number = new_number(prefix, at=at)
        head, year, first, second = number.split("-")
        assert (head, year, len(first), len(second)) == (prefix, "2026", 4, 4)
        assert set(first + second) <= set(ALPHABET)
        assert is_number(number)


def test_letters_that_are_misread_are_left_out() -> None:
    assert not set("ILOU") & set(ALPHABET)
    assert len(set(ALPHABET)) == len(ALPHABET) == 32


def test_nothing_can_be_told_from_one_number_about_the_next(at: datetime) -> None:
    numbers = {new_number("IAQ", at=at) for _ in range(500)}

    assert len(numbers) == 500
    for place in range(9, 13):
        assert len({number[place] for number in numbers}) > 20


@given(place=st.integers(0, 7), char=st.sampled_from(ALPHABET), prefix=st.sampled_from(PREFIXES))
def test_one_wrong_character_is_noticed(place: int, char: str, prefix: str) -> None:
    number = new_number(prefix, at=datetime(2026, 1, 1))
    at_place = place + len(prefix) + 6 + (place > 3)
    wrong = number[:at_place] + char + number[at_place + 1 :]

    assert is_number(wrong) == (wrong == number)


@given(place=st.integers(0, 5))
def test_neighbours_that_changed_places_are_noticed(place: int) -> None:
    number = new_number("IAQ", at=datetime(2026, 1, 1))
    body = list(number[9:].replace("-", ""))
    body[place], body[place + 1] = body[place + 1], body[place]
    swapped = f"{number[:9]}{''.join(body[:4])}-{''.join(body[4:])}"

    assert is_number(swapped) == (swapped == number)


def test_another_year_or_another_prefix_is_noticed(at: datetime) -> None:
    number = new_number("IAQ", at=at)

    assert not is_number(number.replace("2026", "2027"))
    assert not is_number(number.replace("IAQ", "IAR"))


@given(st.text(alphabet=f"{ALPHABET}- ", max_size=19))
def test_any_other_text_is_no_number(text: str) -> None:
    assert not is_number(text)


def test_a_number_is_found_however_it_was_typed(at: datetime) -> None:
    number = new_number("IAQ", at=at)

    assert tidied(f"  {number.lower()} ") == number
    assert tidied(number.replace("-", " - ")) == number
    assert tidied("iaq-2026-oi1l-0000") == "IAQ-2026-0111-0000"


@pytest.mark.parametrize("text", ["", "IAQ", "ILO", "-", " "])
def test_tidying_leaves_what_is_no_number(text: str) -> None:
    assert not is_number(tidied(text))
