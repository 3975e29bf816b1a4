"""The rules of detainers against reviewed tables."""

import csv
from datetime import UTC, date, datetime, time
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from acrime.common.working_days import is_working_day, legal_holiday
from acrime.detainers import policy
from acrime.detainers.choices import DetainerState, Edition, Rule, Zone
from acrime.detainers.policy import (
    Ends,
    box_problem,
    edition_problem,
    ends_of,
    local_moment,
    may_follow,
    not_counted,
    plain_end,
    release_problem,
    rule_of,
    warrant_problem,
    working_end,
)

TABLES = Path(__file__).parents[2] / "tables"
EASTERN = "America/New_York"
TODAY = date(2026, 11, 20)
AT = datetime(2026, 11, 20, 20, 0, tzinfo=UTC)
# As the Office of Personnel Management lists them, on the days on which they are observed.
LEGAL_HOLIDAYS = {
    2021: "01-01 01-18 02-15 05-31 06-18 07-05 09-06 10-11 11-11 11-25 12-24 12-31",
    2022: "01-17 02-21 05-30 06-20 07-04 09-05 10-10 11-11 11-24 12-26",
    2026: "01-01 01-19 02-16 05-25 06-19 07-03 09-07 10-12 11-11 11-26 12-25",
    2028: "01-17 02-21 05-29 06-19 07-04 09-04 10-09 11-10 11-23 12-25",
}


