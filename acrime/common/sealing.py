"""Sealing finished documents: an electronic signature (PAdES) in the portal's name.

A seal adds to the file and changes nothing in it: what was there before is its beginning.
It certifies the document with no changes allowed, so that a reader tells any other byte.
Sealing the same document again gives other bytes; keep the sealed file, and its hash.
"""

import hashlib
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache
from typing import TYPE_CHECKING

from django.conf import settings

from acrime.common.document_keys import DocumentKey

if TYPE_CHECKING:
    from acrime.common.sealing_press import Press

# Long enough to get a new certificate from an authority.
NOTICE_OF_THE_END = timedelta(days=60)


class UnableToSeal(Exception):
    """A document could not be sealed. The message names the fault's kind and nothing else."""


@dataclass(frozen=True)
class Sealed:
    """A sealed document.

    Attributes:
        content: the file.
        sha256: of the file.
        unsealed_sha256: of the document before its seal, which is the file's beginning.
        certificate_sha256: of the certificate that it was sealed with.
    """

    content: bytes
    sha256: str
    unsealed_sha256: str
    certificate_sha256: str


def seal(document: bytes, *, at: datetime, reason: str) -> Sealed:
    """*document* (from ``render_pdf``) with the seal of the portal's present key.

    Args:
        at: the time that the seal tells.
        reason: why it was sealed, shown by readers; without personal data.

    Raises:
        UnableToSeal: the document or the key is not fit for it.
    """
    key: DocumentKey = settings.DOCUMENT_KEY
    try:
        content = _press(key).seal(document, at=at, reason=reason)
    # Whatever went wrong, its text may quote the document.
    except Exception as error:  # noqa: BLE001
        raise UnableToSeal(type(error).__name__) from None
    return Sealed(
        content=content,
        sha256=hashlib.sha256(content).hexdigest(),
        unsealed_sha256=hashlib.sha256(document).hexdigest(),
        certificate_sha256=key.fingerprint,
    )


def attention(*, at: datetime) -> list[str]:
    """What somebody has to see to: a code where the certificate has run out or soon will."""
    key: DocumentKey = settings.DOCUMENT_KEY
    return ["document-certificate-ends"] if key.ends - at < NOTICE_OF_THE_END else []


def warm_up() -> None:
    """Load what sealing needs, which takes half a second, before somebody waits for it."""
    _press(settings.DOCUMENT_KEY)


@cache
def _press(key: DocumentKey) -> "Press":
    # Half a second of imports that a process without documents does not need.
    from acrime.common.sealing_press import Press

    return Press(key)
