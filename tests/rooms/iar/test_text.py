"""The response text: golden texts, and what holds for every text."""

from collections.abc import Mapping
from datetime import date
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from acrime.iaq.conclusions import (
    MAX_LIST_ITEMS,
    RECORD_FIELDS,
    IncompleteResponse,
    RecordField,
    RecordValue,
    UnprintableText,
    UnusableValue,
    fields_of,
    missing_fields,
    record_problems,
    to_ascii,
)
from acrime.iaq.kinds.files import first_kinds
from acrime.iaq.kinds.policy import WIDTH
from acrime.iaq.message import parse_message, query_lines
from acrime.iar.text import ResponseFacts, compose_response, fold_query_line

MESSAGES = Path(__file__).resolve().parents[2] / "messages"
QUERY = (MESSAGES / "iaq_fingerprint.txt").read_bytes()
RESPONSE_KINDS = first_kinds()
NUMBER = "IAQ-2026-7K3M-9QX4"

PERSON: Mapping[str, RecordValue] = {
    "name": "SPECIMEN, AVERY LEE",
    "dob": date(1979, 4, 15),
    "pob_code": "HONDU",
    "pob_name": "HONDURAS",
    "arn": "A099000123",
    "fbi": "123456TA9",
    "sid": ("VT00000042", "NH00000017"),
}

WHO: Mapping[str, RecordValue] = {
    "name": "SPECIMEN, AVERY LEE",
    "dob": date(1979, 4, 15),
    "pob_name": "HONDURAS",
}

EXAMPLES: Mapping[str, Mapping[str, RecordValue]] = {
    "PREVIOUSLY_REMOVED": {
        **PERSON,
        "fco": "NRC",
        "doe": date(2003, 1, 1),
        "ffn": "ALEX",
        "mfn": "SAM",
        "date_removed": date(2005, 1, 1),
        "charge_code": "I7A1",
        "charge_name": "Immigrant not in possession of a valid, unexpired travel document",
        "port_departed": "HLG",
        "multiple_removals": True,
        "no_lawful_return": True,
        "cri": "VTICE0000",
        "fins": ("1100000001", "1100000002"),
        "remarks": ("PHOTOGRAPH COMPARED AND FOUND ALIKE", "FILE REQUESTED"),
    },
    "LAWFUL_PERMANENT_RESIDENT": {
        **PERSON,
        "class_of_admission": "IR1",
        "resident_since": date(1999, 6, 1),
    },
    "IN_PROCEEDINGS": {
        **PERSON,
        "charging_document": "NOTICE TO APPEAR",
        "charging_date": date(2025, 9, 30),
        "court": "BOSTON",
        "hearing_date": date(2027, 2, 3),
    },
    "CITIZEN": {
        **WHO,
        "citizenship": "NATURALIZED",
        "citizen_since": date(2010, 7, 2),
        "remarks": ("CERTIFICATE SEEN",),
    },
    "NONIMMIGRANT_IN_STATUS": {
        **WHO,
        "class_of_admission": "F1",
        "admitted_on": date(2025, 8, 20),
        "duration_of_status": True,
    },
    "NONIMMIGRANT_PAST_STATUS": {
        **WHO,
        "class_of_admission": "B2",
        "admitted_on": date(2024, 2, 1),
        "admitted_until": date(2024, 7, 31),
    },
    "APPLICATION_PENDING": {**WHO, "arn": "A099000123", "application_date": date(2026, 1, 15)},
    "FINAL_ORDER": {
        **PERSON,
        "order_date": date(2024, 5, 6),
        "court": "BOSTON",
        "charge_code": "I7A1",
    },
    "NO_RECORD": {},
    "MORE_INFORMATION_NEEDED": {
        "needed": ("COUNTRY OF BIRTH, SINCE THE QUERY GIVES IT AS UNKNOWN", "ANY A-NUMBER"),
        "remarks": ("SEVERAL PEOPLE HAVE THIS NAME AND DATE OF BIRTH",),
    },
}


