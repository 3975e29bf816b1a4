"""The layouts beside text: JSON members and EBTS files, and the published samples of both kinds."""

import json
import random
from collections.abc import Callable
from datetime import date
from importlib.resources import files

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from acrime.iaq import codes
from acrime.iaq.layouts.deviations import DeviationCode
from acrime.iaq.layouts.ebts import ReplyRefused, read_file
from acrime.iaq.layouts.members import MEMBERS
from acrime.iaq.layouts.recognition import layout_of
from acrime.iaq.layouts.shown import as_plain_text, shown
from acrime.iaq.message import normal_form, parse_message, query_lines, query_text
from acrime.iaq.parsed import (
    FIELD_SIZES,
    REQUIRED_TAGS,
    Layout,
    MessageRefused,
    ParsedMessage,
    RefusalCode,
)
from tests.factories import message_bytes
from tests.support.messages import (
    JPEG,
    MATCHED,
    composed_ebts,
    composed_json,
    on_the_wire,
    packet,
    printed_samples,
)

TEXT = message_bytes()
FIELDS = dict(parse_message(TEXT).fields)


def noted(parsed: ParsedMessage) -> set[tuple[str, str]]:
    return {(note.field, note.code.value) for note in parsed.notes}


def facts(parsed: ParsedMessage) -> dict[str, object]:
    """Everything that was read, but for the layout and what was noted of it."""
    return {
        name: getattr(parsed, name)
        for name in ParsedMessage.__slots__
        if name not in {"layout", "notes"}
    } | {"fields": dict(parsed.fields)}


def refused(raw: bytes) -> MessageRefused:
    with pytest.raises(MessageRefused) as caught:
        parse_message(raw)
    return caught.value


# --- Which layout ----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("raw", "layout"),
    [
        (TEXT, Layout.TEXT),
        (b"", Layout.TEXT),
        (b"%PDF-1.4", Layout.TEXT),
        (b"1.5: a list", Layout.TEXT),
        (composed_json(FIELDS), Layout.JSON),
        (b" \r\n[1]", Layout.JSON),
        (b"\xef\xbb\xbf{}", Layout.JSON),
        (composed_ebts(""), Layout.EBTS),
        (b"1.01:161<GS>", Layout.EBTS),
        (b"\n1.001:5", Layout.EBTS),
    ],
)
def test_the_content_tells_the_layout(raw: bytes, layout: Layout) -> None:
    assert layout_of(raw) is layout


def test_the_older_form_of_the_switch_is_read() -> None:
    text = (
        b"IAQ.VT0040100.AX.*A12.TXT\r\nPUR/C.ATN/SGT P. MUSTER.PHN/802 555 0100.\r\n"
        b"NAM/EXAMPLE, ROBIN Q.DOB/022988.SEX/M.POB/HD.CUS/Y.OFF/0399.\r\nARN/12345678.OLN/T1."
    )
    parsed = parse_message(text, received_on=date(2026, 11, 20))

    assert (parsed.ori, parsed.atn, parsed.phn) == ("VT0040100", "SGT P. MUSTER", "802 555 0100")
    assert parsed.name is not None
    assert (parsed.name.last, parsed.name.first, parsed.name.middle) == ("EXAMPLE", "ROBIN", "Q")
    assert (parsed.dob, parsed.sex, parsed.pob, parsed.cus) == (date(1988, 2, 29), "M", "HD", True)
    assert (parsed.pur, parsed.off, parsed.arn, parsed.oln) == ("C", "0399", "A012345678", "T1")
    assert ("ORI", "switch-form") in noted(parsed)
    assert query_lines(text)[0].startswith("PUR/C.ATN/SGT P. MUSTER")
    # Another destination than the support center is no query to it.
    assert refused(text.replace(b".AX.", b".VT.")).code == RefusalCode.NO_HEADER


# --- The published samples -------------------------------------------------------------------

