"""The pages of queries: each verb by the right and the wrong person, and bad input."""

from datetime import datetime, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts.choices import Role
from accounts.models import User
from acrime.audit.choices import Channel
from acrime.audit.models import AuditEvent
from acrime.common.faults import described
from acrime.iaq import intake
from acrime.iaq.choices import MessageState, QueryState
from acrime.iaq.models import InboundMessage, StatusQuery
from acrime.individuals.models import Individual
from acrime.records.actions import limit_record
from routine_uses.models import NoticeVersion
from tests import factories
from tests.conftest import Browser, BrowserFactory, UserFactory


def address(query: StatusQuery, verb: str = "") -> str:
    return f"/queries/{query.record.number}/{verb}"


def state(query: StatusQuery) -> str:
    return StatusQuery.objects.get(pk=query.pk).state


def looks(query: StatusQuery) -> int:
    return AuditEvent.objects.filter(kind="record.viewed", record_id=query.pk).count()


STEP = {
    "source": "CIS",
    "looked_date_0": "11",
    "looked_date_1": "20",
    "looked_date_2": "2026",
    "looked_time": "09:30",
    "result": "FOUND",
    "finding": "One file.",
}


# --- The way through --------------------------------------------------------------------------


def test_a_query_is_worked_from_page_to_page(
    received_query: StatusQuery, as_analyst: Browser, as_supervisor: Browser
) -> None:
    query = received_query
    assert query.record.number in as_analyst.get("/queries/?show=waiting").content.decode()
    as_analyst.post(address(query, "claim/"))
    assert state(query) == QueryState.CLAIMED
    assert query.record.number in as_analyst.get("/queries/?show=mine").content.decode()

    assert as_analyst.post(address(query, "research/"), STEP).status_code == 302
    step = query.research_steps.get()
    assert step.looked_at.isoformat() == "2026-11-20T14:30:00+00:00"
    assert as_analyst.get(address(query, "individuals/")).status_code == 200
    as_analyst.post(address(query, "individuals/new/"), {"new-reason": "Nobody known"})
    individual = Individual.objects.get()

    form = as_analyst.get(address(query, "determine/LAWFUL_PERMANENT_RESIDENT/"))
    initial = form.context["form"].initial
    assert initial["arn"] == factories.A_NUMBER
    filled_in = AuditEvent.objects.get(kind="value.revealed", record_id=individual.pk)
    assert filled_in.purpose == "Filled into the form of a determination"
    assert filled_in.details["numbers"] == ["A_NUMBER", "FBI", "SID", "SSN"]
    given = {
        "name": "QUILLABEE, ZEPHYRINE",
        "dob_0": "4",
        "dob_1": "15",
        "dob_2": "1979",
        "arn": "A099000123",
        "basis": "The record says so.",
    }
    as_analyst.post(address(query, "determine/LAWFUL_PERMANENT_RESIDENT/"), given)
    assert state(query) == QueryState.IN_REVIEW
    assert "somebody else reviews it" in as_analyst.get(address(query)).content.decode()

    as_supervisor.post(address(query, "return/"), {"return-reason": "Look again"})
    assert state(query) == QueryState.CLAIMED
    assert "Look again" in as_analyst.get(address(query)).content.decode()
    as_analyst.post(address(query, "determine/LAWFUL_PERMANENT_RESIDENT/"), given)
    as_supervisor.post(address(query, "approve/"))
    assert state(query) == QueryState.APPROVED


