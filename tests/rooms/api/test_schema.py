"""The API describes itself."""

import json
from typing import Any

import pytest
from django.test import Client
from drf_spectacular.drainage import GENERATOR_STATS
from drf_spectacular.generators import SchemaGenerator
from drf_spectacular.validation import validate_schema

from tests.conftest import Browser


@pytest.fixture(scope="module")
def schema() -> Any:
    """The schema as generated, without a warning or an error."""
    GENERATOR_STATS.reset()
    generated = SchemaGenerator().get_schema(request=None, public=True)  # type: ignore[no-untyped-call]
    assert not GENERATOR_STATS
    return generated


def test_it_is_valid_openapi(schema: Any) -> None:
    validate_schema(schema)  # type: ignore[no-untyped-call]
    assert schema["openapi"].startswith("3.")


def test_receiving_a_query_is_described_with_examples(schema: Any) -> None:
    receive = schema["paths"]["/api/v1/iaq/"]["post"]

    bodies = receive["requestBody"]["content"]
    assert set(bodies) == {"text/plain", "application/json", "application/octet-stream"}
    assert bodies["text/plain"]["examples"]
    assert bodies["application/json"]["examples"]
    assert set(receive["responses"]) == {
        *("200", "201"),
        *("400", "401", "403", "411", "413", "415", "422"),
    }
    for status, response in receive["responses"].items():
        media = "application/json" if status < "300" else "application/problem+json"
        assert set(response["content"]) == {media}
    assert {"token": []} in receive["security"]
    scheme = schema["components"]["securitySchemes"]["token"]
    assert scheme == {"type": "http", "scheme": "bearer"}


@pytest.mark.django_db
def test_it_is_served_to_whoever_is_signed_in(as_field_officer: Browser) -> None:
    answer = as_field_officer.get("/api/v1/schema/", headers={"Accept": "application/json"})

    assert answer.status_code == 200
    assert "/api/v1/iaq/" in json.loads(answer.content)["paths"]


@pytest.mark.django_db
def test_it_is_served_to_a_connected_system(client: Client, token: str) -> None:
    answer = client.get("/api/v1/schema/", headers={"Authorization": f"Bearer {token}"})

    assert answer.status_code == 200


@pytest.mark.django_db
def test_it_is_not_public(client: Client) -> None:
    assert client.get("/api/v1/schema/").status_code == 401
