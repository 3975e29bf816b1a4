"""The verbs of receiving a tip."""

import hashlib
import json
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime

from django.conf import settings
from django.db import connection, transaction

from accounts.models import User
from accounts.standing.policy import portal_day
from acrime.audit.actions import record_event
from acrime.audit.choices import Channel
from acrime.common.errors import ActionRefused
from acrime.common.numbers import ALPHABET, number_of, tidied
from acrime.common.sealed import lookup_digest
from acrime.records.actions import open_record
from acrime.records.choices import RecordKind
from acrime.records.models import Record
from acrime.retention.actions import recompute
from acrime.tips import events, policy
from acrime.tips.choices import CameBy, Matter, Sign, TipState
from acrime.tips.models import SourceWindow, Tip, TipFile, TipPerson, TipSource
from acrime.tips.querysets import open_line
from acrime.tips.receiving.attachments import Kept
from acrime.tips.receiving.marks import shown_at

RECEIPT = "RCP"
CLOSED = "The tip line is closed and takes nothing."


@dataclass(frozen=True)
class Person:
    """Somebody whom the tip is about, as far as it is told."""

    name: str = ""
    description: str = ""
    place: str = ""


@dataclass(frozen=True)
class Source:
    """Who reports, as far as they tell. Its ``repr`` holds no value."""

    name: str = ""
    telephone: str = ""
    email: str = ""
    other: str = ""
    may_contact: bool = False

    def __repr__(self) -> str:
        return "Source()"

    @property
    def says_something(self) -> bool:
        """Whether anything is told of who reports."""
        return any(each.strip() for each in (self.name, self.telephone, self.email, self.other))


@dataclass(frozen=True)
class Told:
    """A tip as it is told. Its ``repr`` holds no value.

    Attributes:
        files: made anew already (``attachments.made_anew``), so that a bad one comes no further.
    """

    text: str
    persons: tuple[Person, ...] = ()
    happened: str = ""
    place: str = ""
    matter: str = ""
    files: tuple[Kept, ...] = ()
    source: Source = Source()

    def __repr__(self) -> str:
        return "Told()"


@dataclass(frozen=True)
class Receipt:
    """What whoever reports is given: a number by which nobody learns anything.

    Attributes:
        repeated: the very same was received before, under the same number.
    """

    number: str
    tip: Tip
    repeated: bool


@transaction.atomic
def take_turn(*, address: str, at: datetime) -> int:
    """Count one more from *address*.

    The address is counted under a keyed hash of address and day, which is deleted after the
    window: it is kept nowhere.

    Returns:
        Seconds to wait, or nothing where one more is taken.
    """
    digest = lookup_digest("tip address", f"{portal_day(at)}:{address}")
    _one_at_a_time(digest)
    SourceWindow.objects.filter(began_at__lte=at - policy.WINDOW).delete()
    row = SourceWindow.objects.filter(pk=digest).first()
    turn = policy.next_turn(
        began_at=row.began_at if row else None, count=row.count if row else 0, at=at
    )
    if not turn.wait:
        SourceWindow.objects.update_or_create(
            digest=digest, defaults={"began_at": turn.began_at, "count": turn.count}
        )
    return turn.wait


@transaction.atomic
def receive_public(*, told: Told, mark: str, trap_filled: bool, at: datetime) -> Receipt:
    """Receive a tip from the public form. What looks like none waits for a person to look.

    Raises:
        ActionRefused: the tip line is closed, or nothing is told.
    """
    line = open_line()
    if line is None or line.keeper is None or line.account is None:
        raise ActionRefused(CLOSED, code="line-closed")
    signs = policy.signs_of(trap_filled=trap_filled, shown_at=shown_at(mark), at=at, text=told.text)
    return _receive(
        told=told,
        came_by=CameBy.WEB,
        received_at=at,
        received_on=portal_day(at),
        mark=mark if Sign.NO_MARK not in signs else f"none {portal_day(at)}",
        signs=signs,
        owner=line.keeper,
        creator=line.account,
        at=at,
        channel=Channel.PAGE,
    )


