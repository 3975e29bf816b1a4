"""Records in NCIC from their preparation to their removal."""

import io
from collections.abc import Callable
from datetime import date, datetime, timedelta

import pytest
from django.db import DatabaseError, transaction
from django.urls import reverse
from PIL import Image

from accounts.choices import Role
from accounts.models import Course, User
from acrime.audit.choices import Channel
from acrime.audit.models import AuditEvent
from acrime.common.eastern import portal_day
from acrime.common.errors import ActionRefused
from acrime.demo.papers import drawn_face
from acrime.individuals.actions import PersonFacts
from acrime.individuals.choosing.actions import enter, look_for
from acrime.individuals.facts.models import IndividualFact
from acrime.individuals.search import wanted_of
from acrime.ncic import actions, events
from acrime.ncic.choices import (
    DocumentKind,
    EntryState,
    LocateResult,
    NcicFile,
    RemovalReason,
    ViolatorCategory,
)
from acrime.ncic.models import BasisDocument, DocumentCheck, NcicEntry, NcicTransaction
from acrime.records.models import Record
from tests import factories
from tests.conftest import BrowserFactory, Clock, UserFactory
from tests.support import center

pytestmark = pytest.mark.django_db


def refused(act: Callable[[], object]) -> str:
    with pytest.raises(ActionRefused) as refusal, transaction.atomic():
        act()
    return refusal.value.code


def test_from_the_desk_into_ncic_and_out(
    specialist: User, second: User, at: datetime, clock: Clock
) -> None:
    entry = center.checked_entry(actor=specialist, checker=second, at=at)
    assert entry.state == EntryState.CHECKED
    assert entry.record.approved_by == second
    fact = IndividualFact.objects.get(individual__record_links__record=entry.record)
    assert fact.code == "2"
    done = actions.note_entered(entry=entry, nic="w 990-000101", actor=second, at=at)
    assert (done.nic, done.ori, done.done_by, done.done_at) == (
        "W990000101",
        "VTICE0900",
        second,
        at,
    )
    entry = center.fresh(entry)
    today = portal_day(at)
    assert (entry.validate_from, entry.validate_by) == (
        today + timedelta(days=60),
        today + timedelta(days=90),
    )
    later = at + timedelta(days=70)
    clock.moment = later
    actions.note_validated(
        entry=entry,
        consulted="The clerk: still active",
        documents=center.papers(entry),
        actor=specialist,
        at=later,
    )
    entry = center.fresh(entry)
    assert entry.validate_by == date(portal_day(later).year + 1, 1, portal_day(later).day)
    actions.note_located(
        entry=entry,
        result=LocateResult.DETAINER,
        by_ori="tx0000000",
        note="",
        actor=specialist,
        at=later,
    )
    actions.note_cleared(
        entry=entry, reason=RemovalReason.HIT_NCIC, note="", actor=second, at=later
    )
    assert center.fresh(entry).record.cutoff_date is None
    actions.note_removed(
        entry=entry, reason=RemovalReason.HIT_NCIC, note="", actor=second, at=later
    )
    entry = center.fresh(entry)
    assert entry.record.cutoff_date == entry.removed_on == portal_day(later)
    kinds = list(NcicTransaction.objects.order_by("pk").values_list("kind", "ori"))
    assert kinds == [
        ("ENTER", "VTICE0900"),
        ("VALIDATE", "VTICE0900"),
        ("LOCATE", "TX0000000"),
        ("CLEAR", "VTICE0900"),
        ("REMOVE", "VTICE0900"),
    ]


def test_the_period_of_the_notice(specialist: User, second: User, at: datetime) -> None:
    entry = center.entered_entry(actor=specialist, checker=second, at=at)
    item = entry.record.schedule_item
    assert (item.code, item.years, item.trigger, item.authority_status) == (
        "NCIC",
        75,
        "REMOVED_FROM_NCIC",
        "PROPOSED",
    )
    assert entry.record.category.number == 4
    # Whatever somebody tries: not before the removal, and not on another day.
    for day in (portal_day(at), date(1990, 1, 1)):
        with pytest.raises(DatabaseError, match="removal"), transaction.atomic():
            Record.objects.filter(pk=entry.pk).update(cutoff_date=day)
    actions.note_removed(entry=entry, reason=RemovalReason.NOT_WANTED, note="", actor=second, at=at)
    with pytest.raises(DatabaseError, match="removal"), transaction.atomic():
        Record.objects.filter(pk=entry.pk).update(cutoff_date=date(1990, 1, 1))


