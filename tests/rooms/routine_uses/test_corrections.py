"""Corrections and disputes: who was told before, that they hear of it, and what goes along."""

import random
import re
import threading
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import page as pdf_checker
import pytest
from django.db import connection, transaction
from django.template import loader
from django.urls import reverse
from hypothesis import given
from hypothesis import strategies as st

from accounts.choices import Role
from accounts.models import Office, User
from acrime.audit.choices import Channel
from acrime.audit.models import AuditEvent
from acrime.common.errors import ActionRefused
from acrime.common.pdf import render_pdf
from acrime.iaq.models import StatusQuery
from acrime.iar.models import StatusResponse
from acrime.individuals.actions import identifier_digest
from acrime.individuals.models import Individual
from acrime.records.actions import limit_record, link_subject
from acrime.records.choices import SubjectRole
from acrime.records.models import Record
from routine_uses import actions as gate
from routine_uses.actions import DisclosedRecord
from routine_uses.corrections import actions
from routine_uses.corrections.choices import LetterState
from routine_uses.corrections.models import CorrectionCase, CorrectionLetter
from routine_uses.corrections.policy import Told, earlier_recipients, message_form
from routine_uses.corrections.querysets import statement_for, who_got
from routine_uses.corrections.records import RecordFacts, records
from routine_uses.models import Disclosure, Recipient
from tests import factories
from tests.conftest import Browser, UserFactory

STATEMENT = "I was never removed. The “record” is my brother's – we share a name."


# --- Who was told: the rule and the reading, against brute force --------------------------------

TOLD = st.builds(
    Told,
    number=st.uuids().map(str),
    recipient_id=st.integers(1, 4),
    record_ids=st.frozensets(st.integers(1, 6), min_size=1, max_size=3),
    fields=st.frozensets(st.sampled_from(["NAME", "SEX", "SSN", "CHARGES"]), min_size=1),
)


@given(
    st.lists(TOLD, max_size=12),
    st.sets(st.integers(1, 6)),
    st.sets(st.sampled_from(["NAME", "SEX", "SSN", "CHARGES"])),
)
def test_every_earlier_recipient_of_the_field_and_nobody_else(
    entries: list[Told], scope: set[int], fields: set[str]
) -> None:
    expected: dict[int, list[str]] = {}
    for entry in entries:
        for record in sorted(scope):
            for field in sorted(fields):
                told = record in entry.record_ids and field in entry.fields
                if told and entry.number not in expected.get(entry.recipient_id, []):
                    expected.setdefault(entry.recipient_id, []).append(entry.number)
    found = earlier_recipients(entries, scope=scope, fields=fields)
    assert {key: list(value) for key, value in found.items()} == expected