def test_a_known_person_is_linked(
    claimed_query: StatusQuery, as_analyst: Browser, notice: NoticeVersion, at: datetime
) -> None:
    other = factories.claim(
        factories.make_query(factories.message_bytes(serial=2), at=at),
        author=as_analyst.user,
        at=at,
    )
    factories.research(other, author=as_analyst.user, at=at)
    individual = Individual.objects.get()
    page = as_analyst.get(address(claimed_query, "individuals/")).content.decode()
    assert "Same A-Number" in page
    assert individual.record.number in page

    link = {"prefix": "x", "x-individual": individual.record.number, "x-reason": "Same A-Number"}
    as_analyst.post(address(claimed_query, "individuals/link/"), link)
    assert claimed_query.record.subjects.get().individual == individual
    absent = link | {"x-individual": "IND-2026-0000-0000"}
    assert as_analyst.post(address(claimed_query, "individuals/link/"), absent).status_code == 404
    blank = link | {"x-reason": " "}
    answer = as_analyst.post(address(claimed_query, "individuals/link/"), blank, follow=True)
    assert "Say why" in answer.content.decode()


# --- The wrong person -------------------------------------------------------------------------

VERBS = ("claim/", "put-back/", "program/", "research/", "individuals/link/", "individuals/new/",
         "determine/NO_RECORD/", "approve/", "return/")  # fmt: skip


@pytest.mark.parametrize("verb", VERBS)
@pytest.mark.parametrize(
    "role", [Role.OPR, Role.ATTORNEY, Role.PRIVACY_OFFICER, Role.FIELD_OFFICER, Role.ADMINISTRATOR]
)
def test_who_does_not_work_queries_is_refused(
    verb: str,
    role: Role,
    received_query: StatusQuery,
    browser_of: BrowserFactory,
    make_user: UserFactory,
) -> None:
    assert browser_of(make_user(role)).post(address(received_query, verb)).status_code == 403
    assert state(received_query) == QueryState.RECEIVED


@pytest.mark.parametrize("verb", ["", *VERBS, "individuals/"])
def test_a_hidden_query_and_an_absent_one_are_not_there(
    verb: str,
    claimed_query: StatusQuery,
    analyst: User,
    browser_of: BrowserFactory,
    make_user: UserFactory,
    at: datetime,
) -> None:
    limit_record(
        record=claimed_query.record,
        allowed=[],
        reason="A sensitive matter",
        actor=analyst,
        at=at,
        channel=Channel.PAGE,
    )
    # Somebody whose role opens every one of these, and who stands above nobody here.
    stranger = browser_of(make_user(Role.SUPERVISOR))
    before = AuditEvent.objects.latest("pk").pk
    for number in (claimed_query.record.number, "IAQ-2026-0000-0000", "%00", "..."):
        place = f"/queries/{number}/{verb}"
        method = stranger.get if verb in ("", "individuals/") else stranger.post
        assert method(place).status_code == 404
    asked = AuditEvent.objects.filter(pk__gt=before).order_by("pk")
    assert [event.kind for event in asked] == ["record.probed"] * 4
    assert [event.matched_ids for event in asked] == [[claimed_query.pk], [], [], []]


def test_another_analyst_is_told_and_nothing_happens(
    claimed_query: StatusQuery, as_other_analyst: Browser
) -> None:
    page = as_other_analyst.post(address(claimed_query, "claim/"), follow=True).content.decode()
    assert "Somebody else has taken this query on" in page
    answer = as_other_analyst.post(address(claimed_query, "research/"), STEP)
    assert answer.status_code == 422
    assert "Somebody else is working on this query" in answer.content.decode()
    as_other_analyst.post(address(claimed_query, "put-back/"), {"back-reason": "Mine"})
    assert state(claimed_query) == QueryState.CLAIMED
    assert not claimed_query.research_steps.exists()


def test_the_author_does_not_review_on_the_page_either(
    submitted_query: StatusQuery, as_analyst: Browser
) -> None:
    page = as_analyst.post(address(submitted_query, "approve/"), follow=True).content.decode()
    assert "somebody else must review it" in page
    assert state(submitted_query) == QueryState.IN_REVIEW


