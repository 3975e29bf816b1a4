"""The part of sealing that pyHanko does. Imported by ``sealing`` alone, when it is needed.

pyHanko breaks both standards unless the field is there already (``conformance`` puts it in,
tagged) and unless it leaves the document's metadata and version alone, which it would rewrite.
"""

import asyncio
from collections.abc import Coroutine
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime
from io import BytesIO
from typing import Any, TypeVar

from asn1crypto import keys, x509
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.sign.fields import MDPPerm, SigSeedSubFilter
from pyhanko.sign.signers import PdfSignatureMetadata, PdfSigner, SimpleSigner
from pyhanko_certvalidator.registry import SimpleCertificateStore

from acrime.common.conformance import SEAL_FIELD
from acrime.common.document_keys import DocumentKey

Result = TypeVar("Result")

IN_WHOSE_NAME = "ACRIMe Portal"
# What a signature needs beside its certificates: attributes, and the value of the largest key.
_ROOM_FOR_SIGNATURE = 2048


class Press:
    """Seals documents with one key, which is read once."""

    def __init__(self, key: DocumentKey) -> None:
        store = SimpleCertificateStore()  # type: ignore[no-untyped-call]
        store.register_multiple(map(x509.Certificate.load, key.chain))
        self._signer = SimpleSigner(
            signing_cert=x509.Certificate.load(key.certificate),
            signing_key=keys.PrivateKeyInfo.load(key.private),
            cert_registry=store,
        )
        # pyHanko would find the size out by signing twice. It is told in hexadecimal digits.
        size = len(key.certificate) + sum(map(len, key.chain)) + _ROOM_FOR_SIGNATURE
        self._reserved = 2 * size

    def seal(self, document: bytes, *, at: datetime, reason: str) -> bytes:
        """*document* with its seal."""
        wanted = PdfSignatureMetadata(
            field_name=SEAL_FIELD,
            md_algorithm="sha256",
            subfilter=SigSeedSubFilter.PADES,
            certify=True,
            docmdp_permissions=MDPPerm.NO_CHANGES,
            name=IN_WHOSE_NAME,
            reason=reason,
        )
        sealer = _Sealer(wanted, self._signer)
        sealer.at = at
        sealed: BytesIO = _result_of(
            sealer.async_sign_pdf(
                _Additions(BytesIO(document)),
                existing_fields_only=True,
                bytes_reserved=self._reserved,
            )
        )
        return sealed.getvalue()


class _Additions(IncrementalPdfFileWriter):
    """Adds to a document and leaves its metadata and version as they are."""

    output_version = (1, 7)

    def _update_meta(self) -> None:
        """Keep the metadata: a rewritten stream would lose what the standards ask."""


class _Sealer(PdfSigner):
    """A signer that is told the time and does not read a clock."""

    at: datetime

    def register_extensions(self, *_: Any, **__: Any) -> None:
        """Declare none: pyHanko would raise the file to PDF 2.0, which PDF/A-2 does not know."""

    def init_signing_session(self, *given: Any, **named: Any) -> Any:
        """pyHanko's own, at the time that was told."""
        session = super().init_signing_session(*given, **named)
        session.system_time = self.at
        return session


def _result_of(work: Coroutine[Any, Any, Result]) -> Result:
    """What *work* returns, from an event loop of its own whatever the caller's thread runs."""
    with ThreadPoolExecutor(max_workers=1) as thread:
        return thread.submit(asyncio.run, work).result()
