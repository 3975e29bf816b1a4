"""How levels, clocks and workload are put before a reader."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Count, Q

from accounts.models import User
from acrime.common.places import places
from acrime.iaq import codes
from acrime.iaq.choices import QueryState
from acrime.iaq.models import StatusQuery
from acrime.iaq.worklist import levels
from acrime.iaq.worklist.filters import due_soon
from acrime.iaq.worklist.models import OffensePlacement

WAITS = "To be placed"
NONE_GIVEN = "No offense given"


@dataclass(frozen=True)
class LevelTag:
    """A level in the worklist: its text, how grave it looks, and the text for the row."""

    text: str
    tone: str


_TONES = {1: "danger", 2: "warning", 3: "neutral"}


def level_tag(query: StatusQuery) -> LevelTag:
    """The level by which *query* stands where it stands in the worklist."""
    rank = levels.rank_of(query.urgency)
    if rank == levels.RANK_TO_PLACE:
        return LevelTag(WAITS, "warning")
    level = levels.highest([query.charge_level, query.conviction_level])
    if level is None:
        return LevelTag(NONE_GIVEN, "neutral")
    return LevelTag(f"Level {level}", _TONES[level])


@dataclass(frozen=True)
class OffensePanel:
    """What is known of a query's offenses; charge and convictions apart.

    Attributes:
        charge: the charge as received.
        charge_level: its level in words.
        why: where that level comes from.
        waits: a person must place it.
        convictions: those that stand.
        struck: placements that were struck out.
        places: the place of each placement among those of the query, by its key.
    """

    charge: str
    charge_level: str
    why: str
    waits: bool
    placed_charge: OffensePlacement | None
    convictions: tuple[OffensePlacement, ...]
    struck: tuple[OffensePlacement, ...]
    places: Mapping[int, int]

    @property
    def charge_place(self) -> int:
        """The place of the placed charge."""
        return self.places[self.placed_charge.pk] if self.placed_charge else 0


def offense_panel(query: StatusQuery, *, drafts: bool) -> OffensePanel:
    """What is known of *query*'s offenses.

    Args:
        drafts: whether the reader sees what was drafted; convictions are research.
    """
    placed = levels.place(query.offense)
    placements = list(query.placements.select_related("author").order_by("pk")) if drafts else []
    standing = [each for each in placements if each.struck_at is None]
    charge = next((each for each in standing if each.basis == levels.Basis.CHARGE), None)
    name = codes.offense_name(query.offense)
    return OffensePanel(
        charge=f"{query.offense} – {name}" if name else query.offense,
        charge_level=f"Level {query.charge_level}" if query.charge_level else "None",
        why=str(levels.Why.PERSON.label if charge else placed.why.label),
        waits=levels.rank_of(query.urgency) == levels.RANK_TO_PLACE
        or (placed.waits and query.charge_level is None),
        placed_charge=charge,
        convictions=tuple(each for each in standing if each.basis == levels.Basis.CONVICTION),
        struck=tuple(each for each in placements if each.struck_at is not None),
        places=places(placements),
    )


@dataclass(frozen=True)
class Load:
    """What one person has: open queries, those of them that run out, those that are late."""

    name: str
    username: str
    open: int
    soon: int
    late: int

    @property
    def calm(self) -> int:
        """Open, and neither late nor running out."""
        return self.open - self.soon - self.late


def workload(user: User, people: Iterable[User], *, at: datetime) -> list[Load]:
    """What each of *people* works on, of the queries that *user* sees; most first."""
    late = Q(due_at__lt=at)
    counted = (
        due_soon(StatusQuery.objects.visible_to(user).open())
        .filter(claimed_by__isnull=False)
        .exclude(state=QueryState.APPROVED)
        .values("claimed_by")
        .annotate(
            open=Count("pk"),
            late=Count("pk", filter=late),
            soon=Count("pk", filter=~late & Q(warned_at__lte=at)),
        )
        .order_by("claimed_by")
    )
    by_person = {row["claimed_by"]: row for row in counted}
    loads = []
    for person in people:
        row = by_person.get(person.pk, {"open": 0, "late": 0, "soon": 0})
        loads.append(Load(person.full_name, person.username, row["open"], row["soon"], row["late"]))
    return sorted(loads, key=lambda load: (-load.open, -load.late, load.name))


# The width of the chart in the units of its drawing.
WIDTH = 320
HEIGHT = 16


@dataclass(frozen=True)
class Bar:
    """One stretch of a row of the chart."""

    kind: str
    x: int
    width: int


@dataclass(frozen=True)
class ChartRow:
    """A row of the chart of the workload."""

    load: Load
    bars: tuple[Bar, ...]


def chart(loads: Iterable[Load]) -> list[ChartRow]:
    """The rows of a chart whose longest bar fills its width."""
    rows = list(loads)
    most = max((load.open for load in rows), default=0) or 1
    drawn = []
    for load in rows:
        x, bars = 0, []
        for kind, count in (("late", load.late), ("soon", load.soon), ("calm", load.calm)):
            width = round(count * WIDTH / most)
            if width:
                bars.append(Bar(kind, x, width))
            x += width
        drawn.append(ChartRow(load, tuple(bars)))
    return drawn