@pytest.mark.django_db
@pytest.mark.usefixtures("released_response")
def test_the_database_gives_the_same_recipients(
    supervisor: User, at: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(gate, "add_document", without_document)
    dice = random.Random(20261120)  # noqa: S311  # worlds, not secrets
    towns = [town(name, at) for name in ("One", "Two", "Three")]
    made: list[Disclosure] = []
    superseded: set[int] = set()
    kinds = ["NAME", "SEX", "SSN", "CHARGES"]
    for step in range(40):
        entry = let(
            supervisor,
            dice.choice(towns),
            at + timedelta(minutes=step),
            records=[
                DisclosedRecord(each, f"R{each}")
                for each in dice.sample(range(9001, 9007), dice.randint(1, 3))
            ],
            fields=dice.sample(kinds, dice.randint(1, 3)),
        )
        earlier = [each for each in made if each.pk not in superseded]
        if earlier and dice.random() < 0.2:
            wrong = dice.choice(earlier)
            superseded.add(wrong.pk)
            _supersede(wrong, entry)
            entry = Disclosure.objects.get(supersedes=wrong)
        made.append(entry)
    every = list(Disclosure.objects.exclude(pk__in=superseded).order_by("disclosed_at", "pk"))
    for _ in range(60):
        scope = set(dice.sample(range(9001, 9007), dice.randint(0, 4)))
        fields = set(dice.sample(kinds, dice.randint(0, 3)))
        expected = {
            recipient.pk: [
                each.number
                for each in every
                if each.recipient_id == recipient.pk
                and scope.intersection(each.record_ids)
                and fields.intersection(each.fields)
            ]
            for recipient in towns
        }
        found = who_got(scope=scope, fields=fields)
        assert {each.recipient.pk: list(each.disclosures) for each in found} == {
            key: value for key, value in expected.items() if value
        }


def _supersede(wrong: Disclosure, like: Disclosure) -> None:
    """An entry like *like* that supersedes *wrong*; *like* itself goes on standing."""
    links = [(link.record_id, link.record_number) for link in like.links.all()]
    like.pk, like.number = None, f"S{wrong.pk}"
    like.supersedes, like.superseding_reason = wrong, "Wrong recipient"
    like.save(force_insert=True)
    for record, number in links:
        like.links.create(record_id=record, record_number=number)


def without_document(disclosure: Disclosure, **given: Any) -> None:
    disclosure.document, disclosure.document_sha256 = b"%PDF", "0" * 64


def town(name: str, at: datetime) -> Recipient:
    return gate.add_recipient(
        actor=None,
        at=at,
        name=f"Police of {name}",
        type="FEDERAL",
        address_lines=["1 Example Street", "Sample Falls, VT 05000"],
        channel=Channel.COMMAND,
    )


def let(actor: User, recipient: Recipient, at: datetime, **changed: Any) -> Disclosure:
    facts: dict[str, Any] = {
        "actor": actor,
        "at": at,
        "recipient": recipient,
        "paragraph": "b3",
        "letter": "J",
        "purpose": "STATUS_VERIFICATION",
        "nature": "Copy on request",
        "method": "PAPER",
        "fields": ["NAME"],
        "conditions": {"within_jurisdiction": True, "purpose_authorized": True},
        "channel": Channel.PAGE,
    }
    with transaction.atomic():
        return gate.disclose(**facts | changed)


# --- Correcting --------------------------------------------------------------------------------


@pytest.fixture
def person(released_response: StatusResponse, privacy_officer: User) -> RecordFacts:
    """The person whom the released response is about, as the privacy office may correct it."""
    found = records().find(Individual.objects.get().record.number, privacy_officer)
    assert found is not None
    return found


def place_of(person: RecordFacts, field: str) -> int:
    return next(place for place, held in enumerate(person.values) if held.field == field)


def correct(
    person: RecordFacts, by: User, at: datetime, field: str, to: str, **changed: Any
) -> CorrectionCase:
    facts: dict[str, Any] = {
        "record": person,
        "position": place_of(person, field),
        "value": to,
        "reason": "The passport says otherwise.",
        "reference": "PA-2026-12",
        "actor": by,
        "at": at,
        "channel": Channel.PAGE,
    }
    return actions.correct_value(**facts | changed)


CORRECTED = [
    ("NAME", "QUILLABEE, ZEPHYRINE ANNE", lambda: Individual.objects.get().primary_name.full),
    ("DATE_OF_BIRTH", "1979-05-14", lambda: str(Individual.objects.get().birth_dates.get().value)),
    ("SEX", "M", lambda: Individual.objects.get().sex),
    (
        "A_NUMBER",
        "A099000999",
        lambda: Individual.objects.get().identifiers.get(kind="A_NUMBER").value,
    ),
]


@pytest.mark.django_db
@pytest.mark.parametrize(("field", "value", "held"), CORRECTED, ids=[row[0] for row in CORRECTED])
def test_a_value_is_corrected_and_the_earlier_one_kept(
    field: str,
    value: str,
    held: Callable[[], str],
    person: RecordFacts,
    privacy_officer: User,
    at: datetime,
) -> None:
    before = held()
    case = correct(person, privacy_officer, at, field, value)
    assert held() == value
    kept = CorrectionCase.objects.get(pk=case.pk)
    assert (kept.earlier_value, kept.corrected_value) == (before, value)
    assert (kept.noted_by, kept.noted_at, kept.reason) == (
        privacy_officer,
        at,
        "The passport says otherwise.",
    )
    event = AuditEvent.objects.get(kind="correction.made")
    assert event.details["fields"] == [field]
    # Numbers are random, and may hold a letter that is a value.
    assert value not in str({**event.details, "case": "", "letters": []})
    stored = AuditEvent.objects.filter(pk=event.pk).values().get()
    assert len(before) == 1 or before not in str(stored)


@pytest.mark.django_db
def test_a_corrected_number_is_found_and_the_wrong_one_no_more(
    person: RecordFacts, privacy_officer: User, at: datetime
) -> None:
    correct(person, privacy_officer, at, "A_NUMBER", "A099000999")
    digests = {bytes(each.digest) for each in Individual.objects.get().identifiers.all()}
    assert identifier_digest("A_NUMBER", "A099000999") in digests
    assert identifier_digest("A_NUMBER", factories.A_NUMBER) not in digests


@pytest.mark.django_db
def test_letters_go_to_whoever_got_that_field(
    person: RecordFacts, supervisor: User, privacy_officer: User, at: datetime
) -> None:
    own = DisclosedRecord(person.record_id, person.number)
    named, other = town("Named", at), town("Other", at)
    twice = [let(supervisor, named, at, records=[own]) for _ in range(2)]
    let(supervisor, other, at, records=[own], fields=["SEX"])
    case = correct(person, privacy_officer, at, "NAME", "QUILLABEE, ANNE")
    letters = {each.recipient.name: each for each in case.letters.all()}
    assert set(letters) == {"Police of Named", "FBI Criminal Justice Information Services Division"}
    assert letters["Police of Named"].disclosures == [each.number for each in twice]
    letter = letters["Police of Named"]
    report = pdf_checker.validate_pdf_bytes(
        bytes(letter.document), profile=pdf_checker.ValidationProfile.PDF_UA_1
    )
    assert [(each.rule_id, each.message) for each in report.failures] == []
    assert letter.due_on == at.date() + timedelta(days=14)
    assert letter.state == LetterState.DRAFTED


@pytest.mark.django_db
def test_a_letter_names_no_value(
    person: RecordFacts, privacy_officer: User, at: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    said: list[str] = []

    def noting(*, template: str, context: dict[str, object], title: str) -> bytes:
        said.append(loader.render_to_string(template, {**context, "title": title}))
        return render_pdf(template=template, context=context, title=title)

    monkeypatch.setattr(actions, "render_pdf", noting)
    correct(person, privacy_officer, at, "NAME", "QUILLABEE, ANNE")
    assert "1000 Custer Hollow Road" in said[0]
    assert Disclosure.objects.get().number in said[0]
    assert not [value for value in factories.PERSONAL_VALUES if value in said[0]]


@pytest.mark.django_db
def test_what_a_response_told_is_noted_beside_it(
    released_response: StatusResponse, privacy_officer: User, at: datetime
) -> None:
    found = records().find(released_response.record.number, privacy_officer)
    assert found is not None
    assert found.values == ()
    assert released_response.query.record.pk in found.scope
    case = actions.note_correction(
        record=found,
        field="IMMIGRATION_STATUS",
        earlier="Lawful permanent resident",
        corrected="Naturalized citizen",
        reason="The file was found later.",
        reference="PA-2026-13",
        actor=privacy_officer,
        at=at,
        channel=Channel.PAGE,
    )
    assert case.letters.count() == 1


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("changed", "code"),
    [
        ({"value": " "}, "nothing-corrected"),
        ({"reason": " "}, "reason-missing"),
        ({"reference": ""}, "reference-missing"),
        ({"position": 99}, "no-such-value"),
        ({"position": -1}, "no-such-value"),
        ({"value": "CPI, CPI"}, "name-missing"),
        ({"value": ", ANNE"}, "name-missing"),
        ({"value": f"{'Q' * 61}, ANNE"}, "value-too-long"),
        ({"value": f"{factories.LAST}, {factories.FIRST} {factories.MIDDLE}"}, "nothing-corrected"),
    ],
)
def test_a_correction_that_cannot_be(
    person: RecordFacts, privacy_officer: User, at: datetime, changed: dict[str, Any], code: str
) -> None:
    with pytest.raises(ActionRefused) as refused:
        correct(person, privacy_officer, at, "NAME", "QUILLABEE, ANNE", **changed)
    assert refused.value.code == code
    assert not CorrectionCase.objects.exists()


@pytest.mark.django_db
def test_a_wrong_date_and_a_wrong_role(
    person: RecordFacts, privacy_officer: User, supervisor: User, at: datetime
) -> None:
    with pytest.raises(ActionRefused, match="2001-12-31"):
        correct(person, privacy_officer, at, "DATE_OF_BIRTH", "14 May 1979")
    with pytest.raises(ActionRefused, match="Only privacy officers"):
        correct(person, supervisor, at, "NAME", "QUILLABEE, ANNE")


@pytest.mark.django_db
def test_a_value_that_changed_meanwhile_is_not_corrected(
    person: RecordFacts, privacy_officer: User, at: datetime
) -> None:
    correct(person, privacy_officer, at, "NAME", "QUILLABEE, ANNE")
    with pytest.raises(ActionRefused, match="changed since you looked"):
        correct(person, privacy_officer, at, "NAME", "QUILLABEE, MARIE")


@pytest.mark.django_db(transaction=True)
def test_two_corrections_at_once_make_one(
    person: RecordFacts, privacy_officer: User, at: datetime
) -> None:
    together = threading.Barrier(2, timeout=30)
    told: list[str] = []

    def take(value: str) -> None:
        try:
            together.wait()
            correct(person, privacy_officer, at, "NAME", value)
            told.append("made")
        except ActionRefused as refusal:
            told.append(refusal.code)
        finally:
            connection.close()

    names = ("QUILLABEE, ANNE", "QUILLABEE, MARIE")
    threads = [threading.Thread(target=take, args=[each]) for each in names]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=60)
    assert sorted(told) == ["made", "value-changed"]
    assert CorrectionCase.objects.count() == 1


