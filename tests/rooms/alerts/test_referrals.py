"""Reports of suspected misuse: who writes them, who works them, and who never hears of them."""

from collections.abc import Callable
from datetime import datetime

import pytest
from django.db import DatabaseError, connection, transaction

from accounts.choices import Role
from accounts.models import User
from acrime.alerts import actions
from acrime.alerts.choices import Finding, ReferralState
from acrime.alerts.models import Alert, Referral
from acrime.alerts.policy import may_handle
from acrime.alerts.querysets import unread_count
from acrime.audit.models import AuditEvent
from acrime.common.errors import ActionRefused, NotThere
from acrime.common.numbers import new_number
from acrime.records.models import Record
from tests.conftest import BrowserFactory, UserFactory
from tests.support.pages import follow, press, text_of

WORDS = "SYNTHETIC-SUSPICION"
NOTE = "SYNTHETIC-NOTE-OF-OPR"


@pytest.fixture
def referral(alert: Alert, analyst: User, at: datetime) -> Referral:
    """``analyst`` has reported the look of ``other_analyst``."""
    return actions.report_look(key=alert.key, owner=analyst, text=WORDS, at=at)


# --- The rule ---------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("roles", "reporter", "about", "about_is_oversight", "allowed"),
    [
        ({Role.OPR}, 2, 3, False, True),
        ({Role.OPR}, 2, None, False, True),
        ({Role.OPR}, 1, 3, False, False),
        ({Role.OPR}, 2, 1, True, False),
        ({Role.OPR}, 2, 3, True, False),
        ({Role.OPR_LEAD}, 2, 3, True, True),
        ({Role.OPR_LEAD}, 2, 1, True, False),
        ({Role.OPR_LEAD}, 1, 3, False, False),
        ({Role.SUPERVISOR, Role.PRIVACY_OFFICER}, 2, 3, False, False),
        (set(), 2, 3, False, False),
    ],
)
def test_who_works_a_report(
    roles: set[Role], reporter: int, about: int | None, about_is_oversight: bool, allowed: bool
) -> None:
    assert allowed == may_handle(
        handler_id=1,
        handler_roles=roles,
        reporter_id=reporter,
        about_id=about,
        about_is_oversight=about_is_oversight,
    )


def test_the_queue_follows_the_rule(
    make_user: UserFactory, analyst: User, supervisor: User, at: datetime
) -> None:
    people = [
        *(make_user(role) for role in (Role.OPR, Role.OPR, Role.OPR_LEAD, Role.OPR_LEAD)),
        analyst,
        supervisor,
    ]
    for reporter in people:
        for about in (*people, None):
            actions.report_misuse(
                reporter=reporter,
                about=about.username if about else "somebody",
                record_number="",
                text=WORDS,
                at=at,
            )
    for person in people:
        seen = set(Referral.objects.worked_by(person).values_list("pk", flat=True))
        assert seen == {
            each.pk
            for each in Referral.objects.all()
            if may_handle(
                handler_id=person.pk,
                handler_roles=person.roles,
                reporter_id=each.reporter_id,
                about_id=each.about_id,
                about_is_oversight=bool(
                    each.about and each.about.roles & {Role.OPR, Role.OPR_LEAD}
                ),
            )
        }


# --- From the report to its finding -----------------------------------------------------------


def test_a_report_is_worked_to_its_finding(
    alert: Alert,
    record: Record,
    analyst: User,
    other_analyst: User,
    opr: User,
    browser_of: BrowserFactory,
) -> None:
    owner, agent = browser_of(analyst), browser_of(opr)
    page = owner.get(f"/alerts/{alert.key}/")
    page = press(owner, page, "Report to OPR", **{"report-text": ""})
    assert page.status_code == 422
    page = press(owner, page, "Report to OPR", **{"report-text": WORDS})
    assert "Reported to OPR on Nov 20, 2026" in text_of(page)
    assert WORDS not in text_of(page)
    assert unread_count(analyst) == 0
    owner.post(f"/alerts/{alert.key}/report/", {"report-text": "again"})
    referral = Referral.objects.get()

    page = follow(agent, agent.get("/"), "Reports of misuse")
    page = follow(agent, page, referral.number)
    for words in (WORDS, analyst.full_name, other_analyst.full_name, record.number, "New."):
        assert words in text_of(page)
    page = press(agent, page, "Take this report up")
    page = press(agent, page, "Save the note", **{"note-text": NOTE})
    assert NOTE in text_of(page)
    page = press(agent, page, "Close the report", **{"close-text": "x"})
    assert page.status_code == 422
    page = press(
        agent,
        page,
        "Close the report",
        **{"close-text": "No case number fits.", "close-finding": "MISUSE_REFERRED"},
    )
    assert "Closed: misuse found" in text_of(page)
    assert "Close the report" not in text_of(page)
    assert referral.number not in text_of(agent.get("/alerts/referrals/"))
    assert referral.number in text_of(agent.get("/alerts/referrals/?show=closed"))

    told = {
        event.kind: (event.actor, event.record_id, event.record_number)
        for event in AuditEvent.objects.filter(kind__startswith="referral.")
    }
    assert told == {
        "referral.reported": (analyst, None, ""),
        **dict.fromkeys(
            (
                "referral.listed",
                "referral.viewed",
                "referral.taken",
                "referral.noted",
                "referral.closed",
            ),
            (opr, None, ""),
        ),
    }
    # The reporter reads the same for ever.
    page = owner.get(f"/alerts/{alert.key}/")
    assert "Reported to OPR on Nov 20, 2026" in text_of(page)
    for words in (NOTE, "review", "Closed", opr.full_name, referral.number):
        assert words not in text_of(page)


