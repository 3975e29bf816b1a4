"""Clocks of records: which item, from when, on whose authority; and whoever approves one."""

import json
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, date, datetime, timedelta
from io import StringIO
from pathlib import Path

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import CommandError, call_command
from django.db import DatabaseError, connection, transaction
from django.urls import reverse

from accounts.choices import Role
from accounts.models import User
from acrime.audit.models import AuditEvent
from acrime.common.errors import ActionRefused
from acrime.demo.papers import drawn_face, empty_paper
from acrime.iaq.models import StatusQuery
from acrime.iaq.reopening.actions import reopen_query
from acrime.iar.models import StatusResponse
from acrime.records.models import Record
from acrime.retention import held
from acrime.retention.actions import (
    begin_walk,
    judge_records,
    recompute,
    recompute_stale,
    walk_on,
    walk_waits,
)
from acrime.retention.authorities import actions
from acrime.retention.authorities.models import ScheduleAuthority
from acrime.retention.choices import AuthorityState, Reason, State
from acrime.retention.models import RetentionClock, RetentionWalk
from acrime.retention.policy import Hold
from acrime.retention.tasks import keep_clocks
from routine_uses import own_records
from routine_uses.choices import Disposal, Trigger
from routine_uses.models import NoticeVersion, RetentionItem
from routine_uses.versions.actions import load_own_items
from tests import factories
from tests.conftest import BrowserFactory

pytestmark = pytest.mark.django_db

CODE = "IAQ-CRIMINAL"


@pytest.fixture
def keeper(at: datetime) -> User:
    """A records officer."""
    return factories.make_user(Role.RECORDS_OFFICER, at=at, username="keeper")


@pytest.fixture
def second(at: datetime) -> User:
    """A privacy officer, who decides as second person."""
    return factories.make_user(Role.PRIVACY_OFFICER, at=at, username="second-keeper")


def terms(**changed: object) -> actions.Terms:
    given: dict[str, object] = {
        "code": CODE,
        "number": "DAA-0567-2030-0001-0001",
        "citation": "Item 1",
        "effective_on": date(2020, 1, 1),
        "trigger": Trigger.ANSWERED.value,
        "years": 75,
    }
    return actions.Terms(**{**given, **changed})  # type: ignore[arg-type]


def proposed(keeper: User, at: datetime, **changed: object) -> ScheduleAuthority:
    return actions.propose(
        terms=terms(**changed),
        reason="The document says so.",
        own_agency=True,
        document=empty_paper(),
        document_name="schedule.pdf",
        actor=keeper,
        at=at,
    )


def refused(act: Callable[[], object]) -> str:
    with pytest.raises(ActionRefused) as reason, transaction.atomic():
        act()
    return reason.value.code


def clock_of(record_id: int) -> RetentionClock:
    return RetentionClock.objects.select_related("item", "authority").get(pk=record_id)


def later(at: datetime, years: int) -> datetime:
    return datetime(at.year + years, at.month, at.day, 23, tzinfo=UTC) + timedelta(days=2)


def test_an_open_query_has_no_row_and_an_answered_one_has(
    released_response: StatusResponse, at: datetime
) -> None:
    """What was answered waits for a start that the notice does not name."""
    query = released_response.query
    for each in (query.pk, released_response.pk):
        kept = clock_of(each)
        assert (kept.state, kept.item.code, kept.reasons) == ("NO_TRIGGER", CODE, ["UNSTATED"])
        assert (kept.trigger, kept.eligible_on, kept.authority) == ("UNSTATED", None, None)
    recompute([query.pk], at=at)
    assert RetentionClock.objects.count() == 2
    individual = released_response.record.subjects.get().individual_id
    judged = judge_records([individual], at=at)[individual]
    assert judged.verdict.reasons == (Reason.FOLLOWS_RECORDS,)


def test_a_query_that_was_received_writes_no_clock(
    received_query: StatusQuery, at: datetime
) -> None:
    recompute([received_query.pk], at=at)
    assert not RetentionClock.objects.exists()
    judged = judge_records([received_query.pk], at=at)[received_query.pk]
    assert (judged.verdict.state, judged.needs_row) == (State.NO_TRIGGER, False)


