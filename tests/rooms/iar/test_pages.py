"""The pages of responses: release, the field office's list, one response, sending again."""

from datetime import datetime

import pytest

from accounts.choices import Role
from accounts.models import Office, User
from acrime.audit.choices import Channel
from acrime.audit.models import AuditEvent
from acrime.common.models import OutboxMessage
from acrime.iaq.choices import QueryState
from acrime.iaq.models import StatusQuery
from acrime.iar import events
from acrime.iar.models import Delivery, StatusResponse
from acrime.records.actions import limit_record
from routine_uses.models import Disclosure, Recipient
from tests import factories
from tests.conftest import Browser, BrowserFactory, UserFactory


def release_page(query: StatusQuery) -> str:
    return f"/responses/release/{query.record.number}/"


def test_the_page_shows_what_leaves_to_whom_and_why(
    approved_query: StatusQuery, office: Office, as_supervisor: Browser
) -> None:
    page = as_supervisor.get(release_page(approved_query))
    text = page.content.decode()

    assert "NOT A GOVERNMENT DETAINER" in text
    recipient = Recipient.objects.get(ori="WVFBIID00")
    assert recipient.name in text
    assert recipient.address_lines[0] in text
    (suggested,) = [each for each in page.context["grounds"] if each.suggested]
    assert suggested.rule.letter == "X"
    assert suggested.rule.clause in text
    assert {"A-Number", "Name", "Date of birth"} <= set(page.context["fields"])
    event = AuditEvent.objects.get(kind=events.PREVIEWED)
    assert (event.record_id, event.actor) == (approved_query.pk, as_supervisor.user)
    assert not Disclosure.objects.exists()


def test_what_the_page_showed_is_what_left(
    approved_query: StatusQuery, office: Office, as_supervisor: Browser
) -> None:
    draft = as_supervisor.get(release_page(approved_query)).context["text"]
    answer = as_supervisor.post(release_page(approved_query), {"office": office.pk, "letter": "X"})
    response = StatusResponse.objects.get()

    assert answer.headers["Location"] == f"/responses/{response.record.number}/"
    assert str(response.text) == draft
    page = as_supervisor.get(answer.headers["Location"]).content.decode()
    assert response.disclosure_number in page
    assert "Queued" in page


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"office": ""}, "office"),
        ({"office": "999999"}, "office"),
        ({"letter": ""}, "letter"),
        ({"letter": "I"}, "letter"),
        ({"letter": "x"}, "letter"),
    ],
)
def test_a_bad_release_is_told_at_its_field(
    change: dict[str, str],
    field: str,
    approved_query: StatusQuery,
    office: Office,
    other_office: Office,
    as_supervisor: Browser,
) -> None:
    given = {"office": str(office.pk), "letter": "X"} | change
    answer = as_supervisor.post(release_page(approved_query), given)

    assert answer.status_code == 422
    assert list(answer.context["form"].errors) == [field]
    assert StatusQuery.objects.get().state == QueryState.APPROVED
    assert not Disclosure.objects.exists()


def test_without_a_recipient_the_page_says_what_to_do(
    approved_query: StatusQuery, office: Office, as_supervisor: Browser
) -> None:
    Recipient.objects.update(is_active=False)
    assert (
        "privacy officer must add it"
        in as_supervisor.get(release_page(approved_query)).content.decode()
    )
    answer = as_supervisor.post(release_page(approved_query), {"office": office.pk})

    assert answer.status_code == 422
    assert "5 U.S.C. 552a(c)(1)(B)" in answer.content.decode()
    assert not StatusResponse.objects.exists()


def test_before_approval_and_after_release_there_is_nothing_to_release(
    submitted_query: StatusQuery, released_response: StatusResponse, as_supervisor: Browser
) -> None:
    page = as_supervisor.get(release_page(released_response.query), follow=True).content.decode()
    assert "released already" in page
    answer = as_supervisor.post(release_page(released_response.query), {"letter": "X"})
    assert answer.status_code == 302
    assert StatusResponse.objects.count() == 1


def test_an_answer_inside_only_asks_for_no_basis(
    approved_query: StatusQuery, office: Office, as_supervisor: Browser
) -> None:
    StatusQuery.objects.update(program="SEX_OFFENDER")
    page = as_supervisor.get(release_page(approved_query))
    assert list(page.context["form"].fields) == ["office"]
    assert "Nothing leaves the agency" in page.content.decode()

    as_supervisor.post(release_page(approved_query), {"office": office.pk})
    assert StatusResponse.objects.get().inside_only
    assert Delivery.objects.count() == 1


