"""The day of each role of the center, in a browser: NCIC, a hit, a call, a detainer.

Set ``PICTURES_IN`` to a folder to have a picture of each step in it.
"""

import os
from collections.abc import Callable
from pathlib import Path

import pytest
from django.urls import reverse
from playwright.sync_api import Page, expect

from acrime.calls.models import Call
from acrime.detainers.models import Detainer
from acrime.iar.models import StatusResponse
from acrime.ncic.hits.models import HitConfirmation
from acrime.ncic.models import NcicEntry
from routine_uses.models import Approval, Disclosure
from tests import factories
from tests.browser.conftest import Windows
from tests.support.accessibility import assert_accessible

pytestmark = pytest.mark.browser

Taken = Callable[[Page, str], None]


@pytest.fixture
def seen() -> Taken:
    """Hold a page to have no barrier, and take its picture where somebody wants to look."""
    folder = os.environ.get("PICTURES_IN", "")

    def take(page: Page, name: str) -> None:
        assert_accessible(page)
        if folder:
            page.screenshot(path=Path(folder) / f"{name}.png", full_page=True)

    return take


def press(page: Page, name: str) -> None:
    page.get_by_role("main").get_by_role("button", name=name).first.click()


def follow(page: Page, name: str) -> None:
    page.get_by_role("main").get_by_role("link", name=name, exact=True).first.click()


def tick(page: Page, words: str) -> None:
    page.locator("main label", has_text=words).first.click()


def granted(windows: Windows) -> None:
    """A supervisor makes the (e)(6) check that was asked for last."""
    page = windows.of("supervisor")
    waiting = Approval.objects.filter(state="WAITING", kind="ACCURACY").order_by("-pk")[0]
    page.goto(reverse("routine_uses:approval", args=[waiting.number]))
    page.get_by_label("Reason of the decision").fill("Compared with the papers.")
    press(page, "Grant")
    expect(page.get_by_text("Granted").first).to_be_visible()


def person(page: Page, last: str, first: str) -> None:
    """Search for somebody whom nobody knows, and enter them."""
    page.get_by_label("Last name").fill(last)
    page.get_by_label("First name").fill(first)
    press(page, "Search")
    section = page.get_by_role("region", name="Enter a new individual")
    section.get_by_role("textbox").first.fill("Nobody known shares the name.")
    press(page, "Enter and link")


def test_a_specialist_prepares_a_second_checks_and_one_is_validated(
    windows: Windows, seen: Taken, tmp_path: Path
) -> None:
    page = windows.of("ncic")
    page.goto(reverse("ncic:new"))
    tick(page, "Immigration Violator File")
    page.get_by_label("Category").select_option(label="Absconder")
    press(page, "Prepare and search for the person")
    person(page, "CAMINANTE", "RUFO")
    follow(page, "Attach a document")
    paper = tmp_path / "order.pdf"
    paper.write_bytes(factories.PAPER)
    page.get_by_label("What it is").select_option("ORDER")
    page.get_by_label("Number or title").fill("Synthetic order 26-7")
    page.locator("input[type=file]").set_input_files(paper)
    press(page, "Attach")
    follow(page, "Send to the second check")
    press(page, "Send to the second check")
    expect(page.get_by_text("Waits for the second check").first).to_be_visible()
    # Whoever prepared it is offered no check.
    expect(page.get_by_role("link", name="Every value agrees")).to_have_count(0)
    seen(page, "ncic-1-waits")
    entry = NcicEntry.objects.order_by("-pk")[0]
    place = reverse("ncic:detail", args=[entry.record.number])

    page = windows.of("supervisor")
    page.goto(place)
    follow(page, "Every value agrees")
    press(page, "Every value agrees")
    expect(page.get_by_role("main").get_by_role("alert").first).to_contain_text(
        "with the document in hand"
    )
    tick(page, "Synthetic order 26-7")
    seen(page, "ncic-2-check")
    press(page, "Every value agrees")

    page = windows.of("ncic")
    page.goto(place)
    follow(page, "Note the entry in NCIC")
    page.get_by_label("NIC number").fill("99-0004321")
    press(page, "Note the entry in NCIC")
    expect(page.get_by_role("main").get_by_role("alert").first).to_contain_text(
        "one capital letter and nine digits"
    )
    page.get_by_label("NIC number").fill("n990 004321")
    press(page, "Note the entry in NCIC")
    expect(page.get_by_text("In NCIC", exact=True)).to_be_visible()
    seen(page, "ncic-3-entered")

    page.goto(f"{reverse('ncic:list')}?show=validate")
    expect(page.get_by_text("AUSENTE, MATEO")).to_be_visible()
    due = NcicEntry.objects.get(nic="N990000002")
    follow(page, due.record.number)
    follow(page, "Note the validation")
    page.get_by_label("Who was consulted").fill("Clerk SAMPLE: the order stands.")
    tick(page, "Synthetic order")
    press(page, "Note the validation")
    expect(page.get_by_text("Validation not due yet")).to_be_visible()
    seen(page, "ncic-4-validated")


