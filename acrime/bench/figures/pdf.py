"""What it costs that documents can be read by everybody."""

from time import process_time
from typing import Any
from unittest.mock import patch

from weasyprint import HTML  # noqa: TID251  # what render_pdf draws with, to leave tags off

from acrime.bench.figures.gate import disclosed
from acrime.bench.measure import medians
from acrime.bench.report import Result
from acrime.bench.stage import Stage
from acrime.common import pdf
from acrime.common.sealing import seal
from routine_uses import documents

RECORDS = "records/s"


def disclosure_record(stage: Stage) -> Result:
    """The Privacy Act Disclosure Record, tagged, and the same pages untagged."""
    document = _document(stage)

    def tagged(_: int) -> bytes:
        return pdf.render_pdf(**document)

    def untagged(_: int) -> bytes:
        with patch.object(HTML, "write_pdf", _write_untagged):
            return pdf.render_pdf(**document)

    took, plainly = medians(tagged, untagged, rounds=stage.slow_rounds, clock=process_time)
    return Result(
        "pdf.disclosure_record",
        1000 / took,
        1000 / plainly,
        RECORDS,
        "Privacy Act Disclosure Records made by one warm core, tagged as PDF/UA-1 and PDF/A-2a "
        f"({took:.0f} ms, {len(tagged(0)) / 1024:.0f} KiB) and untagged ({plainly:.0f} ms)",
    )


def sealed_record(stage: Stage) -> Result:
    """The same with the portal's seal, as it is kept, and without."""
    document = _document(stage)

    def sealed(_: int) -> bytes:
        return seal(pdf.render_pdf(**document), at=stage.at, reason="Figure").content

    def unsealed(_: int) -> bytes:
        return pdf.render_pdf(**document)

    took, plainly = medians(sealed, unsealed, rounds=stage.slow_rounds, clock=process_time)
    return Result(
        "pdf.sealed_record",
        1000 / took,
        1000 / plainly,
        RECORDS,
        f"the same, sealed ({took:.0f} ms, {len(sealed(0)) / 1024:.0f} KiB) and not sealed "
        f"({plainly:.0f} ms)",
    )


def _document(stage: Stage) -> dict[str, Any]:
    """What is asked of ``render_pdf`` for a disclosure."""
    with patch.object(documents, "render_pdf", wraps=pdf.render_pdf) as press:
        disclosed(stage)
    return dict(press.call_args.kwargs)


_write_pdf = HTML.write_pdf


def _write_untagged(document: Any, *, pdf_variant: str, finisher: Any, **options: Any) -> Any:
    """What ``render_pdf`` does, but for the variant that brings the tags, and what it needs."""
    return _write_pdf(document, **options)
