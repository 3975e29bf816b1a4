"""Approvals: who decides what, with which paper, for exactly what, and once."""

import hashlib
import io
from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from typing import Any

import pikepdf
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import DatabaseError, IntegrityError, connection, transaction
from PIL import Image

from accounts.choices import Role
from accounts.models import User
from acrime.audit.choices import Channel
from acrime.audit.models import AuditEvent
from acrime.common.errors import ActionRefused
from routine_uses import actions as gate
from routine_uses import visibility
from routine_uses.actions import DisclosedRecord, DisclosureRefused
from routine_uses.approvals import actions
from routine_uses.approvals.choices import ApprovalKind, ApprovalState, Standing
from routine_uses.approvals.documents import MOST_DOCUMENTS, media_type_of, tidied_name
from routine_uses.approvals.models import MOST_BYTES
from routine_uses.approvals.policy import TASKS, standing_of
from routine_uses.approvals.querysets import chief_privacy_officer, standing
from routine_uses.grounds import GUARDS
from routine_uses.models import (
    Approval,
    ApprovalDocument,
    ApprovalUse,
    Disclosure,
    NoticeVersion,
    Recipient,
)
from routine_uses.policy import ACCURACY_KEY, PARAGRAPHS
from tests import factories
from tests.conftest import Browser, UserFactory
from tests.rooms.routine_uses.conftest import SCOPED
from tests.support import disclosures

DAY = timedelta(days=1)
PAGE = Channel.PAGE


@pytest.fixture
def attorney(make_user: UserFactory) -> User:
    return make_user(Role.ATTORNEY)


@pytest.fixture
def chief(make_user: UserFactory, at: datetime) -> User:
    """The Chief Privacy Officer."""
    person = make_user(Role.PRIVACY_OFFICER)
    actions.designate_chief(person=person, actor=make_user(Role.ADMINISTRATOR), at=at, channel=PAGE)
    return person


def recipient(kind: str, at: datetime, **changed: Any) -> Recipient:
    made: Recipient = gate.add_recipient(
        actor=None,
        at=at,
        name=f"Synthetic {kind.lower()}",
        type=kind,
        address_lines=["1 Example Street", "Sample Falls, VT 05000"],
        channel=Channel.COMMAND,
        **changed,
    )
    return made


@pytest.fixture
def order(notice_2013: NoticeVersion, analyst: User, at: datetime) -> dict[str, Any]:
    """What a court ordered, addressed to a federal agency, which needs no other approval."""
    return {
        "actor": analyst,
        "at": at,
        "records": [DisclosedRecord(41, "IAR-2026-0000-0001")],
        "recipient": recipient("FEDERAL", at),
        "paragraph": "b11",
        "purpose": "COURT_ORDER",
        "nature": "Copy of the response, as ordered",
        "method": "PAPER",
        "fields": ["NAME", "IMMIGRATION_STATUS"],
        "conditions": {},
        "channel": PAGE,
    }


JUDGE = {"order_signed_by": "JUDGE"}


