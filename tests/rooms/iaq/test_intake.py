"""Messages come in: kept whole first, read second, waiting for a person where unreadable."""

import hashlib
import logging
import threading
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction

from accounts.models import User
from acrime.audit.choices import Channel
from acrime.audit.models import AuditEvent
from acrime.common.errors import ActionRefused
from acrime.iaq import events, intake
from acrime.iaq.acknowledgement import IntakeOutcome
from acrime.iaq.choices import MessageState, QueryState
from acrime.iaq.intake import (
    KEPT_BYTES,
    MessageTooLargeToKeep,
    Receipt,
    receive_message,
    settle_message,
    transcribe_message,
)
from acrime.iaq.models import InboundMessage, StatusQuery
from acrime.iaq.parsed import MAX_BYTES, MessageRefused
from acrime.iaq.querysets import desk_message, desk_messages
from acrime.individuals.models import IndividualName
from routine_uses.choices import Program
from routine_uses.models import NoticeVersion
from tests import factories
from tests.factories import message_bytes, query_numbered, receive

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("notice")]


def kept(receipt: Receipt) -> InboundMessage:
    """The message behind a refusal."""
    return InboundMessage.objects.get(number=receipt.number)


def raw_column(message: InboundMessage) -> bytes:
    """What lies in the database for the original bytes."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT original FROM iaq_message WHERE id = %s", [message.pk])
        return bytes(cursor.fetchone()[0])


# --- Accepted --------------------------------------------------------------------------------


def test_a_message_opens_a_query_with_its_clock_and_its_envelope(
    at: datetime, notice: NoticeVersion
) -> None:
    receipt = receive(message_bytes(), at=at)
    query = query_numbered(receipt.number)

    assert receipt.outcome is IntakeOutcome.ACCEPTED
    assert (query.state, query.program) == (QueryState.RECEIVED, Program.CRIMINAL)
    assert (query.received_at, query.due_at) == (at, at + timedelta(hours=4))
    assert query.fingerprint_based
    assert query.record.notice_version == notice
    assert (query.record.category.number, query.record.schedule_item.code) == (6, "IAQ-CRIMINAL")
    assert query.record.owner.username == "message-switch"
    assert (query.last, query.first, query.middle) == ("QUILLABEE", "ZEPHYRINE", "OXFORDIA")
    assert (query.birth_date, query.sex, query.birth_place) == (date(1979, 4, 15), "F", "MM")
    assert (query.ori, query.attention, query.arresting_ori) == (
        "WVFBIID00",
        "ORI=VT0000007",
        "VT0000007",
    )
    assert (query.in_custody, query.offense, query.purpose) == (True, "1313", "C")
    assert (query.a_number, query.fbi_number, query.ssn) == (
        "A099000123",
        "123456TA9",
        "123456789",
    )
    assert query.state_id_list == ["VT00000042"]
    (encounter,) = query.encounters.all()
    assert (encounter.position, encounter.encounter_id, encounter.last) == (
        1,
        "9900000001",
        "QUILLABEE",
    )


def test_the_acknowledgement_says_nothing_about_the_person(at: datetime) -> None:
    receipt = receive(message_bytes(), at=at)

    assert f"QUERY NUMBER: {receipt.number}" in receipt.acknowledgement
    assert "OUTCOME: ACCEPTED" in receipt.acknowledgement
    for value in factories.PERSONAL_VALUES:
        assert value not in receipt.acknowledgement


@pytest.mark.parametrize(
    ("fields", "remarks", "program", "code"),
    [
        ({"PUR": "F"}, "", Program.BRADY, "IAQ-BRADY"),
        ({}, "NSOR REGISTRATION", Program.SEX_OFFENDER, "IAQ-SEX-OFFENDER"),
    ],
)
def test_purpose_and_remarks_choose_program_and_retention(
    fields: dict[str, Any], remarks: str, program: Program, code: str, at: datetime
) -> None:
    query = factories.make_query(message_bytes(remarks=remarks, **fields), at=at)

    assert query.program == program
    assert query.record.schedule_item.code == code


def test_the_bytes_are_kept_as_they_came_and_sealed(at: datetime) -> None:
    raw = message_bytes().replace(b"\n", b"\r\n") + b"  \r\n"
    message = query_numbered(receive(raw, at=at).number).message

    assert bytes(message.original) == raw
    assert message.original_sha256 == hashlib.sha256(raw).hexdigest()
    assert message.size == len(raw)
    for value in factories.PERSONAL_VALUES:
        assert value.encode() not in raw_column(message)


def test_five_encounters_are_kept_in_their_order(at: datetime) -> None:
    listed = [f"99000000{number};QUILLABEE;Z;;19790415;MX;F" for number in range(11, 16)]
    query = factories.make_query(message_bytes(encounters=listed), at=at)

    assert list(query.encounters.order_by("position").values_list("encounter_id", flat=True)) == [
        "9900000011",
        "9900000012",
        "9900000013",
        "9900000014",
        "9900000015",
    ]


# --- Values that are set aside ---------------------------------------------------------------


@pytest.mark.parametrize(
    ("tag", "value", "column", "code"),
    [
        ("POB", "QQ", "birth_place", "unknown-code"),
        ("SEX", "Q", "sex", "unknown-code"),
        ("OFF", "0001", "offense", "unknown-code"),
        ("DOB", "000000", "birth_date", "dob-not-provided"),
        ("DOB", "19791345", "birth_date", "not-a-date"),
    ],
)
def test_a_value_that_cannot_be_used_is_noted_and_kept_as_received(
    tag: str, value: str, column: str, code: str, at: datetime
) -> None:
    changed: dict[str, Any] = {tag: value}
    query = factories.make_query(message_bytes(**changed), at=at)

    assert not getattr(query, column)
    assert (tag, code) in {(note["field"], note["code"]) for note in query.notes}
    assert f'"{tag}": "{value}"' in str(query.fields)


def test_a_placeholder_is_never_stored_as_a_name(at: datetime, analyst: User) -> None:
    query = factories.make_query(message_bytes(NAM="CPI,CPI", DOB="000000", SEX="XX"), at=at)

    assert (query.last, query.first, query.middle) == ("", "", "")
    assert query.name_shown == "Name not provided"
    assert ("NAM", "name-not-provided") in {(note["field"], note["code"]) for note in query.notes}
    claimed = factories.claim(query, author=analyst, at=at)
    with pytest.raises(ActionRefused, match="needs a last name"):
        factories.enter_subject(query=claimed, reason="Same number", actor=analyst, at=at)
    assert not IndividualName.objects.exists()


def test_the_database_refuses_the_placeholder_too(received_query: StatusQuery) -> None:
    received_query.last = received_query.first = "CPI"
    with pytest.raises(IntegrityError, match="no_placeholder_name"), transaction.atomic():
        received_query.save(update_fields=["last", "first"])


# --- Messages that cannot be read ------------------------------------------------------------


@pytest.mark.parametrize(
    ("raw", "code", "field"),
    [
        pytest.param(message_bytes()[:70], "missing-field", "NAM", id="truncated"),
        pytest.param(message_bytes()[:8], "no-header", "", id="truncated-in-the-header"),
        pytest.param(b"", "empty", "", id="empty"),
        pytest.param(b" \r\n \n", "empty", "", id="blank"),
        pytest.param(message_bytes(remarks="MUÑOZ"), "not-ascii", "", id="latin-1"),
        pytest.param(message_bytes() + "→".encode(), "not-ascii", "", id="utf-8"),
        pytest.param(b"\xff\xfe" + message_bytes(), "not-ascii", "", id="byte-order-mark"),
        pytest.param(
            message_bytes().replace(b"DOB/", b"\x00DOB/"), "control-characters", "", id="nul"
        ),
        pytest.param(
            message_bytes(remarks="\x1b[2J\x07"), "control-characters", "", id="escape-sequence"
        ),
        pytest.param(message_bytes(NAM=None), "missing-field", "NAM", id="no-name"),
        pytest.param(message_bytes(DOB=""), "missing-field", "DOB", id="no-birth-date"),
        pytest.param(message_bytes(PUR="Z"), "unknown-purpose", "PUR", id="purpose"),
        pytest.param(message_bytes(ORI="SHORT"), "bad-ori", "ORI", id="ori"),
        pytest.param(message_bytes() * 2, "several-queries", "IAQ RECEIVED", id="two-in-one"),
        pytest.param(
            message_bytes(encounters=[f"990000{n};Q;Z;;;MX;F" for n in range(1000, 1006)]),
            "too-many-encounters",
            "",
            id="six-encounters",
        ),
        pytest.param(b"HELLO, IS ANYBODY THERE?", "no-header", "", id="something-else"),
        pytest.param(b"A" * (MAX_BYTES + 1), "too-large", "", id="over-a-mebibyte"),
    ],
)
def test_a_message_that_cannot_be_read_is_kept_whole_and_lies_on_the_desk(
    raw: bytes, code: str, field: str, at: datetime, analyst: User
) -> None:
    receipt = receive(raw, at=at)
    message = kept(receipt)

    assert (receipt.outcome, receipt.code) == (IntakeOutcome.REFUSED, code)
    assert receipt.field.startswith(field)
    assert receipt.number.startswith("MSG-2026-")
    assert bytes(message.original) == raw
    assert (message.size, message.original_sha256) == (len(raw), hashlib.sha256(raw).hexdigest())
    assert (message.state, message.refusal_code) == (MessageState.REFUSED, code)
    assert message.refusal_text
    assert list(desk_messages(analyst)) == [message]
    assert desk_message(analyst, message.number) == message
    assert f"KEPT UNDER: {message.number}" in receipt.acknowledgement
    assert not StatusQuery.objects.exists()
    for value in factories.PERSONAL_VALUES:
        assert value not in receipt.acknowledgement + message.refusal_text


def test_a_message_on_the_desk_lies_sealed(at: datetime) -> None:
    message = kept(receive(message_bytes(PUR="Z"), at=at))

    assert b"QUILLABEE" not in raw_column(message)


def test_the_largest_message_that_is_kept_and_the_first_that_is_not(at: datetime) -> None:
    largest = b"B" * KEPT_BYTES

    assert receive(largest, at=at).code == "too-large"
    with pytest.raises(MessageTooLargeToKeep) as refused:
        receive(largest + b"B", at=at)
    assert refused.value.code == "too-large-to-keep"
    assert InboundMessage.objects.count() == 1


def test_a_fault_of_ours_loses_nothing_and_logs_nothing_personal(
    at: datetime,
    analyst: User,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    def stumble(raw: bytes, **_: object) -> None:
        raise KeyError(raw.decode())

    raw = message_bytes()
    monkeypatch.setattr("acrime.iaq.intake.parse_message", stumble)
    with caplog.at_level(logging.DEBUG):
        receipt = receive(raw, at=at)

    assert (receipt.outcome, receipt.code) == (IntakeOutcome.REFUSED, "unreadable")
    (message,) = desk_messages(analyst)
    assert bytes(message.original) == raw
    assert "KeyError" in caplog.text
    for value in factories.PERSONAL_VALUES:
        assert value not in caplog.text


def test_no_log_tells_a_personal_value(at: datetime, caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.DEBUG):
        receive(message_bytes(), at=at)
        receive(message_bytes(PUR="Z"), at=at)
        receive(message_bytes(POB="QQ", serial=2), at=at)

    for value in factories.PERSONAL_VALUES:
        assert value not in caplog.text


def test_the_ledger_tells_what_came_without_saying_whom_it_is_about(at: datetime) -> None:
    accepted, refused = receive(message_bytes(), at=at), receive(message_bytes(PUR="Z"), at=at)

    written = AuditEvent.objects.filter(kind__startswith="message.").order_by("pk")
    assert list(written.values_list("kind", "actor_name", "channel")) == [
        (events.MESSAGE_RECEIVED, "message-switch", Channel.COMMAND),
        (events.MESSAGE_RECEIVED, "message-switch", Channel.COMMAND),
        (events.MESSAGE_REFUSED, "message-switch", Channel.COMMAND),
    ]
    assert written[2].record_number == refused.number
    assert written[2].details == {"code": "unknown-purpose", "field": "PUR"}
    told = str(list(AuditEvent.objects.values()))
    assert accepted.number in told
    for value in factories.PERSONAL_VALUES:
        assert value not in told


# --- The same message again ------------------------------------------------------------------


@pytest.mark.parametrize(
    "again",
    [
        pytest.param(message_bytes(), id="the-same-bytes"),
        pytest.param(message_bytes().replace(b"\n", b"\r\n"), id="crlf"),
        pytest.param(message_bytes().replace(b"\n", b"  \n") + b"\n\n", id="blanks-at-line-ends"),
    ],
)
def test_the_same_message_again_is_the_same_query(again: bytes, at: datetime) -> None:
    first = receive(message_bytes(), at=at)
    second = receive(again, at=at + timedelta(minutes=3))

    assert second.outcome is IntakeOutcome.REPEATED
    assert second.number == first.number
    assert "OUTCOME: REPEATED" in second.acknowledgement
    query = StatusQuery.objects.get()
    assert query.received_at == at
    assert query.message.times_received == 2
    assert bytes(query.message.original) == message_bytes()


def test_another_message_is_another_query(at: datetime) -> None:
    numbers = {receive(message_bytes(serial=serial), at=at).number for serial in (1, 2)}

    assert len(numbers) == 2


def test_a_refused_message_again_is_the_same_message(at: datetime) -> None:
    first, second = (receive(message_bytes(PUR="Z"), at=at) for _ in range(2))

    assert first == second
    assert kept(first).times_received == 2


def test_a_message_kept_but_not_read_is_read_when_it_comes_again(
    at: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The process died between keeping and reading; the sender, without an answer, repeats."""

    def die(*_: object, **__: object) -> None:
        raise SystemExit(9)

    with monkeypatch.context() as patch:
        patch.setattr(intake, "_read", die)
        with pytest.raises(SystemExit):
            receive(message_bytes(), at=at)
    assert InboundMessage.objects.get().state == MessageState.KEPT

    assert receive(message_bytes(), at=at).outcome is IntakeOutcome.ACCEPTED
    assert StatusQuery.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_two_at_the_same_time_open_one_query(at: datetime, message_switch: User) -> None:
    receipts: list[Receipt] = []
    together = threading.Barrier(2, timeout=30)

    def send() -> None:
        try:
            together.wait()
            receipts.append(
                receive_message(message_bytes(), actor=message_switch, at=at, channel=Channel.API)
            )
        finally:
            connection.close()

    threads = [threading.Thread(target=send) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=60)

    assert sorted(receipt.outcome for receipt in receipts) == [
        IntakeOutcome.ACCEPTED,
        IntakeOutcome.REPEATED,
    ]
    assert len({receipt.number for receipt in receipts}) == 1
    assert StatusQuery.objects.get().message.times_received == 2