@transaction.atomic
def receive_from_system(*, told: Told, mark: str, actor: User, at: datetime) -> Receipt:
    """Receive a tip that another system sends.

    Args:
        mark: what the system calls it, so that sending it again is the same tip.

    Raises:
        ActionRefused: the tip line is closed, or nothing is told.
    """
    line = open_line()
    if line is None or line.keeper is None:
        raise ActionRefused(CLOSED, code="line-closed")
    return _receive(
        told=told,
        came_by=CameBy.SYSTEM,
        received_at=at,
        received_on=portal_day(at),
        mark=f"{actor.pk}:{mark}",
        signs=(),
        owner=line.keeper,
        creator=actor,
        at=at,
        channel=Channel.API,
    )


@transaction.atomic
def write_down(
    *,
    told: Told,
    came_by: CameBy,
    received_on: date,
    mark: str,
    actor: User,
    at: datetime,
    channel: Channel = Channel.PAGE,
) -> Receipt:
    """Write down a tip that came by telephone or mail.

    Args:
        received_on: the day on which the call or the letter came.

    Raises:
        ActionRefused: the actor's role takes no tips, the tip line is closed, the day cannot be,
            or nothing is told.
    """
    if not actor.has_role(*policy.TAKERS):
        raise ActionRefused("Your role takes no tips.", code="not-a-taker")
    if open_line() is None:
        raise ActionRefused(CLOSED, code="line-closed")
    if came_by not in (CameBy.PHONE, CameBy.MAIL):
        raise ActionRefused("Say how the tip came.", code="came_by")
    if problem := policy.date_problem(received_on, today=portal_day(at)):
        raise ActionRefused(problem, code="received_on")
    return _receive(
        told=told,
        came_by=came_by,
        received_at=at,
        received_on=received_on,
        mark=f"{actor.pk}:{mark}",
        signs=(),
        owner=actor,
        creator=actor,
        at=at,
        channel=channel,
    )


def receipt_digest(number: str) -> bytes:
    """The keyed hash under which the tip of a receipt is found, however it was typed."""
    return lookup_digest("tip receipt", tidied(number))


def _receive(
    *,
    told: Told,
    came_by: CameBy,
    received_at: datetime,
    received_on: date,
    mark: str,
    signs: Iterable[Sign],
    owner: User,
    creator: User,
    at: datetime,
    channel: Channel,
) -> Receipt:
    text = _plain(told.text)
    if not text:
        raise ActionRefused("Tell us what happened.", code="text")
    if len(text) > policy.LONGEST_TEXT:
        raise ActionRefused(
            f"At most {policy.LONGEST_TEXT:,} characters. Send the rest as another tip.",
            code="text",
        )
    if len(told.persons) > policy.MOST_PERSONS or len(told.files) > policy.MOST_FILES:
        raise ActionRefused("That is more than one tip can hold.", code="too-many")
    submission = lookup_digest("tip submission", json.dumps([mark, _whole(told)]))
    _one_at_a_time(submission)
    before = Tip.objects.filter(submission_digest=submission).first()
    if before is not None:
        return Receipt(_number_of(before, submission), before, repeated=True)
    record = _opened(RecordKind.TIP, owner, creator, at=at, channel=channel)
    number = _free_number(submission, year=received_at.year)
    source = told.source
    shown = _Cover(source)
    tip = Tip.objects.create(
        record=record,
        came_by=came_by,
        state=TipState.SUSPECTED if signs else TipState.NEW,
        received_at=received_at,
        received_on=received_on,
        matter=told.matter if told.matter in Matter.values else "",
        text=shown.of(text),
        happened=shown.of(_plain(told.happened)) or None,
        place=shown.of(_plain(told.place)) or None,
        signs=list(signs),
        receipt_digest=receipt_digest(number),
        submission_digest=submission,
        text_digest=lookup_digest("tip text", policy.folded(text)),
        sketch=policy.sketch_of(text, key=settings.ENVIRONMENT.lookup_key),
    )
    for position, person in enumerate(told.persons, start=1):
        TipPerson.objects.create(
            tip=tip,
            position=position,
            name=_plain(person.name) or None,
            description=shown.of(_plain(person.description)) or None,
            place=shown.of(_plain(person.place)) or None,
        )
    # The same file twice is one file.
    files = {hashlib.sha256(each.content).hexdigest(): each for each in told.files}
    for digest, kept in files.items():
        TipFile.objects.create(
            tip=tip,
            media_type=kept.media_type,
            size=len(kept.content),
            sha256=digest,
            content=kept.content,
        )
    _start_the_period(record, received_on, at=at)
    _event(events.RECEIVED, record, actor=creator, at=at, channel=channel)
    if source.says_something:
        keep_source(
            tip=tip,
            source=source,
            whole_text=_whole_text(told) if shown.covered else "",
            owner=owner,
            creator=creator,
            at=at,
            channel=channel,
        )
    return Receipt(number, tip, repeated=False)


