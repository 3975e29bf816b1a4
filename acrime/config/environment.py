"""The environment, read once and checked.

Values come from the process environment; where a key is absent there, from the
file named by ``ACRIME_ENV_FILE`` (default ``var/acrime.env``), which set-up writes
for a local portal. A production start without a needed value is refused here,
before anything is served.
"""

import base64
import binascii
import hashlib
import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import unquote, urlsplit

from django.core.exceptions import ImproperlyConfigured

from acrime.audit.chain import keys_from, public_key
from acrime.common.document_keys import (
    DocumentKey,
    UnusableKey,
    key_from_pkcs12,
    training_key,
)
from acrime.common.network import Network
from acrime.config.values import (
    database_from_url,
    file_named,
    flag,
    for_production,
    lines_of,
    listed,
    month_and_day,
    networks,
    number,
    one_of,
    required,
    values_of_file,
)

BASE_DIR = Path(__file__).resolve().parents[2]

ENVIRONMENTS = ("local", "test", "production")

# Ceilings of the CJIS Security Policy 5.9.5: AC-11 (lock after 30 minutes) and
# IA-11 (authenticate again every 12 hours). Settings may be tighter, never looser.
IDLE_LOCK_CEILING_MINUTES = 30
SESSION_CEILING_HOURS = 12
# AC-2: an account without use is disabled after 90 calendar days.
UNUSED_CEILING_DAYS = 90
# AC-7: five failures in a row within 15 minutes lock an account. A longer window is tighter.
LOCK_CEILING_FAILURES = 5
LOCK_FLOOR_MINUTES = 15
# IA-5(1)(a): at least eight characters.
PASSWORD_FLOOR_LENGTH = 8
# IA-11 asks for a new proof of identity before a privileged act and names no time; it cannot
# be older than AC-11 lets a session rest.
PROOF_CEILING_MINUTES = 30
# A proxy's proof is a shared secret; anything shorter can be guessed.
PROOF_FLOOR_LENGTH = 32

# A file holds what a person can answer for, not the system of records.
EXPORT_ROWS_CEILING = 1000

# How an e-mail leaves, and what stands in its address of the settings.
MAIL_SCHEMES = {"smtp": "", "smtp+tls": "starttls", "smtps": "tls", "file": ""}

# Events are sealed at least once a minute and kept for seven years or longer.
SEAL_CEILING_SECONDS = 60
LEDGER_FLOOR_YEARS = 7

# The packet's rule for a match answer: four hours from the query's arrival.
DEFAULT_RESPONSE_HOURS = 4
# And for one whose fingerprints matched nobody.
DEFAULT_NO_MATCH_HOURS = 24

# Research asks systems inside the department only (5 U.S.C. 552a(b)(1)).
INSIDE_DHS = ".dhs.gov"


@dataclass(frozen=True)
class SealingKey:
    """One AES-256 key and the name it is stored under beside each sealed value."""

    name: str
    key: bytes


@dataclass(frozen=True)
class Mail:
    """Where e-mails go: to a server, or as files into a folder (``folder`` is set)."""

    folder: Path | None
    host: str = ""
    port: int = 25
    user: str = ""
    password: str = ""
    security: str = ""


@dataclass(frozen=True)
class SingleSignOn:
    """The OpenID Connect provider that people of this agency sign in with.

    ``strong`` holds the values of ``acr`` or ``amr`` that tell of a second factor.
    """

    url: str
    client_id: str
    client_secret: str
    name: str
    strong: frozenset[str]


