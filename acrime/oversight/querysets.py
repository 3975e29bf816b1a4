"""Reading the ledger. Whatever reaches somebody starts from ``readable_by``."""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

from django.db import OperationalError, connection, transaction
from django.db.models import (
    Count,
    DateTimeField,
    ExpressionWrapper,
    F,
    Max,
    Min,
    Q,
    QuerySet,
    Value,
)
from django.db.models.expressions import CombinedExpression
from django.db.models.functions import TruncDate
from psycopg.errors import QueryCanceled

from accounts.models import User
from accounts.oversight import held_oversight
from acrime.audit import events as ledger
from acrime.audit.chain import SEGMENT, Place
from acrime.audit.choices import Channel, Outcome
from acrime.audit.entries import events_written
from acrime.audit.models import AuditEvent, touched_ids
from acrime.audit.sealing import links_of
from acrime.oversight.choices import Group
from acrime.oversight.policy import (
    Cursor,
    group_of,
    reads_events_of_opr,
    reads_ledger,
)
from acrime.records.choices import RecordKind
from acrime.records.models import Record, RecordSubject

PAGE = 25
PEOPLE_SHOWN = 50
PATIENCE = timedelta(seconds=8)
"""How long one search may take before it is given up."""

Events = QuerySet[AuditEvent]


@dataclass(frozen=True)
class Wanted:
    """What is looked for; a part left out narrows nothing.

    Attributes:
        person: the account that acted.
        records: ids of records: events about any of them, or that matched or showed one.
        since, until: from the one on, before the other.
        opr: also what OPR did, for those who may read that.
    """

    person: int | None = None
    records: tuple[int, ...] | None = None
    since: datetime | None = None
    until: datetime | None = None
    group: str = ""
    outcome: str = ""
    channel: str = ""
    address: str = ""
    session: str = ""
    request_id: str = ""
    opr: bool = False


class TookTooLong(Exception):
    """A search was given up because it would read too much of the ledger."""


def readable_by(reader: User, *, opr: bool = True) -> Events:
    """The events that *reader* may read.

    For all of OPR but its lead, what somebody did while in OPR is not there at all.

    Args:
        opr: whether the lead wants to see what OPR did.
    """
    if not reads_ledger(reader.roles) or not reader.standing.enters:
        return AuditEvent.objects.none()
    events = AuditEvent.objects.select_related("actor")
    if opr and reads_events_of_opr(reader.roles):
        return events
    return events.exclude(held_oversight(person="actor_id", moment="occurred_at"))


def narrowed(events: Events, wanted: Wanted) -> Events:
    """Those of *events* that are wanted."""
    same = {
        "actor": wanted.person,
        "outcome": wanted.outcome,
        "channel": wanted.channel,
        "source_address": wanted.address,
        "session_tag": wanted.session,
        "request_id": wanted.request_id,
        "occurred_at__gte": wanted.since,
        "occurred_at__lt": wanted.until,
    }
    events = events.filter(**{name: value for name, value in same.items() if value})
    if wanted.group:
        events = events.filter(_in_group(wanted.group))
    if wanted.records is not None:
        events = touching(events, wanted.records)
    return events


def touching(events: Events, records: Collection[int]) -> Events:
    """Those of *events* that are about one of *records*, or that matched or showed one."""
    # Named as what the columns hold: a bare list is sent as numbers of four bytes, cut off.
    ids = Value(list(records), output_field=AuditEvent._meta.get_field("matched_ids"))
    return events.annotate(touched=touched_ids()).filter(
        Q(record_id__in=list(records)) | Q(touched__overlap=ids)
    )


def _in_group(group: str) -> Q:
    kinds = [kind.name for kind in ledger.every_kind() if group_of(kind) == group]
    if group == Group.REFUSED:
        # Kinds that are refusals are written with that outcome; it has an index.
        return Q(outcome=Outcome.REFUSED)
    if group == Group.SYSTEM:
        return Q(channel=Channel.JOB) | Q(actor=None, channel=Channel.COMMAND)
    return Q(kind__in=kinds)


@dataclass(frozen=True)
class Stretch:
    """Some events, newest first, and the places where the newer and the older ones go on."""

    events: Sequence[AuditEvent]
    newer: Cursor | None
    older: Cursor | None


def stretch(
    events: Events, *, before: Cursor | None = None, after: Cursor | None = None
) -> Stretch:
    """A page of *events* from a place on; without a place the newest.

    There are no totals and no numbered pages: both cost more the more there is.
    """
    if after is not None and before is None:
        following = Q(occurred_at__gt=after.at) | Q(occurred_at=after.at, pk__gt=after.number)
        rows = events.filter(following, occurred_at__gte=after.at)
        found = list(in_order(rows, newest_first=False)[: PAGE + 1])
        more, shown = len(found) > PAGE, found[:PAGE][::-1]
        return Stretch(shown, _place(shown[:1]) if more else None, _place(shown[-1:]))
    if before is not None:
        preceding = Q(occurred_at__lt=before.at) | Q(occurred_at=before.at, pk__lt=before.number)
        events = events.filter(preceding, occurred_at__lte=before.at)
    found = list(in_order(events)[: PAGE + 1])
    more, shown = len(found) > PAGE, found[:PAGE]
    newer = _place(shown[:1]) if before is not None else None
    return Stretch(shown, newer, _place(shown[-1:]) if more else None)


def in_order(events: Events, *, newest_first: bool = True) -> Events:
    """*events* in the order of the ledger.

    Events of a record are few, and are found by the record: sorted by a sum that no index
    has, since the database would otherwise read from the newest event on, hoping to meet
    enough of them soon.
    """
    moment: F | ExpressionWrapper[CombinedExpression] = F("occurred_at")
    if "touched" in events.query.annotations:
        moment = ExpressionWrapper(F("occurred_at") + timedelta(0), output_field=DateTimeField())
    if newest_first:
        return events.order_by(moment.desc(), "-pk")
    return events.order_by(moment.asc(), "pk")