# What each sample deviates in, as it is printed and as it would have come over the line.
ON_THE_WIRE = {
    "match": {
        ("1.001", "not-well-formed"), ("1.001", "wrong-length"), ("1", "short-tags"),
        ("1.003", "wrong-count"), ("1.003", "record-absent"),
        ("1.010", "blanks"), ("2.073", "blanks"), ("2.001", "wrong-length"),
    },
    "no match": {
        ("1.001", "not-well-formed"), ("1.001", "wrong-length"), ("1", "short-tags"),
        ("1.003", "trailing-separator"), ("1.004", "missing-separator"),
        ("2.001", "wrong-length"), ("2.001", "missing-end"), ("2.075", "not-ascii-value"),
    },
    "error: too old": {
        ("1.001", "not-well-formed"), ("1", "short-tags"),
        ("2.001", "wrong-length"), ("2.060", "blanks"),
    },
    "error: amputated": {
        ("1.001", "not-well-formed"), ("1", "short-tags"),
        ("2.001", "wrong-length"), ("2.060", "blanks"),
    },
}  # fmt: skip
OF_PRINT = {
    ("1.001", "printed-separators"), ("1.001", "line-breaks"), ("1.001", "wrong-length"),
}  # fmt: skip
REMARKS = {
    "match": {"1.003", "1.004", "1.007", "1.008", "1.009", "2.018", "2.059"},
    "no match": set(),
    "error: too old": {"1.003", "1.004"},
    "error: amputated": {"1.003", "1.004", "2.009"},
}


@pytest.fixture(scope="module")
def samples() -> dict[str, str]:
    lines = packet()
    if lines is None:
        pytest.skip("The packet with the published samples is not part of the project.")
    return printed_samples(lines)


@pytest.mark.parametrize("name", ON_THE_WIRE)
def test_each_published_sample_is_read_with_its_deviations(
    name: str, samples: dict[str, str]
) -> None:
    printed = read_file(samples[name].encode())
    wired = read_file(on_the_wire(samples[name]))

    assert {(note.field, note.code.value) for note in wired.notes} == ON_THE_WIRE[name]
    assert {(note.field, note.code.value) for note in printed.notes} == (
        ON_THE_WIRE[name] | OF_PRINT | {(field, "stray-text") for field in REMARKS[name]}
    )
    assert dict(printed.values) == dict(wired.values)
    assert printed.values["1.008"] == "USVISIT0Z"
    assert printed.values["1.010"] == "42046114892"


def test_the_published_match(samples: dict[str, str]) -> None:
    file = read_file(samples["match"].encode())

    assert (file.values["1.004"], file.values["2.059"]) == ("SRE", "I")
    assert (file.values["2.015"], file.values["2.018"]) == ("TX07227801", "TEST,TEST")
    assert file.values["2.073"] == "TX1081100"
    assert [(each.eid, each.name, each.dob, each.pob) for each in file.encounters] == [
        ("1105048570", "TEST,TEST", "19630101", "XX"),
        # An IDENT code, and none that NCIC lets anybody enter: it is kept and not looked up.
        ("1105046343", "TEST,Heather P", "19650208", "CN"),
    ]
    assert file.answered
    query = parse_message(file.query.encode())
    assert (query.ori, query.arresting_ori) == ("WVFBIID00", "TX1234567")
    assert query.tcn == file.values["1.009"] == "sscn200824807988795"
    reply = refused(samples["match"].encode())
    assert (reply.code, reply.field) == (RefusalCode.ANSWER_REPLY, "2.075")
    assert isinstance(reply, ReplyRefused)
    assert reply.controls == ("sscn200824807988795", "42046114892")