@dataclass(frozen=True)
class Environment:
    """Every value the portal takes from outside, parsed."""

    kind: str
    secret_key: str
    earlier_secret_keys: list[str]
    database: dict[str, object]
    allowed_hosts: list[str]
    trusted_origins: list[str]
    broker_url: str
    broker_folder: Path
    spool_folder: Path
    intake_most_unread: int
    sealing_keys: tuple[SealingKey, ...]
    lookup_key: bytes
    seal_key: SealingKey
    seal_public_keys: Mapping[str, bytes]
    seal_file: Path
    seal_seconds: int
    ledger_years: int
    document_key: DocumentKey
    idle_lock_minutes: int
    session_hours: int
    response_hours: int
    no_match_hours: int
    synthetic_data: bool
    https: bool
    trusted_proxies: tuple[Network, ...]
    lock_failures: int
    lock_minutes: int
    password_length: int
    banned_passwords: frozenset[str]
    proof_minutes: int
    demo_accounts: bool
    certificate_proof: str
    single_sign_on: SingleSignOn | None
    delivery_hosts: frozenset[str]
    connectors: Mapping[str, str]
    delivery_attempts: int
    delivery_seconds: int
    delivery_ca: Path | None
    delivery_certificate: Path | None
    delivery_key: Path | None
    delivery_mail: frozenset[str]
    delivery_mail_as: str
    unused_days: int
    review_day: tuple[int, int]
    mail: Mail
    mail_from: str
    portal_url: str
    digest_minutes: int
    answer_days: int
    export_rows: int

    @property
    def local(self) -> bool:
        return self.kind == "local"

    @property
    def test(self) -> bool:
        return self.kind == "test"


def mail_from_url(url: str) -> Mail:
    """Where e-mails go, from ``smtp://``, ``smtp+tls://`` (STARTTLS), ``smtps://`` or ``file://``.

    Raises:
        ImproperlyConfigured: the address is none of these, or names no host or folder.
    """
    refused = ImproperlyConfigured(
        "ACRIME_EMAIL_URL must look like smtp+tls://user:password@host:587 or file:///folder."
    )
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError:
        raise refused from None
    if parts.scheme not in MAIL_SCHEMES:
        raise refused
    if parts.scheme == "file":
        if parts.netloc or not parts.path.strip("/"):
            raise refused
        return Mail(folder=Path(unquote(parts.path)))
    if not parts.hostname or parts.path.strip("/") or parts.query:
        raise refused
    security = MAIL_SCHEMES[parts.scheme]
    return Mail(
        folder=None,
        host=parts.hostname,
        port=port or {"": 25, "starttls": 587, "tls": 465}[security],
        user=unquote(parts.username or ""),
        password=unquote(parts.password or ""),
        security=security,
    )


def portal_url_from(url: str, *, https: bool) -> str:
    """The portal's own address for links in e-mails, without a slash at its end.

    Raises:
        ImproperlyConfigured: it is no address of a site, or not one of HTTPS where that is on.
    """
    parts = urlsplit(url)
    allowed = ("https",) if https else ("http", "https")
    if parts.scheme not in allowed or not parts.hostname or parts.path.strip("/") or parts.query:
        raise ImproperlyConfigured(
            f"ACRIME_PORTAL_URL must look like {allowed[0]}://portal.example.gov."
        )
    return url.rstrip("/")


def sealing_keys_from(text: str) -> tuple[SealingKey, ...]:
    """``name:base64`` pairs with commas between; the first seals, all of them open.

    Raises:
        ImproperlyConfigured: a pair is malformed or a key is not 32 bytes.
    """
    keys = []
    for pair in filter(None, (part.strip() for part in text.split(","))):
        name, _, encoded = pair.partition(":")
        keys.append(SealingKey(name, _key(encoded, setting="ACRIME_SEALING_KEYS")))
    if not keys:
        raise ImproperlyConfigured("ACRIME_SEALING_KEYS needs at least one name:base64 pair.")
    if len({key.name for key in keys}) != len(keys) or any(
        not 0 < len(key.name) < 16 for key in keys
    ):
        raise ImproperlyConfigured(
            "ACRIME_SEALING_KEYS needs distinct names of 1 to 15 characters."
        )
    return tuple(keys)