def test_an_authority_is_approved_by_a_second_person_and_counts_for_what_is_there(
    released_response: StatusResponse, keeper: User, second: User, at: datetime
) -> None:
    made = proposed(keeper, at)
    assert clock_of(released_response.pk).state == State.NO_TRIGGER
    assert refused(lambda: actions.approve(authority=made, actor=keeper, at=at)) == "own-proposal"
    approved = actions.approve(authority=made, comment="Read.", actor=second, at=at)
    assert approved.preview is not None
    counts = {name: approved.preview[name] for name in ("records", "now", "begun", "waiting")}
    # The person's own record has the item too, and follows the others.
    assert counts == {"records": 3, "now": 0, "begun": 2, "waiting": 1}
    for each in (released_response.pk, released_response.query.pk):
        kept = clock_of(each)
        assert (kept.state, kept.authority, kept.trigger) == ("RUNNING", made, "ANSWERED")
        answered = kept.trigger_date
        assert answered
        assert kept.eligible_on == date(
            answered.year + 75, answered.month, answered.day
        ) + timedelta(days=1)
    over = later(at, 75)
    assert recompute_stale(at=over) == 2
    assert clock_of(released_response.pk).state == State.ELIGIBLE
    assert recompute_stale(at=over) == 0
    actions.withdraw(authority=made, reason="It was another agency's.", actor=second, at=over)
    kept = clock_of(released_response.pk)
    assert (kept.state, "WITHDRAWN" in kept.reasons) == (State.BLOCKED_BY_AUTHORITY, True)
    kinds = AuditEvent.objects.filter(kind__startswith="retention.authority").order_by("pk")
    assert [
        each.removeprefix("retention.authority.") for each in kinds.values_list("kind", flat=True)
    ] == [
        "proposed",
        "approved",
        "withdrawn",
    ]


def test_a_newer_authority_takes_the_place_of_the_one_before(
    released_response: StatusResponse, keeper: User, second: User, at: datetime
) -> None:
    first = actions.approve(authority=proposed(keeper, at), actor=second, at=at)
    shorter = proposed(keeper, at, number="DAA-0567-2031-0002-0001", years=20)
    actions.approve(authority=shorter, actor=second, at=at)
    first.refresh_from_db()
    assert (first.state, first.ending.successor) == (AuthorityState.SUPERSEDED, shorter)
    kept = clock_of(released_response.pk)
    # The notice in force still tells the public seventy-five years.
    assert (kept.authority, kept.reasons) == (shorter, ["NOTICE_LONGER"])
    assert kept.eligible_on
    assert kept.eligible_on.year == at.year + 75


def test_what_is_proposed_must_say_from_when_and_rest_on_its_document(
    notice: NoticeVersion, keeper: User, second: User, at: datetime
) -> None:
    cases: list[tuple[str, Mapping[str, object]]] = [
        ("item", {"code": "NOBODYS"}),
        ("trigger", {"trigger": Trigger.UNSTATED.value}),
        ("trigger", {"trigger": "SOMETIME"}),
        ("years", {"years": None}),
        ("years", {"years": 0}),
        ("years", {"years": 501}),
        ("years", {"action": Disposal.PERMANENT.value}),
        ("number", {"number": "soon"}),
        ("citation", {"citation": " "}),
        ("effective_on", {"effective_on": date(2999, 1, 1)}),
        ("cutoff_rule", {"cutoff_rule": "WEEK"}),
        ("action", {"action": "BURN"}),
    ]
    for code, changed in cases:
        assert refused(lambda changed=changed: proposed(keeper, at, **changed)) == code  # type: ignore[misc]
    common = {"terms": terms(), "document_name": "x.pdf", "actor": keeper, "at": at}

    def propose(**changed: object) -> str:
        given = {"reason": "So.", "own_agency": True, "document": empty_paper(), **common}
        return refused(lambda: actions.propose(**{**given, **changed}))  # type: ignore[arg-type]

    assert propose(document=drawn_face()) == "paper-kind"
    assert propose(document=b"") == "paper-empty"
    assert propose(own_agency=False) == "own_agency"
    assert propose(reason=" ") == "reason-missing"
    assert propose(actor=second) == "not-records-officer"
    made = proposed(keeper, at)
    assert propose() == "already-proposed"
    no_reason = lambda: actions.refuse(authority=made, comment="", actor=second, at=at)  # noqa: E731
    assert refused(no_reason) == "reason-missing"
    actions.refuse(authority=made, comment="The number is another one.", actor=keeper, at=at)
    assert refused(lambda: actions.approve(authority=made, actor=second, at=at)) == "wrong-state"
    gone = lambda: actions.withdraw(authority=made, reason="So.", actor=second, at=at)  # noqa: E731
    assert refused(gone) == "wrong-state"


