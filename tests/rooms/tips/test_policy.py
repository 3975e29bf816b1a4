"""The rules of tips, against reviewed tables."""

import csv
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from acrime.tips import policy
from acrime.tips.choices import Sign, TipState
from tests.support.source import ROOT

NOON = datetime(2026, 3, 9, 17, 0, tzinfo=UTC)
KEY = b"k" * 32


def rows(name: str) -> list[dict[str, Any]]:
    with (ROOT / "tests" / "tables" / f"{name}.csv").open(encoding="utf-8") as file:
        return list(csv.DictReader(file))


def test_where_a_tip_may_go() -> None:
    for row in rows("tip_states"):
        may = row["to"] in policy.MOVES[row["from"]]
        assert may == (row["may"] == "yes"), row
    listed = {(row["from"], row["to"]) for row in rows("tip_states") if row["may"] == "yes"}
    assert listed == {(each, to) for each in TipState for to in policy.MOVES[each]}


def test_the_question_on_the_first_amendment() -> None:
    for row in rows("tip_speech"):
        code, words = policy.speech_problem(row["answer"], row["ground"])
        assert code == row["code"], row
        assert bool(words) == bool(code), row


def test_what_a_person_looks_at_first() -> None:
    for row in rows("tip_signs"):
        seconds = row["seconds"]
        shown = None if seconds == "none" else NOON - timedelta(seconds=int(seconds))
        text = " ".join(["https://x.example"] * int(row["links"]))
        found = policy.signs_of(
            trap_filled=row["trap"] == "yes", shown_at=shown, at=NOON, text=text
        )
        assert [*found] == [Sign(code) for code in row["signs"].split()], row


def test_what_tells_who_reports_is_covered_up() -> None:
    for row in rows("tip_words"):
        shown = policy.without_source(row["text"], name=row["name"], numbers=[row["numbers"]])
        assert shown == row["shown"], row


def test_a_window_takes_so_many_and_then_tells_how_long_to_wait() -> None:
    began: datetime | None = None
    count, taken, waits = 0, 0, set()
    for n in range(100):
        turn = policy.next_turn(began_at=began, count=count, at=NOON + timedelta(seconds=n / 2))
        began, count = turn.began_at, turn.count
        taken += not turn.wait
        waits.add(turn.wait)
    assert taken == policy.MOST_A_WINDOW
    assert max(waits) <= policy.WINDOW.total_seconds()
    later = policy.next_turn(began_at=began, count=count, at=NOON + policy.WINDOW)
    assert (later.count, later.wait) == (1, 0)


@pytest.mark.parametrize(
    ("received", "due"),
    [(date(2026, 3, 9), date(2036, 3, 10)), (date(2024, 2, 29), date(2034, 3, 2))],
)
def test_ten_years_from_the_date_of_the_tip(received: date, due: date) -> None:
    assert policy.due_on(received) == due


def test_texts_that_are_alike() -> None:
    one = "A man sells false papers behind the bakery on Main Street every Friday at ten."
    again = "a man sells false papers behind the bakery on main street, every friday at eleven"
    other = "Somebody brings cigarettes over the lake in a white van without stamps."
    sketch = policy.sketch_of(one, key=KEY)
    assert policy.likeness(sketch, policy.sketch_of(again, key=KEY)) > policy.LIKE
    assert policy.likeness(sketch, policy.sketch_of(other, key=KEY)) < 0.1
    assert len(policy.sketch_of(one * 50, key=KEY)) <= policy.SKETCH
    # Without the key the pieces are other numbers: nothing can be looked up in them.
    assert not set(sketch) & set(policy.sketch_of(one, key=b"j" * 32))
