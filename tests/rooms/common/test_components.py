"""The parts of pages: their words, their mark-up, and how they stand in a browser."""

from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.template import engines
from django.template.loader import render_to_string
from playwright.sync_api import Page, expect
from pytest_playwright import CreateContextCallback

from acrime.common.rendering import Fact, TimelineEntry
from acrime.templatetags import portal
from tests.support.accessibility import assert_accessible, findings, watched
from tests.support.sample_form import FindingForm
from tests.support.stage import ORIGIN, show

AT = datetime(2026, 11, 22, 15, 0, tzinfo=UTC)
GALLERY = Path(__file__).parents[2] / "support" / "gallery.html"
PROBLEMS = ["400.html", "403.html", "404.html", "500.html", "403_csrf.html"]
ROWS = [
    ("IAQ-2026-7K3M-9QX4", 134, "New", "neutral", "Franklin County Sheriff, OH"),
    ("IAQ-2026-2D8T-4WPA", 21, "In research", "info", "Travis County, TX"),
    ("IAQ-2026-9FHC-0ZRN", -12, "Returned", "warning", "Vermont State Police"),
]
MENU = ["Start", "Queries", "People", "Disclosures", "Notice"]


def gallery(*, data: dict[str, str] | None = None, **more: Any) -> str:
    """One page that shows every part."""
    rows = [
        {
            "number": number,
            "due_at": AT + timedelta(minutes=minutes),
            "code": label.upper(),
            "label": label,
            "tone": tone,
            "origin": origin,
        }
        for number, minutes, label, tone, origin in ROWS
    ]
    entries = [
        TimelineEntry(
            at=AT,
            title="Central Index System",
            text="One entry, birth date differs.",
            by="Robin Sample",
            source="CIS",
            tone="info",
        ),
        TimelineEntry(at=AT, title="Claimed", by="Robin Sample"),
    ]
    context = {
        "training_band": True,
        "navigation": [
            {"label": label, "url": f"/{label}/", "current": label == "Queries"} for label in MENU
        ],
        "user_name": "Robin Sample",
        "user_roles": ["Analyst", "Call taker"],
        "alerts_url": "/alerts/",
        "unread_alerts": 3,
        "sign_out_url": "/sign-out/",
        "csrf_token": "token",
        "form": FindingForm(data),
        "rows": rows,
        "entries": entries,
        "at": AT,
        "due_at": AT + timedelta(hours=1, minutes=5),
        "received_at": AT - timedelta(hours=3),
        "facts": [Fact(label="ORI", value="OH0250000", mono=True), Fact(label="Phone", value="")],
        "message_text": "IAQ RECEIVED\nNAM/EXAMPLE,ROSALIND AVA DOB/19880402 " + "X" * 300,
        **more,
    }
    markup: str = engines["django"].from_string(GALLERY.read_text()).render(context)
    return markup


def drawn(source: str, **context: Any) -> str:
    markup: str = engines["django"].from_string("{% load portal %}" + source).render(context)
    return markup


# region: words
@pytest.mark.parametrize(
    ("minutes", "state", "text"),
    [
        (134, "on-time", "2 h 14 min left"),
        (61, "on-time", "1 h 1 min left"),
        (60, "soon", "Due soon: 1 h left"),
        (0, "soon", "Due soon: less than 1 min left"),
        (-12, "late", "Late by 12 min"),
        (-0.5, "late", "Late by less than 1 min"),
        (3 * 24 * 60 + 240, "on-time", "3 d 4 h left"),
        (2 * 24 * 60, "on-time", "2 d left"),
    ],
)
def test_a_running_clock_is_told_in_words(minutes: float, state: str, text: str) -> None:
    assert portal.clock_reading(
        due_at=AT + timedelta(minutes=minutes), at=AT, soon=timedelta(hours=1), done_at=None
    ) == (state, text)


@pytest.mark.parametrize(
    ("minutes", "reading"),
    [
        (-1, ("met", "Done on time")),
        (0, ("met", "Done on time")),
        (90, ("missed", "Done late by 1 h 30 min")),
    ],
)
def test_a_finished_clock_stands_still(minutes: int, reading: tuple[str, str]) -> None:
    assert (
        portal.clock_reading(
            due_at=AT,
            at=AT + timedelta(days=9),
            soon=timedelta(hours=1),
            done_at=AT + timedelta(minutes=minutes),
        )
        == reading
    )


def test_times_are_eastern_with_utc_beside_them() -> None:
    winter = drawn("{{ at|eastern }}", at=AT)
    assert winter == '<time datetime="2026-11-22T15:00:00Z">Nov 22, 2026 10:00 EST</time>'
    summer = drawn("{{ at|eastern:'time' }}", at=datetime(2026, 7, 4, 2, 5, tzinfo=UTC))
    assert summer == '<time datetime="2026-07-04T02:05:00Z">22:05 EDT</time>'
    day = drawn("{{ at|eastern:'date' }}", at=datetime(2026, 7, 4, 2, 5, tzinfo=UTC))
    assert ">Jul 3, 2026<" in day
    assert drawn("{{ at|eastern }}", at=None) == ""


def test_a_time_without_an_offset_is_refused() -> None:
    with pytest.raises(ValueError, match="offset"):
        portal.eastern(AT.replace(tzinfo=None))


def test_unknown_tones_and_styles_are_refused() -> None:
    with pytest.raises(ValueError, match="tone"):
        portal.status_tag("A", "Open", "purple")
    with pytest.raises(ValueError, match="tone"):
        drawn("{% post_button '/x/' label='Go' tone='purple' %}")
    with pytest.raises(ValueError, match="style"):
        portal.eastern(AT, "long")


