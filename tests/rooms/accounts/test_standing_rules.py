"""Standing as a rule: the reviewed tables, the boundaries of a day, and a brute-force oracle."""

import csv
from collections.abc import Iterable
from datetime import UTC, date, datetime, timedelta
from itertools import combinations
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from accounts.choices import Role
from accounts.standing.choices import Audience
from accounts.standing.policy import (
    CLASHES,
    DISABLED,
    NO_ROLE,
    TRAINING_LAPSED,
    TRAINING_MISSING,
    Asker,
    CourseHeld,
    clash_of,
    countdown,
    is_unused,
    may_ask,
    may_decide,
    reviews,
    standing_of,
    unused_since,
    yearly_review_is_due,
)
from acrime.common.eastern import portal_day
from tests.support.source import ROOT

TABLES = ROOT / "tests" / "tables"
TODAY = date(2026, 11, 20)


def rows_of(name: str) -> list[dict[str, str]]:
    with (TABLES / name).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


# --- The boundary of a day ---------------------------------------------------------------------


@pytest.mark.parametrize("row", rows_of("training_boundary.csv"), ids=lambda row: row["why"])
def test_training_counts_through_its_last_midnight_in_washington(row: dict[str, str]) -> None:
    moment = datetime.fromisoformat(row["moment"])
    last = date.fromisoformat(row["passed_on"]) + timedelta(days=int(row["valid_days"]))
    standing = standing_of(
        active=True,
        roles=[Role.ANALYST],
        courses=[CourseHeld(Audience.EVERYONE, last)],
        today=portal_day(moment),
    )
    assert standing.enters == (row["enters"] == "yes")
    assert standing.reasons == (() if standing.enters else (TRAINING_LAPSED,))
    assert standing.training_ends == last


# --- Standing against an oracle ----------------------------------------------------------------

DAYS = st.one_of(st.none(), st.integers(-3, 3).map(lambda days: TODAY + timedelta(days=days)))
COURSES = st.lists(
    st.builds(CourseHeld, st.sampled_from(list(Audience)).map(str), DAYS), max_size=4
)
ROLES = st.frozensets(st.sampled_from(list(Role)).map(str), max_size=3)


@given(active=st.booleans(), roles=ROLES, courses=COURSES)
@settings(max_examples=2000, deadline=None, derandomize=True)
def test_standing_is_what_the_rules_say(
    active: bool, roles: frozenset[str], courses: list[CourseHeld]
) -> None:
    standing = standing_of(active=active, roles=roles, courses=courses, today=TODAY)

    trained, certified = _all_current(courses, "EVERYONE"), _all_current(courses, "NCIC")
    machine = roles == {"INTERFACE"}
    assert standing.enters == (active and bool(roles) and (machine or trained))
    assert standing.ncic_certified == certified
    assert (DISABLED in standing.reasons) == (not active)
    assert (NO_ROLE in standing.reasons) == (not roles)
    about_training = {TRAINING_LAPSED, TRAINING_MISSING} & set(standing.reasons)
    assert len(about_training) == (0 if machine or trained else 1)
    if standing.enters and not machine:
        assert standing.training_ends is not None
        # It holds on its last day, and on the day after it does not.
        after = standing.training_ends + timedelta(days=1)
        for day, enters in ((standing.training_ends, True), (after, False)):
            then = standing_of(active=active, roles=roles, courses=courses, today=day)
            assert then.enters == enters


def _all_current(courses: Iterable[CourseHeld], audience: str) -> bool:
    """Said the long way round: there is such a course, and not one of them is in want."""
    of_audience = [course for course in courses if course.audience == audience]
    for course in of_audience:
        if course.ends is None:
            return False
        if course.ends.toordinal() - TODAY.toordinal() < 0:
            return False
    return len(of_audience) > 0


# --- Roles that do not go together -------------------------------------------------------------


def test_the_pairs_are_the_reviewed_ones() -> None:
    reviewed = {
        frozenset({row["role"], row["other"]}): (row["why"], row["clause"])
        for row in rows_of("incompatible_roles.csv")
    }
    assert len(reviewed) == len(rows_of("incompatible_roles.csv"))
    assert {pair: (clash.why, clash.clause) for pair, clash in CLASHES.items()} == reviewed


@pytest.mark.parametrize(("role", "other"), list(combinations(Role, 2)))
def test_a_clash_is_one_from_both_sides(role: Role, other: Role) -> None:
    there, back = clash_of(role, [other]), clash_of(other, [role])
    assert (there is None) == (back is None) == (frozenset({role, other}) not in CLASHES)
    assert clash_of(role, [role]) is None


