"""Exports of the ledger that can be checked without the portal and its database.

A file of JSON lines: which time it covers; then every seal between the first and the last
that speaks of that time, each with its entries and followed by its events of that time; then
how many there were. An event stands there in its canonical form, in base64, and readable
beside it. Events of other times are known by their entries alone: id, moment and a digest.

This module knows neither Django nor the database:
``python -m acrime.audit.export FILE --keys name:base64``.
"""

import argparse
import base64
import binascii
import json
import sys
from collections.abc import Iterator, Mapping
from datetime import datetime
from pathlib import Path
from time import perf_counter
from typing import Any

from acrime.audit.canonical import entries_in, entry_of, microseconds_of, readable
from acrime.audit.chain import Keys, Link, NotALink, keys_from, link_from, root_of
from acrime.audit.findings import ChainCheck, Finding, Problem, Report, compare

FORMAT = "acrime-ledger-export-1"


def first_line(*, begin: str, stop: str, made_at: str) -> str:
    """What the file is."""
    return _line({"format": FORMAT, "from": begin, "to": stop, "made_at": made_at})


def seal_line(link: Link, packed: bytes | None) -> str:
    """A seal with what it keeps of its events; without, it stands there to carry the chain on."""
    entries = None if packed is None else base64.b64encode(packed).decode()
    return _line({"seal": json.loads(link.line()), "entries": entries})


def event_line(canonical: bytes) -> str:
    """An event that happened in the time asked for."""
    return _line({"event": readable(canonical), "canonical": base64.b64encode(canonical).decode()})


def last_line(*, seals: int, events: int, unsealed: int) -> str:
    """How many there were, and how many of the time asked for were not yet sealed."""
    return _line({"seals": seals, "events": events, "not_yet_sealed": unsealed})


class _Damaged(Exception):
    """A line that cannot be read."""


def verify_export(path: Path, keys: Mapping[str, bytes]) -> Report:
    """Check the export at *path* against trusted public keys."""
    started = perf_counter()
    report = Report()
    with path.open(encoding="utf-8") as file:
        report.add(_Reading(Keys(keys), report).all_of(enumerate(file, start=1)))
    report.seconds = perf_counter() - started
    return report


class _Reading:
    """Goes through a file once, a seal at a time."""

    def __init__(self, keys: Keys, report: Report) -> None:
        self._chain = ChainCheck(keys, whole=False)
        self._report = report
        self._begin = self._stop = 0
        self._link: Link | None = None
        self._sealed: bytes | None = None
        self._canonical: list[bytes] = []

    def all_of(self, lines: Iterator[tuple[int, str]]) -> Iterator[Finding]:
        """Every finding of the file."""
        number, ended = 0, False
        for number, text in lines:
            try:
                data = json.loads(text)
                if not isinstance(data, dict) or ended:
                    raise _Damaged
                if number == 1:
                    self._start(data)
                elif "seal" in data:
                    yield from self._close()
                    yield from self._open(data)
                elif "event" in data:
                    yield from self._event(data)
                else:
                    yield from self._close()
                    yield from self._end(data)
                    ended = True
            except (_Damaged, NotALink, ValueError, KeyError, TypeError, binascii.Error):
                yield self._damage(f"line {number} cannot be read, or stands in a wrong place")
                return
        if not ended:
            yield from self._close()
            yield self._at_seal(Problem.TRUNCATED, f"the file ends after line {number}")

    def _start(self, data: Mapping[str, Any]) -> None:
        if data["format"] != FORMAT:
            raise _Damaged
        self._begin, self._stop = (
            microseconds_of(datetime.fromisoformat(data[name])) for name in ("from", "to")
        )
        self._report.notes.append(f"The export covers {data['from']} to {data['to']}.")

    def _open(self, data: Mapping[str, Any]) -> Iterator[Finding]:
        self._link = link_from(data["seal"])
        entries = data["entries"]
        self._sealed = None if entries is None else base64.b64decode(entries, validate=True)
        self._report.links += 1
        yield from self._chain.follow(self._link)

    def _event(self, data: Mapping[str, Any]) -> Iterator[Finding]:
        if self._sealed is None:
            raise _Damaged
        canonical = base64.b64decode(data["canonical"], validate=True)
        told = readable(canonical)
        self._canonical.append(canonical)
        if data["event"] != told:
            yield Finding(
                self._sequence(),
                len(self._canonical),
                Problem.TAMPERED,
                f"event {told['id']} of {told['occurred_at']} does not read as it was sealed",
                told["id"],
            )

    def _close(self) -> Iterator[Finding]:
        """The seal before is complete: are its events those that it keeps entries of?"""
        if self._link is not None and self._sealed is not None:
            header = self._link.header
            if root_of(self._sealed) != header.root:
                yield self._at_seal(
                    Problem.ENTRIES,
                    f"what seal {header.sequence} keeps of its {header.count} events was changed",
                )
            else:
                expected = [
                    entry
                    for entry in entries_in(self._sealed)
                    if self._begin <= entry.microseconds < self._stop
                ]
                actual = list(entries_in(b"".join(map(entry_of, self._canonical))))
                if expected != actual:
                    yield from compare(header.sequence, expected, self._canonical, actual)
        self._report.events += len(self._canonical)
        self._sealed, self._canonical = None, []

    def _end(self, data: Mapping[str, Any]) -> Iterator[Finding]:
        if (data["seals"], data["events"]) != (self._report.links, self._report.events):
            yield self._damage("the file holds other numbers of seals or events than it says")
        self._report.unsealed = int(data["not_yet_sealed"])

    def _damage(self, text: str) -> Finding:
        return self._at_seal(Problem.FILE, text)

    def _at_seal(self, problem: Problem, text: str) -> Finding:
        return Finding(self._sequence(), 0, problem, text)

    def _sequence(self) -> int:
        return self._link.header.sequence if self._link else 0


def _line(data: Mapping[str, Any]) -> str:
    return json.dumps(data, separators=(",", ":"), ensure_ascii=False) + "\n"


def main() -> int:
    """Check an export from the command line; 1 means that something is wrong."""
    parser = argparse.ArgumentParser(description="Verify an export of the ledger.")
    parser.add_argument("file", type=Path)
    parser.add_argument("--keys", required=True, help="name:base64 of trusted public keys")
    arguments = parser.parse_args()
    report = verify_export(arguments.file, keys_from(arguments.keys))
    sys.stdout.write("\n".join(report.lines()) + "\n")
    return 0 if report.passed else 1


if __name__ == "__main__":
    sys.exit(main())
