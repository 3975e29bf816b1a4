"""What an owner says to an alert, what the asked person answers, and who hears of it."""

import threading
from collections.abc import Callable
from datetime import datetime, timedelta
from uuid import UUID, uuid4

import pytest
from django.db import DatabaseError, connection, transaction
from django.test import Client

from accounts.actions import assign_supervisor
from accounts.choices import Role
from accounts.models import User
from acrime.alerts import actions
from acrime.alerts.choices import AlertState, Reply
from acrime.alerts.models import Alert, AlertQuestion, Referral
from acrime.alerts.policy import REPLIES, state_of, why_not_ask
from acrime.alerts.querysets import (
    alerts_of,
    late_below,
    numbers_asked_about,
    questions_to,
    unread_count,
    what_waits_for,
)
from acrime.audit.choices import Channel
from acrime.audit.models import AuditEvent
from acrime.common.errors import ActionRefused, NotThere
from acrime.records.actions import limit_record
from acrime.records.choices import RecordKind
from acrime.records.models import Record
from routine_uses.models import NoticeVersion
from tests import factories
from tests.conftest import BrowserFactory, Clock, UserFactory
from tests.rooms.alerts.conftest import Look, Search
from tests.rooms.records.world import make_record
from tests.support.pages import press, text_of

HandOut = Callable[..., int]
REASON = "SYNTHETIC-REASON-OF-A-CALLBACK"


@pytest.fixture
def question(alert: Alert, analyst: User, at: datetime) -> AlertQuestion:
    """``analyst`` has asked ``other_analyst`` why."""
    return actions.ask_why(key=alert.key, owner=analyst, text="Which case is this?", at=at)


# --- The rules --------------------------------------------------------------------------------


def test_the_states_of_an_alert(at: datetime) -> None:
    def state(**given: datetime) -> AlertState:
        none: dict[str, datetime | None] = {
            "expected_at": None,
            "reported_at": None,
            "due_at": None,
            "answered_at": None,
        }
        return state_of(**(none | given), at=at)

    hour = timedelta(hours=1)
    assert state() == AlertState.OPEN
    assert state(due_at=at) == AlertState.ASKED
    assert state(due_at=at - hour) == AlertState.LATE
    assert state(due_at=at - hour, answered_at=at) == AlertState.ANSWERED
    assert state(due_at=at, answered_at=at, expected_at=at) == AlertState.EXPECTED
    assert state(due_at=at, answered_at=at, expected_at=at, reported_at=at) == AlertState.REPORTED


def test_a_report_stands_and_can_follow_anything_else() -> None:
    assert REPLIES.keys() == set(AlertState)
    assert REPLIES[AlertState.REPORTED] == frozenset()
    for state in set(AlertState) - {AlertState.REPORTED}:
        assert Reply.REPORT in REPLIES[state]


def test_whoever_was_shown_nothing_is_not_asked() -> None:
    def why(*, active: bool = True, roles: set[str] | None = None, shown: bool = True) -> str:
        return why_not_ask(
            viewer_active=active,
            viewer_roles={Role.ANALYST} if roles is None else roles,
            something_shown=shown,
        )

    assert why() == ""
    assert "exists" in why(shown=False)
    assert "closed" in why(active=False)
    assert "closed" in why(roles={Role.INTERFACE})
    assert "closed" in why(roles=set())


# --- Expected ---------------------------------------------------------------------------------


def test_an_expected_look_closes_the_alert(
    alert: Alert,
    record: Record,
    analyst: User,
    other_analyst: User,
    look: Look,
    hand_out: HandOut,
    browser_of: BrowserFactory,
    at: datetime,
) -> None:
    browser = browser_of(analyst)
    page = press(browser, browser.get(f"/alerts/{alert.key}/"), "This was expected")
    assert "Expected on Nov 20, 2026" in text_of(page)
    assert unread_count(analyst) == 0
    browser.post(f"/alerts/{alert.key}/expected/")
    event = AuditEvent.objects.get(kind="alert.expected")
    assert event.actor == analyst
    assert (event.record_id, event.record_number) == (None, "")

    look(record, other_analyst, at=at)
    hand_out(at=at)
    assert unread_count(analyst) == 1


# --- Asking and answering ---------------------------------------------------------------------


