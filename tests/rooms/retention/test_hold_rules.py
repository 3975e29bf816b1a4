"""Who places and releases holds, and what a scope must say."""

import csv
from datetime import date, timedelta

import pytest

from accounts.choices import Role
from acrime.records.choices import RecordKind
from acrime.retention.holds import policy
from acrime.retention.holds.choices import HoldKind
from acrime.retention.holds.locks import SHELVES
from tests.support.source import ROOT

TODAY = date(2026, 11, 20)


def rows(name: str) -> list[dict[str, str]]:
    with (ROOT / "tests/tables" / name).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


@pytest.mark.parametrize(
    "row", rows("hold_roles.csv"), ids=lambda row: f"{row['kind']} {row['role']}"
)
def test_who_places_and_who_releases(row: dict[str, str]) -> None:
    assert policy.may_place({row["role"]}, row["kind"]) == (row["places"] == "yes")
    assert policy.may_be_authority({row["role"]}, row["kind"]) == (row["authority"] == "yes")


def test_every_kind_has_somebody_who_places_and_somebody_else_who_releases() -> None:
    assert policy.PLACERS.keys() == policy.AUTHORITIES.keys() == set(HoldKind.values)
    reviewed = {(row["kind"], row["role"]) for row in rows("hold_roles.csv")}
    for kind in HoldKind.values:
        # Two people are always needed, and whoever places need not be who releases.
        assert policy.PLACERS[kind] - policy.AUTHORITIES[kind]
        # Each yes of the code was reviewed.
        granted = policy.PLACERS[kind] | policy.AUTHORITIES[kind]
        assert {(kind, role) for role in granted} <= reviewed


def test_oversight_and_administrators_do_nothing_about_holds() -> None:
    assert policy.WORKERS.isdisjoint({Role.OPR, Role.OPR_LEAD, Role.ADMINISTRATOR})
    assert policy.CUSTODIANS.isdisjoint({Role.OPR, Role.OPR_LEAD})


@pytest.mark.parametrize(
    "row", rows("hold_scopes.csv"), ids=lambda row: f"{row['scope']}: {row['why']}"
)
def test_what_a_scope_must_say(row: dict[str, str]) -> None:
    reach = policy.Reach(
        scope=row["scope"],
        records=int(row["records"]),
        people=int(row["people"]),
        kinds=row["kinds"].split(),
        program=row["program"],
        matter=row["matter"] == "yes",
        opened_from=date.fromisoformat(row["from"]) if row["from"] else None,
        opened_to=date.fromisoformat(row["to"]) if row["to"] else None,
    )
    problem = policy.problem_with(reach)
    assert (problem.code if problem else "") == row["code"]


@pytest.mark.parametrize(
    ("days", "code"),
    [
        (-1, "review-not-ahead"),
        (0, "review-not-ahead"),
        (1, ""),
        (366, ""),
        (367, "review-too-late"),
    ],
)
def test_a_hold_is_looked_at_again_within_a_year(days: int, code: str) -> None:
    problem = policy.problem_with_review(TODAY + timedelta(days=days), today=TODAY)
    assert (problem.code if problem else "") == code


def test_every_kind_of_record_has_a_shelf_of_its_own() -> None:
    assert set(SHELVES) == set(RecordKind)
    assert len(set(SHELVES.values())) == len(SHELVES)
