"""Other ways in: a PIV card that a proxy vouches for, and single sign-on by OpenID Connect."""

import base64
import io
import json
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from hashlib import sha256
from ipaddress import ip_network
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import jwt
import pytest
import requests
from django.core.management import CommandError, call_command
from django.test import Client
from pytest_django import Settings

from accounts.choices import Role
from accounts.models import User
from accounts.signing_in import events
from accounts.signing_in.adapters import SingleSignOnAdapter
from accounts.signing_in.certificates import presented, read_certificate
from acrime.audit import events as session_events
from acrime.audit.models import AuditEvent
from acrime.config.environment import SingleSignOn
from tests.conftest import Clock, UserFactory
from tests.support.signing_in import (
    ACCOUNT,
    BANNER,
    FACTORS,
    LOCK,
    PASSWORD_PAGE,
    SECOND,
    card,
    card_headers,
    code_at,
    is_in,
    real,
    with_app,
)

CERTIFICATE = "/sign-in/certificate/"
PROXY, PERSON = "10.9.8.7", "203.0.113.9"
PROOF = "a proof of at least thirty-two characters"


# --- A PIV card -------------------------------------------------------------------------------


@pytest.fixture
def proxied(settings: Settings) -> None:
    """Certificates are switched on, behind one proxy."""
    settings.CERTIFICATE_PROOF = PROOF
    settings.TRUSTED_PROXIES = (ip_network(f"{PROXY}/32"),)


@pytest.fixture
def pem(at: datetime) -> bytes:
    return card(at=at)


@pytest.fixture
def holder(proxied: None, analyst: User, pem: bytes, tmp_path: Path) -> User:
    """Whom the card belongs to: no demonstration account, and without a password."""
    bind(analyst, pem, tmp_path)
    real(analyst)
    analyst.refresh_from_db()
    analyst.set_unusable_password()
    analyst.save()
    return analyst


def bind(user: User, pem: bytes, folder: Path, *options: str) -> None:
    file = folder / "card.pem"
    file.write_bytes(pem)
    call_command(
        "bind_certificate", user.username, "--pem", str(file), *options, stdout=io.StringIO()
    )


def behind_proxy(pem: bytes, **changed: str) -> Client:
    """A browser whose requests a proxy sends on, with the card's certificate."""
    client = Client()
    client.defaults |= card_headers(pem, proof=PROOF, peer=PROXY) | changed
    return client


def with_card(client: Client, next: str = "") -> Any:
    client.post(BANNER)
    return client.post(CERTIFICATE, {"next": next})


def test_a_card_signs_in_and_counts_as_two_factors(holder: User, pem: bytes) -> None:
    client = behind_proxy(pem)
    client.post(BANNER)
    assert "Sign in with your PIV card" in client.get(PASSWORD_PAGE).content.decode()
    assert with_card(client, "/queries/").headers["Location"] == "/queries/"
    assert is_in(client)
    event = AuditEvent.objects.get(kind=session_events.SIGNED_IN)
    assert (event.actor, event.details) == (holder, {"method": "certificate"})
    assert "PIV card" in client.get(ACCOUNT).content.decode()


def test_the_warning_comes_before_the_card(holder: User, pem: bytes) -> None:
    client = behind_proxy(pem)
    answer = client.post(CERTIFICATE, follow=True)
    assert answer.redirect_chain[-1][0] == BANNER
    assert not is_in(client)


@pytest.mark.parametrize(
    "changed",
    [
        # Not from the proxy, whatever the headers say.
        {"REMOTE_ADDR": PERSON},
        {"REMOTE_ADDR": PERSON, "HTTP_X_FORWARDED_FOR": PROXY},
        {"REMOTE_ADDR": ""},
        # Without the proof.
        {"HTTP_X_CLIENT_CERTIFICATE_PROOF": ""},
        {"HTTP_X_CLIENT_CERTIFICATE_PROOF": PROOF[:-1]},
        {"HTTP_X_CLIENT_CERTIFICATE_PROOF": "é" * 40},
        # Without a certificate.
        {"HTTP_X_CLIENT_CERTIFICATE": ""},
        {"HTTP_X_CLIENT_CERTIFICATE": "%00%ff%fe"},
        {"HTTP_X_CLIENT_CERTIFICATE": "-----BEGIN CERTIFICATE-----"},
        {"HTTP_X_CLIENT_CERTIFICATE": "A" * 40_000},
    ],
    ids=range(10),
)
def test_headers_that_a_proxy_did_not_send_do_nothing(
    changed: dict[str, str], holder: User, pem: bytes
) -> None:
    client = behind_proxy(pem, **changed)
    assert with_card(client).headers["Location"] == PASSWORD_PAGE
    assert not is_in(client)
    assert "PIV card" not in client.get(PASSWORD_PAGE).content.decode()