def test_asking_why_and_the_answer(
    alert: Alert,
    record: Record,
    analyst: User,
    other_analyst: User,
    browser_of: BrowserFactory,
    clock: Clock,
) -> None:
    owner, asked = browser_of(analyst), browser_of(other_analyst)
    page = owner.get(f"/alerts/{alert.key}/")
    page = press(owner, page, "Ask why", **{"ask-text": "Which case is this?"})
    assert "Asked why" in text_of(page)
    assert unread_count(analyst) == 0

    assert "Questions to me (1)" in text_of(asked.get("/"))
    page = asked.get("/alerts/questions/")
    assert analyst.full_name in text_of(page)
    page = asked.get(f"/alerts/questions/{AlertQuestion.objects.get().key}/")
    for words in ("Which case is this?", record.number, "Looked at the record", "10:00"):
        assert words in text_of(page)
    page = press(asked, page, "Send the answer", text="")
    assert page.status_code == 422
    clock.move(timedelta(minutes=4))
    page = press(asked, page, "Send the answer", text=REASON)
    assert REASON in text_of(page)
    assert "Send the answer" not in text_of(page)
    assert "Questions to me (1)" not in text_of(asked.get("/"))

    assert unread_count(analyst) == 1
    page = owner.get(f"/alerts/{alert.key}/")
    assert REASON in text_of(page)
    page = press(owner, page, "This was expected")
    assert REASON in text_of(page)
    kinds = list(
        AuditEvent.objects.filter(kind__startswith="alert.").values_list("kind", flat=True)
    )
    assert sorted(kinds) == ["alert.expected", "alert.question.answered", "alert.question.asked"]
    assert not AuditEvent.objects.filter(details__icontains=REASON).exists()


def test_words_are_sealed_in_the_database(
    question: AlertQuestion, other_analyst: User, at: datetime
) -> None:
    actions.answer_question(key=question.key, actor=other_analyst, text=REASON, at=at)
    with connection.cursor() as cursor:
        cursor.execute("SELECT text, answer FROM alert_question")
        stored = b"".join(map(bytes, cursor.fetchone()))
    assert b"Which case" not in stored
    assert REASON.encode() not in stored


def test_a_question_without_words_asks_why(
    alert: Alert, analyst: User, other_analyst: User, browser_of: BrowserFactory, at: datetime
) -> None:
    question = actions.ask_why(key=alert.key, owner=analyst, text="  ", at=at)
    page = browser_of(other_analyst).get(f"/alerts/questions/{question.key}/")
    assert "Question Why did you look?" in text_of(page)


def test_asked_twice_is_asked_once(question: AlertQuestion, analyst: User, at: datetime) -> None:
    again = actions.ask_why(key=question.alert.key, owner=analyst, text="Other words", at=at)
    assert again.pk == question.pk
    assert str(AlertQuestion.objects.get().text) == "Which case is this?"


def test_the_first_answer_stands(
    question: AlertQuestion, other_analyst: User, browser_of: BrowserFactory, at: datetime
) -> None:
    """Two windows of the same person: the second is told, and its words are not kept."""
    one, two = browser_of(other_analyst), browser_of(other_analyst)
    address = f"/alerts/questions/{question.key}/"
    both = [one.get(address), two.get(address)]
    press(one, both[0], "Send the answer", text=REASON)
    page = press(two, both[1], "Send the answer", text="Something else")
    assert page.status_code == 422
    assert "first answer stands" in text_of(page)
    assert press(two, page, "Send the answer", text=REASON).status_code == 200
    assert str(AlertQuestion.objects.get().answer) == REASON
    assert AuditEvent.objects.filter(kind="alert.question.answered").count() == 1


@pytest.mark.django_db(transaction=True)
def test_two_answers_at_the_same_moment(
    question: AlertQuestion, other_analyst: User, at: datetime
) -> None:
    together = threading.Barrier(2, timeout=30)
    refused: list[str] = []

    def answer(text: str) -> None:
        try:
            together.wait()
            actions.answer_question(key=question.key, actor=other_analyst, text=text, at=at)
        except ActionRefused as refusal:
            refused.append(refusal.code)
        finally:
            connection.close()

    threads = [threading.Thread(target=answer, args=[text]) for text in ("one", "two")]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=60)
    assert refused == ["answered-already"]
    assert str(AlertQuestion.objects.get().answer) in ("one", "two")