def facts(
    kind: str, record: Mapping[str, RecordValue] | None = None, **changed: object
) -> ResponseFacts:
    values: dict[str, object] = {
        "kind": RESPONSE_KINDS[kind],
        "query_id": NUMBER,
        "received_text": "03/07/26 09:15:30 AM",
        "query_lines": query_lines(QUERY),
        "record": EXAMPLES[kind] if record is None else record,
        "requesting_ori": "WVFBIID00",
        "requesting_agency": "FBI CJIS DIVISION",
        **changed,
    }
    return ResponseFacts(**values)  # type: ignore[arg-type]


# --- Golden texts ----------------------------------------------------------------------------


def test_there_is_an_example_of_every_kind() -> None:
    assert EXAMPLES.keys() == RESPONSE_KINDS.keys()


@pytest.mark.parametrize("kind", EXAMPLES)
def test_the_text_is_the_golden_one(kind: str) -> None:
    golden = MESSAGES / f"iar_{kind.lower()}.txt"
    assert compose_response(facts(kind)) == golden.read_text(encoding="ascii")


@pytest.mark.parametrize("kind", EXAMPLES)
def test_the_query_in_the_response_is_the_query(kind: str) -> None:
    echoed = parse_message(compose_response(facts(kind)).encode())
    assert echoed == parse_message(QUERY)


@pytest.mark.parametrize("kind", EXAMPLES)
def test_every_response_says_what_it_is_not(kind: str) -> None:
    text = " ".join(compose_response(facts(kind)).split())
    assert "THIS IS NOT A GOVERNMENT DETAINER!" in text
    assert "IT ADDS NOTHING TO A STATE OR LOCAL OFFICER'S POWER" in text
    assert "IT DOES NOT DECIDE WHETHER A PERSON CAN BE REMOVED" in text
    assert text.count(RESPONSE_KINDS[kind].headline) == 1


def test_no_record_says_nothing_of_citizenship() -> None:
    text = " ".join(compose_response(facts("NO_RECORD")).split())
    assert "DOES NOT MEAN THAT THE PERSON IS A CITIZEN" in text
    assert "DOES NOT MEAN THAT THE PERSON IS HERE UNLAWFULLY" in text


# --- Blank values ----------------------------------------------------------------------------

SPARE: Mapping[str, RecordValue] = {
    "name": "SPECIMEN, AVERY",
    "dob": date(1979, 4, 15),
    "arn": "99000123",
    "date_removed": date(2005, 1, 1),
    "pob_code": " ",
    "fbi": "",
    "sid": ("", " "),
    "multiple_removals": False,
    "fins": (),
}


def test_blank_values_leave_no_tag() -> None:
    bare = compose_response(
        facts("PREVIOUSLY_REMOVED", SPARE, requesting_ori="", requesting_agency=" ")
    )
    _, _, block = bare.partition("APPEARS TO RELATE:\n")
    block, _, rest = block.partition("*" * 53)
    assert block.splitlines() == [
        "NAM/ SPECIMEN, AVERY",
        "DOB/ 19790415",
        "ARN/ 99000123",
        "DATE REMOVED/DEPORTED/EXCLUDED/ 20050101",
    ]
    assert "REQUESTING" not in rest


def test_a_code_and_its_name_share_a_line_and_either_stands_alone() -> None:
    for given_values, line in (
        ({"pob_code": "HONDU", "pob_name": "HONDURAS"}, "POB/ HONDU --> HONDURAS"),
        ({"pob_code": "HONDU"}, "POB/ HONDU"),
        ({"pob_name": "HONDURAS"}, "POB/ --> HONDURAS"),
    ):
        lines = compose_response(facts("PREVIOUSLY_REMOVED", {**SPARE, **given_values})).split("\n")
        assert line in lines


def test_remarks_share_one_tag() -> None:
    text = compose_response(facts("PREVIOUSLY_REMOVED", {**SPARE, "fins": ("1", "2")}))
    assert "\nREM/ FINS: 1; 2\n" in text
    assert "CRI:" not in text