def test_what_is_not_recorded_is_said() -> None:
    for value in ("", None):
        assert "Not recorded" in drawn("{% fact 'Phone' value %}", value=value)
    assert "Not recorded" not in drawn("{% fact 'Encounters' value %}", value=0)


def test_values_are_escaped_in_every_part() -> None:
    nasty = "<script>x</script>"
    markup = drawn(
        "{% facts %}{% fact v v note=v %}{% factbody v %}{{ v }}{% endfactbody %}{% endfacts %}"
        "{% status_tag v v %}{% breadcrumbs v '/' v %}{% post_button '/' label=v about=v %}"
        "{% include 'components/message_pane.html' with id='m' label=v text=v only %}"
        "{% include 'components/alert.html' with text=v heading=v only %}"
        "{% include 'components/empty.html' with heading=v text=v only %}",
        v=nasty,
    )
    assert "<script>" not in markup


def test_a_post_button_carries_the_token() -> None:
    markup = drawn("{% post_button '/claim/' label='Claim' about='A-1' %}", csrf_token="t0ken")
    assert 'method="post"' in markup
    assert 'value="t0ken"' in markup
    assert '<span class="usa-sr-only"> A-1</span>' in markup


# endregion


# region: problem pages
@pytest.mark.parametrize("name", PROBLEMS)
def test_a_problem_page_needs_no_context(name: str) -> None:
    markup = render_to_string(name)
    assert markup.count("<h1>") == 1
    assert "What happened" in markup
    assert "What you can do" in markup
    assert "Traceback" not in markup


def test_a_view_can_word_its_own_problem() -> None:
    markup = render_to_string(
        "problem.html", {"heading": "Not now", "happened": "It is closed.", "todo": "Come back."}
    )
    assert "<h1>Not now</h1>" in markup
    assert "It is closed." in markup
    assert "Come back." in markup


# endregion


# region: in a browser
@pytest.fixture
def window(new_context: CreateContextCallback) -> Page:
    """A desktop window that gathers what the policy refuses."""
    return watched(new_context(viewport={"width": 1280, "height": 900}).new_page())


@pytest.mark.browser
@pytest.mark.parametrize("data", [None, {}])
def test_every_part_stands_without_barriers(window: Page, data: dict[str, str] | None) -> None:
    show(window, gallery(data=data))
    assert_accessible(window)


@pytest.mark.browser
def test_the_checks_find_what_they_are_for(window: Page) -> None:
    show(
        window,
        '<html lang="en"><title>x</title><body><main><h1>a</h1><h1>b</h1>'
        '<input aria-describedby="nowhere" onclick="x()"><p style="width:900px">w</p>'
        "<script>x</script></main></body></html>",
    )
    found = "\n".join(findings(window))
    for sign in ("names no element", "2 h1", "without a label", "inline onclick", "inline <script>",
                 "refused by policy"):  # fmt: skip
        assert sign in found


@pytest.mark.browser
@pytest.mark.parametrize("name", PROBLEMS)
def test_problem_pages_stand_without_barriers(window: Page, name: str) -> None:
    show(window, render_to_string(name))
    assert_accessible(window)


@pytest.mark.browser
def test_the_error_summary_has_the_focus(window: Page) -> None:
    show(window, gallery(data={}))
    assert window.evaluate("'focusFirst' in document.activeElement.dataset")


@pytest.mark.browser
def test_the_menu_folds_on_a_phone(new_context: CreateContextCallback) -> None:
    phone = new_context(viewport={"width": 360, "height": 740}).new_page()
    show(phone, gallery())
    people = phone.get_by_role("link", name="People")
    expect(people).to_be_hidden()
    phone.get_by_role("button", name="Menu").click()
    expect(people).to_be_visible()


@pytest.mark.browser
def test_without_scripts_the_menu_is_open(new_context: CreateContextCallback) -> None:
    phone = new_context(viewport={"width": 360, "height": 740}, java_script_enabled=False)
    quiet = phone.new_page()
    show(quiet, gallery(data={}))
    expect(quiet.get_by_role("link", name="People")).to_be_visible()
    expect(quiet.get_by_label("Finding")).to_be_visible()


@pytest.fixture
def idling(window: Page) -> tuple[Page, list[str]]:
    """A page with a lock after two minutes, on a clock that the test moves."""
    window.clock.install(time=AT)
    posted = show(window, gallery(idle_minutes=2, lock_url="/lock/", keepalive_url="/keep-alive/"))
    return window, posted


@pytest.mark.browser
def test_an_idle_page_warns_and_can_be_kept(idling: tuple[Page, list[str]]) -> None:
    window, posted = idling
    dialog = window.get_by_role("alertdialog")
    expect(dialog).to_be_hidden()
    window.clock.fast_forward(61_000)
    expect(dialog).to_be_visible()
    assert_accessible(window)
    window.get_by_role("button", name="Stay signed in").click()
    expect(dialog).to_be_hidden()
    assert posted == ["/keep-alive/"]
    assert window.url == f"{ORIGIN}/shown/"


@pytest.mark.browser
def test_a_page_left_alone_goes_to_the_lock(idling: tuple[Page, list[str]]) -> None:
    window, posted = idling
    window.clock.fast_forward(121_000)
    window.wait_for_url(f"{ORIGIN}/lock/?next=%2Fshown%2F")
    assert posted == []


@pytest.mark.browser
def test_typing_keeps_the_session(idling: tuple[Page, list[str]]) -> None:
    window, posted = idling
    window.clock.fast_forward(40_000)
    window.get_by_label("Finding").press_sequentially("ab")
    window.clock.fast_forward(50_000)
    expect(window.get_by_role("alertdialog")).to_be_hidden()
    assert posted == ["/keep-alive/"]


# endregion
