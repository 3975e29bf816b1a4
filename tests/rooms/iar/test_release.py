"""Releasing: what is accounted, on which ground, and what leaves by which door."""

import hashlib
from datetime import datetime, timedelta

import pytest
from django.db import Error, IntegrityError, transaction

from accounts.choices import OfficeKind, Role
from accounts.models import Office, User
from acrime.audit.choices import Channel
from acrime.audit.models import AuditEvent
from acrime.common.errors import ActionRefused
from acrime.common.models import OutboxMessage
from acrime.iaq.choices import QueryState
from acrime.iaq.conclusions import RECORD_FIELDS
from acrime.iaq.models import StatusQuery
from acrime.iar import events
from acrime.iar.actions import (
    Release,
    ask_for_check,
    draft_text,
    gate_request,
    offices_for,
    release_response,
)
from acrime.iar.choices import DeliveryState, Destination
from acrime.iar.delivering.actions import DELIVER
from acrime.iar.models import Delivery, StatusResponse
from acrime.iar.policy import ALWAYS, FIELDS_OF_RECORD, disclosed_fields, purpose_of
from acrime.records.actions import limit_record
from acrime.records.choices import Approval
from acrime.records.models import Record
from routine_uses.actions import DisclosureRefused, add_recipient
from routine_uses.approvals.actions import grant_approval
from routine_uses.approvals.choices import ApprovalKind
from routine_uses.choices import DeliveryChannel, Field, Program, Purpose, RecipientType
from routine_uses.models import Approval as Task
from routine_uses.models import Disclosure, NoticeVersion, Recipient
from routine_uses.policy import ACCURACY_KEY
from routine_uses.scopes import DisclosedRecord
from tests import factories
from tests.conftest import Browser, UserFactory


def let_go(
    query: StatusQuery, *, actor: User, at: datetime, office: Office | None, **how: object
) -> StatusResponse:
    release = {"letter": "X", "computed_letter": "X"} | how
    return release_response(
        query=query,
        release=Release(office=office, **release),  # type: ignore[arg-type]
        actor=actor,
        at=at,
    )


def check_it(check: Task, *, by: User, at: datetime) -> None:
    """Make the (e)(6) check."""
    grant_approval(
        approval=check,
        reason="Compared with the file.",
        findings={},
        actor=by,
        at=at,
        channel=Channel.PAGE,
    )


def nothing_left(query: StatusQuery) -> None:
    """Nothing of a release stayed."""
    assert StatusQuery.objects.get(pk=query.pk).state == QueryState.APPROVED
    assert not StatusResponse.objects.exists()
    assert not Delivery.objects.exists()
    assert not Disclosure.objects.exists()
    assert not OutboxMessage.objects.filter(topic=DELIVER).exists()
    assert not AuditEvent.objects.filter(kind=events.RELEASED).exists()


@pytest.fixture
def firearm_unit(notice: NoticeVersion, privacy_officer: User, at: datetime) -> Recipient:
    return add_recipient(
        actor=privacy_officer,
        at=at,
        name="Synthetic firearm check unit",
        type=RecipientType.STATE,
        address_lines=["1 Example Plaza", "Montpelier, VT 05602"],
        ori="VT9990001",
        delivery_channel=DeliveryChannel.SPOOL,
        delivery_target="vt-firearm-unit",
        channel=Channel.COMMAND,
    )


@pytest.fixture
def firearm_query(
    notice: NoticeVersion, analyst: User, supervisor: User, at: datetime
) -> StatusQuery:
    """An approved answer to a firearm check of a state."""
    raw = factories.message_bytes(
        ORI="VT9990001", PUR="F", ATN="ORI=VT9990001", FBI=None, remarks="", encounters=[]
    ).replace(b"IDSM=sscn202632400000001", b"")
    query = factories.claim(factories.make_query(raw, at=at), author=analyst, at=at)
    factories.research(query, author=analyst, at=at)
    factories.submit(query, author=analyst, at=at, kind="NO_RECORD", values={})
    return factories.approve(query, reviewer=supervisor, at=at)


# --- The ordinary release ---------------------------------------------------------------------


