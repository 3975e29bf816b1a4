"""The desk of delivery: what failed and why, what becomes of it, and the proof that it arrived."""

from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from django.db import DatabaseError, IntegrityError, transaction
from pytest_django import Settings

from accounts.choices import Role
from accounts.models import User
from acrime.audit.choices import Channel
from acrime.audit.models import AuditEvent
from acrime.common import outbox
from acrime.common.errors import ActionRefused
from acrime.common.models import OutboxMessage
from acrime.iar import events
from acrime.iar.choices import DeliveryState, Destination, ProofKind
from acrime.iar.delivering.actions import deliver_otherwise, give_up, send_again
from acrime.iar.models import Delivery, DeliveryProof, StatusResponse
from acrime.records.actions import limit_record
from routine_uses.choices import DeliveryChannel
from routine_uses.models import Disclosure
from tests.conftest import Browser, UserFactory


@pytest.fixture(autouse=True)
def no_hosts(tmp_path: Path, settings: Settings) -> None:
    settings.SPOOL_FOLDER = tmp_path / "spool"
    settings.DELIVERY_HOSTS = frozenset()


@pytest.fixture
def failed(released_response: StatusResponse, at: datetime) -> Delivery:
    """The requester's copy, whose host is on no list."""
    OutboxMessage.objects.exclude(key__endswith="requester").delete()
    copy = Delivery.objects.get(destination=Destination.REQUESTER)
    copy.channel, copy.target = DeliveryChannel.HTTP, "https://records.example/iar"
    copy.save()
    for pk in outbox.claim_due(at=at):
        outbox.consume(pk, at=at)
    copy.refresh_from_db()
    assert copy.state == DeliveryState.FAILED
    return copy


def refused(act: Callable[[], object]) -> str:
    with pytest.raises(ActionRefused) as refusal, transaction.atomic():
        act()
    return refusal.value.code


def test_it_is_given_up_with_a_reason(failed: Delivery, analyst: User, at: datetime) -> None:
    assert refused(lambda: give_up(delivery=failed, reason=" ", actor=analyst, at=at)) == (
        "reason-missing"
    )
    give_up(delivery=failed, reason="The agency closed.", actor=analyst, at=at)
    failed.refresh_from_db()
    assert (failed.state, failed.closed_by, failed.closed_at) == ("GIVEN_UP", analyst, at)
    assert failed.closed_reason == "The agency closed."
    assert failed.delivered_at is None
    assert refused(lambda: give_up(delivery=failed, reason="Again", actor=analyst, at=at)) == (
        "not-failed"
    )
    event = AuditEvent.objects.get(kind=events.DELIVERY_GIVEN_UP)
    assert (event.actor, event.record_id) == (analyst, failed.response_id)
    # Whoever thinks better of it sends it again.
    send_again(delivery=failed, actor=analyst, at=at)
    failed.refresh_from_db()
    assert (failed.state, failed.closed_by, failed.closed_reason) == ("QUEUED", None, None)


def test_it_is_delivered_by_other_means_with_a_proof_and_no_second_disclosure(
    failed: Delivery, analyst: User, at: datetime
) -> None:
    before = Disclosure.objects.count()

    def otherwise(words: str) -> None:
        deliver_otherwise(delivery=failed, proof=words, actor=analyst, at=at)

    assert refused(lambda: otherwise("")) == "reason-missing"
    otherwise("Handed to Sgt. Sample on paper at 10:05.")
    failed.refresh_from_db()
    assert (failed.state, failed.delivered_at) == (DeliveryState.DELIVERED, at)
    proof = DeliveryProof.objects.get()
    assert (proof.kind, proof.recorded_by) == (ProofKind.OTHER_MEANS, analyst)
    assert proof.detail == "Handed to Sgt. Sample on paper at 10:05."
    assert refused(lambda: otherwise("Again")) == "not-failed"
    assert Disclosure.objects.count() == before


def test_a_proof_is_never_changed(failed: Delivery, analyst: User, at: datetime) -> None:
    deliver_otherwise(delivery=failed, proof="On paper.", actor=analyst, at=at)
    with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
        DeliveryProof.objects.update(kind=ProofKind.ANSWER)
    with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
        DeliveryProof.objects.all().delete()


