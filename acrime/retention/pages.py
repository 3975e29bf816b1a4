"""How long a record is kept, on the page of every record."""

from datetime import datetime

from django.http import HttpRequest

from acrime.records.choices import RecordKind
from acrime.records.models import Record
from acrime.records.panels import Panel, panel_of
from acrime.retention.explaining import explain


def how_long(request: HttpRequest, record: Record, at: datetime) -> Panel:
    """Where the record stands in its period, worked out now, and every reason.

    The look at the record was written down; nothing else is shown.
    """
    return Panel(
        title="How long it is kept",
        template="retention/panel.html",
        context={"told": explain(record, at=at)},
    )


for _kind in RecordKind.values:
    panel_of(_kind)(how_long)
