"""What field offices did about answers, and other queries about the same person."""

from datetime import datetime, timedelta

import pytest
from django.db import DatabaseError, transaction

from accounts.choices import Role
from accounts.models import Office, User
from acrime.audit.choices import Channel
from acrime.audit.models import AuditEvent
from acrime.common.errors import ActionRefused
from acrime.iaq.actions import link_individual
from acrime.iaq.models import StatusQuery
from acrime.iaq.repeats import queries_about_the_same
from acrime.iar import events
from acrime.iar.choices import Outcome
from acrime.iar.following.actions import write_follow_up
from acrime.iar.following.models import FollowUp
from acrime.iar.following.querysets import figures
from acrime.iar.models import StatusResponse
from acrime.individuals.models import Individual
from acrime.records.actions import limit_record
from tests import factories
from tests.conftest import Browser, UserFactory


def write(
    response: StatusResponse,
    actor: User,
    at: datetime,
    *,
    outcome: Outcome = Outcome.ACTION_TAKEN,
    reason: str = "Interviewed at the jail.",
    happened_at: datetime | None = None,
    referred_to: str = "",
) -> FollowUp:
    return write_follow_up(
        response=response,
        outcome=outcome,
        reason=reason,
        happened_at=happened_at or at,
        referred_to=referred_to,
        actor=actor,
        at=at,
    )


def refused(act: object) -> str:
    assert callable(act)
    with pytest.raises(ActionRefused) as refusal, transaction.atomic():
        act()
    return refusal.value.code


def test_an_officer_of_the_office_writes_it_down_once(
    released_response: StatusResponse, field_officer: User, at: datetime
) -> None:
    first = write(released_response, field_officer, at)
    assert write(released_response, field_officer, at) == first
    later = write(
        released_response,
        field_officer,
        at + timedelta(hours=1),
        outcome=Outcome.REFERRED,
        referred_to="Boston prosecutions",
    )
    assert list(released_response.follow_ups.all()) == [later, first]
    found = AuditEvent.objects.filter(kind=events.FOLLOWED_UP, record_id=released_response.pk)
    assert [each.details for each in found.order_by("pk")] == [
        {"outcome": "ACTION_TAKEN"},
        {"outcome": "REFERRED"},
    ]


def test_it_is_never_changed(
    released_response: StatusResponse, field_officer: User, at: datetime
) -> None:
    write(released_response, field_officer, at)
    with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
        FollowUp.objects.update(outcome=Outcome.NO_ACTION)
    with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
        FollowUp.objects.all().delete()


def test_what_is_refused(
    released_response: StatusResponse,
    field_officer: User,
    make_user: UserFactory,
    other_office: Office,
    office: Office,
    at: datetime,
) -> None:
    response = released_response
    elsewhere = make_user(Role.FIELD_OFFICER, office=other_office)
    analyst_there = make_user(Role.ANALYST, office=office)
    early = response.query.received_at - timedelta(minutes=1)
    assert refused(lambda: write(response, elsewhere, at)) == "other-office"
    assert refused(lambda: write(response, analyst_there, at)) == "other-office"
    assert refused(lambda: write(response, field_officer, at, reason=" ")) == "reason-missing"
    assert refused(lambda: write(response, field_officer, at, happened_at=early)) == "too-early"
    assert (
        refused(lambda: write(response, field_officer, at, happened_at=at + timedelta(minutes=1)))
        == "future-time"
    )
    assert (
        refused(lambda: write(response, field_officer, at, outcome=Outcome.REFERRED))
        == "nobody-named"
    )
    assert not FollowUp.objects.exists()


def test_figures_count_each_answer_once_by_what_was_done_last(
    released_response: StatusResponse,
    field_officer: User,
    supervisor: User,
    other_analyst: User,
    at: datetime,
) -> None:
    def counted(user: User) -> list[tuple[dict[str, int], int]]:
        rows = figures(user, since=at - timedelta(days=1), until=at + timedelta(days=1))
        return [(row.outcomes, row.open) for row in rows]

    assert counted(supervisor) == [({}, 1)]
    write(released_response, field_officer, at)
    write(released_response, field_officer, at + timedelta(hours=1), outcome=Outcome.NO_ACTION)
    assert counted(supervisor) == [({"NO_ACTION": 1}, 0)]
    assert figures(supervisor, since=at, until=at + timedelta(days=1)) == []
    record = released_response.record
    limit_record(
        record=record, allowed=[], reason="S", actor=record.owner, at=at, channel=Channel.PAGE
    )
    assert counted(other_analyst) == []


