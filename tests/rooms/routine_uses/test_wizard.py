"""Preparing a disclosure on pages: what fits, what is asked, what is refused and kept."""

import threading
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import IntegrityError, connection, transaction

from accounts.models import User
from acrime.audit.choices import Channel
from acrime.audit.models import AuditEvent
from acrime.common.errors import ActionRefused, NotThere
from acrime.iar.models import StatusResponse
from acrime.records.actions import lift_limits, limit_record
from acrime.records.models import Record
from routine_uses.actions import DisclosureRefused, add_recipient
from routine_uses.approvals.actions import grant_approval
from routine_uses.directory.actions import add_agreement
from routine_uses.models import (
    Approval,
    Disclosure,
    DisclosureDraft,
    NoticeVersion,
    Recipient,
    RefusalReview,
)
from routine_uses.wizard import actions
from tests import factories
from tests.conftest import Browser, BrowserFactory, UserFactory

DRAFTS = "/disclosures/drafts/"


def recipient(kind: str, at: datetime, **changed: Any) -> Recipient:
    return add_recipient(
        actor=None,
        at=at,
        name=f"Synthetic {kind.lower()}",
        type=kind,
        address_lines=["1 Example Street", "Sample Falls, VT 05000"],
        channel=Channel.COMMAND,
        **changed,
    )


@pytest.fixture
def number(released_response: StatusResponse) -> str:
    """A record that analysts see: a response that was released."""
    return released_response.record.number


def begun(browser: Browser, *numbers: str) -> DisclosureDraft:
    """A draft, begun on the page."""
    answer = browser.post(DRAFTS, {"records": " ".join(numbers)})
    assert answer.status_code == 302, answer.content.decode()
    return DisclosureDraft.objects.latest("pk")


def place(draft: DisclosureDraft, step: str = "") -> str:
    return f"{DRAFTS}{draft.key}/{step}"


def described(
    browser: Browser, draft: DisclosureDraft, to: Recipient, purpose: str, *fields: str, **more: Any
) -> None:
    answer = browser.post(
        place(draft, "what/"),
        {
            "recipient": str(to.pk),
            "purpose": purpose,
            "method": "PAPER",
            "nature": "Copy of the status response",
            "fields_chosen": fields or ["NAME", "IMMIGRATION_STATUS"],
            **more,
        },
    )
    assert answer.status_code == 302, answer.content.decode()


def refusals() -> list[dict[str, Any]]:
    found = AuditEvent.objects.filter(kind="disclosure.refused").order_by("pk")
    return [event.details for event in found]


# --- The whole way -----------------------------------------------------------------------------


def test_a_verification_for_the_police_goes_out_in_two_sittings(
    number: str,
    as_analyst: Browser,
    as_supervisor: Browser,
    notice: NoticeVersion,
    at: datetime,
) -> None:
    police = recipient("LOCAL", at)
    button = as_analyst.get(f"/responses/{number}/").content.decode()
    assert f'name="records" value="{number}"' in button
    draft = begun(as_analyst, number)
    page = as_analyst.get(place(draft)).content.decode()
    # Nothing is chosen beforehand, and nothing is asked yet.
    assert "Step 2" not in page
    assert "checked" not in page

    described(as_analyst, draft, police, "STATUS_VERIFICATION")
    page = as_analyst.get(place(draft)).content.decode()
    assert "J – Verification of citizenship or immigration status" in page
    assert "fits most narrowly" in page
    assert "Routine use EE does not carry: Immigration status, Name." in page

    as_analyst.post(place(draft, "ground/"), {"ground": "J"})
    page = as_analyst.get(place(draft)).content.decode()
    assert "Is the individual within the jurisdiction of the recipient?" in page
    assert "Check of accuracy" in page
    assert "Disclose and account for it" not in page
    as_analyst.post(
        place(draft, "answers/"), {"within_jurisdiction": "yes", "purpose_authorized": "yes"}
    )
    answer = as_analyst.post(place(draft, "ask/ACCURACY/"), {"ACCURACY-reason": "Asked by letter"})
    assert answer.status_code == 302
    check = Approval.objects.get()
    page = as_analyst.get(place(draft)).content.decode()
    assert check.number in page
    assert "Waits for a decision" in page
    assert "Disclosures in preparation" in as_analyst.get("/").content.decode()

    as_supervisor.post(
        f"/approvals/{check.number}/decide/", {"decide-reason": "Compared", "decision": "grant"}
    )
    page = as_analyst.get(place(draft)).content.decode()
    assert "Disclose and account for it" in page
    answer = as_analyst.post(place(draft, "disclose/"), {"version": str(notice.pk)})
    made = Disclosure.objects.latest("pk")
    assert answer["Location"] == f"/disclosures/{made.number}/"
    assert (made.letter, made.recipient, made.fields) == (
        "J",
        police,
        ["IMMIGRATION_STATUS", "NAME"],
    )
    assert made.accuracy_checked_by == as_supervisor.user
    assert made.record_numbers == [number]
    draft.refresh_from_db()
    assert (draft.state, draft.disclosure) == ("DISCLOSED", made)

    # Once.
    again = as_analyst.post(place(draft, "disclose/"), {"version": str(notice.pk)})
    assert again["Location"] == f"/disclosures/{made.number}/"
    assert Disclosure.objects.filter(recipient=police).count() == 1
    assert (
        "finished"
        in as_analyst.post(place(draft, "ground/"), {"ground": "G"}, follow=True).content.decode()
    )
    assert not refusals()


