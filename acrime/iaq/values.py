"""Reading the single values of a query, and its remarks with the encounters.

Each reader gives the typed value, or nothing and a note that says why.
"""

import re
from collections.abc import Mapping
from datetime import date, datetime, time

from acrime.iaq import codes
from acrime.iaq.parsed import (
    CENTURY_PIVOT,
    EARLIEST_BIRTH_YEAR,
    MAX_EID,
    MAX_ENCOUNTER_TEXT,
    MAX_ENCOUNTERS,
    MAX_SID,
    MAX_TCN,
    Encounter,
    MessageRefused,
    Note,
    NoteCode,
    PersonName,
    RefusalCode,
    add_note,
)

RECEIVED = "IAQ RECEIVED"
PUBLISHED_PURPOSES = frozenset({"C", "F"})
ORI_SHAPE = re.compile(r"[A-Z0-9]{9}")
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


def check_size(field: str, value: str, size: int) -> None:
    # The 30 characters of a name are counted without the space that printing adds after the comma.
    counted = value.replace(", ", ",") if field == "NAM" else value
    if len(counted) > size:
        raise MessageRefused(
            RefusalCode.FIELD_TOO_LONG, field, f"{field} is longer than {size} characters."
        )


def _is_masked(value: str) -> bool:
    """Whether a mask stands in the value: all X (two at least), or four X in a row."""
    bare = value.replace("-", "").replace(" ", "").replace(",", "")
    return "XXXX" in bare or (len(bare) > 1 and not bare.strip("X"))


def _upper(field: str, value: str, notes: list[Note]) -> str:
    if value != value.upper():
        add_note(notes, field, NoteCode.LOWER_CASE)
    return value.upper()


def read_received(text: str, notes: list[Note]) -> datetime | None:
    if not text:
        return None
    match = _STAMP.fullmatch(text)
    if match is None:
        add_note(notes, RECEIVED, NoteCode.NOT_A_TIME)
        return None
    month, day, year, hour, minute, second = (int(part) for part in match.groups()[:6])
    try:
        if not 1 <= hour <= 12:
            raise ValueError
        hour = hour % 12 + (12 if match.group(7) == "PM" else 0)
        return datetime.combine(date(2000 + year, month, day), time(hour, minute, second))
    except ValueError:
        add_note(notes, RECEIVED, NoteCode.NOT_A_TIME)
        return None


def read_ori(value: str) -> str:
    if not ORI_SHAPE.fullmatch(value):
        raise MessageRefused(
            RefusalCode.BAD_ORI, "ORI", "An ORI has nine characters, capital letters and digits."
        )
    return value


def read_arresting_ori(attention: str, notes: list[Note]) -> str | None:
    match = _ATN_ORI.search(attention)
    if match is None:
        return None
    if ORI_SHAPE.fullmatch(match.group(1)) is None:
        add_note(notes, "ATN", NoteCode.INVALID_VALUE)
        return None
    if _is_masked(match.group(1)):
        add_note(notes, "ATN", NoteCode.MASKED)
        return None
    return match.group(1)


def read_unmasked(tag: str, fields: Mapping[str, str], notes: list[Note]) -> str | None:
    value = fields.get(tag, "")
    if value and _is_masked(value):
        add_note(notes, tag, NoteCode.MASKED)
        return None
    return value or None


def read_name(value: str, notes: list[Note]) -> PersonName | None:
    # However it is spelled, and whatever follows it.
    if value.upper().replace(",", " ").split()[:2] == ["CPI", "CPI"]:
        add_note(notes, "NAM", NoteCode.NAME_NOT_PROVIDED)
        return None
    if _is_masked(value):
        add_note(notes, "NAM", NoteCode.MASKED)
        return None
    last, comma, rest = value.partition(",")
    if "," in rest:
        add_note(notes, "NAM", NoteCode.EXTRA_COMMA)
    given = rest.replace(",", " ").split()
    if not comma:
        add_note(notes, "NAM", NoteCode.NAME_WITHOUT_COMMA)
    elif not last.strip() or not given:
        add_note(notes, "NAM", NoteCode.NAME_INCOMPLETE)
    if not last.strip() and not given:
        return None
    return PersonName(
        last=last.strip(), first=given[0] if given else "", middle=" ".join(given[1:])
    )


