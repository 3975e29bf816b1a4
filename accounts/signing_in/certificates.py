"""PIV certificates that a proxy has checked and hands on in a header.

The proxy speaks TLS with the card, checks chain, purpose and revocation, and sends the
certificate with a shared secret. Both headers count only when the peer is a trusted proxy.
"""

import hmac
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from urllib.parse import unquote

from cryptography import x509
from cryptography.hazmat.primitives.hashes import SHA256

from acrime.common.network import Network, is_within

# As nginx sends ``$ssl_client_escaped_cert``: PEM, percent-encoded.
CERTIFICATE_HEADER = "HTTP_X_CLIENT_CERTIFICATE"
PROOF_HEADER = "HTTP_X_CLIENT_CERTIFICATE_PROOF"

_LONGEST = 32_768
_PRINCIPAL_NAME = x509.ObjectIdentifier("1.3.6.1.4.1.311.20.2.3")
_UTF8_STRING = 0x0C


@dataclass(frozen=True)
class Certificate:
    """What an account is bound to: the SHA-256 of the certificate, and the principal name.

    ``name`` is empty where the certificate has none; it is in lower case.
    """

    sha256: str
    name: str = ""


def presented(
    meta: Mapping[str, Any], *, proof: str, proxies: Sequence[Network], at: datetime
) -> Certificate | None:
    """The certificate that came with a request through a trusted proxy, or None.

    Args:
        meta: the request's ``META``.
        proof: the secret of ``ACRIME_PIV_PROOF``; empty switches certificates off.
        proxies: where proxies stand (``ACRIME_TRUSTED_PROXIES``).
        at: now; a certificate outside its days is none.
    """
    given = str(meta.get(PROOF_HEADER, ""))
    if not proof or not hmac.compare_digest(given.encode(), proof.encode()):
        return None
    if not is_within(str(meta.get("REMOTE_ADDR", "")), proxies):
        return None
    return read_certificate(unquote(str(meta.get(CERTIFICATE_HEADER, ""))), at=at)


def is_bound(certificate: Certificate, *, sha256: str | None, name: str | None) -> bool:
    """Whether an account with these two columns opens to *certificate*."""
    return certificate.sha256 == sha256 or bool(name and certificate.name == name)


def read_certificate(pem: str, *, at: datetime) -> Certificate | None:
    """What *pem* holds, or None where it is no certificate or not valid on the day."""
    if not 0 < len(pem) <= _LONGEST:
        return None
    try:
        found = x509.load_pem_x509_certificate(pem.encode())
        if not found.not_valid_before_utc <= at <= found.not_valid_after_utc:
            return None
        return Certificate(found.fingerprint(SHA256()).hex(), _principal_name(found))
    except (ValueError, UnicodeError):
        return None


def _principal_name(certificate: x509.Certificate) -> str:
    try:
        names = certificate.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    except (x509.ExtensionNotFound, x509.DuplicateExtension, x509.UnsupportedGeneralNameType):
        return ""
    for other in names.get_values_for_type(x509.OtherName):
        if other.type_id == _PRINCIPAL_NAME and (text := _utf8(other.value)):
            return text.casefold()
    return ""


def _utf8(der: bytes) -> str:
    """The text of a DER UTF8String with a length of one byte, else nothing."""
    if len(der) < 2 or der[0] != _UTF8_STRING or der[1] >= 128 or der[1] != len(der) - 2:
        return ""
    return der[2:].decode()
