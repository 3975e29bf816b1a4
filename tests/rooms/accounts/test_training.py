"""The training guard: recorded, struck out, lapsing in the middle of a session, counted down."""

import io
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import CommandError, call_command
from django.db import DatabaseError, connection, transaction
from django.test import Client
from django.urls import reverse

from accounts.actions import create_user, issue_token
from accounts.choices import Role
from accounts.models import Course, StruckTraining, TrainingRecord, User
from accounts.standing import events
from accounts.standing.actions import record_training, strike_training
from accounts.standing.guards import require_ncic
from acrime.audit.events import ACCESS_DENIED
from acrime.audit.models import AuditEvent
from acrime.common.errors import ActionRefused
from acrime.iaq.models import StatusQuery
from acrime.records.models import Record
from routine_uses.models import Disclosure
from tests import factories
from tests.conftest import Browser, BrowserFactory, Clock, UserFactory

pytestmark = pytest.mark.django_db

ENDED = "/sign-in/ended/"
MIDNIGHT = datetime(2027, 11, 21, 5, tzinfo=UTC)
"""The midnight in Washington that ends a training passed on the day of these tests."""


@pytest.fixture
def course() -> Course:
    return Course.objects.get(code=Course.SYSTEM)


@pytest.fixture
def ncic_course() -> Course:
    return Course.objects.get(code=Course.NCIC)


def fresh(user: User) -> User:
    return User.objects.get(pk=user.pk)


def untrained(username: str, *roles: Role, at: datetime) -> User:
    return create_user(
        username=username,
        full_name="Synthetic Novice",
        password=factories.PASSWORD,
        office=None,
        roles=roles,
        is_demo=True,
        actor=None,
        at=at,
    )


# --- Recording ---------------------------------------------------------------------------------


def test_a_passing_counts_at_once_and_is_written_down(
    make_user: UserFactory, course: Course, at: datetime
) -> None:
    administrator, novice = make_user(Role.ADMINISTRATOR), untrained("novice", Role.ANALYST, at=at)
    assert fresh(novice).standing.reasons == ("training-missing",)
    assert not fresh(novice).has_role(Role.ANALYST)
    assert fresh(novice).roles == {Role.ANALYST}

    record = record_training(
        user=novice,
        course=course,
        passed_on=date(2026, 11, 18),
        evidence=" Certificate 7 ",
        actor=administrator,
        at=at,
    )

    assert fresh(novice).standing.enters
    assert (record.valid_until, record.evidence) == (date(2027, 11, 18), "Certificate 7")
    event = AuditEvent.objects.get(kind=events.TRAINING_RECORDED, actor=administrator)
    assert event.details == {
        "user": "novice",
        "course": "SYSTEM",
        "passed_on": "2026-11-18",
        "valid_until": "2027-11-18",
    }


@pytest.mark.parametrize(
    ("passed_on", "evidence", "code"),
    [
        (date(2026, 11, 21), "Certificate 7", "future-day"),
        (date(2026, 11, 19), "  ", "no-evidence"),
        (date(2026, 11, 20), "Certificate 7", "already-recorded"),
    ],
)
def test_what_is_refused_is_not_recorded(
    passed_on: date,
    evidence: str,
    code: str,
    make_user: UserFactory,
    course: Course,
    at: datetime,
) -> None:
    administrator, person = make_user(Role.ADMINISTRATOR), make_user(Role.ANALYST)
    with pytest.raises(ActionRefused) as refusal:
        record_training(
            user=person,
            course=course,
            passed_on=passed_on,
            evidence=evidence,
            actor=administrator,
            at=at,
        )
    assert refusal.value.code == code
    assert person.training.count() == 1


def test_nobody_records_or_strikes_their_own(
    make_user: UserFactory, course: Course, at: datetime
) -> None:
    administrator = make_user(Role.ADMINISTRATOR)
    with pytest.raises(ActionRefused) as refusal:
        record_training(
            user=administrator,
            course=course,
            passed_on=at.date(),
            evidence="mine",
            actor=administrator,
            at=at,
        )
    assert refusal.value.code == "own-training"
    with pytest.raises(ActionRefused):
        strike_training(
            record=administrator.training.get(), reason="wrong", actor=administrator, at=at
        )
    with pytest.raises(DatabaseError, match="not_by_oneself"), transaction.atomic():
        TrainingRecord.objects.create(
            user=administrator,
            course=course,
            passed_on=at.date(),
            valid_until=at.date(),
            evidence="mine",
            recorded_by=administrator,
            recorded_at=at,
        )


