"""The directory of recipients: who keeps it, what binds a recipient, and what that decides."""

from datetime import date, datetime, timedelta
from typing import Any

import pytest
from auditlog.models import LogEntry
from django.db import IntegrityError, transaction

from accounts.models import User
from acrime.audit.choices import Channel
from acrime.audit.models import AuditEvent
from acrime.common.errors import ActionRefused
from routine_uses.actions import DisclosureRefused
from routine_uses.directory import actions
from routine_uses.directory.actions import RecipientDetails
from routine_uses.directory.policy import in_force
from routine_uses.models import Agreement, NoticeVersion, Recipient
from routine_uses.querysets import agreement_facts
from tests.conftest import Browser
from tests.rooms.routine_uses.conftest import Disclose

TODAY = date(2026, 11, 20)
DAY = timedelta(days=1)


def agree(by: User, at: datetime, recipient: Recipient, **changed: Any) -> Agreement:
    facts: dict[str, Any] = {
        "kind": "CONTRACT",
        "reference": "HSCE 7",
        "scope": "Data entry",
        "letters": ["F"],
        "starts_on": TODAY - 30 * DAY,
        "ends_on": TODAY,
    }
    return actions.add_agreement(
        actor=by, at=at, recipient=recipient, channel=Channel.PAGE, **(facts | changed)
    )


@pytest.fixture
def contractor(db: None, at: datetime) -> Recipient:
    """A firm that works for DHS."""
    return Recipient.objects.create(
        name="Example Data Entry Inc.",
        type="CONTRACTOR",
        address_lines=["2 Example Street", "Sample Falls, VT 05000"],
        added_at=at,
    )


# --- Agreements --------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("starts", "ends", "ended", "holds"),
    [
        (TODAY, TODAY, False, True),
        (TODAY - DAY, None, False, True),
        (TODAY + DAY, None, False, False),
        (TODAY - 9 * DAY, TODAY - DAY, False, False),
        (TODAY - DAY, None, True, False),
    ],
)
def test_when_an_agreement_holds(starts: date, ends: date | None, ended: bool, holds: bool) -> None:
    assert in_force(starts_on=starts, ends_on=ends, ended=ended, today=TODAY) == holds


def test_an_agreement_ends_with_its_last_day_in_washington(
    contractor: Recipient, privacy_officer: User, at: datetime
) -> None:
    agree(privacy_officer, at, contractor)
    last = datetime.fromisoformat("2026-11-20T23:59:59-05:00")
    assert agreement_facts(contractor, at=last)[0].in_force
    assert not agreement_facts(contractor, at=last + timedelta(seconds=1))[0].in_force


def test_an_expired_agreement_refuses_where_the_rule_rests_on_it(
    contractor: Recipient,
    privacy_officer: User,
    supervisor: User,
    disclose: Disclose,
    at: datetime,
) -> None:
    work: dict[str, Any] = {
        "recipient": contractor,
        "letter": "F",
        "purpose": "CONTRACT_WORK",
        "conditions": {
            "assignment": "HSCE 7",
            "necessary_for_function": True,
            "bound_as_employees": True,
        },
        "accuracy_checked_by": supervisor,
    }
    agree(privacy_officer, at, contractor)
    assert disclose(**work).letter == "F"
    with pytest.raises(DisclosureRefused) as refused:
        disclose(**work, at=at + DAY)
    assert refused.value.message == (
        "Routine use F rests on an agreement, and none with the recipient is in force."
    )
    assert "routine use F" in refused.value.clause
    agree(privacy_officer, at, contractor, reference="HSCE 8", ends_on=None)
    with pytest.raises(DisclosureRefused, match="named is not in force"):
        disclose(**work, at=at + DAY)
    renewed = work | {"conditions": work["conditions"] | {"assignment": "HSCE 8"}}
    assert disclose(**renewed, at=at + DAY).letter == "F"


def test_an_agreement_is_ended_early_and_once(
    contractor: Recipient, privacy_officer: User, at: datetime
) -> None:
    agreement = agree(privacy_officer, at, contractor)

    def end(reason: str) -> Agreement:
        return actions.end_agreement(
            actor=privacy_officer, at=at, agreement=agreement, reason=reason, channel=Channel.PAGE
        )

    with pytest.raises(ActionRefused, match="Say why"):
        end(" ")
    end("Contract terminated")
    assert not agreement_facts(contractor, at=at)[0].in_force
    with pytest.raises(ActionRefused, match="ended already"):
        end("Again")


@pytest.mark.parametrize(
    ("changed", "problem"),
    [
        ({"reference": " "}, "has a reference"),
        ({"scope": ""}, "has a reference"),
        ({"letters": []}, "has a reference"),
        ({"ends_on": TODAY - 99 * DAY}, "end before it starts"),
    ],
)
def test_an_agreement_that_says_too_little(
    contractor: Recipient,
    privacy_officer: User,
    at: datetime,
    changed: dict[str, object],
    problem: str,
) -> None:
    with pytest.raises(ActionRefused, match=problem):
        agree(privacy_officer, at, contractor, **changed)


