"""The Privacy Act Disclosure Record: one page, readable by everyone, whole and its own."""

from collections.abc import Callable
from datetime import datetime
from html import unescape
from io import BytesIO

import page as pdf_checker
import pikepdf
import pytest
from django.template import loader
from django.utils.html import strip_tags

from accounts.models import User
from acrime.audit.choices import Channel
from acrime.common.pdf import render_pdf
from routine_uses import actions, documents, verification
from routine_uses.actions import DisclosedRecord
from routine_uses.choices import Field
from routine_uses.models import Disclosure
from tests.rooms.routine_uses.conftest import Disclose

Words = Callable[[], str]


@pytest.fixture
def words(monkeypatch: pytest.MonkeyPatch) -> Words:
    """The words of the document made last, as its mark-up holds them."""
    markup: list[str] = []

    def noting(*, template: str, context: dict[str, object], title: str) -> bytes:
        markup.append(loader.render_to_string(template, {**context, "title": title}))
        return render_pdf(template=template, context=context, title=title)

    monkeypatch.setattr(documents, "render_pdf", noting)
    return lambda: " ".join(unescape(strip_tags(markup[-1])).split())


def pages_of(disclosure: Disclosure) -> int:
    with pikepdf.open(BytesIO(bytes(disclosure.document))) as document:
        return len(document.pages)


def test_it_says_everything_that_the_accounting_asks(
    disclose: Disclose, words: Words, analyst: User
) -> None:
    made = disclose()
    text = words()
    for said in (
        "Privacy Act Disclosure Record",
        made.number,
        "November 20, 2026, 10:00:00 EST",
        "Immigration Alien Response",
        "Answer to a fingerprint-based immigration query",
        "FBI Criminal Justice Information Services Division",
        "1000 Custer Hollow Road",
        "Clarksburg, WV 26306",
        "Routine use X",
        "5 U.S.C. 552a(b)(3)",
        "78 FR 10623",
        "Version 2013",
        "A-Number; Immigration status; Name",
        "IAR-2026-0000-0001",
        "Electronic message",
        analyst.full_name,
        made.verification_code,
        made.facts_sha256,
    ):
        assert said in text


def test_it_is_one_page_and_passes_every_rule_of_pdf_ua(disclose: Disclose) -> None:
    made = disclose()
    assert pages_of(made) == 1
    report = pdf_checker.validate_pdf_bytes(
        bytes(made.document), profile=pdf_checker.ValidationProfile.PDF_UA_1
    )
    assert [(failure.rule_id, failure.message) for failure in report.failures] == []
    assert report.rules.total > 100


def test_it_is_one_page_still_with_much_to_say(
    disclose: Disclose, words: Words, supervisor: User, at: datetime
) -> None:
    court = actions.add_recipient(
        actor=None,
        at=at,
        name="Superior Court of the Sample District, Family and Criminal Division",
        type="COURT",
        address_lines=["Clerk of Court", "Room 1200", "1 Long Example Avenue", "Sample, VT 05000"],
        channel=Channel.COMMAND,
    )
    made = disclose(
        recipient=court,
        paragraph="b11",
        letter="",
        purpose="COURT_ORDER",
        nature="Certified copies of the response and of the research that it rests on, as ordered",
        records=[DisclosedRecord(n, f"IAR-2026-0000-00{n}") for n in range(10, 15)],
        fields=[code for code in Field.values if code != "AGGREGATE"][:24],
        conditions={"court_order": "Order of 3 May, docket 26-101", "order_signed_by": "JUDGE"},
        accuracy_checked_by=supervisor,
        disputed=True,
        statement="The individual states that the date of entry is wrong by a year. " * 3,
    )
    assert pages_of(made) == 1
    text = words()
    assert "Statement of disagreement" in text
    assert "IAR-2026-0000-0014" in text
    assert supervisor.full_name in text


def test_it_names_no_form(disclose: Disclose, words: Words) -> None:
    disclose()
    assert "form" not in words().lower().replace("information", "")


def test_mark_up_in_a_value_stays_text(disclose: Disclose) -> None:
    made = disclose(nature="Response <b>and</b> <img src='file:///etc/hostname'>")
    assert pages_of(made) == 1


@pytest.mark.parametrize("letter", ["A", "GG"])
def test_the_code_is_read_as_people_write_it(letter: str) -> None:
    code = verification.code_for({"letter": letter})
    assert verification.is_complete(code)
    assert verification.tidied(f" {code.lower().replace('-', ' ')} ") == code
    for place, char in enumerate(code):
        if char != "-":
            other = "2" if char != "2" else "3"
            assert not verification.is_complete(code[:place] + other + code[place + 1 :])
