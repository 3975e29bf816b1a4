"""What a browser test asks of every page: no barrier, no dangling reference, no refused code.

A test opens a page with ``watched(page)`` in force, then calls ``assert_accessible(page)``.
"""

import os
import shutil
from pathlib import Path
from typing import Any

from axe_playwright_python.base import AXE_SCRIPT
from playwright.sync_api import Page

CHROMIUM_NAMES = ("chromium", "chromium-browser", "google-chrome")
LAUNCH_ARGUMENTS = [
    "--no-sandbox",
    "--disable-dev-shm-usage",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-default-apps",
    "--disable-extensions",
    "--disable-sync",
    "--metrics-recording-only",
    "--no-first-run",
]
_AXE = "(options) => axe.run(options).then((results) => results.violations)"
_AXE_OPTIONS = {
    "resultTypes": ["violations"],
    "runOnly": {
        "type": "tag",
        "values": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "best-practice"],
    },
}
# What the content security policy refused, gathered from the first moment of the page.
_WATCH = """
window.__refused = [];
document.addEventListener("securitypolicyviolation", (event) => {
  window.__refused.push(`${event.violatedDirective}: ${event.blockedURI || "inline"}`);
});
"""
# Checks that axe leaves out. Each finding is one readable line.
_OWN_CHECKS = """
() => {
  const found = [];
  const place = (element) => element.outerHTML.slice(0, 120);
  for (const name of ["aria-describedby", "aria-labelledby", "aria-controls", "for"]) {
    for (const element of document.querySelectorAll(`[${name}]`)) {
      for (const id of element.getAttribute(name).split(/\\s+/).filter(Boolean)) {
        if (document.getElementById(id)) continue;
        found.push(`${name} names no element: ${id} in ${place(element)}`);
      }
    }
  }
  for (const link of document.querySelectorAll("a[href^='#']")) {
    const id = link.getAttribute("href").slice(1);
    if (id && !document.getElementById(id)) found.push(`link leads nowhere: #${id}`);
  }
  const ids = [...document.querySelectorAll("[id]")].map((element) => element.id);
  for (const id of new Set(ids.filter((id, index) => ids.indexOf(id) !== index))) {
    found.push(`id used twice: ${id}`);
  }
  const headings = [...document.querySelectorAll("h1")];
  if (headings.length !== 1) found.push(`${headings.length} h1 on the page`);
  if (headings[0] && !headings[0].textContent.trim()) found.push("the h1 is empty");
  if (!document.title.replace("– ACRIMe Portal", "").trim()) found.push("no title of its own");
  for (const control of document.querySelectorAll("input, select, textarea")) {
    if (["hidden", "submit", "button"].includes(control.type)) continue;
    const named = ["aria-label", "aria-labelledby"].some((name) => control.hasAttribute(name));
    if (!named && !control.labels?.length) found.push(`control without a label: ${place(control)}`);
  }
  // Scripts may set styles, so style attributes are left to the policy, which sees the mark-up.
  for (const element of document.querySelectorAll("style, script:not([src])")) {
    if (element.closest("svg") === null) found.push(`inline <${element.localName}>`);
  }
  for (const element of document.querySelectorAll("*")) {
    for (const { name } of element.attributes) {
      if (name.startsWith("on")) found.push(`inline ${name} in ${place(element)}`);
    }
  }
  return found;
}
"""
_SIDEWAYS = """
() => {
  const page = document.documentElement;
  if (page.scrollWidth <= page.clientWidth) return [];
  const wide = [...document.body.querySelectorAll("*")]
    .filter((element) => element.getBoundingClientRect().right > page.clientWidth + 1)
    .slice(0, 5)
    .map((element) => element.outerHTML.slice(0, 120));
  return [`sideways scroll at 320 px: ${page.scrollWidth} px wide, by ${wide.join(" | ")}`];
}
"""


def chromium_path() -> Path | None:
    """The Chromium that set-up found, or this machine's own; nothing when there is none."""
    found = (
        shutil.which(name) for name in (os.environ.get("ACRIME_CHROMIUM"), *CHROMIUM_NAMES) if name
    )
    return next((Path(path) for path in found if path), None)


def launch_arguments() -> dict[str, Any]:
    """What playwright needs to start the machine's own Chromium.

    Raises:
        RuntimeError: there is no Chromium; set-up installs it.
    """
    path = chromium_path()
    if path is None:
        raise RuntimeError("Browser tests need Chromium; `make test` installs it.")
    return {"executable_path": str(path), "args": LAUNCH_ARGUMENTS}


def watched(page: Page) -> Page:
    """The page, gathering what the content security policy refuses. Call before opening it."""
    page.add_init_script(_WATCH)
    return page


def findings(page: Page, *, allow: frozenset[str] = frozenset(), narrow: bool = False) -> list[str]:
    """Every barrier found on the page as it stands, one line each; empty when there is none.

    Args:
        allow: ids of axe rules whose findings are let through, for faults of the design system
            itself; each use says which.
        narrow: let axe look at it 320 px wide as well.
    """
    # axe itself adds style elements, so the policy's refusals are read before it runs.
    found = [f"refused by policy: {line}" for line in page.evaluate("window.__refused ?? []")]
    found += page.evaluate(_OWN_CHECKS)
    found += _seen_by_axe(page, allow)
    size = page.viewport_size
    page.set_viewport_size({"width": 320, "height": 720})
    found += page.evaluate(_SIDEWAYS)
    if narrow:
        found += [f"at 320 px: {line}" for line in _seen_by_axe(page, allow)]
    if size is not None:
        page.set_viewport_size(size)
    return found


def _seen_by_axe(page: Page, allow: frozenset[str]) -> list[str]:
    # Half a megabyte, which a page is given once.
    if not page.evaluate("'axe' in window"):
        page.evaluate(AXE_SCRIPT)
    return [
        f"axe {violation['id']}: {node['html'][:160]} — "
        + " ".join(node.get("failureSummary", violation["help"]).split())
        for violation in page.evaluate(_AXE, _AXE_OPTIONS)
        if violation["id"] not in allow
        for node in violation["nodes"]
    ]


def assert_accessible(
    page: Page, *, allow: frozenset[str] = frozenset(), narrow: bool = False
) -> None:
    """Fail with a readable list when the page holds a barrier."""
    found = findings(page, allow=allow, narrow=narrow)
    assert not found, f"{len(found)} findings on {page.url}\n" + "\n".join(found)