def scoped(facts: Mapping[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in facts.items() if key in SCOPED}


def asked(kind: ApprovalKind, facts: Mapping[str, Any], **changed: Any) -> Approval:
    return factories.ask(kind, asked_by=facts["actor"], **(scoped(facts) | changed))


def granted(
    kind: ApprovalKind, facts: Mapping[str, Any], by: User, findings: Mapping[str, str]
) -> Approval:
    return factories.grant(
        kind, asked_by=facts["actor"], decided_by=by, findings=findings, **scoped(facts)
    )


def disclosed(facts: Mapping[str, Any], **changed: Any) -> Disclosure:
    with transaction.atomic():
        return gate.disclose(**dict(facts) | changed)


# --- What an approval is for -------------------------------------------------------------------


def test_every_approval_that_a_ground_asks_for_is_a_task_of_a_role() -> None:
    rules = [*disclosures.rules().values(), *PARAGRAPHS.values()]
    conditions = [condition for rule in rules for condition in rule.conditions]
    conditions += [guard.condition for guard in GUARDS.values()]
    wanted = {condition.approval for condition in conditions if condition.approval}
    assert wanted | {ApprovalKind.ACCURACY} == set(TASKS) == set(ApprovalKind.values)
    assert [kind for kind, task in TASKS.items() if not task.paper] == [ApprovalKind.ACCURACY]
    assert [kind for kind, task in TASKS.items() if task.chief] == [
        ApprovalKind.CHIEF_PRIVACY_OFFICER
    ]


def test_a_court_order_is_read_by_counsel_and_used_once(
    order: dict[str, Any], attorney: User
) -> None:
    with pytest.raises(DisclosureRefused) as refused:
        disclosed(order, conditions={"court_order": "Order of 3 May", **JUDGE})
    assert [need.key for need in refused.value.verdict.needs] == ["court_order", "order_signed_by"]
    assert refused.value.clause == "5 U.S.C. 552a(b)(11)"

    approval = granted(ApprovalKind.COURT_ORDER, order, attorney, JUDGE)
    made = disclosed(order, conditions={"court_order": approval.number})
    assert made.conditions == {"court_order": approval.number, "order_signed_by": "JUDGE"}
    assert approval.use.disclosure == made
    assert standing(approval, at=order["at"]) is Standing.USED
    event = AuditEvent.objects.get(kind="disclosure.made")
    assert event.details["approvals"] == [approval.number]

    with pytest.raises(DisclosureRefused, match="condition is not met"):
        disclosed(order, conditions={"court_order": approval.number})
    assert Disclosure.objects.count() == 1


def test_what_was_found_counts_and_not_what_the_discloser_says(
    order: dict[str, Any], attorney: User, at: datetime
) -> None:
    approval = asked(ApprovalKind.COURT_ORDER, order)
    for found in ({}, {"order_signed_by": "CLERK"}):
        with pytest.raises(ActionRefused) as refused:
            actions.grant_approval(
                approval=approval,
                reason="Read.",
                findings=found,
                actor=attorney,
                at=at,
                channel=PAGE,
            )
        assert refused.value.code == "finding-not-met"
        assert refused.value.clause == "5 U.S.C. 552a(b)(11)"
    actions.grant_approval(
        approval=approval,
        reason="Read.",
        findings=JUDGE,
        actor=attorney,
        at=at,
        channel=PAGE,
    )
    made = disclosed(
        order, conditions={"court_order": approval.number, "order_signed_by": "Somebody"}
    )
    assert made.conditions["order_signed_by"] == "JUDGE"


@pytest.mark.parametrize(
    "changed",
    [
        {"fields": ["NAME"]},
        {"fields": ["NAME", "IMMIGRATION_STATUS", "ADDRESS"]},
        {"records": [DisclosedRecord(42, "IAR-2026-0000-0002")]},
        {
            "records": [
                DisclosedRecord(41, "IAR-2026-0000-0001"),
                DisclosedRecord(42, "IAR-2026-0000-0002"),
            ]
        },
        {"purpose": "LITIGATION"},
        {"mark": "another state of the contents"},
    ],
    ids=lambda changed: next(iter(changed)),
)
def test_it_covers_exactly_what_it_was_asked_for(
    order: dict[str, Any], attorney: User, changed: dict[str, Any]
) -> None:
    approval = granted(ApprovalKind.COURT_ORDER, order, attorney, JUDGE)
    with pytest.raises(DisclosureRefused, match="condition is not met"):
        disclosed(order | changed, conditions={"court_order": approval.number})
    assert not ApprovalUse.objects.exists()


def test_another_recipient_is_another_approval(
    order: dict[str, Any], attorney: User, at: datetime
) -> None:
    approval = granted(ApprovalKind.COURT_ORDER, order, attorney, JUDGE)
    other = gate.add_recipient(
        actor=None,
        at=at,
        name="Another agency",
        type="FEDERAL",
        address_lines=["Elsewhere"],
        channel=PAGE,
    )
    with pytest.raises(DisclosureRefused, match="condition is not met"):
        disclosed(order, recipient=other, conditions={"court_order": approval.number})


def test_whoever_granted_it_does_not_disclose_with_it(
    order: dict[str, Any], supervisor: User, police: Recipient
) -> None:
    local = order | {
        "recipient": police,
        "paragraph": "b3",
        "letter": "J",
        "purpose": "STATUS_VERIFICATION",
        "conditions": {"within_jurisdiction": True, "purpose_authorized": True},
    }
    check = granted(ApprovalKind.ACCURACY, local, supervisor, {})
    named = local["conditions"] | {ACCURACY_KEY: check.number}
    with pytest.raises(DisclosureRefused, match="condition is not met"):
        disclosed(local, actor=supervisor, conditions=named)
    assert disclosed(local, conditions=named).accuracy_checked_by == supervisor


def test_news_media_need_the_chief_and_counsel_and_they_are_two(
    order: dict[str, Any],
    chief: User,
    attorney: User,
    supervisor: User,
    privacy_officer: User,
    at: datetime,
) -> None:
    release = order | {
        "recipient": recipient("MEDIA", at),
        "paragraph": "b3",
        "letter": "GG",
        "purpose": "PUBLIC_INTEREST",
        "fields": ["IMMIGRATION_STATUS"],
    }
    ground = {"public_ground": "PUBLIC_INTEREST"}
    with pytest.raises(DisclosureRefused) as refused:
        disclosed(release, conditions=ground)
    assert [need.key for need in refused.value.verdict.needs] == [
        "chief_privacy_officer_approval",
        "counsel_consulted",
        "no_unwarranted_invasion",
        ACCURACY_KEY,
    ]
    determined = {"no_unwarranted_invasion": "yes"}
    approval = asked(ApprovalKind.CHIEF_PRIVACY_OFFICER, release)
    # Another privacy officer is not the chief.
    with pytest.raises(ActionRefused, match="Only the chief privacy officer decides"):
        actions.grant_approval(
            approval=approval,
            reason="Fine.",
            findings=determined,
            actor=privacy_officer,
            at=at,
            channel=PAGE,
        )
    actions.grant_approval(
        approval=approval, reason="Fine.", findings=determined, actor=chief, at=at, channel=PAGE
    )
    counsel = granted(ApprovalKind.COUNSEL, release, attorney, {})
    check = granted(ApprovalKind.ACCURACY, release, supervisor, {})
    made = disclosed(
        release,
        conditions=ground
        | {
            "chief_privacy_officer_approval": approval.number,
            "counsel_consulted": counsel.number,
            ACCURACY_KEY: check.number,
        },
    )
    assert made.conditions["no_unwarranted_invasion"] == "yes"
    assert made.approval_uses.count() == 3


def test_nobody_is_chief_and_counsel_of_one_release(
    order: dict[str, Any], make_user: UserFactory, at: datetime
) -> None:
    both = make_user(Role.PRIVACY_OFFICER, Role.ATTORNEY)
    actions.designate_chief(person=both, actor=None, at=at, channel=PAGE)
    release = order | {
        "recipient": recipient("MEDIA", at),
        "paragraph": "b3",
        "letter": "GG",
        "purpose": "PUBLIC_INTEREST",
    }
    granted(ApprovalKind.COUNSEL, release, both, {})
    with pytest.raises(ActionRefused) as refused:
        granted(
            ApprovalKind.CHIEF_PRIVACY_OFFICER, release, both, {"no_unwarranted_invasion": "yes"}
        )
    assert refused.value.code == "one-person-for-two"


@pytest.mark.parametrize(
    ("kind", "paragraph", "letter", "purpose", "type_", "tag", "findings", "role"),
    [
        (
            ApprovalKind.WAIVER,
            "b3",
            "B",
            "CONGRESSIONAL_INQUIRY",
            "CONGRESS",
            "MEMBER_OFFICE",
            {},
            Role.PRIVACY_OFFICER,
        ),
        (
            ApprovalKind.HEAD_REQUEST,
            "b7",
            "",
            "LAW_ENFORCEMENT",
            "LOCAL",
            "",
            {"signer": "HEAD", "portion": "The response", "activity": "Burglary case 26-7"},
            Role.PRIVACY_OFFICER,
        ),
        (
            ApprovalKind.NOTICE_LETTER,
            "b8",
            "",
            "HEALTH_SAFETY",
            "ORGANIZATION",
            "",
            {"last_known_address": "In the query", "notice_tracking": "9400 1000 0000"},
            Role.PRIVACY_OFFICER,
        ),
    ],
    ids=lambda value: str(value) if isinstance(value, ApprovalKind) else "",
)
def test_papers_of_others_are_tasks(
    order: dict[str, Any],
    make_user: UserFactory,
    supervisor: User,
    kind: ApprovalKind,
    paragraph: str,
    letter: str,
    purpose: str,
    type_: str,
    tag: str,
    findings: dict[str, str],
    role: Role,
) -> None:
    at = order["at"]
    wish = order | {
        "recipient": recipient(type_, at, agency_tag=tag),
        "paragraph": paragraph,
        "letter": letter,
        "purpose": purpose,
    }
    rule = PARAGRAPHS.get(paragraph) or disclosures.rules()[letter]
    answers = {
        each.key: disclosures.good_answer(each) for each in rule.conditions if not each.approval
    }
    key = next(each.key for each in rule.conditions if each.answer == "approval")
    check = granted(ApprovalKind.ACCURACY, wish, supervisor, {})
    answers |= {ACCURACY_KEY: check.number}
    words = answers | {key: "Letter of 3 May", **findings}
    with pytest.raises(DisclosureRefused) as refused:
        disclosed(wish, conditions=words)
    # Without the approval nothing that it finds counts either.
    assert [need.key for need in refused.value.verdict.needs] == [key, *findings]
    decider = make_user(role)
    approval = granted(kind, wish, decider, findings)
    made = disclosed(wish, conditions=answers | {key: approval.number})
    assert made.conditions == answers | {key: approval.number} | findings
    bare = asked(kind, wish | {"fields": ["ALIASES"]}, papers=False)
    with pytest.raises(ActionRefused) as missing:
        actions.grant_approval(
            approval=bare, reason="Fine.", findings=findings, actor=decider, at=at, channel=PAGE
        )
    assert missing.value.code == "paper-missing"


# --- Who, when, and what is frozen -------------------------------------------------------------


def test_the_requester_does_not_decide(
    order: dict[str, Any], make_user: UserFactory, at: datetime
) -> None:
    both = make_user(Role.ANALYST, Role.ATTORNEY)
    approval = asked(ApprovalKind.COURT_ORDER, order | {"actor": both})
    acts: list[Callable[[], Approval]] = [
        lambda: actions.grant_approval(
            approval=approval,
            reason="Mine.",
            findings=JUDGE,
            actor=both,
            at=at,
            channel=PAGE,
        ),
        lambda: actions.refuse_approval(
            approval=approval, reason="Mine.", actor=both, at=at, channel=PAGE
        ),
    ]
    for act in acts:
        with pytest.raises(ActionRefused) as refused:
            act()
        assert refused.value.code == "own-request"
    with pytest.raises(IntegrityError, match="second_person"), transaction.atomic():
        Approval.objects.filter(pk=approval.pk).update(
            state="GRANTED", decided_by=both, decided_at=at, decision_reason="Mine."
        )


def test_other_roles_decide_nothing(
    order: dict[str, Any], supervisor: User, privacy_officer: User, at: datetime
) -> None:
    approval = asked(ApprovalKind.COURT_ORDER, order)
    for person in (supervisor, privacy_officer):
        with pytest.raises(ActionRefused) as refused:
            actions.refuse_approval(
                approval=approval, reason="No.", actor=person, at=at, channel=PAGE
            )
        assert refused.value.code == "not-the-decider"


def test_who_may_not_disclose_asks_for_nothing(order: dict[str, Any], attorney: User) -> None:
    with pytest.raises(ActionRefused) as refused:
        asked(ApprovalKind.COURT_ORDER, order | {"actor": attorney})
    assert refused.value.code == "not-a-discloser"


def test_what_the_ground_does_not_ask_is_not_asked(order: dict[str, Any]) -> None:
    for kind in (ApprovalKind.WAIVER, ApprovalKind.ACCURACY):
        with pytest.raises(ActionRefused) as refused:
            asked(kind, order)
        assert refused.value.code == "approval-not-asked"


def test_the_same_is_asked_once_at_a_time(
    order: dict[str, Any], attorney: User, at: datetime
) -> None:
    first = asked(ApprovalKind.COURT_ORDER, order)
    with pytest.raises(ActionRefused, match="asked for the same already"):
        asked(ApprovalKind.COURT_ORDER, order)
    actions.refuse_approval(
        approval=first, reason="Not signed.", actor=attorney, at=at, channel=PAGE
    )
    again = asked(ApprovalKind.COURT_ORDER, order)
    assert again.pk != first.pk
    copy = Approval.objects.get(pk=again.pk)
    copy.pk, copy.number = None, "APV-2026-0000-0000"
    with pytest.raises(IntegrityError, match="one_waiting"), transaction.atomic():
        copy.save(force_insert=True)


@pytest.mark.parametrize(
    ("state", "used", "left", "now"),
    [
        (ApprovalState.WAITING, False, DAY, Standing.WAITING),
        (ApprovalState.WAITING, False, -DAY, Standing.EXPIRED),
        (ApprovalState.GRANTED, False, DAY, Standing.GRANTED),
        (ApprovalState.GRANTED, False, timedelta(0), Standing.EXPIRED),
        (ApprovalState.GRANTED, True, -DAY, Standing.USED),
        (ApprovalState.REFUSED, False, -DAY, Standing.REFUSED),
        (ApprovalState.WITHDRAWN, False, -DAY, Standing.WITHDRAWN),
    ],
)
def test_how_an_approval_stands(
    state: str, used: bool, left: timedelta, now: Standing, at: datetime
) -> None:
    assert standing_of(state=state, used=used, expires_at=at + left, at=at) is now


def test_a_check_of_accuracy_holds_a_week(
    order: dict[str, Any], supervisor: User, police: Recipient, at: datetime
) -> None:
    local = order | {
        "recipient": police,
        "paragraph": "b3",
        "letter": "J",
        "purpose": "STATUS_VERIFICATION",
        "conditions": {"within_jurisdiction": True, "purpose_authorized": True},
    }
    check = granted(ApprovalKind.ACCURACY, local, supervisor, {})
    named = local["conditions"] | {ACCURACY_KEY: check.number}
    with pytest.raises(DisclosureRefused):
        disclosed(local, conditions=named, at=at + 7 * DAY)
    assert disclosed(local, conditions=named, at=at + 7 * DAY - timedelta(seconds=1))


def test_what_waited_too_long_is_decided_by_nobody_and_asked_anew(
    order: dict[str, Any], attorney: User, at: datetime
) -> None:
    approval = asked(ApprovalKind.COURT_ORDER, order)
    later = at + 91 * DAY
    with pytest.raises(ActionRefused, match="expired"):
        actions.refuse_approval(
            approval=approval, reason="Late.", actor=attorney, at=later, channel=PAGE
        )
    assert not Approval.objects.to_decide(attorney, at=later).exists()
    again = asked(ApprovalKind.COURT_ORDER, order | {"at": later})
    approval.refresh_from_db()
    assert (approval.state, again.state) == (ApprovalState.WITHDRAWN, ApprovalState.WAITING)


def test_a_grant_is_withdrawn_until_it_is_used(
    order: dict[str, Any], attorney: User, supervisor: User, at: datetime
) -> None:
    approval = granted(ApprovalKind.COURT_ORDER, order, attorney, JUDGE)

    def withdraw(by: User) -> Approval:
        return actions.withdraw_approval(
            approval=approval, reason="The order was vacated.", actor=by, at=at, channel=PAGE
        )

    with pytest.raises(ActionRefused) as refused:
        withdraw(supervisor)
    assert refused.value.code == "not-yours"
    withdraw(attorney)
    with pytest.raises(DisclosureRefused, match="condition is not met"):
        disclosed(order, conditions={"court_order": approval.number})
    with pytest.raises(ActionRefused, match="no longer be withdrawn"):
        withdraw(attorney)

    used = granted(ApprovalKind.COURT_ORDER, order, attorney, JUDGE)
    disclosed(order, conditions={"court_order": used.number})
    with pytest.raises(ActionRefused, match="no longer be withdrawn"):
        actions.withdraw_approval(
            approval=used, reason="Late.", actor=attorney, at=at, channel=PAGE
        )


@pytest.mark.parametrize(
    "changed",
    [
        {"decision_reason": "Another"},
        {"findings": {"order_signed_by": "CLERK"}},
        {"state": "REFUSED"},
        {"state": "WAITING", "decided_by": None, "decided_at": None, "decision_reason": ""},
        {"expires_at": datetime.fromisoformat("2036-01-01T00:00:00+00:00")},
        {"fields": ["NAME"]},
        {"record_ids": [7], "record_numbers": ["IAR-2026-0000-0007"]},
    ],
    ids=lambda changed: next(iter(changed)),
)
def test_a_decided_approval_is_frozen_by_the_database(
    order: dict[str, Any], attorney: User, changed: dict[str, Any]
) -> None:
    approval = granted(ApprovalKind.COURT_ORDER, order, attorney, JUDGE)
    with pytest.raises(DatabaseError, match="frozen"), transaction.atomic():
        Approval.objects.filter(pk=approval.pk).update(**changed)


def test_what_was_asked_is_frozen_from_the_start(order: dict[str, Any], attorney: User) -> None:
    approval = asked(ApprovalKind.COURT_ORDER, order)
    for changed in ({"fields": ["NAME"]}, {"recipient": None}, {"kind": "WAIVER"}, {"reason": "x"}):
        with pytest.raises(DatabaseError, match="frozen"), transaction.atomic():
            Approval.objects.filter(pk=approval.pk).update(**changed)


@pytest.mark.parametrize(
    "statement",
    [
        "DELETE FROM routine_uses_approval",
        "TRUNCATE routine_uses_approval CASCADE",
        "UPDATE routine_uses_approvedrecord SET record_id = 1",
        "DELETE FROM routine_uses_approvaldocument",
        "UPDATE routine_uses_approvaldocument SET name = 'x'",
        "UPDATE routine_uses_approvaluse SET disclosure_id = 1",
        "DELETE FROM routine_uses_approvaluse",
    ],
)
def test_approvals_are_kept(order: dict[str, Any], attorney: User, statement: str) -> None:
    approval = granted(ApprovalKind.COURT_ORDER, order, attorney, JUDGE)
    disclosed(order, conditions={"court_order": approval.number})
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
            cursor.execute(statement)


def test_the_database_refuses_a_use_that_is_not_covered_and_a_second_one(
    order: dict[str, Any], attorney: User
) -> None:
    first = granted(ApprovalKind.COURT_ORDER, order, attorney, JUDGE)
    made = disclosed(order, conditions={"court_order": first.number})
    with pytest.raises(IntegrityError, match="approval_id"), transaction.atomic():
        ApprovalUse.objects.create(approval=first, disclosure=made)
    waiting = asked(ApprovalKind.COURT_ORDER, order)
    narrower = granted(ApprovalKind.COURT_ORDER, order | {"fields": ["NAME"]}, attorney, JUDGE)
    other = granted(
        ApprovalKind.COURT_ORDER,
        order | {"records": [DisclosedRecord(42, "IAR-2026-0000-0002")]},
        attorney,
        JUDGE,
    )
    for approval in (waiting, narrower, other):
        with pytest.raises(IntegrityError, match="does not cover"), transaction.atomic():
            ApprovalUse.objects.create(approval=approval, disclosure=made)


# --- Papers ------------------------------------------------------------------------------------


def picture(kind: str) -> bytes:
    held = io.BytesIO()
    Image.new("RGB", (4, 4)).save(held, format=kind)
    return held.getvalue()


def pdf(*, password: str = "", script: bool = False, file: bool = False) -> bytes:
    held = io.BytesIO()
    with pikepdf.new() as made:
        made.add_blank_page()
        if script:
            made.Root.OpenAction = pikepdf.Dictionary(S=pikepdf.Name.JavaScript, JS="app.alert(1)")
        if file:
            made.attachments["a.exe"] = b"MZ"
        lock = pikepdf.Encryption(owner=password, user=password) if password else False
        made.save(held, encryption=lock)
    return held.getvalue()


@pytest.mark.parametrize(
    ("data", "kind"),
    [
        (factories.PAPER, "application/pdf"),
        (pdf(), "application/pdf"),
        (picture("PNG"), "image/png"),
        (picture("JPEG"), "image/jpeg"),
        (picture("TIFF"), "image/tiff"),
    ],
    ids=["small", "pdf", "png", "jpeg", "tiff"],
)
def test_the_contents_tell_what_a_paper_is(data: bytes, kind: str) -> None:
    assert media_type_of(data) == kind


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (b"", "paper-empty"),
        (b"%PDF-1.7" + b"x" * MOST_BYTES, "paper-too-large"),
        (b"MZ\x90\x00", "paper-kind"),
        (b"PK\x03\x04", "paper-kind"),
        (b"<html><script>1</script>", "paper-kind"),
        (picture("GIF"), "paper-kind"),
        (b"%PDF-1.7 and nothing else", "paper-damaged"),
        (picture("PNG")[:40], "paper-damaged"),
        (pdf(password="secret"), "paper-locked"),
        (pdf(script=True), "paper-active"),
        (pdf(file=True), "paper-active"),
    ],
    ids=[
        "empty",
        "large",
        "program",
        "archive",
        "page",
        "gif",
        "no pdf",
        "cut off",
        "locked",
        "script",
        "files",
    ],
)
def test_what_is_no_paper(data: bytes, code: str) -> None:
    with pytest.raises(ActionRefused) as refused:
        media_type_of(data)
    assert refused.value.code == code


