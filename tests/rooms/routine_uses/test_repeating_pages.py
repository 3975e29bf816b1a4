"""Repeating disclosures on pages, in the accounting of a person, and in its corrections."""

import re
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta
from html import unescape
from typing import Any

import pytest
from django.db import transaction
from django.template import loader
from django.urls import reverse
from django.utils.html import strip_tags

from accounts.choices import Role
from accounts.models import User
from acrime.audit.choices import Channel
from acrime.audit.models import AuditEvent
from acrime.common.errors import ActionRefused
from acrime.common.pdf import render_pdf
from acrime.iar.models import StatusResponse
from acrime.individuals.models import Individual
from acrime.records.actions import limit_record
from routine_uses import actions as gate
from routine_uses.accounts_of import actions as accounts_of
from routine_uses.accounts_of.folding import folded
from routine_uses.accounts_of.models import SubjectCopy
from routine_uses.accounts_of.people import Person, people
from routine_uses.accounts_of.querysets import about, accounted
from routine_uses.corrections import actions as corrections
from routine_uses.corrections.records import records
from routine_uses.models import Disclosure, DisclosureDraft, DisclosureSeries, NoticeVersion
from routine_uses.querysets import fbi_cjis
from routine_uses.repeating import actions
from routine_uses.repeating.actions import Proposal
from routine_uses.scopes import DisclosedRecord
from routine_uses.wizard import actions as wizard
from tests.conftest import Browser, BrowserFactory, UserFactory

pytestmark = pytest.mark.django_db

PAGE = Channel.PAGE
REPEATING = "/disclosures/repeating/"
DAY = timedelta(days=1)

Send = Callable[..., Disclosure]
Words = Callable[[], str]


@pytest.fixture
def proposal(notice: NoticeVersion, at: datetime) -> Proposal:
    """A daily list for the FBI."""
    return Proposal(
        recipient=fbi_cjis(),
        code="X",
        purpose="FINGERPRINT_QUERY",
        fields=["NAME", "IMMIGRATION_STATUS"],
        method="ELECTRONIC",
        nature="List of responses",
        record_category="Responses of the day before",
        interval="DAILY",
        interval_statement="Each morning",
        starts_on=at.date() - 10 * DAY,
        ends_on=at.date() + 10 * DAY,
        justification="The FBI compares its files.",
    )


@pytest.fixture
def series(
    proposal: Proposal, analyst: User, privacy_officer: User, at: datetime
) -> DisclosureSeries:
    """It, approved."""
    made = actions.propose_series(proposal=proposal, actor=analyst, at=at - 9 * DAY, channel=PAGE)
    return actions.approve_series(
        series=made, reason="It repeats.", actor=privacy_officer, at=at - 9 * DAY, channel=PAGE
    )


@pytest.fixture
def send(
    series: DisclosureSeries, released_response: StatusResponse, analyst: User, at: datetime
) -> Send:
    """Sends the next list from the released response, some days ago."""
    record = released_response.record

    def make(*, days_ago: int = 0, **changed: Any) -> Disclosure:
        facts: dict[str, Any] = {
            "actor": analyst,
            "at": at - days_ago * DAY,
            "records": [DisclosedRecord(record.pk, record.number)],
            "recipient": series.recipient,
            "paragraph": "b3",
            "letter": "X",
            "purpose": "FINGERPRINT_QUERY",
            "nature": "List of responses",
            "method": "ELECTRONIC",
            "fields": ["NAME", "IMMIGRATION_STATUS"],
            "conditions": {"fingerprint_based": True},
            "series": series,
            "channel": PAGE,
        }
        with transaction.atomic():
            return gate.disclose(**facts | changed)

    return make


@pytest.fixture
def person(released_response: StatusResponse, privacy_officer: User) -> Person:
    """The person whom the released response is about."""
    found = people().find(Individual.objects.get().record.number, privacy_officer)
    assert found is not None
    return found


