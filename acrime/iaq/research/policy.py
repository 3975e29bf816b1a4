"""Rules of research. Pure."""

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from types import MappingProxyType

from acrime.iaq.choices import ResearchSource
from acrime.iaq.research.choices import DONE, LOOKED, StepResult

_TABLE = Path(__file__).resolve().parent / "data" / "checklists.json"


@dataclass(frozen=True)
class Checklist:
    """Which sources the queries of a program are looked up in.

    Attributes:
        required: a determination says why one of these is left open.
        usual: looked into where it may tell something.
    """

    required: tuple[str, ...]
    usual: tuple[str, ...]


@dataclass(frozen=True)
class Check:
    """One source of a checklist, and how far it is.

    Attributes:
        results: what came of each look, oldest first.
        done: it needs nothing more.
        by_hand: it was not available when it was last tried, and stays to be looked into.
    """

    source: str
    label: str
    required: bool
    results: tuple[str, ...]
    done: bool
    by_hand: bool


@cache
def checklists() -> Mapping[str, Checklist]:
    """The checklist of each program."""
    data = json.loads(_TABLE.read_text("ascii"))["programs"]
    return MappingProxyType(
        {
            program: Checklist(tuple(each["required"]), tuple(each["usual"]))
            for program, each in data.items()
        }
    )


def checks(program: str, steps: Iterable[tuple[str, str]]) -> tuple[Check, ...]:
    """The checklist of *program* against the *steps* taken: source and result, oldest first."""
    taken: dict[str, list[str]] = {}
    for source, result in steps:
        taken.setdefault(source, []).append(result)
    checklist = checklists()[program]
    listed = (*checklist.required, *checklist.usual)
    return tuple(
        _check(source, source in checklist.required, taken.get(source, []))
        for source in (*listed, *(source for source in taken if source not in listed))
    )


def open_steps(program: str, steps: Iterable[tuple[str, str]]) -> tuple[str, ...]:
    """The required sources that are neither looked into nor said not to be needed."""
    return tuple(each.source for each in checks(program, steps) if each.required and not each.done)


def was_researched(steps: Iterable[tuple[str, str]]) -> bool:
    """Whether at least one source was looked into. One that was down tells nothing."""
    return any(result in LOOKED for _, result in steps)


def _check(source: str, required: bool, results: list[str]) -> Check:
    done = any(result in DONE for result in results)
    return Check(
        source=source,
        label=str(ResearchSource(source).label),
        required=required,
        results=tuple(results),
        done=done,
        by_hand=not done and StepResult.NOT_AVAILABLE in results,
    )
