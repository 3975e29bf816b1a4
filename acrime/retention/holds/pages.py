"""What holds show on the page of every record, and of a person."""

from datetime import datetime

from django.http import HttpRequest

from accounts.guards import may_open, signed_in
from acrime.records.choices import RecordKind
from acrime.records.models import Record
from acrime.records.pages import see_rows
from acrime.records.panels import Panel, panel_of
from acrime.retention.holds.querysets import held, holds_on

# Further ones stand on the pages of the records themselves.
MOST = 25


def holds(request: HttpRequest, record: Record, at: datetime) -> Panel | None:
    """The holds that reach a record; on a person's page, those on records about them as well.

    Only for readers of holds: to others a hold may be a secret.
    """
    user = signed_in(request)
    if not may_open(user, "holds:list"):
        return None
    may_place = may_open(user, "holds:new", "POST")
    standing = holds_on([record.pk])[record.pk]
    about: list[Record] = []
    if record.kind == RecordKind.INDIVIDUAL:
        linked = Record.objects.visible_to(user).filter(subjects__individual=record.pk)
        about = list(held(linked.distinct()).order_by("-created_at", "-pk")[:MOST])
        if about:
            see_rows(
                request, about, at=at, criteria={"List": "Held records", "Person": record.number}
            )
    if not standing and not about and not may_place:
        return None
    context = {
        "holds": standing,
        "about": about,
        "may_place": may_place,
        "number": record.number,
    }
    return Panel("Holds", "holds/panel.html", context)


for _kind in RecordKind:
    panel_of(_kind)(holds)