def test_what_leaves_to_the_fbi_is_accounted_field_by_field(
    released_response: StatusResponse, supervisor: User, at: datetime
) -> None:
    response = released_response
    disclosure = Disclosure.objects.get()

    assert response.disclosure_number == disclosure.number
    assert (disclosure.letter, disclosure.computed_letter) == ("X", "X")
    assert disclosure.override_reason == ""
    assert disclosure.recipient.ori == "WVFBIID00"
    assert set(disclosure.fields) == {
        *(field.value for field in ALWAYS),
        Field.NAME,
        Field.DATE_OF_BIRTH,
        Field.A_NUMBER,
    }
    assert disclosure.record_numbers == [response.query.record.number, response.record.number]
    assert (disclosure.discloser, disclosure.purpose_code) == (
        supervisor,
        Purpose.FINGERPRINT_QUERY,
    )
    assert disclosure.conditions == {"fingerprint_based": True}
    assert bytes(disclosure.document).startswith(b"%PDF-")


def test_the_text_is_frozen_with_its_hash(released_response: StatusResponse) -> None:
    text = str(released_response.text)
    assert hashlib.sha256(text.encode("ascii")).hexdigest() == released_response.text_sha256
    assert factories.LAST in text
    assert released_response.query.record.number in text
    assert "NOT A GOVERNMENT DETAINER" in text

    for change in ({"text": "OTHER"}, {"text_sha256": "0" * 64}, {"disclosure_number": "DIS-1"}):
        with pytest.raises(Error, match="frozen"), transaction.atomic():
            StatusResponse.objects.update(**change)


def test_the_response_is_a_record_of_its_own_under_the_same_item(
    released_response: StatusResponse, analyst: User, supervisor: User
) -> None:
    record = Record.objects.get(pk=released_response.pk)
    asked = released_response.query.record

    assert record.number.startswith("IAR-")
    assert (record.category, record.schedule_item) == (asked.category, asked.schedule_item)
    assert (record.owner, record.creator) == (analyst, analyst)
    assert (record.approval, record.approved_by) == (Approval.APPROVED, supervisor)
    assert [link.individual_id for link in record.subjects.all()] == [
        link.individual_id for link in asked.subjects.all()
    ]


def test_two_copies_wait_in_the_outbox(released_response: StatusResponse, office: Office) -> None:
    number = released_response.record.number
    copies = {copy.destination: copy for copy in Delivery.objects.all()}

    assert set(copies) == {Destination.REQUESTER, Destination.FIELD_OFFICE}
    assert {copy.state for copy in copies.values()} == {DeliveryState.QUEUED}
    assert copies[Destination.FIELD_OFFICE].target == f"office-{office.code.lower()}"
    assert copies[Destination.REQUESTER].key == f"{number}-requester"
    messages = OutboxMessage.objects.filter(topic=DELIVER)
    assert {each.payload["delivery"] for each in messages} == {copy.pk for copy in copies.values()}
    assert all(set(each.payload) == {"delivery"} for each in messages)


def test_a_second_release_is_refused(
    released_response: StatusResponse, supervisor: User, office: Office, at: datetime
) -> None:
    with pytest.raises(ActionRefused) as refusal:
        let_go(released_response.query, actor=supervisor, at=at, office=office)
    assert refusal.value.code == "already-released"
    assert (StatusResponse.objects.count(), Disclosure.objects.count()) == (1, 1)


def test_what_stands_in_a_value_stands_in_its_field() -> None:
    assert set(FIELDS_OF_RECORD) == set(RECORD_FIELDS)
    assert set(disclosed_fields({})) == {field.value for field in ALWAYS}
    assert Field.REMARKS not in disclosed_fields({"remarks": [], "cri": ""})
    assert Field.REMOVAL_HISTORY in disclosed_fields({"no_lawful_return": True})
    assert Field.REMOVAL_HISTORY not in disclosed_fields({"no_lawful_return": False})


@pytest.mark.parametrize(
    ("program", "fingerprints", "purpose"),
    [
        (Program.CRIMINAL, True, Purpose.FINGERPRINT_QUERY),
        (Program.CRIMINAL, False, Purpose.STATUS_VERIFICATION),
        (Program.BRADY, False, Purpose.FIREARM_CHECK),
        (Program.SPECIAL_EVENT, False, Purpose.EVENT_SCREENING),
        (Program.OPM, False, Purpose.SUITABILITY),
        (Program.NONCRIMINAL, False, Purpose.SUITABILITY),
        (Program.BRADY, True, Purpose.FINGERPRINT_QUERY),
    ],
)
def test_the_purpose_follows_from_the_query(
    program: Program, fingerprints: bool, purpose: Purpose
) -> None:
    assert purpose_of(program=program, fingerprint_based=fingerprints) == purpose


# --- Grounds ----------------------------------------------------------------------------------


