"""The report of a day: for a person, and as data."""

import json
from collections import Counter
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from acrime.bench.day.reckoning import Reckoning

# So many sentences of what is wrong are printed; the file has all of them.
MOST_TOLD = 25


@dataclass(frozen=True)
class Day:
    """How the day went, around what it came to.

    Attributes:
        begins, ends: of the day's own clock.
        seconds: that it took in truth.
        deaths: SIGKILLs, by whom they hit.
        ended: processes that ended without being killed, by name.
        ledger: what verifying the ledger said; blank where it did not verify.
    """

    begins: datetime
    ends: datetime
    seconds: float
    pace: float
    seed: int
    deaths: dict[str, int]
    ended: dict[str, int]
    failures: dict[str, int]
    ledger: list[str]
    found: Reckoning

    @property
    def is_good(self) -> bool:
        """Whether everything adds up."""
        return not self.found.wrong and not self.ended

    def lines(self) -> list[str]:
        """The report for a person."""
        told = [
            f"A day of the support center, seed {self.seed}",
            f"  {self.begins:%Y-%m-%d %H:%M} to {self.ends:%m-%d %H:%M} UTC, a day on which the "
            "clocks change,",
            f"  in {self.seconds:.0f} seconds (about {self.pace:.0f} times as fast)",
            "",
            _line("processes killed", self.deaths),
            _line("failures outside", self.failures),
        ]
        told += [_line(part, counts) for part, counts in self.found.counts.items()]
        told += [f"{'ledger':<18}{line}" for line in self.ledger]
        why = Counter((desk, reason) for _, desk, reason in self.found.desks)
        told += ["", "On a desk at the end:"]
        told += [
            f"  {number:>5}  {desk}: {_without_names(reason)}"
            for (desk, reason), number in sorted(_together(why).items())
        ]
        if self.ended:
            told += ["", _line("ENDED BY THEMSELVES", self.ended)]
        if self.found.wrong:
            told += ["", f"WRONG: {len(self.found.wrong)}"]
            told += [f"  {sentence}" for sentence in self.found.wrong[:MOST_TOLD]]
        else:
            told += [
                "",
                "Every query is answered or on a desk, none twice, none lost; every release is "
                "accounted for;",
                "every clock is right; the ledger verifies.",
            ]
        return told

    def data(self) -> dict[str, Any]:
        """The report for a program."""
        return {
            "good": self.is_good,
            "begins": self.begins.isoformat(),
            "ends": self.ends.isoformat(),
            "seconds": round(self.seconds, 1),
            "pace": round(self.pace, 2),
            "seed": self.seed,
            "deaths": self.deaths,
            "failures": self.failures,
            "ended_by_themselves": self.ended,
            "counts": self.found.counts,
            "ledger": self.ledger,
            "desks": [
                {"number": number, "desk": desk, "why": why}
                for number, desk, why in self.found.desks
            ],
            "wrong": self.found.wrong,
        }


def write_report(day: Day, folder: Path) -> None:
    """Write the report as text and as data into *folder*, in place of an earlier one."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "report.txt").write_text("\n".join(day.lines()) + "\n", encoding="utf-8")
    (folder / "report.json").write_text(json.dumps(day.data(), indent=2) + "\n", encoding="utf-8")


def _line(part: str, counts: dict[str, int]) -> str:
    listed = ", ".join(f"{name} {number}" for name, number in counts.items()) or "none"
    return f"{part:<18}{listed}"


def _together(why: Counter[tuple[str, str]]) -> Counter[tuple[str, str]]:
    """The same, whoever has it."""
    found: Counter[tuple[str, str]] = Counter()
    for (desk, reason), number in why.items():
        found[(desk, _without_names(reason))] += number
    return found


def _without_names(reason: str) -> str:
    return "with somebody" if reason.startswith("with ") else reason
