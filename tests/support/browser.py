"""Fixtures of browser tests. A conftest imports them: the machine's own Chromium is used."""

from collections.abc import Iterator
from typing import Any

import pytest
from django.db import connections
from playwright.sync_api import Playwright

from tests.support.accessibility import launch_arguments

__all__ = ["base_url", "browser_type_launch_args"]


@pytest.fixture(scope="session")
def browser_type_launch_args(playwright: Playwright) -> Iterator[dict[str, Any]]:
    """How playwright starts Chromium.

    Its event loop runs in the thread of the tests from now on, so Django must be told that the
    database is not used from inside the loop. While a loop runs Django also keeps a connection
    apart, which has to be closed before the test database can be removed.
    """
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("DJANGO_ALLOW_ASYNC_UNSAFE", "true")
        yield launch_arguments()
        connections.close_all()


# pytest-playwright's own is a method, which pytest warns of.
@pytest.fixture(scope="session")
def base_url() -> None:
    """Browser tests name whole addresses."""
