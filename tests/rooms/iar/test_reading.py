"""What was composed reads as the same facts, and what others made of it is compared with it."""

import string
from collections.abc import Mapping
from datetime import date
from pathlib import Path

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from acrime.iaq.conclusions import (
    LONGEST_WORD,
    MAX_LIST_ITEMS,
    RECORD_FIELDS,
    RecordField,
    RecordValue,
    ResponseKind,
    fields_of,
    is_blank,
    items_of,
    record_problems,
)
from acrime.iaq.kinds.files import first_kinds
from acrime.iaq.kinds.policy import WIDTH, wording_problems
from acrime.iaq.message import parse_message, query_lines
from acrime.iar.combined import (
    MARKS,
    CombinedFacts,
    IdentEncounter,
    compose_combined,
    printable,
    read_combined,
)
from acrime.iar.reading import NotAResponse, read_response
from acrime.iar.replies.comparing import compare
from acrime.iar.text import Amends, Annex, ResponseFacts, compose_response

MESSAGES = Path(__file__).resolve().parents[2] / "messages"
QUERIES = tuple((MESSAGES / f"iaq_{name}.txt").read_bytes() for name in ("fingerprint", "direct"))
GOLDEN = sorted(MESSAGES.glob("iar_*.txt"))

PRINTABLE = "".join(map(chr, range(32, 127)))


# --- Generated messages -----------------------------------------------------------------------


def words(longest: int, alphabet: str = PRINTABLE) -> st.SearchStrategy[str]:
    """Text of words, with blanks in a row too, that begins with no blank."""
    word = st.text(alphabet.replace(" ", ""), min_size=1, max_size=min(longest, LONGEST_WORD))
    blanks = st.sampled_from([" ", " ", " ", "  ", "   "])
    return (
        st.lists(st.tuples(word, blanks), min_size=1, max_size=12)
        .map(lambda parts: "".join(a + b for a, b in parts).strip()[:longest].strip())
        .filter(bool)
    )


def value_for(field: RecordField) -> st.SearchStrategy[RecordValue]:
    capitals, signs = string.ascii_uppercase, string.ascii_uppercase + string.digits
    special: Mapping[str, st.SearchStrategy[RecordValue]] = {
        "name": st.tuples(words(25, capitals), words(25, capitals)).map(", ".join),
        "pob_code": st.text(capitals, min_size=5, max_size=5),
        "arn": st.from_regex(r"A?[0-9]{7,9}", fullmatch=True),
        "fco": st.text(signs, min_size=2, max_size=5),
        "class_of_admission": st.text(signs + "-", min_size=1, max_size=5),
        "charge_code": st.text(signs + "-", min_size=1, max_size=10),
    }
    if field.key in special:
        return special[field.key]
    if field.kind == "date":
        return st.dates(date(1850, 1, 1), date(2199, 12, 31))
    if field.kind == "flag":
        return st.booleans()
    if field.kind == "identifier":
        return st.text(signs + "-", min_size=1, max_size=field.max_length)
    if field.kind == "text":
        return words(field.max_length)
    texts = (
        words(field.max_length) if not field.pattern else st.text(signs, min_size=1, max_size=10)
    )
    return st.lists(texts, min_size=1, max_size=MAX_LIST_ITEMS).map(tuple)


WORDING = string.ascii_uppercase + string.digits + ".,;:'()!? "


@st.composite
def kinds(draw: st.DrawFn) -> ResponseKind:
    """A kind of the portal, or one with another wording that may be put in force."""
    kind = draw(st.sampled_from(list(first_kinds().values())))
    if draw(st.booleans()):
        return kind
    other = ResponseKind(
        code="OTHER",
        version=2,
        label="Other",
        headline=draw(words(WIDTH, WORDING)),
        lead=draw(words(300, WORDING)),
        required_fields=kind.required_fields,
        optional_fields=kind.optional_fields,
        closing=tuple(draw(st.lists(words(300, WORDING), min_size=1, max_size=3))),
        needs_person=kind.needs_person,
    )
    return kind if wording_problems(other) else other


