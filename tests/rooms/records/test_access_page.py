"""The page of who can see a record: what it tells, changing limits on it, and explaining."""

import re
from datetime import datetime
from typing import Any

import pytest

from accounts.actions import grant_role
from accounts.choices import Role
from accounts.models import Office, User
from acrime.audit import events as looks
from acrime.audit.choices import Outcome
from acrime.audit.models import AuditEvent
from acrime.iaq.models import StatusQuery
from acrime.iar.models import StatusResponse
from acrime.records import events
from acrime.records.audience import OVERSEEN
from acrime.records.models import Record
from acrime.records.querysets import limits_of
from tests import factories
from tests.conftest import Browser, BrowserFactory, UserFactory

REASON = "Concerns a colleague"


def page_of(browser: Browser, record: Record, asked: str = "") -> str:
    answer = browser.get(f"/records/{record.number}/access/{asked}")
    assert answer.status_code == 200
    return main(answer)


def main(answer: Any) -> str:
    """The page without what changes from one answer to the next: its form tokens."""
    text = answer.content.decode().partition("<main")[2]
    return re.sub(r'name="csrfmiddlewaretoken" value="\w+"', "TOKEN", text)


def change(browser: Browser, record: Record, act: str, **given: Any) -> Any:
    """What the page answers to a change; the fields are those of the act's form."""
    fields = {f"{act}-{name}": value for name, value in ({"reason": REASON} | given).items()}
    return browser.post(f"/records/{record.number}/access/", {"act": act, **fields})


def limits(record: Record) -> dict[str, object]:
    return limits_of(Record.objects.get(pk=record.pk))


@pytest.fixture
def record(claimed_query: StatusQuery) -> Record:
    """Owned by ``analyst``, created by the message switch."""
    found: Record = claimed_query.record
    return found


# --- What it tells ----------------------------------------------------------------------------


def test_an_open_record_tells_its_own_people_by_name_and_the_others_by_role(
    record: Record,
    analyst: User,
    supervisor: User,
    other_analyst: User,
    make_user: UserFactory,
    as_attorney: Browser,
) -> None:
    overseer = make_user(Role.OPR)
    text = page_of(as_attorney, record)
    for shown in (analyst, supervisor):
        assert shown.username in text
    assert "Supervisor above the owner" in text
    assert "Analyst: 2 accounts" in text
    assert "Attorney (OPLA): 1 account<" in text
    assert OVERSEEN in text
    for unnamed in (other_analyst, overseer):
        assert unnamed.full_name not in text
        assert unnamed.username not in text
    # Nobody is told how many work for OPR.
    assert "OPR (internal affairs):" not in text
    assert "Message switch" in text


def test_opr_is_told_of_in_the_same_words_whether_anybody_works_for_it(
    record: Record, as_supervisor: Browser, make_user: UserFactory
) -> None:
    def told() -> str:
        return page_of(as_supervisor, record)

    before = told()
    make_user(Role.OPR)
    make_user(Role.OPR_LEAD)
    assert told() == before


def test_a_limited_record_names_its_list_and_no_roles(
    record: Record, as_analyst: Browser, other_analyst: User, office: Office
) -> None:
    answer = change(
        as_analyst, record, "limit", people=other_analyst.username, offices=[office.code]
    )
    assert answer.status_code == 302
    text = page_of(as_analyst, record)
    assert other_analyst.full_name in text
    assert f"{office.name}: everybody who works there, now 0 accounts" in text
    assert "By role" not in text


def test_who_could_see_it_and_cannot_now_is_said_to_be_hindered(
    record: Record, as_analyst: Browser, make_user: UserFactory, at: datetime
) -> None:
    gone, officer = make_user(Role.ANALYST), make_user(Role.FIELD_OFFICER)
    change(as_analyst, record, "limit", people=f"{gone.username} {officer.username}")
    User.objects.filter(pk=gone.pk).update(is_active=False)
    text = page_of(as_analyst, record)
    assert "The account is disabled." in text
    assert "No role of theirs reads this kind of record." in text


def test_what_goes_along_is_named(released_response: StatusResponse, as_analyst: Browser) -> None:
    text = page_of(as_analyst, released_response.query.record)
    assert released_response.record.number in text


def test_looking_is_a_look(record: Record, as_supervisor: Browser, as_attorney: Browser) -> None:
    for browser in (as_supervisor, as_attorney):
        page_of(browser, record)
        event = AuditEvent.objects.get(kind=events.AUDIENCE_VIEWED, actor=browser.user)
        assert (event.record_number, event.displayed_ids) == (record.number, [record.pk])
        assert event.source_address


# --- Changing it ------------------------------------------------------------------------------