@transaction.atomic
def keep_source(
    *,
    tip: Tip,
    source: Source,
    whole_text: str = "",
    owner: User,
    creator: User,
    at: datetime,
    channel: Channel,
) -> TipSource:
    """Keep who reported *tip*, as a record of its own that is limited for good.

    Raises:
        ActionRefused: nothing is told.
    """
    if not source.says_something:
        raise ActionRefused("Write down who reported it.", code="source")
    record = _opened(RecordKind.TIP_SOURCE, owner, creator, at=at, channel=channel)
    kept = TipSource.objects.create(
        record=record,
        tip=tip,
        name=_plain(source.name) or None,
        telephone=_plain(source.telephone) or None,
        email=_plain(source.email) or None,
        other=_plain(source.other) or None,
        whole_text=whole_text or None,
        may_contact=source.may_contact,
    )
    _start_the_period(record, tip.received_on, at=at)
    # Nothing of it stands in the ledger under the tip's own number.
    _event(events.SOURCE_KEPT, record, actor=creator, at=at, channel=channel)
    return kept


class _Cover:
    """Covers up in a text what tells who reports, and remembers whether there was any."""

    def __init__(self, source: Source) -> None:
        self._source = source
        self.covered = False

    def of(self, text: str) -> str:
        """*text* without it."""
        shown = policy.without_source(
            text, name=self._source.name, numbers=(self._source.telephone, self._source.email)
        )
        self.covered = self.covered or shown != text
        return shown


def _opened(
    kind: RecordKind, owner: User, creator: User, *, at: datetime, channel: Channel
) -> Record:
    return open_record(
        kind=kind,
        category=policy.TIP_CATEGORY,
        schedule_code=policy.SCHEDULE,
        owner=owner,
        creator=creator,
        at=at,
        channel=channel,
    )


def _start_the_period(record: Record, day: date, *, at: datetime) -> None:
    record.cutoff_date = day
    record.save(update_fields=["cutoff_date"])
    recompute([record.pk], at=at)


def _plain(text: str) -> str:
    """*text* as the database can keep it: nothing but what no text holds is left out."""
    whole = text.encode("utf-8", "replace").decode().replace("\r\n", "\n").replace("\x00", "")
    return whole.strip()


def _whole(told: Told) -> list[object]:
    return [
        told.text,
        [[each.name, each.description, each.place] for each in told.persons],
        told.happened,
        told.place,
        told.matter,
        [hashlib.sha256(each.content).hexdigest() for each in told.files],
        [getattr(told.source, name) for name in told.source.__dataclass_fields__],
    ]


def _whole_text(told: Told) -> str:
    more = [each for person in told.persons for each in (person.description, person.place)]
    return "\n\n".join(
        part for part in map(_plain, (told.text, told.happened, told.place, *more)) if part
    )


def _free_number(submission: bytes, *, year: int) -> str:
    taken = Tip.objects.all()
    turn = 0
    while taken.filter(receipt_digest=receipt_digest(_numbered(submission, turn, year))).exists():
        turn += 1
    return _numbered(submission, turn, year)


def _number_of(tip: Tip, submission: bytes) -> str:
    """The number that was given before. It is kept nowhere, so it is found again."""
    turn, held = 0, bytes(tip.receipt_digest)
    while True:
        number = _numbered(submission, turn, tip.received_at.year)
        if receipt_digest(number) == held:
            return number
        turn += 1


def _numbered(submission: bytes, turn: int, year: int) -> str:
    drawn = lookup_digest("tip receipt drawn", f"{turn}:{submission.hex()}")
    body = "".join(ALPHABET[each % len(ALPHABET)] for each in drawn[:7])
    return number_of(RECEIPT, year=year, body=body)


def _one_at_a_time(digest: bytes) -> None:
    """Wait until no other transaction receives the very same; for the rest of this one."""
    key = int.from_bytes(digest[:8], "big", signed=True)
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [key])


def _event(kind: str, record: Record, *, actor: User, at: datetime, channel: Channel) -> None:
    record_event(
        kind=kind,
        actor=actor,
        at=at,
        channel=channel,
        record_id=record.pk,
        record_number=record.number,
    )
