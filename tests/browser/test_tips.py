"""A tip's whole way in a browser: public form, receipt, triage, referral; closing the line."""

from datetime import timedelta

import pytest
from django.urls import reverse
from playwright.sync_api import Page, expect

from acrime.tips.models import Tip, TipSource
from routine_uses.models import Disclosure
from tests.browser.conftest import Windows
from tests.conftest import Clock
from tests.support.accessibility import assert_accessible

pytestmark = pytest.mark.browser

TOLD = "In the harbor of synthetic Osterburg a crew unloads crates without papers, on Sundays."


def report(page: Page, clock: Clock) -> str:
    """Report a tip with a name, on a telephone's screen; the receipt."""
    page.goto(reverse("tips:form"))
    page.get_by_role("button", name="Send the tip").click()
    expect(page.get_by_role("alert")).to_contain_text("Tell us what happened.")
    page.get_by_label("What happened, or is happening?").fill(TOLD)
    page.get_by_label("Where?").fill("The harbor")
    page.get_by_label("Name", exact=False).first.fill("Captain Notional")
    page.get_by_text("Second person", exact=True).first.click()
    # Nobody writes in no time at all.
    clock.move(timedelta(minutes=2))
    page.get_by_label("Your name").fill("Wilhelmina Fauxnom")
    page.get_by_label("Your telephone number").fill("802 555 0133")
    page.get_by_role("button", name="Send the tip").click()
    expect(page.get_by_role("heading", name="We have your tip")).to_be_visible()
    return page.locator(".acrime-receipt").inner_text()


@pytest.mark.parametrize("javascript", [True, False], ids=["with", "without"])
def test_from_the_form_to_the_receipt(javascript: bool, windows: Windows, clock: Clock) -> None:
    context = windows.open(javascript=javascript)
    page = context.new_page()
    page.set_viewport_size({"width": 360, "height": 740})
    assert report(page, clock).startswith("RCP-")
    assert page.url.endswith(reverse("tips:form"))
    if javascript:
        assert_accessible(page)
    assert Tip.objects.filter(came_by="WEB").latest("pk").text == TOLD
    context.close()


def test_from_triage_to_the_referral(windows: Windows, clock: Clock) -> None:
    receipt = report(windows.page(windows.open()), clock)
    tip = Tip.objects.latest("pk")

    # The analyst takes it on and answers the question; then somebody is looked for.
    page = windows.of("analyst")
    page.goto(reverse("tips:list"))
    page.get_by_role("link", name=tip.record.number).click()
    page.get_by_role("button", name="Take it on").click()
    expect(page.get_by_text("You have taken the tip on.")).to_be_visible()
    expect(page.get_by_text("Kept apart.")).to_be_visible()
    page.get_by_role("link", name="Triage").click()
    page.get_by_text("No: it describes nothing of the kind").click()
    page.get_by_label("What it is about").select_option("CUSTOMS")
    page.get_by_role("button", name="Answer").click()
    expect(page.get_by_text("The answer is written down.")).to_be_visible()
    page.get_by_role("link", name="Write down what was done").click()
    page.get_by_label("What was done").select_option("LEAD")
    page.get_by_label("What came of it").fill("The pier is rented by a firm without a license.")
    page.get_by_role("button", name="Write it down").click()
    expect(page.get_by_text("The pier is rented")).to_be_visible()

    # To the police: prepared, checked by a supervisor, sent and accounted for.
    page.get_by_role("link", name="Refer to another agency").click()
    page.locator("#id_recipient").select_option(label="Sampletown Police Department (synthetic)")
    page.get_by_role("button", name="Prepare it").click()
    expect(page.get_by_text("Nothing has left yet.")).to_be_visible()
    assert_accessible(page)
    where = page.url
    ask = page.get_by_role("button", name="Ask for it")
    if ask.count():
        ask.click()
        boss = windows.of("supervisor")
        boss.goto(where)
        boss.locator("a[href*='/approvals/']").last.click()
        boss.get_by_label("Reason of the decision").fill("Read and compared.")
        boss.get_by_role("button", name="Grant").click()
        page = windows.of("analyst")
        page.goto(where)
    page.get_by_text("Does the recipient have jurisdiction").click()
    page.get_by_text("Paper", exact=True).click()
    page.get_by_role("button", name="Account for it and send it").click()
    expect(page.get_by_text("It is accounted for.")).to_be_visible()
    disclosure = Disclosure.objects.latest("pk")
    assert (disclosure.letter, disclosure.record_numbers) == ("L", [tip.record.number])
    for secret in ("Fauxnom", "555 0133", receipt):
        expect(page.get_by_text(secret)).to_have_count(0)

    # Who answers for the line sees who reported it: masked, then with a reason.
    boss = windows.of("supervisor")
    boss.goto(reverse("tips:detail", args=[tip.record.number]))
    boss.get_by_role("link", name="Record of who reported it").click()
    expect(boss.get_by_text("Fauxnom")).to_have_count(0)
    boss.get_by_role("link", name="Show who it is").click()
    boss.get_by_text("To check a determination or an entry").click()
    boss.get_by_role("button", name="Show it").click()
    expect(boss.get_by_text("Wilhelmina Fauxnom")).to_be_visible()
    assert_accessible(boss)
    hidden = TipSource.objects.get(tip=tip).record.number
    page = windows.of("analyst")
    answer = page.goto(reverse("tips:source", args=[hidden]))
    assert answer is not None
    assert answer.status == 404


def test_two_people_close_the_line(windows: Windows) -> None:
    page = windows.of("supervisor")
    page.goto(reverse("tips:line"))
    page.get_by_label("Where people turn instead").fill("The synthetic successor, 802-555-0100.")
    page.get_by_label("Why it is closed").fill("A successor takes over.")
    page.get_by_role("button", name="Propose").click()
    expect(page.get_by_text("Somebody else decides what you proposed.")).to_be_visible()
    other = windows.of("privacy")
    other.goto(reverse("tips:line"))
    other.get_by_role("button", name="Approve").click()
    expect(other.get_by_role("heading", name="The tip line is closed")).to_be_visible()
    public = windows.page(windows.open())
    public.goto(reverse("tips:form"))
    expect(public.get_by_text("The synthetic successor")).to_be_visible()
    assert_accessible(public)
