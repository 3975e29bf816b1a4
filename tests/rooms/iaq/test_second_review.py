"""A further review: drawn, or for citizenship; taking over; what changed; what was left open."""

from collections.abc import Callable
from datetime import datetime
from decimal import Decimal
from typing import Any

import pytest
from django.db import IntegrityError, transaction
from django.urls import reverse

from accounts.choices import Role
from accounts.models import User
from acrime.audit import events as audit_events
from acrime.audit.models import AuditEvent
from acrime.common.errors import ActionRefused
from acrime.iaq import events
from acrime.iaq.choices import DeterminationState, QueryState, ResearchSource
from acrime.iaq.models import Determination, ResearchStep, StatusQuery
from acrime.iaq.research.actions import add_research_step, attach_paper, note_citizenship
from acrime.iaq.research.choices import StepResult
from acrime.iaq.research.models import ResearchAttachment
from acrime.iaq.reviewing.actions import (
    approve_determination,
    return_determination,
    set_rate,
    submit_determination,
    take_over,
)
from acrime.iaq.reviewing.choices import Further
from acrime.iaq.reviewing.presentation import comparisons
from acrime.iaq.reviewing.querysets import rate_of
from routine_uses.choices import Program
from tests import factories
from tests.conftest import Browser, UserFactory

pytestmark = pytest.mark.django_db


def refused(act: Callable[[], object]) -> str:
    """The code with which *act* is refused; nothing of it stays."""
    with pytest.raises(ActionRefused) as refusal, transaction.atomic():
        act()
    return refusal.value.code


def fresh(query: StatusQuery) -> StatusQuery:
    return factories.query_numbered(query.record.number)


@pytest.fixture
def second_supervisor(make_user: UserFactory) -> User:
    return make_user(Role.SUPERVISOR)


@pytest.fixture
def drawn(
    researched_query: StatusQuery, supervisor: User, analyst: User, at: datetime
) -> StatusQuery:
    """A determination in review that is in a sample of everything."""
    rate(supervisor, "100", at=at)
    return factories.submit(researched_query, author=analyst, at=at)


def rate(actor: User, percent: str, *, at: datetime) -> None:
    set_rate(
        program=Program.CRIMINAL,
        percent=Decimal(percent),
        reason="Ordered for a month.",
        actor=actor,
        at=at,
    )


# --- Sampling -----------------------------------------------------------------------------------


def test_a_rate_of_nothing_still_has_the_second_person(
    submitted_query: StatusQuery, analyst: User, supervisor: User, at: datetime
) -> None:
    assert rate_of(Program.CRIMINAL) == 0
    assert (
        refused(lambda: approve_determination(query=submitted_query, actor=analyst, at=at))
        == "own-work"
    )
    assert approve_determination(query=submitted_query, actor=supervisor, at=at)
    assert fresh(submitted_query).state == QueryState.APPROVED


def test_what_is_drawn_needs_two_who_are_not_its_author(
    drawn: StatusQuery, supervisor: User, second_supervisor: User, at: datetime
) -> None:
    assert not approve_determination(query=drawn, actor=supervisor, at=at)
    assert fresh(drawn).state == QueryState.IN_REVIEW
    assert (
        refused(lambda: approve_determination(query=drawn, actor=supervisor, at=at))
        == "another-supervisor"
    )
    assert approve_determination(query=drawn, actor=second_supervisor, at=at)
    determination = Determination.objects.get()
    assert (determination.first_reviewer, determination.reviewer) == (
        supervisor,
        second_supervisor,
    )
    assert fresh(drawn).state == QueryState.APPROVED
    (event,) = AuditEvent.objects.filter(kind=events.FIRST_REVIEWED)
    assert event.details == {"further": "SAMPLE"}


def test_the_rate_counts_for_what_is_handed_in_under_it(
    drawn: StatusQuery, supervisor: User, at: datetime
) -> None:
    rate(supervisor, "0", at=at)
    assert Determination.objects.get().further == Further.SAMPLE
    assert not approve_determination(query=drawn, actor=supervisor, at=at)


def test_whether_it_was_drawn_is_told_to_nobody_before_its_review(
    drawn: StatusQuery, as_supervisor: Browser, as_analyst: Browser
) -> None:
    page = reverse("iaq:detail", args=[drawn.record.number])
    history = reverse("records:history", args=[drawn.record.number])
    for browser in (as_supervisor, as_analyst):
        for address in (page, history):
            text = browser.get(address).content.decode().lower()
            assert "further review" not in text
            assert "sample" not in text


