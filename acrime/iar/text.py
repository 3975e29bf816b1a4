"""Composing the text of an immigration response (IAR).

The text follows the message layout: banner, receiving time, echo of the query, the line that ends
the query, the not-a-detainer notice, the starred conclusion, the record that appears to relate,
an important notice, who asked, and the query's number. This module only composes. Which sources
bear the conclusion out is recorded and checked elsewhere, before anything is composed.

What the text guarantees to the older systems that carry it:

* printable 7-bit ASCII and line feeds only, or ``UnprintableText`` names the field; nothing is
  transliterated here, so callers who want accents dropped call ``to_ascii`` and show the result;
* no line longer than ``WIDTH`` columns;
* no tag with an empty value in the record block (the layout forbids blank fields);
* country codes stay in their own system: ``pob_code`` is the five-letter DHS code.
"""

import re
import textwrap
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from types import MappingProxyType
from typing import Literal

from acrime.common.errors import ActionRefused

WIDTH = 72
"""Longest line in columns."""

FieldKind = Literal["text", "date", "identifier", "flag", "list"]
RecordValue = str | date | bool | Sequence[str]

MAX_LIST_ITEMS = 20
"""Most items of one list field."""


class ResponseRefused(ActionRefused):
    """The response cannot be composed from what was given. ``field`` names what is wrong."""

    def __init__(self, message: str, *, code: str, field: str) -> None:
        super().__init__(message, code=code)
        self.field = field


class UnprintableText(ResponseRefused):
    """A value holds a character that the message cannot carry."""

    def __init__(self, field: str) -> None:
        super().__init__(
            f"{field}: use plain English letters, digits and punctuation only.",
            code="unprintable-text",
            field=field,
        )


class IncompleteResponse(ResponseRefused):
    """Values that this conclusion requires are missing: ``fields`` are their keys."""

    def __init__(self, fields: tuple[str, ...]) -> None:
        super().__init__(
            "The conclusion needs more values: " + ", ".join(fields) + ".",
            code="missing-field",
            field=fields[0],
        )
        self.fields = fields


class UnusableValue(ResponseRefused):
    """A value does not fit its field (see ``record_problems``)."""


@dataclass(frozen=True, slots=True)
class RecordField:
    """One value of the record block, with what a form needs to ask for it.

    Attributes:
        key: name of the value in ``ResponseFacts.record``.
        tag: what stands before the value in the message; empty when the value is printed with
            another one (see ``joined_to``) or is a sentence.
        label: for a person.
        kind: ``text`` one line; ``identifier`` letters, digits and hyphens; ``date`` a ``date``,
            printed ccyymmdd; ``flag`` a yes that prints a sentence; ``list`` several short texts.
        max_length: in characters, of each item for a list.
        hint: what to enter, for a person.
        pattern: what the whole value (each item) must match, or empty.
        joined_to: key of the text that is printed after this code as ``CODE --> TEXT``.
        sentence: what a flag prints when it is true.
    """

    key: str
    tag: str
    label: str
    kind: FieldKind
    max_length: int
    hint: str
    pattern: str = ""
    joined_to: str = ""
    sentence: str = ""


_IDENTIFIER = r"[A-Za-z0-9-]+"

