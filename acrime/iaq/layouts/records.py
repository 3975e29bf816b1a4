"""An EBTS file taken apart into records and fields, tolerantly and with every deviation told.

The separators are those of ANSI/NIST-ITL: FS ends a record, GS a field, RS a subfield, US parts
items. The published samples break them in several ways (lengths that do not fit, a separator too
many or too few, a declared record that is not there, remarks between the fields), so a reader
that stops at the first fault reads none of them. Nothing here looks at what a value means.
"""

import re
from dataclasses import dataclass, field

from acrime.iaq.layouts.deviations import DeviationCode, deviate
from acrime.iaq.layouts.recognition import BYTE_ORDER_MARK
from acrime.iaq.parsed import MessageRefused, Note, RefusalCode

FS, GS, RS, US = b"\x1c", b"\x1d", b"\x1e", b"\x1f"

LENGTH, IDC, CONTENTS, DATA, ERS = 1, 2, 3, 999, 75
BINARY_TYPES = frozenset(range(3, 9))
"""Records that begin with four bytes of length and have no fields."""

IMAGE_TYPES = frozenset({*range(10, 23), 98, 99})
"""Records whose last field is binary and may hold every byte, separators too."""

MAX_RECORDS = 100
"""More records than any submission has; the rest is kept and not read."""

_SEPARATORS = {b"FS": FS, b"GS": GS, b"RS": RS, b"US": US}
_PRINTED = re.compile(rb"<(FS|GS|RS|US)>")
_TAG = re.compile(rb"([0-9]{1,2})\.([0-9]{1,3}):")
_TAG_IN_LINE = re.compile(rb"(?:\A|\n)[ \t\r]*([0-9]{1,2})\.([0-9]{1,3}):")
_NEXT_IN_VALUE = re.compile(rb"[\x1e\n][ \t\r]*(?=([0-9]{1,2})\.([0-9]{1,3}):)")
_BLANKS = b" \t\r\n"
_RUN_OF_BLANKS = re.compile(rb"[ \t\r\n]*")
_RECORD_START = re.compile(rb"[ \t\r\n]*[0-9]{1,2}\.0{0,2}1:[0-9]")
_END_OF_DATA = re.compile(rb"\x1c(?=[ \t\r\n]*(?:\Z|[0-9]{1,2}\.0{0,2}1:[0-9]))")


@dataclass(slots=True, repr=False)
class RawRecord:
    """One record: its type, its fields as bytes, and how long it was.

    ``data`` is the binary field of an image record, or the whole of a binary one.
    """

    type: int
    size: int = 0
    ended: bool = True
    fields: dict[int, bytes] = field(default_factory=dict)
    data: bytes | None = None

    def text(self, number: int) -> str:
        """The value of a field, blanks around it left out, or empty."""
        return self.fields.get(number, b"").strip(_BLANKS).decode("latin-1")


def take_apart(raw: bytes, notes: list[Note]) -> list[RawRecord]:
    """The records of a file in their order.

    Raises:
        MessageRefused: it has no first record, or a field stands in a record twice.
    """
    if raw.startswith(BYTE_ORDER_MARK):
        deviate(notes, "1.001", DeviationCode.BYTE_ORDER_MARK)
        raw = raw.removeprefix(BYTE_ORDER_MARK)
    if GS not in raw and _PRINTED.search(raw):
        deviate(notes, "1.001", DeviationCode.PRINTED_SEPARATORS)
        raw = _PRINTED.sub(lambda match: _SEPARATORS[match.group(1)], raw)
    records: list[RawRecord] = []
    position = 0
    while (position := _after_blanks(raw, position, notes)) < len(raw):
        if len(records) == MAX_RECORDS:
            deviate(notes, "1.003", DeviationCode.REST_NOT_READ)
            break
        tag = _TAG.match(raw, position)
        if tag is not None:
            record, position = _record(raw, position, int(tag.group(1)), notes)
        else:
            found = _binary_record(raw, position, records)
            if found is None:
                deviate(notes, "1.003", DeviationCode.REST_NOT_READ)
                break
            record, position = found, position + found.size
        records.append(record)
    if not records or records[0].type != 1:
        raise MessageRefused(
            RefusalCode.NOT_EBTS, "1.001", "The file does not begin with a Type-1 record."
        )
    return records