def test_who_sets_rates(analyst: User, supervisor: User, at: datetime) -> None:
    assert refused(lambda: rate(analyst, "5", at=at)) == "not-supervisor"
    assert refused(lambda: rate(supervisor, "101", at=at)) == "not-a-share"
    assert refused(lambda: rate(supervisor, "-1", at=at)) == "not-a-share"
    rate(supervisor, "2.5", at=at)
    (event,) = AuditEvent.objects.filter(kind=events.RATE_SET)
    assert event.details == {"program": "CRIMINAL", "percent": "2.5"}
    assert rate_of(Program.OPM) == 0


def test_the_page_of_rates(as_supervisor: Browser) -> None:
    url = reverse("iaq:sampling")
    wrong = as_supervisor.post(url, {"program": "CRIMINAL", "percent": "120", "reason": "x"})
    assert wrong.status_code == 422
    given = {"program": "CRIMINAL", "percent": "10", "reason": "Ordered."}
    assert "10.00 %" in as_supervisor.post(url, given, follow=True).content.decode()


# --- Citizenship --------------------------------------------------------------------------------


def test_a_noted_claim_sends_any_conclusion_to_a_supervisor(
    researched_query: StatusQuery,
    analyst: User,
    other_analyst: User,
    supervisor: User,
    second_supervisor: User,
    at: datetime,
) -> None:
    def note(actor: User, reason: str = "Says she was born in Burlington.") -> None:
        note_citizenship(query=researched_query, reason=reason, actor=actor, at=at)

    assert refused(lambda: note(other_analyst)) == "not-yours"
    assert refused(lambda: note(analyst, " ")) == "reason-missing"
    note(analyst)
    assert refused(lambda: note(analyst)) == "already-noted"
    query = factories.submit(fresh(researched_query), author=analyst, at=at)
    assert Determination.objects.get().further == Further.CITIZEN
    assert not approve_determination(query=query, actor=supervisor, at=at)
    assert approve_determination(query=query, actor=second_supervisor, at=at)


def test_the_further_review_is_a_supervisors(
    drawn: StatusQuery, supervisor: User, make_user: UserFactory, at: datetime
) -> None:
    """Who stands above the author without being a supervisor sees the draft, and that is all."""
    chief = make_user(Role.ANALYST)
    User.objects.filter(pk=supervisor.pk).update(supervisor=chief)
    from accounts.models import SupervisionLink

    author = Determination.objects.get().author
    for below in (supervisor, author):
        SupervisionLink.objects.create(supervisor=chief, subordinate=below, depth=2)
    assert not approve_determination(query=drawn, actor=supervisor, at=at)
    assert (
        refused(lambda: approve_determination(query=drawn, actor=chief, at=at))
        == "another-supervisor"
    )


def test_the_database_holds_the_further_look(
    drawn: StatusQuery, supervisor: User, second_supervisor: User, at: datetime
) -> None:
    rows = Determination.objects.all()
    approved: dict[str, Any] = {
        "state": DeterminationState.APPROVED,
        "reviewer": supervisor,
        "reviewed_at": at,
    }
    with pytest.raises(IntegrityError), transaction.atomic():
        rows.update(**approved)
    for first in (rows.get().author, supervisor):
        with pytest.raises(IntegrityError), transaction.atomic():
            rows.update(**approved, first_reviewer=first)
    rows.update(**approved, first_reviewer=second_supervisor)


# --- Taking over, and what changed --------------------------------------------------------------


