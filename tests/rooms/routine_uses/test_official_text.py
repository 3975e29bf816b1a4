"""The official text, word for word: read forgivingly, attached to the right letters."""

from datetime import datetime
from io import StringIO
from pathlib import Path

import pytest
from django.core.management import call_command
from django.db import transaction

from accounts.models import Office
from acrime.audit.choices import Channel
from acrime.audit.models import AuditEvent
from acrime.iaq.models import StatusQuery
from routine_uses import notice_files, official_text
from routine_uses.actions import DisclosureRefused
from routine_uses.models import NoticeVersion
from routine_uses.official_text import OfficialTextInvalid, read
from routine_uses.querysets import official_clauses, quoted_rule
from routine_uses.versions import actions as versions
from routine_uses.versions.actions import attach_official_text
from tests.conftest import Browser
from tests.rooms.routine_uses.conftest import Disclose
from tests.support.source import ROOT

FOLDER = Path(notice_files.__file__).parent / "notices"
# The official texts lie beside the portal's folder where a person put them, never inside it.
BESIDE = ROOT.parent / "shared" / "seeds"
ACRIME = BESIDE / "000_42444cf1dd7a0755.txt"
LEADTRAC = BESIDE / "003_0a973ea924430c35.txt"

# A text as files bring it: blank lines between any two, a page's number, marks of emphasis,
# a word cut at its hyphen, "S. Department" at the beginning of a line.
TEXT = """
DHS/ICE – 007

**Routine uses of records maintained in the system, including categories of users:**

All or a portion may be disclosed as follows:

 A.  To the first agency, when one of

the following is a party:

  1. DHS or any component;

 12

 2. The United States.

**B. To a person with an (A-

Number), and to the

U. S. Senate, whatever it asks.

C.   To the last agency.

Disclosure to consumer reporting agencies:

None.
"""


def text_of(letters: list[str], *, system: str = "DHS/ICE-007", words: str = "words of") -> bytes:
    clauses = "\n\n".join(f"{letter}. To the {words} {letter}." for letter in letters)
    return (
        f"{system}\n\nRoutine uses of records maintained in the system:\n\n{clauses}\n\n"
        "Policies and practices for storing records:\n"
    ).encode()


# --- Reading -----------------------------------------------------------------------------------


def test_a_text_is_read_with_what_files_do_to_it() -> None:
    found = read(TEXT.encode(), system_number="DHS/ICE-007", letters=["A", "B", "C"])
    assert found.clauses["A"] == (
        "To the first agency, when one of the following is a party:\n"
        "1. DHS or any component;\n2. The United States."
    )
    assert found.clauses["B"] == (
        "To a person with an (A-Number), and to the U. S. Senate, whatever it asks."
    )
    assert found.clauses["C"] == "To the last agency."


def test_the_letter_whose_turn_it_is_begins_a_clause() -> None:
    data = text_of(notice_files.letters(28))
    found = read(data, system_number="DHS/ICE-007", letters=notice_files.letters(28))
    assert found.clauses["Z"] == "To the words of Z."
    assert found.clauses["BB"] == "To the words of BB."


@pytest.mark.parametrize(
    ("data", "problem"),
    [
        (text_of(["A", "B"], system="DHS/ICE-015"), "does not speak of DHS/ICE-007"),
        (b"DHS/ICE-007 and nothing more", "no heading"),
        (b"DHS/ICE-007\nRoutine uses of records maintained in the system:\nA. To us", "no end"),
        (text_of(["A", "C"]), "After line 5 routine use B should begin"),
        (text_of(["A", "B", "C"]), "goes on with C"),
        (b"x" * (official_text.LARGEST_BYTES + 1), "larger than"),
    ],
)
def test_what_does_not_fit_is_refused_with_its_place(data: bytes, problem: str) -> None:
    with pytest.raises(OfficialTextInvalid, match=problem):
        read(data, system_number="DHS/ICE-007", letters=["A", "B"])


def test_a_text_in_the_code_page_of_old_is_read() -> None:
    data = text_of(["A"], words="agency’s words").decode().encode("cp1252")
    assert "agency’s" in read(data, system_number="DHS/ICE-007", letters=["A"]).clauses["A"]


# --- Attaching ---------------------------------------------------------------------------------


def attach(version: NoticeVersion, data: bytes, at: datetime) -> bool:
    return attach_official_text(data=data, version=version, at=at, channel=Channel.COMMAND).is_new


