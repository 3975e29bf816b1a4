"""Verification of the live ledger: events against entries, entries against seals, seals against
each other, their signatures, and the heads that were published.

Sealed events never change, so nothing is held up while this runs. The events are read in the
order in which they were sealed, in large stretches, on several connections at once, and hashed
where they are: a core of the database's for each connection.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import datetime
from time import perf_counter

from django.conf import settings
from django.db import connection, transaction

from acrime.audit.canonical import (
    CONTENT_EXPRESSION,
    FORM,
    Entry,
    entries_in,
    entries_of,
    microseconds_of,
    moment_text,
)
from acrime.audit.chain import (
    SEGMENT,
    Header,
    Keys,
    Link,
    NotALink,
    Place,
    header_from,
    root_of,
    root_of_roots,
)
from acrime.audit.findings import KEPT, ChainCheck, Finding, Problem, Report, added, compare
from acrime.audit.heads import Heads
from acrime.audit.sealing import PAGE, SEGMENT_EVENTS, START, bounds, rows_between, utc_text

# Held by verification together, and by retirement alone.
ROWS_LOCK = 0x5EA2

# Before every place, also one that was forged.
LOWEST: Place = (0, -(2**63))

# An event that was sealed so much later than it says it happened is told.
_DATED_BACK = 3600 * 1_000_000

Progress = Callable[[int, int], None]
"""Told how many events were checked, and how many there are."""


def verify_ledger(
    *,
    heads: Heads | None = None,
    keys: Mapping[str, bytes] | None = None,
    connections: int = 2,
    progress: Progress | None = None,
) -> Report:
    """Check the whole ledger.

    Args:
        keys: public keys that are trusted, in place of the portal's own.
        heads: the file of heads to compare with, in place of the portal's own.
        connections: how many stretches are read at once; 1 stays on the caller's connection.
        progress: called after each stretch.
    """
    started = perf_counter()
    report = Report()
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock_shared(%s)", [ROWS_LOCK])
        chain = _Chain(report, Keys(settings.SEAL_PUBLIC_KEYS if keys is None else keys))
        report.add(chain.follow(heads or Heads(settings.SEAL_FILE)))
        stretches = list(chain.stretches())
        everything = sum(each.count for each in stretches)
        for checked in _in_turns(_check, stretches, connections):
            report.events += checked.events
            report.dated_back += checked.dated_back
            report.add(checked.findings)
            if progress:
                progress(report.events, everything)
        report.add(_behind_the_chain(chain))
        _count_unsealed(report, chain.until)
    if report.dated_back:
        report.notes.append(
            f"{report.dated_back} events say that they happened more than an hour before they "
            "were sealed."
        )
    report.seconds = perf_counter() - started
    return report


@dataclass(frozen=True)
class _Stretch:
    """Segments of one month that follow each other, and where the first begins."""

    month: str
    lower: Place
    headers: tuple[Header, ...]

    @property
    def count(self) -> int:
        return sum(each.count for each in self.headers)


@dataclass(frozen=True)
class _Checked:
    """What came of one stretch."""

    events: int
    dated_back: int
    findings: list[Finding]


class _Chain:
    """The links in the database, checked as they are read."""

    def __init__(self, report: Report, keys: Keys) -> None:
        self.until: Place = START
        self._keys = keys
        self._report = report
        self._months: dict[str, list[Header]] = {}

    def follow(self, heads: Heads) -> Iterator[Finding]:
        """Read every link, and compare with what was published."""
        check = ChainCheck(self._keys)
        published = _Published(heads, self._keys, self._report)
        for sequence, link in _stored():
            if link is None:
                yield Finding(
                    sequence,
                    0,
                    Problem.CHAIN,
                    f"seal {sequence} cannot be read, or its columns are not what its header says",
                )
                continue
            self._report.links += 1
            yield from check.follow(link)
            yield from published.compare(link)
            yield from self._take(link.header)
        yield from published.rest()

    def _take(self, header: Header) -> Iterator[Finding]:
        self.until = max(self.until, header.until)
        of_month = self._months.setdefault(header.month, [])
        if header.kind == SEGMENT:
            of_month.append(header)
            return
        dropped = [each for each in of_month if each.kind == SEGMENT]
        if header.root != root_of_roots([each.root for each in dropped]):
            yield Finding(
                header.sequence,
                0,
                Problem.CHAIN,
                f"seal {header.sequence} retires other segments of {header.month} than there were",
            )
        self._report.retired += header.count
        self._report.notes.append(
            f"{header.month}: {header.count} events were retired on {header.sealed_at[:10]}; "
            f"their {len(dropped)} seals are kept."
        )
        self._months[header.month] = []

    def months(self) -> dict[str, Place]:
        """The months whose events are there, and where the last segment of each ends."""
        return {month: each[-1].until for month, each in self._months.items() if each}

    def stretches(self) -> Iterator[_Stretch]:
        """All segments whose events are there, in stretches of about ``SEGMENT_EVENTS``."""
        for month, headers in sorted(self._months.items()):
            # From before the beginning: what was slipped in there belongs to no segment.
            lower, taken = LOWEST, list[Header]()
            for header in headers:
                taken.append(header)
                if sum(each.count for each in taken) >= SEGMENT_EVENTS:
                    yield _Stretch(month, lower, tuple(taken))
                    lower, taken = header.until, []
            if taken:
                yield _Stretch(month, lower, tuple(taken))


class _Published:
    """The file of heads beside the chain, both read in order."""

    def __init__(self, heads: Heads, keys: Keys, report: Report) -> None:
        self._keys = keys
        self._report = report
        self._there = heads.path.exists()
        self._name = heads.path.name
        self._lines = self._in_order(heads)
        self._next = next(self._lines, None)
        self._ended = False

    def compare(self, link: Link) -> Iterator[Finding]:
        """What is wrong where *link* should stand in the file."""
        number = link.header.sequence
        yield from self._only_published(below=number)
        line = self._next
        if line is None:
            self._report.unpublished += 1
            return
        if line.header.sequence > number:
            yield Finding(number, 0, Problem.HEADS, f"{self._name} has no line of seal {number}")
            return
        if line.head != link.head or line.header != link.header:
            if self._authentic(line):
                text = f"seal {number} is not the one that was published in {self._name}"
                yield Finding(number, 0, Problem.CHAIN, text)
            else:
                text = f"the line of seal {number} in {self._name} is not authentic"
                yield Finding(number, 0, Problem.HEADS, text)
        self._next = next(self._lines, None)

    def rest(self) -> Iterator[Finding]:
        """What was published and is not in the database, at the end of the chain."""
        self._ended = True
        yield from self._only_published(below=None)
        if not self._there and self._report.links:
            self._report.notes.append(
                f"There is no file {self._name} to compare with: the end of the chain could have "
                "been cut off."
            )

    def _only_published(self, *, below: int | None) -> Iterator[Finding]:
        lost: list[Link] = []
        while self._next is not None and (below is None or self._next.header.sequence < below):
            line = self._next
            if self._authentic(line):
                lost.append(line)
            else:
                number = line.header.sequence
                text = f"the line of seal {number} in {self._name} is not authentic"
                yield Finding(number, 0, Problem.HEADS, text)
            self._next = next(self._lines, None)
        # In the middle of the chain the chain itself has told it.
        if lost and self._ended:
            first, last = lost[0].header, lost[-1].header
            events = sum(each.header.count for each in lost if each.header.kind == SEGMENT)
            yield Finding(
                first.sequence,
                0,
                Problem.TRUNCATED,
                f"seals {first.sequence} to {last.sequence} were published and are not in the "
                f"database; they speak of {events} events from event {first.first} on, "
                f"sealed from {first.sealed_at} to {last.sealed_at}",
                first.first,
            )

    def _authentic(self, line: Link) -> bool:
        return line.computed_head == line.head and self._keys.signed(line)

    def _in_order(self, heads: Heads) -> Iterator[Link]:
        unreadable, last = 0, 0
        for line in heads.lines():
            if line.link is None:
                unreadable += 1
            elif line.link.header.sequence > last:
                last = line.link.header.sequence
                yield line.link
        if unreadable:
            self._report.notes.append(
                f"{unreadable} lines of {self._name} were cut off by a crash, or cannot be read."
            )


def _stored() -> Iterator[tuple[int, Link | None]]:
    """Every row of seals; None where it is no link or says two things."""
    sequence = -(2**63)
    while True:
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT sequence, kind, to_char(month, 'YYYY-MM-DD'), sealed_at, header, "
                "previous, head, signature FROM audit_seal WHERE sequence > %s "
                "ORDER BY sequence LIMIT %s",
                [sequence, PAGE],
            )
            rows = cursor.fetchall()
        for number, kind, month, sealed_at, text, previous, head, signature in rows:
            try:
                header = header_from(text)
            except NotALink:
                yield number, None
                continue
            said = (header.sequence, header.kind, f"{header.month}-01", header.sealed_at)
            columns = (number, kind, month, utc_text(sealed_at))
            link = Link(header, bytes(previous), bytes(head), bytes(signature))
            yield number, link if said == columns else None
        if len(rows) < PAGE:
            return
        sequence = rows[-1][0]


def _in_turns(
    act: Callable[[_Stretch], _Checked], stretches: list[_Stretch], connections: int
) -> Iterable[_Checked]:
    if connections == 1:
        yield from map(act, stretches)
        return

    def on_its_own(share: list[_Stretch]) -> list[_Checked]:
        try:
            return [act(each) for each in share]
        finally:
            connection.close()

    # A few stretches a turn, so that progress is told and memory stays small.
    turns = [stretches[at : at + 4] for at in range(0, len(stretches), 4)]
    with ThreadPoolExecutor(connections) as pool:
        for checked in pool.map(on_its_own, turns):
            yield from checked


def _check(stretch: _Stretch) -> _Checked:
    """One stretch: what its segments hold as a whole and, where that fails, event by event."""
    held = _contents(stretch)
    sealed = _sealed_entries(stretch.headers)
    findings: list[Finding] = []
    lower = stretch.lower
    for header in stretch.headers:
        entries = sealed.get(header.sequence)
        sound = root_of(entries or b"") == header.root and (
            held[header.sequence] == (header.count, header.content)
            if header.form == FORM
            # The first form has another content; the entries say the same, only slower.
            else entries == _entries_now(header, lower)
        )
        if not sound:
            findings += _diagnose(header, lower, entries)
        lower = header.until
    dated_back = sum(_dated_back(header, sealed) for header in stretch.headers)
    return _Checked(sum(count for count, _ in held.values()), dated_back, findings)


# The events of each segment, counted and hashed where they are.
_CONTENTS = f"""
    SELECT segment.sequence, held.events, held.content
    FROM unnest(%s::bigint[], %s::text[], %s::bigint[], %s::text[], %s::bigint[])
        AS segment (sequence, after_xid, after_id, until_xid, until_id)
    CROSS JOIN LATERAL (
        SELECT count(*), {CONTENT_EXPRESSION} FROM audit_event
        WHERE (xid, id) >= (segment.after_xid::xid8, segment.after_id)
          AND (xid, id) < (segment.until_xid::xid8, segment.until_id)
          AND occurred_at >= %s AND occurred_at < %s
    ) AS held (events, content)
