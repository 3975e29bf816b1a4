"""Program tables and the programs of queries: two people, what waits, and what stays inside."""

import json
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.db import IntegrityError, transaction

from accounts.choices import Role
from accounts.models import User
from acrime.audit.choices import Channel
from acrime.audit.models import AuditEvent
from acrime.common.errors import ActionRefused
from acrime.iaq import actions as queries
from acrime.iaq import policy
from acrime.iaq.choices import UNDECIDED, ProgramBasis, QueryState, TableState
from acrime.iaq.intake import transcribe_message
from acrime.iaq.message import parse_message, query_text
from acrime.iaq.models import InboundMessage, StatusQuery
from acrime.iaq.programs import actions, events
from acrime.iaq.programs.models import ProgramTable
from acrime.iaq.programs.policy import Rule, table_of
from acrime.iaq.programs.querysets import decided_otherwise, in_force, table_in_force, undecided
from acrime.iaq.research.policy import checks
from acrime.iar.actions import Release, release_response
from acrime.iar.models import StatusResponse
from acrime.individuals.facts.choices import About, Category
from acrime.individuals.facts.models import IndividualFact
from acrime.records.actions import limit_record
from routine_uses.choices import Program
from tests import factories
from tests.conftest import Browser, BrowserFactory, UserFactory
from tests.factories import message_bytes
from tests.support.messages import JPEG, MATCHED, composed_ebts

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("notice")]

DISAGREE = "BACKGROUND CHECK"
NEW = Rule(
    key="background-by-the-fbi",
    rank=15,
    program="NONCRIMINAL",
    purposes=("C",),
    remarks=(DISAGREE,),
    note="Agreed with the FBI.",
)


def refused(act: Any) -> str:
    with pytest.raises(ActionRefused) as caught:
        act()
    return caught.value.code


@pytest.fixture
def draft(supervisor: User, at: datetime) -> ProgramTable:
    return actions.begin_table(actor=supervisor, at=at)


@pytest.fixture
def proposed(draft: ProgramTable, supervisor: User, at: datetime) -> ProgramTable:
    actions.keep_rule(table=draft, rule=NEW, actor=supervisor, at=at)
    actions.propose_table(table=draft, reason="They wait each day", actor=supervisor, at=at)
    return ProgramTable.objects.get(pk=draft.pk)


@pytest.fixture
def waiting(at: datetime) -> StatusQuery:
    """A query whose rules disagree."""
    return factories.make_query(message_bytes(remarks=DISAGREE), at=at)


# --- Tables ----------------------------------------------------------------------------------


def test_the_shipped_programs_are_in_force_and_loaded_once(at: datetime) -> None:
    table = ProgramTable.objects.get()

    assert (table.number, table.state, table.author) == (1, TableState.IN_FORCE, None)
    assert AuditEvent.objects.filter(kind=events.LOADED).exists()
    assert actions.load_defaults(at=at, channel=Channel.COMMAND) is None
    assert ProgramTable.objects.count() == 1


def test_a_change_is_proposed_by_one_and_put_in_force_by_another(
    proposed: ProgramTable, supervisor: User, privacy_officer: User, at: datetime
) -> None:
    def decide(actor: User, **given: Any) -> None:
        actions.decide_table(
            table=proposed, **{"approve": True, "comment": "", **given}, actor=actor, at=at
        )

    assert refused(lambda: decide(supervisor)) == "own-proposal"
    assert refused(lambda: decide(privacy_officer, approve=False)) == "reason-missing"
    decide(privacy_officer)
    assert refused(lambda: decide(privacy_officer)) == "already-decided"

    states = dict(ProgramTable.objects.values_list("number", "state"))
    assert states == {1: TableState.ENDED, proposed.number: TableState.IN_FORCE}
    found = in_force()
    assert found is not None
    assert NEW in found.table.rules
    assert list(
        AuditEvent.objects.filter(kind__startswith="iaq.programs.")
        .order_by("pk")
        .values_list("kind", flat=True)
    ) == [events.LOADED, events.BEGUN, events.CHANGED, events.PROPOSED, events.PUT_IN_FORCE]


