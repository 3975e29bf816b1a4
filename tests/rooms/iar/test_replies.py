"""What comes back: matched, compared, kept; and what matches nothing waits on the desk."""

import json
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import DatabaseError, transaction
from pytest_django import Settings

from accounts.choices import Role
from accounts.models import User
from acrime.audit.choices import Channel
from acrime.audit.models import AuditEvent
from acrime.common import outbox
from acrime.common.errors import ActionRefused
from acrime.iar import events
from acrime.iar.choices import DeliveryState, Destination, ProofKind, ReplySort, ReplyState
from acrime.iar.combined import printable
from acrime.iar.models import Delivery, DeliveryProof, StatusResponse
from acrime.iar.previews import combined_of
from acrime.iar.replies.actions import match_by_hand, receive_reply, settle_reply
from acrime.iar.replies.folder import read_folder
from acrime.iar.replies.models import InboundReply
from acrime.iar.replies.reading import read_reply
from acrime.iar.tasks import read_replies
from acrime.records.actions import limit_record
from tests import factories
from tests.conftest import Browser, BrowserFactory, UserFactory


@pytest.fixture(autouse=True)
def spool(tmp_path: Path, settings: Settings) -> Path:
    settings.SPOOL_FOLDER = tmp_path / "spool"
    return tmp_path / "spool"


@pytest.fixture
def sent(released_response: StatusResponse) -> Delivery:
    """The requester's copy, sent and not confirmed."""
    copy = Delivery.objects.get(destination=Destination.REQUESTER)
    copy.state, copy.attempts = DeliveryState.SENT, 1
    copy.sent_at = released_response.released_at
    copy.save()
    return copy


def take(raw: bytes, at: datetime) -> InboundReply:
    return receive_reply(raw, at=at, channel=Channel.API)


def acknowledging(reference: str) -> bytes:
    return (
        f"ACKNOWLEDGEMENT\nREFERENCE: {reference}\nRECEIVED: 2026-11-20T15:04:05Z\nRECEIPT: A-17\n"
    ).encode()


# --- Reading ----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("raw", "sort", "reference"),
    [
        (b"ACKNOWLEDGEMENT\nREFERENCE: X-1\n", ReplySort.ACKNOWLEDGEMENT, "X-1"),
        (b"  acknowledgment\r\nREFERENCE:X-1\r\n", ReplySort.ACKNOWLEDGEMENT, "X-1"),
        (b'{"reference": "X-1", "receipt": "7"}', ReplySort.ACKNOWLEDGEMENT, "X-1"),
        (b"ACKNOWLEDGEMENT\n", ReplySort.UNREADABLE, ""),
        (b"ACKNOWLEDGEMENT\nREFERENCE: X 1\n", ReplySort.UNREADABLE, ""),
        (b'{"reference": 5}', ReplySort.UNREADABLE, ""),
        (b'{"reference"', ReplySort.UNREADABLE, ""),
        (b"[" * 100_000, ReplySort.UNREADABLE, ""),
        (b'{"a":' * 100_000, ReplySort.UNREADABLE, ""),
        (b"", ReplySort.UNREADABLE, ""),
        (b"\xff\xfe\x00", ReplySort.UNREADABLE, ""),
        (b"HELLO", ReplySort.UNREADABLE, ""),
        (b"1.04:ERRT\x1d1.09:sscn1\x1d1.10:420\x1c", ReplySort.UNREADABLE, "sscn1"),
        (b"A" * 1_048_577, ReplySort.UNREADABLE, ""),
    ],
)
def test_whatever_comes_is_told_for_what_it_is(raw: bytes, sort: str, reference: str) -> None:
    read = read_reply(raw)
    assert (read.sort, read.reference) == (sort, reference)
    assert bool(read.problem) == (sort == ReplySort.UNREADABLE)


# --- Acknowledgements -------------------------------------------------------------------------


