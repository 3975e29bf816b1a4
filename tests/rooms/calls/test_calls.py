"""Calls: who calls, calling back, what is said, what follows."""

from collections.abc import Callable
from datetime import datetime, timedelta

import pytest
from django.db import DatabaseError, transaction
from django.urls import reverse

from accounts.choices import Role
from accounts.models import User
from acrime.audit.choices import Channel
from acrime.calls import actions
from acrime.calls.choices import CallKind, Verification
from acrime.calls.models import Call, CallStatement, CallTask
from acrime.common.errors import ActionRefused
from acrime.iar.models import StatusResponse
from acrime.individuals.choosing.actions import Part
from acrime.individuals.facts.choices import Category
from acrime.individuals.facts.models import IndividualFact
from acrime.ncic.hits import actions as hits
from acrime.ncic.hits.choices import Answer, CameBy
from acrime.ncic.hits.models import HitConfirmation
from acrime.records.choices import SubjectRole
from routine_uses.actions import DisclosureRefused
from routine_uses.approvals.actions import grant_approval
from routine_uses.approvals.choices import ApprovalKind
from routine_uses.choices import Method
from routine_uses.models import Approval, Disclosure, Recipient
from tests.conftest import BrowserFactory, UserFactory
from tests.support import center

pytestmark = pytest.mark.django_db

CALLER = Part(SubjectRole.CALLER, Category.OFFICER, "CALL-FOLLOWUP", "A call")


def refused(act: Callable[[], object]) -> str:
    with pytest.raises(ActionRefused) as refusal:
        act()
    return refusal.value.code


@pytest.fixture
def call(released_response: StatusResponse, taker: User, police: Recipient, at: datetime) -> Call:
    """A call on a response, not verified yet."""
    return center.make_call(
        actor=taker, at=at, kind=CallKind.FOLLOW_UP, query=released_response.query
    )


def test_nothing_is_said_before_the_agency_was_called_back(
    call: Call, taker: User, at: datetime
) -> None:
    assert refused(lambda: center.prepare(call, actor=taker, at=at)) == "not-verified"
    actions.verify_caller(call=call, reached=False, actor=taker, at=at)
    kept = center.fresh_call(call)
    assert kept.verification == Verification.FAILED
    assert refused(lambda: center.prepare(kept, actor=taker, at=at)) == "not-verified"
    # What says nothing of a record may be written down all the same.
    actions.note_said(call=kept, text="Told to call back.", actor=taker, at=at)
    actions.verify_caller(call=kept, reached=True, actor=taker, at=at)
    center.prepare(center.fresh_call(call), actor=taker, at=at)
    assert not Disclosure.objects.filter(letter="J").exists()


def test_the_agency_is_called_at_the_directorys_number(
    call: Call, taker: User, at: datetime
) -> None:
    actions.verify_caller(call=call, reached=True, actor=taker, at=at)
    kept = center.fresh_call(call)
    assert kept.called_number == center.PHONE
    assert str(kept.callback_given) != center.PHONE
    with pytest.raises(DatabaseError, match="call_verified"), transaction.atomic():
        Call.objects.filter(pk=call.pk).update(called_number="")


@pytest.mark.parametrize(
    ("ori", "phone", "code"), [("ZZ9990009", None, "unknown-ori"), ("YY9990008", "", "no-number")]
)
def test_an_ori_that_cannot_be_verified(
    ori: str, phone: str | None, code: str, taker: User, at: datetime
) -> None:
    if phone is not None:
        center.police(actor=taker, at=at, ori=ori, phone=phone)
    call = center.make_call(actor=taker, at=at, ori=ori)
    assert (
        refused(lambda: actions.verify_caller(call=call, reached=True, actor=taker, at=at)) == code
    )
    assert refused(lambda: center.prepare(call, actor=taker, at=at)) == "not-verified"


@pytest.mark.parametrize("ori", ["", "VT", "VT00000077", "vt-00_0007"])
def test_an_ori_that_cannot_be_one(ori: str, taker: User, at: datetime) -> None:
    assert refused(lambda: center.make_call(actor=taker, at=at, ori=ori)) == "ori"


