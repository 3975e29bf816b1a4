"""How an EBTS file deviates from its standard. Each is told; none is quietly repaired."""

from collections.abc import Mapping
from enum import StrEnum
from types import MappingProxyType

from acrime.iaq.parsed import Note


class DeviationCode(StrEnum):
    """What is not as EBTS wants it, in a file that could be read all the same. Stable."""

    NOT_WELL_FORMED = "not-well-formed"
    PRINTED_SEPARATORS = "printed-separators"
    BYTE_ORDER_MARK = "byte-order-mark"
    SHORT_TAGS = "short-tags"
    LINE_BREAKS = "line-breaks"
    BLANKS = "blanks"
    STRAY_TEXT = "stray-text"
    WRONG_LENGTH = "wrong-length"
    TRAILING_SEPARATOR = "trailing-separator"
    MISSING_SEPARATOR = "missing-separator"
    MISSING_END = "missing-end"
    WRONG_COUNT = "wrong-count"
    RECORD_ABSENT = "record-absent"
    RECORD_UNDECLARED = "record-undeclared"
    RECORD_NOT_READ = "record-not-read"
    REST_NOT_READ = "rest-not-read"
    BAD_IDC = "bad-idc"
    MISSING = "missing-ebts-field"
    TOO_LONG = "too-long"
    NOT_ASCII = "not-ascii-value"
    CONTROL_CHARACTER = "control-character"
    NOT_A_DATE = "not-an-ebts-date"
    UNKNOWN_CODE = "unknown-ebts-code"
    CONTROL_DIFFERS = "control-differs"
    NAME_DIFFERS = "name-differs"
    SID_DIFFERS = "sid-differs"
    AGENCY_DIFFERS = "agency-differs"


_EXPLANATIONS: Mapping[DeviationCode, str] = MappingProxyType(
    {
        DeviationCode.NOT_WELL_FORMED: (
            "The file is not well-formed; it was read with the deviations listed here."
        ),
        DeviationCode.PRINTED_SEPARATORS: (
            "The separators are printed as names such as <GS>; they were read as the characters."
        ),
        DeviationCode.BYTE_ORDER_MARK: "A byte order mark stands before the file.",
        DeviationCode.SHORT_TAGS: "Field numbers are printed with fewer than three digits.",
        DeviationCode.LINE_BREAKS: "Line breaks stand after separators; they were left out.",
        DeviationCode.BLANKS: "Blanks or line breaks stand around a value; they were left out.",
        DeviationCode.STRAY_TEXT: "Text stands between two fields; it belongs to none and was "
        "set aside.",
        DeviationCode.WRONG_LENGTH: "The length that is stated is not the length of the record.",
        DeviationCode.TRAILING_SEPARATOR: "The value ends with a separator that nothing follows.",
        DeviationCode.MISSING_SEPARATOR: "No field separator stands before this field.",
        DeviationCode.MISSING_END: "The record does not end with its separator.",
        DeviationCode.WRONG_COUNT: "The number of records that is stated is not theirs.",
        DeviationCode.RECORD_ABSENT: "A record that the contents list is not in the file.",
        DeviationCode.RECORD_UNDECLARED: "The file has a record that the contents do not list.",
        DeviationCode.RECORD_NOT_READ: "A record of this type is kept with the file and not read.",
        DeviationCode.REST_NOT_READ: (
            "What follows could not be told apart into records; it is kept and was not read."
        ),
        DeviationCode.BAD_IDC: "The record's own number (IDC) is absent or no number.",
        DeviationCode.MISSING: "A field that such a file has is absent or blank.",
        DeviationCode.TOO_LONG: "The value is longer than EBTS allows; it was set aside.",
        DeviationCode.NOT_ASCII: "The value has characters outside 7-bit ASCII.",
        DeviationCode.CONTROL_CHARACTER: "The value has control characters; it was set aside.",
        DeviationCode.NOT_A_DATE: "The value is not a date (CCYYMMDD); it was set aside.",
        DeviationCode.UNKNOWN_CODE: "The code is none that this field can have; it was set aside.",
        DeviationCode.CONTROL_DIFFERS: (
            "The control number of the file is not the one in the remarks of its query."
        ),
        DeviationCode.NAME_DIFFERS: "The name of the file is not the one of its query.",
        DeviationCode.SID_DIFFERS: "The state ID of the file is none of its query.",
        DeviationCode.AGENCY_DIFFERS: (
            "The controlling agency of the file is not the arresting agency of its query."
        ),
    }
)


def deviate(notes: list[Note], field: str, code: DeviationCode) -> None:
    """Note a deviation once for each field."""
    note = Note(field=field, code=code, explanation=_EXPLANATIONS[code])
    if note not in notes:
        notes.append(note)