def test_a_firearm_check_of_a_state_needs_the_accuracy_check(
    firearm_query: StatusQuery,
    firearm_unit: Recipient,
    supervisor: User,
    make_user: UserFactory,
    office: Office,
    at: datetime,
) -> None:
    """By a second supervisor, who cannot be whoever releases."""

    def go() -> StatusResponse:
        return let_go(
            firearm_query, actor=supervisor, at=at, office=office, letter="I", computed_letter="I"
        )

    with pytest.raises(DisclosureRefused) as refusal:
        go()
    assert refusal.value.code == "disclosure-needs"
    assert "552a(e)(6)" in refusal.value.clause
    nothing_left(firearm_query)
    assert AuditEvent.objects.filter(kind="disclosure.refused", actor=supervisor).count() == 1

    check = ask_for_check(
        query=firearm_query, letter="I", reason="To a state", actor=supervisor, at=at
    )
    with pytest.raises(ActionRefused) as own:
        check_it(check, by=supervisor, at=at)
    assert own.value.code == "own-request"
    with pytest.raises(DisclosureRefused):
        go()

    second = make_user(Role.SUPERVISOR)
    check_it(check, by=second, at=at)
    go()
    disclosure = Disclosure.objects.get()
    assert (disclosure.letter, disclosure.accuracy_checked_by) == ("I", second)
    assert disclosure.conditions == {"firearm_check": True, ACCURACY_KEY: check.number}
    assert disclosure.purpose_code == Purpose.FIREARM_CHECK
    assert check.use.disclosure == disclosure
    assert "firearm check unit" in str(StatusResponse.objects.get().text).lower()


def test_the_check_is_asked_for_and_made_on_pages(
    firearm_query: StatusQuery,
    firearm_unit: Recipient,
    as_analyst: Browser,
    as_supervisor: Browser,
    office: Office,
) -> None:
    """An analyst releases, a supervisor checks; without the check the release is refused."""
    place = f"/responses/release/{firearm_query.record.number}/"
    page = as_analyst.get(place).content.decode()
    assert "The recipient is no federal agency" in page
    assert f'formaction="{place}check/"' in page
    filled = {"office": str(office.pk), "letter": "I"}
    assert as_analyst.post(place, filled).status_code == 422
    nothing_left(firearm_query)
    as_analyst.post(f"{place}check/", filled)
    again = as_analyst.post(f"{place}check/", filled, follow=True).content.decode()
    assert "asked for the same already" in again
    check = Task.objects.get()
    assert check.number in as_analyst.get(place).content.decode()
    assert as_analyst.post(f"/approvals/{check.number}/decide/", {}).status_code == 403
    as_supervisor.post(
        f"/approvals/{check.number}/decide/", {"decide-reason": "Compared", "decision": "grant"}
    )
    assert "Granted, not used yet" in as_analyst.get(place).content.decode()
    assert as_analyst.post(place, filled).status_code == 302
    assert Disclosure.objects.get().accuracy_checked_by == as_supervisor.user


def test_a_check_serves_the_determination_it_was_made_of_and_no_other(
    firearm_query: StatusQuery,
    firearm_unit: Recipient,
    supervisor: User,
    make_user: UserFactory,
    office: Office,
    at: datetime,
) -> None:
    asked = gate_request(firearm_query, firearm_query.determinations.get(), firearm_unit)
    factories.grant(
        ApprovalKind.ACCURACY,
        asked_by=supervisor,
        decided_by=make_user(Role.SUPERVISOR),
        at=at,
        records=[DisclosedRecord(firearm_query.record.pk, firearm_query.record.number)],
        recipient=firearm_unit,
        paragraph="b3",
        letter="I",
        purpose=asked.purpose,
        fields=asked.fields,
        mark="determination 0",
    )
    with pytest.raises(DisclosureRefused) as refusal:
        let_go(
            firearm_query, actor=supervisor, at=at, office=office, letter="I", computed_letter="I"
        )
    assert "552a(e)(6)" in refusal.value.clause


@pytest.mark.parametrize("letter", ["A", "I", "J", "Z", "", "ZZ"])
@pytest.mark.parametrize("reason", ["", "The unit asked for it"])
def test_a_ground_that_does_not_fit_is_refused_whatever_the_reason(
    letter: str,
    reason: str,
    approved_query: StatusQuery,
    supervisor: User,
    office: Office,
    at: datetime,
) -> None:
    with pytest.raises(DisclosureRefused) as refusal:
        let_go(
            approved_query,
            actor=supervisor,
            at=at,
            office=office,
            letter=letter,
            override_reason=reason,
            attested={"within_jurisdiction": True, "purpose_authorized": True},
        )
    assert refusal.value.clause
    nothing_left(approved_query)