def test_a_struck_passing_counts_no_longer_and_stays_on_record(
    make_user: UserFactory, at: datetime
) -> None:
    administrator, person = make_user(Role.ADMINISTRATOR), make_user(Role.ANALYST)
    record = person.training.get()
    strike_training(record=record, reason="Another person's", actor=administrator, at=at)

    assert fresh(person).standing.reasons == ("training-missing",)
    assert person.training.get() == record
    assert AuditEvent.objects.get(kind=events.TRAINING_STRUCK).purpose == "Another person's"
    with pytest.raises(ActionRefused, match="struck out"):
        strike_training(record=record, reason="again", actor=administrator, at=at)
    # The right passing of the same day may be recorded now.
    factories.train(person, at=at)
    assert fresh(person).standing.enters


def test_training_is_never_edited(make_user: UserFactory, at: datetime) -> None:
    administrator, person = make_user(Role.ADMINISTRATOR), make_user(Role.ANALYST)
    strike_training(record=person.training.get(), reason="wrong", actor=administrator, at=at)
    for model in (TrainingRecord, StruckTraining):
        table = model._meta.db_table
        statements = (f"UPDATE {table} SET id = id", f"DELETE FROM {table}")  # noqa: S608  # ours
        for statement in statements:
            with (
                pytest.raises(DatabaseError, match="append-only"),
                transaction.atomic(),
                connection.cursor() as cursor,
            ):
                cursor.execute(statement)


# --- The guard ---------------------------------------------------------------------------------


def test_access_ends_in_the_middle_of_a_session(
    browser_of: BrowserFactory,
    analyst: User,
    supervisor: User,
    make_user: UserFactory,
    clock: Clock,
) -> None:
    """One second before midnight every page answers, at midnight none but the way out."""
    administrator = make_user(Role.ADMINISTRATOR)
    clock.moment = MIDNIGHT - timedelta(seconds=1)
    browser = browser_of(analyst)
    factories.sign_in(browser, analyst, at=clock.moment)
    assert browser.get("/queries/").status_code == 200

    clock.move(timedelta(seconds=1))
    for page in ("/", "/queries/", "/people/", "/people/mine/", "/alerts/"):
        answer = browser.get(page)
        assert (answer.status_code, answer.headers["Location"]) == (302, ENDED), page
    assert browser.post("/alerts/read/").headers["Location"] == ENDED
    event = AuditEvent.objects.filter(kind=ACCESS_DENIED).latest("pk")
    assert event.details == {"url": "alerts:mark-read", "reason": "training-lapsed"}

    shown = browser.get(ENDED)
    body = shown.content.decode()
    assert shown.status_code == 403
    assert "20 November 2027" in body
    assert supervisor.full_name in body
    assert administrator.full_name in body
    assert "/queries/" not in body
    assert browser.post("/sign-in/out/").status_code == 200
    assert browser.get("/").headers["Location"].startswith("/sign-in/")


def test_a_passing_opens_the_session_again(
    browser_of: BrowserFactory, analyst: User, clock: Clock
) -> None:
    clock.moment = MIDNIGHT
    browser = browser_of(analyst)
    factories.sign_in(browser, analyst, at=clock.moment)
    assert browser.get("/").headers["Location"] == ENDED
    factories.train(analyst, at=clock.moment)
    assert browser.get("/").status_code == 200
    assert browser.get(ENDED).headers["Location"] == "/"


def test_a_lapsed_and_locked_session_comes_to_an_end_not_to_a_circle(
    browser_of: BrowserFactory, analyst: User, clock: Clock
) -> None:
    browser = browser_of(analyst)
    clock.moment = MIDNIGHT
    factories.sign_in(browser, analyst, at=MIDNIGHT - timedelta(hours=1))
    locked = browser.get("/queries/")
    assert locked.headers["Location"].startswith("/sign-in/lock/")
    assert browser.get("/sign-in/lock/").status_code == 200
    assert browser.get(ENDED).headers["Location"].startswith("/sign-in/lock/")
    browser.post("/sign-in/lock/", {"password": factories.PASSWORD})
    assert browser.get(ENDED).status_code == 403