# --- Disputes ----------------------------------------------------------------------------------


def dispute(record: RecordFacts, by: User, at: datetime, **changed: Any) -> CorrectionCase:
    facts: dict[str, Any] = {
        "record": record,
        "fields": ["REMOVAL_HISTORY", "NAME"],
        "statement": STATEMENT,
        "reason": "The amendment was refused.",
        "reference": "PA-2026-14",
        "actor": by,
        "at": at,
        "channel": Channel.PAGE,
    }
    return actions.note_dispute(**facts | changed)


@pytest.fixture
def ready(approved_query: StatusQuery, privacy_officer: User) -> RecordFacts:
    """The person of a query whose answer is ready to leave."""
    found = records().find(Individual.objects.get().record.number, privacy_officer)
    assert found is not None
    return found


@pytest.mark.django_db
def test_a_disputed_record_leaves_with_its_statement(
    ready: RecordFacts,
    approved_query: StatusQuery,
    privacy_officer: User,
    supervisor: User,
    office: Office,
    at: datetime,
) -> None:
    dispute(ready, privacy_officer, at, agency_reasons="The fingerprints agree.")
    approved_query.record.refresh_from_db()
    assert approved_query.record.disputed
    response = factories.release(approved_query, actor=supervisor, office=office, at=at)
    assert "STATEMENT OF DISAGREEMENT" in response.text
    flowing = " ".join(response.text.split())
    assert 'The "record" is my brother\'s - we share a name.' in flowing
    assert "The agency's reasons: The fingerprints agree." in flowing
    assert response.text.isascii()
    assert max(map(len, response.text.splitlines())) <= 72
    made = Disclosure.objects.get(number=response.disclosure_number)
    assert made.disputed
    assert made.statement.startswith(STATEMENT)