def _place(events: Sequence[AuditEvent]) -> Cursor | None:
    return Cursor(events[0].occurred_at, events[0].pk) if events else None


@contextmanager
def patiently() -> Iterator[None]:
    """Give up what takes too long, rather than keep a reader and the database busy.

    Raises:
        TookTooLong: it did.
    """
    try:
        with transaction.atomic():
            with connection.cursor() as cursor:
                cursor.execute(
                    "SELECT set_config('statement_timeout', %s, true)",
                    [str(int(PATIENCE.total_seconds() * 1000))],
                )
            yield
            with connection.cursor() as cursor:
                cursor.execute("SELECT set_config('statement_timeout', '0', true)")
    except OperationalError as error:
        if isinstance(error.__cause__, QueryCanceled):
            raise TookTooLong from None
        raise


# --- Around one event ---------------------------------------------------------------------------


def beside(event: AuditEvent, reader: User) -> tuple[list[AuditEvent], list[AuditEvent]]:
    """The other events of the same request, and those of the same session around it."""
    day = timedelta(hours=24)
    near = readable_by(reader).filter(
        occurred_at__gte=event.occurred_at - day, occurred_at__lte=event.occurred_at + day
    )
    near = near.exclude(pk=event.pk).order_by("-occurred_at", "-pk")
    same_request = near.filter(request_id=event.request_id) if event.request_id else near.none()
    same_session = near.none()
    if event.session_tag:
        same_session = near.filter(session_tag=event.session_tag, actor=event.actor_id)
    return list(same_request[:PAGE]), list(same_session[:PAGE])


def seals_of(events: Iterable[AuditEvent]) -> dict[int, int]:
    """Which link of the chain vouches for each event; one not sealed yet is left out."""
    found = {event.pk: event for event in events}
    if not found:
        return {}
    since = min(event.occurred_at for event in found.values())
    months: dict[tuple[int, int], list[tuple[Place, Place, int]]] = {}
    sealed = {}
    for pk, written in events_written(found, since=since).items():
        moment = found[pk].occurred_at.astimezone(UTC)
        month = (moment.year, moment.month)
        if month not in months:
            months[month] = [
                (each.header.after, each.header.until, each.header.sequence)
                for each in links_of(moment.date().replace(day=1))
                if each.header.kind == SEGMENT
            ]
        place = (written.transaction, pk)
        for after, until, sequence in months[month]:
            if after <= place < until:
                sealed[pk] = sequence
                break
    return sealed


# --- People and records ------------------------------------------------------------------------


def account_called(username: str) -> User | None:
    """The account with that user name, however written."""
    if not username.isprintable():
        return None
    return User.objects.select_related("office").filter(username__iexact=username).first()


def people_named(text: str) -> list[User]:
    """The accounts with that user name, else those whose name holds *text*."""
    if (exact := account_called(text)) is not None:
        return [exact]
    like = Q(username__icontains=text) | Q(full_name__icontains=text)
    return list(User.objects.filter(like).select_related("office").order_by("full_name", "pk"))[
        :PEOPLE_SHOWN
    ]


def records_about(individual: Record) -> tuple[int, ...]:
    """The ids of an individual's own record and of every record linked to the individual."""
    linked = RecordSubject.objects.filter(individual_id=individual.pk)
    return (individual.pk, *linked.order_by("record_id").values_list("record_id", flat=True))


def is_individual(record: Record) -> bool:
    """Whether the record is an individual's own."""
    return record.kind == RecordKind.INDIVIDUAL


def records_with(ids: Iterable[int], reader: User) -> Mapping[int, Record]:
    """The records with *ids* that *reader* sees, by id."""
    return Record.objects.visible_to(reader).in_bulk(list(ids))


# --- A day, and a record's readers --------------------------------------------------------------


def latest_moment(events: Events) -> datetime | None:
    """When the latest of *events* was."""
    return events.order_by("-occurred_at", "-pk").values_list("occurred_at", flat=True).first()


def looks(events: Events) -> Events:
    """Those of *events* that are looks at records."""
    return events.filter(kind__in=[kind.name for kind in ledger.every_kind() if kind.look])


def acts(events: Events) -> Events:
    """Those of *events* that are no looks at records and no reading of the ledger."""
    return events.filter(
        kind__in=[
            kind.name
            for kind in ledger.every_kind()
            if not kind.look and group_of(kind) != Group.OVERSIGHT
        ]
    )


def by_day(events: Events, zone: ZoneInfo) -> dict[date, int]:
    """How many of *events* there were on each day in *zone* that had any."""
    days = events.order_by().annotate(day=TruncDate("occurred_at", tzinfo=zone)).values("day")
    return {row["day"]: row["times"] for row in days.annotate(times=Count("pk"))}


@dataclass(frozen=True)
class Readership:
    """Somebody who looked at a record: how often, and when first and last."""

    name: str
    username: str
    times: int
    first: datetime
    last: datetime


def readers_of(events: Events) -> list[Readership]:
    """Who is behind *events*, latest first."""
    rows = (
        events.order_by()
        .values("actor_id", "actor_name", "actor__full_name")
        .annotate(times=Count("pk"), first=Min("occurred_at"), last=Max("occurred_at"))
        .order_by("-last", "actor_id")
    )
    return [
        Readership(
            row["actor__full_name"] or "The portal",
            row["actor_name"],
            row["times"],
            row["first"],
            row["last"],
        )
        for row in rows[:PEOPLE_SHOWN]
    ]
