"""Connected systems: asked by a worker, confirmed by a person, and free to be down."""

import json
import threading
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest
from django.core.checks import ERROR
from django.core.exceptions import ImproperlyConfigured
from django.db import transaction
from django.urls import reverse
from pytest_django import Settings

from accounts.models import User
from acrime.audit.models import AuditEvent
from acrime.common import outbox
from acrime.common.errors import ActionRefused
from acrime.config.environment import connectors_from
from acrime.iaq import events
from acrime.iaq.choices import ResearchSource
from acrime.iaq.models import ResearchStep, StatusQuery
from acrime.iaq.research import asking, connectors
from acrime.iaq.research.checks import connected_systems_are_sources
from acrime.iaq.research.choices import AskState, StepResult
from acrime.iaq.research.connectors import (
    Answer,
    FolderConnector,
    HttpConnector,
    Question,
    Unavailable,
    answer_of,
    asked_in_time,
    file_name,
)
from acrime.iaq.research.models import SystemHealth, SystemQuestion
from acrime.iaq.worklist.actions import put_back
from tests import factories
from tests.conftest import Browser

QUESTION = Question({"A_NUMBER": factories.A_NUMBER, "NAME": "QUILLABEE, ZEPHYRINE"}, "IAQ-1")
FOUND = {"result": "FOUND", "finding": "Admitted as a student.", "number": "C77"}


def refused(act: Callable[[], object]) -> str:
    """The code with which *act* is refused; nothing of it stays."""
    with pytest.raises(ActionRefused) as refusal, transaction.atomic():
        act()
    return refusal.value.code


def unavailable(act: Callable[[], object]) -> str:
    with pytest.raises(Unavailable) as failure:
        act()
    return failure.value.reason


# --- Which systems ------------------------------------------------------------------------------


def test_a_system_under_an_unknown_name_is_refused_at_the_start_and_told_of(
    settings: Settings, claimed_query: StatusQuery, as_analyst: Browser, as_other_analyst: Browser
) -> None:
    url = reverse("iaq:detail", args=[claimed_query.record.number])
    assert connected_systems_are_sources() == []
    assert "no source of this list" not in as_analyst.get(url).content.decode()
    settings.CONNECTORS = {"CLAIMS": "/tmp", "CLAIMZ": "/tmp"}  # noqa: S108  # never opened
    (error,) = connected_systems_are_sources()
    assert error.level == ERROR
    assert "CLAIMZ" in error.msg
    assert "CLAIMS" in (error.hint or "")
    page = as_analyst.get(url).content.decode()
    assert "The settings connect CLAIMZ, which is no source of this list" in page
    # Whoever does not research it is told nothing of settings.
    assert "CLAIMZ" not in as_other_analyst.get(url).content.decode()


# --- Connectors ---------------------------------------------------------------------------------


def test_a_folder_answers_by_the_surest_value(tmp_path: Path) -> None:
    connector = FolderConnector(tmp_path)
    assert connector.ask(QUESTION).result == StepResult.NOT_FOUND
    name = tmp_path / file_name("NAME", "QUILLABEE, ZEPHYRINE")
    name.write_text(json.dumps({"result": "NOT_FOUND"}), "ascii")
    (tmp_path / file_name("A_NUMBER", factories.A_NUMBER)).write_text(json.dumps(FOUND), "ascii")
    assert connector.ask(QUESTION) == Answer(StepResult.FOUND, "Admitted as a student.", "C77")
    assert factories.A_NUMBER not in "".join(each.name for each in tmp_path.iterdir())


def test_a_folder_that_is_gone_answers_nothing(tmp_path: Path) -> None:
    assert unavailable(lambda: FolderConnector(tmp_path / "gone").ask(QUESTION)) == "folder-missing"
    place = tmp_path / file_name("A_NUMBER", factories.A_NUMBER)
    place.write_bytes(b" " * (connectors.MOST_BYTES + 1))
    assert unavailable(lambda: FolderConnector(tmp_path).ask(QUESTION)) == "answer-too-large"


