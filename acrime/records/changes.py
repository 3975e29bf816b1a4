"""What changed in a record, field by field, and in which act.

The readable change history (django-auditlog) knows fields, the ledger knows acts. Both were
written in one transaction, so each change is shown with its act: its time and its person are
the act's. A change without an act of its own is shown by itself. The rooms above register
which of their rows belong to a record, and which of them a reader may know of.
"""

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from itertools import islice
from typing import Any
from zoneinfo import ZoneInfo

from auditlog.models import LogEntry
from django.contrib.contenttypes.models import ContentType
from django.core.exceptions import FieldDoesNotExist
from django.db.models import (
    BooleanField,
    DateField,
    DateTimeField,
    Field,
    Model,
    Q,
    QuerySet,
)
from django.utils.dateparse import parse_date, parse_datetime

from accounts.models import User
from acrime.audit import events
from acrime.audit.choices import Outcome
from acrime.audit.entries import Written, entries_written, events_written
from acrime.audit.masking import constant
from acrime.audit.models import AuditEvent
from acrime.records.history import acts_on, by_whom
from acrime.records.models import Record, RecordSubject

SHOWN = 200
"""How many of the latest acts and how many of the latest changes are shown."""

EASTERN = ZoneInfo("America/New_York")
MASKED = constant("")
NOTHING = "nothing"
# An act's transaction began before the act was written.
LONGEST_TRANSACTION = timedelta(hours=1)


@dataclass(frozen=True)
class Part:
    """Rows that belong to a record: what a reader calls them, and those the reader may know of."""

    label: str
    rows: "QuerySet[Any, Any]"


@dataclass(frozen=True)
class Contents:
    """What a room says of a record: its rows, and kinds of acts that the reader may not know of."""

    parts: Sequence[Part]
    hidden_acts: Collection[str] = ()


Teller = Callable[[Record, User], Contents]

_tellers: dict[str, Teller] = {}


def contents_of(kind: str) -> Callable[[Teller], Teller]:
    """Register what tells the contents of records of *kind*; a room above registers itself."""

    def register(function: Teller) -> Teller:
        if kind in _tellers:
            raise ValueError(f"Records of kind {kind} tell their contents already.")
        _tellers[kind] = function
        return function

    return register


@dataclass(frozen=True)
class FieldChange:
    """One field: what it said before and what it says since. Personal values are masked."""

    label: str
    before: str
    after: str
    masked: bool = False


@dataclass(frozen=True)
class PartChange:
    """What happened to one row of the record."""

    part: str
    verb: str
    fields: Sequence[FieldChange] = ()
    masked: Sequence[str] = ()


@dataclass(frozen=True)
class Act:
    """One act on the record, and all that it changed."""

    at: datetime
    title: str
    by: str
    refused: bool = False
    changes: list[PartChange] = field(default_factory=list)


@dataclass(frozen=True)
class History:
    """The acts, latest first, and whether older ones are left out."""

    acts: Sequence[Act]
    cut: bool


def history_of(record: Record, reader: User) -> History:
    """What was done with *record* and what it changed, as far as *reader* may know.

    Acts of OPR are never among it, and neither are drafts of others.
    """
    teller = _tellers.get(record.kind)
    contents = teller(record, reader) if teller else Contents(())
    parts = [*_envelope(record, reader), *contents.parts]
    found = list(acts_on(record, without=contents.hidden_acts)[: SHOWN + 1])
    entries, labels = _entries(parts)
    acts = {
        event.pk: Act(
            at=event.occurred_at,
            title=events.kind(event.kind).wording,
            by=by_whom(event),
            refused=event.outcome != Outcome.DONE,
        )
        for event in found[:SHOWN]
    }
    alone: list[Act] = []
    homes = _homes(entries[:SHOWN], found[:SHOWN])
    # Oldest first, so that what an act changed stands in the order in which it was changed.
    for entry in reversed(entries[:SHOWN]):
        change = _change(entry, labels)
        home = homes.get(entry.pk)
        if home is not None:
            acts[home].changes.append(change)
        else:
            by = entry.actor.full_name if entry.actor else "The portal"
            alone.append(Act(at=entry.timestamp, title=change.part, by=by, changes=[change]))
    every = sorted([*acts.values(), *reversed(alone)], key=lambda act: act.at, reverse=True)
    return History(every, cut=len(found) > SHOWN or len(entries) > SHOWN)


def _envelope(record: Record, reader: User) -> list[Part]:
    """The envelope itself, and links whose other end the reader sees too."""
    visible = Record.objects.visible_to(reader).values("pk")
    links = RecordSubject.objects.filter(
        Q(record=record, individual_id__in=visible) | Q(individual_id=record.pk, record__in=visible)
    )
    return [
        Part("Record", Record.objects.filter(pk=record.pk)),
        Part("Link between record and individual", links),
    ]


