"""Drafts and NCIC findings: who reads them, and what the page shows to everybody else."""

from collections.abc import Callable
from datetime import datetime

import pytest

from accounts.actions import assign_supervisor
from accounts.choices import Role
from accounts.models import Course, User
from acrime.common.errors import ActionRefused
from acrime.iaq import actions
from acrime.iaq.choices import QueryState, ResearchSource
from acrime.iaq.models import Determination, ResearchStep, StatusQuery
from acrime.iaq.presentation import NCIC_WITHHELD
from acrime.iaq.worklist.tabs import tab_rows
from tests import factories
from tests.conftest import Browser, BrowserFactory, UserFactory

FINDING = "One record under the A-Number of the query."
BASIS = "The record shows permanent residence and nothing later."
HIT = "A warrant of 2019, served."


def fresh(user: User) -> User:
    return User.objects.get(pk=user.pk)


def steps(user: User) -> int:
    return ResearchStep.objects.visible_to(fresh(user)).count()


def determinations(user: User) -> int:
    return Determination.objects.visible_to(fresh(user)).count()


def page(browser: Browser, query: StatusQuery, rest: str = "") -> str:
    answer = browser.get(f"/queries/{query.record.number}/{rest}")
    assert answer.status_code == 200
    return answer.content.decode()


# --- Who reads drafts -------------------------------------------------------------------------


@pytest.fixture
def cast(submitted_query: StatusQuery, make_user: UserFactory) -> dict[str, User]:
    roles = {
        "colleague": Role.ANALYST,
        "another-supervisor": Role.SUPERVISOR,
        "opr": Role.OPR,
        "opr-lead": Role.OPR_LEAD,
        "attorney": Role.ATTORNEY,
        "privacy": Role.PRIVACY_OFFICER,
        "caller": Role.CALL_TAKER,
        "officer": Role.FIELD_OFFICER,
        "administrator": Role.ADMINISTRATOR,
    }
    return {name: make_user(role, username=name) for name, role in roles.items()}


READ_DRAFTS = {"another-supervisor", "opr", "opr-lead"}
# Field officers and administrators do not see the query at all.
READ_APPROVED = READ_DRAFTS | {"colleague", "attorney", "privacy", "caller"}


def test_a_draft_is_its_authors_the_chains_the_supervisors_and_oprs(
    submitted_query: StatusQuery, cast: dict[str, User], analyst: User, supervisor: User
) -> None:
    for counted in (steps, determinations):
        assert counted(analyst) == counted(supervisor) == 1
        assert {name for name, user in cast.items() if counted(user)} == READ_DRAFTS


def test_what_is_approved_is_everybodys_who_sees_the_query(
    submitted_query: StatusQuery, cast: dict[str, User], supervisor: User, at: datetime
) -> None:
    factories.approve(submitted_query, reviewer=supervisor, at=at)
    for counted in (steps, determinations):
        assert {name for name, user in cast.items() if counted(user)} == READ_APPROVED


def test_a_returned_determination_stays_a_draft_for_ever(
    submitted_query: StatusQuery,
    cast: dict[str, User],
    analyst: User,
    supervisor: User,
    at: datetime,
) -> None:
    actions.return_determination(
        query=submitted_query, reason="Look again", actor=supervisor, at=at
    )
    query = factories.submit(submitted_query, author=analyst, at=at)
    factories.approve(query, reviewer=supervisor, at=at)
    assert determinations(cast["colleague"]) == 1
    assert determinations(analyst) == determinations(supervisor) == 2


def test_a_chain_above_reads_drafts_whatever_its_roles(
    submitted_query: StatusQuery, analyst: User, make_user: UserFactory, at: datetime
) -> None:
    chief = make_user(Role.CALL_TAKER)
    assert steps(chief) == 0
    assign_supervisor(user=analyst, supervisor=chief, actor=None, at=at)
    assert steps(chief) == determinations(chief) == 1


def test_who_takes_the_query_over_reads_what_was_drafted_before(
    researched_query: StatusQuery, analyst: User, other_analyst: User, at: datetime
) -> None:
    actions.put_back(query=researched_query, reason="On leave", actor=analyst, at=at)
    assert steps(other_analyst) == 0
    actions.claim_query(query=researched_query, actor=other_analyst, at=at)
    # The author reads on what the author wrote.
    assert steps(other_analyst) == steps(analyst) == 1
    actions.add_research_step(
        query=researched_query,
        source=ResearchSource.CLAIMS,
        looked_at=at,
        finding="Nothing was found.",
        actor=other_analyst,
        at=at,
    )
    assert (steps(other_analyst), steps(analyst)) == (2, 1)


