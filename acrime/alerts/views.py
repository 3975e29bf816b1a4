"""The owner's alerts."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_POST

from accounts.guards import signed_in
from acrime.alerts import actions
from acrime.alerts.querysets import alerts_of
from acrime.common import clock
from acrime.common.pages import page_of
from acrime.records.addresses import address_for


@require_GET
def alert_list(request: HttpRequest) -> HttpResponse:
    """Who looked at my records, latest first."""
    user = signed_in(request)
    page = page_of(alerts_of(user), request)
    context = {
        "page": page,
        "rows": [(alert, address_for(user, alert.record)) for alert in page.rows],
        "at": clock.now(),
    }
    return render(request, "alerts/alert_list.html", context)


@require_POST
def mark_read(request: HttpRequest) -> HttpResponse:
    """Mark all alerts read."""
    actions.mark_read(owner=signed_in(request), at=clock.now())
    return redirect("alerts:list")