def test_headers_do_nothing_where_cards_are_switched_off(
    holder: User, pem: bytes, settings: Settings
) -> None:
    settings.CERTIFICATE_PROOF = ""
    client = behind_proxy(pem, HTTP_X_CLIENT_CERTIFICATE_PROOF="")
    with_card(client)
    assert not is_in(client)


def test_a_card_that_is_nobodys_says_so(holder: User, at: datetime) -> None:
    client = behind_proxy(card(at=at))
    with_card(client)
    assert "does not open an account" in client.get(PASSWORD_PAGE).content.decode()
    assert AuditEvent.objects.filter(kind=session_events.SIGN_IN_FAILED).count() == 1


@pytest.mark.parametrize("change", ["is_active", "locked_at", "roles"])
def test_a_card_opens_no_account_that_is_closed(
    change: str, holder: User, pem: bytes, at: datetime
) -> None:
    if change == "roles":
        holder.role_grants.all().delete()
    else:
        value = {"is_active": False, "locked_at": at}[change]
        User.objects.filter(pk=holder.pk).update(**{change: value})
    client = behind_proxy(pem)
    with_card(client)
    assert not is_in(client)


def test_a_card_counts_on_its_days_alone(
    holder: User, pem: bytes, at: datetime, clock: Clock
) -> None:
    assert read_certificate(pem.decode(), at=at + timedelta(days=31)) is None
    assert read_certificate(pem.decode(), at=at - timedelta(days=2)) is None
    clock.moment = at + timedelta(days=31)
    client = behind_proxy(pem)
    with_card(client)
    assert not is_in(client)


@pytest.mark.parametrize(
    "then",
    [
        {"HTTP_X_CLIENT_CERTIFICATE": ""},
        {"HTTP_X_CLIENT_CERTIFICATE_PROOF": "another"},
        {"REMOTE_ADDR": PERSON},
    ],
)
def test_the_session_ends_when_the_card_is_gone(
    then: dict[str, str], holder: User, pem: bytes
) -> None:
    client = behind_proxy(pem)
    with_card(client)
    assert is_in(client)
    client.defaults |= then
    assert client.get("/").headers["Location"].startswith(BANNER)
    assert AuditEvent.objects.filter(kind=session_events.SIGNED_OUT, actor=holder).exists()
    # The card put back does not bring the session back.
    client.defaults |= card_headers(pem, proof=PROOF, peer=PROXY)
    assert not is_in(client)


def test_the_session_ends_with_another_card(
    holder: User, other_analyst: User, pem: bytes, at: datetime, tmp_path: Path
) -> None:
    other = card(at=at)
    bind(other_analyst, other, tmp_path)
    client = behind_proxy(pem)
    with_card(client)
    client.defaults |= card_headers(other, proof=PROOF, peer=PROXY)
    assert not is_in(client)


def test_the_session_ends_when_the_card_is_no_longer_the_accounts(
    holder: User, pem: bytes, at: datetime, tmp_path: Path
) -> None:
    client = behind_proxy(pem)
    with_card(client)
    bind(holder, card(at=at), tmp_path)
    assert not is_in(client)


def test_a_locked_window_of_a_card_says_to_sign_in_anew(holder: User, pem: bytes) -> None:
    client = behind_proxy(pem)
    with_card(client)
    page = client.get(LOCK)
    assert "no password" in page.content.decode()
    assert client.post(LOCK, {"password": "x"}).status_code == 200
    assert not is_in(client)


def test_a_proof_again_is_a_new_sign_in_for_a_card(holder: User, pem: bytes) -> None:
    client = behind_proxy(pem)
    with_card(client)
    page = client.get(f"{ACCOUNT}prove/")
    assert "no password" in page.content.decode()
    assert client.post(f"{ACCOUNT}prove/", {"password": "x"}).status_code == 200