@st.composite
def messages(draw: st.DrawFn) -> ResponseFacts:
    kind = draw(kinds())
    record = {
        field.key: draw(value_for(field))
        for field in fields_of(kind)
        if field.key in kind.required_fields or draw(st.booleans())
    }
    # Words of the layout are refused before anything is composed.
    refused = {problem.key for problem in record_problems(kind, record)}
    record = {key: value for key, value in record.items() if key not in refused}
    for key in kind.required_fields:
        record.setdefault(key, ("MORE",) if RECORD_FIELDS[key].kind == "list" else "X, Y")
    amends = Amends("IAR-2026-7K3M-9QX4", "11/20/26 09:00:00 AM", draw(words(80, WORDING)))
    return ResponseFacts(
        kind=kind,
        query_id="IAQ-2026-7K3M-9QX4",
        received_text="11/20/26 09:58:10 AM",
        query_lines=query_lines(draw(st.sampled_from(QUERIES))),
        record=record,
        requesting_ori=draw(st.sampled_from(["", "WVFBIID00"])),
        requesting_agency=draw(st.just("") | words(200, WORDING)),
        requesting_phone=draw(st.sampled_from(["", "802-555-0100"])),
        annexes=tuple(
            Annex(f"ANNEX {number}", (draw(words(300, WORDING)), draw(words(300, WORDING))))
            for number in range(draw(st.integers(0, 3)))
        ),
        amends=draw(st.none() | st.just(amends)),
    )


def level(text: str) -> str:
    return " ".join(text.split())


def told(value: RecordValue) -> RecordValue:
    """A value as it is meant: runs of blanks are one, and a list is one however it is given."""
    if isinstance(value, bool | date):
        return value
    return level(value) if isinstance(value, str) else items_of(value)


@settings(max_examples=200, deadline=None)
@given(messages())
@example(
    ResponseFacts(
        kind=first_kinds()["NO_RECORD"],
        query_id="IAQ-2026-7K3M-9QX4",
        received_text="",
        query_lines=("NAM/ A, B",),
        record={"remarks": ("NAM/ SOMEBODY ELSE", "- A DASH", "  BLANKS  BEFORE")},
    )
)
def test_what_was_composed_reads_as_the_same_facts(facts: ResponseFacts) -> None:
    text = compose_response(facts)
    read = read_response(text)
    assert dict(read.record) == {
        key: told(value) for key, value in facts.record.items() if not is_blank(value)
    }
    assert read.headline == level(facts.kind.headline)
    assert read.lead == level(facts.kind.lead)
    assert read.notice.startswith(level(" ".join(facts.kind.closing)))
    assert read.received_text == facts.received_text
    assert read.query == level(" ".join(facts.query_lines))
    assert read.query_id == facts.query_id
    assert (read.requesting_ori, read.requesting_agency, read.requesting_phone) == (
        facts.requesting_ori,
        level(facts.requesting_agency),
        facts.requesting_phone,
    )
    assert [(each.title, each.paragraphs) for each in read.annexes] == [
        (each.title, (level(" ".join(each.paragraphs)),)) for each in facts.annexes
    ]
    assert (read.amends is None) == (facts.amends is None)
    if read.amends and facts.amends:
        assert (read.amends.number, read.amends.released_text, read.amends.reason) == (
            facts.amends.number,
            facts.amends.released_text,
            level(facts.amends.reason),
        )
    assert all(len(line) <= WIDTH for line in text.split("\n"))
    assert text.isascii()


@settings(max_examples=60, deadline=None)
@given(messages())
def test_the_same_facts_come_out_of_the_combined_response(facts: ResponseFacts) -> None:
    text = compose_response(facts)
    message = compose_combined(combined(text))
    for form in (message, printable(message)):
        assert compare(sent=text, came=read_combined(form).response).same


