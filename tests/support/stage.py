"""Shows rendered mark-up in a browser under the portal's own policy, without a server."""

import mimetypes
from pathlib import Path

from django.conf import settings
from playwright.sync_api import Page, Route

ORIGIN = "http://portal.test"


def show(page: Page, markup: str) -> list[str]:
    """Open ``markup`` as a page of the portal, with its static files and its policy.

    Returns:
        The paths that the page asked for by POST, growing as it does.
    """
    policy = "; ".join(
        f"{name} {' '.join(sources)}"
        for name, sources in settings.CONTENT_SECURITY_POLICY["DIRECTIVES"].items()
    )
    posted: list[str] = []

    def answer(route: Route) -> None:
        path = route.request.url.removeprefix(ORIGIN).split("?")[0]
        if route.request.method == "POST":
            posted.append(path)
            route.fulfill(status=204)
        elif path.startswith(settings.STATIC_URL):
            file = Path(settings.STATICFILES_DIRS[0]) / path.removeprefix(settings.STATIC_URL)
            kind = mimetypes.guess_type(file.name)[0] or "application/octet-stream"
            route.fulfill(status=200, content_type=kind, body=file.read_bytes())
        else:
            route.fulfill(
                status=200,
                content_type="text/html; charset=utf-8",
                headers={"Content-Security-Policy": policy},
                body=markup,
            )

    page.route(f"{ORIGIN}/**", answer)
    page.goto(f"{ORIGIN}/shown/")
    return posted