def test_new_rules_decide_what_comes_and_leave_what_came(
    waiting: StatusQuery, proposed: ProgramTable, privacy_officer: User, at: datetime
) -> None:
    actions.decide_table(table=proposed, approve=True, comment="", actor=privacy_officer, at=at)
    after = factories.make_query(message_bytes(remarks=DISAGREE, serial=2), at=at)

    assert (after.program, after.program_rules) == (Program.NONCRIMINAL, NEW.key)
    assert after.program_table_id == proposed.pk
    waiting.refresh_from_db()
    assert waiting.program == UNDECIDED


def test_the_preview_tells_what_would_be_decided_otherwise(
    waiting: StatusQuery, proposed: ProgramTable, at: datetime
) -> None:
    factories.make_query(message_bytes(serial=2), at=at)
    (found,) = decided_otherwise(
        StatusQuery.objects.order_by("pk"), old=table_in_force(), new=table_of(proposed.content)
    )

    assert found.query == waiting
    assert (found.before.program, found.after.program) == (UNDECIDED, Program.NONCRIMINAL)


def test_what_was_proposed_can_no_longer_be_changed(
    proposed: ProgramTable, supervisor: User, at: datetime
) -> None:
    assert (
        refused(lambda: actions.remove_rule(table=proposed, key=NEW.key, actor=supervisor, at=at))
        == "not-own-draft"
    )
    with pytest.raises(IntegrityError, match="kept as it is"), transaction.atomic():
        ProgramTable.objects.filter(pk=proposed.pk).update(content={})
    with pytest.raises(IntegrityError, match="kept as it is"), transaction.atomic():
        proposed.delete()
    with pytest.raises(IntegrityError, match="decided_by_another"), transaction.atomic():
        ProgramTable.objects.filter(pk=proposed.pk).update(decided_by=supervisor)
    with pytest.raises(IntegrityError, match="one_in_force"), transaction.atomic():
        ProgramTable.objects.filter(pk=proposed.pk).update(state="IN_FORCE", in_force_from=at)


def test_drafts_are_ones_own_and_must_change_something(
    draft: ProgramTable,
    supervisor: User,
    privacy_officer: User,
    analyst: User,
    at: datetime,
) -> None:
    def propose(actor: User, reason: str = "Because") -> str:
        return refused(
            lambda: actions.propose_table(table=draft, reason=reason, actor=actor, at=at)
        )

    assert actions.begin_table(actor=supervisor, at=at) == draft
    assert refused(lambda: actions.begin_table(actor=analyst, at=at)) == "not-a-keeper"
    assert propose(privacy_officer) == "not-own-draft"
    assert propose(supervisor, " ") == "reason-missing"
    assert propose(supervisor) == "nothing-changed"

    def keep(rule: Rule) -> str:
        return refused(lambda: actions.keep_rule(table=draft, rule=rule, actor=supervisor, at=at))

    assert keep(replace(NEW, note="")) == "table-wrong"
    assert keep(replace(NEW, key="criminal-justice")) == "rule-known"
    gone = refused(lambda: actions.remove_rule(table=draft, key="none", actor=supervisor, at=at))
    assert gone == "rule-unknown"
    assert (
        refused(lambda: actions.withdraw_table(table=draft, actor=privacy_officer, at=at))
        == "not-own-table"
    )
    actions.withdraw_table(table=draft, actor=supervisor, at=at)
    assert propose(supervisor) == "not-own-draft"