def test_the_database_holds_it_too(
    released_response: StatusResponse, keeper: User, second: User, at: datetime
) -> None:
    made = proposed(keeper, at)
    itself = "UPDATE retention_authority SET decided_at = now(), decided_by_id = proposed_by_id,"
    assert breaks("second_person", f"{itself} state = 'APPROVED'")
    assert breaks("never changed", "UPDATE retention_authority SET years = 1")
    assert breaks("never changed", "UPDATE retention_authority SET reason = 'Another'")
    assert breaks("decided once", "UPDATE retention_authority SET comment = 'Before the decision'")
    assert breaks("append", "DELETE FROM retention_authority")
    assert breaks("append", "DELETE FROM retention_authority_document")
    assert breaks("append", "UPDATE retention_authority_document SET sha256 = sha256")
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
    assert breaks("append", "TRUNCATE retention_authority CASCADE")
    assert breaks(
        "due_by_authority",
        "UPDATE retention_clock SET state = 'ELIGIBLE', trigger_date = '2000-01-01', "
        "cutoff_date = '2000-01-01', eligible_on = '2001-01-01'",
    )
    made.pk, made.number, made.state = None, "SCH-X", AuthorityState.APPROVED
    made.decided_by, made.decided_at = second, at
    with pytest.raises(DatabaseError, match="begins as a proposal"), transaction.atomic():
        made.save(force_insert=True)
    made = ScheduleAuthority.objects.get()
    actions.approve(authority=made, actor=second, at=at)
    assert breaks("decided once", "UPDATE retention_authority SET comment = 'Another'")
    assert breaks("decided once", "UPDATE retention_authority SET state = 'WITHDRAWN'")
    assert breaks(
        "decided once",
        "UPDATE retention_authority SET state = 'PROPOSED', decided_at = null, "
        "decided_by_id = null",
    )
    made.refresh_from_db()
    assert made.state == AuthorityState.APPROVED


def breaks(message: str, statement: str) -> bool:
    """Whether the database refuses *statement*, and says why."""
    with pytest.raises(DatabaseError) as error, transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement)
    return message in str(error.value)


@pytest.fixture
def holds(monkeypatch: pytest.MonkeyPatch) -> dict[int, Sequence[Hold]]:
    """Holds by record id, as a room above would know them."""
    known: dict[int, Sequence[Hold]] = {}
    monkeypatch.setattr(held, "_finders", [*held._finders, lambda _: known])
    return known


def test_a_hold_keeps_what_is_over_and_an_answer_that_is_amended_is_not_over(
    released_response: StatusResponse,
    analyst: User,
    keeper: User,
    second: User,
    holds: dict[int, Sequence[Hold]],
    at: datetime,
) -> None:
    actions.approve(authority=proposed(keeper, at), actor=second, at=at)
    query, over = released_response.query, later(at, 75)
    holds[query.pk] = [Hold("HLD-1", "Litigation")]
    recompute([query.pk], at=over)
    assert (clock_of(query.pk).state, clock_of(query.pk).reasons) == ("HELD", ["HELD"])
    assert clock_of(released_response.pk).state == State.ELIGIBLE
    holds.clear()
    recompute([query.pk], at=over)
    assert clock_of(query.pk).state == State.ELIGIBLE
    reopen_query(query=query, actor=analyst, at=over)
    for each in (query.pk, released_response.pk):
        assert (clock_of(each).state, clock_of(each).reasons) == ("RUNNING", ["STILL_OPEN"])