@pytest.mark.parametrize(
    ("name", "code", "field", "said"),
    [
        ("no match", RefusalCode.NO_MATCH, "2.059", "not show that somebody is a citizen"),
        ("error: too old", RefusalCode.ERROR_REPLY, "2.060", "error (ERRT)"),
        ("error: amputated", RefusalCode.ERROR_REPLY, "2.060", "error (ERRT)"),
    ],
)
def test_the_published_replies_ask_nothing(
    name: str, code: RefusalCode, field: str, said: str, samples: dict[str, str]
) -> None:
    reply = refused(samples[name].encode())

    assert (reply.code, reply.field) == (code, field)
    assert said in reply.explanation


def test_the_published_errors_keep_their_words(samples: dict[str, str]) -> None:
    old, amputated = (
        read_file(samples[f"error: {name}"].encode()) for name in ("too old", "amputated")
    )

    assert old.values["2.060"] == "L0013 DOA/DPR of [20090210] older than 7 days"
    assert amputated.values["2.060"] == "S0002 [EFTS-1031] Fingerprint 2 is amputated"
    assert old.values["2.009"] == amputated.values["2.009"] == "9163838806"


# --- EBTS files ------------------------------------------------------------------------------


def a_file(**changed: object) -> bytes:
    given: dict[str, object] = {
        "text": "IDENT Data Response (IDR)\n\n" + TEXT.decode(),
        "tcn": "sscn202632400000001",
        "values": MATCHED | {18: FIELDS["NAM"].replace(", ", ",")[:30]},
    }
    return composed_ebts(**(given | changed))  # type: ignore[arg-type]  # what tests change


def test_a_well_formed_file_carries_its_query_and_its_image() -> None:
    raw = a_file(images=[JPEG])
    parsed = parse_message(raw)

    assert parsed.layout is Layout.EBTS
    assert facts(parsed) == facts(parse_message(TEXT))
    assert noted(parsed) == noted(parse_message(TEXT))
    assert [(each.type, each.idc, each.image) for each in read_file(raw).records] == [
        (1, "", ""),
        (2, "0", ""),
        (10, "1", "JPEG"),
    ]
    assert query_lines(raw) == query_lines(TEXT)


def test_no_page_shows_the_bytes_of_an_image() -> None:
    what = shown(a_file(images=[JPEG]))
    text, _ = as_plain_text(a_file(images=[JPEG]))

    assert f"Type-10, number 1: JPEG of {len(JPEG)} bytes, kept and not shown" in what.records
    assert "\\xff" not in what.text + text
    assert "Type-10" in text
    assert not any(ord(char) < 32 and char not in "\n\t\r" for char in what.text + text)


def test_a_file_that_cannot_be_taken_apart_is_shown_as_codes() -> None:
    what = shown(b"1.001:9\x1d1.001:9\x1d\x00\xff")

    assert what.text == "1.001:9\\x1d1.001:9\\x1d\\x00\\xff"
    assert not what.facts


Change = Callable[[bytes], bytes]


