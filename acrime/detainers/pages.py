"""What detainers show on pages of queries, of responses and of people."""

from datetime import datetime

from django.db.models import Q
from django.http import HttpRequest

from accounts.guards import may_open, signed_in
from acrime.detainers.models import Detainer
from acrime.detainers.presentation import SOON, TONES
from acrime.records.choices import RecordKind
from acrime.records.models import Record
from acrime.records.pages import see_rows
from acrime.records.panels import Panel, panel_of

MOST = 25


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
