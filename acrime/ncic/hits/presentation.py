"""Hit confirmations as pages show them."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from accounts.choices import Role
from accounts.models import User
from acrime.ncic.hits.choices import HitState, Priority
from acrime.ncic.hits.models import HitConfirmation
from acrime.ncic.hits.policy import Escalation, escalation
from acrime.ncic.hits.querysets import MOST_CLOCKS, Figure

STATE_TONES = {
    HitState.WAITING: "warning",
    HitState.PROMISED: "info",
    HitState.ANSWERED: "success",
    HitState.FOLLOWED: "neutral",
}
# Minutes before its end from which a clock warns.
SOON: dict[str, int] = {Priority.URGENT: 3, Priority.ROUTINE: 15}


@dataclass(frozen=True)
class Clock:
    """One running clock, without a word of whom or what it is about.

    Attributes:
        key: tells two clocks apart, and nothing else.
        told: whether the reader is told because it went up to them.
    """

    key: str
    label: str
    urgent: bool
    due: datetime
    soon: int
    told: bool


def clocks_for(user: User, *, at: datetime) -> dict[str, Any]:
    """The clocks that run for *user*, the next one first, and whether there are more."""
    rows = list(HitConfirmation.objects.visible_to(user).due_first()[: MOST_CLOCKS + 1])
    supervises = user.has_role(Role.SUPERVISOR)
    clocks = [_clock(row, supervises=supervises, at=at) for row in rows[:MOST_CLOCKS]]
    return {"clocks": clocks, "more": len(rows) > MOST_CLOCKS, "at": at}


def _clock(hit: HitConfirmation, *, supervises: bool, at: datetime) -> Clock:
    urgent = hit.priority == Priority.URGENT
    promised = ", promised" if hit.state == HitState.PROMISED else ""
    # A request that nobody works on is everybody's.
    who = "" if hit.claimed_by_id else ", nobody works on it"
    return Clock(
        key=f"{hit.due_at:%H%M%S}{hit.number}{hit.priority}",
        label=f"{'Urgent' if urgent else 'Routine'}, request {hit.number}{promised}{who}",
        urgent=urgent,
        due=hit.clock_due,
        soon=SOON[Priority(hit.priority)],
        told=supervises and escalation(hit.number, due=hit.clock_due, at=at) is not Escalation.NONE,
    )


@dataclass(frozen=True)
class Bar:
    """One bar of the drawing: where its parts begin and how long they are, in its own units."""

    figure: Figure
    y: int
    in_time: int
    late_from: int
    late: int
    open_from: int
    open: int

    @property
    def words_y(self) -> int:
        """Where its words stand."""
        return self.y + 19


WIDTH, LEFT, ROW, HEIGHT = 640, 170, 40, 26


def bars_of(figures: list[Figure]) -> list[Bar]:
    """The bars, all to one scale; the longest takes the whole width."""
    longest = max([figure.total for figure in figures] or [0]) or 1
    room = WIDTH - LEFT

    def length(number: int) -> int:
        return round(room * number / longest)

    bars = []
    for place, figure in enumerate(figures):
        in_time, late = length(figure.in_time), length(figure.late)
        bars.append(
            Bar(
                figure=figure,
                y=place * ROW,
                in_time=in_time,
                late_from=LEFT + in_time,
                late=late,
                open_from=LEFT + in_time + late,
                open=length(figure.open),
            )
        )
    return bars