# --- Bad input --------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"source": "MAGIC"}, "source"),
        ({"looked_date_0": "13"}, "looked_date"),
        ({"looked_date_2": ""}, "looked_date"),
        ({"looked_time": "25:00"}, "looked_time"),
        ({"looked_time": "10:01"}, "looked_time"),
        ({"looked_date_1": "21"}, "looked_time"),
        ({"finding": " "}, "finding"),
        ({"finding": "x" * 2001}, "finding"),
        ({"finding": "nul\x00"}, "finding"),
    ],
)
def test_a_bad_research_step_is_told_at_its_field(
    change: dict[str, str], field: str, claimed_query: StatusQuery, as_analyst: Browser
) -> None:
    answer = as_analyst.post(address(claimed_query, "research/"), STEP | change)

    assert answer.status_code == 422
    assert list(answer.context["form"].errors) == [field]
    assert not claimed_query.research_steps.exists()
    assert looks(claimed_query) == 1


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"name": "NO COMMA"}, "name"),
        ({"name": "QUILLABÉE, Z"}, "name"),
        ({"dob_0": "2", "dob_1": "30"}, "dob"),
        ({"dob_2": "2099"}, "dob"),
        ({"dob_2": "0197"}, "dob"),
        ({"arn": "12"}, "arn"),
        ({"arn": ""}, "arn"),
        ({"basis": ""}, "basis"),
    ],
)
def test_a_bad_value_of_a_conclusion_is_told_at_its_field(
    change: dict[str, str], field: str, researched_query: StatusQuery, as_analyst: Browser
) -> None:
    given = {
        "name": "QUILLABEE, ZEPHYRINE",
        "dob_0": "4",
        "dob_1": "15",
        "dob_2": "1979",
        "arn": "A099000123",
        "basis": "The record says so.",
    }
    answer = as_analyst.post(
        address(researched_query, "determine/LAWFUL_PERMANENT_RESIDENT/"), given | change
    )

    assert answer.status_code == 422
    assert list(answer.context["form"].errors) == [field]
    assert state(researched_query) == QueryState.CLAIMED


def test_who_entered_the_query_is_not_offered_its_approval(
    submitted_query: StatusQuery, as_supervisor: Browser
) -> None:
    page = address(submitted_query)
    assert as_supervisor.get(page).context["may_review"]

    record = submitted_query.record
    record.creator = as_supervisor.user
    record.save(update_fields=["creator"])
    answer = as_supervisor.get(page)
    assert not answer.context["may_review"]
    assert "You entered this query, so somebody else reviews it." in answer.content.decode()


def test_a_conclusion_that_does_not_exist_is_not_there(
    researched_query: StatusQuery, as_analyst: Browser
) -> None:
    assert as_analyst.get(address(researched_query, "determine/GUILTY/")).status_code == 404


@pytest.mark.parametrize("reason", ["", "  ", "x" * 301])
def test_a_return_without_a_usable_reason_is_told_at_the_field(
    reason: str, submitted_query: StatusQuery, as_supervisor: Browser
) -> None:
    answer = as_supervisor.post(address(submitted_query, "return/"), {"return-reason": reason})

    assert answer.status_code == 422
    assert list(answer.context["reason_form"].errors) == ["reason"]
    assert 'id="id_return-reason_error"' in answer.content.decode()
    assert state(submitted_query) == QueryState.IN_REVIEW


def test_putting_back_and_changing_the_program_tell_bad_input_at_the_field(
    claimed_query: StatusQuery, as_supervisor: Browser
) -> None:
    for reason in ("", "x" * 201):
        answer = as_supervisor.post(address(claimed_query, "put-back/"), {"back-reason": reason})
        assert answer.status_code == 422
        assert list(answer.context["put_back_form"].errors) == ["reason"]
    answer = as_supervisor.post(
        address(claimed_query, "program/"), {"program-program": "MAGIC", "program-reason": ""}
    )
    assert answer.status_code == 422
    assert set(answer.context["program_form"].errors) == {"program", "reason"}
    as_supervisor.post(
        address(claimed_query, "program/"), {"program-program": "OPM", "program-reason": "Said so"}
    )
    assert StatusQuery.objects.get().program == "OPM"


# --- Looks ------------------------------------------------------------------------------------


