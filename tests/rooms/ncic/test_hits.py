"""Hit confirmation: requests in order, clocks, documents in hand, answers through the gate."""

from collections.abc import Callable
from datetime import datetime, timedelta

import pytest
from django.db import DatabaseError, transaction
from django.test import Client
from django.urls import reverse

from accounts.actions import issue_token
from accounts.choices import Role
from accounts.models import User
from acrime.audit.choices import Channel
from acrime.audit.models import AuditEvent
from acrime.common.errors import ActionRefused
from acrime.ncic import actions as ncic
from acrime.ncic.choices import RemovalReason
from acrime.ncic.hits import actions
from acrime.ncic.hits.choices import Answer, CameBy, HitState
from acrime.ncic.hits.models import HitConfirmation
from acrime.ncic.hits.querysets import figures
from acrime.ncic.models import NcicEntry
from acrime.ncic.tasks import escalate_hits
from acrime.records.actions import limit_record
from routine_uses.actions import DisclosureRefused
from routine_uses.choices import Method
from routine_uses.models import Disclosure, Recipient
from tests import factories
from tests.conftest import BrowserFactory, Clock, UserFactory
from tests.support import center

pytestmark = pytest.mark.django_db

SAID = {"told": "The warrant stands.", "told_to": "SGT SAMPLE", "method": Method.ELECTRONIC}
YES = {"ncic_user": True}


def refused(act: Callable[[], object]) -> str:
    with pytest.raises(ActionRefused) as refusal:
        act()
    return refusal.value.code


@pytest.fixture
def entry(specialist: User, second: User, police: Recipient, at: datetime) -> NcicEntry:
    """A warrant in NCIC."""
    return center.entered_entry(actor=specialist, checker=second, at=at - timedelta(days=3))


@pytest.fixture
def hit(entry: NcicEntry, specialist: User, at: datetime) -> HitConfirmation:
    """An urgent request that the specialist works on."""
    return center.make_hit(actor=specialist, at=at, taken_by=specialist)


def in_hand(hit: HitConfirmation, entry: NcicEntry, *, by: User, at: datetime) -> None:
    actions.check_documents(hit=hit, documents=center.papers(entry), actor=by, at=at)


def answer(hit: HitConfirmation, kind: Answer, *, by: User, at: datetime) -> HitConfirmation:
    return actions.answer_request(
        hit=hit,
        answer=kind,
        attested=YES,
        actor=by,
        at=at,
        **SAID,  # type: ignore[arg-type]
    )


def test_confirmed_in_time_and_accounted(
    hit: HitConfirmation, entry: NcicEntry, specialist: User, boss: User, at: datetime
) -> None:
    assert hit.due_at == at + timedelta(minutes=10)
    assert hit.recipient is not None
    in_hand(hit, entry, by=specialist, at=at)
    check = center.grant_check(hit, by=boss, asked_by=specialist, at=at, answer=Answer.CONFIRMED)
    done = answer(hit, Answer.CONFIRMED, by=specialist, at=at + timedelta(minutes=6))
    disclosure = Disclosure.objects.get()
    assert done.disclosure_number == disclosure.number
    assert (disclosure.letter, disclosure.purpose_code) == ("FF", "NCIC_INQUIRY")
    assert disclosure.fields == ["NAME", "NCIC_STATUS", "WARRANT"]
    assert (
        disclosure.conditions
        == {
            "ncic_user": True,
            "ice_ncic_record": True,
            "e6_accuracy": check.number,
        }
        or check.number in disclosure.conditions.values()
    )
    assert disclosure.record_numbers == [entry.record.number, hit.record.number]
    assert disclosure.accuracy_checked_by == boss
    person = entry.record.subjects.get().individual
    assert disclosure.subjects.get().individual_id == person.pk
    assert figures(specialist, since=at, at=at + timedelta(hours=1))[0].in_time == 1


def test_the_retention_of_a_hit(hit: HitConfirmation) -> None:
    item = hit.record.schedule_item
    assert (item.code, item.years, item.trigger, item.authority_status) == (
        "CALL-HIT",
        75,
        "UNSTATED",
        "PROPOSED",
    )
    assert hit.record.category.number == 4
    assert hit.record.cutoff_date is None


