"""What the pages of NCIC share: the certification, asked before anything is looked up."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from accounts.guards import signed_in
from accounts.standing.guards import require_ncic
from acrime.common.errors import ActionRefused
from acrime.common.pages import refused
from acrime.ncic.policy import KEEPERS

View = Callable[..., HttpResponse]


def certified(view: View) -> View:
    """Open *view* to whoever is certified for NCIC today, and to those who keep the records.

    Others are told so, whatever they asked for: the answer is the same where there is nothing.
    """

    @wraps(view)
    def asked(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        user = signed_in(request)
        if not user.has_role(*KEEPERS):
            try:
                require_ncic(user)
            except ActionRefused as refusal:
                refused(request, refusal)
                context = {"refusal": refusal}
                return render(request, "ncic/not_certified.html", context, status=403)
        return view(request, *args, **kwargs)

    return asked
