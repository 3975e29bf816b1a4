"""Roles: asked for by who answers for the person, decided by a third, taken away at once."""

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from threading import Barrier, Thread

import pytest
from django.db import IntegrityError, connection, transaction
from django.urls import reverse

from accounts import events as account_events
from accounts.actions import (
    assign_supervisor,
    disable_account,
    enable_account,
    end_grant,
    grant_role,
    move_to_office,
)
from accounts.choices import OfficeKind, Role
from accounts.models import Office, RoleGrant, RoleRequest, User
from accounts.standing import events
from accounts.standing.actions import (
    decide_request,
    request_role,
    withdraw_request,
)
from accounts.standing.choices import RequestKind, RequestState
from accounts.standing.upkeep.actions import end_expired_roles
from acrime.audit.choices import Channel
from acrime.audit.models import AuditEvent
from acrime.common.errors import ActionRefused, NotThere
from tests import factories
from tests.conftest import Browser, BrowserFactory, Clock, UserFactory

pytestmark = pytest.mark.django_db

GRANT, REMOVE = RequestKind.GRANT, RequestKind.REMOVE


def fresh(user: User) -> User:
    return User.objects.get(pk=user.pk)


@pytest.fixture
def administrator(make_user: UserFactory) -> User:
    return make_user(Role.ADMINISTRATOR, username="keeper")


def ask(
    person: User,
    actor: User,
    at: datetime,
    role: Role = Role.CALL_TAKER,
    kind: RequestKind = GRANT,
    until: date | None = None,
) -> RoleRequest:
    return request_role(
        person=person, role=role, kind=kind, reason="Needed", until=until, actor=actor, at=at
    )


def refused(act: Callable[[], object]) -> str:
    with pytest.raises(ActionRefused) as refusal, transaction.atomic():
        act()
    return refusal.value.code


# --- The way of a request ----------------------------------------------------------------------


def test_a_role_is_asked_for_and_granted(
    analyst: User, supervisor: User, administrator: User, at: datetime
) -> None:
    wish = ask(analyst, supervisor, at)
    assert fresh(analyst).roles == {Role.ANALYST}

    decide_request(request=wish, approve=True, reason="Covers calls", actor=administrator, at=at)

    assert fresh(analyst).roles == {Role.ANALYST, Role.CALL_TAKER}
    grant = analyst.role_grants.get(role=Role.CALL_TAKER)
    assert (grant.granted_by, grant.expires_at) == (administrator, None)
    wish.refresh_from_db()
    assert (wish.state, wish.decided_by) == (RequestState.APPROVED, administrator)
    for kind, actor in (
        (events.ROLE_REQUESTED, supervisor),
        (events.ROLE_REQUEST_APPROVED, administrator),
        (account_events.ROLE_GRANTED, administrator),
    ):
        event = AuditEvent.objects.filter(kind=kind, actor=actor).latest("pk")
        assert event.details["user"] == analyst.username
        assert event.details["role"] == "CALL_TAKER"


def test_a_role_is_asked_away(
    analyst: User, supervisor: User, administrator: User, at: datetime
) -> None:
    wish = ask(analyst, supervisor, at, role=Role.ANALYST, kind=REMOVE)
    decide_request(request=wish, approve=True, reason="Left", actor=administrator, at=at)
    assert not fresh(analyst).roles
    grant = analyst.role_grants.get()
    assert (grant.ended_at, grant.ended_by) == (at, administrator)
    assert grant.end_reason == f"Asked for by {supervisor.username}: Needed"


def test_a_refusal_changes_no_role(
    analyst: User, supervisor: User, administrator: User, at: datetime
) -> None:
    wish = ask(analyst, supervisor, at)
    decide_request(request=wish, approve=False, reason="Not needed", actor=administrator, at=at)
    assert fresh(analyst).roles == {Role.ANALYST}
    assert AuditEvent.objects.filter(kind=events.ROLE_REQUEST_REFUSED).count() == 1
    # It may be asked for again.
    ask(analyst, supervisor, at)


