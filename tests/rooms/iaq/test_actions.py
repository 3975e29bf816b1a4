"""Working a query: every move that is allowed, and every one that is refused."""

import json
import threading
from collections.abc import Callable
from datetime import datetime, timedelta

import pytest
from django.db import IntegrityError, connection, transaction

from accounts.choices import Role
from accounts.models import Office, User
from acrime.audit.choices import Channel
from acrime.audit.models import AuditEvent
from acrime.common.errors import ActionRefused
from acrime.iaq import actions, events
from acrime.iaq.choices import (
    TRANSITIONS,
    UNDECIDED,
    DeterminationState,
    QueryState,
    ResearchSource,
)
from acrime.iaq.kinds.files import first_kinds
from acrime.iaq.kinds.querysets import conclusion_in_force
from acrime.iaq.models import Determination, ResearchStep, StatusQuery
from acrime.iaq.policy import PROGRAM_RULES, may_follow
from acrime.individuals.finding.actions import SITTING, STRONG
from acrime.individuals.finding.models import PersonSearch
from acrime.individuals.models import Individual
from acrime.records.actions import limit_record
from acrime.records.choices import Approval
from routine_uses.choices import Program
from routine_uses.models import NoticeVersion
from tests import factories
from tests.conftest import UserFactory

STATES = list(QueryState.values)


def refused(act: Callable[[], object]) -> str:
    """The code with which *act* is refused; nothing of it stays."""
    with pytest.raises(ActionRefused) as refusal, transaction.atomic():
        act()
    return refusal.value.code


# --- The table --------------------------------------------------------------------------------

MOVES = {
    ("RECEIVED", "CLAIMED"),
    ("CLAIMED", "RECEIVED"),
    ("CLAIMED", "IN_REVIEW"),
    ("IN_REVIEW", "CLAIMED"),
    ("IN_REVIEW", "APPROVED"),
    ("APPROVED", "RELEASED"),
    # An answer that is amended, and one that is not after all.
    ("RELEASED", "CLAIMED"),
    ("CLAIMED", "RELEASED"),
}


@pytest.mark.parametrize("before", STATES)
@pytest.mark.parametrize("after", STATES)
def test_these_moves_and_no_others(before: str, after: str) -> None:
    assert may_follow(before, after) == ((before, after) in MOVES)
    assert set(TRANSITIONS) == set(STATES)


@pytest.fixture
def in_state(
    received_query: StatusQuery, analyst: User, supervisor: User, office: Office, at: datetime
) -> Callable[[str], StatusQuery]:
    """Brings the query to a state, as people would."""

    def bring(state: str) -> StatusQuery:
        query = received_query
        for reached, step in (
            ("CLAIMED", lambda q: factories.claim(q, author=analyst, at=at)),
            (
                "IN_REVIEW",
                lambda q: factories.submit(
                    factories.research(q, author=analyst, at=at), author=analyst, at=at
                ),
            ),
            ("APPROVED", lambda q: factories.approve(q, reviewer=supervisor, at=at)),
            (
                "RELEASED",
                lambda q: factories.release(q, actor=supervisor, office=office, at=at).query,
            ),
        ):
            if STATES.index(state) >= STATES.index(reached):
                query = step(query)  # type: ignore[no-untyped-call]
        return StatusQuery.objects.get(pk=query.pk)

    return bring


# Each verb: who does it, the states from which it is allowed, and the refusal elsewhere.
VERBS = {
    "claim": ("other", {"RECEIVED"}, "wrong-state"),
    "put-back": ("author", {"CLAIMED"}, None),
    "research": ("author", {"CLAIMED"}, "wrong-state"),
    "submit": ("author", set(), "wrong-state"),
    "return": ("reviewer", {"IN_REVIEW"}, "wrong-state"),
    "approve": ("reviewer", {"IN_REVIEW"}, "wrong-state"),
    "program": ("reviewer", {"RECEIVED", "CLAIMED", "IN_REVIEW"}, "wrong-state"),
    "release": ("reviewer", {"APPROVED"}, None),
}