ANSWERS: list[tuple[bytes, str]] = [
    (b"", "answer-unreadable"),
    (b"<html>", "answer-unreadable"),
    (b"[]", "answer-unreadable"),
    (b"{}", "answer-unreadable"),
    (b"[" * 100_000, "answer-unreadable"),
    (b"\xff\xfe", "answer-unreadable"),
    (b'{"result": "MAYBE", "finding": "x"}', "answer-unreadable"),
    (b'{"result": ["FOUND"], "finding": "x"}', "answer-unreadable"),
    (b'{"result": "FOUND"}', "answer-unreadable"),
    (b'{"result": "FOUND", "finding": " "}', "answer-unreadable"),
    (b'{"result": "FOUND", "finding": 7}', "answer-unreadable"),
    (b'{"result": "FOUND", "finding": "x", "number": null}', "answer-unreadable"),
    (b'{"result": "FOUND", "finding": "a\\u0000b"}', "answer-unreadable"),
    (json.dumps({"result": "FOUND", "finding": "x" * 2001}).encode(), "answer-too-long"),
    (
        json.dumps({"result": "FOUND", "finding": "x", "number": "9" * 41}).encode(),
        "answer-too-long",
    ),
]


@pytest.mark.parametrize(("body", "reason"), ANSWERS)
def test_nothing_is_guessed_from_an_answer_that_is_none(body: bytes, reason: str) -> None:
    assert unavailable(lambda: answer_of(body)) == reason


def service(handler: Callable[[httpx.Request], httpx.Response]) -> HttpConnector:
    return HttpConnector("https://cis.dhs.gov/ask", httpx.MockTransport(handler))


def test_a_service_gets_the_values_in_the_body_and_nowhere_else() -> None:
    seen: list[httpx.Request] = []

    def answer(request: httpx.Request) -> httpx.Response:
        seen.append(request)
        return httpx.Response(200, json=FOUND)

    assert service(answer).ask(QUESTION).source_number == "C77"
    (request,) = seen
    assert str(request.url) == "https://cis.dhs.gov/ask"
    assert json.loads(request.content) == {
        "reference": "IAQ-1",
        "person": dict(QUESTION.values),
    }
    assert factories.A_NUMBER not in str(request.headers)


def dropped(request: httpx.Request) -> httpx.Response:
    raise httpx.ReadTimeout("slow", request=request)


REPLIES: list[tuple[Callable[[httpx.Request], httpx.Response], str]] = [
    (lambda request: httpx.Response(500), "http-500"),
    (lambda request: httpx.Response(302, headers={"Location": "https://x.example"}), "http-302"),
    (lambda request: httpx.Response(204), "http-204"),
    (lambda request: httpx.Response(200, content=b"x" * 300_000), "answer-too-large"),
    (dropped, "http-ReadTimeout"),
]


@pytest.mark.parametrize(("reply", "reason"), REPLIES, ids=[reason for _, reason in REPLIES])
def test_a_service_in_trouble_is_not_available(
    reply: Callable[[httpx.Request], httpx.Response], reason: str
) -> None:
    assert unavailable(lambda: service(reply).ask(QUESTION)) == reason


class Hanging:
    """A system that takes the question and never answers."""

    def __init__(self) -> None:
        self.let_go = threading.Event()

    def ask(self, question: Question) -> Answer:
        self.let_go.wait(30)
        return Answer(StepResult.FOUND, "Too late.")


@pytest.fixture
def hanging() -> Iterator[Hanging]:
    connector = Hanging()
    yield connector
    connector.let_go.set()


class Broken:
    """A system whose connector has an error of its own."""

    def ask(self, question: Question) -> Answer:
        raise KeyError(factories.A_NUMBER)


def test_a_system_that_hangs_is_left_in_time(hanging: Hanging) -> None:
    assert unavailable(lambda: asked_in_time(hanging, QUESTION, seconds=0.05)) == "too-slow"
    assert unavailable(lambda: asked_in_time(Broken(), QUESTION)) == "error-KeyError"


