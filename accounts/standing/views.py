"""Pages of standing."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET

from accounts.guards import signed_in


@require_GET
def ended(request: HttpRequest) -> HttpResponse:
    """What somebody sees whose training lapsed, whatever page was asked for."""
    user = signed_in(request)
    if user.standing.enters:
        return redirect("home")
    context = {
        "reason": user.standing.reasons[0],
        "ended_on": user.standing.training_ends,
        "supervisor": user.supervisor,
    }
    return render(request, "standing/ended.html", context, status=403)