@settings(max_examples=300, deadline=None)
@given(st.sampled_from(GOLDEN), st.data())
def test_a_mutated_text_is_read_or_refused_and_never_the_same_by_mistake(
    golden: Path, data: st.DataObject
) -> None:
    sent = golden.read_text(encoding="ascii")
    place = data.draw(st.integers(0, len(sent) - 1))
    sign = data.draw(st.characters(min_codepoint=33, max_codepoint=126))
    came = sent[:place] + sign + sent[place + 1 :]
    comparison = compare(sent=sent, came=came)
    if came != sent:
        assert not comparison.same


@settings(max_examples=300, deadline=None)
@given(st.text(max_size=2000))
def test_nothing_makes_the_reader_stumble(text: str) -> None:
    for form in (text, f"QUERY MESSAGE TEXT ENDS\n{'*' * 53}\n{text}\n{'*' * 53}\n{text}"):
        try:
            read_response(form)
        except NotAResponse:
            assert "QUERY MESSAGE TEXT ENDS" not in form
        read_combined(form)


# --- As others have it ------------------------------------------------------------------------


@pytest.mark.parametrize("golden", GOLDEN, ids=lambda path: path.stem)
@pytest.mark.parametrize(
    "passed_on",
    [
        lambda text: text.replace("\n", "\r\n"),
        lambda text: text.replace("*** LAW ENFORCEMENT SENSITIVE ***\n\n", ""),
        lambda text: "".join(f"{line}   \n" for line in text.split("\n")),
        lambda text: text.replace("*" * 53, "*" * 46),
        lambda text: text.replace("\n*** LIMITED OFFICIAL USE", " *** LIMITED OFFICIAL USE"),
    ],
    ids=["other line endings", "no banner", "blanks at the ends", "shorter stars", "one line less"],
)
def test_what_lines_lose_on_the_way_changes_no_fact(golden: Path, passed_on: object) -> None:
    sent = golden.read_text(encoding="ascii")
    assert callable(passed_on)
    comparison = compare(sent=sent, came=passed_on(sent))
    assert comparison.same_facts, comparison.fields


def test_differences_are_named_line_by_line_and_field_by_field() -> None:
    sent = (MESSAGES / "iar_previously_removed.txt").read_text(encoding="ascii")
    came = sent.replace("DOB/ 19790415\nPOB/", "DOB/ 19790514\nPOB/").replace("FCO/ NRC\n", "")
    comparison = compare(sent=sent, came=came)
    assert [(each.label, each.sent, each.came) for each in comparison.fields] == [
        ("Date of birth", "1979-04-15", "1979-05-14"),
        ("File control office", "NRC", ""),
    ]
    assert [(each.side, each.number, each.text) for each in comparison.lines] == [
        ("sent", 23, "DOB/ 19790415"),
        ("came", 23, "DOB/ 19790514"),
        ("sent", 26, "FCO/ NRC"),
    ]
    assert not comparison.same


def test_a_text_that_is_no_response_is_told_apart_from_one_without_differences() -> None:
    sent = GOLDEN[0].read_text(encoding="ascii")
    comparison = compare(sent=sent, came="HELLO")
    assert not comparison.readable
    assert not comparison.same_facts


