"""What reading a message gives: typed values, notes on what was set aside, or a refusal."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from types import MappingProxyType

from acrime.common.errors import ActionRefused

MAX_BYTES = 1_048_576
"""Largest message that is read, in bytes (1 MiB)."""

MAX_ENCOUNTERS = 5
"""ENCOUNTER INFO carries the five most recent encounters, never more."""

CENTURY_PIVOT = 20
"""Two-digit birth years up to this one are read as 20yy when no receiving date is known."""

EARLIEST_BIRTH_YEAR = 1850
"""A birth year before this one is a misread date (such as mmddccyy), not a birth."""

FBI_CJIS_ORIS = frozenset({"WVFBIID00"})
"""ORIs under which FBI CJIS sends the queries that it makes from fingerprints."""

REQUIRED_TAGS = ("ORI", "ATN", "NAM", "DOB", "PUR")
"""Without one of these a message is refused."""

EXPECTED_TAGS = ("PHN", "SEX", "POB", "CUS", "OFF")
"""Required of senders; their absence is noted, and the query is worked all the same."""

OPTIONAL_TAGS = ("FBI", "ARN", "SOC", "SID", "OLN", "TOT", "RFP", "REM")
"""May be absent or blank without remark.

TOT and RFP are no fields of the published query: they tell the kind of the fingerprint submission
(EBTS 1.004) and why the prints were taken, and only the program rules look at them.
"""

TAGS = frozenset(REQUIRED_TAGS + EXPECTED_TAGS + OPTIONAL_TAGS)

FIELD_SIZES: Mapping[str, int] = MappingProxyType(
    {
        "ORI": 9,
        "ATN": 30,
        "PHN": 20,
        "NAM": 30,
        "DOB": 8,
        # One letter; a query made without biographics carries two (XX).
        "SEX": 2,
        "POB": 2,
        "CUS": 1,
        "OFF": 4,
        "FBI": 9,
        # Nine digits with the letter A before them.
        "ARN": 10,
        # Nine digits with their two hyphens.
        "SOC": 11,
        # No size is published for these two: a bound of our own, well above what is in use.
        "OLN": 20,
        "SID": 120,
        # As EBTS bounds them, without tag and separator.
        "TOT": 5,
        "RFP": 75,
    }
)
"""Largest size of each field's value in characters. REM is bounded by the message alone."""

MAX_SID = 10
MAX_TCN = 40
MAX_EID = 20
MAX_ENCOUNTER_TEXT = 50
MAX_RECEIVED_TEXT = 40


class RefusalCode(StrEnum):
    """Why a message was not read as a query. Stable: stored, sent back and counted."""

    TOO_LARGE = "too-large"
    EMPTY = "empty"
    CONTROL_CHARACTERS = "control-characters"
    NOT_ASCII = "not-ascii"
    NO_HEADER = "no-header"
    SEVERAL_QUERIES = "several-queries"
    MISSING_FIELD = "missing-field"
    REPEATED_FIELD = "repeated-field"
    FIELD_TOO_LONG = "field-too-long"
    BAD_ORI = "bad-ori"
    UNKNOWN_PURPOSE = "unknown-purpose"
    BAD_ENCOUNTER = "bad-encounter"
    TOO_MANY_ENCOUNTERS = "too-many-encounters"
    # Of messages in JSON.
    NOT_JSON = "not-json"
    WRONG_TYPE = "wrong-type"
    UNKNOWN_MEMBER = "unknown-member"
    FIELD_RUNS_ON = "field-runs-on"
    # Of EBTS files.
    NOT_EBTS = "not-ebts"
    UNKNOWN_TRANSACTION = "unknown-transaction"
    NO_QUERY = "no-query"
    NO_MATCH = "no-match"
    ERROR_REPLY = "error-reply"
    ANSWER_REPLY = "answer-reply"
    # Never raised when reading: intake finds nothing that the reply answers.
    REPLY_WITHOUT_QUERY = "reply-without-query"
    # Never raised here: intake sets it when reading fails by a fault of our own.
    UNREADABLE = "unreadable"


class Layout(StrEnum):
    """How a message is written. Told by its content, never by its name."""

    TEXT = "TEXT"
    JSON = "JSON"
    EBTS = "EBTS"


class NoteCode(StrEnum):
    """Why a value of an accepted message was set aside or read with an assumption. Stable."""

    MISSING = "missing"
    MASKED = "masked"
    UNKNOWN_FIELD = "unknown-field"
    UNKNOWN_CODE = "unknown-code"
    REFERENCE_ONLY_CODE = "reference-only-code"
    LOWER_CASE = "lower-case"
    NAME_NOT_PROVIDED = "name-not-provided"
    NAME_WITHOUT_COMMA = "name-without-comma"
    NAME_INCOMPLETE = "name-incomplete"
    EXTRA_COMMA = "extra-comma"
    DOB_NOT_PROVIDED = "dob-not-provided"
    NOT_A_DATE = "not-a-date"
    FUTURE_DATE = "future-date"
    CENTURY_ASSUMED = "century-assumed"
    SEX_NOT_PROVIDED = "sex-not-provided"
    OFFENSE_NOT_STATED = "offense-not-stated"
    INVALID_VALUE = "invalid-value"
    NOT_A_TIME = "not-a-time"
    TEXT_AFTER_ENCOUNTERS = "text-after-encounters"
    OTHER_PURPOSE = "other-purpose"
    SWITCH_FORM = "switch-form"