def test_a_role_lasts_through_its_last_day(
    analyst: User, supervisor: User, administrator: User, clock: Clock, at: datetime
) -> None:
    wish = ask(analyst, supervisor, at, until=date(2026, 12, 1))
    decide_request(request=wish, approve=True, reason="For now", actor=administrator, at=at)
    midnight = datetime(2026, 12, 2, 5, tzinfo=UTC)
    clock.moment = midnight - timedelta(seconds=1)
    assert Role.CALL_TAKER in fresh(analyst).roles
    clock.moment = midnight
    assert fresh(analyst).roles == {Role.ANALYST}

    # The calendar books its end once, and it may be granted anew.
    assert (end_expired_roles(at=midnight), end_expired_roles(at=midnight)) == (1, 0)
    ended = AuditEvent.objects.get(kind=account_events.ROLE_ENDED)
    assert (ended.actor, ended.channel) == (None, Channel.JOB)
    grant_role(user=analyst, role=Role.CALL_TAKER, actor=administrator, at=midnight)
    assert Role.CALL_TAKER in fresh(analyst).roles


def test_an_expired_role_not_booked_yet_stands_in_nobody_s_way(
    analyst: User, administrator: User, at: datetime
) -> None:
    later = at + timedelta(days=1)
    grant_role(user=analyst, role=Role.CALL_TAKER, actor=administrator, at=at, expires_at=later)
    grant_role(user=analyst, role=Role.CALL_TAKER, actor=administrator, at=later)
    assert RoleGrant.objects.filter(user=analyst, role=Role.CALL_TAKER).count() == 2


# --- What cannot be asked for ------------------------------------------------------------------


def test_only_who_answers_for_somebody_asks(
    analyst: User,
    supervisor: User,
    other_analyst: User,
    make_user: UserFactory,
    support_center: Office,
    at: datetime,
) -> None:
    chief, head, stranger = (make_user(Role.SUPERVISOR) for _ in range(3))
    assign_supervisor(user=supervisor, supervisor=chief, actor=None, at=at)
    move_to_office(user=head, office=support_center, heads=True, actor=None, at=at)
    for actor in (supervisor, chief, head):
        withdraw_request(request=ask(analyst, actor, at), actor=actor, at=at)
    for actor in (stranger, other_analyst):
        with pytest.raises(NotThere):
            ask(analyst, actor, at)
    assert refused(lambda: ask(analyst, analyst, at)) == "own-role"
    # Who heads another office, or headed this one, asks for nobody here.
    elsewhere = factories.make_office("MIA", at=at, kind=OfficeKind.FIELD_OFFICE)
    move_to_office(user=head, office=elsewhere, heads=True, actor=None, at=at)
    assert Office.objects.get(pk=support_center.pk).head is None
    with pytest.raises(NotThere):
        ask(analyst, head, at)


def test_what_does_not_fit_is_refused(
    analyst: User, supervisor: User, make_user: UserFactory, at: datetime
) -> None:
    yesterday = at.date() - timedelta(days=1)
    for code, attempt in (
        ("already-held", lambda: ask(analyst, supervisor, at, role=Role.ANALYST)),
        ("not-held", lambda: ask(analyst, supervisor, at, role=Role.ATTORNEY, kind=REMOVE)),
        ("incompatible-roles", lambda: ask(analyst, supervisor, at, role=Role.ADMINISTRATOR)),
        ("not-yours-to-ask", lambda: ask(analyst, supervisor, at, role=Role.OPR)),
        ("not-yours-to-ask", lambda: ask(analyst, supervisor, at, role=Role.INTERFACE)),
        ("past-day", lambda: ask(analyst, supervisor, at, until=yesterday)),
    ):
        assert refused(attempt) == code
    ask(analyst, supervisor, at)
    assert refused(lambda: ask(analyst, supervisor, at)) == "already-asked"
    assert RoleRequest.objects.count() == 1