def text_of(answer: Any) -> str:
    return " ".join(unescape(strip_tags(answer.content.decode().replace("<", " <"))).split())


def place(name: str, *arguments: Any) -> str:
    return reverse(f"routine_uses:{name}", args=arguments)


def noting(monkeypatch: pytest.MonkeyPatch, module: object) -> Words:
    """The words of the document that *module* makes last."""
    markup: list[str] = []

    def made(*, template: str, context: dict[str, object], title: str) -> bytes:
        markup.append(loader.render_to_string(template, {**context, "title": title}))
        return render_pdf(template=template, context=context, title=title)

    monkeypatch.setattr(module, "render_pdf", made)
    return lambda: " ".join(unescape(strip_tags(markup[-1].replace("<", " <"))).split())


# --- Proposing and deciding on pages -----------------------------------------------------------


def sent(proposal: Proposal, **changed: str) -> dict[str, Any]:
    """The form of *proposal*, filled in."""
    days = {
        f"{name}_{at}": str(part)
        for name, day in (("starts_on", proposal.starts_on), ("ends_on", proposal.ends_on))
        for at, part in enumerate((day.month, day.day, day.year))
    }
    return {
        "recipient": str(proposal.recipient.pk),
        "ground": proposal.code,
        "purpose": proposal.purpose,
        "fields_chosen": list(proposal.fields),
        "method": proposal.method,
        "nature": proposal.nature,
        "record_category": proposal.record_category,
        "interval": proposal.interval,
        "interval_statement": proposal.interval_statement,
        "justification": proposal.justification,
        **days,
        **changed,
    }


def test_a_category_is_proposed_approved_and_ended_on_pages(
    proposal: Proposal, as_analyst: Browser, as_privacy_officer: Browser
) -> None:
    assert "No categories" in text_of(as_analyst.get(REPEATING))
    assert REPEATING in as_analyst.get("/disclosures/").content.decode()
    answer = as_analyst.post(f"{REPEATING}propose/", sent(proposal))
    assert answer.status_code == 302, text_of(answer)
    made = DisclosureSeries.objects.get()
    at_it = f"{REPEATING}{made.number}/"
    assert answer["Location"] == at_it

    own = text_of(as_analyst.get(at_it))
    assert "Waits for a privacy officer" in own
    assert "Send the next one" not in own
    assert "Decide Look" not in own
    assert "Decide Look" in text_of(as_privacy_officer.get(at_it))
    unexplained = as_privacy_officer.post(f"{at_it}decide/", {"decision": "approve"})
    assert unexplained.status_code == 422
    as_privacy_officer.post(
        f"{at_it}decide/", {"decide-reason": "It repeats", "decision": "approve"}
    )
    page = text_of(as_analyst.get(at_it))
    for said in ("In use", "Send the next one", "It repeats", "Daily", "Each morning"):
        assert said in page
    assert made.number in text_of(as_analyst.get(REPEATING))

    assert as_analyst.post(f"{at_it}end/", {}).status_code == 422
    as_analyst.post(f"{at_it}end/", {"end-reason": "No longer asked for"})
    page = text_of(as_analyst.get(at_it))
    assert "No longer asked for" in page
    assert "Send the next one" not in page
    late = as_privacy_officer.post(
        f"{at_it}decide/", {"decide-reason": "Late", "decision": "refuse"}
    )
    assert late.status_code == 422
    assert "It waits no longer" in text_of(late)


def test_what_is_wrong_is_told_at_its_field(proposal: Proposal, as_analyst: Browser) -> None:
    for changed, said in (
        ({"ground": "J"}, "Routine use J"),
        ({"ends_on_2": str(proposal.ends_on.year + 2)}, "at most one year"),
        ({"ends_on_2": str(proposal.ends_on.year - 1)}, "before the first"),
        ({"ends_on_1": "99"}, "a date that exists"),
        ({"recipient": ""}, "required"),
        ({"interval": "SOMETIMES"}, "SOMETIMES"),
    ):
        answer = as_analyst.post(f"{REPEATING}propose/", sent(proposal, **changed))
        assert answer.status_code == 422
        assert said in text_of(answer)
        assert 'class="usa-error-message"' in answer.content.decode()
    assert not DisclosureSeries.objects.exists()