@pytest.mark.django_db
def test_a_record_marked_without_a_statement_still_does_not_leave(
    approved_query: StatusQuery, supervisor: User, office: Office, at: datetime
) -> None:
    Record.objects.filter(pk=approved_query.record.pk).update(disputed=True)
    with pytest.raises(gate.DisclosureRefused, match="which statement"):
        factories.release(approved_query, actor=supervisor, office=office, at=at)


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("given", "leaves"),
    [
        ({}, False),
        ({"disputed": True, "statement": "Something else"}, False),
        ({"disputed": False, "statement": STATEMENT}, True),
        ({"statement": f"Also:\n{STATEMENT}"}, True),
    ],
)
def test_the_gate_itself_asks_for_the_statement_that_is_owed(
    given: dict[str, Any],
    leaves: bool,
    person: RecordFacts,
    privacy_officer: User,
    supervisor: User,
    at: datetime,
) -> None:
    dispute(person, privacy_officer, at)
    own = [DisclosedRecord(person.record_id, person.number)]

    def out() -> Disclosure:
        return let(supervisor, town("One", at), at, records=own, **given)

    if leaves:
        made = Disclosure.objects.get(pk=out().pk)
        assert made.disputed
        assert STATEMENT in made.statement
    else:
        with pytest.raises(gate.DisclosureRefused) as refused:
            out()
        assert [need.key for need in refused.value.verdict.needs] == ["statement"]