_FIELDS = (
    RecordField("name", "NAM/", "Name", "text", 60, "Last, First Middle", r"[^,]+, ?[^,]+"),
    RecordField("dob", "DOB/", "Date of birth", "date", 8, "As in the record, not as queried"),
    RecordField(
        "pob_code",
        "POB/",
        "Country of birth code",
        "text",
        5,
        "Five-letter DHS code, not the NCIC code",
        r"[A-Z]{5}",
        joined_to="pob_name",
    ),
    RecordField("pob_name", "", "Country of birth", "text", 40, "Name of the country"),
    RecordField(
        "arn", "ARN/", "A-Number", "identifier", 10, "A and seven to nine digits", r"A?[0-9]{7,9}"
    ),
    RecordField("fco", "FCO/", "File control office", "text", 5, "Office code", r"[A-Z0-9]{2,5}"),
    RecordField("fbi", "FBI/", "FBI number", "identifier", 9, "Up to nine letters and digits"),
    RecordField(
        "sid", "SID/", "State identification numbers", "list", 10, "One a line", _IDENTIFIER
    ),
    RecordField("doe", "DOE/", "Date of entry", "date", 8, "Last known entry"),
    RecordField("ffn", "FFN/", "Father's first name", "text", 30, "As in the record"),
    RecordField("mfn", "MFN/", "Mother's first name", "text", 30, "As in the record"),
    RecordField(
        "class_of_admission", "COA/", "Class of admission", "text", 5, "Code", r"[A-Z0-9-]+"
    ),
    RecordField(
        "resident_since",
        "RESIDENT SINCE/",
        "Permanent resident since",
        "date",
        8,
        "Date on which the status was given",
    ),
    RecordField(
        "charging_document",
        "CHARGING DOCUMENT/",
        "Charging document",
        "text",
        50,
        "Name of the document that opened the proceedings",
    ),
    RecordField(
        "charging_date", "DATE SERVED/", "Date served", "date", 8, "Day on which it was served"
    ),
    RecordField(
        "court", "IMMIGRATION COURT/", "Immigration court", "text", 50, "City of the court"
    ),
    RecordField("hearing_date", "NEXT HEARING/", "Next hearing", "date", 8, "If one is set"),
    RecordField(
        "date_removed",
        "DATE REMOVED/DEPORTED/EXCLUDED/",
        "Date removed, deported or excluded",
        "date",
        8,
        "The last removal, if there are several",
    ),
    RecordField(
        "charge_code",
        "FINAL CHARGE/",
        "Final charge code",
        "text",
        10,
        "Code of the charge on which removal was ordered",
        r"[A-Z0-9-]+",
        joined_to="charge_name",
    ),
    RecordField("charge_name", "", "Final charge", "text", 120, "The charge in words"),
    RecordField(
        "port_departed", "PORT DEPARTED/", "Port of departure", "text", 30, "Port code or name"
    ),
    RecordField(
        "multiple_removals",
        "",
        "Several removals",
        "flag",
        0,
        "Tick if the records show more than one removal",
        sentence="NOTE!! THIS PERSON APPEARS TO HAVE MULTIPLE REMOVALS",
    ),
    RecordField(
        "no_lawful_return",
        "",
        "No lawful return found",
        "flag",
        0,
        "Tick only after searching for a later lawful entry",
        sentence="THE RECORDS SEARCHED SHOW NO LAWFUL RETURN AFTER THE REMOVAL.",
    ),
    RecordField(
        "cri", "CRI:", "CRI", "identifier", 20, "Controlling agency identifier", _IDENTIFIER
    ),
    RecordField(
        "fins", "FINS:", "Fingerprint identification numbers", "list", 20, "One a line", _IDENTIFIER
    ),
    RecordField(
        "needed",
        "",
        "What is needed",
        "list",
        120,
        "One item a line: what the sender should add or correct",
    ),
    RecordField("remarks", "", "Remarks", "list", 200, "One remark a line; it leaves the agency"),
)

RECORD_FIELDS: Mapping[str, RecordField] = MappingProxyType({field.key: field for field in _FIELDS})
"""Every value that a response may carry, by key, in the order in which they are printed."""

# Printed together under one REM/ at the end of the block.
_REMARK_KEYS = ("cri", "fins", "remarks")


@dataclass(frozen=True, slots=True)
class ResponseKind:
    """A kind of conclusion, as data.

    Attributes:
        code: stable, stored with the determination.
        label: for a person choosing it.
        headline: the starred conclusion.
        lead: the line that introduces the record block or stands for it.
        required_fields, optional_fields: keys of ``RECORD_FIELDS``.
        closing: paragraphs of the important notice that belong to this conclusion.
    """

    code: str
    label: str
    headline: str
    lead: str
    required_fields: tuple[str, ...]
    optional_fields: tuple[str, ...]
    closing: tuple[str, ...]


_RELATES = "THE FOLLOWING I.C.E. RECORD APPEARS TO RELATE:"
_PERSON = ("pob_code", "pob_name", "fco", "fbi", "sid", "doe", "ffn", "mfn")
_REFERENCES = ("cri", "fins", "remarks")

