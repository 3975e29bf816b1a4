"""Files of lists: no cell is a formula, and the file says what it is."""

import csv
import io
from datetime import UTC, datetime

import pytest

from acrime.common.exports import as_csv, cell


@pytest.mark.parametrize(
    "text",
    [
        "=1+1",
        "+1",
        "-1",
        "@SUM(A1)",
        " =1",
        "\t=1",
        "\r\n=1",
        "\x00=1",
        "\ufeff=1",
        "＝1",
        "＠x",
        '=HYPERLINK("http://example.invalid","x")',
        "=cmd|' /C calc'!A0",
        "|x",
        "\u2028=1",
        "\u3000=1",
    ],
)
def test_no_cell_is_a_formula(text: str) -> None:
    assert cell(text).startswith("'")


@pytest.mark.parametrize("text", ["", "QUILLABEE, ZEPHYRINE", "O'HARA", "A-B", "5 - 3", "ÉLOÏSE"])
def test_other_text_stays_as_it_is(text: str) -> None:
    assert cell(text) == text


def test_what_cannot_be_printed_breaks_no_line() -> None:
    assert cell("one\r\ntwo\x00three\x85four\u2028five") == "one two three four five"
    assert cell(None) == ""
    assert cell(datetime(2026, 11, 20, 15, tzinfo=UTC)) == "2026-11-20 10:00 EST"


def test_a_file_is_read_back_as_it_was_meant() -> None:
    rows = ["plain", 'with "quotes", commas; and\nlines', "=1+1", "Ω\ud800"]
    made = as_csv(["Notice", "=Title"], {"Text": str, "Length": len}, rows)
    assert made.startswith(b"\xef\xbb\xbf")
    read = list(csv.reader(io.StringIO(made.decode("utf-8-sig"), newline="")))
    assert read[:3] == [["Notice"], ["'=Title"], ["Text", "Length"]]
    assert [row[0] for row in read[3:]] == [
        "plain",
        'with "quotes", commas; and lines',
        "'=1+1",
        "Ω?",
    ]
    assert {len(row) for row in read[2:]} == {2}
