"""When an answer is due, and how that is told: across midnight, years and daylight saving."""

import csv
from datetime import UTC, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from acrime.common.eastern import EASTERN
from acrime.iaq.clocks.choices import Rule
from acrime.iaq.clocks.policy import (
    MOST_HOURS_TOLD,
    Target,
    due_at,
    explain,
    target,
    warning_at,
)

TABLES = Path(__file__).resolve().parents[2] / "tables"
with (TABLES / "clocks.csv").open(encoding="utf-8", newline="") as _file:
    ROWS = list(csv.DictReader(_file))


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row["case"])
def test_a_reviewed_case(row: dict[str, str]) -> None:
    received = datetime.fromisoformat(row["received"])
    hours = int(row["hours"])
    told = explain(received_at=received, chosen=Target(hours, Rule.MATCH), zone=EASTERN)
    assert due_at(received_at=received, hours=hours) == datetime.fromisoformat(row["due"])
    assert any(f"Due {row['due_shown']}." in each for each in told.sentences)
    shift = [each for each in told.sentences if "clocks are put" in each]
    assert told.shifted == bool(shift) == (row["shift_told"] != "no")
    assert all(f"put {row['shift_told']} by 1 hour" in each for each in shift)


moments = st.datetimes(
    min_value=datetime(2024, 1, 1),
    max_value=datetime(2030, 1, 1),
    timezones=st.sampled_from([UTC, EASTERN, ZoneInfo("Pacific/Auckland")]),
)


@given(received=moments, hours=st.integers(min_value=1, max_value=24 * 40))
@example(received=datetime(2026, 11, 1, 1, 30, tzinfo=EASTERN, fold=1), hours=4)
@example(received=datetime(2026, 3, 8, 1, 30, tzinfo=EASTERN), hours=24)
def test_hours_pass_alike_wherever_and_whenever(received: datetime, hours: int) -> None:
    due = due_at(received_at=received, hours=hours)
    assert due - received.astimezone(UTC) == timedelta(hours=hours)
    told = explain(received_at=received, chosen=Target(hours, Rule.MATCH), zone=EASTERN)
    # Each line is where it says it is, and the run ends at the due time with its one "due".
    assert [line.passed for line in told.lines] == sorted({line.passed for line in told.lines})
    assert (told.lines[0].passed, told.lines[-1].passed) == (0, hours)
    assert told.lines[-1].at == due
    for line in told.lines:
        assert line.at - received.astimezone(UTC) == timedelta(hours=line.passed)
        local = line.at.astimezone(EASTERN)
        assert line.shown == f"{local:%H:%M} {local.tzname()}"
    if hours <= MOST_HOURS_TOLD:
        assert len(told.lines) == hours + 1
    assert sum("quarter" in line.note.lower() for line in told.lines) == 1
    warned = warning_at(received_at=received.astimezone(UTC), due=due)
    assert due - warned == timedelta(hours=hours) / 4


def test_the_two_hours_that_look_alike_are_told_apart() -> None:
    told = explain(
        received_at=datetime(2026, 11, 1, 4, 30, tzinfo=UTC),
        chosen=Target(4, Rule.MATCH),
        zone=EASTERN,
    )
    assert [line.shown for line in told.lines] == [
        "00:30 EDT",
        "01:30 EDT",
        "01:30 EST",
        "02:30 EST",
        "03:30 EST",
    ]
    assert "put back by 1 hour" in told.lines[2].note


TARGETS = [
    # the program's own hours, no match, hours, rule
    (None, False, 4, Rule.MATCH),
    (None, True, 24, Rule.NO_MATCH),
    (72, False, 72, Rule.PROGRAM),
    (72, True, 72, Rule.PROGRAM),
    (1, True, 1, Rule.PROGRAM),
]


@pytest.mark.parametrize(("own", "no_match", "hours", "rule"), TARGETS)
def test_which_target_a_query_has(own: int | None, no_match: bool, hours: int, rule: Rule) -> None:
    assert target(program_hours=own, no_match=no_match, match_hours=4, no_match_hours=24) == Target(
        hours, rule
    )
