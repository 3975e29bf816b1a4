"""The page of what changed: acts and fields together, nothing personal, nothing of OPR's."""

from datetime import datetime, timedelta

import pytest
from django.db import transaction
from django.urls import reverse

from accounts.actions import end_grant
from accounts.choices import Role
from accounts.models import User
from acrime.audit import events as looks
from acrime.audit.acting import acting_as
from acrime.audit.actions import record_event
from acrime.audit.choices import Channel, Outcome
from acrime.audit.models import AuditEvent
from acrime.iaq.actions import return_determination
from acrime.iaq.models import StatusQuery
from acrime.iar.models import StatusResponse
from acrime.individuals.models import Individual
from acrime.records.actions import change_owner
from acrime.records.changes import MASKED, NOTHING, Act, history_of
from acrime.records.history import timeline_of
from tests.conftest import Browser, BrowserFactory, UserFactory
from tests.factories import PERSONAL_VALUES
from tests.support.pages import text_of

pytestmark = pytest.mark.django_db


def address(number: str) -> str:
    return reverse("records:history", args=[number])


def acts(query: StatusQuery, reader: User) -> list[Act]:
    return list(history_of(query.record, reader).acts)


def lines(act: Act) -> set[str]:
    """Each field of *act* as ``Part, field: before > after``."""
    return {
        f"{change.part}, {field.label}: {field.before} > {field.after}"
        for change in act.changes
        for field in change.fields
    }


def titled(found: list[Act], title: str) -> Act:
    return next(act for act in found if title in act.titles)


def test_a_change_stands_with_its_act(claimed_query: StatusQuery, analyst: User) -> None:
    act = titled(acts(claimed_query, analyst), "Took the query on")

    assert (act.by, act.refused) == (analyst.full_name, False)
    assert act.at == claimed_query.claimed_at
    assert "Query, State: Waiting > Being researched" in lines(act)
    assert f"Query, Claimed by: {NOTHING} > {analyst.username}" in lines(act)


def test_an_owner_s_change_is_told_in_plain_words(
    claimed_query: StatusQuery, analyst: User, other_analyst: User, supervisor: User, at: datetime
) -> None:
    record = claimed_query.record
    change_owner(record=record, owner=other_analyst, actor=supervisor, at=at, channel=Channel.PAGE)

    act = acts(claimed_query, analyst)[0]

    assert act.titles == ["Took the record over"]
    assert act.by == supervisor.full_name
    assert f"Record, Owner: {analyst.username} > {other_analyst.username}" in lines(act)


def test_latest_first(submitted_query: StatusQuery, analyst: User) -> None:
    moments = [act.at for act in acts(submitted_query, analyst)]
    assert moments == sorted(moments, reverse=True)
    assert len(moments) == 4


def test_a_masked_value_is_said_to_have_changed(
    claimed_query: StatusQuery, analyst: User, as_analyst: Browser
) -> None:
    claimed_query.last = "ZWETSCHGE"
    claimed_query.save(update_fields=["last"])

    page = as_analyst.get(address(claimed_query.record.number))

    assert "Last: (masked) changed" in text_of(page)
    assert "ZWETSCHGE" not in page.content.decode()
    fields = [
        each for act in acts(claimed_query, analyst) for c in act.changes for each in c.fields
    ]
    assert [(each.before, each.after) for each in fields if each.masked] == [(MASKED, MASKED)]


def test_nothing_personal_is_on_the_page(submitted_query: StatusQuery, as_analyst: Browser) -> None:
    individual = Individual.objects.get()
    for number in (submitted_query.record.number, individual.record.number):
        page = as_analyst.get(address(number)).content.decode().upper()
        assert [value for value in PERSONAL_VALUES if value in page] == []


def test_the_look_is_written_down(claimed_query: StatusQuery, as_other_analyst: Browser) -> None:
    as_other_analyst.get(address(claimed_query.record.number))

    event = AuditEvent.objects.filter(actor=as_other_analyst.user).latest("pk")
    assert (event.kind, event.record_id) == (looks.RECORD_VIEWED, claimed_query.pk)
    assert event.details == {"part": "change history"}


def test_a_draft_of_somebody_else_is_left_out(
    submitted_query: StatusQuery, analyst: User, other_analyst: User, supervisor: User
) -> None:
    def knows_of_the_draft(reader: User) -> bool:
        found = acts(submitted_query, reader)
        told = {title for act in found for title in act.titles}
        told |= {c.part for act in found for c in act.changes}
        return bool(told & {"Submitted a determination for review", "Determination"})

    assert knows_of_the_draft(analyst)
    assert knows_of_the_draft(supervisor)
    assert not knows_of_the_draft(other_analyst)


