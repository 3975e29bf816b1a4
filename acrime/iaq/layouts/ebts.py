"""EBTS files: what an IDENT response carries, and the query inside it.

A file is taken apart tolerantly (``records``), every deviation noted, and then read with
``nistitl`` from a well-formed copy; the copy serves the reading only, what is kept is the file as
it came. Record types that the sources name are read: Type-1 and Type-2, and Type-10 for what it
says of its image. Images stay within the file. Text in 2.075 is data and never followed.

Only one kind of file asks something: a result (SRE) with the query in 2.075 and no answer after
it. A result without a match, an error (ERRT) and a result with an answer are replies.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date

from nistitl import AsciiRecord, Message, NistException

from acrime.iaq.layouts.deviations import DeviationCode, deviate
from acrime.iaq.layouts.recognition import layout_of
from acrime.iaq.layouts.records import (
    BINARY_TYPES,
    CONTENTS,
    DATA,
    FS,
    GS,
    IDC,
    RS,
    US,
    RawRecord,
    declared,
    take_apart,
)
from acrime.iaq.layouts.text import read_text
from acrime.iaq.parsed import Layout, MessageRefused, Note, ParsedMessage, RefusalCode

MAX_FILE_BYTES = 16 * 1024 * 1024
"""Largest file that is read: images make it larger than a text."""

FIELDS: Mapping[str, str] = {
    "1.004": "Type of transaction",
    "1.005": "Date",
    "1.007": "Destination agency",
    "1.008": "Originating agency",
    "1.009": "Control number",
    "1.010": "Control number of the submission",
    "2.009": "Case number of the agency",
    "2.015": "State ID",
    "2.018": "Name",
    "2.059": "Search result",
    "2.060": "Message",
    "2.073": "Controlling agency",
}
"""What is read of Type-1 and Type-2, in the order in which it is shown."""

# Largest values in characters, from the sizes of EBTS without tag and separator.
SIZES: Mapping[str, int] = {
    "1.004": 5, "1.007": 9, "1.008": 9, "1.009": 40, "1.010": 40,
    "2.009": 20, "2.015": 10, "2.018": 30, "2.059": 1, "2.073": 9,
}  # fmt: skip

NEEDED: Mapping[str, tuple[str, ...]] = {
    "SRE": ("2.059", "2.075"),
    "ERRT": ("2.060",),
}
IN_EVERY_FILE = ("1.002", "1.005", "1.007", "1.008", "1.009", "1.010")

MATCH, NO_MATCH = "I", "N"

# The types that nistitl reads here. Others are kept with the file and counted.
_READ_TYPES = frozenset({1, 2, 10})
DEPRECATED_TYPES = frozenset({3, 5, 6})
_CONTROL = re.compile(r"[\x00-\x1f\x7f]")
_BLANKS = " \t\r\n"
_END = re.compile(r"QUERY\s+MESSAGE\s+TEXT\s+ENDS[^\n]*")
_QUERY = re.compile(
    r"(?:^|\n)[ \t]*(?:\*+ *LAW ENFORCEMENT SENSITIVE *\*+\s*)?(?:IAQ RECEIVED|ORI/)"
)
_ENCOUNTER = re.compile(r"(?:^|[\n-])EID = ?([^\n]*)((?:\n(?:NAME|DOB|POB|SEX) = ?[^\n]*)*)")
_NAMED = re.compile(r"\n(NAME|DOB|POB|SEX) = ?([^\n]*)")


@dataclass(frozen=True, slots=True, repr=False)
class Kept:
    """A record of the file: its type, its number, its size in bytes, and its image if any."""

    type: int
    idc: str
    size: int
    image: str = ""


@dataclass(frozen=True, slots=True, repr=False)
class Encountered:
    """An encounter as the IDENT response lists it. The place is an IDENT code, kept as it is."""

    eid: str
    name: str
    dob: str
    pob: str
    sex: str


@dataclass(frozen=True, slots=True, repr=False)
class EbtsFile:
    """What a file says. Its ``repr`` holds no value.

    Attributes:
        values: field number (such as ``2.018``) to value, blank where absent or set aside.
        ers: the text of 2.075.
        query: the query within it, in the text layout, or empty.
        answered: whether an answer follows the query.
        encounters: those of the IDENT response, in their order.
        records: every record of the file.
        notes: how the file deviates from its standard.
    """

    values: Mapping[str, str]
    ers: str
    query: str
    answered: bool
    encounters: tuple[Encountered, ...]
    records: tuple[Kept, ...]
    notes: tuple[Note, ...]

    @property
    def controls(self) -> tuple[str, ...]:
        """The control numbers by which what was sent is found: its own, and the submission's."""
        return tuple(filter(None, (self.values["1.009"], self.values["1.010"])))


