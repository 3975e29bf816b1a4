"""What was asked for and not shown, and acts that the rules refused: written down for good."""

from datetime import datetime, timedelta

import pytest
from django.test import Client
from django.urls import reverse

from accounts.choices import Role
from accounts.models import User
from acrime.alerts.models import Alert
from acrime.audit import events
from acrime.audit.choices import Channel, Outcome
from acrime.audit.models import AuditEvent
from acrime.common import outbox
from acrime.common.models import OutboxMessage
from acrime.iaq.models import StatusQuery
from acrime.records.actions import limit_record
from acrime.records.history import timeline_of
from tests import factories
from tests.conftest import Browser, BrowserFactory, Clock, UserFactory

pytestmark = pytest.mark.django_db

NOBODYS = "IAQ-2026-0000-0000"


@pytest.fixture
def hidden(claimed_query: StatusQuery, analyst: User, at: datetime) -> StatusQuery:
    """A query of ``analyst`` that strangers do not see."""
    limit_record(
        record=claimed_query.record,
        allowed=[],
        reason="A sensitive matter",
        actor=analyst,
        at=at,
        channel=Channel.PAGE,
    )
    return claimed_query


def denials() -> list[AuditEvent]:
    return list(AuditEvent.objects.filter(kind=events.ACCESS_DENIED).order_by("pk"))


# --- Asked for by number, and not shown ---------------------------------------------------------


def test_the_owner_hears_who_asked_for_a_hidden_record(
    hidden: StatusQuery, analyst: User, as_other_analyst: Browser, at: datetime
) -> None:
    as_other_analyst.get(f"/queries/{hidden.record.number}/")
    event = AuditEvent.objects.get(kind=events.RECORD_PROBED)
    assert (event.actor, event.outcome) == (as_other_analyst.user, Outcome.REFUSED)
    assert (event.matched_ids, event.displayed_ids) == ([hidden.pk], [])
    for pk in outbox.claim_due(at=at):
        outbox.consume(pk, at=at)
    alert = Alert.objects.get(owner=analyst)
    assert (alert.viewer, alert.event_kind) == (as_other_analyst.user, events.RECORD_PROBED)


def test_oversight_asking_for_what_is_not_there_leaves_nothing_behind(
    hidden: StatusQuery, as_opr: Browser
) -> None:
    before = OutboxMessage.objects.count()
    as_opr.get(f"/queries/{NOBODYS}/")
    # A query is no response; oversight sees it, and only misses the page.
    as_opr.get(f"/responses/{hidden.record.number}/")
    assert OutboxMessage.objects.count() == before
    assert AuditEvent.objects.filter(kind=events.RECORD_PROBED).count() == 2


@pytest.mark.parametrize(
    ("asked", "kept"),
    [
        (" iaq-2026-oooo-0000", "IAQ-2026-0000-0000"),
        ("%00%01IAQ", "IAQ"),
        ("X" * 5000, "X" * 24),
        ("%F0%9F%92%A9", "\U0001f4a9"),
        ("'; DROP TABLE record; --", "';DROPTABLERECORD;--"),
    ],
)
def test_what_was_asked_for_is_kept_tidied_and_cut(
    asked: str, kept: str, as_analyst: Browser
) -> None:
    assert as_analyst.get(f"/queries/{asked}/").status_code == 404
    assert AuditEvent.objects.get(kind=events.RECORD_PROBED).criteria == {"Number": kept}


@pytest.mark.parametrize("room", ["queries", "responses", "individuals", "disclosures", "records"])
def test_every_room_writes_it_down(room: str, as_supervisor: Browser) -> None:
    tail = "history/" if room == "records" else ""
    assert as_supervisor.get(f"/{room}/{NOBODYS}/{tail}").status_code == 404
    event = AuditEvent.objects.get(kind=events.RECORD_PROBED)
    assert event.criteria == {"Number": NOBODYS}
    assert event.source_address


def test_the_api_writes_it_down_under_its_channel(as_supervisor: Browser) -> None:
    assert as_supervisor.get(reverse("api:record", args=[NOBODYS])).status_code == 404
    event = AuditEvent.objects.get(kind=events.RECORD_PROBED)
    assert (event.channel, event.criteria) == (Channel.API, {"Number": NOBODYS})


