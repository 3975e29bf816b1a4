"""The accounting of a person: complete, for its subject, and with wrong entries superseded."""

import csv
import hashlib
import io
import re
import threading
from collections.abc import Callable
from datetime import datetime, timedelta
from html import unescape
from typing import Any

import page as pdf_checker
import pytest
from django.db import DatabaseError, connection, transaction
from django.template import loader
from django.urls import reverse
from django.utils.html import strip_tags

from accounts.choices import Role
from accounts.models import User
from acrime.audit import events
from acrime.audit.choices import Channel
from acrime.audit.models import AuditEvent
from acrime.common.errors import ActionRefused
from acrime.common.pdf import render_pdf
from acrime.iar.models import StatusResponse
from acrime.individuals.actions import PersonFacts, create_individual
from acrime.individuals.models import Individual
from acrime.records.actions import limit_record
from acrime.records.models import Record, RecordSubject
from routine_uses import actions as gate
from routine_uses import verification
from routine_uses.accounts_of import actions
from routine_uses.accounts_of.models import DisclosedSubject, SubjectCopy, Supersession
from routine_uses.accounts_of.people import Person, people
from routine_uses.accounts_of.querysets import about, accounted
from routine_uses.actions import DisclosedRecord
from routine_uses.approvals.choices import ApprovalKind
from routine_uses.models import Disclosure, Recipient
from tests import factories
from tests.conftest import Browser, BrowserFactory, UserFactory
from tests.rooms.routine_uses.conftest import SCOPED

pytestmark = pytest.mark.django_db

Let = Callable[..., Disclosure]
B7: dict[str, Any] = {
    "paragraph": "b7",
    "letter": "",
    "purpose": "LAW_ENFORCEMENT",
    "nature": "Copy of the status response",
    "method": "PAPER",
    "conditions": {"activity_authorized": True},
}


@pytest.fixture
def person(released_response: StatusResponse, privacy_officer: User) -> Person:
    """The person whom the released response is about."""
    found = people().find(Individual.objects.get().record.number, privacy_officer)
    assert found is not None
    return found


@pytest.fixture
def police(released_response: StatusResponse, at: datetime) -> Recipient:
    """A town's police."""
    return gate.add_recipient(
        actor=None,
        at=at,
        name="Sample Falls Police Department",
        type="LOCAL",
        ori="VT0000007",
        address_lines=["1 Example Street", "Sample Falls, VT 05000"],
        channel=Channel.COMMAND,
    )


@pytest.fixture
def let(
    released_response: StatusResponse, supervisor: User, privacy_officer: User, at: datetime
) -> Let:
    """Discloses from a record to a bureau, under (b)(7) unless told otherwise."""
    bureau = gate.add_recipient(
        actor=None,
        at=at,
        name="Bureau of Examples",
        type="FEDERAL",
        address_lines=["3 Example Street", "Washington, DC 20000"],
        channel=Channel.COMMAND,
    )

    def make(record: Record, **changed: Any) -> Disclosure:
        facts: dict[str, Any] = {
            "actor": supervisor,
            "at": at,
            "records": [DisclosedRecord(record.pk, record.number)],
            "recipient": bureau,
            "fields": ["NAME", "IMMIGRATION_STATUS"],
            "channel": Channel.PAGE,
        }
        facts |= B7 | changed
        if facts["paragraph"] == "b7":
            scoped = {name: facts[name] for name in SCOPED}
            request = factories.grant(
                ApprovalKind.HEAD_REQUEST,
                asked_by=supervisor,
                decided_by=privacy_officer,
                findings={"signer": "HEAD", "portion": "All", "activity": "Burglary SF-12"},
                **scoped,
            )
            facts["conditions"] = facts["conditions"] | {"head_request": request.number}
        with transaction.atomic():
            return gate.disclose(**facts)

    return make


@pytest.fixture
def first(released_response: StatusResponse) -> Disclosure:
    """The disclosure of the response, to FBI CJIS under X."""
    return Disclosure.objects.get(number=released_response.disclosure_number)


