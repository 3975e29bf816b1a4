"""The register of ICE's privacy documents."""

import re

import pytest

from routine_uses.register import RELATIONS, register
from tests.conftest import Browser
from tests.support.source import ROOT

LISTED = ROOT.parent / "shared" / "seeds" / "002_dddc4c6bafa08fa1.txt"


def test_each_document_is_there_once_with_its_relation() -> None:
    documents = register().documents
    numbers = [each.number for each in documents]
    assert numbers == sorted(set(numbers))
    assert {each.relation for each in documents} == RELATIONS.keys()
    for each in documents:
        assert each.about.endswith(".")
        assert each.how.endswith(".")


def test_every_document_of_the_published_list_is_in_it() -> None:
    if not LISTED.exists():
        pytest.skip("the published list is not beside the portal's folder")
    heads = re.findall(
        r"^DHS[/-]ICE[/-]PIA-(\d{3})", LISTED.read_text(encoding="utf-8"), re.MULTILINE
    )
    ours = [each.number.removeprefix("DHS/ICE/PIA-")[:3] for each in register().documents]
    assert ours == sorted(set(heads))


def test_the_tip_line_went_to_its_successor(db: None) -> None:
    page = Browser().get("/notice/register/").content.decode()
    first = page[: page.index("All ")]
    assert "FALCON Tipline (FALCON-TL)" in first
    assert "Replaces this system&#x27;s tipline module" in first
    assert "DHS/ICE/PIA-020(b)" in first
    assert "DHS/ICE/PIA-005(b)" not in first