def _entries(parts: Iterable[Part]) -> tuple[list[LogEntry], Mapping[tuple[int, int], str]]:
    """Entries about the rows of *parts*, latest first, and how each row is called."""
    wanted = Q(pk__in=[])
    labels: dict[tuple[int, int], str] = {}
    for part in parts:
        kind = ContentType.objects.get_for_model(part.rows.model)
        ids = list(part.rows.values_list("pk", flat=True))
        labels |= {(kind.pk, pk): part.label for pk in ids}
        if ids:
            wanted |= Q(content_type=kind, object_id__in=ids)
    entries = LogEntry.objects.filter(wanted).select_related("actor", "content_type")
    return list(entries.order_by("-pk")[: SHOWN + 1]), labels


def _homes(entries: Sequence[LogEntry], acts: Sequence[AuditEvent]) -> dict[int, int]:
    """The act that each entry belongs to, by their ids.

    It is the first act written after the entry in the same transaction, else the last one
    before it: an action changes rows and then writes its event.
    """
    if not entries or not acts:
        return {}
    since = min(act.occurred_at for act in acts) - LONGEST_TRANSACTION
    by_transaction: dict[int, list[tuple[datetime, int]]] = {}
    for pk, written in events_written([act.pk for act in acts], since=since).items():
        by_transaction.setdefault(written.transaction, []).append((written.at, pk))
    homes = {}
    for pk, written in entries_written([entry.pk for entry in entries]).items():
        if together := sorted(by_transaction.get(written.transaction, ())):
            homes[pk] = _nearest(written, together)
    return homes


def _nearest(written: Written, together: Sequence[tuple[datetime, int]]) -> int:
    following = (pk for at, pk in together if at >= written.at)
    return next(islice(following, 1), together[-1][1])


_ABBREVIATIONS = {"id": "ID", "ori": "ORI", "sha256": "SHA-256"}
_VERBS = {
    LogEntry.Action.CREATE: "entered",
    LogEntry.Action.UPDATE: "changed",
    LogEntry.Action.DELETE: "removed",
}


def _change(entry: LogEntry, labels: Mapping[tuple[int, int], str]) -> PartChange:
    model = entry.content_type.model_class()
    part = labels[entry.content_type_id, entry.object_id]
    fields, masked = [], []
    for change in _field_changes(model, entry.changes or {}):
        # Of a new row the masked fields have nothing to tell but that there are any.
        if change.masked and entry.action == LogEntry.Action.CREATE:
            masked.append(change.label)
        else:
            fields.append(change)
    return PartChange(part, _VERBS.get(entry.action, "changed"), fields, masked)


def _field_changes(
    model: type[Model] | None, changes: Mapping[str, Sequence[str]]
) -> Iterator[FieldChange]:
    for name, values in sorted(changes.items()):
        described = _field(model, name)
        if described is not None and (described.primary_key or described.one_to_one):
            continue
        before, after = (_in_words(described, value) for value in values[:2])
        if before != after or MASKED in values:
            label = _label(described, name)
            yield FieldChange(label, before, after, masked=MASKED in values)


def _field(model: type[Model] | None, name: str) -> "Field[Any, Any] | None":
    if model is None:
        return None
    try:
        found = model._meta.get_field(name)
    except FieldDoesNotExist:
        return None
    return found if isinstance(found, Field) else None


def _label(described: "Field[Any, Any] | None", name: str) -> str:
    words = str(described.verbose_name) if described is not None else name.replace("_", " ")
    spelled = " ".join(_ABBREVIATIONS.get(word, word) for word in words.split())
    return spelled[:1].upper() + spelled[1:]


def _in_words(described: "Field[Any, Any] | None", value: str | None) -> str:
    """*value* as the history keeps it, in a reader's words."""
    if value in (None, "None", "", "[]", "{}"):
        return NOTHING
    if described is None:
        return str(value)
    text = str(value)
    if described.choices:
        return str(dict(described.flatchoices).get(text, text))
    if isinstance(described, BooleanField):
        return {"True": "yes", "False": "no"}.get(text, text)
    if isinstance(described, DateTimeField):
        return _moment(text)
    if isinstance(described, DateField):
        day = parse_date(text)
        return f"{day:%b} {day.day}, {day.year}" if day else text
    return text


def _moment(text: str) -> str:
    """A moment as the history keeps it, in UTC without saying so, in portal time."""
    moment = parse_datetime(text)
    if moment is None:
        return text
    local = (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).astimezone(EASTERN)
    return f"{local:%b} {local.day}, {local.year} {local:%H:%M} {local:%Z}"