def test_a_supervisor_takes_over_and_somebody_else_reviews_it(
    submitted_query: StatusQuery,
    analyst: User,
    other_analyst: User,
    supervisor: User,
    second_supervisor: User,
    at: datetime,
) -> None:
    def over(actor: User, reason: str = "The analyst is ill.") -> None:
        take_over(query=submitted_query, reason=reason, actor=actor, at=at)

    assert refused(lambda: over(other_analyst)) == "not-supervisor"
    assert refused(lambda: over(supervisor, " ")) == "reason-missing"
    over(supervisor)
    query = fresh(submitted_query)
    assert (query.state, query.claimed_by, query.record.owner) == (
        QueryState.CLAIMED,
        supervisor,
        supervisor,
    )
    first = Determination.objects.get()
    assert (first.state, str(first.return_reason)) == (
        DeterminationState.RETURNED,
        "Taken over: The analyst is ill.",
    )
    assert refused(lambda: over(supervisor)) == "already-theirs"
    query = factories.submit(
        query,
        author=supervisor,
        at=at,
        values={"name": "QUILLABEE, ZOE", "dob": "1979-04-15", "arn": factories.A_NUMBER},
    )
    assert refused(lambda: approve_determination(query=query, actor=supervisor, at=at)) == (
        "own-work"
    )
    (compared,) = comparisons(query, second_supervisor)
    assert [(each.label, each.after) for each in compared.changes] == [("Name", "QUILLABEE, ZOE")]
    assert approve_determination(query=query, actor=second_supervisor, at=at)
    assert refused(lambda: over(second_supervisor)) == "wrong-state"


def test_the_page_shows_what_a_returned_version_changes(
    submitted_query: StatusQuery,
    analyst: User,
    supervisor: User,
    as_supervisor: Browser,
    at: datetime,
) -> None:
    return_determination(query=submitted_query, reason="The number.", actor=supervisor, at=at)
    factories.submit(
        fresh(submitted_query),
        author=analyst,
        at=at,
        values={"name": "QUILLABEE, ZEPHYRINE", "dob": "1979-04-15", "arn": "A099000124"},
    )
    number = submitted_query.record.number
    page = as_supervisor.get(reverse("iaq:detail", args=[number])).content.decode()
    assert "What version 2 changes in version 1" in page
    assert "A099000124" not in page
    opened = as_supervisor.post(
        reverse("iaq:reveal", args=[number, "numbers"]), {"reason": "REVIEW"}
    )
    if opened.status_code == 200:
        assert "A099000124" in opened.content.decode()


def test_versions_are_compared_for_whom_sees_them_alone(
    submitted_query: StatusQuery,
    analyst: User,
    other_analyst: User,
    supervisor: User,
    at: datetime,
) -> None:
    return_determination(query=submitted_query, reason="The number.", actor=supervisor, at=at)
    query = factories.submit(fresh(submitted_query), author=analyst, at=at)
    assert comparisons(query, analyst)
    assert not comparisons(query, other_analyst)


# --- What was left open -------------------------------------------------------------------------


def step(query: StatusQuery, actor: User, *, at: datetime, **facts: Any) -> ResearchStep:
    given: dict[str, Any] = {
        "source": ResearchSource.CIS,
        "looked_at": at,
        "finding": "As written.",
    }
    return add_research_step(query=query, actor=actor, at=at, **(given | facts))


def hand_in(query: StatusQuery, actor: User, *, at: datetime, because: str = "") -> Determination:
    return submit_determination(
        query=query,
        kind="NO_RECORD",
        values={},
        basis="Nothing was found.",
        open_because=because,
        actor=actor,
        at=at,
    )


def test_nothing_is_concluded_without_a_source_that_was_looked_into(
    claimed_query: StatusQuery, analyst: User, at: datetime
) -> None:
    for result in (StepResult.NOT_AVAILABLE, StepResult.NOT_NEEDED):
        step(claimed_query, analyst, at=at, result=result)
        assert refused(lambda: hand_in(claimed_query, analyst, at=at)) == "no-research"
    step(claimed_query, analyst, at=at, result=StepResult.NOT_FOUND)
    assert hand_in(claimed_query, analyst, at=at).open_steps == []


def test_a_required_source_left_open_is_answered_for(
    claimed_query: StatusQuery, analyst: User, as_analyst: Browser, supervisor: User, at: datetime
) -> None:
    step(claimed_query, analyst, at=at, source=ResearchSource.IDENT)
    step(claimed_query, analyst, at=at, result=StepResult.NOT_AVAILABLE)
    assert refused(lambda: hand_in(claimed_query, analyst, at=at)) == "open-steps"
    url = reverse("iaq:determine", args=[claimed_query.record.number, "NO_RECORD"])
    form = as_analyst.get(url).content.decode()
    assert "Required and still open: Central Index System." in form
    assert as_analyst.post(url, {"basis": "Nothing was found."}).status_code == 422
    given = {"basis": "Nothing was found.", "open_because": "The system is down all day."}
    assert as_analyst.post(url, given).status_code == 302
    determination = Determination.objects.get()
    assert determination.open_steps == ["CIS"]
    assert str(determination.open_because) == "The system is down all day."