def test_limits_are_set_extended_narrowed_and_lifted_from_the_page(
    record: Record, as_analyst: Browser, other_analyst: User, office: Office
) -> None:
    change(as_analyst, record, "limit", people=f" {other_analyst.username.upper()}\n")
    assert limits(record)["people"] == [other_analyst.username]
    change(as_analyst, record, "extend", offices=[office.code])
    assert limits(record)["offices"] == [office.code]
    change(as_analyst, record, "narrow", removed=[f"person:{other_analyst.username}"])
    change(as_analyst, record, "narrow", removed=[f"office:{office.code}"])
    assert limits(record) == {"limited": True, "people": [], "offices": []}
    change(as_analyst, record, "lift")
    assert limits(record)["limited"] is False


def test_forms_show_to_those_who_answer_for_the_record(
    record: Record, as_analyst: Browser, as_supervisor: Browser, as_other_analyst: Browser
) -> None:
    for browser in (as_analyst, as_supervisor):
        assert "Limit who can see it" in page_of(browser, record)
    other = page_of(as_other_analyst, record)
    assert '<form method="post"' not in other.partition("</main>")[0]
    assert "Who may change this" in other


def test_who_does_not_answer_for_it_is_refused_at_the_form(
    record: Record, as_other_analyst: Browser
) -> None:
    answer = change(as_other_analyst, record, "limit")
    assert answer.status_code == 422
    assert "Only the owner" in answer.content.decode()
    assert limits(record)["limited"] is False
    refusal = AuditEvent.objects.get(kind=looks.ACCESS_DENIED, actor=as_other_analyst.user)
    assert (refusal.outcome, refusal.details["code"]) == (Outcome.REFUSED, "not-the-owner")


@pytest.mark.parametrize("role", [Role.OPR, Role.OPR_LEAD, Role.ATTORNEY])
def test_who_only_reads_is_offered_nothing_and_refused_everything(
    role: Role, record: Record, make_user: UserFactory, browser_of: BrowserFactory
) -> None:
    browser = browser_of(make_user(role))
    assert "Limit who can see it" not in page_of(browser, record)
    for act in ("limit", "extend", "narrow", "lift"):
        assert change(browser, record, act).status_code == 403


@pytest.mark.parametrize(
    ("act", "given", "said"),
    [
        ("limit", {"reason": ""}, "This field is required."),
        ("limit", {"reason": "x" * 201}, "at most 200 characters"),
        ("limit", {"people": "nobody-of-that-name"}, "Nobody has one of these user names."),
        ("limit", {"people": "message-switch"}, "reads no records"),
        ("limit", {"people": " ".join(f"u{n}" for n in range(101))}, "at most 100 people"),
        ("limit", {"people": "a\x00b"}, "Null characters are not allowed."),
        ("limit", {"offices": ["NONE"]}, "not one of the available choices"),
        ("extend", {}, "Name somebody, or an office."),
        ("narrow", {"removed": ["person:message-switch"]}, "not one of the available choices"),
        ("narrow", {}, "This field is required."),
        ("lift", {}, "The record is not limited."),
    ],
)
def test_what_cannot_be_used_is_said_at_its_field(
    act: str, given: dict[str, Any], said: str, record: Record, as_analyst: Browser
) -> None:
    before = limits(record)
    answer = change(as_analyst, record, act, **given)
    assert answer.status_code == 422
    assert said in answer.content.decode()
    assert limits(record) == before


@pytest.mark.parametrize("act", ["", "delete", "LIMIT"])
def test_an_act_that_there_is_not_changes_nothing(
    act: str, record: Record, as_analyst: Browser
) -> None:
    answer = as_analyst.post(f"/records/{record.number}/access/", {"act": act}, follow=True)
    assert "Choose what to do" in answer.content.decode()
    assert limits(record)["limited"] is False


def test_a_role_that_ended_meanwhile_changes_nothing(
    record: Record, as_analyst: Browser, at: datetime
) -> None:
    page_of(as_analyst, record)
    as_analyst.user.role_grants.update(ended_at=at, end_reason="Moved")
    assert change(as_analyst, record, "limit").status_code in (302, 403)
    assert limits(record)["limited"] is False


def test_two_browsers_limit_and_lift_one_after_the_other(
    record: Record, as_analyst: Browser, as_supervisor: Browser
) -> None:
    page_of(as_analyst, record)
    page_of(as_supervisor, record)
    assert change(as_analyst, record, "limit").status_code == 302
    assert change(as_supervisor, record, "lift").status_code == 302
    again = change(as_analyst, record, "lift")
    assert again.status_code == 422
    assert "The record is not limited." in main(again)


# --- Explaining -------------------------------------------------------------------------------