def test_nothing_is_visible_in_the_background_either(
    released_response: Any, analyst: User, supervisor: User, clock: Clock
) -> None:
    for user in (analyst, supervisor):
        assert Record.objects.visible_to(fresh(user)).exists()
        assert StatusQuery.objects.visible_to(fresh(user)).exists()
        assert Disclosure.objects.visible_to(fresh(user)).exists()
    clock.moment = MIDNIGHT
    for user in (analyst, supervisor):
        assert not Record.objects.visible_to(fresh(user)).exists()
        assert not StatusQuery.objects.visible_to(fresh(user)).exists()
        assert not Disclosure.objects.visible_to(fresh(user)).exists()


def test_the_api_says_that_training_lapsed(client: Client, analyst: User, clock: Clock) -> None:
    token = issue_token(
        user=analyst,
        name="t",
        expires_at=MIDNIGHT + timedelta(days=1),
        actor=None,
        at=clock.moment,
    )

    def call() -> Any:
        return client.get("/api/v1/schema/", headers={"Authorization": f"Bearer {token}"})

    clock.moment = MIDNIGHT - timedelta(seconds=1)
    assert call().status_code == 200
    clock.moment = MIDNIGHT
    answer = call()
    assert answer.status_code == 403
    assert answer.headers["Content-Type"] == "application/problem+json"
    assert answer.json()["code"] == "training-lapsed"
    assert "training" in answer.json()["detail"]


def test_a_machine_needs_no_training(message_switch: User, clock: Clock) -> None:
    clock.move(timedelta(days=4000))
    assert fresh(message_switch).has_role(Role.INTERFACE)


def test_without_a_course_for_everybody_nobody_enters(analyst: User) -> None:
    """What cannot be shown is not assumed."""
    with connection.cursor() as cursor:
        cursor.execute("UPDATE accounts_course SET audience = 'NCIC'")
    assert fresh(analyst).standing.reasons == ("training-missing",)


def test_standing_costs_one_query(analyst: User, django_assert_num_queries: Any) -> None:
    user = fresh(analyst)
    with django_assert_num_queries(1):
        for _ in range(3):
            assert user.standing.enters
            assert user.has_role(Role.ANALYST)
            assert user.roles
            assert Record.objects.visible_to(user) is not None


# --- NCIC --------------------------------------------------------------------------------------


def test_ncic_asks_for_its_own_certification(
    make_user: UserFactory, ncic_course: Course, at: datetime, clock: Clock
) -> None:
    specialist = make_user(Role.NCIC_SPECIALIST)
    with pytest.raises(ActionRefused) as refusal:
        require_ncic(fresh(specialist))
    assert (refusal.value.code, "3.4" in refusal.value.clause) == ("ncic-certification", True)

    factories.train(specialist, at=at, course=Course.NCIC)
    require_ncic(fresh(specialist))

    # Two years on the certification lapses; the portal itself stays open.
    clock.move(timedelta(days=ncic_course.valid_days + 1))
    factories.train(specialist, at=clock.moment)
    assert fresh(specialist).standing.enters
    with pytest.raises(ActionRefused):
        require_ncic(fresh(specialist))


# --- What pages say ----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("days_ago", "tone", "words"),
    [
        (365 - 31, "", ""),
        (365 - 12, "warning", "Your training ends in 12 days – on 2 December 2026."),
        (365 - 3, "error", "Your training ends in 3 days – on 23 November 2026. Renew it now."),
    ],
)
def test_every_page_counts_down(
    days_ago: int, tone: str, words: str, browser_of: BrowserFactory, at: datetime
) -> None:
    person = untrained("person", Role.ANALYST, at=at)
    factories.train(person, at=at, days_ago=days_ago)
    browser = browser_of(person)
    for page in ("/", "/queries/", "/people/"):
        body = browser.get(page).content.decode()
        assert ("Your training ends" in body) == bool(words), page
        if words:
            assert words in body
            assert f"usa-alert--{tone}" in body


def test_specialists_are_told_of_their_certification(
    browser_of: BrowserFactory, make_user: UserFactory, at: datetime
) -> None:
    specialist, other = make_user(Role.NCIC_SPECIALIST), make_user(Role.ANALYST)
    assert "NCIC is closed to you" in browser_of(specialist).get("/").content.decode()
    assert "NCIC" not in browser_of(other).get("/people/mine/").content.decode()
    for person in (specialist, other):
        factories.train(person, at=at, course=Course.NCIC, days_ago=730 - 12)
        body = browser_of(person).get("/").content.decode()
        assert "Your NCIC certification ends in 12 days – on 2 December 2026." in body


