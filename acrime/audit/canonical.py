"""The canonical form of an event: the bytes that a seal vouches for.

PostgreSQL's own binary form of a row of values: how many there are, then of each its type,
its length and its bytes. Nothing in it depends on a session's settings, and no two rows
share one form. The expression that makes it stands here and not in a function of the
database, which whoever owns the database could change together with a row.

An entry is what a seal keeps of one event, 48 bytes: the id, the moment (microseconds since
2000-01-01 UTC), and the SHA-256 of everything else. So an event that has taken another's
place can be told from one that was changed.

Whether all is well is seen faster: the forms of all events under a seal are hashed in one
piece. Only where that fails are events looked at one by one.

This module knows neither Django nor the database, so that an export can be checked with
nothing but Python.
"""

import hashlib
import struct
import uuid
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from ipaddress import ip_address, ip_interface
from typing import Any

# Which form a seal was made with; a change of COLUMNS is another form. The first one hashed the
# same forms of events in another way.
FORM = 2
FORMS = (1, FORM)

_EPOCH = datetime(2000, 1, 1, tzinfo=UTC)


def _int8(raw: bytes) -> int:
    value: int = struct.unpack(">q", raw)[0]
    return value


def _text(raw: bytes) -> str:
    return raw.decode()


def _moment(raw: bytes) -> str:
    return moment_text(_int8(raw))


def _json(raw: bytes) -> str:
    if raw[:1] != b"\x01":
        raise ValueError("This version of jsonb is not known.")
    return raw[1:].decode()


def _ids(raw: bytes) -> list[int]:
    dimensions, _, _ = struct.unpack_from(">iiI", raw)
    if dimensions == 0:
        return []
    (length,) = struct.unpack_from(">i", raw, 12)
    return [_int8(raw[at + 4 : at + 12]) for at in range(20, 20 + 12 * length, 12)]


def _address(raw: bytes) -> str:
    _, bits, _, length = struct.unpack_from("4B", raw)
    address = ip_address(raw[4 : 4 + length])
    return str(address if bits == address.max_prefixlen else ip_interface((address, bits)))


def _uuid(raw: bytes) -> str:
    return str(uuid.UUID(bytes=raw))


# Name, SQL, and how the bytes are read again. Types are written out, so that a column that is
# made wider keeps its form. The first two are the entry's own.
COLUMNS: tuple[tuple[str, str, Callable[[bytes], Any]], ...] = (
    ("id", "id", _int8),
    ("occurred_at", "occurred_at", _moment),
    ("xid", "xid", _int8),
    ("written_at", "written_at", _moment),
    ("kind", "kind::text", _text),
    ("actor_id", "actor_id", _int8),
    ("actor_name", "actor_name::text", _text),
    ("channel", "channel::text", _text),
    ("outcome", "outcome::text", _text),
    ("record_id", "record_id", _int8),
    ("record_number", "record_number::text", _text),
    ("purpose", "purpose::text", _text),
    ("criteria", "criteria", _json),
    ("matched_ids", "matched_ids", _ids),
    ("displayed_ids", "displayed_ids", _ids),
    ("details", "details", _json),
    ("source_address", "source_address", _address),
    ("session_tag", "session_tag::text", _text),
    ("request_id", "request_id::text", _text),
    # Random, so that what an event held cannot be guessed from its digest.
    ("salt", "salt", _uuid),
)
# Named with their schema: whoever owns the database could put functions of his own before them.
EXPRESSION = f"pg_catalog.record_send(ROW({', '.join(sql for _, sql, _ in COLUMNS)}))"

ENTRY_BYTES = 48
_HEAD = struct.Struct(">qq")
# Where id and moment lie in a canonical form, and where the rest begins.
_ID, _MOMENT, _REST = slice(12, 20), slice(28, 36), 36

_sha256 = hashlib.sha256

# What is hashed as one kind of thing is never taken for another.
_CONTENT = b"content\0"
CONTENT_EXPRESSION = (
    # In hexadecimal, which reads the same whatever a session takes a backslash for.
    f"pg_catalog.encode(pg_catalog.sha256(pg_catalog.decode('{_CONTENT.hex()}', 'hex') || "
    f"pg_catalog.string_agg({EXPRESSION}, ''::bytea ORDER BY xid, id)), 'hex')"
)
"""What ``content_of`` computes, where the events are: none of them has to be carried away."""


def entry_of(canonical: bytes) -> bytes:
    """The 48 bytes that a seal keeps of an event."""
    return canonical[_ID] + canonical[_MOMENT] + _sha256(canonical[_REST:]).digest()


def entries_of(rows: Iterable[tuple[bytes]]) -> bytes:
    """The entries of a query's rows, one after the other."""
    return b"".join([entry_of(row) for (row,) in rows])


def content_of(rows: Sequence[tuple[bytes]]) -> str:
    """One digest over all that a query's rows hold, in hexadecimal.

    A form tells its own length, so that the forms cannot be cut in another way.
    """
    return _sha256(_CONTENT + b"".join([row for (row,) in rows])).hexdigest()


@dataclass(frozen=True)
class Entry:
    """What a seal keeps of one event."""

    id: int
    microseconds: int
    digest: bytes

    @property
    def when(self) -> str:
        """When it happened, in UTC, to the microsecond."""
        return moment_text(self.microseconds)


def entries_in(packed: bytes) -> Iterator[Entry]:
    """The entries of *packed*.

    Raises:
        ValueError: its length is no whole number of entries.
    """
    if len(packed) % ENTRY_BYTES:
        raise ValueError("These are no whole entries.")
    for at in range(0, len(packed), ENTRY_BYTES):
        number, moment = _HEAD.unpack_from(packed, at)
        yield Entry(number, moment, packed[at + 16 : at + ENTRY_BYTES])


def readable(canonical: bytes) -> dict[str, Any]:
    """The values in *canonical* by their names; JSON columns as their exact text.

    Raises:
        ValueError: these bytes are no canonical form.
    """
    try:
        (count,) = struct.unpack_from(">i", canonical)
        if count != len(COLUMNS):
            raise ValueError("Another number of values was expected.")
        at, found = 4, {}
        for name, _, read in COLUMNS:
            (length,) = struct.unpack_from(">i", canonical, at + 4)
            at += 8
            raw = canonical[at : at + max(length, 0)]
            if len(raw) != max(length, 0):
                raise ValueError("The last value is cut off.")
            found[name] = None if length < 0 else read(raw)
            at += len(raw)
    except struct.error:
        raise ValueError("These bytes are no canonical form.") from None
    if at != len(canonical):
        raise ValueError("Something follows the last value.")
    return found


def moment_of(canonical: bytes) -> int:
    """When the event happened, in microseconds since 2000-01-01 UTC."""
    return int.from_bytes(canonical[_MOMENT], "big", signed=True)


def moment_text(microseconds: int) -> str:
    """``2026-11-20T15:00:00.000000Z`` for microseconds since 2000-01-01 UTC.

    What a database may hold and a calendar of four-digit years does not is told as a number.
    """
    try:
        moment = _EPOCH + timedelta(microseconds=microseconds)
    except OverflowError:
        return f"{microseconds} microseconds from 2000-01-01"
    return f"{moment:%Y-%m-%dT%H:%M:%S}.{moment.microsecond:06}Z"


def microseconds_of(moment: datetime) -> int:
    """Microseconds since 2000-01-01 UTC."""
    return (moment - _EPOCH) // timedelta(microseconds=1)