def test_another_ground_that_fits_needs_a_reason_and_its_own_answers(
    approved_query: StatusQuery, supervisor: User, office: Office, at: datetime
) -> None:
    """A background check without fingerprints: Z is the narrowest ground, AA fits too."""
    StatusQuery.objects.filter(pk=approved_query.pk).update(
        fingerprint_based=False, program=Program.OPM
    )

    def go(reason: str, answers: dict[str, object]) -> StatusResponse:
        return let_go(
            approved_query,
            actor=supervisor,
            at=at,
            office=office,
            letter="AA",
            computed_letter="Z",
            override_reason=reason,
            attested=answers,
        )

    answers: dict[str, object] = {"dhs_finds_relevant": True, "dhs_finds_risk": True}
    for reason, given in (("", answers), ("Silence would be a risk", {})):
        with pytest.raises(DisclosureRefused) as refusal:
            go(reason, given)
        assert refusal.value.code == "disclosure-needs"
        nothing_left(approved_query)

    go("Silence would be a risk", answers)
    disclosure = Disclosure.objects.get()
    assert (disclosure.letter, disclosure.computed_letter) == ("AA", "Z")
    assert disclosure.override_reason == "Silence would be a risk"


def test_a_ground_shown_that_no_longer_fits_is_refused(
    approved_query: StatusQuery, supervisor: User, office: Office, at: datetime
) -> None:
    with pytest.raises(DisclosureRefused, match="no longer fits"):
        let_go(approved_query, actor=supervisor, at=at, office=office, computed_letter="J")
    nothing_left(approved_query)


def test_what_the_query_answers_cannot_be_attested_otherwise(
    approved_query: StatusQuery, supervisor: User, office: Office, at: datetime
) -> None:
    let_go(
        approved_query,
        actor=supervisor,
        at=at,
        office=office,
        attested={"fingerprint_based": False},
    )
    assert Disclosure.objects.get().conditions == {"fingerprint_based": True}


# --- Refusals ---------------------------------------------------------------------------------


def test_without_a_recipient_in_the_directory_nothing_leaves(
    firearm_query: StatusQuery, supervisor: User, office: Office, at: datetime
) -> None:
    with pytest.raises(ActionRefused) as refusal:
        let_go(firearm_query, actor=supervisor, at=at, office=office, letter="I")
    assert (refusal.value.code, refusal.value.clause) == (
        "no-recipient",
        "5 U.S.C. 552a(c)(1)(B)",
    )
    nothing_left(firearm_query)


def test_a_recipient_no_longer_in_use_gets_nothing(
    approved_query: StatusQuery, supervisor: User, office: Office, at: datetime
) -> None:
    Recipient.objects.filter(ori="WVFBIID00").update(is_active=False)
    with pytest.raises(ActionRefused) as refusal:
        let_go(approved_query, actor=supervisor, at=at, office=office)
    assert refusal.value.code == "no-recipient"
    nothing_left(approved_query)


def test_a_recipient_without_a_way_gets_nothing(
    approved_query: StatusQuery, supervisor: User, office: Office, at: datetime
) -> None:
    Recipient.objects.filter(ori="WVFBIID00").update(
        delivery_channel=DeliveryChannel.NONE, delivery_target=""
    )
    with pytest.raises(ActionRefused) as refusal:
        let_go(approved_query, actor=supervisor, at=at, office=office)
    assert refusal.value.code == "no-channel"
    nothing_left(approved_query)


def test_the_responsible_field_office_must_be_one(
    approved_query: StatusQuery, supervisor: User, support_center: Office, at: datetime
) -> None:
    for office in (None, support_center):
        with pytest.raises(ActionRefused) as refusal:
            let_go(approved_query, actor=supervisor, at=at, office=office)
        assert refusal.value.code == "no-field-office"
    nothing_left(approved_query)


@pytest.mark.parametrize("role", [Role.OPR, Role.PRIVACY_OFFICER, Role.FIELD_OFFICER])
def test_other_roles_release_nothing(
    role: Role,
    approved_query: StatusQuery,
    make_user: UserFactory,
    office: Office,
    at: datetime,
) -> None:
    with pytest.raises(ActionRefused) as refusal:
        let_go(approved_query, actor=make_user(role), at=at, office=office)
    assert refusal.value.code == "not-a-worker"
    nothing_left(approved_query)