def test_the_walk_is_taken_in_steps_and_finds_what_was_left_behind(
    released_response: StatusResponse, at: datetime
) -> None:
    written = set(RetentionClock.objects.values_list("pk", "state", "item_id"))
    RetentionClock.objects.all().delete()
    records = Record.objects.count()
    assert walk_waits(at=at)
    assert walk_on(at=at, step=1) == 1
    assert RetentionWalk.objects.get().reached == Record.objects.order_by("pk")[0].pk
    assert sum(iter(lambda: walk_on(at=at, step=1), 0)) == records - 1
    assert set(RetentionClock.objects.values_list("pk", "state", "item_id")) == written
    assert not walk_waits(at=at)
    assert walk_waits(at=at + timedelta(days=1))
    stamped = RetentionClock.objects.order_by("pk")[0].recomputed_at
    begin_walk(at=at)
    keep_clocks()
    # Nothing changed, so nothing was written.
    assert RetentionClock.objects.order_by("pk")[0].recomputed_at == stamped


def test_what_is_due_is_read_off_the_beginning_of_an_index(
    released_response: StatusResponse,
) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL enable_seqscan = off")
        cursor.execute(
            "EXPLAIN SELECT record_id FROM retention_clock WHERE state = 'ELIGIBLE' "
            "AND eligible_on <= '2030-01-01' ORDER BY eligible_on, record_id LIMIT 100"
        )
        plan = "\n".join(row for (row,) in cursor.fetchall())
    assert "retention_clock_due" in plan
    assert "Sort" not in plan


def test_pages_of_a_records_officer(
    released_response: StatusResponse,
    keeper: User,
    second: User,
    analyst: User,
    browser_of: BrowserFactory,
) -> None:
    browser = browser_of(keeper)
    number = released_response.query.record.number
    for name in ("dashboard", "list", "schedule", "propose", "figures"):
        assert browser.get(reverse(f"retention:{name}")).status_code == 200, name
    assert number in browser.get(reverse("retention:list")).content.decode()
    assert "No schedule covers" not in browser.get(reverse("retention:list")).content.decode()
    form = {
        "code": CODE,
        "number": "DAA-0567-2030-0001-0001",
        "citation": "Item 1",
        "effective_on_0": "1",
        "effective_on_1": "2",
        "effective_on_2": "2020",
        "trigger": "ANSWERED",
        "years": "75",
        "cutoff_rule": "NONE",
        "action": "DESTROY",
        "reason": "The document says so.",
        "own_agency": "on",
    }
    place = reverse("retention:propose")
    picture = SimpleUploadedFile("schedule.pdf", drawn_face(), "application/pdf")
    wrong = browser.post(place, {**form, "paper": picture})
    assert wrong.status_code == 422
    assert "The document is a PDF file." in wrong.content.decode()
    paper = SimpleUploadedFile("schedule.pdf", empty_paper(), "application/pdf")
    answer = browser.post(place, {**form, "paper": paper})
    assert answer.status_code == 302, answer.content.decode()
    made = ScheduleAuthority.objects.get()
    page = browser.get(reverse("retention:authority", args=[made.number])).content.decode()
    assert "What it would change" in page
    assert ">Approve<" not in page
    own = {"decide-comment": "", "decision": "approve"}
    decide = reverse("retention:decide", args=[made.number])
    assert browser.post(decide, own).status_code == 422
    other = browser_of(second)
    taken = other.get(reverse("retention:document", args=[made.number]))
    assert taken.content == empty_paper() or taken.content.startswith(b"%PDF")
    assert other.post(decide, own).status_code == 302
    kept = AuditEvent.objects.filter(kind__in=["retention.authority.paper"]).count()
    assert kept == 1
    withdraw = reverse("retention:withdraw", args=[made.number])
    assert other.post(withdraw, {"withdraw-reason": ""}).status_code == 422
    told = browser.get(reverse("retention:dashboard")).content.decode()
    assert "<svg" in told
    assert "acrime-chart__running" in told
    table = browser.get(reverse("retention:figures")).content.decode()
    assert f'"{CODE}",' in table
    panel = browser_of(analyst).get(reverse("iaq:detail", args=[number])).content.decode()
    assert "How long it is kept" in panel
    assert "Period is running" in panel
    assert other.post(withdraw, {"withdraw-reason": "A mistake."}).status_code == 302
    assert browser.get("/retention/schedule/SCH-2026-0000-0000/").status_code == 404
    assert browser_of(analyst).get(reverse("retention:dashboard")).status_code == 403