def test_opr_is_staffed_by_its_lead(
    make_user: UserFactory, administrator: User, supervisor: User, at: datetime
) -> None:
    lead, recruit = make_user(Role.OPR, Role.OPR_LEAD), make_user(Role.FIELD_OFFICER)
    assert refused(lambda: ask(recruit, lead, at, role=Role.OPR)) == "incompatible-roles"
    end_grant(grant=recruit.role_grants.get(), reason="Moves", actor=administrator, at=at)
    wish = ask(recruit, lead, at, role=Role.OPR)
    decide_request(request=wish, approve=True, reason="Agreed", actor=administrator, at=at)
    assert fresh(recruit).roles == {Role.OPR}
    assert refused(lambda: ask(recruit, lead, at, role=Role.ATTORNEY)) == "not-yours-to-ask"


@pytest.mark.parametrize("role", [Role.ANALYST, Role.OPR, Role.SUPERVISOR, Role.INTERFACE])
def test_roles_that_do_not_go_together_cannot_be_granted(
    role: Role, administrator: User, at: datetime
) -> None:
    assert (
        refused(lambda: grant_role(user=administrator, role=role, actor=None, at=at))
        == "incompatible-roles"
    )


# --- Who decides -------------------------------------------------------------------------------


def test_nobody_decides_what_they_asked_or_what_is_about_them(
    make_user: UserFactory, administrator: User, at: datetime
) -> None:
    """An administrator who is also a superior, and one who is the person."""
    boss, person = make_user(Role.ADMINISTRATOR), make_user(supervisor=None)
    assign_supervisor(user=person, supervisor=boss, actor=None, at=at)
    wish = ask(person, boss, at, role=Role.ADMINISTRATOR)
    assert (
        refused(lambda: decide_request(request=wish, approve=True, reason="x", actor=boss, at=at))
        == "own-request"
    )
    colleague = make_user(Role.ADMINISTRATOR)
    assign_supervisor(user=colleague, supervisor=boss, actor=None, at=at)
    own = ask(colleague, boss, at, role=Role.ADMINISTRATOR, kind=REMOVE)
    for approve in (True, False):
        with pytest.raises(ActionRefused) as refusal:
            decide_request(request=own, approve=approve, reason="x", actor=colleague, at=at)
        assert refusal.value.code == "own-request"
    decide_request(request=wish, approve=True, reason="x", actor=administrator, at=at)
    assert fresh(person).roles == {Role.ADMINISTRATOR}


def test_the_database_holds_the_three_apart(analyst: User, supervisor: User, at: datetime) -> None:
    wish = ask(analyst, supervisor, at)
    decided = {"state": RequestState.APPROVED, "decided_at": at}
    for column, who in (("requester", supervisor), ("person", analyst)):
        with pytest.raises(IntegrityError, match=f"decided_by_{column}"), transaction.atomic():
            RoleRequest.objects.filter(pk=wish.pk).update(decided_by=who, **decided)
    with pytest.raises(IntegrityError, match="not_for_oneself"), transaction.atomic():
        RoleRequest.objects.filter(pk=wish.pk).update(requested_by=analyst)


def test_only_administrators_decide(
    analyst: User, supervisor: User, make_user: UserFactory, at: datetime
) -> None:
    wish = ask(analyst, supervisor, at)
    other = make_user(Role.SUPERVISOR)
    assert (
        refused(lambda: decide_request(request=wish, approve=True, reason="x", actor=other, at=at))
        == "not-administrator"
    )


def test_a_decision_is_made_on_what_is_so_now(
    analyst: User, supervisor: User, administrator: User, make_user: UserFactory, at: datetime
) -> None:
    def approve(wish: RoleRequest) -> str:
        return refused(
            lambda: decide_request(
                request=wish, approve=True, reason="x", actor=administrator, at=at
            )
        )

    wish = ask(analyst, supervisor, at)
    assign_supervisor(user=analyst, supervisor=None, actor=None, at=at)
    assert approve(wish) == "requester-changed"
    assign_supervisor(user=analyst, supervisor=supervisor, actor=None, at=at)
    disable_account(user=analyst, reason="x", actor=administrator, at=at)
    assert approve(wish) == "account-disabled"
    enable_account(user=analyst, reason="x", actor=administrator, at=at)
    grant_role(user=analyst, role=Role.CALL_TAKER, actor=None, at=at)
    assert approve(wish) == "already-held"
    wish.refresh_from_db()
    assert wish.state == RequestState.WAITING