DEVIATIONS: list[tuple[Change, str, str]] = [
    (lambda raw: raw.replace(b"1.001:1", b"1.001:9", 1), "1.001", "wrong-length"),
    (lambda raw: raw.replace(b"1.001:", b"1.001:X", 1), "1.001", "wrong-length"),
    (lambda raw: raw[:-1], "10.001", "missing-end"),
    (lambda raw: raw + b"10.001:9\x1d", "1.003", "record-undeclared"),
    (lambda raw: raw.partition(b"10.001")[0] + b"rubbish", "1.003", "rest-not-read"),
    (lambda raw: raw.replace(b"\x1d1.004", b"\x1e\x1d1.004", 1), "1.003", "trailing-separator"),
    (lambda raw: raw.replace(b"\x1d1.005", b"\n1.005", 1), "1.005", "missing-separator"),
    (lambda raw: raw.replace(b"\x1c2.001", b"\x1d2.001", 1), "1.001", "missing-end"),
    (lambda raw: raw.replace(b"\x1d2.015", b"\x1da remark\n2.015", 1), "2.002", "stray-text"),
    (lambda raw: raw.replace(b"2.002:0", b"2.002:", 1), "2.002", "bad-idc"),
    (lambda raw: raw.replace(b"2.002:0", b"2.002:no", 1), "2.002", "bad-idc"),
    (lambda raw: raw.replace(b"\x1d1.005:20261120", b"", 1), "1.005", "missing-ebts-field"),
    (lambda raw: raw.replace(b"20261120", b"2026112", 1), "1.005", "not-an-ebts-date"),
    (lambda raw: raw.replace(b"20261120", b"20261131", 1), "1.005", "not-an-ebts-date"),
    (lambda raw: raw.replace(b"2.059:I", b"2.059:Q", 1), "2.059", "unknown-ebts-code"),
    (lambda raw: raw.replace(b"USVISIT0Z", b"USVISIT0ZZ", 1), "1.008", "too-long"),
    (lambda raw: raw.replace(b"USVISIT0Z", b"USVISIT\xc90", 1), "1.008", "not-ascii-value"),
    (lambda raw: raw.replace(b"USVISIT0Z", b"USV\x02SIT0Z", 1), "1.008", "control-character"),
    (lambda raw: raw.replace(b"USVISIT0Z", b" USVISIT0Z", 1), "1.008", "blanks"),
    (lambda raw: raw.replace(b"\x1d1.004", b"\x1d\r\n1.004", 1), "1.001", "line-breaks"),
    (lambda raw: raw.replace(b"1.004", b"1.04", 1), "1", "short-tags"),
    (lambda raw: b"\xef\xbb\xbf" + raw, "1.001", "byte-order-mark"),
    (lambda raw: raw.replace(b"1.009:sscn", b"1.009:sscx", 1), "1.009", "control-differs"),
    (lambda raw: raw.replace(b"2.018:Q", b"2.018:K", 1), "2.018", "name-differs"),
    (lambda raw: raw.replace(b"2.015:VT", b"2.015:NH", 1), "2.015", "sid-differs"),
    (lambda raw: raw.replace(b"2.073:VT", b"2.073:NH", 1), "2.073", "agency-differs"),
    (lambda raw: raw.replace(b"1\x1f2\x1e", b"1\x1f7\x1e", 1), "1.003", "wrong-count"),
    (lambda raw: raw.replace(b"\x1e10\x1f1", b"\x1e14\x1f1", 1), "1.003", "record-absent"),
    (lambda raw: raw.replace(b"10.003:FACE", b"10.003:999:", 1), "10", "record-not-read"),
]


@pytest.mark.parametrize(("change", "field", "code"), DEVIATIONS)
def test_every_deviation_is_told_and_the_query_is_read_all_the_same(
    change: Change, field: str, code: str
) -> None:
    raw = a_file(images=[JPEG])
    changed = change(raw)
    assert changed != raw
    parsed = parse_message(changed)

    assert (field, code) in noted(parsed)
    assert facts(parsed) == facts(parse_message(TEXT))


def test_the_table_of_deviations_is_whole() -> None:
    shown_here = {code for _, _, code in DEVIATIONS}
    printed = {"printed-separators", "not-well-formed"}
    assert shown_here | printed == {code.value for code in DeviationCode}


