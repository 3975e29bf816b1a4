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

from auditlog.models import LogEntry
from django.contrib.contenttypes.models import ContentType
from django.core.exceptions import FieldDoesNotExist
from django.db.models import (
    BooleanField,
    DateField,
    DateTimeField,
    Field,
    ForeignKey,
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
from acrime.common.eastern import EASTERN
from acrime.records.history import acts_on, by_whom
from acrime.records.models import Record, RecordSubject

SHOWN = 200
"""How many of the latest acts and how many of the latest changes are shown."""

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
    """What somebody did to the record at one moment, and all that it changed."""

    at: datetime
    by: str
    titles: list[str] = field(default_factory=list)
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
    acts = _acts(found[:SHOWN])
    homes = _homes(entries[:SHOWN], found[:SHOWN])
    words = _Words(entries[:SHOWN], reader)
    alone: list[Act] = []
    # Oldest first, so that what an act changed stands in the order in which it was changed.
    for entry in reversed(entries[:SHOWN]):
        change = words.change(entry, labels)
        home = homes.get(entry.pk)
        if home is not None:
            acts[home].changes.append(change)
        else:
            by = entry.actor.full_name if entry.actor else "The portal"
            alone.append(Act(entry.timestamp, by, [change.part], changes=[change]))
    together = {id(act): act for act in acts.values()}
    every = sorted([*together.values(), *reversed(alone)], key=lambda act: act.at, reverse=True)
    return History(every, cut=len(found) > SHOWN or len(entries) > SHOWN)


def _acts(found: Sequence[AuditEvent]) -> dict[int, Act]:
    """The act that each event belongs to: one for what one person did at one moment."""
    acts: dict[int, Act] = {}
    together: dict[tuple[datetime, int | None, bool], Act] = {}
    for event in reversed(found):
        refused = event.outcome != Outcome.DONE
        key = (event.occurred_at, event.actor_id, refused)
        act = together.setdefault(key, Act(event.occurred_at, by_whom(event), refused=refused))
        title = events.kind(event.kind).wording
        if title not in act.titles:
            act.titles.append(title)
        acts[event.pk] = act
    return {event.pk: acts[event.pk] for event in found}


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


class _Words:
    """Says what entries of the history tell in a reader's words.

    Rows that a field points to are named: people and offices by name, records by number,
    and records that the reader may not see not at all.
    """

    def __init__(self, entries: Iterable[LogEntry], reader: User) -> None:
        wanted: dict[type[Model], set[int]] = {}
        for entry in entries:
            for described, values in _described(entry):
                target = _target(described)
                if target is not None:
                    ids = {int(value) for value in values if value.isdecimal()}
                    wanted[target] = wanted.get(target, set()) | ids
        self._names = {model: _names(model, ids, reader) for model, ids in wanted.items()}

    def change(self, entry: LogEntry, labels: Mapping[tuple[int, int], str]) -> PartChange:
        """What happened to one row."""
        part = labels[entry.content_type_id, entry.object_id]
        fields, masked = [], []
        for described, values in _described(entry):
            change = self._field_change(described, values)
            if change is None:
                continue
            # Of a new row the masked fields have nothing to tell but that there are any.
            if change.masked and entry.action == LogEntry.Action.CREATE:
                masked.append(change.label)
            else:
                fields.append(change)
        return PartChange(part, _VERBS.get(entry.action, "changed"), fields, masked)

    def _field_change(
        self, described: "Field[Any, Any]", values: Sequence[str]
    ) -> FieldChange | None:
        masked = MASKED in values
        before, after = (self._value(described, value) for value in values)
        # Equal in words: an empty text became none at all, or a record that is not shown.
        if before == after and not masked:
            return None
        return FieldChange(_label(described), before, after, masked=masked)

    def _value(self, described: "Field[Any, Any]", value: str) -> str:
        target = _target(described)
        if target is None or not value.isdecimal():
            return _in_words(described, value)
        return self._names[target].get(int(value), NOTHING)


def _described(entry: LogEntry) -> Iterator[tuple["Field[Any, Any]", Sequence[str]]]:
    """The fields of an entry that tell something, with their values before and after."""
    model = entry.content_type.model_class()
    for name, values in sorted((entry.changes or {}).items()):
        described = _field(model, name)
        if described is not None and not (described.primary_key or described.one_to_one):
            yield described, [str(value) for value in values[:2]]


def _target(described: "Field[Any, Any]") -> type[Model] | None:
    """The table that a field points into, if it points."""
    return described.related_model if isinstance(described, ForeignKey) else None


def _names(model: type[Model], ids: Collection[int], reader: User) -> dict[int, str]:
    """What the rows of *model* with *ids* are called."""
    key = model._meta.pk
    if model is Record or (key.one_to_one and key.related_model is Record):
        seen = Record.objects.visible_to(reader).filter(pk__in=ids)
        return dict(seen.values_list("pk", "number"))
    return {pk: str(row) for pk, row in model._base_manager.in_bulk(ids).items()}


def _field(model: type[Model] | None, name: str) -> "Field[Any, Any] | None":
    if model is None:
        return None
    try:
        found = model._meta.get_field(name)
    except FieldDoesNotExist:
        return None
    return found if isinstance(found, Field) else None


def _label(described: "Field[Any, Any]") -> str:
    words = str(described.verbose_name).split()
    spelled = " ".join(_ABBREVIATIONS.get(word, word) for word in words)
    return spelled[:1].upper() + spelled[1:]


def _in_words(described: "Field[Any, Any]", value: str) -> str:
    """*value* as the history keeps it, in a reader's words."""
    if value in ("None", "", "[]", "{}"):
        return NOTHING
    if described.choices:
        return str(dict(described.flatchoices).get(value, value))
    if isinstance(described, BooleanField):
        return {"True": "yes", "False": "no"}.get(value, value)
    if isinstance(described, DateTimeField):
        return _moment(value)
    if isinstance(described, DateField):
        day = parse_date(value)
        return f"{day:%b} {day.day}, {day.year}" if day else value
    return value


def _moment(text: str) -> str:
    """A moment as the history keeps it, in UTC without saying so, in portal time."""
    moment = parse_datetime(text)
    if moment is None:
        return text
    local = (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).astimezone(EASTERN)
    return f"{local:%b} {local.day}, {local.year} {local:%H:%M} {local:%Z}"
