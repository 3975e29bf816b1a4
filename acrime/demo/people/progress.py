"""How far a long load is: a bar on a terminal, lines where there is none."""

from collections.abc import Callable
from time import perf_counter

_WIDTH = 30
# Without a terminal, a line each time another such part is done.
_PARTS = 10


class Progress:
    """Tells how many of *total* people are written, how fast, and how long the rest takes."""

    def __init__(
        self,
        total: int,
        *,
        write: Callable[[str], object],
        bar: bool,
        clock: Callable[[], float] = perf_counter,
    ) -> None:
        self.total = total
        self._write = write
        self._clock = clock
        self._begun = clock()
        self._bar = bar
        self._told = 0

    def tell(self, done: int) -> None:
        """*done* of them are in the database."""
        line = self.line(done)
        if self._bar:
            filled = _WIDTH * done // self.total
            end = "\n" if done >= self.total else ""
            self._write(f"\r[{'#' * filled}{'-' * (_WIDTH - filled)}] {line}   {end}")
        elif done * _PARTS // self.total > self._told:
            self._told = done * _PARTS // self.total
            self._write(f"{line}\n")

    def line(self, done: int) -> str:
        """How far it is, in words."""
        left = (self.total - done) / self.rate(done) if done else 0
        minutes, seconds = divmod(round(left), 60)
        return (
            f"{done * 100 // self.total} %, {done:,} of {self.total:,}, "
            f"{self.rate(done):,.0f} people/s, {minutes} min {seconds:02} s left"
        )

    def rate(self, done: int) -> float:
        """People a second since the beginning."""
        return done / max(self._clock() - self._begun, 1e-6)
