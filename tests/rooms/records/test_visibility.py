"""What somebody may see: the reviewed table, and limits one by one."""

import csv
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from django.contrib.auth.models import AnonymousUser

from accounts.actions import assign_supervisor
from accounts.choices import Role
from accounts.models import User
from acrime.audit.choices import Channel
from acrime.common.errors import NotThere
from acrime.iaq.models import StatusQuery
from acrime.iar.models import StatusResponse
from acrime.individuals.models import Individual
from acrime.records.access import access_record
from acrime.records.choices import RecordKind
from acrime.records.models import Record
from acrime.records.policy import KINDS_READ, SEES_LIMITED
from routine_uses.models import NoticeVersion
from tests.conftest import BrowserFactory, UserFactory
from tests.rooms.records.world import make_record

TABLE = Path(__file__).parents[2] / "tables" / "roles_by_kind.csv"
ROWS = list(csv.DictReader(TABLE.read_text("utf-8").splitlines()))
KINDS = {row["role"]: {kind for kind in RecordKind.values if row[kind] == "yes"} for row in ROWS}
PAST_LIMITS = {row["role"] for row in ROWS if row["past_limits"] == "yes"}

CONTENTS = {
    RecordKind.QUERY: StatusQuery,
    RecordKind.RESPONSE: StatusResponse,
    RecordKind.INDIVIDUAL: Individual,
}


def test_the_reviewed_table_is_what_the_portal_does() -> None:
    assert {role: set(kinds) for role, kinds in KINDS_READ.items()} == KINDS
    assert set(SEES_LIMITED) == PAST_LIMITS
    assert set(KINDS) == set(Role.values)
    assert all(row["why"] for row in ROWS)


# --- Limits, one by one -----------------------------------------------------------------------


@pytest.fixture
def cast(notice: NoticeVersion, make_user: UserFactory, at: datetime) -> dict[str, User]:
    """Owner and creator with a chief each above their supervisors, and bystanders."""
    people = {
        name: make_user(Role.SUPERVISOR, username=name)
        for name in ("owner-chief", "creator-chief", "other-supervisor")
    }
    for name in ("owner", "creator"):
        people[f"{name}-supervisor"] = make_user(
            Role.SUPERVISOR, username=f"{name}-supervisor", supervisor=people[f"{name}-chief"]
        )
        people[name] = make_user(
            Role.ANALYST, username=name, supervisor=people[f"{name}-supervisor"]
        )
    for name, role in (
        ("allowed", Role.ANALYST),
        ("opr", Role.OPR),
        ("colleague", Role.ANALYST),
        ("privacy", Role.PRIVACY_OFFICER),
        ("attorney", Role.ATTORNEY),
        ("admin", Role.ADMINISTRATOR),
        ("machine", Role.INTERFACE),
    ):
        people[name] = make_user(role, username=name)
    return people


@pytest.fixture
def limited(cast: dict[str, User], notice: NoticeVersion, at: datetime) -> Record:
    return make_record(
        RecordKind.INDIVIDUAL,
        owner=cast["owner"],
        creator=cast["creator"],
        limited=True,
        allowed=[cast["allowed"]],
        notice=notice,
        at=at,
    )


SEE_IT = {
    "owner",
    "owner-supervisor",
    "owner-chief",
    "creator",
    "creator-supervisor",
    "creator-chief",
    "allowed",
    "opr",
}


def test_a_limited_record_is_seen_by_its_own_and_by_nobody_else(
    cast: dict[str, User], limited: Record
) -> None:
    seeing = {name for name, user in cast.items() if Record.objects.visible_to(user).exists()}

    assert seeing == SEE_IT


def test_to_everybody_else_it_answers_like_a_number_that_does_not_exist(
    cast: dict[str, User], limited: Record, browser_of: BrowserFactory, at: datetime
) -> None:
    absent = "IND-2026-0000-0000"
    for name in ("colleague", "other-supervisor", "privacy", "attorney"):
        browser = browser_of(cast[name])
        hidden = browser.get(f"/individuals/{limited.number}/")
        nothing = browser.get(f"/individuals/{absent}/")
        assert hidden.status_code == nothing.status_code == 404
        assert hidden.content.replace(limited.number.encode(), b"") == nothing.content.replace(
            absent.encode(), b""
        )
        assert _headers(hidden) == _headers(nothing)
        with pytest.raises(NotThere) as refusal:
            access_record(number=limited.number, user=cast[name], at=at, channel=Channel.PAGE)
        assert limited.number not in str(refusal.value)


def _headers(answer: Any) -> dict[str, str]:
    """All but the number of the request, which is another each time."""
    return {name: value for name, value in answer.headers.items() if name != "X-Request-ID"}


def test_who_moves_is_seen_by_the_new_chain_at_once_and_no_longer_by_the_old(
    cast: dict[str, User], limited: Record, at: datetime
) -> None:
    def sees(name: str) -> bool:
        return Record.objects.visible_to(cast[name]).exists()

    assign_supervisor(user=cast["owner"], supervisor=cast["other-supervisor"], actor=None, at=at)
    assert sees("other-supervisor")
    assert not sees("owner-supervisor")
    assert not sees("owner-chief")

    # A supervisor who moves takes everybody below along.
    assign_supervisor(
        user=cast["creator-supervisor"], supervisor=cast["owner-chief"], actor=None, at=at
    )
    assert sees("owner-chief")
    assert sees("creator-supervisor")
    assert not sees("creator-chief")


def test_nobody_without_an_account_sees_anything(limited: Record) -> None:
    for model in (Record, *CONTENTS.values()):
        assert not model.objects.visible_to(AnonymousUser()).exists()  # type: ignore[attr-defined]


def test_a_limited_record_is_missing_from_lists_and_counts(
    cast: dict[str, User],
    limited: Record,
    notice: NoticeVersion,
    browser_of: BrowserFactory,
    at: datetime,
) -> None:
    open_one = make_record(RecordKind.INDIVIDUAL, owner=cast["owner"], notice=notice, at=at)

    page = browser_of(cast["colleague"]).get("/individuals/").content.decode()
    assert open_one.number in page
    assert limited.number not in page
    assert limited.number in browser_of(cast["allowed"]).get("/individuals/").content.decode()


def test_the_predicate_costs_the_same_however_many_records_there_are(
    cast: dict[str, User],
    notice: NoticeVersion,
    at: datetime,
    browser_of: BrowserFactory,
    django_assert_max_num_queries: Any,
) -> None:
    browser = browser_of(cast["owner"])
    for _ in range(12):
        make_record(RecordKind.INDIVIDUAL, owner=cast["owner"], notice=notice, at=at)
    with django_assert_max_num_queries(20):
        assert browser.get("/individuals/").status_code == 200
