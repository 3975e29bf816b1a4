"""Follow-ups as figures: by office and outcome, without anything of a person."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Count, OuterRef, Subquery

from accounts.models import User
from acrime.iar.choices import Outcome
from acrime.iar.following.models import FollowUp
from acrime.iar.models import StatusResponse


@dataclass(frozen=True)
class OfficeFigures:
    """What one office did about the answers of a period.

    Attributes:
        outcomes: how many answers by the code of what was done last.
        open: answers about which nothing was written down yet.
    """

    office: str
    outcomes: dict[str, int]
    open: int

    @property
    def total(self) -> int:
        """All of them."""
        return sum(self.outcomes.values()) + self.open

    def cells(self) -> Iterator[int]:
        """The numbers in the order of the outcomes, then the open ones."""
        yield from (self.outcomes.get(code, 0) for code in Outcome.values)
        yield self.open


def figures(user: User, *, since: datetime, until: datetime) -> list[OfficeFigures]:
    """The figures of the current answers that *user* sees and that left from *since* to *until*."""
    last = FollowUp.objects.filter(response=OuterRef("pk")).order_by("-written_at", "-pk")
    counted = (
        StatusResponse.objects.visible_to(user)
        .current()
        .filter(released_at__gte=since, released_at__lt=until)
        .annotate(last=Subquery(last.values("outcome")[:1]))
        .values("field_office__name", "last")
        .annotate(many=Count("pk"))
        .order_by("field_office__name", "last")
    )
    offices: dict[str, dict[str | None, int]] = {}
    for row in counted:
        offices.setdefault(row["field_office__name"], {})[row["last"]] = row["many"]
    return [
        OfficeFigures(
            office=name,
            outcomes={code: many for code, many in found.items() if code},
            open=found.get(None, 0),
        )
        for name, found in offices.items()
    ]