PLACES = [
    ("CIS=https://cis.ice.dhs.gov/ask CLAIMS=/srv/claims", True),
    ("CIS=https://cis.ice.dhs.gov:443/ask", True),
    ("", True),
    ("CIS=https://partner.example/ask", False),
    ("CIS=https://dhs.gov.example/ask", False),
    ("CIS=https://evildhs.gov/ask", False),
    ("CIS=https://cis.dhs.gov@partner.example/ask", False),
    ("CIS=https://user@cis.dhs.gov/ask", False),
    ("CIS=https://cis.dhs.gov:8443/ask", False),
    ("CIS=https://cis.dhs.gov:port/ask", False),
    ("CIS=http://cis.dhs.gov/ask", False),
    ("CIS=https://cis.dhs.gov/ask?name=x", False),
    ("CIS=file:///srv/cis", False),
    ("CIS=//partner.example/ask", False),
    ("CIS=relative", False),
    ("CIS=", False),
    ("=https://cis.dhs.gov/", False),
    ("cis=https://cis.dhs.gov/", False),
    ("CIS=/a CIS=/b", False),
]


@pytest.mark.parametrize(("text", "taken"), PLACES)
def test_only_systems_inside_the_department_are_connected(text: str, taken: bool) -> None:
    """Telling one outside is a disclosure (5 U.S.C. 552a(b)); the portal refuses to start."""
    if taken:
        assert all(connectors_from(text).values())
    else:
        with pytest.raises(ImproperlyConfigured, match="ACRIME_CONNECTORS"):
            connectors_from(text)


# --- Asking -------------------------------------------------------------------------------------


@pytest.fixture
def claims(tmp_path: Path, settings: Settings) -> Path:
    """The folder of a connected system."""
    folder = tmp_path / "claims"
    folder.mkdir()
    settings.CONNECTORS = {"CLAIMS": str(folder)}
    return folder


def answers(folder: Path, said: dict[str, Any]) -> None:
    (folder / file_name("A_NUMBER", factories.A_NUMBER)).write_text(json.dumps(said), "ascii")


def ask(query: StatusQuery, actor: User, *, at: datetime) -> SystemQuestion:
    return asking.ask_system(query=query, source=ResearchSource.CLAIMS, actor=actor, at=at)


def work(at: datetime) -> None:
    for pk in outbox.claim_due(at=at):
        outbox.consume(pk, at=at)


@pytest.mark.django_db
def test_an_answer_is_a_proposal_until_a_person_confirms_it(
    claimed_query: StatusQuery, claims: Path, analyst: User, as_analyst: Browser, at: datetime
) -> None:
    answers(claims, FOUND)
    number = claimed_query.record.number
    page = reverse("iaq:detail", args=[number])
    asked = as_analyst.post(reverse("iaq:ask", args=[number, "CLAIMS"]), follow=True)
    assert "The system is being asked." in asked.content.decode()
    # Asked again before the answer came, it is the same question.
    assert ask(claimed_query, analyst, at=at) == SystemQuestion.objects.get()
    assert not ResearchStep.objects.exists()
    work(at)
    shown = as_analyst.get(page).content.decode()
    assert "Admitted as a student." in shown
    assert "C77" not in shown
    assert not ResearchStep.objects.exists()
    assert SystemQuestion.objects.count() == 1
    as_analyst.post(reverse("iaq:confirm", args=[number, 1]))
    step = ResearchStep.objects.get()
    assert (step.source, step.result, str(step.finding), str(step.source_number)) == (
        "CLAIMS",
        "FOUND",
        "Admitted as a student.",
        "C77",
    )
    assert (step.author, step.question.state) == (analyst, AskState.CONFIRMED)
    # Once.
    assert (
        refused(lambda: asking.confirm_answer(query=claimed_query, place=1, actor=analyst, at=at))
        == "wrong-state"
    )