@pytest.mark.parametrize("by", ["key", "response", "query", "transaction"])
def test_an_acknowledgement_confirms_its_copy(by: str, sent: Delivery, at: datetime) -> None:
    query = sent.response.query
    reference = {
        "key": sent.key,
        "response": sent.response.record.number,
        "query": query.record.number,
        "transaction": query.transaction_number,
    }[by]
    reply = take(acknowledging(reference), at)

    sent.refresh_from_db()
    assert (sent.state, sent.delivered_at) == (DeliveryState.DELIVERED, at)
    assert (reply.state, reply.delivery) == (ReplyState.MATCHED, sent)
    proof = DeliveryProof.objects.get()
    assert (proof.kind, proof.reply, proof.recorded_by) == (ProofKind.ACKNOWLEDGEMENT, reply, None)
    assert proof.detail == "receipt A-17; received 2026-11-20T15:04:05Z"
    assert AuditEvent.objects.filter(kind=events.ACKNOWLEDGED, record_id=sent.response_id).exists()


def test_the_same_acknowledgement_again_is_the_same(sent: Delivery, at: datetime) -> None:
    first = take(acknowledging(sent.key), at)
    again = take(acknowledging(sent.key), at + timedelta(hours=1))
    assert (again.pk, again.times_received) == (first.pk, 2)
    assert DeliveryProof.objects.count() == 1
    # One byte more is another reply, and says the same.
    other = take(acknowledging(sent.key) + b"\n", at)
    assert other.pk != first.pk
    assert DeliveryProof.objects.count() == 2
    sent.refresh_from_db()
    assert sent.delivered_at == at


def test_an_acknowledgement_overtakes_a_copy_that_was_to_be_tried_again(
    sent: Delivery, at: datetime, spool: Path
) -> None:
    """The receiver took it and the connection broke before it could say so."""
    sent.state, sent.sent_at = DeliveryState.QUEUED, None
    sent.save()
    take(acknowledging(sent.key), at)
    for pk in outbox.claim_due(at=at + timedelta(days=1)):
        outbox.consume(pk, at=at)
    sent.refresh_from_db()
    assert (sent.state, sent.attempts) == (DeliveryState.DELIVERED, 1)
    assert not (spool / sent.target).exists()


def test_one_that_names_nothing_of_ours_waits(sent: Delivery, at: datetime) -> None:
    reply = take(acknowledging("IAR-2026-0000-0000-requester"), at)
    assert (reply.state, reply.response) == (ReplyState.WAITING, None)
    sent.refresh_from_db()
    assert sent.state == DeliveryState.SENT
    assert bytes(reply.original) == acknowledging("IAR-2026-0000-0000-requester")


# --- Responses as others have them ------------------------------------------------------------


def test_what_came_back_is_compared_with_what_was_sent(
    released_response: StatusResponse, at: datetime
) -> None:
    text = str(released_response.text)
    same = take(text.replace("\n", "\r\n").encode(), at)
    assert (same.sort, same.state, same.same) == (ReplySort.ECHO, ReplyState.MATCHED, True)
    assert same.response == released_response

    changed = text.replace("DOB/ 19790415\n", "DOB/ 19790514\n")
    other = take(changed.encode(), at)
    assert other.same is False
    kept = json.loads(str(other.differences))
    assert [(each["label"], each["sent"], each["came"]) for each in kept["fields"]] == [
        ("Date of birth", "1979-04-15", "1979-05-14")
    ]
    assert [each["side"] for each in kept["lines"]] == ["sent", "came"]


@pytest.mark.parametrize("form", ["signs", "printed"])
def test_the_combined_response_is_found_by_the_numbers_in_it(
    form: str, released_response: StatusResponse, at: datetime
) -> None:
    message = combined_of(released_response)
    assert message
    reply = take((message if form == "signs" else printable(message)).encode(), at)
    assert (reply.response, reply.same) == (released_response, True)


def test_without_our_number_the_control_reference_finds_it(
    released_response: StatusResponse, at: datetime
) -> None:
    number = released_response.query.record.number
    text = str(released_response.text).replace(f"LESC QUERY ID: {number}\n", "")
    reply = take(text.encode(), at)
    assert reply.response == released_response
    assert reply.same is False


