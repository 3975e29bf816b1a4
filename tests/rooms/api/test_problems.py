"""Every kind of error as a problem document."""

import json
import logging

import pytest
from django.core.exceptions import PermissionDenied, RequestDataTooBig, SuspiciousOperation
from django.http import Http404, HttpRequest
from django.test import RequestFactory
from rest_framework import exceptions

from acrime.api.problems import page_or_problem, problem_json
from acrime.common.errors import ActionRefused, NotThere
from acrime.iaq.intake import MessageTooLargeToKeep


@pytest.mark.parametrize(
    ("error", "status", "code"),
    [
        (NotThere(), 404, "not-found"),
        (Http404("secret"), 404, "not-found"),
        (PermissionDenied("secret"), 403, "not-allowed"),
        (SuspiciousOperation("secret"), 400, "bad-request"),
        (RequestDataTooBig("secret"), 413, "too-large"),
        (MessageTooLargeToKeep(), 413, "too-large-to-keep"),
        (ActionRefused("Too late.", code="already-released"), 409, "already-released"),
        (ActionRefused("Not now.", code="wrong-state"), 409, "wrong-state"),
        (ActionRefused("Why?", code="reason-missing"), 422, "reason-missing"),
        (exceptions.ValidationError({"kind": ["secret"]}), 400, "bad-request"),
        (exceptions.NotAuthenticated(), 401, "not-signed-in"),
        (exceptions.MethodNotAllowed("SECRET"), 405, "method-not-allowed"),
        (exceptions.UnsupportedMediaType("secret"), 415, "unsupported-media-type"),
        (exceptions.Throttled(wait=7), 429, "too-many-requests"),
        (RuntimeError("secret"), 500, "internal-error"),
    ],
    ids=lambda value: type(value).__name__ if isinstance(value, Exception) else None,
)
def test_error(error: Exception, status: int, code: str, caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.DEBUG):
        answer = problem_json(error, {})

    facts = json.loads(answer.content)
    assert answer.status_code == facts["status"] == status
    assert answer["Content-Type"] == "application/problem+json"
    assert (facts["type"], facts["code"]) == ("about:blank", code)
    assert "secret" not in (answer.content.decode() + caplog.text).lower()


def test_a_refused_action_gives_its_sentence_and_its_clause() -> None:
    refusal = ActionRefused(
        "The waiver is missing.", code="waiver-missing", clause="5 U.S.C. 552a(b)(3)"
    )

    facts = json.loads(problem_json(refusal, {}).content)
    assert facts == {
        "type": "about:blank",
        "title": "Unprocessable Entity",
        "status": 422,
        "code": "waiver-missing",
        "detail": "The waiver is missing.",
        "clause": "5 U.S.C. 552a(b)(3)",
    }


def test_faulty_fields_are_named_by_code() -> None:
    error = exceptions.ValidationError({"kind": [exceptions.ErrorDetail("x", code="required")]})

    assert json.loads(problem_json(error, {}).content)["errors"] == {"kind": ["required"]}


def test_waiting_is_told_in_a_header() -> None:
    assert problem_json(exceptions.Throttled(wait=7), {})["Retry-After"] == "7"


@pytest.mark.parametrize("status", [400, 403, 404, 500])
def test_the_handlers_of_the_urlconf(status: int, rf: RequestFactory) -> None:
    request: HttpRequest = rf.get("/api/v1/iaq/")

    answer = page_or_problem(status)(request, *([] if status == 500 else [Exception("secret")]))
    assert (answer.status_code, answer["Content-Type"]) == (status, "application/problem+json")