@pytest.mark.parametrize("state", STATES)
@pytest.mark.parametrize("verb", VERBS)
def test_each_verb_from_each_state(
    verb: str,
    state: str,
    in_state: Callable[[str], StatusQuery],
    analyst: User,
    supervisor: User,
    other_analyst: User,
    at: datetime,
) -> None:
    query = in_state(state)
    who, allowed, code = VERBS[verb]
    actor = {"author": analyst, "other": other_analyst, "reviewer": supervisor}[who]
    acts: dict[str, Callable[[], object]] = {
        "claim": lambda: actions.claim_query(query=query, actor=actor, at=at),
        "put-back": lambda: actions.put_back(query=query, reason="Shift ends", actor=actor, at=at),
        "research": lambda: research(query, actor, at=at),
        "submit": lambda: submit(query, actor, at=at),
        "return": lambda: actions.return_determination(
            query=query, reason="Look again", actor=actor, at=at
        ),
        "approve": lambda: actions.approve_determination(query=query, actor=actor, at=at),
        "program": lambda: actions.change_program(
            query=query, program=Program.OPM, reason="Asked by OPM", actor=actor, at=at
        ),
        "release": lambda: actions.mark_released(query=query, actor=actor, at=at),
    }
    if state in allowed:
        acts[verb]()
        assert AuditEvent.objects.filter(record_id=query.pk, actor=actor, occurred_at=at).exists()
        return

    before = (StatusQuery.objects.filter(pk=query.pk).values().get(), AuditEvent.objects.count())
    if verb == "submit" and state == "CLAIMED":
        code = "no-research"
    if verb == "put-back" and state == "RECEIVED":
        code = "not-yours"
    if verb == "release" and state == "RELEASED":
        code = "already-released"
    if verb == "release" and state in ("RECEIVED", "CLAIMED"):
        code = "no-research"
    assert refused(acts[verb]) == (code or "wrong-state")
    after = (StatusQuery.objects.filter(pk=query.pk).values().get(), AuditEvent.objects.count())
    assert after == before


def research(
    query: StatusQuery,
    actor: User,
    *,
    at: datetime,
    looked_at: datetime | None = None,
    finding: str = "One file.",
) -> ResearchStep:
    return actions.add_research_step(
        query=query,
        source=ResearchSource.CIS,
        looked_at=looked_at or at,
        finding=finding,
        actor=actor,
        at=at,
    )


VALUES = {"MORE_INFORMATION_NEEDED": {"needed": ["A date of birth"]}}


def submit(
    query: StatusQuery,
    actor: User,
    *,
    at: datetime,
    kind: str = "NO_RECORD",
    basis: str = "Nothing was found.",
) -> Determination:
    return actions.submit_determination(
        query=query, kind=kind, values=VALUES.get(kind, {}), basis=basis, actor=actor, at=at
    )


# --- Claiming and putting back ------------------------------------------------------------------


def test_who_takes_a_query_on_owns_it(claimed_query: StatusQuery, analyst: User) -> None:
    assert (claimed_query.claimed_by, claimed_query.record.owner) == (analyst, analyst)
    assert claimed_query.record.office == analyst.office


@pytest.mark.django_db(transaction=True)
def test_of_two_who_take_a_query_on_together_one_gets_it(
    received_query: StatusQuery, analyst: User, other_analyst: User, at: datetime
) -> None:
    together = threading.Barrier(2, timeout=30)
    outcomes: list[str] = []

    def take(actor: User) -> None:
        try:
            together.wait()
            actions.claim_query(query=received_query, actor=actor, at=at)
            outcomes.append(actor.username)
        except ActionRefused as refusal:
            outcomes.append(refusal.code)
        finally:
            connection.close()

    threads = [threading.Thread(target=take, args=[each]) for each in (analyst, other_analyst)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=60)

    query = StatusQuery.objects.select_related("claimed_by").get()
    assert query.claimed_by is not None
    assert sorted(outcomes) == sorted([query.claimed_by.username, "wrong-state"])
    assert AuditEvent.objects.filter(kind=events.CLAIMED).count() == 1


