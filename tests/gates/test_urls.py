"""Who may open what: every URL, every role, every method, against a reviewed table.

The table ``tests/tables/roles_by_url.csv`` has a row for each URL and method. A URL that
somebody adds has no row, and fails here until its row was reviewed.
"""

import csv
from collections.abc import Mapping
from datetime import datetime
from http.cookies import SimpleCookie
from typing import Any

import pytest
from django.contrib.auth.models import AnonymousUser
from django.http import HttpRequest, HttpResponse
from django.test import Client
from django.urls import include, reverse
from django.urls import path as undeclared

from accounts import sessions
from accounts.choices import Role
from accounts.guards import DeclaredUrl, every_url
from accounts.models import Course, User
from acrime.audit.choices import Outcome
from acrime.audit.models import AuditEvent
from routine_uses.models import NoticeVersion
from tests import factories
from tests.conftest import UserFactory
from tests.support.database import taken_back
from tests.support.source import ROOT
from tests.support.urls import address

TABLE = ROOT / "tests" / "tables" / "roles_by_url.csv"
METHODS = ("GET", "POST")
EVERY_METHOD = ("GET", "HEAD", "OPTIONS", "POST", "PUT", "PATCH", "DELETE")
LIKE = {"HEAD": "GET", "OPTIONS": "GET", "PUT": "POST", "PATCH": "POST", "DELETE": "POST"}
ANYBODY = "anybody"
NOBODY = "nobody"

URLS = {url.name: url for url in every_url()}


def reviewed() -> Mapping[tuple[str, str], frozenset[str] | None]:
    """The table: who may use each URL and method. None stands for anybody."""
    with TABLE.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    found: dict[tuple[str, str], frozenset[str] | None] = {}
    for row in rows:
        key = (row["url"], row["method"])
        assert key not in found, f"two rows for {key}"
        words = row["roles"].split()
        if words == [ANYBODY]:
            found[key] = None
            continue
        roles = frozenset() if words == [NOBODY] else frozenset(words)
        assert roles <= set(Role.values), f"unknown role in the row of {key}"
        assert words, f"nothing in the row of {key}"
        found[key] = roles
    return found


REVIEWED = reviewed()


def allowed(name: str, method: str, role: Role) -> bool:
    """Whether the table lets *role* use *method* at the URL called *name*."""
    roles = REVIEWED[name, LIKE.get(method, method)]
    return roles is None or role in roles


def is_act_alone(name: str, method: str, role: Role) -> bool:
    """Whether *role* may act at the URL called *name*, where *method* has nothing to read."""
    nothing = REVIEWED[name, LIKE.get(method, method)] == frozenset()
    return nothing and method in ("GET", "HEAD", "OPTIONS") and allowed(name, "POST", role)


def test_every_url_is_named_once() -> None:
    names = [url.name for url in every_url()]
    assert "" not in names
    assert len(names) == len(set(names))


@pytest.mark.parametrize("url", every_url(), ids=lambda url: url.name)
def test_every_url_declares_who_may_open_it(url: DeclaredUrl) -> None:
    assert url.access is not None
    assert url.access.public or url.access.read or url.access.write
    # Public and for certain roles at once would be a slip of the pen.
    assert not (url.access.public and (url.access.read or url.access.write))


@pytest.mark.parametrize("url", every_url(), ids=lambda url: url.name)
def test_what_lies_under_api_answers_as_an_api(url: DeclaredUrl) -> None:
    assert url.access is not None
    assert url.access.api == url.route.startswith("api/")


def test_the_table_has_a_row_for_each_url_and_method_and_no_other() -> None:
    assert REVIEWED.keys() == {(name, method) for name in URLS for method in METHODS}


@pytest.mark.parametrize("url", every_url(), ids=lambda url: url.name)
def test_each_declaration_says_what_was_reviewed(url: DeclaredUrl) -> None:
    assert url.access is not None
    for method in METHODS:
        roles = url.access.read if method == "GET" else url.access.write
        said = None if url.access.public else frozenset(roles)
        assert said == REVIEWED[url.name, method], method


@pytest.mark.django_db
@pytest.mark.parametrize("role", Role)
def test_a_role_is_let_in_where_the_table_says_and_nowhere_else(
    role: Role, notice: NoticeVersion, make_user: UserFactory, at: datetime
) -> None:
    """Every URL, asked by GET and by POST as somebody who has this role and no other.

    Where there is an act and nothing to read, who may act is told so, and nobody else.
    """
    person = make_user(role)
    # Without it the pages of NCIC are closed whatever the role.
    factories.train(person, at=at, course=Course.NCIC)
    client = _signed_in(person, at)
    wrong = []
    for url in every_url():
        for method in METHODS:
            answer = _ask_and_forget(client, url, method)
            if is_act_alone(url.name, method, role):
                right = answer.status_code == 405
            else:
                right = _is_refusal(answer) != allowed(url.name, method, role)
            if not right:
                wrong.append(f"{method} {url.name}: answered {answer.status_code}")
    assert not wrong