def connectors_from(text: str) -> Mapping[str, str]:
    """``NAME=place`` pairs with spaces between: systems of DHS that research may ask.

    A place is an HTTPS address of a host below ``.dhs.gov``, or a folder by its whole path.
    Telling a system outside DHS whom a query is about would be a disclosure, so none is taken.

    Raises:
        ImproperlyConfigured: a pair is malformed, or a place is neither.
    """
    connectors = {}
    for pair in text.split():
        name, _, place = pair.partition("=")
        try:
            parts = urlsplit(place)
            host = (parts.hostname or "").lower()
            inside = host.endswith(INSIDE_DHS) and parts.port in (None, 443)
        except ValueError:
            inside, parts = False, urlsplit("")
        address = parts.scheme == "https" and inside and not parts.username and not parts.query
        folder = not parts.scheme and place.startswith("/") and not place.startswith("//")
        if not name.isupper() or name in connectors or not (address or folder):
            raise ImproperlyConfigured(
                "ACRIME_CONNECTORS needs distinct NAME=place pairs, each place an https:// "
                f"address of a host below {INSIDE_DHS} or a folder."
            )
        connectors[name] = place
    return connectors


def _connectors(values: Mapping[str, str], kind: str, var: Path) -> Mapping[str, str]:
    """What is set; a local portal has a folder that stands for a connected system."""
    if "ACRIME_CONNECTORS" in values or kind != "local":
        return connectors_from(values.get("ACRIME_CONNECTORS", ""))
    return {"CLAIMS": str(var.resolve() / "systems" / "claims")}


