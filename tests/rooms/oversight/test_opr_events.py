"""What OPR does is read by its lead alone, and is absent for everybody else of OPR."""

import json
from collections.abc import Callable
from datetime import timedelta

import pytest
from django.urls import reverse

from accounts.actions import end_grant, grant_role
from accounts.choices import Role
from accounts.models import User
from acrime.audit import events
from acrime.audit.choices import Outcome
from acrime.audit.models import AuditEvent
from acrime.iaq.models import StatusQuery
from acrime.oversight.querysets import readable_by
from tests.conftest import Browser, BrowserFactory, Clock, UserFactory
from tests.rooms.oversight.conftest import EventWriter
from tests.support.pages import text_of

pytestmark = pytest.mark.django_db

LEDGER = "/oversight/"
SESSION, REQUEST = "d" * 16, "request-of-opr-1"


@pytest.fixture
def look(write: EventWriter, other_agent: User, received_query: StatusQuery) -> AuditEvent:
    """Another agent's look at a record."""
    return write(
        events.RECORD_VIEWED,
        other_agent,
        minutes=5,
        record_id=received_query.pk,
        record_number=received_query.record.number,
        displayed_ids=[received_query.pk],
        session=SESSION,
        request_id=REQUEST,
        address="192.0.2.99",
    )


Ask = Callable[[AuditEvent], str]
PLACES: dict[str, Ask] = {
    "all": lambda look: LEDGER,
    "person": lambda look: f"{LEDGER}?person={look.actor_name}",
    "record": lambda look: f"{LEDGER}?record={look.record_number}",
    "session": lambda look: f"{LEDGER}?session={SESSION}",
    "request": lambda look: f"{LEDGER}?request_id={REQUEST}",
    "address": lambda look: f"{LEDGER}?address=192.0.2.99",
    "kind": lambda look: f"{LEDGER}?group=looked",
    "asked for": lambda look: f"{LEDGER}?person={look.actor_name}&opr=on",
    "a person's day": lambda look: f"/oversight/people/{look.actor_name}/?day=2026-11-20",
    "a record's readers": lambda look: f"/oversight/records/{look.record_number}/",
}


@pytest.mark.parametrize("place", PLACES)
def test_another_agent_s_look_is_absent(
    place: str, as_agent: Browser, look: AuditEvent, other_agent: User
) -> None:
    """The page says what it says without the look, but for the person that was asked for."""
    page = as_agent.get(PLACES[place](look)).content.decode()
    assert f"/oversight/events/{look.pk}/" not in page
    assert "10:05:00" not in page
    if "person" not in place and place != "asked for":
        assert other_agent.username not in page
        assert other_agent.full_name not in page


def test_the_page_is_the_same_with_and_without_it(
    as_agent: Browser, write: EventWriter, other_agent: User, received_query: StatusQuery
) -> None:
    """Nothing is counted, no chart is higher, no other page begins."""
    addresses = [
        f"/oversight/records/{received_query.record.number}/",
        f"/oversight/people/{other_agent.username}/",
        f"{LEDGER}?record={received_query.record.number}",
    ]

    def bodies() -> list[str]:
        return [text_of(as_agent.get(address)) for address in addresses]

    before = bodies()
    for minutes in range(60):
        write(
            events.RECORD_VIEWED,
            other_agent,
            minutes=minutes,
            record_id=received_query.pk,
            displayed_ids=[received_query.pk],
        )
    assert bodies() == before


def test_by_its_number_it_is_not_there(as_agent: Browser, look: AuditEvent) -> None:
    hidden = as_agent.get(reverse("oversight:event", args=[look.pk]))
    absent = as_agent.get(reverse("oversight:event", args=[look.pk + 1_000_000]))
    assert hidden.status_code == absent.status_code == 404
    assert text_of_any(hidden) == text_of_any(absent)


def test_beside_an_event_of_the_same_request_it_is_not_there(
    as_agent: Browser, as_lead: Browser, write: EventWriter, look: AuditEvent
) -> None:
    """A failed sign-in has no actor; the rest of its session may be OPR's."""
    other = write(events.SIGN_IN_FAILED, None, minutes=4, session=SESSION, request_id=REQUEST)
    address = reverse("oversight:event", args=[other.pk])
    assert f"/oversight/events/{look.pk}/" not in as_agent.get(address).content.decode()
    assert f"/oversight/events/{look.pk}/" in as_lead.get(address).content.decode()


@pytest.mark.parametrize("file_format", ["csv", "jsonl"])
def test_it_is_in_no_agent_s_file(
    file_format: str, as_agent: Browser, as_lead: Browser, look: AuditEvent
) -> None:
    sent = {"purpose": "Inquiry 7", "file_format": file_format}
    asked = f"{LEDGER}export/?record={look.record_number}&opr=on"
    assert REQUEST not in as_agent.post(asked, sent).content.decode()
    assert REQUEST in as_lead.post(asked, sent).content.decode()
    without = f"{LEDGER}export/?record={look.record_number}"
    assert REQUEST not in as_lead.post(without, sent).content.decode()


def test_not_even_one_s_own(as_agent: Browser, agent: User, write: EventWriter) -> None:
    own = write(events.RECORD_VIEWED, agent)
    assert not readable_by(agent).filter(actor=agent).exists()
    assert as_agent.get(reverse("oversight:event", args=[own.pk])).status_code == 404


