"""Reading queries: the layout in all its shapes, and every input that is none."""

import csv
import random
import time
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from acrime.common.errors import ActionRefused
from acrime.iaq import codes
from acrime.iaq.acknowledgement import IntakeOutcome, acknowledgement
from acrime.iaq.message import is_fingerprint_based, normal_form, parse_message, query_lines
from acrime.iaq.parsed import MAX_BYTES, MessageRefused, NoteCode, ParsedMessage, RefusalCode

TESTS = Path(__file__).resolve().parents[2]
MESSAGES = TESTS / "messages"
PACKETS = TESTS.parents[1] / "shared" / "seeds"


def sample(name: str) -> bytes:
    return (MESSAGES / name).read_bytes()


def noted(parsed: ParsedMessage) -> set[tuple[str, str]]:
    return {(note.field, note.code.value) for note in parsed.notes}


# --- The layout ------------------------------------------------------------------------------


def test_a_query_made_from_fingerprints() -> None:
    parsed = parse_message(sample("iaq_fingerprint.txt"))

    assert parsed.ori == "WVFBIID00"
    assert parsed.atn == "ORI=VT0000007"
    assert parsed.arresting_ori == "VT0000007"
    assert parsed.phn == "8025550100"
    assert parsed.name is not None
    assert (parsed.name.last, parsed.name.first, parsed.name.middle) == ("SPECIMEN", "AVERY", "LEE")
    assert parsed.dob == date(1979, 4, 15)
    assert (parsed.sex, parsed.pob, parsed.cus) == ("F", "XX", True)
    assert (parsed.off, parsed.pur) == ("0399", "C")
    assert (parsed.fbi, parsed.arn, parsed.soc) == ("123456TA9", "A099000123", None)
    assert parsed.sid == ("VT00000042", "NH00000017")
    assert parsed.tcn == "sscn202606600000123"
    assert parsed.received_text == "03/07/26 09:15:30 AM"
    assert parsed.received_local == datetime(2026, 3, 7, 9, 15, 30)
    (encounter,) = parsed.encounters
    assert (encounter.eid, encounter.last, encounter.first) == ("9900000001", "SPECIMEN", "AVERY")
    assert (encounter.middle, encounter.dob) == ("", date(1979, 4, 15))
    # CN may not be entered as an NCIC code, and is none here: IDENT has its own.
    assert (encounter.pob, encounter.sex) == ("CN", "F")
    assert noted(parsed) == {("OFF", "offense-not-stated")}
    assert is_fingerprint_based(parsed)


def test_a_query_from_a_counter() -> None:
    parsed = parse_message(sample("iaq_direct.txt"))

    assert parsed.arresting_ori is None
    assert parsed.atn == "SGT P MUSTER"
    assert parsed.name is not None
    assert parsed.name.middle == "QUINN MARIE"
    assert (parsed.pur, parsed.cus, parsed.pob) == ("F", False, "HD")
    assert (parsed.arn, parsed.soc, parsed.oln) == ("A012345678", "123456789", "T0000001")
    assert parsed.fields["ARN"] == "A12345678"
    assert parsed.rem == "SECOND CHECK AT THE COUNTER"
    assert parsed.received_local == datetime(2026, 11, 20, 14, 5)
    assert parsed.notes == ()
    assert not is_fingerprint_based(parsed)


def test_five_encounters() -> None:
    parsed = parse_message(sample("iaq_five_encounters.txt"), received_on=date(2026, 9, 20))

    assert [encounter.eid for encounter in parsed.encounters] == [
        f"99000000{number}" for number in range(11, 16)
    ]
    assert parsed.encounters[1].middle == "ANN"
    assert parsed.encounters[3].dob is None
    assert parsed.tcn == "sscn202632400000777"
    assert noted(parsed) == {("DOB", "century-assumed")}