@pytest.mark.django_db
def test_the_page_of_a_release_shows_the_statement(
    ready: RecordFacts,
    approved_query: StatusQuery,
    privacy_officer: User,
    as_supervisor: Browser,
    at: datetime,
) -> None:
    dispute(ready, privacy_officer, at)
    page = as_supervisor.get(reverse("iar:release", args=[approved_query.record.number]))
    assert "A statement goes along" in page.content.decode()


@pytest.mark.django_db
def test_a_query_linked_later_carries_the_statement_too(
    person: RecordFacts, privacy_officer: User, analyst: User, at: datetime
) -> None:
    dispute(person, privacy_officer, at)
    later = factories.make_query(factories.message_bytes(serial=7), at=at)
    assert statement_for([later.record.pk]) == ""
    link_subject(
        record=later.record,
        individual_id=person.record_id,
        role=SubjectRole.SUBJECT,
        reason="Same A-Number",
        actor=analyst,
        at=at,
        channel=Channel.PAGE,
    )
    assert statement_for([later.record.pk]) == STATEMENT


@pytest.mark.django_db
def test_a_dispute_tells_earlier_recipients_and_encloses_the_statement(
    person: RecordFacts, privacy_officer: User, at: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    said: list[str] = []

    def noting(*, template: str, context: dict[str, object], title: str) -> bytes:
        said.append(loader.render_to_string(template, {**context, "title": title}))
        return render_pdf(template=template, context=context, title=title)

    monkeypatch.setattr(actions, "render_pdf", noting)
    case = dispute(person, privacy_officer, at)
    assert case.letters.count() == 1
    assert "I was never removed" in said[0]


@pytest.mark.django_db
def test_a_settled_dispute_goes_along_no_more(
    ready: RecordFacts, privacy_officer: User, supervisor: User, at: datetime
) -> None:
    first = dispute(ready, privacy_officer, at)
    second = dispute(ready, privacy_officer, at, statement="My birthday is wrong.")

    def settle(case: CorrectionCase, by: User, reason: str = "Amended") -> CorrectionCase:
        return actions.settle_dispute(
            case=case, reason=reason, actor=by, at=at, channel=Channel.PAGE
        )

    with pytest.raises(ActionRefused, match="Only privacy officers"):
        settle(first, supervisor)
    with pytest.raises(ActionRefused, match="Say how"):
        settle(first, privacy_officer, " ")
    settle(first, privacy_officer)
    with pytest.raises(ActionRefused, match="settled already"):
        settle(first, privacy_officer)
    assert statement_for(ready.scope) == "My birthday is wrong."
    assert Record.objects.filter(pk__in=ready.scope, disputed=False).count() == 0
    settle(second, privacy_officer)
    assert statement_for(ready.scope) == ""
    assert Record.objects.filter(disputed=True).count() == 0


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("changed", "code"),
    [
        ({"fields": []}, "no-such-field"),
        ({"fields": ["NOTHING"]}, "no-such-field"),
        ({"statement": " "}, "statement-missing"),
        ({"statement": "Я не тот"}, "statement-unprintable"),
        ({"reason": ""}, "reason-missing"),
        ({"reference": ""}, "reference-missing"),
    ],
)
def test_a_dispute_that_cannot_be_noted(
    person: RecordFacts, privacy_officer: User, at: datetime, changed: dict[str, Any], code: str
) -> None:
    with pytest.raises(ActionRefused) as refused:
        dispute(person, privacy_officer, at, **changed)
    assert refused.value.code == code