def test_a_response_to_nothing_of_ours_waits_and_is_kept_whole(
    released_response: StatusResponse, at: datetime
) -> None:
    text = str(released_response.text)
    text = text.replace(released_response.query.record.number, "IAQ-2026-0000-0000")
    text = text.replace(released_response.query.transaction_number, "sscn0")
    reply = take(text.encode(), at)
    assert (reply.state, reply.sort) == (ReplyState.WAITING, ReplySort.ECHO)
    assert reply.reference == "IAQ-2026-0000-0000"
    assert bytes(reply.original) == text.encode()
    with pytest.raises(DatabaseError, match="never changed"), transaction.atomic():
        InboundReply.objects.update(original_sha256="0" * 64)


def test_what_is_larger_than_is_kept_is_not_taken(db: None, at: datetime) -> None:
    with pytest.raises(ActionRefused) as refusal:
        take(b"A" * (16 * 1024 * 1024 + 1), at)
    assert refusal.value.code == "too-large-to-keep"
    assert not InboundReply.objects.exists()


# --- The folder -------------------------------------------------------------------------------


def test_acknowledgements_in_the_folder_are_taken_once_and_put_aside(
    sent: Delivery, spool: Path, at: datetime
) -> None:
    folder = spool / "acks"
    folder.mkdir(parents=True)
    (folder / "1.txt").write_bytes(acknowledging(sent.key))
    (folder / "2.txt").write_bytes(acknowledging("NOBODY-S"))
    (folder / ".3.txt").write_bytes(b"half of")
    read_replies()
    sent.refresh_from_db()
    assert sent.state == DeliveryState.DELIVERED
    assert {each.name for each in (folder / "done").iterdir()} == {"1.txt", "2.txt"}
    assert (folder / ".3.txt").exists()
    assert InboundReply.objects.filter(channel=Channel.JOB).count() == 2
    assert InboundReply.objects.filter(state=ReplyState.WAITING).count() == 1
    assert read_folder(at=at) == 0


