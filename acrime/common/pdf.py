"""Tagged PDF files from the portal's own templates, to be kept and to be read by everybody.

Every one follows PDF/A-2a (ISO 19005-2) and PDF/UA-1 (ISO 14289-1) at once, and has a field
that ``sealing.seal`` can put a seal into.

The same template and context give the same bytes as long as WeasyPrint, Pango and the fonts
stay the same. Keep a released file and its hash; never render it again to compare.
"""

import hashlib
import threading
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import NamedTuple
from urllib.parse import unquote, urlsplit

from django.conf import settings
from django.template import loader
from weasyprint import CSS, HTML
from weasyprint.text.fonts import FontConfiguration
from weasyprint.urls import FatalURLFetchingError, URLFetcher, URLFetcherResponse

from acrime.common.conformance import finish

# Weight, style and the design system's file that draws them.
FACES = (
    ("normal", "normal", "PublicSans-Regular.ttf"),
    ("bold", "normal", "PublicSans-Bold.ttf"),
    ("normal", "italic", "PublicSans-Italic.ttf"),
)

# Pango's font maps are shared by the whole process and are not safe across threads.
_ONE_AT_A_TIME = threading.Lock()


class UnableToRenderPdf(Exception):
    """A PDF could not be made. The message names the template and never what was in it."""

    def __init__(self, template: str) -> None:
        super().__init__(f"The document {template} could not be rendered.")
        self.template = template


class StaticFetcher(URLFetcher):  # type: ignore[misc]  # WeasyPrint has no type information
    """Opens files of the portal's static folder and ``data:`` addresses, and nothing else.

    A document that names anything else is refused as a whole: text from outside must not make
    the portal read its own files or call another machine.
    """

    def __init__(self, *, folder: Path) -> None:
        super().__init__(
            allowed_protocols={"file", "data"}, allow_redirects=False, fail_on_errors=True
        )
        self._folder = folder.resolve()

    def fetch(self, url: str, headers: Mapping[str, str] | None = None) -> URLFetcherResponse:
        """Open one address.

        Raises:
            ValueError: the address is of another kind or lies outside the static folder.
        """
        parts = urlsplit(url)
        if parts.scheme == "data":
            return super().fetch(url, headers)
        if parts.scheme != "file" or parts.netloc not in {"", "localhost"}:
            raise ValueError("Documents are made from static files alone.")
        file = Path(unquote(parts.path)).resolve()
        if not file.is_relative_to(self._folder):
            raise ValueError("The file lies outside the static folder.")
        return super().fetch(file.as_uri(), headers)


class _Press(NamedTuple):
    """What every document shares: opened once for the process."""

    fetcher: StaticFetcher
    fonts: FontConfiguration
    style: CSS


@cache
def _press() -> _Press:
    folder = Path(settings.STATICFILES_DIRS[0])
    fetcher = StaticFetcher(folder=folder)
    fonts = FontConfiguration()
    faces = "".join(
        f'@font-face {{ font-family: "Public Sans"; font-weight: {weight}; '
        f'font-style: {slant}; src: url("{file.as_uri()}"); }}\n'
        for weight, slant, name in FACES
        if (file := folder.resolve() / "uswds" / "fonts" / "public-sans" / name).is_file()
    )
    rules = (folder / "acrime" / "pdf.css").read_text(encoding="utf-8")
    style = CSS(
        string=faces + rules,
        base_url=(folder.resolve() / "acrime").as_uri() + "/",
        url_fetcher=fetcher,
        font_config=fonts,
    )
    return _Press(fetcher, fonts, style)


def render_pdf(*, template: str, context: Mapping[str, object], title: str) -> bytes:
    """A tagged PDF of a template that extends ``pdf/base.html``.

    Args:
        template: the template's name.
        context: what the template reads; ``title`` is added.
        title: the document's title, shown in the reader's window and on every page.

    Raises:
        UnableToRenderPdf: the template is missing or faulty, or it names a file that is not the
            portal's own.
    """
    try:
        markup = loader.render_to_string(template, {**context, "title": title})
        with _ONE_AT_A_TIME:
            press = _press()
            document = HTML(string=markup, base_url=press.style.base_url, url_fetcher=press.fetcher)
            made: bytes = document.write_pdf(
                pdf_variant="pdf/a-2a",
                # Its own would be a hash over the whole file, drawn a second time for that.
                pdf_identifier=hashlib.sha256(markup.encode()).hexdigest()[:32].encode(),
                font_config=press.fonts,
                stylesheets=[press.style],
                finisher=finish,
            )
    # Whatever went wrong, its text may quote the record: only the template's name goes on.
    except (Exception, FatalURLFetchingError):  # noqa: BLE001
        raise UnableToRenderPdf(template) from None
    return made