def rows(name: str) -> list[dict[str, str]]:
    with (TABLES / f"{name}.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


@pytest.mark.parametrize("year", LEGAL_HOLIDAYS)
def test_working_days(year: int) -> None:
    named = {date.fromisoformat(f"{year}-{day}") for day in LEGAL_HOLIDAYS[year].split()}
    days = (date.fromordinal(each) for each in range(*_year(year)))
    on_weekdays = {day for day in days if day.weekday() < 5 and not is_working_day(day)}
    assert on_weekdays == named
    assert all(legal_holiday(day) for day in named)


def _year(year: int) -> tuple[int, int]:
    return date(year, 1, 1).toordinal(), date(year + 1, 1, 1).toordinal()


def test_holidays_that_nobody_knows_are_not_made_up() -> None:
    with pytest.raises(ValueError, match="not known"):
        legal_holiday(date(2150, 7, 3))


@pytest.mark.parametrize("row", rows("detainer_ends"), ids=lambda row: row["why"])
def test_both_ends(row: dict[str, str]) -> None:
    release = datetime.fromisoformat(row["release"])
    ends = ends_of(release, rule=Rule.PLAIN, zone=row["zone"])
    assert ends is not None
    assert ends.plain == datetime.fromisoformat(row["plain"])
    assert ends.working == datetime.fromisoformat(row["working"])
    # The table is written on the clock of that place.
    for told in ("release", "plain", "working"):
        moment = datetime.fromisoformat(row[told])
        assert moment.utcoffset() == moment.astimezone(ZoneInfo(row["zone"])).utcoffset()


def test_the_table_has_every_legal_public_holiday_and_both_changes_of_the_clocks() -> None:
    found = [row for row in rows("detainer_ends") if row["zone"] == EASTERN]
    days = {datetime.fromisoformat(row["release"]).date() for row in found}
    assert {date.fromisoformat(f"2026-{each}") for each in LEGAL_HOLIDAYS[2026].split()} <= days
    shifts = {(row["release"][-6:], row["plain"][-6:]) for row in found}
    assert {("-05:00", "-04:00"), ("-04:00", "-05:00")} <= shifts
    assert {row["zone"] for row in rows("detainer_ends")} == set(Zone.values)


def test_an_end_without_a_release_cannot_be_computed() -> None:
    assert ends_of(None, rule=Rule.PLAIN, zone=EASTERN) is None
    for end in (plain_end, lambda moment: working_end(moment, EASTERN)):
        with pytest.raises(ValueError, match="offset"):
            end(datetime(2026, 11, 20, 15, 0))


def test_days_that_do_not_count_are_named() -> None:
    release = datetime(2026, 11, 25, 15, 0, tzinfo=ZoneInfo(EASTERN))
    named = not_counted(release, working_end(release, EASTERN), EASTERN)
    assert [(day.isoformat(), why) for day, why in named] == [
        ("2026-11-26", "Thanksgiving Day"),
        ("2026-11-28", "Saturday"),
        ("2026-11-29", "Sunday"),
    ]


@pytest.mark.parametrize("row", rows("detainer_boxes"), ids=lambda row: row["why"])
def test_one_box_with_its_basis(row: dict[str, str]) -> None:
    found = box_problem(row["box"], [each for each in row["bases"].split("|") if each])
    assert (found.field if found else "") == row["wrong"]
    assert found is None or found.clause


@pytest.mark.parametrize(
    "row", rows("detainer_editions"), ids=lambda row: f"{row['edition']} {row['why']}"
)
def test_editions(row: dict[str, str]) -> None:
    issued_on = date.fromisoformat(row["issued_on"]) if row["issued_on"] else None
    found = edition_problem(row["edition"], row["rule"], issued_on, today=TODAY)
    assert (found.field if found else "") == row["wrong"]
    if found is None:
        ends = Ends(AT, AT.replace(hour=21), rule_of(row["edition"], row["rule"]))
        assert {ends.plain: "plain", ends.working: "working", None: "none"}[ends.given] == (
            row["given"]
        )


@pytest.mark.parametrize("row", rows("detainer_releases"), ids=lambda row: row["why"])
def test_a_time_of_release(row: dict[str, str]) -> None:
    problem = release_problem(
        datetime.fromisoformat(row["release"]) if row["release"] else None,
        expected=row["kind"] == "EXPECTED",
        issued_on=date(2026, 11, 16),
        zone=EASTERN,
        at=AT,
    )
    assert bool(problem) == (row["wrong"] == "yes")


@pytest.mark.parametrize(
    ("day", "at", "zone", "moment"),
    [
        ("2026-11-20", "15:00", EASTERN, "2026-11-20T20:00+00:00"),
        ("2026-11-20", "15:00", "Pacific/Guam", "2026-11-20T05:00+00:00"),
        # The night has no such time.
        ("2026-03-08", "02:30", EASTERN, ""),
        ("2026-03-08", "02:30", "America/Phoenix", "2026-03-08T09:30+00:00"),
        # It has this one twice; the first is taken, so that nobody is held longer.
        ("2026-11-01", "01:30", EASTERN, "2026-11-01T05:30+00:00"),
    ],
)
def test_the_clock_on_a_wall(day: str, at: str, zone: str, moment: str) -> None:
    found = local_moment(date.fromisoformat(day), time.fromisoformat(at), zone)
    assert found == (datetime.fromisoformat(moment) if moment else None)


@pytest.mark.parametrize(
    ("form", "signed_on", "wrong"),
    [
        ("", None, "warrant"),
        ("I-213", TODAY, "warrant"),
        ("I-200", None, "warrant_signed_on"),
        ("I-200", date(2026, 11, 21), "warrant_signed_on"),
        ("I-200", TODAY, ""),
        ("I-205", date(2019, 1, 1), ""),
    ],
)
def test_a_signed_warrant_goes_with_it(form: str, signed_on: date | None, wrong: str) -> None:
    found = warrant_problem(form, signed_on, today=TODAY)
    assert (found.field if found else "") == wrong


def test_an_earlier_form_is_never_issued_and_that_of_today_never_placed_at_once() -> None:
    waiting = DetainerState.TO_ISSUE
    for edition in Edition:
        today = edition == Edition.I247A
        assert may_follow(waiting, DetainerState.ISSUED, edition=edition) == today
        assert may_follow(waiting, DetainerState.PLACED, edition=edition) != today
        assert may_follow(waiting, DetainerState.DRAFT, edition=edition)
    for over in (DetainerState.LIFTED, DetainerState.ACTED_ON, DetainerState.WITHDRAWN):
        assert not any(may_follow(over, each, edition="I-247A") for each in DetainerState)


def test_what_ends_and_what_is_told_are_closed_lists() -> None:
    assert {str(each) for each in policy.STATUS_FIELDS} == {
        "DETAINER_EXISTENCE",
        "REMOVAL_STATUS",
        "CUSTODY_STATUS",
        "CUSTODY_LOCATION",
        "A_NUMBER",
        "COUNTRY_OF_BIRTH",
    }
    assert policy.LETTERS == {"PLACEMENT": "M", "LIFTING": "EE", "STATUS": "EE"}