def test_a_number_in_a_form_is_asked_for_too(
    claimed_query: StatusQuery, as_analyst: Browser
) -> None:
    given = {"prefix": "x", "x-individual": "IND-2026-0000-0000", "x-reason": "Same"}
    place = f"/queries/{claimed_query.record.number}/individuals/link/"
    assert as_analyst.post(place, given).status_code == 404
    event = AuditEvent.objects.get(kind=events.RECORD_PROBED)
    assert event.criteria == {"Number": "IND-2026-0000-0000"}


@pytest.mark.django_db(transaction=True)
def test_the_event_outlives_the_refusal(as_analyst: Browser) -> None:
    as_analyst.get(f"/queries/{NOBODYS}/")
    assert AuditEvent.objects.filter(kind=events.RECORD_PROBED).count() == 1


# --- Acts that the rules refused ----------------------------------------------------------------


def test_a_refused_act_is_written_with_its_record(
    claimed_query: StatusQuery, as_other_analyst: Browser
) -> None:
    as_other_analyst.post(f"/queries/{claimed_query.record.number}/claim/")
    (event,) = denials()
    assert event.record_id == claimed_query.pk
    assert event.record_number == claimed_query.record.number
    assert (event.actor, event.outcome) == (as_other_analyst.user, Outcome.REFUSED)
    assert event.details == {"url": "iaq:claim", "code": "wrong-state"}


def test_a_refusal_told_in_a_form_is_written_too(
    claimed_query: StatusQuery, as_other_analyst: Browser
) -> None:
    step = {
        "source": "CIS",
        "looked_date_0": "11",
        "looked_date_1": "20",
        "looked_date_2": "2026",
        "looked_time": "09:30",
        "result": "FOUND",
        "finding": factories.REMARK,
    }
    place = f"/queries/{claimed_query.record.number}/research/"
    assert as_other_analyst.post(place, step).status_code == 422
    (event,) = denials()
    assert event.details["url"] == "iaq:research"
    assert factories.REMARK not in str(event.details)


def test_refused_attempts_are_not_part_of_the_record_s_daily_history(
    claimed_query: StatusQuery, as_other_analyst: Browser
) -> None:
    before = timeline_of(claimed_query.record)
    as_other_analyst.post(f"/queries/{claimed_query.record.number}/claim/")
    assert timeline_of(claimed_query.record) == before


def test_a_refusal_of_the_api_is_written_under_its_channel(
    claimed_query: StatusQuery, browser_of: BrowserFactory, make_user: UserFactory
) -> None:
    # A supervisor who stands above nobody here sees the record and may not limit it.
    somebody = browser_of(make_user(Role.SUPERVISOR))
    answer = somebody.post(
        reverse("api:record-access", args=[claimed_query.record.number]),
        {"act": "limit", "reason": "Mine", "people": [], "offices": []},
        content_type="application/json",
    )
    assert answer.status_code == 403
    (event,) = denials()
    assert (event.channel, event.outcome) == (Channel.API, Outcome.REFUSED)
    assert (event.record_id, event.record_number) == (
        claimed_query.pk,
        claimed_query.record.number,
    )
    assert event.details == {"url": "api:record-access", "code": "not-the-owner"}


@pytest.mark.parametrize("name", ["iaq:list", "api:records"])
def test_a_locked_session_that_asks_is_written_down(
    name: str, as_analyst: Browser, clock: Clock
) -> None:
    clock.move(timedelta(minutes=31))
    assert as_analyst.get(reverse(name)).status_code in (302, 403)
    (event,) = denials()
    assert event.details == {"url": name, "reason": "session-locked"}
    assert event.channel == (Channel.API if name.startswith("api:") else Channel.PAGE)


def test_a_form_without_its_token_is_written_down_for_who_is_signed_in(
    as_analyst: Browser,
) -> None:
    as_analyst.handler.enforce_csrf_checks = True
    assert as_analyst.post(reverse("individuals:search")).status_code == 403
    (event,) = denials()
    assert event.actor == as_analyst.user
    assert event.details["reason"] == "no-form-token"


def test_a_stranger_s_form_without_a_token_fills_no_ledger() -> None:
    nobody = Client(enforce_csrf_checks=True)
    assert nobody.post(reverse("accounts:sign-in")).status_code == 403
    assert denials() == []
