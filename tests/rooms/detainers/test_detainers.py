"""Detainers: prepared, issued by another, placed through the gate, served, ended."""

from collections.abc import Callable
from datetime import date, datetime, timedelta

import pytest
from django.db import DatabaseError, transaction
from django.urls import reverse

from accounts.choices import Role
from accounts.models import User
from acrime.audit.choices import Channel
from acrime.audit.models import AuditEvent
from acrime.common.errors import ActionRefused
from acrime.detainers import actions
from acrime.detainers.choices import (
    DetainerState,
    Edition,
    LiftReason,
    OfficerTitle,
    ReleaseKind,
    Rule,
)
from acrime.detainers.models import Detainer, DetainerNotice
from acrime.detainers.notices import actions as notices
from acrime.iar.models import StatusResponse
from acrime.records.models import Record
from routine_uses.actions import DisclosureRefused, add_recipient
from routine_uses.choices import Field, RecipientType
from routine_uses.models import Approval, Disclosure, Recipient
from tests.conftest import BrowserFactory, UserFactory
from tests.support import holding

pytestmark = pytest.mark.django_db


def refused(act: Callable[[], object]) -> str:
    with pytest.raises(ActionRefused) as refusal:
        act()
    return refusal.value.code


def test_both_boxes_or_no_basis_are_refused_and_held_by_the_database(
    jail: Recipient, preparer: User, at: datetime
) -> None:
    def opened(**more: object) -> str:
        description = holding.description(jail, **more)
        return refused(
            lambda: actions.open_detainer(description=description, actor=preparer, at=at)
        )

    assert opened(box="2") == "box"
    assert opened(box="") == "box"
    assert opened(bases=[]) == "bases"
    assert not Record.objects.filter(kind="DET").exists()
    made = holding.draft(jail, actor=preparer, at=at)
    wrongs: tuple[dict[str, object], ...] = (
        {"box": "2"},
        {"bases": []},
        {"bases": ["FOREIGN_BORN"]},
        {"box": ""},
    )
    for wrong in wrongs:
        with pytest.raises(DatabaseError, match="detainer_one_box"), transaction.atomic():
            Detainer.objects.filter(pk=made.pk).update(**wrong)


def test_another_officer_issues_it_under_a_title(
    jail: Recipient, preparer: User, officer: User, make_user: UserFactory, at: datetime
) -> None:
    made = holding.draft(jail, actor=preparer, at=at)

    def issue(by: User, *, title: str = OfficerTitle.DEPORTATION, found: bool = True) -> Detainer:
        return actions.issue(detainer=made, title=title, found_cause=found, actor=by, at=at)

    assert refused(lambda: issue(officer)) == "wrong-state"
    actions.hand_over(detainer=made, actor=preparer, at=at)
    assert refused(lambda: issue(preparer)) == "own-work"
    assert refused(lambda: issue(make_user(Role.ANALYST))) == "not-an-issuer"
    assert refused(lambda: issue(make_user(Role.NCIC_SPECIALIST))) == "not-a-worker"
    assert refused(lambda: issue(officer, title="CLERK")) == "title"
    assert refused(lambda: issue(officer, found=False)) == "found_cause"
    done = issue(officer)
    assert (done.state, done.issued_on, done.issued_by) == ("ISSUED", date(2026, 11, 20), officer)
    record = Record.objects.get(pk=made.pk)
    assert record.approved_by == officer
    assert not Disclosure.objects.exists()
    with pytest.raises(DatabaseError, match="detainer_issued_by_another"), transaction.atomic():
        Detainer.objects.filter(pk=made.pk).update(issued_by=preparer)


def test_what_is_missing_before_it_is_handed_over(
    jail: Recipient, preparer: User, at: datetime
) -> None:
    def over(made: Detainer) -> str:
        return refused(lambda: actions.hand_over(detainer=made, actor=preparer, at=at))

    nobody = actions.open_detainer(description=holding.description(jail), actor=preparer, at=at)
    assert over(nobody) == "no-individual"
    assert over(holding.draft(jail, actor=preparer, at=at, grounds=" ")) == "grounds"
    bare = holding.draft(jail, actor=preparer, at=at, last="SOLITAIRE", warrant="")
    assert over(bare) == "warrant"