def test_what_was_checked_before_does_not_cover_what_was_changed(
    number: str, as_analyst: Browser, supervisor: User, notice: NoticeVersion, at: datetime
) -> None:
    police = recipient("LOCAL", at)
    draft = begun(as_analyst, number)
    described(as_analyst, draft, police, "STATUS_VERIFICATION")
    as_analyst.post(place(draft, "ground/"), {"ground": "J"})
    answers = {"within_jurisdiction": "yes", "purpose_authorized": "yes"}
    as_analyst.post(place(draft, "answers/"), answers)
    as_analyst.post(place(draft, "ask/ACCURACY/"), {"ACCURACY-reason": "Asked by letter"})
    grant_approval(
        approval=Approval.objects.get(),
        reason="Compared",
        findings={},
        actor=supervisor,
        at=at,
        channel=Channel.PAGE,
    )
    described(as_analyst, draft, police, "STATUS_VERIFICATION", "NAME", "ADDRESS")
    draft.refresh_from_db()
    assert draft.paragraph == ""
    as_analyst.post(place(draft, "ground/"), {"ground": "J"})
    assert "Still needed" in as_analyst.get(place(draft)).content.decode()
    as_analyst.post(place(draft, "disclose/"), {"version": str(notice.pk)})
    assert not Disclosure.objects.filter(recipient=police).exists()
    assert refusals()[-1]["needs"] == ["accuracy_checked_by"]


# --- Bad input ---------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("kind", "tag", "purpose", "fields", "ground", "clause"),
    [
        ("LOCAL", "", "STATUS_VERIFICATION", ["NAME"], "", "(b)(3)"),
        ("LOCAL", "", "STATUS_VERIFICATION", ["NAME"], "A", "routine use A"),
        ("LOCAL", "", "STATUS_VERIFICATION", ["NAME"], "HH", "(b)(3)"),
        ("FOREIGN", "", "LAW_ENFORCEMENT", ["NAME"], "b7", "(b)(7)"),
        ("CONGRESS", "MEMBER_OFFICE", "CONGRESSIONAL_INQUIRY", ["NAME"], "b9", "(b)(9)"),
        ("CONSUMER_REPORTING", "", "SUITABILITY", ["NAME"], "b12", "(b)(12)"),
        ("COURT", "", "JUSTICE_INTEGRITY", ["CUSTODY_STATUS", "NAME"], "EE", "routine use EE"),
    ],
    ids=["none", "wrong letter", "no letter", "foreign", "lone Member", "b12", "EE and a name"],
)
def test_a_ground_that_does_not_fit_is_refused_and_kept(
    number: str,
    as_analyst: Browser,
    at: datetime,
    kind: str,
    tag: str,
    purpose: str,
    fields: list[str],
    ground: str,
    clause: str,
) -> None:
    draft = begun(as_analyst, number)
    described(as_analyst, draft, recipient(kind, at, agency_tag=tag), purpose, *fields)
    answer = as_analyst.post(place(draft, "ground/"), {"ground": ground}, follow=True)
    assert clause in answer.content.decode()
    draft.refresh_from_db()
    assert draft.paragraph == ""
    [kept] = refusals()
    assert clause in kept["clause"]
    assert kept["records"] == [number]