def test_everybody_is_told_why_they_see_it(
    record: Record, as_analyst: Browser, as_supervisor: Browser, as_opr: Browser
) -> None:
    for browser, rule in (
        (as_analyst, "Owns the record."),
        (as_supervisor, "Stands in the chain of supervision above the owner."),
        (as_opr, "Works for OPR"),
    ):
        assert rule in page_of(browser, record)


@pytest.mark.parametrize("role", [Role.PRIVACY_OFFICER, Role.OPR, Role.OPR_LEAD])
def test_privacy_officers_and_opr_ask_about_anybody(
    role: Role,
    record: Record,
    other_analyst: User,
    make_user: UserFactory,
    browser_of: BrowserFactory,
) -> None:
    browser = browser_of(make_user(role))
    text = page_of(browser, record, f"?person={other_analyst.username}")
    assert "Sees the record" in text
    event = AuditEvent.objects.get(kind=events.SIGHT_EXPLAINED)
    assert (event.actor, event.record_number) == (browser.user, record.number)
    assert event.details == {"person": other_analyst.username, "sees": True}


def test_a_supervisor_asks_about_those_below_and_nobody_else(
    record: Record, analyst: User, other_analyst: User, supervisor: User, as_supervisor: Browser
) -> None:
    for person in (analyst, supervisor):
        assert "Sees the record" in page_of(as_supervisor, record, f"?person={person.username}")
    answers = [
        as_supervisor.get(f"/records/{record.number}/access/?person={name}")
        for name in (other_analyst.username, "nobody-of-that-name", "%00", "")
    ]
    assert {answer.status_code for answer in answers} == {422}
    known, unknown = (main(answer) for answer in answers[:2])
    assert known.replace(other_analyst.username, "X") == unknown.replace("nobody-of-that-name", "X")
    assert AuditEvent.objects.filter(kind=events.SIGHT_EXPLAINED).count() == 2


def test_others_are_not_offered_to_ask_and_get_no_answer(
    record: Record, analyst: User, as_other_analyst: Browser
) -> None:
    text = page_of(as_other_analyst, record, f"?person={analyst.username}")
    assert "Why somebody else" not in text
    assert not AuditEvent.objects.filter(kind=events.SIGHT_EXPLAINED).exists()


def test_why_somebody_cannot_is_said_with_the_rule_and_its_source(
    record: Record,
    as_analyst: Browser,
    analyst: User,
    as_supervisor: Browser,
    supervisor: User,
    make_user: UserFactory,
) -> None:
    below = make_user(Role.ANALYST, supervisor=supervisor)
    change(as_analyst, record, "limit")
    text = page_of(as_supervisor, record, f"?person={below.username}")
    assert "Does not see the record" in text
    assert "its list names neither this person nor their office" in text
    assert "ICM assessment, section 3.4" in text


def test_asking_leaves_nothing_in_what_was_done(
    record: Record, analyst: User, as_opr: Browser, as_analyst: Browser
) -> None:
    place = f"/records/{record.number}/history/"
    before = main(as_analyst.get(place))
    page_of(as_opr, record, f"?person={analyst.username}")
    assert main(as_analyst.get(place)) == before


def test_nothing_is_explained_to_who_does_not_see_the_record(
    record: Record, as_analyst: Browser, as_privacy_officer: Browser
) -> None:
    change(as_analyst, record, "limit")
    hidden = as_privacy_officer.get(f"/records/{record.number}/access/?person=message-switch")
    absent = as_privacy_officer.get("/records/IAQ-2026-0000-0000/access/?person=message-switch")
    assert hidden.status_code == absent.status_code == 404
    assert main(hidden) == main(absent)
    assert not AuditEvent.objects.filter(kind=events.SIGHT_EXPLAINED).exists()


def test_an_owner_whose_role_reads_other_kinds_still_reaches_the_page(
    record: Record, make_user: UserFactory, browser_of: BrowserFactory, at: datetime
) -> None:
    """The page of the query opens to other roles; who owns it is never shut out altogether."""
    officer = make_user(Role.FIELD_OFFICER)
    Record.objects.filter(pk=record.pk).update(owner=officer)
    text = page_of(browser_of(officer), record)
    assert "Owns the record." in text
    grant_role(user=officer, role=Role.ANALYST, actor=None, at=at)
    assert "Holds a role that reads" in page_of(browser_of(User.objects.get(pk=officer.pk)), record)


def test_the_messages_of_the_page_are_those_of_the_act(
    record: Record, as_analyst: Browser, other_analyst: User
) -> None:
    change(as_analyst, record, "limit", people=other_analyst.username)
    assert "The record is limited." in page_of(as_analyst, record)
    assert factories.LAST not in page_of(as_analyst, record)