@pytest.mark.django_db
def test_what_was_asked_is_written_down_without_a_value(
    claimed_query: StatusQuery, claims: Path, analyst: User, at: datetime
) -> None:
    answers(claims, FOUND)
    ask(claimed_query, analyst, at=at)
    work(at)
    written = AuditEvent.objects.filter(kind__in=[events.SYSTEM_ASKED, events.SYSTEM_ANSWERED])
    asked, answered = written.order_by("pk")
    assert asked.details == {
        "source": "CLAIMS",
        "asked_by": ["A_NUMBER", "BIRTH_DATE", "FBI", "NAME"],
    }
    assert (answered.actor, answered.details) == (None, {"source": "CLAIMS"})
    told = f"{asked.details}{answered.details}{SystemQuestion.objects.get().keys}"
    assert not any(value in told for value in factories.PERSONAL_VALUES)


@pytest.mark.django_db
def test_a_system_that_is_down_stops_nothing(
    claimed_query: StatusQuery,
    claims: Path,
    analyst: User,
    as_analyst: Browser,
    at: datetime,
) -> None:
    claims.rmdir()
    for minute in range(asking.FAILURES_BEFORE_REST):
        ask(claimed_query, analyst, at=at + timedelta(minutes=minute))
        work(at + timedelta(minutes=minute))
    assert {each.state for each in SystemQuestion.objects.all()} == {AskState.UNAVAILABLE}
    page = as_analyst.get(reverse("iaq:detail", args=[claimed_query.record.number]))
    assert "Not available: look by hand" in page.content.decode()
    health = SystemHealth.objects.get()
    last = at + timedelta(minutes=asking.FAILURES_BEFORE_REST - 1)
    assert health.rests_until == last + asking.REST
    # It is back, and is left alone until its rest is over.
    claims.mkdir()
    answers(claims, FOUND)
    ask(claimed_query, analyst, at=last)
    work(last)
    assert SystemQuestion.objects.order_by("pk").last().trouble == "resting"  # type: ignore[union-attr]
    later = last + asking.REST
    ask(claimed_query, analyst, at=later)
    work(later)
    assert SystemQuestion.objects.get(state=AskState.ANSWERED).trouble == ""
    health.refresh_from_db()
    assert health.failures == 0
    assert not health.rests_until
    # The worker did its part each time: nothing is left in the outbox, nothing failed there.
    assert outbox.claim_due(at=later + timedelta(days=1)) == []


@pytest.mark.django_db
def test_a_query_that_was_given_back_is_not_asked_about(
    claimed_query: StatusQuery, claims: Path, analyst: User, at: datetime
) -> None:
    answers(claims, FOUND)
    ask(claimed_query, analyst, at=at)
    put_back(query=claimed_query, reason="Shift ends.", actor=analyst, at=at)
    work(at)
    assert SystemQuestion.objects.get().trouble == "not-needed-now"
    assert not SystemHealth.objects.exists()


@pytest.mark.django_db
def test_who_may_ask_what(
    claimed_query: StatusQuery,
    claims: Path,
    analyst: User,
    other_analyst: User,
    settings: Settings,
    at: datetime,
) -> None:
    assert refused(lambda: ask(claimed_query, other_analyst, at=at)) == "not-yours"
    settings.CONNECTORS = {"NCIC": str(claims)}
    assert refused(lambda: ask(claimed_query, analyst, at=at)) == "no-connector"
    assert (
        refused(
            lambda: asking.ask_system(
                query=claimed_query, source=ResearchSource.NCIC, actor=analyst, at=at
            )
        )
        == "ncic-certification"
    )
    assert not SystemQuestion.objects.exists()


@pytest.mark.django_db
def test_an_answer_of_no_use_is_discarded_with_a_reason(
    claimed_query: StatusQuery, claims: Path, analyst: User, as_analyst: Browser, at: datetime
) -> None:
    answers(claims, FOUND)
    question = ask(claimed_query, analyst, at=at)
    work(at)
    url = reverse("iaq:discard", args=[claimed_query.record.number, 1])
    nothing = as_analyst.post(url, follow=True)
    assert "Say why the answer is of no use." in nothing.content.decode()
    as_analyst.post(url, {"discard-1-reason": "Another person."})
    question.refresh_from_db()
    assert question.state == AskState.DISCARDED
    assert AuditEvent.objects.filter(kind=events.PROPOSAL_DISCARDED).count() == 1
