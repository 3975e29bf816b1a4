"""Pages: who sees which disclosures, what is written down, and what the notice shows."""

import hashlib
import re
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.db.models import Value
from django.urls import reverse
from pytest_django import Settings

from accounts.choices import Role
from accounts.models import Office, User
from acrime.audit.choices import Outcome
from acrime.audit.models import AuditEvent
from routine_uses import actions, forms, visibility
from routine_uses.actions import DisclosedRecord
from routine_uses.approvals.choices import ApprovalKind
from routine_uses.models import Disclosure, NoticeVersion, Recipient
from tests.conftest import Browser, BrowserFactory, UserFactory
from tests.rooms.routine_uses.conftest import Disclose

SEEN, UNSEEN = 41, 42
LIST = "/disclosures/"
VERIFY = "/disclosures/verify/"


@pytest.fixture(autouse=True)
def _everybody_sees_record_41_alone(monkeypatch: pytest.MonkeyPatch, office: Office) -> None:
    one = Office.objects.filter(pk=office.pk).annotate(shown=Value(SEEN)).values("shown")
    monkeypatch.setattr(visibility, "_visible_records", lambda user: one)


def no_document(disclosure: Disclosure, **_: Any) -> None:
    """For tests that need many disclosures and look at no document."""
    disclosure.document = b"no matter what"
    disclosure.document_sha256 = hashlib.sha256(disclosure.document).hexdigest()


@pytest.fixture
def seen(disclose: Disclose) -> Disclosure:
    """A disclosure from a record that everybody may see."""
    return disclose()


@pytest.fixture
def unseen(disclose: Disclose) -> Disclosure:
    """A disclosure from a record that only privacy officers and OPR may see."""
    return disclose(records=[DisclosedRecord(UNSEEN, "IAR-2026-0000-0002")])


@pytest.fixture
def half_seen(disclose: Disclose) -> Disclosure:
    """A disclosure from both."""
    return disclose(
        records=[
            DisclosedRecord(SEEN, "IAR-2026-0000-0001"),
            DisclosedRecord(UNSEEN, "IAR-2026-0000-0002"),
        ]
    )


def pages_of(disclosure: Disclosure) -> list[str]:
    return [
        reverse("routine_uses:disclosure", args=[disclosure.number]),
        reverse("routine_uses:disclosure-form", args=[disclosure.number]),
    ]


# --- Who sees what -----------------------------------------------------------------------------


def test_a_disclosure_is_seen_by_who_sees_all_its_records(
    seen: Disclosure, unseen: Disclosure, half_seen: Disclosure, as_analyst: Browser
) -> None:
    page = as_analyst.get(LIST).content.decode()
    assert seen.number in page
    assert unseen.number not in page
    assert half_seen.number not in page
    assert [as_analyst.get(address).status_code for address in pages_of(seen)] == [200, 200]


def test_what_is_hidden_answers_like_what_does_not_exist(
    unseen: Disclosure, half_seen: Disclosure, as_analyst: Browser
) -> None:
    nothing = as_analyst.get("/disclosures/DIS-2026-0000-0000/")
    assert nothing.status_code == 404
    for address in pages_of(unseen) + pages_of(half_seen):
        answer = as_analyst.get(address)
        assert answer.status_code == 404
        assert len(answer.content) == len(nothing.content)
    assert not AuditEvent.objects.filter(kind="disclosure.viewed").exists()


@pytest.mark.parametrize("role", [Role.PRIVACY_OFFICER, Role.OPR])
def test_privacy_officers_and_opr_see_all(
    seen: Disclosure,
    unseen: Disclosure,
    make_user: UserFactory,
    browser_of: BrowserFactory,
    role: Role,
) -> None:
    page = browser_of(make_user(role)).get(LIST).content.decode()
    assert seen.number in page
    assert unseen.number in page


def test_administrators_and_machines_see_none(
    seen: Disclosure, make_user: UserFactory, as_administrator: Browser
) -> None:
    for address in [LIST, VERIFY, *pages_of(seen)]:
        assert as_administrator.get(address).status_code == 403
    for user in (as_administrator.user, make_user(Role.INTERFACE), make_user()):
        assert not Disclosure.objects.visible_to(user).exists()


def test_somebody_no_longer_active_sees_none(seen: Disclosure, analyst: User) -> None:
    assert Disclosure.objects.visible_to(analyst).exists()
    User.objects.filter(pk=analyst.pk).update(is_active=False)
    # How somebody stands is read once for each reading of the person.
    assert not Disclosure.objects.visible_to(User.objects.get(pk=analyst.pk)).exists()