class ReplyRefused(MessageRefused):
    """The file answers something and asks nothing.

    Attributes:
        controls: its control numbers, by which the query that it answers is found.
    """

    def __init__(
        self, code: RefusalCode, field: str, explanation: str, controls: tuple[str, ...]
    ) -> None:
        super().__init__(code, field, explanation)
        self.controls = controls


def read_query(raw: bytes, *, received_on: date | None = None) -> ParsedMessage:
    """Read the query that a file carries.

    Args:
        raw: the file as it came.
        received_on: as for the text layout.

    Raises:
        ReplyRefused: the file is a reply.
        MessageRefused: it cannot be read, or carries no query.
    """
    file = read_file(raw)
    _must_ask(file)
    query = read_text(file.query.encode("latin-1"), received_on=received_on)
    notes = list(file.notes)
    _compare(file, query, notes)
    return replace(query, notes=(*query.notes, *notes), layout=Layout.EBTS)


def controls_of(raw: bytes) -> tuple[str, ...]:
    """The control numbers of an EBTS file; none of anything else."""
    if layout_of(raw) is not Layout.EBTS:
        return ()
    try:
        return read_file(raw).controls
    except MessageRefused:
        return ()


def read_file(raw: bytes) -> EbtsFile:
    """What a file says, whatever kind of file it is.

    Raises:
        MessageRefused: it cannot be taken apart.
    """
    if len(raw) > MAX_FILE_BYTES:
        raise MessageRefused(
            RefusalCode.TOO_LARGE, "", f"The file is larger than {MAX_FILE_BYTES} bytes."
        )
    notes: list[Note] = []
    records = take_apart(raw, notes)
    _compare_contents(records, notes)
    message = _through_nistitl(records, notes)
    if not _is_well_formed(raw, records):
        notes.insert(0, _not_well_formed())
    values = {number: _value(message, number, notes) for number in FIELDS}
    for number in (*IN_EVERY_FILE, *NEEDED.get(values["1.004"], ())):
        if not _raw_value(message, number).strip(_BLANKS):
            deviate(notes, number, DeviationCode.MISSING)
    _check_codes(values, notes)
    ers = _raw_value(message, "2.075").replace("\r\n", "\n").replace("\r", "\n")
    if not ers.isascii():
        deviate(notes, "2.075", DeviationCode.NOT_ASCII)
    query, answered = _query_in(ers)
    return EbtsFile(
        values=values,
        ers=ers,
        query=query,
        answered=answered,
        encounters=_encounters_in(ers),
        records=tuple(_kept(each) for each in records),
        notes=tuple(notes),
    )


def _must_ask(file: EbtsFile) -> None:
    kind, result = file.values["1.004"], file.values["2.059"]
    if kind == "ERRT":
        raise ReplyRefused(
            RefusalCode.ERROR_REPLY,
            "2.060",
            "The file reports an error (ERRT) about a submission; it asks nothing.",
            file.controls,
        )
    if kind != "SRE":
        raise MessageRefused(
            RefusalCode.UNKNOWN_TRANSACTION,
            "1.004",
            "The type of transaction is neither SRE nor ERRT, the two that are read here.",
        )
    if file.answered:
        raise ReplyRefused(
            RefusalCode.ANSWER_REPLY,
            "2.075",
            "The file carries an answer after the query; it asks nothing.",
            file.controls,
        )
    if result == NO_MATCH:
        raise ReplyRefused(
            RefusalCode.NO_MATCH,
            "2.059",
            "IDENT found no match, so no query is made. It does not show that somebody is a "
            "citizen.",
            file.controls,
        )
    if not file.query:
        raise MessageRefused(
            RefusalCode.NO_QUERY, "2.075", "The file carries no immigration status query."
        )