# --- The desk --------------------------------------------------------------------------------


def test_a_person_enters_what_an_unreadable_message_says(at: datetime, analyst: User) -> None:
    original = kept(receive(message_bytes(remarks="MUÑOZ"), at=at))
    receipt = transcribe_message(
        original=original,
        text=message_bytes().decode("ascii"),
        note="Tilde left out",
        actor=analyst,
        at=at,
    )

    query = query_numbered(receipt.number)
    assert query.message.corrects == original
    original.refresh_from_db()
    assert (original.state, original.settled_by) == (MessageState.SETTLED, analyst)
    assert receipt.number in str(original.settled_note)
    assert not desk_messages(analyst).exists()


def test_a_transcript_that_cannot_be_read_either_changes_nothing(
    at: datetime, analyst: User
) -> None:
    original = kept(receive(message_bytes(PUR="Z"), at=at))
    with pytest.raises(MessageRefused) as refused:
        transcribe_message(original=original, text="ORI/", note="", actor=analyst, at=at)

    assert refused.value.code == "missing-field"
    assert list(desk_messages(analyst)) == [original]
    assert InboundMessage.objects.count() == 1


def test_settling_needs_a_note_and_happens_once(at: datetime, analyst: User) -> None:
    original = kept(receive(b"TEST LINE", at=at))
    with pytest.raises(ActionRefused) as refused:
        settle_message(original=original, note="  ", actor=analyst, at=at)
    assert refused.value.code == "note-missing"

    settle_message(original=original, note="A line test", actor=analyst, at=at)
    with pytest.raises(ActionRefused) as refused:
        settle_message(original=original, note="Again", actor=analyst, at=at)
    assert refused.value.code == "already-settled"