@pytest.mark.parametrize(
    ("name", "kept"),
    [
        ("order.pdf", "order.pdf"),
        ("../../etc/passwd", "passwd"),
        ("C:\\Users\\x\\order.pdf", "order.pdf"),
        ("a\x00b\n.pdf", "ab.pdf"),
        ("", "paper"),
        ("x" * 300 + ".pdf", "x" * 116 + ".pdf"),
    ],
)
def test_a_name_is_only_a_name(name: str, kept: str) -> None:
    assert tidied_name(name) == kept


def test_a_paper_lies_sealed_with_its_hash(order: dict[str, Any]) -> None:
    approval = asked(ApprovalKind.COURT_ORDER, order)
    paper = approval.documents.get()
    assert bytes(paper.content) == factories.PAPER
    assert paper.sha256 == hashlib.sha256(factories.PAPER).hexdigest()
    with connection.cursor() as cursor:
        cursor.execute("SELECT content FROM routine_uses_approvaldocument")
        assert b"PDF" not in bytes(cursor.fetchone()[0])


def test_papers_come_while_it_waits(
    order: dict[str, Any], attorney: User, other_analyst: User, at: datetime
) -> None:
    approval = asked(ApprovalKind.COURT_ORDER, order)

    def add(data: bytes, by: User) -> ApprovalDocument:
        return actions.add_paper(
            approval=approval, name="memo.pdf", data=data, actor=by, at=at, channel=PAGE
        )

    for by, data, code in (
        (other_analyst, pdf(), "not-yours"),
        (order["actor"], factories.PAPER, "paper-again"),
    ):
        with pytest.raises(ActionRefused) as refused:
            add(data, by)
        assert refused.value.code == code
    for serial in range(MOST_DOCUMENTS - 1):
        add(factories.PAPER + b"%" * (serial + 1), attorney)
    with pytest.raises(ActionRefused) as refused:
        add(pdf(), attorney)
    assert refused.value.code == "paper-too-many"
    actions.grant_approval(
        approval=approval, reason="Read.", findings=JUDGE, actor=attorney, at=at, channel=PAGE
    )
    with pytest.raises(ActionRefused) as refused:
        add(pdf(), attorney)
    assert refused.value.code == "wrong-state"
    paper = approval.documents.first()
    assert paper is not None
    paper.pk, paper.sha256 = None, "0" * 64
    with pytest.raises(DatabaseError, match="frozen"), transaction.atomic():
        paper.save(force_insert=True)


