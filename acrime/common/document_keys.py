"""The key that documents are sealed with, and the certificate that says whose it is."""

import hashlib
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import cached_property

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
    pkcs12,
)
from cryptography.x509.oid import NameOID

# FIPS 186-5 and SP 800-131A: what a federal agency may sign with.
RSA_FLOOR_BITS = 2048
CURVES = ("secp256r1", "secp384r1", "secp521r1")

_TRAINING_NAME = "ACRIMe Portal – training key, not for real documents"
_TRAINING_BEGINS = datetime(2026, 1, 1, tzinfo=UTC)
_TRAINING_ENDS = datetime(2046, 1, 1, tzinfo=UTC)


class UnusableKey(ValueError):
    """The key cannot seal documents. The message says why and holds nothing of it."""


@dataclass(frozen=True)
class DocumentKey:
    """A private key with its certificates, as DER. Its ``repr`` shows no key.

    Attributes:
        private: PKCS#8.
        certificate: of the key itself.
        chain: of those who vouch for it, up to the root or short of it.
    """

    private: bytes = field(repr=False)
    certificate: bytes = field(repr=False)
    chain: tuple[bytes, ...] = field(default=(), repr=False)

    @cached_property
    def fingerprint(self) -> str:
        """SHA-256 of the certificate, in hexadecimal."""
        return hashlib.sha256(self.certificate).hexdigest()

    @cached_property
    def ends(self) -> datetime:
        """When the certificate runs out."""
        return x509.load_der_x509_certificate(self.certificate).not_valid_after_utc


def key_from_pkcs12(data: bytes, passphrase: str) -> DocumentKey:
    """The key in a PKCS#12 file.

    Raises:
        UnusableKey: it cannot be opened, holds no key with its certificate, or the key is of a
            kind that a federal agency does not sign with.
    """
    try:
        held = pkcs12.load_pkcs12(data, passphrase.encode() or None)
    except ValueError:
        raise UnusableKey("it is no PKCS#12 file, or the passphrase does not open it") from None
    key, certificate = held.key, held.cert
    if key is None or certificate is None:
        raise UnusableKey("it holds no private key with its certificate")
    if not (
        (isinstance(key, rsa.RSAPrivateKey) and key.key_size >= RSA_FLOOR_BITS)
        or (isinstance(key, ec.EllipticCurvePrivateKey) and key.curve.name in CURVES)
    ):
        raise UnusableKey(f"its key is not RSA of {RSA_FLOOR_BITS} bits or ECDSA on a NIST curve")
    if not _may_sign(certificate.certificate):
        raise UnusableKey("its certificate is not for signing")
    return DocumentKey(
        private=_der(key),
        certificate=certificate.certificate.public_bytes(Encoding.DER),
        chain=tuple(each.certificate.public_bytes(Encoding.DER) for each in held.additional_certs),
    )


def training_key(secret: str) -> DocumentKey:
    """A key for a portal without real data, always the same for the same *secret*.

    Its certificate is its own, so no reader trusts it, and its name says so.
    """
    order = int("FFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551", 16)
    digest = hashlib.sha512(f"document {secret}".encode()).digest()
    key = ec.derive_private_key(int.from_bytes(digest, "big") % (order - 1) + 1, ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, _TRAINING_NAME)])
    public = key.public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(int.from_bytes(hashlib.sha256(public).digest()[:16], "big") >> 1 | 1)
        .not_valid_before(_TRAINING_BEGINS)
        .not_valid_after(_TRAINING_ENDS)
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .add_extension(
            x509.KeyUsage(
                digital_signature=True,
                content_commitment=True,
                key_encipherment=False,
                data_encipherment=False,
                key_agreement=False,
                key_cert_sign=False,
                crl_sign=False,
                encipher_only=False,
                decipher_only=False,
            ),
            critical=True,
        )
        .sign(key, hashes.SHA256(), ecdsa_deterministic=True)
    )
    return DocumentKey(private=_der(key), certificate=certificate.public_bytes(Encoding.DER))


def _der(key: ec.EllipticCurvePrivateKey | rsa.RSAPrivateKey) -> bytes:
    return key.private_bytes(Encoding.DER, PrivateFormat.PKCS8, NoEncryption())


def _may_sign(certificate: x509.Certificate) -> bool:
    try:
        usage = certificate.extensions.get_extension_for_class(x509.KeyUsage).value
    except x509.ExtensionNotFound:
        return True
    return usage.digital_signature or usage.content_commitment