@pytest.mark.django_db
@pytest.mark.parametrize("method", EVERY_METHOD)
def test_the_unsigned_are_sent_to_the_warning(method: str, client: Client) -> None:
    """The API answers them with a problem, and public URLs answer anybody."""
    wrong = []
    for url in every_url():
        answer = _ask(client, url, method)
        assert url.access is not None
        if url.access.public:
            right = not _is_refusal(answer)
        elif url.access.api:
            right = answer.status_code == 401 and (
                answer.headers["Content-Type"] == "application/problem+json"
            )
        else:
            right = answer.status_code == 302 and _leads_to_warning(answer)
        if not right:
            wrong.append(f"{method} {url.name}: answered {answer.status_code}")
    assert not wrong


@pytest.mark.django_db
@pytest.mark.parametrize("method", ["PUT", "PATCH", "DELETE", "OPTIONS", "HEAD"])
def test_rarer_methods_let_nobody_in_by_the_back_door(
    method: str, make_user: UserFactory, at: datetime
) -> None:
    """As an administrator, who may open the fewest pages of all people."""
    client = _signed_in(make_user(Role.ADMINISTRATOR), at)
    wrong = []
    for url in every_url():
        if allowed(url.name, method, Role.ADMINISTRATOR):
            continue
        answer = _ask_and_forget(client, url, method)
        if is_act_alone(url.name, method, Role.ADMINISTRATOR):
            right = answer.status_code == 405 and answer.headers["Allow"] == "POST"
        else:
            right = _is_refusal(answer)
        if not right:
            wrong.append(f"{method} {url.name}: answered {answer.status_code}")
    assert not wrong


@pytest.mark.django_db
def test_somebody_without_a_role_opens_nothing(make_user: UserFactory, at: datetime) -> None:
    """An account without a role is like no account at all."""
    client = _signed_in(make_user(), at)
    for url in every_url():
        assert url.access is not None
        if not url.access.public:
            assert _is_refusal(_ask(client, url, "GET")), url.name


@pytest.mark.django_db
def test_access_ends_with_the_role_and_not_with_the_session(
    make_user: UserFactory, at: datetime
) -> None:
    user = make_user(Role.ANALYST)
    client = _signed_in(user, at)
    assert client.get(reverse("iaq:list")).status_code == 200
    User.objects.filter(pk=user.pk).update(is_active=False)
    assert _leads_to_warning(client.get(reverse("iaq:list")))


@pytest.mark.django_db
def test_a_refusal_is_written_down(make_user: UserFactory, at: datetime) -> None:
    user = make_user(Role.ADMINISTRATOR)
    _signed_in(user, at).get(reverse("iaq:list"))
    event = AuditEvent.objects.get(kind="access.denied")
    assert (event.actor, event.outcome) == (user, Outcome.REFUSED)
    assert event.details == {"url": "iaq:list"}


def _opened(_: HttpRequest) -> HttpResponse:
    return HttpResponse("opened")


# A URL whose maker forgot to say who may open it, and one that the framework would add.
urlpatterns = [
    undeclared("forgotten/", _opened, name="forgotten"),
    undeclared("", include("acrime.config.urls")),
]


@pytest.mark.django_db
@pytest.mark.urls(__name__)
@pytest.mark.parametrize("role", [None, *Role])
def test_a_url_without_a_declaration_opens_to_nobody(
    role: Role | None, make_user: UserFactory, at: datetime
) -> None:
    client = _signed_in(make_user(role), at) if role else Client()
    for method in EVERY_METHOD:
        answer = client.generic(method, "/forgotten/")
        assert answer.status_code == 403
        assert b"opened" not in answer.content


def test_a_declaration_opens_to_nobody_who_is_not_signed_in() -> None:
    for url in every_url():
        assert url.access is not None
        for method in EVERY_METHOD:
            assert url.access.opens_to(AnonymousUser(), method) == url.access.public


def _signed_in(user: User, at: datetime) -> Client:
    return factories.sign_in(Client(), user, at=at)


def _has_read_the_warning(client: Client) -> Client:
    session = client.session
    session[sessions.BANNER_AT] = "read"
    session.save()
    return client


def _ask(client: Client, url: DeclaredUrl, method: str) -> Any:
    # The page after the warning sends back to it those who have not read it.
    asking = _has_read_the_warning(client) if url.name == "accounts:sign-in" else client
    return asking.generic(method, address(url), content_type="text/plain")


def _ask_and_forget(client: Client, url: DeclaredUrl, method: str) -> Any:
    """The answer; the session stays what it was: signing out and locking are among the URLs."""
    cookies = client.cookies.output(header="")
    with taken_back():
        answer = _ask(client, url, method)
    client.cookies = SimpleCookie(cookies)
    return answer


def _leads_to_warning(answer: Any) -> bool:
    return bool(answer.headers.get("Location", "").split("?")[0] == reverse("accounts:banner"))


def _is_refusal(answer: Any) -> bool:
    return answer.status_code in (401, 403) or _leads_to_warning(answer)