def test_nobody_decides_the_own_category_on_pages(
    proposal: Proposal, as_privacy_officer: Browser
) -> None:
    as_privacy_officer.post(f"{REPEATING}propose/", sent(proposal))
    at_it = f"{REPEATING}{DisclosureSeries.objects.get().number}/"
    page = text_of(as_privacy_officer.get(at_it))
    assert "another privacy officer decides" in page
    assert "Decide Look" not in page
    answer = as_privacy_officer.post(
        f"{at_it}decide/", {"decide-reason": "Mine", "decision": "approve"}
    )
    assert "You proposed it" in text_of(answer)


def test_what_waits_for_a_privacy_officer_is_on_the_first_page(
    proposal: Proposal, as_analyst: Browser, as_privacy_officer: Browser, at: datetime
) -> None:
    own = actions.propose_series(
        proposal=proposal, actor=as_privacy_officer.user, at=at, channel=PAGE
    )
    other = actions.propose_series(proposal=proposal, actor=as_analyst.user, at=at, channel=PAGE)
    assert f"{REPEATING}?show=decide" in as_privacy_officer.get("/").content.decode()
    waiting = text_of(as_privacy_officer.get(f"{REPEATING}?show=decide"))
    assert other.number in waiting
    assert own.number not in waiting
    assert own.number in text_of(as_privacy_officer.get(REPEATING))
    assert "For me to decide" not in text_of(as_analyst.get(f"{REPEATING}?show=decide"))
    assert "Categories to decide" not in text_of(as_analyst.get("/"))


def test_a_mass_disclosure_from_three_hundred_records_is_folded_on_pages(
    series: DisclosureSeries, send: Send, as_privacy_officer: Browser
) -> None:
    many = [DisclosedRecord(n, f"IAR-2026-0000-{n:04}") for n in range(9000, 9300)]
    made = send(records=many)
    assert f"{series.number} 300 records" in text_of(as_privacy_officer.get("/disclosures/"))
    page = text_of(as_privacy_officer.get(f"/disclosures/{made.number}/"))
    assert "300 records" in page
    assert "IAR-2026-0000-9299" in page
    assert "300" in text_of(as_privacy_officer.get(f"{REPEATING}{series.number}/"))


def test_a_category_that_is_not_there(as_analyst: Browser, notice: NoticeVersion) -> None:
    assert as_analyst.get(f"{REPEATING}REP-2026-0000-0000/").status_code == 404


def test_what_went_under_it_is_shown_to_whoever_sees_its_records(
    series: DisclosureSeries,
    send: Send,
    as_analyst: Browser,
    browser_of: BrowserFactory,
    make_user: UserFactory,
    at: datetime,
) -> None:
    made = send()
    at_it = f"{REPEATING}{series.number}/"
    assert made.number in text_of(as_analyst.get(at_it))
    event = AuditEvent.objects.filter(kind="disclosure.listed").latest("pk")
    assert event.details["disclosures"] == [made.number]
    assert made.series_number in text_of(as_analyst.get(f"/disclosures/{made.number}/"))
    somebody = browser_of(make_user(Role.SUPERVISOR))
    for record in records_of(made):
        limit_record(
            record=record, allowed=[], reason="Sensitive", actor=record.owner, at=at, channel=PAGE
        )
    assert made.number not in text_of(somebody.get(at_it))


def records_of(made: Disclosure) -> Any:
    from acrime.records.models import Record

    return Record.objects.filter(pk__in=made.record_ids)


