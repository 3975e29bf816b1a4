"""``/healthz``: whether the portal can work, and nothing else."""

from datetime import datetime, timedelta

import pytest
from django.db import OperationalError, connection
from django.test import Client
from django.urls import reverse
from pytest_django import Settings

from acrime.common.document_keys import key_from_pkcs12
from tests.support.keys import PASSPHRASE, Authority


@pytest.mark.django_db
def test_well(client: Client) -> None:
    answer = client.get("/healthz")

    # Tests run as the owner of the tables, which is worth a word.
    assert answer.status_code == 200
    assert answer.json() == {"status": "ok", "attention": ["database-owner"]}
    assert "no-store" in answer["Cache-Control"]
    assert not client.cookies
    assert reverse("healthz") == "/healthz"


@pytest.mark.django_db
@pytest.mark.parametrize(("days", "told"), [(61, False), (59, True), (-1, True)])
def test_a_certificate_that_ends_is_told_in_time(
    client: Client, settings: Settings, at: datetime, days: int, told: bool
) -> None:
    file = Authority().file("Sample portal", ends=at + timedelta(days=days))
    settings.DOCUMENT_KEY = key_from_pkcs12(file, PASSPHRASE)
    assert ("document-certificate-ends" in client.get("/healthz").json()["attention"]) is told


def test_unwell_without_its_database(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse() -> None:
        raise OperationalError("connection to server at 10.0.0.7 failed")

    monkeypatch.setattr(connection, "cursor", refuse)
    answer = client.get("/healthz")

    assert (answer.status_code, answer.json()) == (503, {"status": "unavailable"})


def test_it_is_only_read(client: Client) -> None:
    assert client.post("/healthz").status_code == 405
