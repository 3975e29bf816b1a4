"""Events in a reader's words."""

import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any

from django.urls import reverse

from accounts.models import User
from acrime.audit import events as ledger
from acrime.audit.choices import Channel, Outcome
from acrime.audit.models import AuditEvent
from acrime.common.eastern import EASTERN
from acrime.common.rendering import Fact
from acrime.oversight.choices import Group
from acrime.oversight.policy import Bar, group_of, hours_of, pauses_in
from acrime.oversight.querysets import records_with, seals_of
from acrime.records.addresses import address_for
from acrime.records.models import Record
from acrime.templatetags.portal import exact_text, span_text

LISTED = 200
"""How many records of one event are listed by number."""

TONES: Mapping[str, str] = {
    Outcome.DONE: "neutral",
    Outcome.REFUSED: "danger",
    Outcome.FAILED: "warning",
}
GROUP_TONES: Mapping[str, str] = {
    Group.LOOKED: "info",
    Group.SEARCHED: "info",
    Group.EXPORTED: "warning",
    Group.CHANGED: "success",
    Group.REFUSED: "danger",
}


@dataclass(frozen=True)
class RecordLink:
    """A record that an event touched: by number where it is still there."""

    number: str
    url: str = ""
    trail: str = ""


@dataclass(frozen=True)
class EventRow:
    """An event as a line of a list."""

    number: int
    url: str
    at: datetime
    day: date
    what: str
    group: str
    group_label: str
    group_tone: str
    who: str
    username: str
    record: RecordLink | None
    others: int
    channel: str
    outcome: str
    outcome_label: str
    outcome_tone: str
    address: str


def who_did(event: AuditEvent) -> str:
    """Who is behind an event."""
    if event.actor:
        return event.actor.full_name
    if event.channel in (Channel.JOB, Channel.COMMAND):
        return "The portal"
    return "Nobody signed in"


def wording_of(event: AuditEvent) -> str:
    """What happened, in words; kinds that are no longer declared by their name."""
    try:
        return ledger.kind(event.kind).wording
    except KeyError:
        return event.kind


def group_label_of(event: AuditEvent) -> Group:
    """In which group an event belongs."""
    try:
        kind = ledger.kind(event.kind)
    except KeyError:
        return Group.CHANGED
    if event.outcome == Outcome.REFUSED:
        return Group.REFUSED
    return group_of(kind)


def rows_of(
    events: Sequence[AuditEvent], reader: User, *, about: int | None = None
) -> list[EventRow]:
    """*events* as lines, with the records that they touched.

    Args:
        about: the record that is named where an event touched it among others.
    """
    touched = {event.pk: _touched(event) for event in events}
    for ids in touched.values():
        ids.sort(key=lambda pk: pk != about)
    records = records_with({pk for ids in touched.values() for pk in ids[:1]}, reader)
    return [_row(event, touched[event.pk], records, reader) for event in events]


def _row(
    event: AuditEvent, touched: Sequence[int], records: Mapping[int, Record], reader: User
) -> EventRow:
    group = group_label_of(event)
    first = records.get(touched[0]) if touched else None
    return EventRow(
        number=event.pk,
        url=reverse("oversight:event", args=[event.pk]),
        at=event.occurred_at,
        day=event.occurred_at.astimezone(EASTERN).date(),
        what=wording_of(event),
        group=group.value,
        group_label=group.label,
        group_tone=GROUP_TONES.get(group, "neutral"),
        who=who_did(event),
        username=event.actor_name,
        record=_link(first, reader) if first else _number_alone(event),
        others=max(len(touched) - 1, 0),
        channel=event.get_channel_display(),
        outcome=event.outcome,
        outcome_label=event.get_outcome_display(),
        outcome_tone=TONES.get(event.outcome, "neutral"),
        address=event.source_address or "",
    )


def _touched(event: AuditEvent) -> list[int]:
    """The records of an event, the one it is about first."""
    about = [] if event.record_id is None else [event.record_id]
    return list(dict.fromkeys([*about, *event.displayed_ids, *event.matched_ids]))


def _link(record: Record, reader: User) -> RecordLink:
    return RecordLink(
        record.number,
        address_for(reader, record),
        reverse("oversight:record", args=[record.number]),
    )


def _number_alone(event: AuditEvent) -> RecordLink | None:
    """The number that the ledger keeps of a record that is there no longer."""
    return RecordLink(event.record_number) if event.record_number else None


# --- One event ---------------------------------------------------------------------------------


@dataclass(frozen=True)
class Touched:
    """Records of an event in one list; those beyond the first 200 are counted only."""

    label: str
    links: Sequence[RecordLink]
    more: int


@dataclass(frozen=True)
class EventShown:
    """Everything that is known of an event."""

    number: int
    what: str
    kind: str
    group_label: str
    group_tone: str
    outcome: str
    outcome_label: str
    outcome_tone: str
    facts: Sequence[Fact]
    criteria: Sequence[Fact]
    details: Sequence[Fact]
    touched: Sequence[Touched]
    username: str
    who: str