# --- Sending the next one ----------------------------------------------------------------------


def test_the_next_one_is_prefilled_and_goes_out(
    series: DisclosureSeries,
    released_response: StatusResponse,
    as_analyst: Browser,
    notice: NoticeVersion,
) -> None:
    number = released_response.record.number
    answer = as_analyst.post(f"{REPEATING}{series.number}/send/", {"send-records": number})
    assert answer.status_code == 302, text_of(answer)
    draft = DisclosureDraft.objects.get()
    assert answer["Location"] == f"/disclosures/drafts/{draft.key}/"
    assert (draft.series, draft.recipient, draft.letter, draft.purpose_code, draft.method) == (
        series,
        series.recipient,
        "X",
        "FINGERPRINT_QUERY",
        "ELECTRONIC",
    )
    assert (draft.fields, draft.nature) == (series.fields, series.nature)
    page = text_of(as_analyst.get(answer["Location"]))
    for said in (
        series.number,
        "Responses of the day before",
        "Routine use X, as approved with the category",
        "Disclose and account for it",
    ):
        assert said in page
    assert "Take this ground" not in page
    as_analyst.post(f"{answer['Location']}disclose/", {"version": str(notice.pk)})
    made = Disclosure.objects.latest("pk")
    assert (made.series_number, made.record_numbers) == (series.number, [number])


def test_fewer_fields_may_go_and_nothing_else_is_changed_in_the_draft(
    series: DisclosureSeries, released_response: StatusResponse, as_analyst: Browser, at: datetime
) -> None:
    number = released_response.record.number
    draft = wizard.begin_draft(numbers=[number], series=series, actor=as_analyst.user, at=at)
    at_it = f"/disclosures/drafts/{draft.key}/"
    more = as_analyst.post(f"{at_it}what/", {"fields_chosen": ["NAME", "ADDRESS"]})
    assert more.status_code == 422
    as_analyst.post(f"{at_it}what/", {"fields_chosen": ["NAME"], "purpose": "LITIGATION"})
    draft.refresh_from_db()
    assert (draft.fields, draft.purpose_code, draft.letter) == (["NAME"], "FINGERPRINT_QUERY", "X")
    for changed in ({"purpose": "LITIGATION"}, {"nature": "Else"}, {"fields": ["ADDRESS"]}):
        description = wizard.Description(
            recipient=series.recipient,
            purpose=series.purpose_code,
            method=series.method,
            nature=series.nature,
            fields=series.fields,
        )
        with pytest.raises(ActionRefused) as refused:
            wizard.describe_draft(
                draft=draft,
                description=replace(description, **changed),
                actor=as_analyst.user,
                at=at,
            )
        assert refused.value.code == "series-differs"
    answer = as_analyst.post(f"{at_it}ground/", {"ground": "G"}, follow=True)
    assert f"The ground is that of category {series.number}" in text_of(answer)
    draft.refresh_from_db()
    assert draft.letter == "X"


def test_records_that_cannot_be_and_categories_that_are_not_in_use(
    series: DisclosureSeries,
    released_response: StatusResponse,
    as_analyst: Browser,
    privacy_officer: User,
    at: datetime,
) -> None:
    at_it = f"{REPEATING}{series.number}/send/"
    for records_, said in (
        ("", "required"),
        ("IAR-2026-0000-0000", "no record under one of these numbers"),
        (" ".join(f"IAR-2026-0000-{n:04}" for n in range(501)), "At most 500 records"),
    ):
        answer = as_analyst.post(at_it, {"send-records": records_})
        assert answer.status_code == 422
        assert said in text_of(answer)
    actions.end_series(series=series, reason="Over", actor=privacy_officer, at=at, channel=PAGE)
    answer = as_analyst.post(at_it, {"send-records": released_response.record.number})
    assert answer.status_code == 422
    assert not DisclosureDraft.objects.exists()
    with pytest.raises(ActionRefused, match="Nothing goes under category"):
        wizard.begin_draft(
            numbers=[released_response.record.number],
            series=DisclosureSeries.objects.get(),
            actor=as_analyst.user,
            at=at,
        )