def test_the_layout_of_the_packet_is_read_too() -> None:
    """Blanks are missing after tags there, rows of stars differ, and the end shares a line."""
    text = f"""
IAQ RECEIVED: 10/14/08 10:47:42 PM
ORI/ WVFBIID00 ATN/ORI=TX1234567
NAM/ TEST, TEST
DOB/ 19800128 PUR/ C
**** QUERY MESSAGE TEXT ENDS - L.E.S.C. RESPONSE BEGINS ****
THIS IS NOT A GOVERNMENT DETAINER!
{"*" * 53}
SUBJECT APPEARS TO HAVE BEEN PREVIOUSLY REMOVED
{"*" * 53}
**** BASED ON THE INFORMATION PROVIDED *****
THE FOLLOWING I.C.E. RECORD APPEARS TO RELATE:
NAM/ TEST, TEST MIDDLE
POB/ HONDU --> HONDURAS
SID/ FL06879901 ;TX08257161
DATE REMOVED/DEPORTED/EXCLUDED/ 20050101
FINAL CHARGE/I7A1 --> Immigrant not in possession of valid,
PORT DEPARTED/HLG
NOTE!! THIS PERSON APPEARS TO HAVE MULTIPLE REMOVALS
REM/ CRI: XXXXXXXXX
FINS: XXXXXXXX
{"*" * 46}
IMPORTANT NOTICE
{"*" * 46}
A NOTICE.
{"*" * 50}
REQUESTING ORI INFORMATION:
AGENCY/FBI From US Visit
PHONE/
LESC QUERY ID:XXXXXXXX *** LIMITED OFFICIAL USE ***
END OF RESPONSE . . . .
"""
    read = read_response(text)
    assert read.headline == "SUBJECT APPEARS TO HAVE BEEN PREVIOUSLY REMOVED"
    assert read.record == {
        "name": "TEST, TEST MIDDLE",
        "pob_code": "HONDU",
        "pob_name": "HONDURAS",
        "sid": ("FL06879901", "TX08257161"),
        "date_removed": date(2005, 1, 1),
        "charge_code": "I7A1",
        "charge_name": "Immigrant not in possession of valid,",
        "port_departed": "HLG",
        "multiple_removals": True,
        "cri": "XXXXXXXXX",
        "fins": ("XXXXXXXX",),
    }
    assert (read.query_id, read.requesting_agency) == ("XXXXXXXX", "FBI From US Visit")


# --- The combined response --------------------------------------------------------------------


def combined(response: str) -> CombinedFacts:
    return CombinedFacts(
        sent_on=date(2026, 11, 20),
        state="VT",
        control_number="sscn202632400000001",
        state_id="VT00000042",
        name="SPECIMEN,AVERY LEE",
        requesting_ori="VT0000007",
        visa_terms=("VISA RECORDS ARE CONFIDENTIAL (INA 222(F)).",),
        encounters=(IdentEncounter("9900000001", "SPECIMEN,AVERY", "19790415", "CN", "F"),),
        response=response,
    )


def test_lengths_and_separators_are_those_of_the_records() -> None:
    response = GOLDEN[0].read_text(encoding="ascii")
    message = compose_combined(combined(response))
    head, results, rest = message.split("\x1c")
    assert rest == ""
    for record in (head, results):
        length = int(record.partition("\x1d")[0].partition(":")[2])
        assert length == len(record) + 1
    fields = read_combined(message).fields
    assert {tag: fields[tag] for tag in ("1.04", "1.07", "1.08", "1.09", "2.059", "2.073")} == {
        "1.04": "SRE",
        "1.07": "VT0000000",
        "1.08": "USVISIT0Z",
        "1.09": "sscn202632400000001",
        "2.059": "I",
        "2.073": "VT0000007",
    }
    text = fields["2.075"]
    assert text.index("INA 222(F)") < text.index("MATCH") < text.index("EID = 9900000001")
    assert text.index("EID = ") < text.index("*** LAW ENFORCEMENT SENSITIVE ***")
    assert (
        parse_message(read_combined(message).response.encode()).tcn
        == parse_message(response.encode()).tcn
    )
    assert not set(MARKS) & set(printable(message))


def test_the_message_is_seven_bit_and_fits_the_line() -> None:
    message = compose_combined(combined(GOLDEN[0].read_text(encoding="ascii")))
    assert message.isascii()
    lines = read_combined(message).fields["2.075"].split("\n")
    assert max(len(line) for line in lines) <= WIDTH