def test_told_through_the_gate_after_the_check(
    call: Call, taker: User, boss: User, at: datetime
) -> None:
    actions.verify_caller(call=call, reached=True, actor=taker, at=at)
    before = Disclosure.objects.count()
    statement = center.prepare(center.fresh_call(call), actor=taker, at=at)
    given = {"within_jurisdiction": True, "purpose_authorized": True}
    with pytest.raises(DisclosureRefused):
        actions.tell(statement=statement, attested=given, actor=taker, at=at)
    approval = actions.ask_for_check(
        statement=statement, kind=ApprovalKind.ACCURACY, actor=taker, at=at
    )
    grant_approval(
        approval=approval,
        reason="Read on the call.",
        findings={},
        actor=boss,
        at=at,
        channel=Channel.PAGE,
    )
    told = actions.tell(statement=statement, attested=given, actor=taker, at=at)
    disclosure = Disclosure.objects.get(number=told.disclosure_number)
    assert Disclosure.objects.count() == before + 1
    assert (disclosure.letter, disclosure.method) == ("J", "ORAL")
    assert disclosure.fields == ["IMMIGRATION_STATUS", "NAME"]
    assert call.record.number in disclosure.record_numbers
    assert call.query is not None
    assert call.query.record.number in disclosure.record_numbers
    assert (
        refused(lambda: actions.tell(statement=statement, attested=given, actor=taker, at=at))
        == "wrong-state"
    )


def test_the_database_lets_nothing_be_said_without_its_accounting(
    call: Call, taker: User, at: datetime
) -> None:
    actions.verify_caller(call=call, reached=True, actor=taker, at=at)
    center.prepare(center.fresh_call(call), actor=taker, at=at)
    with pytest.raises(DatabaseError, match="callstatement_accounted"), transaction.atomic():
        CallStatement.objects.update(said_at=at, said_by=taker)


@pytest.mark.parametrize("code", ["IAQ-CRIMINAL"])
def test_a_call_on_a_response_is_kept_as_its_query(code: str, call: Call) -> None:
    assert call.query is not None
    assert call.record.schedule_item == call.query.record.schedule_item
    item = call.record.schedule_item
    assert (item.code, item.years, item.trigger, item.authority_status) == (
        code,
        75,
        "UNSTATED",
        "PROPOSED",
    )
    assert call.record.category == call.query.record.category


def test_the_retention_of_other_calls(taker: User, at: datetime) -> None:
    help_ = center.make_call(actor=taker, at=at)
    item = help_.record.schedule_item
    assert (item.code, item.years, item.trigger, item.authority_status) == (
        "CALL-FOLLOWUP",
        None,
        "AS_PARENT",
        "PROPOSED",
    )
    assert help_.record.category.number == 9
    hit = center.make_call(actor=taker, at=at, kind=CallKind.HIT, request=center.asked())
    item = hit.record.schedule_item
    assert (item.code, item.years, item.trigger, item.authority_status) == (
        "CALL-HIT",
        75,
        "UNSTATED",
        "PROPOSED",
    )
    assert {help_.record.cutoff_date, hit.record.cutoff_date} == {None}


def test_a_hit_by_telephone_is_answered_after_the_call_back_alone(
    taker: User, specialist: User, second: User, police: Recipient, at: datetime
) -> None:
    entry = center.entered_entry(actor=specialist, checker=second, at=at)
    call = center.make_call(actor=taker, at=at, kind=CallKind.HIT, request=center.asked())
    hit = HitConfirmation.objects.get()
    assert (hit.came_by, hit.recipient, hit.due_at) == (
        CameBy.PHONE,
        None,
        at + timedelta(minutes=10),
    )
    hits.claim(hit=hit, actor=specialist, at=at)
    hits.check_documents(hit=hit, documents=center.papers(entry), actor=specialist, at=at)
    assert (
        refused(
            lambda: hits.answer_request(
                hit=hit,
                answer=Answer.CONFIRMED,
                told="It stands",
                told_to="SGT",
                method=Method.ORAL,
                attested={"ncic_user": True},
                actor=specialist,
                at=at,
            )
        )
        == "not-verified"
    )
    actions.verify_caller(call=call, reached=True, actor=taker, at=at)
    assert center.fresh_hit(hit).recipient == police
    # The call is among the records about the person.
    person = entry.record.subjects.get().individual
    assert call.record.subjects.get(role="SUBJECT").individual == person


def test_the_caller_is_an_individual_of_category_four(
    call: Call, taker: User, at: datetime
) -> None:
    person = center.person_in(
        call.record, part=CALLER, last=center.CALLER, actor=taker, at=at, first="JO"
    )
    fact = IndividualFact.objects.get(individual=person)
    assert (fact.about, fact.code) == ("CATEGORY", "4")
    assert call.record.subjects.get(role="CALLER").individual == person


