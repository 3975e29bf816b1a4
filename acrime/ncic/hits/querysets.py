"""Hit confirmations as lists, as clocks and as figures."""

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Self

from django.contrib.auth.models import AnonymousUser
from django.db import models
from django.db.models import Case, F, When

from accounts.models import User
from acrime.ncic.hits.choices import HitState, Priority, Timing
from acrime.ncic.hits.policy import OPEN_STATES, timing
from acrime.records.querysets import visibility

if TYPE_CHECKING:
    from acrime.ncic.hits.models import HitConfirmation  # noqa: F401  # names the rows

MOST_CLOCKS = 5
# Requests that the figures are made of, at most; more belong into a report.
MOST_COUNTED = 5000


class HitQuerySet(models.QuerySet["HitConfirmation"]):
    """Hit confirmations. Whatever reaches a person starts from ``visible_to``."""

    def visible_to(self, user: User | AnonymousUser) -> Self:
        """The requests that *user* may see."""
        return self.filter(visibility(user, prefix="record__"))

    def with_details(self) -> Self:
        """With what a list shows."""
        return self.select_related("record", "recipient", "claimed_by", "entry", "previous")

    def due_first(self) -> Self:
        """Those that are open, by what their clocks run to."""
        return (
            self.filter(state__in=OPEN_STATES).annotate(runs_to=_RUNS_TO).order_by("runs_to", "pk")
        )

    def newest(self) -> Self:
        """Latest received first."""
        return self.order_by("-received_at", "-pk")


_RUNS_TO = Case(When(state=HitState.PROMISED, then=F("promised_for")), default=F("due_at"))


@dataclass(frozen=True)
class Figure:
    """Requests of one priority in one stretch of time, by how they were answered."""

    label: str
    in_time: int
    late: int
    open: int

    @property
    def total(self) -> int:
        """All of them."""
        return self.in_time + self.late + self.open

    @property
    def share(self) -> int | None:
        """Of those that are over, how many in a hundred were in time; None where none is."""
        over = self.in_time + self.late
        return round(100 * self.in_time / over) if over else None


def figures(user: User, *, since: datetime, at: datetime) -> list[Figure]:
    """How the requests since *since* that *user* sees were answered, by priority, then all."""
    from acrime.ncic.hits.models import HitConfirmation

    rows = (
        HitConfirmation.objects.visible_to(user)
        .filter(received_at__gte=since, received_at__lte=at)
        .order_by("-received_at", "-pk")
        .values_list("priority", "due_at", "first_answer_at", "state")[:MOST_COUNTED]
    )
    counted: dict[tuple[str, str], int] = {}
    for priority, due, first, state in rows:
        how = timing(due=due, first_answer_at=first, followed=state == HitState.FOLLOWED, at=at)
        key = (str(priority), how.value)
        counted[key] = counted.get(key, 0) + 1

    def figure(label: str, priorities: list[str]) -> Figure:
        number = {
            how: sum(counted.get((each, how.value), 0) for each in priorities) for how in Timing
        }
        return Figure(label, number[Timing.IN_TIME], number[Timing.LATE], number[Timing.OPEN])

    return [
        *(figure(str(each.label), [each.value]) for each in Priority),
        figure("All", list(Priority.values)),
    ]