def test_no_confirmation_without_the_documents_in_hand(
    hit: HitConfirmation, entry: NcicEntry, specialist: User, boss: User, at: datetime
) -> None:
    center.grant_check(hit, by=boss, asked_by=specialist, at=at, answer=Answer.CONFIRMED)
    assert refused(lambda: answer(hit, Answer.CONFIRMED, by=specialist, at=at)) == "not-in-hand"
    assert (
        refused(lambda: actions.check_documents(hit=hit, documents=[], actor=specialist, at=at))
        == "not-in-hand"
    )
    assert not Disclosure.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_what_the_gate_refuses_leaves_no_answer_and_is_kept(
    hit: HitConfirmation, entry: NcicEntry, specialist: User, at: datetime
) -> None:
    in_hand(hit, entry, by=specialist, at=at)
    with pytest.raises(DisclosureRefused) as refusal:
        answer(hit, Answer.CONFIRMED, by=specialist, at=at)
    assert refusal.value.code == "disclosure-needs"
    assert center.fresh_hit(hit).state == HitState.WAITING
    assert not Disclosure.objects.exists()
    assert AuditEvent.objects.filter(kind="disclosure.refused").exists()


def test_what_is_removed_is_not_confirmed(
    hit: HitConfirmation, entry: NcicEntry, specialist: User, boss: User, at: datetime
) -> None:
    in_hand(hit, entry, by=specialist, at=at)
    ncic.note_removed(
        entry=entry, reason=RemovalReason.WARRANT_DISMISSED, note="", actor=specialist, at=at
    )
    assert refused(lambda: answer(hit, Answer.CONFIRMED, by=specialist, at=at)) == "not-in-ncic"
    center.grant_check(hit, by=boss, asked_by=specialist, at=at, answer=Answer.NOT_CONFIRMED)
    done = answer(hit, Answer.NOT_CONFIRMED, by=specialist, at=at)
    assert Disclosure.objects.get().fields == ["NAME", "NCIC_STATUS"]
    assert done.disclosure_number


def test_an_answer_needs_to_know_who_asks(entry: NcicEntry, specialist: User, at: datetime) -> None:
    hit = center.make_hit(
        center.asked(ori="ZZ9990009"), actor=specialist, at=at, taken_by=specialist
    )
    assert hit.recipient is None
    in_hand(hit, entry, by=specialist, at=at)
    for kind in (Answer.CONFIRMED, Answer.NOT_CONFIRMED):
        code = refused(lambda kind=kind: answer(hit, kind, by=specialist, at=at))  # type: ignore[misc]
        assert code == "not-verified"
    assert (
        refused(lambda: actions.look_agency_up(hit=hit, actor=specialist, at=at)) == "not-verified"
    )
    center.police(actor=specialist, at=at, ori="ZZ9990009")
    actions.look_agency_up(hit=hit, actor=specialist, at=at)
    assert center.fresh_hit(hit).recipient is not None


def test_requests_are_linked_and_each_has_its_clock(
    entry: NcicEntry, specialist: User, at: datetime, clock: Clock
) -> None:
    first = center.make_hit(actor=specialist, at=at, taken_by=specialist)
    second = center.make_hit(center.asked(2), actor=specialist, at=at + timedelta(minutes=11))
    third = center.make_hit(center.asked(3), actor=specialist, at=at + timedelta(minutes=22))
    assert (second.previous, third.previous) == (first, second)
    assert third.due_at == at + timedelta(minutes=32)
    assert third.claimed_by == specialist
    assert [center.fresh_hit(each).state for each in (first, second, third)] == [
        "FOLLOWED",
        "FOLLOWED",
        "WAITING",
    ]
    counted = figures(specialist, since=at, at=at + timedelta(minutes=23))[0]
    assert (counted.in_time, counted.late, counted.open) == (0, 2, 1)


@pytest.mark.parametrize("number", [-1, 0, 2, 3, 4])
def test_out_of_order_is_refused(
    number: int, entry: NcicEntry, specialist: User, at: datetime
) -> None:
    assert (
        refused(lambda: center.make_hit(center.asked(number), actor=specialist, at=at)) == "number"
    )
    center.make_hit(actor=specialist, at=at)
    assert refused(lambda: center.make_hit(actor=specialist, at=at)) == "number"


def test_the_database_holds_the_numbers_too(hit: HitConfirmation) -> None:
    for wrong in ({"number": 2}, {"number": 4}, {"state": "ANSWERED"}, {"priority": "X"}):
        with pytest.raises(DatabaseError, match="hit_"), transaction.atomic():
            HitConfirmation.objects.filter(pk=hit.pk).update(**wrong)


def test_a_third_request_says_where_it_went(
    hit: HitConfirmation, specialist: User, at: datetime
) -> None:
    center.make_hit(center.asked(2), actor=specialist, at=at)
    bare = actions.Request(nic=center.NIC, ori=center.ORI, priority="U", number=3)
    assert refused(lambda: center.make_hit(bare, actor=specialist, at=at)) == "third"


