"""Callers of the API."""

from datetime import datetime, timedelta
from typing import Any, Protocol

import pytest
from django.http import HttpResponseBase
from django.test import Client

from accounts.actions import issue_token
from accounts.models import User


class Send(Protocol):
    """Sends one message: ``send(raw, token=...)``."""

    def __call__(self, body: bytes, **options: Any) -> Any: ...


@pytest.fixture
def token(message_switch: User, at: datetime) -> str:
    """A good token of the message switch."""
    return issue_token(
        user=message_switch,
        name="switch",
        expires_at=at + timedelta(days=30),
        actor=None,
        at=at - timedelta(days=1),
    )


@pytest.fixture
def send(client: Client, token: str) -> Send:
    """Posts a body with the token; headers and content type can be given."""

    def post(body: bytes, **options: Any) -> HttpResponseBase:
        content_type = options.pop("content_type", "text/plain")
        # Given twice: the test client leaves the type of an empty body out.
        headers = {"Authorization": f"Bearer {token}", "Content-Type": content_type}
        return client.generic(
            "POST",
            "/api/v1/iaq/",
            body,
            content_type=content_type,
            headers=headers | options.pop("headers", {}),
            **options,
        )

    return post