def test_a_query_put_back_can_be_taken_by_another(
    researched_query: StatusQuery, analyst: User, other_analyst: User, at: datetime
) -> None:
    actions.put_back(query=researched_query, reason="Shift ends", actor=analyst, at=at)
    query = StatusQuery.objects.get(pk=researched_query.pk)
    assert (query.state, query.claimed_by, query.claimed_at) == (QueryState.RECEIVED, None, None)
    event = AuditEvent.objects.get(kind=events.PUT_BACK)
    assert event.purpose == "Shift ends"

    query = factories.claim(query, author=other_analyst, at=at)
    assert query.record.owner == other_analyst
    assert query.research_steps.count() == 1


def test_only_who_took_it_on_or_a_supervisor_puts_it_back_and_says_why(
    claimed_query: StatusQuery,
    analyst: User,
    other_analyst: User,
    supervisor: User,
    at: datetime,
) -> None:
    def back(actor: User, reason: str = "Shift ends") -> None:
        actions.put_back(query=claimed_query, reason=reason, actor=actor, at=at)

    assert refused(lambda: back(other_analyst)) == "not-yours"
    assert refused(lambda: back(analyst, " ")) == "reason-missing"
    back(supervisor)
    assert StatusQuery.objects.get().state == QueryState.RECEIVED


@pytest.mark.parametrize("role", sorted(set(Role) - set(actions.WORKERS)))
def test_other_roles_work_no_query(
    role: Role, received_query: StatusQuery, make_user: UserFactory, at: datetime
) -> None:
    actor = make_user(role)
    for act in (
        lambda: actions.claim_query(query=received_query, actor=actor, at=at),
        lambda: actions.put_back(query=received_query, reason="No", actor=actor, at=at),
        lambda: actions.approve_determination(query=received_query, actor=actor, at=at),
        lambda: actions.mark_released(query=received_query, actor=actor, at=at),
    ):
        assert refused(act) == "not-a-worker"


# --- The program ------------------------------------------------------------------------------


@pytest.mark.parametrize("program", list(Program))
def test_a_supervisor_corrects_the_program_and_retention_follows(
    program: Program, claimed_query: StatusQuery, supervisor: User, at: datetime
) -> None:
    actions.change_program(
        query=claimed_query, program=program, reason="Said by telephone", actor=supervisor, at=at
    )
    query = factories.query_numbered(claimed_query.record.number)
    rule = PROGRAM_RULES[program]

    assert query.program == program
    assert query.record.category.number == rule.category
    assert query.record.schedule_item.code == rule.schedule_code
    event = AuditEvent.objects.get(kind=events.PROGRAM_CHANGED)
    assert event.details == {"from": "CRIMINAL", "to": program.value}
    assert event.purpose == "Said by telephone"


def test_the_program_is_no_matter_for_an_analyst_and_needs_a_reason(
    claimed_query: StatusQuery, analyst: User, supervisor: User, at: datetime
) -> None:
    def change(actor: User, reason: str) -> None:
        actions.change_program(
            query=claimed_query, program=Program.OPM, reason=reason, actor=actor, at=at
        )

    assert refused(lambda: change(analyst, "Because")) == "not-supervisor"
    assert refused(lambda: change(supervisor, "")) == "reason-missing"


# --- Research ---------------------------------------------------------------------------------


def test_research_has_a_source_a_time_and_a_finding(
    claimed_query: StatusQuery, analyst: User, other_analyst: User, at: datetime
) -> None:
    future = at + timedelta(seconds=1)
    assert refused(lambda: research(claimed_query, analyst, at=at, looked_at=future)) == (
        "future-time"
    )
    assert refused(lambda: research(claimed_query, analyst, at=at, finding=" \n")) == "no-finding"
    assert refused(lambda: research(claimed_query, other_analyst, at=at)) == "not-yours"

    step = research(claimed_query, analyst, at=at)
    assert (step.author, step.written_at, step.source) == (analyst, at, ResearchSource.CIS)
    with pytest.raises(IntegrityError, match="looked_before_written"), transaction.atomic():
        ResearchStep.objects.filter(pk=step.pk).update(looked_at=future)


