"""The one door: what it writes, what it refuses, and that nothing changes it afterwards."""

import hashlib
from collections.abc import Callable
from datetime import datetime
from io import StringIO
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.db import DatabaseError, IntegrityError, connection, transaction

from accounts.models import User
from acrime.audit.choices import Channel, Outcome
from acrime.audit.models import AuditEvent
from acrime.common.errors import ActionRefused
from acrime.common.pdf import UnableToRenderPdf
from routine_uses import actions, documents, verification
from routine_uses.actions import DisclosedRecord, DisclosureRefused, refusals_are_kept
from routine_uses.models import Disclosure, NoticeVersion, Recipient
from routine_uses.querysets import NoNoticeInForce, fbi_cjis, notice_in_force, retention_item
from routine_uses.versions import actions as versions
from tests.rooms.routine_uses.conftest import NOTICE, Disclose

# --- What a disclosure writes ------------------------------------------------------------------


def test_a_disclosure_is_accounted_in_full(
    disclose: Disclose, notice_2013: NoticeVersion, analyst: User, at: datetime
) -> None:
    made = Disclosure.objects.get(pk=disclose().pk)
    assert made.number.startswith("DIS-2026-")
    assert made.disclosed_at == at
    assert (made.nature, made.purpose) == (
        "Immigration Alien Response",
        "Answer to a fingerprint-based immigration query",
    )
    assert made.recipient_name == "FBI Criminal Justice Information Services Division"
    assert made.recipient_address == "1000 Custer Hollow Road\nClarksburg, WV 26306"
    assert (made.paragraph, made.letter, made.computed_letter) == ("b3", "X", "X")
    assert made.clause == "5 U.S.C. 552a(b)(3); DHS/ICE-007 routine use X, 78 FR 10623"
    assert made.notice_version == notice_2013
    assert made.discloser_name == analyst.full_name
    assert list(made.links.values_list("record_id", "record_number")) == [
        (41, "IAR-2026-0000-0001")
    ]
    event = AuditEvent.objects.get(kind="disclosure.made")
    assert (event.record_id, event.details["disclosure"]) == (41, made.number)


def test_code_and_hashes_fit_the_stored_row(disclose: Disclose) -> None:
    made = Disclosure.objects.get(pk=disclose().pk)
    facts = verification.facts_of(made)
    assert made.facts_sha256 == verification.facts_hash(facts)
    assert verification.fits(made.verification_code, facts)
    assert not verification.fits(made.verification_code, facts | {"nature": "Another"})
    assert made.document_sha256 == hashlib.sha256(bytes(made.document)).hexdigest()


def test_recipients_and_people_may_change_and_the_accounting_does_not(
    disclose: Disclose, cjis: Recipient, analyst: User
) -> None:
    made = disclose()
    Recipient.objects.filter(pk=cjis.pk).update(name="Renamed")
    User.objects.filter(pk=analyst.pk).update(full_name="Renamed")
    made.refresh_from_db()
    assert "Renamed" not in made.recipient_name + made.discloser_name


def test_several_records_are_all_named(disclose: Disclose) -> None:
    records = [DisclosedRecord(n, f"IAR-2026-0000-000{n}") for n in range(1, 4)]
    made = disclose(records=records)
    assert made.record_ids == [1, 2, 3]
    assert made.links.count() == 3
    event = AuditEvent.objects.get(kind="disclosure.made")
    assert event.record_id is None
    assert event.details["records"] == made.record_numbers


# --- What the door refuses ---------------------------------------------------------------------


