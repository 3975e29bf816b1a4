"""The clock of a simulated day: it runs faster, and all processes of the day share it."""

import os
from collections.abc import MutableMapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from time import time
from typing import Self

from acrime.common import clock, outbox
from acrime.common.eastern import EASTERN

# A process that died holds what it claimed for so many real seconds, not for minutes of the day.
CLAIM_SECONDS = 30

_VARIABLES = ("DAY_BEGINS", "DAY_STARTED", "DAY_PACE")


@dataclass(frozen=True)
class DayClock:
    """When the day begins, when that was in truth, and how much faster it goes."""

    begins: datetime
    started: float
    pace: float

    def now(self) -> datetime:
        """The moment of the day that it is now."""
        return self.begins + timedelta(seconds=(time() - self.started) * self.pace)

    def seconds_until(self, moment: datetime) -> float:
        """Real seconds until *moment*; none where it is over."""
        return max((moment - self.now()).total_seconds() / self.pace, 0)

    def told(self, environment: MutableMapping[str, str]) -> None:
        """Tell it to a process that is to be started with *environment*."""
        told = (self.begins.isoformat(), repr(self.started), repr(self.pace))
        for name, value in zip(_VARIABLES, told, strict=True):
            environment[name] = value

    @classmethod
    def from_environment(cls) -> Self:
        """The clock that this process was told."""
        begins, started, pace = (os.environ[name] for name in _VARIABLES)
        return cls(datetime.fromisoformat(begins), float(started), float(pace))

    def install(self) -> None:
        """Let everything in this process, and what it forks, go by this clock."""
        clock.now = self.now
        outbox.CLAIM = timedelta(seconds=CLAIM_SECONDS * self.pace)


def next_change(after: datetime) -> datetime:
    """Midnight of the next day, not before the day after *after*, on which the clocks change."""
    day = after.astimezone(EASTERN).date()
    while True:
        day += timedelta(days=1)
        midnight = datetime(day.year, day.month, day.day, tzinfo=EASTERN)
        if midnight.utcoffset() != (midnight + timedelta(days=1)).utcoffset():
            return midnight.astimezone(UTC)
