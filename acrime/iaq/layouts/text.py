"""The text layout of a query: the query part of the published combined response.

An optional banner, an optional ``IAQ RECEIVED`` line, then ``TAG/value`` fields in any order with
``REM/`` last, and an optional line that says where the query ends. What follows that line is the
response and is never read. A state's own query may also come in the older form of the message
switch, with the sender in its heading and a period after each field. Field sizes and codes are
those of the public Nlets IAQ description and of EBTS.

Three rules hold for every layout.

* A value that cannot be used is set aside: its typed value is empty, a ``Note`` says why, and
  ``ParsedMessage.fields`` still has it as received. Nothing is repaired without a note.
* A message is refused only when it cannot be read as one query, when the law that applies cannot
  be told (the purpose), or when there is nobody to answer (the ORI) or to look for (name and date
  of birth absent altogether).
* Explanations never hold a received value, so they may be logged, shown and sent back.
"""

import re
from datetime import date
from types import MappingProxyType

from acrime.iaq.parsed import (
    EXPECTED_TAGS,
    FIELD_SIZES,
    MAX_BYTES,
    MAX_RECEIVED_TEXT,
    REQUIRED_TAGS,
    TAGS,
    Layout,
    MessageRefused,
    Note,
    NoteCode,
    ParsedMessage,
    RefusalCode,
    add_note,
)
from acrime.iaq.values import (
    RECEIVED,
    check_size,
    read_a_number,
    read_arresting_ori,
    read_custody,
    read_dob,
    read_encounters,
    read_identifier,
    read_name,
    read_offense,
    read_ori,
    read_pob,
    read_purpose,
    read_received,
    read_sex,
    read_sids,
    read_ssn,
    read_tcn,
    read_unmasked,
)


def read_text(raw: bytes, *, received_on: date | None = None) -> ParsedMessage:
    """Read one query in the text layout.

    Args:
        raw: the message as it came over the line.
        received_on: the day of receipt (Eastern), used to place two-digit birth years and to notice
            birth dates in the future when the message does not print its own receiving time.

    Raises:
        MessageRefused: with a stable code and the field, for every input that is not one query.
    """
    text, switched = _switch_form(_one_line(raw))
    fields, received_text = split_fields(_query_part(text))
    notes: list[Note] = []
    if switched:
        add_note(notes, "ORI", NoteCode.SWITCH_FORM)
    return typed(fields, received_text, received_on=received_on, notes=notes)


def typed(
    fields: dict[str, str],
    received_text: str,
    *,
    received_on: date | None,
    notes: list[Note],
    layout: Layout = Layout.TEXT,
) -> ParsedMessage:
    """The values of a query from its fields, whatever layout they came in.

    Args:
        fields: tag to value, blanks and line breaks read as one space.
        received_text: the receiving time as printed, or empty.
        notes: what was noted so far; more is added.

    Raises:
        MessageRefused: as above.
    """
    received_local = read_received(received_text, notes)
    today = received_local.date() if received_local else received_on

    for tag in REQUIRED_TAGS:
        if not fields.get(tag):
            raise MessageRefused(
                RefusalCode.MISSING_FIELD, tag, f"The field {tag} is absent or blank."
            )
    for tag in fields:
        if tag not in TAGS:
            add_note(notes, tag, NoteCode.UNKNOWN_FIELD)
    for tag in EXPECTED_TAGS:
        if not fields.get(tag):
            add_note(notes, tag, NoteCode.MISSING)
    for tag, size in FIELD_SIZES.items():
        check_size(tag, fields.get(tag, ""), size)

    tcn = read_tcn(fields.get("REM", ""), notes)
    return ParsedMessage(
        fields=MappingProxyType(fields),
        ori=read_ori(fields["ORI"]),
        atn=fields["ATN"],
        arresting_ori=read_arresting_ori(fields["ATN"], notes),
        phn=read_unmasked("PHN", fields, notes),
        name=read_name(fields["NAM"], notes),
        dob=read_dob("DOB", fields["DOB"], today, notes),
        sex=read_sex("SEX", fields.get("SEX", ""), notes),
        pob=read_pob(fields.get("POB", ""), notes),
        cus=read_custody(fields.get("CUS", ""), notes),
        off=read_offense(fields.get("OFF", ""), notes),
        pur=read_purpose(fields["PUR"], notes),
        fbi=read_identifier("FBI", fields, notes),
        arn=read_a_number(fields, notes),
        soc=read_ssn(fields, notes),
        sid=read_sids(fields, notes),
        oln=read_identifier("OLN", fields, notes),
        rem=fields.get("REM", ""),
        tcn=tcn,
        encounters=read_encounters(fields.get("REM", ""), today, notes),
        received_text=received_text,
        received_local=received_local,
        notes=tuple(notes),
        tot=fields.get("TOT", "").upper(),
        rfp=fields.get("RFP", "").upper(),
        layout=layout,
    )