def _after_blanks(raw: bytes, position: int, notes: list[Note]) -> int:
    """Where the next record begins; blanks between records are told."""
    blanks = _RUN_OF_BLANKS.match(raw, position)
    end = blanks.end() if blanks else position
    # A line break at the very end of a file is what storing it as text leaves.
    if position < end < len(raw):
        deviate(notes, "1.001", DeviationCode.LINE_BREAKS)
    return end


def _binary_record(raw: bytes, position: int, before: list[RawRecord]) -> RawRecord | None:
    """A record of a binary type at *position*, where the contents say that one comes here."""
    kinds = declared(before[0]) if before else []
    kind = kinds[len(before) - 1][0] if 0 < len(before) <= len(kinds) else None
    size = int.from_bytes(raw[position : position + 4], "big")
    if kind not in BINARY_TYPES or not 5 <= size <= len(raw) - position:
        return None
    data = raw[position : position + size]
    return RawRecord(type=int(kind), size=size, fields={IDC: b"%d" % data[4]}, data=data)


def declared(first: RawRecord) -> list[tuple[int | None, str]]:
    """What the contents of the Type-1 record list after it: type and IDC, as far as told."""
    listed: list[tuple[int | None, str]] = []
    for subfield in first.fields.get(CONTENTS, b"").strip(_BLANKS).split(RS)[1:]:
        kind, _, idc = subfield.strip(_BLANKS).partition(US)
        if not kind and not idc:
            continue
        listed.append((_number(kind), idc.strip(_BLANKS).decode("latin-1")))
    return listed


def _number(value: bytes) -> int | None:
    bare = value.strip(_BLANKS)
    return int(bare) if bare.isdigit() and len(bare) <= 9 else None


def _record(raw: bytes, start: int, kind: int, notes: list[Note]) -> tuple[RawRecord, int]:
    """The record of fields that begins at *start*, and where the next one begins."""
    record = RawRecord(type=kind)
    position = start
    while True:
        tag = _TAG.match(raw, position)
        if tag and int(tag.group(1)) != kind and int(tag.group(2)) == LENGTH:
            # Another record begins, and this one did not end.
            record.ended = False
            deviate(notes, _named(kind, LENGTH), DeviationCode.MISSING_END)
            break
        if tag is None or int(tag.group(1)) != kind:
            position, stopped = _after_stray_text(raw, position, record, notes)
            if stopped:
                break
            continue
        number = int(tag.group(2))
        if kind in IMAGE_TYPES and number == DATA:
            end = _end_of_data(raw, start, tag.end(), record)
            record.data = raw[tag.end() : end]
            position = end
            _end_of_record(raw, position, record, notes)
            position += 1
            break
        end = _end_of_field(raw, tag.end())
        if len(tag.group(2)) < 3:
            deviate(notes, f"{kind}", DeviationCode.SHORT_TAGS)
        _add_field(record, number, raw[tag.end() : end], notes)
        separator = raw[end : end + 1]
        position = end + 1
        if separator != GS:
            _end_of_record(raw, end, record, notes)
            break
    record.size = min(position, len(raw)) - start
    _check_length(record, notes)
    return record, min(position, len(raw))


def _end_of_field(raw: bytes, start: int) -> int:
    ends = [at for at in (raw.find(GS, start), raw.find(FS, start)) if at >= 0]
    return min(ends) if ends else len(raw)


def _end_of_record(raw: bytes, at: int, record: RawRecord, notes: list[Note]) -> None:
    if raw[at : at + 1] != FS:
        record.ended = False
        deviate(notes, _named(record.type, LENGTH), DeviationCode.MISSING_END)


