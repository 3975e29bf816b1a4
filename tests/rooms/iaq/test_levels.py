"""The level of an offense: the packet's table, and what is left to a person."""

import csv
import json
from pathlib import Path

import pytest

from acrime.iaq.codes import offense_codes
from acrime.iaq.worklist import levels
from acrime.iaq.worklist.levels import FOR_A_PERSON, Sentence, Why, place

TABLES = Path(__file__).resolve().parents[2] / "tables"
with (TABLES / "offense_levels.csv").open(encoding="utf-8", newline="") as _file:
    ROWS = list(csv.DictReader(_file))


@pytest.mark.parametrize("row", ROWS, ids=lambda row: f"{row['code'] or 'none'}-{row['sentence']}")
def test_a_reviewed_case(row: dict[str, str]) -> None:
    placed = place(row["code"], row["sentence"])
    assert (placed.level, placed.why) == (
        int(row["level"]) if row["level"] else None,
        Why(row["why"]),
    ), row["source"]


def test_every_code_is_in_one_place_or_waits_for_a_person() -> None:
    for code in offense_codes():
        for sentence in Sentence.values:
            placed = place(code, sentence)
            if placed.level is None:
                assert placed.waits == (placed.why in FOR_A_PERSON)
                assert placed.waits or placed.why == Why.NONE_AVAILABLE
            else:
                assert placed.level in (1, 2, 3)


def test_the_file_places_no_code_twice() -> None:
    data = json.loads(levels._TABLE.read_text("ascii"))
    told = [
        code
        for categories in [*data["levels"].values(), data["by_sentence"]]
        for ranges in categories.values()
        for code in levels._codes(ranges)
    ]
    assert len(told) == len(set(told))


def test_what_a_person_must_place_is_not_the_lowest() -> None:
    ranks = [
        levels.rank(level=1, waits=False),
        levels.rank(level=None, waits=True),
        levels.rank(level=2, waits=False),
        levels.rank(level=3, waits=False),
        levels.rank(level=None, waits=False),
    ]
    assert ranks == sorted(set(ranks))
    # Another offense that waits does not pull down what is grave, and lifts what is not.
    assert levels.rank(level=1, waits=True) == ranks[0]
    assert levels.rank(level=3, waits=True) == ranks[1]


def test_custody_comes_after_the_level_and_never_before() -> None:
    urgencies = [
        levels.urgency(rank=rank, in_custody=held)
        for rank in range(1, 6)
        for held in (True, None, False)
    ]
    assert urgencies == sorted(set(urgencies))
    assert [levels.rank_of(each) for each in urgencies] == [r for r in range(1, 6) for _ in "abc"]
    assert levels.urgencies(2) == (
        levels.urgency(rank=2, in_custody=True),
        levels.urgency(rank=2, in_custody=False),
    )


def test_the_highest_of_charge_and_convictions() -> None:
    assert levels.highest([3, None, 1]) == 1
    assert levels.highest([None]) is None