@pytest.mark.parametrize(("minutes", "code"), [(-1, "promised_for"), (0, "promised_for"), (1, "")])
def test_a_promise_lies_ahead_and_counts_as_in_time(
    minutes: int, code: str, hit: HitConfirmation, specialist: User, at: datetime
) -> None:
    def promise() -> None:
        actions.promise(
            hit=hit,
            promised_for=at + timedelta(minutes=minutes),
            told_to="SGT SAMPLE",
            actor=specialist,
            at=at,
        )

    if code:
        assert refused(promise) == code
        return
    promise()
    kept = center.fresh_hit(hit)
    assert (kept.state, kept.clock_due) == ("PROMISED", at + timedelta(minutes=minutes))
    assert not Disclosure.objects.exists()
    assert figures(specialist, since=at, at=at + timedelta(hours=2))[0].in_time == 1


def test_a_number_of_no_entry_is_answered_without_a_record(
    entry: NcicEntry, specialist: User, at: datetime
) -> None:
    hit = center.make_hit(
        center.asked(nic="W123456789"), actor=specialist, at=at, taken_by=specialist
    )
    assert hit.entry is None
    assert refused(lambda: answer(hit, Answer.CONFIRMED, by=specialist, at=at)) == "no-entry"
    done = answer(hit, Answer.NOT_ICE, by=specialist, at=at)
    assert done.disclosure_number == ""
    assert not Disclosure.objects.exists()
    known = center.make_hit(actor=specialist, at=at, taken_by=specialist)
    assert refused(lambda: answer(known, Answer.NOT_ICE, by=specialist, at=at)) == "is-ice"


def test_only_whoever_took_it_on_answers(hit: HitConfirmation, second: User, at: datetime) -> None:
    assert refused(lambda: answer(hit, Answer.CONFIRMED, by=second, at=at)) == "not-yours"
    actions.claim(hit=hit, actor=second, at=at)
    assert center.fresh_hit(hit).record.owner == second


def test_a_certification_that_lapses_mid_way(
    hit: HitConfirmation, specialist: User, at: datetime, clock: Clock
) -> None:
    later = at + timedelta(days=800)
    clock.moment = later
    factories.train(specialist, at=later)
    person = User.objects.get(pk=specialist.pk)
    assert person.standing.enters
    assert (
        refused(lambda: answer(hit, Answer.CONFIRMED, by=person, at=later)) == "ncic-certification"
    )
    assert (
        refused(
            lambda: actions.promise(
                hit=hit,
                promised_for=later + timedelta(hours=1),
                told_to="SGT",
                actor=person,
                at=later,
            )
        )
        == "ncic-certification"
    )


def test_what_is_late_is_told_once(hit: HitConfirmation, at: datetime, clock: Clock) -> None:
    escalate_hits()
    assert center.fresh_hit(hit).escalated_at is None
    clock.moment = at + timedelta(minutes=11)
    escalate_hits()
    clock.moment = at + timedelta(minutes=12)
    escalate_hits()
    assert center.fresh_hit(hit).escalated_at == at + timedelta(minutes=11)
    assert AuditEvent.objects.filter(kind="hit.escalated").count() == 1


def test_a_limited_entry_limits_its_hits(
    entry: NcicEntry, specialist: User, second: User, at: datetime
) -> None:
    limit_record(
        record=entry.record,
        allowed=[],
        reason="A sensitive matter",
        actor=specialist,
        at=at,
        channel=Channel.PAGE,
    )
    hit = center.make_hit(actor=specialist, at=at)
    assert hit.record.limited
    assert not HitConfirmation.objects.visible_to(second).exists()


# --- Pages ------------------------------------------------------------------------------------


def test_the_clocks_are_for_the_certified_and_tell_of_nobody(
    hit: HitConfirmation,
    entry: NcicEntry,
    second: User,
    make_user: UserFactory,
    browser_of: BrowserFactory,
) -> None:
    page = browser_of(second).get("/").content.decode()
    strip = page[page.index("data-hits-row") : page.index("data-hits-polite")]
    assert "Urgent, request 1" in strip
    for told in (center.LAST, hit.record.number, center.NIC, center.ORI, entry.record.number):
        assert told not in strip
    assert "hits.js" in page
    for role in (Role.NCIC_SPECIALIST, Role.PRIVACY_OFFICER, Role.CALL_TAKER):
        other = browser_of(make_user(role))
        assert "data-hits-row" not in other.get("/").content.decode()
    uncertified = browser_of(make_user(Role.ANALYST))
    assert uncertified.get(reverse("ncic:hits-clocks")).content.strip() == b""