@pytest.mark.django_db
def test_the_same_dispute_is_noted_once(
    person: RecordFacts, privacy_officer: User, supervisor: User, at: datetime
) -> None:
    dispute(person, privacy_officer, at)
    with pytest.raises(ActionRefused, match="noted already"):
        dispute(person, privacy_officer, at)
    with pytest.raises(ActionRefused, match="Only privacy officers"):
        dispute(person, supervisor, at)


@pytest.mark.django_db(transaction=True)
def test_a_release_and_a_dispute_at_once_never_miss_each_other(
    ready: RecordFacts,
    approved_query: StatusQuery,
    privacy_officer: User,
    supervisor: User,
    office: Office,
    at: datetime,
) -> None:
    """Either the statement went along, or the recipient gets a letter."""
    together = threading.Barrier(2, timeout=30)
    failed: list[str] = []

    def take(act: Callable[[], object]) -> None:
        try:
            together.wait()
            act()
        except ActionRefused as refusal:
            failed.append(refusal.code)
        finally:
            connection.close()

    threads = [
        threading.Thread(target=take, args=[act])
        for act in (
            lambda: factories.release(approved_query, actor=supervisor, office=office, at=at),
            lambda: dispute(ready, privacy_officer, at),
        )
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=60)
    case = CorrectionCase.objects.get()
    released = Disclosure.objects.first()
    went_along = released is not None and bool(released.statement)
    assert released is None or went_along or case.letters.exists()
    assert set(failed) <= {"disclosure-needs"}


@given(st.text(max_size=200))
def test_a_statement_is_printable_or_refused(text: str) -> None:
    try:
        kept = message_form(text)
    except ValueError:
        return
    assert kept.isascii()
    assert all(line.isprintable() and line for line in kept.split("\n") if kept)


# --- Letters -----------------------------------------------------------------------------------


@pytest.fixture
def letter(person: RecordFacts, privacy_officer: User, at: datetime) -> CorrectionLetter:
    """A letter that is drafted."""
    return correct(person, privacy_officer, at, "NAME", "QUILLABEE, ANNE").letters.get()


def sent(letter: CorrectionLetter, by: User, at: datetime, how: str = "MAIL") -> CorrectionLetter:
    return actions.send_letter(
        letter=letter, how=how, reference="9400-1", actor=by, at=at, channel=Channel.PAGE
    )


def came_back(letter: CorrectionLetter, by: User, at: datetime, what: str) -> CorrectionLetter:
    return actions.return_letter(
        letter=letter, came_back=what, actor=by, at=at, channel=Channel.PAGE
    )