@pytest.mark.parametrize(
    ("changed", "clause", "need"),
    [
        ({"letter": "J", "purpose": "LITIGATION"}, "routine use J", ""),
        ({"letter": "HH"}, "(b)(3)", ""),
        ({"paragraph": "b12", "letter": ""}, "(b)(12)", ""),
        ({"conditions": {}}, "routine use X", "fingerprint_based"),
        ({"program": "SEX_OFFENDER"}, "sex offender registrants", ""),
        ({"fields": []}, "(c)(1)(A)", ""),
        ({"records": []}, "(c)(1)(A)", ""),
        ({"nature": " "}, "(c)(1)(A)", ""),
        ({"method": "PIGEON"}, "(c)(1)(A)", ""),
        ({"disputed": True, "statement": "  "}, "(d)(4)", "statement"),
        ({"protections": ["ASYLUM"]}, "8 CFR 208.6", "asylum_exception"),
        ({"computed_letter": "J"}, "(b)(3)", ""),
        (
            {"paragraph": "b2", "letter": "", "conditions": {"foia_request": "2026-17"}},
            "(c)(1)",
            "",
        ),
        (
            {
                "letter": "J",
                "purpose": "STATUS_VERIFICATION",
                "conditions": {
                    "fingerprint_based": True,
                    "within_jurisdiction": True,
                    "purpose_authorized": True,
                },
            },
            "(b)(3)",
            "override_reason",
        ),
    ],
)
def test_what_does_not_fit_is_refused_with_its_clause(
    disclose: Disclose, changed: dict[str, Any], clause: str, need: str
) -> None:
    with pytest.raises(DisclosureRefused) as refused:
        disclose(**changed)
    assert clause in refused.value.clause
    assert [each.key for each in refused.value.verdict.needs] == ([need] if need else [])
    assert not Disclosure.objects.exists()


def test_another_letter_than_the_computed_one_goes_with_a_reason(disclose: Disclose) -> None:
    made = disclose(
        letter="J",
        purpose="STATUS_VERIFICATION",
        conditions={
            "fingerprint_based": True,
            "within_jurisdiction": True,
            "purpose_authorized": True,
        },
        computed_letter="X",
        override_reason="Asked by name, not by the fingerprints.",
    )
    assert (made.letter, made.computed_letter) == ("J", "X")
    assert made.override_reason


def test_a_local_agency_needs_the_accuracy_check_of_a_named_person(
    disclose: Disclose, police: Recipient, supervisor: User
) -> None:
    asked = {
        "recipient": police,
        "letter": "J",
        "purpose": "STATUS_VERIFICATION",
        "conditions": {"within_jurisdiction": True, "purpose_authorized": True},
    }
    with pytest.raises(DisclosureRefused) as refused:
        disclose(**asked)
    assert refused.value.clause == "5 U.S.C. 552a(e)(6)"
    made = disclose(**asked, accuracy_checked_by=supervisor)
    assert made.accuracy_checked_by_name == supervisor.full_name


def test_a_copy_inside_the_agency_is_no_disclosure(disclose: Disclose, at: datetime) -> None:
    office = actions.add_recipient(
        actor=None,
        at=at,
        name="Field office",
        type="FEDERAL",
        address_lines=["2 Example Street"],
        inside_dhs=True,
        channel=Channel.COMMAND,
    )
    for changed in ({}, {"paragraph": "b1", "letter": "", "conditions": {"need_in_duties": True}}):
        with pytest.raises(DisclosureRefused, match="copy inside the agency"):
            disclose(recipient=office, **changed)


def test_without_a_notice_nothing_leaves(facts: dict[str, Any], at: datetime) -> None:
    with pytest.raises(DisclosureRefused, match="No version"), transaction.atomic():
        actions.disclose(**facts)
    with pytest.raises(NoNoticeInForce):
        notice_in_force(at)


def test_a_recipient_no_longer_in_use_gets_nothing(disclose: Disclose, cjis: Recipient) -> None:
    cjis.is_active = False
    with pytest.raises(DisclosureRefused, match="no longer in use"):
        disclose()


@pytest.mark.django_db(transaction=True)
def test_the_door_opens_only_inside_a_transaction(
    facts: dict[str, Any], notice_2013: NoticeVersion
) -> None:
    with pytest.raises(RuntimeError, match="joins the transaction"):
        actions.disclose(**facts)