def shown(event: AuditEvent, reader: User) -> EventShown:
    """Everything that is known of *event*, in words."""
    group = group_label_of(event)
    seal = seals_of([event]).get(event.pk)
    facts = [
        Fact(label="When", value=exact_text(event.occurred_at)),
        Fact(label="Who", value=who_did(event)),
        Fact(label="Account", value=event.actor_name, mono=True),
        Fact(label="Purpose given", value=event.purpose),
        Fact(label="Channel", value=event.get_channel_display()),
        Fact(label="Source address", value=event.source_address, mono=True),
        Fact(label="Session tag", value=event.session_tag, mono=True),
        Fact(label="Request id", value=event.request_id, mono=True),
        Fact(label="Kind of event", value=event.kind, mono=True),
        Fact(label="Written down", value=exact_text(event.written_at)),
        Fact(label="Seal", value=f"Number {seal}" if seal is not None else "Not sealed yet"),
    ]
    return EventShown(
        number=event.pk,
        what=wording_of(event),
        kind=event.kind,
        group_label=group.label,
        group_tone=GROUP_TONES.get(group, "neutral"),
        outcome=event.outcome,
        outcome_label=event.get_outcome_display(),
        outcome_tone=TONES.get(event.outcome, "neutral"),
        facts=facts,
        criteria=in_words(event.criteria),
        details=in_words(event.details),
        touched=_lists(event, reader),
        username=event.actor_name,
        who=who_did(event),
    )


def in_words(values: Mapping[str, Any]) -> list[Fact]:
    """Labels and values that an event holds, as a person reads them."""
    return [Fact(label=_as_label(key), value=_as_text(value)) for key, value in values.items()]


def _as_label(key: str) -> str:
    words = key.replace("_", " ").replace("-", " ").strip()
    return words[:1].upper() + words[1:]


def _as_text(value: Any) -> str:
    if value is None or value == "":
        return ""
    if isinstance(value, bool):
        return "Yes" if value else "No"
    if isinstance(value, list):
        return ", ".join(_as_text(each) for each in value)
    if isinstance(value, dict):
        return "; ".join(f"{_as_label(key)}: {_as_text(each)}" for key, each in value.items())
    return str(value)


def _lists(event: AuditEvent, reader: User) -> list[Touched]:
    about = [] if event.record_id is None else [event.record_id]
    displayed = list(dict.fromkeys(event.displayed_ids))
    hidden = [pk for pk in dict.fromkeys(event.matched_ids) if pk not in set(displayed)]
    records = records_with([*about, *displayed[:LISTED], *hidden[:LISTED]], reader)
    lists = []
    for label, ids in (
        ("About", about),
        ("Shown", displayed),
        ("Matched, and not shown", hidden),
    ):
        if ids:
            links = [
                _link(records[pk], reader) if pk in records else RecordLink(f"Record {pk}, gone")
                for pk in ids[:LISTED]
            ]
            lists.append(Touched(label, links, more=max(len(ids) - LISTED, 0)))
    return lists


# --- Charts ------------------------------------------------------------------------------------


@dataclass(frozen=True)
class DrawnBar:
    """A bar and where it stands, in units of the drawing."""

    x: float
    y: float
    width: float
    height: float
    label: str
    count: int
    middle: float
    named: bool


@dataclass(frozen=True)
class Chart:
    """A drawing of counts, and the table that says the same."""

    title: str
    unit: str
    summary: str
    bars: Sequence[DrawnBar]
    width: int
    height: int
    base: int
    top: int
    highest: int
    rows: Sequence[Bar] = field(default_factory=list)


WIDTH, HEIGHT, BASE, TOP, LEFT = 720, 150, 122, 16, 34


def drawn(bars: Sequence[Bar], *, title: str, unit: str, every: int) -> Chart:
    """*bars* as a drawing; each *every*-th is named below it."""
    highest = max((bar.count for bar in bars), default=0)
    step = (WIDTH - LEFT) / max(len(bars), 1)
    scale = (BASE - TOP) / highest if highest else 0
    total = sum(bar.count for bar in bars)
    busiest = max(bars, key=lambda bar: bar.count) if highest else None
    said = f"{total} in all" + (f", most at {busiest.label} ({highest})" if busiest else "")
    return Chart(
        title=title,
        unit=unit,
        summary=said,
        bars=[
            DrawnBar(
                x=round(LEFT + place * step + step * 0.12, 2),
                y=round(BASE - bar.count * scale, 2),
                width=round(step * 0.76, 2),
                height=round(bar.count * scale, 2),
                label=bar.label,
                count=bar.count,
                middle=round(LEFT + place * step + step / 2, 2),
                named=place % every == 0,
            )
            for place, bar in enumerate(bars)
        ],
        width=WIDTH,
        height=HEIGHT,
        base=BASE,
        top=TOP,
        highest=highest,
        rows=[bar for bar in bars if bar.count],
    )


