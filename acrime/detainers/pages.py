"""What detainers show on pages of queries, of responses and of people."""

from datetime import datetime
from typing import Any

from django.db.models import Q
from django.http import HttpRequest

from accounts.guards import may_open, signed_in
from acrime.detainers.models import Detainer
from acrime.detainers.presentation import SOON, TONES, hours_of, identity_of
from acrime.individuals.models import Individual
from acrime.records.choices import RecordKind
from acrime.records.models import Record
from acrime.records.pages import see_rows
from acrime.records.panels import Panel, panel_of

MOST = 25


def beside(
    request: HttpRequest, record: Record, detainer: Detainer, *, at: datetime
) -> dict[str, Any]:
    """What every page of a detainer shows of it; the look at *record* is written down already.

    Of the person only what the reader sees on that person's own page, written down as shown.
    """
    visible = Individual.objects.visible_to(signed_in(request))
    linked = visible.filter(record_links__record=record).select_related("record")
    people = list(linked.prefetch_related("birth_dates", "identifiers").order_by("pk")[:1])
    if people:
        see_rows(request, people, at=at, criteria={"List": f"On the page of {record.number}"})
    return {
        "record": record,
        "detainer": detainer,
        "identity": identity_of(people[0]) if people else [],
        "hours": hours_of(detainer, at=at),
        "at": at,
    }


@panel_of(RecordKind.QUERY)
@panel_of(RecordKind.RESPONSE)
@panel_of(RecordKind.INDIVIDUAL)
def detainers(request: HttpRequest, record: Record, at: datetime) -> Panel | None:
    """The detainers that follow a query or are about a person, as far as the reader sees them."""
    user = signed_in(request)
    if not may_open(user, "detainers:list"):
        return None
    of_it = (
        Q(record__subjects__individual=record.pk)
        if record.kind == RecordKind.INDIVIDUAL
        else Q(query=record.pk) | Q(query__responses=record.pk)
    )
    rows = Detainer.objects.visible_to(user).filter(of_it).distinct().with_details().newest()
    found = list(rows[:MOST])
    may_prepare = may_open(user, "detainers:new", "POST")
    answers = record.kind == RecordKind.RESPONSE
    if not found and not (answers and may_prepare):
        return None
    if found:
        see_rows(request, found, at=at, criteria={"List": "Detainers", "Record": record.number})
    context = {
        "detainers": found,
        "tones": TONES,
        "soon": SOON,
        "at": at,
        "answers": answers,
        "about": record.number if answers and may_prepare else "",
    }
    return Panel("Detainers", "detainers/panel.html", context)
