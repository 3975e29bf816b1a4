"""Nothing leaves unaccounted: where the accounting fails, nothing has left."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.db import DatabaseError, connection
from django.urls import reverse

from accounts.models import Office, User
from acrime.audit.choices import Outcome
from acrime.audit.models import AuditEvent
from acrime.common.errors import ActionRefused
from acrime.common.models import OutboxMessage
from acrime.common.pdf import UnableToRenderPdf
from acrime.common.sealing import UnableToSeal
from acrime.iaq.actions import approve_determination
from acrime.iaq.choices import QueryState
from acrime.iaq.models import StatusQuery
from acrime.iar.actions import Release, release_response
from acrime.iar.choices import Destination
from acrime.iar.models import Delivery, StatusResponse
from acrime.records.choices import RecordKind
from acrime.records.models import Record
from routine_uses import documents
from routine_uses.actions import DisclosureRefused
from routine_uses.models import DisclosedRecordLink, Disclosure, NoticeVersion
from tests import factories
from tests.conftest import Browser
from tests.flows.conftest import Spool, Work
from tests.support.pages import NotOnThePage, press, text_of

pytestmark = pytest.mark.django_db

_REFUSE = """
    CREATE FUNCTION no_room() RETURNS trigger LANGUAGE plpgsql AS
    $$ BEGIN RAISE EXCEPTION 'no room for the accounting'; END $$;