def test_a_category_that_ends_meanwhile_stops_its_draft(
    series: DisclosureSeries,
    released_response: StatusResponse,
    as_analyst: Browser,
    notice: NoticeVersion,
    at: datetime,
) -> None:
    draft = wizard.begin_draft(
        numbers=[released_response.record.number], series=series, actor=as_analyst.user, at=at
    )
    actions.end_series(series=series, reason="Over", actor=as_analyst.user, at=at, channel=PAGE)
    answer = as_analyst.post(
        f"/disclosures/drafts/{draft.key}/disclose/", {"version": str(notice.pk)}, follow=True
    )
    assert "has been ended" in text_of(answer)
    kept = AuditEvent.objects.get(kind="disclosure.refused")
    assert kept.details["clause"] == "5 U.S.C. 552a(c)(1)"
    assert not Disclosure.objects.exclude(series=None).exists()


# --- The accounting of a person ----------------------------------------------------------------


def test_what_went_under_a_category_is_one_row(
    series: DisclosureSeries,
    send: Send,
    person: Person,
    released_response: StatusResponse,
    as_privacy_officer: Browser,
) -> None:
    earlier, single, later = (
        send(days_ago=3),
        Disclosure.objects.get(number=released_response.disclosure_number),
        send(days_ago=1),
    )
    lines = folded(accounted(list(about(person))))
    assert {line.key: set(line.numbers) for line in lines} == {
        series.number: {earlier.number, later.number},
        single.number: {single.number},
    }
    line = next(each for each in lines if each.category)
    assert (line.first_at, line.last_at) == (earlier.disclosed_at, later.disclosed_at)
    page = as_privacy_officer.get(place("accounting", person.number)).content.decode()
    text = " ".join(unescape(strip_tags(page)).split())
    for said in (
        "Responses of the day before",
        "Daily: Each morning",
        "Records of this person went 2 times",
        earlier.number,
        later.number,
        single.number,
    ):
        assert said in text
    assert page.count('<th scope="row"') == 2
    event = AuditEvent.objects.filter(kind="accounting.viewed").latest("pk")
    assert set(event.details["disclosures"]) == {earlier.number, later.number, single.number}