@pytest.mark.django_db
def test_a_letter_is_sent_and_comes_back(
    letter: CorrectionLetter, privacy_officer: User, supervisor: User, at: datetime
) -> None:
    later = at + timedelta(days=1)
    with pytest.raises(ActionRefused, match="is drafted"):
        came_back(letter, privacy_officer, later, "ACKNOWLEDGED")
    with pytest.raises(ActionRefused, match="Only privacy officers"):
        sent(letter, supervisor, later)
    with pytest.raises(ActionRefused, match="how it went"):
        sent(letter, privacy_officer, later, how="PIGEON")
    gone = sent(letter, privacy_officer, later)
    assert (gone.state, gone.sent_by, gone.sent_at) == ("SENT", privacy_officer, later)
    assert (gone.sent_how, gone.sent_reference) == ("MAIL", "9400-1")
    with pytest.raises(ActionRefused, match="is sent"):
        sent(letter, privacy_officer, later)
    with pytest.raises(ActionRefused, match="what came back"):
        came_back(letter, privacy_officer, later, "NOTHING")
    assert came_back(letter, privacy_officer, later, "ACKNOWLEDGED").state == "RETURNED"


@pytest.mark.django_db
def test_an_undeliverable_letter_is_drafted_again(
    letter: CorrectionLetter, privacy_officer: User, at: datetime
) -> None:
    def again() -> list[CorrectionLetter]:
        return actions.draft_again(
            case=letter.case, actor=privacy_officer, at=at, channel=Channel.PAGE
        )

    with pytest.raises(ActionRefused, match="has a letter"):
        again()
    sent(letter, privacy_officer, at)
    came_back(letter, privacy_officer, at, "UNDELIVERABLE")
    Recipient.objects.filter(pk=letter.recipient_id).update(address_lines=["2 New Road"])
    [second] = again()
    assert second.recipient_address == "2 New Road"
    assert letter.case.letters.count() == 2


@pytest.mark.django_db
def test_an_exemption_from_telling_is_claimed_under_j2_alone(
    letter: CorrectionLetter, privacy_officer: User, supervisor: User, at: datetime
) -> None:
    def exempt(under: str, reason: str, by: User = privacy_officer) -> CorrectionLetter:
        return actions.exempt_letter(
            letter=letter, under=under, reason=reason, actor=by, at=at, channel=Channel.PAGE
        )

    with pytest.raises(ActionRefused, match=r"cannot reach \(c\)\(4\)"):
        exempt("(k)(2)", "An open inquiry")
    with pytest.raises(ActionRefused, match="Say why"):
        exempt("(j)(2)", "")
    with pytest.raises(ActionRefused, match="Only privacy officers"):
        exempt("(j)(2)", "An open inquiry", supervisor)
    assert exempt("(j)(2)", "An open inquiry").state == "EXEMPT"
    with pytest.raises(ActionRefused, match="exemption claimed"):
        sent(letter, privacy_officer, at)


# --- Pages -------------------------------------------------------------------------------------


def place(name: str, *arguments: Any) -> str:
    return reverse(f"routine_uses:{name}", args=arguments)


@pytest.mark.django_db
def test_the_office_corrects_and_tells_on_the_pages(
    person: RecordFacts, as_privacy_officer: Browser, clock: Any
) -> None:
    browser = as_privacy_officer
    address = place("corrections-correct", person.number)
    page = browser.get(address).content.decode()
    assert factories.A_NUMBER not in page
    assert browser.post(address, {}).status_code == 422
    number = place_of(person, "A_NUMBER")
    entered = {
        "what": str(number),
        "corrected": "A099000999",
        "reference": "PA-2026-12",
        "reason": "The card says otherwise.",
    }
    done = browser.post(address, entered)
    assert done.status_code == 302
    case = CorrectionCase.objects.get()
    again = browser.post(address, entered)
    assert again.status_code == 422
    letter = case.letters.get()
    assert letter.number in browser.get(place("corrections")).content.decode()
    detail = browser.get(place("correction", case.number)).content.decode()
    assert factories.A_NUMBER in detail
    document = browser.get(place("corrections-letter", letter.number))
    assert document.content == bytes(letter.document)
    clock.move(timedelta(days=15))
    factories.sign_in(browser, browser.user, at=clock.now())
    assert "Late" in browser.get(place("corrections")).content.decode()
    assert browser.post(place("corrections-send", letter.number), {}).status_code == 422
    gone = browser.post(place("corrections-send", letter.number), {"how": "MAIL"})
    assert gone.status_code == 302
    back = {"came_back": "ACKNOWLEDGED"}
    assert browser.post(place("corrections-returned", letter.number), back).status_code == 302
    assert browser.post(place("corrections-returned", letter.number), back).status_code == 422
    assert browser.post(place("corrections-draft", case.number)).status_code == 302
    shown = browser.get(reverse("individuals:detail", args=[person.number])).content.decode()
    assert "Corrections and disputes" in shown
    assert factories.A_NUMBER not in shown


