"""``manage.py decide disclosure``: plain facts in, one verdict a line out."""

import io
import json
import re
from collections.abc import Iterable
from dataclasses import replace
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command

from acrime.audit.models import AuditEvent
from acrime.common.plain_facts import FactsInvalid
from routine_uses import notice_files, policy
from routine_uses.approvals.choices import ApprovalKind
from routine_uses.choices import (
    AgencyTag,
    Field,
    Paragraph,
    Program,
    Protection,
    Purpose,
    RecipientType,
)
from routine_uses.models import NoticeVersion
from routine_uses.what_if import answer, request_from
from tests.support import disclosures
from tests.support.source import ROOT

pytestmark = pytest.mark.django_db

LEADTRAC = Path(notice_files.__file__).parent / "notices" / "dhs-ice-015-2016.toml"
MANUAL = ROOT / "acrime" / "docs" / "decide.md"

EE = {
    "id": "court-1",
    "letter": "EE",
    "recipient": {"type": "COURT"},
    "fields": ["CUSTODY_STATUS"],
    "purpose": "JUSTICE_INTEGRITY",
    "conditions": {"justice_role": "COURT"},
    "approvals": ["ACCURACY"],
}


def decide(file: Path, *args: str) -> tuple[list[dict[str, Any]], str]:
    """The answers, and what the command complained of."""
    out = StringIO()
    complaint = ""
    try:
        call_command("decide", "disclosure", str(file), *args, stdout=out)
    except CommandError as error:
        complaint = str(error)
    return [json.loads(line) for line in out.getvalue().splitlines()], complaint


def asked(tmp_path: Path, lines: Iterable[object], *args: str) -> tuple[list[dict[str, Any]], str]:
    file = tmp_path / "facts.jsonl"
    texts = (line if isinstance(line, str) else json.dumps(line) for line in lines)
    file.write_text("\n".join(texts), encoding="utf-8")
    return decide(file, *args)


def test_a_verdict_a_line_in_the_same_order(notice: NoticeVersion, tmp_path: Path) -> None:
    too_much = EE | {"id": 2, "fields": ["CUSTODY_STATUS", "NAME"]}
    bare: dict[str, object] = EE | {"id": None, "conditions": {}, "approvals": []}
    answers, complaint = asked(tmp_path, [EE, "", too_much, bare])
    assert complaint == ""
    assert [(each["line"], each["id"], each["verdict"]) for each in answers] == [
        (1, "court-1", "allowed"),
        (3, 2, "refused"),
        (4, None, "needs"),
    ]
    assert answers[0]["clause"] == "5 U.S.C. 552a(b)(3); DHS/ICE-007 routine use EE, 78 FR 10623"
    assert answers[0]["notice"] == "DHS/ICE-007 2013, 78 FR 10623"
    assert answers[1]["reasons"] == ["Routine use EE does not carry: Name."]
    assert [need["key"] for need in answers[2]["needs"]] == ["justice_role", "accuracy_checked_by"]
    assert answers[2]["suggested_letter"] == "EE"
    assert [each["letter"] for each in answers[2]["letters"]] == ["EE"]
    assert len(answers[2]["other_letters"]) == 32
    assert all(each["reasons"] for each in answers[2]["other_letters"])
    # Nothing is disclosed and nobody looked at anything.
    assert not AuditEvent.objects.filter(kind__startswith="disclosure").exists()


def test_a_bad_line_is_answered_and_the_next_one_read(tmp_path: Path) -> None:
    answers, complaint = asked(
        tmp_path, ["{not json", EE, "[]", EE | {"purpose": "FUN"}, "7" * 70000]
    )
    assert complaint == "4 of 5 lines could not be answered."
    assert [("error" in each) for each in answers] == [True, False, True, True, True]
    assert answers[3]["id"] == "court-1"
    assert answers[3]["field"] == "purpose"
    assert "FUN is not known" in answers[3]["error"]
    assert "longer" in answers[4]["error"]


def test_standard_input_is_read(monkeypatch: pytest.MonkeyPatch) -> None:
    class Input:
        buffer = io.BytesIO(json.dumps(EE).encode())

    monkeypatch.setattr("sys.stdin", Input())
    answers, complaint = decide(Path("-"))
    assert [each["verdict"] for each in answers] == ["allowed"]
    assert not complaint


def test_without_a_notice_in_force_the_portal_s_own_file_serves(tmp_path: Path) -> None:
    answers, _ = asked(tmp_path, [EE])
    assert answers[0]["notice"] == "DHS/ICE-007 2013, 78 FR 10623 (file)"


def test_another_notice_has_its_own_letters(tmp_path: Path) -> None:
    facts = {
        "letter": "L",
        "recipient": "ORGANIZATION",
        "fields": ["NAME"],
        "purpose": "COUNTERTERRORISM",
    }
    answers, _ = asked(tmp_path, [facts, EE], "--notice", str(LEADTRAC))
    assert answers[0]["verdict"] == "needs"
    assert answers[0]["needs"][0]["key"] == "particular_threat"
    assert answers[1]["reasons"] == ["The notice in force has no routine use of that letter."]


@pytest.mark.parametrize("args", [("--notice", "/no/such/file"), ("--notice", str(MANUAL))])
def test_a_notice_that_is_none(tmp_path: Path, args: tuple[str, ...]) -> None:
    answers, complaint = asked(tmp_path, [EE], *args)
    assert answers == []
    assert complaint


