"""The desk: triage with the question of (e)(7), the second person, duplicates, following up."""

import json
from collections.abc import Callable
from datetime import date, datetime
from typing import Any

import pytest
from django.db import DatabaseError, transaction
from django.test import Client
from django.urls import reverse

from accounts.choices import Role
from accounts.models import User
from acrime.audit.choices import Channel
from acrime.common.errors import ActionRefused
from acrime.individuals.actions import PersonFacts
from acrime.individuals.choosing.actions import Part, choose, enter, look_for
from acrime.individuals.facts.choices import Category
from acrime.individuals.facts.models import IndividualFact
from acrime.individuals.search import wanted_of
from acrime.records.actions import limit_record
from acrime.records.choices import SubjectRole
from acrime.tips import actions, policy
from acrime.tips.choices import Result, Speech, StepKind, TipState
from acrime.tips.models import LineChange, Tip, TipFile, TipPerson, TipStep, TipStrike
from acrime.tips.querysets import alike
from acrime.tips.referring.actions import ask_for_check, send_referral
from routine_uses.actions import DisclosureRefused
from routine_uses.approvals.actions import grant_approval
from routine_uses.approvals.choices import ApprovalKind
from routine_uses.choices import Field, Method
from routine_uses.models import Disclosure, Recipient
from tests.conftest import BrowserFactory, UserFactory
from tests.support import tips

pytestmark = pytest.mark.django_db

WHOM = Part(SubjectRole.SUBJECT, Category.TIP_SUBJECT, policy.SCHEDULE, "A tip")


def refused(act: Callable[[], object]) -> str:
    with pytest.raises(ActionRefused) as refusal:
        act()
    return refusal.value.code


@pytest.fixture
def tip(line: LineChange, at: datetime) -> Tip:
    """A tip that came by the public form."""
    return tips.fresh(tips.from_public(at=at).tip)


def test_first_the_question_then_the_person(
    tip: Tip, analyst: User, at: datetime, browser_of: BrowserFactory
) -> None:
    tip = tips.in_triage(tip, actor=analyst, at=at)
    desk = browser_of(analyst)
    address = reverse("tips:person", args=[tip.record.number])
    sought = {"last": "Testwright", "first": "Oldrich"}
    desk.post(address, sought)
    answer = desk.post(address, sought | {"act": "enter", "reason": "Nobody known"})
    assert "First answer whether the tip describes" in answer.content.decode()
    assert not tip.record.subjects.exists()
    tips.answer_of(tip, Speech.NONE, actor=analyst, at=at)
    answer = desk.post(address, sought | {"act": "enter", "reason": "Nobody known"}, follow=True)
    link = tip.record.subjects.select_related("individual__record").get()
    assert link.role == SubjectRole.SUBJECT
    assert IndividualFact.objects.get(individual=link.individual).code == Category.TIP_SUBJECT
    assert link.individual.record.schedule_item.code == policy.SCHEDULE
    assert link.individual.shown_name in answer.content.decode()


def test_nothing_is_followed_up_before_the_question(tip: Tip, analyst: User, at: datetime) -> None:
    tip = tips.in_triage(tip, actor=analyst, at=at)
    for act in (
        lambda: actions.add_step(tip=tip, kind=StepKind.NOTE, text="x", actor=analyst, at=at),
        lambda: actions.close_tip(tip=tip, result=Result.NOTHING, note="x", actor=analyst, at=at),
    ):
        assert refused(act) == "wrong-state"
    tip.state = TipState.OPEN
    with pytest.raises(DatabaseError, match="after_the_question"), transaction.atomic():
        tip.save()


def test_a_refusal_names_its_clause(tip: Tip, analyst: User, at: datetime) -> None:
    tip = tips.in_triage(tip, actor=analyst, at=at)
    with pytest.raises(ActionRefused) as refusal:
        tips.answer_of(tip, Speech.PERTINENT, actor=analyst, at=at, ground="")
    assert (refusal.value.code, refusal.value.clause) == ("ground", "5 U.S.C. 552a(e)(7)")