# --- Refusals --------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", EXAMPLES)
def test_required_values_must_be_there(kind: str) -> None:
    for key in RESPONSE_KINDS[kind].required_fields:
        record = {name: value for name, value in EXAMPLES[kind].items() if name != key}
        assert missing_fields(RESPONSE_KINDS[kind], record) == (key,)
        with pytest.raises(IncompleteResponse) as caught:
            compose_response(facts(kind, record))
        assert caught.value.fields == (key,)
        assert caught.value.code == "missing-field"
    assert missing_fields(RESPONSE_KINDS[kind], EXAMPLES[kind]) == ()


def test_a_response_needs_its_number() -> None:
    with pytest.raises(IncompleteResponse) as caught:
        compose_response(facts("NO_RECORD", query_id=" "))
    assert caught.value.fields == ("query_id",)


@pytest.mark.parametrize(
    ("key", "value", "code"),
    [
        ("court", "BOSTON", "not-of-this-kind"),
        ("shoe_size", "9", "not-of-this-kind"),
        ("dob", "19790415", "wrong-type"),
        ("name", ("A", "B"), "wrong-type"),
        ("sid", "VT00000042", "wrong-type"),
        ("multiple_removals", "yes", "wrong-type"),
        ("arn", date(2000, 1, 1), "wrong-type"),
        ("name", "SPECIMEN AVERY", "wrong-form"),
        ("pob_code", "HD", "wrong-form"),
        ("arn", "A123456", "wrong-form"),
        ("fbi", "123 456", "wrong-form"),
        ("sid", ("VT/42",), "wrong-form"),
        ("ffn", "A" * 31, "too-long"),
        ("sid", ("VT000000042",), "too-long"),
        ("remarks", ("A",) * (MAX_LIST_ITEMS + 1), "too-many"),
        ("remarks", ("A" * 61,), "long-word"),
        ("remarks", ("A **** B",), "reserved-words"),
        ("remarks", ("FINS: 1",), "reserved-words"),
    ],
)
def test_values_must_fit_their_fields(key: str, value: RecordValue, code: str) -> None:
    record = {**EXAMPLES["PREVIOUSLY_REMOVED"], key: value}
    (problem,) = record_problems(RESPONSE_KINDS["PREVIOUSLY_REMOVED"], record)
    assert (problem.key, problem.code) == (key, code)
    with pytest.raises(UnusableValue) as caught:
        compose_response(facts("PREVIOUSLY_REMOVED", record))
    assert (caught.value.field, caught.value.code) == (key, code)


@pytest.mark.parametrize("text", ["MUÑOZ, A", "TAB,\tA", "LINE,\nNAM/ B", "QUOTE,’A", "BELL,\a A"])
def test_unprintable_text_is_refused_and_the_field_named(text: str) -> None:
    with pytest.raises(UnprintableText) as caught:
        compose_response(facts("PREVIOUSLY_REMOVED", {**SPARE, "name": text}))
    assert caught.value.field == "name"
    assert text not in str(caught.value)


@pytest.mark.parametrize("key", ["query_id", "received_text", "requesting_agency"])
def test_unprintable_text_is_refused_around_the_record_too(key: str) -> None:
    with pytest.raises(UnprintableText) as caught:
        compose_response(facts("NO_RECORD", None, **{key: "É\n"}))
    assert caught.value.field == key
    with pytest.raises(UnprintableText):
        compose_response(facts("NO_RECORD", query_lines=("NAM/É",)))


def test_to_ascii_drops_accents_and_guesses_nothing() -> None:
    assert to_ascii("MUÑOZ, José Ångström", field="name") == "MUNOZ, Jose Angstrom"
    for text in ("Łódź", "Straße", "Иван", "D’Arcy", "ﬁ", "½", "A\nB"):
        with pytest.raises(UnprintableText):
            to_ascii(text, field="name")


# --- The list of fields ----------------------------------------------------------------------