# --- The Chief Privacy Officer -----------------------------------------------------------------


def test_one_privacy_officer_is_the_chief(
    chief: User, privacy_officer: User, analyst: User, make_user: UserFactory, at: datetime
) -> None:
    administrator = make_user(Role.ADMINISTRATOR)

    def designate(person: User, actor: User) -> None:
        actions.designate_chief(person=person, actor=actor, at=at, channel=PAGE)

    for person, actor, code in (
        (privacy_officer, privacy_officer, "not-an-administrator"),
        (analyst, administrator, "not-a-privacy-officer"),
        (administrator, administrator, "own-designation"),
        (chief, administrator, "already-designated"),
    ):
        with pytest.raises(ActionRefused) as refused:
            designate(person, actor)
        assert refused.value.code == code
    assert chief_privacy_officer() == chief
    designate(privacy_officer, administrator)
    assert chief_privacy_officer() == privacy_officer


# --- Pages -------------------------------------------------------------------------------------


@pytest.fixture
def everybody_sees_41(monkeypatch: pytest.MonkeyPatch) -> None:
    """The record that the approvals are about is one that readers of records see."""

    def visible(user: User) -> Any:
        if not user.roles:
            return User.objects.none().values("pk")
        return User.objects.filter(pk=user.pk).extra(select={"n": "41"}).values("n")

    monkeypatch.setattr(visibility, "_visible_records", visible)


