"""Accounts by command: how a production portal gets its first people."""

import io
from datetime import datetime

import pytest
from django.core.management import CommandError, call_command
from django.test import Client

from accounts.models import Office, User

pytestmark = pytest.mark.django_db

PASSWORD = "a-long-Synthetic-pass-1"


@pytest.fixture(autouse=True)
def typed(monkeypatch: pytest.MonkeyPatch) -> None:
    """The password, on standard input."""
    monkeypatch.setattr("sys.stdin", io.StringIO(f"{PASSWORD}\n"))


def add(*words: str, **options: str) -> None:
    call_command("add_account", *words, stdout=io.StringIO(), **options)


def test_an_office_and_a_person_who_then_signs_in() -> None:
    call_command("add_office", "BOS", "Boston", "FIELD_OFFICE", states=["vt"], stdout=io.StringIO())
    add("first", "First Person", "SUPERVISOR", office="BOS")
    user = User.objects.get(username="first")
    assert user.roles == {"SUPERVISOR"}
    assert user.office == Office.objects.get(states=["VT"])
    client = Client()
    client.post("/sign-in/")
    answer = client.post("/sign-in/password/", {"username": "FIRST", "password": PASSWORD})
    assert answer.status_code == 302


def test_a_supervisor_is_named_and_stands_above() -> None:
    add("boss", "Boss", "SUPERVISOR")
    User.objects.get(username="boss")
    call_command(
        "add_account", "machine", "Machine", "INTERFACE", supervisor="boss", stdout=io.StringIO()
    )
    machine = User.objects.get(username="machine")
    assert machine.supervisor is not None
    assert not machine.has_usable_password()


@pytest.mark.parametrize(
    ("words", "options", "message"),
    [
        (("FIRST", "Twin", "ANALYST"), {}, "There is an account"),
        (("new", "New", "ANALYST"), {"office": "NONE"}, "no office"),
        (("new", "New", "ANALYST"), {"supervisor": "nobody"}, "no account"),
    ],
)
def test_what_does_not_fit_is_said_and_nothing_is_made(
    words: tuple[str, ...], options: dict[str, str], message: str
) -> None:
    add("first", "First Person", "SUPERVISOR")
    with pytest.raises(CommandError, match=message):
        add(*words, **options)
    assert not User.objects.filter(username="new").exists()


def test_a_weak_password_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.stdin", io.StringIO("password\n"))
    with pytest.raises(CommandError, match="too common"):
        add("new", "New", "ANALYST")
    assert not User.objects.filter(username="new").exists()


def test_a_token_opens_the_api_and_is_shown_once(notice: object, at: datetime) -> None:
    add("machine", "Machine", "INTERFACE")
    shown = io.StringIO()
    call_command("issue_token", "machine", "switch", stdout=shown)
    token = shown.getvalue().strip()
    answer = Client().get("/api/v1/schema/", headers={"Authorization": f"Bearer {token}"})
    assert answer.status_code == 200
    assert not User.objects.get(username="machine").api_tokens.filter(digest=token).exists()
    with pytest.raises(CommandError, match="from 1 to"):
        call_command("issue_token", "machine", "switch", days=0)