def test_the_kinds_speak_of_known_fields_once() -> None:
    for kind in RESPONSE_KINDS.values():
        keys = (*kind.required_fields, *kind.optional_fields)
        assert len(keys) == len(set(keys))
        assert {field.key for field in fields_of(kind)} == set(keys)
        assert len(kind.headline) <= WIDTH
    used = {field.key for kind in RESPONSE_KINDS.values() for field in fields_of(kind)}
    assert used == RECORD_FIELDS.keys()


def test_every_field_can_be_asked_for_and_printed() -> None:
    for field in RECORD_FIELDS.values():
        assert field.label
        assert field.hint
        assert (field.kind == "flag") == bool(field.sentence) == (field.max_length == 0)
        assert not field.joined_to or RECORD_FIELDS[field.joined_to].tag == ""


# --- Properties ------------------------------------------------------------------------------

PRINTABLE = "".join(map(chr, range(32, 127)))


def value_for(field: RecordField) -> st.SearchStrategy[RecordValue]:
    size = field.max_length
    if field.kind == "date":
        return st.dates(date(1900, 1, 1), date(2100, 1, 1))
    if field.kind == "flag":
        return st.booleans()
    if field.key == "name":
        return st.just("SPECIMEN, AVERY")
    if field.key == "arn":
        return st.text("0123456789", min_size=7, max_size=9)
    if field.pattern or field.kind == "identifier":
        words = st.text("ABCXYZ", min_size=5 if size == 5 else 1, max_size=size)
    else:
        words = st.lists(
            st.text(PRINTABLE, min_size=1, max_size=min(size, 30)), min_size=1, max_size=4
        ).map(lambda parts: " ".join(parts)[:size])
        words = words.filter(lambda text: "****" not in text)
        words = words.filter(lambda text: not text.strip().upper().startswith(("CRI:", "FINS:")))
    return st.lists(words, min_size=1, max_size=4) if field.kind == "list" else words


@st.composite
def responses(draw: st.DrawFn) -> ResponseFacts:
    kind = draw(st.sampled_from(list(RESPONSE_KINDS)))
    record = {
        field.key: draw(value_for(field))
        for field in fields_of(RESPONSE_KINDS[kind])
        if field.key in RESPONSE_KINDS[kind].required_fields or draw(st.booleans())
    }
    if "needed" in record:
        record["needed"] = ("MORE",)
    return facts(kind, record, requesting_agency=draw(st.text(PRINTABLE, max_size=200)))


@settings(max_examples=300, deadline=None)
@given(responses())
def test_every_text_fits_the_line_and_the_character_set(given_facts: ResponseFacts) -> None:
    text = compose_response(given_facts)
    assert set(text) <= {*PRINTABLE, "\n"}
    assert max(len(line) for line in text.splitlines()) <= WIDTH
    assert text.endswith("END OF RESPONSE . . . .\n")
    _, _, answer = text.partition("BASED ON THE INFORMATION PROVIDED")
    for tag in ("REM/", "AGENCY/", *(field.tag for field in RECORD_FIELDS.values() if field.tag)):
        assert f"\n{tag}\n" not in answer


@settings(max_examples=300, deadline=None)
@given(st.lists(st.text(PRINTABLE.replace(" ", ""), min_size=1, max_size=60), max_size=20))
def test_folding_keeps_every_word(words: list[str]) -> None:
    folded = fold_query_line(" ".join(words))
    assert " ".join(folded) == " ".join(words)
    assert all(0 < len(line) <= WIDTH for line in folded)


def test_folding_falls_back_to_semicolons_then_to_the_width() -> None:
    assert fold_query_line("A" * 40 + ";" + "B" * 40) == ("A" * 40 + ";", "B" * 40)
    assert fold_query_line("A" * 150) == ("A" * 72, "A" * 72, "A" * 6)
    assert fold_query_line("  ") == ()


def test_nothing_personal_is_shown_by_accident() -> None:
    assert "SPECIMEN" not in repr(facts("NO_RECORD"))