def test_words_are_sealed_in_the_database(referral: Referral, opr: User, at: datetime) -> None:
    actions.take_up(number=referral.number, actor=opr, at=at)
    actions.add_note(number=referral.number, actor=opr, text=NOTE, at=at)
    with connection.cursor() as cursor:
        cursor.execute("SELECT r::text || n::text, r.text, n.text FROM referral r, referral_note n")
        row, *sealed = cursor.fetchone()
    for words in (WORDS, NOTE):
        assert words not in row
        assert words.encode() not in b"".join(map(bytes, sealed))


def test_what_is_written_to_opr_is_in_no_event(referral: Referral, opr: User, at: datetime) -> None:
    actions.take_up(number=referral.number, actor=opr, at=at)
    actions.add_note(number=referral.number, actor=opr, text=NOTE, at=at)
    actions.close_referral(
        number=referral.number, actor=opr, finding=Finding.NO_MISUSE, text="x" + NOTE, at=at
    )
    for event in AuditEvent.objects.all():
        written = f"{event.details} {event.criteria} {event.purpose}"
        assert WORDS not in written
        assert NOTE not in written


def test_one_works_what_one_has_taken_up_in_order(
    referral: Referral, opr: User, opr_lead: User, at: datetime
) -> None:
    number = referral.number
    attempts: tuple[Callable[[], None], ...] = (
        lambda: actions.add_note(number=number, actor=opr, text="x", at=at),
        lambda: actions.close_referral(
            number=number, actor=opr, finding=Finding.OTHER, text="x", at=at
        ),
    )
    for early in attempts:
        with pytest.raises(ActionRefused, match="not in review"):
            early()
    actions.take_up(number=number, actor=opr, at=at)
    with pytest.raises(ActionRefused, match="already"):
        actions.take_up(number=number, actor=opr_lead, at=at)
    # A note sent twice is one note.
    for _ in range(2):
        actions.add_note(number=number, actor=opr, text="x", at=at)
    assert referral.notes.count() == 1
    actions.close_referral(
        number=number, actor=opr_lead, finding=Finding.OTHER, text="Both spoke.", at=at
    )
    referral.refresh_from_db()
    assert (referral.state, referral.closed_by) == (ReferralState.CLOSED, opr_lead)
    with pytest.raises(ActionRefused):
        actions.close_referral(number=number, actor=opr, finding=Finding.NO_MISUSE, text="x", at=at)


def test_the_database_holds_the_states_together(
    referral: Referral, analyst: User, other_analyst: User, opr: User, at: datetime
) -> None:
    rows = Referral.objects.filter(pk=referral.pk)
    for broken in (
        {"state": "CLOSED"},
        {"state": "IN_REVIEW"},
        {"finding": "OTHER"},
        {"state": "IN_REVIEW", "taken_by": analyst, "taken_at": at},
        {"state": "IN_REVIEW", "taken_by": other_analyst, "taken_at": at},
        {"state": "IN_REVIEW", "taken_by": opr, "taken_at": at, "finding": "OTHER"},
    ):
        with pytest.raises(DatabaseError), transaction.atomic():
            rows.update(**broken)
    assert rows.update(state="IN_REVIEW", taken_by=opr, taken_at=at) == 1


# --- A report that no alert told of -----------------------------------------------------------


