"""Records by the API: the list, one envelope, who can see it, and changing that."""

from datetime import datetime, timedelta
from typing import Any

import pytest
from django.test import Client

from accounts.actions import issue_token
from accounts.choices import Role
from accounts.models import Office, User
from acrime.audit import events as looks
from acrime.audit.choices import Channel, Outcome
from acrime.audit.models import AuditEvent
from acrime.common.pages import PAGE_SIZE
from acrime.iar.models import StatusResponse
from acrime.records import events
from acrime.records.choices import RecordKind
from acrime.records.models import Record
from acrime.records.querysets import limits_of
from routine_uses.models import NoticeVersion
from tests import factories
from tests.conftest import Browser, UserFactory
from tests.rooms.records.world import make_record

pytestmark = pytest.mark.django_db

LIST = "/api/v1/records/"
PROBLEM = "application/problem+json"
ABSENT = "IAQ-2026-0000-0000"


@pytest.fixture
def record(notice: NoticeVersion, analyst: User, at: datetime) -> Record:
    return make_record(RecordKind.QUERY, owner=analyst, notice=notice, at=at)


def post(browser: Client, record: Record, **change: Any) -> Any:
    return browser.post(
        f"{LIST}{record.number}/access/",
        {"reason": "Concerns a colleague"} | change,
        content_type="application/json",
    )


def limits(record: Record) -> dict[str, object]:
    return limits_of(Record.objects.get(pk=record.pk))


def headers(answer: Any) -> dict[str, str]:
    """All but the number of the request, which is another each time."""
    return {name: value for name, value in answer.headers.items() if name != "X-Request-ID"}


def problem(answer: Any, status: int) -> Any:
    assert (answer.status_code, answer["Content-Type"]) == (status, PROBLEM)
    return answer.json()["code"]


# --- The list ---------------------------------------------------------------------------------


def test_a_list_is_paged_newest_first_and_counts_nothing(
    notice: NoticeVersion, analyst: User, as_analyst: Browser, at: datetime
) -> None:
    made = [
        make_record(
            RecordKind.INDIVIDUAL, owner=analyst, notice=notice, at=at - timedelta(minutes=minute)
        ).number
        for minute in range(PAGE_SIZE + 2)
    ]
    first = as_analyst.get(LIST).json()
    assert set(first) == {"results", "next"}
    assert [each["number"] for each in first["results"]] == made[:PAGE_SIZE]
    assert first["next"] == f"{LIST}?page=2"
    second = as_analyst.get(first["next"]).json()
    assert [each["number"] for each in second["results"]] == made[PAGE_SIZE:]
    assert second["next"] is None


def test_a_list_of_one_kind(
    released_response: StatusResponse, as_analyst: Browser, as_field_officer: Browser
) -> None:
    there = {RecordKind.QUERY, RecordKind.RESPONSE, RecordKind.INDIVIDUAL}
    for kind in RecordKind:
        found = as_analyst.get(LIST, {"kind": kind.value}).json()["results"]
        assert {each["kind"] for each in found} == ({kind.value} if kind in there else set())
    # A kind that the role does not read has nothing in it, and is no error.
    assert as_field_officer.get(LIST, {"kind": "IAQ"}).json() == {"results": [], "next": None}
    assert {each["kind"] for each in as_field_officer.get(LIST).json()["results"]} == {"IAR", "IND"}


@pytest.mark.parametrize(
    "asked",
    [
        {"kind": "XYZ"},
        {"kind": "IAQ\x00"},
        {"page": "-1"},
        {"page": "401"},
        {"page": "two"},
        {"page": "9" * 5000},
        {"page": "0000"},
    ],
)
def test_a_parameter_that_cannot_be_used(asked: dict[str, str], as_analyst: Browser) -> None:
    answer = as_analyst.get(LIST, asked)
    assert problem(answer, 400) == "bad-request"
    assert next(iter(asked.values())) not in answer.content.decode()


def test_a_list_is_a_look(record: Record, as_supervisor: Browser) -> None:
    as_supervisor.get(LIST, {"kind": "IAQ"})
    event = AuditEvent.objects.get(kind=looks.RECORD_LISTED, actor=as_supervisor.user)
    assert (event.channel, event.displayed_ids) == (Channel.API, [record.pk])
    assert event.criteria == {"List": "Records", "Kind": "Status query"}


# --- One record -------------------------------------------------------------------------------