def test_it_goes_back_and_is_given_up_with_a_reason(
    jail: Recipient, preparer: User, officer: User, at: datetime
) -> None:
    made = holding.draft(jail, actor=preparer, at=at)
    actions.hand_over(detainer=made, actor=preparer, at=at)
    assert (
        refused(lambda: actions.send_back(detainer=made, reason=" ", actor=officer, at=at))
        == "reason-missing"
    )
    actions.send_back(detainer=made, reason="Wrong jail", actor=officer, at=at)
    assert holding.fresh(made).return_reason == "Wrong jail"
    assert (
        refused(lambda: actions.withdraw(detainer=made, reason="x", actor=officer, at=at))
        == "not-yours"
    )
    actions.withdraw(detainer=made, reason="Released meanwhile", actor=preparer, at=at)
    assert holding.fresh(made).state == DetainerState.WITHDRAWN


def test_it_is_placed_through_the_gate_under_m_after_the_check(
    jail: Recipient, preparer: User, officer: User, boss: User, at: datetime
) -> None:
    made = holding.issued(jail, actor=preparer, officer=officer, at=at)
    placement = holding.notice_of(made)

    def place(**attested: bool) -> DetainerNotice:
        return notices.send(
            notice=placement,
            method="FAX",  # type: ignore[arg-type]
            sent_to="Booking desk",
            attested=attested,
            actor=preparer,
            at=at,
        )

    with pytest.raises(DisclosureRefused):
        place(custodial_agency=True)
    holding.check(placement, actor=preparer, checker=boss, at=at)
    with pytest.raises(DisclosureRefused):
        place()
    # What the gate refused has placed nothing.
    assert holding.fresh(made).state == DetainerState.ISSUED
    sent = place(custodial_agency=True)
    disclosure = Disclosure.objects.get(number=sent.disclosure_number)
    assert (disclosure.letter, disclosure.purpose_code) == ("M", "DETAINER")
    assert disclosure.record_numbers == [made.record.number]
    assert "DETAINER_EXISTENCE" in disclosure.fields
    assert holding.fresh(made).state == DetainerState.PLACED
    assert refused(lambda: place(custodial_agency=True)) == "wrong-state"
    # It takes effect with its service alone.
    assert not holding.fresh(made).takes_effect
    assert holding.served(made, actor=preparer, at=at).takes_effect
    with pytest.raises(DatabaseError, match="detainernotice_accounted"), transaction.atomic():
        DetainerNotice.objects.filter(pk=sent.pk).update(disclosure_number="")


@pytest.mark.parametrize(
    "values",
    [
        {},
        {"NAME": "QUARREDOUX"},
        {"DETAINER_EXISTENCE": "There is one.", "CRIMINAL_HISTORY": "Theft"},
        {"CUSTODY_STATUS": " "},
        {"CUSTODY_STATUS": "x" * 81},
    ],
)
def test_a_notice_has_a_closed_list_and_no_room_for_stories(
    values: dict[str, str], jail: Recipient, preparer: User, officer: User, at: datetime
) -> None:
    made = holding.issued(jail, actor=preparer, officer=officer, at=at)

    def prepared(told: dict[str, str]) -> DetainerNotice:
        return notices.prepare_notice(
            detainer=made, recipient=jail, values=told, actor=preparer, at=at
        )

    assert refused(lambda: prepared(values)) == "fields"
    told = prepared({"CUSTODY_STATUS": "In the custody of DHS."})
    assert (told.fields, told.text) == (
        ["CUSTODY_STATUS"],
        "Custodial status: In the custody of DHS.",
    )
    with pytest.raises(DatabaseError, match="detainernotice_closed_list"), transaction.atomic():
        DetainerNotice.objects.filter(pk=told.pk).update(fields=["NAME"])


def test_a_bail_bond_company_is_told_nothing(
    jail: Recipient, preparer: User, officer: User, boss: User, at: datetime
) -> None:
    made = holding.placed(jail, actor=preparer, officer=officer, checker=boss, at=at)

    def notice(kind: RecipientType, *, bail: bool) -> DetainerNotice:
        recipient = add_recipient(
            actor=preparer,
            at=at,
            name=f"Sample {kind} {bail} (synthetic)",
            type=kind,
            address_lines=["4 Example Lane"],
            is_bail_bond=bail,
            channel=Channel.COMMAND,
        )
        return notices.prepare_notice(
            detainer=made,
            recipient=recipient,
            values={Field.DETAINER_EXISTENCE: "There is one.", Field.A_NUMBER: "A099000777"},
            actor=preparer,
            at=at,
        )

    for kind in (RecipientType.ORGANIZATION, RecipientType.COUNSEL):
        assert refused(lambda kind=kind: notice(kind, bail=True)) == "gate-refuses"  # type: ignore[misc]
    assert refused(lambda: notice(RecipientType.MEDIA, bail=False)) == "gate-refuses"
    told = notice(RecipientType.COUNSEL, bail=False)
    holding.check(told, actor=preparer, checker=boss, at=at)
    sent = notices.send(
        notice=told,
        method="PAPER",  # type: ignore[arg-type]
        sent_to="Counsel SAMPLE",
        attested={"justice_role": "COUNSEL"},
        actor=preparer,
        at=at,
    )
    disclosure = Disclosure.objects.get(number=sent.disclosure_number)
    assert (disclosure.letter, disclosure.fields) == ("EE", ["A_NUMBER", "DETAINER_EXISTENCE"])