@pytest.fixture
def second_officer(make_user: UserFactory) -> User:
    """Another privacy officer."""
    return make_user(Role.PRIVACY_OFFICER)


def numbers(person: Person) -> set[str]:
    return {row.disclosure.number for row in accounted(list(about(person)))}


def place(name: str, *arguments: Any) -> str:
    return reverse(f"routine_uses:{name}", args=arguments)


# --- What is found -----------------------------------------------------------------------------


def test_it_holds_what_left_from_every_record_of_the_person(
    person: Person, first: Disclosure, let: Let, released_response: StatusResponse
) -> None:
    from_query = let(released_response.query.record)
    from_person = let(Record.objects.get(pk=person.record_id))
    assert numbers(person) == {first.number, from_query.number, from_person.number}


def test_nobody_else_s_disclosures_are_in_it(
    person: Person, first: Disclosure, let: Let, analyst: User, at: datetime
) -> None:
    other = factories.make_query(factories.message_bytes(serial=9, NAM="OTHER, ONE"), at=at)
    other = factories.claim(other, author=analyst, at=at)
    other = factories.research(other, author=analyst, at=at)
    let(other.record)
    assert numbers(person) == {first.number}


def test_it_is_found_when_the_links_of_the_records_are_gone(
    person: Person, first: Disclosure, privacy_officer: User
) -> None:
    RecordSubject.objects.all().delete()
    bare = people().find(person.number, privacy_officer)
    assert bare is not None
    assert bare.record_ids == {person.record_id}
    assert numbers(bare) == {first.number}


def test_a_link_made_later_brings_what_left_before(
    person: Person, let: Let, analyst: User, at: datetime
) -> None:
    query = factories.make_query(factories.message_bytes(serial=9), at=at)
    made = let(query.record)
    assert made.number not in numbers(person)
    RecordSubject.objects.create(
        record=query.record,
        individual_id=person.record_id,
        role="SUBJECT",
        linked_by=analyst,
        linked_at=at,
        reason="Same A-Number",
    )
    assert made.number in numbers(Person(**vars(person) | {"record_ids": _records_of(person)}))


def _records_of(person: Person) -> frozenset[int]:
    links = RecordSubject.objects.filter(individual_id=person.record_id)
    return frozenset({person.record_id, *links.values_list("record_id", flat=True)})


def test_each_entry_shows_its_clock(
    person: Person, first: Disclosure, as_privacy_officer: Browser, clock: Any
) -> None:
    page = as_privacy_officer.get(place("accounting", person.number)).content.decode()
    assert "at least until Nov 20, 2031" in page
    assert "as long as" in page
    Record.objects.update(disposition_date="2040-02-01")
    page = as_privacy_officer.get(place("accounting", person.number)).content.decode()
    assert "until Feb 1, 2040" in page
    detail = as_privacy_officer.get(place("disclosure", first.number)).content.decode()
    assert "until February 1, 2040" in detail


def test_the_accounting_cannot_be_changed(person: Person, privacy_officer: User) -> None:
    assert DisclosedSubject.objects.exists()
    for table in ("disclosedsubject", "subjectcopy"):
        with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
            connection.cursor().execute(f"DELETE FROM routine_uses_{table}")  # noqa: S608


# --- Pages: who, and what is written down -------------------------------------------------------

COMPLETE = ("accounting", "accounting-pdf", "accounting-prepare")


@pytest.mark.parametrize("name", [*COMPLETE, "accounting-copies"])
def test_a_look_is_written_down_and_told(
    name: str, person: Person, as_privacy_officer: Browser
) -> None:
    answer = as_privacy_officer.get(place(name, person.number))
    assert answer.status_code == 200
    event = AuditEvent.objects.filter(actor=as_privacy_officer.user).latest("pk")
    assert event.record_number == person.number
    assert person.record_id in event.displayed_ids
    assert events.kind(event.kind).look
    assert event.source_address