def test_the_page_shows_no_trace_of_drafts_to_others(
    researched_query: StatusQuery,
    as_privacy_officer: Browser,
    as_supervisor: Browser,
    analyst: User,
    at: datetime,
) -> None:
    browser = as_privacy_officer
    for rest in ("", "print/"):
        before = page(browser, researched_query, rest)
        assert FINDING not in before
    assert "Wrote down a research step" not in page(browser, researched_query)
    submitted = factories.submit(researched_query, author=analyst, at=at)
    for rest in ("", "print/"):
        text = page(browser, submitted, rest)
        for trace in (FINDING, BASIS, "Lawful permanent resident", "Version 1"):
            assert trace not in text
    assert "Submitted a determination" not in page(browser, submitted)
    for trace in (FINDING, BASIS, "Submitted a determination"):
        assert trace in page(as_supervisor, submitted)


def test_the_same_page_whether_something_was_drafted_or_not(
    claimed_query: StatusQuery,
    cast_of_one: Callable[[], Browser],
    analyst: User,
    at: datetime,
) -> None:
    browser = cast_of_one()

    def told() -> str:
        return page(browser, claimed_query).partition("<main")[2]

    before = told()
    actions.add_research_step(
        query=claimed_query,
        source=ResearchSource.CIS,
        looked_at=at,
        finding=FINDING,
        actor=analyst,
        at=at,
    )
    assert told() == before


@pytest.fixture
def cast_of_one(make_user: UserFactory, browser_of: BrowserFactory) -> Callable[[], Browser]:
    return lambda: browser_of(make_user(Role.CALL_TAKER))


def test_who_may_not_read_a_draft_does_not_review_it(
    submitted_query: StatusQuery, other_analyst: User, as_other_analyst: Browser, at: datetime
) -> None:
    assert not tab_rows("review", fresh(other_analyst)).exists()
    place = f"/queries/{submitted_query.record.number}/"
    assert f"{place}approve/" not in page(as_other_analyst, submitted_query)
    for act, given in (("approve/", {}), ("return/", {"return-reason": "Mine"})):
        answer = as_other_analyst.post(f"{place}{act}", given, follow=True)
        assert "A supervisor reviews determinations." in answer.content.decode()
    submitted_query.refresh_from_db()
    assert submitted_query.state == QueryState.IN_REVIEW


def test_the_tab_to_review_is_the_reviewers(
    submitted_query: StatusQuery, supervisor: User, analyst: User
) -> None:
    assert tab_rows("review", fresh(supervisor)).get() == submitted_query
    assert not tab_rows("review", fresh(analyst)).exists()


# --- NCIC -------------------------------------------------------------------------------------


def look_in_ncic(query: StatusQuery, author: User, at: datetime) -> None:
    actions.add_research_step(
        query=query,
        source=ResearchSource.NCIC,
        looked_at=at,
        finding=HIT,
        actor=fresh(author),
        at=at,
    )


def test_a_finding_in_ncic_is_written_down_with_a_certification_only(
    claimed_query: StatusQuery, analyst: User, as_analyst: Browser, at: datetime
) -> None:
    with pytest.raises(ActionRefused) as refusal:
        look_in_ncic(claimed_query, analyst, at)
    assert refusal.value.code == "ncic-certification"
    assert not ResearchStep.objects.exists()

    form = {
        "source": "NCIC",
        "looked_date_0": "11",
        "looked_date_1": "20",
        "looked_date_2": "2026",
        "looked_time": "09:00",
        "result": "FOUND",
        "finding": HIT,
    }
    place = f"/queries/{claimed_query.record.number}/research/"
    answer = as_analyst.post(place, form)
    assert answer.status_code == 422
    assert "Your NCIC certification is not current." in answer.content.decode()

    factories.train(analyst, at=at, course=Course.NCIC)
    assert as_analyst.post(place, form).status_code == 302
    assert ResearchStep.objects.get().source == ResearchSource.NCIC


def test_without_a_certification_a_line_stands_in_its_place_and_the_rest_is_shown(
    researched_query: StatusQuery,
    analyst: User,
    supervisor: User,
    as_supervisor: Browser,
    as_opr: Browser,
    at: datetime,
) -> None:
    factories.train(analyst, at=at, course=Course.NCIC)
    look_in_ncic(researched_query, analyst, at)
    for browser in (as_supervisor, as_opr):
        for rest in ("", "print/"):
            text = page(browser, researched_query, rest)
            assert HIT not in text
            assert NCIC_WITHHELD in text
            assert FINDING in text
    factories.train(supervisor, at=at, course=Course.NCIC)
    text = page(as_supervisor, researched_query)
    assert HIT in text
    assert NCIC_WITHHELD not in text


def test_a_certification_ends_with_its_last_day(
    researched_query: StatusQuery,
    analyst: User,
    supervisor: User,
    as_supervisor: Browser,
    at: datetime,
) -> None:
    days = Course.objects.get(code=Course.NCIC).valid_days
    factories.train(analyst, at=at, course=Course.NCIC)
    look_in_ncic(researched_query, analyst, at)
    factories.train(supervisor, at=at, course=Course.NCIC, days_ago=days + 1)
    assert HIT not in page(as_supervisor, researched_query)
    factories.train(supervisor, at=at, course=Course.NCIC, days_ago=days)
    assert HIT in page(as_supervisor, researched_query)
