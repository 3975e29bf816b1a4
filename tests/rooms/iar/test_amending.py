"""An answer is amended: the first stays, the second is reviewed and accounted like it."""

from datetime import datetime, timedelta

import pytest
from django.db import DatabaseError, IntegrityError, transaction

from accounts.choices import Role
from accounts.models import Office, User
from acrime.audit.models import AuditEvent
from acrime.common.errors import ActionRefused
from acrime.iaq.actions import return_determination
from acrime.iaq.choices import DeterminationState, QueryState
from acrime.iaq.models import Determination, StatusQuery
from acrime.iar import events
from acrime.iar.actions import Release, offices_for, release_response
from acrime.iar.amending.actions import amend_response, drop_amendment
from acrime.iar.amending.models import Amendment
from acrime.iar.choices import AmendmentState, AmendReason, Destination
from acrime.iar.models import Delivery, StatusResponse
from acrime.iar.reading import read_response
from acrime.records.models import Record
from routine_uses.models import Disclosure
from tests import factories
from tests.conftest import Browser, UserFactory

WRONG = AmendReason.WRONG_VALUE


def amend(response: StatusResponse, actor: User, at: datetime) -> Amendment:
    return amend_response(
        response=response, code=WRONG, reason="The date was mistyped.", actor=actor, at=at
    )


def refused(act: object) -> str:
    assert callable(act)
    with pytest.raises(ActionRefused) as refusal, transaction.atomic():
        act()
    return refusal.value.code


def query_of(response: StatusResponse) -> StatusQuery:
    return factories.query_numbered(response.query.record.number)


def answer_again(
    response: StatusResponse, analyst: User, supervisor: User, office: Office, at: datetime
) -> StatusResponse:
    """The amended answer, worked, reviewed and released."""
    query = factories.submit(
        query_of(response),
        author=analyst,
        at=at,
        values={
            "name": f"{factories.LAST}, {factories.FIRST}",
            "dob": "1979-04-16",
            "arn": factories.A_NUMBER,
        },
    )
    query = factories.approve(query, reviewer=supervisor, at=at)
    return factories.release(query, actor=supervisor, office=office, at=at)


def test_it_is_worked_reviewed_released_and_accounted_like_the_first(
    released_response: StatusResponse,
    analyst: User,
    supervisor: User,
    office: Office,
    at: datetime,
) -> None:
    first = StatusResponse.objects.get()
    before = (str(first.text), first.text_sha256, first.disclosure_number)
    amend(first, analyst, at)
    query = query_of(first)
    assert (query.state, query.claimed_by) == (QueryState.CLAIMED, analyst)
    assert Determination.objects.get().state == DeterminationState.SUPERSEDED

    # A second person reviews it: not its author.
    values: dict[str, object] = {
        "name": f"{factories.LAST}, {factories.FIRST}",
        "dob": "1979-04-16",
        "arn": factories.A_NUMBER,
    }
    query = factories.submit(query, author=analyst, at=at, values=values)
    assert refused(lambda: factories.approve(query, reviewer=analyst, at=at)) == "own-work"
    return_determination(query=query, reason="Once more.", actor=supervisor, at=at)
    later = at + timedelta(minutes=5)
    second = answer_again(first, analyst, supervisor, office, later)

    first.refresh_from_db()
    assert (str(first.text), first.text_sha256, first.disclosure_number) == before
    assert second.amends == first
    assert StatusResponse.objects.current().get() == second
    read = read_response(str(second.text))
    assert read.amends is not None
    assert read.amends.number == first.record.number
    assert read.amends.reason == WRONG.label.upper()
    assert "mistyped" not in str(second.text)

    # Its recipients are those of the first, and it is accounted for by itself.
    for destination in Destination.values:
        one, other = Delivery.objects.filter(destination=destination).order_by("pk")
        assert (one.addressee, one.target) == (other.addressee, other.target)
        assert one.key != other.key
    disclosure = Disclosure.objects.get(number=second.disclosure_number)
    assert disclosure.number != first.disclosure_number
    assert "Amended" in disclosure.nature
    assert set(disclosure.links.values_list("record_id", flat=True)) == {query.pk, second.pk}

    amendment = Amendment.objects.get()
    assert (amendment.state, amendment.closed_by) == (AmendmentState.RELEASED, supervisor)
    query = query_of(first)
    assert query.state == QueryState.RELEASED
    assert query.answered_at == first.released_at
    assert AuditEvent.objects.filter(kind=events.AMENDED, record_id=first.pk).count() == 1


def test_an_amended_answer_is_amended_in_its_turn_and_the_first_no_more(
    released_response: StatusResponse,
    analyst: User,
    supervisor: User,
    office: Office,
    at: datetime,
) -> None:
    amend(released_response, analyst, at)
    assert refused(lambda: amend(released_response, supervisor, at)) == "wrong-state"
    second = answer_again(released_response, analyst, supervisor, office, at)
    assert refused(lambda: amend(released_response, analyst, at)) == "amended"
    amend(second, analyst, at)
    third = answer_again(second, analyst, supervisor, office, at)
    assert (third.amends, second.amends) == (second, released_response)
    assert list(StatusResponse.objects.current()) == [third]