_KINDS = (
    ResponseKind(
        code="PREVIOUSLY_REMOVED",
        label="Previously removed",
        headline="SUBJECT APPEARS TO HAVE BEEN PREVIOUSLY REMOVED",
        lead=_RELATES,
        required_fields=("name", "dob", "arn", "date_removed"),
        optional_fields=(
            *_PERSON,
            "charge_code",
            "charge_name",
            "port_departed",
            "multiple_removals",
            "no_lawful_return",
            *_REFERENCES,
        ),
        closing=(
            "COMING BACK AFTER A REMOVAL WITHOUT PERMISSION CAN BE A FEDERAL CRIME (8 U.S.C. "
            "1326). WHETHER IT IS ONE HERE IS FOR ICE AND THE UNITED STATES ATTORNEY TO DECIDE.",
        ),
    ),
    ResponseKind(
        code="LAWFUL_PERMANENT_RESIDENT",
        label="Lawful permanent resident",
        headline="SUBJECT APPEARS TO BE A LAWFUL PERMANENT RESIDENT",
        lead=_RELATES,
        required_fields=("name", "dob", "arn"),
        optional_fields=(*_PERSON, "class_of_admission", "resident_since", *_REFERENCES),
        closing=("A LAWFUL PERMANENT RESIDENT MAY LIVE AND WORK IN THE UNITED STATES.",),
    ),
    ResponseKind(
        code="IN_PROCEEDINGS",
        label="In removal proceedings",
        headline="SUBJECT APPEARS TO BE IN REMOVAL PROCEEDINGS",
        lead=_RELATES,
        required_fields=("name", "dob", "arn"),
        optional_fields=(
            *_PERSON,
            "charging_document",
            "charging_date",
            "court",
            "hearing_date",
            *_REFERENCES,
        ),
        closing=(
            "THE PROCEEDINGS ARE NOT DECIDED. NO FINDING OF REMOVABILITY FOLLOWS FROM THIS ANSWER.",
        ),
    ),
    ResponseKind(
        code="NO_RECORD",
        label="No record found",
        headline="NO RECORD FOUND FOR THIS SUBJECT",
        lead="NO I.C.E. RECORD THAT APPEARS TO RELATE WAS FOUND.",
        required_fields=(),
        optional_fields=("remarks",),
        closing=(
            "THIS DOES NOT MEAN THAT THE PERSON IS A CITIZEN, AND IT DOES NOT MEAN THAT THE PERSON "
            "IS HERE UNLAWFULLY. RECORDS MAY EXIST UNDER ANOTHER NAME OR DATE OF BIRTH.",
        ),
    ),
    ResponseKind(
        code="MORE_INFORMATION_NEEDED",
        label="More information needed",
        headline="MORE INFORMATION IS NEEDED TO ANSWER THIS QUERY",
        lead="NO CONCLUSION CAN BE DRAWN YET. PLEASE SEND A NEW QUERY WITH:",
        required_fields=("needed",),
        optional_fields=("remarks",),
        closing=("THIS IS NOT A FINDING ABOUT THE PERSON'S STATUS.",),
    ),
)

RESPONSE_KINDS: Mapping[str, ResponseKind] = MappingProxyType({kind.code: kind for kind in _KINDS})
"""The conclusions that can be stated, by code."""


@dataclass(frozen=True, slots=True, repr=False)
class ResponseFacts:
    """What a response is composed from. Its ``repr`` holds no value.

    Attributes:
        kind: code of a ``ResponseKind``.
        query_id: the query's number.
        received_text: receiving time as the query printed it, or as intake stamps it.
        query_lines: the query's own lines (``acrime.iaq.message.query_lines``).
        record: values by key of ``RECORD_FIELDS``; blank ones are left out of the text.
        requesting_ori, requesting_agency, requesting_phone: who asked; blank ones are left out.
    """

    kind: str
    query_id: str
    received_text: str
    query_lines: tuple[str, ...]
    record: Mapping[str, RecordValue]
    requesting_ori: str = ""
    requesting_agency: str = ""
    requesting_phone: str = ""


@dataclass(frozen=True, slots=True)
class FieldProblem:
    """A value that does not fit its field; the explanation holds no value."""

    key: str
    code: str
    explanation: str


def response_kind(code: str) -> ResponseKind:
    """The kind of that code.

    Raises:
        UnusableValue: if there is none.
    """
    kind = RESPONSE_KINDS.get(code)
    if kind is None:
        raise UnusableValue(
            "This is not a conclusion that can be stated.", code="unknown-kind", field="kind"
        )
    return kind


def fields_of(kind: str) -> tuple[RecordField, ...]:
    """The fields that a conclusion may carry, in printing order, for a form."""
    allowed = response_kind(kind)
    keys = {*allowed.required_fields, *allowed.optional_fields}
    return tuple(field for field in _FIELDS if field.key in keys)


def missing_fields(kind: str, values: Mapping[str, RecordValue]) -> tuple[str, ...]:
    """Keys that the conclusion requires and that are absent or blank."""
    return tuple(
        key for key in response_kind(kind).required_fields if _is_blank(values.get(key, ""))
    )