@pytest.mark.usefixtures("everybody_sees_41")
def test_from_asking_to_granting_on_pages(
    order: dict[str, Any],
    as_attorney: Browser,
    as_analyst: Browser,
    as_supervisor: Browser,
) -> None:
    approval = asked(ApprovalKind.COURT_ORDER, order, papers=False)
    place = f"/approvals/{approval.number}/"
    assert approval.number in as_attorney.get("/approvals/").content.decode()
    assert approval.number not in as_supervisor.get("/approvals/").content.decode()
    assert "Approvals to decide" in as_attorney.get("/").content.decode()

    page = as_attorney.get(place).content.decode()
    for said in ("Exactly this, and once", "5 U.S.C. 552a(b)(11)", "The paper is not there yet"):
        assert said in page
    # The requester's page has no decision on it.
    assert "Refuse</button>" not in as_analyst.get(place).content.decode()

    early = {"decide-reason": "Read", "decide-order_signed_by": "JUDGE", "decision": "grant"}
    answer = as_attorney.post(f"{place}decide/", early)
    assert answer.status_code == 422
    assert "The order must be attached first" in answer.content.decode()

    program = SimpleUploadedFile("order.pdf", b"MZ\x90", content_type="application/pdf")
    answer = as_analyst.post(f"{place}papers/", {"paper-paper": program})
    assert answer.status_code == 422
    assert "whatever its name says" in answer.content.decode()
    paper = SimpleUploadedFile("order.exe", factories.PAPER, content_type="text/html")
    assert as_analyst.post(f"{place}papers/", {"paper-paper": paper}).status_code == 302

    assert as_analyst.post(f"{place}decide/", early).status_code == 403
    answer = as_attorney.post(f"{place}decide/", early | {"decide-order_signed_by": "OTHER"})
    assert "Without that it cannot be granted" in answer.content.decode()
    assert as_attorney.post(f"{place}decide/", early).status_code == 302
    page = as_attorney.get(place).content.decode()
    assert "Granted, not used yet" in page
    assert as_attorney.post(f"{place}decide/", early).status_code == 422