def test_a_reference_is_used_once(
    contractor: Recipient, privacy_officer: User, at: datetime
) -> None:
    agree(privacy_officer, at, contractor)
    with pytest.raises(ActionRefused, match="of that reference"):
        agree(privacy_officer, at, contractor, reference="hsce  7")


def test_the_database_refuses_an_agreement_that_cannot_be(
    contractor: Recipient, privacy_officer: User, at: datetime
) -> None:
    agreement = agree(privacy_officer, at, contractor)
    for column, value in (
        ("letters", []),
        ("kind", "HANDSHAKE"),
        ("ends_on", TODAY - 99 * DAY),
        ("ended_reason", "No reason to end"),
    ):
        broken = Agreement.objects.get(pk=agreement.pk)
        setattr(broken, column, value)
        with pytest.raises(IntegrityError), transaction.atomic():
            broken.save()


# --- Recipients --------------------------------------------------------------------------------


def details(recipient: Recipient, **changed: Any) -> RecipientDetails:
    kept = {name: getattr(recipient, name) for name in RecipientDetails.__dataclass_fields__}
    return RecipientDetails(**(kept | changed))


def test_a_correction_leaves_earlier_disclosures_alone(
    police: Recipient,
    disclose: Disclose,
    privacy_officer: User,
    supervisor: User,
    at: datetime,
) -> None:
    made = disclose(
        recipient=police,
        letter="J",
        purpose="STATUS_VERIFICATION",
        conditions={"within_jurisdiction": True, "purpose_authorized": True},
        accuracy_checked_by=supervisor,
    )
    changed = details(
        police, name="Sample Falls Police", is_bail_bond=False, jurisdiction="Vermont"
    )
    actions.change_recipient(
        actor=privacy_officer, at=at, recipient=police, details=changed, channel=Channel.PAGE
    )
    police.refresh_from_db()
    assert (police.name, police.jurisdiction) == ("Sample Falls Police", "Vermont")
    made.refresh_from_db()
    assert made.recipient_name == "Sample Falls Police Department"
    event = AuditEvent.objects.get(kind="recipient.changed")
    assert event.details == {"recipient_id": police.pk, "changed": ["name", "jurisdiction"]}
    history = LogEntry.objects.get_for_object(police).filter(action=LogEntry.Action.UPDATE)
    assert "Sample Falls" not in str(history.latest("pk").changes)


def test_a_correction_that_changes_nothing_is_no_event(
    police: Recipient, privacy_officer: User, at: datetime
) -> None:
    actions.change_recipient(
        actor=privacy_officer,
        at=at,
        recipient=police,
        details=details(police),
        channel=Channel.PAGE,
    )
    assert not AuditEvent.objects.filter(kind="recipient.changed").exists()


@pytest.mark.parametrize(
    ("changed", "problem"),
    [
        ({"name": " "}, "name and an address"),
        ({"address_lines": [" "]}, "name and an address"),
        ({"ori": "wvfbiid00"}, "Another recipient"),
    ],
)
def test_a_correction_that_cannot_be(
    police: Recipient,
    cjis: Recipient,
    privacy_officer: User,
    at: datetime,
    changed: dict[str, Any],
    problem: str,
) -> None:
    with pytest.raises(ActionRefused, match=problem):
        actions.change_recipient(
            actor=privacy_officer,
            at=at,
            recipient=police,
            details=details(police, **changed),
            channel=Channel.PAGE,
        )


def test_nothing_goes_to_a_recipient_out_of_use(
    cjis: Recipient, disclose: Disclose, privacy_officer: User, at: datetime
) -> None:
    retired = actions.retire_recipient(
        actor=privacy_officer, at=at, recipient=cjis, channel=Channel.PAGE
    )
    with pytest.raises(DisclosureRefused, match="no longer in use"):
        disclose(recipient=retired)
    for act in (
        lambda: actions.retire_recipient(
            actor=privacy_officer, at=at, recipient=cjis, channel=Channel.PAGE
        ),
        lambda: agree(privacy_officer, at, cjis),
        lambda: actions.verify_contact(
            actor=privacy_officer, at=at, recipient=cjis, method="WRITTEN", channel=Channel.PAGE
        ),
    ):
        with pytest.raises(ActionRefused, match="out of use"):
            act()


def test_only_privacy_officers_keep_the_directory(
    police: Recipient, supervisor: User, at: datetime
) -> None:
    with pytest.raises(ActionRefused, match="privacy officers"):
        agree(supervisor, at, police)
    with pytest.raises(ActionRefused, match="privacy officers"):
        actions.retire_recipient(actor=supervisor, at=at, recipient=police, channel=Channel.PAGE)