def test_not_kept_takes_two_and_leaves_nothing_to_read(
    tip: Tip,
    analyst: User,
    supervisor: User,
    privacy_officer: User,
    at: datetime,
    browser_of: BrowserFactory,
) -> None:
    tip = tips.in_triage(tip, actor=supervisor, at=at)
    tips.answer_of(tip, Speech.NOT_KEPT, actor=supervisor, at=at)
    tip = tips.fresh(tip)
    assert tip.state == TipState.REVIEW

    def decide(actor: User, *, agrees: bool, reason: str = "It tells of a prayer.") -> None:
        actions.decide_not_kept(tip=tip, agrees=agrees, reason=reason, actor=actor, at=at)

    assert refused(lambda: decide(supervisor, agrees=True)) == "own-work"
    assert refused(lambda: decide(analyst, agrees=True)) == "not-your-role"
    assert refused(lambda: decide(privacy_officer, agrees=True, reason=" ")) == "reason"
    source = tip.source
    decide(privacy_officer, agrees=True)
    tip = tips.fresh(tip)
    assert (tip.state, tip.text, tip.place, tip.happened) == (TipState.NOT_KEPT, None, None, None)
    assert (tip.speech_ground, tip.text_digest, tip.sketch) == (None, None, [])
    assert not TipPerson.objects.exists()
    assert not TipFile.objects.exists()
    source.refresh_from_db()
    assert [source.name, source.telephone, source.whole_text] == [None, None, None]
    # What is left of it waits under a seal of its own: nothing may be destroyed yet.
    held = json.loads(bytes(TipStrike.objects.get(tip=tip).contents))
    assert held["persons"][0][0] == tips.WHOM.name
    assert held["source"][0] == tips.REPORTER.name
    for user in (analyst, supervisor, privacy_officer):
        for name in ("detail", "print"):
            page = browser_of(user).get(reverse(f"tips:{name}", args=[tip.record.number]))
            told = page.content.decode().lower()
            assert "bakery" not in told
            assert tips.WHOM.name.lower() not in told
            assert "552a(e)(7)" in told
    assert refused(lambda: actions.require_linkable(tip=tip, actor=analyst)) == "speech-first"
    assert refused(lambda: actions.take_tip(tip=tip, actor=analyst, at=at)) == "wrong-state"
    tip.text = "It comes back"
    with pytest.raises(DatabaseError, match="not_kept_holds_nothing"), transaction.atomic():
        tip.save()


def test_the_second_person_may_send_it_back(
    tip: Tip, analyst: User, privacy_officer: User, at: datetime
) -> None:
    tip = tips.in_triage(tip, actor=analyst, at=at)
    tips.answer_of(tip, Speech.NOT_KEPT, actor=analyst, at=at)
    actions.decide_not_kept(
        tip=tip, agrees=False, reason="It tells of a sale.", actor=privacy_officer, at=at
    )
    tip = tips.fresh(tip)
    assert (tip.state, tip.speech, tip.answered_by) == (TipState.TRIAGE, "", None)
    assert tip.text is not None
    tips.answer_of(tip, Speech.NONE, actor=analyst, at=at)
    assert tips.fresh(tip).state == TipState.OPEN


def test_alike_is_suggested_and_linked_by_a_person(
    tip: Tip, analyst: User, other_analyst: User, at: datetime, browser_of: BrowserFactory
) -> None:
    text = tips.TEXT.replace("Friday", "Saturday")
    near = tips.phoned(tips.told(text), actor=analyst, at=at, mark="2")
    same = tips.phoned(tips.told(files=0), actor=analyst, at=at, mark="3")
    other = tips.phoned(
        tips.told("Cigarettes without stamps come over the lake."), actor=analyst, at=at, mark="4"
    )
    found = alike(tip, analyst)
    assert [each.pk for each, _ in found] == [same.pk, near.pk]
    assert [why for _, why in found] == ["The very same text", "Much of the same text"]
    assert other.pk not in [each.pk for each, _ in found]
    page = browser_of(analyst).get(reverse("tips:detail", args=[near.record.number]))
    assert tip.record.number in page.content.decode()
    # One that somebody does not see is not suggested to them.
    limit_record(
        record=same.record, allowed=[], reason="x", actor=analyst, at=at, channel=Channel.PAGE
    )
    assert same.pk not in [each.pk for each, _ in alike(tip, other_analyst)]
    later = tips.fresh(near)
    act = actions.link_same
    assert refused(lambda: act(tip=tip, other=tip, actor=analyst, at=at)) == "other"
    assert refused(lambda: act(tip=tip, other=later, actor=analyst, at=at)) == "other"
    act(tip=later, other=tip, actor=analyst, at=at)
    assert tips.fresh(near).same_as == tip
    assert refused(lambda: act(tip=near, other=tip, actor=analyst, at=at)) == "linked"


def test_two_tips_about_one_person_are_suggested(tip: Tip, analyst: User, at: datetime) -> None:
    other = tips.phoned(tips.told("Another matter, elsewhere."), actor=analyst, at=at, mark="2")
    individual = None
    for each in (tip, other):
        each = tips.followed_up(each, actor=analyst, at=at)
        person = PersonFacts(last="TESTWRIGHT", first="OLDRICH", birth_date=date(1980, 2, 3))
        look_for(record=each.record, wanted=wanted_of(person), actor=analyst, at=at)
        common: dict[str, Any] = {
            "record": each.record,
            "part": WHOM,
            "reason": "Told so",
            "actor": analyst,
            "at": at,
            "channel": Channel.PAGE,
        }
        if individual is None:
            individual = enter(person=person, **common)
        else:
            choose(individual=individual, **common)
    assert [(each.pk, why) for each, why in alike(tip, analyst)] == [
        (other.pk, "About the same person")
    ]