_EXPLANATIONS: Mapping[NoteCode, str] = MappingProxyType(
    {
        NoteCode.MISSING: "The field is absent or blank.",
        NoteCode.MASKED: "The message prints a mask in place of the value; nothing was stored.",
        NoteCode.UNKNOWN_FIELD: "The field is not one of an immigration status query.",
        NoteCode.UNKNOWN_CODE: "The code is not in its table; it was set aside.",
        NoteCode.REFERENCE_ONLY_CODE: (
            "NCIC keeps this code for reference only; it was set aside until a person decides."
        ),
        NoteCode.LOWER_CASE: "The code came in lower case and was read as upper case.",
        NoteCode.NAME_NOT_PROVIDED: (
            "The name is the placeholder of a query made without biographics; it is no name."
        ),
        NoteCode.NAME_WITHOUT_COMMA: (
            "There is no comma after the surname; the whole text was read as the surname."
        ),
        NoteCode.NAME_INCOMPLETE: "The surname or the first name is blank.",
        NoteCode.EXTRA_COMMA: "More than one comma; those after the first were read as spaces.",
        NoteCode.DOB_NOT_PROVIDED: "The date of birth is all zeros, which means not provided.",
        NoteCode.NOT_A_DATE: "The value is not a date in either of the two forms allowed.",
        NoteCode.FUTURE_DATE: "The date lies after the day on which the query was received.",
        NoteCode.CENTURY_ASSUMED: "The year has two digits; the century was assumed.",
        NoteCode.SEX_NOT_PROVIDED: (
            "The sex is the placeholder of a query made without biographics."
        ),
        NoteCode.OFFENSE_NOT_STATED: (
            "This code usually means that no charge was available; it places no offense level."
        ),
        NoteCode.INVALID_VALUE: "The value does not have the form of this kind of number.",
        NoteCode.NOT_A_TIME: "The receiving time could not be read.",
        NoteCode.TEXT_AFTER_ENCOUNTERS: (
            "Text follows the last encounter; it is kept in the remarks only."
        ),
        NoteCode.OTHER_PURPOSE: (
            "The published format knows C and F only; the program rules say what this one is for."
        ),
        NoteCode.SWITCH_FORM: (
            "The query came in the older form of the switch: the sender was read from its heading "
            "and a period before a field as the end of the one before."
        ),
    }
)


class MessageRefused(ActionRefused):
    """The bytes are not one readable query. They are kept, and a person looks at them.

    Attributes:
        code: a ``RefusalCode``.
        field: the field or part concerned (such as ``NAM`` or ``ENCOUNTER 2``), or empty.
        explanation: one sentence without any received value.
    """

    def __init__(self, code: RefusalCode, field: str, explanation: str) -> None:
        super().__init__(explanation, code=code.value)
        self.field = field
        self.explanation = explanation


@dataclass(frozen=True, slots=True)
class Note:
    """One thing set aside or assumed while reading an accepted message.

    ``field`` is the tag, or ``ENCOUNTER 1 DOB``, ``REM IDSM`` or ``IAQ RECEIVED``;
    ``explanation`` holds no received value.
    """

    field: str
    code: StrEnum
    explanation: str


@dataclass(frozen=True, slots=True, repr=False)
class PersonName:
    """A name as NCIC writes it: last, first middle. ``first`` and ``middle`` may be empty."""

    last: str
    first: str
    middle: str


@dataclass(frozen=True, slots=True, repr=False)
class Encounter:
    """One IDENT encounter of the ENCOUNTER INFO list.

    ``pob`` is an IDENT code: another code system than NCIC's, kept as received and never looked up
    or converted. ``sex`` is F, M or U, or None. Names are empty where blank or masked.
    """

    eid: str | None
    last: str
    first: str
    middle: str
    dob: date | None
    pob: str
    sex: str | None


@dataclass(frozen=True, slots=True, repr=False)
class ParsedMessage:
    """An accepted query. It is never printed whole: its ``repr`` holds no value.

    Attributes:
        fields: each tag with its value as received, line wraps read as one space; tags of no IAQ
            field are here too.
        ori: nine characters; the sender.
        atn: the attention line, whole.
        arresting_ori: from ``ORI=`` in the attention line; with a query made from fingerprints the
            arresting agency stands there, and ``ori`` is FBI CJIS.
        name, dob, sex, pob, off: None where absent, masked, unknown or a placeholder (see notes).
        cus: whether the person is in custody; None if not stated.
        pur: ``C`` (criminal justice), ``F`` (firearm-related check), or another NCIC purpose code.
        arn: ``A`` and nine digits, zeros filled in after the A.
        soc: nine digits.
        sid: each state identification number.
        rem: the remarks, whole, with the encounters as text.
        tcn: the fingerprint transaction's control number (``IDSM=`` in the remarks).
        received_text: the receiving time as printed, or empty.
        received_local: the same as a naive time. The message states no time zone; the support
            center stamps its own Eastern time. It orders and dates the message and starts no clock.
        notes: what was set aside or assumed, in the order of reading; for an EBTS file also how
            it deviates from its standard, under the numbers of its fields.
        tot: kind of the fingerprint submission, or empty.
        rfp: why the fingerprints were taken, or empty.
    """

    fields: Mapping[str, str]
    ori: str
    atn: str
    arresting_ori: str | None
    phn: str | None
    name: PersonName | None
    dob: date | None
    sex: str | None
    pob: str | None
    cus: bool | None
    off: str | None
    pur: str
    fbi: str | None
    arn: str | None
    soc: str | None
    sid: tuple[str, ...]
    oln: str | None
    rem: str
    tcn: str | None
    encounters: tuple[Encounter, ...]
    received_text: str
    received_local: datetime | None
    notes: tuple[Note, ...]
    tot: str = ""
    rfp: str = ""
    layout: Layout = Layout.TEXT


def add_note(notes: list[Note], field: str, code: NoteCode) -> None:
    notes.append(Note(field=field, code=code, explanation=_EXPLANATIONS[code]))