@pytest.mark.parametrize(
    ("raw", "code", "field"),
    [
        (b"1.001:5", RefusalCode.UNKNOWN_TRANSACTION, "1.004"),
        (b"1.001:", RefusalCode.UNKNOWN_TRANSACTION, "1.004"),
        (a_file(tot="CAR"), RefusalCode.UNKNOWN_TRANSACTION, "1.004"),
        (a_file(tot=""), RefusalCode.UNKNOWN_TRANSACTION, "1.004"),
        (a_file(tot="ERRT", values={60: "S0002"}), RefusalCode.ERROR_REPLY, "2.060"),
        (a_file(values={59: "N"}), RefusalCode.NO_MATCH, "2.059"),
        (a_file(text=""), RefusalCode.NO_QUERY, "2.075"),
        (a_file(text="IDENT Data Response (IDR)"), RefusalCode.NO_QUERY, "2.075"),
        (a_file(text=TEXT.decode() + "SUBJECT IS"), RefusalCode.ANSWER_REPLY, "2.075"),
        (a_file(text=TEXT.decode().replace("PUR/C", "PUR/Z")), RefusalCode.UNKNOWN_PURPOSE, "PUR"),
        (a_file(text=TEXT.decode().replace("NAM/", "NAM/\xc9")), RefusalCode.NOT_ASCII, ""),
        (a_file().replace(b"2.018:", b"2.015:", 1), RefusalCode.REPEATED_FIELD, "2.015"),
        (a_file().replace(b"1.005:", b"1.004:", 1), RefusalCode.REPEATED_FIELD, "1.004"),
    ],
)
def test_a_file_that_asks_nothing_says_why(raw: bytes, code: RefusalCode, field: str) -> None:
    refusal = refused(raw)

    assert (refusal.code, refusal.field) == (code, field)
    for value in ("QUILLABEE", "VT00000042"):
        assert value not in refusal.explanation


def test_binary_records_are_kept_and_counted() -> None:
    raw = a_file().replace(b"1\x1f1\x1e2\x1f0", b"1\x1f2\x1e2\x1f0\x1e4\x1f1", 1)
    finger = (23).to_bytes(4, "big") + b"\x01" + b"\x1c\x1d1.001:" + b"\x00" * 10
    file = read_file(raw + finger)

    assert [(each.type, each.idc, each.size) for each in file.records][2:] == [(4, "1", 23)]
    assert ("4", DeviationCode.RECORD_NOT_READ) in {(each.field, each.code) for each in file.notes}


def test_one_byte_of_an_image_makes_another_file() -> None:
    raw = a_file(images=[b"\xff\xd8\xff\r\n \x00"])

    assert normal_form(raw) != normal_form(raw.replace(b"\r\n \x00", b"\n \x00"))
    assert normal_form(raw) != normal_form(raw + b" ")


# --- JSON ------------------------------------------------------------------------------------


def test_json_gives_the_facts_of_the_text() -> None:
    raw = composed_json(FIELDS, received="11/20/26 09:58:10 AM")
    parsed = parse_message(raw)

    assert parsed.layout is Layout.JSON
    assert facts(parsed) == facts(parse_message(TEXT))
    assert parsed.notes == parse_message(TEXT).notes
    assert query_lines(raw)[:2] == ("ORI/WVFBIID00", "ATN/ORI=VT0000007")


