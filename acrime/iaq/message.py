"""Reading a message: which layout it is in, and the query that it carries.

``parse_message`` reads the bytes of any layout into typed values (``parsed``, value by value in
``values``), and ``normal_form`` gives the form in which two copies of one message are equal. The
layouts themselves are in ``layouts/``; the three rules that hold for all are in ``layouts/text``.
"""

from datetime import date

from acrime.iaq.layouts import ebts, members, text
from acrime.iaq.layouts.recognition import layout_of
from acrime.iaq.parsed import FBI_CJIS_ORIS, Layout, MessageRefused, ParsedMessage


def parse_message(raw: bytes, *, received_on: date | None = None) -> ParsedMessage:
    """Read one query, in whichever layout it came.

    Args:
        raw: the message as it came.
        received_on: the day of receipt (Eastern), used to place two-digit birth years and to notice
            birth dates in the future when the message does not print its own receiving time.

    Raises:
        MessageRefused: with a stable code and the field (in JSON its pointer), for every input
            that is not one query.
    """
    match layout_of(raw):
        case Layout.EBTS:
            return ebts.read_query(raw, received_on=received_on)
        case Layout.JSON:
            return members.read_json(raw, received_on=received_on)
        case _:
            return text.read_text(raw, received_on=received_on)


def normal_form(raw: bytes) -> bytes:
    """The form in which two copies of one message are equal, for finding repeats.

    Text loses what lines lose or gain on the way. JSON takes the text form of its fields, so that
    neither blanks nor the order of its members matter, and the same query printed that way is the
    same message. An EBTS file is compared byte by byte: what it carries may be an image.
    Works on any bytes, so that a refused message that comes twice is found too.
    """
    layout = layout_of(raw)
    if layout is Layout.EBTS:
        return raw
    if layout is Layout.JSON:
        try:
            return members.as_text(raw).encode("ascii")
        except MessageRefused:
            return text.level_lines(raw)
    return text.level_lines(raw)


def query_text(raw: bytes) -> str:
    """The query of a message in the text layout, for a person to read or to correct.

    Raises:
        MessageRefused: the message carries none.
    """
    match layout_of(raw):
        case Layout.EBTS:
            return ebts.read_file(raw).query
        case Layout.JSON:
            return members.as_text(raw)
        case _:
            return raw.decode("ascii", errors="backslashreplace")


def query_lines(raw: bytes) -> tuple[str, ...]:
    """The query's own lines for the echo in the answer, from its first field to its end.

    Call it with a message that ``parse_message`` accepts.

    Raises:
        MessageRefused: the message carries no query that could be printed.
    """
    if layout_of(raw) is Layout.TEXT:
        return text.printed_lines(raw)
    return text.printed_lines(query_text(raw).encode())


def is_fingerprint_based(parsed: ParsedMessage) -> bool:
    """Whether the query was made from fingerprints (routine use X, and the four-hour clock).

    True when the remarks carry a fingerprint transaction's control number, even a masked one, or
    when FBI CJIS is the sender.
    """
    return "IDSM=" in parsed.rem or parsed.ori in FBI_CJIS_ORIS