@pytest.mark.parametrize(
    ("between", "heading_again"), [("; ", False), (";", False), (" ", False), ("\n", True)]
)
def test_encounters_may_be_set_apart_in_several_ways(between: str, heading_again: bool) -> None:
    heading = b"ENCOUNTER INFO[EID;LAST;FIRST;MIDDLE;DOB;POB;SEX]"
    head, _, rows = sample("iaq_five_encounters.txt").partition(heading)
    joiner = between.encode() + (heading if heading_again else b"")
    text = head + heading + joiner.join(rows.split())

    parsed = parse_message(text, received_on=date(2026, 9, 20))
    assert [encounter.pob for encounter in parsed.encounters] == ["MX"] * 5
    assert [encounter.sex for encounter in parsed.encounters] == ["F"] * 5


def test_an_encounter_may_lack_its_sex() -> None:
    text = sample("iaq_five_encounters.txt").replace(b"MX;F\n", b"MX;\n")
    parsed = parse_message(text)
    assert len(parsed.encounters) == 5
    assert {encounter.sex for encounter in parsed.encounters} == {None}


def test_masked_values_are_no_identifiers() -> None:
    parsed = parse_message(sample("iaq_masked.txt"))

    assert (parsed.fbi, parsed.arn, parsed.soc, parsed.sid) == (None, None, None, ())
    assert parsed.encounters[0].eid is None
    assert parsed.encounters[0].dob is None
    assert {field for field, code in noted(parsed) if code == "masked"} == {
        "FBI",
        "ARN",
        "SOC",
        "SID",
        "ENCOUNTER 1 EID",
        "ENCOUNTER 1 DOB",
    }


def test_placeholders_are_nobody() -> None:
    parsed = parse_message(sample("iaq_cpi.txt"))

    assert (parsed.name, parsed.dob, parsed.sex) == (None, None, None)
    assert parsed.sid == ("NC00000008",)
    assert is_fingerprint_based(parsed)


@pytest.mark.parametrize(
    "spelled", [b"CPI , CPI", b"cpi,cpi", b"CPI,CPI,", b"CPI CPI", b"CPI,CPI JR", b"cpi, Cpi, X"]
)
def test_the_placeholder_is_no_name_however_it_is_spelled(spelled: bytes) -> None:
    parsed = parse_message(sample("iaq_cpi.txt").replace(b"CPI,CPI", spelled))

    assert parsed.name is None
    assert "name-not-provided" in {note.code for note in parsed.notes if note.field == "NAM"}


def test_nothing_of_the_response_is_read() -> None:
    whole = sample("iaq_fingerprint.txt")
    query, _, _ = whole.partition(b"**** QUERY")

    assert parse_message(whole).fields == parse_message(query).fields
    assert parse_message(whole).pur == "C"


@pytest.mark.parametrize("name", sorted(path.name for path in MESSAGES.glob("iaq_*.txt")))
def test_line_endings_banner_and_blanks_do_not_matter(name: str) -> None:
    text = sample(name)
    expected = parse_message(text)
    without_banner = text.replace(b"*** LAW ENFORCEMENT SENSITIVE ***\n\n", b"")

    for shape in (
        text.replace(b"\n", b"\r\n"),
        text.replace(b"\n", b" \t\n"),
        text.rstrip(b"\n"),
        b"\r\n\r\n" + text,
        without_banner,
        b"*** LAW ENFORCEMENT SENSITIVE ***\n" + without_banner,
        b" ".join(text.split()),
    ):
        assert parse_message(shape) == expected