def test_the_end_that_the_form_gives_is_kept_and_without_a_release_there_is_none(
    jail: Recipient, preparer: User, officer: User, boss: User, at: datetime
) -> None:
    made = holding.placed(jail, actor=preparer, officer=officer, checker=boss, at=at)
    assert made.end_at is None
    with pytest.raises(DatabaseError, match="detainer_no_end_without"), transaction.atomic():
        Detainer.objects.filter(pk=made.pk).update(end_at=at)
    kept = holding.released(made, ago=timedelta(minutes=5), actor=preparer, at=at)
    assert kept.end_at == at - timedelta(minutes=5) + timedelta(hours=48)
    assert (
        refused(
            lambda: actions.note_release(
                detainer=made,
                release_at=at + timedelta(hours=1),
                kind=ReleaseKind.ACTUAL,
                told_by="Booking desk",
                actor=preparer,
                at=at,
            )
        )
        == "time"
    )


def test_an_earlier_form_stands_and_its_paper_says_the_rule(
    jail: Recipient, preparer: User, officer: User, at: datetime
) -> None:
    paper = {
        "edition": Edition.I247,
        "issued_on": date(2014, 6, 2),
        "rule": Rule.WORKING,
        "officer_title": OfficerTitle.ENFORCEMENT,
        "officer_name": "OFFICER, SAM",
        "warrant": "",
    }
    made = holding.issued(jail, actor=preparer, officer=officer, at=at, **paper)
    assert (made.state, made.issued_on) == (DetainerState.PLACED, date(2014, 6, 2))
    # Nothing left today: it was placed on paper long ago.
    assert not DetainerNotice.objects.filter(detainer=made).exists()
    actions.note_release(
        detainer=made,
        # A Friday, two weeks ahead.
        release_at=datetime.fromisoformat("2026-12-04T15:00-05:00"),
        kind=ReleaseKind.EXPECTED,
        told_by="Records office",
        actor=preparer,
        at=at,
    )
    assert holding.fresh(made).end_at == datetime.fromisoformat("2026-12-08T15:00-05:00")
    with pytest.raises(DatabaseError, match="detainer_edition_of_its_day"), transaction.atomic():
        Detainer.objects.filter(pk=made.pk).update(issued_on=date(2017, 4, 2))


def test_lifting_waits_for_nobody_and_the_agency_is_told_next(
    jail: Recipient, preparer: User, officer: User, boss: User, at: datetime
) -> None:
    made = holding.placed(jail, actor=preparer, officer=officer, checker=boss, at=at)
    waiting = notices.prepare_notice(
        detainer=made,
        recipient=jail,
        values={"CUSTODY_STATUS": "Held"},
        actor=preparer,
        at=at,
    )

    def lift(reason: LiftReason, note: str = "") -> None:
        actions.lift(detainer=made, reason=reason, note=note, actor=preparer, at=at)

    assert refused(lambda: lift(LiftReason.OTHER)) == "note"
    lift(LiftReason.CITIZEN)
    assert holding.fresh(made).state == DetainerState.LIFTED
    assert DetainerNotice.objects.get(pk=waiting.pk).dropped_at == at
    word = holding.notice_of(made, "LIFTING")
    # Why it was lifted is not on the list of what may be told.
    assert "citizen" not in str(word.text)
    assert list(Detainer.objects.all().to_send()) == [made]
    assert refused(lambda: notices.drop(notice=word, actor=preparer, at=at)) == "must-go"
    sent = holding.go(word, actor=preparer, checker=boss, at=at)
    assert Disclosure.objects.get(number=sent.disclosure_number).letter == "EE"
    assert not Detainer.objects.all().to_send().exists()
    assert refused(lambda: lift(LiftReason.ERROR)) == "wrong-state"