@pytest.mark.parametrize("name", [*COMPLETE, "accounting-copies"])
def test_what_cannot_be_written_down_is_not_shown(
    name: str,
    person: Person,
    as_privacy_officer: Browser,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def broken(**facts: Any) -> None:
        raise DatabaseError("no room for an event")

    monkeypatch.setattr("routine_uses.accounts_of.access.record_event", broken)
    as_privacy_officer.raise_request_exception = False
    answer = as_privacy_officer.get(place(name, person.number))
    assert answer.status_code == 500
    assert factories.LAST.encode() not in answer.content


def test_a_hidden_person_is_absent(
    person: Person, privacy_officer: User, browser_of: BrowserFactory, at: datetime
) -> None:
    record = Record.objects.get(pk=person.record_id)
    limit_record(
        record=record,
        allowed=[],
        reason="A sensitive matter",
        actor=record.owner,
        at=at,
        channel=Channel.COMMAND,
    )
    browser = browser_of(privacy_officer)
    absent = f"{person.number[:-4]}0000"
    for name in (*COMPLETE, "accounting-copies"):
        hidden, nothing = (browser.get(place(name, number)) for number in (person.number, absent))
        assert (hidden.status_code, nothing.status_code) == (404, 404)
        assert _bare(hidden, person.number) == _bare(nothing, absent)
        probed, other = AuditEvent.objects.order_by("-pk")[:2][::-1]
        assert {probed.kind, other.kind} == {events.RECORD_PROBED}
        assert probed.matched_ids == [person.record_id]
        assert not other.matched_ids


def _bare(answer: Any, number: str) -> bytes:
    return re.sub(rb'value="\w{64}"', b"", answer.content.replace(number.encode(), b"N"))


def test_a_limited_record_is_in_the_complete_accounting(
    person: Person,
    first: Disclosure,
    released_response: StatusResponse,
    as_privacy_officer: Browser,
    at: datetime,
) -> None:
    """As in the list of disclosures: the office that answers for the accounting sees all of it."""
    query = released_response.query.record
    limit_record(
        record=query,
        allowed=[],
        reason="A sensitive matter",
        actor=query.owner,
        at=at,
        channel=Channel.COMMAND,
    )
    page = as_privacy_officer.get(place("accounting", person.number)).content.decode()
    assert first.number in page


def test_foia_officers_get_the_subject_s_copy_and_nothing_else(
    person: Person, first: Disclosure, privacy_officer: User, as_foia_officer: Browser, at: datetime
) -> None:
    made = prepared(person, privacy_officer, at)
    for name in COMPLETE:
        assert as_foia_officer.get(place(name, person.number)).status_code == 403
    page = as_foia_officer.get(place("accounting-copies", person.number))
    assert made.number in page.content.decode()
    assert first.number not in page.content.decode()
    answer = as_foia_officer.get(place("accounting-copy", person.number, made.number))
    assert answer.content == bytes(made.document)
    assert hashlib.sha256(answer.content).hexdigest() == made.document_sha256
    event = AuditEvent.objects.latest("pk")
    assert (event.kind, event.details) == ("accounting.copy.downloaded", {"copy": made.number})


def test_a_copy_is_the_person_s_own(
    person: Person, privacy_officer: User, as_foia_officer: Browser, at: datetime
) -> None:
    made = prepared(person, privacy_officer, at)
    other = create_individual(
        person=PersonFacts(last="OTHER"),
        schedule_code="IAQ-CRIMINAL",
        actor=privacy_officer,
        at=at,
        channel=Channel.COMMAND,
    )
    for number, copy in (
        (other.record.number, made.number),
        (person.number, "ACC-2026-0000-0000"),
        ("nobody", made.number),
    ):
        assert as_foia_officer.get(place("accounting-copy", number, copy)).status_code == 404


def test_the_individual_s_page_leads_there(
    person: Person, as_privacy_officer: Browser, as_foia_officer: Browser, as_analyst: Browser
) -> None:
    page = reverse("individuals:detail", args=[person.number])
    assert place("accounting", person.number) in as_privacy_officer.get(page).content.decode()
    assert place("accounting-copies", person.number) in as_foia_officer.get(page).content.decode()
    assert "/accountings/" not in as_analyst.get(page).content.decode()


# --- The subject's copy ------------------------------------------------------------------------


@pytest.fixture
def words(monkeypatch: pytest.MonkeyPatch) -> Callable[[], str]:
    """The words of the copy made last."""
    markup: list[str] = []

    def noting(*, template: str, context: dict[str, object], title: str) -> bytes:
        markup.append(loader.render_to_string(template, {**context, "title": title}))
        return render_pdf(template=template, context=context, title=title)

    monkeypatch.setattr(actions, "render_pdf", noting)
    return lambda: " ".join(unescape(strip_tags(markup[-1])).split())


def prepared(person: Person, by: User, at: datetime, **changed: Any) -> SubjectCopy:
    facts: dict[str, Any] = {
        "person": person,
        "request_reference": "PA-2026-12",
        "claims": {},
        "seen": [row.disclosure.number for row in accounted(list(about(person))) if row.stands],
        "actor": by,
        "at": at,
        "channel": Channel.PAGE,
    }
    return actions.prepare_copy(**facts | changed)


def test_the_subject_is_told_what_the_law_names(
    person: Person, first: Disclosure, privacy_officer: User, words: Any, at: datetime
) -> None:
    copy = prepared(person, privacy_officer, at)
    for said in (
        f"{factories.LAST}, {factories.FIRST}",
        "November 20, 2026",
        first.nature,
        first.purpose,
        first.recipient_name,
        "1000 Custer Hollow Road",
    ):
        assert said in words()
    for kept in (first.number, *first.record_numbers, first.discloser_name, "Routine use"):
        assert kept not in words()
    assert copy.given == [first.number]
    assert copy.withheld == []


def test_a_copy_that_leaves_something_out_says_no_other_word(
    person: Person, first: Disclosure, let: Let, privacy_officer: User, words: Any, at: datetime
) -> None:
    """Neither a count nor a gap nor a hint: the same words as where there is nothing to hide."""
    whole = prepared(person, privacy_officer, at)
    said = words().replace(whole.number, "N")
    let(Record.objects.get(pk=person.record_id))
    other = let(
        Record.objects.get(pk=person.record_id),
        paragraph="b3",
        letter="J",
        purpose="STATUS_VERIFICATION",
        conditions={"within_jurisdiction": True, "purpose_authorized": True},
    )
    cut = prepared(
        person, privacy_officer, at, claims={other.number: ("(j)(2)", "An open inquiry")}
    )
    assert words().replace(cut.number, "N") == said
    assert [each["under"] for each in sorted(cut.withheld, key=lambda each: each["under"])] == [
        "(b)(7)",
        "(j)(2)",
    ]


def test_the_documents_can_be_read_by_everyone(
    person: Person,
    first: Disclosure,
    privacy_officer: User,
    as_privacy_officer: Browser,
    at: datetime,
) -> None:
    copy = prepared(person, privacy_officer, at)
    whole = as_privacy_officer.get(place("accounting-pdf", person.number)).content
    for document in (bytes(copy.document), whole):
        report = pdf_checker.validate_pdf_bytes(
            document, profile=pdf_checker.ValidationProfile.PDF_UA_1
        )
        assert [(each.rule_id, each.message) for each in report.failures] == []


def test_all_withheld_reads_as_nothing_to_list(
    person: Person, first: Disclosure, privacy_officer: User, words: Any, at: datetime
) -> None:
    prepared(person, privacy_officer, at, claims={first.number: ("(k)(2)", "An open inquiry")})
    assert "There are no disclosures to list." in words()


def test_a_copy_is_refused(
    person: Person,
    first: Disclosure,
    let: Let,
    privacy_officer: User,
    supervisor: User,
    at: datetime,
) -> None:
    for changed, code in (
        ({"request_reference": " "}, "request-missing"),
        ({"actor": supervisor}, "not-privacy-officer"),
        ({"claims": {first.number: ("(k)(5)", "x")}}, "claim-fails"),
        ({"claims": {first.number: ("(j)(2)", " ")}}, "claim-fails"),
        ({"seen": []}, "accounting-changed"),
    ):
        with pytest.raises(ActionRefused) as refused:
            prepared(person, privacy_officer, at, **changed)
        assert refused.value.code == code
    seen = [first.number]
    let(Record.objects.get(pk=person.record_id))
    with pytest.raises(ActionRefused, match="changed since you looked"):
        prepared(person, privacy_officer, at, seen=seen)
    assert not SubjectCopy.objects.exists()


def test_it_is_made_ready_on_the_page(
    person: Person, first: Disclosure, let: Let, as_privacy_officer: Browser
) -> None:
    hidden = let(Record.objects.get(pk=person.record_id))
    address = place("accounting-prepare", person.number)
    page = as_privacy_officer.get(address).content.decode()
    assert hidden.number in page
    assert f"decision_{hidden.number}" not in page
    seen = re.search(r'name="seen" value="([^"]*)"', page)
    assert seen
    empty = as_privacy_officer.post(address, {})
    assert empty.status_code == 422
    sent = {
        "seen": seen[1],
        "request_reference": "PA-2026-12",
        f"decision_{first.number}": "(j)(2)",
    }
    unexplained = as_privacy_officer.post(address, sent)
    assert unexplained.status_code == 422
    assert "say why it is needed here" in unexplained.content.decode()
    done = as_privacy_officer.post(address, sent | {f"reason_{first.number}": "An open inquiry"})
    assert done.status_code == 302
    copy = SubjectCopy.objects.get()
    assert {each["number"]: each["under"] for each in copy.withheld} == {
        first.number: "(j)(2)",
        hidden.number: "(b)(7)",
    }


# --- Superseding -------------------------------------------------------------------------------


def propose(entry: Disclosure, actor: User, at: datetime, **changes: Any) -> Supersession:
    return actions.propose_supersession(
        disclosure=entry,
        changes=changes,
        reason="The call taker noted the wrong agency.",
        actor=actor,
        at=at,
        channel=Channel.PAGE,
    )


def decide(
    proposal: Supersession, actor: User, at: datetime, *, approve: bool = True, comment: str = ""
) -> Supersession:
    return actions.decide_supersession(
        proposal=proposal,
        approve=approve,
        comment=comment,
        actor=actor,
        at=at,
        channel=Channel.PAGE,
    )


def test_a_clerical_error_is_superseded_at_once(
    first: Disclosure, privacy_officer: User, at: datetime
) -> None:
    made = propose(first, privacy_officer, at, discloser_title="Shift supervisor")
    assert made.successor
    new = Disclosure.objects.get(supersedes=first)
    assert new.discloser_title == "Shift supervisor"
    assert new.superseding_reason == "The call taker noted the wrong agency."
    old = Disclosure.objects.get(pk=first.pk)
    assert old.discloser_title == first.discloser_title
    assert bytes(old.document) == bytes(first.document)


def test_a_legal_fact_waits_for_a_second_person(
    person: Person,
    first: Disclosure,
    police: Recipient,
    privacy_officer: User,
    second_officer: User,
    at: datetime,
) -> None:
    proposal = propose(first, privacy_officer, at, recipient=police.pk, letter="G")
    assert not Disclosure.objects.filter(supersedes=first).exists()
    with pytest.raises(ActionRefused, match="second person decides"):
        decide(proposal, privacy_officer, at)
    made = decide(proposal, second_officer, at + timedelta(hours=1)).successor
    assert made
    new = Disclosure.objects.get(pk=made.pk)
    assert (new.recipient_name, new.letter) == (police.name, "G")
    assert new.recipient_address == "1 Example Street\nSample Falls, VT 05000"
    assert "routine use G" in new.clause
    assert new.disclosed_at == first.disclosed_at
    assert new.record_numbers == first.record_numbers
    assert list(new.links.values_list("record_id", flat=True).order_by("pk")) == first.record_ids
    assert numbers(person) == {first.number, new.number}
    # Both can be checked, and the new one's facts name the old one.
    for entry in (Disclosure.objects.get(pk=first.pk), new):
        assert verification.fits(entry.verification_code, verification.facts_of(entry))
    assert verification.facts_of(new)["supersedes"] == first.number


def test_a_second_person_may_refuse(
    first: Disclosure, privacy_officer: User, second_officer: User, at: datetime
) -> None:
    proposal = propose(first, privacy_officer, at, nature="A telephone answer")
    with pytest.raises(ActionRefused, match="Say why the entry stands"):
        decide(proposal, second_officer, at, approve=False)
    decide(proposal, second_officer, at, approve=False, comment="The record shows a message.")
    assert not Disclosure.objects.filter(supersedes=first).exists()
    with pytest.raises(ActionRefused, match="decided already"):
        decide(proposal, second_officer, at)


def test_an_entry_is_superseded_once(
    first: Disclosure, privacy_officer: User, second_officer: User, at: datetime
) -> None:
    waiting = propose(first, privacy_officer, at, nature="A telephone answer")
    with pytest.raises(ActionRefused, match="waits for a second person"):
        propose(first, second_officer, at, method="ORAL")
    decide(waiting, second_officer, at)
    with pytest.raises(ActionRefused, match="Correct the one that supersedes it"):
        propose(first, privacy_officer, at, method="ORAL")
    newest = Disclosure.objects.get(supersedes=first)
    assert propose(newest, privacy_officer, at, method="ORAL").successor


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({}, "nothing-changed"),
        ({"method": "ELECTRONIC"}, "nothing-changed"),
        ({"letter": "ZZ"}, "no-such-letter"),
        ({"paragraph": "b11"}, "letter-without-routine-use"),
        ({"paragraph": "b2", "letter": ""}, "not-accounted"),
        ({"recipient": 0}, "no-such-recipient"),
        ({"nature": " "}, "entry-incomplete"),
        ({"fields": []}, "entry-incomplete"),
        ({"disclosed_at": "2030-01-01T00:00:00+00:00"}, "disclosed-later"),
        ({"number": "DIS-2026-0000-0000"}, "unknown-fact"),
        ({"record_ids": [1]}, "unknown-fact"),
    ],
)
def test_a_correction_that_cannot_be(
    first: Disclosure, privacy_officer: User, at: datetime, changes: dict[str, Any], code: str
) -> None:
    with pytest.raises(ActionRefused) as refused:
        propose(first, privacy_officer, at, **changes)
    assert refused.value.code == code
    assert not Supersession.objects.exists()