def test_the_published_sample_is_read() -> None:
    packets = sorted(PACKETS.glob("001_*.txt"))
    if not packets:
        pytest.skip("The packet with the published sample is not part of the project.")
    lines = packets[0].read_bytes().split(b"\n")
    start = next(at for at, line in enumerate(lines) if line.startswith(b"IAQ RECEIVED:"))
    end = next(at for at, line in enumerate(lines) if b"QUERY MESSAGE TEXT ENDS" in line)

    # With the banner and the end, without them, and with the response after it.
    for first, last in (
        (start, end),
        (start - 2, end + 1),
        (start + 1, end),
        (start - 2, end + 40),
    ):
        parsed = parse_message(b"\n".join(lines[first:last]))
        assert parsed.name is not None
        assert (parsed.name.last, parsed.name.first) == ("TEST", "TEST")
        assert parsed.dob == date(1980, 1, 28)
        assert (parsed.sex, parsed.pob, parsed.cus) == ("F", "XX", True)
        assert (parsed.off, parsed.pur) == ("0399", "C")
        assert (parsed.ori, parsed.arresting_ori) == ("WVFBIID00", "TX1234567")
        assert parsed.phn == "3046252000"
        assert parsed.sid == ()
        assert ("SID", "masked") in noted(parsed)
        assert parsed.tcn == "sscn200824807988795"
        (encounter,) = parsed.encounters
        assert (encounter.last, encounter.first) == ("TEST", "HEATHER")
        assert (encounter.eid, encounter.pob, encounter.sex) == (None, "CN", "F")


# --- Bad input -------------------------------------------------------------------------------

with (TESTS / "tables" / "iaq_messages.csv").open(newline="", encoding="utf-8") as table:
    CASES = list(csv.DictReader(table))


def made(case: dict[str, str]) -> bytes:
    """A message made from a sample by the table's small recipes."""
    verb, _, rest = case["how"].partition(":")
    text = sample(case["base"]) if case["base"] else b""
    if verb in {"bytes", "append", "prepend"}:
        extra = bytes.fromhex(rest)
        return extra + text if verb == "prepend" else text + extra
    if verb == "pad":
        return text + b" " * (int(rest) - len(text))
    if verb == "repeat":
        return text * int(rest)
    plain = rest.encode().decode("unicode_escape").encode("latin-1")
    if verb == "text":
        return plain
    if verb == "cut":
        assert plain in text
        return text[: text.index(plain)]
    if verb == "replace":
        old, _, new = plain.partition(b"=>")
        assert old in text
        return text.replace(old, new, 1)
    assert verb == "same"
    return text


@pytest.mark.parametrize("case", CASES, ids=[case["name"] for case in CASES])
def test_bad_input_has_a_clear_outcome(case: dict[str, str]) -> None:
    raw = made(case)
    if case["outcome"] == "refused":
        with pytest.raises(MessageRefused) as caught:
            parse_message(raw)
        refusal = caught.value
        assert (refusal.field, refusal.code) == (case["field"], case["code"])
        assert refusal.explanation == str(refusal)
        assert isinstance(refusal, ActionRefused)
        return
    parsed = parse_message(raw)
    if case["outcome"] == "noted":
        assert (case["field"], case["code"]) in noted(parsed)
    else:
        assert parsed.notes == ()


def test_the_table_shows_every_refusal_and_every_note() -> None:
    # Intake finds these two, and reading raises neither; what cannot happen to nistitl's copy is
    # refused all the same.
    by_message = set(RefusalCode) - {
        RefusalCode.UNREADABLE,
        RefusalCode.REPLY_WITHOUT_QUERY,
        RefusalCode.NOT_EBTS,
    }
    assert {case["code"] for case in CASES if case["outcome"] == "refused"} == by_message
    assert {case["code"] for case in CASES if case["outcome"] == "noted"} == set(NoteCode)


@pytest.mark.parametrize(
    ("field", "attribute"), [("SEX", "sex"), ("POB", "pob"), ("OFF", "off"), ("CUS", "cus")]
)
def test_a_code_set_aside_is_kept_as_received(field: str, attribute: str) -> None:
    text = sample("iaq_direct.txt")
    start = text.index(f"{field}/".encode()) + 4
    end = start + {"SEX": 1, "POB": 2, "OFF": 4, "CUS": 1}[field]
    parsed = parse_message(text[:start] + b"Q" + text[end:])

    assert getattr(parsed, attribute) is None
    assert parsed.fields[field] == "Q"