def test_a_name_in_the_card_goes_on_with_a_renewed_one(
    proxied: None, analyst: User, at: datetime, tmp_path: Path
) -> None:
    bind(analyst, card(at=at, name="1234567@FEDIDCARD.GOV"), tmp_path, "--by-name")
    real(User.objects.get(pk=analyst.pk))
    client = behind_proxy(card(at=at, name="1234567@fedidcard.gov"))
    with_card(client)
    assert is_in(client)
    other = behind_proxy(card(at=at, name="7654321@fedidcard.gov"))
    with_card(other)
    assert not is_in(other)


def test_binding_a_card(
    analyst: User, other_analyst: User, pem: bytes, at: datetime, tmp_path: Path
) -> None:
    bind(analyst, pem, tmp_path)
    event = AuditEvent.objects.get(kind=events.CERTIFICATE_BOUND)
    assert event.details == {"user": analyst.username, "by": "sha256"}
    with pytest.raises(CommandError, match="another account"):
        bind(other_analyst, pem, tmp_path)
    with pytest.raises(CommandError, match="no principal name"):
        bind(analyst, pem, tmp_path, "--by-name")
    with pytest.raises(CommandError, match="no certificate"):
        bind(analyst, b"nonsense", tmp_path)
    with pytest.raises(CommandError, match="no certificate"):
        bind(analyst, card(at=at - timedelta(days=60)), tmp_path)
    with pytest.raises(CommandError, match="cannot be read"):
        call_command("bind_certificate", analyst.username, "--pem", str(tmp_path / "none"))
    with pytest.raises(CommandError, match="no account"):
        call_command("bind_certificate", "nobody-here", "--pem", str(tmp_path / "card.pem"))


def test_what_is_presented_needs_everything(pem: bytes, at: datetime) -> None:
    meta = card_headers(pem, proof=PROOF, peer=PROXY)
    proxies = (ip_network(f"{PROXY}/32"),)
    assert presented(meta, proof=PROOF, proxies=proxies, at=at) is not None
    assert presented(meta, proof="", proxies=proxies, at=at) is None
    assert presented(meta, proof=PROOF, proxies=(), at=at) is None
    assert presented({}, proof=PROOF, proxies=proxies, at=at) is None


# --- Single sign-on ---------------------------------------------------------------------------

ISSUER = "https://sso.example.gov"
AWAY, BACK = "/sign-in/single-sign-on/", "/sign-in/single-sign-on/agency/back/"
SUBJECT = "248289761001"
FAR_AWAY = 4_102_444_800  # 2100, since the library reads the machine's clock


@dataclass
class Provider:
    """A provider without a network: what it answers, and what it was asked."""

    claims: dict[str, object]
    asked: list[tuple[str, str, dict[str, str]]] = field(default_factory=list)
    broken: bool = False
    answer: Any = None

    def __enter__(self) -> "Provider":
        return self

    def __exit__(self, *_: object) -> None:
        pass

    def get(self, url: str, **_: object) -> "Provider":
        return self.request("GET", url)

    def request(self, method: str, url: str, **given: Any) -> "Provider":
        if self.broken:
            raise requests.ConnectionError
        self.asked.append((method, url, given.get("data") or {}))
        return self

    status_code = 200
    headers = {"content-type": "application/json"}

    def raise_for_status(self) -> None:
        pass

    def json(self) -> Any:
        url = self.asked[-1][1]
        if url.endswith("/openid-configuration"):
            return {
                "issuer": ISSUER,
                "authorization_endpoint": f"{ISSUER}/authorize",
                "token_endpoint": f"{ISSUER}/token",
                "userinfo_endpoint": f"{ISSUER}/userinfo",
                "jwks_uri": f"{ISSUER}/keys",
            }
        if url == f"{ISSUER}/userinfo":
            # Asked for where no token came; it says nothing of how the person proved it.
            return {"sub": SUBJECT, "amr": ["mfa"]}
        assert url == f"{ISSUER}/token", url
        if self.answer is not None:
            return self.answer
        token = jwt.encode(self.claims, "a key of the provider, of no matter here", "HS256")
        return {"access_token": "opaque", "token_type": "Bearer", "id_token": token}