def test_the_same_look_sent_twice_is_one_step(
    claimed_query: StatusQuery, analyst: User, at: datetime
) -> None:
    first = research(claimed_query, analyst, at=at, finding="Nothing found")
    again = research(claimed_query, analyst, at=at, finding=" Nothing found ")
    other = research(claimed_query, analyst, at=at, finding="One file")

    assert again == first
    assert set(claimed_query.research_steps.all()) == {first, other}
    assert AuditEvent.objects.filter(kind=events.RESEARCHED).count() == 2


# --- The person -------------------------------------------------------------------------------


def test_the_querys_person_is_entered_with_what_came(
    claimed_query: StatusQuery, analyst: User, at: datetime
) -> None:
    individual = factories.enter_subject(
        query=claimed_query, reason="Nobody shares a number", actor=analyst, at=at
    )
    kinds = {number.kind for number in individual.identifiers.all()}
    assert kinds == {"A_NUMBER", "FBI", "SSN", "SID"}
    assert individual.primary_name.last == factories.LAST
    link = claimed_query.record.subjects.get()
    assert (link.individual, link.reason) == (individual, "Nobody shares a number")


def test_the_querys_person_is_entered_once(
    claimed_query: StatusQuery, analyst: User, at: datetime
) -> None:
    factories.enter_subject(query=claimed_query, reason="New", actor=analyst, at=at)
    later = at + timedelta(seconds=1)

    assert refused(
        lambda: factories.enter_subject(query=claimed_query, reason="New", actor=analyst, at=later)
    ) == ("already-entered")
    assert Individual.objects.count() == 1


@pytest.mark.usefixtures("notice")
def test_a_placeholder_among_the_encounters_is_nobodys_alias(analyst: User, at: datetime) -> None:
    raw = factories.message_bytes(
        encounters=["9900000001;CPI;CPI;;19790415;MX;F", "9900000002;ROE;JANE;;19790415;MX;F"]
    )
    query = factories.claim(factories.make_query(raw, at=at), author=analyst, at=at)
    individual = factories.enter_subject(query=query, reason="New", actor=analyst, at=at)

    names = {name.full for name in individual.names.all()}
    assert "ROE, JANE" in names
    assert not [name for name in names if "CPI" in name]


@pytest.mark.usefixtures("notice")
def test_nobody_is_entered_from_a_query_without_a_name(analyst: User, at: datetime) -> None:
    query = factories.make_query(factories.message_bytes(NAM="CPI,CPI"), at=at)
    query = factories.claim(query, author=analyst, at=at)

    assert refused(
        lambda: factories.enter_subject(query=query, reason="New", actor=analyst, at=at)
    ) == ("name-missing")
    assert not Individual.objects.exists()


def test_linking_needs_a_reason_and_is_the_claimers(
    claimed_query: StatusQuery, analyst: User, other_analyst: User, at: datetime
) -> None:
    assert refused(
        lambda: factories.enter_subject(query=claimed_query, reason=" ", actor=analyst, at=at)
    ) == ("reason-missing")
    assert not Individual.objects.exists()
    assert refused(
        lambda: factories.enter_subject(
            query=claimed_query, reason="New", actor=other_analyst, at=at
        )
    ) == ("not-yours")


def test_nobody_is_entered_before_a_search_in_the_same_sitting(
    claimed_query: StatusQuery, analyst: User, at: datetime
) -> None:
    def enter(moment: datetime) -> Individual:
        return actions.create_subject(query=claimed_query, reason="New", actor=analyst, at=moment)

    assert refused(lambda: enter(at)) == "search-first"
    actions.find_subjects(query=claimed_query, actor=analyst, at=at)
    assert refused(lambda: enter(at + SITTING + timedelta(seconds=1))) == "search-first"
    assert not Individual.objects.exists()
    individual = enter(at + SITTING)
    search = PersonSearch.objects.get()
    assert (search.chosen, search.chosen_at) == (individual, at + SITTING)
    assert json.loads(str(search.shown)) == []


def test_somebody_elses_search_is_not_ones_own(
    claimed_query: StatusQuery, analyst: User, other_analyst: User, at: datetime
) -> None:
    actions.find_subjects(query=claimed_query, actor=other_analyst, at=at)
    assert not PersonSearch.objects.exists()
    assert refused(
        lambda: actions.create_subject(query=claimed_query, reason="New", actor=analyst, at=at)
    ) == ("search-first")