@pytest.mark.parametrize(
    ("raw", "code", "pointer"),
    [
        (b"{", "not-json", ""),
        (b'{"ORI": "WVFBIID00",}', "not-json", ""),
        (b"[" * 100_000, "not-json", ""),
        (b'{"ORI": ' + b"9" * 5000 + b"}", "not-json", ""),
        (b"[]", "wrong-type", ""),
        (b"{}", "no-header", ""),
        (b'{"ABC": "1"}', "no-header", ""),
        (b'{"message": "ORI/X"}', "unknown-member", ""),
        (b'{"Ori": "WVFBIID00"}', "unknown-member", ""),
        (b'{"ORI": "WVFBIID00", "ORI": "WVFBIID00"}', "repeated-field", "/ORI"),
        (b'{"NAM": "\xc9"}', "not-ascii", ""),
        (composed_json(FIELDS | {"NAM": "P\xc9REZ, ANA"}), "not-ascii", "/NAM"),
        (composed_json(FIELDS | {"NAM": "\ud800, ANA"}), "not-ascii", "/NAM"),
        (composed_json(FIELDS | {"NAM": "PEREZ\x00, ANA"}), "control-characters", "/NAM"),
        (composed_json(FIELDS | {"REM": "\x1d"}), "control-characters", "/REM"),
        (json.dumps(FIELDS | {"DOB": 19790415}).encode(), "wrong-type", "/DOB"),
        (json.dumps(FIELDS | {"SID": ["VT1"]}).encode(), "wrong-type", "/SID"),
        (json.dumps(FIELDS | {"SOC": None}).encode(), "wrong-type", "/SOC"),
        (composed_json(FIELDS | {"ATN": "SGT PUR/F"}), "field-runs-on", "/ATN"),
        (composed_json(FIELDS | {"NAM": "A, B QUERY MESSAGE TEXT ENDS"}), "field-runs-on", "/NAM"),
        (composed_json(FIELDS | {"PHN": "IAQ RECEIVED"}, received="X"), "field-runs-on", "/PHN"),
        (composed_json(FIELDS | {"NAM": ""}), "missing-field", "/NAM"),
        (composed_json({tag: each for tag, each in FIELDS.items() if tag != "PUR"}),
         "missing-field", "/PUR"),
        (composed_json(FIELDS | {"PUR": "Z"}), "unknown-purpose", "/PUR"),
        (composed_json(FIELDS | {"ORI": "SHORT"}), "bad-ori", "/ORI"),
        (composed_json(FIELDS | {"PHN": "1" * 21}), "field-too-long", "/PHN"),
        (composed_json(FIELDS, received="9" * 41), "field-too-long", "/RECEIVED"),
        (composed_json(FIELDS | {"REM": "IDSM=1 IDSM=2"}), "repeated-field", "/REM"),
        (composed_json(FIELDS | {"REM": "ENCOUNTER INFO[EID]"}), "bad-encounter", "/REM"),
        (composed_json(FIELDS | {"REM": "A" * 1_048_576}), "too-large", ""),
    ],
)  # fmt: skip
def test_what_is_wrong_in_json_is_told_with_its_pointer(
    raw: bytes, code: str, pointer: str
) -> None:
    refusal = refused(raw)

    assert (refusal.code, refusal.field) == (code, pointer)
    assert "REZ" not in refusal.explanation


def test_a_field_unknown_in_text_is_unknown_in_json() -> None:
    assert ("RAC", "unknown-field") in noted(parse_message(composed_json(FIELDS | {"RAC": "U"})))


def test_blanks_order_and_escapes_do_not_make_another_message() -> None:
    raw = composed_json(FIELDS)
    turned = dict(reversed(FIELDS.items())) | {"NAM": FIELDS["NAM"].replace(" ", "  ")}
    again = json.dumps(turned, indent=4).replace("QUILLABEE", "QUILL\\u0041BEE").encode()

    assert raw != again
    assert normal_form(raw) == normal_form(b"\xef\xbb\xbf\n" + again)
    assert normal_form(raw) != normal_form(composed_json(FIELDS | {"PHN": "8025550101"}))
    # The same query printed field by field is the same message.
    assert normal_form(raw) == normal_form(query_text(raw).encode())


def test_the_published_schema_describes_what_is_read() -> None:
    schema = json.loads(files("acrime.iaq.layouts").joinpath("iaq.schema.json").read_text())

    assert list(schema["properties"]) == list(MEMBERS)
    assert schema["required"] == list(REQUIRED_TAGS)
    assert {each["type"] for each in schema["properties"].values()} == {"string"}
    sizes = {
        name: each["maxLength"]
        for name, each in schema["properties"].items()
        if "maxLength" in each and name != "RECEIVED"
    }
    # A name is counted without the blank after its comma.
    assert sizes == dict(FIELD_SIZES) | {"NAM": FIELD_SIZES["NAM"] + 1}
    assert schema["properties"]["PUR"]["enum"] == list(codes.purpose_codes())


# --- Round trips -----------------------------------------------------------------------------

