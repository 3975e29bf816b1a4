"""Takes the README's pictures from the running product: ``make pictures``.

Not collected by an ordinary test run; it asserts nothing and writes files.
"""

from datetime import datetime
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page

from acrime.demo.accounts import PASSWORD
from acrime.demo.story import tell_story
from acrime.iaq.models import StatusQuery
from routine_uses.models import Disclosure
from tests import factories

FOLDER = Path(__file__).resolve().parents[2] / "acrime" / "docs" / "pictures"
SIZE = {"width": 1180, "height": 820}


def _sign_in(browser: Browser, address: str, username: str) -> Page:
    page = browser.new_context(viewport=SIZE).new_page()  # type: ignore[arg-type]
    page.goto(address)
    page.get_by_role("button", name="I understand, go to sign-in").click()
    page.get_by_label("User name").fill(username)
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Sign in").click()
    return page


def _number_of(last: str) -> str:
    return StatusQuery.objects.get(last=last).record.number


@pytest.mark.django_db(transaction=True)
def test_take_pictures(live_server: object, browser: Browser, at: datetime) -> None:
    factories.load_notice(at=at)
    tell_story(at=at)
    address = str(live_server)
    FOLDER.mkdir(parents=True, exist_ok=True)
    analyst = _sign_in(browser, address, "analyst")
    supervisor = _sign_in(browser, address, "supervisor")
    privacy = _sign_in(browser, address, "privacy")
    disclosure = Disclosure.objects.filter(letter="X").order_by("pk").first()
    assert disclosure is not None
    for page, path, name in (
        (analyst, "/", "home"),
        (analyst, f"/queries/{_number_of('SAMPLEMAN')}/", "query"),
        (supervisor, f"/responses/release/{_number_of('SPECIMEN')}/", "release"),
        (privacy, f"/disclosures/{disclosure.number}/", "disclosure"),
        (privacy, "/notice/", "notice"),
    ):
        page.goto(address + path)
        page.screenshot(path=FOLDER / f"{name}.png")