def test_everybody_sees_their_own_training_and_no_other(
    browser_of: BrowserFactory, analyst: User, make_user: UserFactory, at: datetime
) -> None:
    other = make_user(Role.ANALYST)
    record_training(
        user=other,
        course=Course.objects.get(code="NCIC"),
        passed_on=at.date(),
        evidence="ELSEWHERE-77",
        actor=None,
        at=at,
    )
    body = browser_of(analyst).get("/people/").content.decode()
    assert "Synthetic certificate 1" in body
    assert "Nov 20, 2027" in body
    assert "ELSEWHERE-77" not in body


# --- Administration ----------------------------------------------------------------------------


def test_an_administrator_records_and_strikes_by_form(
    as_administrator: Browser, analyst: User
) -> None:
    page = reverse("people:record-training", kwargs={"username": analyst.username})
    course = Course.objects.get(code="NCIC")
    given = {
        "course": course.pk,
        "passed_on_0": "11",
        "passed_on_1": "19",
        "passed_on_2": "2026",
        "evidence": "NC-1",
        # What the form does not ask for is not taken from it.
        "valid_until": "2099-01-01",
        "recorded_by": analyst.pk,
        "user": as_administrator.user.pk,
    }
    assert as_administrator.get(page).status_code == 200
    assert as_administrator.post(page, given | {"passed_on_1": "21"}).status_code == 422
    assert as_administrator.post(page, given | {"evidence": ""}).status_code == 422
    assert as_administrator.post(page, given).status_code == 302
    record = analyst.training.get(course=course)
    assert record.valid_until == date(2028, 11, 18)
    assert (record.recorded_by, record.evidence) == (as_administrator.user, "NC-1")

    strike = reverse("people:strike-training", kwargs={"entry": record.pk})
    assert as_administrator.get(strike).status_code == 200
    assert as_administrator.post(strike, {"reason": ""}).status_code == 422
    assert as_administrator.post(strike, {"reason": "typing error"}).status_code == 302
    assert record.struck.reason == "typing error"
    assert as_administrator.post(strike, {"reason": "again"}).status_code == 404


def test_one_s_own_training_cannot_be_recorded_by_form(as_administrator: Browser) -> None:
    own = as_administrator.user
    page = reverse("people:record-training", kwargs={"username": own.username})
    given = {
        "course": Course.objects.get(code="NCIC").pk,
        "passed_on_0": "11",
        "passed_on_1": "19",
        "passed_on_2": "2026",
        "evidence": "NC-1",
    }
    answer = as_administrator.post(page, given)
    assert answer.status_code == 422
    assert "Nobody records their own training" in answer.content.decode()
    assert own.training.count() == 1


def test_the_list_is_narrowed_by_the_state_of_training(
    as_administrator: Browser, make_user: UserFactory, message_switch: User, at: datetime
) -> None:
    novice = untrained("novice", Role.ANALYST, at=at)
    lapsed, lapsing, ends_today = (
        untrained(name, Role.ANALYST, at=at) for name in ("lapsed", "lapsing", "ends-today")
    )
    for person, ago in ((lapsed, 366), (lapsing, 365 - 30), (ends_today, 365)):
        factories.train(person, at=at, days_ago=ago)
    gone = make_user(Role.ANALYST, username="gone")
    User.objects.filter(pk=gone.pk).update(is_active=False)

    def shown(state: str) -> set[str]:
        page = as_administrator.get(reverse("people:accounts"), {"show": state})
        return {row.person.username for row in page.context["rows"]}

    assert shown("missing") == {novice.username}
    assert shown("lapsed") == {lapsed.username}
    assert shown("lapsing") == {lapsing.username, ends_today.username}
    assert shown("disabled") == {"gone"}
    assert shown("all") == shown("nonsense") == set(User.objects.values_list("username", flat=True))


# --- Many at once ------------------------------------------------------------------------------

UPLOAD = "/people/training/"


