"""Clocks in the portal: set by program, never paused, told once, and to whom."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from threading import Barrier

import pytest
from django.db import connection, transaction
from django.urls import reverse

from accounts.choices import Role
from accounts.models import User
from acrime.audit.models import AuditEvent
from acrime.common.errors import ActionRefused
from acrime.iaq import events
from acrime.iaq.actions import change_program
from acrime.iaq.clocks import actions
from acrime.iaq.models import StatusQuery
from acrime.iaq.reviewing.actions import return_determination
from acrime.iaq.worklist.actions import put_back, settle_item
from acrime.iaq.worklist.choices import ItemKind
from acrime.iaq.worklist.models import WorkItem
from routine_uses.choices import Program
from tests import factories
from tests.conftest import Browser, UserFactory

pytestmark = pytest.mark.django_db


def refused(act: Callable[[], object]) -> str:
    """The code with which *act* is refused; nothing of it stays."""
    with pytest.raises(ActionRefused) as refusal, transaction.atomic():
        act()
    return refusal.value.code


def told(kind: ItemKind) -> list[WorkItem]:
    return list(WorkItem.objects.filter(kind=kind).order_by("pk"))


def test_a_warning_and_an_escalation_once_each(
    claimed_query: StatusQuery, analyst: User, supervisor: User
) -> None:
    received = claimed_query.received_at
    actions.watch(at=received + timedelta(hours=2, minutes=59))
    assert not WorkItem.objects.exists()
    for minutes in (180, 181, 239):
        actions.watch(at=received + timedelta(minutes=minutes))
    (warning,) = told(ItemKind.DUE_SOON)
    assert (warning.recipient, warning.due_at) == (analyst, claimed_query.due_at)
    assert not told(ItemKind.LATE)
    for hours in (4, 5, 50):
        actions.watch(at=received + timedelta(hours=hours))
    (late,) = told(ItemKind.LATE)
    assert late.recipient == supervisor
    assert len(told(ItemKind.DUE_SOON)) == 1
    written = AuditEvent.objects.filter(kind__in=[events.CLOCK_WARNED, events.CLOCK_ESCALATED])
    assert sorted(written.values_list("kind", flat=True)) == [
        events.CLOCK_ESCALATED,
        events.CLOCK_WARNED,
    ]
    assert not written.exclude(actor=None).exists()


def test_a_portal_that_stood_still_catches_up(claimed_query: StatusQuery) -> None:
    actions.watch(at=claimed_query.received_at + timedelta(days=3))
    assert len(told(ItemKind.LATE)) == len(told(ItemKind.DUE_SOON)) == 1


@pytest.mark.django_db(transaction=True)
def test_two_that_look_at_once_tell_once(at: datetime) -> None:
    factories.load_notice(at=at)
    for serial in range(12):
        factories.make_query(factories.message_bytes(serial=serial), at=at)
    both_begin = Barrier(2)

    def look() -> int:
        both_begin.wait()
        try:
            return actions.watch(at=at + timedelta(hours=5))
        finally:
            connection.close()

    with ThreadPoolExecutor(2) as pool:
        counts = [each.result() for each in [pool.submit(look) for _ in range(2)]]
    assert sum(counts) == 24
    assert len(told(ItemKind.LATE)) == len(told(ItemKind.DUE_SOON)) == 12


@pytest.mark.django_db(transaction=True)
def test_what_somebody_is_at_work_on_holds_no_other_up(at: datetime) -> None:
    factories.load_notice(at=at)
    held, free = (
        factories.make_query(factories.message_bytes(serial=serial), at=at) for serial in (1, 2)
    )
    late = at + timedelta(hours=5)

    def look() -> int:
        try:
            return actions.watch(at=late)
        finally:
            connection.close()

    with transaction.atomic():
        StatusQuery.objects.select_for_update().get(pk=held.pk)
        with ThreadPoolExecutor(1) as pool:
            assert pool.submit(look).result() == 2
    assert {item.query_id for item in WorkItem.objects.all()} == {free.pk}
    assert actions.watch(at=late) == 2


def test_more_than_one_part_at_a_time(at: datetime, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(actions, "MOST_AT_A_TIME", 2)
    factories.load_notice(at=at)
    for serial in range(5):
        factories.make_query(factories.message_bytes(serial=serial), at=at)
    assert actions.watch(at=at + timedelta(hours=5)) == 10
    assert AuditEvent.objects.filter(kind=events.CLOCK_WARNED).count() == 5
    assert actions.watch(at=at + timedelta(hours=5)) == 0


def test_what_nobody_works_is_every_supervisors(
    received_query: StatusQuery, supervisor: User, analyst: User, make_user: UserFactory
) -> None:
    actions.watch(at=received_query.due_at)
    (item,) = told(ItemKind.LATE)
    assert item.recipient is None
    another = make_user(Role.SUPERVISOR)
    for person, sees in ((supervisor, True), (another, True), (analyst, False)):
        assert WorkItem.objects.visible_to(person).filter(pk=item.pk).exists() is sees


def test_an_answered_query_warns_nobody(
    approved_query: StatusQuery, released_response: object
) -> None:
    actions.watch(at=approved_query.due_at + timedelta(hours=1))
    assert not WorkItem.objects.exists()


def test_who_is_told_of_a_late_answer_says_what_is_done(
    claimed_query: StatusQuery, as_supervisor: Browser, as_analyst: Browser, analyst: User
) -> None:
    actions.watch(at=claimed_query.due_at)
    (late,) = told(ItemKind.LATE)
    page = as_supervisor.get(reverse("iaq:items")).content.decode()
    assert "The answer is late" in page
    assert claimed_query.record.number in page
    settle = reverse("iaq:item-settle")
    said = {"query": claimed_query.record.number, "kind": "LATE"}
    answer = as_supervisor.post(settle, said | {"note": " "}, follow=True)
    assert "Say what is done about the late answer." in answer.content.decode()
    # It is not another's to settle.
    assert refused(
        lambda: settle_item(
            number=claimed_query.record.number,
            kind=ItemKind.LATE,
            note="Done.",
            actor=analyst,
            at=claimed_query.due_at,
        )
    ) == ("wrong-state")
    as_supervisor.post(settle, said | {"note": "The state was called."})
    late.refresh_from_db()
    assert str(late.settlement) == "The state was called."
    assert AuditEvent.objects.filter(kind=events.ITEM_SETTLED).count() == 1
    actions.watch(at=claimed_query.due_at + timedelta(hours=1))
    assert len(told(ItemKind.LATE)) == 1


def test_nothing_pauses_the_clock(
    submitted_query: StatusQuery, supervisor: User, analyst: User, at: datetime
) -> None:
    due = submitted_query.due_at
    assert due == submitted_query.received_at + timedelta(hours=4)
    return_determination(query=submitted_query, reason="Look again.", actor=supervisor, at=at)
    put_back(query=submitted_query, reason="Shift ends.", actor=analyst, at=at)
    assert factories.query_numbered(submitted_query.record.number).due_at == due


# --- Other targets --------------------------------------------------------------------------------


def test_a_programs_own_target_counts_from_the_receipt(
    claimed_query: StatusQuery,
    supervisor: User,
    at: datetime,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(
        "acrime.iaq.clocks.targets.own_hours",
        lambda program, *_, **__: 72 if program == Program.OPM else None,
    )
    actions.watch(at=claimed_query.due_at)
    change_program(
        query=claimed_query, program=Program.OPM, reason="OPM's.", actor=supervisor, at=at
    )
    query = factories.query_numbered(claimed_query.record.number)
    assert query.due_at == query.received_at + timedelta(hours=72)
    # For another due time one is told anew.
    actions.watch(at=query.due_at)
    assert [item.due_at for item in told(ItemKind.LATE)] == [claimed_query.due_at, query.due_at]


def test_no_match_gives_a_day_and_is_said_by_a_person(
    analyst: User,
    other_analyst: User,
    supervisor: User,
    claimed_query: StatusQuery,
    at: datetime,
) -> None:
    def say(query: StatusQuery, actor: User, reason: str = "IDENT says N.") -> None:
        actions.say_no_match(query=query, reason=reason, actor=actor, at=at)

    # The default message brings an encounter: that is a match.
    assert refused(lambda: say(claimed_query, analyst)) == "not-without-match"
    query = factories.make_query(
        factories.message_bytes(serial=9, encounters=()), at=at - timedelta(hours=1)
    )
    assert refused(lambda: say(query, other_analyst)) == "not-yours"
    assert refused(lambda: say(query, supervisor, " ")) == "reason-missing"
    say(query, supervisor)
    query = factories.query_numbered(query.record.number)
    assert query.due_at == query.received_at + timedelta(hours=24)
    assert refused(lambda: say(query, supervisor)) == "already-said"
    (event,) = AuditEvent.objects.filter(kind=events.NO_MATCH_SAID)
    assert event.details["due"] == query.due_at.isoformat()


def test_the_page_tells_where_the_due_time_comes_from(
    claimed_query: StatusQuery, as_analyst: Browser
) -> None:
    page = as_analyst.get(reverse("iaq:detail", args=[claimed_query.record.number]))
    text = page.content.decode()
    assert "Received Friday, Nov 20, 2026 at 09:00 EST." in text
    assert "Every other query: 4 hours from receipt." in text
    assert "Due Friday, Nov 20, 2026 at 13:00 EST." in text