def read_environment(environ: Mapping[str, str] | None = None) -> Environment:
    """Parse the environment.

    Raises:
        ImproperlyConfigured: a value is missing or malformed; the message names the setting.
    """
    given = dict(os.environ if environ is None else environ)
    file = Path(given.get("ACRIME_ENV_FILE") or BASE_DIR / "var" / "acrime.env")
    values = values_of_file(file) | given

    kind = values.get("ACRIME_ENV", "production")
    if kind not in ENVIRONMENTS:
        raise ImproperlyConfigured(f"ACRIME_ENV must be one of {', '.join(ENVIRONMENTS)}.")
    var = Path(values.get("ACRIME_VAR_DIR") or BASE_DIR / "var")
    synthetic_data = flag(values, "ACRIME_SYNTHETIC_DATA", default=kind != "production")
    trusted_proxies = networks(values, "ACRIME_TRUSTED_PROXIES")

    seal_key = _seal_key(values, kind)

    return Environment(
        kind=kind,
        secret_key=required(values, "ACRIME_SECRET_KEY"),
        earlier_secret_keys=values.get("ACRIME_EARLIER_SECRET_KEYS", "").split(),
        database=database_from_url(_database_url(values, given)),
        allowed_hosts=listed(
            values, "ACRIME_ALLOWED_HOSTS", kind, "127.0.0.1,localhost,testserver"
        ),
        trusted_origins=[v for v in values.get("ACRIME_TRUSTED_ORIGINS", "").split(",") if v],
        broker_url=for_production(values, "ACRIME_BROKER_URL", kind, "filesystem://"),
        broker_folder=var / "broker",
        spool_folder=Path(values.get("ACRIME_SPOOL_DIR") or var / "spool"),
        intake_most_unread=number(values, "ACRIME_INTAKE_MOST_UNREAD", 5000, 1_000_000),
        sealing_keys=sealing_keys_from(required(values, "ACRIME_SEALING_KEYS")),
        lookup_key=_key(required(values, "ACRIME_LOOKUP_KEY"), setting="ACRIME_LOOKUP_KEY"),
        seal_key=seal_key,
        seal_public_keys={
            **_seal_keys(values.get("ACRIME_SEAL_PUBLIC_KEYS", ""), "ACRIME_SEAL_PUBLIC_KEYS"),
            seal_key.name: public_key(seal_key.key),
        },
        seal_file=Path(values.get("ACRIME_SEAL_FILE") or var / "seals" / "heads.jsonl"),
        seal_seconds=number(values, "ACRIME_SEAL_SECONDS", 5, SEAL_CEILING_SECONDS),
        ledger_years=number(
            values, "ACRIME_LEDGER_YEARS", LEDGER_FLOOR_YEARS, 100, floor=LEDGER_FLOOR_YEARS
        ),
        document_key=_document_key(values, kind),
        idle_lock_minutes=number(values, "ACRIME_IDLE_LOCK_MINUTES", 15, IDLE_LOCK_CEILING_MINUTES),
        session_hours=number(values, "ACRIME_SESSION_HOURS", 12, SESSION_CEILING_HOURS),
        response_hours=number(values, "ACRIME_RESPONSE_HOURS", DEFAULT_RESPONSE_HOURS, 24 * 365),
        no_match_hours=number(values, "ACRIME_NO_MATCH_HOURS", DEFAULT_NO_MATCH_HOURS, 24 * 365),
        synthetic_data=synthetic_data,
        https=flag(values, "ACRIME_HTTPS", default=kind == "production"),
        trusted_proxies=trusted_proxies,
        lock_failures=number(
            values, "ACRIME_LOCK_FAILURES", LOCK_CEILING_FAILURES, LOCK_CEILING_FAILURES
        ),
        lock_minutes=number(
            values, "ACRIME_LOCK_MINUTES", LOCK_FLOOR_MINUTES, 60 * 24, floor=LOCK_FLOOR_MINUTES
        ),
        password_length=number(
            values, "ACRIME_PASSWORD_LENGTH", PASSWORD_FLOOR_LENGTH, 64, floor=PASSWORD_FLOOR_LENGTH
        ),
        banned_passwords=lines_of(values, "ACRIME_BANNED_PASSWORDS"),
        proof_minutes=number(values, "ACRIME_REAUTHENTICATE_MINUTES", 15, PROOF_CEILING_MINUTES),
        demo_accounts=_demo_accounts(values, kind, synthetic_data),
        certificate_proof=_certificate_proof(values, trusted_proxies),
        single_sign_on=_single_sign_on(values, kind),
        connectors=_connectors(values, kind, var),
        delivery_hosts=frozenset(
            v.strip().lower()
            for v in values.get("ACRIME_DELIVERY_HOSTS", "").split(",")
            if v.strip()
        ),
        delivery_attempts=number(values, "ACRIME_DELIVERY_ATTEMPTS", 8, 20),
        # A task ends after 300 seconds; the call must have ended long before.
        delivery_seconds=number(values, "ACRIME_DELIVERY_SECONDS", 30, 120),
        delivery_ca=file_named(values, "ACRIME_DELIVERY_CA"),
        delivery_certificate=file_named(
            values, "ACRIME_DELIVERY_CERTIFICATE", beside="ACRIME_DELIVERY_KEY"
        ),
        delivery_key=file_named(
            values, "ACRIME_DELIVERY_KEY", beside="ACRIME_DELIVERY_CERTIFICATE"
        ),
        delivery_mail=frozenset(
            v.strip().lower().removeprefix("@")
            for v in values.get("ACRIME_DELIVERY_MAIL", "").split(",")
            if v.strip()
        ),
        delivery_mail_as=one_of(
            values, "ACRIME_DELIVERY_MAIL_AS", ("attachment", "body"), "attachment"
        ),
        unused_days=number(values, "ACRIME_UNUSED_DAYS", 90, UNUSED_CEILING_DAYS),
        review_day=month_and_day(values, "ACRIME_REVIEW_DAY", "10-01"),
        mail=mail_from_url(
            for_production(values, "ACRIME_EMAIL_URL", kind, (var / "mail").absolute().as_uri())
        ),
        mail_from=for_production(values, "ACRIME_EMAIL_FROM", kind, "acrime-portal@localhost"),
        portal_url=portal_url_from(
            for_production(
                values,
                "ACRIME_PORTAL_URL",
                kind,
                f"http://127.0.0.1:{values.get('ACRIME_PORT') or 8000}",
            ),
            https=kind == "production" and flag(values, "ACRIME_HTTPS", default=True),
        ),
        digest_minutes=number(values, "ACRIME_DIGEST_MINUTES", 60, 24 * 60),
        answer_days=number(values, "ACRIME_ANSWER_DAYS", 3, 30),
        export_rows=number(values, "ACRIME_EXPORT_ROWS", EXPORT_ROWS_CEILING, EXPORT_ROWS_CEILING),
    )


