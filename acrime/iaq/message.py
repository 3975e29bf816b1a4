"""Reading an immigration status query (IAQ) as it arrives, and acknowledging it.

Three functions matter to the rest of the room: ``parse_message`` reads the bytes into typed values,
``normal_form`` gives the form in which two copies of one message are equal, and
``acknowledgement`` writes the answer that goes back at once.

The layout is that of the query part of a combined response: an optional banner, an optional
``IAQ RECEIVED`` line, then ``TAG/value`` fields in any order with ``REM/`` last, and an optional
line that says where the query ends. What follows that line is the response and is never read.
Field sizes and codes are those of the public Nlets IAQ description and of EBTS.

Three rules hold throughout.

* A value that cannot be used is set aside: its typed value is empty, a ``Note`` says why, and
  ``ParsedMessage.fields`` still has it as received. Nothing is repaired without a note.
* A message is refused only when it cannot be read as one query, when the law that applies cannot
  be told (the purpose), or when there is nobody to answer (the ORI) or to look for (name and date
  of birth absent altogether).
* Explanations never hold a received value, so they may be logged, shown and sent back.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from enum import StrEnum
from types import MappingProxyType

from acrime.common.errors import ActionRefused
from acrime.iaq import codes

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

OPTIONAL_TAGS = ("FBI", "ARN", "SOC", "SID", "OLN", "REM")
"""May be absent or blank without remark."""

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
    # Never raised here: intake sets it when reading fails by a fault of our own.
    UNREADABLE = "unreadable"


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
    code: NoteCode
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
        pur: ``C`` (criminal justice) or ``F`` (firearm-related check).
        arn: ``A`` and nine digits, zeros filled in after the A.
        soc: nine digits.
        sid: each state identification number.
        rem: the remarks, whole, with the encounters as text.
        tcn: the fingerprint transaction's control number (``IDSM=`` in the remarks).
        received_text: the receiving time as printed, or empty.
        received_local: the same as a naive time. The message states no time zone; the support
            center stamps its own Eastern time. It orders and dates the message and starts no clock.
        notes: what was set aside or assumed, in the order of reading.
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


def parse_message(raw: bytes, *, received_on: date | None = None) -> ParsedMessage:
    """Read one query.

    Args:
        raw: the message as it came over the line.
        received_on: the day of receipt (Eastern), used to place two-digit birth years and to notice
            birth dates in the future when the message does not print its own receiving time.

    Raises:
        MessageRefused: with a stable code and the field, for every input that is not one query.
    """
    query = _query_part(_one_line(raw))
    fields, received_text = _split_fields(query)
    notes: list[Note] = []

    received_local = _read_received(received_text, notes)
    today = received_local.date() if received_local else received_on

    for tag in REQUIRED_TAGS:
        if not fields.get(tag):
            raise MessageRefused(
                RefusalCode.MISSING_FIELD, tag, f"The field {tag} is absent or blank."
            )
    for tag in fields:
        if tag not in TAGS:
            _note(notes, tag, NoteCode.UNKNOWN_FIELD)
    for tag in EXPECTED_TAGS:
        if not fields.get(tag):
            _note(notes, tag, NoteCode.MISSING)
    for tag, size in FIELD_SIZES.items():
        _check_size(tag, fields.get(tag, ""), size)

    tcn = _read_tcn(fields.get("REM", ""), notes)
    return ParsedMessage(
        fields=MappingProxyType(fields),
        ori=_read_ori(fields["ORI"]),
        atn=fields["ATN"],
        arresting_ori=_read_arresting_ori(fields["ATN"], notes),
        phn=_read_unmasked("PHN", fields, notes),
        name=_read_name(fields["NAM"], notes),
        dob=_read_dob("DOB", fields["DOB"], today, notes),
        sex=_read_sex("SEX", fields.get("SEX", ""), notes),
        pob=_read_pob(fields.get("POB", ""), notes),
        cus=_read_custody(fields.get("CUS", ""), notes),
        off=_read_offense(fields.get("OFF", ""), notes),
        pur=_read_purpose(fields["PUR"], notes),
        fbi=_read_identifier("FBI", fields, notes),
        arn=_read_a_number(fields, notes),
        soc=_read_ssn(fields, notes),
        sid=_read_sids(fields, notes),
        oln=_read_identifier("OLN", fields, notes),
        rem=fields.get("REM", ""),
        tcn=tcn,
        encounters=_read_encounters(fields.get("REM", ""), today, notes),
        received_text=received_text,
        received_local=received_local,
        notes=tuple(notes),
    )


def normal_form(raw: bytes) -> bytes:
    """The form in which two copies of one message are equal, for finding repeats.

    Only what lines lose or gain on the way is levelled: line endings become LF, blanks and tabs at
    the end of lines and empty lines at the end of the message go. Works on any bytes, so that a
    refused message that comes twice is found too.
    """
    lines = raw.replace(b"\r\n", b"\n").replace(b"\r", b"\n").split(b"\n")
    return b"\n".join(line.rstrip(b" \t") for line in lines).rstrip(b"\n")


def query_lines(raw: bytes) -> tuple[str, ...]:
    """The query's own lines for the echo in the answer, from its first field to its end.

    Lines keep their breaks; banner, receiving time and any response text are left out, and so are
    empty lines. Call it with a message that ``parse_message`` accepts.

    Raises:
        MessageRefused: if the bytes are no printable text or hold no field.
    """
    text = _printable_text(raw)
    end = _END_LINE.search(text)
    lines = text[: end.start() if end else len(text)].rstrip(" *\t\r\n")
    first = _FIRST_TAG.search(lines)
    if first is None:
        raise _no_header()
    joined = (" ".join(line.split()) for line in lines[first.start() :].splitlines())
    return tuple(line for line in joined if line)


def is_fingerprint_based(parsed: ParsedMessage) -> bool:
    """Whether the query was made from fingerprints (routine use X, and the four-hour clock).

    True when the remarks carry a fingerprint transaction's control number, even a masked one, or
    when FBI CJIS is the sender.
    """
    return "IDSM=" in parsed.rem or parsed.ori in FBI_CJIS_ORIS


# --- Text ------------------------------------------------------------------------------------

_CONTROL = re.compile(rb"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")
_NOT_ASCII = re.compile(rb"[\x80-\xff]")


def _printable_text(raw: bytes) -> str:
    if len(raw) > MAX_BYTES:
        raise MessageRefused(
            RefusalCode.TOO_LARGE, "", f"The message is larger than {MAX_BYTES} bytes."
        )
    if not raw.strip():
        raise MessageRefused(RefusalCode.EMPTY, "", "The message is empty.")
    # The place is told, because the byte itself cannot be shown and must be found by a person.
    control = _CONTROL.search(raw)
    if control:
        raise MessageRefused(
            RefusalCode.CONTROL_CHARACTERS,
            "",
            f"There is a control character at byte {control.start() + 1}.",
        )
    other = _NOT_ASCII.search(raw)
    if other:
        raise MessageRefused(
            RefusalCode.NOT_ASCII,
            "",
            f"There is a character outside 7-bit ASCII at byte {other.start() + 1}.",
        )
    return raw.decode("ascii")


def _one_line(raw: bytes) -> str:
    """The message with each run of blanks and line breaks read as one space.

    Lines are wrapped where a space stood or after a semicolon, so a break never splits a word.
    """
    return " ".join(_printable_text(raw).split())


# --- Layout ----------------------------------------------------------------------------------

_BANNER = "LAW ENFORCEMENT SENSITIVE"
_RECEIVED = "IAQ RECEIVED"
_END = "QUERY MESSAGE TEXT ENDS"
_END_LINE = re.compile(r"QUERY\s+MESSAGE\s+TEXT\s+ENDS")
_TAG = re.compile(r"(?:^|(?<= ))([A-Z]{3})/")
_FIRST_TAG = re.compile(r"(?:^|(?<=\s))[A-Z]{3}/")


def _no_header() -> MessageRefused:
    return MessageRefused(
        RefusalCode.NO_HEADER, "", "The text does not begin as an immigration status query."
    )


def _query_part(text: str) -> str:
    if text.count(_RECEIVED) > 1:
        raise MessageRefused(
            RefusalCode.SEVERAL_QUERIES,
            _RECEIVED,
            "There is more than one receiving line; send one query a message.",
        )
    before, _, _ = text.partition(_END)
    return before.rstrip(" *")


def _split_fields(query: str) -> tuple[dict[str, str], str]:
    """Split the query at its tags; the first part is the header.

    Any three capitals before a slash at the start of a word are a tag, so that a field unknown here
    does not run into its neighbour's value. The attention line is free text: there only known tags
    end the value. Nothing after ``REM/`` is a tag.
    """
    found: list[tuple[str, int, int]] = []
    for match in _TAG.finditer(query):
        tag = match.group(1)
        if tag not in TAGS and found and found[-1][0] == "ATN":
            continue
        found.append((tag, match.start(), match.end()))
        if tag == "REM":
            break

    header = query[: found[0][1]] if found else query
    received_text, has_header = _read_header(header)
    if not has_header and not any(tag in TAGS for tag, _, _ in found):
        raise _no_header()

    fields: dict[str, str] = {}
    for position, (tag, _, value_start) in enumerate(found):
        last = position + 1 == len(found)
        value_end = len(query) if last else found[position + 1][1]
        if tag in fields:
            # Three letters that are no known tag may be somebody's name: they are not repeated.
            known = tag if tag in TAGS else ""
            raise MessageRefused(
                RefusalCode.REPEATED_FIELD, known, "The same field stands in the message twice."
            )
        fields[tag] = query[value_start:value_end].strip()
    return fields, received_text


def _read_header(header: str) -> tuple[str, bool]:
    """The receiving time as printed, and whether there was any header at all."""
    rest = header.strip(" *")
    banner = rest.startswith(_BANNER)
    if banner:
        rest = rest.removeprefix(_BANNER).lstrip(" *")
    received = rest.startswith(_RECEIVED)
    if received:
        rest = rest.removeprefix(_RECEIVED).removeprefix(":").strip()
        _check_size(_RECEIVED, rest, MAX_RECEIVED_TEXT)
        return rest, True
    if rest:
        raise _no_header()
    return "", banner


def _check_size(field: str, value: str, size: int) -> None:
    # The 30 characters of a name are counted without the space that printing adds after the comma.
    counted = value.replace(", ", ",") if field == "NAM" else value
    if len(counted) > size:
        raise MessageRefused(
            RefusalCode.FIELD_TOO_LONG, field, f"{field} is longer than {size} characters."
        )


# --- Values ----------------------------------------------------------------------------------

_ORI = re.compile(r"[A-Z0-9]{9}")
_ATN_ORI = re.compile(r"(?<![A-Z0-9])ORI= ?([A-Z0-9]*)")
_TCN = re.compile(r"IDSM= ?([^ ;]*?)(?=ENCOUNTER INFO|[ ;]|$)")
_IDENTIFIER = re.compile(r"[A-Za-z0-9-]+")
_ALPHANUMERIC = re.compile(r"[A-Za-z0-9]+")
_A_NUMBER = re.compile(r"A?([0-9]{7,9})")
_SSN = re.compile(r"(?!000|666|9)[0-9]{3}(?!00)[0-9]{2}(?!0000)[0-9]{4}")
_SID_SEPARATORS = re.compile(r"[ ;,]+")
_STAMP = re.compile(r"([0-9]{2})/([0-9]{2})/([0-9]{2}) ([0-9]{2}):([0-9]{2}):([0-9]{2}) ?([AP]M)")

# Printed as examples for decades, and never valid for anyone.
_SSN_NEVER_ISSUED = frozenset({"078051120", "219099999", "457555462"})


def _note(notes: list[Note], field: str, code: NoteCode) -> None:
    notes.append(Note(field=field, code=code, explanation=_EXPLANATIONS[code]))


def _is_masked(value: str) -> bool:
    """Whether a mask stands in the value: all X (two at least), or four X in a row."""
    bare = value.replace("-", "").replace(" ", "").replace(",", "")
    return "XXXX" in bare or (len(bare) > 1 and not bare.strip("X"))


def _upper(field: str, value: str, notes: list[Note]) -> str:
    if value != value.upper():
        _note(notes, field, NoteCode.LOWER_CASE)
    return value.upper()


def _read_received(text: str, notes: list[Note]) -> datetime | None:
    if not text:
        return None
    match = _STAMP.fullmatch(text)
    if match is None:
        _note(notes, _RECEIVED, NoteCode.NOT_A_TIME)
        return None
    month, day, year, hour, minute, second = (int(part) for part in match.groups()[:6])
    try:
        if not 1 <= hour <= 12:
            raise ValueError
        hour = hour % 12 + (12 if match.group(7) == "PM" else 0)
        return datetime.combine(date(2000 + year, month, day), time(hour, minute, second))
    except ValueError:
        _note(notes, _RECEIVED, NoteCode.NOT_A_TIME)
        return None


def _read_ori(value: str) -> str:
    if not _ORI.fullmatch(value):
        raise MessageRefused(
            RefusalCode.BAD_ORI, "ORI", "An ORI has nine characters, capital letters and digits."
        )
    return value


def _read_arresting_ori(attention: str, notes: list[Note]) -> str | None:
    match = _ATN_ORI.search(attention)
    if match is None:
        return None
    if _ORI.fullmatch(match.group(1)) is None:
        _note(notes, "ATN", NoteCode.INVALID_VALUE)
        return None
    if _is_masked(match.group(1)):
        _note(notes, "ATN", NoteCode.MASKED)
        return None
    return match.group(1)


def _read_unmasked(tag: str, fields: Mapping[str, str], notes: list[Note]) -> str | None:
    value = fields.get(tag, "")
    if value and _is_masked(value):
        _note(notes, tag, NoteCode.MASKED)
        return None
    return value or None


def _read_name(value: str, notes: list[Note]) -> PersonName | None:
    # However it is spelled, and whatever follows it.
    if value.upper().replace(",", " ").split()[:2] == ["CPI", "CPI"]:
        _note(notes, "NAM", NoteCode.NAME_NOT_PROVIDED)
        return None
    if _is_masked(value):
        _note(notes, "NAM", NoteCode.MASKED)
        return None
    last, comma, rest = value.partition(",")
    if "," in rest:
        _note(notes, "NAM", NoteCode.EXTRA_COMMA)
    given = rest.replace(",", " ").split()
    if not comma:
        _note(notes, "NAM", NoteCode.NAME_WITHOUT_COMMA)
    elif not last.strip() or not given:
        _note(notes, "NAM", NoteCode.NAME_INCOMPLETE)
    if not last.strip() and not given:
        return None
    return PersonName(
        last=last.strip(), first=given[0] if given else "", middle=" ".join(given[1:])
    )


def _read_dob(field: str, value: str, today: date | None, notes: list[Note]) -> date | None:
    """Read mmddyy or ccyymmdd.

    A two-digit year is placed in the latest century that does not put the birth after ``today``;
    without ``today`` years up to ``CENTURY_PIVOT`` are of this century. Both are noted.
    """
    if not value:
        return None
    if _is_masked(value):
        _note(notes, field, NoteCode.MASKED)
        return None
    if value in {"000000", "00000000"}:
        _note(notes, field, NoteCode.DOB_NOT_PROVIDED)
        return None
    born = None
    if value.isdigit() and len(value) == 8:
        born = _date_or_none(int(value[:4]), int(value[4:6]), int(value[6:]))
    elif value.isdigit() and len(value) == 6:
        born = _born_in_short_year(int(value[4:]), int(value[:2]), int(value[2:4]), today)
        if born:
            _note(notes, field, NoteCode.CENTURY_ASSUMED)
    if born is None:
        _note(notes, field, NoteCode.NOT_A_DATE)
        return None
    if today and born > today:
        _note(notes, field, NoteCode.FUTURE_DATE)
        return None
    return born


def _date_or_none(year: int, month: int, day: int) -> date | None:
    if year < EARLIEST_BIRTH_YEAR:
        return None
    try:
        return date(year, month, day)
    except ValueError:
        return None


def _born_in_short_year(year: int, month: int, day: int, today: date | None) -> date | None:
    # 29 February exists in one century and not in the other (1900): then the other one is meant.
    late, early = _date_or_none(2000 + year, month, day), _date_or_none(1900 + year, month, day)
    if late is None or early is None:
        return late or early
    late_fits = late <= today if today else year <= CENTURY_PIVOT
    return late if late_fits else early


def _read_sex(field: str, value: str, notes: list[Note]) -> str | None:
    if not value:
        return None
    code = _upper(field, value, notes)
    if code == "XX":
        _note(notes, field, NoteCode.SEX_NOT_PROVIDED)
        return None
    if codes.sex_name(code) is None:
        _note(notes, field, NoteCode.UNKNOWN_CODE)
        return None
    return code


def _read_pob(value: str, notes: list[Note]) -> str | None:
    if not value:
        return None
    code = _upper("POB", value, notes)
    if codes.is_reference_only(code):
        _note(notes, "POB", NoteCode.REFERENCE_ONLY_CODE)
        return None
    if codes.pob_name(code) is None:
        _note(notes, "POB", NoteCode.UNKNOWN_CODE)
        return None
    return code


def _read_custody(value: str, notes: list[Note]) -> bool | None:
    if not value:
        return None
    code = _upper("CUS", value, notes)
    if code not in {"Y", "N"}:
        _note(notes, "CUS", NoteCode.UNKNOWN_CODE)
        return None
    return code == "Y"


def _read_offense(value: str, notes: list[Note]) -> str | None:
    if not value:
        return None
    if _is_masked(value):
        _note(notes, "OFF", NoteCode.MASKED)
        return None
    if codes.offense_name(value) is None:
        _note(notes, "OFF", NoteCode.UNKNOWN_CODE)
        return None
    if value == codes.OFFENSE_NOT_STATED:
        _note(notes, "OFF", NoteCode.OFFENSE_NOT_STATED)
    return value


def _read_purpose(value: str, notes: list[Note]) -> str:
    code = value.upper()
    if code not in {"C", "F"}:
        raise MessageRefused(
            RefusalCode.UNKNOWN_PURPOSE,
            "PUR",
            "The purpose is neither C nor F, so the law that applies cannot be told.",
        )
    return _upper("PUR", value, notes)


def _read_identifier(tag: str, fields: Mapping[str, str], notes: list[Note]) -> str | None:
    value = _read_unmasked(tag, fields, notes)
    if value and _IDENTIFIER.fullmatch(value) is None:
        _note(notes, tag, NoteCode.INVALID_VALUE)
        return None
    return value


def _read_a_number(fields: Mapping[str, str], notes: list[Note]) -> str | None:
    value = _read_unmasked("ARN", fields, notes)
    if value is None:
        return None
    match = _A_NUMBER.fullmatch(value.upper().replace("-", "").replace(" ", ""))
    if match is None:
        _note(notes, "ARN", NoteCode.INVALID_VALUE)
        return None
    return f"A{match.group(1):0>9}"


def _read_ssn(fields: Mapping[str, str], notes: list[Note]) -> str | None:
    value = _read_unmasked("SOC", fields, notes)
    if value is None:
        return None
    digits = value.replace("-", "").replace(" ", "")
    if _SSN.fullmatch(digits) is None or digits in _SSN_NEVER_ISSUED:
        _note(notes, "SOC", NoteCode.INVALID_VALUE)
        return None
    return digits


def _read_sids(fields: Mapping[str, str], notes: list[Note]) -> tuple[str, ...]:
    numbers: list[str] = []
    for number in _SID_SEPARATORS.split(fields.get("SID", "")):
        if not number or number in numbers:
            continue
        if _is_masked(number):
            _note(notes, "SID", NoteCode.MASKED)
        elif len(number) > MAX_SID:
            _check_size("SID", number, MAX_SID)
        elif _ALPHANUMERIC.fullmatch(number) is None:
            _note(notes, "SID", NoteCode.INVALID_VALUE)
        else:
            numbers.append(number)
    return tuple(numbers)


# --- Remarks ---------------------------------------------------------------------------------

_ENCOUNTER_INFO = "ENCOUNTER INFO"
_ENCOUNTER_COLUMNS = "EID;LAST;FIRST;MIDDLE;DOB;POB;SEX"
_ENCOUNTER_NUMBER = re.compile(r"[A-Za-z]*[0-9][A-Za-z0-9]*")
_ENCOUNTER_SEPARATOR = re.compile(r" ?;? ?")
_ENCOUNTER_SEX = re.compile(r" *([A-Za-z]{0,2})(?= |;|$)")


def _read_tcn(remarks: str, notes: list[Note]) -> str | None:
    if remarks.count("IDSM=") > 1:
        raise MessageRefused(
            RefusalCode.REPEATED_FIELD,
            "REM IDSM",
            "The transaction control number stands in the remarks twice.",
        )
    match = _TCN.search(remarks)
    if match is None:
        return None
    number = match.group(1)
    if not number:
        _note(notes, "REM IDSM", NoteCode.MISSING)
        return None
    if _is_masked(number):
        _note(notes, "REM IDSM", NoteCode.MASKED)
        return None
    _check_size("REM IDSM", number, MAX_TCN)
    if _IDENTIFIER.fullmatch(number) is None:
        _note(notes, "REM IDSM", NoteCode.INVALID_VALUE)
        return None
    return number


def _bad_encounter(position: int, explanation: str) -> MessageRefused:
    return MessageRefused(RefusalCode.BAD_ENCOUNTER, f"ENCOUNTER {position}", explanation)


def _read_encounters(remarks: str, today: date | None, notes: list[Note]) -> tuple[Encounter, ...]:
    """Read the encounters one after another.

    Each has seven parts between semicolons and ends with its sex; before the next one may stand a
    space, a semicolon or the heading again, since the sources show a single encounter only.
    """
    start = remarks.find(_ENCOUNTER_INFO)
    if start < 0:
        return ()
    encounters: list[Encounter] = []
    position = start
    while position < len(remarks):
        number = len(encounters) + 1
        if remarks.startswith(_ENCOUNTER_INFO, position):
            position = _after_heading(remarks, position, number)
        elif not (remarks[position].isdigit() or ";" in remarks[position:]):
            # Neither another encounter nor a broken one.
            _note(notes, "REM", NoteCode.TEXT_AFTER_ENCOUNTERS)
            break
        if number > MAX_ENCOUNTERS:
            raise MessageRefused(
                RefusalCode.TOO_MANY_ENCOUNTERS,
                _ENCOUNTER_INFO,
                f"There are more than {MAX_ENCOUNTERS} encounters.",
            )
        parts, position = _encounter_parts(remarks, position, number)
        encounters.append(_read_encounter(parts, number, today, notes))
        separator = _ENCOUNTER_SEPARATOR.match(remarks, position)
        position = separator.end() if separator else position
    return tuple(encounters)


def _after_heading(remarks: str, position: int, number: int) -> int:
    opening = position + len(_ENCOUNTER_INFO)
    closing = remarks.find("]", opening)
    heading = remarks[opening : closing + 1].replace(" ", "")
    if closing < 0 or heading != f"[{_ENCOUNTER_COLUMNS}]":
        raise _bad_encounter(number, "The encounter heading is not the seven columns expected.")
    return closing + 1


def _encounter_parts(remarks: str, position: int, number: int) -> tuple[list[str], int]:
    parts: list[str] = []
    for _ in range(6):
        end = remarks.find(";", position)
        if end < 0:
            raise _bad_encounter(number, "The encounter has fewer than seven parts.")
        part = remarks[position:end].strip()
        if len(part) > MAX_ENCOUNTER_TEXT:
            raise _bad_encounter(number, "A part of the encounter is too long.")
        parts.append(part)
        position = end + 1
    sex = _ENCOUNTER_SEX.match(remarks, position)
    if sex:
        parts.append(sex.group(1))
        position = sex.end()
    else:
        # A longer word begins the next encounter or a remark: the sex is blank.
        parts.append("")
    return parts, position


def _read_encounter(
    parts: list[str], number: int, today: date | None, notes: list[Note]
) -> Encounter:
    field = f"ENCOUNTER {number}"
    if not any(parts):
        raise _bad_encounter(number, "Every part of the encounter is blank.")
    eid: str | None = parts[0]
    if not eid:
        _note(notes, f"{field} EID", NoteCode.MISSING)
        eid = None
    elif _is_masked(eid):
        _note(notes, f"{field} EID", NoteCode.MASKED)
        eid = None
    elif len(eid) > MAX_EID or _ENCOUNTER_NUMBER.fullmatch(eid) is None:
        # A name here means that the parts have shifted by one, and every value would be wrong.
        raise _bad_encounter(number, "The encounter does not begin with an encounter number.")

    names: list[str] = []
    for column, text in zip(("LAST", "FIRST", "MIDDLE"), parts[1:4], strict=True):
        if _is_masked(text):
            _note(notes, f"{field} {column}", NoteCode.MASKED)
            text = ""
        names.append(text)
    return Encounter(
        eid=eid,
        last=names[0],
        first=names[1],
        middle=names[2],
        dob=_read_dob(f"{field} DOB", parts[4], today, notes),
        pob=parts[5],
        sex=_read_sex(f"{field} SEX", parts[6], notes),
    )


# --- Acknowledgement -------------------------------------------------------------------------


class Outcome(StrEnum):
    """What became of an incoming message."""

    ACCEPTED = "accepted"
    REPEATED = "repeated"
    REFUSED = "refused"


_REFERENCE = re.compile(r"[A-Za-z0-9-]{1,40}")


def acknowledgement(
    *,
    outcome: Outcome,
    number: str,
    received_at: datetime,
    sender_ori: str = "",
    refusal: MessageRefused | None = None,
) -> str:
    """The text that goes back at once: ASCII, at most 72 columns, without personal data.

    Args:
        outcome: what became of the message.
        number: the query's number or, for a refused message, the number under which it is kept.
        received_at: an aware time; it is printed in UTC.
        sender_ori: the nine characters of the sender, left out when not known.
        refusal: why, for a refused message.

    Raises:
        ValueError: for a naive time, a number or ORI of another form, or a refusal that is missing
            or does not belong.
    """
    if received_at.tzinfo is None:
        raise ValueError("The receiving time needs a time zone.")
    if _REFERENCE.fullmatch(number) is None:
        raise ValueError("The number has a form that cannot be printed.")
    if sender_ori and _ORI.fullmatch(sender_ori) is None:
        raise ValueError("The sender's ORI has a form that cannot be printed.")
    if (outcome is Outcome.REFUSED) != (refusal is not None):
        raise ValueError("A refusal belongs to a refused message, and only to it.")

    kept = outcome is Outcome.REFUSED
    lines = [
        "IMMIGRATION STATUS QUERY - ACKNOWLEDGEMENT OF RECEIPT",
        f"OUTCOME: {outcome.upper()}",
        f"{'KEPT UNDER' if kept else 'QUERY NUMBER'}: {number}",
        f"RECEIVED: {received_at.astimezone(UTC):%Y-%m-%d %H:%M:%S} UTC",
    ]
    if sender_ori:
        lines.append(f"FROM ORI: {sender_ori}")
    if refusal is not None:
        lines.append(f"REASON: {refusal.code}")
        if refusal.field:
            lines.append(f"FIELD: {refusal.field}")
    lines.extend(_ACKNOWLEDGED[outcome])
    lines.append("THIS MESSAGE SAYS NOTHING ABOUT ANY PERSON AND IS NOT A DETAINER.")
    return "\n".join(lines) + "\n"


_ACKNOWLEDGED: Mapping[Outcome, tuple[str, ...]] = MappingProxyType(
    {
        Outcome.ACCEPTED: ("THE QUERY IS BEING WORKED. THE ANSWER WILL NAME THE NUMBER ABOVE.",),
        Outcome.REPEATED: (
            "THIS MESSAGE HAD ALREADY COME IN. NO SECOND QUERY WAS OPENED; THE ONE",
            "UNDER THE NUMBER ABOVE STANDS.",
        ),
        Outcome.REFUSED: (
            "THE MESSAGE COULD NOT BE READ AS A QUERY. IT IS KEPT AND A PERSON WILL",
            "LOOK AT IT. SENDING A CORRECTED QUERY IS USUALLY FASTER.",
        ),
    }
)