@pytest.mark.parametrize(
    "role", [Role.OPR, Role.ATTORNEY, Role.FIELD_OFFICER, Role.PRIVACY_OFFICER, Role.CALL_TAKER]
)
def test_who_does_not_work_queries_releases_nothing(
    role: Role,
    approved_query: StatusQuery,
    browser_of: BrowserFactory,
    make_user: UserFactory,
) -> None:
    browser = browser_of(make_user(role))
    assert browser.get(release_page(approved_query)).status_code == 403
    assert browser.post(release_page(approved_query)).status_code == 403


def test_a_hidden_query_and_an_absent_one_are_not_there(
    approved_query: StatusQuery, analyst: User, as_other_analyst: Browser, at: datetime
) -> None:
    limit_record(
        record=approved_query.record,
        allowed=[],
        reason="A sensitive matter",
        actor=analyst,
        at=at,
        channel=Channel.PAGE,
    )
    for number in (approved_query.record.number, "IAQ-2026-0000-0000", "%00"):
        place = f"/responses/release/{number}/"
        assert as_other_analyst.get(place).status_code == 404
        assert as_other_analyst.post(place).status_code == 404


def test_a_field_officer_sees_the_own_office_first_and_others_on_request(
    released_response: StatusResponse,
    other_office: Office,
    browser_of: BrowserFactory,
    field_officer: User,
    make_user: UserFactory,
) -> None:
    number = released_response.record.number
    assert number in browser_of(field_officer).get("/responses/").content.decode()
    elsewhere = browser_of(make_user(Role.FIELD_OFFICER, office=other_office))
    assert number not in elsewhere.get("/responses/").content.decode()
    assert number in elsewhere.get("/responses/?show=all").content.decode()

    page = browser_of(field_officer).get(f"/responses/{number}/")
    assert page.status_code == 200
    assert factories.LAST in page.content.decode()
    assert not page.context["query_visible"]
    assert AuditEvent.objects.filter(
        kind="record.viewed", record_id=released_response.pk, actor=field_officer
    ).exists()


@pytest.mark.parametrize("number", ["IAR-2026-0000-0000", "%00", "nonsense"])
def test_an_unknown_response_is_not_there(
    number: str, released_response: StatusResponse, as_supervisor: Browser
) -> None:
    assert as_supervisor.get(f"/responses/{number}/").status_code == 404
    place = f"/responses/{number}/copies/REQUESTER/again/"
    assert as_supervisor.post(place).status_code == 404


def test_a_query_is_no_response_and_the_other_way_round(
    released_response: StatusResponse, as_supervisor: Browser
) -> None:
    query = released_response.query.record.number
    response = released_response.record.number

    assert as_supervisor.get(f"/responses/{query}/").status_code == 404
    assert as_supervisor.get(f"/queries/{response}/").status_code == 404
    assert as_supervisor.get(f"/individuals/{response}/").status_code == 404


def test_a_failed_copy_is_sent_again_from_the_page(
    released_response: StatusResponse,
    as_supervisor: Browser,
    as_field_officer: Browser,
    at: datetime,
) -> None:
    copy = Delivery.objects.get(destination="REQUESTER")
    number = released_response.record.number
    again = f"/responses/{number}/copies/REQUESTER/again/"
    assert "Only a failed copy" in as_supervisor.post(again, follow=True).content.decode()

    Delivery.objects.filter(pk=copy.pk).update(state="FAILED", failed_at=at, attempts=1)
    before = OutboxMessage.objects.filter(topic="iar.deliver").count()
    assert as_field_officer.post(again).status_code == 403
    assert again in as_supervisor.get(f"/responses/{number}/").content.decode()
    as_supervisor.post(again)
    copy.refresh_from_db()
    assert copy.state == "QUEUED"
    assert OutboxMessage.objects.filter(topic="iar.deliver").count() == before + 1
    for wrong in ("requester", "NOBODY", copy.pk, "%00"):
        place = f"/responses/{number}/copies/{wrong}/again/"
        assert as_supervisor.post(place).status_code == 404