def _database_url(values: Mapping[str, str], given: Mapping[str, str]) -> str:
    """The portal's address of the database or, where ACRIME_AS_OWNER says so, the owner's.

    An owner's address in the file belongs to the file's own database, and to no other one
    that the process environment names.
    """
    url = required(values, "DATABASE_URL")
    source = given if "DATABASE_URL" in given else values
    as_owner = values.get("ACRIME_AS_OWNER") == "1"
    return source.get("ACRIME_OWNER_DATABASE_URL") or url if as_owner else url


def _demo_accounts(values: Mapping[str, str], kind: str, synthetic_data: bool) -> bool:
    wanted = flag(values, "ACRIME_DEMO_ACCOUNTS", default=kind != "production" and synthetic_data)
    if wanted and not synthetic_data:
        raise ImproperlyConfigured(
            "ACRIME_DEMO_ACCOUNTS opens accounts whose password everybody knows; it needs "
            "ACRIME_SYNTHETIC_DATA=1."
        )
    return wanted


def _certificate_proof(values: Mapping[str, str], proxies: tuple[Network, ...]) -> str:
    proof = values.get("ACRIME_PIV_PROOF", "")
    if proof and len(proof) < PROOF_FLOOR_LENGTH:
        raise ImproperlyConfigured(
            f"ACRIME_PIV_PROOF must have at least {PROOF_FLOOR_LENGTH} characters."
        )
    if proof and not proxies:
        raise ImproperlyConfigured(
            "ACRIME_PIV_PROOF needs ACRIME_TRUSTED_PROXIES: certificates are believed from "
            "there alone."
        )
    return proof


def _single_sign_on(values: Mapping[str, str], kind: str) -> SingleSignOn | None:
    url = values.get("ACRIME_OIDC_URL", "")
    if not url:
        return None
    if kind == "production" and urlsplit(url).scheme != "https":
        raise ImproperlyConfigured("ACRIME_OIDC_URL must begin with https://.")
    return SingleSignOn(
        url=url,
        client_id=required(values, "ACRIME_OIDC_CLIENT_ID"),
        client_secret=required(values, "ACRIME_OIDC_CLIENT_SECRET"),
        name=values.get("ACRIME_OIDC_NAME") or "single sign-on",
        strong=frozenset(v.strip() for v in values.get("ACRIME_OIDC_STRONG", "").split(",") if v),
    )


def _seal_key(values: Mapping[str, str], kind: str) -> SealingKey:
    """The key that signs seals. Outside production one is made of the secret key if none is set."""
    if kind != "production" and not values.get("ACRIME_SEAL_KEY"):
        secret = required(values, "ACRIME_SECRET_KEY")
        return SealingKey("local", hashlib.sha256(f"seal {secret}".encode()).digest())
    keys = _seal_keys(required(values, "ACRIME_SEAL_KEY"), "ACRIME_SEAL_KEY")
    if len(keys) != 1:
        raise ImproperlyConfigured("ACRIME_SEAL_KEY is one name:base64 pair.")
    [(name, key)] = keys.items()
    return SealingKey(name, key)


def _document_key(values: Mapping[str, str], kind: str) -> DocumentKey:
    """The key of documents. Outside production one is made of the secret key if none is set."""
    name = "ACRIME_DOCUMENT_KEY_FILE"
    if kind != "production" and not values.get(name):
        return training_key(required(values, "ACRIME_SECRET_KEY"))
    try:
        data = Path(required(values, name)).read_bytes()
    except OSError:
        raise ImproperlyConfigured(f"{name} must name a file that can be read.") from None
    try:
        return key_from_pkcs12(data, values.get("ACRIME_DOCUMENT_KEY_PASSPHRASE", ""))
    except UnusableKey as reason:
        raise ImproperlyConfigured(f"{name} cannot be used: {reason}.") from None


def _seal_keys(text: str, setting: str) -> dict[str, bytes]:
    try:
        return keys_from(text)
    except ValueError:
        raise ImproperlyConfigured(
            f"{setting} needs name:base64 pairs of 32 bytes with distinct names."
        ) from None


def _key(encoded: str, *, setting: str) -> bytes:
    try:
        key = base64.b64decode(encoded, validate=True)
    except binascii.Error:
        key = b""
    if len(key) != 32:
        raise ImproperlyConfigured(f"{setting} needs keys of 32 bytes in base64.")
    return key