@pytest.fixture
def known_twin(researched_query: StatusQuery) -> Individual:
    """Somebody entered from another query with the same name, date and numbers."""
    return Individual.objects.get()


def another_query(analyst: User, at: datetime) -> StatusQuery:
    query = factories.make_query(factories.message_bytes(serial=7), at=at)
    return factories.claim(query, author=analyst, at=at)


def test_a_strong_match_is_linked_or_a_reason_is_given(
    known_twin: Individual, analyst: User, at: datetime
) -> None:
    query = another_query(analyst, at)
    found = actions.find_subjects(query=query, actor=analyst, at=at)
    assert [hit.person.pk for hit in found.shown] == [known_twin.pk]

    def enter(despite: str) -> Individual:
        return actions.create_subject(
            query=query, reason="New", despite=despite, actor=analyst, at=at
        )

    assert refused(lambda: enter(" ")) == "strong-match"
    assert Individual.objects.count() == 1
    entered = enter("A twin: other fingerprints")
    search = PersonSearch.objects.get(record=query.record)
    assert search.chosen == entered
    assert search.despite == "A twin: other fingerprints"
    [candidate] = json.loads(str(search.shown))
    assert candidate["number"] == known_twin.record.number
    assert candidate["points"] >= STRONG * 100
    assert "Same A-Number" in candidate["reasons"]


def test_linking_keeps_the_choice_beside_the_candidates(
    known_twin: Individual, analyst: User, at: datetime
) -> None:
    query = another_query(analyst, at)
    actions.find_subjects(query=query, actor=analyst, at=at)
    actions.link_individual(
        query=query, individual=known_twin, reason="Same numbers", actor=analyst, at=at
    )
    search = PersonSearch.objects.get(record=query.record)
    assert (search.chosen, search.chosen_at) == (known_twin, at)


def test_a_hidden_strong_match_does_not_show_itself(
    known_twin: Individual, analyst: User, other_analyst: User, at: datetime
) -> None:
    limit_record(
        record=known_twin.record,
        allowed=[],
        reason="A sensitive matter",
        actor=known_twin.record.owner,
        at=at,
        channel=Channel.PAGE,
    )
    query = factories.make_query(factories.message_bytes(serial=8), at=at)
    query = factories.claim(query, author=other_analyst, at=at)
    found = actions.find_subjects(query=query, actor=other_analyst, at=at)
    assert found.shown == []
    assert found.matched_ids == [known_twin.pk]
    # As if the person did not exist.
    actions.create_subject(query=query, reason="New", actor=other_analyst, at=at)


# --- Determinations ---------------------------------------------------------------------------


def test_a_conclusion_needs_research_a_person_and_a_basis(
    claimed_query: StatusQuery, analyst: User, other_analyst: User, at: datetime
) -> None:
    assert refused(lambda: submit(claimed_query, analyst, at=at)) == "no-research"
    research(claimed_query, analyst, at=at)
    assert refused(
        lambda: submit(claimed_query, analyst, at=at, kind="LAWFUL_PERMANENT_RESIDENT")
    ) == ("no-individual")
    assert refused(lambda: submit(claimed_query, analyst, at=at, basis="\t")) == "no-basis"
    assert refused(lambda: submit(claimed_query, other_analyst, at=at)) == "not-yours"
    assert not Determination.objects.exists()


WITHOUT_PERSON = sorted(code for code, kind in first_kinds().items() if not kind.needs_person)


@pytest.mark.parametrize("kind", WITHOUT_PERSON)
def test_without_a_person_nothing_but_that_nobody_was_found(
    kind: str, claimed_query: StatusQuery, analyst: User, at: datetime
) -> None:
    research(claimed_query, analyst, at=at)
    assert submit(claimed_query, analyst, at=at, kind=kind).state == DeterminationState.SUBMITTED


def test_the_author_reviews_nothing_neither_by_the_verbs_nor_in_the_database(
    submitted_query: StatusQuery, analyst: User, at: datetime
) -> None:
    assert refused(
        lambda: actions.approve_determination(query=submitted_query, actor=analyst, at=at)
    ) == ("own-work")
    assert refused(
        lambda: actions.return_determination(
            query=submitted_query, reason="Again", actor=analyst, at=at
        )
    ) == ("own-work")
    with pytest.raises(IntegrityError, match="reviewer_is_not_author"), transaction.atomic():
        Determination.objects.update(state="APPROVED", reviewer=analyst, reviewed_at=at)


