"""What people and programs are told when something goes wrong: enough to go on, no more."""

import re
from collections.abc import Callable
from typing import Any

import pytest
from django.conf import settings
from django.core.exceptions import PermissionDenied, SuspiciousOperation
from django.db import DatabaseError, connection
from django.http import Http404, HttpRequest, HttpResponse
from django.test import Client
from django.urls import include, reverse
from django.urls import path as included
from django.utils.module_loading import import_string

from accounts.guards import access, path
from acrime.config.urls import handler400, handler403, handler404, handler500
from tests.conftest import Browser

__all__ = ["handler400", "handler403", "handler404", "handler500"]

SECRET = "QUILLABEE A099000123"
TECHNICAL = (b"Traceback", b"Exception", b".py", b"Django", b"django", SECRET.encode())


def _raises(error: Exception) -> Callable[[HttpRequest], HttpResponse]:
    def view(_: HttpRequest) -> HttpResponse:
        raise error

    return view


ERRORS: dict[int, Exception] = {
    400: SuspiciousOperation(SECRET),
    403: PermissionDenied(SECRET),
    404: Http404(SECRET),
    500: RuntimeError(SECRET),
}
OPEN = access(public=True)
urlpatterns = [
    *(
        path(f"{start}breaks/{status}/", _raises(error), name=f"{start}{status}", access=OPEN)
        for start in ("", "api/v1/")
        for status, error in ERRORS.items()
    ),
    included("", include("acrime.config.urls")),
]
broken = pytest.mark.urls(__name__)


@broken
@pytest.mark.django_db
@pytest.mark.parametrize("status", ERRORS)
def test_a_problem_page_is_a_page_of_the_portal(
    status: int, as_analyst: Browser, client: Client
) -> None:
    for asking in (as_analyst, client):
        asking.raise_request_exception = False
        answer = asking.get(f"/breaks/{status}/")
        assert answer.status_code == status
        assert answer.headers["Content-Type"].startswith("text/html")
        for part in (b"acrime/acrime.css", b"What happened", b"What you can do", b'id="main"'):
            assert part in answer.content
        assert answer.content.count(b"<h1>") == 1
        assert [word for word in TECHNICAL if word in answer.content] == []


@broken
@pytest.mark.django_db
@pytest.mark.parametrize("status", ERRORS)
def test_under_api_a_problem_is_a_document(status: int, client: Client) -> None:
    client.raise_request_exception = False
    answer = client.get(f"/api/v1/breaks/{status}/")
    assert answer.status_code == status
    assert answer.headers["Content-Type"] == "application/problem+json"
    assert answer.json()["status"] == status
    assert answer.json()["code"]
    assert [word for word in TECHNICAL if word in answer.content] == []


@broken
@pytest.mark.django_db
def test_a_fault_is_logged_by_type_and_place_and_not_by_its_words(
    client: Client, caplog: pytest.LogCaptureFixture
) -> None:
    client.raise_request_exception = False
    client.get("/breaks/500/")
    logging: dict[str, Any] = settings.LOGGING
    [handler] = logging["root"]["handlers"]
    line = logging["formatters"][logging["handlers"][handler]["formatter"]]
    formatter = import_string(line["()"])(line["format"])
    written = "\n".join(formatter.format(record) for record in caplog.records)
    assert "RuntimeError" in written
    assert "test_problem_pages.py" in written
    assert SECRET not in written


@pytest.mark.django_db
@pytest.mark.parametrize("address", ["/nowhere/", "/queries/IAQ-2026-0000-0000/", "/api/nowhere/"])
def test_what_is_not_there_is_a_404(address: str, as_analyst: Browser) -> None:
    assert as_analyst.get(address).status_code == 404


@pytest.mark.django_db
def test_a_form_without_its_token_does_nothing(as_analyst: Browser) -> None:
    as_analyst.handler.enforce_csrf_checks = True
    answer = as_analyst.post(reverse("alerts:mark-read"))
    assert answer.status_code == 403
    assert b"What you can do" in answer.content


CODE = re.compile(r"[a-z]+(-[a-z]+)+")


@pytest.mark.django_db
def test_health_says_that_it_is_well_and_nothing_else(client: Client) -> None:
    answer = client.get(reverse("healthz"))
    assert answer.status_code == 200
    said = answer.json()
    assert said.keys() == {"status", "attention"}
    assert said["status"] == "ok"
    # Tests run as the owner of their database, which is one of the codes.
    assert "database-owner" in said["attention"]
    assert all(CODE.fullmatch(code) for code in said["attention"])


@pytest.mark.django_db
def test_health_says_when_the_database_is_gone(
    client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    def gone(*_: Any, **__: Any) -> None:
        raise DatabaseError(SECRET)

    monkeypatch.setattr(connection, "cursor", gone)
    answer = client.get(reverse("healthz"))
    assert answer.status_code == 503
    assert answer.json() == {"status": "unavailable"}


@pytest.mark.django_db
def test_every_page_tells_browsers_what_it_may_load(as_analyst: Browser) -> None:
    answer = as_analyst.get(reverse("home"))
    policy = answer.headers["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert "unsafe" not in policy
    assert answer.headers["X-Frame-Options"] == "DENY"
    assert answer.headers["Referrer-Policy"] == "same-origin"
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert answer.headers["Cache-Control"] == "no-store"