def test_an_approved_determination_is_told_to_all(
    approved_query: StatusQuery, other_analyst: User
) -> None:
    told = {c.part for act in acts(approved_query, other_analyst) for c in act.changes}
    assert "Determination" in told


def test_a_returned_draft_stays_its_author_s(
    submitted_query: StatusQuery, other_analyst: User, supervisor: User, at: datetime
) -> None:
    return_determination(query=submitted_query, reason="Look once more.", actor=supervisor, at=at)
    told = {c.part for act in acts(submitted_query, other_analyst) for c in act.changes}
    assert "Determination" not in told


def test_a_link_to_what_one_may_not_see_is_left_out(
    submitted_query: StatusQuery, make_user: UserFactory, analyst: User
) -> None:
    """An NCIC specialist sees individuals and no queries."""
    individual = Individual.objects.get()

    def links(reader: User) -> list[str]:
        found = history_of(individual.record, reader).acts
        return [c.part for act in found for c in act.changes if c.part.startswith("Link")]

    assert links(analyst)
    assert not links(make_user(Role.NCIC_SPECIALIST))


def test_what_opr_did_is_never_told(
    claimed_query: StatusQuery, analyst: User, make_user: UserFactory, at: datetime
) -> None:
    """Not even an attempt that was refused, and not after the role ended either."""
    opr = make_user(Role.OPR)
    before = acts(claimed_query, analyst), timeline_of(claimed_query.record)
    record_event(
        kind=looks.ACCESS_DENIED,
        actor=opr,
        at=at,
        channel=Channel.PAGE,
        outcome=Outcome.REFUSED,
        record_id=claimed_query.pk,
        record_number=claimed_query.record.number,
    )
    assert (acts(claimed_query, analyst), timeline_of(claimed_query.record)) == before

    end_grant(
        grant=opr.role_grants.get(),
        reason="Left the office.",
        actor=None,
        at=at + timedelta(minutes=1),
    )
    assert (acts(claimed_query, analyst), timeline_of(claimed_query.record)) == before


@pytest.mark.django_db(transaction=True)
def test_a_change_without_an_act_is_shown_by_itself(
    claimed_query: StatusQuery, analyst: User, supervisor: User
) -> None:
    """By whom and when is then told by the change history."""
    with acting_as(supervisor), transaction.atomic():
        claimed_query.arresting_ori = "VT0000009"
        claimed_query.save(update_fields=["arresting_ori"])
    with transaction.atomic():
        claimed_query.arresting_ori = "VT0000008"
        claimed_query.save(update_fields=["arresting_ori"])

    portal, person = acts(claimed_query, analyst)[:2]

    assert (portal.titles, portal.by) == (["Query"], "The portal")
    assert (person.titles, person.by) == (["Query"], supervisor.full_name)
    assert lines(person) == {"Query, Arresting ORI: VT0000007 > VT0000009"}
    # What had acts of its own still stands with them, each with its own.
    taken = titled(acts(claimed_query, analyst), "Took the query on")
    assert "Query, State: Waiting > Being researched" in lines(taken)
    created = titled(acts(claimed_query, analyst), "Created the record")
    # How a query came in is the act itself; the history begins with what became of it.
    assert not created.changes


def test_a_response_tells_of_its_copies(
    released_response: StatusResponse, as_field_officer: Browser
) -> None:
    page = text_of(as_field_officer.get(address(released_response.record.number)))
    assert "Response entered" in page
    assert "Copy of the response entered" in page


def test_the_record_s_page_leads_there(
    released_response: StatusResponse, as_analyst: Browser
) -> None:
    individual = Individual.objects.get()
    for name, number in (
        ("iaq:detail", released_response.query.record.number),
        ("iar:detail", released_response.record.number),
        ("individuals:detail", individual.record.number),
    ):
        page = as_analyst.get(reverse(name, args=[number])).content.decode()
        assert f'href="{address(number)}"' in page
        assert as_analyst.get(address(number)).status_code == 200


@pytest.mark.parametrize("asked", ["IAQ-2026-0000-0000", "nonsense", "%00", "x" * 500])
def test_nothing_there(asked: str, as_analyst: Browser) -> None:
    assert as_analyst.get(f"/records/{asked}/history/").status_code == 404


def test_an_administrator_sees_no_history(
    claimed_query: StatusQuery, browser_of: BrowserFactory, make_user: UserFactory
) -> None:
    page = browser_of(make_user(Role.ADMINISTRATOR)).get(address(claimed_query.record.number))
    assert page.status_code == 403
