"""The pages in a browser, under the portal's own policy: no barrier on any of them."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Page

from tests.conftest import Browser
from tests.rooms.routine_uses.conftest import Disclose
from tests.support.accessibility import assert_accessible, watched
from tests.support.browser import base_url, browser_type_launch_args  # noqa: F401 (fixtures)
from tests.support.stage import show

pytestmark = pytest.mark.browser


@pytest.fixture(scope="session", autouse=True)
def _database_beside_a_browser() -> Iterator[None]:
    """Playwright's loop runs in this thread; the database is not used from inside it."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("DJANGO_ALLOW_ASYNC_UNSAFE", "true")
        yield


def test_no_barrier_when_a_form_is_refused(
    page: Page, as_privacy_officer: Browser, disclose: Disclose
) -> None:
    answer = as_privacy_officer.post("/disclosures/verify/", {"number": "", "code": "x"})
    show(watched(page), answer.content.decode())
    assert_accessible(page)
