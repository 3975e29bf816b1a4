"""Whether the portal can work, and whether its ledger is looked after."""

from django.db import DatabaseError, InterfaceError
from django.http import HttpRequest, JsonResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from acrime.audit.watch import ledger_state
from acrime.common import clock, sealing
from acrime.iaq.volume.policy import Pressure, pressure
from acrime.iaq.volume.querysets import waiting


@never_cache
@require_safe
def health(_: HttpRequest) -> JsonResponse:
    """200 where the database answers, else 503, and codes of what somebody has to look at.

    ``ledger-seal-late``: events wait too long for their seal; ``ledger-unproven``: it was not
    verified for two days; ``ledger-broken``: the last verification found something;
    ``database-owner``: the portal runs under a role that could change the ledger;
    ``document-certificate-ends``: documents need a new key within sixty days;
    ``intake-behind``, ``intake-silent``, ``intake-full``: messages wait too long in the folder,
    nobody takes them from there, or senders are asked to wait. It says nothing more to anybody.
    """
    at = clock.now()
    try:
        intake = pressure(waiting(), at=at)
        attention = [
            *ledger_state(at=at).attention,
            *sealing.attention(at=at),
            *([] if intake is Pressure.EASY else [f"intake-{intake}"]),
        ]
    except (DatabaseError, InterfaceError):
        return JsonResponse({"status": "unavailable"}, status=503)
    return JsonResponse({"status": "ok", "attention": attention})