def test_a_hit_is_answered_with_the_papers_in_hand(windows: Windows, seen: Taken) -> None:
    hit = HitConfirmation.objects.get(state="WAITING")
    page = windows.of("ncic")
    page.goto("/")
    expect(page.get_by_role("region", name="Clocks of hit confirmation")).to_be_visible()
    page.goto(reverse("ncic:hits-one", args=[hit.record.number]))
    if page.get_by_role("button", name="Take it on").count():
        press(page, "Take it on")
    follow(page, "Confirm")
    expect(page.get_by_text("Nobody has the documents in hand")).to_be_visible()
    press(page, "Ask for it")
    granted(windows)

    page = windows.of("ncic")
    page.goto(reverse("ncic:hits-documents", args=[hit.record.number]))
    tick(page, "Criminal arrest warrant")
    page.get_by_role("main").locator("form button").first.click()
    seen(page, "hit-1-in-hand")
    follow(page, "Confirm")
    page.get_by_label("What is told").fill("The warrant stands.")
    page.get_by_label("Who is told").fill("SGT SAMPLE")
    tick(page, "Message (Nlets YR)")
    tick(page, "authorized user of NCIC")
    seen(page, "hit-2-answer")
    press(page, "Answer and account for it")
    expect(page.get_by_text("Answered", exact=True)).to_be_visible()
    seen(page, "hit-3-answered")
    answered = HitConfirmation.objects.get(pk=hit.pk)
    assert Disclosure.objects.get(number=answered.disclosure_number).letter == "FF"


def test_a_call_taker_calls_back_before_anything_is_said(windows: Windows, seen: Taken) -> None:
    response = StatusResponse.objects.get(query__last="FACTICE")
    page = windows.of("calls")
    page.goto(reverse("calls:new"))
    page.get_by_label("ORI of the caller").fill("vt 0000007")
    page.get_by_label("Caller's name").fill("BEISPIEL, KIM")
    page.get_by_label("Number that the caller gives").fill("(555) 555-0111")
    tick(page, "Follow-up of a response")
    page.get_by_label("What the caller needs").fill("Asks whether the answer still stands.")
    page.get_by_label("Number of the response or query").fill(response.record.number)
    press(page, "Save, and call back")
    expect(page.get_by_text("Never the number that the caller gave")).to_be_visible()
    seen(page, "call-1-to-call-back")
    follow(page, "Write down what is said")
    page.get_by_label("What is said").fill("It stands.")
    tick(page, "Immigration status")
    page.get_by_label("What the caller needs it for").select_option("STATUS_VERIFICATION")
    press(page, "Save")
    expect(page.get_by_role("main").get_by_role("alert").first).to_contain_text(
        "Call the agency back"
    )
    page.goto(reverse("calls:detail", args=[Call.objects.order_by("-pk")[0].record.number]))
    tick(page, "It knows the caller and the call")
    press(page, "Write it down")
    follow(page, "Write down what is said")
    page.get_by_label("What is said").fill("It stands.")
    tick(page, "Immigration status")
    page.get_by_label("What the caller needs it for").select_option("STATUS_VERIFICATION")
    press(page, "Save")
    follow(page, "Tell it")
    press(page, "Ask for it")
    granted(windows)

    call = Call.objects.order_by("-pk")[0]
    page = windows.of("calls")
    page.goto(reverse("calls:tell", args=[call.record.number, 1]))
    for box in page.get_by_role("main").locator("form input[type=checkbox]").all():
        page.locator(f"label[for={box.get_attribute('id')}]").click()
    seen(page, "call-2-tell")
    press(page, "Account for it and tell it")
    expect(page.get_by_text("Told and accounted")).to_be_visible()
    seen(page, "call-3-told")
    # The call shows on the page of the query that it is about.
    page.goto(reverse("iaq:detail", args=[response.query.record.number]))
    expect(page.get_by_role("region", name="Calls")).to_contain_text(call.record.number)
    seen(page, "call-4-on-the-query")