def record_problems(kind: str, values: Mapping[str, RecordValue]) -> tuple[FieldProblem, ...]:
    """Everything that keeps the values from being printed, apart from what is missing.

    Codes: ``not-of-this-kind``, ``wrong-type``, ``unprintable-text``, ``too-long``, ``too-many``,
    ``wrong-form``.
    """
    allowed = {field.key for field in fields_of(kind)}
    problems: list[FieldProblem] = []
    for key, value in values.items():
        if _is_blank(value):
            continue
        if key not in allowed:
            problems.append(
                FieldProblem(key, "not-of-this-kind", "This conclusion does not carry this value.")
            )
            continue
        problem = _value_problem(RECORD_FIELDS[key], value)
        if problem:
            problems.append(problem)
    return tuple(problems)


def to_ascii(text: str, *, field: str) -> str:
    """Drop accents, and nothing else: letters that only lose a mark become plain letters.

    Raises:
        UnprintableText: if anything but printable ASCII is left, since any further replacement
            would be a guess about a person's name.
    """
    bare = "".join(
        character
        for character in unicodedata.normalize("NFD", text)
        if not unicodedata.combining(character)
    )
    if not _is_printable(bare):
        raise UnprintableText(field)
    return bare


def compose_response(facts: ResponseFacts) -> str:
    """The whole text, ending with a line feed.

    The query part reads back as the same query: the echo is folded at spaces and semicolons only.

    Raises:
        IncompleteResponse: if a required value is missing.
        UnprintableText: if a value is not printable ASCII.
        UnusableValue: if a value does not fit its field, or the kind is unknown.
    """
    kind = response_kind(facts.kind)
    missing = missing_fields(facts.kind, facts.record)
    if not facts.query_id.strip():
        missing = (*missing, "query_id")
    if missing:
        raise IncompleteResponse(missing)
    for problem in record_problems(facts.kind, facts.record):
        if problem.code == "unprintable-text":
            raise UnprintableText(problem.key)
        raise UnusableValue(problem.explanation, code=problem.code, field=problem.key)
    _check_printable("query_lines", *facts.query_lines)
    _check_printable("received_text", facts.received_text)
    _check_printable("query_id", facts.query_id)
    _check_printable("requesting_ori", facts.requesting_ori)
    _check_printable("requesting_agency", facts.requesting_agency)
    _check_printable("requesting_phone", facts.requesting_phone)

    lines = [
        "*** LAW ENFORCEMENT SENSITIVE ***",
        "",
        *_wrapped(f"IAQ RECEIVED: {facts.received_text}" if facts.received_text else ""),
    ]
    for line in facts.query_lines:
        lines.extend(fold_query_line(line))
    lines.append("**** QUERY MESSAGE TEXT ENDS - L.E.S.C. RESPONSE BEGINS ****")
    lines.extend(
        _wrapped(
            "THIS IS NOT A GOVERNMENT DETAINER! THIS INFORMATION IS FOR LAW ENFORCEMENT USE AND IS "
            "BEING PROVIDED FOR INFORMATIONAL PURPOSES ONLY."
        )
    )
    lines.extend(_starred(kind.headline))
    lines.append("**** BASED ON THE INFORMATION PROVIDED ****")
    lines.extend(_wrapped(kind.lead))
    lines.extend(_record_block(facts.record))
    lines.extend(_starred("IMPORTANT NOTICE"))
    for paragraph in (*kind.closing, *_ALWAYS):
        lines.extend(_wrapped(paragraph))
    lines.append(_RULE)
    lines.extend(_requesting_block(facts))
    lines.extend(_wrapped(f"LESC QUERY ID: {facts.query_id}"))
    lines.append("*** LIMITED OFFICIAL USE ***")
    lines.append("END OF RESPONSE . . . .")
    return "\n".join(lines) + "\n"


def fold_query_line(line: str) -> tuple[str, ...]:
    """Fold one line of the query to ``WIDTH`` where reading it again gives the same words.

    A break stands in place of a space or, failing that, after a semicolon. A run with neither is
    cut at the width, which no field of an accepted query needs.
    """
    folded: list[str] = []
    rest = line.strip()
    while len(rest) > WIDTH:
        space = rest.rfind(" ", 1, WIDTH + 1)
        semicolon = rest.rfind(";", 0, WIDTH)
        if space > 0:
            folded.append(rest[:space].rstrip())
            rest = rest[space + 1 :].lstrip()
        else:
            cut = semicolon + 1 or WIDTH
            folded.append(rest[:cut])
            rest = rest[cut:].lstrip()
    if rest:
        folded.append(rest)
    return tuple(folded)


_RULE = "*" * 53