WORD = st.text("ABCDEFGHIJKLMNOPQRSTUVWXYZ'-", min_size=1, max_size=7).filter(
    lambda word: "XX" not in word and "CPI" not in word
)
ORI = st.text("ABCDEFGHIJKLMNOPQRSTUVW0123456789", min_size=9, max_size=9)
DIGITS = "0123456789"


@st.composite
def queries(draw: st.DrawFn) -> dict[str, str]:
    names = draw(st.lists(WORD, min_size=2, max_size=3))
    encounters = draw(
        st.lists(st.tuples(st.text(DIGITS, min_size=10, max_size=10), WORD, WORD), max_size=5)
    )
    listed = "; ".join(f"{eid};{last};{first};;19790415;CN;F" for eid, last, first in encounters)
    heading = "ENCOUNTER INFO[EID;LAST;FIRST;MIDDLE;DOB;POB;SEX]" if listed else ""
    tcn = draw(st.text(DIGITS + "abc", min_size=5, max_size=40))
    return {
        "ORI": draw(ORI),
        "ATN": draw(st.one_of(ORI.map(lambda ori: f"ORI={ori}"), WORD)),
        "PHN": draw(st.text(DIGITS, min_size=7, max_size=20)),
        "NAM": f"{names[0]}, {' '.join(names[1:])}",
        "DOB": f"{draw(st.dates(date(1900, 1, 1), date(2026, 1, 1))):%Y%m%d}",
        "SEX": draw(st.sampled_from("FMU")),
        "POB": draw(st.sampled_from(sorted(codes.pob_codes()))),
        "CUS": draw(st.sampled_from("YN")),
        "OFF": draw(st.sampled_from(sorted(codes.offense_codes()))),
        "PUR": draw(st.sampled_from(sorted(codes.purpose_codes()))),
        "FBI": draw(st.text(DIGITS, max_size=9)),
        "ARN": draw(st.one_of(st.just(""), st.text(DIGITS, min_size=7, max_size=9))),
        "SID": ";".join(draw(st.lists(st.text(DIGITS, min_size=8, max_size=8), max_size=3))),
        "TOT": draw(st.sampled_from(["", "CAR", "NFUF"])),
        "REM": f"IDSM={tcn} {heading}{listed}".strip(),
    }


ROUND_TRIP = settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow])


def printed(query: dict[str, str]) -> str:
    return "\n".join(f"{tag}/{value}" for tag, value in query.items())


@ROUND_TRIP
@given(query=queries(), chance=st.randoms(use_true_random=False))
def test_what_is_composed_in_json_is_read_back(
    query: dict[str, str], chance: random.Random
) -> None:
    members = list(query.items())
    chance.shuffle(members)
    parsed = parse_message(json.dumps(dict(members), indent=chance.choice([None, 2])).encode())

    assert dict(parsed.fields) == query
    expected = parse_message(printed(query).encode())
    assert facts(parsed) == facts(expected)
    assert set(parsed.notes) == set(expected.notes)


@ROUND_TRIP
@given(
    query=queries(),
    images=st.lists(st.binary(max_size=300), max_size=3),
    before=st.sampled_from(["", "IDENT Data Response (IDR)\n------ MATCH -----\n"]),
    line=st.sampled_from(["\n", "\r\n"]),
)
def test_what_is_composed_as_a_file_is_read_back(
    query: dict[str, str], images: list[bytes], before: str, line: str
) -> None:
    expected = parse_message(printed(query).encode())
    text = (before + printed(query)).replace("\n", line)
    values = {59: "I", 18: query["NAM"]}
    raw = composed_ebts(text, tcn=expected.tcn or "", values=values, images=images)
    parsed = parse_message(raw)

    assert facts(parsed) == facts(expected)
    assert parsed.notes == expected.notes
    assert [each.size for each in read_file(raw).records if each.image] == [
        len(image) for image in images
    ]