def test_a_review_in_the_database_has_a_reviewer_and_a_time(
    submitted_query: StatusQuery, supervisor: User
) -> None:
    for change in ({"state": "APPROVED"}, {"state": "RETURNED", "reviewer": supervisor}):
        with pytest.raises(IntegrityError, match="reviewed_by_whom"), transaction.atomic():
            Determination.objects.update(**change)


def test_any_supervisor_reviews_and_no_colleague_who_may_not_read_the_draft(
    submitted_query: StatusQuery, other_analyst: User, make_user: UserFactory, at: datetime
) -> None:
    assert (
        refused(lambda: factories.approve(submitted_query, reviewer=other_analyst, at=at))
        == "not-a-reviewer"
    )
    another = make_user(Role.SUPERVISOR)
    query = factories.approve(submitted_query, reviewer=another, at=at)
    determination = query.determinations.get()

    assert query.state == QueryState.APPROVED
    assert (determination.state, determination.reviewer) == ("APPROVED", another)
    assert (query.record.approval, query.record.approved_by) == (Approval.APPROVED, another)


def test_a_returned_determination_comes_again_as_the_next_version(
    submitted_query: StatusQuery, analyst: User, supervisor: User, at: datetime
) -> None:
    query = submitted_query
    assert refused(
        lambda: actions.return_determination(query=query, reason=" ", actor=supervisor, at=at)
    ) == ("reason-missing")
    for version in (1, 2):
        actions.return_determination(
            query=query, reason=f"Look again {version}", actor=supervisor, at=at
        )
        factories.submit(query, author=analyst, at=at)

    rows = query.determinations.order_by("version")
    assert [(each.version, each.state, each.return_reason) for each in rows] == [
        (1, "RETURNED", "Look again 1"),
        (2, "RETURNED", "Look again 2"),
        (3, "SUBMITTED", None),
    ]
    assert json.loads(str(rows[2].values))["name"].startswith(factories.LAST)


def test_there_is_one_current_determination(
    submitted_query: StatusQuery, analyst: User, at: datetime
) -> None:
    with pytest.raises(IntegrityError, match="one_current"), transaction.atomic():
        Determination.objects.create(
            query=submitted_query,
            version=2,
            kind="NO_RECORD",
            conclusion=conclusion_in_force("NO_RECORD", at),
            values="{}",
            basis="-",
            author=analyst,
            submitted_at=at,
        )


def test_research_and_conclusions_lie_sealed(submitted_query: StatusQuery) -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT iaq_research_step::text, iaq_determination::text, iaq_query::text "
            "FROM iaq_research_step, iaq_determination, iaq_query"
        )
        whole = " ".join(cursor.fetchone())

    for value in (
        "One record under",
        "permanent residence",
        factories.A_NUMBER,
        factories.FBI_NUMBER,
        factories.SSN,
        factories.STATE_ID,
        factories.REMARK,
    ):
        assert value not in whole
        assert value.encode().hex() not in whole


@pytest.mark.usefixtures("notice")
def test_a_limited_query_stays_limited_when_it_is_worked(
    claimed_query: StatusQuery, analyst: User, other_analyst: User, at: datetime
) -> None:
    limit_record(
        record=claimed_query.record,
        allowed=[],
        reason="A sensitive matter",
        actor=analyst,
        at=at,
        channel=Channel.PAGE,
    )
    factories.research(claimed_query, author=analyst, at=at)

    assert not StatusQuery.objects.visible_to(other_analyst).exists()
    assert StatusQuery.objects.visible_to(analyst).exists()


def test_the_notice_has_what_every_program_needs(notice: NoticeVersion) -> None:
    for rule in PROGRAM_RULES.values():
        assert notice.record_categories.filter(number=rule.category).exists()
        assert notice.retention_items.filter(code=rule.schedule_code).exists()
    assert set(PROGRAM_RULES) == {*Program.values, UNDECIDED}
