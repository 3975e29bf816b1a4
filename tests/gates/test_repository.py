"""What is kept under version control: nothing of the machine it was written on."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.source import ROOT, tracked_files

LARGEST_BYTES = 1024 * 1024
# Written in pieces, or this file would find itself.
REGISTRIES = re.compile(
    r"\b(?:pypi\.|files\.python" + r"hosted\.|registry\.npm" + r"js\.|registry\.yarn|"
    r"artifact" + r"ory|index" + r"-url\s*=|nexus\.)",
    re.IGNORECASE,
)
MACHINE_PATHS = re.compile(
    r"(?<![\w.$}{/-])/(?:wo" + r"rk|ro" + r"ot|ho" + r"me|Us" + r"ers|op" + r"t|mn" + r"t)/\w"
)
MARKERS = re.compile(r"^(?:<{7}|>{7}|={7})(?: |$)", re.MULTILINE)
LEFT_TO_DO = re.compile(r"\b(?:TO" + r"DO|FIX" + r"ME)\b")
NEVER_KEPT = ("var/", ".venv/", "static/uswds/", "node_modules/", ".env")


def texts() -> Iterator[tuple[str, str]]:
    """The path and the text of every tracked file that is a text."""
    for path in tracked_files():
        try:
            yield path.relative_to(ROOT).as_posix(), path.read_text(encoding="utf-8")
        except UnicodeDecodeError:
            continue


@pytest.mark.parametrize(
    "pattern",
    [REGISTRIES, MACHINE_PATHS, MARKERS, LEFT_TO_DO],
    ids=["a registry", "a machine's path", "an unfinished merge", "something left to do"],
)
def test_no_file_holds(pattern: re.Pattern[str]) -> None:
    found = [
        f"{path}:{text.count(chr(10), 0, match.start()) + 1}: {match.group()}"
        for path, text in texts()
        for match in pattern.finditer(text)
    ]
    assert not found


def test_nothing_is_kept_that_set_up_makes() -> None:
    found = [
        name
        for path in tracked_files()
        if (name := path.relative_to(ROOT).as_posix()).startswith(NEVER_KEPT)
    ]
    assert not found


def test_no_file_is_large() -> None:
    found = [
        f"{path.relative_to(ROOT)}: {path.stat().st_size} bytes"
        for path in tracked_files()
        if path.stat().st_size > LARGEST_BYTES
    ]
    assert not found


def rooms_on_disk() -> set[str]:
    """``acrime/iaq/`` and so on: every folder of the product that holds tracked files."""
    return {
        f"acrime/{path.relative_to(ROOT / 'acrime').parts[0]}/"
        for path in tracked_files()
        if path.is_relative_to(ROOT / "acrime") and path.parent != ROOT / "acrime"
    }


TOP_LEVEL = {"accounts/", "acrime/", "routine_uses/", "templates/", "static/", "tests/"}


def test_the_readme_shows_every_room_and_no_other() -> None:
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    map_ = _room_map(readme)
    named = set(re.findall(r"acrime/[a-z_]+/", map_)) | {
        f"acrime/{name}/" for name in re.findall(r"^\s{1,4}([a-z_]+)/(?=\s)", map_, re.MULTILINE)
    }
    assert named == rooms_on_disk()


@pytest.mark.parametrize("folder", sorted(TOP_LEVEL))
def test_the_readme_shows_the_top_level(folder: str) -> None:
    assert folder in _room_map((ROOT / "README.md").read_text(encoding="utf-8"))


def test_links_of_the_documentation_lead_somewhere() -> None:
    broken = []
    for path, text in texts():
        if not path.endswith(".md"):
            continue
        for target in re.findall(r"\]\(([^)\s]+)\)", text):
            if re.match(r"[a-z]+:|#", target):
                continue
            place: Path = (ROOT / path).parent / target.split("#")[0]
            if not place.exists():
                broken.append(f"{path}: {target}")
    assert not broken


def _room_map(readme: str) -> str:
    """The part of the README whose heading speaks of rooms."""
    parts = re.split(r"^#{2,3} ", readme, flags=re.MULTILINE)
    return next((part for part in parts if "room" in part.partition("\n")[0].lower()), "")