def test_a_change_of_rules_that_are_no_longer_in_force_is_refused(
    proposed: ProgramTable, privacy_officer: User, make_user: UserFactory, at: datetime
) -> None:
    other = make_user(Role.SUPERVISOR)
    second = actions.begin_table(actor=other, at=at)
    third = actions.begin_table(actor=privacy_officer, at=at)
    for table, actor in ((second, other), (third, privacy_officer)):
        actions.keep_rule(table=table, rule=replace(NEW, rank=16), actor=actor, at=at)
    actions.propose_table(table=second, reason="Another way", actor=other, at=at)
    actions.decide_table(table=proposed, approve=True, comment="", actor=privacy_officer, at=at)

    assert (
        refused(
            lambda: actions.decide_table(
                table=second, approve=True, comment="", actor=privacy_officer, at=at
            )
        )
        == "table-outdated"
    )
    assert (
        refused(
            lambda: actions.propose_table(table=third, reason="Late", actor=privacy_officer, at=at)
        )
        == "table-outdated"
    )


# --- Queries ---------------------------------------------------------------------------------


def test_a_query_that_no_rule_decides_waits_with_its_clock_running(
    waiting: StatusQuery, supervisor: User, at: datetime
) -> None:
    assert (waiting.program, waiting.program_basis) == (UNDECIDED, ProgramBasis.DISAGREE)
    assert set(waiting.program_rules.split()) == {"criminal-justice", "background-remarks"}
    assert waiting.due_at == at + timedelta(hours=4)
    assert waiting.record.schedule_item.code == "IAQ-CRIMINAL"
    assert list(undecided(supervisor)) == [waiting]