@pytest.mark.usefixtures("everybody_sees_41")
def test_taking_a_paper_out_is_written_down(
    order: dict[str, Any], as_attorney: Browser, as_supervisor: Browser
) -> None:
    approval = asked(ApprovalKind.COURT_ORDER, order)
    paper = approval.documents.get()
    place = f"/approvals/{approval.number}/papers/{paper.pk}/"
    answer = as_attorney.get(place)
    assert answer.content == factories.PAPER
    assert answer["Content-Type"] == "application/pdf"
    assert answer["Content-Disposition"].startswith("attachment; filename=")
    assert answer["X-Content-Type-Options"] == "nosniff"
    event = AuditEvent.objects.get(kind="record.downloaded")
    assert (event.actor, event.record_id) == (as_attorney.user, 41)
    assert event.details == {
        "approval": approval.number,
        "paper": paper.pk,
        "sha256": paper.sha256,
    }
    assert (
        as_attorney.get(f"/approvals/{approval.number}/papers/{paper.pk + 1}/").status_code == 404
    )


@pytest.mark.usefixtures("everybody_sees_41")
def test_without_the_event_no_paper_leaves(
    order: dict[str, Any], as_attorney: Browser, monkeypatch: pytest.MonkeyPatch
) -> None:
    approval = asked(ApprovalKind.COURT_ORDER, order)

    def fail(**facts: object) -> None:
        raise OSError("the ledger is full")

    monkeypatch.setattr("routine_uses.approvals.access.record_event", fail)
    as_attorney.raise_request_exception = False
    for place in ("", f"papers/{approval.documents.get().pk}/"):
        answer = as_attorney.get(f"/approvals/{approval.number}/{place}")
        assert answer.status_code == 500
        assert b"PDF" not in answer.content


