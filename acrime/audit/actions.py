"""Writing the ledger. There is no other way into it, and no way to change it."""

import hashlib
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import Enum
from ipaddress import ip_address
from typing import TYPE_CHECKING, Any

import psycopg
from django.conf import settings
from django.core.serializers.json import DjangoJSONEncoder
from django.db import connection
from django.http import HttpRequest

from acrime.audit import events
from acrime.audit.choices import Channel, Outcome
from acrime.audit.models import AuditEvent
from acrime.common import request_ids
from acrime.common.copying import copy_values
from acrime.common.network import source_address

if TYPE_CHECKING:
    from accounts.models import User


@dataclass(frozen=True)
class RequestFacts:
    """What the ledger keeps of a request.

    Attributes:
        source_address: where it came from; a forwarding header counts only as far as
            trusted proxies wrote it.
        session_tag: a hash of the session's key, so that the ledger cannot be used to
            take a session over.
        request_id: as in log lines and in the answer's ``X-Request-ID``.
    """

    source_address: str | None = None
    session_tag: str = ""
    request_id: str = ""


def request_facts(request: HttpRequest) -> RequestFacts:
    """The facts of *request*."""
    key = getattr(getattr(request, "session", None), "session_key", None) or ""
    tag = hashlib.sha256(key.encode()).hexdigest()[:16] if key else ""
    return RequestFacts(_source_address(request), tag, request_ids.current())


def _source_address(request: HttpRequest) -> str | None:
    """None where the peer is no address, such as a socket in the file system."""
    peer = request.META.get("REMOTE_ADDR", "")
    forwarded = request.META.get("HTTP_X_FORWARDED_FOR", "")
    found = source_address(peer, forwarded, settings.TRUSTED_PROXIES)
    try:
        return str(ip_address(found))
    except ValueError:
        return None


@dataclass(frozen=True)
class Companion:
    """A statement that is carried out in one with an event's, and may name ``event.id``."""

    sql: str
    values: Sequence[Any]


Accompany = Callable[[AuditEvent, "User"], Companion | None]

_accompany: Accompany | None = None


def goes_along(function: Accompany) -> Accompany:
    """Register what says of each event, before it is written, what goes along with it.

    It is asked of everything that somebody does, so no look can leave it out (the alerts room).
    """
    global _accompany
    if _accompany is not None:
        raise ValueError("Something goes along with events already.")
    _accompany = function
    return function


def record_event(
    *,
    kind: str,
    actor: "User | None",
    at: datetime,
    channel: Channel,
    outcome: Outcome = Outcome.DONE,
    record_id: int | None = None,
    record_number: str = "",
    purpose: str = "",
    criteria: Mapping[str, Any] | None = None,
    matched_ids: Iterable[int] = (),
    displayed_ids: Iterable[int] = (),
    details: Mapping[str, Any] | None = None,
    facts: RequestFacts | None = None,
) -> AuditEvent:
    """Append one event, in the caller's transaction or in one of its own.

    If it cannot be written the caller fails, and with it the act or the look. What is to be
    done because of it (owners told of a look) is written by the same statement. Without
    *facts*, as in background work, the id is that of the task.

    Raises:
        KeyError: *kind* is not declared in an ``events.py``.
    """
    event = _event(
        kind=kind,
        actor=actor,
        at=at,
        channel=channel,
        outcome=outcome,
        said=Said(record_id, record_number, details or {}),
        facts=facts,
    )
    event.purpose = purpose
    event.criteria = dict(criteria or {})
    event.matched_ids = list(matched_ids)
    event.displayed_ids = list(displayed_ids)
    _insert(event, _accompany(event, actor) if _accompany and actor else None)
    return event


@dataclass(frozen=True)
class Said:
    """What one of several events of a kind says for itself."""

    record_id: int | None = None
    record_number: str = ""
    details: Mapping[str, Any] = field(default_factory=dict)


def record_events(
    *,
    kind: str,
    actor: "User | None",
    at: datetime,
    channel: Channel,
    each: Sequence[Said],
    outcome: Outcome = Outcome.DONE,
    facts: RequestFacts | None = None,
) -> None:
    """Append many events of one kind in the caller's transaction; as ``record_event`` for each.

    Those with which nothing goes along are written in one statement, after the others.

    Raises:
        KeyError: *kind* is not declared in an ``events.py``.
    """
    event = _event(
        kind=kind, actor=actor, at=at, channel=channel, outcome=outcome, said=Said(), facts=facts
    )
    alike = _values(event)
    rows = []
    for said in each:
        # One event says what differs of each: making an event anew costs more than writing it.
        event.pk, event.record_id = None, said.record_id
        event.record_number, event.details = said.record_number, dict(said.details)
        companion = _accompany(event, actor) if _accompany and actor else None
        if companion is not None or len(each) == 1:
            _insert(event, companion)
            continue
        rows.append(values := [*alike])
        for place in _OF_EACH:
            values[place] = _plain(getattr(event, _COLUMNS[place].attname))
    if rows:
        copy_values(AuditEvent, _COLUMNS, rows)


def _event(
    *,
    kind: str,
    actor: "User | None",
    at: datetime,
    channel: Channel,
    outcome: Outcome,
    said: Said,
    facts: RequestFacts | None,
) -> AuditEvent:
    facts = facts or RequestFacts()
    return AuditEvent(
        kind=events.kind(kind).name,
        occurred_at=at,
        actor=actor,
        actor_name=actor.get_username() if actor else "",
        channel=channel,
        outcome=outcome,
        record_id=said.record_id,
        record_number=said.record_number,
        details=dict(said.details),
        source_address=facts.source_address,
        session_tag=facts.session_tag,
        request_id=facts.request_id or request_ids.current(),
    )


_JSON = DjangoJSONEncoder()
# Everything but what the database itself fills in.
_COLUMNS = tuple(
    field for field in AuditEvent._meta.concrete_fields if field.name not in ("id", "written_at")
)
_OF_EACH = [
    place
    for place, field in enumerate(_COLUMNS)
    if field.name in ("record_id", "record_number", "details")
]
# Written out once, and prepared: putting the same statement together and planning it for every
# look costs more than carrying it out.
# Types without their lengths: a cast would cut what is too long, which has to fail.
_TYPES = tuple(str(field.db_type(connection)).partition("(")[0] for field in _COLUMNS)
_INSERT = (
    f"INSERT INTO audit_event ({', '.join(str(field.column) for field in _COLUMNS)}) VALUES "  # noqa: S608
    f"({', '.join(f'%s::{type_}' for type_ in _TYPES)}) "
    "RETURNING id, written_at"
)
_INSERT_WITH = "WITH event AS ({}), companion AS ({}) SELECT id, written_at FROM event"


def _insert(event: AuditEvent, companion: Companion | None) -> None:
    values = _values(event)
    statement = _INSERT
    if companion is not None:
        statement = _INSERT_WITH.format(_INSERT, companion.sql)
        values += companion.values
    with connection.cursor() as cursor, connection.wrap_database_errors:
        # Prepared at once: it is sent more often than any other.
        prepared = psycopg.Cursor(cursor.connection)
        written = prepared.execute(statement, values, prepare=True).fetchone()
    assert written is not None
    event.pk, event.written_at = written
    event._state.adding = False
    event._state.db = connection.alias


def _values(event: AuditEvent) -> list[Any]:
    return [_plain(getattr(event, field.attname)) for field in _COLUMNS]


def _plain(value: Any) -> Any:
    if isinstance(value, dict):
        return _JSON.encode(value) if value else "{}"
    return str(value) if isinstance(value, Enum) else value
