"""Keys for documents, made for a test: an authority, and files as it would give them out."""

from datetime import UTC, datetime
from typing import Any

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import (
    BestAvailableEncryption,
    KeySerializationEncryption,
    NoEncryption,
    pkcs12,
)
from cryptography.x509.oid import NameOID

BEGINS = datetime(2026, 1, 1, tzinfo=UTC)
ENDS = datetime(2030, 1, 1, tzinfo=UTC)
PASSPHRASE = "correct horse battery staple"


class Authority:
    """A certificate authority of a test."""

    def __init__(self) -> None:
        self._key = ec.generate_private_key(ec.SECP256R1())
        self._name = _name("Sample authority")
        self.certificate = _certificate(
            self._name, self._name, self._key, self._key, authority=True, signs=True, ends=ENDS
        )

    def file(
        self,
        name: str,
        *,
        key: Any = None,
        signs: bool = True,
        ends: datetime = ENDS,
        passphrase: str = PASSPHRASE,
    ) -> bytes:
        """A PKCS#12 file with a key, its certificate and the authority's."""
        key = key or ec.generate_private_key(ec.SECP256R1())
        certificate = _certificate(
            _name(name), self._name, key, self._key, authority=False, signs=signs, ends=ends
        )
        locked: KeySerializationEncryption = (
            BestAvailableEncryption(passphrase.encode()) if passphrase else NoEncryption()
        )
        return pkcs12.serialize_key_and_certificates(
            name.encode(), key, certificate, [self.certificate], locked
        )


def _name(common: str) -> x509.Name:
    return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, common)])


def _certificate(
    name: x509.Name,
    issuer: x509.Name,
    key: Any,
    signer: ec.EllipticCurvePrivateKey,
    *,
    authority: bool,
    signs: bool,
    ends: datetime,
) -> x509.Certificate:
    usage = x509.KeyUsage(
        digital_signature=signs and not authority,
        content_commitment=signs and not authority,
        key_encipherment=not signs,
        data_encipherment=False,
        key_agreement=False,
        key_cert_sign=authority,
        crl_sign=authority,
        encipher_only=False,
        decipher_only=False,
    )
    return (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(issuer)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(BEGINS)
        .not_valid_after(ends)
        .add_extension(x509.BasicConstraints(ca=authority, path_length=None), critical=True)
        .add_extension(usage, critical=True)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
        .add_extension(
            x509.AuthorityKeyIdentifier.from_issuer_public_key(signer.public_key()), critical=False
        )
        .sign(signer, hashes.SHA256())
    )
