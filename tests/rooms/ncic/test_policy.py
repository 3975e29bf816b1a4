"""The rules of NCIC against reviewed tables."""

import csv
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest

from acrime.ncic.choices import EntryState
from acrime.ncic.hits import policy as hits
from acrime.ncic.hits.choices import Timing
from acrime.ncic.hits.policy import Earlier, Escalation
from acrime.ncic.policy import (
    Window,
    first_window,
    may_follow,
    next_window,
    nic_problem,
    ori_problem,
    validation_of,
)

TABLES = Path(__file__).parents[2] / "tables"
AT = datetime(2026, 11, 20, 15, 0, tzinfo=UTC)


def rows(name: str) -> list[dict[str, str]]:
    with (TABLES / f"{name}.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


@pytest.mark.parametrize(
    "row", rows("hit_clock"), ids=lambda row: f"{row['why']} {row['priority']}"
)
def test_nothing_stops_the_clock_of_a_hit(row: dict[str, str]) -> None:
    received = datetime.fromisoformat(row["received"])
    due = hits.due_at(row["priority"], received)
    assert due == datetime.fromisoformat(row["due"])
    assert due - received == {"U": timedelta(minutes=10), "R": timedelta(hours=1)}[row["priority"]]


def test_the_table_has_every_legal_public_holiday_and_both_changes_of_the_clocks() -> None:
    import holidays

    found = rows("hit_clock")
    days = {datetime.fromisoformat(row["received"]).date() for row in found}
    assert set(holidays.country_holidays("US", years=2026)) <= days
    offsets = {(row["received"][-6:], row["due"][-6:]) for row in found}
    assert {("-05:00", "-04:00"), ("-04:00", "-05:00")} <= offsets


def test_a_moment_without_its_offset_is_refused() -> None:
    with pytest.raises(ValueError, match="offset"):
        hits.due_at("U", datetime(2026, 11, 20, 10, 0))  # that is the case


@pytest.mark.parametrize("row", rows("hit_order"), ids=lambda row: row["why"])
def test_requests_come_in_their_order(row: dict[str, str]) -> None:
    earlier = (
        Earlier(int(row["earlier_number"]), row["earlier_state"]) if row["earlier_state"] else None
    )
    assert (hits.order_problem(int(row["number"]), earlier) == "") == (row["taken"] == "yes")


@pytest.mark.parametrize(
    "row", rows("ncic_validation"), ids=lambda row: f"{row['day']} {row['on']}"
)
def test_validation_windows(row: dict[str, str]) -> None:
    window_of = {"entered": first_window, "validated": next_window}[row["event"]]
    window = window_of(date.fromisoformat(row["day"]))
    assert window == Window(date.fromisoformat(row["opens"]), date.fromisoformat(row["due"]))
    assert validation_of(window, today=date.fromisoformat(row["on"])) == row["standing"]


@pytest.mark.parametrize(
    "nic", ["", "W99000001", "W9900000011", "9990000001", "WW90000001", "w990000001", "W99000000١"]
)
def test_a_nic_that_cannot_be_one(nic: str) -> None:
    assert nic_problem(nic)
    assert nic_problem("W990000001") == ""


@pytest.mark.parametrize("ori", ["", "AX", "VT000000", "VT00000077", "vt0000007", "VT-000007"])
def test_an_ori_that_cannot_be_one(ori: str) -> None:
    assert ori_problem(ori)
    assert ori_problem("VTICE0900") == ""


@pytest.mark.parametrize(
    ("minutes", "wrong"), [(-1, True), (0, True), (1, False), (72 * 60, False), (72 * 60 + 1, True)]
)
def test_a_promise_lies_ahead_and_not_far(minutes: int, wrong: bool) -> None:
    assert bool(hits.promise_problem(AT + timedelta(minutes=minutes), at=AT)) == wrong


@pytest.mark.parametrize(
    ("number", "late", "level"),
    [
        (1, False, Escalation.NONE),
        (1, True, Escalation.SUPERVISOR),
        (2, False, Escalation.SUPERVISOR),
        (3, False, Escalation.OUTSIDE),
        (3, True, Escalation.OUTSIDE),
    ],
)
def test_escalation(number: int, late: bool, level: Escalation) -> None:
    due = AT - timedelta(seconds=1) if late else AT
    assert hits.escalation(number, due=due, at=AT) is level


@pytest.mark.parametrize(
    ("first", "followed", "at", "how"),
    [
        (0, False, 60, Timing.IN_TIME),
        (1, False, 60, Timing.LATE),
        (None, True, -5, Timing.LATE),
        (None, False, -5, Timing.OPEN),
        (None, False, 1, Timing.LATE),
    ],
)
def test_timing(first: int | None, followed: bool, at: int, how: Timing) -> None:
    answered = None if first is None else AT + timedelta(minutes=first)
    found = hits.timing(
        due=AT, first_answer_at=answered, followed=followed, at=AT + timedelta(minutes=at)
    )
    assert found is how


def test_only_history_goes_from_its_check_to_removed() -> None:
    assert may_follow("TO_CHECK", EntryState.CHECKED)
    assert not may_follow("TO_CHECK", EntryState.REMOVED)
    assert may_follow("TO_CHECK", EntryState.REMOVED, category="NSEERS")
    assert not may_follow("TO_CHECK", EntryState.CHECKED, category="NSEERS")
    assert not may_follow("CHECKED", EntryState.REMOVED)
    assert not any(may_follow("REMOVED", state) for state in EntryState)