def test_only_privacy_officers_correct(
    first: Disclosure, privacy_officer: User, supervisor: User, at: datetime
) -> None:
    with pytest.raises(ActionRefused, match="Only privacy officers"):
        propose(first, supervisor, at, method="ORAL")
    waiting = propose(first, privacy_officer, at, nature="A telephone answer")
    with pytest.raises(ActionRefused, match="Only privacy officers"):
        decide(waiting, supervisor, at)


@pytest.mark.django_db(transaction=True)
def test_two_decisions_at_once_make_one_entry(
    first: Disclosure, privacy_officer: User, make_user: UserFactory, at: datetime
) -> None:
    proposal = propose(first, privacy_officer, at, nature="A telephone answer")
    deciders = [make_user(Role.PRIVACY_OFFICER) for _ in range(2)]
    together = threading.Barrier(2, timeout=30)
    told: list[str] = []

    def take(actor: User) -> None:
        try:
            together.wait()
            decide(proposal, actor, at)
            told.append("made")
        except ActionRefused as refusal:
            told.append(refusal.code)
        finally:
            connection.close()

    threads = [threading.Thread(target=take, args=[each]) for each in deciders]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=60)
    assert sorted(told) == ["decided-already", "made"]
    assert Disclosure.objects.filter(supersedes=first).count() == 1


