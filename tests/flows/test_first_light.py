"""A query comes in, an accounted answer goes out: told through HTTP, as the roles do it."""

import hashlib
from datetime import datetime, timedelta

import pytest
from django.core import mail
from django.test import Client
from django.urls import reverse

from accounts.actions import issue_token
from accounts.models import Office, User
from acrime.audit.models import AuditEvent
from acrime.common.models import OutboxMessage
from acrime.iar.models import StatusResponse
from routine_uses.models import Disclosure, NoticeVersion
from tests import factories
from tests.conftest import Browser, Clock
from tests.flows.conftest import Spool, Work
from tests.support.pages import NotOnThePage, follow, press, text_of

pytestmark = pytest.mark.django_db


def test_first_light(
    notice: NoticeVersion,
    office: Office,
    message_switch: User,
    as_analyst: Browser,
    as_supervisor: Browser,
    as_field_officer: Browser,
    as_privacy_officer: Browser,
    clock: Clock,
    spool: Spool,
    work: Work,
    at: datetime,
) -> None:
    # The message switch sends a query, and is told its number at once.
    token = issue_token(
        user=message_switch,
        name="switch",
        expires_at=at + timedelta(days=1),
        actor=None,
        at=at - timedelta(days=1),
    )
    raw = factories.message_bytes()
    switch = Client(headers={"Authorization": f"Bearer {token}"})
    receipt = switch.post(reverse("api:iaq"), raw, content_type="text/plain")
    assert receipt.status_code == 201
    number = receipt.json()["number"]
    assert number in receipt.json()["acknowledgement"]

    # An analyst finds it on the worklist and takes it on.
    clock.move(timedelta(minutes=2))
    page = follow(as_analyst, as_analyst.get(reverse("home")), "Queries")
    page = follow(as_analyst, page, number)
    assert factories.LAST in text_of(page)
    closed = (factories.A_NUMBER, factories.STATE_ID, factories.SSN.replace("-", ""))
    assert not [value for value in closed if value in text_of(page)]
    page = press(as_analyst, page, "Take this query on")
    assert "The query is yours." in text_of(page)
    opened = text_of(press(as_analyst, page, "Show all numbers"))
    assert [value for value in closed if value in opened] == [*closed]

    # Nobody known to the portal is this person, so a new individual is entered.
    page = follow(as_analyst, page, "Find the person")
    assert "Nobody was found" in text_of(page)
    page = press(as_analyst, page, "Enter and link", **{"new-reason": "No number is known here."})
    assert "pending a supervisor" in text_of(page)

    # Research, then a conclusion that is handed to review.
    clock.move(timedelta(minutes=5))
    page = follow(as_analyst, page, "Add a step")
    page = press(
        as_analyst,
        page,
        "Save the step",
        source="CIS",
        result="FOUND",
        finding="One record, no later change.",
    )
    page = follow(as_analyst, page, "Lawful permanent resident")
    page = press(as_analyst, page, "Send to review", basis="The one record says so.")
    assert "waits for a second person" in text_of(page)
    with pytest.raises(NotOnThePage):
        press(as_analyst, page, "Approve")

    # A second person confirms it, and the individual too.
    clock.move(timedelta(minutes=3))
    page = as_supervisor.get(reverse("iaq:detail", args=[number]))
    page = press(as_supervisor, page, "Approve")
    assert "can be released" in text_of(page)

    # What leaves is shown exactly as it will leave, with its basis; then it leaves.
    page = follow(as_supervisor, page, "Release the response")
    draft = page.context["text"]
    assert "Federal Bureau of Investigation" in text_of(page) or "FBI" in text_of(page)
    page = press(as_supervisor, page, "Release now", office=str(office.pk))
    assert "released and accounted for" in text_of(page)
    response = StatusResponse.objects.get()
    assert str(response.text) == draft
    assert (response.query.record.number, response.field_office) == (number, office)
    assert spool.files() == {}

    # The copies arrive, one for the asker and one for the field office, and not again.
    released_by_now = clock.move(timedelta(seconds=1))
    work()
    copies = OutboxMessage.objects.filter(topic="iar.deliver")
    assert list(copies.values_list("done_at", flat=True)) == [released_by_now] * 2
    answered = response.record.number
    assert spool.files() == {
        f"fbi-cjis/{answered}-requester.txt": draft,
        f"office-{office.code.lower()}/{answered}-office.txt": draft,
    }
    assert {copy.delivered_at for copy in response.deliveries.all()} == {released_by_now}
    OutboxMessage.objects.update(claimed_until=None)
    assert work() == 0
    confirmed = AuditEvent.objects.filter(kind="iar.delivery.confirmed", record_number=answered)
    assert confirmed.count() == 2

    # The accounting: routine use X, to the FBI, of these fields; its document is downloaded.
    disclosure = Disclosure.objects.get(number=response.disclosure_number)
    assert (disclosure.letter, disclosure.computed_letter) == ("X", "X")
    assert disclosure.record_numbers == [number, answered]
    page = as_privacy_officer.get(reverse("routine_uses:disclosure", args=[disclosure.number]))
    assert disclosure.document_sha256 in text_of(page)
    document = as_privacy_officer.get(
        reverse("routine_uses:disclosure-form", args=[disclosure.number])
    )
    assert document.content.startswith(b"%PDF-")
    assert hashlib.sha256(document.content).hexdigest() == disclosure.document_sha256
    download = AuditEvent.objects.get(kind="record.downloaded")
    assert download.actor == as_privacy_officer.user
    assert download.details["disclosure"] == disclosure.number
    page = press(
        as_privacy_officer,
        as_privacy_officer.get(reverse("routine_uses:verify")),
        "Check the code",
        number=disclosure.number,
        code=disclosure.verification_code,
    )
    assert page.context["genuine"] is True

    # The field officer finds the response, and does not see the query behind it.
    clock.move(timedelta(minutes=1))
    page = follow(as_field_officer, as_field_officer.get(reverse("iar:list")), answered)
    assert factories.LAST in text_of(page)
    assert as_field_officer.get(reverse("iaq:detail", args=[number])).status_code == 403

    # The owner is told who looked.
    work()
    page = as_analyst.get(reverse("alerts:list"))
    assert as_field_officer.user.full_name in text_of(page)
    assert answered in text_of(page)
    assert not mail.outbox

    # Nothing personal went into the ledger but the name that was searched for.
    for event in AuditEvent.objects.all():
        criteria = {} if event.kind == "record.searched" else event.criteria
        written = f"{event.purpose} {criteria} {event.details}"
        assert not [value for value in factories.PERSONAL_VALUES if value in written], event.kind
        assert not [value for value in closed if value in str(event.criteria)]
    for message in OutboxMessage.objects.all():
        assert not [v for v in factories.PERSONAL_VALUES if v in str(message.payload)]
