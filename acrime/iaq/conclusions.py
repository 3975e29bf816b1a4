"""What can be concluded about a person, as data: kinds, their values, and their checks.

A determination states one kind with the values of the record block; the response prints them.
The kinds are rows of the database (``acrime.iaq.kinds``), each version of them reviewed. Values
are printable 7-bit ASCII within the sizes of the message, and country codes stay in their own
system: ``pob_code`` is the five-letter DHS code.
"""

import re
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from types import MappingProxyType
from typing import Literal

from acrime.common.errors import ActionRefused
from acrime.iaq.parsed import EARLIEST_BIRTH_YEAR

FieldKind = Literal["text", "date", "identifier", "flag", "list"]
RecordValue = str | date | bool | Sequence[str]

MAX_LIST_ITEMS = 20
"""Most items of one list field."""

MAY_LIE_AHEAD = frozenset({"hearing_date", "admitted_until"})
"""Dates of the record that may be after today."""

LONGEST_WORD = 60
"""A longer word would have to be cut to fit a line, and could not be put together again."""

# What divides the parts of a response, and what begins a remark of a kind of its own.
_STARS = "****"
_HEADINGS: Mapping[str, tuple[str, ...]] = {"remarks": ("CRI:", "FINS:")}


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
        "citizenship",
        "BASIS OF CITIZENSHIP/",
        "Basis of citizenship",
        "text",
        50,
        "Such as naturalization, a citizen parent, birth; or that it is claimed only",
    ),
    RecordField(
        "citizen_since", "CITIZEN SINCE/", "Citizen since", "date", 8, "If the record tells it"
    ),
    RecordField("admitted_on", "ADMITTED/", "Date of admission", "date", 8, "The last admission"),
    RecordField(
        "admitted_until",
        "ADMITTED UNTIL/",
        "Admitted until",
        "date",
        8,
        "Leave blank for the duration of status",
    ),
    RecordField(
        "duration_of_status",
        "",
        "Duration of status",
        "flag",
        0,
        "Tick if the admission has no date at its end (D/S)",
        sentence="ADMITTED FOR THE DURATION OF STATUS.",
    ),
    RecordField(
        "application_date",
        "APPLICATION RECEIVED/",
        "Application received",
        "date",
        8,
        "The day on which it came in",
    ),
    RecordField(
        "order_date", "FINAL ORDER/", "Date of the final order", "date", 8, "Not of the removal"
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


@dataclass(frozen=True, slots=True)
class ResponseKind:
    """A kind of conclusion, as data: one version of it (``acrime.iaq.kinds``).

    Attributes:
        code: stable, stored with the determination.
        version: counted for each code from one.
        label: for a person choosing it.
        headline: the starred conclusion.
        lead: the line that introduces the record block or stands for it.
        required_fields, optional_fields: keys of ``RECORD_FIELDS``.
        closing: paragraphs of the important notice that belong to this conclusion.
        needs_person: whether somebody must be linked before it is drawn.
        supervisor_reviews: whether its second person must be a supervisor.
    """

    code: str
    version: int
    label: str
    headline: str
    lead: str
    required_fields: tuple[str, ...]
    optional_fields: tuple[str, ...]
    closing: tuple[str, ...]
    needs_person: bool = True
    supervisor_reviews: bool = False


@dataclass(frozen=True, slots=True)
class FieldProblem:
    """A value that does not fit its field; the explanation holds no value."""

    key: str
    code: str
    explanation: str


def fields_of(kind: ResponseKind) -> tuple[RecordField, ...]:
    """The fields that a conclusion may carry, in printing order, for a form."""
    keys = {*kind.required_fields, *kind.optional_fields}
    return tuple(field for field in _FIELDS if field.key in keys)


def missing_fields(kind: ResponseKind, values: Mapping[str, RecordValue]) -> tuple[str, ...]:
    """Keys that the conclusion requires and that are absent or blank."""
    return tuple(key for key in kind.required_fields if is_blank(values.get(key, "")))


def check_record(kind: ResponseKind, values: Mapping[str, RecordValue]) -> None:
    """Refuse values that the message of *kind* cannot carry.

    Raises:
        IncompleteResponse: a required value is missing.
        UnprintableText: a value is not printable ASCII.
        UnusableValue: a value does not fit its field.
    """
    if missing := missing_fields(kind, values):
        raise IncompleteResponse(missing)
    for problem in record_problems(kind, values):
        if problem.code == "unprintable-text":
            raise UnprintableText(problem.key)
        raise UnusableValue(problem.explanation, code=problem.code, field=problem.key)


def record_from_json(values: Mapping[str, object]) -> dict[str, RecordValue]:
    """Values as they are stored with a determination, dates as dates again."""
    return {
        key: date.fromisoformat(value)
        if key in RECORD_FIELDS and RECORD_FIELDS[key].kind == "date" and isinstance(value, str)
        else value  # type: ignore[misc]  # what was stored was checked before
        for key, value in values.items()
        if value
    }


def record_problems(
    kind: ResponseKind, values: Mapping[str, RecordValue], *, today: date | None = None
) -> tuple[FieldProblem, ...]:
    """Everything that keeps the values from being printed, apart from what is missing.

    With *today*, dates are also held against the calendar, as they are when a person enters them.

    Codes: ``not-of-this-kind``, ``wrong-type``, ``unprintable-text``, ``too-long``, ``too-many``,
    ``long-word``, ``reserved-words``, ``wrong-form``, ``too-early``, ``in-the-future``.
    """
    allowed = {field.key for field in fields_of(kind)}
    problems: list[FieldProblem] = []
    for key, value in values.items():
        if is_blank(value):
            continue
        if key not in allowed:
            problems.append(
                FieldProblem(key, "not-of-this-kind", "This conclusion does not carry this value.")
            )
            continue
        problem = _value_problem(RECORD_FIELDS[key], value)
        if today and isinstance(value, date):
            problem = problem or _date_problem(RECORD_FIELDS[key], value, today)
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
    if not is_printable(bare):
        raise UnprintableText(field)
    return bare


def is_blank(value: RecordValue) -> bool:
    """Whether a value says nothing."""
    if isinstance(value, str):
        return not value.strip()
    if isinstance(value, bool):
        return not value
    if isinstance(value, date):
        return False
    return not any(item.strip() for item in value)


def is_printable(text: str) -> bool:
    """Whether every character is printable 7-bit ASCII."""
    return text.isascii() and text.isprintable()


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
    items = items_of(value)
    if len(items) > MAX_LIST_ITEMS:
        return FieldProblem(field.key, "too-many", f"At most {MAX_LIST_ITEMS} lines.")
    for item in items:
        if not is_printable(item):
            return FieldProblem(
                field.key,
                "unprintable-text",
                "Use plain English letters, digits and punctuation only.",
            )
        if len(item) > field.max_length:
            return FieldProblem(field.key, "too-long", f"At most {field.max_length} characters.")
        if any(len(word) > LONGEST_WORD for word in item.split()):
            return FieldProblem(
                field.key, "long-word", f"No word of more than {LONGEST_WORD} letters."
            )
        if _STARS in item or item.upper().startswith(_HEADINGS.get(field.key, ())):
            return FieldProblem(
                field.key, "reserved-words", "These words or signs are part of the layout."
            )
        pattern = field.pattern or (_IDENTIFIER if field.kind == "identifier" else "")
        if pattern and re.fullmatch(pattern, item) is None:
            return FieldProblem(field.key, "wrong-form", f"Expected: {field.hint}.")
    return None


def _date_problem(field: RecordField, value: date, today: date) -> FieldProblem | None:
    if value.year < EARLIEST_BIRTH_YEAR:
        return FieldProblem(field.key, "too-early", "Check the year: it lies too far back.")
    if value > today and field.key not in MAY_LIE_AHEAD:
        return FieldProblem(field.key, "in-the-future", "This day has not come yet.")
    return None


def items_of(value: str | Sequence[str]) -> tuple[str, ...]:
    """The texts of a value, blank ones left out and each run of blanks as one."""
    given = (value,) if isinstance(value, str) else value
    return tuple(item for item in map(_levelled, given) if item)


def _levelled(item: str) -> str:
    return re.sub(" +", " ", item).strip(" ")