@pytest.mark.parametrize(
    "row", rows_of("role_requests.csv"), ids=lambda row: "-".join(row.values())
)
def test_who_may_ask_for_a_role(row: dict[str, str]) -> None:
    askers = {
        "oneself": Asker(oneself=True, above=True, heads_office=True, leads_oversight=True),
        "above": Asker(above=True),
        "office_head": Asker(heads_office=True),
        "opr_lead": Asker(leads_oversight=True),
    }
    for name, asker in askers.items():
        allowed = may_ask(row["role"], granting=row["asked"] == "grant", asker=asker)
        assert allowed == (row[name] == "yes"), name
    assert not may_ask(row["role"], granting=True, asker=Asker())


def test_the_table_of_requests_names_every_role_twice() -> None:
    rows = rows_of("role_requests.csv")
    assert {(row["role"], row["asked"]) for row in rows} == {
        (role.value, asked) for role in Role for asked in ("grant", "remove")
    }
    assert len(rows) == 2 * len(Role)


@pytest.mark.parametrize(
    ("actor", "person", "requester", "allowed"),
    [(3, 1, 2, True), (1, 1, 2, False), (2, 1, 2, False), (1, 1, 1, False)],
)
def test_three_people_make_a_grant(actor: int, person: int, requester: int, allowed: bool) -> None:
    assert may_decide(actor=actor, person=person, requester=requester) == allowed


# --- The yearly review -------------------------------------------------------------------------

A, B, C = 1, 2, 3


@pytest.mark.parametrize(
    ("actor", "administers", "supervisor", "supervisor_active", "allowed"),
    [
        (B, False, B, True, True),
        (C, True, B, True, False),
        (C, False, B, True, False),
        (C, True, B, False, True),
        (B, False, B, False, False),
        (C, True, None, False, True),
        (C, False, None, False, False),
        (A, True, None, False, False),
        (A, True, B, True, False),
    ],
)
def test_who_reviews_the_roles_of_a(
    actor: int,
    administers: bool,
    supervisor: int | None,
    supervisor_active: bool,
    allowed: bool,
) -> None:
    assert allowed == reviews(
        actor=actor,
        administers=administers,
        person=A,
        supervisor=supervisor,
        supervisor_active=supervisor_active,
    )


@pytest.mark.parametrize(
    ("today", "last", "since", "due"),
    [
        ("2026-10-01", None, "2026-09-30", True),
        ("2026-09-30", None, "2026-01-01", False),
        ("2026-10-01", None, "2026-10-02", False),
        ("2026-11-20", None, "2026-10-02", False),
        ("2027-01-15", None, "2026-10-01", True),
        ("2026-10-02", "2026-10-01", "2025-01-01", False),
        ("2026-10-02", "2026-09-30", "2025-01-01", True),
        ("2027-09-30", "2026-10-01", "2025-01-01", False),
        ("2027-10-01", "2026-10-05", "2025-01-01", True),
        ("2026-10-01", None, None, False),
    ],
)
def test_a_review_is_due_once_a_year(
    today: str, last: str | None, since: str | None, due: bool
) -> None:
    def day(text: str | None) -> Any:
        return date.fromisoformat(text) if text else None

    assert due == yearly_review_is_due(
        today=day(today), month=10, day=1, last_opened_on=day(last), portal_since=day(since)
    )


# --- Without use -------------------------------------------------------------------------------


def test_the_days_without_use_count_from_what_came_last() -> None:
    joined, used, enabled = (datetime(2026, month, 1, tzinfo=UTC) for month in (1, 2, 3))
    assert unused_since(joined_at=joined, last_used_at=None, enabled_at=None) == joined
    assert unused_since(joined_at=joined, last_used_at=used, enabled_at=None) == used
    assert unused_since(joined_at=joined, last_used_at=used, enabled_at=enabled) == enabled
    just = used + timedelta(days=90)
    assert is_unused(used, at=just, days=90)
    assert not is_unused(used, at=just - timedelta(microseconds=1), days=90)


# --- Words -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("left", "tone", "words"),
    [
        (31, None, ""),
        (30, "warning", "Your training ends in 30 days – on 20 December 2026."),
        (12, "warning", "Your training ends in 12 days – on 2 December 2026."),
        (8, "warning", "in 8 days"),
        (7, "error", "Your training ends in 7 days – on 27 November 2026. Renew it now."),
        (1, "error", "ends tomorrow – on 21 November 2026"),
        (0, "error", "ends today – on 20 November 2026"),
        (-1, None, ""),
    ],
)
def test_the_countdown(left: int, tone: str | None, words: str) -> None:
    said = countdown("Your training", ends=TODAY + timedelta(days=left), today=TODAY)
    if tone is None:
        assert said is None
    else:
        assert said is not None
        assert said.tone == tone
        assert words in said.text


def test_nothing_is_counted_down_where_there_is_nothing() -> None:
    assert countdown("Your training", ends=None, today=TODAY) is None