def test_an_expired_agreement_is_told_and_refused(
    number: str, as_analyst: Browser, privacy_officer: User, at: datetime
) -> None:
    firm = recipient("CONTRACTOR", at)
    today = at.date()
    add_agreement(
        actor=privacy_officer,
        at=at,
        recipient=firm,
        kind="CONTRACT",
        reference="HSCE 7",
        scope="Data entry",
        letters=["F"],
        starts_on=today - timedelta(days=30),
        ends_on=today - timedelta(days=1),
        channel=Channel.PAGE,
    )
    draft = begun(as_analyst, number)
    described(as_analyst, draft, firm, "CONTRACT_WORK")
    said = "Routine use F rests on an agreement, and none with the recipient is in force."
    assert said in as_analyst.get(place(draft)).content.decode()
    answer = as_analyst.post(place(draft, "ground/"), {"ground": "F"}, follow=True)
    assert said in answer.content.decode()
    assert "routine use F" in refusals()[0]["clause"]


def test_a_missing_document_keeps_everything_inside(
    number: str, as_analyst: Browser, make_user: UserFactory, notice: NoticeVersion, at: datetime
) -> None:
    draft = begun(as_analyst, number)
    described(as_analyst, draft, recipient("FEDERAL", at), "COURT_ORDER")
    as_analyst.post(place(draft, "ground/"), {"ground": "b11"})
    # What only an approval answers is not taken from the discloser.
    as_analyst.post(
        place(draft, "answers/"), {"court_order": "Order 12", "order_signed_by": "JUDGE"}
    )
    as_analyst.post(place(draft, "disclose/"), {"version": str(notice.pk)})
    assert refusals()[-1]["needs"] == ["court_order", "order_signed_by"]
    program = SimpleUploadedFile("order.pdf", b"MZ", content_type="application/pdf")
    answer = as_analyst.post(
        place(draft, "ask/COURT_ORDER/"),
        {"COURT_ORDER-reason": "Ordered", "COURT_ORDER-paper": program},
    )
    assert answer.status_code == 422
    assert "whatever its name says" in answer.content.decode()
    assert not Approval.objects.exists()
    paper = SimpleUploadedFile("order.pdf", factories.PAPER)
    as_analyst.post(
        place(draft, "ask/COURT_ORDER/"),
        {"COURT_ORDER-reason": "Ordered", "COURT_ORDER-paper": paper},
    )
    assert Approval.objects.get().documents.count() == 1
    assert as_analyst.post(place(draft, "ask/WAIVER/")).status_code == 404
    assert Disclosure.objects.count() == 1


def test_an_answer_of_a_sex_offender_registration_leaves_by_no_ground(
    notice: NoticeVersion, analyst: User, as_analyst: Browser, at: datetime
) -> None:
    query = factories.make_query(factories.message_bytes(remarks="NSOR"), at=at)
    draft = begun(as_analyst, query.record.number)
    described(as_analyst, draft, recipient("FEDERAL", at, agency_tag="FBI_CJIS"), "COURT_ORDER")
    page = as_analyst.get(place(draft)).content.decode()
    assert "No ground fits" in page
    assert "used within ICE only" in page
    as_analyst.post(place(draft, "ground/"), {"ground": "b11"})
    assert "sex offender registrants" in refusals()[0]["clause"]