def level_lines(raw: bytes) -> bytes:
    """The bytes with only what lines lose or gain on the way levelled.

    Line endings become LF, blanks and tabs at the end of lines and empty lines at the end of the
    message go. Works on any bytes, so that a refused message that comes twice is found too.
    """
    lines = raw.replace(b"\r\n", b"\n").replace(b"\r", b"\n").split(b"\n")
    return b"\n".join(line.rstrip(b" \t") for line in lines).rstrip(b"\n")


def printed_lines(raw: bytes) -> tuple[str, ...]:
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

_END = "QUERY MESSAGE TEXT ENDS"
_END_LINE = re.compile(r"QUERY\s+MESSAGE\s+TEXT\s+ENDS")
_TAG = re.compile(r"(?:^|(?<= ))([A-Z]{3})/")
_FIRST_TAG = re.compile(r"(?:^|(?<=\s))[A-Z]{3}/")


def _no_header() -> MessageRefused:
    return MessageRefused(
        RefusalCode.NO_HEADER, "", "The text does not begin as an immigration status query."
    )


def split_text(text: str) -> tuple[dict[str, str], str]:
    """Fields and receiving time of *text* in the plain form of the layout.

    Raises:
        MessageRefused: it is not one query.
    """
    return split_fields(_query_part(_one_line(text.encode())))


# The older form: message key, sender, the two letters of the support center, a control field
# that may be left out, and TXT; every field but the last ends with a period.
_SWITCH_HEADING = re.compile(r"IAQ\.([A-Z0-9]{9})\.AX\.(?:[^. ]{1,10}\.)?TXT\.? ")
_SWITCH_PERIOD = re.compile(rf"\. ?(?=(?:{'|'.join(sorted(TAGS))})/)")


def _switch_form(text: str) -> tuple[str, bool]:
    """The text in the plain form, and whether it came in the older form of the switch."""
    heading = _SWITCH_HEADING.match(text)
    if heading is None:
        return text, False
    # Nothing after REM/ is a field, so its periods are its own.
    fields, remarks, said = text[heading.end() :].partition("REM/")
    rest = f"{_SWITCH_PERIOD.sub(' ', fields)}{remarks}{said}"
    return f"ORI/{heading.group(1)} {rest.rstrip(' .')}", True


def _query_part(text: str) -> str:
    if text.count(RECEIVED) > 1:
        raise MessageRefused(
            RefusalCode.SEVERAL_QUERIES,
            RECEIVED,
            "There is more than one receiving line; send one query a message.",
        )
    before, _, _ = text.partition(_END)
    return before.rstrip(" *")


def split_fields(query: str) -> tuple[dict[str, str], str]:
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
    received = rest.startswith(RECEIVED)
    if received:
        rest = rest.removeprefix(RECEIVED).removeprefix(":").strip()
        check_size(RECEIVED, rest, MAX_RECEIVED_TEXT)
        return rest, True
    if rest:
        raise _no_header()
    return "", banner