def test_history_is_checked_and_kept_as_removed(
    specialist: User, second: User, at: datetime
) -> None:
    entry = center.draft_entry(
        actor=specialist,
        at=at,
        file=NcicFile.IMMIGRATION_VIOLATOR,
        category=ViolatorCategory.NSEERS,
    )
    assert (
        refused(lambda: actions.send_to_check(entry=entry, actor=specialist, at=at))
        == "history-incomplete"
    )
    described = actions.Description(
        file=NcicFile.IMMIGRATION_VIOLATOR,
        category=ViolatorCategory.NSEERS,
        nic="N990000009",
        entered_on=date(2004, 3, 1),
        removed_on=date(2011, 5, 2),
    )
    actions.describe(entry=entry, description=described, actor=specialist, at=at)
    actions.send_to_check(entry=entry, actor=specialist, at=at)
    actions.check(entry=entry, documents=center.papers(entry), actor=second, at=at)
    kept = center.fresh(entry)
    assert (kept.state, kept.offense, kept.nic) == ("REMOVED", "8005", "N990000009")
    assert kept.record.cutoff_date == date(2011, 5, 2)
    assert not NcicTransaction.objects.filter(entry=kept).exists()


def test_nobody_checks_what_they_prepared(specialist: User, second: User, at: datetime) -> None:
    entry = center.draft_entry(actor=specialist, at=at)
    actions.send_to_check(entry=entry, actor=specialist, at=at)
    papers = center.papers(entry)
    assert (
        refused(lambda: actions.check(entry=entry, documents=papers, actor=specialist, at=at))
        == "own-work"
    )
    assert (
        refused(lambda: actions.check(entry=entry, documents=[], actor=second, at=at))
        == "not-compared"
    )
    with pytest.raises(DatabaseError, match="checked_by_another"), transaction.atomic():
        NcicEntry.objects.filter(pk=entry.pk).update(checked_by=specialist, checked_at=at)
    with pytest.raises(DatabaseError, match="ncicentry"), transaction.atomic():
        NcicEntry.objects.filter(pk=entry.pk).update(state="CHECKED")
    actions.check(entry=entry, documents=papers, actor=second, at=at)
    kept = DocumentCheck.objects.get()
    assert (kept.purpose, kept.checked_by) == ("ENTRY", second)
    with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
        DocumentCheck.objects.update(checked_by=specialist)


def test_what_is_missing_holds_it_back(specialist: User, at: datetime) -> None:
    bare = actions.open_entry(
        description=actions.Description(file="W", offense="0301", extradition="01"),
        actor=specialist,
        at=at,
    )

    def send() -> str:
        return refused(lambda: actions.send_to_check(entry=bare, actor=specialist, at=at))

    assert send() == "no-individual"
    center.person_in(bare.record, part=center.WANTED, last="ALLONGE", actor=specialist, at=at)
    assert send() == "no-basis"
    center.attach(bare, actor=specialist, at=at, kind=DocumentKind.OTHER)
    assert send() == "no-basis"


def test_somebody_is_searched_for_before_they_are_entered(specialist: User, at: datetime) -> None:

    entry = center.draft_entry(actor=specialist, at=at)
    again = actions.open_entry(
        description=actions.Description(file="W", offense="0301", extradition="01"),
        actor=specialist,
        at=at,
    )

    def put(despite: str) -> str:
        return refused(
            lambda: enter(
                record=again.record,
                person=PersonFacts(
                    last=center.LAST, first=center.FIRST, birth_date=date(1983, 5, 21)
                ),
                part=center.WANTED,
                reason="New",
                despite=despite,
                actor=specialist,
                at=at,
                channel=Channel.PAGE,
            )
        )

    assert put("") == "search-first"
    # A search for somebody else opens no door past the one who fits.
    look_for(
        record=again.record,
        wanted=wanted_of(PersonFacts(last="UNLIKE")),
        actor=specialist,
        at=at,
    )
    assert put("") == "strong-match"
    assert entry.record.subjects.count() == 1