@pytest.mark.parametrize(
    ("received", "short", "born"),
    [
        (date(2026, 11, 22), "112226", date(2026, 11, 22)),
        (date(2026, 11, 22), "112326", date(1926, 11, 23)),
        (date(2026, 11, 22), "010130", date(1930, 1, 1)),
        (date(2008, 10, 14), "012880", date(1980, 1, 28)),
        # 1900 had no 29 February.
        (date(2026, 11, 22), "022900", date(2000, 2, 29)),
        (None, "010120", date(2020, 1, 1)),
        (None, "010121", date(1921, 1, 1)),
    ],
)
def test_two_digit_years_never_lie_ahead(received: date | None, short: str, born: date) -> None:
    text = sample("iaq_five_encounters.txt").replace(b"070188", short.encode())
    parsed = parse_message(text, received_on=received)
    assert parsed.dob == born
    assert ("DOB", "century-assumed") in noted(parsed)


def test_the_printed_receiving_day_outweighs_the_given_one() -> None:
    text = sample("iaq_direct.txt").replace(b"19880229", b"112126")
    assert parse_message(text, received_on=date(2026, 12, 31)).dob == date(1926, 11, 21)


@pytest.mark.parametrize(
    ("printed", "hour"), [("12:00:00 AM", 0), ("12:00:00 PM", 12), ("01:00:00 PM", 13)]
)
def test_the_receiving_time_has_twelve_hours(printed: str, hour: int) -> None:
    text = sample("iaq_direct.txt").replace(b"02:05:00 PM", printed.encode())
    received = parse_message(text).received_local
    assert received is not None
    assert received.hour == hour


def test_tags_inside_the_attention_line_and_the_remarks_are_text() -> None:
    text = sample("iaq_direct.txt").replace(b"SGT P MUSTER", b"DEA/ABC/UNIT 7")
    text = text.replace(b"SECOND CHECK", b"SEE NAM/ AND DOB/ AND XYZ/")
    parsed = parse_message(text)
    assert parsed.atn == "DEA/ABC/UNIT 7"
    assert parsed.rem == "SEE NAM/ AND DOB/ AND XYZ/ AT THE COUNTER"
    assert parsed.notes == ()


def test_nothing_personal_is_shown_by_accident() -> None:
    parsed = parse_message(sample("iaq_fingerprint.txt"))
    shown = f"{parsed!r} {parsed.name!r} {parsed.encounters!r} {parsed.notes!r}"
    for value in ("SPECIMEN", "AVERY", "1979", "9900000001", "A099000123", "VT00000042"):
        assert value not in shown


# --- Properties ------------------------------------------------------------------------------

WORD = st.text("ABCDEFGHIJKLMNOPQRSTUVW", min_size=1, max_size=7)
ORI = st.text("ABCDEFGHIJKLMNOPQRSTUVW0123456789", min_size=9, max_size=9)
DIGITS = "0123456789"
BORN = st.dates(date(1900, 1, 1), date(2026, 1, 1))


@st.composite
def encounters(draw: st.DrawFn) -> tuple[str, ...]:
    born = draw(st.one_of(st.just(""), BORN.map(lambda day: f"{day:%Y%m%d}")))
    return (
        draw(st.text(DIGITS, min_size=10, max_size=10)),
        draw(WORD),
        draw(st.one_of(WORD, st.just(""))),
        draw(st.one_of(WORD, st.just(""))),
        born,
        draw(st.sampled_from(["CN", "HN", "MX", "XX", ""])),
        draw(st.sampled_from(["F", "M", "U"])),
    )