@pytest.mark.parametrize("page", ["", "research/", "individuals/", "determine/NO_RECORD/"])
def test_every_page_that_shows_the_person_writes_the_look(
    page: str, claimed_query: StatusQuery, as_other_analyst: Browser
) -> None:
    assert factories.LAST in as_other_analyst.get(address(claimed_query, page)).content.decode()
    assert looks(claimed_query) == 1


def test_a_hidden_individual_is_neither_named_nor_filled_in(
    researched_query: StatusQuery,
    analyst: User,
    supervisor: User,
    as_analyst: Browser,
    at: datetime,
) -> None:
    individual = Individual.objects.get()
    individual.names.update(last="ZWETSCHGE")
    record = individual.record
    record.owner = record.creator = supervisor
    record.limited = True
    record.save()

    for page in ("", "determine/LAWFUL_PERMANENT_RESIDENT/"):
        shown = as_analyst.get(address(researched_query, page))
        assert "ZWETSCHGE" not in shown.content.decode()
    assert shown.context["form"].initial == {}


def test_the_worklist_asks_the_database_as_often_for_many_as_for_one(
    received_query: StatusQuery, as_analyst: Browser, at: datetime
) -> None:
    with CaptureQueriesContext(connection) as one:
        as_analyst.get("/queries/")
    for serial in range(2, 8):
        factories.make_query(factories.message_bytes(serial=serial), at=at)
    with CaptureQueriesContext(connection) as many:
        page = as_analyst.get("/queries/")

    assert len(page.context["page"].rows) == 7
    assert len(many) == len(one)


def test_first_due_comes_first(
    received_query: StatusQuery, as_analyst: Browser, at: datetime
) -> None:
    older = factories.make_query(
        factories.message_bytes(serial=2), at=at - timedelta(hours=3, minutes=30)
    )
    rows = as_analyst.get("/queries/?show=nonsense").context["page"].rows
    assert [query.pk for query in rows] == [older.pk, received_query.pk]


# --- The desk ---------------------------------------------------------------------------------


@pytest.fixture
def unread(notice: NoticeVersion, at: datetime) -> InboundMessage:
    """A message with characters that no message may hold."""
    raw = factories.message_bytes(remarks="MU\xd1OZ").replace(b"PHN/", b"PHN/\x07\x1b[31m")
    number = factories.receive(raw, at=at).number
    return InboundMessage.objects.get(number=number)


def desk(message: InboundMessage, verb: str = "") -> str:
    return f"/queries/desk/{message.number}/{verb}"


def test_the_desk_shows_the_original_with_escapes(
    unread: InboundMessage, as_analyst: Browser
) -> None:
    assert unread.number in as_analyst.get("/queries/desk/").content.decode()
    page = as_analyst.get(desk(unread)).content.decode()

    assert "\\x07\\x1b[31m" in page
    assert "MU\\xd1OZ" in page
    assert "\x07" not in page
    assert "\x1b" not in page
    event = AuditEvent.objects.get(kind="message.viewed")
    assert (event.record_number, event.actor) == (unread.number, as_analyst.user)


def test_a_good_transcript_becomes_a_query(unread: InboundMessage, as_analyst: Browser) -> None:
    text = factories.message_bytes().decode().replace("\n", "\r\n")
    answer = as_analyst.post(
        desk(unread, "transcribe/"), {"type-text": text, "type-note": "Tilde left out"}
    )
    query = StatusQuery.objects.get()

    assert answer.headers["Location"] == address(query)
    assert query.record.creator == as_analyst.user
    unread.refresh_from_db()
    assert unread.state == MessageState.SETTLED
    assert as_analyst.get("/queries/desk/").context["page"].rows == []


@pytest.mark.parametrize(
    "text", ["ORI/", "MUÑOZ", factories.message_bytes(PUR="Z").decode(), "x" * 2000]
)
def test_a_transcript_that_cannot_be_read_is_an_error_and_nothing_is_kept(
    text: str, unread: InboundMessage, as_analyst: Browser
) -> None:
    answer = as_analyst.post(desk(unread, "transcribe/"), {"type-text": text, "type-note": "-"})

    assert answer.status_code == 422
    assert answer.context["transcribe_form"].errors
    assert answer.context["transcribe_form"]["text"].value() == text
    assert InboundMessage.objects.count() == 1
    assert not StatusQuery.objects.exists()
    unread.refresh_from_db()
    assert unread.state == MessageState.REFUSED