def test_the_clocks_of_what_one_may_not_see_do_not_run(
    hit: HitConfirmation, specialist: User, second: User, at: datetime, browser_of: BrowserFactory
) -> None:
    limit_record(
        record=hit.record,
        allowed=[],
        reason="A sensitive matter",
        actor=hit.record.owner,
        at=at,
        channel=Channel.PAGE,
    )
    there = reverse("ncic:hits-clocks")
    assert "request 1" not in browser_of(second).get(there).content.decode()
    assert "request 1" in browser_of(specialist).get(there).content.decode()


def test_asking_for_the_clocks_keeps_no_session_awake(
    hit: HitConfirmation, second: User, at: datetime, clock: Clock, browser_of: BrowserFactory
) -> None:
    browser = browser_of(second)
    for _ in range(4):
        clock.move(timedelta(minutes=4))
        answer = browser.get(reverse("ncic:hits-clocks"))
    assert answer.status_code == 302
    assert browser.get("/").status_code == 302


def test_on_the_pages_from_the_message_to_the_answer(
    entry: NcicEntry,
    specialist: User,
    boss: User,
    at: datetime,
    browser_of: BrowserFactory,
) -> None:
    browser = browser_of(specialist)
    message = {
        "ori": "vt 0000007",
        "nic": "w990000101",
        "priority": "U",
        "number": "1",
        "minutes": "2",
        "person_name": f"{center.LAST}, {center.FIRST}",
    }
    wrong = browser.post(reverse("ncic:hits-new"), message | {"number": "4", "nic": "1"})
    assert wrong.status_code == 422
    assert "one capital letter and nine digits" in wrong.content.decode()
    assert browser.post(reverse("ncic:hits-new"), message).status_code == 302
    hit = HitConfirmation.objects.get()
    assert hit.due_at == at + timedelta(minutes=8)
    number = hit.record.number
    assert browser.post(reverse("ncic:hits-take", args=[number])).status_code == 302
    documents = reverse("ncic:hits-documents", args=[number])
    assert browser.post(documents, {}).status_code == 422
    assert browser.post(documents, {"documents": center.papers(entry)}).status_code == 302
    there = reverse("ncic:hits-answer", args=[number, "confirm"])
    given = {**SAID, "method": "ORAL", "when_ncic_user": "on"}
    early = browser.post(there, given)
    assert early.status_code == 422
    assert not Disclosure.objects.exists()
    ask = reverse("ncic:hits-ask", args=[number, "confirm"])
    assert browser.post(ask, {"kind": "ACCURACY"}).status_code == 302
    approval = reverse("routine_uses:approval-decide", args=[_approval()])
    granted = browser_of(boss).post(approval, {"decision": "grant", "decide-reason": "Compared"})
    assert granted.status_code == 302
    assert browser.post(there, given).status_code == 302
    page = browser.get(reverse("ncic:hits-one", args=[number])).content.decode()
    assert Disclosure.objects.get().number in page
    assert "Confirmed" in page


def _approval() -> str:
    from routine_uses.models import Approval

    return Approval.objects.get().number


# --- For other systems ------------------------------------------------------------------------


def test_a_switch_sends_requests_and_reads_none(
    entry: NcicEntry,
    message_switch: User,
    specialist: User,
    at: datetime,
    browser_of: BrowserFactory,
) -> None:
    token = issue_token(
        user=message_switch,
        name="switch",
        expires_at=at + timedelta(days=30),
        actor=None,
        at=at - timedelta(days=1),
    )
    switch = Client(headers={"Authorization": f"Bearer {token}"})
    body = {"nic": center.NIC, "ori": center.ORI, "priority": "R", "number": 1}
    made = switch.post("/api/v1/hits/", body, content_type="application/json")
    assert made.status_code == 201
    hit = HitConfirmation.objects.get()
    assert made.json()["number"] == hit.record.number
    assert (hit.came_by, hit.due_at) == (CameBy.NLETS, at + timedelta(hours=1))
    again = switch.post("/api/v1/hits/", body | {"number": 4}, content_type="application/json")
    assert (again.status_code, again.json()["code"]) == (422, "number")
    assert switch.get("/api/v1/hits/").status_code == 403
    listed = browser_of(specialist).get("/api/v1/hits/").json()["results"]
    assert [each["number"] for each in listed] == [hit.record.number]
    assert center.LAST not in str(listed)
    one = browser_of(specialist).get(f"/api/v1/hits/{hit.record.number}/")
    assert one.json()["request"] == 1


def test_without_certification_the_api_refuses_with_the_clause(
    hit: HitConfirmation, analyst: User, browser_of: BrowserFactory
) -> None:
    answer = browser_of(analyst).get(f"/api/v1/hits/{hit.record.number}/")
    assert answer.status_code == 403
    assert answer.json()["code"] == "ncic-certification"
    assert answer.json()["clause"] == "ICM assessment, section 3.4 (NCIC certification)"