def test_without_its_document_nothing_leaves(
    disclose: Disclose, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(documents, "TEMPLATE", "routine_uses/no_such_template.html")
    with pytest.raises(UnableToRenderPdf):
        disclose()
    assert not Disclosure.objects.exists()
    assert not AuditEvent.objects.filter(kind="disclosure.made").exists()


# --- Refusals are kept -------------------------------------------------------------------------


def _released(facts: dict[str, Any], at: datetime, **changed: Any) -> Callable[[], Disclosure]:
    @refusals_are_kept
    @transaction.atomic
    def release() -> Disclosure:
        actions.add_recipient(
            actor=None,
            at=at,
            name="Written before the refusal",
            type="STATE",
            address_lines=["Somewhere"],
            channel=Channel.COMMAND,
        )
        return actions.disclose(**facts | changed)

    return release


@pytest.mark.django_db(transaction=True)
def test_a_refusal_is_written_although_all_else_is_rolled_back(
    facts: dict[str, Any], notice_2013: NoticeVersion, at: datetime
) -> None:
    with pytest.raises(DisclosureRefused):
        _released(facts, at, program="SEX_OFFENDER")()
    assert not Recipient.objects.filter(name__startswith="Written").exists()
    event = AuditEvent.objects.get(kind="disclosure.refused")
    assert (event.outcome, event.record_id) == (Outcome.REFUSED, 41)
    assert event.details["code"] == "disclosure-refused"
    assert "sex offender" in event.details["clause"]


def test_what_is_still_needed_is_written_too(
    facts: dict[str, Any], notice_2013: NoticeVersion, at: datetime
) -> None:
    with pytest.raises(DisclosureRefused):
        _released(facts, at, conditions={})()
    event = AuditEvent.objects.get(kind="disclosure.refused")
    assert event.details["needs"] == ["fingerprint_based"]


def test_an_allowed_disclosure_passes_through(
    facts: dict[str, Any], notice_2013: NoticeVersion, at: datetime
) -> None:
    assert _released(facts, at)().number


@pytest.mark.django_db(transaction=True)
def test_keeping_refusals_inside_a_transaction_is_a_fault(
    facts: dict[str, Any], notice_2013: NoticeVersion, at: datetime
) -> None:
    with pytest.raises(RuntimeError), transaction.atomic():
        _released(facts, at)()


# --- The accounting cannot be changed ----------------------------------------------------------


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE routine_uses_disclosure SET nature = 'x'",
        "UPDATE routine_uses_disclosure SET nature = 'x' WHERE false",
        "DELETE FROM routine_uses_disclosure",
        "TRUNCATE routine_uses_disclosure CASCADE",
        "UPDATE routine_uses_disclosedrecordlink SET record_id = 1",
        "DELETE FROM routine_uses_disclosedrecordlink",
        "TRUNCATE routine_uses_disclosedrecordlink",
    ],
)
def test_the_database_refuses_to_change_the_accounting(disclose: Disclose, statement: str) -> None:
    disclose()
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
            cursor.execute(statement)


@pytest.mark.parametrize(
    ("column", "value", "constraint"),
    [
        ("paragraph", "b2", "accounted_paragraph"),
        ("paragraph", "b12", "accounted_paragraph"),
        ("letter", "", "letter_iff_routine_use"),
        ("computed_letter", "J", "override_has_reason"),
        ("fields", ["EVERYTHING"], "known_fields"),
        ("fields", [], "known_fields"),
        ("record_ids", [1, 2], "records_named"),
        ("recipient_address", "", "accounting_complete"),
        ("recipient_type", "LOCAL", "accuracy_checked"),
        ("disputed", True, "disputed_with_statement"),
        ("document_sha256", "x", "sha256"),
    ],
)
def test_the_database_refuses_an_accounting_that_is_not_whole(
    disclose: Disclose, column: str, value: object, constraint: str
) -> None:
    made = disclose()
    made.pk, made.number = None, "DIS-2026-0000-0000"
    setattr(made, column, value)
    with pytest.raises(IntegrityError, match=constraint), transaction.atomic():
        made.save(force_insert=True)


# --- Recipients --------------------------------------------------------------------------------


def test_a_recipient_needs_a_name_and_an_address(db: None, at: datetime) -> None:
    for name, lines in (("", ["1 Example Street"]), ("Name", [" "])):
        with pytest.raises(ActionRefused, match="name and an address"):
            actions.add_recipient(
                actor=None,
                at=at,
                name=name,
                type="STATE",
                address_lines=lines,
                channel=Channel.COMMAND,
            )


