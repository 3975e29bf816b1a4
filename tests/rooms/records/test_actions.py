"""The verbs of the envelope: opening, approving, limiting, linking, handing over."""

from datetime import datetime

import pytest
from django.db import IntegrityError, transaction

from accounts.models import User
from acrime.audit.choices import Channel
from acrime.audit.models import AuditEvent
from acrime.common.errors import ActionRefused
from acrime.common.numbers import ALPHABET, is_number, new_number, tidied
from acrime.iaq.models import StatusQuery
from acrime.records import events
from acrime.records.actions import (
    approve_record,
    change_owner,
    link_subject,
    open_record,
)
from acrime.records.choices import Approval, RecordKind, SubjectRole
from acrime.records.models import Record
from routine_uses.models import NoticeVersion
from routine_uses.querysets import NoNoticeInForce
from tests.rooms.records.world import make_record


def opened(owner: User, *, at: datetime, creator: User | None = None) -> Record:
    return open_record(
        kind=RecordKind.QUERY,
        category=6,
        schedule_code="IAQ-CRIMINAL",
        owner=owner,
        creator=creator or owner,
        at=at,
        channel=Channel.COMMAND,
    )


# --- Opening ----------------------------------------------------------------------------------


def test_an_envelope_stands_under_the_notice_in_force(
    notice: NoticeVersion, analyst: User, at: datetime
) -> None:
    record = opened(analyst, at=at)

    assert is_number(record.number)
    assert record.number.startswith("IAQ-2026-")
    assert (record.notice_version, record.category.number) == (notice, 6)
    assert record.schedule_item.code == "IAQ-CRIMINAL"
    assert (record.approval, record.limited) == (Approval.PENDING, False)
    assert record.office == analyst.office
    event = AuditEvent.objects.get(record_id=record.pk)
    assert (event.kind, event.record_number) == (events.CREATED, record.number)


def test_without_a_notice_nothing_is_collected(
    notice: NoticeVersion, analyst: User, at: datetime
) -> None:
    with pytest.raises(NoNoticeInForce):
        opened(analyst, at=at.replace(year=2001))
    assert not Record.objects.exists()


@pytest.mark.parametrize("place", range(7))
def test_neighbours_of_a_number_that_changed_places_are_noticed(place: int, at: datetime) -> None:
    """Also the last one and the check character, whose place people mix up like any other."""
    for _ in range(50):
        number = new_number("IAQ", at=at)
        body = list(number[9:].replace("-", ""))
        body[place], body[place + 1] = body[place + 1], body[place]
        swapped = f"{number[:9]}{''.join(body[:4])}-{''.join(body[4:])}"
        assert is_number(swapped) == (swapped == number)


def test_every_single_wrong_character_is_noticed(at: datetime) -> None:
    number = new_number("IND", at=at)
    places = [*range(9, 13), *range(14, 18)]
    wrong = {
        number[:place] + char + number[place + 1 :] for place in places for char in ALPHABET
    } - {number}

    assert len(wrong) == 8 * 31
    assert not [each for each in wrong if is_number(each)]


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        (" iaq-2026-7k3m-9qx4 ", "IAQ-2026-7K3M-9QX4"),
        ("IAQ-2026-7K3M-9QXL", "IAQ-2026-7K3M-9QX1"),
        ("IAQ-2O26-7K3M-9QXI", "IAQ-2026-7K3M-9QX1"),
        ("IAQ-2026- 7K3M -9QX4", "IAQ-2026-7K3M-9QX4"),
        ("IAQ-2026-7K3M-9QX4\x00", "IAQ-2026-7K3M-9QX4"),
        ("\x00", ""),
    ],
)
def test_a_number_as_typed_becomes_a_number_as_stored(typed: str, meant: str) -> None:
    assert tidied(typed) == meant


# --- Approving --------------------------------------------------------------------------------


def test_a_second_person_approves_once(
    notice: NoticeVersion, analyst: User, supervisor: User, at: datetime
) -> None:
    record = opened(analyst, at=at)
    approve_record(record=record, actor=supervisor, at=at, channel=Channel.PAGE)
    record.refresh_from_db()
    assert (record.approval, record.approved_by, record.approved_at) == (
        Approval.APPROVED,
        supervisor,
        at,
    )

    with pytest.raises(ActionRefused) as refusal:
        approve_record(record=record, actor=supervisor, at=at, channel=Channel.PAGE)
    assert refusal.value.code == "already-approved"


def test_the_creator_approves_neither_by_the_verb_nor_in_the_database(
    notice: NoticeVersion, analyst: User, at: datetime
) -> None:
    record = opened(analyst, at=at)
    with pytest.raises(ActionRefused) as refusal:
        approve_record(record=record, actor=analyst, at=at, channel=Channel.PAGE)
    assert refusal.value.code == "own-work"

    with (
        pytest.raises(IntegrityError, match="record_approver_is_not_creator"),
        transaction.atomic(),
    ):
        Record.objects.filter(pk=record.pk).update(
            approval=Approval.APPROVED, approved_by=analyst, approved_at=at
        )


@pytest.mark.parametrize(
    "change",
    [{"approval": Approval.APPROVED}, {"approved_by": True}, {"approved_at": True}],
    ids=["by-nobody", "pending-by-somebody", "pending-at-some-time"],
)
def test_the_database_wants_approver_and_time_together(
    change: dict[str, object], notice: NoticeVersion, analyst: User, supervisor: User, at: datetime
) -> None:
    record = opened(analyst, at=at)
    values = {
        key: {"approved_by": supervisor, "approved_at": at}.get(key, value)
        for key, value in change.items()
    }
    with pytest.raises(IntegrityError, match="by_whom_and_when"), transaction.atomic():
        Record.objects.filter(pk=record.pk).update(**values)


# --- Linking and handing over -----------------------------------------------------------------


def test_a_subject_is_linked_once_and_with_a_reason(
    received_query: StatusQuery, analyst: User, notice: NoticeVersion, at: datetime
) -> None:
    person = make_record(RecordKind.INDIVIDUAL, owner=analyst, notice=notice, at=at)

    def link(reason: str) -> None:
        link_subject(
            record=received_query.record,
            individual_id=person.pk,
            role=SubjectRole.SUBJECT,
            reason=reason,
            actor=analyst,
            at=at,
            channel=Channel.PAGE,
        )

    with pytest.raises(ActionRefused) as refusal:
        link(" \n")
    assert refusal.value.code == "reason-missing"

    link("Same A-Number")
    link("Same A-Number again")
    assert received_query.record.subjects.get().reason == "Same A-Number"
    assert AuditEvent.objects.filter(kind=events.SUBJECT_LINKED).count() == 1


def test_a_record_handed_over_goes_to_the_new_owners_office(
    notice: NoticeVersion, analyst: User, field_officer: User, at: datetime
) -> None:
    record = opened(analyst, at=at)
    change_owner(record=record, owner=field_officer, actor=analyst, at=at, channel=Channel.PAGE)
    record.refresh_from_db()

    assert (record.owner, record.office) == (field_officer, field_officer.office)
    assert AuditEvent.objects.filter(kind=events.OWNER_CHANGED, record_id=record.pk).exists()


def test_a_record_is_of_a_known_kind(notice: NoticeVersion, analyst: User, at: datetime) -> None:
    record = opened(analyst, at=at)
    with pytest.raises(IntegrityError, match="record_known_kind"), transaction.atomic():
        Record.objects.filter(pk=record.pk).update(kind="XYZ")