def test_the_complete_document_says_so_too(
    series: DisclosureSeries,
    send: Send,
    person: Person,
    as_privacy_officer: Browser,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    from routine_uses.accounts_of import views

    words = noting(monkeypatch, views)
    made = [send(days_ago=2), send()]
    assert as_privacy_officer.get(place("accounting-pdf", person.number)).status_code == 200
    for said in (
        f"Category of repeating disclosures {series.number}: Responses of the day before",
        "Interval Daily: Each morning",
        "Records of this person went 2 times",
        *(f"{each.number}," for each in made),
    ):
        assert said in words()


def copied(person: Person, actor: User, at: datetime, **changed: Any) -> SubjectCopy:
    rows = [row for row in accounted(list(about(person))) if row.stands]
    facts: dict[str, Any] = {
        "person": person,
        "request_reference": "PA-2026-12",
        "claims": {},
        "seen": [row.disclosure.number for row in rows],
        "actor": actor,
        "at": at,
        "channel": PAGE,
    }
    return accounts_of.prepare_copy(**facts | changed)


def test_the_subject_is_told_of_the_category_once_and_of_nothing_withheld(
    series: DisclosureSeries,
    send: Send,
    person: Person,
    privacy_officer: User,
    at: datetime,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    words = noting(monkeypatch, accounts_of)
    first, second, third = (send(days_ago=days) for days in (3, 2, 1))
    copy = copied(person, privacy_officer, at)
    assert {first.number, second.number, third.number} <= set(copy.given)
    text = words()
    assert text.count("Responses of the day before") == 1
    assert "Daily: Each morning. Records about you went 3 times:" in text
    assert all(each.number in text for each in (first, second, third))
    assert series.number not in text

    # One that is withheld is not counted, and nothing tells that it is.
    copied(person, privacy_officer, at, claims={second.number: ("(j)(2)", "An open inquiry")})
    text = words()
    assert "Records about you went 2 times:" in text
    assert second.number not in text
    assert "3 times" not in text


def test_one_decision_stands_for_the_whole_category(
    series: DisclosureSeries, send: Send, person: Person, as_privacy_officer: Browser
) -> None:
    made = [send(days_ago=2), send(days_ago=1)]
    single = Disclosure.objects.get(series=None)
    address = place("accounting-prepare", person.number)
    page = as_privacy_officer.get(address).content.decode()
    assert f"decision_{series.number}" in page
    assert f"decision_{made[0].number}" not in page
    seen = re.search(r'name="seen" value="([^"]*)"', page)
    assert seen
    form = {
        "seen": seen[1],
        "request_reference": "PA-2026-12",
        f"decision_{single.number}": "give",
        f"decision_{series.number}": "(j)(2)",
    }
    unexplained = as_privacy_officer.post(address, form)
    assert unexplained.status_code == 422
    assert "say why it is needed here" in unexplained.content.decode()
    form[f"reason_{series.number}"] = "An open inquiry"
    assert as_privacy_officer.post(address, form).status_code == 302
    copy = SubjectCopy.objects.get()
    assert copy.given == [single.number]
    assert {each["number"] for each in copy.withheld} == {each.number for each in made}


def test_a_superseded_entry_is_told_by_itself_and_not_counted(
    series: DisclosureSeries, send: Send, person: Person, privacy_officer: User, at: datetime
) -> None:
    wrong, other = send(days_ago=2), send(days_ago=1)
    accounts_of.propose_supersession(
        disclosure=wrong,
        changes={"discloser_title": "Senior analyst"},
        reason="The title was that of before.",
        actor=privacy_officer,
        at=at,
        channel=PAGE,
    )
    right = Disclosure.objects.get(supersedes=wrong)
    lines = {line.key: line for line in folded(accounted(list(about(person))))}
    assert set(lines[series.number].numbers) == {right.number, other.number}
    assert lines[wrong.number].numbers == (wrong.number,)
    assert lines[wrong.number].category == ""


# --- Corrections -------------------------------------------------------------------------------


def test_a_recipient_reached_through_a_category_is_told_once_with_the_numbers(
    send: Send,
    person: Person,
    released_response: StatusResponse,
    privacy_officer: User,
    at: datetime,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    words = noting(monkeypatch, corrections)
    record = released_response.record
    # A mass disclosure names records of other people too; the letter is about this person.
    others = [DisclosedRecord(n, f"IAR-2026-0000-{n:04}") for n in range(9001, 9006)]
    many = send(days_ago=2, records=[DisclosedRecord(record.pk, record.number), *others])
    again = send(days_ago=1)
    found = records().find(person.number, privacy_officer)
    assert found is not None
    name = next(at for at, held in enumerate(found.values) if held.field == "NAME")
    case = corrections.correct_value(
        record=found,
        position=name,
        value="QUILLABEE, ANNE",
        reason="The passport says otherwise.",
        reference="PA-2026-9",
        actor=privacy_officer,
        at=at,
        channel=PAGE,
    )
    letter = case.letters.get()
    assert set(letter.disclosures) == {
        many.number,
        again.number,
        released_response.disclosure_number,
    }
    text = words()
    assert text.count("Responses of the day before") == 1
    assert "Daily: Each morning" in text
    assert many.number in text
    assert again.number in text
    assert record.number in text
    assert "IAR-2026-0000-9001" not in text