def test_the_asked_sees_what_was_shown_and_is_still_seen_and_nothing_else(
    record: Record,
    analyst: User,
    other_analyst: User,
    notice: NoticeVersion,
    search: Search,
    hand_out: HandOut,
    browser_of: BrowserFactory,
    at: datetime,
) -> None:
    gone = make_record(RecordKind.INDIVIDUAL, owner=analyst, notice=notice, at=at)
    never = make_record(RecordKind.INDIVIDUAL, owner=analyst, notice=notice, at=at)
    search(other_analyst, [record, gone], hidden=[never], at=at, criteria={"Name": "SAMPLE"})
    hand_out(at=at)
    question = actions.ask_why(key=Alert.objects.get().key, owner=analyst, text="", at=at)
    limit_record(
        record=gone, allowed=[], reason="Synthetic", actor=analyst, at=at, channel=Channel.PAGE
    )
    assert numbers_asked_about(question, other_analyst) == [record.number]
    page = browser_of(other_analyst).get(f"/alerts/questions/{question.key}/")
    words = text_of(page)
    assert record.number in words
    for number in (gone.number, never.number):
        assert number not in words
    # How many of the owner's records were met is not told either.
    told = words.split("What you did")[1].split("Records")[1].replace(record.number, "")
    assert "3" not in told


def test_a_question_never_tells_that_a_hidden_record_exists(
    record: Record,
    analyst: User,
    other_analyst: User,
    search: Search,
    hand_out: HandOut,
    browser_of: BrowserFactory,
    at: datetime,
) -> None:
    search(other_analyst, [], hidden=[record], at=at)
    hand_out(at=at)
    alert = Alert.objects.get()
    with pytest.raises(ActionRefused) as refusal:
        actions.ask_why(key=alert.key, owner=analyst, text="", at=at)
    assert refusal.value.code == "cannot-ask"
    browser = browser_of(analyst)
    page = browser.get(f"/alerts/{alert.key}/")
    assert "would tell them that your record exists" in text_of(page)
    page = browser.post(f"/alerts/{alert.key}/ask/", {"ask-text": "Why?"})
    assert page.status_code == 422
    assert not AlertQuestion.objects.exists()


def test_whoever_left_is_not_asked_and_stays_named(
    alert: Alert, analyst: User, other_analyst: User, browser_of: BrowserFactory, at: datetime
) -> None:
    User.objects.filter(pk=other_analyst.pk).update(is_active=False)
    browser = browser_of(analyst)
    page = browser.get(f"/alerts/{alert.key}/")
    assert "nobody can be asked" in text_of(page)
    assert other_analyst.full_name in text_of(page)
    with pytest.raises(ActionRefused, match="closed"):
        actions.ask_why(key=alert.key, owner=analyst, text="", at=at)
    page = press(browser, page, "Report to OPR", **{"report-text": "Left the day after."})
    assert "Reported to OPR on Nov 20, 2026" in text_of(page)


def test_a_withdrawn_question_is_gone(
    question: AlertQuestion,
    analyst: User,
    other_analyst: User,
    browser_of: BrowserFactory,
    at: datetime,
) -> None:
    actions.set_expected(key=question.alert.key, owner=analyst, at=at)
    assert what_waits_for(other_analyst).questions == 0
    browser = browser_of(other_analyst)
    assert browser.get(f"/alerts/questions/{question.key}/").status_code == 404
    with pytest.raises(NotThere):
        actions.answer_question(key=question.key, actor=other_analyst, text="x", at=at)
    assert AuditEvent.objects.filter(kind="alert.question.withdrawn").count() == 1


def test_the_database_knows_no_answer_without_words(question: AlertQuestion, at: datetime) -> None:
    rows = AlertQuestion.objects.filter(pk=question.pk)
    with pytest.raises(DatabaseError, match="answered_with_words"), transaction.atomic():
        rows.update(answered_at=at)
    with pytest.raises(DatabaseError, match="answered_or_withdrawn"), transaction.atomic():
        rows.update(answered_at=at, answer="x", withdrawn_at=at)


# --- Late -------------------------------------------------------------------------------------