def test_who_is_shown_records_is_written_down(
    released_response: StatusResponse, keeper: User, browser_of: BrowserFactory
) -> None:
    browser = browser_of(keeper)
    shown = sorted([released_response.pk, released_response.query.pk])
    listed = browser.get(reverse("retention:list"))
    taken = browser.post(reverse("retention:export"), {"purpose": "Audit 12"})
    for kind, answer in (("record.listed", listed), ("record.exported", taken)):
        assert answer.status_code == 200
        assert released_response.record.number in answer.content.decode()
        event = AuditEvent.objects.filter(actor=keeper, kind=kind).get()
        assert sorted(event.displayed_ids or []) == shown


def test_the_api_and_the_command_say_the_same(
    released_response: StatusResponse, analyst: User, browser_of: BrowserFactory
) -> None:
    number = released_response.record.number
    told = browser_of(analyst).get(f"/api/v1/retention/{number}/").json()
    assert (told["state"], told["may_be_destroyed"], told["item"]) == ("NO_TRIGGER", False, CODE)
    assert [each["code"] for each in told["reasons"]] == ["UNSTATED"]
    said = StringIO()
    call_command("explain_retention", number, stdout=said)
    assert "Period has not begun" in said.getvalue()
    assert AuditEvent.objects.filter(kind="retention.explained", record_number=number).exists()
    with pytest.raises(CommandError, match="no record"):
        call_command("explain_retention", "IAQ-2026-0000-0000")
    again = StringIO()
    call_command("keep_retention_clocks", again=True, stdout=again)
    assert "records looked at" in again.getvalue()


def test_what_if(
    notice: NoticeVersion, keeper: User, second: User, tmp_path: Path, at: datetime
) -> None:
    asked = [
        {"id": 1, "item": "TIP", "events": {"tip_received": "2016-03-09"}, "today": "2026-03-10"},
        {"id": 2, "item": CODE, "events": {"ANSWERED": "1920-01-01"}, "today": "2026-03-10"},
        {"id": 3, "item": "UNKNOWN"},
        {"id": 4, "item": {"trigger": "CLOSED", "years": True}},
        {"id": 5, "item": "TIP", "events": {"TIP_RECEIVED": "2026-02-30"}},
        {"id": 6, "itme": "TIP"},
        {"id": 7, "item": {"trigger": "CLOSED", "years": 3, "status": "approved", "authority": "X"},
         "events": {"CLOSED": "2020-06-01"}, "holds": ["HLD-1"], "today": "2023-06-02"},
        {"id": 8, "item": "CALL-FOLLOWUP", "parent": "IAQ-BRADY", "open": True},
    ]  # fmt: skip
    file = tmp_path / "asked.jsonl"
    file.write_text("\n".join(json.dumps(each) for each in asked), encoding="utf-8")

    def decide() -> list[dict[str, object]]:
        said = StringIO()
        with pytest.raises(CommandError, match="4 of 8"):
            call_command("decide", "retention", str(file), stdout=said)
        return [json.loads(line) for line in said.getvalue().splitlines()]

    told = decide()
    assert [each.get("verdict", each.get("field")) for each in told] == [
        "no_authority",
        "no_trigger",
        "item",
        "item.years",
        "events.TIP_RECEIVED",
        "itme",
        "held",
        "no_trigger",
    ]
    assert told[0]["date"] == "2026-03-10"
    actions.approve(authority=proposed(keeper, at), actor=second, at=at)
    assert decide()[1]["verdict"] == "eligible"


def test_own_items_load_once_for_each_edition(notice: NoticeVersion) -> None:
    assert not load_own_items()
    data = own_records.OWN_RECORDS.read_bytes()
    assert load_own_items(data.replace(b'edition = "2026-11"', b'edition = "2027"'))
    assert {row.edition for row in own_records.own_rows()} == {"2027"}
    assert RetentionItem.objects.filter(code="DETAINER").count() == 2
    for broken in (b"\xff", b"x", b'edition = ""', data.replace(b'"PROPOSED"', b'"APPROVED"')):
        with pytest.raises(ActionRefused, match="cannot be loaded"):
            load_own_items(broken)