def test_an_ori_belongs_to_one_recipient(police: Recipient, at: datetime) -> None:
    with pytest.raises(ActionRefused, match="has that ORI"):
        actions.add_recipient(
            actor=None,
            at=at,
            name="Another",
            type="STATE",
            ori=police.ori.lower(),
            address_lines=["Somewhere"],
            channel=Channel.COMMAND,
        )


@pytest.mark.parametrize(
    ("column", "value"),
    [
        ("ori", "VT7"),
        ("type", "ALIEN"),
        ("agency_tag", "CIA"),
        ("address_lines", []),
        ("delivery_channel", "SPOOL"),
        ("delivery_target", "somewhere"),
    ],
)
def test_the_database_refuses_a_recipient_that_cannot_be(
    police: Recipient, column: str, value: object
) -> None:
    setattr(police, column, value)
    with pytest.raises(IntegrityError), transaction.atomic():
        police.save()


@pytest.mark.parametrize(
    ("channel", "target", "fits"),
    [
        ("SPOOL", "fbi-cjis", True),
        ("SPOOL", "../etc", False),
        ("SPOOL", "a/b", False),
        ("HTTP", "https://example.gov/inbox", True),
        ("HTTP", "http://127.0.0.1:9000/inbox", True),
        ("HTTP", "http://example.gov/inbox", False),
        ("HTTP", "http://127.0.0.1.example.gov/", False),
        ("HTTP", "file:///etc/passwd", False),
    ],
)
def test_where_a_recipient_is_reached(
    police: Recipient, channel: str, target: str, fits: bool
) -> None:
    police.delivery_channel, police.delivery_target = channel, target
    if fits:
        police.save()
    else:
        with pytest.raises(IntegrityError), transaction.atomic():
            police.save()


# --- Loading notices ---------------------------------------------------------------------------


def load(*args: str) -> str:
    said = StringIO()
    call_command("load_notice", *args, stdout=said)
    return said.getvalue()


def test_loading_everything_may_be_repeated(db: None, at: datetime) -> None:
    assert "DHS/ICE-007 2013: loaded, 33 routine uses" in load("--all")
    again = load("--all")
    assert "was loaded before" in again
    assert "0 added" in again
    version = notice_in_force(at)
    assert version.routine_uses.count() == 33
    assert fbi_cjis().ori == "WVFBIID00"
    assert retention_item(version, "TIP").years == 10


def test_one_file_is_loaded_and_not_put_in_force(db: None, at: datetime) -> None:
    load(str(NOTICE))
    with pytest.raises(NoNoticeInForce):
        notice_in_force(at)


def test_replacing_the_version_in_force_takes_a_second_person(
    notice_2013: NoticeVersion, at: datetime
) -> None:
    newer = NOTICE.read_bytes().replace(b'label = "2013"', b'label = "2027"')
    loaded = versions.load_notice(data=newer, at=at, channel=Channel.COMMAND)
    with pytest.raises(ActionRefused, match="second person"):
        versions.put_first_version_in_force(version=loaded.version, at=at, channel=Channel.COMMAND)
    assert notice_in_force(at) == notice_2013


def test_a_published_version_does_not_change(notice_2013: NoticeVersion, at: datetime) -> None:
    changed = NOTICE.read_bytes() + b"\n# changed\n"
    with pytest.raises(ActionRefused, match="label of its own"):
        versions.load_notice(data=changed, at=at, channel=Channel.COMMAND)


@pytest.mark.parametrize("args", [(), ("a.toml", "--all"), ("/no/such/file.toml",)])
def test_the_command_says_what_is_wrong(db: None, args: tuple[str, ...]) -> None:
    with pytest.raises(CommandError):
        load(*args)


def test_the_database_allows_one_version_in_force(notice_2013: NoticeVersion) -> None:
    with pytest.raises(IntegrityError, match="one_in_force"), transaction.atomic():
        NoticeVersion.objects.create(
            notice=notice_2013.notice,
            label="other",
            citation="1 FR 1",
            published_date=notice_2013.published_date,
            effective_date=notice_2013.effective_date,
            in_force_from=notice_2013.in_force_from,
            source_sha256="a" * 64,
            loaded_at=notice_2013.loaded_at,
            document={},
        )