@pytest.fixture
def provider(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> Provider:
    settings.SINGLE_SIGN_ON = SingleSignOn(
        url=ISSUER,
        client_id="portal",
        client_secret="hush",
        name="Agency sign-on",
        strong=frozenset({"mfa", "urn:agreed"}),
    )
    app = {
        "provider_id": "agency",
        "name": "Agency sign-on",
        "client_id": "portal",
        "secret": "hush",
        "settings": {
            "server_url": ISSUER,
            "fetch_userinfo": False,
            "oauth_pkce_enabled": True,
            "scope": ["openid"],
        },
    }
    settings.SOCIALACCOUNT_PROVIDERS = {"openid_connect": {"APPS": [app]}}
    made = Provider(
        {"iss": ISSUER, "aud": "portal", "sub": SUBJECT, "exp": FAR_AWAY, "amr": ["mfa"]}
    )
    monkeypatch.setattr(SingleSignOnAdapter, "get_requests_session", lambda self: made)
    return made


@pytest.fixture
def bound(analyst: User) -> User:
    """An account that is bound to the subject; its address is nobody's matter."""
    call_command("bind_subject", analyst.username, SUBJECT, stdout=io.StringIO())
    analyst.refresh_from_db()
    return real(analyst)


def go(client: Client, next: str = "") -> dict[str, str]:
    """Off to the provider; what it is sent."""
    client.post(BANNER)
    answer = client.get(AWAY, {"next": next})
    where = urlsplit(answer.headers["Location"])
    assert f"{where.scheme}://{where.netloc}{where.path}" == f"{ISSUER}/authorize"
    return {name: values[0] for name, values in parse_qs(where.query).items()}


def come_back(client: Client, **given: str) -> Any:
    return client.get(BACK, {"code": "a-code", **given})


def test_single_sign_on_opens_the_bound_account(
    client: Client, provider: Provider, bound: User
) -> None:
    sent = go(client, "/queries/")
    assert sent["redirect_uri"] == f"http://testserver{BACK}"
    assert (sent["response_type"], sent["scope"]) == ("code", "openid")
    answer = come_back(client, state=sent["state"])
    assert answer.headers["Location"] == "/queries/"
    assert is_in(client)
    event = AuditEvent.objects.get(kind=session_events.SIGNED_IN)
    assert (event.actor, event.details) == (bound, {"method": "single-sign-on"})
    # The code was exchanged with the verifier that fits the challenge (PKCE).
    method, url, data = provider.asked[-1]
    assert (method, url) == ("POST", f"{ISSUER}/token")
    digest = sha256(data["code_verifier"].encode()).digest()
    assert sent["code_challenge_method"] == "S256"
    assert sent["code_challenge"] == base64.urlsafe_b64encode(digest).rstrip(b"=").decode()


def test_the_page_offers_it_where_it_is_set_up(
    client: Client, provider: Provider, settings: Settings, db: None
) -> None:
    client.post(BANNER)
    assert "Sign in with Agency sign-on" in client.get(PASSWORD_PAGE).content.decode()
    settings.SINGLE_SIGN_ON = None
    settings.SOCIALACCOUNT_PROVIDERS = {"openid_connect": {"APPS": []}}
    assert AWAY not in client.get(PASSWORD_PAGE).content.decode()
    assert client.get(AWAY).status_code == 404
    assert client.get(BACK).status_code == 404


def test_the_warning_comes_before_the_provider(
    client: Client, provider: Provider, db: None
) -> None:
    assert client.get(AWAY, follow=True).redirect_chain[-1][0] == BANNER


@pytest.mark.parametrize(
    "claims", [{"amr": ["pwd"]}, {"amr": []}, {"acr": "urn:other", "amr": None}, {"amr": "mfa"}]
)
def test_without_the_words_agreed_on_the_portal_asks_for_its_own_factor(
    claims: dict[str, object], client: Client, provider: Provider, bound: User, at: datetime
) -> None:
    provider.claims |= claims
    come_back(client, state=go(client)["state"])
    assert client.get("/").headers["Location"] == FACTORS

    with_app(bound, at=at)
    other = Client()
    answer = come_back(other, state=go(other, "/queries/")["state"])
    assert answer.headers["Location"] == f"{SECOND}?next=%2Fqueries%2F"
    assert not is_in(other)
    other.post(SECOND, {"code": code_at(at)})
    assert is_in(other)


def test_an_agreed_acr_counts(client: Client, provider: Provider, bound: User) -> None:
    provider.claims |= {"acr": "urn:agreed", "amr": None}
    come_back(client, state=go(client)["state"])
    assert is_in(client)


def test_a_subject_that_is_nobodys_makes_no_account(
    client: Client, provider: Provider, bound: User
) -> None:
    """Not by e-mail, not by name: by the subject alone."""
    bound.email = "analyst@example.gov"
    bound.save()
    provider.claims |= {
        "sub": "somebody-else",
        "email": "analyst@example.gov",
        "email_verified": True,
        "preferred_username": bound.username,
        "name": bound.full_name,
    }
    before = User.objects.count()
    answer = come_back(client, state=go(client)["state"])
    assert answer.headers["Location"] == PASSWORD_PAGE
    assert "does not open an account" in client.get(PASSWORD_PAGE).content.decode()
    assert not is_in(client)
    assert User.objects.count() == before


@pytest.mark.parametrize(
    "claims",
    [
        {"aud": "another-portal"},
        {"iss": "https://evil.example"},
        {"exp": 1},
        {"sub": ""},
        {"sub": None},
        {"sub": 7},
        {"sub": ["248289761001"]},
    ],
)
def test_a_token_not_in_order_opens_nothing(
    claims: dict[str, object], client: Client, provider: Provider, bound: User
) -> None:
    provider.claims |= claims
    answer = come_back(client, state=go(client)["state"])
    assert answer.headers["Location"] == PASSWORD_PAGE
    assert not is_in(client)


@pytest.mark.parametrize(
    "answer",
    [
        {},
        [],
        {"access_token": "opaque", "id_token": "no.token.this"},
        {"access_token": "opaque", "id_token": 7},
        {"access_token": "opaque", "id_token": ""},
        {"access_token": None, "id_token": None},
        {"error": "invalid_grant"},
    ],
)
def test_an_answer_that_is_no_token_opens_nothing(
    answer: object, client: Client, provider: Provider, bound: User
) -> None:
    provider.answer = answer
    assert come_back(client, state=go(client)["state"]).headers["Location"] == PASSWORD_PAGE
    assert not is_in(client)


def test_coming_back_needs_the_state_that_was_made(
    client: Client, provider: Provider, bound: User
) -> None:
    sent = go(client)
    thief = Client()
    thief.post(BANNER)
    for answer in (
        come_back(thief, state=sent["state"]),
        come_back(client, state="made-up"),
        come_back(client),
    ):
        assert answer.headers["Location"] == PASSWORD_PAGE
    assert not is_in(thief)
    assert come_back(client, state=sent["state"]).headers["Location"] == "/"
    # And once.
    client.post("/sign-in/out/")
    client.post(BANNER)
    come_back(client, state=sent["state"])
    assert not is_in(client)


@pytest.mark.parametrize("given", [{"error": "access_denied"}, {"error": "server_error"}])
def test_a_provider_that_says_no(
    given: dict[str, str], client: Client, provider: Provider, bound: User
) -> None:
    sent = go(client)
    answer = client.get(BACK, {"state": sent["state"], **given})
    assert answer.headers["Location"] == PASSWORD_PAGE
    assert "did not work" in client.get(PASSWORD_PAGE).content.decode()


def test_a_provider_that_does_not_answer(client: Client, provider: Provider, bound: User) -> None:
    sent = go(client)
    provider.broken = True
    assert come_back(client, state=sent["state"]).headers["Location"] == PASSWORD_PAGE
    assert client.get(AWAY).headers["Location"] == PASSWORD_PAGE


def test_somebody_else_signed_in_here_is_not_mixed_up(
    client: Client, provider: Provider, bound: User, make_user: UserFactory
) -> None:
    sent = go(client)
    come_back(client, state=sent["state"])
    assert client.get(ACCOUNT).context["user"] == bound
    other = make_user(Role.ANALYST)
    call_command("bind_subject", other.username, "another-subject", stdout=io.StringIO())
    provider.claims |= {"sub": "another-subject"}
    client.get(BANNER)
    answer = client.get(AWAY)
    state = parse_qs(urlsplit(answer.headers["Location"]).query)["state"][0]
    come_back(client, state=state)
    assert client.get(ACCOUNT).context["user"] == other


def test_binding_a_subject(analyst: User, other_analyst: User) -> None:
    call_command("bind_subject", analyst.username, SUBJECT, stdout=io.StringIO())
    assert AuditEvent.objects.get(kind=events.SUBJECT_BOUND).details == {"user": analyst.username}
    assert SUBJECT not in json.dumps(AuditEvent.objects.latest("pk").details)
    for user, subject in (
        (other_analyst.username, SUBJECT),
        ("nobody", "x"),
        (analyst.username, " "),
    ):
        with pytest.raises(CommandError):
            call_command("bind_subject", user, subject)