def test_the_desk_is_closed_to_others(at: datetime, field_officer: User) -> None:
    message = kept(receive(b"TEST LINE", at=at))

    assert not desk_messages(field_officer).exists()
    assert desk_message(field_officer, message.number) is None


# --- Without a notice ------------------------------------------------------------------------


def test_without_a_notice_in_force_nothing_is_collected_and_nothing_lost(
    analyst: User, notice: NoticeVersion
) -> None:
    before = datetime(2001, 1, 1, tzinfo=UTC)
    receipt = receive(message_bytes(), at=before)

    assert (receipt.outcome, receipt.code) == (IntakeOutcome.REFUSED, "unreadable")
    assert desk_messages(analyst).count() == 1


def test_a_message_left_behind_is_read_by_itself_and_its_clock_ran_on(
    message_switch: User, at: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A process was killed after it kept the message and before it read it."""

    def killed(*_: Any, **__: Any) -> Receipt:
        raise KeyboardInterrupt

    with monkeypatch.context() as patched:
        patched.setattr(intake, "_read", killed)
        with pytest.raises(KeyboardInterrupt):
            receive(message_bytes(), at=at)
    assert InboundMessage.objects.get().state == MessageState.KEPT

    assert intake.read_left_behind(at=at + timedelta(minutes=1)) == 0
    assert intake.read_left_behind(at=at + timedelta(minutes=5)) == 1
    query = StatusQuery.objects.get()
    assert (query.received_at, query.message.state) == (at, MessageState.ACCEPTED)
    assert intake.read_left_behind(at=at + timedelta(minutes=9)) == 0


def test_a_transcript_keeps_the_clock_of_what_it_corrects(analyst: User, at: datetime) -> None:
    refused = receive(message_bytes(NAM="P\xc9REZ, ANA"), at=at)
    later = at + timedelta(hours=1)
    receipt = transcribe_message(
        original=kept(refused),
        text=message_bytes(NAM="PEREZ, ANA").decode(),
        note="Accent taken off",
        actor=analyst,
        at=later,
    )
    assert query_numbered(receipt.number).received_at == at