def test_without_a_room_that_knows_the_records_nobody_sees_any(
    seen: Disclosure, analyst: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(visibility, "_visible_records", None)
    assert not Disclosure.objects.visible_to(analyst).exists()


# --- What is written down ----------------------------------------------------------------------


def test_looking_is_written_down(seen: Disclosure, as_analyst: Browser) -> None:
    as_analyst.get(LIST)
    as_analyst.get(pages_of(seen)[0])
    listed = AuditEvent.objects.get(kind="disclosure.listed")
    assert listed.details == {"disclosures": [seen.number]}
    assert listed.displayed_ids == [SEEN]
    viewed = AuditEvent.objects.get(kind="disclosure.viewed")
    assert (viewed.actor, viewed.record_id) == (as_analyst.user, SEEN)
    assert viewed.details == {"disclosure": seen.number}


def test_a_download_gives_the_stored_bytes_and_is_written_down(
    seen: Disclosure, as_analyst: Browser
) -> None:
    answer = as_analyst.get(pages_of(seen)[1])
    assert answer["Content-Type"] == "application/pdf"
    assert answer["Content-Disposition"] == f'attachment; filename="{seen.number}.pdf"'
    assert hashlib.sha256(answer.content).hexdigest() == seen.document_sha256
    event = AuditEvent.objects.get(kind="record.downloaded")
    assert event.details == {"disclosure": seen.number}


def test_without_the_event_there_is_no_body(
    seen: Disclosure, as_analyst: Browser, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(**facts: object) -> None:
        raise OSError("the ledger is full")

    monkeypatch.setattr("routine_uses.access.record_event", fail)
    as_analyst.raise_request_exception = False
    for address in [LIST, *pages_of(seen)]:
        answer = as_analyst.get(address)
        assert answer.status_code == 500
        assert seen.number.encode() not in answer.content


def test_the_page_asks_in_words_what_no_letter_asks(
    disclose: Disclose, police: Recipient, supervisor: User, as_privacy_officer: Browser
) -> None:
    made = disclose(
        recipient=police,
        letter="J",
        purpose="STATUS_VERIFICATION",
        conditions={"within_jurisdiction": True, "purpose_authorized": True},
        accuracy_checked_by=supervisor,
    )
    words = as_privacy_officer.get(f"{LIST}{made.number}/").content.decode()
    assert "Who checked that the record is accurate" in words
    assert "accuracy_checked_by" not in words


def test_the_page_shows_what_the_accounting_says(seen: Disclosure, as_analyst: Browser) -> None:
    page = as_analyst.get(pages_of(seen)[0]).content.decode()
    for said in (
        seen.recipient_name,
        "Clarksburg, WV 26306",
        seen.clause,
        "/notice/#use-X",
        seen.document_sha256,
        seen.verification_code,
        "A-Number; Immigration status; Name",
        pages_of(seen)[1],
        "Does the disclosure answer a fingerprint-based immigration status query?",
    ):
        assert said in page


def test_a_ground_that_is_no_routine_use_shows_what_it_asked(
    disclose: Disclose, as_analyst: Browser, privacy_officer: User
) -> None:
    covers = {"consent_covers": "yes"}
    made = disclose(
        paragraph="consent",
        letter="",
        purpose="INDIVIDUALS_REQUEST",
        conditions={},
        approved={"consent": (ApprovalKind.CONSENT, privacy_officer, covers)},
    )
    page = as_analyst.get(pages_of(made)[0]).content.decode()
    assert "Consent or request of the individual" in page
    assert "Which signed consent or request of the individual?" in page
    assert str(made.conditions["consent"]) in page


def test_the_list_goes_on_after_25_without_totals(
    disclose: Disclose, as_analyst: Browser, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(actions, "add_document", no_document)
    made = [disclose() for _ in range(26)]
    first = as_analyst.get(LIST).content.decode()
    assert made[-1].number in first
    assert made[0].number not in first
    assert "?page=2" in first
    assert made[0].number in as_analyst.get(LIST, {"page": "2"}).content.decode()


# --- Checking a record -------------------------------------------------------------------------


def test_number_and_code_that_belong_together_are_genuine(
    seen: Disclosure, as_analyst: Browser
) -> None:
    typed = {"number": seen.number.lower(), "code": seen.verification_code.replace("-", " ")}
    answer = as_analyst.post(VERIFY, typed)
    assert "Genuine" in answer.content.decode()
    event = AuditEvent.objects.get(kind="disclosure.verified")
    assert event.details == {"disclosure": seen.number}


def test_another_records_code_is_not_genuine(
    seen: Disclosure, unseen: Disclosure, as_analyst: Browser
) -> None:
    typed = {"number": seen.number, "code": unseen.verification_code}
    page = as_analyst.post(VERIFY, typed).content.decode()
    assert "Not genuine" in page
    assert seen.recipient_name not in page


@pytest.mark.parametrize(
    "typed", [{"code": "ABCD"}, {"number": "DIS-2026-7K3M-9QX5"}, {"code": ""}]
)
def test_a_slip_of_the_pen_is_told_apart_from_a_forgery(
    seen: Disclosure, as_analyst: Browser, typed: dict[str, str]
) -> None:
    whole = {"number": seen.number, "code": seen.verification_code}
    answer = as_analyst.post(VERIFY, whole | typed)
    assert answer.status_code == 422
    assert "enuine</p>" not in answer.content.decode()
    assert not AuditEvent.objects.filter(kind="disclosure.verified").exists()


def sent(content: bytes) -> dict[str, Any]:
    """What the page sends for a file."""
    return {"by": "file", "document": SimpleUploadedFile("record.pdf", content)}


def test_the_file_as_it_was_downloaded_is_genuine(seen: Disclosure, as_analyst: Browser) -> None:
    downloaded = as_analyst.get(pages_of(seen)[1]).content
    page = as_analyst.post(VERIFY, sent(downloaded)).content.decode()
    assert "Genuine" in page
    # The answer, and nothing of the disclosure itself.
    assert seen.number not in page
    assert seen.recipient_name not in page
    event = AuditEvent.objects.get(kind="disclosure.verified")
    assert event.outcome == Outcome.DONE
    assert event.details == {"disclosure": seen.number, "sha256": seen.document_sha256}


def test_a_file_with_any_byte_changed_is_not(seen: Disclosure, as_analyst: Browser) -> None:
    original = bytes(seen.document)
    for place in (0, len(original) // 3, len(original) - 1):
        forged = bytearray(original)
        forged[place] ^= 1
        assert "Not genuine" in as_analyst.post(VERIFY, sent(bytes(forged))).content.decode()
    for other in (b"", original[:-1], original + b"\n", b"%PDF-1.7 something else"):
        assert "Not genuine" in as_analyst.post(VERIFY, sent(other)).content.decode()
    outcomes = AuditEvent.objects.filter(kind="disclosure.verified").values_list("outcome")
    assert {outcome for (outcome,) in outcomes} == {Outcome.FAILED}


def test_what_it_was_before_its_seal_is_not_the_record(
    seen: Disclosure, as_analyst: Browser
) -> None:
    original = bytes(seen.document)
    ends = [place.end() for place in re.finditer(rb"%%EOF\s?", original)]
    [unsealed] = [
        original[:end]
        for end in ends
        if hashlib.sha256(original[:end]).hexdigest() == seen.unsealed_sha256
    ]
    assert "Not genuine" in as_analyst.post(VERIFY, sent(unsealed)).content.decode()


def test_a_row_that_was_altered_vouches_for_no_file(seen: Disclosure, as_analyst: Browser) -> None:
    original = bytes(seen.document)
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute("ALTER TABLE routine_uses_disclosure DISABLE TRIGGER USER")
        cursor.execute("UPDATE routine_uses_disclosure SET purpose = 'Another'")
        cursor.execute("ALTER TABLE routine_uses_disclosure ENABLE TRIGGER USER")
    assert "Not genuine" in as_analyst.post(VERIFY, sent(original)).content.decode()


def test_a_file_that_is_too_large_is_refused_unread(
    as_analyst: Browser, monkeypatch: pytest.MonkeyPatch, settings: Settings
) -> None:
    monkeypatch.setattr(forms, "LARGEST_RECORD_MEGABYTES", 0)
    answer = as_analyst.post(VERIFY, sent(b"x"))
    assert answer.status_code == 422
    assert "larger than" in answer.content.decode()
    # What no page asks for is not even taken in.
    settings.DATA_UPLOAD_MAX_MEMORY_SIZE = 1000
    assert as_analyst.post(VERIFY, sent(b"x" * 1001)).status_code == 400
    assert not AuditEvent.objects.filter(kind="disclosure.verified").exists()


def test_no_file_is_asked_for(as_analyst: Browser) -> None:
    answer = as_analyst.post(VERIFY, {"by": "file"})
    assert answer.status_code == 422


# --- The notice --------------------------------------------------------------------------------


def test_the_notice_shows_every_routine_use_under_its_anchor(
    notice_2013: NoticeVersion, as_administrator: Browser
) -> None:
    page = as_administrator.get("/notice/").content.decode()
    for use in notice_2013.routine_uses.all():
        assert f'id="use-{use.letter}"' in page
        assert f'href="#use-{use.letter}"' in page
    assert page.count("New in this version") == 11
    for said in (
        "Proposed – nothing may be destroyed",
        "83 FR 20844",
        "74 FR 45079",
        "78 FR 10623",
    ):
        assert said in page


def test_without_a_notice_the_page_says_so(as_analyst: Browser) -> None:
    answer = as_analyst.get("/notice/")
    assert answer.status_code == 404
    assert "There is no notice in force" in answer.content.decode()