"""  # noqa: S608  # our own expression


def _contents(stretch: _Stretch) -> dict[int, tuple[int, str | None]]:
    """How many events each segment holds, and the digest over them, by its number."""
    ends = [each.until for each in stretch.headers]
    begins = [stretch.lower, *ends[:-1]]
    with connection.cursor() as cursor:
        cursor.execute(
            _CONTENTS,
            [
                [each.sequence for each in stretch.headers],
                [str(xid) for xid, _ in begins],
                [number for _, number in begins],
                [str(xid) for xid, _ in ends],
                [number for _, number in ends],
                *bounds(stretch.month),
            ],
        )
        return {sequence: (events, content) for sequence, events, content in cursor.fetchall()}


def _entries_now(header: Header, lower: Place) -> bytes:
    begin, stop = bounds(header.month)
    return entries_of(rows_between(lower, header.until, begin=begin, stop=stop))


def _diagnose(header: Header, lower: Place, sealed: bytes | None) -> Iterator[Finding]:
    """What is wrong with one segment, event by event."""
    begin, stop = bounds(header.month)
    rows = rows_between(lower, header.until, begin=begin, stop=stop)
    canonical = [row for (row,) in rows]
    packed = entries_of(rows)
    actual = list(entries_in(packed))
    entries = None if sealed is None else _entries(sealed)
    if entries is None or root_of(sealed or b"") != header.root:
        yield Finding(
            header.sequence,
            0,
            Problem.ENTRIES,
            f"what seal {header.sequence} keeps of its {header.count} events "
            f"({header.first} to {header.last}) is missing or was changed",
        )
        if root_of(packed) != header.root:
            yield Finding(
                header.sequence,
                0,
                Problem.TAMPERED,
                f"the {len(actual)} events under seal {header.sequence} are not the "
                f"{header.count} that were sealed; which of them differ cannot be told",
            )
        return
    yield from compare(header.sequence, entries, canonical, actual)


def _entries(packed: bytes) -> list[Entry] | None:
    try:
        return list(entries_in(packed))
    except ValueError:
        return None


def _sealed_entries(headers: tuple[Header, ...]) -> dict[int, bytes]:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT sequence, entries FROM audit_seal_entries "
            "WHERE sequence = ANY(%s) AND month = %s",
            [[each.sequence for each in headers], bounds(headers[0].month)[0].date()],
        )
        return {sequence: bytes(entries) for sequence, entries in cursor.fetchall()}


def _dated_back(header: Header, sealed: dict[int, bytes]) -> int:
    """How many events of a segment say they happened long before they were sealed."""
    sealed_at = datetime.fromisoformat(header.sealed_at)
    oldest = microseconds_of(sealed_at) - _DATED_BACK
    if header.earliest >= moment_text(oldest):
        return 0
    return sum(
        entry.microseconds < oldest for entry in _entries(sealed.get(header.sequence, b"")) or ()
    )


def _behind_the_chain(chain: _Chain) -> Iterator[Finding]:
    """Events that lie before the chain's end and under none of its seals."""
    months = chain.months()
    free: list[tuple[datetime | None, datetime | None, Place]] = []
    end: datetime | None = None
    for month, until in sorted(months.items()):
        first, following = bounds(month)
        if end is None or end < first:
            free.append((end, first, LOWEST))
        free.append((first, following, until))
        end = following
    free.append((end, None, LOWEST))
    for begin, stop, lower in free:
        rows = rows_between(lower, chain.until, begin=begin, stop=stop, limit=KEPT)
        yield from added([row for (row,) in rows], list(entries_in(entries_of(rows))))


def _count_unsealed(report: Report, until: Place) -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(*), min(written_at) FROM audit_event "
            "WHERE (xid, id) >= (%s::text::xid8, %s)",
            [str(until[0]), until[1]],
        )
        report.unsealed, oldest = cursor.fetchone()
    if oldest is not None:
        report.unsealed_since = utc_text(oldest)
