"""A query from its arrival to its answer: made once, each step kept, and copied into tests."""

import pickle
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, TypeVar

from accounts.choices import OfficeKind, Role
from accounts.models import Office, User
from tests import factories
from tests.support.database import Rows, Steps, making

STEPS = (
    "received_query",
    "claimed_query",
    "researched_query",
    "submitted_query",
    "approved_query",
    "released_response",
)
"""The fixtures of the steps, each on top of the one before."""

PEOPLE = ("support_center", "supervisor", "analyst", "office", "message_switch")
"""The fixtures of people and offices, each after those it names."""

# Who has to be there for a step, beside those of the steps before.
NEEDED: Mapping[str, tuple[str, ...]] = {
    "received_query": (),
    "claimed_query": ("supervisor", "analyst"),
    "researched_query": (),
    "submitted_query": (),
    "approved_query": (),
    "released_response": ("office",),
}


T = TypeVar("T")


@dataclass(frozen=True)
class Kept:
    """Rows, and what was handed back when they were made."""

    rows: Rows
    _made: bytes

    def put(self, kind: type[T]) -> T:
        """Add the rows; a new copy of what was made, which is of *kind*."""
        self.rows.put()
        return self.made(kind)

    def put_as_they_became(self, kind: type[T]) -> T:
        """The same for the rows of a long story."""
        self.rows.put_as_they_became()
        return self.made(kind)

    def made(self, kind: type[T]) -> T:
        """A new copy of what was made, which is of *kind*."""
        made = pickle.loads(self._made)  # noqa: S301  # our own
        assert isinstance(made, kind)
        return made


@dataclass(frozen=True)
class People:
    """Who and what there is before a state is made."""

    supervisor: User
    analyst: User
    support_center: Office
    office: Office


def keep(
    make: Callable[[People], object],
    *,
    before: Callable[[People], object] | None,
    notice: Rows,
    chain: Mapping[str, Kept],
) -> Kept:
    """The rows that *make* adds to the notice and the people, and what it hands back.

    Args:
        make: only adds rows.
        before: changes what there is already; done again wherever the rows are copied in.
    """
    with making() as steps:
        notice.put()
        for name in PEOPLE:
            chain[name].rows.put()
        people = People(
            supervisor=chain["supervisor"].made(User),
            analyst=chain["analyst"].made(User),
            support_center=chain["support_center"].made(Office),
            office=chain["office"].made(Office),
        )
        if before:
            before(people)
        steps.begin()
        made = make(people)
        return Kept(steps.rows(), pickle.dumps(made))


def needed_for(step: str) -> list[str]:
    """The fixtures of all people and offices that *step* rests on."""
    return [name for each in upto(step) for name in NEEDED[each]]


def upto(step: str) -> tuple[str, ...]:
    """*step* and the ones before it."""
    return STEPS[: STEPS.index(step) + 1]


def deepest(names: list[str]) -> str:
    """The last of the steps among *names*."""
    return [step for step in STEPS if step in names][-1]


def make_chain(notice: Rows, *, at: datetime) -> Mapping[str, Kept]:
    """Every person, office and step of the chain, by the name of its fixture."""
    kept: dict[str, Kept] = {}
    with making() as steps:
        notice.put()
        made = _people(kept, steps, at=at)
        analyst, supervisor, office = made["analyst"], made["supervisor"], made["office"]
        steps.begin()

        def minutes(number: int) -> datetime:
            return at - timedelta(minutes=number)

        acts: tuple[Callable[[Any], Any], ...] = (
            lambda _: factories.make_query(at=minutes(60)),
            lambda query: factories.claim(query, author=analyst, at=minutes(50)),
            lambda query: factories.research(query, author=analyst, at=minutes(40)),
            lambda query: factories.submit(query, author=analyst, at=minutes(30)),
            lambda query: factories.approve(query, reviewer=supervisor, at=minutes(20)),
            lambda query: factories.release(query, actor=supervisor, office=office, at=minutes(10)),
        )
        query = None
        for name, act in zip(STEPS, acts, strict=True):
            query = act(query)
            # A step's rows are those of all steps so far, as they are after it.
            kept[name] = Kept(steps.rows(), pickle.dumps(query))
    return kept


def _people(kept: dict[str, Kept], steps: Steps, *, at: datetime) -> dict[str, Any]:
    """Everybody, with names that no test gives to people of its own."""
    made: dict[str, Any] = {}

    def person(role: Role, serial: int, supervisor: str = "") -> User:
        return factories.make_user(
            role,
            at=at,
            serial=serial,
            supervisor=made[supervisor] if supervisor else None,
            office=made["support_center"],
        )

    acts: Mapping[str, Callable[[], object]] = {
        "support_center": lambda: factories.make_office(
            "LESC", at=at, kind=OfficeKind.SUPPORT_CENTER, states=[]
        ),
        "supervisor": lambda: person(Role.SUPERVISOR, 901),
        "analyst": lambda: person(Role.ANALYST, 902, "supervisor"),
        "office": lambda: factories.make_office("VT1", at=at),
        "message_switch": lambda: factories.message_switch(at),
    }
    for name in PEOPLE:
        steps.begin()
        made[name] = acts[name]()
        kept[name] = Kept(steps.rows(), pickle.dumps(made[name]))
    return made