def test_a_step_carries_its_result_and_the_number_there(
    claimed_query: StatusQuery, as_analyst: Browser, at: datetime
) -> None:
    url = reverse("iaq:research", args=[claimed_query.record.number])
    given = {
        "source": "CLAIMS",
        "result": "FOUND",
        "looked_date_0": "11",
        "looked_date_1": "20",
        "looked_date_2": "2026",
        "looked_time": "09:30",
        "source_number": "WAC0190000001",
        "finding": "A petition, approved.",
    }
    assert as_analyst.post(url, given).status_code == 302, as_analyst.post(url, given).content
    written = ResearchStep.objects.get()
    assert (written.result, str(written.source_number)) == ("FOUND", "WAC0190000001")
    page = as_analyst.get(reverse("iaq:detail", args=[claimed_query.record.number]))
    assert "WAC0190000001" not in page.content.decode()
    assert "Benefit application system: found" in page.content.decode()


# --- Papers -------------------------------------------------------------------------------------


def test_a_paper_is_told_by_its_contents_and_kept_sealed(
    claimed_query: StatusQuery, analyst: User, as_analyst: Browser, at: datetime
) -> None:
    from django.core.files.uploadedfile import SimpleUploadedFile

    written = step(claimed_query, analyst, at=at)
    number = claimed_query.record.number
    # No key of a row opens it: places are those of this query and of this person.
    for absent in (0, 2, written.pk + 1):
        answer = as_analyst.get(reverse("iaq:attach", args=[number, absent]))
        assert answer.status_code == 404
    url = reverse("iaq:attach", args=[number, 1])
    script = SimpleUploadedFile("paper.pdf", b"<script>", content_type="application/pdf")
    wrong = as_analyst.post(url, {"paper": script})
    assert wrong.status_code == 422
    assert "The file is none, whatever its name says." in wrong.content.decode()
    paper = SimpleUploadedFile("../QUILLABEE.pdf", factories.PAPER)
    assert as_analyst.post(url, {"paper": paper}).status_code == 302
    kept = ResearchAttachment.objects.get()
    assert (kept.media_type, str(kept.name)) == ("application/pdf", "QUILLABEE.pdf")
    # The same paper again is the same one.
    again = attach_paper(
        query=claimed_query,
        step=written.pk,
        name="x.pdf",
        data=factories.PAPER,
        actor=analyst,
        at=at,
    )
    assert again == kept
    taken = as_analyst.get(reverse("iaq:paper", args=[number, 1]))
    assert as_analyst.get(reverse("iaq:paper", args=[number, 2])).status_code == 404
    assert as_analyst.get(reverse("iaq:paper", args=[number, 0])).status_code == 404
    assert taken.content == factories.PAPER
    assert taken["X-Content-Type-Options"] == "nosniff"
    assert "QUILLABEE" not in taken["Content-Disposition"]
    assert AuditEvent.objects.filter(kind=audit_events.RECORD_DOWNLOADED).count() == 1


def test_a_paper_of_a_draft_is_for_whom_the_draft_is(
    claimed_query: StatusQuery,
    analyst: User,
    as_supervisor: Browser,
    as_other_analyst: Browser,
    at: datetime,
) -> None:
    written = step(claimed_query, analyst, at=at)
    attach_paper(
        query=claimed_query,
        step=written.pk,
        name="x.pdf",
        data=factories.PAPER,
        actor=analyst,
        at=at,
    )
    url = reverse("iaq:paper", args=[claimed_query.record.number, 1])
    assert as_supervisor.get(url).status_code == 200
    assert as_other_analyst.get(url).status_code == 404


def test_a_step_and_its_paper_are_written_together_or_not_at_all(
    claimed_query: StatusQuery, analyst: User, at: datetime
) -> None:
    assert (
        refused(lambda: step(claimed_query, analyst, at=at, paper=("x.pdf", b"%PDF-broken")))
        == "paper-damaged"
    )
    assert not ResearchStep.objects.exists()
    step(claimed_query, analyst, at=at, paper=("x.pdf", factories.PAPER))
    assert ResearchAttachment.objects.count() == 1