def test_an_envelope_is_what_every_record_wears_and_nothing_of_a_person(
    released_response: StatusResponse, analyst: User, supervisor: User, as_analyst: Browser
) -> None:
    record = released_response.query.record
    answer = as_analyst.get(f"{LIST}{record.number.lower()}/")
    told = answer.json()
    assert told["number"] == record.number
    assert told["owner"] == analyst.username
    assert told["approved_by"] == supervisor.username
    assert (told["approval"], told["limited"]) == ("APPROVED", False)
    assert told["retention"] == "IAQ-CRIMINAL"
    assert told["office"] == "LESC"
    text = answer.content.decode()
    assert not [value for value in factories.PERSONAL_VALUES if value in text]
    event = AuditEvent.objects.get(
        kind=looks.RECORD_VIEWED, actor=analyst, channel=Channel.API, record_id=record.pk
    )
    assert event.source_address


def test_a_hidden_record_answers_like_none(
    record: Record, analyst: User, as_analyst: Browser, as_other_analyst: Browser
) -> None:
    post(as_analyst, record, act="limit")
    for rest in ("", "access/", "access/?person=message-switch"):
        hidden = as_other_analyst.get(f"{LIST}{record.number}/{rest}")
        absent = as_other_analyst.get(f"{LIST}{ABSENT}/{rest}")
        assert problem(hidden, 404) == problem(absent, 404) == "not-found"
        assert hidden.content == absent.content
        assert headers(hidden) == headers(absent)
    for act in ("limit", "lift", "nonsense"):
        hidden = post(as_other_analyst, record, act=act)
        assert problem(hidden, 404) == "not-found"
    assert as_other_analyst.get(LIST).json() == {"results": [], "next": None}


@pytest.mark.parametrize("role", [Role.ADMINISTRATOR, Role.INTERFACE])
def test_who_reads_no_records_gets_none(
    role: Role, record: Record, client: Client, make_user: UserFactory, at: datetime
) -> None:
    token = issue_token(
        user=make_user(role), name="t", expires_at=at + timedelta(days=1), actor=None, at=at
    )
    for place in (LIST, f"{LIST}{record.number}/", f"{LIST}{record.number}/access/"):
        answer = client.get(place, headers={"Authorization": f"Bearer {token}"})
        assert problem(answer, 403) == "not-allowed"


# --- Who can see it ---------------------------------------------------------------------------


def test_who_can_see_a_record_and_why(
    record: Record, analyst: User, supervisor: User, as_supervisor: Browser
) -> None:
    told = as_supervisor.get(f"{LIST}{record.number}/access/").json()
    assert told["limited"] is False
    assert {each["user"]: each["why"] for each in told["always"]} == {
        analyst.username: ["Owner", "Creator"],
        supervisor.username: ["Supervisor above the owner", "Supervisor above the creator"],
    }
    assert {"role": "ANALYST", "people": 1} in told["roles"]
    assert not [each for each in told["roles"] if each["role"].startswith("OPR")]
    assert told["mine"]["sees"] is True
    assert "above-owner" in [rule["code"] for rule in told["mine"]["rules"]]
    assert "explained" not in told
    event = AuditEvent.objects.get(kind=events.AUDIENCE_VIEWED)
    assert (event.actor, event.channel) == (supervisor, Channel.API)


def test_why_somebody_does_not_see_it(
    record: Record,
    as_analyst: Browser,
    as_privacy_officer: Browser,
    other_analyst: User,
    as_supervisor: Browser,
) -> None:
    post(as_analyst, record, act="limit", people=[as_privacy_officer.user.username])
    place = f"{LIST}{record.number}/access/?person={other_analyst.username}"
    told = as_privacy_officer.get(place).json()["explained"]
    assert (told["user"], told["explanation"]["sees"]) == (other_analyst.username, False)
    assert told["explanation"]["rules"][-1]["code"] == "not-allowed"
    assert AuditEvent.objects.get(kind=events.SIGHT_EXPLAINED).channel == Channel.API
    # Not below this supervisor, so it is as if there were nobody of that name.
    assert problem(as_supervisor.get(place), 422) == "nobody-to-ask-about"


# --- Changing it ------------------------------------------------------------------------------


