"""Each field of a query missing, too long, of another alphabet, and given twice, in both layouts.

Nothing of it is taken silently: it is refused, or a note at the field says what was set aside.
"""

import json
from datetime import date, datetime

import pytest

from acrime.iaq.acknowledgement import IntakeOutcome
from acrime.iaq.message import parse_message
from acrime.iaq.models import InboundMessage, StatusQuery
from acrime.iaq.parsed import REQUIRED_TAGS, MessageRefused
from tests import factories

ON = date(2026, 11, 22)
FIELDS = {
    "ORI": "VT0040100",
    "ATN": "SGT P MUSTER",
    "PHN": "8025550117",
    "NAM": "EXAMPLE, ROBIN QUINN",
    "DOB": "19880229",
    "SEX": "M",
    "POB": "HD",
    "CUS": "N",
    "OFF": "2299",
    "PUR": "C",
    "ARN": "A12345678",
    "FBI": "98765TB2",
    "SOC": "123-45-6789",
    "SID": "VT00000099",
    "OLN": "T0000001",
    "REM": "SECOND CHECK",
}
# Not needed, and nothing is told of it where it is not there.
OPTIONAL = {"ARN", "FBI", "SOC", "SID", "OLN", "REM"}


def text(fields: dict[str, str]) -> bytes:
    return "".join(f"{tag}/{value}\n" for tag, value in fields.items()).encode()


def members(fields: dict[str, str]) -> bytes:
    return json.dumps(fields).encode()


LAYOUTS = (text, members)


def outcome(raw: bytes) -> tuple[bool, str]:
    """Whether it was read, and which fields were told of."""
    try:
        parsed = parse_message(raw, received_on=ON)
    except MessageRefused as refusal:
        return False, refusal.field
    return True, " ".join(note.field for note in parsed.notes)


def test_every_field_is_tried() -> None:
    assert set(REQUIRED_TAGS) <= FIELDS.keys()
    for layout in LAYOUTS:
        assert outcome(layout(FIELDS)) == (True, "")


@pytest.mark.parametrize("layout", LAYOUTS)
def test_missing(layout: object) -> None:
    assert callable(layout)
    for tag in FIELDS:
        for fields in (
            {name: value for name, value in FIELDS.items() if name != tag},
            FIELDS | {tag: ""},
            FIELDS | {tag: "   "},
        ):
            read, told = outcome(layout(fields))
            if tag in REQUIRED_TAGS:
                assert (read, tag in told) == (False, True), tag
            else:
                assert read, tag
                assert tag in OPTIONAL or tag in told, tag


@pytest.mark.parametrize("layout", LAYOUTS)
def test_too_long(layout: object) -> None:
    assert callable(layout)
    for tag, value in FIELDS.items():
        # Remarks may be as long as a message may be.
        times = 1_100_000 if tag == "REM" else 60
        read, told = outcome(layout(FIELDS | {tag: value + value[-1] * times}))
        assert not read or tag in told, tag


@pytest.mark.parametrize("layout", LAYOUTS)
@pytest.mark.parametrize("letter", ["É", "Ж", "名", "\x07", "\x1d", "\u200b"])
def test_another_alphabet(layout: object, letter: str) -> None:
    assert callable(layout)
    for tag, value in FIELDS.items():
        read, _ = outcome(layout(FIELDS | {tag: value[:-1] + letter}))
        assert not read, tag


@pytest.mark.parametrize("layout", LAYOUTS)
def test_repeated(layout: object) -> None:
    assert callable(layout)
    for tag, value in FIELDS.items():
        # What stands in the remarks is remarks, so the second one comes before them.
        if layout is text:
            raw = f"{tag}/{value}\n".encode() + text(FIELDS)
        else:
            again = json.dumps({tag: value})[1:-1]
            raw = b"{" + again.encode() + b", " + members(FIELDS)[1:]
        read, told = outcome(raw)
        # Remarks end a message: what stands after them is theirs, and nothing else is left.
        named = tag in told or (layout is text and tag == "REM")
        assert (read, named) == (False, True), tag


@pytest.mark.django_db
def test_a_duplicate_with_one_byte_changed_is_a_query_of_its_own(at: datetime) -> None:
    factories.load_notice(at=at)
    raw = factories.message_bytes()
    first = factories.receive(raw, at=at)
    assert factories.receive(raw, at=at).number == first.number
    place = raw.index(b"PHN/") + 6
    digit = bytes([(raw[place] - 48 + 1) % 10 + 48])
    other = factories.receive(raw[:place] + digit + raw[place + 1 :], at=at)
    assert other.outcome is IntakeOutcome.ACCEPTED
    assert other.number != first.number
    # The line endings are the carrier's; they make no other message.
    assert factories.receive(raw.replace(b"\n", b"\r\n"), at=at).number == first.number
    assert InboundMessage.objects.count() == StatusQuery.objects.count() == 2
