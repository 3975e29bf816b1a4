"""Whether the portal can work, and whether its ledger is looked after."""

from django.db import DatabaseError, InterfaceError
from django.http import HttpRequest, JsonResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from acrime.audit.watch import ledger_state
from acrime.common import clock, sealing


@never_cache
@require_safe
def health(_: HttpRequest) -> JsonResponse:
    """200 where the database answers, else 503, and codes of what somebody has to look at.

    ``ledger-seal-late``: events wait too long for their seal; ``ledger-unproven``: it was not
    verified for two days; ``ledger-broken``: the last verification found something;
    ``database-owner``: the portal runs under a role that could change the ledger;
    ``document-certificate-ends``: documents need a new key within sixty days. It says nothing
    more to anybody.
    """
    at = clock.now()
    try:
        attention = [*ledger_state(at=at).attention, *sealing.attention(at=at)]
    except (DatabaseError, InterfaceError):
        return JsonResponse({"status": "unavailable"}, status=503)
    return JsonResponse({"status": "ok", "attention": attention})