def test_what_was_never_placed_is_lifted_and_nobody_is_told(
    jail: Recipient, preparer: User, officer: User, at: datetime
) -> None:
    made = holding.issued(jail, actor=preparer, officer=officer, at=at)
    actions.lift(detainer=made, reason=LiftReason.ERROR, note="", actor=preparer, at=at)
    assert not Detainer.objects.all().to_send().exists()
    assert not Disclosure.objects.exists()


def test_acted_on_or_past_its_end(
    jail: Recipient, preparer: User, officer: User, boss: User, at: datetime
) -> None:
    made = holding.placed(jail, actor=preparer, officer=officer, checker=boss, at=at)
    holding.released(made, ago=timedelta(minutes=1), actor=preparer, at=at)
    later = at + timedelta(hours=48)
    assert actions.tell_of_ended_hours(at=later - timedelta(minutes=2)) == 0
    assert actions.tell_of_ended_hours(at=later) == 1
    assert actions.tell_of_ended_hours(at=later) == 0
    event = AuditEvent.objects.get(kind="detainer.hours.ended")
    assert (event.actor, event.record_number) == (None, made.record.number)
    actions.act_on(detainer=made, taken_at=later, actor=preparer, at=later)
    kept = holding.fresh(made)
    assert (kept.state, kept.custody_taken_at) == (DetainerState.ACTED_ON, later)
    assert (
        refused(lambda: actions.act_on(detainer=made, taken_at=later, actor=preparer, at=later))
        == "wrong-state"
    )


def test_retention_of_a_detainer(
    released_response: StatusResponse, jail: Recipient, preparer: User, at: datetime
) -> None:
    """The notice names no period for detainers: none is made up, borrowed, or ever over."""
    query = released_response.query
    made = [
        holding.draft(jail, actor=preparer, at=at),
        holding.draft(jail, actor=preparer, at=at, query=query, last="SUIVEUR"),
    ]
    for each, category in zip(made, (3, query.record.category.number), strict=True):
        record = Record.objects.select_related("clock").get(pk=each.pk)
        item = record.schedule_item
        assert (item.code, item.version, item.years, item.trigger, item.authority_status) == (
            "DETAINER",
            None,
            None,
            "UNSTATED",
            "PROPOSED",
        )
        assert (record.category.number, record.cutoff_date) == (category, None)
        assert (record.clock.state, record.clock.reasons) == ("NO_TRIGGER", ["UNSCHEDULED"])
        assert record.clock.eligible_on is None


def test_a_response_is_never_shown_as_a_detainer(
    released_response: StatusResponse,
    jail: Recipient,
    preparer: User,
    officer: User,
    boss: User,
    analyst: User,
    at: datetime,
    browser_of: BrowserFactory,
) -> None:
    number = released_response.record.number
    made = holding.placed(
        jail, actor=preparer, officer=officer, checker=boss, at=at, query=released_response.query
    )
    browser = browser_of(analyst)
    # No number of a response opens a page, a print or an answer of a detainer.
    for name in ("detainers:detail", "detainers:print", "detainers:describe", "api:detainer"):
        assert browser.get(reverse(name, args=[number])).status_code == 404
        assert browser.get(reverse(name, args=[made.record.number])).status_code == 200
    # And none of a detainer one of a response.
    for name in ("iar:detail", "iar:print", "iar:combined"):
        assert browser.get(reverse(name, args=[made.record.number])).status_code == 404
    page = browser.get(reverse("iar:detail", args=[number])).content.decode()
    assert "The response itself is no detainer" in page
    assert "NOT A GOVERNMENT DETAINER" in page
    paper = browser.get(reverse("iar:print", args=[number])).content.decode()
    assert "NOT A GOVERNMENT DETAINER" in paper
    assert made.record.number not in paper
    own = browser.get(reverse("detainers:print", args=[made.record.number])).content.decode()
    assert "is not Form I-247A and places nothing" in own
    assert number not in own


