"""What came back, read: an acknowledgement, a response as others have it, or neither. Pure.

An acknowledgement is plain text that begins with the word, or JSON::

    ACKNOWLEDGEMENT                     {"reference": "IAR-2026-7K3M-9QX4-requester",
    REFERENCE: IAR-2026-7K3M-9QX4        "received_at": "2026-11-20T15:04:05Z",
    RECEIVED: 2026-11-20T15:04:05Z       "receipt": "A-17"}
    RECEIPT: A-17

``REFERENCE`` is the key of the copy, the number of the response or of the query, or the control
number of the fingerprint transaction.
"""

import json
import re
from dataclasses import dataclass

from acrime.iaq.message import parse_message
from acrime.iaq.parsed import MessageRefused
from acrime.iar.choices import ReplySort
from acrime.iar.combined import read_combined
from acrime.iar.reading import NotAResponse, read_response

MAX_BYTES = 1_048_576
"""Largest reply that is read, in bytes (1 MiB); a larger one is kept and waits for a person."""

_WORD = re.compile(r"\s*ACKNOWLEDGE?MENT\b", re.IGNORECASE)
_LINE = re.compile(r"^\s*(REFERENCE|RECEIVED|RECEIPT)\s*:[ \t]*([^\r\n]*)\r?$", re.MULTILINE)
_REFERENCE = re.compile(r"[A-Za-z0-9-]{1,60}")
_RECEIPT = re.compile(r"[\x20-\x7e]{1,200}")


@dataclass(frozen=True, slots=True, repr=False)
class ReadReply:
    """What a reply says. Its ``repr`` holds no value.

    Attributes:
        references: by what it may be matched, the surest first.
        receipt: what the receiver says for proof: its own receipt and time.
        text: of an echo, our response in it.
        problem: why it could not be read.
    """

    sort: ReplySort
    references: tuple[str, ...] = ()
    receipt: str = ""
    text: str = ""
    problem: str = ""

    @property
    def reference(self) -> str:
        """The first of the references, or blank."""
        return self.references[0] if self.references else ""


def read_reply(raw: bytes) -> ReadReply:
    """What *raw* is and says; whatever it is, this answers and does not raise."""
    if len(raw) > MAX_BYTES:
        return _unreadable("It is larger than is read.")
    if not raw.strip():
        return _unreadable("It is empty.")
    text = raw.decode("utf-8", errors="backslashreplace")
    if _WORD.match(text):
        found = {key.upper(): value.strip() for key, value in _LINE.findall(text)}
        return _acknowledgement(
            found.get("REFERENCE", ""), found.get("RECEIPT", ""), found.get("RECEIVED", "")
        )
    if text.lstrip().startswith("{"):
        return _from_json(text)
    return _echo(text)


def _from_json(text: str) -> ReadReply:
    try:
        data = json.loads(text)
    except (ValueError, RecursionError):
        return _unreadable("It begins as JSON and is none.")
    if not isinstance(data, dict):
        return _unreadable("It is JSON without a reference.")
    said = {key: data.get(key, "") for key in ("reference", "receipt", "received_at", "message")}
    if not all(isinstance(value, str) for value in said.values()):
        return _unreadable("A value of the JSON is not text.")
    if said["message"]:
        return _echo(said["message"])
    return _acknowledgement(said["reference"], said["receipt"], said["received_at"])


def _acknowledgement(reference: str, receipt: str, received: str) -> ReadReply:
    if _REFERENCE.fullmatch(reference) is None:
        return _unreadable("The acknowledgement names no reference.")
    proof = "; ".join(
        f"{label} {value}"
        for label, value in (("receipt", receipt), ("received", received))
        if _RECEIPT.fullmatch(value)
    )
    return ReadReply(ReplySort.ACKNOWLEDGEMENT, references=(reference,), receipt=proof)


def _echo(text: str) -> ReadReply:
    combined = read_combined(text)
    response = combined.response or ("" if combined.fields else text)
    try:
        read = read_response(response)
    except NotAResponse:
        return ReadReply(
            ReplySort.UNREADABLE,
            references=_usable(combined.control_numbers),
            problem="There is neither an acknowledgement nor a status response in it.",
        )
    references = (
        read.query_id,
        read.amends.number if read.amends else "",
        *combined.control_numbers,
        _transaction_of(response),
    )
    return ReadReply(ReplySort.ECHO, references=_usable(references), text=response)


def _transaction_of(response: str) -> str:
    """The control number in the query that the response echoes."""
    try:
        return parse_message(response.encode("ascii", errors="replace")).tcn or ""
    except MessageRefused:
        return ""


def _usable(references: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(each for each in references if _REFERENCE.fullmatch(each)))


def _unreadable(problem: str) -> ReadReply:
    return ReadReply(ReplySort.UNREADABLE, problem=problem)
