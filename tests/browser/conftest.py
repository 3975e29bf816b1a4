"""A portal with the training story in it, served to a real browser.

The story is told once, copied in for each module and taken away after it. Everybody has one window,
opened by signing in through the warning.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import pytest
from django.core.management import call_command
from django.db import connection
from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Page, expect
from pytest_django import DjangoDbBlocker
from pytest_django.live_server_helper import LiveServer

from acrime.common import clock as the_clock
from acrime.demo.accounts import PASSWORD
from tests.conftest import NOON, Clock
from tests.support.accessibility import assert_accessible, watched
from tests.support.browser import base_url, browser_type_launch_args
from tests.support.chain import Kept
from tests.support.database import Rows

__all__ = ["base_url", "browser_type_launch_args"]

WIDTH = 1280

# A busy machine is slow. What is never going to be there is waited for a little longer.
expect.set_options(timeout=20_000)


@pytest.fixture(scope="module")
def db(
    _rows_of_the_notice: Rows,
    told_story: Kept,
    django_db_blocker: DjangoDbBlocker,
    browser: Browser,
) -> Iterator[None]:
    """The training story, committed, so that a server sees it."""
    assert str(connection.settings_dict["NAME"]).startswith("test_")
    with pytest.MonkeyPatch.context() as patch, django_db_blocker.unblock():
        # The server's threads keep no connection, which would stand in the way at the end.
        patch.setitem(connection.settings_dict, "CONN_MAX_AGE", 0)
        patch.setattr(the_clock, "now", Clock(NOON).now)
        _rows_of_the_notice.put()
        told_story.rows.put_as_they_became()
        yield
        call_command("flush", interactive=False, verbosity=0)


@pytest.fixture(scope="module")
def portal(db: None) -> Iterator[str]:
    """The address of a portal with the story in it."""
    server = LiveServer("127.0.0.1")
    yield server.url
    server.stop()


@dataclass
class Windows:
    """The windows of people, by user name; each is opened when it is first asked for.

    They are one window of the browser: who comes in brings their own cookies and takes them
    along again. So what all pages share is fetched once, and nobody's session is another's.
    """

    browser: Browser
    portal: str
    signed_in: str = ""
    cookies: dict[str, list[Any]] = field(default_factory=dict)
    shared: BrowserContext | None = None
    opened: list[BrowserContext] = field(default_factory=list)
    complaints: list[str] = field(default_factory=list)

    def of(self, username: str) -> Page:
        """The page of somebody who has signed in."""
        self.shared = self.shared or self.open()
        page = self.page(self.shared)
        if username == self.signed_in:
            return page
        if self.signed_in:
            self.cookies[self.signed_in] = list(self.shared.cookies())
        self.shared.clear_cookies()
        self.signed_in = username
        if username in self.cookies:
            self.shared.add_cookies(self.cookies[username])
        else:
            sign_in(page, self.portal, username)
        return page

    def open(self, *, javascript: bool = True) -> BrowserContext:
        """A window of its own, in which nobody has signed in."""
        context = self.browser.new_context(
            base_url=self.portal,
            viewport={"width": WIDTH, "height": 900},
            reduced_motion="reduce",
            java_script_enabled=javascript,
        )
        context.set_default_timeout(20_000)
        self.opened.append(context)
        return context

    def page(self, context: BrowserContext) -> Page:
        """The one page of *context*, watched for what a policy refuses and a script complains."""
        if context.pages:
            return context.pages[0]
        page = watched(context.new_page())
        page.on("pageerror", lambda error: self.complaints.append(str(error)))
        page.on("console", self._listen)
        return page

    def _listen(self, message: ConsoleMessage) -> None:
        # A page that answers 404 or 422 on purpose is told to the console too.
        if message.type == "error" and "Failed to load resource" not in message.text:
            self.complaints.append(message.text)


def sign_in(page: Page, portal: str, username: str, password: str = PASSWORD) -> None:
    """Sign in as a person does: past the warning, with name and password."""
    page.goto(f"{portal}/")
    page.get_by_role("button", name="I understand, go to sign-in").click()
    page.get_by_label("User name").fill(username)
    page.get_by_label("Password").fill(password)
    page.get_by_role("button", name="Sign in").click()
    # A click does not wait for its answer, and going elsewhere now would take the form back.
    expect(page.get_by_role("button", name="Sign out")).to_be_visible()


def heading(page: Page, text: str) -> None:
    """The page that has come says *text* at its top, and holds no barrier."""
    expect(page.get_by_role("heading", level=1)).to_have_text(text)
    assert_accessible(page)


@pytest.fixture(scope="module")
def _windows(portal: str, browser: Browser) -> Iterator[Windows]:
    windows = Windows(browser, portal)
    yield windows
    for context in windows.opened:
        context.close()


@pytest.fixture
def windows(_windows: Windows, clock: Clock) -> Iterator[Windows]:
    """The windows, whose pages may not have complained by the end of the test."""
    _windows.complaints.clear()
    yield _windows
    assert not _windows.complaints
