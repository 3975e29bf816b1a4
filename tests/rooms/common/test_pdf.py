"""Documents: tagged, the same each time, and made of nothing but the portal's own files."""

import hashlib
import os
import subprocess
import sys
from collections.abc import Callable
from io import BytesIO
from pathlib import Path
from typing import Any

import page as pdf_checker
import pikepdf
import pytest
from django.conf import settings as project
from pytest_django import Settings

from acrime.common.pdf import StaticFetcher, UnableToRenderPdf, render_pdf
from tests.support.documents import RULES, broken_rules

TITLE = "Privacy Act Disclosure Record"
SAMPLE = """{% extends "pdf/base.html" %}
{% block subheading %}Number {{ number }}{% endblock %}
{% block content %}
<h2>Recipient</h2>
<div class="pairs">
  <div class="pair"><p class="label">Name</p><p class="value">Sample Records Center</p></div>
  <div class="pair"><p class="label">Place</p><p class="value">Clarksburg, WV</p></div>
</div>
<h2>What was given</h2>
<table>
  <caption>Fields</caption>
  <thead><tr><th scope="col">Field</th><th scope="col">Record</th></tr></thead>
  <tbody><tr><th scope="row">Name</th><td>{{ number }}</td></tr></tbody>
</table>
{% endblock %}
"""


@pytest.fixture
def written(settings: Settings, tmp_path: Path) -> Callable[[str], str]:
    """Puts a template where the portal finds it and gives its name."""
    first = {**settings.TEMPLATES[0]}
    first["DIRS"] = [*first["DIRS"], tmp_path]
    settings.TEMPLATES = [first]

    def write(markup: str) -> str:
        (tmp_path / "sample.html").write_text(markup, encoding="utf-8")
        return "sample.html"

    return write


def made(template: str, **context: Any) -> bytes:
    return render_pdf(template=template, context={"number": "PAD-1", **context}, title=TITLE)


@pytest.mark.parametrize("profile", RULES, ids=["PDF/UA-1", "PDF/A-2a"])
def test_one_page_passes_every_rule_of_both_standards(
    written: Callable[[str], str], profile: pdf_checker.ValidationProfile
) -> None:
    document = made(written(SAMPLE))
    assert broken_rules(document, profile) == []
    with pikepdf.open(BytesIO(document)) as opened:
        assert len(opened.pages) == 1


def test_the_checker_finds_what_is_wrong(written: Callable[[str], str]) -> None:
    """Or a document that breaks everything would pass as well."""
    untagged = BytesIO()
    with pikepdf.open(BytesIO(made(written(SAMPLE)))) as opened:
        del opened.Root.StructTreeRoot
        del opened.Root.Metadata
        opened.save(untagged)
    for profile in RULES:
        assert broken_rules(untagged.getvalue(), profile)


def test_tags_title_and_language_are_told(written: Callable[[str], str]) -> None:
    with pikepdf.open(BytesIO(made(written(SAMPLE)))) as document:
        root = document.Root
        assert bool(root.MarkInfo.Marked)
        assert "/StructTreeRoot" in root
        assert bool(root.ViewerPreferences.DisplayDocTitle)
        assert str(root.Lang) == "en"
        with document.open_metadata() as told:
            assert told["dc:title"] == TITLE
            assert told["pdfuaid:part"] == "1"
            assert (told["pdfaid:part"], told["pdfaid:conformance"]) == ("2", "A")
            assert "xmp:CreateDate" not in told


def test_the_same_document_has_the_same_bytes(written: Callable[[str], str]) -> None:
    template = written(SAMPLE)
    assert made(template) == made(template)
    assert made(template) != made(template, number="PAD-2")


def test_another_process_makes_the_same_bytes() -> None:
    code = (
        "import django, hashlib; django.setup();"
        "from acrime.common.pdf import render_pdf;"
        f"made = render_pdf(template='pdf/base.html', context={{}}, title={TITLE!r});"
        "print(hashlib.sha256(made).hexdigest())"
    )
    environ = {
        **os.environ,
        "DJANGO_SETTINGS_MODULE": os.environ.get(
            "DJANGO_SETTINGS_MODULE", "acrime.config.settings"
        ),
        "PYTHONHASHSEED": "7",
        "TZ": "Asia/Tokyo",
    }
    told = subprocess.run(
        [sys.executable, "-c", code],
        env=environ, cwd=project.BASE_DIR, capture_output=True, text=True, check=True,
    )  # fmt: skip
    here = hashlib.sha256(render_pdf(template="pdf/base.html", context={}, title=TITLE))
    assert told.stdout.strip() == here.hexdigest()


@pytest.mark.parametrize(
    "address",
    [
        "http://127.0.0.1/secret",
        "https://example.gov/logo.png",
        "ftp://example.gov/logo.png",
        "file:///etc/passwd",
        "file://elsewhere/etc/passwd",
        "gopher://example.gov/",
    ],
)
def test_addresses_that_are_not_ours_are_refused(address: str) -> None:
    with pytest.raises(ValueError, match="static"):
        StaticFetcher(folder=Path(project.STATICFILES_DIRS[0])).fetch(address)


@pytest.mark.parametrize("way", ["../manage.py", "%2e%2e/manage.py", "acrime/../../manage.py"])
def test_no_way_leads_out_of_the_static_folder(way: str) -> None:
    folder = Path(project.STATICFILES_DIRS[0])
    with pytest.raises(ValueError, match="outside"):
        StaticFetcher(folder=folder).fetch(f"{folder.resolve().as_uri()}/{way}")


def test_a_link_out_of_the_static_folder_is_refused(tmp_path: Path) -> None:
    folder = tmp_path / "static"
    folder.mkdir()
    (tmp_path / "secret.txt").write_text("secret")
    (folder / "link.txt").symlink_to(tmp_path / "secret.txt")
    with pytest.raises(ValueError, match="outside"):
        StaticFetcher(folder=folder).fetch((folder / "link.txt").as_uri())


def test_our_own_files_and_data_addresses_open() -> None:
    folder = Path(project.STATICFILES_DIRS[0])
    fetcher = StaticFetcher(folder=folder)
    with_file = fetcher.fetch((folder.resolve() / "acrime" / "pdf.css").as_uri())
    try:
        assert b"@page" in with_file.read()
    finally:
        with_file.close()
    with_data = fetcher.fetch("data:text/plain;base64,aGVsbG8=")
    try:
        assert with_data.read() == b"hello"
    finally:
        with_data.close()


@pytest.mark.parametrize("address", ["http://127.0.0.1:9/x.png", "file:///etc/passwd"])
def test_a_document_that_names_another_file_is_not_made(
    written: Callable[[str], str], address: str
) -> None:
    template = written(
        '{% extends "pdf/base.html" %}{% block content %}'
        '<p>{{ number }}</p><img alt="x" src="' + address + '">{% endblock %}'
    )
    with pytest.raises(UnableToRenderPdf) as refusal:
        made(template, number="SECRETNAME")
    assert "SECRETNAME" not in str(refusal.value)
    assert address not in str(refusal.value)
    assert refusal.value.__cause__ is None


def test_a_fault_in_the_template_says_nothing_of_its_content() -> None:
    with pytest.raises(UnableToRenderPdf, match=r"The document pdf/none\.html could not"):
        made("pdf/none.html", number="SECRETNAME")
