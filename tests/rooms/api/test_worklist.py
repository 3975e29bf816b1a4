"""The worklist by the API: the same filters, order and visibility as the page."""

from datetime import datetime, timedelta

import pytest

from accounts.models import User
from acrime.audit.choices import Channel
from acrime.audit.models import AuditEvent
from acrime.iaq import events
from acrime.iaq.models import StatusQuery
from acrime.records.actions import limit_record
from routine_uses.models import NoticeVersion
from tests import factories
from tests.conftest import Browser

pytestmark = pytest.mark.django_db

LIST = "/api/v1/iaq/worklist/"


def receive(serial: int, *, offense: str, at: datetime) -> StatusQuery:
    return factories.make_query(factories.message_bytes(serial=serial, OFF=offense), at=at)


def test_the_list_has_the_pages_order_and_filters(
    notice: NoticeVersion, as_analyst: Browser, supervisor: User, at: datetime
) -> None:
    theft = receive(1, offense="2305", at=at - timedelta(hours=3))
    grave = receive(2, offense="0901", at=at - timedelta(hours=1))
    hidden = factories.claim(receive(3, offense="0901", at=at), author=supervisor, at=at)
    limit_record(
        record=hidden.record,
        allowed=[],
        reason="Held close.",
        actor=supervisor,
        at=at,
        channel=Channel.PAGE,
    )
    told = as_analyst.get(LIST).json()
    assert [row["number"] for row in told["results"]] == [
        grave.record.number,
        theft.record.number,
    ]
    assert told["next"] is None
    assert [row["level"] for row in told["results"]] == ["Level 1", "Level 2"]
    assert factories.LAST not in str(told)
    narrowed = as_analyst.get(LIST, {"level": "2"}).json()["results"]
    assert [row["number"] for row in narrowed] == [theft.record.number]
    seen = AuditEvent.objects.filter(channel=Channel.API, kind="record.listed").order_by("pk")
    assert seen[1].criteria["Level"] == "Level 2"


@pytest.mark.parametrize(
    "asked", [{"level": "9"}, {"show": "all"}, {"page": "0"}, {"worker": "nobody-here"}]
)
def test_what_is_no_choice_is_a_problem(as_analyst: Browser, asked: dict[str, str]) -> None:
    answer = as_analyst.get(LIST, asked)
    assert answer.status_code == 400
    assert answer["Content-Type"] == "application/problem+json"


def test_the_clock_is_explained(claimed_query: StatusQuery, as_analyst: Browser) -> None:
    told = as_analyst.get(f"/api/v1/iaq/{claimed_query.record.number}/clock/").json()
    assert told["lines"][0]["shown"] == "09:00 EST"
    assert (told["lines"][-1]["passed_hours"], told["lines"][-1]["note"]) == (4, "Due")
    assert any("Due Friday, Nov 20, 2026 at 13:00 EST" in each for each in told["reasons"])


def test_a_query_is_taken_on_once(
    received_query: StatusQuery, as_analyst: Browser, as_other_analyst: Browser
) -> None:
    place = f"/api/v1/iaq/{received_query.record.number}/claim/"
    assert as_analyst.post(place).status_code == 204
    late = as_other_analyst.post(place)
    assert (late.status_code, late.json()["code"]) == (409, "wrong-state")
    event = AuditEvent.objects.get(kind=events.CLAIMED)
    assert (event.actor_id, event.channel) == (as_analyst.user.pk, Channel.API)
    assert as_analyst.post("/api/v1/iaq/IAQ-2026-0000-0000/claim/").status_code == 404