def test_a_late_answer_shows_to_owner_asked_and_supervisor(
    question: AlertQuestion,
    record: Record,
    analyst: User,
    other_analyst: User,
    make_user: UserFactory,
    clock: Clock,
    at: datetime,
) -> None:
    boss, stranger = make_user(Role.SUPERVISOR), make_user(Role.SUPERVISOR)
    assign_supervisor(user=other_analyst, supervisor=boss, actor=None, at=at)
    assert question.due_at == at + timedelta(days=3)
    last_moment = clock.move(timedelta(days=3))
    assert not late_below(boss, last_moment).exists()
    late = clock.move(timedelta(seconds=1))
    assert list(late_below(boss, late)) == [question]

    def words(user: User, address: str) -> str:
        browser = factories.sign_in(Client(), user, at=late)
        return text_of(browser.get(address))

    assert "Answer is late" in words(analyst, "/alerts/?show=all")
    assert "Late by" in words(analyst, f"/alerts/{question.alert.key}/")
    assert "Late" in words(other_analyst, "/alerts/questions/")
    told = words(boss, "/alerts/questions/")
    assert "Late answers of people you supervise" in told
    assert other_analyst.full_name in told
    # That somebody owes an answer is all that a supervisor is told.
    assert record.number not in told
    assert "Which case" not in told
    assert "Late answers" not in words(stranger, "/alerts/questions/")

    User.objects.filter(pk=other_analyst.pk).update(is_active=False)
    assert not late_below(boss, late).exists()


# --- Somebody else's --------------------------------------------------------------------------


def test_anothers_alert_is_as_absent_as_one_that_never_was(
    alert: Alert, other_analyst: User, supervisor: User, opr: User, browser_of: BrowserFactory
) -> None:
    for user in (other_analyst, supervisor, opr):
        browser = browser_of(user)
        for act in ("", "expected/", "ask/", "report/"):
            answers = []
            for key in (alert.key, uuid4()):
                address = f"/alerts/{key}/{act}"
                given = {"report-text": "x", "ask-text": "x"}
                answer = browser.post(address, given) if act else browser.get(address)
                answers.append((answer.status_code, answer.content.replace(str(key).encode(), b"")))
            assert answers[0] == answers[1]
            assert answers[0][0] == 404
    alert.refresh_from_db()
    assert alert.open
    assert not Referral.objects.exists()


def test_anothers_question_is_not_answered(
    question: AlertQuestion,
    analyst: User,
    supervisor: User,
    opr: User,
    browser_of: BrowserFactory,
    at: datetime,
) -> None:
    for user in (analyst, supervisor, opr):
        browser = browser_of(user)
        address = f"/alerts/questions/{question.key}/"
        assert browser.get(address).status_code == 404
        assert browser.post(address, {"text": "x"}).status_code == 404
        assert not questions_to(user).exists()
        with pytest.raises(NotThere):
            actions.answer_question(key=question.key, actor=user, text="x", at=at)
    question.refresh_from_db()
    assert question.waits


def test_marking_read_with_forged_keys_marks_ones_own_alone(
    alert: Alert,
    record: Record,
    analyst: User,
    supervisor: User,
    look: Look,
    hand_out: HandOut,
    browser_of: BrowserFactory,
    at: datetime,
) -> None:
    other = browser_of(supervisor)
    forged = [str(alert.key), str(alert.pk), "", "x" * 5000, "' OR 1=1 --", str(uuid4())]
    assert other.post("/alerts/read/", {"alert": forged}).status_code == 302
    assert other.post("/alerts/read/").status_code == 302
    assert unread_count(analyst) == 1
    own = browser_of(analyst)
    # Forged keys alone are no keys, and not all keys either.
    own.post("/alerts/read/", {"alert": forged[1:]})
    assert unread_count(analyst) == 1
    own.post("/alerts/read/", {"alert": forged})
    assert unread_count(analyst) == 0


def test_nothing_but_what_the_form_asks_is_taken(
    alert: Alert, analyst: User, supervisor: User, browser_of: BrowserFactory, at: datetime
) -> None:
    browser = browser_of(analyst)
    browser.post(
        f"/alerts/{alert.key}/ask/",
        {"ask-text": "x", "asked": supervisor.pk, "ask-asked": supervisor.pk, "answer": "y"},
    )
    question = AlertQuestion.objects.get()
    assert question.asked == alert.viewer
    assert question.answer is None


def test_an_address_names_no_row_by_its_number(alert: Alert, question: AlertQuestion) -> None:
    for key in (alert.key, question.key):
        assert isinstance(key, UUID)
        assert key.version == 4


def test_replies_to_a_reported_look_are_refused(alert: Alert, analyst: User, at: datetime) -> None:
    actions.report_look(key=alert.key, owner=analyst, text="x", at=at)
    for reply in (
        lambda: actions.set_expected(key=alert.key, owner=analyst, at=at),
        lambda: actions.ask_why(key=alert.key, owner=analyst, text="", at=at),
    ):
        with pytest.raises(ActionRefused) as refusal:
            reply()
        assert refusal.value.code == "wrong-state"
    assert alerts_of(analyst).get().state(at) == AlertState.REPORTED