"""


def _table_is_full(table: str) -> Callable[[], None]:
    def fill() -> None:
        with connection.cursor() as cursor:
            cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
            cursor.execute(_REFUSE)
            cursor.execute(
                f"CREATE TRIGGER no_room BEFORE INSERT ON {table} "
                "FOR EACH ROW EXECUTE FUNCTION no_room()"
            )

    return fill


FULL = {
    "the accounting": "routine_uses_disclosure",
    "its records": "routine_uses_disclosedrecordlink",
    "the ledger": "audit_event",
    "the outbox": "acrime_outbox",
    "the copies": "iar_delivery",
    "the response": "iar_response",
}


def assert_nothing_left(query: StatusQuery, spool: Spool, work: Work) -> None:
    """The query waits as if nobody had tried."""
    fresh = factories.query_numbered(query.record.number)
    assert fresh.state == QueryState.APPROVED
    assert not StatusResponse.objects.exists()
    assert not Record.objects.filter(kind=RecordKind.RESPONSE).exists()
    assert not Delivery.objects.exists()
    assert not Disclosure.objects.exists()
    assert not DisclosedRecordLink.objects.exists()
    assert not OutboxMessage.objects.filter(topic="iar.deliver").exists()
    assert not AuditEvent.objects.filter(
        kind__in=("iar.response.released", "disclosure.made", "iaq.query.answered")
    ).exists()
    work()
    assert spool.files() == {}


def released(query: StatusQuery, *, office: Office, by: User, at: datetime) -> StatusResponse:
    return factories.release(query, actor=by, office=office, at=at)


@pytest.mark.parametrize("table", FULL.values(), ids=FULL.keys())
def test_where_a_row_cannot_be_written_nothing_leaves(
    table: str,
    approved_query: StatusQuery,
    supervisor: User,
    office: Office,
    spool: Spool,
    work: Work,
    at: datetime,
) -> None:
    _table_is_full(table)()
    with pytest.raises(DatabaseError, match="no room"):
        released(approved_query, office=office, by=supervisor, at=at)
    assert_nothing_left(approved_query, spool, work)


def test_where_the_accounting_fails_the_person_sees_a_fault_and_nothing_leaves(
    approved_query: StatusQuery,
    as_supervisor: Browser,
    office: Office,
    spool: Spool,
    work: Work,
) -> None:
    page = as_supervisor.get(reverse("iar:release", args=[approved_query.record.number]))
    _table_is_full(FULL["the accounting"])()
    as_supervisor.raise_request_exception = False
    answer = as_supervisor.post(
        page.request["PATH_INFO"], {"office": str(office.pk), "letter": "X"}
    )
    assert answer.status_code == 500
    assert b"no room" not in answer.content
    assert_nothing_left(approved_query, spool, work)


@pytest.mark.parametrize(
    ("part", "failure"),
    [("render_pdf", UnableToRenderPdf("no font")), ("seal", UnableToSeal("no key"))],
)
def test_where_the_document_cannot_be_made_nothing_leaves(
    part: str,
    failure: Exception,
    approved_query: StatusQuery,
    supervisor: User,
    office: Office,
    spool: Spool,
    work: Work,
    monkeypatch: pytest.MonkeyPatch,
    at: datetime,
) -> None:
    def fails(*_: Any, **__: Any) -> bytes:
        raise failure

    monkeypatch.setattr(documents, part, fails)
    with pytest.raises(type(failure)):
        released(approved_query, office=office, by=supervisor, at=at)
    assert_nothing_left(approved_query, spool, work)


def test_what_left_is_accounted(released_response: StatusResponse) -> None:
    """And the other way round: one response, one disclosure of both its records."""
    disclosure = Disclosure.objects.get()
    assert disclosure.number == released_response.disclosure_number
    assert disclosure.record_ids == [released_response.query_id, released_response.pk]
    assert DisclosedRecordLink.objects.filter(disclosure=disclosure).count() == 2


def test_a_second_release_is_refused(
    released_response: StatusResponse,
    as_supervisor: Browser,
    supervisor: User,
    office: Office,
    at: datetime,
) -> None:
    query = factories.query_numbered(released_response.query.record.number)
    with pytest.raises(ActionRefused) as refused:
        released(query, office=office, by=supervisor, at=at)
    assert refused.value.code == "already-released"
    page = as_supervisor.post(
        reverse("iar:release", args=[query.record.number]),
        {"office": str(office.pk), "letter": "X"},
        follow=True,
    )
    assert "released already" in text_of(page)
    assert StatusResponse.objects.count() == Disclosure.objects.count() == 1
    assert Delivery.objects.count() == OutboxMessage.objects.filter(topic="iar.deliver").count()
    with pytest.raises(DatabaseError, match="unique"):
        StatusResponse.objects.bulk_create([_copy(released_response)])


def _copy(response: StatusResponse) -> StatusResponse:
    copy = StatusResponse.objects.get(pk=response.pk)
    copy.record = Record.objects.exclude(pk=response.pk).order_by("pk")[0]
    return copy


def test_an_author_cannot_review(
    submitted_query: StatusQuery, as_analyst: Browser, analyst: User, at: datetime
) -> None:
    number = submitted_query.record.number
    with pytest.raises(ActionRefused) as refused:
        approve_determination(query=submitted_query, actor=analyst, at=at)
    assert refused.value.code == "own-work"
    page = as_analyst.get(reverse("iaq:detail", args=[number]))
    with pytest.raises(NotOnThePage):
        press(as_analyst, page, "Approve")
    page = as_analyst.post(reverse("iaq:approve", args=[number]), follow=True)
    assert "somebody else must review it" in text_of(page)
    assert factories.query_numbered(number).state == QueryState.IN_REVIEW
    with pytest.raises(DatabaseError, match="reviewer_is_not_author"):
        submitted_query.determinations.update(reviewer=analyst, reviewed_at=at, state="APPROVED")


def test_nothing_is_released_without_research(
    claimed_query: StatusQuery,
    as_analyst: Browser,
    analyst: User,
    supervisor: User,
    office: Office,
    at: datetime,
) -> None:
    with pytest.raises(ActionRefused) as refused:
        factories.submit(claimed_query, author=analyst, at=at)
    assert refused.value.code == "no-research"
    with pytest.raises(ActionRefused) as refused:
        released(claimed_query, office=office, by=supervisor, at=at)
    assert refused.value.code in {"no-research", "wrong-state"}
    page = as_analyst.get(reverse("iaq:determine", args=[claimed_query.record.number, "NO_RECORD"]))
    page = press(
        as_analyst,
        page,
        "Send to review",
        basis="Nothing was looked up.",
        open_because="Nobody had the time.",
    )
    assert page.status_code == 422
    assert "research step" in text_of(page)
    assert factories.query_numbered(claimed_query.record.number).state == QueryState.CLAIMED


def test_a_sex_offender_answer_stays_inside(
    notice: NoticeVersion,
    analyst: User,
    supervisor: User,
    as_supervisor: Browser,
    office: Office,
    spool: Spool,
    work: Work,
    at: datetime,
) -> None:
    query = factories.make_query(factories.message_bytes(remarks="NSOR"), at=at)
    query = factories.claim(query, author=analyst, at=at)
    query = factories.research(query, author=analyst, at=at)
    query = factories.submit(query, author=analyst, at=at)
    query = factories.approve(query, reviewer=supervisor, at=at)
    page = as_supervisor.get(reverse("iar:release", args=[query.record.number]))
    assert "Nothing leaves the agency" in text_of(page)
    page = press(as_supervisor, page, "Release now", office=str(office.pk))
    response = StatusResponse.objects.get()
    assert response.inside_only
    assert response.disclosure_number == ""
    assert not Disclosure.objects.exists()
    assert [copy.destination for copy in response.deliveries.all()] == [Destination.FIELD_OFFICE]
    work()
    assert list(spool.files()) == [f"office-vt1/{response.record.number}-office.txt"]


@pytest.mark.parametrize(
    "release",
    [
        pytest.param({"letter": "A", "computed_letter": "X"}, id="a letter that does not fit"),
        pytest.param({"letter": "X", "computed_letter": "I"}, id="the ground has changed"),
        pytest.param({"letter": "EE", "computed_letter": "X"}, id="more than the letter allows"),
        pytest.param({"letter": "", "computed_letter": "X"}, id="no letter"),
    ],
)
def test_a_refusal_of_the_gate_is_kept_though_all_else_is_rolled_back(
    release: dict[str, Any],
    approved_query: StatusQuery,
    supervisor: User,
    office: Office,
    spool: Spool,
    work: Work,
    at: datetime,
) -> None:
    with pytest.raises(DisclosureRefused) as refused:
        release_response(
            query=approved_query, release=Release(office=office, **release), actor=supervisor, at=at
        )
    assert refused.value.clause
    assert_nothing_left(approved_query, spool, work)
    event = AuditEvent.objects.get(kind="disclosure.refused")
    assert (event.actor, event.outcome, event.occurred_at) == (supervisor, Outcome.REFUSED, at)
    assert event.details["letter"] == release["letter"]
    assert event.details["clause"] == refused.value.clause
    assert refused.value.code.startswith("disclosure-")
    assert refused.value.code == event.details["code"]
    # The same person can still release it on the right ground.
    later = at + timedelta(minutes=1)
    assert released(approved_query, office=office, by=supervisor, at=later).disclosure_number