def test_from_the_page_to_the_query_and_the_figures(
    released_response: StatusResponse, as_field_officer: Browser, as_analyst: Browser
) -> None:
    number = released_response.record.number
    page = as_field_officer.get(f"/responses/{number}/").content.decode()
    assert "Write down what was done" in page
    address = f"/responses/{number}/follow-up/"
    form = {
        "outcome": "REFERRED",
        "referred_to": "",
        "day_0": "11",
        "day_1": "20",
        "day_2": "2026",
        "time": "09:59",
        "reason": "Handed over.",
    }
    wrong = as_field_officer.post(address, form)
    assert (wrong.status_code, FollowUp.objects.count()) == (422, 0)
    assert "Say to whom it was referred" in wrong.content.decode()
    done = as_field_officer.post(address, form | {"referred_to": "Prosecutions"})
    assert done["Location"] == f"/responses/{number}/"
    query = as_analyst.get(f"/queries/{released_response.query.record.number}/").content.decode()
    assert "Referred to somebody else" in query
    response = as_analyst.get(f"/responses/{number}/").content.decode()
    assert "Handed over." in response
    assert "Write down what was done" not in response
    shown = as_analyst.get("/responses/follow-ups/").content.decode()
    assert released_response.field_office.name in shown
    late = as_analyst.get(
        "/responses/follow-ups/?since_0=11&since_1=21&since_2=2026&until_0=11&until_1=20&until_2=2026"
    )
    assert late.status_code == 422


def test_the_form_is_a_look_and_a_hidden_answer_has_none(
    released_response: StatusResponse, as_field_officer: Browser, at: datetime
) -> None:
    number, record = released_response.record.number, released_response.record
    address = f"/responses/{number}/follow-up/"
    assert as_field_officer.get(address).status_code == 200
    looked = AuditEvent.objects.filter(kind="record.viewed", actor=as_field_officer.user)
    assert looked.get().record_number == number
    limit_record(
        record=record, allowed=[], reason="S", actor=record.owner, at=at, channel=Channel.PAGE
    )
    for method in (as_field_officer.get, as_field_officer.post):
        hidden = method(address)
        absent = method("/responses/IAR-2026-0000-0000/follow-up/")
        assert hidden.status_code == absent.status_code == 404
        assert hidden.content.replace(number.encode(), b"") == absent.content.replace(
            b"IAR-2026-0000-0000", b""
        )
    assert AuditEvent.objects.filter(kind="record.probed").count() == 4


def test_other_systems_write_it_down_and_read_the_figures(
    released_response: StatusResponse, as_field_officer: Browser, as_supervisor: Browser
) -> None:
    number = released_response.record.number
    body = {
        "outcome": "NO_ACTION",
        "reason": "Released before anybody came.",
        "happened_at": "2026-11-20T14:59:00Z",
    }
    address = f"/api/v1/iar/{number}/follow-up/"
    made = as_field_officer.post(address, body, content_type="application/json")
    assert (made.status_code, made.json()["outcome"]) == (201, "NO_ACTION")
    future = body | {"happened_at": "2026-11-21T14:59:00Z"}
    answer = as_field_officer.post(address, future, content_type="application/json")
    assert (answer.status_code, answer.json()["code"]) == (422, "future-time")
    assert as_supervisor.post(address, body, content_type="application/json").status_code == 403
    period = "/api/v1/iar/follow-ups/?since=2026-11-20&until=2026-11-20"
    [row] = as_supervisor.get(period).json()
    assert row["outcomes"] == {"ACTION_TAKEN": 0, "NO_ACTION": 1, "REFERRED": 0}
    assert (row["open"], row["total"]) == (0, 1)


# --- The same person --------------------------------------------------------------------------


@pytest.fixture
def second_query(released_response: StatusResponse, analyst: User, at: datetime) -> StatusQuery:
    """Another query about the person of the released one."""
    query = factories.make_query(factories.message_bytes(serial=2), at=at)
    query = factories.claim(query, author=analyst, at=at)
    person = Individual.objects.get()
    link_individual(query=query, individual=person, reason="Same A-Number", actor=analyst, at=at)
    return query


def test_queries_about_the_same_person_are_shown_together(
    second_query: StatusQuery, released_response: StatusResponse, as_analyst: Browser, analyst: User
) -> None:
    first = released_response.query
    assert queries_about_the_same(second_query.record, analyst) == [first]
    assert queries_about_the_same(first.record, analyst) == [second_query]
    assert queries_about_the_same(released_response.record, analyst) == [second_query]
    page = as_analyst.get(f"/queries/{second_query.record.number}/").content.decode()
    assert "Other queries about the person" in page
    assert first.record.number in page
    number = second_query.record.number
    looked = AuditEvent.objects.filter(kind="record.listed", criteria__Record=number)
    assert looked.get().displayed_ids == [first.pk]


def test_a_hidden_one_is_not_among_them(
    second_query: StatusQuery,
    released_response: StatusResponse,
    other_analyst: User,
    as_other_analyst: Browser,
    at: datetime,
) -> None:
    limit_record(
        record=second_query.record,
        allowed=[],
        reason="S",
        actor=second_query.record.owner,
        at=at,
        channel=Channel.PAGE,
    )
    first = released_response.query
    assert queries_about_the_same(first.record, other_analyst) == []
    page = as_other_analyst.get(f"/queries/{first.record.number}/").content.decode()
    assert "Other queries about the person" not in page