def read_dob(field: str, value: str, today: date | None, notes: list[Note]) -> date | None:
    """Read mmddyy or ccyymmdd.

    A two-digit year is placed in the latest century that does not put the birth after ``today``;
    without ``today`` years up to ``CENTURY_PIVOT`` are of this century. Both are noted.
    """
    if not value:
        return None
    if _is_masked(value):
        add_note(notes, field, NoteCode.MASKED)
        return None
    if value in {"000000", "00000000"}:
        add_note(notes, field, NoteCode.DOB_NOT_PROVIDED)
        return None
    born = None
    if value.isdigit() and len(value) == 8:
        born = _date_or_none(int(value[:4]), int(value[4:6]), int(value[6:]))
    elif value.isdigit() and len(value) == 6:
        born = _born_in_short_year(int(value[4:]), int(value[:2]), int(value[2:4]), today)
        if born:
            add_note(notes, field, NoteCode.CENTURY_ASSUMED)
    if born is None:
        add_note(notes, field, NoteCode.NOT_A_DATE)
        return None
    if today and born > today:
        add_note(notes, field, NoteCode.FUTURE_DATE)
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


def read_sex(field: str, value: str, notes: list[Note]) -> str | None:
    if not value:
        return None
    code = _upper(field, value, notes)
    if code == "XX":
        add_note(notes, field, NoteCode.SEX_NOT_PROVIDED)
        return None
    if codes.sex_name(code) is None:
        add_note(notes, field, NoteCode.UNKNOWN_CODE)
        return None
    return code


def read_pob(value: str, notes: list[Note]) -> str | None:
    if not value:
        return None
    code = _upper("POB", value, notes)
    if codes.is_reference_only(code):
        add_note(notes, "POB", NoteCode.REFERENCE_ONLY_CODE)
        return None
    if codes.pob_name(code) is None:
        add_note(notes, "POB", NoteCode.UNKNOWN_CODE)
        return None
    return code


def read_custody(value: str, notes: list[Note]) -> bool | None:
    if not value:
        return None
    code = _upper("CUS", value, notes)
    if code not in {"Y", "N"}:
        add_note(notes, "CUS", NoteCode.UNKNOWN_CODE)
        return None
    return code == "Y"


def read_offense(value: str, notes: list[Note]) -> str | None:
    if not value:
        return None
    if _is_masked(value):
        add_note(notes, "OFF", NoteCode.MASKED)
        return None
    if codes.offense_name(value) is None:
        add_note(notes, "OFF", NoteCode.UNKNOWN_CODE)
        return None
    if value == codes.OFFENSE_NOT_STATED:
        add_note(notes, "OFF", NoteCode.OFFENSE_NOT_STATED)
    return value


def read_purpose(value: str, notes: list[Note]) -> str:
    code = value.upper()
    if codes.purpose_name(code) is None:
        raise MessageRefused(
            RefusalCode.UNKNOWN_PURPOSE,
            "PUR",
            "The purpose is none that a query may state, so the law that applies cannot be told.",
        )
    if code not in PUBLISHED_PURPOSES:
        add_note(notes, "PUR", NoteCode.OTHER_PURPOSE)
    return _upper("PUR", value, notes)


def read_identifier(tag: str, fields: Mapping[str, str], notes: list[Note]) -> str | None:
    value = read_unmasked(tag, fields, notes)
    if value and _IDENTIFIER.fullmatch(value) is None:
        add_note(notes, tag, NoteCode.INVALID_VALUE)
        return None
    return value


def read_a_number(fields: Mapping[str, str], notes: list[Note]) -> str | None:
    value = read_unmasked("ARN", fields, notes)
    if value is None:
        return None
    match = _A_NUMBER.fullmatch(value.upper().replace("-", "").replace(" ", ""))
    if match is None:
        add_note(notes, "ARN", NoteCode.INVALID_VALUE)
        return None
    return f"A{match.group(1):0>9}"