def chart_of_day(events: Iterable[AuditEvent]) -> Chart:
    """Looks by hour of one day in the portal's time zone."""
    moments = [event.occurred_at.astimezone(EASTERN) for event in events]
    return drawn(hours_of(moments), title="Looks by hour", unit="Hour", every=3)


def chart_of_days(counts: Mapping[date, int], *, last: date, days: int) -> Chart:
    """Looks by day, for the *days* up to *last*."""
    shown_days = [last - timedelta(days=back) for back in range(days - 1, -1, -1)]
    bars = [Bar(f"{day:%b} {day.day}", counts.get(day, 0)) for day in shown_days]
    return drawn(bars, title=f"Looks by day, the last {days} days", unit="Day", every=5)


# --- A person's day ----------------------------------------------------------------------------


@dataclass(frozen=True)
class Step:
    """A line of somebody's day, with the pause before it if that was a long one."""

    row: EventRow
    pause: str = ""


@dataclass(frozen=True)
class Session:
    """What somebody did under one session, or without any (by a token, or the portal's own)."""

    tag: str
    label: str
    first: datetime
    last: datetime
    address: str
    steps: Sequence[Step]


def sessions_of(events: Sequence[AuditEvent], reader: User) -> list[Session]:
    """A day's *events*, oldest first, by the session in which they happened."""
    rows = {row.number: row for row in rows_of(events, reader)}
    together: dict[tuple[str, str], list[AuditEvent]] = {}
    for event in events:
        key = (event.session_tag, "" if event.session_tag else event.get_channel_display())
        together.setdefault(key, []).append(event)
    sessions: list[Session] = []
    for (tag, channel), found in together.items():
        place = 1 + sum(bool(each.tag) for each in sessions)
        pauses = pauses_in([event.occurred_at for event in found])
        steps = [
            Step(rows[event.pk], span_text(pauses[number].length) if number in pauses else "")
            for number, event in enumerate(found)
        ]
        sessions.append(
            Session(
                tag=tag,
                label=f"Session {place}" if tag else f"Without a session: {channel}",
                first=found[0].occurred_at,
                last=found[-1].occurred_at,
                address=found[0].source_address or "",
                steps=steps,
            )
        )
    return sessions


# --- Files -------------------------------------------------------------------------------------

Columns = Mapping[str, Callable[[AuditEvent], object]]


def columns_of(
    events: Sequence[AuditEvent], reader: User, seals: Mapping[int, int] | None = None
) -> Columns:
    """The columns of an export and what each says of an event.

    Args:
        seals: which seal vouches for each event, where that is known already.
    """
    sealed = seals_of(events) if seals is None else seals
    numbers = {
        pk: record.number
        for pk, record in records_with(
            {pk for event in events for pk in _touched(event)}, reader
        ).items()
    }

    def named(ids: Iterable[int]) -> str:
        return " ".join(numbers.get(pk, f"#{pk}") for pk in ids)

    return {
        "event": lambda event: event.pk,
        "occurred_at": lambda event: exact_text(event.occurred_at),
        "kind": lambda event: event.kind,
        "what": wording_of,
        "outcome": lambda event: event.get_outcome_display(),
        "who": who_did,
        "account": lambda event: event.actor_name,
        "channel": lambda event: event.get_channel_display(),
        "source_address": lambda event: event.source_address,
        "session_tag": lambda event: event.session_tag,
        "request_id": lambda event: event.request_id,
        "record": lambda event: event.record_number,
        "shown": lambda event: named(event.displayed_ids),
        "matched": lambda event: named(event.matched_ids),
        "purpose": lambda event: event.purpose,
        "criteria": lambda event: json.dumps(event.criteria, ensure_ascii=False, sort_keys=True),
        "details": lambda event: json.dumps(event.details, ensure_ascii=False, sort_keys=True),
        "seal": lambda event: sealed.get(event.pk, "not sealed yet"),
    }


def as_json_lines(events: Sequence[AuditEvent], reader: User) -> bytes:
    """*events* as JSON Lines in UTF-8: one event a line, moments in UTC to the microsecond."""
    seals = seals_of(events)
    columns = columns_of(events, reader, seals)
    lines = []
    for event in events:
        line = {
            name: columns[name](event)
            for name in columns
            if name not in {"occurred_at", "criteria", "details", "shown", "matched", "seal"}
        }
        line |= {
            "occurred_at": event.occurred_at.isoformat(timespec="microseconds"),
            "criteria": event.criteria,
            "details": event.details,
            "shown": str(columns["shown"](event)).split(),
            "matched": str(columns["matched"](event)).split(),
            "seal": seals.get(event.pk),
        }
        lines.append(json.dumps(line, ensure_ascii=False, sort_keys=True))
    return "".join(f"{line}\n" for line in lines).encode()