def test_on_the_pages_from_the_preparation_to_its_end(
    released_response: StatusResponse,
    jail: Recipient,
    preparer: User,
    officer: User,
    boss: User,
    at: datetime,
    browser_of: BrowserFactory,
) -> None:
    browser = browser_of(preparer)
    form = {
        "edition": "I-247A",
        "agency": "vt 0000015",
        "zone": "America/New_York",
        "box": "1",
        "bases": ["FINAL_ORDER"],
        "grounds": holding.GROUNDS,
        "warrant": "I-205",
        "warrant_signed_on_0": "3",
        "warrant_signed_on_1": "4",
        "warrant_signed_on_2": "2025",
        "about": released_response.record.number.lower(),
    }
    new = reverse("detainers:new")
    assert browser.get(f"{new}?about={released_response.record.number}").status_code == 200
    both = browser.post(new, form | {"box": "2"})
    assert both.status_code == 422
    assert "never both marked" in both.content.decode()
    none = browser.post(new, form | {"agency": "No such jail"})
    assert "no one agency" in none.content.decode()
    assert (
        "no query or response"
        in browser.post(new, form | {"about": "IAR-2026-0000-0000"}).content.decode()
    )
    assert browser.post(new, form).status_code == 302
    made = Detainer.objects.with_details().get()
    assert made.query == released_response.query
    number = made.record.number
    person = reverse("detainers:subject", args=[number])
    sought = {"last": holding.LAST, "first": "OSWIN"}
    assert browser.post(person, {**sought, "act": "search"}).status_code == 200
    entered = browser.post(person, {**sought, "act": "enter", "reason": "Held at the jail"})
    assert entered.status_code == 302

    def do(verb: str, who: User, **given: str) -> int:
        return (
            browser_of(who).post(reverse("detainers:act", args=[number, verb]), given).status_code
        )

    assert do("hand-over", preparer) == 302
    assert do("issue", preparer, officer_title="DEPORTATION", found_cause="on") == 422
    assert do("issue", officer, officer_title="DEPORTATION", found_cause="on") == 302
    send = reverse("detainers:send", args=[number, 1])
    assert "Routine use" in browser.get(send).content.decode()
    sending = {"sent_to": "Booking desk", "method": "FAX", "when_custodial_agency": "on"}
    early = browser.post(send, sending)
    assert early.status_code == 422
    ask = reverse("detainers:ask", args=[number, 1])
    assert browser.post(ask, {"kind": "ACCURACY"}).status_code == 302
    decide = reverse("routine_uses:approval-decide", args=[Approval.objects.get().number])
    done = browser_of(boss).post(decide, {"decision": "grant", "decide-reason": "Compared"})
    assert done.status_code == 302
    assert browser.post(send, sending).status_code == 302
    page = reverse("detainers:detail", args=[number])
    told = browser.get(page).content.decode()
    assert "The end cannot be computed: no time of release is known." in told
    assert "takes effect only then" in told
    now = {"day": "2026-11-20", "time": "06:55"}
    assert do("served", preparer, **now, how="IN_PERSON", by="Deputy SAMPLE") == 302
    assert (
        do("release", preparer, day="2026-03-08", time="02:30", kind="ACTUAL", told_by="D") == 422
    )
    assert do("release", preparer, **now, kind="ACTUAL", told_by="Booking desk") == 302
    told = browser.get(page).content.decode()
    assert "Sun, Nov 22, 2026 06:55 EST" in told
    assert "Tue, Nov 24, 2026 06:55 EST" in told
    assert "Not counted: Sat, Nov 21 (Saturday); Sun, Nov 22 (Sunday)" in told
    running = browser.get(f"{reverse('detainers:list')}?show=running").content.decode()
    assert number in running
    notice = reverse("detainers:notice", args=[number])
    wrong = browser.post(notice, {"recipient": "VT0000015", "a_number": "12"})
    assert wrong.status_code == 422
    values = {"recipient": "VT0000015", "existence": "on", "country": "Honduras"}
    assert browser.post(notice, values).status_code == 302
    assert "Country of birth: Honduras" in browser.get(page).content.decode()
    assert do("acted-on", preparer, **now) == 302
    assert Detainer.objects.get().state == "ACTED_ON"


def test_for_other_systems_both_ends_and_nobody_named(
    jail: Recipient,
    preparer: User,
    officer: User,
    boss: User,
    at: datetime,
    browser_of: BrowserFactory,
) -> None:
    made = holding.placed(jail, actor=preparer, officer=officer, checker=boss, at=at)
    browser = browser_of(preparer)
    one = reverse("api:detainer", args=[made.record.number])
    assert browser.get(one).json()["hours"] is None
    holding.released(made, ago=timedelta(0), actor=preparer, at=at)
    told = browser.get(one).json()
    hours = {key: datetime.fromisoformat(value) for key, value in told["hours"].items()}
    assert hours["given_end"] == hours["plain_end"] == at + timedelta(hours=48)
    assert hours["working_end"] == at + timedelta(hours=96)
    assert (told["box"], told["bases"], told["rule"]) == ("1", ["FINAL_ORDER"], "PLAIN")
    assert [each["kind"] for each in told["told"]] == ["PLACEMENT"]
    [line] = browser.get(reverse("api:detainers")).json()["results"]
    assert line["number"] == made.record.number
    assert holding.LAST not in str(told) + str(line)
