"""How figures are told: a line for a person, a list for a program."""

import json
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

HEADING = f"{'figure':<24}{'ours':>11}{'baseline':>11}{'ratio':>9}  unit"


@dataclass(frozen=True)
class Result:
    """One figure.

    Attributes:
        ours, baseline: medians in *unit* (``ms`` or a rate such as ``messages/s``).
        note: what was compared, and at what size.
    """

    name: str
    ours: float
    baseline: float
    unit: str
    note: str

    @property
    def ratio(self) -> float:
        """Ours by the baseline, in the figure's unit."""
        return self.ours / self.baseline

    def line(self) -> str:
        """The figure on one line."""
        return (
            f"{self.name:<24}{self.ours:>11.2f}{self.baseline:>11.2f}{_times(self.ratio):>9}"
            f"  {self.unit}: {self.note}"
        )

    def data(self) -> dict[str, str | float]:
        """The figure as it stands in the file."""
        return {
            "name": self.name,
            "ours": round(self.ours, 4),
            "baseline": round(self.baseline, 4),
            "ratio": round(self.ratio, 4),
            "unit": self.unit,
            "note": self.note,
        }


def write_report(path: Path, results: Iterable[Result]) -> None:
    """Write *results* to *path* as a JSON list, in place of what was there."""
    path.parent.mkdir(parents=True, exist_ok=True)
    listed = [result.data() for result in results]
    path.write_text(json.dumps(listed, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")


def _times(ratio: float) -> str:
    return f"{ratio:.3f}x" if ratio < 0.1 else f"{ratio:.2f}x"
