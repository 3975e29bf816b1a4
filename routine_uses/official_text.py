"""The official text of a notice: its routine uses, word for word, by letter.

The text comes from a file that a person hands over (the Federal Register's plain text, or
the same out of a PDF or a web page) and is kept in the database, never in the portal's own
files. The reader forgives what such files do to a text: blank lines between any two lines,
page numbers, marks of emphasis, missing indents, words cut at the end of a line.
"""

import hashlib
import re
from collections.abc import Sequence
from dataclasses import dataclass

from acrime.common.errors import ActionRefused

# A notice has some tens of pages; a file far beyond that is another thing.
LARGEST_BYTES = 2 * 1024 * 1024

_BEGINNING = re.compile(r"^routine uses of records maintained in the system\b", re.IGNORECASE)
_END = re.compile(
    r"^(disclosure to consumer reporting agencies|policies and practices for)\b", re.IGNORECASE
)
_LETTER = re.compile(r"^([A-Z]{1,2})\.\s+(?=\S)")
_PAGE_NUMBER = re.compile(r"^(page\s+)?\d{1,3}$", re.IGNORECASE)
_SUB_ITEM = re.compile(r"^\d{1,2}\.\s")
_EMPHASIS = re.compile(r"\*\*|__|^#{1,6}\s+")
# The dashes stand in every breadth: "DHS/ICE-007", "ICE – 007", "ICE- 015".
_SYSTEM = r"{component}\W{{0,4}}0*{number}\b"


class OfficialTextInvalid(ActionRefused):
    """The file is not the official text of that notice, as far as can be told."""

    def __init__(self, message: str) -> None:
        super().__init__(message, code="official-text-invalid")


@dataclass(frozen=True)
class OfficialText:
    """The clauses of an official text, by letter, and the hash of the file they came from."""

    sha256: str
    clauses: dict[str, str]


def read(data: bytes, *, system_number: str, letters: Sequence[str]) -> OfficialText:
    """The clauses of *letters*, in their order, from the bytes of an official text.

    Args:
        system_number: such as ``DHS/ICE-007``; the text must speak of it.

    Raises:
        OfficialTextInvalid: another system's notice, no list of routine uses, or not
            exactly these letters. The message names the place.
    """
    if len(data) > LARGEST_BYTES:
        raise OfficialTextInvalid(f"The file is larger than {LARGEST_BYTES // 1024} KB.")
    text = _decoded(data)
    if not _speaks_of(text, system_number):
        raise OfficialTextInvalid(f"The text does not speak of {system_number}.")
    lines = [
        (number, _EMPHASIS.sub("", line.replace("\f", "").strip()).strip())
        for number, line in enumerate(text.split("\n"), start=1)
    ]
    clauses = _clauses(_section(lines), letters)
    return OfficialText(hashlib.sha256(data).hexdigest(), clauses)


def first_words(clause: str, count: int = 8) -> str:
    """The beginning of a clause, for a line of a list."""
    words = clause.split()
    return " ".join(words[:count]) + (" …" if len(words) > count else "")


def _decoded(data: bytes) -> str:
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError:
        text = data.decode("cp1252", errors="replace")
    return text.replace("\r\n", "\n").replace("\r", "\n").replace("\u00a0", " ")


def _speaks_of(text: str, system_number: str) -> bool:
    component, _, number = system_number.rpartition("/")[2].rpartition("-")
    pattern = _SYSTEM.format(component=re.escape(component), number=re.escape(number.lstrip("0")))
    return re.search(pattern, text) is not None


def _section(lines: list[tuple[int, str]]) -> list[tuple[int, str]]:
    """The lines between the heading of the routine uses and that of what follows them."""
    start = next((at for at, (_, line) in enumerate(lines) if _BEGINNING.match(line)), None)
    if start is None:
        raise OfficialTextInvalid(
            "There is no heading “Routine uses of records maintained in the system”."
        )
    end = next((at for at in range(start + 1, len(lines)) if _END.match(lines[at][1])), None)
    if end is None:
        raise OfficialTextInvalid(
            f"The routine uses that begin at line {lines[start][0]} have no end: no heading "
            "“Disclosure to consumer reporting agencies” follows."
        )
    return lines[start + 1 : end]


def _clauses(lines: list[tuple[int, str]], letters: Sequence[str]) -> dict[str, str]:
    found: dict[str, list[str]] = {}
    last_line = lines[0][0] if lines else 0
    for number, line in lines:
        heading = _LETTER.match(line)
        # Only the letter whose turn it is begins a clause: "U.S. Senate" at the
        # beginning of a line begins none.
        if heading and len(found) < len(letters) and heading[1] == letters[len(found)]:
            found[heading[1]] = [line[heading.end() :]]
            last_line = number
        elif heading and len(found) == len(letters) and _follows(heading[1], letters[-1]):
            raise OfficialTextInvalid(
                f"Line {number}: the text goes on with {heading[1]}, but the notice as loaded "
                f"ends with {letters[-1]}."
            )
        elif found and line and not _PAGE_NUMBER.match(line):
            found[letters[len(found) - 1]].append(line)
    if len(found) < len(letters):
        raise OfficialTextInvalid(
            f"After line {last_line} routine use {letters[len(found)]} should begin, and does not."
        )
    return {letter: _joined(parts) for letter, parts in found.items()}


def _follows(letter: str, last: str) -> bool:
    following = "AA" if last == "Z" else chr(ord(last[0]) + 1) * len(last)
    return letter == following


def _joined(parts: list[str]) -> str:
    """Lines as running text; numbered sub-items keep a line of their own."""
    text = ""
    for part in parts:
        if not text:
            text = part
        elif _SUB_ITEM.match(part):
            text += "\n" + part
        elif re.search(r"\w-$", text):
            # "A-" and "Number": the hyphen belongs to the word, the line's end does not.
            text += part
        else:
            text += " " + part
    return re.sub(r"[ \t]{2,}", " ", text).strip()