def test_the_subject_is_given_the_entry_that_stands(
    person: Person, first: Disclosure, privacy_officer: User, words: Any, at: datetime
) -> None:
    propose(first, privacy_officer, at, method="ORAL")
    copy = prepared(person, privacy_officer, at)
    assert copy.given == [Disclosure.objects.get(supersedes=first).number]
    assert words().count(first.recipient_name) == 1


def test_it_is_marked_wherever_it_is_shown(
    person: Person,
    first: Disclosure,
    privacy_officer: User,
    as_privacy_officer: Browser,
    at: datetime,
) -> None:
    propose(first, privacy_officer, at, method="ORAL")
    new = Disclosure.objects.get(supersedes=first)
    listed = as_privacy_officer.get(place("disclosures")).content.decode()
    assert listed.count("Superseded</span>") == 1
    old = as_privacy_officer.get(place("disclosure", first.number)).content.decode()
    assert "superseded by" in old
    assert new.number in old
    assert place("supersede", first.number) not in old
    assert first.number in as_privacy_officer.get(place("disclosure", new.number)).content.decode()
    file = as_privacy_officer.post(place("disclosure-export"), {"purpose": "Audit 12"})
    rows = list(csv.reader(io.StringIO(file.content.decode("utf-8-sig"))))
    heading = next(row for row in rows if "Superseded by" in row)
    marks = {row[0]: row[heading.index("Superseded by")] for row in rows if len(row) > 4}
    assert marks[first.number] == new.number
    assert marks[new.number] == ""
    document = as_privacy_officer.get(place("disclosure-form", first.number))
    assert f"{first.number}-superseded-by-{new.number}.pdf" in document["Content-Disposition"]
    whole = as_privacy_officer.get(place("accounting", person.number)).content.decode()
    assert "Superseded by" in whole


