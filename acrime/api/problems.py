"""Everything that goes wrong under ``/api/`` as problem+json (RFC 9457).

A problem's ``title`` is the phrase of its status and its ``code`` is stable. ``detail`` is
a sentence of our own and never repeats what was sent.
"""

import json
import logging
from collections.abc import Callable, Mapping
from http import HTTPStatus
from typing import Any

from django.core.exceptions import PermissionDenied, RequestDataTooBig, SuspiciousOperation
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.views import defaults
from rest_framework import exceptions
from rest_framework.views import set_rollback

from accounts.models import User
from acrime.audit.actions import request_facts
from acrime.audit.choices import Channel
from acrime.common import clock
from acrime.common.errors import ActionRefused, NotThere
from acrime.common.faults import described
from acrime.records.access import write_refused_act

log = logging.getLogger(__name__)

API_PATH = "/api/"
CONTENT_TYPE = "application/problem+json"

_CODES: Mapping[int, str] = {
    HTTPStatus.BAD_REQUEST: "bad-request",
    HTTPStatus.UNAUTHORIZED: "not-signed-in",
    HTTPStatus.FORBIDDEN: "not-allowed",
    HTTPStatus.NOT_FOUND: "not-found",
    HTTPStatus.METHOD_NOT_ALLOWED: "method-not-allowed",
    HTTPStatus.NOT_ACCEPTABLE: "not-acceptable",
    HTTPStatus.REQUEST_ENTITY_TOO_LARGE: "too-large",
    HTTPStatus.UNSUPPORTED_MEDIA_TYPE: "unsupported-media-type",
    HTTPStatus.TOO_MANY_REQUESTS: "too-many-requests",
    HTTPStatus.INTERNAL_SERVER_ERROR: "internal-error",
}
_DETAILS: Mapping[int, str] = {
    HTTPStatus.UNAUTHORIZED: "Send a token, or sign in.",
    HTTPStatus.FORBIDDEN: "Your account does not open this, or its session is locked.",
    HTTPStatus.NOT_FOUND: NotThere().message,
    HTTPStatus.METHOD_NOT_ALLOWED: "This address does not take that method.",
    HTTPStatus.NOT_ACCEPTABLE: "Answers here are JSON.",
    HTTPStatus.UNSUPPORTED_MEDIA_TYPE: "The body's media type is not read here.",
}

# Statuses of refused actions, by code; every other one is 422. A conflict is a refusal that
# another order of events would have avoided.
_REFUSALS: Mapping[str, int] = {
    "too-large-to-keep": HTTPStatus.REQUEST_ENTITY_TOO_LARGE,
    "already-approved": HTTPStatus.CONFLICT,
    "already-released": HTTPStatus.CONFLICT,
    "already-settled": HTTPStatus.CONFLICT,
    "not-failed": HTTPStatus.CONFLICT,
    "not-limited": HTTPStatus.CONFLICT,
    "not-on-the-list": HTTPStatus.CONFLICT,
    "ncic-certification": HTTPStatus.FORBIDDEN,
    "not-the-owner": HTTPStatus.FORBIDDEN,
    "line-closed": HTTPStatus.CONFLICT,
    "wrong-state": HTTPStatus.CONFLICT,
}
# Exceptions whose sentence is ours or the framework's and holds nothing that was sent.
_WITH_OWN_DETAIL = (
    exceptions.AuthenticationFailed,
    exceptions.ParseError,
    exceptions.PermissionDenied,
)


def problem(
    status: int,
    *,
    code: str = "",
    detail: str = "",
    headers: Mapping[str, str] | None = None,
    **members: Any,
) -> HttpResponse:
    """A problem document; *members* are further facts, and blank ones are left out."""
    facts = {
        "type": "about:blank",
        "title": HTTPStatus(status).phrase,
        "status": int(status),
        "code": code or _CODES.get(status, "error"),
        "detail": detail or _DETAILS.get(status, ""),
        **members,
    }
    return HttpResponse(
        json.dumps({name: value for name, value in facts.items() if value}),
        status=status,
        content_type=CONTENT_TYPE,
        headers={"Cache-Control": "no-store", **(headers or {})},
    )


def problem_json(error: Exception, context: Mapping[str, Any]) -> HttpResponse:
    """The answer to any error raised while an API view works."""
    set_rollback()
    match error:
        case NotThere() | Http404():
            return problem(HTTPStatus.NOT_FOUND)
        case ActionRefused():
            _write_refusal(error, context)
            return problem(
                _REFUSALS.get(error.code, HTTPStatus.UNPROCESSABLE_ENTITY),
                code=error.code,
                detail=error.message,
                clause=error.clause,
            )
        case PermissionDenied():
            return problem(HTTPStatus.FORBIDDEN)
        case RequestDataTooBig():
            return problem(HTTPStatus.REQUEST_ENTITY_TOO_LARGE)
        case SuspiciousOperation():
            return problem(HTTPStatus.BAD_REQUEST)
        case exceptions.APIException():
            return _of_framework(error, context)
        case _:
            log.error("the API failed: %s", described(error))
            return problem(HTTPStatus.INTERNAL_SERVER_ERROR)


def _write_refusal(refusal: ActionRefused, context: Mapping[str, Any]) -> None:
    """Write down an act that the rules refused to somebody known."""
    asking = context.get("request")
    if asking is not None and isinstance(asking.user, User):
        request = asking._request
        match = request.resolver_match
        write_refused_act(
            asked=str((context.get("kwargs") or {}).get("number", "")),
            code=refusal.code,
            url=match.view_name if match else "",
            user=asking.user,
            at=clock.now(),
            channel=Channel.API,
            facts=request_facts(request),
        )


def page_or_problem(status: int) -> Callable[..., HttpResponseBase]:
    """The URLconf's handler of *status*: a problem under ``/api/``, the page elsewhere."""

    def answer(request: HttpRequest, exception: Exception | None = None) -> HttpResponseBase:
        if request.path_info.startswith(API_PATH):
            return problem(status)
        match status:
            case HTTPStatus.BAD_REQUEST:
                return defaults.bad_request(request, exception or SuspiciousOperation())
            case HTTPStatus.FORBIDDEN:
                return defaults.permission_denied(request, exception or PermissionDenied())
            case HTTPStatus.NOT_FOUND:
                return defaults.page_not_found(request, exception or Http404())
            case _:
                return defaults.server_error(request)

    return answer


def _of_framework(error: exceptions.APIException, context: Mapping[str, Any]) -> HttpResponse:
    headers = {}
    if isinstance(error, exceptions.MethodNotAllowed) and "view" in context:
        headers["Allow"] = ", ".join(context["view"].allowed_methods)
    if authenticate := getattr(error, "auth_header", None):
        headers["WWW-Authenticate"] = authenticate
    if wait := getattr(error, "wait", None):
        headers["Retry-After"] = f"{wait:.0f}"
    members: dict[str, Any] = {}
    if isinstance(error, exceptions.ValidationError):
        # Codes only: the framework's sentences quote the value that was sent.
        members["errors"] = error.get_codes()
    detail = str(error.detail) if isinstance(error, _WITH_OWN_DETAIL) else ""
    code = str(getattr(error, "problem_code", ""))
    return problem(error.status_code, code=code, detail=detail, headers=headers, **members)
