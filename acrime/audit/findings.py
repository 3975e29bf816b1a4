"""What a verification finds: the words for it, and the links of a chain checked one by one.

This module knows neither Django nor the database.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from enum import StrEnum

from acrime.audit.canonical import Entry, readable
from acrime.audit.chain import NOTHING, RETIREMENT, Keys, Link

# So many findings are kept; the first is what matters, and how many there are.
KEPT = 20

# The place of what lies under no seal: after every seal.
BEHIND = 2**63


class Problem(StrEnum):
    """What can be wrong."""

    TAMPERED = "tampered"
    MISSING = "missing"
    ADDED = "added"
    REORDERED = "reordered"
    ENTRIES = "entries changed"
    SEGMENT_MISSING = "seal missing"
    CHAIN = "chain broken"
    SIGNATURE = "signature wrong"
    TRUNCATED = "truncated"
    HEADS = "file of heads wrong"
    FILE = "file damaged"


@dataclass(frozen=True, order=True)
class Finding:
    """One thing that is wrong, sorted by where it is in the ledger.

    Attributes:
        sequence: the seal it was found under; those behind the last seal come last.
        position: which of the seal's events, from 1; 0 is the seal itself.
    """

    sequence: int
    position: int
    problem: Problem
    text: str
    event_id: int | None = None

    def __str__(self) -> str:
        return f"{self.problem}: {self.text}"


@dataclass
class Report:
    """What was checked, and what was found."""

    links: int = 0
    events: int = 0
    retired: int = 0
    unsealed: int = 0
    unsealed_since: str = ""
    unpublished: int = 0
    dated_back: int = 0
    seconds: float = 0.0
    found: int = 0
    notes: list[str] = field(default_factory=list)
    _findings: list[Finding] = field(default_factory=list)

    @property
    def passed(self) -> bool:
        """Nothing is wrong."""
        return self.found == 0

    @property
    def findings(self) -> list[Finding]:
        """The first findings, in the ledger's order."""
        return sorted(self._findings)[:KEPT]

    @property
    def rate(self) -> float:
        """Events a second."""
        return self.events / self.seconds if self.seconds else 0.0

    def lines(self) -> list[str]:
        """What was checked and found, for a person."""
        told = [
            f"Checked {self.events} events under {self.links} seals in {self.seconds:.2f} s "
            f"({self.rate:.0f} events/s)."
        ]
        if self.unsealed:
            told.append(f"{self.unsealed} events are not yet sealed, since {self.unsealed_since}.")
        if self.unpublished:
            told.append(f"{self.unpublished} seals are not yet in the file of heads.")
        told += self.notes
        told += [str(finding) for finding in self.findings]
        if self.found > len(self.findings):
            told.append(f"... and {self.found - len(self.findings)} more findings.")
        if self.passed:
            told.append("Everything holds: events, seals, chain, signatures.")
        return told

    def add(self, findings: Iterable[Finding]) -> None:
        """Note *findings*."""
        for finding in findings:
            self.found += 1
            self._findings.append(finding)
            if len(self._findings) > 50 * KEPT:
                self._findings = self.findings


class ChainCheck:
    """Follows a chain link by link.

    Args:
        keys: public keys that are trusted.
        whole: the chain begins at its very first link; an export may begin later.
    """

    def __init__(self, keys: Keys, *, whole: bool = True) -> None:
        self._keys = keys
        self._last: Link | None = None
        self._whole = whole

    def follow(self, link: Link) -> Iterator[Finding]:
        """What is wrong with *link* in its place."""
        header = link.header
        number = header.sequence

        def wrong(problem: Problem, text: str) -> Finding:
            return Finding(number, 0, problem, text)

        before = self._last.header.sequence if self._last else 0
        begins = self._last is None and not self._whole
        if not begins and number != before + 1:
            gone = (
                f"seal {before + 1}"
                if number == before + 2
                else f"seals {before + 1} to {number - 1}"
            )
            yield Finding(
                before + 1, 0, Problem.SEGMENT_MISSING, f"{gone} should stand before seal {number}"
            )
        elif not begins and link.previous != (self._last.head if self._last else NOTHING):
            yield wrong(Problem.CHAIN, f"seal {number} does not follow the one before it")
        elif not begins and not self._goes_on(link):
            yield wrong(Problem.CHAIN, f"seal {number} does not begin where the last run ended")
        if link.computed_head != link.head:
            yield wrong(Problem.CHAIN, f"the header of seal {number} is not the one in its head")
        if not self._keys.knows(header.key):
            yield wrong(
                Problem.SIGNATURE, f"seal {number} names a key that is not trusted: {header.key}"
            )
        elif not self._keys.signed(link):
            yield wrong(Problem.SIGNATURE, f"seal {number} is not signed by its key {header.key}")
        self._last = link

    def _goes_on(self, link: Link) -> bool:
        header = link.header
        if self._last is None:
            return header.after == (0, 0) and header.after <= header.until
        last = self._last.header
        if header.kind == RETIREMENT:
            return header.after == header.until == last.until
        if (header.after, header.until) == (last.after, last.until):
            return last.kind != RETIREMENT and header.month > last.month
        return header.after == last.until and header.after <= header.until