def test_it_is_corrected_on_the_pages(
    first: Disclosure,
    police: Recipient,
    as_privacy_officer: Browser,
    browser_of: BrowserFactory,
    second_officer: User,
) -> None:
    address = place("supersede", first.number)
    assert as_privacy_officer.post(address, {}).status_code == 422
    sent = {
        "disclosed_on_0": "11",
        "disclosed_on_1": "19",
        "disclosed_on_2": "2026",
        "nature": first.nature,
        "purpose_code": first.purpose_code,
        "fields_disclosed": first.fields,
        "recipient": police.pk,
        "paragraph": "b3",
        "letter": "zz",
        "method": first.method,
        "discloser_title": first.discloser_title,
        "discloser_office": first.discloser_office,
        "reason": "Sent a day earlier, and to the police.",
    }
    wrong = as_privacy_officer.post(address, sent)
    assert wrong.status_code == 422
    assert "no such routine use" in wrong.content.decode()
    done = as_privacy_officer.post(address, sent | {"letter": "g"})
    assert done.status_code == 302
    proposal = Supersession.objects.get()
    assert set(proposal.changes) == {"disclosed_at", "recipient", "letter"}
    own = as_privacy_officer.get(place("supersession-decide", proposal.pk)).content.decode()
    assert "A second person decides" in own
    other = browser_of(second_officer)
    assert first.number in other.get(place("supersessions")).content.decode()
    page = other.get(place("supersession-decide", proposal.pk)).content.decode()
    assert police.name in page
    decided = other.post(place("supersession-decide", proposal.pk), {"decision": "yes"})
    assert decided.status_code == 302
    new = Disclosure.objects.get(supersedes=first)
    assert new.disclosed_at == first.disclosed_at - timedelta(days=1)
    again = other.post(place("supersession-decide", proposal.pk), {"decision": "yes"})
    assert again.status_code == 422