# --- Through nistitl -------------------------------------------------------------------------


def _is_well_formed(raw: bytes, records: list[RawRecord]) -> bool:
    """Whether nistitl takes the file as it came."""
    if any(record.type in DEPRECATED_TYPES for record in records):
        # It warns of these, and a warning of a sender's file is no concern of ours.
        return False
    try:
        Message().parse(raw)
    except Exception:  # noqa: BLE001
        # On a broken file it stops with its own error or with any other.
        return False
    return True


def _not_well_formed() -> Note:
    notes: list[Note] = []
    deviate(notes, "1.001", DeviationCode.NOT_WELL_FORMED)
    return notes[0]


def _through_nistitl(records: list[RawRecord], notes: list[Note]) -> Message:
    """The records that are read here, as nistitl reads them from a well-formed copy."""
    read = [records[0]]
    for record in records[1:]:
        header_is_plain = all(b"999:" not in value for value in record.fields.values())
        if record.type in _READ_TYPES - {1} and header_is_plain:
            read.append(record)
        else:
            deviate(notes, f"{record.type}", DeviationCode.RECORD_NOT_READ)
    contents = RS.join(
        US.join((b"%d" % kind, b"%d" % number))
        for kind, number in [(1, len(read) - 1)]
        + [(record.type, position) for position, record in enumerate(read[1:])]
    )
    copy = b"".join(
        _well_formed(record, position - 1, contents) for position, record in enumerate(read)
    )
    message = Message()
    try:
        message.parse(copy)
    except (NistException, ValueError, LookupError) as error:
        raise MessageRefused(
            RefusalCode.NOT_EBTS, "1.001", "The file could not be read as EBTS."
        ) from error
    return message


def _well_formed(record: RawRecord, idc: int, contents: bytes) -> bytes:
    """The record with length, number and contents as they should be; its values untouched."""
    fields = {number: value for number, value in record.fields.items() if number > CONTENTS}
    if record.type == 1:
        fields |= {2: record.fields.get(2, b""), CONTENTS: contents}
    else:
        fields[IDC] = b"%d" % idc
        if CONTENTS in record.fields:
            fields[CONTENTS] = record.fields[CONTENTS]
    body = b"".join(
        GS + b"%d.%03d:" % (record.type, number) + fields[number] for number in sorted(fields)
    )
    if record.data is not None:
        body += GS + b"%d.%03d:" % (record.type, DATA) + record.data
    start = b"%d.001:" % record.type
    size = len(start) + len(body) + 1
    # The length counts its own digits.
    while len(str(size)) + len(start) + len(body) + 1 != size:
        size = len(str(size)) + len(start) + len(body) + 1
    return start + b"%d" % size + body + FS


def _raw_value(message: Message, number: str) -> str:
    """The value of a field of the first record of its type, as text, or empty."""
    kind, tag = (int(part) for part in number.split("."))
    record: AsciiRecord | None = next(iter(message.iter(kind)), None)
    found = record[tag] if record is not None else None
    if found is None:
        return ""
    value = found.value
    return value if isinstance(value, str) else found.NIST.partition(b":")[2].decode("latin-1")


def _value(message: Message, number: str, notes: list[Note]) -> str:
    """A value that can be used, or empty and a note that says why."""
    raw = _raw_value(message, number)
    value = raw.strip(_BLANKS)
    if value != raw:
        deviate(notes, number, DeviationCode.BLANKS)
    if _CONTROL.search(value):
        deviate(notes, number, DeviationCode.CONTROL_CHARACTER)
        return ""
    if not value.isascii():
        deviate(notes, number, DeviationCode.NOT_ASCII)
        return ""
    if len(value.replace(", ", ",")) > SIZES.get(number, len(value)):
        deviate(notes, number, DeviationCode.TOO_LONG)
        return ""
    return value