def test_referred_to_an_office_it_is_the_officers(
    tip: Tip,
    analyst: User,
    field_officer: User,
    make_user: UserFactory,
    at: datetime,
    browser_of: BrowserFactory,
) -> None:
    tip = tips.followed_up(tip, actor=analyst, at=at)
    page = reverse("tips:detail", args=[tip.record.number])
    officer = browser_of(field_officer)
    assert officer.get(page).status_code == 404
    desk = browser_of(analyst)
    sent = {"officer": field_officer.username, "text": "Look at the bakery."}
    answer = desk.post(reverse("tips:office", args=[tip.record.number]), sent, follow=True)
    assert answer.status_code == 200
    assert officer.get(page).status_code == 200
    assert browser_of(make_user(Role.FIELD_OFFICER)).get(page).status_code == 404
    step = {"kind": StepKind.LEAD.value, "text": "Went there. Nobody."}
    officer.post(reverse("tips:step", args=[tip.record.number]), step)
    done = {"result": Result.NOTHING.value, "text": "Nothing was found."}
    officer.post(reverse("tips:close", args=[tip.record.number]), done)
    tip = tips.fresh(tip)
    assert (tip.state, tip.closed_by, tip.office) == (
        TipState.CLOSED,
        field_officer,
        field_officer.office,
    )
    assert TipStep.objects.filter(tip=tip).count() == 2
    with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
        TipStep.objects.filter(tip=tip).update(kind=StepKind.NOTE)
    assert refused(
        lambda: actions.add_step(tip=tip, kind="NOTE", text="more", actor=field_officer, at=at)
    )


@pytest.mark.parametrize(
    ("result", "code"),
    [("REFERRED", "result"), ("DUPLICATE", "result"), ("", "result"), ("NOTHING", "")],
)
def test_a_result_that_fits(result: str, code: str, tip: Tip, analyst: User, at: datetime) -> None:
    tip = tips.followed_up(tip, actor=analyst, at=at)

    def close() -> None:
        actions.close_tip(tip=tip, result=result, note="Because.", actor=analyst, at=at)

    if code:
        assert refused(close) == code
    else:
        close()


def test_referred_to_another_agency_through_the_gate(
    tip: Tip, analyst: User, supervisor: User, police: Recipient, at: datetime
) -> None:
    tip = tips.followed_up(tip, actor=analyst, at=at)
    tips.referred(tip, police, actor=analyst, at=at)
    prepared = tip.referrals.get()
    given = {"agency_concerned": True}

    def send() -> None:
        send_referral(referral=prepared, method=Method.PAPER, attested=given, actor=analyst, at=at)

    # A local agency needs the (e)(6) check of somebody else.
    with pytest.raises(DisclosureRefused):
        send()
    assert not Disclosure.objects.exists()
    approval = ask_for_check(referral=prepared, kind=ApprovalKind.ACCURACY, actor=analyst, at=at)
    grant_approval(
        approval=approval,
        reason="Read.",
        findings={},
        actor=supervisor,
        at=at,
        channel=Channel.PAGE,
    )
    send()
    disclosure = Disclosure.objects.get()
    assert (disclosure.paragraph, disclosure.letter) == ("b3", "L")
    assert disclosure.record_numbers == [tip.record.number]
    assert Field.TIP_SOURCE not in disclosure.fields
    prepared.refresh_from_db()
    assert prepared.disclosure_number == disclosure.number
    assert refused(send) == "wrong-state"
    prepared.disclosure_number = ""
    with pytest.raises(DatabaseError, match="sent_iff_accounted"), transaction.atomic():
        prepared.save()


def test_lists_filter_and_have_an_empty_state(
    tip: Tip, analyst: User, at: datetime, browser_of: BrowserFactory
) -> None:
    desk = browser_of(analyst)
    address = reverse("tips:list")

    def listed(**asked: str) -> str:
        return desk.get(address, asked).content.decode()

    assert tip.record.number in listed()
    assert tip.record.number in listed(matter="DOCUMENTS", came_by="WEB")
    assert "No tip fits these filters" in listed(matter="CUSTOMS")
    assert tip.record.number in listed(matter="NONSENSE", show="nonsense")
    assert "No tip is in this list now" in listed(show="closed")


def test_found_by_its_receipt(
    line: LineChange, analyst: User, at: datetime, browser_of: BrowserFactory
) -> None:
    receipt = tips.from_public(at=at)
    desk = browser_of(analyst)
    address = reverse("tips:receipt")
    found = desk.post(address, {"receipt": f" {receipt.number.lower()} "})
    assert found["Location"] == reverse("tips:detail", args=[receipt.tip.record.number])
    assert desk.post(address, {"receipt": "RCP-2026-0000-0000"}).status_code == 404
    assert Client().get(address).status_code == 302
