"""What it costs that documents can be read by everybody."""

from typing import Any
from unittest.mock import patch

from weasyprint import HTML  # noqa: TID251  # what render_pdf draws with, to leave tags off

from acrime.bench.figures.gate import disclosed
from acrime.bench.measure import medians
from acrime.bench.report import Result
from acrime.bench.stage import Stage
from acrime.common import pdf
from routine_uses import actions


def disclosure_record(stage: Stage) -> Result:
    """The Privacy Act Disclosure Record as tagged PDF/UA-1, and the same pages untagged."""
    with patch.object(actions, "render_pdf", wraps=pdf.render_pdf) as press:
        disclosed(stage)
    document = dict(press.call_args.kwargs)

    def tagged(_: int) -> bytes:
        return pdf.render_pdf(**document)

    def untagged(_: int) -> bytes:
        with patch.object(HTML, "write_pdf", _write_untagged):
            return pdf.render_pdf(**document)

    took, plainly = medians(tagged, untagged, rounds=stage.slow_rounds)
    return Result(
        "pdf.disclosure_record",
        took,
        plainly,
        "ms",
        f"one Privacy Act Disclosure Record in a warm process, tagged "
        f"({len(tagged(0)) / 1024:.0f} KiB) and untagged ({len(untagged(0)) / 1024:.0f} KiB)",
    )


_write_pdf = HTML.write_pdf


def _write_untagged(document: Any, *, pdf_variant: str, **options: Any) -> Any:
    """What ``render_pdf`` does, but for the variant that brings the tags."""
    return _write_pdf(document, **options)