def test_a_file_that_is_too_large_is_put_aside_and_no_other_waits_for_it(
    sent: Delivery, spool: Path, at: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("acrime.iar.replies.folder.KEPT_BYTES", 200)
    monkeypatch.setattr("acrime.iar.replies.actions.KEPT_BYTES", 200)
    folder = spool / "acks"
    folder.mkdir(parents=True)
    (folder / "1.txt").write_bytes(b"A" * 500)
    (folder / "2.txt").write_bytes(acknowledging(sent.key))
    assert read_folder(at=at) == 1
    assert [each.name for each in (folder / "refused").iterdir()] == ["1.txt"]


# --- The desk ---------------------------------------------------------------------------------


@pytest.fixture
def waiting(sent: Delivery, at: datetime) -> InboundReply:
    return take(acknowledging("NOBODY-S"), at)


def test_a_person_says_where_it_belongs(
    waiting: InboundReply, sent: Delivery, supervisor: User, at: datetime
) -> None:
    number = sent.response.record.number
    with pytest.raises(ActionRefused) as refusal:
        match_by_hand(reply=waiting, number="IAR-2026-0000-0000", actor=supervisor, at=at)
    assert refusal.value.code == "not-found"
    match_by_hand(reply=waiting, number=number, actor=supervisor, at=at)
    sent.refresh_from_db()
    assert sent.state == DeliveryState.DELIVERED
    assert DeliveryProof.objects.get().recorded_by == supervisor
    with pytest.raises(ActionRefused) as refusal:
        settle_reply(reply=waiting, note="Again", actor=supervisor, at=at)
    assert refusal.value.code == "wrong-state"


def test_a_hidden_response_is_none_to_match_with(
    waiting: InboundReply, sent: Delivery, other_analyst: User, at: datetime
) -> None:
    record = sent.response.record
    limit_record(
        record=record, allowed=[], reason="S", actor=record.owner, at=at, channel=Channel.PAGE
    )
    with pytest.raises(ActionRefused) as refusal:
        match_by_hand(reply=waiting, number=record.number, actor=other_analyst, at=at)
    assert refusal.value.code == "not-found"


@pytest.mark.parametrize("role", [Role.FIELD_OFFICER, Role.OPR, Role.PRIVACY_OFFICER])
def test_other_roles_settle_nothing(
    role: Role, waiting: InboundReply, make_user: UserFactory, at: datetime
) -> None:
    with pytest.raises(ActionRefused) as refusal:
        settle_reply(reply=waiting, note="Done", actor=make_user(role), at=at)
    assert refusal.value.code == "not-a-worker"


def test_the_desk_from_pasting_to_settling(
    released_response: StatusResponse, as_analyst: Browser, at: datetime
) -> None:
    assert (
        "Everything that came back belongs" in as_analyst.get("/responses/desk/").content.decode()
    )
    empty = as_analyst.post("/responses/desk/add/", {"text": " "})
    assert (empty.status_code, InboundReply.objects.count()) == (422, 0)

    text = str(released_response.text)
    made = as_analyst.post(
        "/responses/desk/add/", {"text": text.replace("DOB/ 19790415\n", "DOB/ 19790514\n")}
    )
    page = as_analyst.get(made["Location"]).content.decode()
    assert "Says something else" in page
    assert "1979-05-14" in page
    detail = as_analyst.get(f"/responses/{released_response.record.number}/").content.decode()
    assert "What came back" in detail

    uploaded = SimpleUploadedFile("reply.bin", b"\x00\x01 NOTHING KNOWN")
    made = as_analyst.post("/responses/desk/add/", {"file": uploaded})
    reply = InboundReply.objects.get(state=ReplyState.WAITING)
    assert bytes(reply.original) == b"\x00\x01 NOTHING KNOWN"
    assert reply.number in as_analyst.get("/responses/desk/").content.decode()
    page = as_analyst.get(made["Location"]).content.decode()
    assert "\\x00\\x01 NOTHING KNOWN" in page
    assert "Match it" not in page
    as_analyst.post(f"/responses/desk/{reply.number}/settle/", {"settle-note": "A test message"})
    reply.refresh_from_db()
    assert (reply.state, reply.settled_note) == (ReplyState.SETTLED, "A test message")
    assert AuditEvent.objects.filter(kind=events.REPLY_VIEWED).count() == 2


def test_a_reply_to_a_hidden_response_is_not_there(
    released_response: StatusResponse, as_other_analyst: Browser, at: datetime
) -> None:
    reply = take(str(released_response.text).encode(), at)
    record = released_response.record
    limit_record(
        record=record, allowed=[], reason="S", actor=record.owner, at=at, channel=Channel.PAGE
    )
    hidden = as_other_analyst.get(f"/responses/desk/{reply.number}/")
    absent = as_other_analyst.get("/responses/desk/RPL-2026-0000-0000/")
    assert hidden.status_code == absent.status_code == 404
    assert hidden.content.replace(reply.number.encode(), b"") == absent.content.replace(
        b"RPL-2026-0000-0000", b""
    )


# --- The API ----------------------------------------------------------------------------------


def test_other_systems_acknowledge(
    sent: Delivery, browser_of: BrowserFactory, supervisor: User
) -> None:
    client = browser_of(supervisor)

    def post(body: bytes, kind: str = "text/plain") -> tuple[int, dict[str, str]]:
        answer = client.generic("POST", "/api/v1/iar/replies/", body, content_type=kind)
        return answer.status_code, answer.json()

    status, answer = post(acknowledging(sent.key))
    assert (status, answer["outcome"]) == (201, "kept")
    assert set(answer) == {"outcome", "number"}
    assert post(acknowledging(sent.key)) == (200, answer | {"outcome": "repeated"})
    sent.refresh_from_db()
    assert sent.state == DeliveryState.DELIVERED
    # What fits nothing answers no differently.
    status, other = post(b'{"reference": "NOBODY-S"}', "application/json")
    assert (status, other["outcome"]) == (201, "kept")
    assert bytes(InboundReply.objects.get(number=other["number"]).original) == (
        b'{"reference": "NOBODY-S"}'
    )
    assert post(b"")[0] == 400


def test_the_combined_preview_is_for_answers_to_fingerprints_that_leave(
    released_response: StatusResponse, as_field_officer: Browser
) -> None:
    number = released_response.record.number
    page = as_field_officer.get(f"/responses/{number}/combined/").content.decode()
    assert "1.08:USVISIT0Z&lt;GS&gt;" in page
    assert "INA 222(f)" in page
    assert f"EID = {'9900000001'}" in page
    released_response.inside_only = True
    assert combined_of(released_response) == ""
    assert factories.STATE_ID in page
