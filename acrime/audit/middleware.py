"""What stands before every view: the request's id, and who acts for the change history."""

from collections.abc import Callable

from django.conf import settings
from django.core.signals import request_finished
from django.http import HttpRequest, HttpResponseBase

from acrime.audit.acting import acting_as
from acrime.common import request_ids
from acrime.common.network import is_within

HEADER = "X-Request-ID"


class RequestIdMiddleware:
    """One id for what a request does: in its events, in log lines, in the answer's header.

    A proxy's own id is taken over, so that its log and the ledger can be laid side by side,
    but only from a trusted proxy: anybody else could make a stranger's id their own.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        request_id = _given(request) or request_ids.made()
        # Until the request is finished: Django logs its outcome behind the last middleware.
        request_ids.begin(request_id)
        response = self.get_response(request)
        response.headers[HEADER] = request_id
        return response


def _no_longer(**_: object) -> None:
    request_ids.begin("")


request_finished.connect(_no_longer)


def _given(request: HttpRequest) -> str:
    """The id that a trusted proxy sent, else nothing."""
    given = request.headers.get(HEADER, "")
    trusted = is_within(request.META.get("REMOTE_ADDR", ""), settings.TRUSTED_PROXIES)
    return given if trusted and request_ids.is_well_formed(given) else ""


class ChangeHistoryMiddleware:
    """Notes what a request changes under the name of who is signed in.

    The library's own middleware would also believe the client's headers: a forged
    correlation id would enter the history, and a forged port would make every write fail.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        user = request.user
        with acting_as(user if user.is_authenticated else None):
            return self.get_response(request)
