"""What calls show on pages of queries, of responses and of hit confirmations."""

from datetime import datetime

from django.db.models import Q
from django.http import HttpRequest

from accounts.guards import may_open, signed_in
from acrime.calls.models import Call
from acrime.calls.presentation import TONES
from acrime.records.choices import RecordKind
from acrime.records.models import Record
from acrime.records.pages import see_rows
from acrime.records.panels import Panel, panel_of

MOST = 25


@panel_of(RecordKind.QUERY)
@panel_of(RecordKind.RESPONSE)
@panel_of(RecordKind.HIT)
def calls(request: HttpRequest, record: Record, at: datetime) -> Panel | None:
    """The calls about a record, the latest first, as far as the reader sees them."""
    user = signed_in(request)
    if not may_open(user, "calls:list"):
        return None
    about = Q(hit=record.pk) | Q(query=record.pk) | Q(query__responses=record.pk)
    rows = Call.objects.visible_to(user).filter(about).distinct().with_details().newest()
    found = list(rows[:MOST])
    if not found:
        return None
    see_rows(request, found, at=at, criteria={"List": "Calls", "Record": record.number})
    return Panel("Calls", "calls/panel.html", {"calls": found, "tones": TONES})
