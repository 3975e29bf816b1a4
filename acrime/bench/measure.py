"""Taking times: acts in turns, the median of each."""

import gc
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from statistics import median
from time import perf_counter

# The first turns fill caches and open connections; they do not count.
WARM_UP = 3

Act = Callable[[int], object]
"""Something to time. It is given the number of its turn, from 0."""


def medians(*acts: Act, rounds: int, clock: Callable[[], float] = perf_counter) -> list[float]:
    """The median milliseconds of each act, over *rounds* turns after ``WARM_UP`` more.

    *clock* may be ``time.process_time`` for work that is done by one core alone.
    """
    return [median(taken) for taken in each_taken(*acts, rounds=rounds, clock=clock)]


def each_taken(
    *acts: Act, rounds: int, clock: Callable[[], float] = perf_counter
) -> list[list[float]]:
    """The milliseconds of each act in each of *rounds* turns after ``WARM_UP`` more.

    The acts are run in turns, and each turn begins with another one, so that what else
    happens on the machine meets all of them alike.
    """
    taken: list[list[float]] = [[] for _ in acts]
    with _tidied() as tidy:
        for turn in range(WARM_UP + rounds):
            for place in range(len(acts)):
                which = (turn + place) % len(acts)
                tidy()
                start = clock()
                acts[which](turn)
                elapsed = clock() - start
                if turn >= WARM_UP:
                    taken[which].append(elapsed * 1000)
    return taken


def percentile(taken: Sequence[float], share: float) -> float:
    """The time within which *share* (from 0 to 1) of the turns ended."""
    return sorted(taken)[min(len(taken) - 1, int(share * len(taken)))]


@contextmanager
def _tidied() -> Iterator[Callable[[], object]]:
    """No act clears up behind another one: garbage is collected between them.

    What is there already is set aside, so that collecting is quick.
    """
    gc.collect()
    gc.freeze()
    gc.disable()
    try:
        yield gc.collect
    finally:
        gc.enable()
        gc.unfreeze()


def must_agree(ours: object, baseline: object) -> None:
    """See that both sides of a figure answer alike.

    Raises:
        RuntimeError: they do not, so that their times say nothing.
    """
    if ours != baseline:
        raise RuntimeError("The two sides of this figure do not answer alike.")
