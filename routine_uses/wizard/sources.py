"""What a record can tell the gate: asked of the room that knows, as who sees it is."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from acrime.common.errors import NotThere
from routine_uses.choices import UNDECIDED_PROGRAM, Program
from routine_uses.policy import ConditionValue
from routine_uses.scopes import DisclosedRecord

if TYPE_CHECKING:
    from accounts.models import User


@dataclass(frozen=True)
class Source:
    """A record that something is to be disclosed from.

    Attributes:
        kind: what it is, in words.
        program: the check that it comes from, or empty.
        facts: conditions that the record answers by itself, by key.
        persons: numbers of the people it is about.
    """

    record_id: int
    number: str
    kind: str
    disputed: bool
    program: str = ""
    facts: Mapping[str, ConditionValue] = field(default_factory=dict)
    persons: tuple[str, ...] = ()

    @property
    def plain(self) -> DisclosedRecord:
        """The record as the gate takes it."""
        return DisclosedRecord(self.record_id, self.number, self.persons)


Finder = Callable[["User", Sequence[str], bool], Sequence[Source]]

_finder: Finder | None = None


def register_sources(function: Finder) -> Finder:
    """Register the function that gives those of some records which *user* sees now.

    Its last argument tells it to hold the records until the transaction ends, so that
    nobody limits, corrects or disputes one meanwhile.
    """
    global _finder
    _finder = function
    return function


def sources_for(user: "User", numbers: Iterable[str], *, held: bool = False) -> list[Source]:
    """Every one of the records with *numbers*, in their order.

    Raises:
        NotThere: one does not exist, or *user* does not see it: the same answer.
    """
    wanted = list(dict.fromkeys(numbers))
    found = {each.number: each for each in _finder(user, wanted, held)} if _finder else {}
    if not wanted or found.keys() != set(wanted):
        raise NotThere
    return [found[number] for number in wanted]


def program_of(sources: Iterable[Source]) -> str:
    """The program that the gate is told: the one that shuts in goes before every other."""
    programs = {each.program for each in sources}
    if Program.SEX_OFFENDER in programs:
        return Program.SEX_OFFENDER.value
    if UNDECIDED_PROGRAM in programs:
        return UNDECIDED_PROGRAM
    return programs.pop() if len(programs) == 1 else ""


def facts_of(sources: Sequence[Source]) -> dict[str, ConditionValue]:
    """What every one of the records answers alike."""
    first, *others = sources
    return {
        key: value
        for key, value in first.facts.items()
        if all(each.facts.get(key) == value for each in others)
    }
