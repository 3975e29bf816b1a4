"""The page of what changed in a record."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from accounts.guards import signed_in
from acrime.common import clock
from acrime.records.addresses import address_for
from acrime.records.changes import history_of
from acrime.records.choices import RecordKind
from acrime.records.pages import see_record


@require_GET
def history(request: HttpRequest, number: str) -> HttpResponse:
    """What was done with a record and what it changed, for everybody who sees the record."""
    user, at = signed_in(request), clock.now()
    record = see_record(request, number, "", at=at, details={"part": "change history"})
    context = {
        "record": record,
        "kind": RecordKind(record.kind).label,
        "record_url": address_for(user, record),
        "history": history_of(record, user),
    }
    return render(request, "records/history.html", context)