def test_what_the_portal_fails_to_enter_is_not_settled(
    unread: InboundMessage, as_analyst: Browser, monkeypatch: pytest.MonkeyPatch
) -> None:
    def stumble(*_: object, **__: object) -> None:
        raise RuntimeError("a fault of ours")

    monkeypatch.setattr(intake, "_open_query", stumble)
    answer = as_analyst.post(
        desk(unread, "transcribe/"),
        {"type-text": factories.message_bytes().decode(), "type-note": "-"},
    )
    assert answer.status_code == 422
    assert "The message still waits" in answer.content.decode()
    assert InboundMessage.objects.get().state == MessageState.REFUSED
    assert "fault of ours" not in described(RuntimeError("a fault of ours"))


def test_a_message_that_was_set_aside_by_a_fault_is_read_again_as_it_stands(
    as_analyst: Browser, notice: NoticeVersion, at: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    def stumble(*_: object, **__: object) -> None:
        raise RuntimeError

    with monkeypatch.context() as patch:
        patch.setattr(intake, "_open_query", stumble)
        number = factories.receive(factories.message_bytes(), at=at).number
    message = InboundMessage.objects.get(number=number)
    assert message.state == MessageState.REFUSED

    answer = as_analyst.post(
        desk(message, "transcribe/"),
        {"type-text": factories.message_bytes().decode(), "type-note": "As it stands"},
    )
    query = StatusQuery.objects.get()
    assert answer.headers["Location"] == address(query)
    assert (query.message, InboundMessage.objects.count()) == (message, 1)
    assert query.message.state == MessageState.ACCEPTED


def test_a_message_left_unread_by_a_process_that_died_can_be_settled(
    as_analyst: Browser, unread: InboundMessage
) -> None:
    InboundMessage.objects.update(
        state=MessageState.KEPT, refusal_code="", refusal_field="", refusal_text=""
    )
    assert "Settle" in as_analyst.get(desk(unread)).content.decode()
    as_analyst.post(desk(unread, "settle/"), {"settle-note": "The sender sent another"})
    assert InboundMessage.objects.get().state == MessageState.SETTLED


def test_settling_needs_a_note(unread: InboundMessage, as_analyst: Browser) -> None:
    answer = as_analyst.post(desk(unread, "settle/"), {"settle-note": " "})
    assert (answer.status_code, list(answer.context["settle_form"].errors)) == (422, ["note"])

    answer = as_analyst.post(desk(unread, "settle/"), {"settle-note": "A line test"})
    assert answer.headers["Location"] == "/queries/desk/"
    again = as_analyst.post(desk(unread, "settle/"), {"settle-note": "Again"})
    assert again.status_code == 422
    assert "A line test" in as_analyst.get(desk(unread)).content.decode()


@pytest.mark.parametrize(
    ("role", "reads"),
    [(Role.OPR, 200), (Role.PRIVACY_OFFICER, 200), (Role.ATTORNEY, 403), (Role.CALL_TAKER, 403)],
)
def test_who_looks_on_at_the_desk_does_nothing_there(
    role: Role,
    reads: int,
    unread: InboundMessage,
    browser_of: BrowserFactory,
    make_user: UserFactory,
) -> None:
    browser = browser_of(make_user(role))
    assert browser.get(desk(unread)).status_code == reads
    for verb in ("settle/", "transcribe/"):
        assert browser.post(desk(unread, verb)).status_code == 403


def test_a_message_that_became_a_query_is_not_on_the_desk(
    received_query: StatusQuery, as_analyst: Browser
) -> None:
    for number in (received_query.message.number, "MSG-2026-0000-0000"):
        assert as_analyst.get(f"/queries/desk/{number}/").status_code == 404
