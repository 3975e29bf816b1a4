"""What an authority would change, counted before anybody approves it. Writes nothing."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from acrime.records.models import Record
from acrime.retention.actions import STEP, judge_records
from acrime.retention.authorities.models import ScheduleAuthority
from acrime.retention.choices import DUE, State
from acrime.retention.models import RetentionClock


@dataclass
class Preview:
    """How many records an authority covers, and what becomes of them.

    Attributes:
        now: that may be destroyed or transferred at once.
        by_year: whose period ends later, by the year of the day.
        earlier, later: whose day comes nearer or moves away, against what their clocks say now.
        first: the first day on which a record is due.
    """

    records: int = 0
    now: int = 0
    held: int = 0
    waiting: int = 0
    permanent: int = 0
    earlier: int = 0
    later: int = 0
    begun: int = 0
    first: date | None = None
    by_year: Counter[int] = field(default_factory=Counter)

    def as_data(self) -> dict[str, Any]:
        """The counts as plain data, as they are kept with the approval."""
        return {
            "records": self.records,
            "now": self.now,
            "held": self.held,
            "waiting": self.waiting,
            "permanent": self.permanent,
            "earlier": self.earlier,
            "later": self.later,
            "begun": self.begun,
            "first": self.first.isoformat() if self.first else "",
            "by_year": {str(year): self.by_year[year] for year in sorted(self.by_year)},
        }


def preview_of(authority: ScheduleAuthority, *, at: datetime) -> Preview:
    """What *authority* would come to if it were approved at *at*, by the rule itself."""
    found = Preview()
    for ids in _steps(authority.code):
        before = dict(
            RetentionClock.objects.filter(pk__in=ids)
            .order_by("pk")
            .values_list("pk", "eligible_on")
        )
        for pk, judged in judge_records(ids, at=at, instead=authority).items():
            _count(found, judged.verdict.state, judged.verdict.date, before.get(pk))
    return found


def _count(found: Preview, state: State, day: date | None, before: date | None) -> None:
    found.records += 1
    found.now += state in DUE
    found.held += state is State.BLOCKED_BY_HOLD
    found.permanent += state is State.PERMANENT
    found.waiting += state is State.NO_TRIGGER
    if day is None:
        return
    if state is State.RUNNING:
        found.by_year[day.year] += 1
    found.first = min(found.first or day, day)
    found.begun += before is None
    found.earlier += before is not None and day < before
    found.later += before is not None and day > before


def _steps(code: str) -> Iterator[list[int]]:
    reached = 0
    while True:
        ids = list(
            Record.objects.filter(schedule_item__code=code, pk__gt=reached)
            .order_by("pk")
            .values_list("pk", flat=True)[:STEP]
        )
        if not ids:
            return
        yield ids
        reached = ids[-1]
