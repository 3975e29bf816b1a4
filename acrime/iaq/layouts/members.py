"""The JSON layout of a query: one object, a member for each field of the text layout.

``{"RECEIVED": "…", "ORI": "…", "ATN": "…", … "REM": "…"}``: names are the tags, values are strings
as they stand in the text, the encounters inside ``REM`` as there. ``iaq.schema.json`` describes it.
What is wrong is told with the JSON pointer of the member.

A query in JSON must be the same query when it is printed, because the answer repeats it as text:
a value that the text layout would read as the beginning of another field is refused.
"""

import json
import re
from datetime import date
from pathlib import Path
from typing import Any

from acrime.iaq.layouts.recognition import BYTE_ORDER_MARK
from acrime.iaq.layouts.text import split_text, typed
from acrime.iaq.parsed import (
    MAX_BYTES,
    MAX_RECEIVED_TEXT,
    TAGS,
    Layout,
    MessageRefused,
    ParsedMessage,
    RefusalCode,
)
from acrime.iaq.values import RECEIVED, check_size

RECEIVED_MEMBER = "RECEIVED"

ORDER = (
    *("ORI", "ATN", "PHN", "NAM", "DOB", "CUS", "OFF", "PUR", "POB", "SEX"),
    *("FBI", "ARN", "SOC", "SID", "OLN", "TOT", "RFP"),
)
"""The order in which the fields are printed; REM follows them."""

MEMBERS = (RECEIVED_MEMBER, *ORDER, "REM")

SCHEMA: dict[str, dict[str, Any]] = json.loads(
    (Path(__file__).resolve().parent / "iaq.schema.json").read_text("ascii")
)["properties"]
"""What each member is, from the published description."""

_ANY_TAG = re.compile(r"[A-Z]{3}")
_RUNS_ON = re.compile(r"(?:^|\s)[A-Z]{3}/|QUERY MESSAGE TEXT ENDS|IAQ RECEIVED|\*$")
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")


def read_json(raw: bytes, *, received_on: date | None = None) -> ParsedMessage:
    """Read one query in JSON.

    Args:
        raw: the message as it came.
        received_on: as for the text layout.

    Raises:
        MessageRefused: with the JSON pointer of what is wrong as its field.
    """
    fields, received_text = _fields(raw)
    try:
        return typed(fields, received_text, received_on=received_on, notes=[], layout=Layout.JSON)
    except MessageRefused as refusal:
        raise _pointed(refusal) from None


def as_text(raw: bytes) -> str:
    """The same query in the text layout, one field a line, in a fixed order.

    Raises:
        MessageRefused: it is no object of fields.
    """
    return _printed(*_fields(raw))


def _fields(raw: bytes) -> tuple[dict[str, str], str]:
    """Each tag with its value, blanks read as one space, and the receiving time."""
    fields = {name: _text(name, value) for name, value in _object(raw)}
    received_text = fields.pop(RECEIVED_MEMBER, "")
    if not any(tag in TAGS for tag in fields):
        raise MessageRefused(
            RefusalCode.NO_HEADER, "", "The object has no field of an immigration status query."
        )
    try:
        check_size(RECEIVED, received_text, MAX_RECEIVED_TEXT)
    except MessageRefused as refusal:
        raise _pointed(refusal) from None
    _must_print(fields, received_text)
    return fields, received_text


def _object(raw: bytes) -> list[tuple[str, Any]]:
    if len(raw) > MAX_BYTES:
        raise MessageRefused(
            RefusalCode.TOO_LARGE, "", f"The message is larger than {MAX_BYTES} bytes."
        )
    try:
        text = raw.removeprefix(BYTE_ORDER_MARK).decode("utf-8")
    except UnicodeDecodeError as error:
        raise MessageRefused(
            RefusalCode.NOT_ASCII,
            "",
            f"There is a byte that is no UTF-8 at byte {error.start + 1}.",
        ) from None
    try:
        # Members come as pairs, so that one that stands there twice is seen.
        pairs = json.loads(text, object_pairs_hook=_Pairs)
    except (ValueError, RecursionError):
        raise MessageRefused(
            RefusalCode.NOT_JSON, "", "The text begins as JSON and is none."
        ) from None
    if not isinstance(pairs, _Pairs):
        raise MessageRefused(RefusalCode.WRONG_TYPE, "", "A query in JSON is one object.")
    seen: set[str] = set()
    for name, _ in pairs:
        if name != RECEIVED_MEMBER and _ANY_TAG.fullmatch(name) is None:
            # The name may be anything that a sender wrote: it is not repeated.
            raise MessageRefused(
                RefusalCode.UNKNOWN_MEMBER, "", "A member's name is no field of a query."
            )
        if name in seen:
            raise MessageRefused(
                RefusalCode.REPEATED_FIELD,
                _pointer(name if name in MEMBERS else ""),
                "The same member stands in the object twice.",
            )
        seen.add(name)
    return list(pairs)


class _Pairs(list[tuple[str, Any]]):
    """The members of an object in their order, repeated ones too."""


def _text(name: str, value: Any) -> str:
    pointer = _pointer(name if name in MEMBERS else "")
    if not isinstance(value, str):
        raise MessageRefused(
            RefusalCode.WRONG_TYPE, pointer, "Every value is a string, as it stands in the text."
        )
    if _CONTROL.search(value):
        raise MessageRefused(
            RefusalCode.CONTROL_CHARACTERS, pointer, "There is a control character in the value."
        )
    if not value.isascii():
        raise MessageRefused(
            RefusalCode.NOT_ASCII, pointer, "There is a character outside 7-bit ASCII in the value."
        )
    return " ".join(value.split())


def _must_print(fields: dict[str, str], received_text: str) -> None:
    """See that the printed query is the same query.

    Raises:
        MessageRefused: it would be read as another one.
    """
    try:
        same = split_text(_printed(fields, received_text)) == (fields, received_text)
    except MessageRefused:
        same = False
    if not same:
        runs_on = (tag for tag in MEMBERS if _RUNS_ON.search(fields.get(tag, "")))
        raise MessageRefused(
            RefusalCode.FIELD_RUNS_ON,
            _pointer(next(runs_on, "")),
            "Printed as text, a value would be read as the beginning of another field.",
        )


def _printed(fields: dict[str, str], received_text: str) -> str:
    others = sorted(fields.keys() - TAGS)
    lines = [f"{RECEIVED}: {received_text}"] if received_text else []
    lines += [f"{tag}/{fields[tag]}" for tag in (*ORDER, *others, "REM") if tag in fields]
    return "\n".join(lines)


def _pointer(name: str) -> str:
    return f"/{name}" if name else ""


def _pointed(refusal: MessageRefused) -> MessageRefused:
    """The refusal of a field as that of its member."""
    field = refusal.field
    if field == RECEIVED:
        field = RECEIVED_MEMBER
    elif field.startswith(("ENCOUNTER", "REM")):
        field = "REM"
    return MessageRefused(RefusalCode(refusal.code), _pointer(field), refusal.explanation)
