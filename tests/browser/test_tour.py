"""The tour that the README prints, taken in a browser; and its beginning without JavaScript."""

from datetime import timedelta

import pytest
from django.urls import reverse
from playwright.sync_api import Page, expect

from acrime.common import clock as the_clock
from acrime.common import outbox
from acrime.iaq.models import StatusQuery
from acrime.iar.models import StatusResponse
from routine_uses.models import Disclosure
from tests.browser.conftest import Windows, heading, sign_in
from tests.conftest import Clock
from tests.support.accessibility import assert_accessible

pytestmark = pytest.mark.browser


def work() -> None:
    """What relay and worker do in the meantime."""
    at = the_clock.now()
    for message in outbox.claim_due(at=at):
        outbox.consume(message, at=at)


def menu(page: Page, entry: str) -> None:
    page.get_by_role("navigation", name="Primary").get_by_role("link", name=entry).click()


def test_without_javascript_a_query_can_be_worked(windows: Windows) -> None:
    context = windows.open(javascript=False)
    page = context.new_page()
    sign_in(page, windows.portal, "analyst")
    page.goto(f"{reverse('iaq:list')}?show=waiting")
    number = StatusQuery.objects.get(last="PLACEHOLDER").record.number
    page.get_by_role("link", name=number).click()
    page.get_by_role("button", name="Take this query on").click()
    expect(page.get_by_text("The query is yours.")).to_be_visible()
    page.get_by_role("link", name="Add a step").click()
    page.get_by_role("button", name="Save the step").click()
    expect(page.get_by_role("alert")).to_contain_text("What you found")
    page.get_by_label("Where you looked").select_option("CIS")
    page.get_by_label("What came of it").select_option(label="Not found")
    page.get_by_label("What you found").fill("Nothing under this number.")
    page.get_by_role("button", name="Save the step").click()
    expect(page.get_by_text("Nothing under this number.")).to_be_visible()
    context.close()


def test_the_tour(windows: Windows, clock: Clock) -> None:
    # 1. A query waits.
    page = windows.of("analyst")
    page.goto("/")
    menu(page, "Queries")
    page.get_by_role("link", name="Waiting", exact=True).click()
    query = StatusQuery.objects.get(last="EXAMPLE").record.number
    page.get_by_role("link", name=query).click()
    page.get_by_role("button", name="Take this query on").click()

    # 2. Who is it?
    page.get_by_role("link", name="Find the person").click()
    found = page.get_by_role("region", name="EXAMPLE, MARISOL")
    expect(found).to_contain_text("Same A-Number")
    found.get_by_label("Why this is the same person").fill("A-Number, name and birth date agree.")
    found.get_by_role("button", name="Link this individual").click()
    expect(page.get_by_text("The individual is linked")).to_be_visible()

    # 3. Research: the numbers, for a look elsewhere, are open on one page.
    clock.move(timedelta(minutes=3))
    expect(page.get_by_text("A099000301")).to_have_count(0)
    page.get_by_role("button", name="Show all numbers").click()
    expect(page.get_by_text("A099000301")).to_be_visible()
    assert_accessible(page)
    page.get_by_role("link", name="Add a step").click()
    page.get_by_label("Where you looked").select_option(label="Central Index System")
    page.get_by_label("What came of it").select_option(label="Found")
    page.get_by_label("What you found").fill("Resident since 2010.")
    page.get_by_role("button", name="Save the step").click()
    expect(page.get_by_text("Resident since 2010.")).to_be_visible()

    # 4. Determine: what is known is filled in, and one's own work cannot be approved.
    page.get_by_role("link", name="Lawful permanent resident").click()
    expect(page.locator("[name=name]")).to_have_value("EXAMPLE, MARISOL INES")
    expect(page.locator("[name=arn]")).to_have_value("A099000301")
    page.get_by_label("How the research bears this out").fill("The index says so.")
    page.get_by_role("button", name="Send to review").click()
    expect(page.get_by_text("Waits for a second person").first).to_be_visible()
    expect(page.get_by_role("button", name="Approve")).to_have_count(0)
    assert_accessible(page)

    # 5. Review and release.
    page = windows.of("supervisor")
    page.goto("/")
    menu(page, "Queries")
    page.get_by_role("link", name="To review", exact=True).click()
    page.get_by_role("link", name=query).click()
    page.get_by_role("link", name="Show all numbers").click()
    page.get_by_text("To check a determination or an entry").click()
    page.get_by_role("button", name="Show it").click()
    expect(page.get_by_text("A099000301").first).to_be_visible()
    page.get_by_role("button", name="Approve").click()
    page.get_by_role("link", name="Release the response").first.click()
    expect(page.get_by_label("X –")).to_be_checked()
    draft = page.locator("#draft, [aria-labelledby=draft]").first
    expect(draft).to_be_visible()
    page.get_by_role("button", name="Release now").click()
    expect(page.get_by_text("released and accounted for")).to_be_visible()
    response = StatusResponse.objects.get(query__record__number=query)

    # 6. Accounted.
    clock.move(timedelta(seconds=2))
    work()
    page.reload()
    expect(page.get_by_text("Delivered", exact=True)).to_have_count(2)
    assert_accessible(page)
    with page.expect_download() as download:
        page.get_by_role("link", name="Disclosure record (PDF)").click()
    disclosure = Disclosure.objects.get(number=response.disclosure_number)
    assert download.value.path().read_bytes() == bytes(disclosure.document)

    # 7. The others.
    answered = response.record.number
    page = windows.of("field")
    page.goto("/")
    menu(page, "Responses")
    page.get_by_role("link", name=answered).click()
    expect(page.get_by_role("heading", level=1)).to_be_visible()

    page = windows.of("privacy")
    page.goto("/")
    menu(page, "Disclosures")
    page.get_by_role("link", name="Export").click()
    page.get_by_label("What you need the file for").fill("Tour")
    with page.expect_download() as download:
        page.get_by_role("button", name="Download the file").click()
    assert "Privacy Act material" in download.value.path().read_text(encoding="utf-8-sig")
    page.get_by_role("link", name="Back to the list").click()
    expect(page.get_by_role("link", name=disclosure.number)).to_be_visible()
    page.get_by_role("link", name="Check a record").click()
    page.get_by_label("Number of the disclosure").fill(disclosure.number)
    page.get_by_label("Verification code").fill(disclosure.verification_code)
    page.get_by_role("button", name="Check the code").click()
    expect(page.get_by_text("Genuine", exact=True)).to_be_visible()
    assert_accessible(page)

    work()
    page = windows.of("analyst")
    page.goto(reverse("alerts:list"))
    expect(page.get_by_text("Morgan Reyes").first).to_be_visible()
    assert_accessible(page)

    page = windows.of("admin")
    page.goto("/")
    entries = page.get_by_role("navigation", name="Primary").get_by_role("link")
    expect(entries).to_have_text(["Home", "The notice", "Locked accounts", "People"])