def test_a_draft_shown_under_an_older_notice_is_looked_at_again(
    number: str, as_analyst: Browser, notice: NoticeVersion, at: datetime
) -> None:
    """The record stays under the notice of its making; the disclosure goes by the one in force."""
    draft = begun(as_analyst, number)
    described(as_analyst, draft, recipient("FEDERAL", at), "SUITABILITY")
    as_analyst.post(place(draft, "ground/"), {"ground": "Z"})
    as_analyst.post(
        place(draft, "answers/"), {"whose_decision": "DHS", "relevant_to_decision": "yes"}
    )
    newer = NoticeVersion.objects.get(pk=notice.pk)
    newer.pk, newer.label, newer.source_sha256 = None, "2027", "0" * 64
    NoticeVersion.objects.filter(pk=notice.pk).update(superseded_at=at - timedelta(minutes=1))
    newer.in_force_from = at - timedelta(minutes=1)
    newer.save(force_insert=True)
    for use in notice.routine_uses.exclude(letter="Z"):
        use.pk, use.version = None, newer
        use.save(force_insert=True)

    answer = as_analyst.post(place(draft, "disclose/"), {"version": str(notice.pk)}, follow=True)
    page = answer.content.decode()
    assert "Another version of the notice has come into force" in page
    # The letter is no longer there: the page says so, and offers no way out by it.
    assert "The chosen ground refuses" in page
    as_analyst.post(place(draft, "disclose/"), {"version": str(newer.pk)})
    assert "(b)(3)" in refusals()[-1]["clause"]
    as_analyst.post(place(draft, "ground/"), {"ground": "AA"})
    as_analyst.post(
        place(draft, "answers/"), {"dhs_finds_relevant": "yes", "dhs_finds_risk": "yes"}
    )
    as_analyst.post(place(draft, "disclose/"), {"version": str(newer.pk)})
    made = Disclosure.objects.latest("pk")
    assert (made.letter, made.notice_version) == ("AA", newer)
    assert Record.objects.get(number=number).notice_version == notice


def test_another_ground_than_the_narrowest_needs_a_reason(
    number: str, as_analyst: Browser, notice: NoticeVersion, at: datetime
) -> None:
    draft = begun(as_analyst, number)
    described(as_analyst, draft, recipient("FEDERAL", at), "SUITABILITY")
    as_analyst.post(place(draft, "ground/"), {"ground": "AA"})
    answers = {"dhs_finds_relevant": "yes", "dhs_finds_risk": "yes"}
    as_analyst.post(place(draft, "answers/"), answers)
    as_analyst.post(place(draft, "disclose/"), {"version": str(notice.pk)})
    assert refusals()[-1]["needs"] == ["override_reason"]
    as_analyst.post(place(draft, "answers/"), answers | {"override_reason": "Silence is a risk"})
    as_analyst.post(place(draft, "disclose/"), {"version": str(notice.pk)})
    assert Disclosure.objects.latest("pk").override_reason == "Silence is a risk"


def test_a_disputed_record_carries_its_statement(
    number: str, as_analyst: Browser, notice: NoticeVersion, at: datetime
) -> None:
    draft = begun(as_analyst, number)
    described(as_analyst, draft, recipient("FEDERAL", at), "SUITABILITY")
    as_analyst.post(place(draft, "ground/"), {"ground": "Z"})
    answers = {"whose_decision": "DHS", "relevant_to_decision": "yes"}
    as_analyst.post(place(draft, "answers/"), answers)
    # It is disputed while the draft is being prepared.
    Record.objects.filter(number=number).update(disputed=True)
    as_analyst.post(place(draft, "disclose/"), {"version": str(notice.pk)})
    assert refusals()[-1]["needs"] == ["statement"]
    as_analyst.post(place(draft, "answers/"), answers | {"statement": "The date is wrong."})
    as_analyst.post(place(draft, "disclose/"), {"version": str(notice.pk)})
    made = Disclosure.objects.latest("pk")
    assert (made.disputed, made.statement) == (True, "The date is wrong.")


# --- Hidden records ----------------------------------------------------------------------------


def limit(number: str, by: User, at: datetime) -> None:
    limit_record(
        record=Record.objects.get(number=number),
        allowed=[],
        reason="A sensitive matter",
        actor=by,
        at=at,
        channel=Channel.PAGE,
    )


