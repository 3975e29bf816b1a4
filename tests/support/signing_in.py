"""What tests of signing in use: a person at the sign-in page, an app, a security key, a card."""

import base64
import json
import struct
from datetime import datetime, timedelta
from hashlib import sha256
from typing import Any
from urllib.parse import quote

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID
from django.test import Client
from fido2.cose import ES256
from fido2.webauthn import AttestationObject, AttestedCredentialData, AuthenticatorData

from accounts.models import User
from accounts.signing_in.actions import add_app
from accounts.signing_in.policy import STEP_SECONDS, one_time_code
from acrime.audit.actions import RequestFacts
from tests import factories

BANNER, PASSWORD_PAGE, SECOND, LOCK = (
    f"/sign-in/{page}" for page in ("", "password/", "second/", "lock/")
)
ACCOUNT = "/sign-in/account/"
FACTORS, APP, KEY, CODES = (
    f"/sign-in/account/factors/{page}" for page in ("", "app/", "key/", "codes/")
)
SECRET = base64.b32encode(b"twenty bytes of test").decode()


def real(user: User) -> User:
    """*user* as an account that is no demonstration account."""
    user.is_demo = False
    user.save(update_fields=["is_demo"])
    return user


def give(
    client: Client,
    user: User,
    *,
    password: str = factories.PASSWORD,
    next: str = "",
    **headers: str,
) -> Any:
    """Read the warning, then give name and password."""
    client.post(BANNER, **headers)  # type: ignore[arg-type]
    return client.post(
        PASSWORD_PAGE,
        {"username": user.username, "password": password, "next": next},
        **headers,  # type: ignore[arg-type]
    )


def is_in(client: Client) -> bool:
    """Whether the first page opens."""
    return client.get("/").status_code == 200


def code_at(at: datetime, secret: str = SECRET) -> str:
    """What an app with *secret* shows at *at*."""
    return one_time_code(base64.b32decode(secret), int(at.timestamp()) // STEP_SECONDS)


def with_app(user: User, *, at: datetime) -> User:
    """*user*, who set an app with ``SECRET`` up long ago."""
    before = at - timedelta(days=30)
    real(user)
    add_app(user=user, secret=SECRET, code=code_at(before), at=before, facts=RequestFacts())
    return user


class SecurityKey:
    """A security key in software: one credential, a counter, and whoever holds it is there."""

    def __init__(self, *, origin: str = "https://testserver") -> None:
        self.origin = origin
        self.secret = ec.generate_private_key(ec.SECP256R1())
        self.credential_id = sha256(str(id(self)).encode()).digest()
        self.uses = 0

    def make(self, options: dict[str, Any]) -> dict[str, Any]:
        """The answer to a challenge to make a credential."""
        asked = options["publicKey"]
        data = AuthenticatorData.create(
            sha256(asked["rp"]["id"].encode()).digest(),
            AuthenticatorData.FLAG.UP | AuthenticatorData.FLAG.AT,
            0,
            AttestedCredentialData.create(
                b"\0" * 16,
                self.credential_id,
                ES256.from_cryptography_key(  # type: ignore[no-untyped-call]
                    self.secret.public_key()
                ),
            ),
        )
        return self._answer(
            attestationObject=_text(bytes(AttestationObject.create("none", data, {}))),
            clientDataJSON=_text(self._client_data("webauthn.create", asked["challenge"])),
        )

    def use(self, options: dict[str, Any]) -> dict[str, Any]:
        """The answer to a challenge to use the credential."""
        asked = options["publicKey"]
        self.uses += 1
        data = (
            sha256(asked["rpId"].encode()).digest()
            + bytes([AuthenticatorData.FLAG.UP])
            + struct.pack(">I", self.uses)
        )
        client = self._client_data("webauthn.get", asked["challenge"])
        signature = self.secret.sign(data + sha256(client).digest(), ec.ECDSA(hashes.SHA256()))
        return self._answer(
            authenticatorData=_text(data),
            clientDataJSON=_text(client),
            signature=_text(signature),
        )

    def _client_data(self, kind: str, challenge: str) -> bytes:
        said = {"type": kind, "challenge": challenge, "origin": self.origin}
        return json.dumps(said | {"crossOrigin": False}).encode()

    def _answer(self, **response: str) -> dict[str, Any]:
        return {
            "id": _text(self.credential_id),
            "rawId": _text(self.credential_id),
            "type": "public-key",
            "clientExtensionResults": {},
            "response": response,
        }


def options_of(page: Any) -> dict[str, Any]:
    """The challenge that a page holds for its security key."""
    found: dict[str, Any] = json.loads(page.context["key_options"])
    return found


def _text(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def card(*, at: datetime, name: str = "", days: int = 30) -> bytes:
    """A card's certificate in PEM, valid from the day before *at*, perhaps with a name in it."""
    key = ec.generate_private_key(ec.SECP256R1())
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "Synthetic Card")])
    made = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(subject)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(at - timedelta(days=1))
        .not_valid_after(at + timedelta(days=days))
    )
    if name:
        text = name.encode()
        value = bytes([0x0C, len(text)]) + text
        upn = x509.OtherName(x509.ObjectIdentifier("1.3.6.1.4.1.311.20.2.3"), value)
        made = made.add_extension(x509.SubjectAlternativeName([upn]), critical=False)
    return made.sign(key, hashes.SHA256()).public_bytes(serialization.Encoding.PEM)


def card_headers(pem: bytes, *, proof: str, peer: str) -> dict[str, str]:
    """What a proxy at *peer* sends of a card, as a test client's extra values."""
    return {
        "REMOTE_ADDR": peer,
        "HTTP_X_CLIENT_CERTIFICATE": quote(pem.decode()),
        "HTTP_X_CLIENT_CERTIFICATE_PROOF": proof,
    }
