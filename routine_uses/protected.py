"""Special protection that lies on the people whom records are about: asked of the room that knows.

Records and people lie above this app. Their room registers what answers when the portal
starts; the gate takes its word beside the discloser's, so that a protection that is on record
holds whether anybody thought of it or not.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from routine_uses.choices import Protection
from routine_uses.grounds import GUARDS


@dataclass(frozen=True)
class Protected:
    """A protection in force on somebody whom a record is about. It does not say on whom.

    Attributes:
        code: ``choices.Protection``.
        since: the day from which it holds.
    """

    record_id: int
    code: str
    since: date

    @property
    def label(self) -> str:
        """What it is, in words."""
        return str(Protection(self.code).label)

    @property
    def clause(self) -> str:
        """Where it is written."""
        return GUARDS[self.code].clause

    @property
    def question(self) -> str:
        """What it asks before anything may leave."""
        return GUARDS[self.code].condition.question


Finder = Callable[[Sequence[int]], Sequence[Protected]]

_finder: Finder | None = None


def register_protections(function: Finder) -> Finder:
    """Register what gives the protections on the people whom some records are about."""
    global _finder
    _finder = function
    return function


def protections_on(record_ids: Iterable[int]) -> list[Protected]:
    """The protections in force on the people whom the records are about, by record and code."""
    found = _finder(sorted(set(record_ids))) if _finder else ()
    return sorted(set(found), key=lambda each: (each.record_id, each.code, each.since))


def codes_of(found: Iterable[Protected]) -> frozenset[str]:
    """The codes of *found*, each once."""
    return frozenset(each.code for each in found)