def test_the_lead_reads_all_of_it(
    as_lead: Browser, lead: User, look: AuditEvent, make_user: UserFactory, write: EventWriter
) -> None:
    """Another lead's and the lead's own too: nobody can change them, so it does no harm."""
    other_lead = make_user(Role.OPR_LEAD)
    rows = [look, write(events.RECORD_VIEWED, other_lead), write(events.RECORD_VIEWED, lead)]
    for row in rows:
        assert as_lead.get(reverse("oversight:event", args=[row.pk])).status_code == 200
        page = as_lead.get(LEDGER, {"person": row.actor_name, "opr": "on"}).content.decode()
        assert f"/oversight/events/{row.pk}/" in page


def test_the_lead_is_not_flooded_with_looks_of_opr(
    as_lead: Browser, look: AuditEvent, looked: AuditEvent
) -> None:
    page = as_lead.get(LEDGER).content.decode()
    assert f"/oversight/events/{looked.pk}/" in page
    assert f"/oversight/events/{look.pk}/" not in page


def test_it_stays_hidden_when_the_agent_leaves_opr(
    as_agent: Browser, look: AuditEvent, other_agent: User, write: EventWriter, clock: Clock
) -> None:
    """And what the person does afterwards is no longer OPR's, and is shown."""
    gone = clock.move(timedelta(minutes=10))
    end_grant(grant=other_agent.role_grants.get(), reason="Moved.", actor=None, at=gone)
    grant_role(user=other_agent, role=Role.ANALYST, actor=None, at=gone)
    after = write(events.RECORD_VIEWED, other_agent, minutes=11)
    page = as_agent.get(LEDGER, {"person": other_agent.username}).content.decode()
    assert f"/oversight/events/{after.pk}/" in page
    assert f"/oversight/events/{look.pk}/" not in page


def test_what_somebody_did_before_joining_opr_is_shown(
    as_agent: Browser, analyst: User, write: EventWriter, clock: Clock
) -> None:
    before = write(events.RECORD_VIEWED, analyst, minutes=-5)
    end_grant(grant=analyst.role_grants.get(), reason="Moved.", actor=None, at=clock.now())
    grant_role(user=analyst, role=Role.OPR, actor=None, at=clock.now())
    after = write(events.RECORD_VIEWED, analyst, minutes=5)
    page = as_agent.get(LEDGER, {"person": analyst.username}).content.decode()
    assert f"/oversight/events/{before.pk}/" in page
    assert f"/oversight/events/{after.pk}/" not in page


def test_a_role_that_ran_out_counts_until_then(
    as_agent: Browser, make_user: UserFactory, write: EventWriter, clock: Clock
) -> None:
    person = make_user()
    grant = grant_role(user=person, role=Role.OPR, actor=None, at=clock.now())
    grant.expires_at = clock.now() + timedelta(minutes=10)
    grant.save(update_fields=["expires_at"])
    within = write(events.RECORD_VIEWED, person, minutes=9)
    beyond = write(events.RECORD_VIEWED, person, minutes=11)
    page = as_agent.get(LEDGER, {"person": person.username}).content.decode()
    assert f"/oversight/events/{within.pk}/" not in page
    assert f"/oversight/events/{beyond.pk}/" in page


@pytest.mark.parametrize("role", sorted(set(Role) - {Role.OPR, Role.OPR_LEAD, Role.INTERFACE}))
def test_nobody_else_reads_the_ledger(
    role: Role, browser_of: BrowserFactory, make_user: UserFactory, looked: AuditEvent
) -> None:
    """Neither who administers accounts nor the privacy officer."""
    person = make_user(role)
    browser = browser_of(person)
    addresses = [
        LEDGER,
        f"{LEDGER}export/",
        reverse("oversight:event", args=[looked.pk]),
        reverse("oversight:person", args=[person.username]),
        reverse("oversight:record", args=["IAQ-2026-GONE-0000"]),
    ]
    for address in addresses:
        assert browser.get(address).status_code == 403
        assert browser.post(address).status_code == 403
    assert not readable_by(person).exists()
    assert LEDGER not in browser.get("/").content.decode()
    assert AuditEvent.objects.filter(actor=person, outcome=Outcome.REFUSED).count() == 10


def test_an_agent_who_lost_the_role_reads_nothing_more(
    as_agent: Browser, agent: User, clock: Clock
) -> None:
    assert as_agent.get(LEDGER).status_code == 200
    end_grant(grant=agent.role_grants.get(), reason="Moved.", actor=None, at=clock.now())
    assert as_agent.get(LEDGER).status_code in (302, 403)
    assert not readable_by(User.objects.get(pk=agent.pk)).exists()


def test_an_owner_hears_nothing_and_sees_nothing_of_the_viewer(
    as_lead: Browser, as_analyst: Browser, claimed_query: StatusQuery
) -> None:
    """Every page of the owner's stays what it was, byte for byte."""
    number = claimed_query.record.number
    pages = [
        "/",
        reverse("alerts:list"),
        reverse("iaq:list"),
        reverse("iaq:detail", args=[number]),
        reverse("records:history", args=[number]),
    ]

    def bodies() -> str:
        return json.dumps([text_of(as_analyst.get(page)) for page in pages])

    bodies()
    before = bodies()
    for address in (
        f"{LEDGER}?record={number}",
        f"/oversight/records/{number}/",
        f"/oversight/people/{as_analyst.user.username}/",
    ):
        assert as_lead.get(address).status_code == 200
    as_lead.post(f"{LEDGER}export/?record={number}", {"purpose": "Inquiry 7", "file_format": "csv"})
    assert bodies() == before


def text_of_any(answer: object) -> str:
    content: bytes = answer.content  # type: ignore[attr-defined]
    return content.decode()