def read_ssn(fields: Mapping[str, str], notes: list[Note]) -> str | None:
    value = read_unmasked("SOC", fields, notes)
    if value is None:
        return None
    digits = value.replace("-", "").replace(" ", "")
    if _SSN.fullmatch(digits) is None or digits in _SSN_NEVER_ISSUED:
        add_note(notes, "SOC", NoteCode.INVALID_VALUE)
        return None
    return digits


def read_sids(fields: Mapping[str, str], notes: list[Note]) -> tuple[str, ...]:
    numbers: list[str] = []
    for number in _SID_SEPARATORS.split(fields.get("SID", "")):
        if not number or number in numbers:
            continue
        if _is_masked(number):
            add_note(notes, "SID", NoteCode.MASKED)
        elif len(number) > MAX_SID:
            check_size("SID", number, MAX_SID)
        elif _ALPHANUMERIC.fullmatch(number) is None:
            add_note(notes, "SID", NoteCode.INVALID_VALUE)
        else:
            numbers.append(number)
    return tuple(numbers)


# --- Remarks ---------------------------------------------------------------------------------

_ENCOUNTER_INFO = "ENCOUNTER INFO"
_ENCOUNTER_COLUMNS = "EID;LAST;FIRST;MIDDLE;DOB;POB;SEX"
_ENCOUNTER_NUMBER = re.compile(r"[A-Za-z]*[0-9][A-Za-z0-9]*")
_ENCOUNTER_SEPARATOR = re.compile(r" ?;? ?")
_ENCOUNTER_SEX = re.compile(r" *([A-Za-z]{0,2})(?= |;|$)")


def read_tcn(remarks: str, notes: list[Note]) -> str | None:
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
        add_note(notes, "REM IDSM", NoteCode.MISSING)
        return None
    if _is_masked(number):
        add_note(notes, "REM IDSM", NoteCode.MASKED)
        return None
    check_size("REM IDSM", number, MAX_TCN)
    if _IDENTIFIER.fullmatch(number) is None:
        add_note(notes, "REM IDSM", NoteCode.INVALID_VALUE)
        return None
    return number


def _bad_encounter(position: int, explanation: str) -> MessageRefused:
    return MessageRefused(RefusalCode.BAD_ENCOUNTER, f"ENCOUNTER {position}", explanation)


def read_encounters(remarks: str, today: date | None, notes: list[Note]) -> tuple[Encounter, ...]:
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
            add_note(notes, "REM", NoteCode.TEXT_AFTER_ENCOUNTERS)
            break
        if number > MAX_ENCOUNTERS:
            raise MessageRefused(
                RefusalCode.TOO_MANY_ENCOUNTERS,
                _ENCOUNTER_INFO,
                f"There are more than {MAX_ENCOUNTERS} encounters.",
            )
        parts, position = _encounter_parts(remarks, position, number)
        encounters.append(read_encounter(parts, number, today, notes))
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


def read_encounter(
    parts: list[str], number: int, today: date | None, notes: list[Note]
) -> Encounter:
    field = f"ENCOUNTER {number}"
    if not any(parts):
        raise _bad_encounter(number, "Every part of the encounter is blank.")
    eid: str | None = parts[0]
    if not eid:
        add_note(notes, f"{field} EID", NoteCode.MISSING)
        eid = None
    elif _is_masked(eid):
        add_note(notes, f"{field} EID", NoteCode.MASKED)
        eid = None
    elif len(eid) > MAX_EID or _ENCOUNTER_NUMBER.fullmatch(eid) is None:
        # A name here means that the parts have shifted by one, and every value would be wrong.
        raise _bad_encounter(number, "The encounter does not begin with an encounter number.")

    names: list[str] = []
    for column, text in zip(("LAST", "FIRST", "MIDDLE"), parts[1:4], strict=True):
        if _is_masked(text):
            add_note(notes, f"{field} {column}", NoteCode.MASKED)
            text = ""
        names.append(text)
    return Encounter(
        eid=eid,
        last=names[0],
        first=names[1],
        middle=names[2],
        dob=read_dob(f"{field} DOB", parts[4], today, notes),
        pob=parts[5],
        sex=read_sex(f"{field} SEX", parts[6], notes),
    )