def test_a_field_officer_places_a_detainer_and_lifts_it(windows: Windows, seen: Taken) -> None:
    response = StatusResponse.objects.get(query__last="FACTICE")
    page = windows.of("field")
    page.goto(reverse("iar:detail", args=[response.record.number]))
    seen(page, "detainer-0-beside-the-answer")
    follow(page, "Prepare a detainer")
    page.get_by_label("Agency that has the person in custody").fill("VT0000015")
    tick(page, "Box 2")
    tick(page, "A final order of removal")
    page.get_by_label("What the finding rests on").fill("Synthetic order 26-8.")
    press(page, "Prepare and search for the person")
    expect(page.get_by_role("main").get_by_role("alert").first).to_contain_text("never both marked")
    seen(page, "detainer-1-both-boxes")
    tick(page, "Box 1: probable cause that")
    page.get_by_label("Signed warrant").select_option("I-205")
    page.locator("#id_warrant_signed_on_0").select_option("3")
    page.locator("#id_warrant_signed_on_1").fill("4")
    page.locator("#id_warrant_signed_on_2").fill("2025")
    press(page, "Prepare and search for the person")
    person(page, "PRISONNIER", "ELOI")
    follow(page, "Hand to the issuing officer")
    press(page, "Hand to the issuing officer")
    expect(page.get_by_role("link", name="Issue the detainer")).to_have_count(0)
    made = Detainer.objects.order_by("-pk")[0]
    place = reverse("detainers:detail", args=[made.record.number])

    page = windows.of("supervisor")
    page.goto(place)
    follow(page, "Issue the detainer")
    page.get_by_label("Title under which you issue it").select_option("SUPERVISING")
    tick(page, "I have read what it rests on")
    seen(page, "detainer-2-issue")
    press(page, "Issue the detainer")

    page = windows.of("field")
    page.goto(place)
    follow(page, "Place it")
    press(page, "Ask for it")
    granted(windows)
    page = windows.of("field")
    page.goto(reverse("detainers:send", args=[made.record.number, 1]))
    tick(page, "has the individual in custody")
    page.get_by_label("Who gets it there").fill("Booking desk")
    tick(page, "Fax")
    seen(page, "detainer-3-place")
    press(page, "Account for it and place it")
    expect(page.get_by_text("takes effect only then")).to_be_visible()
    expect(page.get_by_text("The end cannot be computed")).to_be_visible()
    seen(page, "detainer-4-placed")
    for act, words in (
        ("Note that a copy was served", "In person"),
        ("Note the release", "Actual"),
    ):
        follow(page, act)
        page.get_by_label("Day").fill("2026-11-20")
        page.get_by_label("Time").first.fill("09:30")
        tick(page, words)
        page.get_by_role("main").locator("form input[type=text]").last.fill("Deputy SAMPLE")
        press(page, act)
    expect(page.get_by_text("In effect", exact=True)).to_be_visible()
    ends = page.get_by_role("region", name="Both ends of the 48 hours")
    expect(ends).to_contain_text("Sun, Nov 22, 2026 09:30 EST")
    expect(ends).to_contain_text("Tue, Nov 24, 2026 09:30 EST")
    seen(page, "detainer-5-running")
    page.goto(f"{reverse('detainers:list')}?show=running")
    expect(page.get_by_role("link", name=made.record.number)).to_be_visible()
    seen(page, "detainer-6-worklist")
    page.goto(place)
    follow(page, "Lift the detainer")
    page.get_by_label("Reason").select_option("CITIZEN")
    press(page, "Lift the detainer")
    expect(page.get_by_text("The agency does not know yet")).to_be_visible()
    seen(page, "detainer-7-lifted")
    follow(page, "Print")
    expect(page.get_by_text("is not Form I-247A and places nothing")).to_be_visible()
    seen(page, "detainer-8-print")
    letters = Disclosure.objects.filter(record_numbers__contains=[made.record.number])
    assert [each.letter for each in letters.order_by("pk")] == ["M"]