@pytest.mark.django_db
def test_the_office_notes_and_settles_a_dispute_on_the_pages(
    person: RecordFacts, as_privacy_officer: Browser, as_analyst: Browser
) -> None:
    browser = as_privacy_officer
    address = place("corrections-dispute", person.number)
    entered = {
        "disputed": ["NAME"],
        "statement": STATEMENT,
        "reference": "PA-2026-12",
        "reason": "The amendment was refused.",
    }
    wrong = browser.post(address, entered | {"statement": "Я не тот"})
    assert wrong.status_code == 422
    assert "plain letters" in wrong.content.decode()
    assert browser.post(address, entered).status_code == 302
    case = CorrectionCase.objects.get()
    shown = as_analyst.get(reverse("individuals:detail", args=[person.number])).content.decode()
    assert "Disputed" in shown
    assert place("correction", case.number) not in shown
    assert browser.get(place("corrections-settle", case.number)).status_code == 200
    settled = browser.post(place("corrections-settle", case.number), {"reason": "Amended"})
    assert settled.status_code == 302
    exempting = place("corrections-exempt", case.letters.get().number)
    refused = browser.post(exempting, {"under": "(k)(2)", "reason": "An open inquiry"})
    assert refused.status_code == 422
    assert browser.post(exempting, {"under": "(j)(2)", "reason": "An inquiry"}).status_code == 302


@pytest.mark.django_db
def test_each_look_is_written_down(
    letter: CorrectionLetter, person: RecordFacts, as_privacy_officer: Browser
) -> None:
    for address in (
        place("corrections-correct", person.number),
        place("corrections-dispute", person.number),
        place("correction", letter.case.number),
        place("corrections-letter", letter.number),
    ):
        assert as_privacy_officer.get(address).status_code == 200
        event = AuditEvent.objects.filter(actor=as_privacy_officer.user).latest("pk")
        assert (event.kind, event.record_number) == ("correction.viewed", person.number)
        assert event.displayed_ids == [person.record_id]


@pytest.mark.django_db
def test_a_hidden_record_is_absent_and_its_values_stay_hidden(
    letter: CorrectionLetter,
    person: RecordFacts,
    make_user: UserFactory,
    browser_of: Any,
    at: datetime,
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
    browser = browser_of(make_user(Role.PRIVACY_OFFICER))
    absent = f"{person.number[:-4]}0000"
    for name in ("corrections-correct", "corrections-dispute"):
        answers = [browser.get(place(name, each)) for each in (person.number, absent)]
        assert [each.status_code for each in answers] == [404, 404]
        bodies = {
            re.sub(rb"IND-[-\w]+", b"N", each.content.replace(absent.encode(), b"N"))
            for each in answers
        }
        assert len(bodies) == 1
        assert AuditEvent.objects.latest("pk").kind == "record.probed"
    detail = browser.get(place("correction", letter.case.number)).content.decode()
    assert "QUILLABEE" not in detail
    assert "Shown to whoever may see the record" in detail
    for name in ("correction", "corrections-letter", "corrections-send"):
        assert browser.get(place(name, "nothing")).status_code == 404