def test_an_approval_of_hidden_records_is_as_absent(
    order: dict[str, Any], as_attorney: Browser, as_privacy_officer: Browser
) -> None:
    """The records do not exist here, so nobody but those who see all approvals sees it."""
    approval = asked(ApprovalKind.COURT_ORDER, order)
    hidden = as_attorney.get(f"/approvals/{approval.number}/")
    absent = as_attorney.get("/approvals/APV-2026-0000-0000/")
    assert (hidden.status_code, absent.status_code) == (404, 404)
    assert len(hidden.content) == len(absent.content)
    assert approval.number not in as_attorney.get("/approvals/?show=all").content.decode()
    probed = AuditEvent.objects.filter(kind="record.probed").order_by("pk")
    assert [event.matched_ids for event in probed] == [[41], []]
    assert as_privacy_officer.get(f"/approvals/{approval.number}/").status_code == 200
    paper = approval.documents.get()
    for act in ("decide/", "withdraw/", "papers/"):
        assert as_attorney.post(f"/approvals/{approval.number}/{act}").status_code == 404
    assert as_attorney.get(f"/approvals/{approval.number}/papers/{paper.pk}/").status_code == 404


def test_the_chief_is_designated_on_a_page(
    as_administrator: Browser, as_privacy_officer: Browser, privacy_officer: User
) -> None:
    assert "Nobody. Until" in as_privacy_officer.get("/approvals/chief/").content.decode()
    assert as_privacy_officer.post("/approvals/chief/", {}).status_code == 403
    assert as_administrator.post("/approvals/chief/", {"person": "0"}).status_code == 422
    as_administrator.post("/approvals/chief/", {"person": str(privacy_officer.pk)})
    assert chief_privacy_officer() == privacy_officer
    assert privacy_officer.full_name in as_administrator.get("/approvals/chief/").content.decode()