def test_anybody_reports_suspected_misuse(
    analyst: User, supervisor: User, opr: User, record: Record, browser_of: BrowserFactory
) -> None:
    browser = browser_of(supervisor)
    page = follow(browser, browser.get("/alerts/"), "Report suspected misuse")
    page = press(browser, page, "Report to OPR", text=WORDS, record_number="IAQ-12")
    assert page.status_code == 422
    assert "This is not a record number." in text_of(page)
    page = press(
        browser,
        page,
        "Report to OPR",
        text=WORDS,
        about=analyst.username.upper(),
        record_number=record.number.lower(),
    )
    assert "Reported to OPR on Nov 20, 2026" in text_of(page)
    for words in (WORDS, analyst.username, record.number):
        assert words not in text_of(page)
    referral = Referral.objects.get()
    assert (referral.reporter, referral.about) == (supervisor, analyst)
    page = browser_of(opr).get(f"/alerts/referrals/{referral.number}/")
    for words in (WORDS, analyst.full_name, record.number):
        assert words in text_of(page)


def test_the_form_tells_nothing_about_who_or_what_exists(
    analyst: User, supervisor: User, record: Record, browser_of: BrowserFactory, at: datetime
) -> None:
    browser = browser_of(supervisor)
    Record.objects.filter(pk=record.pk).update(limited=True)
    answers = []
    for about, number in (
        (analyst.username, record.number),
        ("nobody-of-that-name", new_number("IND", at=at)),
    ):
        given = {"text": WORDS, "about": about, "record_number": number}
        answers.append(text_of(browser.post("/alerts/report/", given, follow=True)))
        Referral.objects.all().delete()
    assert answers[0] == answers[1]


def test_reports_are_one_s_own(
    referral: Referral, supervisor: User, browser_of: BrowserFactory
) -> None:
    assert "You have reported nothing." in text_of(browser_of(supervisor).get("/alerts/report/"))


# --- Nobody else ------------------------------------------------------------------------------


@pytest.mark.parametrize("role", sorted(set(Role) - {Role.OPR, Role.OPR_LEAD, Role.INTERFACE}))
def test_nobody_outside_opr_reads_or_works_a_report(
    role: Role,
    referral: Referral,
    make_user: UserFactory,
    browser_of: BrowserFactory,
    at: datetime,
) -> None:
    person = make_user(role)
    browser = browser_of(person)
    base = "/alerts/referrals/"
    assert browser.get(base).status_code == 403
    assert browser.get(f"{base}{referral.number}/").status_code == 403
    for act in ("take-up", "note", "close"):
        assert browser.post(f"{base}{referral.number}/{act}/").status_code == 403
    with pytest.raises(NotThere):
        actions.take_up(number=referral.number, actor=person, at=at)
    assert "Reports of misuse" not in text_of(browser.get("/"))


def test_somebody_of_opr_who_is_reported_finds_nothing(
    opr: User, opr_lead: User, analyst: User, browser_of: BrowserFactory, at: datetime
) -> None:
    referral = actions.report_misuse(
        reporter=analyst, about=opr.username, record_number="", text=WORDS, at=at
    )
    browser = browser_of(opr)
    assert "No reports" in text_of(browser.get("/alerts/referrals/"))
    answers = []
    for number in (referral.number, "REF-2026-0000-0000"):
        answers.append(
            [
                browser.get(f"/alerts/referrals/{number}/").status_code,
                *(
                    browser.post(
                        f"/alerts/referrals/{number}/{act}/",
                        {"note-text": "x", "close-text": "x", "close-finding": "OTHER"},
                    ).status_code
                    for act in ("take-up", "note", "close")
                ),
            ]
        )
    assert answers[0] == answers[1] == [404] * 4
    assert referral.number in text_of(browser_of(opr_lead).get("/alerts/referrals/"))


def test_a_role_that_ends_ends_the_queue(
    referral: Referral, opr: User, browser_of: BrowserFactory
) -> None:
    browser = browser_of(opr)
    assert browser.get("/alerts/referrals/").status_code == 200
    User.objects.filter(pk=opr.pk).update(is_active=False)
    assert browser.get("/alerts/referrals/").status_code == 302


def test_hostile_words_are_words(
    alert: Alert, analyst: User, opr: User, browser_of: BrowserFactory, at: datetime
) -> None:
    hostile = "<img src=x onerror=alert(1)>\n{{ settings.SECRET_KEY }}"
    referral = actions.report_look(key=alert.key, owner=analyst, text=hostile, at=at)
    page = browser_of(opr).get(f"/alerts/referrals/{referral.number}/")
    assert b"<img" not in page.content
    assert "{{ settings.SECRET_KEY }}" in text_of(page)