def _check_codes(values: dict[str, str], notes: list[Note]) -> None:
    day = values["1.005"]
    try:
        if day:
            date(int(day[:4]), int(day[4:6]), int(day[6:8]) if len(day) == 8 else 0)
    except ValueError:
        deviate(notes, "1.005", DeviationCode.NOT_A_DATE)
        values["1.005"] = ""
    if values["2.059"] not in ("", MATCH, NO_MATCH):
        deviate(notes, "2.059", DeviationCode.UNKNOWN_CODE)
        values["2.059"] = ""


def _compare_contents(records: list[RawRecord], notes: list[Note]) -> None:
    """Compare what the contents list with what is there, and look at each record's number."""
    first, others = records[0], records[1:]
    listed = declared(first)
    count = first.fields.get(CONTENTS, b"").split(RS)[0].partition(US)[2].strip(b" \t\r\n")
    if not count.isdigit() or len(count) > 9 or int(count) != len(others):
        deviate(notes, "1.003", DeviationCode.WRONG_COUNT)
    there = [record.type for record in others]
    for kind, _ in listed:
        if kind in there:
            there.remove(kind)
        else:
            deviate(notes, "1.003", DeviationCode.RECORD_ABSENT)
    if there:
        deviate(notes, "1.003", DeviationCode.RECORD_UNDECLARED)
    for record in others:
        if not record.text(IDC).isdigit():
            deviate(notes, f"{record.type}.{IDC:03d}", DeviationCode.BAD_IDC)


def _kept(record: RawRecord) -> Kept:
    image = ""
    if record.data is not None and record.type not in BINARY_TYPES:
        image = "JPEG" if record.data.startswith(b"\xff\xd8\xff") else "Image"
    size = len(record.data) if image and record.data is not None else record.size
    idc = record.text(IDC)
    if record.type == 1 or not (idc.isascii() and idc.isdigit()):
        idc = ""
    return Kept(record.type, idc, size, image)


# --- The text of 2.075 -----------------------------------------------------------------------


def _query_in(ers: str) -> tuple[str, bool]:
    """The query within the text, and whether an answer follows it."""
    begun = _QUERY.search(ers)
    if begun is None:
        return "", False
    end = _END.search(ers, begun.start())
    query = ers[begun.start() : end.end() if end else len(ers)].strip()
    return query, end is not None and bool(ers[end.end() :].strip(" *\t\r\n"))


def _encounters_in(ers: str) -> tuple[Encountered, ...]:
    found = []
    for each in _ENCOUNTER.finditer(ers):
        said = {name: value.strip() for name, value in _NAMED.findall(each.group(2))}
        found.append(
            Encountered(
                eid=each.group(1).strip(),
                name=said.get("NAME", ""),
                dob=said.get("DOB", ""),
                pob=said.get("POB", ""),
                sex=said.get("SEX", ""),
            )
        )
    return tuple(found)


def _compare(file: EbtsFile, query: ParsedMessage, notes: list[Note]) -> None:
    """Note where the file says something else than its query. Neither replaces the other."""
    values = file.values
    if query.tcn and query.tcn not in file.controls:
        deviate(notes, "1.009", DeviationCode.CONTROL_DIFFERS)
    if query.name and values["2.018"]:
        last, _, given = values["2.018"].upper().partition(",")
        name = query.name
        asked = [name.last.upper(), *f"{name.first} {name.middle}".upper().split()]
        if [last.strip(), *given.split()] != asked:
            deviate(notes, "2.018", DeviationCode.NAME_DIFFERS)
    if query.sid and values["2.015"] and values["2.015"] not in query.sid:
        deviate(notes, "2.015", DeviationCode.SID_DIFFERS)
    agency = query.arresting_ori
    if agency and values["2.073"] and values["2.073"] != agency:
        deviate(notes, "2.073", DeviationCode.AGENCY_DIFFERS)