@pytest.mark.django_db(transaction=True)
def test_a_request_is_decided_once_though_two_decide_at_once(
    analyst: User, supervisor: User, make_user: UserFactory, at: datetime
) -> None:
    deciders = [make_user(Role.ADMINISTRATOR) for _ in range(2)]
    wish = ask(analyst, supervisor, at)
    start, outcomes = Barrier(2), []

    def decide(actor: User, approve: bool) -> None:
        try:
            start.wait(timeout=30)
            decide_request(request=wish, approve=approve, reason="x", actor=actor, at=at)
            outcomes.append("decided")
        except ActionRefused as refusal:
            outcomes.append(refusal.code)
        finally:
            connection.close()

    threads = [
        Thread(target=decide, args=(actor, approve))
        for actor, approve in zip(deciders, (True, True), strict=True)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=60)

    assert sorted(outcomes) == ["already-decided", "decided"]
    assert analyst.role_grants.filter(role=Role.CALL_TAKER).count() == 1


# --- Pages -------------------------------------------------------------------------------------


def test_a_supervisor_sees_and_asks_for_their_own_people_only(
    as_supervisor: Browser, analyst: User, other_analyst: User
) -> None:
    page = as_supervisor.get("/people/mine/")
    assert [row.person for row in page.context["rows"]] == [analyst]
    for name, status in (
        (analyst.username, 200),
        (other_analyst.username, 404),
        (as_supervisor.user.username, 404),
        ("nobody-here", 404),
        ("%00", 404),
    ):
        for url in ("people:ask", "people:ask-removal"):
            address = reverse(url, kwargs={"username": "x"}).replace("/x/", f"/{name}/")
            assert as_supervisor.get(address).status_code == status, address


def test_the_form_takes_what_it_asks_for_and_nothing_else(
    as_supervisor: Browser, analyst: User, other_analyst: User, administrator: User
) -> None:
    address = reverse("people:ask", kwargs={"username": analyst.username})
    given = {
        "role": "CALL_TAKER",
        "reason": "Night shift",
        "person": other_analyst.pk,
        "state": "APPROVED",
        "decided_by": administrator.pk,
        "requested_by": administrator.pk,
        "kind": "REMOVE",
    }
    for wrong in (
        {"role": "OPR"},
        {"role": "KING"},
        {"role": "ANALYST"},
        {"reason": ""},
        {"until_0": "2", "until_1": "30", "until_2": "2027"},
        {"until_0": "1", "until_1": "1", "until_2": "2020"},
    ):
        assert as_supervisor.post(address, given | wrong).status_code == 422, wrong
    assert as_supervisor.post(address, given).status_code == 302
    wish = RoleRequest.objects.get()
    assert (wish.person, wish.requested_by, wish.decided_by) == (
        analyst,
        as_supervisor.user,
        None,
    )
    assert (wish.state, wish.kind) == (RequestState.WAITING, GRANT)


def test_a_request_is_withdrawn_by_who_made_it(
    as_supervisor: Browser,
    browser_of: BrowserFactory,
    analyst: User,
    make_user: UserFactory,
    at: datetime,
) -> None:
    wish = ask(analyst, as_supervisor.user, at)
    address = reverse("people:withdraw", kwargs={"wish": wish.pk})
    assert browser_of(make_user(Role.SUPERVISOR)).post(address).status_code == 404
    assert as_supervisor.post(address).status_code == 302
    wish.refresh_from_db()
    assert wish.state == RequestState.WITHDRAWN


def test_an_administrator_decides_by_form(
    browser_of: BrowserFactory, administrator: User, analyst: User, supervisor: User, at: datetime
) -> None:
    browser = browser_of(administrator)
    wish = ask(analyst, supervisor, at)
    address = reverse("people:decide", kwargs={"wish": wish.pk})
    assert analyst.full_name in browser.get("/people/requests/").content.decode()
    assert browser.post(address, {"decision": "approve", "reason": ""}).status_code == 422
    assert browser.post(address, {"decision": "perhaps", "reason": "x"}).status_code == 422
    assert browser.post(address, {"decision": "approve", "reason": "x"}).status_code == 302
    assert Role.CALL_TAKER in fresh(analyst).roles
    again = browser.post(address, {"decision": "refuse", "reason": "x"})
    assert again.status_code == 422
    assert "decided before" in again.content.decode()