def test_a_refusal_quotes_the_clause(
    notice_2013: NoticeVersion, disclose: Disclose, as_analyst: Browser, at: datetime
) -> None:
    letters = notice_files.letters(33)
    assert attach(notice_2013, text_of(letters), at)
    assert not attach(notice_2013, text_of(letters), at)
    with pytest.raises(DisclosureRefused) as refused, transaction.atomic():
        disclose(conditions={"fingerprint_based": False})
    assert refused.value.quote == "To the words of X."
    with pytest.raises(DisclosureRefused) as elsewhere, transaction.atomic():
        disclose(fields=[])
    assert elsewhere.value.quote == ""
    assert "To the words of EE." in as_analyst.get("/notice/").content.decode()
    assert AuditEvent.objects.filter(kind="notice.text.attached").count() == 1


def test_who_releases_is_shown_the_clause_that_is_in_the_way(
    approved_query: StatusQuery,
    office: Office,
    as_supervisor: Browser,
    monkeypatch: pytest.MonkeyPatch,
    at: datetime,
) -> None:
    """A query that turns out to be no fingerprint-based one between the page and the release."""
    version = NoticeVersion.objects.get(notice__system_number="DHS/ICE-007", label="2013")
    attach(version, text_of(notice_files.letters(33)), at)
    monkeypatch.setattr("acrime.iar.actions.facts_for_gate", lambda query: {})
    page = as_supervisor.post(
        f"/responses/release/{approved_query.record.number}/",
        {"office": office.pk, "letter": "X"},
    )
    assert page.status_code == 422
    assert "The notice says: “To the words of X.”" in page.content.decode()


def test_the_latest_text_is_quoted(notice_2013: NoticeVersion, at: datetime) -> None:
    assert official_clauses(notice_2013) == {}
    for words in ("words of", "corrected words of"):
        attach(notice_2013, text_of(notice_files.letters(33), words=words), at)
    assert official_clauses(notice_2013)["J"] == "To the corrected words of J."
    rule = quoted_rule(notice_2013, "J")
    assert rule is not None
    assert rule.quote == "To the corrected words of J."
    assert quoted_rule(notice_2013, "HH") is None


def test_an_outline_takes_no_text(db: None, at: datetime) -> None:
    data = (FOLDER / "dhs-ice-007-2010.toml").read_bytes()
    version = versions.load_notice(data=data, at=at, channel=Channel.COMMAND).version
    with pytest.raises(OfficialTextInvalid, match="outline"):
        attach(version, text_of(["A"]), at)


# --- The official texts themselves, where somebody has them --------------------------------------

# Words that only the clause of that letter holds.
OF_ACRIME = {
    "A": "U.S. Attorneys Offices",
    "B": "written Privacy Act waiver",
    "C": "44 U.S.C. §§ 2904 and 2906",
    "I": "Brady Handgun Violence Prevention Act",
    "M": "Federal Bureau of Prisons (BOP)",
    "Q": "OMB Circular No. A-19",
    "R": "Committee on the Judiciary",
    "X": "fingerprint-based immigration status queries",
    "AA": "failure to disclose the information is likely to create a risk",
    "DD": "incapacitated, an unaccompanied minor, or deceased",
    "EE": "does not authorize disclosure to bail bond companies or agents",
    "FF": "ICE-generated NCIC criminal arrest warrant",
    "GG": "approval of the Chief Privacy Officer in consultation with counsel",
}
OF_LEADTRAC = {
    "A": "former employee of DHS in his/her official capacity",
    "H": "issuance, grant, renewal, suspension, or revocation of a security clearance",
    "L": "target of a particular terrorist activity",
    "M": "third parties during the course of a law enforcement investigation",
    "N": "news media and the public",
}


@pytest.mark.parametrize(
    ("file", "name", "count", "marks"),
    [
        (ACRIME, "DHS/ICE-007", 33, OF_ACRIME),
        (LEADTRAC, "DHS/ICE-015:2016", 14, OF_LEADTRAC),
    ],
    ids=["ACRIMe 2013", "LeadTrac 2016"],
)
def test_the_official_notice_is_attached_to_the_right_letters(
    notice: NoticeVersion, file: Path, name: str, count: int, marks: dict[str, str]
) -> None:
    if not file.exists():
        pytest.skip("the official text is not beside the portal's folder")
    said = StringIO()
    call_command("load_notice", "--official", str(file), name, stdout=said)
    printed = said.getvalue().splitlines()
    assert f"{count} clauses attached, A to {notice_files.letters(count)[-1]}" in printed[0]
    assert len(printed) == 6
    assert printed[1].startswith("  A: To the ")
    system, _, label = name.partition(":")
    version = NoticeVersion.objects.get(notice__system_number=system, label=label or "2013")
    clauses = official_clauses(version)
    assert list(clauses) == notice_files.letters(count)
    for letter, words in marks.items():
        holding = [each for each, clause in clauses.items() if words in clause]
        assert holding == [letter]
    assert all(len(clause) > 100 and clause.endswith(".") for clause in clauses.values())
