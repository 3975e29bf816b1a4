"""An analyst's hour by keyboard alone: nothing here points, clicks or fills in by script."""

from datetime import timedelta

import pytest
from playwright.sync_api import Locator, Page, expect

from acrime.demo.accounts import PASSWORD
from acrime.iaq.actions import put_back
from acrime.iaq.models import Determination, ResearchStep, StatusQuery
from tests import factories
from tests.browser.conftest import Windows
from tests.conftest import Clock
from tests.support.accessibility import assert_accessible

pytestmark = pytest.mark.browser

# No page of the hour has more stops than this before what is wanted.
MOST_STOPS = 150
MOST_ROWS = 25


def tab_to(page: Page, wanted: Locator) -> None:
    """Press Tab until *wanted* has the focus."""
    expect(wanted).to_be_visible()
    for _ in range(MOST_STOPS):
        if wanted.evaluate("element => element === document.activeElement"):
            return
        page.keyboard.press("Tab")
    raise AssertionError("Tab does not lead there.")


def press(page: Page, wanted: Locator) -> None:
    """Go to *wanted* and press Enter."""
    tab_to(page, wanted)
    page.keyboard.press("Enter")


def single_key(page: Page, key: str) -> None:
    """Press one of the single keys, once the page listens for them."""
    expect(page.locator("[data-keys-switch]")).not_to_have_attribute("hidden", "")
    page.keyboard.press(key)


def go_to_row(page: Page, number: str) -> Locator:
    """Go down the worklist with ``j`` until the query has the focus."""
    link = page.locator(f'[data-row="{number}"] [data-row-link]')
    expect(link).to_be_visible()
    for _ in range(MOST_ROWS):
        single_key(page, "j")
        if link.evaluate("element => element === document.activeElement"):
            return link
    raise AssertionError("j does not lead there.")


def number_of(last: str) -> str:
    return StatusQuery.objects.get(last=last).record.number


def test_an_analysts_hour(windows: Windows, clock: Clock) -> None:
    context = windows.open()
    page = windows.page(context)
    page.clock.install()
    page.goto("/")

    # Signing in.
    press(page, page.get_by_role("button", name="I understand, go to sign-in"))
    tab_to(page, page.get_by_label("User name"))
    page.keyboard.type("analyst")
    tab_to(page, page.get_by_label("Password"))
    page.keyboard.type(PASSWORD)
    page.keyboard.press("Enter")
    expect(page.get_by_role("button", name="Sign out")).to_be_visible()

    # The worklist, and its help.
    press(page, page.get_by_role("navigation", name="Primary").get_by_role("link", name="Queries"))
    expect(page.get_by_role("heading", level=1)).to_have_text("Queries")
    single_key(page, "?")
    expect(page.locator("[data-keys]")).to_have_attribute("open", "")
    expect(page.locator("[data-keys] summary")).to_be_focused()
    assert_accessible(page)
    page.keyboard.press("Enter")

    # Down and up; one is taken on from its row, others are chosen and taken on together.
    wanted, other = number_of("EXAMPLE"), number_of("PLACEHOLDER")
    go_to_row(page, wanted)
    single_key(page, "c")
    expect(page.get_by_text("The query is yours.")).to_be_visible()
    press(page, page.get_by_role("navigation", name="Primary").get_by_role("link", name="Queries"))
    go_to_row(page, other)
    single_key(page, "k")
    expect(page.locator(f'[data-row="{other}"] [data-row-link]')).not_to_be_focused()
    single_key(page, "j")
    expect(page.locator(f'[data-row="{other}"] [data-row-link]')).to_be_focused()
    single_key(page, "x")
    expect(page.locator("[name=chosen]:checked")).to_have_count(1)
    single_key(page, "x")
    expect(page.locator("[name=chosen]:checked")).to_have_count(0)
    single_key(page, "x")
    single_key(page, "b")
    expect(page.get_by_text("1 query is yours.")).to_be_visible()

    # New queries are told of, and shown when asked; the row under the hand stays.
    here = go_to_row(page, wanted)
    at = clock.move(timedelta(minutes=1))
    arrived = factories.make_query(
        factories.message_bytes(serial=77, NAM="ANKOMST, ELI", OFF="0901"), at=at
    ).record.number
    page.clock.fast_forward(21_000)
    expect(page.locator("[data-news-text]")).to_contain_text("1 new query.")
    expect(here).to_be_focused()
    expect(page.locator(f'[data-row="{arrived}"]')).to_have_count(0)
    # What others do is told of too, and shown in its row; nothing moves and the hand stays.
    taken = StatusQuery.objects.get(record__number=other)
    assert taken.claimed_by
    put_back(query=taken, reason="Another day.", actor=taken.claimed_by, at=at)
    page.clock.fast_forward(21_000)
    expect(page.locator("[data-news-text]")).to_contain_text("1 query below has changed.")
    expect(page.locator("[data-news-text]")).to_contain_text("1 new query.")
    expect(page.locator(f'[data-row="{other}"]')).to_contain_text("Nobody yet")
    expect(here).to_be_focused()
    single_key(page, "n")
    expect(page.locator(f'[data-row="{arrived}"]')).to_be_visible()
    expect(page.locator(f'[data-row="{wanted}"] [data-row-link]')).to_be_focused()
    single_key(page, "p")
    expect(page.get_by_role("button", name="Pause looking")).to_have_attribute(
        "aria-pressed", "true"
    )

    # Who is it?
    expect(here).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_contain_text("EXAMPLE")
    single_key(page, "i")
    found = page.get_by_role("region", name="EXAMPLE, MARISOL")
    tab_to(page, found.get_by_label("Why this is the same person"))
    # While something is typed the keys are letters.
    page.keyboard.type("jcx: number, name and birth date agree.")
    page.keyboard.press("Enter")
    expect(page.get_by_text("The individual is linked")).to_be_visible()

    # Research.
    single_key(page, "r")
    tab_to(page, page.get_by_label("Where you looked"))
    page.keyboard.type("Central")
    tab_to(page, page.get_by_label("What came of it"))
    page.keyboard.type("Found")
    tab_to(page, page.get_by_label("What you found"))
    page.keyboard.type("Resident since 2010.")
    press(page, page.get_by_role("button", name="Save the step"))
    expect(page.get_by_text("Resident since 2010.")).to_be_visible()
    step = ResearchStep.objects.get(query__record__number=wanted)
    assert (step.source, step.result) == ("CIS", "FOUND")

    # Determination.
    single_key(page, "d")
    press(page, page.get_by_role("link", name="Lawful permanent resident"))
    tab_to(page, page.get_by_label("How the research bears this out"))
    page.keyboard.type("The index says so.")
    press(page, page.get_by_role("button", name="Send to review"))
    expect(page.get_by_text("Waits for a second person").first).to_be_visible()
    assert Determination.objects.filter(query__record__number=wanted).count() == 1

    # Back, and the single keys off.
    single_key(page, "w")
    expect(page.get_by_role("heading", level=1)).to_have_text("Queries")
    single_key(page, "?")
    tab_to(page, page.get_by_label("Use single keys in this browser"))
    page.keyboard.press("Space")
    page.reload()
    single_key(page, "j")
    expect(page.locator("[data-row-link]:focus")).to_have_count(0)
    press(page, page.get_by_role("button", name="Sign out"))
    expect(page.get_by_role("button", name="Sign out")).to_have_count(0)
    context.close()