def test_a_record_that_one_does_not_see_is_as_absent(
    number: str, as_analyst: Browser, as_other_analyst: Browser, analyst: User, at: datetime
) -> None:
    draft = begun(as_other_analyst, number)
    limit(number, analyst, at)
    hidden = as_other_analyst.post(DRAFTS, {"records": number})
    absent = as_other_analyst.post(DRAFTS, {"records": "IAR-2026-0000-0000"})
    for answer in (hidden, absent):
        assert answer.status_code == 422
        assert "There is no record under one of these numbers" in answer.content.decode()
    # A draft of before is no way in either.
    assert as_other_analyst.get(place(draft)).status_code == 404
    for step in ("what/", "ground/", "answers/", "ask/ACCURACY/", "disclose/"):
        answer = as_other_analyst.post(place(draft, step), follow=True)
        assert answer.status_code == 404, step
    assert as_analyst.get(place(draft)).status_code == 404


def test_a_draft_is_its_authors_alone(
    number: str, as_analyst: Browser, as_supervisor: Browser, at: datetime
) -> None:
    draft = begun(as_analyst, number)
    for step in ("", "what/", "disclose/", "discard/"):
        method = as_supervisor.post if step else as_supervisor.get
        assert method(place(draft, step)).status_code == 404
    with pytest.raises(ActionRefused) as refused:
        actions.discard_draft(draft=draft, actor=as_supervisor.user, at=at)
    assert refused.value.code == "not-yours"
    as_analyst.post(place(draft, "discard/"))
    draft.refresh_from_db()
    assert draft.state == "DISCARDED"
    assert "discarded" in as_analyst.get(place(draft)).content.decode()


def ready(number: str, author: User, at: datetime, to: Recipient) -> tuple[DisclosureDraft, int]:
    """A draft that lacks nothing, and the notice under which it stands."""
    draft = actions.begin_draft(numbers=[number], actor=author, at=at)
    actions.describe_draft(
        draft=draft,
        description=actions.Description(
            recipient=to,
            purpose="SUITABILITY",
            method="PAPER",
            nature="Copy of the status response",
            fields=["NAME"],
        ),
        actor=author,
        at=at,
    )
    actions.choose_ground(draft=draft, code="Z", actor=author, at=at)
    actions.answer_draft(
        draft=draft,
        answers={"whose_decision": "DHS", "relevant_to_decision": "yes"},
        actor=author,
        at=at,
    )
    return draft, NoticeVersion.objects.get(label="2013", notice__system_number="DHS/ICE-007").pk


def beside(act: Callable[[], object]) -> tuple[threading.Thread, list[BaseException | None]]:
    """*act* in a thread with a connection of its own, and what came of it."""
    came: list[BaseException | None] = []

    def run() -> None:
        try:
            act()
            came.append(None)
        except BaseException as error:  # noqa: BLE001  # told to the test
            came.append(error)
        finally:
            connection.close()

    thread = threading.Thread(target=run)
    thread.start()
    return thread, came


