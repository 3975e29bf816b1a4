"""Templates keep the policy that browsers are told: no code and no style between the lines."""

import re
from pathlib import Path

import pytest
from django.template.loader import get_template

from tests.support.source import ROOT

FOLDER = ROOT / "templates"
TEMPLATES = sorted(path.relative_to(FOLDER).as_posix() for path in FOLDER.rglob("*.html"))
FORBIDDEN = {
    "a style attribute": re.compile(r"<[^>]*\sstyle\s*=", re.IGNORECASE),
    "a style element": re.compile(r"<style[\s>]", re.IGNORECASE),
    "a script between the lines": re.compile(r"<script(?![^>]*\ssrc=)", re.IGNORECASE),
    "an event attribute": re.compile(r"<[^>]*\son[a-z]+\s*=", re.IGNORECASE),
    "a javascript: address": re.compile(r"javascript:", re.IGNORECASE),
    "an address outside the portal": re.compile(
        r"""(?:src|href|action)\s*=\s*["']?(?:https?:)?//"""
    ),
    "a value put in unescaped": re.compile(r"\|\s*safe\b|\{%\s*autoescape\s+off"),
}
HEADING = re.compile(r"<h1[\s>]")
PARENT = re.compile(r"""\{%\s*extends\s+["']([^"']+)["']\s*%\}""")


def source(name: str) -> str:
    return (FOLDER / name).read_text(encoding="utf-8")


def lineage(name: str) -> list[str]:
    """The template and those that it extends, one after the other."""
    parent = PARENT.search(source(name))
    return [name, *lineage(parent.group(1))] if parent else [name]


# The others are parts; the page they stand in has the heading.
PAGES = [name for name in TEMPLATES if "<html" in source(lineage(name)[-1])]


@pytest.mark.parametrize("name", TEMPLATES)
def test_no_code_and_no_style_between_the_lines(name: str) -> None:
    text = source(name)
    assert [what for what, pattern in FORBIDDEN.items() if pattern.search(text)] == []


@pytest.mark.parametrize("name", TEMPLATES)
def test_each_can_be_read(name: str) -> None:
    get_template(name)


@pytest.mark.parametrize("name", PAGES)
def test_each_page_has_one_heading_and_a_title_of_its_own(name: str) -> None:
    whole = "".join(source(each) for each in lineage(name))
    assert len(HEADING.findall(whole)) == 1
    if PARENT.search(source(name)) and not name.startswith("pdf/"):
        assert re.search(r"\{%\s*block title\s*%\}|\{\{\s*title\s*\}\}", whole)


@pytest.mark.parametrize("name", sorted({*TEMPLATES} - {*PAGES}))
def test_no_part_of_a_page_has_the_page_s_heading(name: str) -> None:
    assert not HEADING.search(source(name))


def test_every_form_that_changes_something_carries_the_token() -> None:
    form = re.compile(r"<form[^>]*method=\"post\".*?</form>", re.DOTALL | re.IGNORECASE)
    for name in TEMPLATES:
        for found in form.findall(source(name)):
            assert "{% csrf_token %}" in found, name


def test_own_styles_and_scripts_fetch_nothing_from_elsewhere() -> None:
    own = sorted(path for path in (ROOT / "static" / "acrime").rglob("*") if path.is_file())
    assert own
    for path in own:
        if path.suffix in {".css", ".js"}:
            assert not _fetches(path), path.name


def _fetches(path: Path) -> list[str]:
    text = path.read_text(encoding="utf-8")
    return re.findall(r"@import|url\(\s*[\"']?(?:https?:)?//|https?://(?!www\.w3\.org/)", text)