@st.composite
def queries(draw: st.DrawFn) -> dict[str, object]:
    names = draw(st.lists(WORD, min_size=2, max_size=3))
    return {
        "ORI": draw(ORI),
        "ATN": draw(st.one_of(ORI.map(lambda ori: f"ORI={ori}"), WORD)),
        "PHN": draw(st.text(DIGITS, min_size=7, max_size=20)),
        "NAM": f"{names[0]}, {' '.join(names[1:])}",
        "DOB": draw(BORN),
        "SEX": draw(st.sampled_from("FMU")),
        "POB": draw(st.sampled_from(sorted(codes.pob_codes()))),
        "CUS": draw(st.sampled_from("YN")),
        "OFF": draw(st.sampled_from(sorted(codes.offense_codes()))),
        "PUR": draw(st.sampled_from("CF")),
        "FBI": draw(st.one_of(st.just(""), st.text(DIGITS, min_size=5, max_size=9))),
        "ARN": draw(st.one_of(st.just(""), st.text(DIGITS, min_size=7, max_size=9))),
        "SOC": "",
        "SID": draw(st.lists(st.text(DIGITS, min_size=8, max_size=8), max_size=3, unique=True)),
        "TCN": draw(st.one_of(st.just(""), st.text(DIGITS + "abc", min_size=5, max_size=40))),
        "ENCOUNTERS": draw(st.lists(encounters(), max_size=5)),
    }


def rendered(query: dict[str, object], chance: random.Random) -> bytes:
    """Print a query with its fields in any order and its lines broken anywhere allowed."""
    born = query["DOB"]
    sids = query["SID"]
    rows = query["ENCOUNTERS"]
    assert isinstance(born, date)
    assert isinstance(sids, list)
    assert isinstance(rows, list)
    values = {
        **{tag: value for tag, value in query.items() if isinstance(value, str) and tag != "TCN"},
        "DOB": f"{born:%Y%m%d}",
        "SID": chance.choice([";", " ;", "; "]).join(sids),
    }
    fields = [f"{tag}/{chance.choice(['', ' '])}{value}" for tag, value in values.items()]
    chance.shuffle(fields)
    remarks = f"IDSM={query['TCN']}" if query["TCN"] else ""
    if rows:
        remarks += chance.choice(["", " "]) if remarks else ""
        remarks += "ENCOUNTER INFO[EID;LAST;FIRST;MIDDLE;DOB;POB;SEX]"
        remarks += chance.choice([" ", "; "]).join(
            chance.choice([";", "; "]).join(row) for row in rows
        )
    text = " ".join([*fields, f"REM/ {remarks}"])
    if chance.random() < 0.5:
        text = f"IAQ RECEIVED: 11/20/26 02:05:00 PM {text}"
    if chance.random() < 0.5:
        text = f"*** LAW ENFORCEMENT SENSITIVE *** {text}"
    if chance.random() < 0.5:
        text += " **** QUERY MESSAGE TEXT ENDS - L.E.S.C. RESPONSE BEGINS **** NAM/ NOT, THIS"
    broken = "".join(
        chance.choice([" ", "\n", " \n", "\n  "])
        if letter == " "
        else letter + chance.choice(["", "", "\n"])
        if letter == ";" and text.find("ENCOUNTER INFO") < at
        else letter
        for at, letter in enumerate(text)
    )
    return broken.replace("\n", chance.choice(["\n", "\r\n"])).encode("ascii")