def somebody_waits() -> bool:
    """Whether a transaction waits for another; activity itself is read once a transaction."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_stat_clear_snapshot()")
        cursor.execute(
            "SELECT count(*) FROM pg_stat_activity "
            "WHERE datname = current_database() AND wait_event_type = 'Lock'"
        )
        found: int = cursor.fetchone()[0]
    return found > 0


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("change", ["limited", "disputed"])
def test_a_record_that_is_changed_meanwhile_is_seen_as_it_is_then(
    number: str, analyst: User, other_analyst: User, at: datetime, change: str
) -> None:
    """Two disclosures of a record that is just being limited, or corrected."""
    to = recipient("FEDERAL", at)
    drafts = [ready(number, other_analyst, at, to) for _ in range(2)]
    with transaction.atomic():
        if change == "limited":
            limit(number, analyst, at)
        else:
            held = Record.objects.select_for_update().get(number=number)
            held.disputed = True
            held.save(update_fields=["disputed"])
        threads = [
            beside(
                lambda draft=draft, version=version: actions.disclose_draft(  # type: ignore[misc]
                    draft=draft, version=version, actor=other_analyst, at=at
                )
            )
            for draft, version in drafts
        ]
        stop = threading.Event()
        while not somebody_waits() and all(thread.is_alive() for thread, _ in threads):
            stop.wait(0.05)
        assert somebody_waits()
    for thread, came in threads:
        thread.join(timeout=30)
        assert isinstance(came[0], NotThere if change == "limited" else DisclosureRefused)
    assert not Disclosure.objects.filter(recipient=to).exists()
    if change == "limited":
        lift_limits(
            record=Record.objects.get(number=number),
            reason="Over",
            actor=analyst,
            at=at,
            channel=Channel.PAGE,
        )


@pytest.mark.django_db(transaction=True)
def test_one_draft_disclosed_twice_at_once_leaves_once(
    number: str, other_analyst: User, at: datetime
) -> None:
    to = recipient("FEDERAL", at)
    draft, version = ready(number, other_analyst, at, to)
    threads = [
        beside(
            lambda: actions.disclose_draft(draft=draft, version=version, actor=other_analyst, at=at)
        )
        for _ in range(2)
    ]
    for thread, _ in threads:
        thread.join(timeout=60)
    came = [each[0] for _, each in threads]
    assert came.count(None) == 1
    assert any(isinstance(each, ActionRefused) and each.code == "wrong-state" for each in came)
    assert Disclosure.objects.filter(recipient=to).count() == 1


# --- What the privacy office is told -----------------------------------------------------------


def test_refusals_are_reported_to_the_privacy_office(
    number: str,
    as_analyst: Browser,
    as_privacy_officer: Browser,
    browser_of: BrowserFactory,
    make_user: UserFactory,
    at: datetime,
) -> None:
    draft = begun(as_analyst, number)
    described(as_analyst, draft, recipient("COURT", at), "JUSTICE_INTEGRITY")
    as_analyst.post(place(draft, "ground/"), {"ground": "EE"})
    page = as_privacy_officer.get("/disclosures/refused/").content.decode()
    for said in (number, "Synthetic court", "Routine use EE", as_analyst.user.full_name):
        assert said in page
    home = as_privacy_officer.get("/").content.decode()
    assert "Refused disclosures" in home
    event = AuditEvent.objects.get(kind="disclosure.refused")
    assert as_analyst.get("/disclosures/refused/").status_code == 403
    as_privacy_officer.post(f"/disclosures/refused/{event.pk}/", {"note": "Spoken with"})
    review = RefusalReview.objects.get()
    assert (review.event_id, review.reviewed_by) == (event.pk, as_privacy_officer.user)
    again = as_privacy_officer.post(f"/disclosures/refused/{event.pk}/", follow=True)
    assert "looked into already" in again.content.decode()
    assert as_privacy_officer.post("/disclosures/refused/0/").status_code == 404
    with pytest.raises(IntegrityError), transaction.atomic():
        RefusalReview.objects.create(event_id=event.pk, reviewed_by=as_analyst.user, reviewed_at=at)


def test_one_s_own_refusal_is_looked_into_by_somebody_else(
    number: str, as_privacy_officer: Browser, at: datetime
) -> None:
    draft = begun(as_privacy_officer, number)
    described(as_privacy_officer, draft, recipient("LOCAL", at), "STATUS_VERIFICATION")
    as_privacy_officer.post(place(draft, "ground/"), {"ground": "A"})
    event = AuditEvent.objects.get(kind="disclosure.refused")
    answer = as_privacy_officer.post(f"/disclosures/refused/{event.pk}/", follow=True)
    assert "Somebody else looks into your own attempts" in answer.content.decode()


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("recipient", "0"),
        ("recipient", "x"),
        ("purpose", "FUN"),
        ("method", "PIGEON"),
        ("nature", ""),
        ("fields_chosen", ["EVERYTHING"]),
        ("fields_chosen", []),
        ("protections", ["MAGIC"]),
    ],
)
def test_a_description_that_says_nothing_is_told_at_its_field(
    number: str, as_analyst: Browser, at: datetime, field: str, value: object
) -> None:
    whole: dict[str, Any] = {
        "recipient": str(recipient("LOCAL", at).pk),
        "purpose": "STATUS_VERIFICATION",
        "method": "PAPER",
        "nature": "Copy",
        "fields_chosen": ["NAME"],
    }
    draft = begun(as_analyst, number)
    answer = as_analyst.post(place(draft, "what/"), whole | {field: value})
    assert answer.status_code == 422
    assert "usa-error-message" in answer.content.decode()
    for step in ("answers/", "ground/", "disclose/"):
        assert as_analyst.post(place(draft, step), {"version": "x"}).status_code == 302