def test_the_database_holds_one_row_of_answers_for_a_query(
    released_response: StatusResponse, analyst: User, supervisor: User, office: Office, at: datetime
) -> None:
    amend(released_response, analyst, at)
    second = answer_again(released_response, analyst, supervisor, office, at)

    def copy(**changes: object) -> None:
        row = StatusResponse.objects.get(pk=second.pk)
        record = Record.objects.get(pk=second.pk)
        record.pk, record.number = None, "IAR-2026-0000-0001"
        record.save()
        row.pk, row.record = record.pk, record
        row.determination_id = None  # type: ignore[assignment]
        for name, value in changes.items():
            setattr(row, name, value)
        row.save(force_insert=True)

    spare = Determination.objects.order_by("pk")[0]
    for changes, match in (
        ({"amends": None, "amend_reason": ""}, "one_first|determination"),
        ({"amends": released_response}, "amends|determination"),
        ({"amends": second, "amend_reason": ""}, "with_reason|determination"),
    ):
        with pytest.raises(IntegrityError, match=match), transaction.atomic():
            copy(determination=spare, **changes)
    other = factories.make_query(factories.message_bytes(serial=2), at=at)
    with pytest.raises(DatabaseError, match="same query"), transaction.atomic():
        copy(determination=spare, query=other, amends=second)
    with pytest.raises(DatabaseError, match="frozen"), transaction.atomic():
        StatusResponse.objects.filter(pk=released_response.pk).update(amend_reason=WRONG)


def test_it_goes_to_the_office_that_got_the_first(
    released_response: StatusResponse,
    analyst: User,
    supervisor: User,
    office: Office,
    other_office: Office,
    at: datetime,
) -> None:
    amend(released_response, analyst, at)
    assert offices_for(query_of(released_response)) == [office]
    query = factories.approve(
        factories.submit(query_of(released_response), author=analyst, at=at),
        reviewer=supervisor,
        at=at,
    )
    release = Release(office=other_office, letter="X", computed_letter="X")
    with pytest.raises(ActionRefused) as refusal:
        release_response(query=query, release=release, actor=supervisor, at=at)
    assert refusal.value.code == "other-office"


def test_an_amendment_that_is_dropped_leaves_everything_as_it_was(
    released_response: StatusResponse,
    analyst: User,
    other_analyst: User,
    supervisor: User,
    at: datetime,
) -> None:
    amend(released_response, analyst, at)

    def drop(actor: User) -> None:
        drop_amendment(response=released_response, actor=actor, at=at)

    assert refused(lambda: drop(other_analyst)) == "not-yours"
    query = factories.submit(query_of(released_response), author=analyst, at=at)
    assert refused(lambda: drop(analyst)) == "wrong-state"
    return_determination(query=query, reason="No.", actor=supervisor, at=at)
    drop(supervisor)
    query = query_of(released_response)
    assert query.state == QueryState.RELEASED
    states = list(Determination.objects.order_by("version").values_list("state", flat=True))
    assert states == [DeterminationState.APPROVED, DeterminationState.RETURNED]
    assert Amendment.objects.get().state == AmendmentState.DROPPED
    assert refused(lambda: drop(analyst)) == "wrong-state"
    amend(released_response, analyst, at)


@pytest.mark.parametrize("role", [Role.FIELD_OFFICER, Role.PRIVACY_OFFICER, Role.OPR])
def test_other_roles_amend_nothing(
    role: Role, released_response: StatusResponse, make_user: UserFactory, at: datetime
) -> None:
    assert refused(lambda: amend(released_response, make_user(role), at)) == "not-a-worker"
    assert not Amendment.objects.exists()


def test_a_reason_is_needed(released_response: StatusResponse, analyst: User, at: datetime) -> None:
    def without() -> None:
        amend_response(response=released_response, code=WRONG, reason=" ", actor=analyst, at=at)

    assert refused(without) == "reason-missing"


def test_from_the_page_to_the_amended_answer(
    released_response: StatusResponse,
    as_analyst: Browser,
    analyst: User,
    as_supervisor: Browser,
    supervisor: User,
    office: Office,
    at: datetime,
) -> None:
    number = released_response.record.number
    query = released_response.query.record.number
    assert ">Amend</a>" in as_analyst.get(f"/responses/{number}/").content.decode()
    page = as_analyst.get(f"/responses/{number}/amend/").content.decode()
    assert "gets the amended answer too" in page
    wrong = as_analyst.post(f"/responses/{number}/amend/", {"code": "WRONG_VALUE", "reason": ""})
    assert wrong.status_code == 422
    as_analyst.post(f"/responses/{number}/amend/", {"code": "WRONG_VALUE", "reason": "Mistyped"})
    shown = as_analyst.get(f"/queries/{query}/").content.decode()
    assert "Being amended" in shown
    assert "Leave the answer as it is" in shown
    factories.approve(
        factories.submit(query_of(released_response), author=analyst, at=at),
        reviewer=supervisor,
        at=at,
    )
    draft = as_supervisor.get(f"/responses/release/{query}/").content.decode()
    assert "An amended response" in draft
    assert f"REPLACES/ {number}" in draft
    second = factories.release(query_of(released_response), actor=supervisor, office=office, at=at)
    old = as_supervisor.get(f"/responses/{number}/").content.decode()
    assert "An amended response took its place" in old
    assert ">Amend</a>" not in old
    new = as_supervisor.get(f"/responses/{second.record.number}/").content.decode()
    assert "Takes the place of" in new
    assert "A value was wrong" in new


def test_dropping_from_the_page(released_response: StatusResponse, as_analyst: Browser) -> None:
    number = released_response.record.number
    as_analyst.post(f"/responses/{number}/amend/", {"code": "WRONG_VALUE", "reason": "Mistyped"})
    answer = as_analyst.post(f"/responses/{number}/amend/drop/", follow=True)
    assert "The answer stays as it is." in answer.content.decode()
    assert query_of(released_response).state == QueryState.RELEASED
