"""Each class of query differs from what is held in what the class says, and in nothing else."""

from collections.abc import Callable
from dataclasses import replace
from difflib import SequenceMatcher
from random import Random

import pytest

from acrime.bench import perturbing
from acrime.bench.perturbing import (
    CLASSES,
    WITH_DATE,
    Asked,
    Held,
    is_a_date,
    mistyped,
    undated,
)
from acrime.demo.people import aliases

HELD = Held(
    individual_id=1,
    last="GARCIA LOPEZ",
    first="FRANCISCO",
    middle="JAVIER",
    aliases=(("GARZIA", "PANCHO", ""),),
    born=(1979, 4, 11),
)
TURNS = range(40)


def asked_as(kind: str, held: Held = HELD) -> list[Asked]:
    found = [CLASSES[kind](held, Random(turn)) for turn in TURNS]  # noqa: S311
    return [each for each in found if each]


def changed(each: Asked) -> set[str]:
    """The fields in which a query differs from what is held."""
    return {
        name
        for name in ("last", "first", "middle", "born")
        if getattr(each, name) != getattr(HELD, name)
    }


CHANGES: dict[str, list[set[str]]] = {
    "exact": [set()],
    "alias": [{"last", "first", "middle"}],
    "swapped": [{"last", "first"}],
    "without_middle": [{"middle"}],
    "by_ear": [{"last", "middle"}, {"last", "first", "middle"}],
    "shortened": [{"first", "middle"}],
    "typed_wrong": [{"last"}],
    "both_typed_wrong": [{"last", "first"}],
    "surname_form": [{"last", "middle"}],
    "wrong_day": [{"born"}],
    "day_and_month_swapped": [{"born"}],
    "wrong_date_and_typed_wrong": [{"last", "born"}],
}


@pytest.mark.parametrize("kind", list(CLASSES))
def test_a_class_changes_what_it_says(kind: str) -> None:
    found = asked_as(kind)

    assert found
    for each in found:
        assert each.kind == kind
        assert each.individual_id == HELD.individual_id
        assert changed(each) in CHANGES[kind]
        assert each.last
        assert each.born
        assert is_a_date(each.born)


def test_every_class_has_its_expectation() -> None:
    assert list(CHANGES) == list(CLASSES)
    assert CLASSES.keys() > WITH_DATE


def one_letter(one: str, other: str) -> bool:
    """Whether one letter is another, more, less or turned around with its neighbour."""
    if len(one) == len(other):
        differing = [place for place in range(len(one)) if one[place] != other[place]]
        if len(differing) == 1:
            return True
        [first, second] = differing
        return second == first + 1 and one[first : second + 1] == other[first : second + 1][::-1]
    longer, shorter = sorted((one, other), key=len, reverse=True)
    return any(longer[:place] + longer[place + 1 :] == shorter for place in range(len(longer)))


@pytest.mark.parametrize("word", ["HERNANDEZ", "CHEN", "AL-MASRI", "JEAN LOUIS"])
def test_a_typing_error_is_one_letter(word: str) -> None:
    wrong = [each for turn in TURNS if (each := mistyped(word, Random(turn)))]  # noqa: S311

    assert len(set(wrong)) > 5
    assert any(each[0] != word[0] for each in wrong)
    for each in wrong:
        assert each != word
        assert one_letter(word, each), each


def test_short_names_are_not_mistyped() -> None:
    assert mistyped("LI", Random(1)) is None  # noqa: S311
    assert asked_as("both_typed_wrong", replace(HELD, first="LI")) == []


@pytest.mark.parametrize(
    ("kind", "held"),
    [
        ("alias", replace(HELD, aliases=())),
        ("swapped", replace(HELD, first="")),
        ("without_middle", replace(HELD, middle="")),
        ("shortened", replace(HELD, first="LY")),
        ("surname_form", replace(HELD, last="GARCIA")),
        ("day_and_month_swapped", replace(HELD, born=(1979, 4, 30))),
        ("day_and_month_swapped", replace(HELD, born=(1979, 4, 4))),
    ],
)
def test_a_class_leaves_out_whom_it_does_not_fit(kind: str, held: Held) -> None:
    assert asked_as(kind, held) == []


def test_two_surnames_come_in_several_forms() -> None:
    forms = {each.last for each in asked_as("surname_form")}
    assert {"GARCIA", "LOPEZ", "GARCIALOPEZ", "GARCIA-LOPEZ", "LOPEZ GARCIA"} == forms


def test_a_wrong_day_is_a_day_of_the_same_month() -> None:
    for each in asked_as("wrong_day"):
        assert each.born
        assert each.born[:2] == HELD.born[:2]
        assert each.born[2] != HELD.born[2]
    assert {each.born for each in asked_as("day_and_month_swapped")} == {(1979, 11, 4)}


def test_another_spelling_sounds_alike() -> None:
    for each in asked_as("by_ear"):
        assert SequenceMatcher(None, HELD.last, each.last).ratio() > 0.8


def test_undated_queries_keep_the_name() -> None:
    [whole] = asked_as("exact")[:1]
    assert undated(whole) == replace(whole, born=None)


def rules_of(module: object) -> set[Callable[..., object]]:
    return {
        value
        for value in vars(module).values()
        if callable(value) and getattr(value, "__module__", "") == getattr(module, "__name__", None)
    }


def test_the_rules_share_nothing_with_those_of_aliases() -> None:
    """Else the search would be measured on the spellings that it was filled with."""
    assert not rules_of(perturbing) & rules_of(aliases)
    source = vars(perturbing).values()
    assert not any(getattr(each, "__module__", "").startswith("acrime.demo") for each in source)