@pytest.mark.parametrize(
    ("given", "code"),
    [
        ({"file": "N"}, "category"),
        ({"file": "W", "category": "ABSCONDER"}, "category"),
        ({"file": "W", "offense": "0000", "extradition": "01"}, "offense"),
        ({"file": "W", "offense": "0301"}, "extradition"),
        ({"file": "N", "category": "NSEERS", "nic": "1990000001"}, "nic"),
        (
            {
                "file": "N",
                "category": "NSEERS",
                "entered_on": date(2010, 1, 2),
                "removed_on": date(2010, 1, 1),
            },
            "removed_on",
        ),
        (
            {
                "file": "N",
                "category": "NSEERS",
                "entered_on": date(2010, 1, 2),
                "removed_on": date(2099, 1, 1),
            },
            "removed_on",
        ),
    ],
)
def test_descriptions_that_cannot_be(
    given: dict[str, object], code: str, specialist: User, at: datetime
) -> None:
    description = actions.Description(**given)  # type: ignore[arg-type]
    assert (
        refused(lambda: actions.open_entry(description=description, actor=specialist, at=at))
        == code
    )


@pytest.mark.parametrize("nic", ["", "12", "1990000001", "WW90000001", "W99000000"])
def test_a_nic_that_cannot_be_one_is_not_noted(
    nic: str, specialist: User, second: User, at: datetime
) -> None:
    entry = center.checked_entry(actor=specialist, checker=second, at=at)
    assert refused(lambda: actions.note_entered(entry=entry, nic=nic, actor=second, at=at)) == "nic"


def test_a_nic_is_one_records_alone(specialist: User, second: User, at: datetime) -> None:
    center.entered_entry(actor=specialist, checker=second, at=at)
    other = center.checked_entry(actor=specialist, checker=second, at=at, last="AUTREMENT")
    assert (
        refused(lambda: actions.note_entered(entry=other, nic=center.NIC, actor=second, at=at))
        == "nic"
    )


def test_too_early_is_no_validation(specialist: User, second: User, at: datetime) -> None:
    entry = center.entered_entry(actor=specialist, checker=second, at=at)
    papers = center.papers(entry)

    def validate(days: int, consulted: str = "The clerk") -> None:
        actions.note_validated(
            entry=entry,
            consulted=consulted,
            documents=papers,
            actor=specialist,
            at=at + timedelta(days=days),
        )

    assert refused(lambda: validate(59)) == "too-early"
    assert refused(lambda: validate(60, consulted=" ")) == "consulted"
    validate(60)


def test_a_certification_that_lapses_is_asked_for_at_the_act(
    specialist: User,
    second: User,
    at: datetime,
    clock: Clock,
    browser_of: BrowserFactory,
) -> None:
    entry = center.checked_entry(actor=specialist, checker=second, at=at)
    course = Course.objects.get(code=Course.NCIC)
    lapsed = at + timedelta(days=course.valid_days + 1)
    browser = browser_of(specialist)
    number = entry.record.number
    assert browser.get(reverse("ncic:act", args=[number, "enter"])).status_code == 200
    clock.moment = lapsed
    factories.train(specialist, at=lapsed)
    browser = browser_of(User.objects.get(pk=specialist.pk))
    factories.sign_in(browser, specialist, at=lapsed)
    answer = browser.post(reverse("ncic:act", args=[number, "enter"]), {"nic": center.NIC})
    assert answer.status_code == 403
    body = answer.content.decode()
    assert "certification is not current" in body
    assert "ICM assessment, section 3.4" in body
    assert center.LAST not in body
    person = User.objects.get(pk=specialist.pk)
    assert (
        refused(lambda: actions.note_entered(entry=entry, nic=center.NIC, actor=person, at=lapsed))
        == "ncic-certification"
    )
    assert center.fresh(entry).state == EntryState.CHECKED