def compare(
    sequence: int, expected: list[Entry], canonical: list[bytes], actual: list[Entry]
) -> Iterator[Finding]:
    """How the events that are there differ from those that were sealed.

    Args:
        expected: what the seal keeps.
        canonical: the events that are there, in order.
        actual: their entries.
    """
    rows = dict(zip((each.id for each in actual), canonical, strict=True))
    here = {each.id: each for each in actual}
    sealed = {each.id: each for each in expected}
    moments = {each.microseconds for each in expected}
    # What an event held, to find it again under another id. Two events may hold the same: one
    # that stands as it was sealed is not the other one moved.
    held = {each.digest: each for each in expected if here.get(each.id) != each}
    holding = {each.digest: each for each in actual if sealed.get(each.id) != each}
    told = set()
    for position, entry in enumerate(expected, start=1):
        found = here.get(entry.id)
        if found == entry:
            continue
        if found is None:
            moved = holding.get(entry.digest)
            if moved is not None:
                told.add(moved.id)
                yield _finding(
                    *(sequence, position, Problem.REORDERED, entry, rows.get(moved.id)),
                    f"stands now as event {moved.id} of {moved.when}",
                )
                continue
            yield _finding(sequence, position, Problem.MISSING, entry, None, "is not there")
            continue
        told.add(entry.id)
        other = held.get(found.digest)
        if other is not None and other.id != entry.id:
            yield _finding(
                *(sequence, position, Problem.REORDERED, entry, rows[entry.id]),
                f"holds what event {other.id} of {other.when} held",
            )
        elif other is not None and found.microseconds in moments:
            yield _finding(
                *(sequence, position, Problem.REORDERED, entry, rows[entry.id]),
                f"stands now at {found.when}",
            )
        else:
            yield _finding(
                *(sequence, position, Problem.TAMPERED, entry, rows[entry.id]),
                "is not what was sealed",
            )
    if not told and sealed.keys() == here.keys() and expected != actual:
        # Each as it was sealed; only their order is another.
        position = next(
            at
            for at, (one, other) in enumerate(zip(expected, actual, strict=False))
            if one != other
        )
        entry = expected[position]
        yield _finding(
            *(sequence, position + 1, Problem.REORDERED, entry, rows[entry.id]),
            f"does not stand in its place, where event {actual[position].id} stands",
        )
    for position, entry in enumerate(actual, start=1):
        if entry.id not in sealed and entry.id not in told:
            yield _finding(
                *(sequence, position, Problem.ADDED, entry, rows[entry.id]),
                "was not there when its transaction was sealed",
            )


def added(canonical: list[bytes], actual: list[Entry]) -> Iterator[Finding]:
    """Events that no seal speaks of, though the chain has passed their transaction."""
    for position, (row, entry) in enumerate(zip(canonical, actual, strict=True), start=1):
        yield _finding(
            *(BEHIND, position, Problem.ADDED, entry, row),
            "was not there when its transaction was sealed",
        )


def _finding(
    sequence: int,
    position: int,
    problem: Problem,
    entry: Entry,
    canonical: bytes | None,
    what: str,
) -> Finding:
    about = ""
    if canonical is not None:
        values = readable(canonical)
        by = values["actor_name"] or "the portal"
        about = f" ({values['kind']} by {by})"
    under = f"under seal {sequence}" if sequence != BEHIND else "under no seal"
    return Finding(
        sequence,
        position,
        problem,
        f"event {entry.id} of {entry.when}{about}, {under}, {what}",
        entry.id,
    )