@settings(max_examples=200, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(query=queries(), chance=st.randoms(use_true_random=False))
def test_whatever_is_printed_is_read_back(query: dict[str, object], chance: random.Random) -> None:
    parsed = parse_message(rendered(query, chance))

    name = parsed.name
    assert name is not None
    assert f"{name.last}, {' '.join(filter(None, (name.first, name.middle)))}" == query["NAM"]
    assert (parsed.ori, parsed.atn, parsed.phn) == (query["ORI"], query["ATN"], query["PHN"])
    assert (parsed.dob, parsed.sex, parsed.pob) == (query["DOB"], query["SEX"], query["POB"])
    assert (parsed.cus, parsed.off) == (query["CUS"] == "Y", query["OFF"])
    assert (parsed.pur, parsed.fbi or "") == (query["PUR"], query["FBI"])
    assert (parsed.arn or "").lstrip("A0") == str(query["ARN"]).lstrip("0")
    assert list(parsed.sid) == query["SID"]
    assert (parsed.tcn or "") == query["TCN"]
    rows = [
        (
            encounter.eid or "",
            encounter.last,
            encounter.first,
            encounter.middle,
            f"{encounter.dob:%Y%m%d}" if encounter.dob else "",
            encounter.pob,
            encounter.sex or "",
        )
        for encounter in parsed.encounters
    ]
    assert rows == query["ENCOUNTERS"]


def outcome_of(raw: bytes) -> str:
    try:
        parse_message(raw)
    except MessageRefused as refusal:
        return refusal.code
    return "accepted"


@settings(max_examples=300, deadline=None)
@given(st.binary(max_size=400))
def test_bytes_of_any_kind_are_read_or_refused(raw: bytes) -> None:
    assert outcome_of(raw) in {*RefusalCode, "accepted"}


PIECES = st.sampled_from(
    [
        *(f"{tag}/" for tag in ("ORI", "ATN", "NAM", "DOB", "PUR", "SID", "REM", "ABC")),
        *("VT0040100", "A,B", "19880229", "C", "XXXX", "ENCOUNTER INFO", "[", "]", ";", "IDSM="),
        *("EID;LAST;FIRST;MIDDLE;DOB;POB;SEX", " ", "\n", "*", "IAQ RECEIVED:", "1", "F", "/"),
        *("QUERY MESSAGE TEXT ENDS", "LAW ENFORCEMENT SENSITIVE"),
    ]
)


@settings(max_examples=500, deadline=None)
@given(st.lists(PIECES, max_size=40), st.booleans())
def test_pieces_of_a_message_in_any_order_are_read_or_refused(
    pieces: list[str], whole: bool
) -> None:
    start = sample("iaq_cpi.txt") if whole else b""
    assert outcome_of(start + "".join(pieces).encode()) in {*RefusalCode, "accepted"}


JUNK = {
    "stars": b"*",
    "slashes": b"/",
    "tags": b"REM/",
    "numbers": b" 1",
    "heading": b"ENCOUNTER INFO",
    "heading open": b"ENCOUNTER INFO[",
    "semicolons": b";",
    "semicolons apart": b" ; ",
    "transaction": b"IDSM",
    "end of query": b"QUERY MESSAGE TEXT ",
    "masks": b"X",
    "commas": b",",
    "lines": b"\r\n A",
}


@pytest.mark.parametrize("piece", JUNK.values(), ids=JUNK.keys())
def test_a_mebibyte_of_junk_takes_no_time(piece: bytes) -> None:
    for start in (b"", sample("iaq_cpi.txt"), sample("iaq_cpi.txt").replace(b"NAM/", b"SID/ NAM/")):
        raw = (start + piece * (MAX_BYTES // len(piece) + 1))[:MAX_BYTES]
        began = time.perf_counter()
        outcome_of(raw)
        query_lines(sample("iaq_cpi.txt"))
        normal_form(raw)
        # Milliseconds in truth; anything that backtracks takes minutes.
        assert time.perf_counter() - began < 10


# --- Repeats, echo, acknowledgement ----------------------------------------------------------


@settings(max_examples=200, deadline=None)
@given(st.text(" \t\r\nAB/", max_size=60))
def test_the_normal_form_is_final(text: str) -> None:
    once = normal_form(text.encode())
    assert normal_form(once) == once
    assert b"\r" not in once
    assert b" \n" not in once


def test_the_normal_form_levels_line_endings_and_trailing_blanks_only() -> None:
    text = sample("iaq_fingerprint.txt")
    assert normal_form(text.replace(b"\n", b"\r\n")) == normal_form(text)
    assert normal_form(text.replace(b"\n", b"  \n") + b"\n \n") == normal_form(text)
    assert normal_form(text.replace(b"AVERY LEE", b"AVERY  LEE")) != normal_form(text)
    assert normal_form(b" " + text) != normal_form(text)
    assert normal_form(b"\xff\x00\r\n") == b"\xff\x00"


@pytest.mark.parametrize("name", sorted(path.name for path in MESSAGES.glob("iaq_*.txt")))
def test_the_echo_is_the_query_and_nothing_else(name: str) -> None:
    lines = query_lines(sample(name))
    assert lines[0].startswith("ORI/")
    assert not [line for line in lines if not line or "RECEIVED" in line or "*" in line]
    assert parse_message("\n".join(lines).encode()).fields == parse_message(sample(name)).fields


def test_there_is_no_echo_of_no_query() -> None:
    with pytest.raises(MessageRefused, match="does not begin"):
        query_lines(b"HELLO")


AT = datetime(2026, 11, 22, 14, 3, 5, tzinfo=UTC)
NUMBER = "IAQ-2026-7K3M-9QX4"


def test_an_accepted_query_is_acknowledged() -> None:
    text = acknowledgement(
        outcome=IntakeOutcome.ACCEPTED, number=NUMBER, received_at=AT, sender_ori="VT0040100"
    )
    assert "OUTCOME: ACCEPTED\n" in text
    assert f"QUERY NUMBER: {NUMBER}\n" in text
    assert "RECEIVED: 2026-11-22 14:03:05 UTC\n" in text
    assert "FROM ORI: VT0040100\n" in text


def test_a_repeated_query_is_answered_with_the_same_number() -> None:
    text = acknowledgement(outcome=IntakeOutcome.REPEATED, number=NUMBER, received_at=AT)
    assert "OUTCOME: REPEATED\n" in text
    assert f"QUERY NUMBER: {NUMBER}\n" in text
    assert "FROM ORI" not in text


@pytest.mark.parametrize("case", [case for case in CASES if case["outcome"] == "refused"])
def test_a_refused_message_is_acknowledged_without_its_contents(case: dict[str, str]) -> None:
    with pytest.raises(MessageRefused) as caught:
        parse_message(made(case))
    text = acknowledgement(
        outcome=IntakeOutcome.REFUSED, number=NUMBER, received_at=AT, refusal=caught.value
    )
    assert f"KEPT UNDER: {NUMBER}\n" in text
    assert f"REASON: {case['code']}\n" in text
    assert (f"FIELD: {case['field']}\n" in text) == bool(case["field"])
    for value in ("EXAMPLE", "ROBIN", "1988", "PATTERN", "VT00401"):
        assert value not in text


@pytest.mark.parametrize("outcome", list(IntakeOutcome))
def test_acknowledgements_fit_the_line(outcome: IntakeOutcome) -> None:
    refusal = MessageRefused(RefusalCode.TOO_MANY_ENCOUNTERS, "ENCOUNTER INFO", "Too many.")
    text = acknowledgement(
        outcome=outcome,
        number="N" * 40,
        received_at=AT,
        sender_ori="VT0040100",
        refusal=refusal if outcome is IntakeOutcome.REFUSED else None,
    )
    assert text.isascii()
    assert max(len(line) for line in text.splitlines()) <= 72
    assert text.endswith("NOT A DETAINER.\n")


@pytest.mark.parametrize(
    "wrong",
    [
        {"received_at": datetime(2026, 11, 22)},
        {"number": "IAQ 2026"},
        {"number": ""},
        {"sender_ori": "SOMEBODY ELSE"},
        {"outcome": IntakeOutcome.REFUSED},
        {"refusal": MessageRefused(RefusalCode.EMPTY, "", "Empty.")},
    ],
)
def test_acknowledgements_are_not_made_of_anything_else(wrong: dict[str, object]) -> None:
    given_values = {"outcome": IntakeOutcome.ACCEPTED, "number": NUMBER, "received_at": AT, **wrong}
    with pytest.raises(ValueError, match=r"\."):
        acknowledgement(**given_values)  # type: ignore[arg-type]