def test_before_the_second_person_nothing_leaves(
    submitted_query: StatusQuery, supervisor: User, office: Office, at: datetime
) -> None:
    with pytest.raises(ActionRefused) as refusal:
        let_go(submitted_query, actor=supervisor, at=at, office=office)
    assert refusal.value.code == "wrong-state"
    assert not StatusResponse.objects.exists()


# --- Inside only ------------------------------------------------------------------------------


@pytest.fixture
def inside_response(
    notice: NoticeVersion, analyst: User, supervisor: User, office: Office, at: datetime
) -> StatusResponse:
    """The answer to a sex offender registration, released."""
    raw = factories.message_bytes(remarks="NSOR")
    query = factories.claim(factories.make_query(raw, at=at), author=analyst, at=at)
    factories.research(query, author=analyst, at=at)
    factories.submit(query, author=analyst, at=at)
    query = factories.approve(query, reviewer=supervisor, at=at)
    return let_go(query, actor=supervisor, at=at, office=office, letter="", computed_letter="")


def test_a_sex_offender_answer_makes_no_disclosure_and_no_copy_outside(
    inside_response: StatusResponse,
) -> None:
    assert (inside_response.inside_only, inside_response.disclosure_number) == (True, "")
    assert not Disclosure.objects.exists()
    assert Delivery.objects.get().destination == Destination.FIELD_OFFICE


def test_the_database_refuses_a_copy_of_it_outside(inside_response: StatusResponse) -> None:
    with pytest.raises(Error, match="inside the agency"), transaction.atomic():
        Delivery.objects.create(
            response=inside_response,
            destination=Destination.REQUESTER,
            addressee="Somebody",
            channel=DeliveryChannel.SPOOL,
            target="somebody",
            key="forced",
        )
    with pytest.raises(Error, match="inside the agency"), transaction.atomic():
        Delivery.objects.update(destination=Destination.REQUESTER)


def test_the_database_refuses_an_answer_that_leaves_unaccounted(
    approved_query: StatusQuery, analyst: User, office: Office, at: datetime
) -> None:
    for inside, number in ((False, ""), (True, "DIS-2026-0000-0000")):
        with pytest.raises(IntegrityError, match="accounted_iff"), transaction.atomic():
            StatusResponse.objects.create(
                record=Record.objects.get(pk=approved_query.pk),
                query=approved_query,
                determination=approved_query.determinations.get(),
                text="TEXT",
                text_sha256="0" * 64,
                inside_only=inside,
                disclosure_number=number,
                field_office=office,
                released_by=analyst,
                released_at=at,
            )


# --- Who may see it, and where it goes ----------------------------------------------------------


def test_the_answer_to_a_limited_query_is_limited_alike(
    approved_query: StatusQuery,
    analyst: User,
    supervisor: User,
    other_analyst: User,
    field_officer: User,
    make_user: UserFactory,
    office: Office,
    at: datetime,
) -> None:
    allowed = make_user(Role.ANALYST)
    limit_record(
        record=approved_query.record,
        allowed=[allowed],
        reason="A sensitive matter",
        actor=analyst,
        at=at,
        channel=Channel.PAGE,
    )
    let_go(approved_query, actor=supervisor, at=at, office=office)

    def sees(user: User) -> bool:
        return StatusResponse.objects.visible_to(user).exists()

    assert all(sees(user) for user in (analyst, supervisor, allowed, make_user(Role.OPR)))
    assert not any(sees(user) for user in (other_analyst, field_officer))


def test_the_place_of_arrest_tells_the_field_office(
    approved_query: StatusQuery, office: Office, other_office: Office, support_center: Office
) -> None:
    assert offices_for(approved_query) == [office]
    approved_query.arresting_ori = "TX0000001"
    assert offices_for(approved_query) == [other_office]
    approved_query.arresting_ori = "ZZ0000001"
    assert set(offices_for(approved_query)) == {office, other_office}
    approved_query.arresting_ori = ""
    assert support_center.kind == OfficeKind.SUPPORT_CENTER
    assert support_center not in offices_for(approved_query)


def test_the_draft_is_what_leaves(
    approved_query: StatusQuery, supervisor: User, office: Office, at: datetime
) -> None:
    draft = draft_text(approved_query, approved_query.determinations.get())
    response = let_go(approved_query, actor=supervisor, at=at + timedelta(hours=2), office=office)
    assert str(response.text) == draft