@pytest.mark.parametrize("role", [Role.ANALYST, Role.SUPERVISOR, Role.NCIC_SPECIALIST])
def test_without_certification_the_pages_say_so_and_refuse(
    role: Role,
    specialist: User,
    second: User,
    at: datetime,
    make_user: UserFactory,
    browser_of: BrowserFactory,
) -> None:
    entry = center.entered_entry(actor=specialist, checker=second, at=at)
    browser = browser_of(make_user(role))
    there = reverse("ncic:detail", args=[entry.record.number])
    nothing = reverse("ncic:detail", args=["NCIC-2026-0000-0000"])
    answers = [browser.get(there), browser.get(nothing), browser.get(reverse("ncic:list"))]
    assert [answer.status_code for answer in answers] == [403, 403, 403]
    assert all(center.LAST not in answer.content.decode() for answer in answers)
    keeper = browser_of(make_user(Role.PRIVACY_OFFICER))
    assert center.LAST in keeper.get(there).content.decode()


def test_documents_are_told_by_their_contents_sealed_and_each_look_an_event(
    specialist: User, second: User, at: datetime, browser_of: BrowserFactory
) -> None:
    entry = center.draft_entry(actor=specialist, at=at)

    def attach(kind: DocumentKind, data: bytes) -> None:
        center.attach(entry, actor=specialist, at=at, kind=kind, data=data)

    assert refused(lambda: attach(DocumentKind.WARRANT, b"")) == "paper-empty"
    assert (
        refused(lambda: attach(DocumentKind.WARRANT, b"<script>alert(1)</script>")) == "paper-kind"
    )
    assert refused(lambda: attach(DocumentKind.WARRANT, factories.PAPER)) == "paper-again"
    assert refused(lambda: attach(DocumentKind.PHOTOGRAPH, factories.PAPER)) == "photograph-kind"
    attach(DocumentKind.PHOTOGRAPH, drawn_face())
    kept = BasisDocument.objects.get(kind="PHOTOGRAPH")
    assert Image.open(io.BytesIO(bytes(kept.content))).format == "JPEG"
    browser = browser_of(second)
    number = entry.record.number
    answer = browser.get(reverse("ncic:document", args=[number, 1]))
    assert answer.content == factories.PAPER
    assert answer["Content-Type"] == "application/pdf"
    looked = AuditEvent.objects.filter(kind=events.DOCUMENT_VIEWED).get()
    assert (looked.actor, looked.record_number) == (second, number)
    assert browser.get(reverse("ncic:document", args=[number, 3])).status_code == 404


def test_what_was_done_in_ncic_is_only_added_to(
    specialist: User, second: User, at: datetime
) -> None:
    center.entered_entry(actor=specialist, checker=second, at=at)
    with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
        NcicTransaction.objects.update(nic="W990000999")
    with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
        NcicTransaction.objects.all().delete()


def test_on_the_pages_from_preparing_to_the_second_check(
    specialist: User, second: User, at: datetime, browser_of: BrowserFactory
) -> None:
    browser = browser_of(specialist)
    made = browser.post(
        reverse("ncic:new"),
        {"file": "W", "offense": "0301", "extradition": "01", "case_number": "SYN-1"},
    )
    entry = NcicEntry.objects.get()
    number = entry.record.number
    assert made.headers["Location"] == reverse("ncic:subject", args=[number])
    person = {"last": center.LAST, "first": center.FIRST, "sex": "M"}
    subject = reverse("ncic:subject", args=[number])
    assert browser.post(subject, {**person, "act": "enter", "reason": "New"}).status_code == 422
    assert browser.post(subject, {**person, "act": "search"}).status_code == 200
    assert browser.post(subject, {**person, "act": "enter", "reason": "New"}).status_code == 302
    center.attach(entry, actor=specialist, at=at)
    act = reverse("ncic:act", args=[number, "send"])
    assert browser.post(act).status_code == 302
    check = reverse("ncic:act", args=[number, "check"])
    own = browser.post(check, {"documents": center.papers(entry)})
    assert own.status_code == 422
    assert "somebody else who is certified" in own.content.decode()
    other = browser_of(second)
    assert center.LAST in other.get(f"{reverse('ncic:list')}?show=check").content.decode()
    assert other.post(check, {"documents": center.papers(entry)}).status_code == 302
    assert center.fresh(entry).state == EntryState.CHECKED
    # The person's page lists it among the records about them.
    individual = entry.record.subjects.get().individual
    page = other.get(reverse("individuals:detail", args=[individual.record.number]))
    assert number in page.content.decode()