def test_a_file_that_is_not_there(tmp_path: Path) -> None:
    assert "cannot be read" in decide(tmp_path / "absent.jsonl")[1]


@pytest.mark.parametrize(
    ("changed", "field"),
    [
        ({"ground": "b13"}, "ground"),
        ({"ground": "", "letter": ""}, "ground"),
        ({"letter": 7}, "letter"),
        ({"leter": "EE"}, "leter"),
        ({"recipient": None}, "recipient"),
        ({"recipient": {"type": "ALIEN"}}, "recipient.type"),
        ({"recipient": {}}, "recipient.type"),
        ({"recipient": {"type": "COURT", "body": "CIA"}}, "recipient.body"),
        ({"recipient": {"type": "COURT", "bail_bond": "yes"}}, "recipient.bail_bond"),
        ({"recipient": {"type": "COURT", "kind": "x"}}, "recipient.kind"),
        ({"recipient": {"type": "COURT", "agreements": {}}}, "recipient.agreements"),
        (
            {"recipient": {"type": "COURT", "agreements": [{"reference": "MOU 7"}]}},
            "recipient.agreements[0].in_force",
        ),
        ({"fields": "NAME"}, "fields"),
        ({"fields": ["NAME", "EVERYTHING"]}, "fields[1]"),
        ({"purpose": ""}, "purpose"),
        ({"program": "SPACE"}, "program"),
        ({"protections": ["MYSTERY"]}, "protections[0]"),
        ({"conditions": []}, "conditions"),
        ({"conditions": {"justice_role": 7}}, "conditions.justice_role"),
        ({"disputed": 1}, "disputed"),
        ({"approvals": "ACCURACY"}, "approvals"),
        ({"approvals": ["FRIEND"]}, "approvals[0]"),
        ({"accuracy_checked_by": "A. Analyst"}, "accuracy_checked_by"),
    ],
)
def test_what_cannot_be_read_names_its_place(changed: dict[str, object], field: str) -> None:
    with pytest.raises(FactsInvalid) as invalid:
        request_from(EE | changed)
    assert invalid.value.field == field
    assert invalid.value.message.endswith(".")


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("b7", "b7"),
        ("B7", "b7"),
        ("(b)(7)", "b7"),
        ("552a(b)(7)", "b7"),
        ("5 U.S.C. 552a(b)(12)", "b12"),
        ("Consent", "consent"),
    ],
)
def test_grounds_as_people_write_them(written: str, meant: str) -> None:
    assert request_from(EE | {"ground": written, "letter": ""}).paragraph == meant


def test_it_says_what_the_gate_says() -> None:
    """Every case of the reviewed table that can be written as plain facts."""
    rules = disclosures.rules()
    compared = 0
    for case in disclosures.cases():
        request = disclosures.request_of(case, rules)
        if case["case"].endswith(("-void", "-of-another-kind")):
            # What if an approval did not hold: then it is left out.
            continue
        granted = {
            key: str(value).removeprefix("APV-")
            for key, value in request.conditions.items()
            if str(value).startswith("APV-")
        }
        facts = {
            "ground": request.paragraph,
            "letter": request.letter,
            "recipient": {
                "type": request.recipient.type,
                "body": request.recipient.tag,
                "bail_bond": request.recipient.is_bail_bond,
                "inside_dhs": request.recipient.inside_dhs,
                "agreements": [
                    {
                        "reference": each.reference,
                        "letters": sorted(each.letters),
                        "in_force": each.in_force,
                    }
                    for each in request.recipient.agreements
                ],
            },
            "fields": sorted(request.fields),
            "purpose": request.purpose,
            "program": request.program,
            "conditions": {k: v for k, v in request.conditions.items() if k not in granted},
            "approvals": sorted(set(granted.values())),
            "protections": sorted(request.protections),
            "disputed": request.disputed,
            "statement_attached": request.statement_attached,
        }
        try:
            read = request_from(facts)
        except FactsInvalid:
            # The table also asks what no form of facts can say.
            continue
        if "stale_rule" in case["flags"]:
            continue
        assert replace(read, conditions={}, approvals=()) == replace(
            request, conditions={}, approvals=()
        )
        told = answer(read, {k: rule for k, rule in rules.items() if k == request.letter})
        assert told["verdict"] == case["outcome"].lower()
        assert case["clause"] in told["clause"]
        assert "|".join(need["key"] for need in told["needs"]) == case["needs"]
        compared += 1
    assert compared >= 450


def test_the_manual_names_every_code_and_every_fact() -> None:
    manual = MANUAL.read_text(encoding="utf-8")
    for codes in (RecipientType, AgencyTag, Purpose, Field, Program, Protection, ApprovalKind):
        for value, label in codes.choices:
            assert f"| `{value}` | {label} |" in manual
    told = answer(request_from(EE), disclosures.rules())
    for name in {*EE, *told, "line", "notice", "error", "field", "protections", "disputed"}:
        assert f"`{name}`" in manual
    assert set(re.findall(r"`b\d+`", manual)) <= {f"`{each}`" for each in Paragraph.values}
    assert policy.Outcome.NEEDS.lower() in manual