def test_a_supervisor_who_administers_cannot_approve_by_form(
    browser_of: BrowserFactory, make_user: UserFactory, at: datetime
) -> None:
    boss, person = make_user(Role.ADMINISTRATOR), make_user(Role.CALL_TAKER)
    assign_supervisor(user=person, supervisor=boss, actor=None, at=at)
    wish = ask(person, boss, at, role=Role.ANALYST)
    browser = browser_of(boss)
    address = reverse("people:decide", kwargs={"wish": wish.pk})
    assert "Another administrator decides" in browser.get(address).content.decode()
    answer = browser.post(address, {"decision": "approve", "reason": "x"})
    assert answer.status_code == 422
    assert "Nobody decides a request that they made" in answer.content.decode()
    assert fresh(person).roles == {Role.CALL_TAKER}


def test_an_opr_lead_finds_anybody_by_name(
    browser_of: BrowserFactory, make_user: UserFactory
) -> None:
    lead, agent = make_user(Role.OPR, Role.OPR_LEAD), make_user(Role.OPR)
    newcomer = make_user(username="newcomer")
    browser = browser_of(lead)
    page = browser.get("/people/mine/")
    assert [row.person for row in page.context["rows"]] == [agent]
    found = browser.get("/people/mine/", {"find": "NEWCOMER"})
    assert found.headers["Location"] == reverse("people:ask", kwargs={"username": "newcomer"})
    assert "There is no account" in browser.get("/people/mine/?find=x%00").content.decode()
    form = browser.get(found.headers["Location"]).context["form"]
    assert [value for value, _ in form.fields["role"].choices] == ["OPR", "OPR_LEAD"]
    own = reverse("people:ask", kwargs={"username": lead.username})
    assert browser.get(own).status_code == 404
    assert browser_of(agent).get("/people/mine/?find=newcomer").status_code == 200
    assert newcomer.role_requests.count() == 0


def test_when_opr_was_here_is_known_to_its_leads_alone(
    browser_of: BrowserFactory, make_user: UserFactory, as_administrator: Browser, at: datetime
) -> None:
    lead, agent = make_user(Role.OPR, Role.OPR_LEAD), make_user(Role.OPR)
    User.objects.filter(pk=agent.pk).update(last_used_at=at - timedelta(days=400))
    shown = {
        "lead": browser_of(lead).get("/people/mine/"),
        "administrator": as_administrator.get("/people/accounts/"),
        "one": as_administrator.get(reverse("people:account", kwargs={"username": agent.username})),
    }
    assert {who for who, page in shown.items() if "Oct 16, 2025" in page.content.decode()} == {
        "lead"
    }


# --- At once -----------------------------------------------------------------------------------


def test_a_role_taken_away_is_gone_in_every_browser_at_the_next_request(
    browser_of: BrowserFactory, administrator: User, analyst: User, at: datetime
) -> None:
    grant_role(user=analyst, role=Role.CALL_TAKER, actor=administrator, at=at)
    browsers = [browser_of(analyst) for _ in range(2)]
    assert [each.get("/queries/").status_code for each in browsers] == [200, 200]
    grant = analyst.role_grants.get(role=Role.ANALYST)

    desk = browser_of(administrator)
    address = reverse("people:end-role", kwargs={"grant": grant.pk})
    assert desk.get(address).status_code == 200
    assert desk.post(address, {"reason": ""}).status_code == 422
    assert desk.post(address, {"reason": "Misuse"}).status_code == 302

    for each in browsers:
        assert each.get(reverse("iaq:desk")).status_code == 403
        claim = reverse("iaq:claim", kwargs={"number": "IAQ-2026-0000-0000"})
        assert each.post(claim).status_code == 403
        assert each.get("/").status_code == 200
    assert desk.post(address, {"reason": "again"}).status_code == 404
    grant.refresh_from_db()
    assert (grant.ended_by, grant.end_reason) == (administrator, "Misuse")