def test_without_rules_every_query_waits(at: datetime, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("acrime.iaq.intake.in_force", lambda: None)
    query = factories.make_query(at=at)

    assert (query.program, query.program_basis) == (UNDECIDED, ProgramBasis.NO_RULE)
    assert query.due_at == at + timedelta(hours=4)


def test_nothing_is_approved_or_answered_before_the_program_is_decided(
    waiting: StatusQuery, analyst: User, supervisor: User, at: datetime
) -> None:
    query = factories.claim(waiting, author=analyst, at=at)
    query = factories.research(query, author=analyst, at=at)
    # While it may be any program, what any of them requires is asked for.
    assert {check.source for check in checks(query.program, ()) if check.required} == {
        "CIS",
        "CLAIMS",
        "EID",
    }
    queries.submit_determination(
        query=query,
        kind="LAWFUL_PERMANENT_RESIDENT",
        values={"name": "QUILLABEE, ZEPHYRINE", "dob": "1979-04-15", "arn": factories.A_NUMBER},
        basis="The record shows permanent residence and nothing later.",
        open_because="The other systems are not needed for a resident.",
        actor=analyst,
        at=at,
    )
    query = factories.query_numbered(query.record.number)
    assert not IndividualFact.objects.filter(about=About.CATEGORY).exists()

    def approve() -> None:
        queries.approve_determination(query=query, actor=supervisor, at=at)

    assert refused(approve) == "program-undecided"
    with pytest.raises(IntegrityError, match="answered_as_what"), transaction.atomic():
        StatusQuery.objects.filter(pk=query.pk).update(state=QueryState.APPROVED)

    queries.change_program(
        query=query,
        program=Program.NONCRIMINAL,
        reason="Said by telephone",
        actor=supervisor,
        at=at,
    )
    query.refresh_from_db()
    assert (query.program, query.program_basis) == (Program.NONCRIMINAL, ProgramBasis.PERSON)
    assert query.record.category.number == 5
    # The person who is linked already is in the category from now on.
    assert IndividualFact.objects.filter(about=About.CATEGORY, code=Category.BACKGROUND).exists()
    event = AuditEvent.objects.get(kind=events.DECIDED)
    assert event.details == {"from": UNDECIDED, "to": "NONCRIMINAL"}
    approve()


def test_the_decided_program_has_its_own_target(
    waiting: StatusQuery,
    draft: ProgramTable,
    supervisor: User,
    privacy_officer: User,
    at: datetime,
) -> None:
    terms = table_of(draft.content).terms["NONCRIMINAL"]
    actions.keep_terms(table=draft, terms=replace(terms, hours=24), actor=supervisor, at=at)
    actions.propose_table(table=draft, reason="Slower checks", actor=supervisor, at=at)
    actions.decide_table(table=draft, approve=True, comment="", actor=privacy_officer, at=at)

    later = at + timedelta(hours=1)
    queries.change_program(
        query=waiting, program=Program.NONCRIMINAL, reason="Asked", actor=supervisor, at=later
    )
    waiting.refresh_from_db()
    assert waiting.due_at == at + timedelta(hours=24)
    plain = factories.make_query(message_bytes(serial=2, PUR="J"), at=at)
    assert plain.due_at == at + timedelta(hours=24)
    third = factories.make_query(message_bytes(serial=3, remarks=DISAGREE), at=at)
    assert third.due_at == at + timedelta(hours=4)


def test_what_the_message_says_of_a_registration_is_not_argued_away(
    supervisor: User, at: datetime
) -> None:
    query = factories.make_query(message_bytes(remarks="NSOR"), at=at)
    for program in set(Program) - {Program.SEX_OFFENDER}:
        with pytest.raises(ActionRefused) as caught:
            queries.change_program(
                query=query, program=program, reason="Telephone", actor=supervisor, at=at
            )
        assert (caught.value.code, caught.value.clause) == (
            "registrant",
            "DHS/ICE-007, background",
        )
    query.refresh_from_db()
    assert query.program == Program.SEX_OFFENDER


def test_the_program_of_an_answered_query_stands(released_response: StatusResponse) -> None:
    with pytest.raises(IntegrityError, match="stands"), transaction.atomic():
        StatusQuery.objects.filter(pk=released_response.query_id).update(program="SEX_OFFENDER")


def test_nothing_opens_an_approved_query_that_is_shut_in(approved_query: StatusQuery) -> None:
    StatusQuery.objects.filter(pk=approved_query.pk).update(program="SEX_OFFENDER")
    with pytest.raises(IntegrityError, match="stands"), transaction.atomic():
        StatusQuery.objects.filter(pk=approved_query.pk).update(program="CRIMINAL")


def test_a_response_that_leaves_is_refused_by_the_database(
    approved_query: StatusQuery,
    supervisor: User,
    office: Any,
    at: datetime,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Even if the application took an answer about a registrant for one that may leave."""
    StatusQuery.objects.filter(pk=approved_query.pk).update(program="SEX_OFFENDER")
    opened = {**policy.PROGRAM_RULES, "SEX_OFFENDER": policy.PROGRAM_RULES[Program.CRIMINAL]}
    monkeypatch.setattr("acrime.iar.actions.PROGRAM_RULES", opened)
    monkeypatch.setattr("acrime.iar.actions.table_in_force", lambda: None)
    monkeypatch.setattr("acrime.iar.actions._account", lambda *_, **__: "DIS-2026-0000-0000")
    query = factories.query_numbered(approved_query.record.number)
    with pytest.raises(IntegrityError, match="stays inside"):
        release_response(
            query=query, release=Release(office=office, letter="X"), actor=supervisor, at=at
        )


def test_a_program_answers_its_own_recipients_only(
    draft: ProgramTable,
    approved_query: StatusQuery,
    supervisor: User,
    privacy_officer: User,
    office: Any,
    at: datetime,
) -> None:
    terms = table_of(draft.content).terms["CRIMINAL"]
    actions.keep_terms(
        table=draft, terms=replace(terms, recipients=("STATE",)), actor=supervisor, at=at
    )
    actions.propose_table(table=draft, reason="No federal answers", actor=supervisor, at=at)
    actions.decide_table(table=draft, approve=True, comment="", actor=privacy_officer, at=at)

    assert (
        refused(lambda: factories.release(approved_query, actor=supervisor, office=office, at=at))
        == "recipient-not-of-program"
    )


# --- Pages and API ---------------------------------------------------------------------------


def test_a_change_goes_from_page_to_page(
    waiting: StatusQuery,
    as_supervisor: Browser,
    as_privacy_officer: Browser,
    supervisor: User,
) -> None:
    begun = as_supervisor.post("/programs/begin/")
    place = begun["Location"]
    form = {
        "key": NEW.key, "rank": "15", "program": "NONCRIMINAL", "purposes": ["C"],
        "remarks": "background  check", "note": "Agreed with the FBI.",
    }  # fmt: skip
    wrong = as_supervisor.post(f"{place}rules/", form | {"rank": "0", "note": ""})
    assert wrong.status_code == 422
    empty = as_supervisor.post(f"{place}rules/", form | {"purposes": [], "remarks": ""})
    assert "would decide everything" in empty.content.decode()
    assert as_supervisor.post(f"{place}rules/", form)["Location"] == place
    changed = as_supervisor.post(
        f"{place}terms/NONCRIMINAL/",
        {"schedule_code": "IAQ-NONCRIMINAL", "letters": "x, z", "recipients": ["FEDERAL"],
         "hours": "24", "note": "Slower"},
    )  # fmt: skip
    assert changed["Location"] == place
    page = as_supervisor.get(place).content.decode()
    assert "hours: nothing → 24" in page
    assert waiting.record.number in page
    assert AuditEvent.objects.filter(
        kind="record.listed", criteria__Preview=f"Program table {place.split('/')[2]}"
    ).exists()
    # A draft is its author's alone.
    assert as_privacy_officer.get(place).status_code == 404
    assert as_supervisor.post(f"{place}propose/", {}).status_code == 422
    as_supervisor.post(f"{place}propose/", {"reason": "They wait each day"})
    assert as_supervisor.get(f"{place}rules/").status_code == 404
    own = as_supervisor.post(f"{place}decide/", {"decision": "yes"})
    assert "you proposed it yourself" in own.content.decode()
    assert "Decide as the second person" in as_privacy_officer.get(place).content.decode()
    as_privacy_officer.post(f"{place}decide/", {"decision": "yes"})
    table = ProgramTable.objects.get(state=TableState.IN_FORCE)
    assert table.author == supervisor
    assert "In force" in as_supervisor.get("/programs/").content.decode()


def test_the_desk_of_programs_shows_what_one_may_see(
    waiting: StatusQuery,
    as_supervisor: Browser,
    browser_of: BrowserFactory,
    make_user: UserFactory,
    analyst: User,
    at: datetime,
) -> None:
    query = factories.claim(waiting, author=analyst, at=at)
    page = as_supervisor.get("/programs/undecided/").content.decode()
    assert query.record.number in page
    assert "These rules disagree: " in page
    limit_record(
        record=query.record,
        allowed=[],
        reason="Named people only",
        actor=analyst,
        at=at,
        channel=Channel.PAGE,
    )
    stranger = browser_of(make_user(Role.ANALYST))
    hidden = stranger.get("/programs/undecided/").content.decode()
    assert "Every query has its program" in hidden
    assert query.record.number not in hidden
    detail = as_supervisor.get(f"/queries/{query.record.number}/").content.decode()
    assert "The program is not decided" in detail
    done = as_supervisor.post(
        f"/queries/{query.record.number}/program/",
        {"program-program": "NONCRIMINAL", "program-reason": "Said by telephone"},
    )
    assert done.status_code == 302
    assert (
        "Every query has its program" in as_supervisor.get("/programs/undecided/").content.decode()
    )


def test_the_api_tells_what_waits_and_decides_it(
    waiting: StatusQuery, as_supervisor: Browser, as_analyst: Browser
) -> None:
    number = waiting.record.number
    table = as_analyst.get("/api/v1/programs/").json()
    assert (table["number"], len(table["programs"])) == (1, 6)
    listed = as_analyst.get("/api/v1/programs/undecided/").json()
    assert [(each["number"], each["basis"]) for each in listed["results"]] == [(number, "DISAGREE")]
    assert AuditEvent.objects.filter(kind="record.listed", channel="API").exists()

    def decide(browser: Browser, **body: str) -> Any:
        return browser.post(
            f"/api/v1/iaq/{number}/program/", json.dumps(body), content_type="application/json"
        )

    assert decide(as_analyst, program="BRADY", reason="x").status_code == 403
    assert decide(as_supervisor, program="NONE", reason="x").status_code == 400
    done = decide(as_supervisor, program="NONCRIMINAL", reason="Said by telephone")
    assert (done.status_code, done.json()["program"]) == (200, "NONCRIMINAL")
    assert as_analyst.get("/api/v1/programs/undecided/").json()["results"] == []


# --- Layouts through intake ------------------------------------------------------------------


def test_a_file_opens_a_query_and_keeps_its_image(at: datetime, as_supervisor: Browser) -> None:
    raw = composed_ebts(message_bytes().decode(), values=MATCHED, images=[JPEG])
    query = factories.make_query(raw, at=at)

    assert bytes(query.message.original) == raw
    assert (query.last, query.transaction_number) == ("QUILLABEE", "sscn202632400000001")
    assert ("1.009", "control-differs") in {(each["field"], each["code"]) for each in query.notes}
    page = as_supervisor.post(
        f"/queries/{query.record.number}/reveal/message/", {"reason": "RESEARCH"}
    ).content.decode()
    assert "JPEG of" in page
    assert "kept and not shown" in page


@pytest.mark.parametrize(("known", "code"), [(True, "no-match"), (False, "reply-without-query")])
def test_a_reply_waits_on_the_desk_beside_the_query_that_it_answers(
    known: bool, code: str, at: datetime, as_supervisor: Browser
) -> None:
    query = factories.make_query(message_bytes(), at=at)
    tcn = query.transaction_number if known else "sscn0000"
    raw = composed_ebts("IDENT Data Response (IDR)", values={59: "N"}, tcn=tcn)
    receipt = factories.receive(raw, at=at)
    assert receipt.code == code
    page = as_supervisor.get(f"/queries/desk/{receipt.number}/").content.decode()

    assert "Search result (2.059)" in page
    assert (query.record.number in page) is known
    assert StatusQuery.objects.count() == 1


def test_what_a_file_asks_can_be_entered_by_a_person(
    at: datetime, as_supervisor: Browser, supervisor: User
) -> None:
    text = message_bytes().decode() + "SUBJECT APPEARS TO HAVE BEEN PREVIOUSLY REMOVED"
    receipt = factories.receive(composed_ebts(text, values=MATCHED), at=at)
    assert receipt.code == "reply-without-query"
    page = as_supervisor.get(f"/queries/desk/{receipt.number}/")
    offered = page.context["transcribe_form"].initial["text"]

    assert offered.startswith("IAQ RECEIVED")
    entered = transcribe_message(
        original=InboundMessage.objects.get(number=receipt.number),
        text=offered,
        note="The answer is another center's",
        actor=supervisor,
        at=at,
    )
    assert factories.query_numbered(entered.number).last == "QUILLABEE"


def test_the_same_query_in_json_and_as_text_is_one_query(at: datetime) -> None:
    fields = dict(parse_message(message_bytes()).fields)
    first = factories.receive(json.dumps(fields).encode(), at=at)
    again = factories.receive(json.dumps(fields, indent=2, sort_keys=True).encode(), at=at)
    printed = factories.receive(query_text(json.dumps(fields).encode()).encode(), at=at)
    other = factories.receive(json.dumps(fields | {"PHN": "8025550101"}).encode(), at=at)

    assert (first.outcome, again.outcome, printed.outcome) == ("accepted", "repeated", "repeated")
    assert first.number == again.number == printed.number
    assert other.outcome == "accepted"
    assert other.number != first.number
