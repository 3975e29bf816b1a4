"""Fixtures of browser tests. A conftest imports them: the machine's own Chromium is used."""

from typing import Any

import pytest

from tests.support.accessibility import launch_arguments

__all__ = ["base_url", "browser_type_launch_args"]


@pytest.fixture(scope="session")
def browser_type_launch_args() -> dict[str, Any]:
    """How playwright starts Chromium."""
    return launch_arguments()


# pytest-playwright's own is a method, which pytest warns of.
@pytest.fixture(scope="session")
def base_url() -> None:
    """Browser tests name whole addresses."""
