"""What a room above shows on the page of a record of a room below: a registry of panels."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.http import HttpRequest

from acrime.records.models import Record


@dataclass(frozen=True)
class Panel:
    """A section of a record's page.

    Attributes:
        template: gets *context* alone.
    """

    title: str
    template: str
    context: Mapping[str, Any] = field(default_factory=dict)


Maker = Callable[[HttpRequest, Record, datetime], Panel | None]

_makers: list[tuple[str, Maker]] = []


def panel_of(record_kind: str) -> Callable[[Maker], Maker]:
    """Register a function that makes a panel for pages of records of *record_kind*.

    It gets the request, the record, which its reader was shown, and the time; it writes down
    whatever else it shows, and answers None where there is nothing to show.
    """

    def register(maker: Maker) -> Maker:
        _makers.append((record_kind, maker))
        return maker

    return register


def panels_for(request: HttpRequest, record: Record, *, at: datetime) -> list[Panel]:
    """The panels of *record*'s page, in the order in which their rooms were started."""
    made = (maker(request, record, at) for kind, maker in _makers if kind == record.kind)
    return [panel for panel in made if panel is not None]