def test_an_account_is_closed_and_opened_at_once(
    browser_of: BrowserFactory, administrator: User, analyst: User
) -> None:
    browser, desk = browser_of(analyst), browser_of(administrator)
    disable, enable = (
        reverse(f"people:{act}", kwargs={"username": analyst.username})
        for act in ("disable", "enable")
    )
    assert desk.post(enable, {"reason": "x"}).status_code == 422
    assert desk.post(disable, {"reason": "Left"}).status_code == 302
    assert browser.get("/").headers["Location"].startswith("/sign-in/")
    assert (fresh(analyst).is_active, fresh(analyst).disabled_because) == (False, "Left")
    assert desk.post(disable, {"reason": "x"}).status_code == 422
    assert desk.post(enable, {"reason": "Came back"}).status_code == 302
    assert fresh(analyst).standing.enters
    assert AuditEvent.objects.get(kind=account_events.ACCOUNT_DISABLED).purpose == "Left"
    assert AuditEvent.objects.get(kind=account_events.ACCOUNT_ENABLED).purpose == "Came back"


def test_administrators_keep_their_hands_off_themselves(
    browser_of: BrowserFactory, administrator: User, office: Office, at: datetime
) -> None:
    desk, name = browser_of(administrator), administrator.username
    for act, given in (
        ("disable", {"reason": "x"}),
        ("enable", {"reason": "x"}),
        ("move", {"office": office.pk, "supervisor": ""}),
    ):
        answer = desk.post(reverse(f"people:{act}", kwargs={"username": name}), given)
        assert answer.status_code == 422, act
    grant = administrator.role_grants.get()
    end = reverse("people:end-role", kwargs={"grant": grant.pk})
    assert desk.post(end, {"reason": "x"}).status_code == 422
    assert fresh(administrator).roles == {Role.ADMINISTRATOR}
    for attempt in (
        lambda: disable_account(user=administrator, reason="x", actor=administrator, at=at),
        lambda: enable_account(user=administrator, reason="x", actor=administrator, at=at),
        lambda: assign_supervisor(user=administrator, supervisor=None, actor=administrator, at=at),
    ):
        assert refused(attempt) == "own-account"
    assert (
        refused(lambda: end_grant(grant=grant, reason="x", actor=administrator, at=at))
        == "own-role"
    )


def test_somebody_is_moved_by_form(
    browser_of: BrowserFactory,
    administrator: User,
    analyst: User,
    supervisor: User,
    office: Office,
    make_user: UserFactory,
) -> None:
    desk, boss = browser_of(administrator), make_user(Role.SUPERVISOR, username="new-boss")
    address = reverse("people:move", kwargs={"username": analyst.username})
    assert desk.get(address).status_code == 200
    for wrong in (
        {"office": office.pk, "supervisor": "nobody"},
        {"office": office.pk, "supervisor": "x\x00"},
        {"office": office.pk, "supervisor": analyst.username},
        {"office": 0, "supervisor": ""},
        {"supervisor": ""},
    ):
        assert desk.post(address, wrong).status_code == 422, wrong
    moved = desk.post(
        address,
        {"office": office.pk, "supervisor": "NEW-BOSS", "heads": "on", "is_active": ""},
    )
    assert moved.status_code == 302
    person = fresh(analyst)
    assert (person.supervisor, person.office, person.is_active) == (boss, office, True)
    assert Office.objects.get(pk=office.pk).head == person
    assert not supervisor.chain_below.exists()


def test_the_history_of_roles_is_kept(
    as_administrator: Browser, analyst: User, administrator: User, at: datetime
) -> None:
    end_grant(grant=analyst.role_grants.get(), reason="Rotation", actor=administrator, at=at)
    grant_role(user=analyst, role=Role.ANALYST, actor=administrator, at=at)
    page = as_administrator.get(reverse("people:account", kwargs={"username": analyst.username}))
    assert "Rotation" in page.content.decode()
    assert analyst.role_grants.count() == 2
    with pytest.raises(IntegrityError, match="once_in_force"), transaction.atomic():
        RoleGrant.objects.create(user=analyst, role=Role.ANALYST, granted_at=at)