def test_a_list_is_looked_at_before_it_is_recorded(
    as_administrator: Browser, make_user: UserFactory
) -> None:
    for name in ("first", "second"):
        make_user(Role.ANALYST, username=name)
    text = "user name,course,date,evidence\nFIRST,ncic,2026-11-01,NC-1\nsecond,NCIC,11/02/2026,NC-2"
    before = TrainingRecord.objects.count()

    preview = as_administrator.post(UPLOAD, {"lines": text})
    assert preview.status_code == 200
    assert [line.errors for line in preview.context["lines"]] == [(), ()]
    assert TrainingRecord.objects.count() == before

    assert as_administrator.post(UPLOAD, {"lines": text, "record": "1"}).status_code == 302
    recorded = TrainingRecord.objects.filter(course__code="NCIC").order_by("pk")
    assert [(each.user.username, each.evidence) for each in recorded] == [
        ("first", "NC-1"),
        ("second", "NC-2"),
    ]
    # Sent again, every line is on record.
    again = as_administrator.post(UPLOAD, {"lines": text, "record": "1"})
    assert all("on record" in line.errors[0] for line in again.context["lines"])
    assert recorded.count() == 2


def test_one_wrong_line_keeps_all_from_being_recorded(
    as_administrator: Browser, make_user: UserFactory
) -> None:
    make_user(Role.ANALYST, username="first")
    own = as_administrator.user.username
    lines = [
        "first,NCIC,2026-11-01,NC-1",
        "nobody,NCIC,2026-11-01,NC-1",
        "first,NONE,2026-11-01,NC-1",
        "first,NCIC,1 November,NC-1",
        "first,NCIC,2026-11-21,NC-1",
        "first,NCIC,2026-11-02,",
        f"first,NCIC,2026-11-02,{'x' * 121}",
        f"{own},NCIC,2026-11-01,NC-1",
        "first,NCIC,2026-11-01,NC-1",
        "first,NCIC",
    ]
    words = (
        "",
        "no account",
        "no such course",
        "Write the date",
        "future",
        "looked up",
        "longer",
        "their own",
        "stands above",
        "four columns",
    )
    before = TrainingRecord.objects.count()
    page = as_administrator.post(UPLOAD, {"lines": "\n".join(lines), "record": "1"})
    assert page.status_code == 200
    read = page.context["lines"]
    for line, word in zip(read, words, strict=True):
        assert bool(line.errors) == bool(word)
        assert word in " ".join(line.errors)
    assert TrainingRecord.objects.count() == before


def test_a_file_is_read_and_what_is_none_is_refused(
    as_administrator: Browser, make_user: UserFactory
) -> None:
    make_user(Role.ANALYST, username="first")

    def send(content: bytes) -> Any:
        return as_administrator.post(UPLOAD, {"file": SimpleUploadedFile("list.csv", content)})

    good = send("\ufefffirst\tNCIC\t2026-11-01\tNC-1".encode())
    assert [line.errors for line in good.context["lines"]] == [()]
    for content in (
        b"",
        b"\xff\xfe\x00",
        b"first,NCIC\x00,2026-11-01,x",
        b"a,b\n" * 501,
        b"user name,course,date,evidence\n",
    ):
        assert send(content).status_code == 422, content[:20]
    assert as_administrator.post(UPLOAD, {}).status_code == 422


# --- By command --------------------------------------------------------------------------------


def test_the_first_training_is_recorded_by_command(at: datetime) -> None:
    person = untrained("first", Role.ADMINISTRATOR, at=at)
    said = io.StringIO()
    call_command(
        "record_training", "FIRST", "system", "2026-11-20", evidence="Certificate 1", stdout=said
    )
    assert "valid through 2027-11-20" in said.getvalue()
    assert fresh(person).standing.enters


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (("nobody", "SYSTEM", "2026-11-20"), "no account"),
        (("first", "NONE", "2026-11-20"), "SYSTEM, NCIC"),
        (("first", "SYSTEM", "soon"), "Write the date"),
        (("first", "SYSTEM", "2027-11-20"), "future"),
    ],
)
def test_a_command_that_does_not_fit_says_so(
    words: tuple[str, ...], message: str, at: datetime
) -> None:
    untrained("first", Role.ADMINISTRATOR, at=at)
    with pytest.raises(CommandError, match=message):
        call_command("record_training", *words, evidence="x", stdout=io.StringIO())
    assert not TrainingRecord.objects.exists()
