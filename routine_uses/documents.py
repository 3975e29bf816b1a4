"""The Privacy Act Disclosure Record: how it is made, once, with its disclosure."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.conf import settings

from acrime.common.pdf import render_pdf
from acrime.common.sealing import seal
from routine_uses.choices import Field
from routine_uses.models import Disclosure

TITLE = "Privacy Act Disclosure Record"
TEMPLATE = "routine_uses/disclosure_record.html"
# So many records are named on the first page; more of them get a table on pages of their own.
FEW_RECORDS = 6


@dataclass(frozen=True)
class Row:
    """A record of the disclosure, and the numbers of the people it is about."""

    number: str
    persons: tuple[str, ...] = ()


def add_document(disclosure: Disclosure, *, ground: str, records: Sequence[Row]) -> None:
    """Make, seal and hash the record of *disclosure*, which is not written yet.

    The sealed file is kept and never made again: fonts, libraries and the key change.

    Args:
        ground: what the gate answered, in words.

    Raises:
        UnableToRenderPdf, UnableToSeal: it could not be made, so nothing may leave.
    """
    unsealed = render_pdf(
        template=TEMPLATE, context=_context(disclosure, ground, records), title=TITLE
    )
    sealed = seal(unsealed, at=disclosure.disclosed_at, reason=TITLE)
    disclosure.document = sealed.content
    disclosure.document_sha256 = sealed.sha256
    disclosure.unsealed_sha256 = sealed.unsealed_sha256
    disclosure.certificate_sha256 = sealed.certificate_sha256


def _context(disclosure: Disclosure, ground: str, records: Sequence[Row]) -> dict[str, object]:
    persons = sorted({person for row in records for person in row.persons})
    return {
        "disclosure": disclosure,
        "ground": ground,
        "fields": [Field(code).label for code in disclosure.fields],
        "address_lines": disclosure.recipient_address.splitlines(),
        "records": records,
        "persons": persons,
        "in_table": len(records) > FEW_RECORDS,
        "continued_title": f"{TITLE} · {disclosure.number}",
        "footer_text": f"{disclosure.number} · {disclosure.verification_code}",
        "training_band": settings.SYNTHETIC_DATA,
    }