def test_tasks_follow_a_call(
    call: Call, taker: User, analyst: User, make_user: UserFactory, at: datetime
) -> None:
    def add(to: User, hours: int) -> CallTask:
        return actions.add_task(
            call=call,
            what="Call the office",
            assigned_to=to,
            due_at=at + timedelta(hours=hours),
            actor=taker,
            at=at,
        )

    assert refused(lambda: add(analyst, -1)) == "due_at"
    assert refused(lambda: add(make_user(Role.FIELD_OFFICER), 1)) == "assigned_to"
    task = add(analyst, 1)
    center.person_in(call.record, part=CALLER, last=center.CALLER, actor=taker, at=at)
    actions.note_said(call=call, text="Told to wait.", actor=taker, at=at)
    assert refused(lambda: actions.close_call(call=call, actor=taker, at=at)) == "tasks-open"
    actions.finish_task(task=task, outcome="Done by telephone", actor=analyst, at=at)
    assert (
        refused(lambda: actions.finish_task(task=task, outcome="Again", actor=analyst, at=at))
        == "wrong-state"
    )
    actions.close_call(call=call, actor=taker, at=at)
    assert (
        refused(lambda: actions.note_said(call=call, text="More", actor=taker, at=at))
        == "wrong-state"
    )


def test_on_the_pages_from_the_ring_to_the_end(
    released_response: StatusResponse,
    taker: User,
    boss: User,
    police: Recipient,
    at: datetime,
    browser_of: BrowserFactory,
) -> None:
    browser = browser_of(taker)
    form = {
        "kind": "FOLLOW_UP",
        "ori": "vt 0000007",
        "caller_name": f"{center.CALLER}, JO",
        "callback_given": "(555) 555-0100",
        "purpose": "Asks whether the answer stands",
        "about": released_response.record.number.lower(),
    }
    unknown = browser.post(reverse("calls:new"), form | {"about": "IAR-2026-0000-0000"})
    assert unknown.status_code == 422
    half = browser.post(reverse("calls:new"), form | {"kind": "HIT"})
    assert "the agency sets it" in half.content.decode()
    assert browser.post(reverse("calls:new"), form).status_code == 302
    call = Call.objects.get()
    number = call.record.number
    page = browser.get(reverse("calls:detail", args=[number])).content.decode()
    assert center.PHONE in page
    say = reverse("calls:say", args=[number])
    told = {
        "text": center.TOLD,
        "fields_told": ["NAME", "IMMIGRATION_STATUS"],
        "purpose": "STATUS_VERIFICATION",
    }
    early = browser.post(say, told)
    assert early.status_code == 422
    assert "Call the agency back at the number of the directory" in early.content.decode()
    verify = reverse("calls:verify", args=[number])
    assert browser.post(verify, {"reached": "yes"}).status_code == 302
    assert browser.post(say, told).status_code == 302
    tell = reverse("calls:tell", args=[number, 1])
    assert "Routine use" in browser.get(tell).content.decode()
    answers = {"when_within_jurisdiction": "on", "when_purpose_authorized": "on"}
    assert browser.post(tell, answers).status_code == 422
    ask = reverse("calls:ask", args=[number, 1])
    assert browser.post(ask, {"kind": "ACCURACY"}).status_code == 302
    decide = reverse("routine_uses:approval-decide", args=[Approval.objects.get().number])
    done = browser_of(boss).post(decide, {"decision": "grant", "decide-reason": "Read on the call"})
    assert done.status_code == 302
    assert browser.post(tell, answers).status_code == 302
    statement = CallStatement.objects.get()
    assert (
        statement.disclosure_number
        in browser.get(reverse("calls:detail", args=[number])).content.decode()
    )
    person = reverse("calls:person", args=[number, "caller"])
    assert center.CALLER in browser.get(person).content.decode()
    sought = {"last": center.CALLER, "first": "JO"}
    assert browser.post(person, {**sought, "act": "search"}).status_code == 200
    entered = browser.post(person, {**sought, "act": "enter", "reason": "First call"})
    assert entered.status_code == 302
    assert browser.post(reverse("calls:close", args=[number])).status_code == 302
    assert center.fresh_call(call).state == "CLOSED"


def test_the_list_for_other_systems_names_nobody(
    call: Call, taker: User, browser_of: BrowserFactory
) -> None:
    answer = browser_of(taker).get("/api/v1/calls/")
    [line] = answer.json()["results"]
    assert line["number"] == call.record.number
    assert center.CALLER not in str(line)