def _end_of_data(raw: bytes, start: int, data: int, record: RawRecord) -> int:
    """Where the binary field ends: as the length says where that fits, else before a record."""
    length = _number(record.fields.get(LENGTH, b""))
    if length is not None:
        end = start + length - 1
        if end >= data and raw[end : end + 1] == FS and _begins_or_ends(raw, end + 1):
            return end
    found = _END_OF_DATA.search(raw, data)
    return found.start() if found else len(raw)


def _begins_or_ends(raw: bytes, position: int) -> bool:
    rest = raw[position : position + 64]
    return not rest.strip(_BLANKS) or _RECORD_START.match(rest) is not None or rest[:1] == b"\x00"


def _after_stray_text(
    raw: bytes, position: int, record: RawRecord, notes: list[Note]
) -> tuple[int, bool]:
    """Where the record's next field begins after text that is none; whether there is none."""
    end = _end_of_field(raw, position)
    segment = raw[position:end]
    found = next(
        (each for each in _TAG_IN_LINE.finditer(segment) if int(each.group(1)) == record.type),
        None,
    )
    before = segment[: found.start(1)] if found else segment
    if before.strip(_BLANKS):
        deviate(
            notes, _named(record.type, max(record.fields, default=LENGTH)), DeviationCode.STRAY_TEXT
        )
    elif found and before:
        deviate(notes, "1.001", DeviationCode.LINE_BREAKS)
    if found:
        return position + found.start(1), False
    if raw[end : end + 1] == GS:
        return end + 1, False
    if not segment.strip(_BLANKS) and raw[end : end + 1] == FS:
        deviate(
            notes,
            _named(record.type, max(record.fields, default=LENGTH)),
            DeviationCode.TRAILING_SEPARATOR,
        )
    _end_of_record(raw, end, record, notes)
    return end + 1, True


def _add_field(record: RawRecord, number: int, value: bytes, notes: list[Note]) -> None:
    """Keep a field's value, and whatever of it turns out to be a following field."""
    while True:
        following = _field_within(record.type, number, value)
        if following is None:
            _keep_field(record, number, value, notes)
            return
        _keep_field(record, number, value[: following.start() + 1].removesuffix(b"\n"), notes)
        number = int(following.group(2))
        deviate(notes, _named(record.type, number), DeviationCode.MISSING_SEPARATOR)
        if len(following.group(2)) < 3:
            deviate(notes, f"{record.type}", DeviationCode.SHORT_TAGS)
        value = value[following.end(2) + 1 :]


def _field_within(kind: int, number: int, value: bytes) -> re.Match[bytes] | None:
    """Where a later field of the same record begins within *value*; free text is never cut."""
    if (kind, number) == (2, ERS):
        return None
    return next(
        (
            each
            for each in _NEXT_IN_VALUE.finditer(value)
            if int(each.group(1)) == kind and int(each.group(2)) > number
        ),
        None,
    )


def _keep_field(record: RawRecord, number: int, value: bytes, notes: list[Note]) -> None:
    if number in record.fields:
        raise MessageRefused(
            RefusalCode.REPEATED_FIELD,
            _named(record.type, number),
            "The same field stands in a record twice.",
        )
    record.fields[number] = _without_trailing(record.type, number, value, notes)


def _without_trailing(kind: int, number: int, value: bytes, notes: list[Note]) -> bytes:
    bare = value.rstrip(_BLANKS)
    kept = bare.rstrip(RS + US + _BLANKS)
    if kept != bare:
        deviate(notes, _named(kind, number), DeviationCode.TRAILING_SEPARATOR)
        return kept
    return value


def _check_length(record: RawRecord, notes: list[Note]) -> None:
    if _number(record.fields.get(LENGTH, b"")) != record.size:
        deviate(notes, _named(record.type, LENGTH), DeviationCode.WRONG_LENGTH)


def _named(kind: int, number: int) -> str:
    return f"{kind}.{number:03d}"