# --- The pages ---------------------------------------------------------------------------------

NEW = {
    "name": "Quick Bail Bonds",
    "type": "ORGANIZATION",
    "address": "3 Example Street\n\nSample Falls, VT 05000",
    "is_bail_bond": "on",
    "jurisdiction": "Vermont",
}


def test_a_privacy_officer_adds_and_corrects(
    as_privacy_officer: Browser, notice_2013: NoticeVersion
) -> None:
    wrong = as_privacy_officer.post("/recipients/add/", NEW | {"ori": "VT7"})
    assert wrong.status_code == 422
    assert "An ORI has nine letters and digits" in wrong.content.decode()
    as_privacy_officer.post("/recipients/add/", NEW)
    added = Recipient.objects.get()
    assert added.address_lines == ["3 Example Street", "Sample Falls, VT 05000"]
    listed = as_privacy_officer.get("/recipients/", {"q": "bail"}).content.decode()
    assert "Bail bond business" in listed
    page = as_privacy_officer.get(f"/recipients/{added.pk}/").content.decode()
    assert "Routine use EE shuts out" in page
    address = f"/recipients/{added.pk}/change/"
    assert "3 Example Street" in as_privacy_officer.get(address).content.decode()
    as_privacy_officer.post(address, NEW | {"phone": "802-555-0100"})
    added.refresh_from_db()
    assert added.phone == "802-555-0100"


def test_an_ori_in_use_is_told_at_its_field(
    as_privacy_officer: Browser, cjis: Recipient, notice_2013: NoticeVersion
) -> None:
    answer = as_privacy_officer.post("/recipients/add/", NEW | {"ori": "wvfbiid00"})
    assert answer.status_code == 422
    assert "Another recipient has that ORI" in answer.content.decode()
    assert Recipient.objects.count() == 1


def test_agreements_and_verifications_on_the_page(
    as_privacy_officer: Browser, contractor: Recipient, notice_2013: NoticeVersion
) -> None:
    agreement = {
        "kind": "MOU",
        "reference": "MOU 12",
        "scope": "Data entry",
        "letters": ["F"],
        "starts_on_0": "1",
        "starts_on_1": "5",
        "starts_on_2": "2026",
        "ends_on_0": "11",
        "ends_on_1": "1",
        "ends_on_2": "2026",
    }
    address = f"/recipients/{contractor.pk}/agreements/add/"
    backwards = as_privacy_officer.post(address, agreement | {"ends_on_2": "2025"})
    assert backwards.status_code == 422
    assert "end before it starts" in backwards.content.decode()
    as_privacy_officer.post(address, agreement)
    page = as_privacy_officer.get(f"/recipients/{contractor.pk}/").content.decode()
    assert "MOU 12" in page
    assert "Not in force" in page
    made = Agreement.objects.get()
    as_privacy_officer.post(f"/recipients/agreements/{made.pk}/end/", {"reason": "Replaced"})
    made.refresh_from_db()
    assert made.ended_by == as_privacy_officer.user
    as_privacy_officer.post(
        f"/recipients/{contractor.pk}/verify/", {"method": "CALLED_BACK", "note": "From the roster"}
    )
    page = as_privacy_officer.get(f"/recipients/{contractor.pk}/").content.decode()
    assert "Called back at a number from another source" in page
    assert "From the roster" in page
    as_privacy_officer.post(f"/recipients/{contractor.pk}/retire/")
    assert "Out of use" in as_privacy_officer.get("/recipients/").content.decode()
    assert {"agreement.added", "agreement.ended", "recipient.verified", "recipient.retired"} <= set(
        AuditEvent.objects.values_list("kind", flat=True)
    )


def test_others_read_and_are_offered_nothing(as_analyst: Browser, police: Recipient) -> None:
    listed = as_analyst.get("/recipients/").content.decode()
    assert police.name in listed
    assert "Add a recipient" not in listed
    page = as_analyst.get(f"/recipients/{police.pk}/").content.decode()
    assert "1 Example Street" in page
    assert "Take out of use" not in page
    assert as_analyst.get(f"/recipients/{police.pk}/change/").status_code == 403
    assert as_analyst.get("/recipients/999999999999999999999/").status_code == 404


def test_the_directory_is_searched_by_name_ori_and_kind(
    as_analyst: Browser, police: Recipient, cjis: Recipient
) -> None:
    def found(**asked: str) -> list[str]:
        page = as_analyst.get("/recipients/", asked).content.decode()
        return [each.name for each in (police, cjis) if each.name in page]

    assert found(q="sample") == [police.name]
    assert found(q="wvfbi") == [cjis.name]
    assert found(type="LOCAL") == [police.name]
    assert found(type="NONSENSE") == [police.name, cjis.name]
    assert "No recipient fits" in as_analyst.get("/recipients/", {"q": "zz"}).content.decode()