def test_limits_are_changed_and_the_answer_says_who_sees_it_now(
    record: Record, as_analyst: Browser, other_analyst: User, office: Office
) -> None:
    told = post(as_analyst, record, act="limit", people=[other_analyst.username]).json()
    assert (told["limited"], [each["user"] for each in told["people"]]) == (
        True,
        [other_analyst.username],
    )
    told = post(as_analyst, record, act="extend", offices=[office.code]).json()
    assert told["offices"] == [{"code": office.code, "name": office.name, "people": 0}]
    told = post(as_analyst, record, act="narrow", people=[other_analyst.username]).json()
    assert told["people"] == []
    told = post(as_analyst, record, act="lift").json()
    assert (told["limited"], told["offices"]) == (False, [])
    kinds = AuditEvent.objects.filter(record_id=record.pk, channel=Channel.API).values_list(
        "kind", flat=True
    )
    assert {
        events.LIMITED,
        events.LIMIT_EXTENDED,
        events.LIMIT_NARROWED,
        events.LIMIT_LIFTED,
    } <= set(kinds)


@pytest.mark.parametrize(
    ("change", "status", "code"),
    [
        ({"act": "lift"}, 409, "not-limited"),
        ({"act": "narrow", "people": ["message-switch"]}, 409, "not-limited"),
        ({"act": "extend"}, 422, "nobody-named"),
        ({"act": "limit", "people": ["nobody-of-that-name"]}, 422, "unknown-person"),
        ({"act": "limit", "offices": ["NONE"]}, 422, "unknown-office"),
        ({"act": "limit", "people": ["message-switch"]}, 422, "reads-no-records"),
        ({"act": "delete"}, 400, "bad-request"),
        ({"act": "limit", "reason": ""}, 400, "bad-request"),
        ({"act": "limit", "reason": "x" * 201}, 400, "bad-request"),
        ({"act": "limit", "people": "analyst"}, 400, "bad-request"),
        ({"act": "limit", "people": [["analyst"]]}, 400, "bad-request"),
        ({"act": "limit", "people": ["a\x00"]}, 400, "bad-request"),
        ({"act": "limit", "people": ["a"] * 101}, 400, "bad-request"),
        ({}, 400, "bad-request"),
    ],
)
def test_a_change_that_cannot_be_made(
    change: dict[str, Any],
    status: int,
    code: str,
    record: Record,
    message_switch: User,
    as_analyst: Browser,
) -> None:
    assert problem(post(as_analyst, record, **change), status) == code
    assert limits(record)["limited"] is False


@pytest.mark.parametrize("body", ["", "[]", '"lift"', "{", "null", '{"act": "lift"'])
def test_a_body_that_is_no_change(body: str, record: Record, as_analyst: Browser) -> None:
    answer = as_analyst.post(
        f"{LIST}{record.number}/access/", body, content_type="application/json"
    )
    assert problem(answer, 400) == "bad-request"


def test_only_json_is_read(record: Record, as_analyst: Browser) -> None:
    answer = as_analyst.post(f"{LIST}{record.number}/access/", {"act": "lift"})
    assert problem(answer, 415) == "unsupported-media-type"


def test_what_the_body_says_beside_the_change_changes_nothing(
    record: Record, as_analyst: Browser, other_analyst: User
) -> None:
    before = Record.objects.values().get(pk=record.pk)
    more = {"owner": other_analyst.username, "approval": "APPROVED", "number": ABSENT}
    assert post(as_analyst, record, act="limit", **more).status_code == 200
    assert Record.objects.values().get(pk=record.pk) == before | {"limited": True}


def test_who_does_not_answer_for_the_record_is_refused(
    record: Record, as_other_analyst: Browser, as_opr: Browser, as_attorney: Browser
) -> None:
    assert problem(post(as_other_analyst, record, act="limit"), 403) == "not-the-owner"
    for reader in (as_opr, as_attorney):
        assert problem(post(reader, record, act="limit"), 403) == "not-allowed"
    assert limits(record)["limited"] is False
    refusal = AuditEvent.objects.get(kind=looks.ACCESS_DENIED, actor=as_other_analyst.user)
    assert refusal.outcome == Outcome.REFUSED


@pytest.mark.parametrize("method", ["put", "patch", "delete"])
def test_other_methods_do_nothing(method: str, record: Record, as_analyst: Browser) -> None:
    for rest in ("", f"{record.number}/", f"{record.number}/access/"):
        answer = getattr(as_analyst, method)(f"{LIST}{rest}")
        assert answer.status_code in (403, 405)
        assert answer["Content-Type"] == PROBLEM