def test_the_tour_of_who_may_see_and_who_looked(windows: Windows, clock: Clock) -> None:
    # 8. Limit it.
    page = windows.of("analyst")
    page.goto("/")
    menu(page, "Queries")
    page.get_by_role("link", name="Mine", exact=True).click()
    limited = StatusQuery.objects.get(last="BEISPIEL").record.number
    page.get_by_role("link", name=limited).click()
    page.get_by_role("link", name="Who can see it").click()
    page.get_by_text("Limit who can see it").click()
    page.get_by_label("People").fill("analyst2")
    page.get_by_label("Reason").fill("The matter is sensitive.")
    page.get_by_role("button", name="Limit the record").click()
    expect(page.get_by_text("Limited record", exact=True)).to_be_visible()
    assert_accessible(page)

    page = windows.of("foia")
    answer = page.goto(reverse("iaq:detail", args=[limited]))
    assert answer is not None
    assert answer.status == 404

    page = windows.of("supervisor")
    page.goto(reverse("records:access", args=[limited]))
    page.get_by_label("User name of the person").fill("calls")
    page.get_by_role("button", name="Explain").click()
    expect(page.get_by_text("Does not see the record")).to_be_visible()
    assert_accessible(page)

    # 9. Ask why.
    work()
    page = windows.of("analyst")
    page.goto(f"{reverse('alerts:list')}?record={limited}")
    page.get_by_role("row").filter(has_text="Morgan Reyes").get_by_role("link").first.click()
    page.get_by_label("Your question").fill("What brought you to it?")
    page.get_by_role("button", name="Ask why").click()
    expect(page.get_by_text("What brought you to it?")).to_be_visible()
    page = windows.of("supervisor")
    page.goto("/")
    page.get_by_role("link", name="Questions to me").first.click()
    page.get_by_role("link", name="Alex Carver").first.click()
    page.get_by_label("Your answer").fill("A colleague asked who may see it.")
    page.get_by_role("button", name="Send the answer").click()
    expect(page.get_by_text("A colleague asked who may see it.")).to_be_visible()
    page = windows.of("opr")
    page.goto("/")
    menu(page, "Reports of misuse")
    heading(page, "Reports of misuse")

    # 10. Oversee.
    menu(page, "Ledger of events")
    heading(page, "Ledger of events")
    page.get_by_label("Record number").fill(limited)
    page.get_by_role("button", name="Search").click()
    expect(page.get_by_text("Limited who may see the record").first).to_be_visible()
    assert_accessible(page)

    # 11. Training and roles.
    page = windows.of("calls")
    page.goto("/")
    expect(page.get_by_text("Your training ends in 12 days")).to_be_visible()
    page = windows.of("lapsed")
    expect(page.get_by_role("heading", name="Your access has ended")).to_be_visible()
    page = windows.of("admin")
    page.goto("/")
    menu(page, "People")
    page.get_by_role("link", name="Requests").click()
    heading(page, "Role requests")
    page = windows.of("supervisor")
    page.goto("/")
    menu(page, "People")
    page.get_by_role("link", name="review").first.click()
    heading(page, "Yearly review of roles")