def test_nobody_gives_a_copy_up_without_a_name(failed: Delivery) -> None:
    with pytest.raises(IntegrityError, match="given_up_by_whom"), transaction.atomic():
        Delivery.objects.filter(pk=failed.pk).update(state=DeliveryState.GIVEN_UP)


@pytest.mark.parametrize("role", [Role.FIELD_OFFICER, Role.OPR, Role.PRIVACY_OFFICER])
def test_other_roles_settle_no_copy(
    role: Role, failed: Delivery, make_user: UserFactory, at: datetime
) -> None:
    actor = make_user(role)
    for act in (
        lambda: give_up(delivery=failed, reason="-", actor=actor, at=at),
        lambda: deliver_otherwise(delivery=failed, proof="-", actor=actor, at=at),
    ):
        assert refused(act) == "not-a-worker"


def test_from_the_desk_to_the_proof_on_the_record(failed: Delivery, as_analyst: Browser) -> None:
    number = failed.response.record.number
    desk = as_analyst.get("/responses/desk/").content.decode()
    assert number in desk
    assert "The host is not on the list of the settings." in desk
    event = AuditEvent.objects.filter(kind="record.listed", actor=as_analyst.user).get()
    assert event.displayed_ids == [failed.response_id]

    address = f"/responses/{number}/copies/REQUESTER/close/"
    assert as_analyst.get(address).status_code == 200
    assert as_analyst.get(f"/responses/{number}/copies/NOBODY/close/").status_code == 404
    wrong = as_analyst.post(address, {"act": "otherwise", "words": ""})
    assert wrong.status_code == 422
    as_analyst.post(address, {"act": "otherwise", "words": "Read out on a recorded line."})
    page = as_analyst.get(f"/responses/{number}/").content.decode()
    assert "Delivered by other means" in page
    assert "Read out on a recorded line." in page
    assert number not in as_analyst.get("/responses/desk/").content.decode()


def test_giving_up_from_the_page(failed: Delivery, as_analyst: Browser) -> None:
    number = failed.response.record.number
    as_analyst.post(
        f"/responses/{number}/copies/REQUESTER/close/", {"act": "give-up", "words": "Closed."}
    )
    page = as_analyst.get(f"/responses/{number}/").content.decode()
    assert "Given up: Closed." in page


def test_the_desk_tells_when_a_copy_is_tried_again(
    released_response: StatusResponse, as_analyst: Browser, settings: Settings, at: datetime
) -> None:
    settings.SPOOL_FOLDER.write_text("a file where the folder should be")
    for pk in outbox.claim_due(at=at):
        outbox.consume(pk, at=at)
    desk = as_analyst.get("/responses/desk/").content.decode()
    assert "The spool folder cannot be written." in desk
    assert desk.count('Next attempt <time datetime="2026-11-20T15:00:05Z">') == 2
    page = as_analyst.get(f"/responses/{released_response.record.number}/").content.decode()
    assert "Attempt 2 of 8" in page


def test_what_is_not_confirmed_for_a_day_comes_to_the_desk(
    released_response: StatusResponse, as_analyst: Browser, at: datetime
) -> None:
    copies = Delivery.objects.filter(destination=Destination.REQUESTER)
    for hours, shown in ((23, False), (25, True)):
        copies.update(state=DeliveryState.SENT, sent_at=at - timedelta(hours=hours))
        desk = as_analyst.get("/responses/desk/").content.decode()
        assert (released_response.record.number in desk) == shown
    close = f"/responses/{released_response.record.number}/copies/REQUESTER/close/"
    assert "It is given up" not in as_analyst.get(close).content.decode()


def test_a_hidden_response_is_not_on_the_desk(
    failed: Delivery, as_other_analyst: Browser, at: datetime
) -> None:
    record = failed.response.record
    assert record.number in as_other_analyst.get("/responses/desk/").content.decode()
    limit_record(
        record=record, allowed=[], reason="S", actor=record.owner, at=at, channel=Channel.PAGE
    )
    assert "No copy has failed." in as_other_analyst.get("/responses/desk/").content.decode()