_ALWAYS = (
    "THIS ANSWER GIVES THE RECORDS AS THEY STOOD WHEN IT WAS WRITTEN. IT DOES NOT DECIDE WHETHER A "
    "PERSON CAN BE REMOVED.",
    "IT ADDS NOTHING TO A STATE OR LOCAL OFFICER'S POWER TO ARREST OR HOLD ANYONE.",
)


def _is_blank(value: RecordValue) -> bool:
    if isinstance(value, str):
        return not value.strip()
    if isinstance(value, bool):
        return not value
    if isinstance(value, date):
        return False
    return not any(item.strip() for item in value)


def _is_printable(text: str) -> bool:
    return text.isascii() and text.isprintable()


def _check_printable(field: str, *texts: str) -> None:
    if not all(_is_printable(text) for text in texts):
        raise UnprintableText(field)


def _value_problem(field: RecordField, value: RecordValue) -> FieldProblem | None:
    expected: dict[FieldKind, bool] = {
        "text": isinstance(value, str),
        "identifier": isinstance(value, str),
        "date": isinstance(value, date),
        "flag": isinstance(value, bool),
        "list": isinstance(value, Sequence) and not isinstance(value, str),
    }
    if not expected[field.kind]:
        return FieldProblem(field.key, "wrong-type", "The value is not of the kind of this field.")
    if isinstance(value, bool | date):
        return None
    items = _items(value)
    if len(items) > MAX_LIST_ITEMS:
        return FieldProblem(field.key, "too-many", f"At most {MAX_LIST_ITEMS} lines.")
    for item in items:
        if not _is_printable(item):
            return FieldProblem(
                field.key,
                "unprintable-text",
                "Use plain English letters, digits and punctuation only.",
            )
        if len(item) > field.max_length:
            return FieldProblem(field.key, "too-long", f"At most {field.max_length} characters.")
        pattern = field.pattern or (_IDENTIFIER if field.kind == "identifier" else "")
        if pattern and re.fullmatch(pattern, item) is None:
            return FieldProblem(field.key, "wrong-form", f"Expected: {field.hint}.")
    return None


def _items(value: str | Sequence[str]) -> tuple[str, ...]:
    given = (value,) if isinstance(value, str) else value
    return tuple(item.strip() for item in given if item.strip())


def _printed(value: RecordValue) -> str:
    if isinstance(value, bool):
        return ""
    if isinstance(value, date):
        return f"{value:%Y%m%d}"
    return "; ".join(_items(value))


def _wrapped(text: str) -> list[str]:
    return textwrap.wrap(text, WIDTH, break_on_hyphens=False)


def _tagged(tag: str, text: str) -> list[str]:
    """The text with the tag before it; a tag is never left alone on its line."""
    return textwrap.wrap(
        text,
        WIDTH,
        initial_indent=f"{tag} ",
        subsequent_indent="  ",
        break_on_hyphens=False,
    )


def _starred(headline: str) -> list[str]:
    return [_RULE, *_wrapped(headline), _RULE]


def _record_block(record: Mapping[str, RecordValue]) -> list[str]:
    values = {key: value for key, value in record.items() if not _is_blank(value)}
    joined = {field.joined_to for field in _FIELDS if field.joined_to}
    lines: list[str] = []
    for field in _FIELDS:
        if field.key in joined or field.key in _REMARK_KEYS:
            continue
        parts = [_printed(values[key]) for key in (field.key, field.joined_to) if key in values]
        if not parts:
            continue
        if field.sentence:
            lines.extend(_wrapped(field.sentence))
        elif field.tag:
            lines.extend(_tagged(field.tag, " --> ".join(parts)))
        else:
            item_values = values[field.key]
            assert not isinstance(item_values, bool | date)
            for item in _items(item_values):
                lines.extend(_tagged("-", item))
    lines.extend(_remark_block(values))
    return lines


def _remark_block(values: Mapping[str, RecordValue]) -> list[str]:
    remarks = [
        f"{RECORD_FIELDS[key].tag} {_printed(values[key])}"
        for key in ("cri", "fins")
        if key in values
    ]
    free = values.get("remarks", ())
    assert not isinstance(free, bool | date)
    remarks.extend(_items(free))
    if not remarks:
        return []
    first, *others = remarks
    return [*_tagged("REM/", first), *(line for other in others for line in _wrapped(other))]


def _requesting_block(facts: ResponseFacts) -> list[str]:
    known = (
        ("ORI/", facts.requesting_ori),
        ("AGENCY/", facts.requesting_agency),
        ("PHONE/", facts.requesting_phone),
    )
    lines = [line for tag, value in known for line in _tagged(tag, value)]
    return ["REQUESTING ORI INFORMATION:", *lines] if lines else []
